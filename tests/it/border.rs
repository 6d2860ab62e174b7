//! A pipeline whose action runs in another account, by a role there: the first cause is found behind that border, in what
//! the other account's profile read, or else it is said who could read it and why that is not done.

use std::time::Duration;

use serde_json::{Value, json};
use skydeck_api::Host;
use skydeck_sim::Fault;

use crate::machine::{Machine, call, sync};

/// Its unit tests run in the staging account.
const PIPELINE: &str = "shop-dev/arn:aws:codepipeline:eu-west-1:111122223333:image-resizer";

/// Opens Skydeck with these profiles shown, each in these Regions.
async fn open(machine: &Machine, shown: &[(&str, &[&str])]) -> Host {
    let host = machine.open().await;
    for (profile, regions) in shown {
        call(&host, "set_profile", json!({"name": profile, "regions": regions})).await;
    }
    let names: Vec<&str> = shown.iter().map(|(profile, _)| *profile).collect();
    call(&host, "show", json!({"profiles": names})).await;
    host
}

async fn cause(host: &Host) -> Value {
    call(host, "pipeline", json!({"id": PIPELINE})).await["cause"].clone()
}

/// The cause once the log behind it is there.
async fn cause_with_log(host: &Host) -> Value {
    let mut events = host.events();
    loop {
        let cause = cause(host).await;
        if !cause["log"].as_array().unwrap().is_empty() {
            return cause;
        }
        let tag = format!("log:{PIPELINE}");
        let heard = async { while !events.recv().await.unwrap().tags.contains(&tag) {} };
        tokio::time::timeout(Duration::from_secs(20), heard).await.expect("the log is told when it is there");
    }
}

#[tokio::test]
async fn a_failure_behind_an_account_border_is_told_by_the_build_there() {
    let machine = Machine::demo();
    let host = open(&machine, &[("shop-dev", &["eu-west-1"]), ("shop-stg", &["eu-west-1"])]).await;
    assert!(sync(&host).await.all_read());
    let cause = cause_with_log(&host).await;
    let path: Vec<(&str, &str)> = cause["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["what"].as_str().unwrap(), step["label"].as_str().unwrap()))
        .collect();
    assert_eq!(path[..3], [("stage", "Build"), ("action", "UnitTest"), ("account", "shop-stg (444455556666)")]);
    assert_eq!(path[3..].iter().map(|(what, _)| *what).collect::<Vec<_>>(), ["build", "phase"]);
    let build = cause["path"][3]["id"].as_str().unwrap();
    let arn = "shop-stg/arn:aws:codebuild:eu-west-1:444455556666:build/image-resizer-test:";
    assert!(build.starts_with(arn), "{build}");
    assert!(!cause["hits"].as_array().unwrap().is_empty(), "its log explains it: {cause}");
    assert!(cause["log_note"].is_null(), "{cause}");
    let view = call(&host, "pipeline", json!({"id": PIPELINE})).await;
    let actions = view["stages"].as_array().unwrap().iter().flat_map(|s| s["actions"].as_array().unwrap());
    let runs: Vec<&Value> = actions.filter(|a| a["name"] == "UnitTest").map(|a| &a["runs_id"]).collect();
    assert_eq!(runs, [build], "the action leads there, too");
    let there = call(&host, "build", json!({"id": build})).await;
    assert_eq!(there["profile"]["name"], "shop-stg");
}

#[tokio::test]
async fn what_cannot_be_read_behind_the_border_is_said_and_by_whom() {
    // Denied there.
    let machine = Machine::demo();
    let host = open(&machine, &[("shop-dev", &["eu-west-1"]), ("shop-stg", &["eu-west-1"])]).await;
    machine.weather("BatchGetBuilds", Fault::AccessDenied);
    sync(&host).await;
    let denied = cause(&host).await;
    let note = denied["log_note"].as_str().unwrap();
    let want = "The build ran in account 444455556666, eu-west-1, and `shop-stg` could not read it: AccessDenied";
    assert!(note.starts_with(want), "{note}");
    assert!(denied["title"].as_str().unwrap().starts_with("UnitTest: "), "what the action says is told: {denied}");

    // There is a profile, and it looks elsewhere.
    let machine = Machine::demo();
    let host = open(&machine, &[("shop-dev", &["eu-west-1"]), ("shop-stg", &["ap-northeast-2"])]).await;
    assert!(sync(&host).await.all_read());
    let cause_there = cause(&host).await;
    let note = cause_there["log_note"].as_str().unwrap();
    assert!(note.contains("which is not read: show `shop-stg`") && note.contains("the Region eu-west-1"), "{note}");

    // There is none.
    let machine = Machine::demo();
    let alone = |text: String, head: &str| {
        let from = text.find(head).unwrap_or_else(|| panic!("no {head} in {text}"));
        let to = text[from + 1..].find("\n[").map_or(text.len(), |n| from + 1 + n);
        text[from..to].to_owned()
    };
    let files = machine.sim.with_world(|world| world.aws_config_text(None));
    machine.write(".aws/config", alone(files.config, "[profile shop-dev]"));
    machine.write(".aws/credentials", alone(files.credentials, "[shop-dev]"));
    let host = open(&machine, &[("shop-dev", &["eu-west-1"])]).await;
    assert!(sync(&host).await.all_read());
    let note = cause(&host).await["log_note"].as_str().unwrap().to_owned();
    assert!(note.contains("no profile here is of that account. Add one"), "{note}");
}
