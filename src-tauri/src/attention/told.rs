//! News and the board in words: what a notification says, what the tray shows. No desktop in here.

use serde_json::Value;
use skydeck_api::{
    contract::attention::{News, Turn},
    text,
};

use super::{Thing, words::Language};

/// Up to so many are told one by one; more in one for each turn.
const EACH: usize = 3;
/// Names in what is told of many.
const NAMES: usize = 5;
/// Characters of a line: desktops cut where it suits them, and a hostile name is not for them.
const MOST: usize = 200;

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Telling {
    pub(crate) title: String,
    pub(crate) body: String,
    /// Whether it is worth breaking into what a person does.
    pub(crate) urgent: bool,
    /// What a click opens; the board, if it is more than one.
    pub(crate) opens: Option<Thing>,
    /// The word on it for that.
    pub(crate) open: String,
}

/// What is told of these news.
pub(crate) fn tellings(news: &[News], language: Language) -> Vec<Telling> {
    if news.len() <= EACH {
        return news.iter().map(|one| of_one(one, language)).collect();
    }
    let of = |turn| news.iter().filter(|n| n.turn == turn).collect::<Vec<_>>();
    let some = Turn::ALL.into_iter().map(|turn| (turn, of(turn))).filter(|(_, news)| !news.is_empty());
    some.map(|(turn, news)| match news.as_slice() {
        [one] => of_one(one, language),
        many => of_many(turn, many, language),
    })
    .collect()
}

fn of_one(news: &News, language: Language) -> Telling {
    let place = format!("{} · {}", news.profile, news.region);
    let reason = news.reason.as_deref().filter(|_| news.turn != Turn::Recovered);
    let reason = reason.map(|reason| language.said(reason));
    let lines = reason.into_iter().chain([place]).map(|text| line(&text)).collect::<Vec<_>>();
    Telling {
        title: line(&format!("{}: {}", language.turn(news.turn), news.name)),
        body: lines.join("\n"),
        urgent: news.turn == Turn::Failed,
        opens: Some(Thing { id: news.id.clone(), kind: news.kind.clone(), name: news.name.clone() }),
        open: language.open(),
    }
}

fn of_many(turn: Turn, news: &[&News], language: Language) -> Telling {
    let mut lines: Vec<String> =
        news.iter().take(NAMES).map(|n| line(&format!("{} ({})", n.name, n.profile))).collect();
    if news.len() > NAMES {
        lines.push(language.more(news.len() - NAMES));
    }
    Telling {
        title: language.turned(turn, news.len()),
        body: lines.join("\n"),
        urgent: turn == Turn::Failed,
        opens: None,
        open: language.open_window(),
    }
}

/// A text as one line without what desktops might take for more than letters.
fn line(text: &str) -> String {
    text::one_line(text, MOST)
}

/// How all of it is, for the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) mood: Mood,
    /// One line: what is wrong, and how many.
    pub(crate) summary: String,
    /// Sources that could not be read, said; none if all could.
    pub(crate) unread: Option<String>,
    /// What is wrong, the neediest first.
    pub(crate) things: Vec<(String, Thing)>,
    /// How many need a person.
    pub(crate) problems: i64,
    pub(crate) open: String,
    pub(crate) quit: String,
}

/// The worst of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Failed,
    Attention,
    Well,
    /// Nothing was read, or what was read is not all there is.
    Unknown,
}

impl Glance {
    /// Of a board asked for its problems.
    pub(crate) fn of(board: &Value, language: Language) -> Glance {
        let none = Vec::new();
        let groups = board["groups"].as_array().unwrap_or(&none);
        let count =
            |key: &str| groups.iter().find(|g| g["key"] == key).and_then(|g| g["count"]["n"].as_i64()).unwrap_or(0);
        let counted = [(Turn::Failed, "failed"), (Turn::Waiting, "waiting"), (Turn::Stuck, "stuck")];
        let parts: Vec<String> = counted
            .into_iter()
            .map(|(turn, key)| (turn, usize::try_from(count(key)).unwrap_or(0)))
            .filter(|(_, n)| *n > 0)
            .map(|(turn, n)| language.turned(turn, n))
            .collect();
        let unread = board["unread"].as_array().map_or(0, Vec::len);
        let read = board["any_read"] == true;
        let problems = board["problems"]["n"].as_i64().unwrap_or(0);
        let mood = match () {
            () if count("failed") > 0 => Mood::Failed,
            () if problems > 0 => Mood::Attention,
            () if unread > 0 || !read => Mood::Unknown,
            () => Mood::Well,
        };
        let summary = match () {
            () if !read => language.nothing_read(),
            () if parts.is_empty() => language.quiet(),
            () => parts.join(" · "),
        };
        let rows = groups.iter().flat_map(|g| g["rows"].as_array().into_iter().flatten());
        Glance {
            mood,
            summary,
            unread: (unread > 0).then(|| language.unread(unread)),
            things: rows.filter_map(entry).take(super::MOST as usize).collect(),
            problems,
            open: language.open_window(),
            quit: language.quit(),
        }
    }
}

/// A row of the board as a line of the menu.
fn entry(row: &Value) -> Option<(String, Thing)> {
    let text = |member: &str| row[member].as_str();
    let (id, name, profile) = (text("id")?, text("name")?, text("profile")?);
    let stage = text("stage").map(|stage| format!(" · {stage}")).unwrap_or_default();
    let thing = Thing { id: id.to_owned(), kind: "codepipeline.pipeline".to_owned(), name: name.to_owned() };
    Some((line(&format!("{name} · {profile}{stage}")), thing))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use skydeck_api::domain::Health;
    use skydeck_sim::world::hostile::TEXTS;

    use super::*;

    fn news(turn: Turn, name: &str) -> News {
        News {
            turn,
            id: format!("dev/{name}"),
            kind: "codepipeline.pipeline".into(),
            name: name.into(),
            profile: "dev".into(),
            region: "eu-west-1".into(),
            health: Health::Failed,
            reason: Some("Deploy: exit status 1".into()),
            at: "2026-11-24T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn few_are_told_one_by_one_and_many_together() {
        let one = tellings(&[news(Turn::Failed, "web")], Language::English);
        assert_eq!(one[0].title, "Failed: web");
        assert_eq!(one[0].body, "Deploy: exit status 1\ndev · eu-west-1");
        assert!(one[0].urgent);
        assert_eq!(one[0].opens.as_ref().map(|t| t.id.as_str()), Some("dev/web"));

        let many: Vec<News> = (0..7).map(|n| news(Turn::Failed, &format!("web-{n}"))).collect();
        let mut mixed = many.clone();
        mixed.push(news(Turn::Recovered, "api"));
        let told = tellings(&mixed, Language::Korean);
        assert_eq!(told.iter().map(|t| t.title.as_str()).collect::<Vec<_>>(), ["7개 실패", "복구됨: api"]);
        assert_eq!(told[0].body.lines().count(), NAMES + 1);
        assert!(told[0].body.ends_with("… 외 2개") && told[0].opens.is_none());
        // A reason that AWS gave is AWS's in every language, one of ours is told in the user's.
        let waits = News { reason: Some("Waiting for approval in Approve".into()), ..news(Turn::Waiting, "api") };
        let told_one = tellings(&[news(Turn::Failed, "web"), waits], Language::Korean);
        assert_eq!(told_one[0].body, "Deploy: exit status 1\ndev · eu-west-1");
        assert_eq!(told_one[1].body, "Approve에서 승인 대기 중\ndev · eu-west-1");
        // Recovered has no reason any more.
        assert_eq!(told[1].body, "dev · eu-west-1");
    }

    /// What a desktop would act on, turn round or hide.
    fn acts(c: char) -> bool {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    }

    #[test]
    fn hostile_text_is_short_lines_of_letters() {
        let before = TEXTS.iter().filter(|text| text.contains(acts)).count();
        assert!(before > 5, "only {before} texts would do anything");
        let endless = format!("a\nb\u{202e}c{}", "x".repeat(1 << 20));
        for text in TEXTS.iter().chain([&endless]) {
            let soiled = News { reason: Some(text.clone()), profile: text.clone(), ..news(Turn::Failed, text) };
            let mut told = tellings(std::slice::from_ref(&soiled), Language::English);
            let many: Vec<News> = (0..=EACH).map(|_| soiled.clone()).collect();
            told.extend(tellings(&many, Language::Korean));
            assert_eq!(told.len(), 2);
            let board = json!({"any_read": true, "problems": {"n": 1}, "groups": [{"key": "failed", "count": {"n": 1},
                "rows": [{"id": "p/1", "name": text, "profile": "dev", "stage": text}]}]});
            let glance = Glance::of(&board, Language::English);
            let lines = told.iter().flat_map(|t| t.body.lines().chain([t.title.as_str()]));
            for line in lines.chain(glance.things.iter().map(|(line, _)| line.as_str())) {
                assert!(!line.contains(acts) && line.chars().count() <= MOST, "{text:?}: {line:?}");
            }
            assert!(told.iter().all(|t| t.body.lines().count() <= EACH + 1), "{text:?}: {told:?}");
        }
        let told = tellings(&[news(Turn::Waiting, &endless)], Language::English);
        assert!(told[0].title.starts_with("Waiting for approval: a bcx"), "{}", told[0].title);
    }

    #[test]
    fn the_tray_shows_the_worst_and_what_could_not_be_read() {
        let board = |failed: usize, waiting: usize, unread: usize, read: bool| {
            let rows = |n: usize| {
                (0..n)
                    .map(|i| json!({"id": format!("p/{i}"), "name": "web", "profile": "prod", "stage": "Deploy"}))
                    .collect::<Vec<_>>()
            };
            let groups = [("failed", failed), ("waiting", waiting)]
                .map(|(key, n)| json!({"key": key, "count": {"n": n}, "rows": rows(n)}));
            json!({"groups": groups, "problems": {"n": failed + waiting}, "unread": vec![json!({}); unread], "any_read": read})
        };
        let glance =
            |failed, waiting, unread, read| Glance::of(&board(failed, waiting, unread, read), Language::English);
        let worst = glance(12, 3, 0, true);
        assert_eq!((worst.mood, worst.summary.as_str()), (Mood::Failed, "12 failed · 3 waiting for approval"));
        assert_eq!((worst.things.len(), worst.problems), (10, 15));
        assert_eq!(worst.things[0].0, "web · prod · Deploy");
        assert_eq!(glance(0, 1, 0, true).mood, Mood::Attention);
        let well = glance(0, 0, 0, true);
        assert_eq!((well.mood, well.summary.as_str(), well.unread), (Mood::Well, "Nothing needs you", None));
        // Not all was read: nobody knows whether all is well.
        assert_eq!(glance(0, 0, 2, true).mood, Mood::Unknown);
        assert_eq!(glance(0, 0, 2, true).unread.as_deref(), Some("2 sources could not be read"));
        assert_eq!(glance(0, 0, 0, false).summary, "Nothing read yet");
    }
}
