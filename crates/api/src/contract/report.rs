//! Reporting a problem: what a person may hand on without telling whose machine it was.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong in the page itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PageError {
    /// What was being shown or done: `board`, `detail` …
    pub place: String,
    /// The error's own words.
    pub message: String,
    /// Its stack.
    pub stack: String,
}

/// What only the front knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ReportParams {
    /// What it runs in: `window`, `browser`, and the engine that draws it.
    pub front: String,
    /// Errors of the page, newest last.
    pub errors: Vec<PageError>,
}

/// A report, to be shown whole before it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Report {
    /// Its text.
    pub text: String,
}
