//! `execute` and `discard`: what becomes of a change set that was made.

use async_trait::async_trait;
use aws_sdk_cloudformation::Client;
use skydeck_domain::{ActionRecord, Plan, PlannedCall, stack::ResourceChange};

use super::{
    super::calls::Calls,
    Act, answer, live,
    live::{ChangeSet, replaces},
    verb,
};
use crate::{
    AwsError, ErrorClass,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
};

pub(super) const EXECUTE: VerbSpec =
    verb("execute", "ExecuteChangeSet", "cloudformation.change-set", Undo::By("revert"));

pub(super) const DISCARD: VerbSpec = verb(
    "discard",
    "DeleteChangeSet",
    "cloudformation.change-set",
    Undo::None("The change set can be made again; nothing in the stack has changed."),
);

/// Names that are told one by one.
const NAMED: usize = 8;

/// A change set is executed.
pub(super) struct Execute;

/// What is lost in a resource that is removed or replaced, by name.
fn lost(changes: &[ResourceChange]) -> Vec<String> {
    let goes = |c: &&ResourceChange| (c.action == "Remove" || replaces(c)) && !kept(c);
    let gone: Vec<String> = changes
        .iter()
        .filter(goes)
        .map(|c| format!("{} ({})", c.logical_id, c.resource_type.trim_start_matches("AWS::")))
        .collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let more = gone.len().saturating_sub(NAMED);
    let named = gone.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    vec![format!("What is in resources that are removed or replaced: {named}{more}.")]
}

/// Whether the old one stays.
fn kept(change: &ResourceChange) -> bool {
    change.policy.as_deref().is_some_and(|p| p.contains("Retain") || p.contains("Snapshot"))
}

#[async_trait]
impl Act for Execute {
    fn spec(&self) -> &'static VerbSpec {
        &EXECUTE
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let set = ChangeSet::read(&calls, arn).await?;
        let of = set.told.stack_id().unwrap_or_default().to_owned();
        let stack = live::stack(&calls, &of).await?;
        let name = set.told.change_set_name().unwrap_or(arn);
        let blocked = match (set.status(), set.execution()) {
            ("CREATE_COMPLETE", "AVAILABLE") => live::busy(&stack),
            ("FAILED", _) => Some(format!(
                "It could not be made: {}",
                set.told.status_reason().unwrap_or("CloudFormation says not why")
            )),
            (_, "OBSOLETE") => Some("The stack has changed since it was made: make a new one.".into()),
            (status, execution) => {
                Some(format!("It is {status} and {execution}; it can be executed once it is AVAILABLE."))
            }
        };
        let mut state = live::state(&stack);
        state.extend([arn.to_owned(), set.status().to_owned(), set.execution().to_owned()]);
        let mut not_undone = lost(&set.changes);
        not_undone
            .push("A change that succeeds is not rolled back by itself: `revert` goes to the template before.".into());
        Ok(Draft {
            effect: format!("Executes {name} on {}: {}.", stack.name, set.words()),
            current: Some(live::current(&stack)),
            calls: vec![PlannedCall {
                operation: "cloudformation:ExecuteChangeSet".into(),
                cli: live::cli("execute-change-set").option("change-set-name", arn).line(&ctx.caller),
            }],
            not_undone,
            blocked,
            state,
            of_arn: stack.arn.clone(),
            ..Draft::default()
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let send = || client.execute_change_set().change_set_name(arn).client_request_token(&ctx.record.action).send();
        let (_, request_id) = ctx.caller.mutate(EXECUTE.operation, send).await?;
        Ok(answer::receipt(&EXECUTE, request_id, plan.current.as_ref().map(|c| c.id.clone())))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        let calls = Calls::new(&ctx.caller);
        match &record.follow_id {
            Some(stack) => live::follow(&calls, stack, record).await,
            None => {
                let set = calls.change_set(&record.id, None).await?;
                let stack = set.stack_id().ok_or_else(|| live::not_one(&ctx.caller, &record.id, "change set"))?;
                live::follow(&calls, stack, record).await
            }
        }
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let calls = Calls::new(&ctx.caller);
        // Executed, it is still there to be described, with the stack that it was for.
        let set = match calls.change_set(&record.id, None).await {
            Err(error) if error.class == ErrorClass::NotFound => {
                return Ok(Found::CannotTell(
                    "the change set is not there any more, and only it names its stack".into(),
                ));
            }
            set => set?,
        };
        let stack = set.stack_id().ok_or_else(|| live::not_one(&ctx.caller, &record.id, "change set"))?;
        live::find_out(&calls, &EXECUTE, stack, record).await
    }
}

/// A change set is deleted unexecuted.
pub(super) struct Discard;

#[async_trait]
impl Act for Discard {
    fn spec(&self) -> &'static VerbSpec {
        &DISCARD
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let set = ChangeSet::read(&calls, arn).await?;
        let stack = live::stack(&calls, set.told.stack_id().unwrap_or_default()).await?;
        let name = set.told.change_set_name().unwrap_or(arn);
        let blocked = match set.execution() {
            "EXECUTE_IN_PROGRESS" => Some("It is being executed.".to_owned()),
            "EXECUTE_COMPLETE" => Some("It was executed: there is nothing to discard.".to_owned()),
            _ => None,
        };
        let review = (stack.status == "REVIEW_IN_PROGRESS")
            .then(|| format!("The empty stack {} stays in REVIEW_IN_PROGRESS until it is deleted.", stack.name));
        let mut state = live::state(&stack);
        state.extend([arn.to_owned(), set.status().to_owned(), set.execution().to_owned()]);
        Ok(Draft {
            effect: format!("Deletes change set {name} of {}, which was not executed: {}.", stack.name, set.words()),
            current: Some(live::current(&stack)),
            calls: vec![PlannedCall {
                operation: "cloudformation:DeleteChangeSet".into(),
                cli: live::cli("delete-change-set").option("change-set-name", arn).line(&ctx.caller),
            }],
            not_undone: review.into_iter().collect(),
            blocked,
            state,
            of_arn: stack.arn.clone(),
            ..Draft::default()
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let client = ctx.caller.client(Client::new);
        let send = || client.delete_change_set().change_set_name(arn).send();
        let (_, request_id) = ctx.caller.mutate(DISCARD.operation, send).await?;
        Ok(answer::receipt(&DISCARD, request_id, None))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        Ok(match Calls::new(&ctx.caller).change_set(&record.id, None).await {
            Err(error) if error.class == ErrorClass::NotFound => {
                Progress::Succeeded("The change set is deleted".into())
            }
            Err(error) => return Err(error),
            Ok(set) => match set.status().map(|s| s.as_str()) {
                Some("DELETE_COMPLETE") => Progress::Succeeded("The change set is deleted".into()),
                Some("DELETE_FAILED") => Progress::Failed(format!(
                    "It could not be deleted: {}",
                    set.status_reason().unwrap_or("CloudFormation says not why")
                )),
                status => Progress::Running(format!("The change set is {}", status.unwrap_or("there still"))),
            },
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        Ok(match Calls::new(&ctx.caller).change_set(&record.id, None).await {
            // That it is gone is what was wanted, whoever did it.
            Err(error) if error.class == ErrorClass::NotFound => answer::ran(&DISCARD, None),
            Err(error) => return Err(error),
            Ok(set) if set.status().is_some_and(|s| s.as_str().starts_with("DELETE_")) => answer::ran(&DISCARD, None),
            Ok(_) => Found::DidNotRun("the change set is there as before.".into()),
        })
    }
}
