//! AWS's instants as ours.

use aws_smithy_types::DateTime;
use skydeck_domain::Timestamp;

/// The same instant; none if it lies beyond what a calendar knows.
pub(crate) fn instant(at: &DateTime) -> Option<Timestamp> {
    Timestamp::from_timestamp(at.secs(), at.subsec_nanos())
}

/// The same, of one that may be absent.
pub(crate) fn maybe(at: Option<&DateTime>) -> Option<Timestamp> {
    at.and_then(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_fraction_and_refuses_what_no_calendar_holds() {
        let at = instant(&DateTime::from_millis(1_763_885_678_123)).unwrap();
        assert_eq!(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true), "2025-11-23T08:14:38.123Z");
        assert_eq!(instant(&DateTime::from_secs(i64::MAX)), None);
        assert_eq!(maybe(None), None);
    }
}
