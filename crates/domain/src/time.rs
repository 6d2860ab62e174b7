//! Instants and who tells them. Time is passed in everywhere, so that tests and the simulated world can turn it.

use std::sync::Arc;

/// An instant in UTC; RFC 3339 in JSON.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// Tells the time. The system's clock in the product, the world's clock in the demo and in tests.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now()
    }
}
