//! From AWS's answers to rows: pure, no calls, no clock. What holds secrets (action configurations, output variables,
//! approval tokens) enters here and does not leave: only the members named in `structure` do.

pub(super) mod action;
pub(super) mod approval;
pub(super) mod execution;
pub(super) mod judge;
pub(super) mod pipeline;
pub(super) mod revision;
#[cfg(test)]
pub(super) mod samples;
pub(super) mod stage;
pub(super) mod structure;
