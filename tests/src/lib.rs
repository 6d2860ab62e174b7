//! What the tests of several folders share: the real window under a driver, the world's clock, what a sync requires.

pub mod required;
pub mod window;

use skydeck_domain::{Clock, Timestamp};
use skydeck_sim::clock::SimClock;

/// A simulated world's clock, as the product reads it.
#[derive(Debug)]
pub struct WorldClock(pub SimClock);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}
