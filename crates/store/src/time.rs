//! Instants as the databases hold them: microseconds since 1970, an integer that sorts.

use chrono::DateTime;
use skydeck_domain::Timestamp;

/// As written. What is finer than a microsecond is cut off.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

/// As read. A number that is no instant (someone wrote into the file) becomes the nearest one.
pub(crate) fn instant(micros: i64) -> Timestamp {
    DateTime::from_timestamp_micros(micros).unwrap_or(if micros < 0 { Timestamp::MIN_UTC } else { Timestamp::MAX_UTC })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_comes_back_to_the_microsecond() {
        let at: Timestamp = "2026-11-22T08:14:38.123456789Z".parse().unwrap();
        assert_eq!(instant(micros(at)).to_rfc3339(), "2026-11-22T08:14:38.123456+00:00");
    }

    #[test]
    fn what_is_no_instant_becomes_the_nearest() {
        assert_eq!(instant(i64::MAX), Timestamp::MAX_UTC);
        assert_eq!(instant(i64::MIN), Timestamp::MIN_UTC);
    }
}
