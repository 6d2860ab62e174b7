//! Whether the simulator speaks as AWS does, judged by programs that no one here wrote: the real AWS CLI calls every
//! operation it offers, its answers are held against botocore's models, and what those forbid must be refused.
//!
//! Python programs do it, with the packages of `tests/requirements.txt`: `drive.py` with the AWS CLI, which brings a botocore
//! of its own, and `judge.py` with the botocore that the simulator's models are from. Whether Skydeck itself reads a
//! config as the AWS CLI does is `whoami`'s.

mod whoami;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use skydeck_sim::clock::SimClock;
use skydeck_sim::{Call, Outcome, Sim, SimOptions, World, model};

/// What the Python programs found, and what the simulator saw.
struct Run {
    report: Value,
    calls: Vec<Call>,
}

/// The one run that all tests look at.
fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let start = "2026-11-23T05:00:00Z".parse().expect("a time");
        let sim = Sim::new(World::demo(SimClock::standing(start), 7), SimOptions::default());
        let server = runtime.block_on(sim.serve(0)).expect("a port on loopback");
        let config = config(&sim, &server.url);
        let spoken = python("drive.py", &config);
        let calls = sim.calls();
        let report = python("judge.py", &json!({"config": config, "spoken": spoken}));
        runtime.block_on(server.stop());
        Run { report, calls }
    })
}

/// What the programs are told: where the simulator is, its accounts, and a sign-in at its SSO portal.
fn config(sim: &Sim, url: &str) -> Value {
    sim.with_world(|world| {
        let (seed, now) = (world.seed, world.now());
        let portal = world.accounts.sso_logins[0].start_url.clone();
        let token = world.accounts.sign_in(seed, &portal, now, chrono::TimeDelta::hours(8));
        let accounts: Vec<Value> = world
            .accounts
            .by_id
            .values()
            .map(|a| json!({"account": a.id, "name": a.name, "key": a.access_key_id, "region": a.home_region}))
            .collect();
        json!({
            "url": url, "accounts": accounts, "sso_token": token.access_token, "now": now.timestamp(),
            "botocore": model::BOTOCORE,
        })
    })
}

fn python(program: &str, input: &Value) -> Value {
    run_python(program, input, &[("PATH".to_owned(), std::env::var("PATH").unwrap_or_default())])
}

/// Runs one of the programs beside this file in that environment alone; gives the JSON it prints.
fn run_python(program: &str, input: &Value, env: &[(String, String)]) -> Value {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let venv = std::env::var_os("SKYDECK_VENV").map_or_else(|| tests.join("../.venv"), PathBuf::from);
    let python = venv.join("bin/python");
    assert!(
        python.exists(),
        "the Python environment of the independent checks is not at {}: `cargo xtask test` sets it up (or set SKYDECK_VENV)",
        venv.display()
    );
    let mut child = Command::new(python)
        .arg(tests.join("wire").join(program))
        .env_clear()
        .envs(env.iter().map(|(name, value)| (name, value)))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.to_string().as_bytes()).expect("it reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{program} failed ({}); it says why above", output.status);
    serde_json::from_slice(&output.stdout).expect("it reports in JSON")
}

/// What of the report's list is not empty text, as one list to read.
fn told(list: &Value) -> String {
    let lines: Vec<&str> = list.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    lines.join("\n")
}

#[test]
fn the_aws_cli_was_answered_by_every_operation_offered() {
    let answered: BTreeSet<(&str, &str)> = run()
        .calls
        .iter()
        .filter(|call| call.outcome == Outcome::Answered)
        .map(|call| (call.service.as_str(), call.operation.as_str()))
        .collect();
    let offered: BTreeSet<(&str, &str)> = model::services()
        .iter()
        .flat_map(|service| service.operations.keys().map(|operation| (service.id.as_str(), operation.as_str())))
        .collect();
    let missing: Vec<_> = offered.difference(&answered).collect();
    assert!(missing.is_empty(), "tests/wire/scenario.py does not call (or gets no answer from) {missing:?}");
}

#[test]
fn what_the_aws_cli_was_told_hangs_together() {
    let problems = told(&run().report["problems"]);
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn every_member_of_every_answer_is_as_botocore_has_it() {
    let report = &run().report;
    let checked = report["members_checked"].as_u64().unwrap_or_default();
    assert!(checked > 5_000, "only {checked} members were looked at");
    let disagreements = told(&report["disagreements"]);
    assert!(disagreements.is_empty(), "{disagreements}");
}

#[test]
fn what_botocores_models_forbid_is_refused_as_aws_refuses_it() {
    let violations = &run().report["violations"];
    let tried = violations["tried"].as_object().expect("counts by kind");
    for kind in ["required", "enum", "min length", "max length", "pattern", "min value", "max value", "type"] {
        let count = tried.get(kind).and_then(Value::as_u64).unwrap_or_default();
        assert!(count > 0, "no violation of kind {kind} was tried");
    }
    let not_refused = told(&violations["not_refused"]);
    assert!(not_refused.is_empty(), "{not_refused}");
}

#[test]
fn errors_arrive_as_the_aws_cli_expects_them() {
    let errors = run().report["errors"].as_array().expect("a list");
    assert!(errors.len() >= 8, "{errors:?}");
    for error in errors {
        assert_eq!(error["got"], error["expected"], "{}", error["call"]);
    }
}
