//! AWS's instants as ours.

use aws_smithy_types::DateTime;
use skydeck_domain::Timestamp;

/// The same instant, to the millisecond: on the wire it is a fraction in floating point, whose last digits are noise.
/// None if it lies beyond what a calendar knows.
pub(crate) fn instant(at: &DateTime) -> Option<Timestamp> {
    let millis = (i64::from(at.subsec_nanos()) + 500_000) / 1_000_000;
    Timestamp::from_timestamp_millis(at.secs().checked_mul(1000)?.checked_add(millis)?)
}

/// The same, of one that may be absent.
pub(crate) fn maybe(at: Option<&DateTime>) -> Option<Timestamp> {
    at.and_then(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_milliseconds_and_refuses_what_no_calendar_holds() {
        let at = instant(&DateTime::from_millis(1_763_885_678_123)).unwrap();
        assert_eq!(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true), "2025-11-23T08:14:38.123Z");
        let noisy = DateTime::from_secs_f64(1_763_885_678.123);
        assert_eq!(instant(&noisy), Some(at), "as awsJson brings it");
        assert_eq!(instant(&DateTime::from_secs(i64::MAX)), None);
        assert_eq!(maybe(None), None);
    }
}
