//! Tests of `src/ledger/actions.rs`.

use skydeck_domain::{ActionRecord, Call, Outcome};
use skydeck_store::{Error, Ledger};

use crate::given::{action, at};

const ALL: [Outcome; 6] =
    [Outcome::Intended, Outcome::Accepted, Outcome::Succeeded, Outcome::Failed, Outcome::Refused, Outcome::Unknown];

fn with(mut record: ActionRecord, outcome: Outcome) -> ActionRecord {
    record.outcome = outcome;
    record.message = format!("now {}", outcome.word());
    record
}

#[tokio::test]
async fn an_action_comes_back_as_it_was_recorded_and_as_it_ended() {
    let ledger = Ledger::in_memory().await.unwrap();
    let mut record = action("01A");
    ledger.intend(&record).await.unwrap();
    assert_eq!(ledger.action("01A").await.unwrap(), Some(record.clone()));
    record = with(record, Outcome::Succeeded);
    record.calls =
        vec![Call { operation: "codepipeline:RollbackStage".into(), request_id: Some("r-1".into()), at: at(1) }];
    record.follow_id = Some("e-9".into());
    record.ended_at = Some(at(4));
    assert!(ledger.update(&record).await.unwrap());
    assert_eq!(ledger.action("01A").await.unwrap(), Some(record));
    assert_eq!(ledger.action("01B").await.unwrap(), None);
}

#[tokio::test]
async fn one_action_at_a_time_on_a_thing_of_an_account() {
    let ledger = Ledger::in_memory().await.unwrap();
    let first = action("01A");
    ledger.intend(&first).await.unwrap();

    let mut again = action("01B");
    again.profile = "another-profile-of-the-account".into();
    match ledger.intend(&again).await {
        Err(Error::Busy(other)) => assert_eq!(*other, first),
        other => panic!("{other:?}"),
    }
    let mut other_stage = action("01C");
    other_stage.id = other_stage.id.replace("/Deploy", "/Build");
    ledger.intend(&other_stage).await.unwrap();
    let mut other_account = action("01D");
    other_account.account = "111122223333".into();
    ledger.intend(&other_account).await.unwrap();

    assert!(ledger.update(&with(first.clone(), Outcome::Accepted)).await.unwrap());
    assert!(matches!(ledger.intend(&again).await, Err(Error::Busy(other)) if other.outcome == Outcome::Accepted));
    assert!(ledger.update(&with(first, Outcome::Unknown)).await.unwrap());
    ledger.intend(&again).await.unwrap();
}

#[tokio::test]
async fn an_id_is_used_once() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.intend(&action("01A")).await.unwrap();
    ledger.update(&with(action("01A"), Outcome::Failed)).await.unwrap();
    assert!(matches!(ledger.intend(&action("01A")).await, Err(Error::Sql { .. })));
    assert_eq!(ledger.action("01A").await.unwrap().unwrap().outcome, Outcome::Failed);
}

#[tokio::test]
async fn what_was_found_out_stands() {
    for from in ALL {
        for to in ALL {
            let ledger = Ledger::in_memory().await.unwrap();
            ledger.intend(&action("01A")).await.unwrap();
            ledger.update(&with(action("01A"), from)).await.unwrap();
            let allowed = match (from, to) {
                (from, to) if from == to => true,
                (Outcome::Intended, _) => true,
                (Outcome::Accepted, to) => to != Outcome::Intended,
                (Outcome::Unknown, to) => to.is_final(),
                _ => false,
            };
            assert_eq!(ledger.update(&with(action("01A"), to)).await.unwrap(), allowed, "{from:?} {to:?}");
            let stands = ledger.action("01A").await.unwrap().unwrap();
            assert_eq!(stands.outcome, if allowed { to } else { from });
        }
    }
}

#[tokio::test]
async fn what_to_follow_is_not_forgotten() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.intend(&action("01A")).await.unwrap();
    let mut accepted = with(action("01A"), Outcome::Accepted);
    accepted.follow_id = Some("e-9".into());
    ledger.update(&accepted).await.unwrap();
    ledger.update(&with(action("01A"), Outcome::Failed)).await.unwrap();
    assert_eq!(ledger.action("01A").await.unwrap().unwrap().follow_id.as_deref(), Some("e-9"));
}

#[tokio::test]
async fn what_was_never_recorded_cannot_be_updated() {
    let ledger = Ledger::in_memory().await.unwrap();
    assert!(matches!(ledger.update(&action("01A")).await, Err(Error::NoSuchAction { .. })));
}

#[tokio::test]
async fn actions_come_newest_first_page_by_page_and_the_open_ones_oldest_first() {
    let ledger = Ledger::in_memory().await.unwrap();
    for (i, minute) in [3, 1, 2, 2].iter().enumerate() {
        let mut record = action(&format!("01{i}"));
        record.id = format!("{}-{i}", record.id);
        record.started_at = at(*minute);
        ledger.intend(&record).await.unwrap();
    }
    let mut done = ledger.action("010").await.unwrap().unwrap();
    done.outcome = Outcome::Refused;
    ledger.update(&done).await.unwrap();
    let ids = |records: Vec<ActionRecord>| records.into_iter().map(|r| r.action).collect::<Vec<_>>();
    assert_eq!(ids(ledger.actions(3, None).await.unwrap()), ["010", "013", "012"]);
    assert_eq!(ids(ledger.actions(3, Some("012")).await.unwrap()), ["011"]);
    assert_eq!(ids(ledger.open_actions().await.unwrap()), ["011", "012", "013"]);
}

/// Two openings of the file stand for two processes: they share nothing but it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_processes_exactly_one_acts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (one, two) = (Ledger::open(&path, at(0)).await.unwrap(), Ledger::open(&path, at(0)).await.unwrap());
    for round in 0..20 {
        let tasks: Vec<_> = (0..6)
            .map(|n| {
                let ledger = if n % 2 == 0 { one.clone() } else { two.clone() };
                tokio::spawn(async move { ledger.intend(&action(&format!("{round}-{n}"))).await })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => winners += 1,
                Err(Error::Busy(other)) => assert_eq!(other.id, action("").id),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners, 1, "round {round}");
        let open = two.open_actions().await.unwrap();
        assert_eq!(open.len(), 1);
        assert!(one.update(&with(open[0].clone(), Outcome::Succeeded)).await.unwrap());
    }
}
