//! The three ways in which AWS writes instants. Plain values have them as epoch seconds.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use crate::model::{Member, Shape};

/// How an instant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `2026-11-22T08:15:02Z`.
    Iso8601,
    /// `Sun, 22 Nov 2026 08:15:02 GMT`.
    HttpDate,
    /// Epoch seconds.
    Unix,
}

impl Format {
    /// The format the model asks for, or the protocol's usual one.
    pub(super) fn of(member: &Member, shape: &Shape, usual: Format) -> Format {
        match member.timestamp_format.as_deref().or(shape.timestamp_format.as_deref()) {
            Some("iso8601") => Format::Iso8601,
            Some("rfc822") => Format::HttpDate,
            Some("unixTimestamp") => Format::Unix,
            _ => usual,
        }
    }

    /// Epoch seconds as text.
    pub(super) fn text(self, seconds: f64) -> String {
        let instant = instant(seconds);
        match self {
            Format::Iso8601 if instant.timestamp_subsec_millis() == 0 => {
                instant.to_rfc3339_opts(SecondsFormat::Secs, true)
            }
            Format::Iso8601 => instant.to_rfc3339_opts(SecondsFormat::Millis, true),
            Format::HttpDate => http_date(instant),
            Format::Unix => number(seconds).to_string(),
        }
    }

    /// Text as epoch seconds.
    pub(super) fn parse(self, text: &str) -> Option<Value> {
        let instant = match self {
            Format::Unix => return text.parse::<f64>().ok().map(number),
            Format::Iso8601 => DateTime::parse_from_rfc3339(text).ok()?,
            Format::HttpDate => DateTime::parse_from_rfc2822(text).ok()?,
        };
        Some(number(instant.timestamp_millis() as f64 / 1000.0))
    }
}

/// An instant as HTTP's `Date` has it.
pub(crate) fn http_date(instant: DateTime<Utc>) -> String {
    instant.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn instant(seconds: f64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis((seconds * 1000.0).round() as i64).unwrap_or_default()
}

/// Whole seconds without a fraction, as AWS writes them.
fn number(seconds: f64) -> Value {
    if seconds.fract() == 0.0 { Value::from(seconds as i64) } else { Value::from(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_reads_what_it_writes() {
        let cases = [
            (Format::Iso8601, 1_795_335_302.0, "2026-11-22T08:15:02Z"),
            (Format::Iso8601, 1_795_335_302.25, "2026-11-22T08:15:02.250Z"),
            (Format::HttpDate, 1_795_335_302.0, "Sun, 22 Nov 2026 08:15:02 GMT"),
            (Format::Unix, 1_795_335_302.0, "1795335302"),
            (Format::Unix, 1_795_335_302.5, "1795335302.5"),
        ];
        for (format, seconds, text) in cases {
            assert_eq!(format.text(seconds), text);
            assert_eq!(format.parse(text).and_then(|v| v.as_f64()), Some(seconds));
        }
        assert_eq!(Format::Iso8601.parse("yesterday"), None);
    }
}
