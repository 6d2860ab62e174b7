//! ListPipelineExecutions and GetPipelineExecution.

use serde_json::{Value, json};

use super::{Call, answer};
use crate::{
    service::ApiError,
    world::{
        line::Commit,
        pipeline::{Execution, Pipeline, PipelineRef, Status},
        time::{DAY, seconds},
    },
};

impl Call<'_> {
    pub(super) fn list_pipeline_executions(&self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let stage = self.request.input.get("filter").and_then(|f| f["succeededInStage"]["stageName"].as_str());
        let number = match stage {
            None => None,
            Some(name) => Some(pipeline.structure().stage(name).ok_or_else(|| {
                ApiError::client(
                    "ValidationException",
                    format!("Stage '{name}' does not exist in pipeline '{}'", pipeline.name),
                )
            })?),
        };
        let filters = format!("{} {}", pipeline.name, stage.unwrap_or_default());
        let after = self.go_on_after(&filters)?.and_then(|key| key.parse::<usize>().ok());
        let limit = self.limit(100);
        let end = after.unwrap_or(pipeline.executions.len()).min(pipeline.executions.len());
        // History is kept for twelve months.
        let oldest = self.now - 365 * DAY;
        let shown = self.now - self.request.behind;
        let wanted = |e: &Execution| {
            e.updated >= oldest
                && e.started <= shown
                && number.is_none_or(|s| e.in_stage(pipeline.structure_of(e), s) == Some(Status::Succeeded))
        };
        let mut rest = (0..end).rev().filter(|n| wanted(&pipeline.executions[*n]));
        let page: Vec<usize> = rest.by_ref().take(limit).collect();
        let more = rest.next().is_some();
        let token = page.last().filter(|_| more).map(|n| self.token_after(&filters, &n.to_string()));
        let summaries: Vec<Value> = page.iter().map(|n| self.summary(p, &pipeline.executions[*n])).collect();
        Ok(answer(json!({ "pipelineExecutionSummaries": summaries, "nextToken": token })))
    }

    fn summary(&self, p: PipelineRef, e: &Execution) -> Value {
        let pipeline = self.world.pipeline(p);
        // A list that is behind does not know of the change yet.
        let known = e.updated <= self.now - self.request.behind;
        let stop = e.given.as_ref().and_then(|g| g.stop_reason.as_ref()).filter(|_| known);
        answer(json!({
            "pipelineExecutionId": e.id.to_string(),
            "status": if known { e.status } else { Status::InProgress }.word(),
            "statusSummary": status_summary(e).filter(|_| known),
            "startTime": seconds(e.started),
            "lastUpdateTime": seconds(if known { e.updated } else { e.started }),
            "sourceRevisions": self.source_revisions(p, pipeline, e),
            "trigger": trigger(e),
            "stopTrigger": stop.map(|reason| json!({ "reason": reason })),
            "executionMode": pipeline.mode.word(),
            "executionType": kind(e),
            "rollbackMetadata": rollback(e),
        }))
    }

    pub(super) fn get_pipeline_execution(&self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let e = &pipeline.executions[self.execution(pipeline, self.text("pipelineExecutionId"))? as usize];
        let structure = pipeline.structure_of(e);
        let artifacts: Vec<Value> = structure
            .sources()
            .filter_map(|(number, action)| {
                let commit = self.revision_of(e, number)?;
                Some(answer(json!({
                    "name": format!("{}Output", action.name),
                    "revisionId": action.provider.revision_id(commit),
                    "revisionSummary": action.provider.revision_summary(commit),
                    "created": seconds(commit.at),
                    "revisionUrl": self.setting(p, action).revision_url(commit),
                })))
            })
            .collect();
        let given = e.given.as_deref();
        let variables: Vec<Value> = structure
            .variables
            .iter()
            .filter(|_| pipeline.v2)
            .filter_map(|v| {
                let value = given.and_then(|g| g.variables.get(&v.name)).or(v.default.as_ref())?;
                Some(json!({ "name": v.name, "resolvedValue": value }))
            })
            .collect();
        Ok(json!({ "pipelineExecution": answer(json!({
            "pipelineName": pipeline.name,
            "pipelineVersion": e.version,
            "pipelineExecutionId": e.id.to_string(),
            "status": e.status.word(),
            "statusSummary": status_summary(e),
            "artifactRevisions": artifacts,
            "variables": variables,
            "trigger": trigger(e),
            "executionMode": pipeline.mode.word(),
            "executionType": kind(e),
            "rollbackMetadata": rollback(e),
        })) }))
    }

    fn source_revisions(&self, p: PipelineRef, pipeline: &Pipeline, e: &Execution) -> Vec<Value> {
        pipeline
            .structure_of(e)
            .sources()
            .filter_map(|(number, action)| {
                let commit = self.revision_of(e, number)?;
                Some(answer(json!({
                    "actionName": action.name,
                    "revisionId": action.provider.revision_id(commit),
                    "revisionSummary": action.provider.revision_summary(commit),
                    "revisionUrl": self.setting(p, action).revision_url(commit),
                })))
            })
            .collect()
    }

    /// Commit that a source action brought.
    pub(super) fn revision_of(&self, e: &Execution, source: usize) -> Option<&Commit> {
        let revision = e.revisions.iter().find(|r| usize::from(r.source) == source)?;
        self.world.lines[revision.line as usize].commits.get(revision.commit as usize)
    }
}

fn kind(e: &Execution) -> &'static str {
    if e.rollback() { "ROLLBACK" } else { "STANDARD" }
}

fn rollback(e: &Execution) -> Value {
    e.rollback_of.map_or(Value::Null, |id| json!({ "rollbackTargetPipelineExecutionId": id.to_string() }))
}

fn trigger(e: &Execution) -> Value {
    json!({ "triggerType": e.trigger.kind, "triggerDetail": e.trigger.detail.as_ref() })
}

fn status_summary(e: &Execution) -> Option<String> {
    match e.status {
        Status::Stopped | Status::Stopping => e.given.as_ref().and_then(|g| g.stop_reason.clone()),
        _ => None,
    }
}
