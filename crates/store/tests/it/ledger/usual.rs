//! Tests of `src/ledger/usual.rs`.

use skydeck_domain::{RunOutcome, Usual};
use skydeck_store::Ledger;

use crate::given::run;

const WEB: &str = "arn:aws:codepipeline:eu-west-1:111122223333:web";
const MINUTE: i64 = 60_000;

#[tokio::test]
async fn four_runs_tell_nothing_and_five_do() {
    let ledger = Ledger::in_memory().await.unwrap();
    for (i, minutes) in [9, 3, 7, 5].into_iter().enumerate() {
        ledger.put_runs(&[run(WEB, &i.to_string(), i as i64, minutes)]).await.unwrap();
    }
    assert_eq!(ledger.usual(WEB).await.unwrap(), None);
    ledger.put_runs(&[run(WEB, "last", 9, 1)]).await.unwrap();
    let expected = Usual { median_ms: 5 * MINUTE, p90_ms: 9 * MINUTE, runs: 5 };
    assert_eq!(ledger.usual(WEB).await.unwrap(), Some(expected));
}

#[tokio::test]
async fn only_good_forward_runs_that_ended_count() {
    let ledger = Ledger::in_memory().await.unwrap();
    let mut runs: Vec<_> = (0..5).map(|i| run(WEB, &i.to_string(), i, 2)).collect();
    for (i, outcome) in [RunOutcome::Failed, RunOutcome::Stopped, RunOutcome::Superseded].into_iter().enumerate() {
        let mut other = run(WEB, &format!("other{i}"), 20, 600);
        other.outcome = outcome;
        runs.push(other);
    }
    let mut back = run(WEB, "back", 21, 600);
    back.rollback = true;
    let mut endless = run(WEB, "endless", 22, 600);
    endless.ended_at = None;
    runs.extend([back, endless]);
    ledger.put_runs(&runs).await.unwrap();
    let expected = Usual { median_ms: 2 * MINUTE, p90_ms: 2 * MINUTE, runs: 5 };
    assert_eq!(ledger.usual(WEB).await.unwrap(), Some(expected));
}

#[tokio::test]
async fn the_last_fifty_count_for_each_of_many() {
    let ledger = Ledger::in_memory().await.unwrap();
    let slow_first = (0..80).map(|i| run(WEB, &i.to_string(), i, if i < 30 { 100 } else { 4 }));
    let other = (0..6).map(|i| run("arn:other", &i.to_string(), i, 1));
    let few = (0..2).map(|i| run("arn:few", &i.to_string(), i, 1));
    ledger.put_runs(&slow_first.chain(other).chain(few).collect::<Vec<_>>()).await.unwrap();
    let asked = [WEB, "arn:other", "arn:few", "arn:none", WEB].map(str::to_owned);
    let usual = ledger.usual_many(&asked).await.unwrap();
    assert_eq!(usual.len(), 2);
    assert_eq!(usual[WEB], Usual { median_ms: 4 * MINUTE, p90_ms: 4 * MINUTE, runs: 50 });
    assert_eq!(usual["arn:other"].runs, 6);
}
