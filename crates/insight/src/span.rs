//! Lengths of time as people read them: two units under ten minutes, one above, hours with their minutes.
//! English only, for the command line and for texts made here; the window writes its own in the user's language.

use skydeck_domain::Timestamp;

/// `6s`, `2m 08s`, `41m`, `2h 14m`, `3d`. Negative lengths (a clock that stepped back) are `0s`.
pub fn brief(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..600 => format!("{minutes}m {:02}s", seconds % 60),
        600..3600 => format!("{minutes}m"),
        3600..86_400 => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d"),
    }
}

/// How old something is, in one unit: `4s`, `12m`, `2h`, `3d`.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = (now - at).num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Milliseconds from start to end, or to now while it has none. None without a start.
pub fn elapsed_ms(started: Option<Timestamp>, ended: Option<Timestamp>, now: Timestamp) -> Option<i64> {
    started.map(|s| (ended.unwrap_or(now) - s).num_milliseconds().max(0))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn lengths() {
        for (seconds, text) in [
            (-3, "0s"),
            (6, "6s"),
            (128, "2m 08s"),
            (599, "9m 59s"),
            (600, "10m"),
            (2_460, "41m"),
            (8_040, "2h 14m"),
            (3_600, "1h 00m"),
            (260_000, "3d"),
        ] {
            assert_eq!(brief(seconds * 1000), text);
        }
    }

    #[test]
    fn ages_and_lengths_end_at_now() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |s| now - TimeDelta::seconds(s);
        assert_eq!(
            [4, 719, 7_300, 200_000, -5].map(|s| age(ago(s), now)),
            ["4s", "11m", "2h", "2d", "0s"].map(str::to_owned)
        );
        assert_eq!(elapsed_ms(Some(ago(9)), None, now), Some(9_000));
        assert_eq!(elapsed_ms(Some(ago(9)), Some(ago(4)), now), Some(5_000));
        assert_eq!(elapsed_ms(None, Some(now), now), None);
    }
}
