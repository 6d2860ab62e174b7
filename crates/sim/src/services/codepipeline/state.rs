//! GetPipelineState: every stage as it stands, with the latest run of each action and who waits at the door.

use serde_json::{Value, json};

use super::{Call, answer};
use crate::{
    service::ApiError,
    world::{
        pipeline::{Execution, Pipeline, PipelineRef, StageNow, Status},
        provider::Provider,
        structure::ActionDef,
        time::seconds,
    },
};

impl Call<'_> {
    pub(super) fn get_pipeline_state(&self) -> Result<Value, ApiError> {
        let p = self.find("name")?;
        let pipeline = self.world.pipeline(p);
        let stages: Vec<Value> = pipeline
            .structure()
            .stages
            .iter()
            .zip(&pipeline.stages)
            .enumerate()
            .map(|(number, (stage, now))| {
                let inbound: Vec<Value> = now
                    .inbound
                    .iter()
                    .map(|n| execution_in_stage(&pipeline.executions[*n as usize], Status::InProgress))
                    .collect();
                let latest = now.latest.and_then(|n| {
                    let e = &pipeline.executions[n as usize];
                    Some(execution_in_stage(e, e.in_stage(pipeline.structure_of(e), number)?))
                });
                let actions: Vec<Value> = stage
                    .actions
                    .iter()
                    .enumerate()
                    .map(|(a, action)| self.action_state(p, pipeline, action, now.actions.get(a).copied().flatten()))
                    .collect();
                answer(json!({
                    "stageName": stage.name,
                    "inboundExecution": inbound.first(),
                    "inboundExecutions": inbound,
                    "inboundTransitionState": transition(now),
                    "actionStates": actions,
                    "latestExecution": latest,
                }))
            })
            .collect();
        Ok(json!({
            "pipelineName": pipeline.name,
            "pipelineVersion": pipeline.version(),
            "stageStates": stages,
            "created": seconds(pipeline.created),
            "updated": seconds(pipeline.updated()),
        }))
    }

    fn action_state(
        &self,
        p: PipelineRef,
        pipeline: &Pipeline,
        action: &ActionDef,
        latest: Option<(u32, u16)>,
    ) -> Value {
        let setting = self.setting(p, action);
        let Some((execution, run)) = latest else {
            return answer(json!({ "actionName": action.name, "entityUrl": setting.entity_url() }));
        };
        let e = &pipeline.executions[execution as usize];
        let r = &e.runs[usize::from(run)];
        let commit = self.revision_of(e, usize::from(r.action)).filter(|_| action.category == "Source");
        let changed = if r.status == Status::InProgress { r.started } else { r.ends };
        let result = self.result_of(p, action, e, usize::from(run));
        let waits = action.provider == Provider::Approval && r.status == Status::InProgress;
        let by = r.answer.as_ref().map(|a| a.by.clone());
        answer(json!({
            "actionName": action.name,
            "currentRevision": commit.map(|c| json!({
                "revisionId": action.provider.revision_id(c),
                "revisionChangeId": action.provider.revision_id(c).chars().take(100).collect::<String>(),
                "created": seconds(c.at),
            })),
            "latestExecution": answer(json!({
                "actionExecutionId": e.run_id(usize::from(run)).to_string(),
                "status": r.status.word(),
                "summary": result.summary,
                "lastStatusChange": seconds(changed),
                "token": waits.then(|| e.approval_token(usize::from(run)).to_string()),
                "lastUpdatedBy": by,
                "externalExecutionId": result.external.as_ref().map(|x| &x.id),
                "externalExecutionUrl": result.external.as_ref().map(|x| &x.url),
                "errorDetails": result.error.map(|(code, message)| json!({ "code": code, "message": message })),
            })),
            "entityUrl": setting.entity_url(),
            "revisionUrl": commit.and_then(|c| setting.revision_url(c)),
        }))
    }
}

fn execution_in_stage(e: &Execution, status: Status) -> Value {
    json!({
        "pipelineExecutionId": e.id.to_string(),
        "status": status.word(),
        "type": if e.rollback() { "ROLLBACK" } else { "STANDARD" },
    })
}

fn transition(now: &StageNow) -> Value {
    match &now.transition {
        None => json!({ "enabled": true }),
        Some(t) => answer(json!({
            "enabled": t.reason.is_none(),
            "lastChangedBy": t.by,
            "lastChangedAt": seconds(t.at),
            "disabledReason": t.reason,
        })),
    }
}
