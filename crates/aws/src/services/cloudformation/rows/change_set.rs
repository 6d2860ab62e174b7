//! Change sets.

use aws_sdk_cloudformation::types::{Change, ChangeSetSummary};
use skydeck_domain::{
    Detail, Health, Link, Resource, Timestamp,
    stack::{ChangeSetDetail, ResourceChange},
};

use super::value;
use crate::{
    services::{instant, redact, text},
    session::Caller,
};

/// Row id of a change set.
pub(crate) fn row_id(caller: &Caller, arn: &str) -> String {
    Resource::make_id(&caller.profile, Some(arn), &caller.region, ChangeSetDetail::KIND, "")
}

/// A change set's row.
pub(crate) fn row(
    caller: &Caller,
    told: &ChangeSetSummary,
    detail: &ChangeSetDetail,
    now: Timestamp,
) -> Option<Resource> {
    let arn = told.change_set_id()?;
    let status = told.status().map(|s| s.as_str().to_owned()).unwrap_or_default();
    let reason = told.status_reason().and_then(redact::line);
    let (health, words) = judge(&status, &detail.execution_status, reason);
    Some(Resource {
        id: row_id(caller, arn),
        arn: Some(arn.to_owned()),
        kind: ChangeSetDetail::KIND.into(),
        service: super::super::ID.into(),
        name: told.change_set_name().and_then(text::one_line).unwrap_or_else(|| arn.to_owned()),
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status,
        health,
        aspect: None,
        reason: words,
        since: detail.created_at,
        read_at: now,
        tags: Default::default(),
        detail: serde_json::to_value(detail).unwrap_or_default(),
    })
}

/// One that could be executed waits for somebody; one that says that there is nothing to change is no failure.
fn judge(status: &str, execution: &str, reason: Option<String>) -> (Health, Option<String>) {
    let nothing = reason.as_deref().is_some_and(|r| r.contains("didn't contain changes") || r.contains("No updates"));
    match status {
        "FAILED" if nothing => (Health::Ok, reason),
        "FAILED" | "DELETE_FAILED" => (Health::Failed, reason.or_else(|| Some("It could not be made".into()))),
        s if s.ends_with("_PENDING") || s.ends_with("_IN_PROGRESS") => {
            (Health::Running, reason.or_else(|| Some("It is being made".into())))
        }
        _ if execution == "EXECUTE_IN_PROGRESS" => (Health::Running, Some("It is being executed".into())),
        _ if execution == "EXECUTE_FAILED" => {
            (Health::Failed, reason.or_else(|| Some("It was executed and failed".into())))
        }
        _ if execution == "AVAILABLE" => (Health::Attention, Some("It waits to be executed or discarded".into())),
        _ => (Health::Ok, reason),
    }
}

/// A change set without its changes.
pub(crate) fn detail(told: &ChangeSetSummary, stack_arn: &str, stack: &str) -> ChangeSetDetail {
    ChangeSetDetail {
        stack_arn: stack_arn.to_owned(),
        stack: stack.to_owned(),
        description: told.description().and_then(redact::line),
        execution_status: told.execution_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        kind: None,
        created_at: instant::maybe(told.creation_time()),
        changes: Vec::new(),
        whole: false,
        reverts_drift: false,
    }
}

/// What a change set does to one resource.
pub(crate) fn change(change: &Change) -> Option<ResourceChange> {
    let told = change.resource_change()?;
    let mut properties = Vec::new();
    for target in told.details().iter().filter_map(|d| d.target()) {
        let attribute = target.attribute().map(|a| a.as_str()).unwrap_or_default();
        let path = target.path().or(target.name()).unwrap_or(attribute);
        let path = if attribute == "Properties" || attribute.is_empty() {
            path.to_owned()
        } else {
            format!("{attribute}/{path}")
        };
        let told = value::change(&path, target.before_value(), target.after_value());
        // AWS tells a property once for each of what makes it change.
        if properties.iter().all(|p: &skydeck_domain::stack::PropertyChange| p.path != told.path) {
            properties.push(told);
        }
    }
    Some(ResourceChange {
        action: told.action().map(|a| a.as_str().to_owned()).unwrap_or_default(),
        logical_id: text::one_line(told.logical_resource_id()?)?,
        physical_id: told.physical_resource_id().and_then(text::one_line),
        resource_type: told.resource_type().and_then(text::one_line).unwrap_or_default(),
        replacement: told.replacement().map(|r| r.as_str().to_owned()),
        policy: told.policy_action().map(|p| p.as_str().to_owned()),
        properties,
        nested: told.change_set_id().map(str::to_owned),
    })
}

/// What a change set points at: its stack.
pub(crate) fn links(row: &Resource, detail: &ChangeSetDetail) -> Vec<Link> {
    vec![Link { from: row.id.clone(), to_arn: detail.stack_arn.clone(), rel: "of".into() }]
}
