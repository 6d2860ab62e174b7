//! Tests of `src/ledger/runs.rs`.

use skydeck_domain::RunOutcome;
use skydeck_store::Ledger;

use crate::given::{at, run};

const WEB: &str = "arn:aws:codepipeline:eu-west-1:111122223333:web";

#[tokio::test]
async fn a_run_is_kept_once_and_reading_less_takes_nothing_away() {
    let ledger = Ledger::in_memory().await.unwrap();
    let mut failed = run(WEB, "e1", 0, 5);
    failed.outcome = RunOutcome::Failed;
    failed.reason = Some("Build: exit status 1".into());
    assert_eq!(ledger.put_runs(&[failed.clone(), run(WEB, "e2", 10, 5)]).await.unwrap(), 2);
    assert_eq!(ledger.put_runs(&[failed.clone(), run(WEB, "e2", 10, 5)]).await.unwrap(), 0);

    let mut less = failed.clone();
    (less.reason, less.by, less.trigger, less.revisions) = (None, None, None, Vec::new());
    assert_eq!(ledger.put_runs(&[less]).await.unwrap(), 0);
    assert_eq!(ledger.run(WEB, "e1").await.unwrap(), Some(failed.clone()));

    failed.reason = Some("Build: exit status 2".into());
    assert_eq!(ledger.put_runs(std::slice::from_ref(&failed)).await.unwrap(), 1);
    assert_eq!(ledger.run(WEB, "e1").await.unwrap(), Some(failed));
    assert_eq!(ledger.run(WEB, "e3").await.unwrap(), None);
}

#[tokio::test]
async fn a_run_under_way_is_not_history() {
    let ledger = Ledger::in_memory().await.unwrap();
    let mut running = run(WEB, "e1", 0, 5);
    running.outcome = RunOutcome::Running;
    assert_eq!(ledger.put_runs(&[running]).await.unwrap(), 0);
    assert_eq!(ledger.runs(WEB, 10, None).await.unwrap(), []);
}

#[tokio::test]
async fn runs_come_latest_first_and_of_their_thing_alone() {
    let ledger = Ledger::in_memory().await.unwrap();
    let runs: Vec<_> = (0..450).map(|i| run(WEB, &format!("e{i:03}"), i, 1)).collect();
    assert_eq!(ledger.put_runs(&runs).await.unwrap(), 450);
    ledger.put_runs(&[run("arn:other", "x", 500, 1)]).await.unwrap();
    let page = ledger.runs(WEB, 2, None).await.unwrap();
    assert_eq!(page.iter().map(|r| r.run_id.as_str()).collect::<Vec<_>>(), ["e449", "e448"]);
    let page = ledger.runs(WEB, 1, Some(at(448))).await.unwrap();
    assert_eq!(page[0], run(WEB, "e447", 447, 1));
}

#[tokio::test]
async fn a_cause_is_counted_for_its_thing() {
    let ledger = Ledger::in_memory().await.unwrap();
    let because = |id: &str, of: &str, reason: &str| {
        let mut run = run(of, id, 0, 1);
        run.outcome = RunOutcome::Failed;
        run.reason = Some(reason.into());
        run
    };
    let runs = [
        because("1", WEB, "exit 1"),
        because("2", WEB, "exit 1"),
        because("3", WEB, "exit 2"),
        because("4", "arn:o", "exit 1"),
    ];
    ledger.put_runs(&runs).await.unwrap();
    assert_eq!(ledger.seen_count(WEB, "exit 1").await.unwrap(), 2);
    assert_eq!(ledger.seen_count(WEB, "exit 3").await.unwrap(), 0);
}
