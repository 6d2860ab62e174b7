//! Profiles and their sources: who, where, how fresh, how much of the API budget.

use serde::{Deserialize, Serialize};
use skydeck_domain::{Colour, ErrorInfo, Profile, Protection, SourceId, SourceStatus, Timestamp};
use ts_rs::TS;

/// The profiles found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Profiles {
    /// In the order of the config file.
    pub profiles: Vec<Profile>,
    /// What is wrong with the files themselves: file, line, cure.
    pub problems: Vec<ErrorInfo>,
    /// Where the config file is or would be, to show.
    pub config_path: String,
    /// When each profile was last read, newest source; by name.
    pub read_at: std::collections::BTreeMap<String, Timestamp>,
    /// Instant at which this was put together.
    pub now: Timestamp,
}

/// What to change about a profile; what is none stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ProfilePatch {
    /// Profile.
    pub name: String,
    /// Own name; empty takes it away.
    pub label: Option<String>,
    /// Hue.
    pub colour: Option<Colour>,
    /// Environment; empty takes it away.
    pub environment: Option<String>,
    /// Regions to read; empty is the profile's own.
    pub regions: Option<Vec<String>>,
    /// Protection. Opening one is a choice that the ledger records.
    pub protection: Option<Protection>,
}

/// Which profiles are shown: all others stay in the cache, unread and unseen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShowParams {
    /// Names of the profiles to show, in order.
    pub profiles: Vec<String>,
}

/// What to read now; everything shown, where nothing is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RefreshParams {
    /// Row ids.
    pub ids: Vec<String>,
    /// Sources, of those that are shown.
    pub sources: Vec<SourceId>,
}

/// How much Skydeck allows itself of what AWS allows, for each account × Region × service.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Budget {
    /// Part of the rate of an operation whose rate AWS publishes, 0 to 1.
    pub published_share: f64,
    /// Calls a second of all other operations together.
    pub calls_per_second: f64,
}

/// Calls to one service of one account in one Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Meter {
    /// Account; before it is known, the profile or the SSO portal that is asked for it.
    pub account: String,
    /// Region.
    pub region: String,
    /// Service, as its permissions are prefixed (`codepipeline`, `logs`, `sts`).
    pub service: String,
    /// Calls in the last minute.
    #[ts(type = "number")]
    pub calls_last_minute: u64,
    /// Throttled ones in the last minute.
    #[ts(type = "number")]
    pub throttles_last_minute: u64,
    /// Share of our own budget used in the last minute, of the operation that used most; a short burst may pass 1.
    pub used_share: f64,
}

/// Freshness and budget of everything that is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Sources {
    /// Every source of the shown profiles.
    pub sources: Vec<SourceStatus>,
    /// Those of them that this process is reading, and not only single items of them.
    pub under_way: Vec<SourceId>,
    /// Titles of their services, as AWS writes them, by id.
    pub titles: std::collections::BTreeMap<String, String>,
    /// How many of them are read (`ok`, `not-available`, `retired`).
    #[ts(type = "number")]
    pub read: u64,
    /// Newest reading.
    pub newest: Option<Timestamp>,
    /// Oldest last whole reading.
    pub oldest: Option<Timestamp>,
    /// Calls of this process.
    pub meters: Vec<Meter>,
    /// What their shares are shares of.
    pub budget: Budget,
    /// Highest share of a budget used in the last minute, 0 to 1.
    pub budget_share: f64,
    /// Whether this process reads AWS, or another one does.
    pub reads_here: bool,
    /// Instant at which this was put together.
    pub now: Timestamp,
}
