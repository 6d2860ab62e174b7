//! CodePipeline's things: pipelines with stages and actions, executions, approvals.
//! Action configurations and output variables are never kept (they hold secrets): only the few members named here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Timestamp, resource::Detail};

/// What is being shipped: a commit, an image, an object version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Revision {
    /// Source action that brought it.
    pub source: String,
    /// Revision id: commit id, image digest, S3 version.
    pub id: String,
    /// Commit message or summary, one line.
    pub message: Option<String>,
    /// Author, where AWS or the repository tells.
    pub author: Option<String>,
    /// https link to it, where there is one.
    pub url: Option<String>,
    /// Provider: `CodeCommit`, `GitHub`, `S3`, `ECR` …
    pub provider: Option<String>,
    /// When it was made or changed, where told.
    pub at: Option<Timestamp>,
}

/// A revision's id as people write it: seven digits of a commit; of anything else at most 12 characters, the last of them `…`
/// where it was cut.
pub fn short_id(id: &str) -> String {
    let commit = id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
    match id.char_indices().nth(12) {
        _ if commit => id[..7].to_owned(),
        Some(_) => id.chars().take(11).chain(['…']).collect(),
        None => id.to_owned(),
    }
}

/// An action as the pipeline's structure declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionDef {
    /// Name.
    pub name: String,
    /// `Source`, `Build`, `Test`, `Deploy`, `Approval`, `Invoke`, `Compute`.
    pub category: String,
    /// `CodeBuild`, `CodeStarSourceConnection`, `Jenkins`, `CloudFormation` …
    pub provider: String,
    /// `AWS`, `ThirdParty` or `Custom`.
    pub owner: String,
    /// Order within the stage; equal ones run in parallel.
    pub run_order: i32,
    /// Region it runs in, where it differs from the pipeline's.
    pub region: Option<String>,
    /// Account it runs in, by a role there, where it differs from the pipeline's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<String>,
    /// What it works on, in one non-secret member: CodeBuild's `ProjectName`, `RepositoryName`, `StackName` …
    pub subject: Option<String>,
}

/// A stage as the structure declares it, with the state of its latest execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StageState {
    /// Name.
    pub name: String,
    /// AWS's status of the latest execution in this stage: `InProgress`, `Succeeded`, `Failed`, `Stopped`, `Stopping`, `Cancelled`; none if never reached.
    pub status: Option<String>,
    /// Latest execution in this stage.
    pub execution_id: Option<String>,
    /// An execution waiting to enter this stage.
    pub inbound_execution_id: Option<String>,
    /// Whether the transition into this stage is open.
    pub transition_enabled: bool,
    /// Reason given when the transition was disabled.
    pub transition_reason: Option<String>,
    /// When the transition was last changed.
    pub transition_changed_at: Option<Timestamp>,
    /// Its actions.
    pub actions: Vec<ActionState>,
}

/// An action with the state of its latest execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ActionState {
    /// What it is.
    #[serde(flatten)]
    #[ts(flatten)]
    pub def: ActionDef,
    /// AWS's status: `InProgress`, `Abandoned`, `Succeeded`, `Failed`; none if not reached.
    pub status: Option<String>,
    /// AWS's summary, one line, redacted.
    pub summary: Option<String>,
    /// Last change.
    pub changed_at: Option<Timestamp>,
    /// Start, where the action's execution was read.
    pub started_at: Option<Timestamp>,
    /// End, where the action's execution was read and is over.
    pub ended_at: Option<Timestamp>,
    /// Id in the external system: a build id, a deployment id, a stack id.
    pub external_id: Option<String>,
    /// https link to that execution.
    pub external_url: Option<String>,
    /// https link to what the action works on.
    pub entity_url: Option<String>,
    /// Revision it brought (source actions).
    pub revision_id: Option<String>,
    /// Code of the error, where it failed.
    pub error_code: Option<String>,
    /// Message of the error, one line, redacted.
    pub error_message: Option<String>,
    /// Id of this one action execution.
    pub action_execution_id: Option<String>,
    /// Percentage, where the provider tells.
    pub percent: Option<i32>,
}

/// A pipeline variable as declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VariableDef {
    /// Name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Whether it has a default (the value is not kept: it may be a secret).
    pub has_default: bool,
}

/// What starts a pipeline by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TriggerDef {
    /// Source action it listens to.
    pub source: String,
    /// `push`, `pull-request`.
    pub event: String,
    /// Branch, tag and path filters, as text.
    pub filter: String,
}

/// Detail of `codepipeline.pipeline`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PipelineDetail {
    /// `V1` or `V2`.
    pub pipeline_type: String,
    /// `SUPERSEDED`, `QUEUED` or `PARALLEL`.
    pub execution_mode: String,
    /// Version of the structure.
    pub version: i32,
    /// When the structure last changed.
    pub updated_at: Option<Timestamp>,
    /// Stages in order, each with its actions and state.
    pub stages: Vec<StageState>,
    /// Declared variables.
    pub variables: Vec<VariableDef>,
    /// Declared triggers.
    pub triggers: Vec<TriggerDef>,
    /// The execution the row shows: the one furthest from fine, else the latest.
    pub execution: Option<ExecutionDetail>,
    /// What could not be read of it, with the operation; the rest is as read.
    pub missing: Vec<crate::ErrorInfo>,
}

impl Detail for PipelineDetail {
    const KIND: &'static str = "codepipeline.pipeline";
}

/// Detail of `codepipeline.execution`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExecutionDetail {
    /// Name of its pipeline.
    pub pipeline: String,
    /// Execution id.
    pub execution_id: String,
    /// AWS's word: `InProgress`, `Succeeded`, `Superseded`, `Failed`, `Stopped`, `Stopping`, `Cancelled`.
    pub status: String,
    /// AWS's summary of the status.
    pub status_summary: Option<String>,
    /// `STANDARD` or `ROLLBACK`.
    pub execution_type: String,
    /// Execution it goes back to, if it is a rollback.
    pub rollback_of: Option<String>,
    /// Mode it ran in.
    pub execution_mode: Option<String>,
    /// Start.
    pub started_at: Option<Timestamp>,
    /// Last update; the end once the status is final.
    pub updated_at: Option<Timestamp>,
    /// Why it started: `Webhook`, `StartPipelineExecution`, `CloudWatchEvent`, `ManualRollback` …
    pub trigger_type: Option<String>,
    /// Who or what started it: the trigger detail, shortened to the user or rule.
    pub trigger_by: Option<String>,
    /// Structure version it ran on, where known.
    pub pipeline_version: Option<i32>,
    /// Revisions it ships.
    pub revisions: Vec<Revision>,
    /// Its action executions, where they were read, oldest first.
    pub actions: Vec<ActionRun>,
    /// Whether they were read after it had ended, so that what is not among them did not run.
    #[serde(default)]
    pub actions_whole: bool,
}

impl Detail for ExecutionDetail {
    const KIND: &'static str = "codepipeline.execution";
}

/// One action of one execution, as `ListActionExecutions` tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ActionRun {
    /// Stage.
    pub stage: String,
    /// Action with its latest state in this execution.
    #[serde(flatten)]
    #[ts(flatten)]
    pub state: ActionState,
}

/// What was read of the actions of one execution.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunActions {
    /// Its action executions, oldest first.
    pub runs: Vec<ActionRun>,
    /// Structure version it ran on, where that is told.
    pub pipeline_version: Option<i32>,
    /// Whether nothing is missing.
    pub whole: bool,
}

impl RunActions {
    /// Puts them where they belong: into the execution that they were read of.
    pub fn belong_to(self, execution: &mut ExecutionDetail) {
        execution.actions = self.runs;
        execution.pipeline_version = self.pipeline_version.or(execution.pipeline_version);
        execution.actions_whole = self.whole;
    }
}

/// How a stage stands, as its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StageMark {
    /// Succeeded.
    Ok,
    /// Failed.
    Failed,
    /// In progress.
    Running,
    /// In progress, waiting for a person.
    Waiting,
    /// In progress for longer than usual.
    Stuck,
    /// The transition into it is disabled.
    Off,
    /// Stopped by hand.
    Stopped,
    /// Not reached by this execution.
    None,
    /// Was in progress when reading stopped.
    Unknown,
}

/// A stage of the strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StageCell {
    /// Name.
    pub name: String,
    /// Mark.
    pub mark: StageMark,
}

/// Detail of `codepipeline.approval`: an approval that waits. Its token is never kept; it is read again when used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ApprovalDetail {
    /// Pipeline.
    pub pipeline: String,
    /// Stage.
    pub stage: String,
    /// Action.
    pub action: String,
    /// Execution that waits.
    pub execution_id: Option<String>,
    /// Since when.
    pub waiting_since: Option<Timestamp>,
    /// When it times out.
    pub expires_at: Option<Timestamp>,
    /// Custom text of the approval action, where the structure gives one.
    pub note: Option<String>,
    /// https link to review, where the structure gives one.
    pub url: Option<String>,
    /// What would go on.
    pub revisions: Vec<Revision>,
}

impl Detail for ApprovalDetail {
    const KIND: &'static str = "codepipeline.approval";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_ids_as_people_do() {
        assert_eq!(short_id("9f3c2e1aa0b1c2d3e4f5061728394a5b6c7d8e9f"), "9f3c2e1");
        assert_eq!(short_id("v1.2"), "v1.2");
        assert_eq!(short_id("sha256:0123456789"), "sha256:0123…");
    }
}
