//! Words of the ledger that no other crate has: who decided, what was decided, what the user set for a profile.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skydeck_domain::{Colour, Protection, Timestamp};

use crate::Change;

/// Who decided, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The user of the operating system.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// A decision of the user, as it was made. Decisions are only ever added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Its place among all decisions.
    pub seq: i64,
    /// What it is about: `mark:<subject>`, `lock:<subject>`, `profile:<name>`, `setting:<key>`.
    pub what: String,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What stood before; null if nothing.
    pub from: Value,
    /// What stands since; null if nothing.
    pub to: Value,
    /// Why, where said.
    pub reason: Option<String>,
}

/// What the user set for a profile. What is not set is told by the profile itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileSettings {
    /// Name in the config file.
    pub name: String,
    /// The user's own name for it.
    pub label: Option<String>,
    /// Its hue.
    pub colour: Option<Colour>,
    /// `dev`, `staging`, `prod` …
    pub environment: Option<String>,
    /// Regions to read; empty is the profile's own.
    pub regions: Vec<String>,
    /// What may be done through it; none is the default of its name and account.
    pub protection: Option<Protection>,
    /// Whether it is among the profiles shown.
    pub shown: bool,
}

impl Default for ProfileSettings {
    fn default() -> Self {
        ProfileSettings {
            name: String::new(),
            label: None,
            colour: None,
            environment: None,
            regions: Vec::new(),
            protection: None,
            shown: true,
        }
    }
}

/// A change of health that was seen, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthChange {
    /// When it was seen.
    pub at: Timestamp,
    /// What changed.
    #[serde(flatten)]
    pub change: Change,
}

/// Which changes of health, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthQuery {
    /// Only of this row.
    pub id: Option<String>,
    /// From this instant on.
    pub since: Timestamp,
    /// Before this instant; none is up to now.
    pub until: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}
