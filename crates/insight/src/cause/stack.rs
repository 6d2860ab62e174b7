//! The first failed event of a stack's operation as a cause, through nested stacks down to the resource.

use skydeck_domain::{
    CauseStep, FirstCause,
    stack::{StackCause, StackOperation},
};

use super::{nothing_yet, sentence, title};
use crate::text;

/// A stack with its latest operation: the one that failed, and those nested in it that its failure goes on in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StackEvidence<'a> {
    /// Row id.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Its operation that failed.
    pub operation: &'a StackOperation,
}

/// Whether a failure is a nested stack's, so that it goes on there.
pub fn is_nested(cause: &StackCause) -> bool {
    cause.resource_type == "AWS::CloudFormation::Stack"
}

/// Why a stack's operation failed: `chain` begins with the stack and goes on with the nested stacks that failed in it.
/// None if nothing in it failed.
pub fn stack_cause(chain: &[StackEvidence<'_>]) -> Option<FirstCause> {
    let last = chain.iter().rev().find(|s| s.operation.cause.is_some())?;
    let cause = last.operation.cause.as_ref()?;
    let step = |s: &StackEvidence<'_>| CauseStep {
        label: s.name.to_owned(),
        what: "stack".into(),
        id: Some(s.id.to_owned()),
        url: None,
    };
    let mut path: Vec<CauseStep> = chain.iter().map(step).collect();
    path.push(CauseStep { label: cause.logical_id.clone(), what: "resource".into(), id: None, url: None });
    let what = match cause.reason.as_deref() {
        Some(reason) => text::one_line(reason, title::LONGEST),
        None => format!("{} without a message", cause.status),
    };
    Some(FirstCause {
        title: sentence(&cause.logical_id, &what),
        at: Some(cause.at),
        path,
        code: Some(cause.status.clone()),
        message: cause.reason.clone(),
        ..nothing_yet("cloudformation")
    })
}
