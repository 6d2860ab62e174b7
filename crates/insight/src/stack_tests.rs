//! Events as CloudFormation tells them, and what they come to.

use skydeck_domain::Timestamp;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).expect("a calendar holds it")
}

/// Events as they happened: seconds, who (`.` for the stack), status, words.
fn events(told: &[(i64, &str, &str, &str)]) -> Vec<StackEvent> {
    let mut events: Vec<StackEvent> = told
        .iter()
        .enumerate()
        .map(|(n, (seconds, who, status, reason))| StackEvent {
            id: format!("e{n}"),
            at: at(*seconds),
            logical_id: if *who == "." { "net".into() } else { (*who).into() },
            physical_id: None,
            resource_type: if *who == "." { "AWS::CloudFormation::Stack" } else { "AWS::EC2::EIP" }.into(),
            status: (*status).into(),
            reason: (!reason.is_empty()).then(|| (*reason).into()),
            token: None,
            of_stack: *who == ".",
        })
        .collect();
    events.reverse();
    events
}

fn rolled_back() -> Vec<StackEvent> {
    events(&[
        (0, ".", "CREATE_IN_PROGRESS", "User Initiated"),
        (1, "Vpc", "CREATE_IN_PROGRESS", ""),
        (9, "Vpc", "CREATE_COMPLETE", ""),
        (10, ".", "CREATE_COMPLETE", ""),
        (100, ".", "UPDATE_IN_PROGRESS", "User Initiated"),
        (101, "EipC", "CREATE_IN_PROGRESS", ""),
        (101, "NatC", "CREATE_IN_PROGRESS", ""),
        (102, "Subnet", "CREATE_IN_PROGRESS", ""),
        (110, "Subnet", "CREATE_COMPLETE", ""),
        (120, "NatC", "CREATE_FAILED", "Resource creation cancelled"),
        (120, "EipC", "CREATE_FAILED", "The maximum number of addresses has been reached."),
        (121, ".", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [NatC, EipC]."),
        (130, ".", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        (131, "Subnet", "DELETE_IN_PROGRESS", ""),
        (140, "Subnet", "DELETE_COMPLETE", ""),
        (150, ".", "UPDATE_ROLLBACK_COMPLETE", ""),
    ])
}

#[test]
fn an_update_that_is_rolled_back_is_one_operation_with_its_first_failure() {
    let found = operations(&rolled_back());
    assert_eq!(found.len(), 2);
    let update = &found[0];
    assert_eq!((update.kind.as_str(), update.status.as_str()), ("UPDATE", "UPDATE_ROLLBACK_COMPLETE"));
    assert_eq!((update.started_at, update.ended_at), (at(100), Some(at(150))));
    assert_eq!(update.rolled_back_at, Some(at(121)));
    let cause = update.cause.as_ref().expect("it failed");
    assert_eq!((cause.logical_id.as_str(), update.fallout), ("EipC", 1), "what was cancelled is fallout");
    assert!(update.whole);
    let run = run("arn", update).expect("a run");
    assert_eq!((run.outcome, run.trigger.as_deref()), (RunOutcome::Failed, Some("UPDATE")));
    assert_eq!(run.reason.as_deref(), Some("EipC: The maximum number of addresses has been reached."));
    assert_eq!((found[1].kind.as_str(), found[1].cause.is_none()), ("CREATE", true));
}

#[test]
fn bars_are_marked_by_what_became_of_them() {
    let told = rolled_back();
    let id = operations(&told)[0].id.clone();
    let marks: Vec<(String, SpanMark, i64, i64)> = spans(&told, &id)
        .into_iter()
        .map(|s| {
            let since = |t: Timestamp| (t - at(100)).num_seconds();
            (s.logical_id, s.mark, since(s.started_at), s.ended_at.map_or(-1, since))
        })
        .collect();
    let want = [
        ("net", SpanMark::Fallout, 0, 21),
        ("EipC", SpanMark::Failed, 1, 20),
        ("NatC", SpanMark::Fallout, 1, 20),
        ("Subnet", SpanMark::Complete, 2, 10),
        ("net", SpanMark::RolledBack, 21, 50),
        ("Subnet", SpanMark::RolledBack, 31, 40),
    ];
    let want: Vec<_> = want.into_iter().map(|(n, m, a, b)| (n.to_owned(), m, a, b)).collect();
    assert_eq!(marks, want);
}

#[test]
fn what_is_under_way_has_no_end_and_a_rollback_by_hand_is_an_operation_of_its_own() {
    let running = events(&[(0, ".", "UPDATE_IN_PROGRESS", ""), (1, "A", "UPDATE_IN_PROGRESS", "")]);
    let found = operations(&running);
    assert_eq!((found.len(), found[0].ended_at), (1, None));
    assert_eq!(spans(&running, &found[0].id)[1].mark, SpanMark::Running);
    assert_eq!((found[0].done, found[0].begun), (0, 1));
    assert_eq!(run("arn", &found[0]).map(|r| r.outcome), Some(RunOutcome::Running));

    let by_hand = events(&[
        (0, ".", "UPDATE_IN_PROGRESS", ""),
        (1, "A", "UPDATE_FAILED", "no"),
        (2, ".", "UPDATE_ROLLBACK_IN_PROGRESS", ""),
        (3, "A", "UPDATE_FAILED", "still no"),
        (4, ".", "UPDATE_ROLLBACK_FAILED", ""),
        (9, ".", "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated"),
        (12, ".", "UPDATE_ROLLBACK_COMPLETE", ""),
    ]);
    let found = operations(&by_hand);
    let told: Vec<_> = found.iter().map(|o| (o.kind.as_str(), o.status.as_str())).collect();
    assert_eq!(told, [("UPDATE_ROLLBACK", "UPDATE_ROLLBACK_COMPLETE"), ("UPDATE", "UPDATE_ROLLBACK_FAILED")]);
    assert_eq!(run("arn", &found[0]).map(|r| (r.outcome, r.rollback)), Some((RunOutcome::Succeeded, true)));
}

#[test]
fn a_beginning_that_was_not_read_is_said() {
    let told = events(&[(5, "B", "UPDATE_COMPLETE", ""), (9, ".", "UPDATE_COMPLETE", "")]);
    let found = operations(&told);
    assert_eq!((found.len(), found[0].whole, found[0].kind.as_str()), (1, false, "UPDATE"));
    assert_eq!(operations(&[]), []);
}

#[test]
fn every_status_of_a_stack_has_a_health() {
    let table = [
        ("CREATE_COMPLETE", Health::Ok),
        ("IMPORT_COMPLETE", Health::Ok),
        ("REVIEW_IN_PROGRESS", Health::Attention),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Health::Running),
        ("UPDATE_ROLLBACK_IN_PROGRESS", Health::Running),
        ("ROLLBACK_COMPLETE", Health::Failed),
        ("UPDATE_ROLLBACK_COMPLETE", Health::Failed),
        ("IMPORT_ROLLBACK_COMPLETE", Health::Failed),
        ("UPDATE_ROLLBACK_FAILED", Health::Failed),
        ("DELETE_FAILED", Health::Failed),
        ("DELETE_COMPLETE", Health::Retired),
        ("SOMETHING_NEW", Health::Unknown),
    ];
    for (status, wanted) in table {
        assert_eq!(health(status), wanted, "{status}");
    }
}
