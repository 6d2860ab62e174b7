//! The words in which it is told what was found out, and the receipt of a call.

use chrono::TimeDelta;
use skydeck_domain::{ActionRecord, Timestamp};

use crate::service::{Found, Receipt, VerbSpec};

/// How far AWS's clock may be behind ours before what happened after the intent looks as if it came before it.
const SKEW: TimeDelta = TimeDelta::seconds(2);

/// Whether something that AWS dates so can come from an action of that record.
pub(super) fn since(record: &ActionRecord, at: Option<Timestamp>) -> bool {
    at.is_some_and(|at| at >= record.started_at - SKEW)
}

/// The receipt of an operation of this service.
pub(super) fn receipt(spec: &VerbSpec, request_id: Option<String>, follow_id: Option<String>) -> Receipt {
    Receipt { operation: format!("{}:{}", super::super::ID, spec.operation), request_id, follow_id }
}

/// It ran, and this is what to follow.
pub(super) fn ran(spec: &VerbSpec, follow_id: Option<String>) -> Found {
    Found::Ran(receipt(spec, None, follow_id))
}

/// Nothing of it is there.
pub(super) fn nothing(record: &ActionRecord, what: &str) -> Found {
    Found::DidNotRun(format!("{what} since {}.", record.started_at.format("%H:%M:%S UTC")))
}
