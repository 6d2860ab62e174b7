//! The end of a log. Kept in memory only, never on disk.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorInfo, Timestamp};

/// One line as AWS has it. The text is hostile: it may hold escape codes, markup, anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// The text, without the line end, at most 16 KiB; a cut one ends in `…`.
    pub text: String,
}

/// The last lines of a log stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LogTail {
    /// Log group.
    pub group: String,
    /// Log stream.
    pub stream: String,
    /// Lines, oldest first.
    pub lines: Vec<LogLine>,
    /// Whether there are earlier ones.
    pub truncated: bool,
    /// When it was read.
    pub read_at: Timestamp,
    /// Why there are none, if the read failed.
    pub error: Option<ErrorInfo>,
}
