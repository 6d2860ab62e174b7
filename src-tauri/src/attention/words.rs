//! What the desktop is told, in the two languages of the program. The page has its own words; these are for what is shown
//! where there is no page.

use skydeck_api::contract::attention::Turn;

use super::said;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Korean,
}

impl Language {
    /// The chosen one; else that of the system, as its variables say it.
    pub(crate) fn of(chosen: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Language {
        let system =
            || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
        match chosen.map(str::to_owned).or_else(system) {
            Some(language) if language.starts_with("ko") => Language::Korean,
            _ => Language::English,
        }
    }

    fn either(self, english: impl Into<String>, korean: impl Into<String>) -> String {
        match self {
            Language::English => english.into(),
            Language::Korean => korean.into(),
        }
    }

    /// A sentence of the backend; what AWS says stays as it is.
    pub(crate) fn said(self, text: &str) -> String {
        self.either(text, said::korean(text))
    }

    /// `Failed`.
    pub(crate) fn turn(self, turn: Turn) -> String {
        match turn {
            Turn::Failed => self.either("Failed", "실패"),
            Turn::Waiting => self.either("Waiting for approval", "승인 대기"),
            Turn::Stuck => self.either("Stuck", "멈춤"),
            Turn::Recovered => self.either("Recovered", "복구됨"),
        }
    }

    /// `4 failed`.
    pub(crate) fn turned(self, turn: Turn, n: usize) -> String {
        match turn {
            Turn::Failed => self.either(format!("{n} failed"), format!("{n}개 실패")),
            Turn::Waiting => self.either(format!("{n} waiting for approval"), format!("{n}개 승인 대기")),
            Turn::Stuck => self.either(format!("{n} stuck"), format!("{n}개 멈춤")),
            Turn::Recovered => self.either(format!("{n} recovered"), format!("{n}개 복구됨")),
        }
    }

    /// `… and 3 more`.
    pub(crate) fn more(self, n: usize) -> String {
        self.either(format!("… and {n} more"), format!("… 외 {n}개"))
    }

    pub(crate) fn open(self) -> String {
        self.either("Open", "열기")
    }

    pub(crate) fn open_window(self) -> String {
        self.either("Open Skydeck", "Skydeck 열기")
    }

    pub(crate) fn quit(self) -> String {
        self.either("Quit", "종료")
    }

    /// Nothing was ever read.
    pub(crate) fn nothing_read(self) -> String {
        self.either("Nothing read yet", "아직 읽은 것이 없음")
    }

    /// Nothing needs a person, as far as was read.
    pub(crate) fn quiet(self) -> String {
        self.either("Nothing needs you", "확인할 것이 없음")
    }

    /// Some sources could not be read, so that what is told may not be all.
    pub(crate) fn unread(self, n: usize) -> String {
        self.either(format!("{n} sources could not be read"), format!("소스 {n}개를 읽지 못함"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_language_comes_before_the_systems() {
        let system = |value: &'static str| move |name: &str| (name == "LANG").then(|| value.to_owned());
        assert_eq!(Language::of(Some("ko"), system("en_GB.UTF-8")), Language::Korean);
        assert_eq!(Language::of(Some("en"), system("ko_KR.UTF-8")), Language::English);
        assert_eq!(Language::of(None, system("ko_KR.UTF-8")), Language::Korean);
        assert_eq!(Language::of(None, system("de_DE.UTF-8")), Language::English);
        assert_eq!(Language::of(None, |_| None), Language::English);
    }
}
