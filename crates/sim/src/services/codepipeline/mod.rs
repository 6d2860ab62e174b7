//! CodePipeline as callers see it: reading in `structure`, `state`, `executions` and `actions`; changing in `starting`,
//! `stages` and `approvals`. Which inputs the model forbids is checked before, by the protocol layer; here stand the
//! preconditions that AWS checks against the pipeline itself.

mod actions;
mod approvals;
mod executions;
mod stages;
mod starting;
mod state;
mod structure;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::{
    service::{ApiError, Request, Service},
    world::{
        World, page,
        pipeline::{Pipeline, PipelineRef},
        place::Place,
        provider::Setting,
        structure::ActionDef,
        time::Ms,
    },
};

/// The service.
#[derive(Debug)]
pub(super) struct CodePipeline;

impl Service<World> for CodePipeline {
    fn id(&self) -> &'static str {
        "codepipeline"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "DisableStageTransition",
            "EnableStageTransition",
            "GetPipeline",
            "GetPipelineExecution",
            "GetPipelineState",
            "ListActionExecutions",
            "ListPipelineExecutions",
            "ListPipelines",
            "ListTagsForResource",
            "PutApprovalResult",
            "RetryStageExecution",
            "RollbackStage",
            "StartPipelineExecution",
            "StopPipelineExecution",
        ]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        let now = world.now_ms();
        let mut call = Call { world, request, now };
        match request.operation {
            "DisableStageTransition" => call.set_transition(false),
            "EnableStageTransition" => call.set_transition(true),
            "GetPipeline" => call.get_pipeline(),
            "GetPipelineExecution" => call.get_pipeline_execution(),
            "GetPipelineState" => call.get_pipeline_state(),
            "ListActionExecutions" => call.list_action_executions(),
            "ListPipelineExecutions" => call.list_pipeline_executions(),
            "ListPipelines" => call.list_pipelines(),
            "ListTagsForResource" => call.list_tags(),
            "PutApprovalResult" => call.put_approval_result(),
            "RetryStageExecution" => call.retry_stage_execution(),
            "RollbackStage" => call.rollback_stage(),
            "StartPipelineExecution" => call.start_pipeline_execution(),
            "StopPipelineExecution" => call.stop_pipeline_execution(),
            other => Err(ApiError::client("UnknownOperationException", format!("{other} is not offered"))),
        }
    }
}

/// One call with the world it is made in.
struct Call<'a> {
    world: &'a mut World,
    request: &'a Request<'a>,
    now: Ms,
}

impl Call<'_> {
    fn text(&self, member: &str) -> &str {
        self.request.input.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    fn limit(&self, most: usize) -> usize {
        let asked = self.request.input.get("maxResults").and_then(Value::as_u64).unwrap_or(most as u64);
        usize::try_from(asked).unwrap_or(most).clamp(1, most)
    }

    /// Where the call's pipeline is. `member` is the input that names it.
    fn find(&self, member: &str) -> Result<PipelineRef, ApiError> {
        let name = self.text(member);
        self.world.find_pipeline(self.request.account, self.request.region, name).ok_or_else(|| {
            ApiError::client(
                "PipelineNotFoundException",
                format!("Account '{}' does not have a pipeline with name '{name}'", self.request.account),
            )
        })
    }

    fn place(&self, p: PipelineRef) -> &Place {
        &self.world.places[p.place as usize]
    }

    fn setting<'b>(&'b self, p: PipelineRef, action: &'b ActionDef) -> Setting<'b> {
        let place = self.place(p);
        let pipeline = &place.pipelines[p.index as usize];
        Setting {
            account: &place.account,
            region: &place.region,
            pipeline: &pipeline.name,
            action,
            line: self.world.lines.get(pipeline.habits.line as usize),
            unmasked: self.world.unmasked,
        }
    }

    /// Position of the call's stage in the current structure.
    fn stage(&self, pipeline: &Pipeline) -> Result<usize, ApiError> {
        let name = self.text("stageName");
        pipeline.structure().stage(name).ok_or_else(|| {
            ApiError::client(
                "StageNotFoundException",
                format!("Pipeline '{}' does not have a stage with name '{name}'", pipeline.name),
            )
        })
    }

    /// Number of the execution with that id.
    fn execution(&self, pipeline: &Pipeline, id: &str) -> Result<u32, ApiError> {
        pipeline.find(id).ok_or_else(|| {
            ApiError::client(
                "PipelineExecutionNotFoundException",
                format!("Pipeline execution with id '{id}' does not exist for pipeline '{}'", pipeline.name),
            )
        })
    }

    fn scope(&self, filters: &str) -> [String; 4] {
        [self.request.operation, self.request.account, self.request.region, filters].map(str::to_owned)
    }

    /// Key to go on after, if the call carries a token.
    fn go_on_after(&self, filters: &str) -> Result<Option<String>, ApiError> {
        let Some(token) = self.request.input.get("nextToken").and_then(Value::as_str) else { return Ok(None) };
        let scope = self.scope(filters);
        let scope: Vec<&str> = scope.iter().map(String::as_str).collect();
        match page::key(self.world.seed, &scope, token) {
            Some(key) => Ok(Some(key)),
            None => Err(ApiError::client(
                "InvalidNextTokenException",
                "The next token is not valid: it was specified in an invalid format",
            )),
        }
    }

    fn token_after(&self, filters: &str, key: &str) -> String {
        let scope = self.scope(filters);
        let scope: Vec<&str> = scope.iter().map(String::as_str).collect();
        page::token(self.world.seed, &scope, key)
    }
}

/// An answer with these members; those that are null are absent.
fn answer(members: Value) -> Value {
    match members {
        Value::Object(map) => Value::Object(map.into_iter().filter(|(_, v)| !v.is_null()).collect::<Map<_, _>>()),
        other => other,
    }
}
