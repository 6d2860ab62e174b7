//! The one contract of window, browser and command line, and its bodies.

pub mod contract;
mod typescript;

pub use contract::{ApiError, Code, Event};
pub use typescript::typescript;
