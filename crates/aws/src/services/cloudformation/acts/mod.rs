//! What can be done to a stack, a change set and a stack set: one subject a file, each verb with its data, its plan, its
//! one call, how it is followed and how it is found out whether it ran. Here is the list, and what is the same for all.

mod answer;
mod change_set;
mod drift;
mod live;
mod new_change_set;
mod offers;
mod protect;
mod stack_set;
mod unwind;

use async_trait::async_trait;
use skydeck_domain::{ActionRecord, ConfirmLevel, Plan};

pub(super) use offers::offers;

use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::blocks_a_plan,
};

/// The verb that goes back to a kept template.
pub(super) const REVERT: &str = "revert";

/// A verb of this service. `undo` is the verb that undoes it, or why there is none.
const fn verb(id: &'static str, operation: &'static str, kind: &'static str, undo: Undo) -> VerbSpec {
    VerbSpec {
        id,
        operation,
        kind,
        confirm: ConfirmLevel::Yes,
        has_targets: false,
        is_undo: false,
        interrupts: false,
        undo,
        options: &[],
    }
}

/// The verbs as data, in the order of [`ACTS`].
pub(super) static VERBS: &[VerbSpec] = &[
    new_change_set::CREATE,
    new_change_set::REVERT,
    change_set::EXECUTE,
    change_set::DISCARD,
    unwind::CANCEL,
    unwind::CONTINUE,
    unwind::ROLLBACK,
    drift::DETECT,
    protect::PROTECT,
    protect::UNPROTECT,
    stack_set::STOP,
    stack_set::RERUN,
];

static ACTS: &[&dyn Act] = &[
    &new_change_set::NewChangeSet { goes_back: false },
    &new_change_set::NewChangeSet { goes_back: true },
    &change_set::Execute,
    &change_set::Discard,
    &unwind::Cancel,
    &unwind::Continue,
    &unwind::Rollback,
    &drift::Detect,
    &protect::Protection { on: true },
    &protect::Protection { on: false },
    &stack_set::Stop,
    &stack_set::Rerun,
];

/// One verb as code. `arn` is the thing's.
#[async_trait]
trait Act: Sync {
    /// Its data.
    fn spec(&self) -> &'static VerbSpec;

    /// Reads live what it would do.
    async fn plan(&self, ctx: &ReadCtx, arn: &str, request: &Request) -> Result<Draft, AwsError>;

    /// Makes its one call.
    async fn call(&self, ctx: &ActCtx, arn: &str, request: &Request, plan: &Plan) -> Result<Receipt, AwsError>;

    /// Reads how far it is.
    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError>;

    /// Finds out by reading whether it ran.
    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError>;
}

/// The verb of that id on a thing of that kind, which its ARN tells.
fn of(verb: &str, id: &str) -> Option<&'static dyn Act> {
    let kind = match id {
        id if id.contains(":changeSet/") => "cloudformation.change-set",
        id if id.contains(":stackset/") => "cloudformation.stack-set",
        _ => "cloudformation.stack",
    };
    ACTS.iter().copied().find(|a| a.spec().id == verb && a.spec().kind == kind)
}

/// Plans a verb. What cannot be read because it is denied or not offered is a blocked plan, not an error.
pub(super) async fn plan(ctx: &ReadCtx, request: &Request) -> Result<Draft, AwsError> {
    let id = &request.subject.id;
    let act = of(&request.verb, id).ok_or_else(|| ctx.caller.no_such_verb(&request.verb))?;
    match act.plan(ctx, id, request).await {
        Err(error) if blocks_a_plan(&error) => Ok(Draft {
            effect: format!("{} on {}.", act.spec().operation, request.subject.name),
            blocked: Some(live::unreadable(&error)),
            state: vec!["unread".into(), error.info.code],
            of_arn: id.clone(),
            ..Draft::default()
        }),
        drafted => drafted,
    }
}

pub(super) async fn call(ctx: &ActCtx, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
    let id = &request.subject.id;
    let act = of(&request.verb, id).ok_or_else(|| ctx.caller.no_such_verb(&request.verb))?;
    act.call(ctx, id, request, plan).await
}

pub(super) async fn follow(ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
    let act = of(&record.verb, &record.id).ok_or_else(|| ctx.caller.no_such_verb(&record.verb))?;
    act.follow(ctx, record).await
}

pub(super) async fn find_out(ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
    let act = of(&record.verb, &record.id).ok_or_else(|| ctx.caller.no_such_verb(&record.verb))?;
    act.find_out(ctx, record).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_code_of_the_verbs_are_in_the_same_order() {
        let data: Vec<_> = VERBS.iter().map(|v| (v.id, v.kind, v.operation)).collect();
        let code: Vec<_> = ACTS.iter().map(|a| (a.spec().id, a.spec().kind, a.spec().operation)).collect();
        assert_eq!(data, code);
    }
}
