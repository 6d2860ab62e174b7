//! One stack: its latest operation as bars, what failed first, events, resources, change sets, drift, kept templates.

use serde::{Deserialize, Serialize};
use skydeck_domain::{
    FirstCause, Lock, Profile, Resource, SourceStatus, Timestamp, Usual, Verb,
    stack::{
        KeptTemplate, ResourceSpan, StackDetail, StackDrifts, StackEvent, StackImports, StackOperation, StackResources,
    },
    template::TemplateDiff,
};
use ts_rs::TS;

use super::pipeline::HistoryRun;

/// Which stack, and which of its operations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct StackParams {
    /// Row id of the stack.
    pub id: String,
    /// Operation to look at, by its id; none is the latest.
    #[serde(default)]
    pub operation: Option<String>,
}

/// A stack as looked at. What is none was not read yet; asking for the view asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StackView {
    /// The row.
    pub row: Resource,
    /// Whether the row is not current.
    pub stale: bool,
    /// Its detail.
    pub detail: StackDetail,
    /// Its profile.
    pub profile: Profile,
    /// The operation looked at, where its events are here.
    pub operation: Option<StackOperation>,
    /// Its bars.
    pub spans: Vec<ResourceSpan>,
    /// Why it failed, if it failed.
    pub cause: Option<FirstCause>,
    /// Events, newest first.
    pub events: Option<Vec<StackEvent>>,
    /// Whether AWS has earlier events than these.
    pub more_events: bool,
    /// Resources.
    pub resources: Option<StackResources>,
    /// What drifted.
    pub drifts: Option<StackDrifts>,
    /// Who imports what it exports.
    pub imports: Option<StackImports>,
    /// Its change sets, newest first, with `ChangeSetDetail`.
    pub change_sets: Vec<Resource>,
    /// What can be done with each of them, in the same order.
    pub change_set_verbs: Vec<Vec<Verb>>,
    /// When what only this view shows was read.
    pub looked_at: Option<Timestamp>,
    /// The stacks nested in it.
    pub nested: Vec<StackBrief>,
    /// The stack it is nested in.
    pub parent: Option<StackBrief>,
    /// Pipelines that deploy it.
    pub pipelines: Vec<StackBrief>,
    /// Templates kept of it, newest first.
    pub templates: Vec<KeptTemplate>,
    /// Its runs, newest first.
    pub history: Vec<HistoryRun>,
    /// What is usual for it.
    pub usual: Option<Usual>,
    /// What can be done.
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

/// A row that a stack hangs together with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StackBrief {
    /// Row id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Profile.
    pub profile: String,
    /// AWS's status.
    pub status: String,
    /// Health.
    pub health: skydeck_domain::Health,
}

/// A stack set as looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StackSetView {
    /// The row, with `StackSetDetail`.
    pub row: Resource,
    /// Its profile.
    pub profile: Profile,
    /// Row ids of the instances' stacks that are in the cache, by ARN.
    pub stacks: std::collections::BTreeMap<String, String>,
    /// What can be done.
    pub verbs: Vec<Verb>,
    /// How fresh its source is.
    pub source: Option<SourceStatus>,
    /// https link to it in the AWS console.
    pub console_url: String,
    /// Instant at which this was put together.
    pub now: Timestamp,
}

/// A kept template, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct TemplateParams {
    /// SHA-256 of its text.
    pub digest: String,
}

/// The text of a kept template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateView {
    /// The text, exactly.
    pub text: String,
    /// Why it cannot be understood, if so.
    pub defect: Option<String>,
}

/// Two kept templates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct TemplateDiffParams {
    /// The earlier one, by its digest.
    pub from: String,
    /// The later one, by its digest.
    pub to: String,
}

/// How two templates differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateDiffView {
    /// The differences by meaning; none where one of them cannot be understood.
    pub diff: Option<TemplateDiff>,
    /// Why not.
    pub defect: Option<String>,
}
