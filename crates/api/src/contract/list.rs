//! Lists of rows of any kind, paged by key.

use serde::{Deserialize, Serialize};
use skydeck_domain::{Aspect, Colour, Health, Resource, Timestamp};
use ts_rs::TS;

use super::board::{Count, UnreadSource, Ununderstood};

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SortBy {
    /// Problems first.
    #[default]
    Need,
    /// Name.
    Name,
    /// Profile.
    Profile,
    /// Newest change first.
    Since,
    /// Oldest reading first.
    ReadAt,
}

/// What to list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RowsParams {
    /// Kinds; empty is every kind.
    pub kinds: Vec<String>,
    /// Only these profiles; empty is all shown ones.
    pub profiles: Vec<String>,
    /// Only these Regions; empty is all.
    pub regions: Vec<String>,
    /// Only these healths; empty is all.
    pub healths: Vec<Health>,
    /// Only these aspects; empty is all.
    pub aspects: Vec<Aspect>,
    /// Words, as those of the board.
    pub text: Option<String>,
    /// Order.
    pub sort: SortBy,
    /// The other way round.
    pub descending: bool,
    /// Where the page before ended.
    pub after: Option<String>,
    /// Rows at most; 0 is 200.
    pub limit: u32,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ListRow {
    /// The row.
    #[serde(flatten)]
    #[ts(flatten)]
    pub row: Resource,
    /// Hue of its profile.
    pub colour: Colour,
    /// Whether its source cannot be read now.
    pub stale: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<ListRow>,
    /// Give back as `after` for the next page; none at the end.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: Count,
    /// Sources of these kinds that could not be read whole.
    pub unread: Vec<UnreadSource>,
    /// Whether anything was ever read of these kinds.
    pub any_read: bool,
    /// Words of the filter that no row can fit.
    pub not_understood: Vec<Ununderstood>,
    /// Instant at which this was put together.
    pub now: Timestamp,
}

/// What to search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchParams {
    /// Text; one or two letters work too.
    pub text: String,
    /// Hits at most; 0 is 20.
    #[serde(default)]
    pub limit: u32,
}
