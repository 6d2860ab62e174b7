//! What is longer under way than is usual for it. What is usual is told by the ledger, from the runs it keeps.

use skydeck_domain::{Timestamp, Usual};

/// From fewer runs no percentile is told from: two long runs in three would make a third look stuck.
const FEWEST: i64 = 5;

/// Whether a run that started then is longer under way than nine tenths of its thing's own runs took.
pub fn is_stuck(started: Timestamp, usual: Option<&Usual>, now: Timestamp) -> bool {
    usual.is_some_and(|u| u.runs >= FEWEST && (now - started).num_milliseconds() > u.p90_ms)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn stuck_is_past_p90_of_enough_runs() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let at = |s| start + TimeDelta::seconds(s);
        let of = |runs| Usual { median_ms: 60_000, p90_ms: 90_000, runs };
        assert!(!is_stuck(start, Some(&of(20)), at(90)));
        assert!(is_stuck(start, Some(&of(20)), at(91)));
        assert!(!is_stuck(start, Some(&of(4)), at(9_000)));
        assert!(!is_stuck(start, None, at(9_000)));
    }
}
