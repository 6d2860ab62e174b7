//! The board: every pipeline of the shown profiles, in order of need, and what could not be read.

use serde::{Deserialize, Serialize};
use skydeck_domain::{
    Aspect, Colour, Cure, Health, SourceStatus, Timestamp, Usual,
    pipeline::{Revision, StageCell},
};
use ts_rs::TS;

use super::list::SortBy;

/// Which part of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Segment {
    /// Everything.
    #[default]
    All,
    /// Failed and attention.
    Problems,
    /// Running.
    Running,
}

/// What to show of the board.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct BoardParams {
    /// Which part.
    pub segment: Segment,
    /// Words that a row must contain in its name, ARN, account, status, reason or tags; with a name before it a word looks at
    /// one thing: `health:failed env:prod profile:… account:… region:… stage:Deploy`.
    pub text: Option<String>,
    /// Only these profiles; empty is all shown ones.
    pub profiles: Vec<String>,
    /// Only these Regions; empty is all.
    pub regions: Vec<String>,
    /// Order of the rows within their groups, which stay in the order of need.
    pub sort: SortBy,
    /// The rows the other way round.
    pub descending: bool,
    /// Rows a group at most; the rest is counted. 0 is 200.
    pub limit: u32,
    /// Groups whose rows are not wanted: they come with `ticks` instead.
    pub folded: Vec<GroupKey>,
}

/// Which rows of one group to page through. Text, profiles, Regions and order as those of [`BoardParams`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupParams {
    /// Which group.
    pub group: GroupKey,
    /// Words.
    #[serde(default)]
    pub text: Option<String>,
    /// Only these profiles; empty is all shown ones.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// Only these Regions; empty is all.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Order.
    #[serde(default)]
    pub sort: SortBy,
    /// The other way round.
    #[serde(default)]
    pub descending: bool,
    /// Where the page before ended.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows at most; 0 is 200.
    #[serde(default)]
    pub limit: u32,
}

/// A page of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct GroupRows {
    /// The rows.
    pub rows: Vec<BoardRow>,
    /// Give back as `after` for the next page; none at the end.
    pub next: Option<String>,
}

/// A word of a filter that no row can fit, since its value is none there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ununderstood {
    /// The name before it: `health`.
    pub name: String,
    /// The value that is none.
    pub value: String,
    /// The values there are.
    pub known: Vec<String>,
}

/// A group of the board, in order of need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKey {
    /// Failed.
    Failed,
    /// Waiting for approval.
    Waiting,
    /// Stuck.
    Stuck,
    /// Other attention: held, stopped.
    Attention,
    /// Running and queued.
    Running,
    /// Not known.
    Unknown,
    /// Quiet.
    Ok,
}

/// A count that is exact, or the least there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Count {
    /// The number, or its lower bound.
    #[ts(type = "number")]
    pub n: i64,
    /// Whether it is exact; if not, write `1000+`.
    pub exact: bool,
}

/// One group with its rows. What is told of the whole group is told of its first thousand, where it has more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BoardGroup {
    /// Which.
    pub key: GroupKey,
    /// How many there are, shown or not.
    pub count: Count,
    /// The rows, at most the limit asked for; none if it is folded.
    pub rows: Vec<BoardRow>,
    /// How many of the whole group are only as last read.
    #[ts(type = "number")]
    pub stale: i64,
    /// When that one of them was read that was read longest ago.
    pub stale_read_at: Option<Timestamp>,
    /// How many of the whole group lie in protected profiles. Only told of those that failed.
    #[ts(type = "number")]
    pub protected: i64,
    /// The earliest `since` of the whole group. Only told of those that wait.
    pub oldest: Option<Timestamp>,
    /// If it is folded: of each of its first hundred, whether it is only as last read.
    pub ticks: Vec<bool>,
}

/// One pipeline on the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BoardRow {
    /// Row id.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// Name.
    pub name: String,
    /// Profile.
    pub profile: String,
    /// Its hue.
    pub colour: Colour,
    /// Account.
    pub account: String,
    /// Region.
    pub region: String,
    /// AWS's word.
    pub status: String,
    /// Health; `unknown` if it was running when its source stopped being readable.
    pub health: Health,
    /// Kind of its health.
    pub aspect: Option<Aspect>,
    /// Why, one line.
    pub reason: Option<String>,
    /// The stages in order.
    pub stages: Vec<StageCell>,
    /// The stage that matters: failed, waiting, running; none when all passed.
    pub stage: Option<String>,
    /// First revision of the execution shown.
    pub revision: Option<Revision>,
    /// Start of the execution shown.
    pub started_at: Option<Timestamp>,
    /// Its end, once over.
    pub ended_at: Option<Timestamp>,
    /// What is usual for it.
    pub usual: Option<Usual>,
    /// Since when it is in this state.
    pub since: Option<Timestamp>,
    /// When the row was last confirmed.
    pub read_at: Timestamp,
    /// Whether its source cannot be read now, so that this is as last read.
    pub stale: bool,
    /// Whether a lock holds it.
    pub locked: bool,
}

/// The board as asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Board {
    /// Groups that have rows, in order of need.
    pub groups: Vec<BoardGroup>,
    /// Counts by segment, whatever the segment asked for: all, problems, running.
    pub all: Count,
    /// Failed and attention.
    pub problems: Count,
    /// Running.
    pub running: Count,
    /// Of the quiet ones, how many in each profile, in profile order.
    pub quiet_by_profile: Vec<ProfileCount>,
    /// Sources that could not be read or not whole, with what to do.
    pub unread: Vec<UnreadSource>,
    /// Whether anything was ever read; false shows loading, not empty.
    pub any_read: bool,
    /// Instant at which this was put together.
    pub now: Timestamp,
    /// Words of the filter that no row can fit.
    pub not_understood: Vec<Ununderstood>,
}

/// A number for a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProfileCount {
    /// Profile.
    pub profile: String,
    /// How many.
    #[ts(type = "number")]
    pub n: i64,
}

/// A source that could not be read whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct UnreadSource {
    /// Which, and why.
    pub source: SourceStatus,
    /// Title of the service as AWS writes it.
    pub service_title: String,
    /// Hue of its profile.
    pub colour: Colour,
    /// What would help.
    pub cure: Cure,
    /// The IAM policy statement that would, as JSON text, for `permission`.
    pub policy: Option<String>,
}
