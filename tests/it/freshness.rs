//! How fresh each source is, what reading it costs, and reading one of them now; through the contract.

use std::time::Duration;

use serde_json::{Value, json};
use skydeck_api::{Code, Host};
use skydeck_sim::{Fault, World, clock::SimClock};

use crate::{
    ground::OPENING,
    machine::{Machine, call, refused, sync},
};

/// A machine whose time runs, because who reads when is what is looked at here.
fn running() -> Machine {
    Machine::before(World::scale(SimClock::running(OPENING.parse().unwrap()), 7, 2, 1, 6))
}

/// Waits until what `sources` answers is so.
async fn until(host: &Host, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let told = call(host, "sources", json!({})).await;
        if is_so(&told) {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    panic!("not within sixteen seconds: {what}: {:#}", call(host, "sources", json!({})).await);
}

fn all<'a>(told: &'a Value, of: &str) -> &'a Vec<Value> {
    told[of].as_array().unwrap()
}

/// The source of that profile and service.
fn source<'a>(told: &'a Value, profile: &str, service: &str) -> &'a Value {
    let is = |s: &&Value| s["id"]["profile"] == profile && s["id"]["service"] == service;
    all(told, "sources").iter().find(is).unwrap_or_else(|| panic!("{profile} {service}: {told:#}"))
}

#[tokio::test]
async fn one_source_is_read_now_and_the_others_are_left_alone() {
    let machine = running();
    let host = machine.try_open(true).await.unwrap();
    let is_read = |told: &Value| !all(told, "sources").is_empty() && all(told, "sources").len() == told["read"];
    let before = until(&host, "everything is read", is_read).await;
    let id = source(&before, "acct-001-dev", "codebuild")["id"].clone();
    call(&host, "refresh", json!({"sources": [id]})).await;
    let after = until(&host, "it is read again", |told| {
        source(told, "acct-001-dev", "codebuild")["ok_at"] != source(&before, "acct-001-dev", "codebuild")["ok_at"]
    })
    .await;
    for other in all(&before, "sources").iter().filter(|s| s["id"] != id) {
        let (profile, service) = (other["id"]["profile"].as_str().unwrap(), other["id"]["service"].as_str().unwrap());
        assert_eq!(source(&after, profile, service)["ok_at"], other["ok_at"], "{profile} {service} was left alone");
    }
    until(&host, "nothing is under way any more", |told| all(told, "under_way").is_empty()).await;
    // One that takes long is told to be under way.
    machine.weather("ListProjects", Fault::Stall { ms: 1_500 });
    call(&host, "refresh", json!({"sources": [id]})).await;
    until(&host, "it is under way", |told| *all(told, "under_way") == [id.clone()]).await;
    host.close().await;
}

#[tokio::test]
async fn what_is_not_shown_is_not_read_now() {
    let host = Machine::small(1).read().await;
    let nobody = json!({"profile": "nobody", "region": "ap-northeast-2", "service": "codebuild"});
    let error = refused(&host, "refresh", json!({"sources": [nobody]})).await;
    assert_eq!(error.code, Code::Invalid);
    assert!(error.message.contains("`codebuild` of profile `nobody` in ap-northeast-2"), "{error}");
    host.close().await;
}

#[tokio::test]
async fn the_meters_tell_calls_throttles_and_what_the_budget_is() {
    let machine = running();
    let host = machine.try_open(true).await.unwrap();
    let told = until(&host, "calls were made", |told| !all(told, "meters").is_empty()).await;
    assert_eq!(told["budget"], json!({"published_share": 1.0, "calls_per_second": 1e6}), "as this host was opened");
    assert_eq!(told["titles"]["codepipeline"], "CodePipeline");
    let throttles = |told: &Value, account: &str| -> u64 {
        let of = all(told, "meters").iter().filter(|m| m["account"] == account && m["service"] == "codepipeline");
        of.map(|m| m["throttles_last_minute"].as_u64().unwrap()).sum()
    };
    let (first, second) = ("100000000000", "100000000001");
    assert_eq!(throttles(&told, first), 0);
    machine.weather_of(&format!(
        r#"{{"rules": [{{"account": "{first}", "operation": "ListPipelines", "kind": "throttle"}}]}}"#
    ));
    let mut events = host.events();
    call(&host, "refresh", json!({})).await;
    let told = until(&host, "the throttles are counted", |told| throttles(told, first) > 0).await;
    assert_eq!(throttles(&told, second), 0, "the other account's calls are its own");
    let heard = async { while !events.recv().await.unwrap().tags.contains(&"meters".to_owned()) {} };
    tokio::time::timeout(Duration::from_secs(12), heard).await.expect("it is told that the meters moved");
    host.close().await;
}

#[tokio::test]
async fn a_refused_source_is_read_once_it_is_asked_for_after_the_permission_came() {
    let machine = running();
    machine.weather("ListPipelines", Fault::AccessDenied);
    let host = machine.try_open(true).await.unwrap();
    let state = |told: &Value| {
        let of = |s: &&Value| s["id"]["profile"] == "acct-001-dev" && s["id"]["service"] == "codepipeline";
        all(told, "sources").iter().find(of).map_or(Value::Null, |s| s["state"].clone())
    };
    let told = until(&host, "it is refused", |told| state(told) == "denied").await;
    assert_eq!(source(&told, "acct-001-dev", "codepipeline")["error"]["operation"], "ListPipelines");
    machine.fair();
    // Left alone, it is tried again only in five minutes.
    let id = source(&told, "acct-001-dev", "codepipeline")["id"].clone();
    call(&host, "refresh", json!({"sources": [id]})).await;
    until(&host, "it is read", |told| state(told) == "ok").await;
    assert!(sync(&host).await.all_read());
    host.close().await;
}
