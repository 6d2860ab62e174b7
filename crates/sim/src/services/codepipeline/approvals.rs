//! PutApprovalResult.

use serde_json::{Value, json};

use super::Call;
use crate::{
    service::ApiError,
    world::{
        pipeline::{Answer, Status},
        provider::Provider,
        time::seconds,
    },
};

impl Call<'_> {
    pub(super) fn put_approval_result(&mut self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let stage = self.stage(pipeline)?;
        let (stage_name, name) = (self.text("stageName"), self.text("actionName"));
        let actions = &pipeline.structure().stages[stage].actions;
        let Some(action) = actions.iter().position(|a| a.name == name) else {
            return Err(ApiError::client(
                "ActionNotFoundException",
                format!("Stage '{stage_name}' does not have an action with name '{name}'"),
            ));
        };
        if actions[action].provider != Provider::Approval {
            return Err(ApiError::client("ValidationException", format!("Action '{name}' is not an approval")));
        }
        // In PARALLEL mode several executions may wait at the same action: the token says which.
        let token = self.text("token");
        let mut known = None;
        for (number, e) in pipeline.executions.iter().enumerate().rev() {
            let runs = e
                .runs
                .iter()
                .enumerate()
                .filter(|(_, r)| usize::from(r.stage) == stage && usize::from(r.action) == action);
            for (run, r) in runs {
                if e.approval_token(run).to_string() == token {
                    known = Some((number as u32, run as u16, r.status));
                }
            }
        }
        let Some((number, run, status)) = known else {
            return Err(ApiError::client("InvalidApprovalTokenException", "Invalid approval token"));
        };
        if status != Status::InProgress {
            return Err(ApiError::client(
                "ApprovalAlreadyCompletedException",
                "The approval action has already been approved or rejected",
            ));
        }
        let result = self.request.input.get("result").cloned().unwrap_or_default();
        let yes = result["status"] == "Approved";
        let summary = result["summary"].as_str().unwrap_or_default().to_owned();
        self.world.answer(p, number, run, yes, Answer { by: self.request.caller_arn.to_owned(), summary }, self.now);
        Ok(json!({ "approvedAt": seconds(self.now) }))
    }
}
