//! Stops asking a service that does not answer, and tries again with one probe. Pure: the instant is passed in.

use std::time::{Duration, Instant};

/// Final failures in a row that open it.
const FAILURES: u32 = 5;
/// First pause; doubled each time the probe fails.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// A probe that never reported (its task was dropped) is given up after this.
const PROBE_GIVEN_UP: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    pause: Duration,
    probe_since: Option<Instant>,
}

impl Breaker {
    /// Whether a call may be made: `Err` says how long to wait. After a pause one call, the probe, is let through.
    pub(crate) fn check(&mut self, now: Instant) -> Result<(), Duration> {
        let Some(open) = &mut self.open else { return Ok(()) };
        if now < open.until {
            return Err(open.until - now);
        }
        if let Some(since) = open.probe_since
            && now.saturating_duration_since(since) < PROBE_GIVEN_UP
        {
            return Err(PROBE_GIVEN_UP - now.saturating_duration_since(since));
        }
        open.probe_since = Some(now);
        Ok(())
    }

    /// The service answered, be it with a refusal.
    pub(crate) fn answered(&mut self) {
        *self = Breaker::default();
    }

    /// A call failed for good, after its retries.
    pub(crate) fn failed(&mut self, now: Instant) {
        self.failures += 1;
        match &mut self.open {
            // Calls that were under way when it opened say nothing new.
            Some(open) if open.probe_since.is_none() => {}
            Some(open) => {
                let pause = (open.pause * 2).min(LONGEST_PAUSE);
                *open = Open { until: now + pause, pause, probe_since: None };
            }
            None if self.failures >= FAILURES => {
                self.open = Some(Open { until: now + FIRST_PAUSE, pause: FIRST_PAUSE, probe_since: None });
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(t0: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert!(breaker.check(t0).is_ok());
            breaker.failed(t0);
        }
        breaker
    }

    #[test]
    fn five_failures_open_it_an_answer_between_them_does_not() {
        let t0 = Instant::now();
        assert_eq!(opened(t0).check(t0), Err(FIRST_PAUSE));
        let mut breaker = Breaker::default();
        for i in 0..20 {
            breaker.failed(t0);
            if i % 4 == 3 {
                breaker.answered();
            }
        }
        assert!(breaker.check(t0).is_ok());
    }

    #[test]
    fn one_probe_after_the_pause_and_the_pause_doubles_to_ten_minutes() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        for pause in [60, 120, 240, 480, 600, 600] {
            assert_eq!(breaker.check(now), Err(Duration::from_secs(pause)));
            now += Duration::from_secs(pause);
            assert!(breaker.check(now).is_ok(), "the probe");
            assert!(breaker.check(now).is_err(), "only one");
            breaker.failed(now);
        }
        now += LONGEST_PAUSE;
        assert!(breaker.check(now).is_ok());
        breaker.answered();
        assert!(breaker.check(now).is_ok() && breaker.check(now).is_ok(), "closed again");
    }

    #[test]
    fn a_probe_that_was_dropped_does_not_close_the_door_for_ever() {
        let t0 = Instant::now();
        let mut breaker = opened(t0);
        let probe = t0 + FIRST_PAUSE;
        assert!(breaker.check(probe).is_ok());
        assert!(breaker.check(probe + PROBE_GIVEN_UP).is_ok());
    }
}
