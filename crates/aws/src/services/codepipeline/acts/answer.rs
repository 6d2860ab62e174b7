//! The words in which it is told what was found out.

use skydeck_domain::ActionRecord;

use super::receipt;
use crate::service::{Found, VerbSpec};

/// It ran, and this is what to follow.
pub(super) fn ran(spec: &VerbSpec, follow_id: impl Into<Option<String>>) -> Found {
    Found::Ran(receipt(spec, None, follow_id.into()))
}

/// Nothing of it is there.
pub(super) fn nothing(record: &ActionRecord, what: &str) -> Found {
    Found::DidNotRun(format!("{what} since {}.", record.started_at.format("%H:%M:%S UTC")))
}

/// Exactly one thing was started since: that is it. Two cannot be told apart.
pub(super) fn the_one(spec: &VerbSpec, record: &ActionRecord, ids: Vec<String>) -> Found {
    match &ids[..] {
        [] => nothing(record, "AWS lists nothing that it could have started"),
        [id] => ran(spec, id.clone()),
        several => Found::CannotTell(format!("{} could each have come from it", several.join(", "))),
    }
}
