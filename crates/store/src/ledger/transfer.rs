//! The user's decisions as one JSON value, to take to another machine: settings, profiles, marks, locks in force. Not the
//! history: actions and runs belong to where they were recorded. Holds no secret, since none of these does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skydeck_domain::{Lock, Mark, Timestamp};

use super::{By, Ledger, ProfileSettings, locks, marks, profiles, settings};
use crate::{Error, Result};

/// The only form so far. A later one is told by its number.
const VERSION: u32 = 1;

/// What is exported. An unknown member is a mistake, not something to pass over: the user would believe it was taken.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    skydeck_settings: u32,
    #[serde(default)]
    settings: BTreeMap<String, Value>,
    #[serde(default)]
    profiles: Vec<ProfileSettings>,
    #[serde(default)]
    marks: Vec<Mark>,
    #[serde(default)]
    locks: Vec<Lock>,
}

impl Ledger {
    /// All decisions in force at `now`.
    pub async fn export(&self, now: Timestamp) -> Result<Value> {
        let read = async {
            // One transaction, so that the parts are of one moment.
            let mut tx = self.db.read().begin().await?;
            let export = Export {
                skydeck_settings: VERSION,
                settings: settings::all(&mut tx).await?,
                profiles: profiles::all(&mut tx).await?,
                marks: marks::all(&mut tx).await?,
                locks: locks::in_force(&mut tx, now).await?,
            };
            tx.commit().await?;
            serde_json::to_value(export).map_err(|e| sqlx::Error::Encode(e.into()))
        };
        self.db.told(read.await)
    }

    /// Takes over an export: all of it or, on an error, nothing. What it does not name stays. Each change is a decision of
    /// `by`, so that a profile opened in this way is on record.
    ///
    /// Errors: [`Error::BadImport`].
    pub async fn import(&self, value: &Value, by: &By) -> Result<()> {
        let import = Export::deserialize(value).map_err(|e| Error::BadImport { what: e.to_string() })?;
        if import.skydeck_settings != VERSION {
            let what = format!("its form is {}, this program knows {VERSION}", import.skydeck_settings);
            return Err(Error::BadImport { what });
        }
        if let Some(nameless) = import.profiles.iter().position(|profile| profile.name.is_empty()) {
            return Err(Error::BadImport { what: format!("profiles[{nameless}] has no name") });
        }
        let written = async {
            let mut tx = self.db.begin().await?;
            for (key, value) in &import.settings {
                settings::set(&mut tx, key, Some(value), by).await?;
            }
            for profile in &import.profiles {
                profiles::set(&mut tx, profile, by).await?;
            }
            for mark in &import.marks {
                marks::set(&mut tx, &mark.subject, Some(mark), mark.reason.as_deref(), by).await?;
            }
            for lock in &import.locks {
                locks::set(&mut tx, &lock.subject, Some(lock), Some(&lock.reason), by).await?;
            }
            tx.commit().await
        };
        self.db.told(written.await)
    }
}
