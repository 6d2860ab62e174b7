//! `protect` and `unprotect`: termination protection, which keeps a stack from being deleted. Nested stacks have that of
//! the stack at the top.

use async_trait::async_trait;
use aws_sdk_cloudformation::Client;
use skydeck_domain::{ActionRecord, Plan, PlannedCall};

use super::{super::calls::Calls, Act, answer, live, verb};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
};

const KIND: &str = "cloudformation.stack";

pub(super) const PROTECT: VerbSpec = verb("protect", "UpdateTerminationProtection", KIND, Undo::By("unprotect"));
pub(super) const UNPROTECT: VerbSpec = verb("unprotect", "UpdateTerminationProtection", KIND, Undo::By("protect"));

/// Termination protection is turned on or off.
pub(super) struct Protection {
    /// Which.
    pub on: bool,
}

impl Protection {
    fn words(&self) -> &'static str {
        if self.on { "protected" } else { "not protected" }
    }
}

#[async_trait]
impl Act for Protection {
    fn spec(&self) -> &'static VerbSpec {
        if self.on { &PROTECT } else { &UNPROTECT }
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), arn).await?;
        let blocked = if stack.detail.parent_id.is_some() {
            Some("It is nested: its protection is that of the stack at the top.".to_owned())
        } else if stack.detail.termination_protection == self.on {
            Some(format!("The stack is {} already.", self.words()))
        } else {
            None
        };
        let flag = if self.on { "enable-termination-protection" } else { "no-enable-termination-protection" };
        let mut state = live::state(&stack);
        state.push(stack.detail.termination_protection.to_string());
        Ok(Draft {
            effect: match self.on {
                true => format!("Protects {} from being deleted.", stack.name),
                false => {
                    format!("Takes the protection from {}: whoever may delete stacks can delete it then.", stack.name)
                }
            },
            current: Some(live::current(&stack)),
            calls: vec![PlannedCall {
                operation: "cloudformation:UpdateTerminationProtection".into(),
                cli: live::cli("update-termination-protection").option("stack-name", arn).flag(flag).line(&ctx.caller),
            }],
            blocked,
            state,
            of_arn: stack.arn.clone(),
            ..Draft::default()
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let on = self.on;
        let send = || client.update_termination_protection().stack_name(arn).enable_termination_protection(on).send();
        let (_, request_id) = ctx.caller.mutate(self.spec().operation, send).await?;
        Ok(answer::receipt(self.spec(), request_id, None))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), &record.id).await?;
        Ok(match stack.detail.termination_protection == self.on {
            true => Progress::Succeeded(format!("The stack is {}", self.words())),
            false => Progress::Running(format!("AWS does not show the stack as {} yet", self.words())),
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), &record.id).await?;
        Ok(match stack.detail.termination_protection == self.on {
            // It was the other way when it was planned; that it is so now is what was wanted, whoever did it.
            true => answer::ran(self.spec(), None),
            false => Found::DidNotRun(format!("the stack is not {}.", self.words())),
        })
    }
}
