//! The ledger: what AWS forgets or never knew. Actions with their outcome, finished runs, changes of health, and the
//! user's own decisions. Never deleted by a program.

use std::{collections::HashMap, path::Path};

use serde_json::Value;
use skydeck_domain::{ActionRecord, Lock, Mark, MarkValue, Run, Timestamp, Usual};

use crate::Result;

mod types;
pub use types::{By, Decision, HealthChange, HealthQuery, ProfileSettings};

/// The open ledger. Cloning is cheap: all clones share the connections.
#[derive(Debug, Clone)]
pub struct Ledger;

#[allow(clippy::todo, unused_variables, missing_docs)]
impl Ledger {
    pub async fn open(path: &Path, now: Timestamp) -> Result<Ledger> {
        todo!()
    }
    pub async fn in_memory() -> Result<Ledger> {
        todo!()
    }
    pub async fn close(&self) -> Result<()> {
        todo!()
    }

    /// `Err(Error::Busy(record))` if an action on the same account and id is open, here or in another process.
    pub async fn intend(&self, record: &ActionRecord) -> Result<()> {
        todo!()
    }
    /// Whether it was written: false if what stands there already is more final than `record` (it is left as it is).
    pub async fn update(&self, record: &ActionRecord) -> Result<bool> {
        todo!()
    }
    pub async fn action(&self, action: &str) -> Result<Option<ActionRecord>> {
        todo!()
    }
    /// Newest first; `before` is the id of an action.
    pub async fn actions(&self, limit: u32, before: Option<&str>) -> Result<Vec<ActionRecord>> {
        todo!()
    }
    pub async fn open_actions(&self) -> Result<Vec<ActionRecord>> {
        todo!()
    }

    /// How many were new or changed. Runs under way are passed over.
    pub async fn put_runs(&self, runs: &[Run]) -> Result<u64> {
        todo!()
    }
    pub async fn runs(&self, of_arn: &str, limit: u32, before: Option<Timestamp>) -> Result<Vec<Run>> {
        todo!()
    }
    pub async fn run(&self, of_arn: &str, run_id: &str) -> Result<Option<Run>> {
        todo!()
    }
    pub async fn usual(&self, of_arn: &str) -> Result<Option<Usual>> {
        todo!()
    }
    pub async fn usual_many(&self, of_arns: &[String]) -> Result<HashMap<String, Usual>> {
        todo!()
    }
    pub async fn seen_count(&self, of_arn: &str, reason: &str) -> Result<i64> {
        todo!()
    }

    pub async fn put_health_changes(&self, changes: &[HealthChange]) -> Result<()> {
        todo!()
    }
    pub async fn health_changes(&self, query: &HealthQuery) -> Result<Vec<HealthChange>> {
        todo!()
    }

    pub async fn set_mark(&self, subject: &str, value: Option<MarkValue>, reason: Option<&str>, by: &By) -> Result<()> {
        todo!()
    }
    pub async fn mark(&self, subject: &str) -> Result<Option<Mark>> {
        todo!()
    }
    pub async fn marks(&self, subjects: &[String]) -> Result<HashMap<String, Mark>> {
        todo!()
    }

    /// Locks the subject; a lock it has already is replaced.
    pub async fn lock(&self, lock: &Lock, by: &By) -> Result<()> {
        todo!()
    }
    /// Whether there was one.
    pub async fn unlock(&self, subject: &str, reason: Option<&str>, by: &By) -> Result<bool> {
        todo!()
    }
    pub async fn locks(&self, now: Timestamp) -> Result<Vec<Lock>> {
        todo!()
    }
    /// The lock of the first of these subjects that has one.
    pub async fn lock_on(&self, subjects: &[String], now: Timestamp) -> Result<Option<Lock>> {
        todo!()
    }

    pub async fn put_profile(&self, settings: &ProfileSettings, by: &By) -> Result<()> {
        todo!()
    }
    pub async fn profile(&self, name: &str) -> Result<Option<ProfileSettings>> {
        todo!()
    }
    pub async fn profiles(&self) -> Result<Vec<ProfileSettings>> {
        todo!()
    }

    pub async fn setting(&self, key: &str) -> Result<Option<Value>> {
        todo!()
    }
    /// `None` removes it.
    pub async fn set_setting(&self, key: &str, value: Option<&Value>, by: &By) -> Result<()> {
        todo!()
    }
    pub async fn settings(&self) -> Result<std::collections::BTreeMap<String, Value>> {
        todo!()
    }

    /// The user's decisions, newest first; `before` is `Decision::seq`.
    pub async fn decisions(&self, limit: u32, before: Option<i64>) -> Result<Vec<Decision>> {
        todo!()
    }
    pub async fn export(&self, now: Timestamp) -> Result<Value> {
        todo!()
    }
    pub async fn import(&self, value: &Value, by: &By) -> Result<()> {
        todo!()
    }
}
