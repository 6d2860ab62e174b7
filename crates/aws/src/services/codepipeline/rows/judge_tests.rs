//! Situations of a pipeline as sentences: what the stages hold, what the executions are, what is to be said of it.

use skydeck_domain::{
    Aspect, Health,
    pipeline::{ActionState, ExecutionDetail, StageState},
};

use super::{
    super::{action, samples, stage},
    *,
};

/// A stage: name, its latest execution and status, the status of its one action.
fn held(name: &str, execution: Option<(&str, &str)>, minute: i64) -> StageState {
    let did = execution.map(|(_, status)| status.to_owned());
    StageState {
        name: name.into(),
        status: did.clone(),
        execution_id: execution.map(|(id, _)| id.into()),
        inbound_execution_id: None,
        transition_enabled: true,
        transition_reason: None,
        transition_changed_at: None,
        actions: vec![ActionState {
            status: did,
            changed_at: execution.map(|_| samples::at(minute)),
            ..action::not_reached(action::undeclared(name))
        }],
    }
}

fn ran(id: &str, status: &str, minute: i64) -> ExecutionDetail {
    ExecutionDetail {
        execution_id: id.into(),
        status: status.into(),
        started_at: Some(samples::at(minute)),
        updated_at: Some(samples::at(minute + 5)),
        ..unlisted(id, &[])
    }
}

/// Source, Build, Deploy, each held by an execution.
fn stages(of: [Option<(&str, &str)>; 3]) -> Vec<StageState> {
    ["Source", "Build", "Deploy"].into_iter().zip(of).enumerate().map(|(i, (n, e))| held(n, e, 10 + i as i64)).collect()
}

fn said(stages: &[StageState], executions: &[ExecutionDetail]) -> (Option<String>, Health, Option<Aspect>, String) {
    let verdict = pipeline(stages, executions, true);
    (verdict.execution, verdict.health, verdict.aspect, verdict.reason.unwrap_or_default())
}

fn shown(
    id: &str,
    health: Health,
    aspect: Option<Aspect>,
    reason: &str,
) -> (Option<String>, Health, Option<Aspect>, String) {
    (Some(id.into()), health, aspect, reason.into())
}

#[test]
fn a_pipeline_that_never_ran_says_so() {
    let verdict = pipeline(&stages([None, None, None]), &[], true);
    assert_eq!((verdict.status.as_str(), verdict.health), ("", Health::Unknown));
    assert_eq!(verdict.reason.as_deref(), Some("It has never run"));
}

#[test]
fn a_failure_tells_where_and_why_in_one_line() {
    let structure = Some(samples::structure());
    let stages = stage::stages(&samples::failed_state(), structure.as_ref());
    let verdict = pipeline(&stages, &samples::executions(None), true);
    assert_eq!(verdict.reason.as_deref(), Some("Build: exit status 1 in phase BUILD"));
    assert_eq!((verdict.health, verdict.since), (Health::Failed, Some(samples::at(14))));
}

#[test]
fn waiting_for_approval_needs_a_person_and_hides_no_status() {
    let structure = Some(samples::structure());
    let stages = stage::stages(&samples::waiting_state(), structure.as_ref());
    let verdict = pipeline(&stages, &samples::executions(None), true);
    assert_eq!((verdict.status.as_str(), verdict.health), ("InProgress", Health::Attention));
    assert_eq!((verdict.aspect, verdict.since), (Some(Aspect::Waiting), Some(samples::at(16))));
    assert_eq!(verdict.reason.as_deref(), Some("Waiting for approval in Approve"));
}

#[test]
fn a_newer_execution_under_way_takes_the_place_of_a_failed_one() {
    let s = stages([Some(("new", "Succeeded")), Some(("new", "InProgress")), Some(("old", "Failed"))]);
    let e = [ran("new", "InProgress", 9), ran("old", "Failed", 1)];
    assert_eq!(said(&s, &e), shown("new", Health::Running, None, "In Build"));
}

#[test]
fn a_failed_stage_that_was_rolled_back_is_well_again() {
    let s = stages([Some(("bad", "Succeeded")), Some(("bad", "Succeeded")), Some(("back", "Succeeded"))]);
    let e = [ran("back", "Succeeded", 9), ran("bad", "Failed", 1)];
    assert_eq!(said(&s, &e), shown("back", Health::Ok, None, ""));
}

#[test]
fn a_failed_build_stays_failed_though_another_stage_was_rolled_back_since() {
    let s = stages([Some(("bad", "Succeeded")), Some(("bad", "Failed")), Some(("back", "Succeeded"))]);
    let e = [ran("back", "Succeeded", 9), ran("bad", "Failed", 1)];
    assert_eq!(said(&s, &e), shown("bad", Health::Failed, None, "Build: it failed"));
}

#[test]
fn an_old_execution_that_only_a_stage_remembers_is_not_taken_for_a_new_one() {
    let s = stages([Some(("new", "Succeeded")), Some(("ancient", "Succeeded")), None]);
    assert_eq!(said(&s, &[ran("new", "Failed", 9)]).0.as_deref(), Some("new"));
}

#[test]
fn what_waits_at_a_closed_transition_is_held_and_at_an_open_one_queued() {
    let mut s = stages([Some(("b", "Succeeded")), Some(("b", "Succeeded")), Some(("a", "Succeeded"))]);
    s[2].inbound_execution_id = Some("b".into());
    s[2].transition_enabled = false;
    s[2].transition_reason = Some("freeze".into());
    s[2].transition_changed_at = Some(samples::at(30));
    let e = [ran("b", "InProgress", 9), ran("a", "Succeeded", 1)];
    assert_eq!(said(&s, &e), shown("b", Health::Attention, Some(Aspect::Held), "Held before Deploy: freeze"));
    assert_eq!(pipeline(&s, &e, true).since, Some(samples::at(30)));

    s[2].transition_enabled = true;
    s[2].status = Some("InProgress".into());
    s[2].actions[0].status = Some("InProgress".into());
    let e = [ran("b", "InProgress", 9), ran("a", "InProgress", 1)];
    let wanted = shown("a", Health::Running, Some(Aspect::Queued), "In Deploy; 1 waiting behind it");
    assert_eq!(said(&s, &e), wanted);
    assert_eq!(execution(&e[0], &s).reason.as_deref(), Some("Queued before Deploy, behind another execution"));
}

#[test]
fn a_closed_transition_alone_is_said_and_troubles_nobody() {
    let mut s = stages([Some(("a", "Succeeded")), Some(("a", "Succeeded")), Some(("a", "Succeeded"))]);
    s[2].transition_enabled = false;
    assert_eq!(said(&s, &[ran("a", "Succeeded", 1)]), shown("a", Health::Ok, Some(Aspect::Held), ""));
}

#[test]
fn stopped_by_hand_needs_a_look_and_superseded_does_not() {
    let s = stages([Some(("b", "Succeeded")), Some(("b", "Stopped")), Some(("a", "Succeeded"))]);
    let e = [ran("b", "Stopped", 9), ran("a", "Succeeded", 1)];
    assert_eq!(said(&s, &e), shown("b", Health::Attention, Some(Aspect::Stopped), "Stopped by hand"));
    let superseded = execution(&ran("x", "Superseded", 1), &s);
    assert_eq!((superseded.health, superseded.aspect), (Health::Ok, Some(Aspect::Superseded)));
}

#[test]
fn the_stages_alone_tell_enough_when_executions_cannot_be_read() {
    let s = stages([Some(("b", "Succeeded")), Some(("b", "Failed")), Some(("a", "Succeeded"))]);
    assert_eq!(said(&s, &[]), shown("b", Health::Failed, None, "Build: it failed"));
    let s = stages([Some(("a", "Succeeded")), Some(("a", "Succeeded")), Some(("a", "Succeeded"))]);
    assert_eq!(said(&s, &[]).1, Health::Ok);
}

#[test]
fn the_executions_alone_tell_enough_when_the_state_cannot_be_read() {
    let e = [ran("b", "Failed", 9), ran("a", "Succeeded", 1)];
    assert_eq!(said(&[], &e), shown("b", Health::Failed, None, "It failed"));
}

#[test]
fn a_word_that_is_not_known_is_said_as_it_is() {
    let verdict = execution(&ran("a", "Hibernating", 1), &[]);
    assert_eq!((verdict.health, verdict.reason.as_deref()), (Health::Unknown, Some("AWS calls it `Hibernating`")));
}
