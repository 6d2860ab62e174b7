//! News and the board in words: what a notification says, what the tray shows. No desktop in here.

use serde_json::Value;
use skydeck_api::contract::attention::{News, Turn};

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
    let lines = reason.into_iter().chain([place.as_str()]).map(line).collect::<Vec<_>>();
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
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    // Directions that AWS's names have no use for could turn the rest of the line round.
    let clean =
        clean.filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    let mut line: String = clean.take(MOST + 1).collect();
    if line.chars().count() > MOST {
        line = line.chars().take(MOST - 1).chain(['…']).collect();
    }
    line.trim().to_owned()
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
        // Recovered has no reason any more.
        assert_eq!(told[1].body, "dev · eu-west-1");
    }

    #[test]
    fn a_hostile_name_is_one_short_line() {
        let hostile = format!("a\nb\u{202e}c{}", "x".repeat(1 << 20));
        let told = tellings(&[news(Turn::Waiting, &hostile)], Language::English);
        assert!(told[0].title.starts_with("Waiting for approval: a bcx") && told[0].title.chars().count() <= MOST);
        assert!(!told[0].title.contains(['\n', '\u{202e}']));
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
