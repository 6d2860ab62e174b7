//! Canaries, of the program as run: with every log turned up, no command writes a secret of the world to its standard
//! output or error, to its home or to an export. (Every call, verb and kind of secret: `tests/it/canary`.)

#[path = "../../../../tests/it/canary/scan.rs"]
mod scan;

use std::{collections::BTreeMap, path::Path};

use crate::ground::{Ground, Ran};
use scan::Scanner;

/// What is meant to be found in each place: names of pipelines, and the user's own words.
const WITNESSES: [&str; 3] = ["service-00", "WITNESS-", "shown"];

fn files(folder: &Path, found: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.extend(std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn with_every_log_turned_up_no_command_writes_a_secret() {
    let ground = Ground::unread();
    let secrets: Vec<String> = ground.sim.with_world(|world| {
        let keys = world.accounts.by_id.values().map(|a| a.access_key_id.clone());
        keys.chain(["CANARY".to_owned()]).collect()
    });
    let mut out: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut run = |line: &[&str]| -> Ran {
        let mut ran = None;
        for json in [false, true] {
            let line: Vec<&str> = line.iter().copied().chain(json.then_some("--json")).collect();
            let mut command = ground.command(&line);
            // The wrong proxy is worth a line of the log, which shows that there is one.
            command.env("SKYDECK_LOG", "trace").env("RUST_LOG", "trace").env("ALL_PROXY", "no URL");
            let done = Ran::of(command.output().expect("it starts"));
            out.entry("standard output").or_default().extend(done.out.as_bytes());
            out.entry("standard error").or_default().extend(done.err.as_bytes());
            ran = Some(done);
        }
        ran.expect("it ran twice")
    };
    run(&["sync", "--profile", "dev"]).json(0);
    let rows = run(&["get", "all", "--profile", "dev"]).json(0);
    let of = |kind: &str, health: &str| {
        let found = rows.as_array().unwrap().iter().find(|r| r["kind"] == kind && r["health"] == health);
        found.unwrap_or_else(|| panic!("no {health} {kind}"))["id"].as_str().unwrap().to_owned()
    };
    let (pipeline, version) = (of("codepipeline.pipeline", "ok"), of("codepipeline.execution", "ok"));
    let arn = pipeline.trim_start_matches("dev/").to_owned();
    let stage = format!("{arn}/Deploy");
    let export = ground.path("export.json");
    for line in [
        &["profiles"][..],
        &["get", "--kinds"],
        &["status"],
        &["plan", "--verbs", &arn],
        &["plan", "start", &arn, "--variable", "API_TOKEN=CANARY-given"],
        &["plan", "rollback", &stage],
        &[
            "act",
            "start",
            &arn,
            "--variable",
            "API_TOKEN=CANARY-given",
            "--reason",
            "WITNESS-reason",
            "--confirm",
            "yes",
        ],
        &["act", "start", &arn, "--reason", "WITNESS-reason", "--confirm", "yes", "--no-follow"],
        &["act", "hold", &stage, "--reason", "WITNESS-reason", "--confirm", "yes"],
        &["mark", &version, "bad", "--reason", "WITNESS-reason"],
        &["lock", &arn, "--reason", "WITNESS-reason"],
        &["unlock", &arn],
        &["settings", "set", "profile.dev.label", "WITNESS-label"],
        &["settings", "get"],
        &["settings", "export"],
        &["settings", "export", export.to_str().unwrap()],
        &["ledger"],
        &["report"],
        &["policy", "operator"],
    ] {
        run(line);
    }
    out.entry("export").or_default().extend(std::fs::read(&export).unwrap());
    let mut home = Vec::new();
    files(&ground.path("home"), &mut home);
    out.insert("home", home);
    assert!(secrets.len() > 3, "{secrets:?}");
    let (secrets, witnesses) = (Scanner::of(secrets), Scanner::of(WITNESSES.map(str::to_owned)));
    for (place, bytes) in &out {
        assert_eq!(secrets.found(bytes), Vec::<String>::new(), "on {place}");
        assert!(!witnesses.found(bytes).is_empty(), "nothing can be found on {place}");
    }
    let log = String::from_utf8_lossy(&out["standard error"]);
    assert!(log.contains("WARN") && log.contains("the proxy variable is no URL"), "there was no log: {log}");
}
