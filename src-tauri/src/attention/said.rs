//! Sentences of the backend in Korean, for what is shown where there is no page: by the very table that the page has
//! (`ui/src/i18n/said.ts`), with the sentence and its holes as the key. What has no translation, and all that AWS says,
//! stays as it is.

use std::{collections::BTreeMap, sync::LazyLock};

const TABLE: &str = include_str!("../../../ui/src/i18n/messages/said.ko.json");

/// Longer texts are none of ours, and may be meant to keep a desktop busy.
const LONGEST: usize = 600;

/// A part of a sentence: its words, or a hole by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Hole(String),
}

/// A sentence and its translation.
struct Sentence {
    english: Vec<Part>,
    korean: Vec<Part>,
}

/// Longest words first: of two that fit, the one with fewer letters in its holes is meant.
static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let table: BTreeMap<String, String> = serde_json::from_str(TABLE).unwrap_or_default();
    let sentence = |(english, korean): (&String, &String)| Sentence { english: parts(english), korean: parts(korean) };
    let mut sentences: Vec<Sentence> = table.iter().map(sentence).collect();
    let letters = |part: &Part| match part {
        Part::Words(words) => words.chars().count(),
        Part::Hole(_) => 0,
    };
    sentences.sort_by_key(|s| std::cmp::Reverse(s.english.iter().map(letters).sum::<usize>()));
    sentences
});

/// The sentence, or the sentences one after the other, in Korean.
pub(super) fn korean(text: &str) -> String {
    if text.chars().count() > LONGEST {
        return text.to_owned();
    }
    whole(text).unwrap_or_else(|| {
        let one = |sentence: &str| whole(sentence).unwrap_or_else(|| sentence.to_owned());
        sentences(text).into_iter().map(one).collect::<Vec<_>>().join(" ")
    })
}

/// A text cut behind every full stop that a space follows.
fn sentences(text: &str) -> Vec<&str> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some(at) = rest.find(". ") {
        found.push(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    found.push(rest);
    found
}

fn whole(text: &str) -> Option<String> {
    SENTENCES.iter().find_map(|sentence| {
        let filled = fitted(&sentence.english, text)?;
        let names = sentence.english.iter().filter_map(|part| match part {
            Part::Hole(name) => Some(name.as_str()),
            Part::Words(_) => None,
        });
        // What fills a hole may be words of the backend again: `the failed actions`.
        let filled = names.zip(filled).map(|(name, value)| (name, whole(value).unwrap_or_else(|| value.to_owned())));
        Some(put_together(&sentence.korean, &filled.collect()))
    })
}

/// What the holes hold if the text is that sentence; each as little as possible, and never nothing.
fn fitted<'t>(parts: &[Part], text: &'t str) -> Option<Vec<&'t str>> {
    match parts {
        [] => text.is_empty().then(Vec::new),
        [Part::Words(words), rest @ ..] => fitted(rest, text.strip_prefix(words.as_str())?),
        [Part::Hole(_)] => (!text.is_empty()).then(|| vec![text]),
        [Part::Hole(_), rest @ ..] => text.char_indices().skip(1).find_map(|(end, _)| {
            let mut behind = fitted(rest, &text[end..])?;
            behind.insert(0, &text[..end]);
            Some(behind)
        }),
    }
}

fn put_together(parts: &[Part], filled: &BTreeMap<&str, String>) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Hole(name) => text.push_str(filled.get(name.as_str()).map_or("", String::as_str)),
            Part::Words(words) => {
                let behind_a_hole = at.checked_sub(1).is_some_and(|before| matches!(parts[before], Part::Hole(_)));
                let (particle, words) = if behind_a_hole { particle(&text, words) } else { ("", words.as_str()) };
                text.push_str(particle);
                text.push_str(words);
            }
        }
    }
    text
}

/// The particle that fits what stands before it, of the pair that these words begin with; and the words behind the pair.
/// As the page does it (`ui/src/i18n/particles.ts`).
fn particle<'w>(before: &str, words: &'w str) -> (&'w str, &'w str) {
    for pair in ["(이/가)", "(을/를)", "(은/는)", "(과/와)", "(으로/로)"] {
        let Some(rest) = words.strip_prefix(pair) else { continue };
        let (closed, open) = words[1..pair.len() - 1].split_once('/').unwrap_or_default();
        let last = before.chars().next_back().map_or(0, final_consonant);
        let is_closed = if pair == "(으로/로)" { last != 0 && last != RIEUL } else { last != 0 };
        return (if is_closed { closed } else { open }, rest);
    }
    ("", words)
}

/// ㄹ among the final consonants, as Unicode counts them.
const RIEUL: u32 = 8;

/// The final consonant of a syllable; of a Latin letter or digit whether its name, as it is read, ends in one. 0 is none.
fn final_consonant(last: char) -> u32 {
    match last {
        '가'..='힣' => (u32::from(last) - u32::from('가')) % 28,
        'l' | 'L' | '1' | '7' | '8' => RIEUL,
        'm' | 'M' | 'n' | 'N' | '0' | '3' | '6' => 1,
        _ => 0,
    }
}

/// A text with `{holes}`, taken apart.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, (name, behind))) =
        rest.split_once('{').and_then(|(words, behind)| Some((words, behind.split_once('}')?)))
    {
        if !words.is_empty() {
            parts.push(Part::Words(words.to_owned()));
        }
        parts.push(Part::Hole(name.to_owned()));
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest.to_owned()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_the_desktop_say_the_same() {
        // As `ui/src/i18n/said.test.ts` has them.
        for (english, said) in [
            ("It did not succeed in Deploy.", "Deploy에서 성공하지 못했습니다."),
            (
                "Runs the failed actions of stage Deploy again, in execution a91c07de.",
                "Deploy 스테이지의 실패한 작업을 실행 a91c07de에서 다시 실행합니다.",
            ),
            (
                "Stage Deploy is busy: execution e77a31c0 is InProgress there.",
                "Deploy 스테이지가 사용 중입니다: 실행 e77a31c0이 InProgress 상태입니다.",
            ),
            ("arn:aws:x is locked: wait", "arn:aws:x는 잠겨 있습니다: wait"),
            ("The build is over. Something new happened.", "빌드가 끝났습니다. Something new happened."),
        ] {
            assert_eq!(korean(english), said);
        }
    }

    #[test]
    fn reasons_of_ours_are_translated_and_what_aws_says_stays() {
        for (english, said) in [
            ("Waiting for approval in Approve › Release", "Approve › Release에서 승인 대기 중"),
            ("Longer under way than 90 % of its own runs", "지난 실행의 90 %보다 오래 진행 중"),
            ("Held before Deploy: freeze until Monday", "Deploy 앞에서 잠김: freeze until Monday"),
            ("Held before Deploy", "Deploy 앞에서 잠김"),
            ("Queued before Deploy, behind another execution", "Deploy 앞에서 다른 실행 뒤에 대기"),
            ("Between stages; 2 waiting behind it", "스테이지 사이; 뒤에서 2개 대기"),
        ] {
            assert_eq!(korean(english), said);
        }
        for aws in ["Deploy › Smoke: POST /v1/carts answered 500", "exit status 1 in phase BUILD", ""] {
            assert_eq!(korean(aws), aws);
        }
        let endless = "Held before ".repeat(100);
        assert_eq!(korean(&endless), endless);
    }
}
