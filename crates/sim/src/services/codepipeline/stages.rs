//! What is done to one stage: RetryStageExecution, RollbackStage, EnableStageTransition, DisableStageTransition.

use serde_json::{Value, json};

use super::Call;
use crate::{
    service::ApiError,
    world::{
        pipeline::{Mode, Pipeline, Status},
        time::Ms,
    },
};

/// Executions from before this instant (2024-02-01) cannot be rolled back to.
const ROLLBACK_SINCE: Ms = 1_706_745_600_000;

impl Call<'_> {
    pub(super) fn retry_stage_execution(&mut self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let stage = self.stage(pipeline)?;
        let name = self.text("stageName").to_owned();
        let id = self.text("pipelineExecutionId").to_owned();
        let all = self.text("retryMode") == "ALL_ACTIONS";
        let not_retryable = |why: String| Err(ApiError::client("StageNotRetryableException", why));
        let Some(number) = pipeline.find(&id) else {
            return not_retryable(format!("Pipeline execution '{id}' does not exist in pipeline '{}'", pipeline.name));
        };
        let e = &pipeline.executions[number as usize];
        if pipeline.mode != Mode::Parallel && pipeline.stages[stage].latest != Some(number) {
            return Err(ApiError::client(
                "NotLatestPipelineExecutionException",
                format!(
                    "Execution '{id}' is not the latest execution in stage '{name}' of pipeline '{}'",
                    pipeline.name
                ),
            ));
        }
        match e.in_stage(pipeline.structure_of(e), stage) {
            Some(Status::InProgress | Status::Stopping) => {
                return Err(ApiError::client(
                    "ConflictException",
                    format!("Stage '{name}' is in progress and cannot be retried"),
                ));
            }
            Some(Status::Failed | Status::Stopped) => {}
            _ => return not_retryable(format!("Stage '{name}' has no failed or stopped actions to retry")),
        }
        if e.version != pipeline.version() {
            return not_retryable(format!(
                "The pipeline structure has changed since the execution: it ran on version {}, the pipeline is at version {}",
                e.version,
                pipeline.version()
            ));
        }
        busy(pipeline, stage, &name)?;
        self.world.retry(p, number, stage, all, self.now);
        Ok(json!({ "pipelineExecutionId": id }))
    }

    pub(super) fn rollback_stage(&mut self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let stage = self.stage(pipeline)?;
        let name = self.text("stageName").to_owned();
        let id = self.text("targetPipelineExecutionId").to_owned();
        let unable = |why: String| Err(ApiError::client("UnableToRollbackStageException", why));
        let target = self.execution(pipeline, &id)?;
        if pipeline.mode == Mode::Parallel {
            return unable(format!(
                "Pipeline '{}' runs in PARALLEL mode: its stages cannot be rolled back",
                pipeline.name
            ));
        }
        if stage == 0 {
            return unable(format!("Stage '{name}' is the source stage and cannot be rolled back"));
        }
        let e = &pipeline.executions[target as usize];
        if e.rollback() {
            return unable(format!("Execution '{id}' is a rollback and cannot be a target"));
        }
        if e.version != pipeline.version() || e.started < ROLLBACK_SINCE {
            return Err(ApiError::client(
                "PipelineExecutionOutdatedException",
                format!(
                    "Execution '{id}' started on version {} of the pipeline structure; the current version is {}",
                    e.version,
                    pipeline.version()
                ),
            ));
        }
        if e.in_stage(pipeline.structure_of(e), stage) != Some(Status::Succeeded) {
            return unable(format!("Execution '{id}' did not succeed in stage '{name}'"));
        }
        busy(pipeline, stage, &name)?;
        let number = self.world.start_rollback(p, stage, target, self.request.caller_arn.into(), self.now);
        Ok(json!({ "pipelineExecutionId": self.world.pipeline(p).executions[number as usize].id.to_string() }))
    }

    pub(super) fn set_transition(&mut self, open: bool) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let stage = self.stage(self.world.pipeline(p))?;
        // An outbound transition is the inbound one of the next stage.
        let stage = match self.text("transitionType") {
            "Outbound" => stage + 1,
            _ => stage,
        };
        if stage >= self.world.pipeline(p).stages.len() {
            return Err(ApiError::client(
                "ValidationException",
                "The last stage of a pipeline has no outbound transition",
            ));
        }
        let reason = (!open).then(|| self.text("reason").to_owned());
        self.world.set_transition(p, stage, reason, self.request.caller_arn, self.now);
        Ok(json!({}))
    }
}

/// Refuses if the stage is held by an execution.
fn busy(pipeline: &Pipeline, stage: usize, name: &str) -> Result<(), ApiError> {
    match pipeline.stages[stage].holder {
        None => Ok(()),
        Some(holder) => Err(ApiError::client(
            "ConflictException",
            format!("Stage '{name}' is in progress with execution '{}'", pipeline.executions[holder as usize].id),
        )),
    }
}
