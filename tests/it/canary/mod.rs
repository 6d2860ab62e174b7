//! Canaries: secrets lie wherever AWS keeps some (environments of builds, action configurations, output variables, OAuth
//! tokens, approval tokens, keys, session and SSO tokens), everything Skydeck can do is done, and none of them is in a file
//! of its home, an answer, an error, an event, an export, a wish or a line of its log. That the search can find anything is
//! shown by what is meant to be in each of these places. (The programs as run, with their standard output and error:
//! `crates/cli/tests/it/canary.rs`.)

mod scan;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use skydeck_api::{CALLS, Event, Host, SyncFilter, log_filter};
use skydeck_engine::services;
use skydeck_sim::{
    World,
    world::{line::Author, pipeline::Status},
};
use tokio::sync::broadcast;

pub(crate) use self::scan::Scanner;
use crate::machine::{Machine, call, standing};

/// What is meant to be found: a commit, the user's own words, and a pipeline's name.
const WITNESSES: [&str; 3] = ["WITNESS-", "checkout-api", "shop-dev"];

/// Printed by a build itself. It is the user's to see, and stays in memory.
const PRINTED: &str = "PRINTED-BY-A-BUILD";

const PROFILES: [&str; 6] = ["shop-dev", "shop-stg", "shop-prod", "shop-audit", "shop-stg-sso", "environment"];

/// Everything that came out, by where.
#[derive(Default)]
struct Out(BTreeMap<&'static str, Vec<u8>>);

impl Out {
    fn add(&mut self, place: &'static str, text: impl AsRef<[u8]>) {
        let (bytes, text) = (self.0.entry(place).or_default(), text.as_ref());
        // What does not hang on the row asked for is answered alike again and again.
        if !bytes.ends_with(text) {
            bytes.push(b'\n');
            bytes.extend_from_slice(text);
        }
    }

    /// Makes a call and keeps its answer or error. The answer, if it was one.
    async fn call(&mut self, host: &Host, name: &str, params: Value) -> Option<Value> {
        match host.call(name, params).await {
            Ok(answer) => {
                self.add("answers", answer.to_string());
                Some(answer)
            }
            Err(error) => {
                self.add("errors", format!("{error} {error:?} {}", json!(error)));
                None
            }
        }
    }

    /// What lies in the home now: all of it, or only what processes leave for each other.
    fn files(&mut self, machine: &Machine, wishes_alone: bool) {
        for (path, bytes) in machine.files() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if wishes_alone && !path.parent().is_some_and(|folder| folder.ends_with("wishes")) {
                continue;
            }
            let place = match name.as_str() {
                "cache.db" | "cache.db-wal" => "cache",
                "ledger.db" | "ledger.db-wal" => "ledger",
                _ if name.ends_with(".wish") => "wish",
                _ if name.ends_with(".answer") => "answer of a wish",
                _ => "other files",
            };
            self.add(place, name);
            self.add(place, bytes);
        }
    }

    fn events(&mut self, events: &mut broadcast::Receiver<Event>) {
        loop {
            match events.try_recv() {
                Ok(event) => self.add("events", json!(event).to_string()),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return,
            }
        }
    }
}

/// The log of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The demo world with a secret in every place that has one, and one in every build's log.
fn machine() -> Machine {
    let mut world = World::demo(standing(), 7);
    world.unmasked = true;
    world.extra_log = vec![format!("export RELEASE={PRINTED}")];
    let author = Author { name: "Demo".to_owned(), email: "demo@example.com".to_owned() };
    for repository in ["checkout-api", "catalog-api"] {
        world.push_commit(repository, "WITNESS-commit", author.clone(), None).expect("a line");
    }
    let mut machine = Machine::before(world);
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "AKIACANARYENVIRONMNT"),
        ("AWS_SECRET_ACCESS_KEY", "CANARY-environment-secret"),
        ("AWS_REGION", "ap-northeast-2"),
        ("USER", "tester"),
    ] {
        machine.variables.push((name.to_owned(), value.to_owned()));
    }
    machine
}

/// Every secret that the world would tell now: what begins with CANARY, the ids of keys, tokens of approvals that wait.
fn secrets(machine: &Machine) -> BTreeSet<String> {
    let mut secrets = BTreeSet::from(["CANARY".to_owned()]);
    machine.sim.with_world(|world| {
        world.now();
        secrets.extend(world.accounts.by_id.values().map(|a| a.access_key_id.clone()));
        secrets.extend(world.accounts.sessions.keys().cloned());
        for pipeline in world.places.iter().flat_map(|p| &p.pipelines) {
            for execution in &pipeline.executions {
                let structure = pipeline.structure_of(execution);
                for (n, run) in execution.runs.iter().enumerate() {
                    let action = &structure.stages[usize::from(run.stage)].actions[usize::from(run.action)];
                    if action.category == "Approval" && run.status == Status::InProgress {
                        secrets.insert(execution.approval_token(n).to_string());
                    }
                }
            }
        }
    });
    secrets
}

/// Does every verb of every service once, wherever it can be done.
async fn act(host: &Host, out: &mut Out) -> Vec<String> {
    let mut wanted: BTreeSet<(&str, &str)> =
        services::ALL.iter().flat_map(|s| s.verbs().iter().map(|v| (s.spec().id, v.id))).collect();
    // What a first read of the demo world leaves nothing for: its one change set is executed here, its stack set is at rest, and
    // an earlier template is kept only once a stack has changed. They share their calls with verbs that are done here.
    for verb in ["discard", "rerun", "revert", "stop"] {
        wanted.remove(&("cloudformation", verb));
    }
    let mut actions = Vec::new();
    let kinds = [
        "codepipeline.approval",
        "codepipeline.pipeline",
        "codebuild.build",
        "cloudformation.change-set",
        "cloudformation.stack",
        "cloudformation.stack-set",
    ];
    for kind in kinds {
        let page = call(host, "rows", json!({"kinds": [kind], "sort": "need", "limit": 500})).await;
        for row in page["rows"].as_array().unwrap() {
            let service = row["service"].as_str().unwrap();
            let verbs = host.verbs_of(row["id"].as_str().unwrap(), None).await.unwrap();
            for verb in verbs.iter().filter(|v| v.why_not.is_none()) {
                if !wanted.contains(&(service, verb.id.as_str())) {
                    continue;
                }
                let mut params = json!({"verb": verb.id, "id": verb.on, "profile": row["profile"]});
                if verb.id == "start" {
                    params["options"] = json!({"variables": {"API_TOKEN": "CANARY-given-variable"}});
                } else if verb.id == "create-change-set" {
                    params["options"] = json!({"drift_aware": true});
                }
                let Some(plan) = out.call(host, "plan", params.clone()).await else { continue };
                if plan["blocked"].is_string() {
                    continue;
                }
                if verb.has_targets {
                    let target = plan["targets"].as_array().unwrap().iter().find(|t| t["valid"] == true);
                    let Some(target) = target else { continue };
                    params["to"] = target["id"].clone();
                }
                params["reason"] = json!("WITNESS-reason");
                params["expect"] = plan["state"].clone();
                params["confirm"] = match plan["confirm"]["level"].as_str() {
                    Some("type") => plan["confirm"]["text"].clone(),
                    _ => json!("yes"),
                };
                if let Some(done) = out.call(host, "act", params).await {
                    wanted.retain(|w| *w != (service, verb.id.as_str()));
                    actions.push(done["record"]["action"].as_str().unwrap().to_owned());
                }
            }
        }
    }
    assert_eq!(wanted, BTreeSet::new(), "every verb was done");
    actions
}

/// Every call of the contract, for rows of every kind, with parameters of every name.
async fn every_call(host: &Host, out: &mut Out, action: &str) {
    let mut ids = Vec::new();
    for kind in skydeck_api::kinds() {
        let page = call(host, "rows", json!({"kinds": [kind], "limit": 3})).await;
        ids.extend(page["rows"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
    }
    assert!(ids.len() > 10, "{ids:?}");
    let export = host.export().await.unwrap().to_string();
    let stacks = call(host, "rows", json!({"kinds": ["cloudformation.stack"], "limit": 100})).await;
    let digest = |row: &serde_json::Value| row["detail"]["template"]["digest"].as_str().map(str::to_owned);
    let digest = stacks["rows"].as_array().unwrap().iter().find_map(digest).expect("a template is kept");
    for declared in CALLS {
        let mut answered = 0;
        for id in &ids {
            let params = json!({
                "id": id, "ids": [id], "text": "checkout", "name": "shop-dev", "label": "WITNESS-label",
                "profiles": &PROFILES[..3], "verb": "start", "group": "failed", "reason": "WITNESS-reason", "confirm": "yes",
                "digest": digest, "from": digest, "to": digest, "action": action, "value": "good", "file": export, "theme": "dark", "since": "2020-01-01T00:00:00Z", "views": {"board": {"text": "WITNESS-view"}},
            });
            answered += usize::from(out.call(host, declared.name, params).await.is_some());
        }
        assert!(answered > 0, "`{}` was never answered: say here what it takes", declared.name);
    }
}

/// What other processes leave for the one that reads, and what that one leaves for them.
async fn wishes(machine: &Machine, out: &mut Out) {
    let asks = SyncFilter { profiles: vec!["shop-dev".to_owned()], ..SyncFilter::default() };
    let lock = std::fs::File::create(machine.home("reader.lock")).unwrap();
    lock.lock().unwrap();
    let asking = machine.open().await;
    let waits = tokio::time::timeout(Duration::from_millis(600), asking.sync(&asks)).await;
    assert!(waits.is_err(), "nobody answers");
    out.files(machine, true);
    asking.close().await;
    drop(lock);
    let answers = machine.try_open(true).await.unwrap();
    let is_answer = |(path, _): &(std::path::PathBuf, Vec<u8>)| path.extension().is_some_and(|e| e == "answer");
    for _ in 0..200 {
        if machine.files().iter().any(is_answer) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    out.files(machine, true);
    answers.close().await;
}

// On one thread, so that its log is all of it.
#[tokio::test]
async fn no_secret_of_the_world_is_anywhere_but_in_the_world() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(log_filter("trace")))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    tracing::info!(target: "witness", "WITNESS-log");
    let machine = machine();
    let mut known = secrets(&machine);
    let mut out = Out::default();
    let host = machine.open().await;
    let mut events = host.events();
    for profile in ["shop-dev", "shop-stg"] {
        call(&host, "set_profile", json!({"name": profile, "regions": ["ap-northeast-2", "eu-west-1"]})).await;
    }
    let all = SyncFilter { profiles: PROFILES.map(str::to_owned).to_vec(), ..SyncFilter::default() };
    let report = host.sync(&all).await.unwrap();
    assert!(report.all_read(), "{report:#?}");
    out.add("answers", json!(report).to_string());
    out.events(&mut events);
    let actions = act(&host, &mut out).await;
    known.extend(secrets(&machine));
    machine.minutes(45);
    for action in &actions {
        // What needs a person goes on; its steps so far are in the ledger.
        if let Ok(Ok(view)) = tokio::time::timeout(Duration::from_secs(2), host.wait(action)).await {
            out.add("answers", json!(view).to_string());
        }
    }
    // AWS quotes what it finds wrong, and signed requests whole.
    let quoted =
        "The Canonical String for this request should have been 'POST x-amz-security-token:CANARY-in-an-error'";
    machine.weather_of(
        &json!({"rules": [{"operation": "ListBuilds", "kind": {"error":
            {"code": "InvalidSignatureException", "message": quoted, "status": 403}}}]})
        .to_string(),
    );
    out.add("answers", json!(host.sync(&all).await.unwrap()).to_string());
    machine.fair();
    let pipelines = call(&host, "rows", json!({"kinds": ["codepipeline.pipeline"], "profiles": ["shop-dev"]})).await;
    for row in pipelines["rows"].as_array().unwrap() {
        let start = json!({"verb": "start", "id": row["arn"], "profile": "shop-dev", "reason": "WITNESS-reason",
            "confirm": "shop-dev", "options": {"variables": {"API_TOKEN": "CANARY-".repeat(200)}}});
        out.call(&host, "act", start).await;
    }
    let refusals = Scanner::of(["AWS found fault with the request".to_owned()]);
    assert!(!refusals.found(&out.0["errors"]).is_empty(), "AWS was given what it quotes");
    every_call(&host, &mut out, &actions[0]).await;
    // Logs are read in the background; what asked for them asks again.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut shown = false;
    for build in
        call(&host, "rows", json!({"kinds": ["codebuild.build"], "limit": 3})).await["rows"].as_array().unwrap()
    {
        let view = out.call(&host, "build", json!({"id": build["id"]})).await.expect("a build");
        shown |= view.to_string().contains(PRINTED);
    }
    assert!(shown, "what a build prints is shown");
    out.call(&host, "refresh", json!({"ids": []})).await;
    assert!(host.sync(&all).await.unwrap().any_read());
    out.add("export", host.export().await.unwrap().to_string());
    out.events(&mut events);
    out.files(&machine, false);
    host.close().await;
    out.files(&machine, false);
    wishes(&machine, &mut out).await;
    out.add("log", log.0.lock().unwrap().as_slice());

    known.extend(secrets(&machine));
    let tokens = known.iter().filter(|secret| secret.len() == 36).count();
    // Four keys of users, those of sessions, tokens of approvals that waited.
    assert!(known.len() > 10 && tokens >= 3, "{known:?}");
    let (secrets, witnesses) = (Scanner::of(known), Scanner::of(WITNESSES.map(str::to_owned)));
    for (place, bytes) in &out.0 {
        assert_eq!(secrets.found(bytes), Vec::<String>::new(), "in {place}");
        assert!(*place == "other files" || !witnesses.found(bytes).is_empty(), "nothing can be found in {place}");
    }
    let places: Vec<&str> = out.0.keys().copied().collect();
    let all_places =
        ["answer of a wish", "answers", "cache", "errors", "events", "export", "ledger", "log", "other files", "wish"];
    assert_eq!(places, all_places);
    // What a build prints is in answers alone.
    let printed = Scanner::of([PRINTED.to_owned()]);
    let has = |place: &str| !printed.found(&out.0[place]).is_empty();
    let with: Vec<&str> = places.into_iter().filter(|place| has(place)).collect();
    assert_eq!(with, ["answers"]);
}
