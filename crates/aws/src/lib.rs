//! The only crate that knows `aws-sdk`: profiles and sign-in, clients, limiter, error classes, and one file per service
//! that says what is read and what can be done.
//!
//! Deliberately elsewhere: when to read (engine), what is kept (store), what it means (insight). Nothing here decides to
//! act; a mutating call exists only inside an [`service::ActCtx`], which is made from an action already in the ledger.
//!
//! Of `aws-config` only two providers are used (`credentials/metadata.rs`), never its default chain: that would take keys
//! from the environment, or from a machine's metadata, under the name of any profile.
#![allow(clippy::result_large_err, reason = "an error here has cost a network call; boxing it would only cost clarity")]

mod aws;
mod caller;
mod classify;
mod credentials;
mod endpoints;
mod environment;
pub mod error;
mod ground;
mod guard;
mod http;
mod limiter;
pub mod logging;
mod profiles;
pub mod regions;
pub mod service;
pub mod services;
pub mod session;
mod slot;
#[cfg(test)]
mod testing;

pub use aws::{Aws, AwsOptions};
/// What takes the place of the network: made by the simulator for the demo, by tests for themselves.
pub use aws_smithy_runtime_api::client::http::SharedHttpClient;
pub use environment::Environment;
pub use error::{AwsError, ErrorClass};
pub use limiter::{BudgetSettings, Meter};
pub use profiles::{ENVIRONMENT, ProfileEntry, ProfilesRead};
pub use session::{Caller, Counters, Session};
