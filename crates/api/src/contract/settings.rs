//! What the front needs to start, and the settings of the user: changed, taken elsewhere and back, reset.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skydeck_domain::Timestamp;
use ts_rs::TS;

use super::attention::Attention;

/// Theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Settings of the front, kept in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Theme.
    pub theme: Theme,
    /// `en`, `ko`, or none for the system's.
    pub language: Option<String>,
    /// What the desktop is told.
    pub attention: Attention,
    /// State of views (filters, selection, folded groups) by view, opaque to the backend.
    #[ts(type = "Record<string, unknown>")]
    pub views: BTreeMap<String, Value>,
}

/// What to change of the settings; what is none stays, so that two fronts do not overwrite each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SettingsPatch {
    /// Theme.
    pub theme: Option<Theme>,
    /// `en`, `ko`; empty for the system's.
    pub language: Option<String>,
    /// What the desktop is told.
    pub attention: Option<Attention>,
    /// The views whose state changed; null forgets one.
    #[ts(type = "Record<string, unknown>")]
    pub views: BTreeMap<String, Value>,
}

/// What a front needs to start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Boot {
    /// Version of Skydeck.
    pub version: String,
    /// Whether this is the demo world.
    pub demo: bool,
    /// Whether this home was never used: AWS is not read before `welcome` says which profiles are shown.
    pub first: bool,
    /// Settings.
    pub settings: Settings,
    /// What happened on opening that the user should know: a cache rebuilt, another process reading.
    pub notices: Vec<String>,
    /// Instant of the backend's clock, so that the front can tell ages by it.
    pub now: Timestamp,
}

/// The user's decisions as a file: the one of `skydeckctl settings export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingsFile {
    /// JSON. Holds no secret.
    pub text: String,
    /// Where they are kept on this machine.
    pub kept_in: String,
}

/// Such a file, to take over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ImportParams {
    /// Its text.
    pub file: String,
    /// Whether to take it over, all of it or nothing; else it is only told what would change.
    pub take: bool,
}

/// What a change belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ImportPart {
    /// `theme`, `language`, `attention`.
    Setting,
    /// State of a view.
    View,
    /// What is kept of a profile.
    Profile,
    /// A mark of a version.
    Mark,
    /// A lock.
    Lock,
}

/// One thing that an import changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportChange {
    /// What it belongs to.
    pub part: ImportPart,
    /// Key of the setting, name of the view or profile, subject of the mark or lock.
    pub name: String,
    /// Of a profile: what of it.
    pub member: Option<String>,
    /// What stands now; null if nothing.
    #[ts(type = "unknown")]
    pub from: Value,
    /// What stands then.
    #[ts(type = "unknown")]
    pub to: Value,
}

/// What an import changes, or has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Import {
    /// Every change; what the file does not name stays.
    pub changes: Vec<ImportChange>,
    /// Whether it was taken over.
    pub taken: bool,
}

/// What is set back to how it is by itself. Marks, locks and records stay in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ResetPart {
    /// Theme and language.
    #[default]
    Look,
    /// What the desktop is told.
    Attention,
    /// State of views: filters, columns, saved views.
    Views,
    /// Names, hues, environments, Regions and protection of profiles; which are shown stays.
    Profiles,
    /// All of these.
    All,
}

/// What to reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ResetParams {
    /// Which part.
    pub part: ResetPart,
}
