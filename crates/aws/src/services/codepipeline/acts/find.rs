//! Finding out whether a call ran whose answer never came: what AWS's lists must show if it did.

use aws_sdk_codepipeline::types::{PipelineExecutionSummary, TriggerType};
use chrono::TimeDelta;
use skydeck_domain::{ActionRecord, Timestamp};

use crate::services::instant;

/// How far AWS's clock may be behind ours before what happened after the intent looks as if it came before it.
const SKEW: TimeDelta = TimeDelta::seconds(2);

/// Whether something that AWS dates so can come from an action of that record.
pub(super) fn since(record: &ActionRecord, at: Option<Timestamp>) -> bool {
    at.is_some_and(|at| at >= record.started_at - SKEW)
}

/// Whether an ARN or name in AWS's answer is who acts here. What either side does not tell excludes nobody.
pub(super) fn is_who(record: &ActionRecord, told: Option<&str>) -> bool {
    let Some((who, told)) = record.who.as_deref().zip(told) else { return true };
    let last = |name: &str| name.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
    last(who) == last(told)
}

/// Of these executions, the ones that this action can have started: since its intent, by this trigger, by who acts.
pub(super) fn started<'a>(
    record: &'a ActionRecord,
    summaries: &'a [PipelineExecutionSummary],
    trigger: TriggerType,
) -> impl Iterator<Item = &'a PipelineExecutionSummary> {
    summaries.iter().filter(move |s| {
        since(record, instant::maybe(s.start_time()))
            && s.trigger().is_none_or(|t| {
                t.trigger_type().is_none_or(|kind| *kind == trigger) && is_who(record, t.trigger_detail())
            })
    })
}
