//! What a person is told about without looking: which turns of which things, and when not.

use serde::{Deserialize, Serialize};
use skydeck_domain::{Health, Kind, Timestamp};
use ts_rs::TS;

/// A change worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It failed.
    Failed,
    /// It waits for a person's approval.
    Waiting,
    /// It runs longer than the 90th percentile of its own history.
    Stuck,
    /// It is well again, after having failed or been stuck.
    Recovered,
}

impl Turn {
    /// All of them, the most pressing first.
    pub const ALL: [Turn; 4] = [Turn::Failed, Turn::Waiting, Turn::Stuck, Turn::Recovered];
}

/// What is told of which things. An empty list leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Rule {
    /// Names of profiles.
    pub profiles: Vec<String>,
    /// Environments of profiles.
    pub environments: Vec<String>,
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Turns.
    pub turns: Vec<Turn>,
}

/// Hours of the day, by the machine's own clock, in which nothing is told; what changed meanwhile is told in one at their
/// end. They may go over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Quiet {
    /// First minute, as `22:00`.
    pub from: String,
    /// The minute in which they are over, as `07:00`.
    pub to: String,
}

/// What is told, and whether the program stays when its window is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Attention {
    /// Whether the desktop is told at all.
    pub notify: bool,
    /// A turn is told if one of these lets it through.
    pub rules: Vec<Rule>,
    /// When nothing is told.
    pub quiet: Option<Quiet>,
    /// Whether closing the window leaves the program in the tray, where there is one.
    pub stay_in_tray: bool,
}

impl Default for Attention {
    /// Every turn of every pipeline that is shown.
    fn default() -> Attention {
        let pipelines = Rule { kinds: vec!["codepipeline.pipeline".to_owned()], ..Rule::default() };
        Attention { notify: true, rules: vec![pipelines], quiet: None, stay_in_tray: false }
    }
}

/// A turn that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct News {
    /// What it did.
    pub turn: Turn,
    /// Id of its row.
    pub id: String,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its profile.
    pub profile: String,
    /// Its Region.
    pub region: String,
    /// Its health now.
    pub health: Health,
    /// Why, one line.
    pub reason: Option<String>,
    /// When it was seen.
    pub at: Timestamp,
}

/// From when on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewsParams {
    /// The instant.
    pub since: Timestamp,
}

/// What turned since an instant, and still is so: the newest of each row, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewsList {
    /// The turns, at most a hundred.
    pub news: Vec<News>,
    /// Instant at which this was put together.
    pub now: Timestamp,
}
