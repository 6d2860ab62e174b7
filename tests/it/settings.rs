//! Settings: two fronts that do not overwrite each other, a file that is taken over whole or not at all, setting back, and the
//! first start of a home, at which nothing is asked of AWS.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use skydeck_api::{Host, Reading};
use skydeck_tests::WorldClock;

use crate::machine::{Machine, call, refused};

async fn settings(host: &Host) -> Value {
    call(host, "boot", Value::Null).await["settings"].clone()
}

#[tokio::test]
async fn two_fronts_do_not_overwrite_each_other() {
    let machine = Machine::small(1);
    let (one, other) = (machine.open().await, machine.open().await);
    call(&one, "set_settings", json!({"theme": "dark", "views": {"board": {"text": "a"}, "list": {"text": "b"}}}))
        .await;
    call(&other, "set_settings", json!({"language": "ko", "views": {"board": {"text": "c"}}})).await;
    call(&one, "set_settings", json!({"attention": {"notify": false}})).await;
    for host in [&one, &other] {
        let now = settings(host).await;
        assert_eq!(
            (&now["theme"], &now["language"], &now["attention"]["notify"]),
            (&json!("dark"), &json!("ko"), &json!(false))
        );
        assert_eq!(now["views"], json!({"board": {"text": "c"}, "list": {"text": "b"}}));
    }
    call(&one, "set_settings", json!({"language": "", "views": {"list": null}})).await;
    let now = settings(&other).await;
    assert_eq!(
        (&now["theme"], &now["language"], &now["views"]),
        (&json!("dark"), &Value::Null, &json!({"board": {"text": "c"}}))
    );
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn what_a_front_changed_is_told_and_what_it_did_not_is_not() {
    let machine = Machine::small(1);
    let host = machine.open().await;
    let mut events = host.events();
    call(&host, "set_settings", json!({"theme": "dark"})).await;
    let heard = tokio::time::timeout(Duration::from_secs(5), events.recv()).await.expect("soon").unwrap();
    assert!(heard.tags.iter().any(|tag| tag == "settings"), "{heard:?}");
    call(&host, "set_settings", json!({"theme": "dark", "views": {}})).await;
    assert!(tokio::time::timeout(Duration::from_millis(200), events.recv()).await.is_err(), "nothing changed");
    host.close().await;
}

#[tokio::test]
async fn a_file_tells_what_it_changes_before_it_is_taken_over() {
    let (from, to) = (Machine::small(2), Machine::small(2));
    let (from, to) = (from.open().await, to.open().await);
    call(&from, "set_settings", json!({"theme": "dark", "views": {"board": {"text": "x"}}})).await;
    call(&from, "set_profile", json!({"name": "acct-001-dev", "protection": "open", "regions": ["eu-west-1"]})).await;
    call(&from, "lock", json!({"environment": "prod", "reason": "freeze"})).await;
    let exported = call(&from, "export_settings", Value::Null).await;
    assert!(exported["kept_in"].as_str().unwrap().ends_with("ledger.db"), "{exported}");
    let file = exported["text"].clone();

    let told = call(&to, "import_settings", json!({"file": file})).await;
    assert_eq!(told["taken"], false);
    let changes: Vec<String> = told["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            let member = c["member"].as_str().map(|m| format!(".{m}")).unwrap_or_default();
            format!("{} {}{member}", c["part"].as_str().unwrap(), c["name"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        changes,
        [
            "setting theme",
            "view board",
            "profile acct-001-dev.protection",
            "profile acct-001-dev.regions",
            "profile acct-001-dev.shown",
            "lock environment:prod",
        ]
    );
    assert_eq!(settings(&to).await["theme"], "system", "only told");
    assert_eq!(call(&to, "import_settings", json!({"file": file, "take": true})).await["taken"], true);
    assert_eq!(settings(&to).await["theme"], "dark");
    assert_eq!(call(&to, "import_settings", json!({"file": file})).await["changes"], json!([]), "the same twice");
    assert_eq!(call(&to, "export_settings", Value::Null).await["text"], file);
    from.close().await;
    to.close().await;
}

#[tokio::test]
async fn a_file_with_a_mistake_is_told_its_place_and_changes_nothing() {
    let machine = Machine::small(1);
    let host = machine.open().await;
    call(&host, "set_settings", json!({"theme": "light"})).await;
    for (file, place) in [
        ("{\n \"skydeck_settings\": 1,\n oops}", "line 3 column 2"),
        (r#"{"skydeck_settings": 1, "settings": {"theme": "dark", "language": "fr"}}"#, "settings.language"),
        (r#"{"skydeck_settings": 1, "settings": {"theme": "dark", "attention": {"notify": 3}}}"#, "settings.attention"),
        (r#"{"skydeck_settings": 1, "settings": {"theme": "mauve"}}"#, "settings.theme"),
        (r#"{"skydeck_settings": 1, "settings": {"theme": "dark", "tehme": "dark"}}"#, "settings.tehme"),
        (r#"{"skydeck_settings": 1, "settings": {"theme": "dark"}, "profiles": [{"label": "x"}]}"#, "profiles[0]"),
        ("", "line 1"),
    ] {
        let error = refused(&host, "import_settings", json!({"file": file, "take": true})).await;
        assert!(json!(error.code) == "invalid" && error.message.contains(place), "{file}: {error}");
        assert_eq!(settings(&host).await["theme"], "light", "{file}");
    }
    host.close().await;
}

#[tokio::test]
async fn a_part_is_set_back_and_what_protects_stays() {
    let machine = Machine::small(2);
    let host = machine.open().await;
    call(
        &host,
        "set_settings",
        json!({"theme": "dark", "language": "ko", "attention": {"notify": false}, "views": {"board": {"text": "x"}}}),
    )
    .await;
    call(&host, "set_profile", json!({"name": "acct-001-dev", "label": "mine", "regions": ["eu-west-1"]})).await;
    call(&host, "show", json!({"profiles": ["acct-001-dev"]})).await;
    call(&host, "lock", json!({"environment": "prod", "reason": "freeze"})).await;

    call(&host, "reset_settings", json!({"part": "look"})).await;
    let now = settings(&host).await;
    assert_eq!((&now["theme"], &now["language"]), (&json!("system"), &Value::Null));
    assert_eq!((&now["attention"]["notify"], &now["views"]["board"]["text"]), (&json!(false), &json!("x")));

    call(&host, "reset_settings", json!({"part": "all"})).await;
    let now = settings(&host).await;
    assert_eq!((&now["attention"]["notify"], &now["views"]), (&json!(true), &json!({})));
    let profiles = call(&host, "profiles", Value::Null).await["profiles"].as_array().unwrap().clone();
    let shown: Vec<&Value> = profiles.iter().filter(|p| p["shown"] == true).map(|p| &p["name"]).collect();
    assert_eq!(shown, [&json!("acct-001-dev")], "no more is read than before");
    assert_eq!(profiles[0]["label"], Value::Null);
    assert_ne!(profiles[0]["regions"], json!(["eu-west-1"]));
    let locks = call(&host, "ledger", json!({})).await["locks"].clone();
    assert_eq!(locks.as_array().map(Vec::len), Some(1), "{locks:#}");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_first_start_nothing_is_read_before_its_user_went_on() {
    let machine = Machine::small(2);
    let clock = || Arc::new(WorldClock(machine.sim.clock()));
    let window = async || machine.open_with(Reading::Held, machine.sim.http_client(), clock()).await.unwrap();
    let first = window().await;
    // The page has been drawn.
    first.begin();
    assert_eq!(call(&first, "boot", Value::Null).await["first"], true);
    let profiles = call(&first, "profiles", Value::Null).await;
    assert_eq!(profiles["profiles"].as_array().map(Vec::len), Some(2));
    call(&first, "set_settings", json!({"theme": "dark"})).await;
    call(&first, "refresh", json!({"ids": []})).await;
    // Longer than it takes to begin: a tick, and the spread of first reads.
    machine.minutes(1);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(machine.sim.calls().len(), 0);
    first.close().await;

    // Whoever only looked starts for the first time again.
    let second = window().await;
    second.begin();
    assert_eq!(call(&second, "boot", Value::Null).await["first"], true);
    call(&second, "welcome", json!({"profiles": ["acct-001-dev"]})).await;
    assert_eq!(call(&second, "boot", Value::Null).await["first"], false);
    for _ in 0..100 {
        if !machine.sim.calls().is_empty() {
            break;
        }
        // The world stands still; first reads are spread by its clock. In steps that are no sleep of the machine: after one,
        // first reads are spread anew.
        machine.sim.clock().advance(chrono::TimeDelta::seconds(5));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!machine.sim.calls().is_empty(), "AWS is read");
    let sources = call(&second, "sources", Value::Null).await["sources"].as_array().unwrap().clone();
    assert!(sources.iter().all(|s| s["id"]["profile"] == "acct-001-dev"), "{sources:#?}");
    second.close().await;

    let third = window().await;
    assert_eq!(call(&third, "boot", Value::Null).await["first"], false);
    third.close().await;
}
