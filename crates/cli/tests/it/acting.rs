//! `plan`, `act`, `ledger`: what would be done, what is done, and what is refused.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::ground::Ground;

/// A pipeline of a profile that stands well, and its last stage.
fn deploy_of(ground: &Ground, profile: &str) -> String {
    format!("{}/Deploy", ground.pipelines(profile, "ok")[0])
}

/// Mutating calls that reached AWS.
fn mutations(ground: &Ground) -> Vec<String> {
    let calls = ground.sim.calls();
    calls.into_iter().filter(|c| skydeck_sim::mutates(&c.operation)).map(|c| c.operation).collect()
}

#[test]
fn a_plan_tells_everything_and_calls_nothing() {
    let ground = Ground::read();
    let deploy = deploy_of(&ground, "prod");
    let plan = ground.run(&["plan", "rollback", &deploy, "--json"]).json(0);
    assert_eq!((&plan["verb"], &plan["id"], &plan["profile"]), (&json!("rollback"), &json!(deploy), &json!("prod")));
    assert_eq!(plan["confirm"], json!({"level": "type", "text": "prod"}));
    assert_eq!(plan["blocked"], Value::Null);
    let targets = plan["targets"].as_array().unwrap();
    assert!(targets.iter().any(|t| t["valid"] == true), "{plan:#}");
    assert!(targets.iter().all(|t| (t["valid"] == true) == t["why_not"].is_null()), "{plan:#}");
    assert_eq!(plan["calls"][0]["operation"], "codepipeline:RollbackStage");
    let cli = plan["calls"][0]["cli"].as_str().unwrap();
    assert!(cli.starts_with("aws codepipeline rollback-stage ") && cli.contains("--profile prod"), "{cli}");
    assert!(!plan["state"].as_str().unwrap().is_empty());
    assert_eq!(mutations(&ground), Vec::<String>::new());
    let verbs = ground.run(&["plan", "--verbs", &deploy, "--json"]).json(0);
    assert!(verbs.as_array().unwrap().iter().any(|v| v["id"] == "rollback" && v["on"] == deploy.as_str()));
    assert!(verbs.as_array().unwrap().iter().all(|v| v["on"] == deploy.as_str()));
}

#[test]
fn an_action_is_done_and_is_in_the_ledger() {
    let ground = Ground::read();
    let deploy = deploy_of(&ground, "dev");
    let state = ground.run(&["plan", "hold", &deploy, "--json"]).json(0)["state"].as_str().unwrap().to_owned();
    let line = ["act", "hold", &deploy, "--reason", "점검 중", "--confirm", "yes", "--expect", &state, "--json"];
    let done = ground.run(&line).json(0);
    assert_eq!(done["outcome"], "succeeded", "{done:#}");
    assert_eq!(done["calls"][0]["operation"], "codepipeline:DisableStageTransition");
    assert!(done["calls"][0]["request_id"].is_string() && done["ended_at"].is_string());
    assert_eq!(mutations(&ground), ["DisableStageTransition"]);
    let ledger = ground.run(&["ledger", "--json"]).json(0);
    assert_eq!(ledger[0]["action"], done["action"]);
    assert_eq!((&ledger[0]["reason"], &ledger[0]["profile"]), (&json!("점검 중"), &json!("dev")));
    assert_eq!(ledger[0]["who"], "user/skydeck");
    // The state it was planned on is not there any more.
    let again = ground.run(&line).json(4);
    assert_eq!((&again["outcome"], &again["error"]["code"]), (&json!("refused"), &json!("refused")));
    assert_eq!(mutations(&ground), ["DisableStageTransition"]);
}

#[test]
fn a_start_is_followed_to_its_end_good_or_bad() {
    let ground = Ground::read();
    let pipelines = ground.pipelines("dev", "ok");
    // What serves now is started again; the newest commit of this world is a bad one.
    let served = ground.row("dev", &pipelines[0])["detail"]["execution"]["revisions"][0].clone();
    let revision = format!("{}={}", served["source"].as_str().unwrap(), served["id"].as_str().unwrap());
    let good = ["--revision", revision.as_str()];
    for (pipeline, more, status, outcome) in
        [(&pipelines[0], &good[..], 0, "succeeded"), (&pipelines[1], &[][..], 1, "failed")]
    {
        ground.sim.clear_calls();
        let line = ["act", "start", pipeline, "--reason", "again", "--confirm", "yes", "--json"];
        let line: Vec<&str> = line.iter().chain(more).copied().collect();
        let mut child = ground.command(&line).stdout(Stdio::piped()).spawn().expect("it starts");
        while mutations(&ground).is_empty() {
            assert!(child.try_wait().expect("it lives").is_none(), "it ended before it called");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        ground.minutes(30);
        let done = child.wait_with_output().expect("it ends");
        let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!((done.status.code(), &told["outcome"]), (Some(status), &json!(outcome)), "{told:#}");
        assert_eq!(mutations(&ground), ["StartPipelineExecution"]);
    }
    let text = ground.run(&["ledger"]).ok().out;
    assert!(text.contains("exit status 1"), "{text}");
}

#[test]
fn guards_refuse_with_status_four_and_nothing_is_called() {
    let ground = Ground::read();
    let (dev, prod) = (deploy_of(&ground, "dev"), deploy_of(&ground, "prod"));
    let act = |id: &str, more: &[&str]| {
        let line: Vec<&str> = ["act", "hold", id, "--reason", "r", "--json"].iter().chain(more).copied().collect();
        ground.run(&line)
    };
    let refused = |ran: crate::ground::Ran, said: &str| {
        let told = ran.json(4);
        assert_eq!(told["outcome"], "refused", "{told:#}");
        assert!(told["message"].as_str().unwrap().contains(said), "{told:#}");
        assert_eq!(told["error"]["message"], told["message"]);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    };
    refused(act(&dev, &[]), "yes");
    refused(act(&prod, &["--confirm", "yes"]), "prod");
    refused(act(&dev, &["--confirm", "yes", "--expect", "0000000000000000"]), "state moved");
    ground.run(&["lock", &dev, "--reason", "frozen for the sale"]).ok();
    refused(act(&dev, &["--confirm", "yes"]), "frozen for the sale");
    ground.run(&["unlock", &dev]).ok();
    ground.run(&["lock", "--environment", "dev", "--reason", "all of it", "--until", "2h"]).ok();
    refused(act(&dev, &["--confirm", "yes"]), "all of it");
    ground.run(&["unlock", "--environment", "dev"]).ok();
    ground.run(&["settings", "set", "profile.dev.protection", "read-only"]).ok();
    refused(act(&dev, &["--confirm", "yes"]), "read-only");
    let plan = ground.run(&["plan", "hold", &dev, "--json"]).json(0);
    assert!(plan["blocked"].as_str().unwrap().contains("read-only"), "{plan:#}");
    assert_eq!(mutations(&ground), Vec::<String>::new());
    let ledger = ground.run(&["ledger", "--json"]).json(0);
    assert_eq!(ledger.as_array().unwrap().len(), 6);
    assert!(ledger.as_array().unwrap().iter().all(|a| a["outcome"] == "refused"));
}

#[test]
fn what_aws_refuses_is_no_guard_of_ours() {
    let ground = Ground::read();
    let dev = deploy_of(&ground, "dev");
    ground.weather(r#"{"rules": [{"operation": "DisableStageTransition", "kind": "access_denied"}]}"#);
    let told = ground.run(&["act", "hold", &dev, "--reason", "r", "--confirm", "yes", "--json"]).json(1);
    assert_eq!(told["outcome"], "refused", "{told:#}");
    assert!(told["message"].as_str().unwrap().contains("did not permit"), "{told:#}");
}

#[test]
fn a_lost_answer_is_found_out_by_reading_and_never_sent_again() {
    let ground = Ground::read();
    let dev = deploy_of(&ground, "dev");
    ground.weather(r#"{"rules": [{"operation": "DisableStageTransition", "times": 1, "kind": "executed_then_lost"}]}"#);
    let told = ground.run(&["act", "hold", &dev, "--reason", "r", "--confirm", "yes", "--json"]).json(0);
    assert_eq!(told["outcome"], "succeeded", "{told:#}");
    assert_eq!(mutations(&ground), ["DisableStageTransition"]);
}

#[test]
fn ids_that_name_nothing_or_too_much_are_wrong_arguments() {
    let ground = Ground::read();
    let told = ground.run(&["plan", "start", "arn:aws:codepipeline:eu-west-1:1:none", "--json"]).json(2);
    assert_eq!(told["error"]["code"], "not-found");
    // A second profile of the same account holds the same things.
    for (file, section) in [("config", "[profile dev]"), ("credentials", "[dev]")] {
        let text = std::fs::read_to_string(ground.path(file)).unwrap();
        let block: String = text.split(section).nth(1).unwrap().split('[').next().unwrap().to_owned();
        let other = section.replace("dev", "dev-too");
        ground.write(file, &format!("{text}{other}{block}"));
    }
    ground.run(&["sync", "--profile", "dev-too", "--service", "codepipeline"]).ok();
    let pipeline = ground.pipelines("dev", "ok")[0].clone();
    let told = ground.run(&["plan", "start", &pipeline, "--json"]).json(2);
    assert_eq!(told["error"]["code"], "ambiguous");
    let message = told["error"]["message"].as_str().unwrap();
    assert!(message.contains("dev, dev-too") && message.contains("--profile"), "{message}");
    let plan = ground.run(&["plan", "start", &pipeline, "--profile", "dev-too", "--json"]).json(0);
    assert_eq!(plan["profile"], "dev-too");
    // A list counts it once, under the profile that acting would use.
    let rows = ground.run(&["get", "codepipeline.pipeline", "--json"]).json(0);
    assert_eq!(rows.as_array().unwrap().len(), 36);
}
