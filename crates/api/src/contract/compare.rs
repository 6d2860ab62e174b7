//! Two runs of one pipeline beside each other; and one row as it is kept.

use serde::{Deserialize, Serialize};
use skydeck_domain::{
    ErrorInfo, Mark, Resource, Run, Timestamp, Usual,
    compare::{Difference, RevisionDiff, StageDiff},
    pipeline::VariableDef,
};
use ts_rs::TS;

/// Which pipeline, and which two of its executions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct CompareParams {
    /// Row id of the pipeline.
    pub id: String,
    /// Execution to look at; none is the one the row shows.
    #[serde(default)]
    pub execution: Option<String>,
    /// Execution to compare it with; none is the last one before it that succeeded.
    #[serde(default)]
    pub with: Option<String>,
}

/// A run, by how it differs from another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Comparison {
    /// The run looked at.
    pub run: ComparedRun,
    /// The one it is compared with; none if none was named and none before it succeeded. Then there are no differences.
    pub with: Option<ComparedRun>,
    /// How much longer it took, in milliseconds; less than nothing where it took less long.
    #[ts(type = "number | null")]
    pub longer_ms: Option<i64>,
    /// What that amounts to.
    pub difference: Difference,
    /// What is usual for the pipeline.
    pub usual: Option<Usual>,
    /// What each source brought.
    pub revisions: Vec<RevisionDiff>,
    /// Stages and actions.
    pub stages: Vec<StageDiff>,
    /// Variables that the pipeline declares now. The values a run had are not kept: they may be secrets.
    pub variables: Vec<VariableDef>,
    /// Instant at which this was put together.
    pub now: Timestamp,
}

/// One of two runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ComparedRun {
    /// The run.
    #[serde(flatten)]
    #[ts(flatten)]
    pub run: Run,
    /// The user's mark on it.
    pub mark: Option<Mark>,
    /// How long it took, or takes so far, in milliseconds.
    #[ts(type = "number")]
    pub duration_ms: i64,
    /// Mode it ran in, where that is known.
    pub execution_mode: Option<String>,
    /// Version of the structure it ran on, where that was read.
    pub pipeline_version: Option<i32>,
    /// Whether its actions are being read because it is compared.
    pub inside: Inside,
    /// Why they could not be read.
    pub inside_error: Option<ErrorInfo>,
}

/// What becomes of the actions of a run, where not all of them are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Inside {
    /// Nothing: they are known, or the run is not over and they are read as it goes on.
    Known,
    /// They are being read.
    Reading,
    /// AWS does not have them (any more).
    Gone,
    /// They could not be read.
    Failed,
}

/// A row as it is kept in the cache.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RawRow {
    /// The row, whole. Nothing secret is kept, so nothing is taken out here.
    pub row: Resource,
    /// Instant at which this was put together.
    pub now: Timestamp,
}
