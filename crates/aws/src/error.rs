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
#[error("{}{} ({}): {}", info.code, operation_text(info), self.whose(), info.message)]
pub struct AwsError {
    /// What it means.
    pub class: ErrorClass,
    /// What people and scripts are told.
    pub info: ErrorInfo,
    /// Profile it happened to.
    pub profile: String,
    /// Account, 12 digits, where it was known by then.
    pub account: Option<String>,
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
    /// `profile prod, account 111122223333, eu-west-1`.
    fn whose(&self) -> String {
        let account = self.account.as_ref().map(|a| format!(", account {a}")).unwrap_or_default();
        format!("profile {}{account}, {}", self.profile, self.region)
    }

    /// What to do about it, where the message does not say so itself.
    pub fn advice(&self) -> Option<&'static str> {
        match self.class {
            ErrorClass::Denied => Some("`skydeckctl policy operator` prints the permissions that are needed."),
            ErrorClass::Throttled => Some("Wait a moment and try again."),
            ErrorClass::NotFound => Some("It is not in AWS any more; the next read takes its row away."),
            ErrorClass::Failed => {
                Some("Try again; if it stays so, look at the state of AWS: https://health.aws.amazon.com.")
            }
            ErrorClass::Conflict => Some("Look at it again: its state has moved."),
            // Their messages say what to do: sign in how, check what, mend which line, enable which Region.
            ErrorClass::SignedOut | ErrorClass::Unreachable | ErrorClass::Config | ErrorClass::NotAvailable => None,
            ErrorClass::Retired | ErrorClass::Invalid => None,
        }
    }

    /// All of it, with what to do.
    pub fn with_advice(&self) -> String {
        self.advised(&self.to_string())
    }

    /// A text about it, with what to do.
    pub(crate) fn advised(&self, text: &str) -> String {
        let text = text.trim_end();
        // AWS's own messages end with a full stop or not.
        let stop = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
        self.advice().map_or_else(|| text.to_owned(), |advice| format!("{text}{stop} {advice}"))
    }

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
