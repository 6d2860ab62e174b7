//! CloudFormation's things. A parameter that CloudFormation hides (NoEcho) and an output that repeats one have no value
//! here: `hidden` says so. Templates are kept apart, in the ledger ([`KeptTemplate`]); what only a detail shows (events,
//! resources, drift) is a part of the stack's row ([`StackPart`]).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorInfo, Timestamp, resource::Detail};

/// Detail of `cloudformation.stack`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StackDetail {
    /// Description in the template.
    pub description: Option<String>,
    /// ARN of the stack that this one is nested in.
    pub parent_id: Option<String>,
    /// ARN of the stack at the top, if this one is nested.
    pub root_id: Option<String>,
    /// Role that CloudFormation assumes for it; none is the caller's own.
    pub role_arn: Option<String>,
    /// Whether it cannot be deleted.
    pub termination_protection: bool,
    /// Whether what failed stays as it is instead of being rolled back.
    pub rollback_disabled: bool,
    /// `CAPABILITY_IAM` …, as given at the last operation.
    pub capabilities: Vec<String>,
    /// `DRIFTED`, `IN_SYNC`, `UNKNOWN`, `NOT_CHECKED`.
    pub drift: String,
    /// When drift was last detected.
    pub drift_checked_at: Option<Timestamp>,
    /// Resources that drifted, where they were read.
    pub drifted: Option<u32>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When the last update of it began; none if it was never updated.
    pub updated_at: Option<Timestamp>,
    /// Parameters, in AWS's order.
    pub parameters: Vec<StackParameter>,
    /// Outputs. None until its template was read: only that tells which of them repeat a hidden parameter.
    pub outputs: Option<Vec<StackOutput>>,
    /// Name of the stack set that it is an instance of.
    pub stack_set: Option<String>,
    /// What CDK left in its template, if CDK made it.
    pub cdk: Option<CdkOrigin>,
    /// The template that it has now, as kept in the ledger.
    pub template: Option<TemplateFacts>,
    /// Its latest operation, where its events were read.
    pub operation: Option<StackOperation>,
    /// The state of the stack for which its events were read.
    pub events_for: Option<String>,
    /// What could not be read of it.
    pub missing: Vec<ErrorInfo>,
}

impl Detail for StackDetail {
    const KIND: &'static str = "cloudformation.stack";
}

/// A parameter of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackParameter {
    /// Name.
    pub key: String,
    /// Value; for one that names a Systems Manager parameter, that name. None if it is hidden, and until the template was read.
    pub value: Option<String>,
    /// What Systems Manager had under that name at the last operation.
    pub resolved: Option<String>,
    /// Whether CloudFormation hides it (NoEcho).
    pub hidden: bool,
}

/// An output of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackOutput {
    /// Name.
    pub key: String,
    /// Value; none if it is hidden.
    pub value: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Name under which it is exported.
    pub export: Option<String>,
    /// Whether its expression reaches a parameter with NoEcho, so that its value is not kept.
    pub hidden: bool,
}

/// What CDK left in a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkOrigin {
    /// Path of the stack in the construct tree, without the root: `shop-platform-prod/network-baseline`.
    pub path: String,
    /// The app as far as the path tells: its first part without the environment.
    pub app: String,
    /// The stage that the stack is in, if it is in one.
    pub stage: Option<String>,
    /// Version of the construct library (`aws-cdk-lib`), where it was left.
    pub library: Option<String>,
}

/// The template of a stack, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateFacts {
    /// SHA-256 of the text, in hex: its name in the ledger.
    pub digest: String,
    /// Characters.
    #[ts(type = "number")]
    pub size: i64,
    /// Resources it declares; none if it could not be understood.
    pub resources: Option<u32>,
    /// Parameters with NoEcho.
    pub hidden_parameters: Vec<String>,
    /// Outputs that repeat a hidden parameter.
    pub hidden_outputs: Vec<String>,
    /// Why it could not be understood, in words.
    pub defect: Option<String>,
    /// The state of the stack for which it was read: nothing to read again until that moves.
    pub read_for: String,
}

/// A template as kept, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeptTemplate {
    /// ARN of the stack.
    pub of_arn: String,
    /// SHA-256 of the text, in hex.
    pub digest: String,
    /// When the stack came to have it: the beginning of the operation that brought it.
    pub at: Timestamp,
    /// Status of the stack when it was read with it.
    pub status: String,
    /// Characters.
    #[ts(type = "number")]
    pub size: i64,
}

/// What only a stack's detail shows: read when somebody looks, or when it failed; kept beside the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackPart {
    /// [`StackEvents`].
    Events,
    /// [`StackResources`].
    Resources,
    /// [`StackDrifts`].
    Drifts,
    /// [`StackImports`].
    Imports,
}

impl StackPart {
    /// The part's name in the cache.
    pub fn word(self) -> &'static str {
        match self {
            StackPart::Events => "events",
            StackPart::Resources => "resources",
            StackPart::Drifts => "drifts",
            StackPart::Imports => "imports",
        }
    }
}

/// One event of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackEvent {
    /// AWS's id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Logical id of the resource; the stack's name for the stack itself.
    pub logical_id: String,
    /// Physical id, where there is one yet.
    pub physical_id: Option<String>,
    /// `AWS::EC2::Subnet` …
    pub resource_type: String,
    /// `CREATE_FAILED` …
    pub status: String,
    /// AWS's words, redacted.
    pub reason: Option<String>,
    /// Token of the request that began the operation.
    pub token: Option<String>,
    /// Whether it is of the stack itself.
    pub of_stack: bool,
}

/// The newest events of a stack, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct StackEvents {
    /// Newest first: those of the latest operation, and as many before as came with them.
    pub events: Vec<StackEvent>,
    /// Whether AWS has earlier ones.
    pub more: bool,
}

/// One go of CloudFormation over a stack, as its events tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackOperation {
    /// Id of the event that it began with; the first that is known, if the beginning is not.
    pub id: String,
    /// `CREATE`, `UPDATE`, `DELETE`, `IMPORT`, `ROLLBACK`, `UPDATE_ROLLBACK`, `REVIEW`.
    pub kind: String,
    /// Status that the stack came to, or is in.
    pub status: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When what had failed began to be rolled back.
    pub rolled_back_at: Option<Timestamp>,
    /// The first failure in it.
    pub cause: Option<StackCause>,
    /// Later failures.
    pub fallout: u32,
    /// Resources that are through, one way or the other.
    pub done: u32,
    /// Resources that it has begun with.
    pub begun: u32,
    /// Whether its beginning is among the events that were read.
    pub whole: bool,
}

/// The first failure of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackCause {
    /// Logical id.
    pub logical_id: String,
    /// Type of the resource.
    pub resource_type: String,
    /// Physical id: for a nested stack its ARN, where the failure goes on.
    pub physical_id: Option<String>,
    /// `CREATE_FAILED` …
    pub status: String,
    /// When.
    pub at: Timestamp,
    /// AWS's words, redacted.
    pub reason: Option<String>,
}

/// A resource of a stack in one operation: a bar of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ResourceSpan {
    /// Logical id.
    pub logical_id: String,
    /// Type.
    pub resource_type: String,
    /// Physical id.
    pub physical_id: Option<String>,
    /// How the bar is drawn.
    pub mark: SpanMark,
    /// Last status in it.
    pub status: String,
    /// Begin.
    pub started_at: Timestamp,
    /// End; none if it is under way.
    pub ended_at: Option<Timestamp>,
    /// AWS's words at its end.
    pub reason: Option<String>,
    /// Whether it is of the stack itself.
    pub of_stack: bool,
}

/// What a bar of the timeline says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SpanMark {
    /// Under way.
    Running,
    /// It was done.
    Complete,
    /// The first failure.
    Failed,
    /// Failed or was cancelled after the first failure.
    Fallout,
    /// Part of the way back.
    RolledBack,
}

/// The resources of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct StackResources {
    /// In AWS's order.
    pub resources: Vec<StackResource>,
    /// The state of the stack for which they were read.
    pub read_for: String,
}

/// A resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackResource {
    /// Logical id.
    pub logical_id: String,
    /// Physical id.
    pub physical_id: Option<String>,
    /// Type.
    pub resource_type: String,
    /// Status.
    pub status: String,
    /// AWS's words, redacted.
    pub reason: Option<String>,
    /// Last change.
    pub updated_at: Option<Timestamp>,
    /// `IN_SYNC`, `MODIFIED`, `DELETED`, `NOT_CHECKED` …
    pub drift: Option<String>,
}

/// What drifted in a stack.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct StackDrifts {
    /// Resources that are not as the template has them.
    pub resources: Vec<ResourceDrift>,
    /// The check for which they were read.
    pub checked_at: Option<Timestamp>,
}

/// A resource that drifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ResourceDrift {
    /// Logical id.
    pub logical_id: String,
    /// Type.
    pub resource_type: String,
    /// `MODIFIED` or `DELETED`.
    pub status: String,
    /// Properties that differ.
    pub properties: Vec<PropertyChange>,
}

/// A property before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PropertyChange {
    /// `SecurityGroupIngress[0].CidrIp`.
    pub path: String,
    /// As it was, or as the template has it; none if it is not set.
    pub before: Option<String>,
    /// As it will be, or is; none if it is not set.
    pub after: Option<String>,
}

/// Who imports what a stack exports.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct StackImports {
    /// Exports with the names of the stacks that import them.
    pub exports: Vec<ExportUse>,
    /// The state of the stack for which they were read.
    pub read_for: String,
}

/// Who imports one export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportUse {
    /// Name of the export.
    pub name: String,
    /// Names of the stacks that import it.
    pub stacks: Vec<String>,
}

/// Detail of `cloudformation.change-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangeSetDetail {
    /// ARN of its stack.
    pub stack_arn: String,
    /// Name of its stack.
    pub stack: String,
    /// Description.
    pub description: Option<String>,
    /// `AVAILABLE`, `UNAVAILABLE`, `OBSOLETE`, `EXECUTE_IN_PROGRESS` …
    pub execution_status: String,
    /// `CREATE`, `UPDATE`, `IMPORT`.
    pub kind: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// What would change.
    pub changes: Vec<ResourceChange>,
    /// Whether all of its changes are here.
    pub whole: bool,
    /// Whether it goes by what is there instead of by the template before (drift-aware).
    pub reverts_drift: bool,
}

impl Detail for ChangeSetDetail {
    const KIND: &'static str = "cloudformation.change-set";
}

/// What a change set does to one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ResourceChange {
    /// `Add`, `Modify`, `Remove`, `Import`, `Dynamic`, `SyncWithActual`.
    pub action: String,
    /// Logical id.
    pub logical_id: String,
    /// Physical id, where there is one.
    pub physical_id: Option<String>,
    /// Type.
    pub resource_type: String,
    /// `True`, `False` or `Conditional`; none where it does not apply.
    pub replacement: Option<String>,
    /// What becomes of the old one: `Delete`, `Retain`, `Snapshot` …
    pub policy: Option<String>,
    /// Properties that change, as far as AWS tells values.
    pub properties: Vec<PropertyChange>,
    /// ARN of the change set of a nested stack.
    pub nested: Option<String>,
}

/// Detail of `cloudformation.stack-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StackSetDetail {
    /// Description.
    pub description: Option<String>,
    /// `SELF_MANAGED` or `SERVICE_MANAGED`.
    pub permission_model: Option<String>,
    /// Its instances: accounts × Regions.
    pub instances: Vec<StackInstance>,
    /// Its operations, newest first, at most 20.
    pub operations: Vec<StackSetOperation>,
    /// `DRIFTED`, `IN_SYNC`, `NOT_CHECKED` …
    pub drift: Option<String>,
    /// Whether all of its instances are here.
    pub whole: bool,
    /// What could not be read of it.
    pub missing: Vec<ErrorInfo>,
}

impl Detail for StackSetDetail {
    const KIND: &'static str = "cloudformation.stack-set";
}

/// A stack of a stack set in one account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackInstance {
    /// Account, 12 digits.
    pub account: String,
    /// Region.
    pub region: String,
    /// ARN of the stack, once there is one.
    pub stack_arn: Option<String>,
    /// `CURRENT`, `OUTDATED`, `INOPERABLE`.
    pub status: String,
    /// `SUCCEEDED`, `FAILED`, `PENDING`, `RUNNING`, `CANCELLED` …
    pub detailed_status: Option<String>,
    /// AWS's words, redacted.
    pub reason: Option<String>,
    /// `DRIFTED`, `IN_SYNC`, `NOT_CHECKED` …
    pub drift: Option<String>,
    /// Operation that it was last in.
    pub last_operation: Option<String>,
}

/// One go over a stack set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StackSetOperation {
    /// Id.
    pub id: String,
    /// `CREATE`, `UPDATE`, `DELETE`, `DETECT_DRIFT`.
    pub action: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `STOPPING`, `STOPPED`, `QUEUED`.
    pub status: String,
    /// AWS's words, redacted.
    pub reason: Option<String>,
    /// Begin.
    pub started_at: Option<Timestamp>,
    /// End.
    pub ended_at: Option<Timestamp>,
}
