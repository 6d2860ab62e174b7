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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// Its form.
    pub skydeck_settings: u32,
    /// Settings by key.
    #[serde(default)]
    pub settings: BTreeMap<String, Value>,
    /// What was set for profiles.
    #[serde(default)]
    pub profiles: Vec<ProfileSettings>,
    /// Marks of versions.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// Locks in force.
    #[serde(default)]
    pub locks: Vec<Lock>,
}

impl Export {
    /// Reads an export; an error tells its place.
    ///
    /// Errors: [`Error::BadImport`].
    pub fn parse(text: &str) -> Result<Export> {
        let bad = |what: String| Error::BadImport { what };
        let export: Export = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
        if export.skydeck_settings != VERSION {
            return Err(bad(format!("its form is {}, this program knows {VERSION}", export.skydeck_settings)));
        }
        match export.profiles.iter().position(|profile| profile.name.is_empty()) {
            Some(nameless) => Err(bad(format!("profiles[{nameless}] has no name"))),
            None => Ok(export),
        }
    }
}

impl Ledger {
    /// All decisions in force at `now`.
    pub async fn export(&self, now: Timestamp) -> Result<Export> {
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
            Ok(export)
        };
        self.db.told(read.await)
    }

    /// Takes over an export: all of it or, on an error, nothing. What it does not name stays. Each change is a decision of
    /// `by`, so that a profile opened in this way is on record.
    pub async fn import(&self, import: &Export, by: &By) -> Result<()> {
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
