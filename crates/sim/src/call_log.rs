//! What was asked of the simulator, in order: how tests count calls, and see that a mutation ran once.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// Number in order of arrival, from 1.
    pub number: u64,
    /// The world's time.
    pub at: DateTime<Utc>,
    /// Account of the caller; empty if the call was not signed.
    pub account: String,
    /// Region it was signed for; empty if it was not signed.
    pub region: String,
    /// Endpoint prefix of the service; empty if none was recognised.
    pub service: String,
    /// Operation, or what the request called it.
    pub operation: String,
    /// Whether the operation changes the world.
    pub mutating: bool,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ran and was answered.
    Answered,
    /// It was refused, by the protocol layer or the service, with this code.
    Refused(String),
    /// A fault kept it from running.
    Prevented(&'static str),
    /// It ran, but a fault kept the caller from knowing.
    Lost(&'static str),
}

impl Outcome {
    /// Whether the operation ran in the world.
    pub fn ran(&self) -> bool {
        matches!(self, Outcome::Answered | Outcome::Lost(_))
    }
}

/// Whether an operation of that name changes something, as AWS names its operations. Opening a session changes no
/// resource and counts as reading; so does looking for drift, which leaves every resource as it is.
pub fn mutates(operation: &str) -> bool {
    const READS: [&str; 9] =
        ["Get", "List", "Describe", "BatchGet", "Filter", "Lookup", "Search", "AssumeRole", "DetectStackDrift"];
    !READS.iter().any(|verb| operation.starts_with(verb))
}

/// How many calls are remembered: enough for every test, and little enough for a demo that runs for days.
const REMEMBERED: usize = 100_000;

#[derive(Debug, Default)]
pub(crate) struct CallLog {
    calls: VecDeque<Call>,
    count: u64,
}

impl CallLog {
    pub(crate) fn add(&mut self, mut call: Call) {
        self.count += 1;
        call.number = self.count;
        if self.calls.len() == REMEMBERED {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_operation_is_known_as_reading_or_mutating() {
        let mutating: Vec<&str> = crate::model::services()
            .iter()
            .flat_map(|service| service.operations.keys())
            .map(String::as_str)
            .filter(|operation| mutates(operation))
            .collect();
        let verbs = [
            "Cancel", "Continue", "Create", "Delete", "Disable", "Enable", "Execute", "Put", "Retry", "Rollback",
            "Start", "Stop", "Update",
        ];
        for operation in mutating {
            assert!(verbs.iter().any(|verb| operation.starts_with(verb)), "{operation}: is that a mutation?");
        }
    }
}
