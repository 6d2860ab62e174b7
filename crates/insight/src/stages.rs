//! How each stage and action of a pipeline stands *in one execution*: for the strip, the graph, and the way to a cause.
//!
//! `GetPipelineState` tells the latest execution of each stage and, for actions that the stage's execution has not reached
//! yet, what an earlier execution left there. `ListActionExecutions` tells what one execution did. So: the latter where it
//! was read, the former only where the stage's latest execution is the one looked at.

use skydeck_domain::{
    Aspect,
    pipeline::{ActionDef, ActionState, ExecutionDetail, PipelineDetail, StageCell, StageMark, StageState},
};

/// A stage in one execution.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRunState<'a> {
    /// The stage of the structure.
    pub stage: &'a StageState,
    /// How it stands.
    pub mark: StageMark,
    /// Its actions, by run order.
    pub actions: Vec<ActionRunState<'a>>,
}

/// An action in one execution.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRunState<'a> {
    /// What it is.
    pub def: &'a ActionDef,
    /// Its state in that execution; none if not reached (or not read).
    pub state: Option<&'a ActionState>,
    /// How it stands.
    pub mark: StageMark,
}

/// The stages in order, each as the execution left it; without an execution, as each was left last.
pub fn stages_of<'a>(detail: &'a PipelineDetail, execution: Option<&'a ExecutionDetail>) -> Vec<StageRunState<'a>> {
    let mut stages: Vec<StageRunState<'a>> = detail.stages.iter().map(|s| stage_of(s, execution)).collect();
    if let Some(execution) = execution
        && execution.execution_type != "ROLLBACK"
    {
        infer_passed(&mut stages, execution);
    }
    for stage in &mut stages {
        if stage.mark == StageMark::None && !stage.stage.transition_enabled {
            stage.mark = StageMark::Off;
        }
    }
    stages
}

/// An execution enters stages in order, so what lies before a stage it reached was passed, even where that was not read.
/// Not so in a rollback, which starts in its stage.
fn infer_passed(stages: &mut [StageRunState<'_>], execution: &ExecutionDetail) {
    let reached = match execution.status.as_str() {
        "Succeeded" => stages.len(),
        _ => stages.iter().rposition(|s| s.mark != StageMark::None).unwrap_or(0),
    };
    for stage in stages.iter_mut().take(reached).filter(|s| s.mark == StageMark::None) {
        stage.mark = StageMark::Ok;
    }
}

fn stage_of<'a>(stage: &'a StageState, execution: Option<&'a ExecutionDetail>) -> StageRunState<'a> {
    let is_latest = execution.is_none_or(|e| stage.execution_id.as_deref() == Some(e.execution_id.as_str()));
    let was_read = execution.is_some_and(|e| e.actions.iter().any(|a| a.stage == stage.name));
    let mut actions: Vec<ActionRunState<'a>> = stage
        .actions
        .iter()
        .map(|action| {
            let state = if was_read {
                // Oldest first: after a retry the last one counts.
                execution
                    .and_then(|e| {
                        e.actions.iter().rfind(|a| a.stage == stage.name && a.state.def.name == action.def.name)
                    })
                    .map(|a| &a.state)
            } else {
                Some(action).filter(|a| is_latest && a.status.is_some() && !is_from_before(a, execution))
            };
            ActionRunState { def: &action.def, state, mark: action_mark(&action.def, state) }
        })
        .collect();
    actions.sort_by_key(|a| a.def.run_order);
    let mark = match (is_latest, stage.status.as_deref()) {
        (true, Some(status)) => stage_mark(status, &actions),
        _ => mark_from_actions(&actions, execution),
    };
    StageRunState { stage, mark, actions }
}

/// Whether what the stage shows for an action was left there by an execution before the one looked at.
fn is_from_before(action: &ActionState, execution: Option<&ExecutionDetail>) -> bool {
    match (action.changed_at, execution.and_then(|e| e.started_at)) {
        (Some(changed), Some(started)) => changed < started,
        _ => false,
    }
}

pub(crate) fn action_mark(def: &ActionDef, state: Option<&ActionState>) -> StageMark {
    match state.and_then(|s| s.status.as_deref()) {
        Some("Succeeded") => StageMark::Ok,
        Some("Failed") => StageMark::Failed,
        Some("InProgress") if def.category == "Approval" => StageMark::Waiting,
        Some("InProgress") => StageMark::Running,
        Some("Abandoned") => StageMark::Stopped,
        _ => StageMark::None,
    }
}

fn stage_mark(status: &str, actions: &[ActionRunState<'_>]) -> StageMark {
    match status {
        "Succeeded" => StageMark::Ok,
        "Failed" => StageMark::Failed,
        "InProgress" => under_way(actions),
        "Stopping" | "Stopped" | "Cancelled" => StageMark::Stopped,
        _ => StageMark::None,
    }
}

/// A person is waited for only if nothing else goes on beside the approval.
fn under_way(actions: &[ActionRunState<'_>]) -> StageMark {
    let any = |mark| actions.iter().any(|a| a.mark == mark);
    if any(StageMark::Waiting) && !any(StageMark::Running) { StageMark::Waiting } else { StageMark::Running }
}

fn mark_from_actions(actions: &[ActionRunState<'_>], execution: Option<&ExecutionDetail>) -> StageMark {
    let any = |mark| actions.iter().any(|a| a.mark == mark);
    if any(StageMark::Failed) {
        StageMark::Failed
    } else if any(StageMark::Running) || any(StageMark::Waiting) {
        under_way(actions)
    } else if any(StageMark::Stopped) {
        StageMark::Stopped
    } else if !any(StageMark::Ok) {
        StageMark::None
    } else if !any(StageMark::None) {
        StageMark::Ok
    } else {
        // Some actions passed, the others were not reached: the execution's own end says why.
        match execution.map(|e| e.status.as_str()) {
            Some("InProgress") => StageMark::Running,
            Some("Failed") => StageMark::Failed,
            Some("Stopped" | "Stopping" | "Cancelled") => StageMark::Stopped,
            _ => StageMark::Ok,
        }
    }
}

/// The strip of a row. `readable` is whether its source can be read now: if not, what was under way is not known any more.
pub fn strip(stages: &[StageRunState<'_>], aspect: Option<Aspect>, readable: bool) -> Vec<StageCell> {
    stages.iter().map(|s| StageCell { name: s.stage.name.clone(), mark: as_judged(s.mark, aspect, readable) }).collect()
}

/// A mark in the light of the whole row: longer than usual, or not readable any more.
pub fn as_judged(mark: StageMark, aspect: Option<Aspect>, readable: bool) -> StageMark {
    match mark {
        // What waited or was stuck when last read most likely still is; what ran has gone on unseen.
        StageMark::Running if aspect == Some(Aspect::Stuck) => StageMark::Stuck,
        StageMark::Running if !readable => StageMark::Unknown,
        other => other,
    }
}

/// The stage that matters: where it failed, stopped, waits, runs or is held; none when nothing does.
pub fn matters(strip: &[StageCell], aspect: Option<Aspect>) -> Option<&str> {
    const ORDER: [StageMark; 6] = [
        StageMark::Failed,
        StageMark::Waiting,
        StageMark::Stuck,
        StageMark::Running,
        StageMark::Unknown,
        StageMark::Stopped,
    ];
    let held = (aspect == Some(Aspect::Held)).then_some(StageMark::Off);
    ORDER.into_iter().chain(held).find_map(|mark| strip.iter().find(|s| s.mark == mark)).map(|s| s.name.as_str())
}

#[cfg(test)]
#[path = "stages_tests.rs"]
mod tests;
