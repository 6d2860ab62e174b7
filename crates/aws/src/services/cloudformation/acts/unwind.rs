//! `cancel`, `continue` and `rollback`: the ways back that CloudFormation has for a stack that is under way or has failed.
//!
//! By AWS's documentation: `CancelUpdateStack` only in UPDATE_IN_PROGRESS; `ContinueUpdateRollback` only in
//! UPDATE_ROLLBACK_FAILED, on the parent of nested stacks; `RollbackStack` only in CREATE_FAILED and UPDATE_FAILED, to the
//! last stable state, and where there is none the stack is *deleted*.

use async_trait::async_trait;
use aws_sdk_cloudformation::Client;
use skydeck_domain::{ActionRecord, Plan, PlannedCall, stack::StackResource};

use super::{
    super::{
        calls::Calls,
        rows::{resource, stack::Read},
    },
    Act, answer, live, verb,
};
use crate::{
    AwsError,
    service::{ActCtx, Danger, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
};

const KIND: &str = "cloudformation.stack";

pub(super) const CANCEL: VerbSpec = VerbSpec {
    interrupts: true,
    ..verb("cancel", "CancelUpdateStack", KIND, Undo::None("The update can be begun again, by a new change set."))
};

pub(super) const CONTINUE: VerbSpec = VerbSpec {
    options: &["skip"],
    ..verb("continue", "ContinueUpdateRollback", KIND, Undo::None("It ends a rollback that AWS had begun by itself."))
};

pub(super) const ROLLBACK: VerbSpec = VerbSpec {
    is_undo: true,
    ..verb("rollback", "RollbackStack", KIND, Undo::None("The update can be begun again, by a new change set."))
};

/// A draft on a stack with one call.
fn draft(stack: &Read, effect: String, spec: &VerbSpec, cli: String, blocked: Option<String>) -> Draft {
    Draft {
        effect,
        current: Some(live::current(stack)),
        calls: vec![PlannedCall { operation: format!("cloudformation:{}", spec.operation), cli }],
        blocked,
        state: live::state(stack),
        of_arn: stack.arn.clone(),
        ..Draft::default()
    }
}

/// An update that is under way is cancelled and rolled back.
pub(super) struct Cancel;

#[async_trait]
impl Act for Cancel {
    fn spec(&self) -> &'static VerbSpec {
        &CANCEL
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), arn).await?;
        let blocked = match stack.status.as_str() {
            _ if stack.detail.parent_id.is_some() => {
                Some("It is nested: cancel the update of the stack at the top.".into())
            }
            "UPDATE_IN_PROGRESS" => None,
            status => Some(format!("Only an update under way can be cancelled; the stack is {status}.")),
        };
        let cli = live::cli("cancel-update-stack").option("stack-name", arn).line(&ctx.caller);
        let effect = format!("Cancels the update of {} that is under way, and rolls it back.", stack.name);
        Ok(Draft {
            not_undone: vec![
                "What the update has deleted or replaced so far, apart from what CloudFormation keeps.".into(),
            ],
            ..draft(&stack, effect, &CANCEL, cli, blocked)
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let send = || client.cancel_update_stack().stack_name(arn).client_request_token(&ctx.record.action).send();
        let (_, request_id) = ctx.caller.mutate(CANCEL.operation, send).await?;
        Ok(answer::receipt(&CANCEL, request_id, Some(arn.to_owned())))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), &record.id).await?;
        Ok(match stack.status.as_str() {
            "UPDATE_ROLLBACK_COMPLETE" => Progress::Succeeded("The update is rolled back".into()),
            "UPDATE_ROLLBACK_FAILED" => Progress::Failed("UPDATE_ROLLBACK_FAILED: the rollback is stuck".into()),
            "UPDATE_COMPLETE" => Progress::Failed("The update completed before it could be cancelled".into()),
            status => Progress::Running(format!("The stack is {status}")),
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let stack = live::stack(&calls, &record.id).await?;
        Ok(match stack.status.as_str() {
            _ if live::has_begun(&calls, &record.id, record).await? => answer::ran(&CANCEL, Some(record.id.clone())),
            s if s.contains("ROLLBACK") => {
                Found::CannotTell(format!("the stack is {s}, and an update that fails rolls back by itself"))
            }
            "UPDATE_IN_PROGRESS" => Found::DidNotRun("the update goes on.".into()),
            status => Found::DidNotRun(format!("the stack is {status}.")),
        })
    }
}

/// A rollback that failed goes on, past the resources that are skipped.
pub(super) struct Continue;

/// The resources that keep a rollback from going on.
async fn stuck(calls: &Calls<'_>, arn: &str) -> Result<Vec<StackResource>, AwsError> {
    let all = calls.resources(arn).await?;
    Ok(all.iter().filter_map(resource::resource).filter(|r| r.status.ends_with("UPDATE_FAILED")).collect())
}

#[async_trait]
impl Act for Continue {
    fn spec(&self) -> &'static VerbSpec {
        &CONTINUE
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, request: &Request) -> Result<Draft, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let (stack, stuck) = futures::try_join!(live::stack(&calls, arn), stuck(&calls, arn))?;
        let skip = &request.options.skip;
        let unknown = skip.iter().find(|id| !id.contains('.') && stuck.iter().all(|r| r.logical_id != **id));
        let blocked = match stack.status.as_str() {
            _ if stack.detail.parent_id.is_some() => {
                Some("It is nested: continue on the stack at the top, and skip as `NestedStack.Resource`.".into())
            }
            "UPDATE_ROLLBACK_FAILED" => {
                unknown.map(|id| format!("{id} cannot be skipped: only what failed in the rollback can."))
            }
            status => Some(format!("Only a rollback that failed can be continued; the stack is {status}.")),
        };
        let words = |r: &StackResource| match &r.reason {
            Some(why) => format!("{}: {why}", r.logical_id),
            None => r.logical_id.clone(),
        };
        let failed = stuck.iter().map(words).collect::<Vec<_>>().join("; ");
        let effect = match skip.is_empty() {
            true => format!("Goes on with the rollback of {}. It failed at: {failed}.", stack.name),
            false => format!("Goes on with the rollback of {} without {}.", stack.name, skip.join(", ")),
        };
        let mut command = live::cli("continue-update-rollback").option("stack-name", arn);
        for id in skip {
            command = command.option("resources-to-skip", id);
        }
        let warning = (!skip.is_empty()).then(|| {
            format!(
                "{} will not be as the template has it: bring it there by hand before the next update.",
                skip.join(", ")
            )
        });
        let mut drafted = draft(&stack, effect, &CONTINUE, command.line(&ctx.caller), blocked);
        drafted.not_undone = warning.into_iter().collect();
        drafted.state.extend(skip.iter().cloned());
        Ok(drafted)
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, request: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let skip = Some(request.options.skip.clone()).filter(|s| !s.is_empty());
        let send = || {
            let go_on = client.continue_update_rollback().stack_name(arn).set_resources_to_skip(skip.clone());
            go_on.client_request_token(&ctx.record.action).send()
        };
        let (_, request_id) = ctx.caller.mutate(CONTINUE.operation, send).await?;
        Ok(answer::receipt(&CONTINUE, request_id, Some(arn.to_owned())))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        live::follow(&Calls::new(&ctx.caller), &record.id, record).await
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        live::find_out(&Calls::new(&ctx.caller), &CONTINUE, &record.id, record).await
    }
}

/// What failed without being rolled back is rolled back now.
pub(super) struct Rollback;

#[async_trait]
impl Act for Rollback {
    fn spec(&self) -> &'static VerbSpec {
        &ROLLBACK
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), arn).await?;
        let deletes = stack.status == "CREATE_FAILED";
        let blocked = match stack.status.as_str() {
            _ if stack.detail.parent_id.is_some() => Some("It is nested: roll back the stack at the top.".into()),
            "CREATE_FAILED" if stack.detail.termination_protection => {
                Some("It would delete the stack, which is protected from that: unprotect it first.".into())
            }
            "CREATE_FAILED" | "UPDATE_FAILED" => None,
            "UPDATE_ROLLBACK_FAILED" => Some("Its rollback is stuck: continue it instead.".into()),
            "UPDATE_IN_PROGRESS" => Some("Its update is under way: cancel it instead.".into()),
            status if status.ends_with("_COMPLETE") => Some(format!(
                "It is {status}: AWS rolls back no stack that completed. Revert it to an earlier template."
            )),
            status => Some(format!("AWS rolls back only from CREATE_FAILED and UPDATE_FAILED; it is {status}.")),
        };
        let effect = match deletes {
            true => {
                format!("Rolls back the creation of {}: it has no earlier state, so AWS DELETES the stack.", stack.name)
            }
            false => format!("Rolls back {} to its last stable state.", stack.name),
        };
        let cli = live::cli("rollback-stack").option("stack-name", arn).line(&ctx.caller);
        let mut drafted = draft(&stack, effect, &ROLLBACK, cli, blocked);
        if deletes {
            drafted.danger = Some(Danger {
                what: format!("The stack {} and every resource in it is deleted.", stack.name),
                name: stack.name.clone(),
            });
            drafted.not_undone = vec!["The deletion: the stack can only be created anew, and its data is lost.".into()];
        } else {
            drafted.not_undone = vec!["Data that the failed update has written or deleted.".into()];
        }
        Ok(drafted)
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let send = || client.rollback_stack().stack_name(arn).client_request_token(&ctx.record.action).send();
        let (_, request_id) = ctx.caller.mutate(ROLLBACK.operation, send).await?;
        Ok(answer::receipt(&ROLLBACK, request_id, Some(arn.to_owned())))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        live::follow(&Calls::new(&ctx.caller), &record.id, record).await
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        live::find_out(&Calls::new(&ctx.caller), &ROLLBACK, &record.id, record).await
    }
}
