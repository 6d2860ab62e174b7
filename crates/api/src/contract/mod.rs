//! The contract: every request a front can make, what it answers, and which events follow. Plain data, no bodies.
//!
//! One declaration a call (`calls.rs`), exported to TypeScript; a call without a body does not compile. Reads say which
//! tags they `provide`; an event carries the tags that changed, and a front re-reads what it shows of them.

pub mod attention;
pub mod board;
pub mod calls;
pub mod cdk;
pub mod compare;
pub mod error;
pub mod event;
pub mod list;
pub mod pipeline;
pub mod profiles;
pub mod report;
pub mod settings;
pub mod stack;
pub mod verbs;

pub use error::{ApiError, Code};
pub use event::Event;
