//! Which executions a stage can go back to, and why not to the others.

use super::{
    super::super::rows::{samples, stage},
    *,
};

fn ran(id: &str, minute: i64) -> ExecutionDetail {
    ExecutionDetail {
        execution_id: id.into(),
        started_at: Some(samples::at(minute)),
        rollback_of: None,
        execution_type: "STANDARD".into(),
        ..samples::executions(None).remove(0)
    }
}

fn deploy(execution: &str, status: &str) -> StageState {
    let mut stage = stage::stages(&samples::failed_state(), None).remove(3);
    stage.execution_id = Some(execution.into());
    stage.status = Some(status.into());
    stage
}

/// `good`, `old`, and the rollback `back` to `good` succeeded in Deploy; `bad` failed there.
fn judge<'a>(structure: &'a Structure, stage: &'a StageState) -> Judge<'a> {
    let back =
        ExecutionDetail { rollback_of: Some("good".into()), execution_type: "ROLLBACK".into(), ..ran("back", 40) };
    Judge {
        structure,
        stage,
        succeeded: vec![back, ran("good", 20), ran("older", 10), ran("old", 1)],
        versions: [("old".into(), 2), ("good".into(), 3)].into(),
        done: [("older".into(), samples::at(12)), ("good".into(), samples::at(22)), ("back".into(), samples::at(42))]
            .into(),
    }
}

fn told(targets: &[Target]) -> Vec<(&str, &str)> {
    targets.iter().map(|t| (t.id.as_str(), t.why_not.as_deref().unwrap_or("valid"))).collect()
}

#[test]
fn a_failed_stage_goes_back_to_what_succeeded_in_it() {
    let structure = samples::structure();
    let stage = deploy("bad", "Failed");
    let targets = judge(&structure, &stage).targets(&[ran("bad", 30)]);
    assert_eq!(
        told(&targets),
        [
            ("good", "valid"),
            ("older", "valid"),
            ("back", "It is itself a rollback."),
            ("bad", "It did not succeed in Deploy."),
            ("old", "It ran on structure 2 of the pipeline; it is at 3 now."),
        ]
    );
    assert_eq!(targets[0].served_ms, Some(20 * 60_000), "from minute 22 until the rollback at 42");
    assert_eq!(targets[1].served_ms, Some(10 * 60_000));
    assert_eq!(blocked(&structure, &stage, &targets), None);
}

#[test]
fn what_serves_now_is_no_target_be_it_by_itself_or_by_a_rollback() {
    let structure = samples::structure();
    for (serving, also) in [("good", None), ("back", Some("good"))] {
        let stage = deploy(serving, "Succeeded");
        let targets = judge(&structure, &stage).targets(&[]);
        let id = also.unwrap_or(serving);
        let why = told(&targets).into_iter().find(|(target, _)| *target == id).unwrap().1;
        assert_eq!(why, "It is what serves now.", "{serving}");
    }
}

#[test]
fn some_stages_go_back_to_nothing() {
    let mut structure = samples::structure();
    let any = [live::target(&ran("good", 1), None)];
    let source = stage::stages(&samples::failed_state(), None).remove(0);
    assert!(blocked(&structure, &source, &any).unwrap().contains("source stage"));
    assert!(blocked(&structure, &deploy("x", "InProgress"), &any).unwrap().contains("busy"));
    assert!(blocked(&structure, &deploy("x", "Failed"), &[]).unwrap().contains("No earlier execution"));
    structure.execution_mode = "PARALLEL".into();
    assert!(blocked(&structure, &deploy("x", "Failed"), &any).unwrap().contains("parallel"));
}

#[test]
fn what_it_does_not_undo_names_the_later_stages_and_v1_is_said_to_be_a_try() {
    let mut structure = samples::structure();
    let build = stage::stages(&samples::failed_state(), None).remove(1);
    assert_eq!(not_undone(&structure, &build).last().unwrap(), "Later stages do not run: Approve, Deploy.");
    assert!(!effect(&structure, &build).contains("V1"));
    structure.pipeline_type = "V1".into();
    assert!(effect(&structure, &build).contains("V1"));
}
