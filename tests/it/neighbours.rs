//! Two processes of one home, as two hosts that share nothing but the folder: what one does, the other shows soon.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use skydeck_api::{BudgetSettings, Environment, Host, HostOptions, Reading, SyncFilter};
use skydeck_sim::{Fault, Faults, Sim, SimOptions, World, clock::SimClock};
use skydeck_tests::WorldClock;
use tempfile::TempDir;

const PIPELINE: &str = "arn:aws:codepipeline:ap-northeast-2:100000000000:green-0";

/// A home and the AWS of whoever opens it. The clock runs: who reads when is what is looked at here.
struct Home {
    sim: Sim,
    folder: TempDir,
}

impl Home {
    fn new() -> Home {
        let sim = Sim::new(World::steering(SimClock::machine(), 7, 2), SimOptions::default());
        let folder = tempfile::tempdir().unwrap();
        let key = sim.with_world(|w| w.accounts.by_id["100000000000"].access_key_id.clone());
        std::fs::write(folder.path().join("config"), "[profile dev]\nregion = ap-northeast-2\n").unwrap();
        let keys = format!("[dev]\naws_access_key_id = {key}\naws_secret_access_key = any\n");
        std::fs::write(folder.path().join("credentials"), keys).unwrap();
        Home { sim, folder }
    }

    /// Opens it as one more process would. A window would read; a command only acts.
    async fn open(&self, read: Reading) -> Host {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let environment = Environment::made_up(
            [("AWS_CONFIG_FILE", file("config")), ("AWS_SHARED_CREDENTIALS_FILE", file("credentials"))],
            Some(self.folder.path().to_owned()),
        );
        let options = HostOptions {
            home: self.folder.path().join("home"),
            environment,
            http_client: Some(self.sim.http_client()),
            clock: Arc::new(WorldClock(self.sim.clock())),
            budget: BudgetSettings { share: 1.0, rate: 1e6, burst: 1e6, retry_base: Duration::from_millis(1) },
            demo: false,
            read,
        };
        Host::open(options).await.unwrap()
    }

    /// One that has read everything, and reads on.
    async fn reader(&self) -> Host {
        let host = self.open(Reading::AtOnce).await;
        host.sync(&SyncFilter::default()).await.unwrap();
        host
    }
}

fn request(verb: &str, id: &str) -> Value {
    json!({"verb": verb, "id": id, "reason": "a test", "confirm": "yes"})
}

async fn health(host: &Host) -> String {
    let view = host.call("pipeline", json!({"id": format!("dev/{PIPELINE}")})).await.unwrap();
    view["row"]["health"].as_str().unwrap_or_else(|| panic!("{view:#}")).to_owned()
}

/// Waits until something is so, for much less than the pace at which an idle thing is read.
async fn soon(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    panic!("not within eight seconds: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_does_is_read_and_shown_by_the_window() {
    let home = Home::new();
    let window = home.reader().await;
    assert_eq!(health(&window).await, "ok");
    let mut events = window.events();
    let command = home.open(Reading::No).await;
    let act = command.call("act", request("start", PIPELINE)).await.unwrap();
    let tag = format!("action:{}", act["record"]["action"].as_str().unwrap());
    let heard = async { while !events.recv().await.unwrap().tags.contains(&tag) {} };
    tokio::time::timeout(Duration::from_secs(5), heard).await.expect("the window hears of the action");
    soon("the pipeline runs", async || health(&window).await == "running").await;
    command.close().await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_decides_is_told_to_the_window() {
    let home = Home::new();
    let window = home.reader().await;
    let command = home.open(Reading::No).await;
    let mut events = window.events();
    command.call("lock", json!({"id": PIPELINE, "reason": "frozen"})).await.unwrap();
    let heard = async { while !events.recv().await.unwrap().tags.contains(&"locks".to_owned()) {} };
    tokio::time::timeout(Duration::from_secs(5), heard).await.expect("the window hears of the lock");
    command.close().await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_window_shows_what_the_first_reads_and_reads_when_that_one_ends() {
    let home = Home::new();
    let first = home.reader().await;
    let second = home.open(Reading::AtOnce).await;
    let reads = async |host: &Host| host.call("sources", json!({})).await.unwrap()["reads_here"] == true;
    assert!(reads(&first).await && !reads(&second).await);
    // What was missed is a hole in the numbers: the page reads everything again.
    let mut events = second.events();
    first.call("act", request("start", PIPELINE)).await.unwrap();
    let mut last = None;
    let hole = async {
        loop {
            let event = events.recv().await.unwrap();
            let hole = last.is_some_and(|last| event.seq > last + 1) || (last.is_none() && event.seq > 1);
            if hole {
                return;
            }
            last = Some(event.seq);
        }
    };
    tokio::time::timeout(Duration::from_secs(8), hole).await.expect("the second hears that rows changed");
    soon("the second shows the run", async || health(&second).await == "running").await;
    first.close().await;
    soon("the second reads", async || reads(&second).await).await;
    second.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_second_window_wants_read_now_is_read_by_the_first() {
    let home = Home::new();
    let first = home.reader().await;
    let second = home.open(Reading::AtOnce).await;
    let whole = async |host: &Host| -> Value {
        let told = host.call("sources", json!({})).await.unwrap();
        let mut sources = told["sources"].as_array().unwrap().iter();
        sources.find(|s| s["id"]["service"] == "codebuild").unwrap_or_else(|| panic!("{told:#}"))["ok_at"].clone()
    };
    let before = whole(&first).await;
    let id = json!({"profile": "dev", "region": "ap-northeast-2", "service": "codebuild"});
    second.call("refresh", json!({"sources": [id]})).await.unwrap();
    soon("the first reads it", async || whole(&first).await != before).await;
    soon("the second shows so", async || whole(&second).await != before).await;
    second.close().await;
    first.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_left_open_when_it_died_is_found_out_by_the_one_that_reads() {
    let home = Home::new();
    let window = home.reader().await;
    let command = home.open(Reading::No).await;
    home.sim.set_faults(Some(Faults::on("StartPipelineExecution", Fault::LateAnswer { ms: 600_000 })));
    {
        // Dropped in the middle of the call, as a killed process would be: nothing of it goes on.
        let acting = command.call("act", request("start", PIPELINE));
        tokio::pin!(acting);
        let ran = async {
            while !home.sim.calls().iter().any(|c| c.operation == "StartPipelineExecution") {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = &mut acting => panic!("there is no answer"),
            () = ran => {}
        }
    }
    home.sim.set_faults(None);
    let entry = async || window.call("ledger", json!({})).await.unwrap()["entries"][0].clone();
    assert_eq!(entry().await["outcome"], "intended");
    soon("it is found out", async || entry().await["outcome"] == "accepted").await;
    assert_eq!(entry().await["message"].as_str().map(|m| m.contains("nobody")), Some(false));
    let calls = home.sim.calls();
    assert_eq!(calls.iter().filter(|c| c.operation == "StartPipelineExecution").count(), 1);
    command.close().await;
    window.close().await;
}

/// Three commands' worth of a day: it is started, and what was started can be stopped while it is still followed.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_started_here_can_be_stopped_here() {
    let home = Home::new();
    let window = home.reader().await;
    let started = window.call("act", request("start", PIPELINE)).await.unwrap();
    assert_eq!(started["record"]["outcome"], "accepted", "{started:#}");
    let again = window.call("act", request("start", PIPELINE)).await.unwrap_err();
    assert!(again.message.contains("already under way"), "{again:?}");
    let mut stop = request("stop", PIPELINE);
    stop["options"] = json!({"abandon": true});
    window.call("act", stop).await.unwrap();
    let outcomes = async || {
        let entries = window.call("ledger", json!({})).await.unwrap()["entries"].as_array().unwrap().clone();
        let told = |verb: &str| entries.iter().rfind(|e| e["verb"] == verb).unwrap()["outcome"].clone();
        (told("start"), told("stop"))
    };
    soon("both are over", async || outcomes().await == (json!("failed"), json!("succeeded"))).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_reads_nothing_before_it_is_told_that_it_is_seen() {
    let home = Home::new();
    // No first start, which begins otherwise (settings.rs).
    let before = home.open(Reading::No).await;
    before.call("show", json!({"profiles": []})).await.unwrap();
    before.call("show", json!({"profiles": ["dev"]})).await.unwrap();
    before.close().await;
    let window = home.open(Reading::Held).await;
    let second = home.open(Reading::AtOnce).await;
    assert!(!second.notices().is_empty(), "the right to read is the window's from the first moment on");
    second.close().await;
    // Longer than it takes to begin: a tick, and the spread of first reads.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(home.sim.calls().len(), 0);
    window.begin();
    window.begin();
    soon("it reads", async || health_if_read(&window).await.is_some()).await;
    window.close().await;
}

async fn health_if_read(host: &Host) -> Option<Value> {
    host.call("pipeline", json!({"id": format!("dev/{PIPELINE}")})).await.ok()
}
