//! How fresh a source is, and why it is not fresher.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{SourceId, Timestamp};

/// Outcome of the last read of a source. Also the words of `skydeckctl sync --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SourceState {
    /// Not read yet.
    Pending,
    /// Read whole.
    Ok,
    /// Some calls failed; what could be read is there.
    Partial,
    /// Not permitted.
    Denied,
    /// No valid credentials: expired, missing or refused.
    SignedOut,
    /// AWS asked to slow down, longer than was waited.
    Throttled,
    /// No network, no such host, time-out.
    Unreachable,
    /// No such service in this Region, or the Region is not enabled in the account. Counts as read.
    NotAvailable,
    /// AWS ended the service. Counts as read.
    Retired,
    /// Anything else; the error says what.
    Failed,
}

impl SourceState {
    /// All states.
    pub const ALL: [SourceState; 10] = [
        SourceState::Pending,
        SourceState::Ok,
        SourceState::Partial,
        SourceState::Denied,
        SourceState::SignedOut,
        SourceState::Throttled,
        SourceState::Unreachable,
        SourceState::NotAvailable,
        SourceState::Retired,
        SourceState::Failed,
    ];

    /// The word used in JSON and in the database.
    pub fn word(self) -> &'static str {
        match self {
            SourceState::Pending => "pending",
            SourceState::Ok => "ok",
            SourceState::Partial => "partial",
            SourceState::Denied => "denied",
            SourceState::SignedOut => "signed-out",
            SourceState::Throttled => "throttled",
            SourceState::Unreachable => "unreachable",
            SourceState::NotAvailable => "not-available",
            SourceState::Retired => "retired",
            SourceState::Failed => "failed",
        }
    }

    /// The state of that word, if it is one.
    pub fn from_word(word: &str) -> Option<SourceState> {
        SourceState::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether the rows of the source can be taken as current.
    pub fn is_read(self) -> bool {
        matches!(self, SourceState::Ok | SourceState::NotAvailable | SourceState::Retired)
    }
}

/// What went wrong with one call or one source, as told to people and scripts. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct ErrorInfo {
    /// AWS's error code (`AccessDeniedException`), or one of ours (`ExpiredToken`, `DispatchFailure`, `ConfigError` …).
    pub code: String,
    /// What AWS said, or what happened, in one or two sentences.
    pub message: String,
    /// API operation (`GetPipelineState`), where there was one.
    pub operation: Option<String>,
}

/// What would make a source readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Cure {
    /// Sign in again.
    SignIn,
    /// Add the permission; a policy can be copied.
    Permission,
    /// Nothing: it is tried again by itself.
    Wait,
    /// Look at the network.
    Network,
    /// Mend the AWS config file.
    Config,
}

/// One source with the outcome of its last read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SourceStatus {
    /// Which source.
    pub id: SourceId,
    /// Account the profile's credentials belonged to at that read, where known.
    pub account: Option<String>,
    /// Outcome of the last finished read.
    pub state: SourceState,
    /// The error that explains the state; for `partial` the first of them.
    pub error: Option<ErrorInfo>,
    /// When it was last read whole (state `ok`), ever.
    pub ok_at: Option<Timestamp>,
    /// When the last read ended, whatever its outcome.
    pub read_at: Option<Timestamp>,
    /// When it will be read next, where that is planned.
    pub next_at: Option<Timestamp>,
    /// Rows of this source in the cache.
    #[ts(type = "number")]
    pub rows: i64,
    /// API calls of the last read.
    #[ts(type = "number")]
    pub api_calls: i64,
    /// Of them throttled.
    #[ts(type = "number")]
    pub throttles: i64,
    /// How long the last read took, in milliseconds.
    #[ts(type = "number")]
    pub elapsed_ms: i64,
}

impl SourceStatus {
    /// When it last yielded anything: a read that failed only tells that there is nothing newer.
    pub fn fresh_at(&self) -> Option<Timestamp> {
        if self.state.is_read() || self.state == SourceState::Partial { self.read_at } else { self.ok_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_read_makes_nothing_fresh() {
        let at = |seconds: i64| chrono::DateTime::from_timestamp(1_800_000_000 + seconds, 0);
        let status = |state| SourceStatus {
            id: SourceId { profile: "dev".into(), region: "eu-west-1".into(), service: "codepipeline".into() },
            account: None,
            state,
            error: None,
            ok_at: at(1),
            read_at: at(9),
            next_at: None,
            rows: 1,
            api_calls: 1,
            throttles: 0,
            elapsed_ms: 1,
        };
        for (state, fresh_at) in [
            (SourceState::Ok, at(9)),
            (SourceState::Partial, at(9)),
            (SourceState::Unreachable, at(1)),
            (SourceState::Denied, at(1)),
            (SourceState::SignedOut, at(1)),
        ] {
            assert_eq!(status(state).fresh_at(), fresh_at, "{state:?}");
        }
    }
}
