//! `sync`, `get`, `status`: reading AWS, and telling what was read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ground::{Ground, REGION};

#[test]
fn sync_tells_each_source_and_what_it_cost() {
    let ground = Ground::unread();
    let told = ground.run(&["sync", "--profile", "dev", "--service", "codepipeline", "--json"]).json(0);
    let sources = told["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 1, "{told:#}");
    let source = &sources[0];
    assert_eq!(
        (&source["profile"], &source["account"], &source["region"], &source["service"], &source["state"]),
        (&json!("dev"), &json!("100000000000"), &json!(REGION), &json!("codepipeline"), &json!("ok"))
    );
    assert_eq!(source["error"], Value::Null);
    let calls = ground.sim.calls().iter().filter(|c| c.service == "codepipeline").count();
    assert_eq!(told["api_calls"], json!(calls));
    assert_eq!(told["rows"], source["rows"]);
    assert!(told["rows"].as_i64().unwrap() >= 12);
    // Only what was asked for was read.
    let rows = ground.run(&["get", "all", "--json"]).json(0);
    let profiles: BTreeSet<&str> = rows.as_array().unwrap().iter().map(|r| r["profile"].as_str().unwrap()).collect();
    assert_eq!(profiles, BTreeSet::from(["dev"]));
}

#[test]
fn what_cannot_be_read_is_told_and_takes_nothing_away() {
    let ground = Ground::read();
    let before = ground.run(&["get", "codepipeline.pipeline", "--json"]).json(0).as_array().unwrap().len();
    ground
        .weather(r#"{"rules": [{"account": "100000000002", "operation": "ListPipelines", "kind": "access_denied"}]}"#);
    let ran = ground.run(&["sync", "--service", "codepipeline", "--json"]);
    let told = ran.json(3);
    let state = |profile: &str| {
        let sources = told["sources"].as_array().unwrap().iter();
        sources.clone().find(|s| s["profile"] == profile).unwrap().clone()
    };
    assert_eq!(state("dev")["state"], "ok");
    assert_eq!(state("prod")["state"], "denied");
    assert_eq!(state("prod")["error"]["operation"], "ListPipelines");
    assert!(ran.err.contains("prod") && ran.err.contains("ListPipelines"), "{}", ran.err);
    let rows = ground.run(&["get", "codepipeline.pipeline", "--json"]).json(0);
    assert_eq!(rows.as_array().unwrap().len(), before);
    let prod = rows.as_array().unwrap().iter().filter(|r| r["profile"] == "prod");
    assert!(prod.clone().count() > 0 && prod.clone().all(|r| r["stale"] == true));
    let status = ground.run(&["status", "--json"]).json(0);
    let unread = &status["unread"][0];
    assert_eq!((&unread["cure"], &unread["source"]["state"]), (&json!("permission"), &json!("denied")));
    assert!(unread["policy"].as_str().unwrap().contains("codepipeline:ListPipelines"));
}

#[test]
fn nothing_read_at_all_is_status_one() {
    let ground = Ground::unread();
    ground.weather(r#"{"rules": [{"operation": "GetCallerIdentity", "kind": "access_denied"}]}"#);
    let told = ground.run(&["sync", "--profile", "dev", "--json"]).json(1);
    assert!(told["sources"].as_array().unwrap().iter().all(|s| s["state"] != "ok"), "{told:#}");
}

#[test]
fn wrong_names_are_answered_with_the_right_ones() {
    let ground = Ground::unread();
    for (line, said) in [
        (&["sync", "--profile", "production"][..], "staging"),
        (&["sync", "--service", "codepipelines"], "codepipeline"),
        (&["get", "codepipeline.pipelines"], "codepipeline.pipeline,"),
        (&["get", "all", "--profile", "production"], "staging"),
        (&["get", "all", "--health", "sick"], "attention"),
        (&["get"], "<KIND>"),
        (&["policy", "observer", "--service", "x"], "codebuild"),
        (&["settings", "get", "theem"], "language"),
        (&["settings", "set", "profile.dev.protection", "ajar"], "read-only"),
        (&["act", "rollback", "x"], "--reason"),
    ] {
        let mut with_json = line.to_vec();
        with_json.push("--json");
        let ran = ground.run(&with_json);
        let told = ran.json(2);
        let message = told["error"]["message"].as_str().unwrap();
        assert!(message.contains(said) || ran.err.contains(said), "{line:?}: {message}\n{}", ran.err);
        assert_eq!(told["error"]["code"], "invalid");
    }
}

#[test]
fn rows_have_the_members_of_the_contract() {
    let ground = Ground::read();
    let rows = ground.run(&["get", "all", "--json"]).json(0);
    let rows = rows.as_array().unwrap();
    let ids: BTreeSet<&str> = rows.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rows.len(), "ids are unique");
    for row in rows {
        for member in ["id", "kind", "service", "name", "profile", "account", "region", "status", "health", "read_at"] {
            assert!(row[member].is_string(), "{member}: {row:#}");
        }
        assert!(row["id"].as_str().unwrap().starts_with(&format!("{}/", row["profile"].as_str().unwrap())), "{row:#}");
        assert!(row["tags"].is_object() && row["detail"].is_object(), "{row:#}");
        assert_eq!(
            row["reason"].is_string() || row["aspect"].is_string(),
            row["health"] != "ok" || row["aspect"].is_string(),
            "{row:#}"
        );
    }
    let kinds = ground.run(&["get", "--kinds"]).ok().out;
    let kinds: BTreeSet<&str> = kinds.lines().collect();
    assert!(rows.iter().all(|r| kinds.contains(r["kind"].as_str().unwrap())));
    assert!(kinds.contains("codepipeline.execution"));
}

#[test]
fn filters_are_joined_and_read_only_the_cache() {
    let ground = Ground::read();
    ground.sim.clear_calls();
    let get = |more: &[&str]| {
        let line: Vec<&str> = ["get", "codepipeline.pipeline", "--json"].iter().chain(more).copied().collect();
        ground.run(&line).json(0).as_array().unwrap().clone()
    };
    let all = get(&[]);
    assert_eq!(all.len(), 36);
    let failed = get(&["--health", "failed"]);
    assert!(!failed.is_empty() && failed.iter().all(|r| r["health"] == "failed" && r["reason"].is_string()));
    let some = get(&["--health", "failed", "--health", "ok", "--profile", "dev"]);
    assert!(some.iter().all(|r| r["profile"] == "dev"));
    assert_eq!(get(&["--match", "service-0003"]).len(), 3);
    assert_eq!(get(&["--region", "eu-west-1"]).len(), 0);
    assert_eq!(get(&["--region", REGION]).len(), 36);
    // Problems come first.
    let rank = |r: &Value| ["failed", "attention", "running", "unknown", "ok"].iter().position(|h| r["health"] == *h);
    assert!(all.is_sorted_by_key(rank), "{:?}", all.iter().map(|r| &r["health"]).collect::<Vec<_>>());
    assert_eq!(ground.sim.calls(), vec![]);
}

#[test]
fn status_puts_problems_first_and_counts_the_rest() {
    let ground = Ground::read();
    let board = ground.run(&["status", "--json"]).json(0);
    let groups = board["groups"].as_array().unwrap();
    let keys: Vec<&str> = groups.iter().map(|g| g["key"].as_str().unwrap()).collect();
    let order = ["failed", "waiting", "stuck", "attention", "running", "unknown", "ok"];
    assert!(keys.is_sorted_by_key(|k| order.iter().position(|o| o == k)), "{keys:?}");
    assert_eq!(board["all"], json!({"n": 36, "exact": true}));
    let n: i64 = groups.iter().map(|g| g["count"]["n"].as_i64().unwrap()).sum();
    assert_eq!(n, 36);
    let text = ground.run(&["status"]).ok().out;
    let failed = &groups[0]["rows"][0];
    assert!(text.contains(failed["name"].as_str().unwrap()), "{text}");
    assert!(text.lines().last().unwrap().starts_with("Quiet: dev "), "{text}");
}
