//! One pipeline: its stages and actions, the run looked at, why it failed, its history, what can be done.

use serde::{Deserialize, Serialize};
use skydeck_domain::{
    FirstCause, Lock, Mark, Profile, Resource, Run, SourceStatus, Timestamp, Usual, Verb,
    pipeline::{ExecutionDetail, PipelineDetail, StageMark},
};
use ts_rs::TS;

use super::board::BoardRow;

/// Which pipeline, and which of its executions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct PipelineParams {
    /// Row id of the pipeline.
    pub id: String,
    /// Execution to look at; none is the one the row shows.
    #[serde(default)]
    pub execution: Option<String>,
}

/// A pipeline as looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PipelineView {
    /// The same row as on the board.
    pub row: BoardRow,
    /// Its profile.
    pub profile: Profile,
    /// Structure and state.
    pub detail: PipelineDetail,
    /// The execution looked at.
    pub execution: Option<ExecutionDetail>,
    /// The stages and actions with their state *in that execution*.
    pub stages: Vec<RunStage>,
    /// Why it failed, if it failed.
    pub cause: Option<FirstCause>,
    /// History, newest first, at most 60.
    pub history: Vec<HistoryRun>,
    /// What is usual for it.
    pub usual: Option<Usual>,
    /// What can be done, on it and on its parts.
    pub verbs: Vec<Verb>,
    /// Lock on it, its environment.
    pub lock: Option<Lock>,
    /// How fresh its source is.
    pub source: Option<SourceStatus>,
    /// https link to it in the AWS console.
    pub console_url: String,
    /// Instant at which this was put together.
    pub now: Timestamp,
}

/// A run of the history with the user's mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct HistoryRun {
    /// The run.
    #[serde(flatten)]
    #[ts(flatten)]
    pub run: Run,
    /// The user's mark on it.
    pub mark: Option<Mark>,
}

/// A stage in one execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunStage {
    /// Name.
    pub name: String,
    /// Mark.
    pub mark: StageMark,
    /// Whether the transition into it is open.
    pub transition_enabled: bool,
    /// Why not, as given.
    pub transition_reason: Option<String>,
    /// Its actions in order of their run order.
    pub actions: Vec<RunAction>,
}

/// An action in one execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunAction {
    /// Name.
    pub name: String,
    /// Mark.
    pub mark: StageMark,
    /// Category.
    pub category: String,
    /// Provider.
    pub provider: String,
    /// Order within the stage.
    pub run_order: i32,
    /// What it works on.
    pub subject: Option<String>,
    /// AWS's status.
    pub status: Option<String>,
    /// Duration so far or in all, in milliseconds.
    #[ts(type = "number | null")]
    pub duration_ms: Option<i64>,
    /// Start.
    pub started_at: Option<Timestamp>,
    /// Summary or error, one line.
    pub note: Option<String>,
    /// https link to its execution in the external system, if allowed.
    pub url: Option<String>,
    /// Row id of what it runs (a build), if it is in the cache.
    pub runs_id: Option<String>,
}

/// A build as looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BuildView {
    /// The row, with `BuildDetail`.
    pub row: Resource,
    /// Its profile.
    pub profile: Profile,
    /// Last lines of its log, if they were read; reading them is asked for by asking for this view.
    pub log: Option<skydeck_domain::log::LogTail>,
    /// Why it failed.
    pub cause: Option<FirstCause>,
    /// What is usual for its project.
    pub usual: Option<Usual>,
    /// What can be done.
    pub verbs: Vec<Verb>,
    /// How fresh its source is.
    pub source: Option<SourceStatus>,
    /// https link to it in the AWS console.
    pub console_url: String,
    /// Instant at which this was put together.
    pub now: Timestamp,
}
