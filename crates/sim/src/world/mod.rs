//! The world behind the wire: accounts, Regions and what lives in them, driven by a clock.
//!
//! Everything happens at its own instant and in one order, whoever looks and how often: `World::now` first plays out
//! what was due. Wire formats, SigV4, limits and faults are the protocol layer's business, not the world's.

pub mod accounts;
pub mod build;
pub mod controls;
pub mod deck;
pub mod demo;
pub mod deployed;
pub mod engine;
pub mod files;
pub mod hostile;
mod hostile_stack;
pub mod id;
pub mod line;
pub mod log;
pub mod noise;
pub mod page;
pub mod pipeline;
pub mod place;
pub mod project;
pub mod provider;
pub mod scale;
pub mod stack;
pub mod structure;
pub mod template;
pub mod time;
pub mod written;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use crate::clock::SimClock;

pub use accounts::{Account, Accounts, Caller, Session, SsoLogin, SsoRole, SsoToken};

use self::{deck::Deck, engine::Queue, line::Line, pipeline::PipelineRef, place::Place, template::Template, time::Ms};

/// A whole simulated AWS.
#[derive(Debug)]
pub struct World {
    /// The world's time; tests hold a clone and turn it.
    pub clock: SimClock,
    /// What every invented id, duration and fate is drawn from.
    pub seed: u64,
    /// Accounts, their keys and sessions.
    pub accounts: Accounts,
    /// Lines of commits.
    pub lines: Vec<Line>,
    /// Accounts × Regions in which something lives.
    pub places: Vec<Place>,
    /// Whether things happen that nobody called for: commits, promotions, approvals.
    pub lively: bool,
    place_index: BTreeMap<String, BTreeMap<String, u32>>,
    deck: Deck,
    queue: Queue,
    settled: Ms,
    /// Lines that every build prints besides its own (hostile text).
    pub extra_log: Vec<String>,
    /// What the message of every failed action ends in besides (hostile text).
    pub extra_error: Option<String>,
    /// Whether GitHub's OAuth tokens are told as they are. AWS masks them; not every stand-in for it does.
    pub unmasked: bool,
    hang_next: HashSet<(PipelineRef, &'static str)>,
    /// Templates that lie in buckets, by URL: what `TemplateURL` leads to.
    pub templates: BTreeMap<String, Arc<Template>>,
    /// The template that pipelines deploy.
    deployed: Arc<Template>,
}

impl World {
    /// A world in which nothing exists yet.
    pub fn empty(clock: SimClock, seed: u64) -> Self {
        World {
            clock,
            seed,
            accounts: Accounts::default(),
            lines: Vec::new(),
            places: Vec::new(),
            lively: true,
            place_index: BTreeMap::new(),
            deck: Deck::default(),
            queue: Queue::default(),
            settled: Ms::MIN,
            extra_log: Vec::new(),
            extra_error: None,
            unmasked: false,
            hang_next: HashSet::new(),
            templates: BTreeMap::new(),
            deployed: deployed::template(),
        }
    }

    /// The world's present. Services ask here, not at the clock, so that what was due has happened.
    pub fn now(&mut self) -> DateTime<Utc> {
        time::instant(self.now_ms())
    }

    /// The same in milliseconds; never before what has already been played, even if the clock was set back.
    pub fn now_ms(&mut self) -> Ms {
        let now = self.clock.now().timestamp_millis();
        self.settle(now);
        self.settled
    }

    /// The place of that account and Region, if anything lives there.
    pub fn place(&self, account: &str, region: &str) -> Option<&Place> {
        self.place_number(account, region).map(|n| &self.places[n as usize])
    }

    /// Its position.
    pub fn place_number(&self, account: &str, region: &str) -> Option<u32> {
        self.place_index.get(account)?.get(region).copied()
    }

    /// Where that pipeline is.
    pub fn find_pipeline(&self, account: &str, region: &str, name: &str) -> Option<PipelineRef> {
        let place = self.place_number(account, region)?;
        let index = *self.places[place as usize].pipeline_names.get(name)?;
        Some(PipelineRef { place, index })
    }

    /// The place of that account and Region, made if it is new.
    pub fn place_or_new(&mut self, account: &str, region: &str) -> u32 {
        if let Some(number) = self.place_number(account, region) {
            return number;
        }
        let number = self.places.len() as u32;
        self.places.push(Place { account: account.to_owned(), region: region.to_owned(), ..Place::default() });
        self.place_index.entry(account.to_owned()).or_default().insert(region.to_owned(), number);
        number
    }
}
