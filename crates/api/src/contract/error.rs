//! Errors as fronts see them: a closed code to act on, a text to show.

use serde::{Deserialize, Serialize};
use skydeck_domain::ErrorInfo;
use ts_rs::TS;

/// What a front may do about an error. A variant exists only if some front treats it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The request itself is wrong: unknown call, bad parameters, unknown verb or option.
    Invalid,
    /// The thing is not in the cache, or not in AWS any more.
    NotFound,
    /// An ARN is held by several profiles; one must be named.
    Ambiguous,
    /// A guard refused: read-only, lock, account, confirmation, state moved, one at a time.
    Refused,
    /// No valid credentials.
    SignedOut,
    /// AWS could not be asked: network, throttling, AWS's own failure.
    Unavailable,
    /// AWS says it is not permitted.
    Denied,
    /// The local files: cache, ledger, settings, AWS config.
    Local,
    /// A defect of ours.
    Internal,
}

/// An error as answered to a front. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What a front may do.
    pub code: Code,
    /// What happened, to whom, and what to do.
    pub message: String,
    /// The call behind it, where AWS was asked.
    pub info: Option<ErrorInfo>,
}

impl ApiError {
    /// An error of ours, without a call behind it.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        ApiError { code, message: message.into(), info: None }
    }
}
