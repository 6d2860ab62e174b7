//! Hostile text in names, commit messages, errors and logs, through every view: it arrives as text, whole enough to tell one
//! thing from another, without what a terminal or a page would act on. (Rows as read: `codepipeline_read.rs`; the command
//! line: `crates/cli/tests/it/weather.rs`; what the page makes of it: `ui/`.)

use serde_json::{Value, json};
use skydeck_api::kinds;
use skydeck_sim::{World, world::hostile};

use crate::machine::{Machine, call, rows, standing};

const PIPELINE: &str = "codepipeline.pipeline";

/// Every text of an answer, with where it is.
fn texts(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, path, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push((format!("{path} key"), name.clone()));
            texts(value, &format!("{path}.{name}"), found);
        }),
        _ => {}
    }
}

/// A character that is acted on instead of shown: escapes and other controls, or a change of the reading direction.
fn acts(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[tokio::test]
async fn hostile_text_reaches_every_view_as_text() {
    let machine = Machine::before(World::hostile(standing(), 7));
    let host = machine.read().await;
    let pipelines = rows(&host, PIPELINE, "").await;
    let mut names: Vec<&str> = pipelines.iter().map(|r| r["name"].as_str().unwrap()).collect();
    let mut want = hostile::NAMES.to_vec();
    names.sort_unstable();
    want.sort_unstable();
    assert_eq!(names, want, "no name is lost or changed");
    let mut answers = vec![("board", call(&host, "board", json!({})).await)];
    for kind in kinds() {
        answers.push(("rows", call(&host, "rows", json!({"kinds": [kind]})).await));
    }
    for row in &pipelines {
        answers.push(("pipeline", call(&host, "pipeline", json!({"id": row["id"]})).await));
        for verb in ["start", "hold", "rollback"] {
            let on = if verb == "start" { String::new() } else { "/Deploy".to_owned() };
            let id = format!("{}{on}", row["arn"].as_str().unwrap());
            answers.push(("plan", call(&host, "plan", json!({"verb": verb, "id": id})).await));
        }
        // A name without a letter or digit is no word to search for.
        if !row["name"].as_str().unwrap().contains(char::is_alphanumeric) {
            continue;
        }
        let found = call(&host, "search", json!({"text": row["name"]})).await;
        assert!(found["rows"].as_array().unwrap().iter().any(|r| r["id"] == row["id"]), "{} is not found", row["name"]);
    }
    let builds = rows(&host, "codebuild.build", "").await;
    for build in builds.iter().take(8) {
        answers.push(("build", call(&host, "build", json!({"id": build["id"]})).await));
    }
    let (mut seen, mut markup) = (0, 0);
    for (name, answer) in &answers {
        let mut found = Vec::new();
        texts(answer, name, &mut found);
        for (path, text) in found {
            // The lines of a log are shown with their colours; what else is in them the page leaves out.
            if path.contains(".log") {
                continue;
            }
            assert!(!text.chars().any(acts), "{path}: {text:?}");
            seen += 1;
            markup += usize::from(text.contains("<img src=x") || text.contains("<script>"));
        }
    }
    // Or it would prove nothing.
    assert!(seen > 2_000 && markup > 5, "{seen} texts, {markup} with markup");
    host.close().await;
}
