//! CodeBuild's things. Environment variables are never kept: their values hold secrets, their names are of no use here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Timestamp, resource::Detail};

/// Detail of `codebuild.project`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ProjectDetail {
    /// Description.
    pub description: Option<String>,
    /// `CODECOMMIT`, `GITHUB`, `CODEPIPELINE` …
    pub source_type: Option<String>,
    /// Where the source is, without user information.
    pub source_location: Option<String>,
    /// Build image.
    pub image: Option<String>,
    /// `BUILD_GENERAL1_SMALL` …
    pub compute_type: Option<String>,
    /// Minutes until a build times out.
    pub timeout_minutes: Option<i32>,
    /// Last change.
    pub updated_at: Option<Timestamp>,
    /// Id of the latest build, where known.
    pub last_build_id: Option<String>,
}

impl Detail for ProjectDetail {
    const KIND: &'static str = "codebuild.project";
}

/// A phase of a build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BuildPhase {
    /// `SUBMITTED`, `QUEUED`, `PROVISIONING`, `DOWNLOAD_SOURCE`, `INSTALL`, `PRE_BUILD`, `BUILD`, `POST_BUILD`, `UPLOAD_ARTIFACTS`, `FINALIZING`, `COMPLETED`.
    pub phase: String,
    /// `SUCCEEDED`, `FAILED`, `FAULT`, `TIMED_OUT`, `IN_PROGRESS`, `STOPPED`; none while it runs.
    pub status: Option<String>,
    /// Start.
    pub started_at: Option<Timestamp>,
    /// End.
    pub ended_at: Option<Timestamp>,
    /// What AWS says of it, such as `COMMAND_EXECUTION_ERROR: … exit status 1`, redacted.
    pub message: Option<String>,
}

/// Detail of `codebuild.build`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BuildDetail {
    /// Project.
    pub project: String,
    /// `project:uuid`.
    pub build_id: String,
    /// Number within the project.
    #[ts(type = "number | null")]
    pub number: Option<i64>,
    /// `SUCCEEDED`, `FAILED`, `FAULT`, `TIMED_OUT`, `IN_PROGRESS`, `STOPPED`.
    pub status: String,
    /// Phase it is in or ended in.
    pub current_phase: Option<String>,
    /// Phases in order.
    pub phases: Vec<BuildPhase>,
    /// Commit it built, where known.
    pub source_version: Option<String>,
    /// Start.
    pub started_at: Option<Timestamp>,
    /// End.
    pub ended_at: Option<Timestamp>,
    /// Who started it: `codepipeline/<name>`, a user, a webhook.
    pub initiator: Option<String>,
    /// CloudWatch Logs group.
    pub log_group: Option<String>,
    /// CloudWatch Logs stream.
    pub log_stream: Option<String>,
    /// https link to the logs in the console.
    pub log_url: Option<String>,
}

impl Detail for BuildDetail {
    const KIND: &'static str = "codebuild.build";
}
