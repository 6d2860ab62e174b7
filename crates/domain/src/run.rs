//! One go of something that ships, as history remembers it, and what is usual for its thing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Timestamp, pipeline::Revision};

/// How a run ended, or that it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// Under way.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Stopped by hand or cancelled.
    Stopped,
    /// A newer one took its place.
    Superseded,
}

impl RunOutcome {
    /// The word used in JSON and in the database.
    pub fn word(self) -> &'static str {
        match self {
            RunOutcome::Running => "running",
            RunOutcome::Succeeded => "succeeded",
            RunOutcome::Failed => "failed",
            RunOutcome::Stopped => "stopped",
            RunOutcome::Superseded => "superseded",
        }
    }

    /// The outcome of that word, if it is one.
    pub fn from_word(word: &str) -> Option<RunOutcome> {
        [RunOutcome::Running, RunOutcome::Succeeded, RunOutcome::Failed, RunOutcome::Stopped, RunOutcome::Superseded]
            .into_iter()
            .find(|o| o.word() == word)
    }
}

/// One run. A pipeline execution, or a build. Finished runs are kept in the ledger, since AWS forgets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Run {
    /// ARN of what ran: the pipeline, the project. With the account inside, so that it is the same through any profile.
    pub of_arn: String,
    /// Id of the run in AWS.
    pub run_id: String,
    /// Kind of the run: `codepipeline.execution`, `codebuild.build`.
    pub kind: String,
    /// How it ended.
    pub outcome: RunOutcome,
    /// AWS's own word.
    pub status: String,
    /// Whether it went back to an earlier version.
    pub rollback: bool,
    /// Run it went back to, if so.
    pub rollback_of: Option<String>,
    /// Start.
    pub started_at: Timestamp,
    /// End, if it ended.
    pub ended_at: Option<Timestamp>,
    /// Who or what started it.
    pub by: Option<String>,
    /// Why it started: AWS's trigger type.
    pub trigger: Option<String>,
    /// What it shipped.
    pub revisions: Vec<Revision>,
    /// First line of why it failed, where known.
    pub reason: Option<String>,
}

/// What is usual for a thing, from its own finished, successful runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Usual {
    /// Median duration in milliseconds.
    #[ts(type = "number")]
    pub median_ms: i64,
    /// 90th percentile in milliseconds.
    #[ts(type = "number")]
    pub p90_ms: i64,
    /// From how many runs.
    #[ts(type = "number")]
    pub runs: i64,
}

/// From fewer runs nothing can be said.
const ENOUGH: usize = 5;

impl Usual {
    /// What is usual, by these durations in milliseconds; none from fewer than five. Median and 90th percentile by nearest
    /// rank: both are durations that really were.
    pub fn of(mut durations_ms: Vec<i64>) -> Option<Usual> {
        if durations_ms.len() < ENOUGH {
            return None;
        }
        durations_ms.sort_unstable();
        let rank = |percent: usize| durations_ms[(durations_ms.len() * percent).div_ceil(100) - 1];
        Some(Usual { median_ms: rank(50), p90_ms: rank(90), runs: durations_ms.len() as i64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest() {
        let cases = [
            (vec![], None),
            (vec![1, 2, 3, 4], None),
            (vec![50, 10, 40, 20, 30], Some((30, 50))),
            (vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Some((5, 9))),
            (vec![7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 900], Some((7, 7))),
        ];
        for (ms, expected) in cases {
            let told = Usual::of(ms.clone());
            assert_eq!(told.map(|u| (u.median_ms, u.p90_ms)), expected, "{ms:?}");
            assert!(told.is_none_or(|u| u.runs == ms.len() as i64));
        }
    }
}
