//! The earliest event that explains a failed run.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Timestamp, log::LogLine};

/// A step on the way from the run to its cause: a stage, an action, a build, a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CauseStep {
    /// Name as AWS has it.
    pub label: String,
    /// What it is: `stage`, `action`, `account` (where it goes on in another one), `build`, `phase`.
    pub what: String,
    /// Row id, where it is one in the cache.
    pub id: Option<String>,
    /// https link, where there is one.
    pub url: Option<String>,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FirstCause {
    /// One sentence: where and what.
    pub title: String,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// The way to it.
    pub path: Vec<CauseStep>,
    /// Service whose word it is: `codebuild`, `codepipeline`.
    pub service: String,
    /// AWS's error code or phase status.
    pub code: Option<String>,
    /// What AWS says, whole, redacted.
    pub message: Option<String>,
    /// Last lines of the log that shows it.
    pub log: Vec<LogLine>,
    /// Indexes into `log` of the lines that explain it.
    pub hits: Vec<u32>,
    /// Whether the log has earlier lines than these.
    pub log_truncated: bool,
    /// Where the whole log is: group and stream, as one text.
    pub log_name: Option<String>,
    /// https link to the whole log.
    pub log_url: Option<String>,
    /// Whether the log is still being read, or why it could not be.
    pub log_note: Option<String>,
    /// How often the same cause was seen in the kept history of this thing, this one included; none if not counted.
    #[ts(type = "number | null")]
    pub seen: Option<i64>,
}
