//! What runs until it is stopped: `sim`, and `sync --watch`. And what needs neither files nor AWS: `policy`.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::ground::Ground;

/// Asks a process to stop, as a service manager does.
fn terminate(child: &Child) {
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill is there");
    assert!(killed.success());
}

#[test]
fn the_simulator_says_when_it_is_ready_and_ends_when_asked() {
    let ground = Ground::unread();
    let line = ["sim", "--world", "scale:2,1,1", "--seed", "3", "--time", "2026-11-22T08:00:00Z"];
    let mut child = ground.command(&line).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let mut ready = String::new();
    out.read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).expect("one line of JSON");
    assert!(ready["url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
    let accounts = ready["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2);
    assert!(accounts.iter().all(|a| a["access_key_id"].as_str().unwrap().starts_with("AKIA")), "{ready}");
    assert_eq!(accounts[0]["account"], "100000000000");
    // Another client reaches it with the key it named, and any secret.
    ground.write(
        "config",
        &format!("[profile a]\nregion = ap-northeast-2\nendpoint_url = {}\n", ready["url"].as_str().unwrap()),
    );
    let key = accounts[1]["access_key_id"].as_str().unwrap();
    ground.write("credentials", &format!("[a]\naws_access_key_id = {key}\naws_secret_access_key = any\n"));
    assert_eq!(ground.run(&["profiles", "--json"]).json(0)[0]["account"], accounts[1]["account"]);
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn worlds_ports_and_weather_that_are_not_there_are_told() {
    let ground = Ground::unread();
    let told = ground.run(&["sim", "--world", "mars", "--json"]).json(2);
    assert!(told["error"]["message"].as_str().unwrap().contains("demo"), "{told}");
    ground.write("faults.json", r#"{"rules": [{"kind": "rain"}]}"#);
    let faults = ground.path("faults.json");
    let told = ground.run(&["sim", "--world", "scale:1,1,1", "--faults", faults.to_str().unwrap(), "--json"]).json(2);
    assert!(told["error"]["message"].as_str().unwrap().contains("line 1"), "{told}");
}

#[test]
fn a_world_from_a_file_is_served_and_a_slip_in_it_is_told_by_place() {
    let ground = Ground::unread();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/worlds/two-accounts.json");
    let mut child = ground.command(&["sim", "--world", example]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let mut ready = String::new();
    out.read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).expect("one line of JSON");
    let names: Vec<&str> = ready["accounts"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bakery-dev", "bakery-prod"]);
    let url = ready["url"].as_str().unwrap();
    ground.write("config", &format!("[profile bakery]\nregion = eu-west-1\nendpoint_url = {url}\n"));
    let key = ready["accounts"][1]["access_key_id"].as_str().unwrap();
    ground.write("credentials", &format!("[bakery]\naws_access_key_id = {key}\naws_secret_access_key = any\n"));
    ground.run(&["sync", "--service", "codepipeline"]).ok();
    let rows = ground.run(&["get", "codepipeline.pipeline", "--json"]).json(0);
    let mut names: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["orders", "ovens"]);
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let text = std::fs::read_to_string(example).unwrap();
    for (slip, says) in [
        (text.replacen("\"mode\"", "\"mdoe\"", 1), "unknown field `mdoe`, expected one of"),
        (text.replacen("\"mode\"", "\"mdoe\"", 1), " at line 61 column "),
        (
            text.replacen("\"on\": \"ovens-build\"", "\"on\": \"oven\"", 1),
            "pipelines[2].stages[1].actions[0].on: there is no project `oven`",
        ),
    ] {
        ground.write("world.json", &slip);
        let file = ground.path("world.json");
        let told = ground.run(&["sim", "--world", file.to_str().unwrap(), "--json"]).json(2);
        let message = told["error"]["message"].as_str().unwrap();
        assert!(message.contains("world.json: ") && message.contains(says), "{message}");
    }
}

#[test]
fn a_watch_tells_changes_one_line_each_until_it_is_stopped() {
    let ground = Ground::read();
    let pipeline = ground.pipelines("dev", "ok")[0].clone();
    ground.run(&["act", "start", &pipeline, "--reason", "r", "--confirm", "yes", "--no-follow", "--json"]).json(0);
    ground.run(&["sync", "--profile", "dev", "--service", "codepipeline"]).ok();
    assert_eq!(ground.row("dev", &pipeline)["health"], "running");
    let mut child = ground.command(&["sync", "--watch", "--json"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("piped")).lines();
    ground.minutes(30);
    let id = format!("dev/{pipeline}");
    let change = loop {
        let line: Value = serde_json::from_str(&out.next().expect("it goes on").unwrap()).expect("JSON");
        if line["id"] == id.as_str() {
            break line;
        }
    };
    assert_eq!(change["kind"], "codepipeline.pipeline");
    assert_eq!(change["was"], json!({"status": "InProgress", "health": "running"}));
    // The newest commit of this world is a bad one.
    assert_eq!((&change["now"]["status"], &change["now"]["health"]), (&json!("Failed"), &json!("failed")));
    assert!(change["now"]["reason"].is_string() && change["at"].is_string(), "{change}");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn policies_hold_what_is_called_and_need_no_home() {
    let ground = Ground::unread();
    let actions = |line: &[&str]| -> Vec<String> {
        let policy = ground.run(line).json(0);
        assert_eq!(policy["Version"], "2012-10-17");
        let statements = policy["Statement"].as_array().unwrap().clone();
        let all = statements.iter().flat_map(|s| s["Action"].as_array().unwrap().clone());
        all.map(|a| a.as_str().unwrap().to_owned()).collect()
    };
    let (observer, operator) = (actions(&["policy", "observer"]), actions(&["policy", "operator"]));
    assert!(observer.contains(&"codepipeline:ListPipelines".to_owned()));
    assert!(!observer.contains(&"codepipeline:RollbackStage".to_owned()));
    assert!(operator.contains(&"codepipeline:RollbackStage".to_owned()));
    assert!(observer.iter().all(|a| operator.contains(a)));
    let build = actions(&["policy", "observer", "--service", "codebuild"]);
    assert!(
        build.contains(&"logs:GetLogEvents".to_owned()) && build.iter().all(|a| !a.starts_with("codepipeline:")),
        "{build:?}"
    );
    assert!(!ground.path("home").exists());
}
