//! A token bucket whose rate is halved when AWS throttles and comes back slowly. Pure: the instant is passed in.

use std::time::{Duration, Instant};

/// The rate never falls under this part of the full one, so that reading goes on and can recover.
const FLOOR: f64 = 1.0 / 16.0;
/// From half to full takes this long without a throttle.
const RECOVERY: Duration = Duration::from_secs(60);
/// Throttles closer together than this are one: calls that were under way together hear of the same overload.
const ONE_THROTTLE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Bucket {
    /// Full rate, tokens per second.
    rate: f64,
    burst: f64,
    tokens: f64,
    /// Part of the full rate in force, `FLOOR..=1`.
    factor: f64,
    at: Instant,
    throttled_at: Option<Instant>,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(rate: f64, burst: f64, now: Instant) -> Self {
        let burst = burst.max(1.0);
        Bucket { rate: rate.max(0.01), burst, tokens: burst, factor: 1.0, at: now, throttled_at: None }
    }

    /// Full rate in tokens per second.
    pub(crate) fn full_rate(&self) -> f64 {
        self.rate
    }

    fn refill(&mut self, now: Instant) {
        let dt = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + dt * self.rate * self.factor).min(self.burst);
        self.factor = (self.factor + 0.5 * dt / RECOVERY.as_secs_f64()).min(1.0);
        self.at = self.at.max(now);
    }

    /// Takes a token, or says how long until there is one.
    pub(crate) fn try_take(&mut self, now: Instant) -> Result<(), Duration> {
        self.refill(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.tokens) / (self.rate * self.factor)))
    }

    /// AWS throttled a call: half the rate, and no burst left.
    pub(crate) fn throttled(&mut self, now: Instant) {
        self.refill(now);
        self.tokens = 0.0;
        if self.throttled_at.is_none_or(|t| now.saturating_duration_since(t) >= ONE_THROTTLE) {
            self.factor = (self.factor / 2.0).max(FLOOR);
            self.throttled_at = Some(now);
        }
    }

    /// The rate in force, tokens per second.
    #[cfg(test)]
    fn rate_in_force(&self) -> f64 {
        self.rate * self.factor
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is asked and whenever AWS throttles, no window of time sees more than rate × its length + burst.
        #[test]
        fn never_above_rate_times_time_plus_burst(
            rate in 0.5f64..50.0, burst in 1.0f64..40.0,
            steps in prop::collection::vec((0u64..400, 0u8..12), 1..120),
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut bucket = Bucket::new(rate, burst, now);
            let mut taken = Vec::new();
            for (ms, what) in steps {
                now += Duration::from_millis(ms);
                if what == 0 {
                    bucket.throttled(now);
                }
                for _ in 0..what {
                    if bucket.try_take(now).is_ok() {
                        taken.push(now);
                    }
                }
            }
            for (i, from) in taken.iter().enumerate() {
                for (j, to) in taken.iter().enumerate().skip(i) {
                    let allowed = rate * to.duration_since(*from).as_secs_f64() + burst;
                    prop_assert!((j - i + 1) as f64 <= allowed + 1e-6);
                }
            }
        }

        /// Waiting for as long as the bucket says is always enough, and it is never for ever.
        #[test]
        fn what_it_says_to_wait_is_enough(rate in 0.5f64..50.0, throttles in 0u64..8) {
            let mut now = Instant::now();
            let mut bucket = Bucket::new(rate, 1.0, now);
            for _ in 0..throttles {
                now += ONE_THROTTLE;
                bucket.throttled(now);
            }
            for _ in 0..5 {
                if let Err(wait) = bucket.try_take(now) {
                    prop_assert!(wait <= Duration::from_secs_f64(1.0 / (rate * FLOOR) + 0.001));
                    now += wait + Duration::from_micros(1);
                    prop_assert!(bucket.try_take(now).is_ok());
                }
            }
        }
    }

    #[test]
    fn halves_once_for_throttles_that_come_together_and_recovers_slowly() {
        let t0 = Instant::now();
        let mut bucket = Bucket::new(8.0, 10.0, t0);
        for ms in [0, 10, 200, 900] {
            bucket.throttled(t0 + Duration::from_millis(ms));
        }
        assert!((4.0..4.2).contains(&bucket.rate_in_force()), "{}", bucket.rate_in_force());
        bucket.throttled(t0 + Duration::from_secs(2));
        assert!((2.0..2.3).contains(&bucket.rate_in_force()), "{}", bucket.rate_in_force());
        bucket.refill(t0 + Duration::from_secs(30));
        assert!(bucket.rate_in_force() < 5.0, "not back after half a minute: {}", bucket.rate_in_force());
        bucket.refill(t0 + Duration::from_secs(120));
        assert_eq!(bucket.rate_in_force(), 8.0);
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing_and_breaks_nothing() {
        let t0 = Instant::now() + Duration::from_secs(100);
        let mut bucket = Bucket::new(1.0, 1.0, t0);
        assert!(bucket.try_take(t0).is_ok());
        assert!(bucket.try_take(t0 - Duration::from_secs(50)).is_err());
        assert!(bucket.try_take(t0 + Duration::from_secs(1)).is_ok());
    }
}
