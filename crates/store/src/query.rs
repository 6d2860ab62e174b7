//! What a list asks for and what it gets: filter, order, a page at a time.
//!
//! Deliberately elsewhere: the SQL it becomes (`cache/filter.rs`, `cache/page.rs`).

use serde::{Deserialize, Serialize};
use skydeck_domain::{Aspect, Health, Kind, Resource, Scope, Timestamp};

/// Which rows, in which order, from where on. The filters are joined by *and*; an empty list filters nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Visible scopes (of the row's own profile and Region); none is all of them, an empty list is no row at all.
    pub scopes: Option<Vec<Scope>>,
    /// Healths.
    pub healths: Vec<Health>,
    /// Aspects; rows without one do not pass.
    pub aspects: Vec<Aspect>,
    /// Healths and aspects of which any will do; none lets all through, an empty list no row at all.
    pub needs: Option<Vec<Need>>,
    /// Places with the healths and aspects that pass there; any will do. None lets all through, an empty list no row at all.
    pub places: Option<Vec<Place>>,
    /// Beginnings of names of stages, letter case ignored: a row passes whose latest execution is in one of them, did not get
    /// through it, or is held before it.
    pub stages: Vec<String>,
    /// Words, each of which must be found in the row's name, ARN, account, status, reason or tags: anywhere in them from three
    /// characters on, at the beginning of a word with one or two.
    pub text: Option<String>,
    /// Order.
    pub sort: Sort,
    /// The order turned round.
    pub descending: bool,
    /// Where to go on: `next` of the page before, of the same filter and order.
    pub after: Option<String>,
    /// Rows of a page; at least 1, at most [`Query::MAX_LIMIT`].
    pub limit: u32,
}

impl Query {
    /// Most rows of one page.
    pub const MAX_LIMIT: u32 = 1000;
}

impl Default for Query {
    fn default() -> Self {
        Query {
            kinds: Vec::new(),
            scopes: None,
            healths: Vec::new(),
            aspects: Vec::new(),
            needs: None,
            places: None,
            stages: Vec::new(),
            text: None,
            sort: Sort::Need,
            descending: false,
            after: None,
            limit: 200,
        }
    }
}

/// What passes where: for a list that tells the same state otherwise in one scope than in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The scopes.
    pub scopes: Vec<Scope>,
    /// Healths with their aspects, exactly; none is plainly that health.
    pub states: Vec<(Health, Option<Aspect>)>,
}

/// A health or an aspect that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Rows of that health, whatever their aspect.
    Health(Health),
    /// Rows of that aspect, whatever their health.
    Aspect(Aspect),
}

impl Need {
    /// Whether a row of that health and aspect is looked for.
    pub fn fits(self, health: Health, aspect: Option<Aspect>) -> bool {
        match self {
            Need::Health(wanted) => health == wanted,
            Need::Aspect(wanted) => aspect == Some(wanted),
        }
    }
}

/// Orders of a list. Ties are broken by id, so that an order is total and the same every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Who needs a person first: by health, waiting before stuck, then the latest.
    #[default]
    Need,
    /// Name, A to Z, letter case ignored.
    Name,
    /// Profile, then name.
    Profile,
    /// Since when, oldest first; an unknown time counts as the oldest.
    Since,
    /// When last confirmed, oldest first.
    ReadAt,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<Resource>,
    /// Where the next page goes on; none if this is the last. Opaque.
    pub next: Option<String>,
    /// How many rows the filter lets through, on all pages.
    pub total: Count,
}

/// A page of a list whose rows were counted otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Its rows.
    pub rows: Vec<Resource>,
    /// Where the next page goes on; none if this is the last. Opaque.
    pub next: Option<String>,
}

/// How a row stands, without what it is made of: for going through many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Name.
    pub name: String,
    /// Profile and Region.
    pub scope: Scope,
    /// Health.
    pub health: Health,
    /// What kind of its health.
    pub aspect: Option<Aspect>,
    /// Since when, where known.
    pub since: Option<Timestamp>,
    /// When last confirmed.
    pub read_at: Timestamp,
}

impl From<&Resource> for Standing {
    fn from(row: &Resource) -> Standing {
        Standing {
            name: row.name.clone(),
            scope: Scope { profile: row.profile.clone(), region: row.region.clone() },
            health: row.health,
            aspect: row.aspect,
            since: row.since,
            read_at: row.read_at,
        }
    }
}

/// A number of rows that says whether it is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The number; when not exact, there are more.
    pub n: i64,
    /// Whether it is exact. It is, up to 1000.
    pub exact: bool,
}

/// What rows are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountBy {
    /// Kind.
    Kind,
    /// Profile.
    Profile,
    /// Region.
    Region,
    /// Service.
    Service,
}
