//! Two runs of one pipeline beside each other: what they shipped, and stage by stage and action by action how each stood and
//! how long it took. What was not read of a run is told as such: it is neither the same nor different.
//!
//! Deliberately not here: values of variables and configurations of actions. They may hold secrets and are not kept.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Usual,
    pipeline::{Revision, StageMark},
    repository::Commit,
};

/// How far a part of a run is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// It ran or runs, and that was read.
    Ran,
    /// It did not run: the run has not come to it, or had no such part.
    NotRun,
    /// Nothing was read of it: neither how it stood nor how long it took is known.
    Unread,
}

/// A part of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Side {
    /// How far it is known.
    pub known: Known,
    /// How it stands. A stage that must have been passed is `ok` also where nothing was read of its actions.
    pub mark: StageMark,
    /// AWS's status, of an action that ran.
    pub status: Option<String>,
    /// Duration in milliseconds, in all or so far; none where it is not known.
    #[ts(type = "number | null")]
    pub duration_ms: Option<i64>,
    /// How often it was tried, where that was read.
    pub tries: Option<u32>,
}

/// What is different about a part between two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// Nothing that matters.
    None,
    /// It stands otherwise.
    State,
    /// It took notably longer.
    Longer,
    /// It took notably less long.
    Shorter,
    /// Not known: it was not read in one of them.
    Unknown,
}

/// A stage in both runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StageDiff {
    /// Name.
    pub name: String,
    /// In the run looked at.
    pub run: Side,
    /// In the one it is compared with.
    pub with: Side,
    /// How much longer it took, in milliseconds; less than nothing where it took less long.
    #[ts(type = "number | null")]
    pub longer_ms: Option<i64>,
    /// What is different.
    pub difference: Difference,
    /// Its actions, by run order.
    pub actions: Vec<ActionDiff>,
}

/// An action in both runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ActionDiff {
    /// Name.
    pub name: String,
    /// Category.
    pub category: String,
    /// Provider.
    pub provider: String,
    /// What it works on.
    pub subject: Option<String>,
    /// In the run looked at.
    pub run: Side,
    /// In the one it is compared with.
    pub with: Side,
    /// How much longer it took, in milliseconds; less than nothing where it took less long.
    #[ts(type = "number | null")]
    pub longer_ms: Option<i64>,
    /// What is different.
    pub difference: Difference,
    /// What is usual for it.
    pub usual: Option<Usual>,
}

/// What one source brought to both runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RevisionDiff {
    /// Source action.
    pub source: String,
    /// What the run looked at ships of it.
    pub run: Option<Revision>,
    /// What the one it is compared with shipped.
    pub with: Option<Revision>,
    /// Whether it is the same revision.
    pub same: bool,
    /// https link to what lies between the two, where the repository has such a page.
    pub between_url: Option<String>,
    /// The commits between the two, where all of them are known.
    pub commits: Option<Commits>,
}

/// Commits that lie between two revisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Commits {
    /// Whether the run looked at has them and the other had not; else it is the other way round.
    pub added: bool,
    /// Newest first.
    pub commits: Vec<Commit>,
}
