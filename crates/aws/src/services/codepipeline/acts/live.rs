//! What the plans read live, and the pieces they are written with: what serves now, targets, state for the fingerprint.

use aws_sdk_codepipeline::types::PipelineExecutionSummary;
use skydeck_domain::{
    Target,
    action::Current,
    pipeline::{ExecutionDetail, Revision, StageState, short_id},
};

use super::super::{
    calls::Calls,
    ids::{self, Named},
    rows::{execution, stage, structure::Structure},
};
use crate::{
    AwsError,
    service::ReadCtx,
    services::{command::Command, text},
    session::Caller,
};

/// A pipeline as it is right now.
pub(super) struct Live<'a> {
    /// To read more.
    pub calls: Calls<'a>,
    /// Whose answers these are.
    pub caller: &'a Caller,
    /// Structure.
    pub structure: Structure,
    /// Stages with their state.
    pub stages: Vec<StageState>,
}

impl<'a> Live<'a> {
    /// Reads state and structure.
    pub(super) async fn read(ctx: &'a ReadCtx, named: &Named) -> Result<Live<'a>, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let (state, structure) = futures::try_join!(calls.state(&named.pipeline), calls.structure(&named.pipeline))?;
        let structure = Structure::read(&structure, ids::here(&ctx.caller)).ok_or_else(|| {
            ctx.caller.refused("NoStructure", format!("AWS gave no structure of pipeline {}.", named.pipeline))
        })?;
        let stages = stage::stages(&state, Some(&structure));
        Ok(Live { calls, caller: &ctx.caller, structure, stages })
    }

    /// The stage that is named, or what there is to name.
    pub(super) fn stage(&self, named: &Named) -> Result<&StageState, AwsError> {
        named_stage(self.caller, &self.stages, named)
    }

    /// Executions as rows keep them.
    pub(super) fn details(&self, pipeline: &str, summaries: &[PipelineExecutionSummary]) -> Vec<ExecutionDetail> {
        summaries.iter().filter_map(|s| execution::detail(s, pipeline, Some(&self.structure))).collect()
    }
}

/// The stage that is named, or an error that says which there are.
pub(super) fn named_stage<'s>(
    caller: &Caller,
    stages: &'s [StageState],
    named: &Named,
) -> Result<&'s StageState, AwsError> {
    let found = named.stage.as_ref().and_then(|name| stages.iter().find(|s| s.name == *name));
    found.ok_or_else(|| {
        let names = stages.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
        let what = match &named.stage {
            Some(stage) => format!("Pipeline {} has no stage `{stage}`.", named.pipeline),
            None => format!("This needs a stage: `<pipeline ARN>/<stage>`, of {}.", named.pipeline),
        };
        caller.refused("NoSuchStage", format!("{what} Stages: {names}."))
    })
}

/// Why a plan could not be made, and what would help.
pub(super) fn unreadable(error: &AwsError) -> String {
    let operation = error.info.operation.as_deref().unwrap_or("its state");
    error.advised(&format!("{operation} could not be read ({}): {}", error.info.code, error.info.message))
}

/// `9f3c2e1 Apply coupon before tax`; without a revision the execution id.
pub(super) fn label(execution: &ExecutionDetail) -> String {
    match execution.revisions.first() {
        Some(Revision { id, message: Some(message), .. }) => format!("{} {}", short_id(id), text::cut(message, 72)),
        Some(revision) => short_id(&revision.id),
        None => execution.execution_id.clone(),
    }
}

/// An execution as what serves, or runs, now.
pub(super) fn current(execution: &ExecutionDetail, status: Option<&str>) -> Current {
    Current {
        id: execution.execution_id.clone(),
        label: label(execution),
        status: Some(status.unwrap_or(&execution.status).to_owned()),
        revision: execution.revisions.first().cloned(),
        at: execution.started_at,
    }
}

/// What a stage holds, from the executions if it is among them, else by its id alone.
pub(super) fn current_of(stage: &StageState, executions: &[ExecutionDetail]) -> Option<Current> {
    let id = stage.execution_id.as_ref()?;
    let listed = executions.iter().find(|e| e.execution_id == *id);
    Some(listed.map(|e| current(e, stage.status.as_deref())).unwrap_or_else(|| Current {
        id: id.clone(),
        label: id.clone(),
        status: stage.status.clone(),
        revision: None,
        at: None,
    }))
}

/// An execution as a target.
pub(super) fn target(execution: &ExecutionDetail, why_not: Option<String>) -> Target {
    Target {
        id: execution.execution_id.clone(),
        label: label(execution),
        valid: why_not.is_none(),
        why_not,
        revision: execution.revisions.first().cloned(),
        at: execution.started_at,
        served_ms: None,
        mark: None,
    }
}

/// The id with what it ships: `execution a91c07de (9f3c2e1 Apply coupon)`.
pub(super) fn execution_words(current: &Current) -> String {
    let id = text::cut(&current.id, 12);
    if current.label == current.id { format!("execution {id}") } else { format!("execution {id} ({})", current.label) }
}

/// What a stage holds, for the fingerprint: who is in it, how, and whether one waits before it.
pub(super) fn stage_state(structure: &Structure, stage: &StageState) -> Vec<String> {
    vec![
        format!("version {}", structure.version),
        format!("{} {}", stage.name, stage.status.as_deref().unwrap_or("-")),
        stage.execution_id.clone().unwrap_or_default(),
    ]
}

/// `aws codepipeline <operation>`.
pub(super) fn cli(operation: &str) -> Command {
    Command::new("codepipeline", operation)
}
