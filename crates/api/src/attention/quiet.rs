//! Quiet hours: when they hold, and when they end.

use chrono::{DateTime, Local, NaiveTime, TimeDelta, Timelike as _};

use crate::contract::attention::Quiet;

/// How long they still hold at that time of the day; none if they do not.
///
/// Hours that cannot be read hold never: a person who is told too much sees that something is wrong, one who is told
/// nothing does not. Around a change of the clocks they may end an hour off; whoever waits looks again.
pub(super) fn left(quiet: &Quiet, now: NaiveTime) -> Option<TimeDelta> {
    let of = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let (from, to) = (of(&quiet.from)?, of(&quiet.to)?);
    let holds = if from <= to { from <= now && now < to } else { now >= from || now < to };
    let day = TimeDelta::days(1);
    let left = to - now;
    holds.then(|| if left <= TimeDelta::zero() { left + day } else { left })
}

/// The time of the day on this machine.
pub(super) fn of_day(now: skydeck_domain::Timestamp) -> NaiveTime {
    let local: DateTime<Local> = now.with_timezone(&Local);
    local.time().with_nanosecond(0).unwrap_or_else(|| local.time())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_hold_from_the_first_minute_to_the_last_over_midnight_too() {
        let at = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        let hours = |from: &str, to: &str| Quiet { from: from.into(), to: to.into() };
        let left = |from: &str, to: &str, now: &str| left(&hours(from, to), at(now)).map(|left| left.num_minutes());
        assert_eq!(left("22:00", "07:00", "21:59"), None);
        assert_eq!(left("22:00", "07:00", "22:00"), Some(540));
        assert_eq!(left("22:00", "07:00", "06:59"), Some(1));
        assert_eq!(left("22:00", "07:00", "07:00"), None);
        assert_eq!(left("12:00", "13:00", "12:30"), Some(30));
        assert_eq!(left("12:00", "13:00", "13:00"), None);
        // No time at all, and what is none.
        assert_eq!(left("12:00", "12:00", "12:00"), None);
        assert_eq!(left("noon", "13:00", "12:30"), None);
    }
}
