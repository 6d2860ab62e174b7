//! Approvals that wait, as rows of their own, so that one inbox shows them over all accounts.

use skydeck_domain::{
    Aspect, Detail, Health, Resource, Timestamp,
    pipeline::{ActionState, ApprovalDetail, ExecutionDetail, StageState},
};

use super::structure::{ApprovalDef, Structure};
use crate::{services::codepipeline::ids, session::Caller};

/// An approval action that waits.
pub(crate) struct Waiting<'a> {
    /// Its stage.
    pub stage: &'a StageState,
    /// The action.
    pub action: &'a ActionState,
}

/// The approvals that wait in these stages.
pub(crate) fn waiting(stages: &[StageState]) -> impl Iterator<Item = Waiting<'_>> {
    let waits = |a: &&ActionState| a.def.category == "Approval" && a.status.as_deref() == Some("InProgress");
    stages.iter().flat_map(move |stage| stage.actions.iter().filter(waits).map(move |action| Waiting { stage, action }))
}

/// The row of one. What the structure declares of it (note, link, patience) comes from `structure` when that was read
/// just now, else from the row as it was.
pub(crate) fn row(
    caller: &Caller,
    pipeline: &str,
    waiting: &Waiting<'_>,
    structure: Option<&Structure>,
    executions: &[ExecutionDetail],
    known: Option<&ApprovalDetail>,
    read_at: Timestamp,
) -> Resource {
    let (stage, action) = (waiting.stage, waiting.action);
    let declared: Option<&ApprovalDef> = structure
        .and_then(|s| s.stage(&stage.name))
        .and_then(|s| s.approvals.iter().find(|a| a.action == action.def.name));
    let execution = executions.iter().find(|e| Some(&e.execution_id) == stage.execution_id.as_ref());
    let since = action.changed_at;
    let patience = declared.map(|d| d.timeout).or_else(|| Some(known?.expires_at? - known?.waiting_since?));
    let detail = ApprovalDetail {
        pipeline: pipeline.to_owned(),
        stage: stage.name.clone(),
        action: action.def.name.clone(),
        execution_id: stage.execution_id.clone(),
        waiting_since: since,
        expires_at: since.zip(patience).and_then(|(at, patience)| at.checked_add_signed(patience)),
        note: declared.map_or_else(|| known.and_then(|k| k.note.clone()), |d| d.note.clone()),
        url: declared.map_or_else(|| known.and_then(|k| k.url.clone()), |d| d.url.clone()),
        revisions: execution.map(|e| e.revisions.clone()).unwrap_or_default(),
    };
    let arn = ids::action_arn(caller, pipeline, &stage.name, &action.def.name);
    Resource {
        id: Resource::make_id(&caller.profile, Some(&arn), &caller.region, ApprovalDetail::KIND, &action.def.name),
        arn: Some(arn),
        kind: ApprovalDetail::KIND.into(),
        service: super::super::ID.into(),
        name: action.def.name.clone(),
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status: action.status.clone().unwrap_or_default(),
        health: Health::Attention,
        aspect: Some(Aspect::Waiting),
        reason: Some(format!("{pipeline} waits for approval in {}", super::judge::name_of(stage, action))),
        since,
        read_at,
        tags: Default::default(),
        detail: serde_json::to_value(&detail).unwrap_or_default(),
    }
}
