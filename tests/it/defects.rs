//! Defects of ours: a call that panics is answered and the next one works; a read that panics is told where it was, and all
//! other sources are read on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use serde_json::{Value, json};
use skydeck_api::{
    Reading,
    domain::{Clock, Timestamp},
};
use skydeck_sim::clock::SimClock;

use crate::machine::{Machine, call, refused};

/// A clock that is a defect, once.
#[derive(Debug)]
struct Broken {
    clock: SimClock,
    now: Arc<AtomicBool>,
}

impl Clock for Broken {
    fn now(&self) -> Timestamp {
        assert!(!self.now.swap(false, Ordering::SeqCst), "a defect that a test put here");
        self.clock.now()
    }
}

/// A network that is a defect wherever an operation is asked for.
#[derive(Debug, Clone)]
struct Trap {
    real: SharedHttpClient,
    connector: Option<SharedHttpConnector>,
    operation: &'static str,
    armed: Arc<AtomicBool>,
}

impl HttpClient for Trap {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        let connector = Some(self.real.http_connector(settings, parts));
        SharedHttpConnector::new(Trap { connector, ..self.clone() })
    }
}

impl HttpConnector for Trap {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        assert!(
            !(self.armed.load(Ordering::SeqCst) && target.ends_with(self.operation)),
            "a defect that a test put into {}",
            self.operation
        );
        self.connector.as_ref().expect("made by the client").call(request)
    }
}

#[tokio::test]
async fn a_call_that_panics_is_answered_and_harms_no_other() {
    let machine = Machine::small(1);
    let now = Arc::new(AtomicBool::new(false));
    let clock = Broken { clock: machine.sim.clock(), now: Arc::clone(&now) };
    let host = machine.open_with(Reading::No, machine.sim.http_client(), Arc::new(clock)).await.unwrap();
    now.store(true, Ordering::SeqCst);
    let error = refused(&host, "boot", Value::Null).await;
    assert_eq!((json!(error.code), &error.info), (json!("internal"), &None));
    assert!(error.message.contains("`boot`") && error.message.contains("everything else goes on"), "{error}");
    assert!(!error.message.contains("a test put here"), "what a panic says may hold anything: {error}");
    assert_eq!(call(&host, "boot", Value::Null).await["demo"], false);
    assert!(call(&host, "report", json!({})).await["text"].as_str().unwrap().contains("boot: internal"));
    host.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_panics_is_told_and_the_others_go_on() {
    let machine = Machine::small(1);
    let armed = Arc::new(AtomicBool::new(true));
    let trap =
        Trap { real: machine.sim.http_client(), connector: None, operation: "ListBuilds", armed: Arc::clone(&armed) };
    let clock = Arc::new(skydeck_tests::WorldClock(machine.sim.clock()));
    let host = machine.open_with(Reading::AtOnce, SharedHttpClient::new(trap), clock).await.unwrap();
    let state = async |service: &str| {
        let sources = call(&host, "sources", Value::Null).await["sources"].as_array().unwrap().clone();
        sources.into_iter().find(|s| s["id"]["service"] == service).unwrap_or_default()
    };
    let soon = async |what: &str, service: &str, wanted: &str| {
        for _ in 0..300 {
            if state(service).await["state"] == wanted {
                return;
            }
            // The world stands still; the pause after a failure is over by its clock. In steps that are no sleep of the
            // machine: after one, first reads are spread anew.
            machine.sim.clock().advance(chrono::TimeDelta::seconds(5));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what}: {:#}", state(service).await);
    };
    soon("the read that panicked is told", "codebuild", "failed").await;
    assert!(state("codebuild").await["error"]["message"].as_str().unwrap().contains("a defect of Skydeck"));
    soon("others are read", "codepipeline", "ok").await;
    armed.store(false, Ordering::SeqCst);
    soon("it is tried again", "codebuild", "ok").await;
    host.close().await;
}
