//! World `hostile`: everything is well formed as AWS's models have it, and every text means harm: markup, escape codes,
//! right-to-left overrides, `javascript:` links, formulas, names of built-in things, texts of great length.
//! What shows it must show it as text, lose nothing and run nothing.

use std::sync::{Arc, LazyLock};

use super::{
    World,
    build::NewPipeline,
    engine::{Event, Pushed},
    line::{Author, Flaw},
    pipeline::{Habits, Mode},
    project::Trade,
    provider::Provider,
    structure::{ActionDef, StageDef, Structure, VariableDef},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use crate::clock::SimClock;

/// Names within AWS's pattern `[A-Za-z0-9.@\-_]+`, at most 100 characters.
pub const NAMES: [&str; 12] = [
    "..",
    "-rf",
    "--help",
    "@everyone",
    "__proto__",
    "constructor",
    "CON",
    "NaN",
    "1e309",
    "0x7f.1",
    "prod-live-prd",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// Texts for commit messages, summaries and errors: those that the whole product is tried with, here, in the page and on the
/// desktop.
pub static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    #[derive(serde::Deserialize)]
    struct Text {
        text: String,
        #[serde(default = "once")]
        times: usize,
    }
    fn once() -> usize {
        1
    }
    let read = serde_json::from_str::<Vec<Text>>(include_str!("../../../../tests/hostile.json"));
    // It is part of the program; that it can be read, a test of this file shows.
    read.unwrap_or_default().into_iter().map(|Text { text, times }| text.repeat(times)).collect()
});

fn text(n: usize) -> &'static str {
    &TEXTS[n % TEXTS.len()]
}

const ACCOUNT: &str = "111122223333";
const REGION: &str = "ap-northeast-2";

impl World {
    /// The hostile world at the clock's present.
    pub fn hostile(clock: SimClock, seed: u64) -> World {
        let mut world = World::empty(clock, seed);
        let opening = world.clock.now().timestamp_millis();
        world.accounts.add(seed, ACCOUNT, "shop-dev", REGION);
        let place = world.place_or_new(ACCOUNT, REGION);
        world.extra_log = log_lines();
        world.extra_error = Some(format!(" {} {}", text(0), text(3)));
        for (n, name) in NAMES.into_iter().enumerate() {
            let line = world.add_line(&format!("example-hostile/repository-{n}"), "main", 0);
            let project = format!("hostile-{n:02}-build");
            world.add_project(place, &project, Trade::Node, line, 90 * SECOND, opening - 90 * DAY);
            world.add_repository(place, line, text(n + 1), opening - 90 * DAY);
            let p = world.add_pipeline(
                place,
                NewPipeline {
                    name,
                    v2: true,
                    mode: Mode::Superseded,
                    structure: Arc::new(structure(n, &project)),
                    since: opening - 30 * DAY,
                    habits: Habits { line, starts_on_push: true, steady: true, ..Habits::default() },
                    tags: vec![("team", text(n))],
                },
            );
            for (k, hours) in [(0, 30), (1, 3)] {
                let text = text(2 * n + k);
                let message = if n == 7 { text.repeat(600) } else { text.to_owned() };
                let author =
                    Author { name: text.chars().take(60).collect(), email: "hostile.demo@example.com".to_owned() };
                let flaw = (k == 1 && n % 2 == 0).then_some(Flaw { spoils: "Build".into(), only_in: None });
                let pushed = Pushed { line, message, author, flaw };
                world.queue.plan(opening - hours * HOUR, Event::Push(Box::new(pushed)));
            }
            if n % 5 == 1 {
                world.queue.plan(opening - 4 * HOUR, Event::Hang { pipeline: p, category: "Deploy" });
            }
        }
        super::hostile_stack::add(&mut world, place, opening);
        world.settle(opening);
        world
    }
}

fn structure(n: usize, project: &str) -> Structure {
    let action = ActionDef::new;
    let source = if n.is_multiple_of(2) { Provider::Connection } else { Provider::CodeCommit };
    let mut stages = vec![
        StageDef::new("Source").then(action("__proto__", source, &format!("repository-{n}"), 3 * SECOND)),
        StageDef::new("Build").then(action("Build", Provider::CodeBuild, project, 0)),
        // A custom action type names its own links, so this is what reaches the caller.
        StageDef::new("toString")
            .then(action("-rf", Provider::Jenkins, "javascript:alert(document.domain)//", 40 * SECOND).as_test()),
    ];
    if n.is_multiple_of(3) {
        stages.push(StageDef::new("Approve").then(action("..", Provider::Approval, "{}", 0)));
    }
    stages.push(StageDef::new("Deploy").then(action("Deploy", Provider::CodeDeployToEcs, "{}", 2 * MINUTE)));
    let variables = vec![VariableDef {
        name: "constructor".to_owned(),
        default: Some(format!("CANARY-hostile-{n}")),
        description: text(n).chars().filter(|c| !c.is_control()).collect(),
    }];
    Structure { stages, variables, push_branches: vec!["main".to_owned()] }
}

fn log_lines() -> Vec<String> {
    let mut lines: Vec<String> = TEXTS.clone();
    lines.push("progress 10%\rprogress 90%\r\u{1b}[1A\u{1b}[K\u{7}done".to_owned());
    lines.push("x".repeat(200_000));
    lines.push("가".repeat(30_000));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_the_pattern() {
        for name in NAMES {
            assert!((1..=100).contains(&name.len()), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b".@-_".contains(&b)), "{name}");
        }
    }

    #[test]
    fn every_text_reaches_a_commit_and_a_log() {
        let start = "2026-11-23T05:00:00Z".parse().expect("an instant");
        let world = World::hostile(SimClock::standing(start), 1);
        assert!(TEXTS.len() >= 20, "{} texts", TEXTS.len());
        for text in &*TEXTS {
            assert!(world.lines.iter().flat_map(|l| &l.commits).any(|c| c.message.starts_with(text)), "{text:?}");
            assert!(world.extra_log.iter().any(|l| l == text), "{text:?}");
        }
        assert!(world.places[0].pipelines.iter().all(|p| p.executions.len() == 2));
    }
}
