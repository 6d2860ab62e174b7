//! The world's clock: runs with the machine's, or stands until a test turns it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the world's time. Cheap to clone; clones share the time.
#[derive(Debug, Clone)]
pub struct SimClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Milliseconds added to the machine's time (running), or the time itself (standing).
    millis: AtomicI64,
    running: bool,
}

impl SimClock {
    /// A clock that reads `start` now and runs with the machine's.
    pub fn running(start: DateTime<Utc>) -> Self {
        let offset = start.timestamp_millis() - Utc::now().timestamp_millis();
        SimClock(Arc::new(Inner { millis: AtomicI64::new(offset), running: true }))
    }

    /// The machine's own clock.
    pub fn machine() -> Self {
        SimClock(Arc::new(Inner { millis: AtomicI64::new(0), running: true }))
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn standing(start: DateTime<Utc>) -> Self {
        SimClock(Arc::new(Inner { millis: AtomicI64::new(start.timestamp_millis()), running: false }))
    }

    /// The world's present.
    pub fn now(&self) -> DateTime<Utc> {
        let base = self.0.millis.load(Ordering::SeqCst);
        let ms = if self.0.running { base + Utc::now().timestamp_millis() } else { base };
        DateTime::from_timestamp_millis(ms).unwrap_or_default()
    }

    /// Moves the world's time forward (or, with a negative span, back: clock skew).
    pub fn advance(&self, by: TimeDelta) {
        self.0.millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}
