//! What a read changed: the state of a row before and after. The cache tells it, the engine pushes it to the views, the
//! ledger keeps the changes of health.

use serde::{Deserialize, Serialize};
use skydeck_domain::{Aspect, Health, Kind, Resource};

/// How a row stands, in the words that people are told about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// AWS's own word.
    pub status: String,
    /// Health.
    pub health: Health,
    /// What kind of its health.
    pub aspect: Option<Aspect>,
    /// Why, whenever it is not `ok`.
    pub reason: Option<String>,
}

impl State {
    /// The state of a row.
    pub fn of(row: &Resource) -> State {
        State { status: row.status.clone(), health: row.health, aspect: row.aspect, reason: row.reason.clone() }
    }
}

/// One row that a read changed. Rows that are as they were are not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Row id.
    pub id: String,
    /// Its kind.
    pub kind: Kind,
    /// Its state before; none if it is new.
    pub was: Option<State>,
    /// Its state now; none if it is gone.
    pub now: Option<State>,
    /// Whether anything but the state changed: detail, name, tags, since.
    pub content: bool,
}

impl Change {
    /// Whether status, health, aspect or reason changed, or the row came or went.
    pub fn state_changed(&self) -> bool {
        self.was != self.now
    }

    /// Whether the health changed, or the row came or went.
    pub fn health_changed(&self) -> bool {
        self.was.as_ref().map(|s| (s.health, s.aspect)) != self.now.as_ref().map(|s| (s.health, s.aspect))
    }
}
