//! The world behind the wire: accounts, Regions and what lives in them, driven by a clock.
//!
//! Everything happens at its own instant and in one order, whoever looks and how often: `World::now` first plays out
//! what was due. Wire formats, SigV4, limits and faults are the protocol layer's business, not the world's.

pub mod accounts;
pub mod noise;

use chrono::{DateTime, Utc};

use crate::clock::SimClock;

pub use accounts::{Account, Accounts, Caller, Session, SsoLogin, SsoRole, SsoToken};

/// A whole simulated AWS.
#[derive(Debug)]
pub struct World {
    /// The world's time; tests hold a clone and turn it.
    pub clock: SimClock,
    /// What every invented id, duration and fate is drawn from.
    pub seed: u64,
    /// Accounts, their keys and sessions.
    pub accounts: Accounts,
}

impl World {
    /// A world in which nothing exists yet.
    pub fn empty(clock: SimClock, seed: u64) -> Self {
        World { clock, seed, accounts: Accounts::default() }
    }

    /// The world's present. Services ask here, not at the clock, so that what was due has happened.
    pub fn now(&mut self) -> DateTime<Utc> {
        self.clock.now()
    }
}
