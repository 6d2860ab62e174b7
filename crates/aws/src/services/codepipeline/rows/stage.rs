//! Stages and actions with the state of their latest execution: `GetPipelineState` laid over the structure.
//! An approval's token is looked at only to know that there is one; it is never copied.

use aws_sdk_codepipeline::{
    operation::get_pipeline_state::GetPipelineStateOutput,
    types::{ActionExecutionStatus, ActionState as AwsActionState, StageState as AwsStageState},
};
use skydeck_domain::{
    Timestamp,
    pipeline::{ActionRun, ActionState, StageState},
};

use super::{action, revision::action_summary, structure::Structure};
use crate::services::{instant, redact, text};

/// The stages as `GetPipelineState` tells them, with what the structure, where known, adds.
pub(crate) fn stages(state: &GetPipelineStateOutput, structure: Option<&Structure>) -> Vec<StageState> {
    state.stage_states().iter().filter_map(|s| stage(s, structure)).collect()
}

/// The stages as the structure alone tells them: nothing is known of their state.
pub(crate) fn declared(structure: &Structure) -> Vec<StageState> {
    let stage = |s: &super::structure::StageDef| StageState {
        name: s.name.clone(),
        status: None,
        execution_id: None,
        inbound_execution_id: None,
        transition_enabled: true,
        transition_reason: None,
        transition_changed_at: None,
        actions: s.actions.iter().cloned().map(action::not_reached).collect(),
    };
    structure.stages.iter().map(stage).collect()
}

fn stage(stage: &AwsStageState, structure: Option<&Structure>) -> Option<StageState> {
    let name = stage.stage_name()?;
    let latest = stage.latest_execution();
    let inbound = stage.inbound_execution().or_else(|| stage.inbound_executions().first());
    let transition = stage.inbound_transition_state();
    Some(StageState {
        name: name.to_owned(),
        status: latest.map(|e| e.status().as_str().to_owned()),
        execution_id: latest.map(|e| e.pipeline_execution_id().to_owned()),
        inbound_execution_id: inbound.map(|e| e.pipeline_execution_id().to_owned()),
        transition_enabled: transition.is_none_or(|t| t.enabled()),
        transition_reason: transition.and_then(|t| t.disabled_reason()).and_then(redact::line),
        transition_changed_at: instant::maybe(transition.and_then(|t| t.last_changed_at())),
        actions: stage.action_states().iter().filter_map(|a| action_state(name, a, structure)).collect(),
    })
}

fn action_state(stage: &str, state: &AwsActionState, structure: Option<&Structure>) -> Option<ActionState> {
    let name = state.action_name()?;
    let mut def = structure.and_then(|s| s.action(stage, name)).cloned().unwrap_or_else(|| action::undeclared(name));
    let latest = state.latest_execution();
    if def.category.is_empty() && latest.is_some_and(|e| e.token().is_some()) {
        def.category = "Approval".into(); // nothing else has a token
    }
    let error = latest.and_then(|e| e.error_details());
    Some(ActionState {
        status: latest.and_then(|e| e.status()).map(|s: &ActionExecutionStatus| s.as_str().to_owned()),
        summary: latest.and_then(|e| e.summary()).and_then(action_summary),
        changed_at: instant::maybe(latest.and_then(|e| e.last_status_change())),
        external_id: latest.and_then(|e| e.external_execution_id()).filter(|id| !id.is_empty()).map(str::to_owned),
        external_url: text::https(latest.and_then(|e| e.external_execution_url())),
        entity_url: text::https(state.entity_url()),
        revision_id: state.current_revision().map(|r| r.revision_id().to_owned()),
        error_code: error.and_then(|e| e.code()).map(str::to_owned),
        error_message: action::error_message(error),
        action_execution_id: latest.and_then(|e| e.action_execution_id()).map(str::to_owned),
        percent: latest.and_then(|e| e.percent_complete()),
        ..action::not_reached(def)
    })
}

/// `GetPipelineState` tells the latest execution of each *action*: one that the stage's present execution has not reached
/// still shows what an older one did. What changed before that execution started is such a leftover, and is cleared.
pub(crate) fn clear_leftovers(stages: &mut [StageState], execution: &str, started_at: Timestamp) {
    for stage in stages.iter_mut().filter(|s| s.execution_id.as_deref() == Some(execution)) {
        for state in stage.actions.iter_mut().filter(|a| a.changed_at.is_some_and(|at| at < started_at)) {
            clear(state);
        }
    }
}

/// Lays the action executions of one execution over the stages that it is the latest in: times and external ids. They
/// must be as new as the state; what is not among them was not reached.
pub(crate) fn lay_over(stages: &mut [StageState], execution: &str, runs: &[ActionRun]) {
    if runs.is_empty() {
        return;
    }
    for stage in stages.iter_mut().filter(|s| s.execution_id.as_deref() == Some(execution)) {
        for state in &mut stage.actions {
            let run = runs.iter().rev().find(|r| r.stage == stage.name && r.state.def.name == state.def.name);
            let Some(run) = run else {
                clear(state);
                continue;
            };
            state.started_at = run.state.started_at;
            state.ended_at = run.state.ended_at;
            state.external_id = state.external_id.take().or_else(|| run.state.external_id.clone());
            state.external_url = state.external_url.take().or_else(|| run.state.external_url.clone());
        }
    }
}

/// Whether the action executions known of an execution are behind what the state tells of it.
pub(crate) fn is_behind(runs: &[ActionRun], stages: &[StageState], execution: &str) -> bool {
    let told = |stage: &StageState, state: &ActionState| {
        runs.iter().any(|r| {
            r.stage == stage.name
                && r.state.def.name == state.def.name
                && r.state.status == state.status
                && (state.action_execution_id.is_none() || r.state.action_execution_id == state.action_execution_id)
        })
    };
    let mine = stages.iter().filter(|s| s.execution_id.as_deref() == Some(execution));
    mine.flat_map(|s| s.actions.iter().map(move |a| (s, a))).any(|(s, a)| a.status.is_some() && !told(s, a))
}

fn clear(state: &mut ActionState) {
    let (def, entity_url) = (state.def.clone(), state.entity_url.take());
    *state = ActionState { entity_url, ..action::not_reached(def) };
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    #[test]
    fn a_token_marks_an_approval_and_goes_no_further() {
        let stages = stages(&samples::waiting_state(), None);
        let approve = stages.iter().find(|s| s.name == "Approve").unwrap();
        assert_eq!(approve.actions[0].def.category, "Approval");
        assert!(!format!("{stages:?}").contains("CANARY"));
    }

    #[test]
    fn without_a_structure_the_actions_are_there_by_name() {
        let stages = stages(&samples::failed_state(), None);
        let names: Vec<_> = stages.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["Source", "Build", "Approve", "Deploy"]);
        assert_eq!(stages[1].status.as_deref(), Some("Failed"));
        assert_eq!(stages[1].actions[0].def.provider, "");
        assert_eq!(stages[3].status, None);
    }

    #[test]
    fn what_this_execution_has_not_reached_is_cleared() {
        let structure = Some(samples::structure());
        let mut stages = stages(&samples::failed_state(), structure.as_ref());
        let runs = action::runs(&samples::action_executions(), structure.as_ref());
        let only_source: Vec<_> = runs.iter().filter(|r| r.stage == "Source").cloned().collect();
        lay_over(&mut stages, samples::FAILED, &runs);
        assert!(stages[1].actions[0].started_at.is_some());
        lay_over(&mut stages, samples::FAILED, &only_source);
        assert_eq!(stages[1].actions[0].status, None);
        assert_eq!(stages[1].actions[0].def.provider, "CodeBuild", "what it is stays known");
    }

    #[test]
    fn a_leftover_of_an_older_execution_is_cleared_by_its_time() {
        let mut stages = stages(&samples::failed_state(), None);
        clear_leftovers(&mut stages, samples::FAILED, samples::at(10));
        assert_eq!(stages[1].actions[0].status.as_deref(), Some("Failed"), "it changed at minute 14");
        clear_leftovers(&mut stages, samples::FAILED, samples::at(15));
        assert_eq!(stages[1].actions[0].status, None);
        assert!(stages[3].actions[0].changed_at.is_none());
    }

    #[test]
    fn known_action_executions_are_behind_when_the_state_tells_more() {
        let stages = stages(&samples::failed_state(), None);
        let runs = action::runs(&samples::action_executions(), None);
        assert!(!is_behind(&runs, &stages, samples::FAILED));
        assert!(is_behind(&runs[..1], &stages, samples::FAILED));
        assert!(!is_behind(&[], &stages, "another"), "it holds no stage");
    }
}
