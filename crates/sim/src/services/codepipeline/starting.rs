//! StartPipelineExecution and StopPipelineExecution.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Call;
use crate::{
    service::ApiError,
    world::pipeline::{Given, Mode, Pipeline, Status, Trigger},
};

/// Executions that may be under way in a pipeline at once (CodePipeline user guide, "Quotas").
const MOST_AT_ONCE: usize = 50;

impl Call<'_> {
    pub(super) fn start_pipeline_execution(&mut self) -> Result<Value, ApiError> {
        let p = self.find("name")?;
        let pipeline = self.world.pipeline(p);
        let token = self.request.input.get("clientRequestToken").and_then(Value::as_str).map(str::to_owned);
        if let Some(number) = token.as_ref().and_then(|t| pipeline.started_by_token.get(t)) {
            let id = pipeline.executions[*number as usize].id.to_string();
            return Ok(json!({ "pipelineExecutionId": id }));
        }
        let given = self.given(pipeline)?;
        if pipeline.mode != Mode::Superseded && pipeline.active().count() >= MOST_AT_ONCE {
            return Err(ApiError::client(
                "ConcurrentPipelineExecutionsLimitExceededException",
                format!("Pipeline '{}' has reached the limit of {MOST_AT_ONCE} concurrent executions", pipeline.name),
            ));
        }
        let trigger = Trigger { kind: "StartPipelineExecution", detail: self.request.caller_arn.into() };
        let number = self.world.start(p, trigger, given.map(Box::new), self.now);
        if let Some(token) = token {
            self.world.pipeline_mut(p).started_by_token.insert(token, number);
        }
        Ok(json!({ "pipelineExecutionId": self.world.pipeline(p).executions[number as usize].id.to_string() }))
    }

    fn given(&self, pipeline: &Pipeline) -> Result<Option<Given>, ApiError> {
        let refuse = |message: String| Err(ApiError::client("ValidationException", message));
        let list = |member: &str| self.request.input.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
        let field = |v: &Value, name: &str| v[name].as_str().unwrap_or_default().to_owned();
        let structure = pipeline.structure();
        let mut variables = BTreeMap::new();
        for v in list("variables") {
            let name = field(&v, "name");
            if !pipeline.v2 {
                return refuse(format!(
                    "Variables are only supported for pipelines of type V2; pipeline '{}' is of type V1",
                    pipeline.name
                ));
            }
            if !structure.variables.iter().any(|declared| declared.name == name) {
                return refuse(format!("Variable '{name}' is not declared in pipeline '{}'", pipeline.name));
            }
            variables.insert(name, field(&v, "value"));
        }
        let missing =
            structure.variables.iter().find(|v| pipeline.v2 && v.default.is_none() && !variables.contains_key(&v.name));
        if let Some(v) = missing {
            return refuse(format!("Variable '{}' has no default value and must be given", v.name));
        }
        let mut revisions = BTreeMap::new();
        for r in list("sourceRevisions") {
            let (name, kind) = (field(&r, "actionName"), field(&r, "revisionType"));
            let Some((_, action)) = structure.sources().find(|(_, a)| a.name == name) else {
                return refuse(format!("Source action '{name}' does not exist in pipeline '{}'", pipeline.name));
            };
            let fits =
                kind == action.provider.revision_type() || (kind == "S3_OBJECT_KEY" && action.provider.name() == "S3");
            if !fits {
                return refuse(format!(
                    "Revision type {kind} is not supported for source action '{name}' of provider {}",
                    action.provider.name()
                ));
            }
            revisions.insert(name, (kind, field(&r, "revisionValue")));
        }
        let nothing = variables.is_empty() && revisions.is_empty();
        Ok((!nothing).then_some(Given { variables, revisions, stop_reason: None }))
    }

    pub(super) fn stop_pipeline_execution(&mut self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let id = self.text("pipelineExecutionId").to_owned();
        let abandon = self.request.input.get("abandon").and_then(Value::as_bool).unwrap_or(false);
        let not_stoppable = |why: String| Err(ApiError::client("PipelineExecutionNotStoppableException", why));
        let Some(number) = pipeline.find(&id) else {
            return not_stoppable(format!("Pipeline execution '{id}' does not exist in pipeline '{}'", pipeline.name));
        };
        let e = &pipeline.executions[number as usize];
        if e.over() {
            return not_stoppable(format!(
                "Pipeline execution '{id}' is already complete: its status is {}",
                e.status.word()
            ));
        }
        if e.status == Status::Stopping && !abandon {
            return Err(ApiError::client(
                "DuplicatedStopRequestException",
                format!(
                    "Pipeline execution '{id}' is already being stopped. Stop and abandon to not wait for its actions"
                ),
            ));
        }
        let reason = self.request.input.get("reason").and_then(Value::as_str).map(str::to_owned);
        self.world.stop(p, number, abandon, reason, self.now);
        Ok(json!({ "pipelineExecutionId": id }))
    }
}
