//! `mark`, `settings`: the user's own decisions.

use serde_json::json;

use crate::ground::{Ground, REGION};

#[test]
fn a_version_that_was_marked_says_so_among_the_targets() {
    let ground = Ground::read();
    let deploy = format!("{}/Deploy", ground.pipelines("dev", "ok")[0]);
    let targets = ground.run(&["plan", "rollback", &deploy, "--json"]).json(0)["targets"].clone();
    let target = targets[0]["id"].as_str().unwrap().to_owned();
    let executions = ground.run(&["get", "codepipeline.execution", "--profile", "dev", "--json"]).json(0);
    let execution = executions.as_array().unwrap().iter().find(|r| r["name"] == target.as_str()).unwrap();
    let id = execution["id"].as_str().unwrap();
    let mark_of_target = || {
        let targets = ground.run(&["plan", "rollback", &deploy, "--json"]).json(0)["targets"].clone();
        targets.as_array().unwrap().iter().find(|t| t["id"] == target.as_str()).unwrap()["mark"].clone()
    };
    ground.run(&["mark", id, "good", "--reason", "served for a week"]).ok();
    assert_eq!(mark_of_target(), "good");
    let pipeline = deploy.trim_end_matches("/Deploy");
    ground.run(&["mark", &format!("{pipeline}#{target}"), "bad"]).ok();
    assert_eq!(mark_of_target(), "bad");
    ground.run(&["mark", id, "none"]).ok();
    assert_eq!(mark_of_target(), json!(null));
    let told = ground.run(&["mark", pipeline, "good", "--json"]).json(2);
    assert!(told["error"]["message"].as_str().unwrap().contains("only a version"), "{told:#}");
}

#[test]
fn settings_are_set_shown_and_taken_elsewhere() {
    let ground = Ground::unread();
    for (key, value, told) in [
        ("theme", "dark", json!("dark")),
        ("language", "ko", json!("ko")),
        ("profile.dev.label", "개발", json!("개발")),
        ("profile.dev.colour", "lime", json!("lime")),
        ("profile.dev.environment", "sandbox", json!("sandbox")),
        ("profile.dev.regions", "eu-west-1, us-east-1", json!(["eu-west-1", "us-east-1"])),
        ("profile.prod.protection", "read-only", json!("read-only")),
        ("profile.staging.shown", "false", json!(false)),
    ] {
        ground.run(&["settings", "set", key, value]).ok();
        assert_eq!(ground.run(&["settings", "get", key, "--json"]).json(0), told, "{key}");
    }
    let file = ground.path("settings.json");
    ground.run(&["settings", "export", file.to_str().unwrap()]).ok();
    let other = Ground::unread();
    other.run(&["settings", "import", file.to_str().unwrap()]).ok();
    let both = [&ground, &other].map(|g| g.run(&["settings", "get", "--json"]).json(0));
    assert_eq!(both[0], both[1]);
    assert_eq!(both[1]["profile.prod.protection"], "read-only");
    // An empty value takes a decision away.
    ground.run(&["settings", "set", "profile.dev.regions", ""]).ok();
    assert_eq!(ground.run(&["settings", "get", "profile.dev.regions", "--json"]).json(0), json!([REGION]));
    let told = ground.run(&["settings", "set", "profile.nobody.label", "x", "--json"]).json(2);
    assert!(told["error"]["message"].as_str().unwrap().contains("nobody"), "{told:#}");
}

#[test]
fn an_import_is_all_or_nothing() {
    let ground = Ground::unread();
    for (text, status) in [("{", 2), (r#"{"skydeck_settings": 1, "settings": {"theme": "dark"}, "surprise": 1}"#, 2)] {
        ground.write("import.json", text);
        let file = ground.path("import.json");
        ground.run(&["settings", "import", file.to_str().unwrap(), "--json"]).json(status);
    }
    assert_eq!(ground.run(&["settings", "get", "theme", "--json"]).json(0), "system");
}
