//! Stack sets with their instances and operations.

use aws_sdk_cloudformation::types::{StackInstanceSummary, StackSetOperationSummary, StackSetSummary};
use skydeck_domain::{
    Detail, Health, Resource, Timestamp,
    stack::{StackInstance, StackSetDetail, StackSetOperation},
};

use crate::{
    services::{instant, partition, redact, text},
    session::Caller,
};

/// ARN of a stack set, by its id (`name:uuid`).
pub(crate) fn arn(caller: &Caller, id: &str) -> String {
    format!("arn:{}:cloudformation:{}:{}:stackset/{id}", partition(&caller.region), caller.region, caller.account)
}

/// A stack set's row: as healthy as its latest operation and its instances.
pub(crate) fn row(
    caller: &Caller,
    told: &StackSetSummary,
    detail: &StackSetDetail,
    now: Timestamp,
) -> Option<Resource> {
    let arn = arn(caller, told.stack_set_id()?);
    let (health, reason) = judge(detail);
    let last = detail.operations.first();
    Some(Resource {
        id: Resource::make_id(&caller.profile, Some(&arn), &caller.region, StackSetDetail::KIND, ""),
        arn: Some(arn),
        kind: StackSetDetail::KIND.into(),
        service: super::super::ID.into(),
        name: text::one_line(told.stack_set_name()?)?,
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status: last
            .map_or_else(|| told.status().map(|s| s.as_str().to_owned()).unwrap_or_default(), |o| o.status.clone()),
        health,
        aspect: None,
        reason,
        since: last.and_then(|o| o.ended_at.or(o.started_at)),
        read_at: now,
        tags: Default::default(),
        detail: serde_json::to_value(detail).unwrap_or_default(),
    })
}

fn judge(detail: &StackSetDetail) -> (Health, Option<String>) {
    let bad = detail.instances.iter().filter(|i| i.status != "CURRENT").count();
    let some_bad = (bad > 0).then(|| format!("{bad} of {} instances are not current", detail.instances.len()));
    let Some(last) = detail.operations.first() else {
        return match some_bad {
            Some(words) => (Health::Attention, Some(words)),
            None if detail.whole => (Health::Ok, None),
            None => (Health::Unknown, Some("Its instances could not be read".into())),
        };
    };
    let words = |what: &str| last.reason.clone().unwrap_or_else(|| format!("{} {what}", last.action));
    match last.status.as_str() {
        "RUNNING" | "QUEUED" | "STOPPING" => (Health::Running, Some(words("is under way"))),
        "FAILED" => (Health::Failed, some_bad.or_else(|| Some(words("failed")))),
        "STOPPED" => (Health::Attention, Some(words("was stopped"))),
        _ if bad > 0 => (Health::Attention, some_bad),
        _ => (Health::Ok, None),
    }
}

/// An instance.
pub(crate) fn instance(told: &StackInstanceSummary) -> Option<StackInstance> {
    let detailed = told.stack_instance_status().and_then(|s| s.detailed_status());
    Some(StackInstance {
        account: told.account()?.to_owned(),
        region: told.region()?.to_owned(),
        stack_arn: told.stack_id().filter(|id| !id.is_empty()).map(str::to_owned),
        status: told.status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        detailed_status: detailed.map(|s| s.as_str().to_owned()),
        reason: told.status_reason().and_then(redact::line),
        drift: told.drift_status().map(|s| s.as_str().to_owned()),
        last_operation: told.last_operation_id().map(str::to_owned),
    })
}

/// An operation.
pub(crate) fn operation(told: &StackSetOperationSummary) -> Option<StackSetOperation> {
    Some(StackSetOperation {
        id: told.operation_id()?.to_owned(),
        action: told.action().map(|a| a.as_str().to_owned()).unwrap_or_default(),
        status: told.status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        reason: told.status_reason().and_then(redact::line),
        started_at: instant::maybe(told.creation_timestamp()),
        ended_at: instant::maybe(told.end_timestamp()),
    })
}
