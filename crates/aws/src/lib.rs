//! The only crate that knows `aws-sdk`: profiles and sign-in, clients, limiter, error classes, and one file per service
//! that says what is read and what can be done.
//!
//! Deliberately elsewhere: when to read (engine), what is kept (store), what it means (insight). Nothing here decides to
//! act; a mutating client exists only inside an [`service::ActCtx`], which is made from an action already in the ledger.

pub mod error;
pub mod service;
pub mod services;
pub mod session;

pub use error::{AwsError, ErrorClass};
