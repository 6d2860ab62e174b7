//! Planning and acting, the ledger, marks and locks.

use serde::{Deserialize, Serialize};
use skydeck_domain::{ActionRecord, Lock, MarkValue, Timestamp, VerbOptions};
use ts_rs::TS;

/// What to plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PlanParams {
    /// Verb.
    pub verb: String,
    /// Row id, ARN, or part of one (`<pipeline ARN>/<stage>`, with or without the profile in front).
    pub id: String,
    /// Profile, where an ARN is held by several.
    pub profile: Option<String>,
    /// Chosen target.
    pub to: Option<String>,
    /// Options of the verb.
    pub options: VerbOptions,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ActParams {
    /// What.
    #[serde(flatten)]
    #[ts(flatten)]
    pub plan: PlanParams,
    /// Why, in the user's own words; kept in the ledger.
    pub reason: String,
    /// `yes`, or the text typed.
    pub confirm: Option<String>,
    /// The plan's `state`: refuses if it moved.
    pub expect: Option<String>,
}

/// A step of an action as the drawer shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionStep {
    /// `read`, `intent`, `call`, `follow`, `outcome`.
    pub id: String,
    /// `todo`, `doing`, `done`, `failed`.
    pub state: String,
    /// What was seen, in words.
    pub note: Option<String>,
    /// When it was done.
    pub at: Option<Timestamp>,
}

/// An action as followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ActionView {
    /// The ledger entry.
    pub record: ActionRecord,
    /// Its steps.
    pub steps: Vec<ActionStep>,
}

/// Which action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionParams {
    /// Its ULID.
    pub action: String,
}

/// Which entries of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LedgerParams {
    /// Before this action.
    pub before: Option<String>,
    /// Entries at most; 0 is 100.
    pub limit: u32,
}

/// Entries of the ledger, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LedgerPage {
    /// Entries.
    pub entries: Vec<ActionRecord>,
    /// Whether there are older ones.
    pub more: bool,
    /// Locks in force.
    pub locks: Vec<Lock>,
    /// Instant at which this was put together.
    pub now: Timestamp,
}

/// Marks a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MarkParams {
    /// Row id of an execution or build, or `<of_arn>#<run_id>`.
    pub id: String,
    /// Good, bad, or none to take it away.
    pub value: Option<MarkValue>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Locks a thing or an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LockParams {
    /// Row id or ARN of the thing.
    #[serde(default)]
    pub id: Option<String>,
    /// Or an environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// Why; needed to lock.
    pub reason: String,
    /// Until when.
    #[serde(default)]
    pub until: Option<Timestamp>,
}
