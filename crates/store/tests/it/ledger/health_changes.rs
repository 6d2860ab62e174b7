//! Tests of `src/ledger/health_changes.rs`.

use skydeck_domain::Aspect;
use skydeck_store::{Change, HealthChange, HealthQuery, Ledger, State};

use crate::given::{PIPELINE, at, attention, failed, row};

fn change(minute: i64, name: &str) -> HealthChange {
    let green = row("dev", PIPELINE, name);
    let was = Some(State::of(&attention(green.clone(), Aspect::Waiting)));
    let now = Some(State::of(&failed(green.clone(), "exit status 1")));
    HealthChange { at: at(minute), change: Change { id: green.id, kind: PIPELINE.into(), was, now, content: false } }
}

#[tokio::test]
async fn changes_are_kept_once_and_come_newest_first() {
    let ledger = Ledger::in_memory().await.unwrap();
    let mut came = change(3, "api");
    came.change.was = None;
    let mut left = change(4, "api");
    left.change.now = None;
    let all = [change(1, "web"), change(2, "web"), came, left];
    ledger.put_health_changes(&all).await.unwrap();
    ledger.put_health_changes(&all[..2]).await.unwrap();
    let ask = async |query: HealthQuery| ledger.health_changes(&query).await.unwrap();
    let since = |minute| HealthQuery { id: None, since: at(minute), until: None, limit: 100 };

    assert_eq!(ask(since(0)).await, all.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(ask(since(3)).await.len(), 2);
    assert_eq!(ask(HealthQuery { until: Some(at(2)), ..since(0) }).await, [change(1, "web")]);
    assert_eq!(ask(HealthQuery { id: Some(change(1, "web").change.id), ..since(0) }).await.len(), 2);
    assert_eq!(ask(HealthQuery { limit: 1, ..since(0) }).await, [all[3].clone()]);
}
