//! Stages as GetPipelineState and ListActionExecutions tell them, and what they mean for one execution.

use chrono::DateTime;
use skydeck_domain::{
    Timestamp,
    pipeline::{ActionRun, StageMark as M},
};

use super::*;

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn action(name: &str, category: &str, order: i32, status: Option<&str>, changed: i64) -> ActionState {
    ActionState {
        def: ActionDef {
            name: name.into(),
            category: category.into(),
            provider: "CodeBuild".into(),
            owner: "AWS".into(),
            run_order: order,
            region: None,
            account: None,
            subject: None,
        },
        status: status.map(str::to_owned),
        summary: None,
        changed_at: status.map(|_| at(changed)),
        started_at: None,
        ended_at: None,
        external_id: None,
        external_url: None,
        entity_url: None,
        revision_id: None,
        error_code: None,
        error_message: None,
        action_execution_id: None,
        percent: None,
    }
}

fn stage(name: &str, status: Option<&str>, execution: Option<&str>, actions: Vec<ActionState>) -> StageState {
    StageState {
        name: name.into(),
        status: status.map(str::to_owned),
        execution_id: execution.map(str::to_owned),
        inbound_execution_id: None,
        transition_enabled: true,
        transition_reason: None,
        transition_changed_at: None,
        actions,
    }
}

fn pipeline(stages: Vec<StageState>) -> PipelineDetail {
    PipelineDetail {
        pipeline_type: "V2".into(),
        execution_mode: "SUPERSEDED".into(),
        version: 1,
        updated_at: None,
        stages,
        variables: vec![],
        triggers: vec![],
        execution: None,
        missing: vec![],
    }
}

fn execution(id: &str, status: &str, actions: Vec<(&str, ActionState)>) -> ExecutionDetail {
    ExecutionDetail {
        pipeline: "web".into(),
        execution_id: id.into(),
        status: status.into(),
        status_summary: None,
        execution_type: "STANDARD".into(),
        rollback_of: None,
        execution_mode: None,
        started_at: Some(at(0)),
        updated_at: None,
        trigger_type: None,
        trigger_by: None,
        pipeline_version: None,
        revisions: vec![],
        actions: actions.into_iter().map(|(s, state)| ActionRun { stage: s.into(), state }).collect(),
        actions_whole: false,
    }
}

fn marks(detail: &PipelineDetail, execution: Option<&ExecutionDetail>) -> Vec<M> {
    stages_of(detail, execution).iter().map(|s| s.mark).collect()
}

/// Source and Build were passed by `e2`, Deploy failed in it, Verify was last reached by `e1`.
fn failed_in_deploy() -> PipelineDetail {
    pipeline(vec![
        stage("Source", Some("Succeeded"), Some("e2"), vec![action("Git", "Source", 1, Some("Succeeded"), 1)]),
        stage("Build", Some("Succeeded"), Some("e2"), vec![action("Unit", "Build", 1, Some("Succeeded"), 2)]),
        stage(
            "Deploy",
            Some("Failed"),
            Some("e2"),
            vec![action("Smoke", "Test", 2, Some("Failed"), 4), action("Service", "Deploy", 1, Some("Succeeded"), 3)],
        ),
        stage("Verify", Some("Succeeded"), Some("e1"), vec![action("Canary", "Test", 1, Some("Succeeded"), -500)]),
    ])
}

#[test]
fn a_stage_that_another_execution_reached_last_is_not_reached() {
    let (detail, run) = (failed_in_deploy(), execution("e2", "Failed", vec![]));
    assert_eq!(marks(&detail, Some(&run)), [M::Ok, M::Ok, M::Failed, M::None]);
    let stages = stages_of(&detail, Some(&run));
    let deploy: Vec<(&str, M)> = stages[2].actions.iter().map(|a| (a.def.name.as_str(), a.mark)).collect();
    assert_eq!(deploy, [("Service", M::Ok), ("Smoke", M::Failed)]);
    assert_eq!(stages[3].actions[0].state, None);
}

#[test]
fn without_an_execution_each_stage_is_as_it_was_left() {
    assert_eq!(marks(&failed_in_deploy(), None), [M::Ok, M::Ok, M::Failed, M::Ok]);
}

#[test]
fn an_earlier_execution_is_told_by_its_own_actions() {
    let detail = failed_in_deploy();
    let run = execution(
        "e1",
        "Succeeded",
        vec![
            ("Source", action("Git", "Source", 1, Some("Succeeded"), 1)),
            ("Deploy", action("Service", "Deploy", 1, Some("Succeeded"), 1)),
            ("Deploy", action("Smoke", "Test", 2, Some("Failed"), 2)),
            ("Deploy", action("Smoke", "Test", 2, Some("Succeeded"), 3)),
        ],
    );
    // Build was not read, but what succeeded as a whole passed every stage. The retried action counts by its last go.
    assert_eq!(marks(&detail, Some(&run)), [M::Ok, M::Ok, M::Ok, M::Ok]);
}

#[test]
fn what_an_earlier_execution_left_in_an_action_is_not_this_ones() {
    let detail = pipeline(vec![stage(
        "Deploy",
        Some("InProgress"),
        Some("e2"),
        vec![action("Service", "Deploy", 1, Some("InProgress"), 5), action("Smoke", "Test", 2, Some("Failed"), -300)],
    )]);
    let run = execution("e2", "InProgress", vec![]);
    let stages = stages_of(&detail, Some(&run));
    assert_eq!(stages[0].actions.iter().map(|a| a.mark).collect::<Vec<_>>(), [M::Running, M::None]);
    assert_eq!(stages[0].mark, M::Running);
}

#[test]
fn a_rollback_does_not_pass_the_stages_before_its_own() {
    let detail = failed_in_deploy();
    let mut run = execution("e3", "Succeeded", vec![("Deploy", action("Service", "Deploy", 1, Some("Succeeded"), 1))]);
    run.execution_type = "ROLLBACK".into();
    assert_eq!(marks(&detail, Some(&run)), [M::None, M::None, M::Ok, M::None]);
}

#[test]
fn waiting_held_and_stopped() {
    let approve =
        |status| stage("Approve", Some("InProgress"), Some("e"), vec![action("Manager", "Approval", 1, status, 1)]);
    let run = execution("e", "InProgress", vec![]);
    assert_eq!(marks(&pipeline(vec![approve(Some("InProgress"))]), Some(&run)), [M::Waiting]);
    // Beside a test that still runs, nobody is waited for yet.
    let mut both = approve(Some("InProgress"));
    both.actions.push(action("Load", "Test", 1, Some("InProgress"), 1));
    assert_eq!(marks(&pipeline(vec![both]), Some(&run)), [M::Running]);
    let mut held = stage("Deploy", Some("Succeeded"), Some("earlier"), vec![]);
    held.transition_enabled = false;
    let detail = pipeline(vec![stage("Build", Some("Succeeded"), Some("e"), vec![]), held]);
    assert_eq!(marks(&detail, Some(&run)), [M::Ok, M::Off]);
    let stopped = pipeline(vec![stage("Build", Some("Stopped"), Some("e"), vec![])]);
    assert_eq!(marks(&stopped, Some(&execution("e", "Stopped", vec![]))), [M::Stopped]);
}

#[test]
fn what_was_under_way_is_unknown_once_it_cannot_be_read() {
    let detail = pipeline(vec![
        stage("Source", Some("Succeeded"), Some("e"), vec![]),
        stage("Build", Some("InProgress"), Some("e"), vec![]),
    ]);
    let run = execution("e", "InProgress", vec![]);
    let stages = stages_of(&detail, Some(&run));
    let of = |aspect, readable| strip(&stages, aspect, readable).into_iter().map(|c| c.mark).collect::<Vec<_>>();
    assert_eq!(of(None, true), [M::Ok, M::Running]);
    assert_eq!(of(Some(Aspect::Stuck), true), [M::Ok, M::Stuck]);
    assert_eq!(of(None, false), [M::Ok, M::Unknown]);
    assert_eq!(of(Some(Aspect::Stuck), false), [M::Ok, M::Stuck]);
}

#[test]
fn the_stage_that_matters() {
    let cells = |marks: &[M]| -> Vec<StageCell> {
        marks.iter().enumerate().map(|(i, mark)| StageCell { name: i.to_string(), mark: *mark }).collect()
    };
    for (given, aspect, want) in [
        (&[M::Ok, M::Failed, M::Running][..], None, Some("1")),
        (&[M::Ok, M::Waiting, M::None], None, Some("1")),
        (&[M::Ok, M::Ok, M::Off], Some(Aspect::Held), Some("2")),
        (&[M::Ok, M::Ok, M::Off], None, None),
        (&[M::Ok, M::Ok], None, None),
        (&[], None, None),
    ] {
        assert_eq!(matters(&cells(given), aspect), want, "{given:?}");
    }
}
