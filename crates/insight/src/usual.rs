//! What is usual for a thing, told by its own finished runs, and what is longer under way than that.

use skydeck_domain::{Timestamp, Usual};

/// From fewer runs no percentile is told from: two long runs in three would make a third look stuck.
const FEWEST: i64 = 5;

/// Median and nearest-rank p90 of durations in milliseconds, in any order. None without any; negative ones (a clock that
/// stepped back) are left out.
pub fn usual(durations_ms: impl IntoIterator<Item = i64>) -> Option<Usual> {
    let mut sorted: Vec<i64> = durations_ms.into_iter().filter(|d| *d >= 0).collect();
    sorted.sort_unstable();
    let n = sorted.len();
    let middle = n / 2;
    let upper = *sorted.get(middle)?;
    let median_ms = if n % 2 == 1 { upper } else { sorted[middle - 1] + (upper - sorted[middle - 1]) / 2 };
    // Nearest rank: the smallest value that at least nine tenths of all do not exceed.
    let p90_ms = sorted[(n * 9).div_ceil(10) - 1];
    Some(Usual { median_ms, p90_ms, runs: n as i64 })
}

/// Whether a run that started then is longer under way than nine tenths of its thing's own runs took.
pub fn is_stuck(started: Timestamp, usual: Option<&Usual>, now: Timestamp) -> bool {
    usual.is_some_and(|u| u.runs >= FEWEST && (now - started).num_milliseconds() > u.p90_ms)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn median_and_nearest_rank() {
        for (durations, median, p90) in [
            (vec![7], 7, 7),
            (vec![3, 1], 2, 3),
            (vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
            (vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 11], 6, 10),
            (vec![-5, 4], 4, 4),
        ] {
            let usual = usual(durations.clone()).unwrap();
            assert_eq!((usual.median_ms, usual.p90_ms), (median, p90), "{durations:?}");
        }
        assert_eq!(usual([]), None);
        assert_eq!(usual([-1]), None);
    }

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

    proptest! {
        #[test]
        fn p90_is_a_duration_that_nine_tenths_do_not_exceed(durations in prop::collection::vec(0i64..10_000_000, 1..200)) {
            let usual = usual(durations.iter().copied()).unwrap();
            let within = durations.iter().filter(|d| **d <= usual.p90_ms).count();
            prop_assert!(durations.contains(&usual.p90_ms));
            prop_assert!(within * 10 >= durations.len() * 9);
            prop_assert!(usual.median_ms <= usual.p90_ms || durations.len() < 3);
            prop_assert_eq!(usual.runs as usize, durations.len());
        }
    }
}
