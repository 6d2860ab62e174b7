//! Instants and spans in milliseconds of the world's time. Plain numbers, since records of history hold many.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// Milliseconds since 1970, or a span of them.
pub type Ms = i64;

/// A second.
pub const SECOND: Ms = 1_000;
/// A minute.
pub const MINUTE: Ms = 60 * SECOND;
/// An hour.
pub const HOUR: Ms = 60 * MINUTE;
/// A day.
pub const DAY: Ms = 24 * HOUR;

/// An instant that does not come.
pub const NEVER: Ms = i64::MAX;

/// The same instant as chrono has it.
pub fn instant(ms: Ms) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// The instant as a service answers it: epoch seconds with their fraction.
pub fn seconds(ms: Ms) -> Value {
    Value::from(ms as f64 / 1000.0)
}
