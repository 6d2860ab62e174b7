//! `detect-drift`: CloudFormation compares a stack's resources with its template. One detection a stack at a time; nested
//! stacks are checked each by itself.

use async_trait::async_trait;
use aws_sdk_cloudformation::Client;
use skydeck_domain::{ActionRecord, Plan, PlannedCall};

use super::{super::calls::Calls, Act, answer, live, verb};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
};

pub(super) const DETECT: VerbSpec =
    verb("detect-drift", "DetectStackDrift", "cloudformation.stack", Undo::None("It changes nothing in the stack."));

/// Drift is looked for.
pub(super) struct Detect;

#[async_trait]
impl Act for Detect {
    fn spec(&self) -> &'static VerbSpec {
        &DETECT
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), arn).await?;
        let can = [
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
            "UPDATE_ROLLBACK_COMPLETE",
            "UPDATE_ROLLBACK_FAILED",
            "IMPORT_COMPLETE",
        ];
        let blocked = (!can.contains(&stack.status.as_str()))
            .then(|| format!("Drift is looked for in a stack that stands; this one is {}.", stack.status));
        let mut state = live::state(&stack);
        state.push(stack.detail.drift_checked_at.map(|t| t.to_rfc3339()).unwrap_or_default());
        Ok(Draft {
            effect: format!(
                "Has CloudFormation compare the resources of {} with its template. Nothing in the stack changes.",
                stack.name
            ),
            current: Some(live::current(&stack)),
            calls: vec![PlannedCall {
                operation: "cloudformation:DetectStackDrift".into(),
                cli: live::cli("detect-stack-drift").option("stack-name", arn).line(&ctx.caller),
            }],
            blocked,
            state,
            of_arn: stack.arn.clone(),
            ..Draft::default()
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let send = || client.detect_stack_drift().stack_name(arn).send();
        let (out, request_id) = ctx.caller.mutate(DETECT.operation, send).await?;
        Ok(answer::receipt(&DETECT, request_id, out.stack_drift_detection_id))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let Some(id) = &record.follow_id else {
            let stack = live::stack(&calls, &record.id).await?;
            return Ok(match answer::since(record, stack.detail.drift_checked_at) {
                true => Progress::Succeeded(format!("The stack is {}", stack.detail.drift)),
                false => Progress::Running("Drift is being looked for".into()),
            });
        };
        let (status, reason, drifted) = calls.drift_detection(id).await?;
        let why = reason.map(|r| format!(": {r}")).unwrap_or_default();
        Ok(match (status.as_str(), drifted.unwrap_or_default()) {
            ("DETECTION_COMPLETE", 0) => Progress::Succeeded("Nothing has drifted".into()),
            ("DETECTION_COMPLETE", 1) => Progress::Succeeded("1 resource has drifted".into()),
            ("DETECTION_COMPLETE", n) => Progress::Succeeded(format!("{n} resources have drifted")),
            ("DETECTION_FAILED", _) => Progress::Failed(format!("Drift could not be found out{why}")),
            _ => Progress::Running("Drift is being looked for".into()),
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), &record.id).await?;
        Ok(match answer::since(record, stack.detail.drift_checked_at) {
            true => answer::ran(&DETECT, None),
            false => Found::CannotTell("CloudFormation lists no drift detections; none has ended since".into()),
        })
    }
}
