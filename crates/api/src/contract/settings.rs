//! What the front needs to start, and the settings of the user.

use serde::{Deserialize, Serialize};
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
    pub views: std::collections::BTreeMap<String, serde_json::Value>,
}

/// What a front needs to start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Boot {
    /// Version of Skydeck.
    pub version: String,
    /// Whether this is the demo world.
    pub demo: bool,
    /// Settings.
    pub settings: Settings,
    /// What happened on opening that the user should know: a cache rebuilt, another process reading.
    pub notices: Vec<String>,
    /// Instant of the backend's clock, so that the front can tell ages by it.
    pub now: Timestamp,
}
