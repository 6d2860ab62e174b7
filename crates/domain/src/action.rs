//! What an action would do (plan), did (record), and what the user decided about versions and things (mark, lock).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Protection, Timestamp, pipeline::Revision};

/// A verb as offered on one row: an action as data. Ids are the CLI's words (`rollback`, `retry` …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Verb {
    /// `start`, `retry`, `stop`, `rollback`, `approve`, `reject`, `hold`, `release` …
    pub id: String,
    /// The id (ARN form) it acts on: the row itself, or a part of it (`<pipeline ARN>/<stage>`).
    pub on: String,
    /// What part that is, as AWS names it (a stage, an action); none for the row itself.
    pub part: Option<String>,
    /// Whether targets are to be chosen from.
    pub has_targets: bool,
    /// Why it cannot be used now as far as the cache tells, or none. The plan, read live, has the last word.
    pub why_not: Option<String>,
    /// Whether it goes back (drawn as such).
    pub is_undo: bool,
}

/// Options of a verb, named after what they set. Unknown ones are refused by the verb.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct VerbOptions {
    /// `failed` or `all` (retry).
    pub mode: Option<String>,
    /// Stop: abandon running actions instead of waiting for them.
    pub abandon: Option<bool>,
    /// Comment for AWS (approve, reject).
    pub comment: Option<String>,
    /// Source revision overrides by source action (start).
    pub revisions: BTreeMap<String, String>,
    /// Pipeline variables (start). Values are passed on, never stored.
    pub variables: BTreeMap<String, String>,
    /// Logical ids of resources that are passed over (continue a rollback).
    pub skip: Vec<String>,
    /// Whether what drifted is brought back, too (a new change set).
    pub drift_aware: Option<bool>,
}

/// How sure the user must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmLevel {
    /// The click is enough.
    None,
    /// A yes.
    Yes,
    /// A text, typed.
    Type,
}

/// What confirms a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Confirm {
    /// How sure.
    pub level: ConfirmLevel,
    /// The text to type, for level `type`.
    pub text: Option<String>,
}

/// The user's judgement of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MarkValue {
    /// Known to be good.
    Good,
    /// Known to be bad.
    Bad,
}

/// A version marked good or bad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mark {
    /// What is marked: a run, as `<of_arn>#<run_id>`.
    pub subject: String,
    /// Good or bad.
    pub value: MarkValue,
    /// When.
    pub at: Timestamp,
    /// Why, where said.
    pub reason: Option<String>,
}

/// A thing or an environment on which nothing may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Lock {
    /// ARN of the thing, or `environment:<name>`.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// Until when; none is until unlocked.
    pub until: Option<Timestamp>,
}

/// One thing an action can go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Target {
    /// Id to give back: an execution id, a revision.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// Whether it can be gone to.
    pub valid: bool,
    /// Why not, if it cannot.
    pub why_not: Option<String>,
    /// What it ships.
    pub revision: Option<Revision>,
    /// When it ran.
    pub at: Option<Timestamp>,
    /// How long it served, in milliseconds, where known.
    #[ts(type = "number | null")]
    pub served_ms: Option<i64>,
    /// The user's mark.
    pub mark: Option<MarkValue>,
}

/// What serves now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Current {
    /// Its id: the execution in the stage.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// AWS's status.
    pub status: Option<String>,
    /// What it ships.
    pub revision: Option<Revision>,
    /// When it ran.
    pub at: Option<Timestamp>,
}

/// One API call that a plan would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlannedCall {
    /// `codepipeline:RollbackStage`.
    pub operation: String,
    /// The same call for the AWS CLI, with `--profile` and `--region`. Values of variables are left out as `<value>`.
    pub cli: String,
}

/// One thing the guards look at, with what they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    /// `account`, `state`, `permission`, `lock`, `protection`, `busy`.
    pub id: String,
    /// Whether it passes; none is not known until called.
    pub ok: Option<bool>,
    /// What was seen, in words.
    pub note: String,
}

/// What an action would do, read live. Shape of `skydeckctl plan --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Plan {
    /// Verb.
    pub verb: String,
    /// ARN form of what it acts on.
    pub id: String,
    /// Profile it acts through.
    pub profile: String,
    /// Account it acts in, as STS said for the very credentials.
    pub account: String,
    /// Region.
    pub region: String,
    /// Protection of the profile.
    pub protection: Protection,
    /// Who would act: role or user as STS said.
    pub identity: Option<String>,
    /// What confirms it.
    pub confirm: Confirm,
    /// In one sentence, what happens.
    pub effect: String,
    /// What serves now.
    pub current: Option<Current>,
    /// What can be gone to, valid ones first.
    pub targets: Vec<Target>,
    /// The exact calls, for the chosen target, else for the first valid one.
    pub calls: Vec<PlannedCall>,
    /// What is not undone by it.
    pub not_undone: Vec<String>,
    /// What would be lost for good, in one sentence; then the name of it is part of what is typed.
    #[serde(default)]
    pub danger: Option<String>,
    /// Why it cannot run at all now, or none.
    pub blocked: Option<String>,
    /// Fingerprint of account, current revision and status, for `--expect`.
    pub state: String,
    /// What was checked.
    pub checks: Vec<Check>,
    /// Usual duration, where history tells.
    pub usual: Option<crate::Usual>,
    /// When it was read.
    pub read_at: Timestamp,
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Written before the call: it may or may not have been made. Found out by reading after a crash.
    Intended,
    /// The call was accepted and is being followed.
    Accepted,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
    /// A guard or AWS refused it; nothing was changed.
    Refused,
    /// Whether it ran could not be found out.
    Unknown,
}

impl Outcome {
    /// The word used in JSON and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Intended => "intended",
            Outcome::Accepted => "accepted",
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
            Outcome::Unknown => "unknown",
        }
    }

    /// The outcome of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Outcome> {
        [Outcome::Intended, Outcome::Accepted, Outcome::Succeeded, Outcome::Failed, Outcome::Refused, Outcome::Unknown]
            .into_iter()
            .find(|o| o.word() == word)
    }

    /// Whether nothing more will come.
    pub fn is_final(self) -> bool {
        !matches!(self, Outcome::Intended | Outcome::Accepted)
    }
}

/// A mutating call that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Call {
    /// `codepipeline:RollbackStage`.
    pub operation: String,
    /// AWS's request id, where the answer came.
    pub request_id: Option<String>,
    /// When it was sent.
    pub at: Timestamp,
}

/// An action ever asked for here, with its outcome: an entry of the ledger. Shape of `skydeckctl ledger --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ActionRecord {
    /// ULID.
    pub action: String,
    /// Verb.
    pub verb: String,
    /// ARN form of what it acts on.
    pub id: String,
    /// What was gone to.
    pub target: Option<String>,
    /// Profile.
    pub profile: String,
    /// Account.
    pub account: String,
    /// Region.
    pub region: String,
    /// Who: role or user as STS said.
    pub who: Option<String>,
    /// The user's own words.
    pub reason: String,
    /// How it stands.
    pub outcome: Outcome,
    /// What happened, in words.
    pub message: String,
    /// What it started in AWS, to follow it by: a new execution id.
    pub follow_id: Option<String>,
    /// State fingerprint it was decided on.
    pub state: String,
    /// Calls made.
    pub calls: Vec<Call>,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}
