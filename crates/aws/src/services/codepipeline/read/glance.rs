//! The first pass over a pipeline: its state alone, on top of what is known of it. Enough for a row.

use aws_sdk_codepipeline::operation::get_pipeline_state::GetPipelineStateOutput;
use skydeck_domain::{
    ErrorInfo,
    pipeline::{ExecutionDetail, PipelineDetail, StageState},
};

use super::{
    super::{
        ids,
        rows::{
            approval, execution,
            pipeline::{Known, Listed},
            stage,
            structure::Structure,
        },
    },
    Reader,
};
use crate::{
    AwsError, ErrorClass,
    services::{ends_the_read, instant},
};

/// A pipeline after the first pass, and what is left to read of it.
pub(super) struct Glance {
    /// What is known so far.
    pub known: Known,
    /// The answer it came from, to be read again with the structure.
    pub state: Option<GetPipelineStateOutput>,
    /// The row as it was before this read.
    pub before: Option<PipelineDetail>,
    /// Whether the structure is to be read.
    pub wants_structure: bool,
    /// Whether the executions are to be read.
    pub wants_executions: bool,
}

impl Reader<'_> {
    /// Reads a pipeline's state; none if it is gone, or if nothing is to be said of it.
    pub(super) async fn glance(&self, mut listed: Listed) -> Result<Option<Glance>, AwsError> {
        let caller = &self.ctx.caller;
        let before: Option<PipelineDetail> = self.known(&ids::pipeline_arn(caller, &listed.name)).await;
        let (state, missing) = match self.state(&listed.name).await {
            Ok(state) => (Some(state), Vec::new()),
            Err(error) if error.class == ErrorClass::NotFound => {
                self.gone(&listed.name).await;
                return Ok(None);
            }
            Err(error) if ends_the_read(&error) => return Err(error),
            Err(error) => {
                let info = error.info.clone();
                let passing = error.class == ErrorClass::Failed && before.as_ref().is_some_and(has_state);
                self.sink.problem(error).await;
                if passing {
                    return Ok(None); // the row stays as last read, and its age says so
                }
                (None, vec![info])
            }
        };
        if let Some(state) = &state {
            listed.version = state.pipeline_version().unwrap_or(listed.version);
            listed.updated_at = instant::maybe(state.updated()).or(listed.updated_at);
        }
        let structure = before.as_ref().and_then(Structure::known);
        let stages = state.as_ref().map(|s| stage::stages(s, structure.as_ref()));
        let executions = self.known_executions(&listed.name, before.as_ref(), stages.as_deref()).await;
        let wants_executions = wants_executions(before.as_ref(), stages.as_deref());
        let glance = Glance {
            wants_structure: self.wants_structure(&listed, before.as_ref(), structure.as_ref(), stages.as_deref()),
            wants_executions,
            known: Known { listed, structure, stages, executions, whole: !wants_executions, missing },
            state,
            before,
        };
        // What has not moved gets its row once, after the second pass.
        if glance.before.is_none() || (glance.state.is_some() && glance.wants_executions) {
            self.sink.rows(vec![glance.known.row(caller, self.ctx.clock.now())]).await;
        }
        Ok(Some(glance))
    }

    /// A pipeline's state; not asked for once it is known that the call answers for none.
    async fn state(&self, pipeline: &str) -> Result<GetPipelineStateOutput, AwsError> {
        if let Some(error) = self.seen.lock().await.states_are_down() {
            return Err(error.clone());
        }
        let answer = self.calls.state(pipeline).await;
        let mut seen = self.seen.lock().await;
        match &answer {
            Ok(_) => seen.state_answered = true,
            Err(error) if error.class == ErrorClass::NotFound => {}
            Err(error) => {
                seen.states_missing = true;
                if error.class == ErrorClass::Failed {
                    seen.state_failures.push(error.clone());
                }
            }
        }
        answer
    }

    /// The executions that the stages hold and the one that was shown, as the cache knows them, newest first.
    async fn known_executions(
        &self,
        pipeline: &str,
        before: Option<&PipelineDetail>,
        stages: Option<&[StageState]>,
    ) -> Vec<ExecutionDetail> {
        let Some(before) = before else { return Vec::new() };
        let mut found: Vec<ExecutionDetail> = before.execution.iter().cloned().collect();
        let mut held: Vec<String> = Vec::new();
        for stage in stages.unwrap_or_default() {
            held.extend(stage.inbound_execution_id.clone());
            held.extend(stage.execution_id.clone());
        }
        for id in held {
            if found.iter().any(|e| e.execution_id == id) {
                continue;
            }
            let row = self.sink.known(&ids::execution_row_id(&self.ctx.caller, pipeline, &id)).await;
            found.extend(row.and_then(|row| row.detail()));
        }
        found.sort_by_key(|e| std::cmp::Reverse(e.started_at));
        found
    }

    /// New, changed, never read whole, or an approval waits whose note and patience are not known.
    fn wants_structure(
        &self,
        listed: &Listed,
        before: Option<&PipelineDetail>,
        structure: Option<&Structure>,
        stages: Option<&[StageState]>,
    ) -> bool {
        let current = before.is_some_and(|d| d.version == listed.version && d.updated_at == listed.updated_at);
        let unread = before.is_some_and(|d| is_missing(&d.missing, "GetPipeline"));
        let caller = &self.ctx.caller;
        let unknown_approval = approval::waiting(stages.unwrap_or_default()).any(|w| {
            let arn = ids::action_arn(caller, &listed.name, &w.stage.name, &w.action.def.name);
            !self.approvals.contains_key(&format!("{}/{arn}", caller.profile))
        });
        structure.is_none() || !current || unread || unknown_approval
    }
}

/// Whether the stages hold other executions than before, or something is under way that the stages cannot tell of.
fn wants_executions(before: Option<&PipelineDetail>, stages: Option<&[StageState]>) -> bool {
    let (Some(before), Some(stages)) = (before, stages) else { return true };
    let holds =
        |s: &StageState| (s.name.clone(), s.execution_id.clone(), s.status.clone(), s.inbound_execution_id.clone());
    let moved = !before.stages.iter().map(holds).eq(stages.iter().map(holds));
    let moving = stages
        .iter()
        .any(|s| s.inbound_execution_id.is_some() || matches!(s.status.as_deref(), Some("InProgress" | "Stopping")));
    let unended = before.execution.as_ref().is_some_and(|e| !execution::is_over(&e.status)) && !moving;
    let side_by_side = before.execution_mode != "SUPERSEDED" && moving;
    moved || unended || side_by_side || is_missing(&before.missing, "ListPipelineExecutions")
}

fn has_state(detail: &PipelineDetail) -> bool {
    detail.stages.iter().any(|s| s.status.is_some())
}

pub(super) fn is_missing(missing: &[ErrorInfo], operation: &str) -> bool {
    missing.iter().any(|m| m.operation.as_deref() == Some(operation))
}
