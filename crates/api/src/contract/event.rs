//! What is pushed to fronts: only *that* something changed. What it is now is read again.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A change. A front that missed events (`seq` has a hole) re-reads everything it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Event {
    /// Running number from 1.
    #[ts(type = "number")]
    pub seq: u64,
    /// Tags whose data changed: `board`, `rows:<kind>`, `row:<id>`, `profiles`, `sources`, `meters`, `ledger`,
    /// `action:<action>`, `locks`, `marks`, `settings`, `log:<row id>`.
    pub tags: Vec<String>,
}
