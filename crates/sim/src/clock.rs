//! The world's clock: runs with the machine's, or stands until a test turns it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the world's time. Cheap to clone; clones share the time.
#[derive(Debug, Clone)]
pub struct SimClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Milliseconds added to the machine's time (running), or the time itself (standing).
    millis: AtomicI64,
    running: AtomicBool,
}

impl SimClock {
    /// A clock that reads `start` now and runs with the machine's.
    pub fn running(start: DateTime<Utc>) -> Self {
        let offset = start.timestamp_millis() - machine_now();
        SimClock(Arc::new(Inner { millis: AtomicI64::new(offset), running: AtomicBool::new(true) }))
    }

    /// The machine's own clock.
    pub fn machine() -> Self {
        SimClock(Arc::new(Inner { millis: AtomicI64::new(0), running: AtomicBool::new(true) }))
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn standing(start: DateTime<Utc>) -> Self {
        SimClock(Arc::new(Inner { millis: AtomicI64::new(start.timestamp_millis()), running: AtomicBool::new(false) }))
    }

    /// The world's present.
    pub fn now(&self) -> DateTime<Utc> {
        let base = self.0.millis.load(Ordering::SeqCst);
        let ms = if self.0.running.load(Ordering::SeqCst) { base + machine_now() } else { base };
        DateTime::from_timestamp_millis(ms).unwrap_or_default()
    }

    /// Moves the world's time forward (or, with a negative span, back: clock skew).
    pub fn advance(&self, by: TimeDelta) {
        self.0.millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Makes a running clock stand where it is. One that stands already is left so.
    pub fn freeze(&self) {
        if self.0.running.swap(false, Ordering::SeqCst) {
            self.0.millis.fetch_add(machine_now(), Ordering::SeqCst);
        }
    }

    /// Makes a standing clock run on from where it stands.
    pub fn resume(&self) {
        if !self.0.running.swap(true, Ordering::SeqCst) {
            self.0.millis.fetch_sub(machine_now(), Ordering::SeqCst);
        }
    }
}

/// The one place where the simulator asks the machine what time it is.
#[expect(
    clippy::disallowed_methods,
    reason = "a running world follows the machine's clock; everything else asks SimClock"
)]
fn machine_now() -> i64 {
    Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_stands_and_a_resumed_one_goes_on_from_there() {
        let start = DateTime::from_timestamp_millis(1_000_000).expect("an instant");
        let clock = SimClock::running(start);
        clock.freeze();
        let stood = clock.now();
        clock.advance(TimeDelta::seconds(5));
        assert_eq!(clock.now(), stood + TimeDelta::seconds(5));
        clock.resume();
        let on = clock.now() - stood;
        assert!(on >= TimeDelta::seconds(5) && on < TimeDelta::seconds(60), "{on}");
    }
}
