//! The machine sleeps for a night while Skydeck is open: on waking everything is read again soon, with credentials that are
//! new where the old ones ended, and nothing that was there is lost meanwhile.

use std::time::Duration;

use serde_json::{Value, json};
use skydeck_api::{Host, domain::Timestamp};
use skydeck_sim::{Fault, Faults, Rule, World, clock::SimClock};

use crate::{
    ground::OPENING,
    machine::{Machine, call, rows, unread},
};

const PIPELINE: &str = "codepipeline.pipeline";

/// Waits until every source was read whole after that instant.
async fn all_read_after(host: &Host, after: Timestamp) {
    for _ in 0..300 {
        let told = call(host, "sources", json!({})).await;
        let sources = told["sources"].as_array().expect("sources");
        let read = |s: &&Value| {
            let at = s["ok_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            s["state"] == "ok" && at.is_some_and(|at| at > after)
        };
        if !sources.is_empty() && sources.iter().filter(read).count() == sources.len() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not everything was read within 30 s: {:#}", call(host, "sources", json!({})).await);
}

#[tokio::test]
async fn after_a_night_asleep_everything_is_read_again_with_new_credentials() {
    let machine = Machine::before(World::scale(SimClock::running(OPENING.parse().unwrap()), 7, 2, 1, 6));
    // The second account by a role whose session lasts an hour.
    let config = std::fs::read_to_string(machine.path(".aws/config")).unwrap();
    let first = config.split("[profile acct-002").next().unwrap();
    machine.write(
        ".aws/config",
        format!(
            "{first}\n[profile audit]\nregion = ap-northeast-2\nrole_arn = arn:aws:iam::100000000001:role/Auditor\n\
             source_profile = acct-001-dev\n"
        ),
    );
    machine.write(
        ".aws/credentials",
        std::fs::read_to_string(machine.path(".aws/credentials")).unwrap().split("[acct-002").next().unwrap(),
    );
    let host = machine.try_open(true).await.unwrap();
    all_read_after(&host, OPENING.parse().unwrap()).await;
    let before = rows(&host, PIPELINE, "audit").await;
    assert_eq!(before.len(), 6);
    // The lid is shut; the network goes first.
    machine.sim.set_faults(Some(Faults { seed: 0, rules: vec![Rule::always(Fault::Dns)] }));
    call(&host, "refresh", json!({"ids": []})).await;
    for _ in 0..100 {
        if unread(&host, "audit", "codepipeline").await.is_some_and(|u| u["cure"] == "network") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let told = unread(&host, "audit", "codepipeline").await.expect("it is told");
    assert_eq!((&told["source"]["state"], &told["cure"]), (&json!("unreachable"), &json!("network")), "{told:#}");
    assert_eq!(rows(&host, PIPELINE, "audit").await.len(), 6);
    machine.minutes(8 * 60);
    machine.fair();
    machine.sim.clear_calls();
    all_read_after(&host, machine.sim.clock().now()).await;
    let calls = machine.sim.calls();
    assert!(calls.iter().any(|c| c.operation == "AssumeRole"), "the session of the night before had ended");
    assert_eq!(rows(&host, PIPELINE, "audit").await.len(), 6);
    assert_eq!(unread(&host, "audit", "codepipeline").await, None);
    host.close().await;
}
