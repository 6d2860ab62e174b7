//! Tests of `src/ledger/actions.rs`.

use skydeck_domain::{ActionRecord, Call, Outcome};
use skydeck_store::{Basis, Error, Ledger};

use crate::given::{BASIS, action, at};

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
    ledger.intend(&record, BASIS).await.unwrap();
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
    ledger.intend(&first, BASIS).await.unwrap();

    let mut again = action("01B");
    again.profile = "another-profile-of-the-account".into();
    match ledger.intend(&again, BASIS).await {
        Err(Error::Busy(other)) => assert_eq!(*other, first),
        other => panic!("{other:?}"),
    }
    let mut other_stage = action("01C");
    other_stage.id = other_stage.id.replace("/Deploy", "/Build");
    ledger.intend(&other_stage, BASIS).await.unwrap();
    let mut other_account = action("01D");
    other_account.account = "111122223333".into();
    ledger.intend(&other_account, BASIS).await.unwrap();

    assert!(ledger.update(&with(first.clone(), Outcome::Accepted)).await.unwrap());
    assert!(
        matches!(ledger.intend(&again, BASIS).await, Err(Error::Busy(other)) if other.outcome == Outcome::Accepted)
    );
    assert!(ledger.update(&with(first, Outcome::Unknown)).await.unwrap());
    ledger.intend(&again, BASIS).await.unwrap();
}

/// Both were decided on the same state; the first is over before the second comes to be written.
#[tokio::test]
async fn what_ended_after_the_state_was_read_stands_in_the_way() {
    let ledger = Ledger::in_memory().await.unwrap();
    for (minute, outcome, allowed) in [
        (4, Outcome::Succeeded, false),
        (4, Outcome::Unknown, false),
        (4, Outcome::Refused, true),
        (2, Outcome::Failed, true),
    ] {
        let mut first = action(&format!("{minute}{}", outcome.word()));
        first.id = format!("{}-{minute}{}", first.id, outcome.word());
        ledger.intend(&first, BASIS).await.unwrap();
        first.ended_at = Some(at(minute));
        ledger.update(&with(first.clone(), outcome)).await.unwrap();
        let mut second = first.clone();
        second.action = format!("{}-again", first.action);
        second.ended_at = None;
        let read_at_3 = Basis { read_at: at(3), interrupts: false };
        match ledger.intend(&second, read_at_3).await {
            Ok(()) => assert!(allowed, "{outcome:?}"),
            Err(Error::Busy(other)) => assert!(!allowed && other.action == first.action, "{other:?}"),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_stop_runs_beside_what_aws_has_accepted_and_beside_nothing_else() {
    let ledger = Ledger::in_memory().await.unwrap();
    let beside = Basis { interrupts: true, ..BASIS };
    let verb = |id: &str, verb: &str| ActionRecord { verb: verb.into(), ..action(id) };
    let busy = |result| matches!(result, Err(Error::Busy(_)));
    ledger.intend(&verb("01A", "start"), BASIS).await.unwrap();
    assert!(busy(ledger.intend(&verb("01B", "stop"), beside).await), "it is not known yet what there is to stop");
    ledger.update(&with(verb("01A", "start"), Outcome::Accepted)).await.unwrap();
    assert!(busy(ledger.intend(&verb("01C", "start"), BASIS).await));
    ledger.intend(&verb("01D", "stop"), beside).await.unwrap();
    assert!(busy(ledger.intend(&verb("01E", "stop"), beside).await));
    ledger.update(&with(verb("01D", "stop"), Outcome::Accepted)).await.unwrap();
    assert!(busy(ledger.intend(&verb("01E", "stop"), beside).await), "one stop at a time");
    assert_eq!(ledger.open_actions().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_guard_refused_is_recorded_whatever_is_under_way() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.intend(&action("01A"), BASIS).await.unwrap();
    ledger.put_refused(&with(action("01B"), Outcome::Refused)).await.unwrap();
    assert_eq!(ledger.action("01B").await.unwrap().unwrap().outcome, Outcome::Refused);
}

#[tokio::test]
async fn an_id_is_used_once() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.intend(&action("01A"), BASIS).await.unwrap();
    ledger.update(&with(action("01A"), Outcome::Failed)).await.unwrap();
    assert!(matches!(ledger.intend(&action("01A"), BASIS).await, Err(Error::Sql { .. })));
    assert_eq!(ledger.action("01A").await.unwrap().unwrap().outcome, Outcome::Failed);
}

#[tokio::test]
async fn what_was_found_out_stands() {
    for from in ALL {
        for to in ALL {
            let ledger = Ledger::in_memory().await.unwrap();
            ledger.intend(&action("01A"), BASIS).await.unwrap();
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
    ledger.intend(&action("01A"), BASIS).await.unwrap();
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
        ledger.intend(&record, BASIS).await.unwrap();
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
                tokio::spawn(async move { ledger.intend(&action(&format!("{round}-{n}")), BASIS).await })
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
