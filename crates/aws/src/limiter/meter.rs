//! Counts calls and throttles: ever, and in the last minute. Pure: the instant is passed in.

use std::time::Instant;

const SECONDS: usize = 60;

#[derive(Debug)]
pub(crate) struct Count {
    start: Instant,
    /// Second since `start` that each slot counts, and its count.
    slots: [(u64, u32); SECONDS],
    total: u64,
}

impl Count {
    pub(crate) fn new(now: Instant) -> Self {
        Count { start: now, slots: [(0, 0); SECONDS], total: 0 }
    }

    pub(crate) fn add(&mut self, now: Instant) {
        let second = self.second(now);
        let slot = &mut self.slots[(second % SECONDS as u64) as usize];
        if slot.0 == second {
            slot.1 += 1;
        } else {
            *slot = (second, 1);
        }
        self.total += 1;
    }

    pub(crate) fn last_minute(&self, now: Instant) -> u64 {
        let second = self.second(now);
        self.slots.iter().filter(|(s, _)| s + (SECONDS as u64) > second).map(|(_, n)| u64::from(*n)).sum()
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.start).as_secs()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn forgets_what_is_older_than_a_minute() {
        let t0 = Instant::now();
        let mut count = Count::new(t0);
        for s in [0, 0, 30, 59, 61] {
            count.add(t0 + Duration::from_secs(s));
        }
        assert_eq!(count.last_minute(t0 + Duration::from_secs(61)), 3);
        assert_eq!(count.last_minute(t0 + Duration::from_secs(118)), 2);
        assert_eq!(count.last_minute(t0 + Duration::from_secs(300)), 0);
        assert_eq!(count.total(), 5);
    }
}
