//! What went wrong with a call, as a class that code may act on and an [`ErrorInfo`] that people read.
//! Nobody matches on text: a new distinction is a new class.

use chrono::TimeDelta;
use skydeck_domain::{ErrorInfo, SourceState};

/// What an error means for what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Not permitted (`AccessDenied…`), by policy, boundary or SCP.
    Denied,
    /// Credentials are missing, expired or refused.
    SignedOut,
    /// AWS asked to slow down.
    Throttled,
    /// No network, no such host, TLS, time-out before an answer. For a mutating call this may hide that it ran.
    Unreachable,
    /// No such service in this Region, or the Region is not enabled in the account.
    NotAvailable,
    /// AWS ended the service.
    Retired,
    /// The thing is not there (any more).
    NotFound,
    /// AWS refused because of the thing's present state.
    Conflict,
    /// AWS refused the request itself.
    Invalid,
    /// AWS's own failure (5xx), or an answer that could not be understood.
    Failed,
    /// The local configuration is wrong: profile, Region, file.
    Config,
}

/// An error of one call or of getting the credentials for it. Never holds a secret.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{} ({}){}: {}", info.code, profile, operation_text(info), info.message)]
pub struct AwsError {
    /// What it means.
    pub class: ErrorClass,
    /// What people and scripts are told.
    pub info: ErrorInfo,
    /// Profile it happened to.
    pub profile: String,
    /// Region it happened in.
    pub region: String,
    /// When AWS said to come back, where it did.
    pub retry_after: Option<TimeDelta>,
    /// For a mutating call: whether it certainly did not run. Reading calls leave it true.
    pub certainly_not_run: bool,
}

fn operation_text(info: &ErrorInfo) -> String {
    info.operation.as_ref().map(|o| format!(" in {o}")).unwrap_or_default()
}

impl AwsError {
    /// The state a source is in when this ended its read.
    pub fn source_state(&self) -> SourceState {
        match self.class {
            ErrorClass::Denied => SourceState::Denied,
            ErrorClass::SignedOut => SourceState::SignedOut,
            ErrorClass::Throttled => SourceState::Throttled,
            ErrorClass::Unreachable => SourceState::Unreachable,
            ErrorClass::NotAvailable => SourceState::NotAvailable,
            ErrorClass::Retired => SourceState::Retired,
            _ => SourceState::Failed,
        }
    }
}
