//! What can be done to a pipeline: one verb, one file, each with its data, its plan, its one call, how it is followed and
//! how it is found out whether it ran. Here is the list, and what is the same for all of them.

mod answer;
mod approve;
mod find;
mod hold;
mod live;
mod progress;
mod retry;
mod rollback;
mod start;
mod stop;

use async_trait::async_trait;
use skydeck_domain::{ActionRecord, Plan};

use super::ids::Named;
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, VerbSpec},
    services::blocks_a_plan,
    session::Caller,
};

/// The verbs as data, in the order of [`ACTS`].
pub(super) static VERBS: &[VerbSpec] = &[
    start::SPEC,
    retry::SPEC,
    stop::SPEC,
    rollback::SPEC,
    approve::APPROVE,
    approve::REJECT,
    hold::HOLD,
    hold::RELEASE,
];

static ACTS: &[&dyn Act] = &[
    &start::Start,
    &retry::Retry,
    &stop::Stop,
    &rollback::Rollback,
    &approve::Review { approves: true },
    &approve::Review { approves: false },
    &hold::Transition { opens: false },
    &hold::Transition { opens: true },
];

/// One verb as code.
#[async_trait]
trait Act: Sync {
    /// Its data.
    fn spec(&self) -> &'static VerbSpec;

    /// What it does to what is named, in one sentence, before anything is read.
    fn effect(&self, named: &Named) -> String;

    /// Reads live what it would do.
    async fn plan(&self, ctx: &ReadCtx, named: &Named, request: &Request) -> Result<Draft, AwsError>;

    /// Makes its one call.
    async fn call(&self, ctx: &ActCtx, named: &Named, request: &Request, plan: &Plan) -> Result<Receipt, AwsError>;

    /// Reads how far it is.
    async fn follow(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Progress, AwsError>;

    /// Finds out by reading whether it ran.
    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError>;
}

fn of(caller: &Caller, verb: &str, id: &str) -> Result<(&'static dyn Act, Named), AwsError> {
    let act = ACTS.iter().copied().find(|a| a.spec().id == verb).ok_or_else(|| caller.no_such_verb(verb))?;
    let named = Named::parse(id).ok_or_else(|| {
        caller.refused("NotAPipeline", format!("`{id}` names no pipeline, stage or action of CodePipeline."))
    })?;
    Ok((act, named))
}

/// Plans a verb. What cannot be read because it is denied or not offered is a blocked plan, not an error.
pub(super) async fn plan(ctx: &ReadCtx, request: &Request) -> Result<Draft, AwsError> {
    let (act, named) = of(&ctx.caller, &request.verb, &request.subject.id)?;
    match act.plan(ctx, &named, request).await {
        Err(error) if blocks_a_plan(&error) => Ok(Draft {
            danger: None,
            effect: act.effect(&named),
            current: None,
            targets: Vec::new(),
            calls: Vec::new(),
            not_undone: Vec::new(),
            blocked: Some(live::unreadable(&error)),
            state: vec!["unread".into(), error.info.code],
            of_arn: super::ids::pipeline_arn(&ctx.caller, &named.pipeline),
        }),
        drafted => drafted,
    }
}

pub(super) async fn call(ctx: &ActCtx, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
    let (act, named) = of(&ctx.caller, &request.verb, &request.subject.id)?;
    act.call(ctx, &named, request, plan).await
}

pub(super) async fn follow(ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
    let (act, named) = of(&ctx.caller, &record.verb, &record.id)?;
    act.follow(ctx, &named, record).await
}

pub(super) async fn find_out(ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
    let (act, named) = of(&ctx.caller, &record.verb, &record.id)?;
    act.find_out(ctx, &named, record).await
}

/// The receipt of an operation of this service.
fn receipt(spec: &VerbSpec, request_id: Option<String>, follow_id: Option<String>) -> Receipt {
    Receipt { operation: format!("{}:{}", super::ID, spec.operation), request_id, follow_id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_code_of_the_verbs_are_in_the_same_order() {
        let data: Vec<_> = VERBS.iter().map(|v| (v.id, v.operation)).collect();
        let code: Vec<_> = ACTS.iter().map(|a| (a.spec().id, a.spec().operation)).collect();
        assert_eq!(data, code);
    }
}
