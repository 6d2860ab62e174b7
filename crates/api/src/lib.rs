//! The one contract of window, browser and command line, and its bodies.
//!
//! - `contract`: requests, answers, events, error codes; plain data, exported to TypeScript.
//! - `host`: one open Skydeck, and the dispatch of calls by name.
//! - `bodies`: what each call answers, one file a subject.
//! - `policy`: the IAM policies that all of it needs.
//!
//! Deliberately elsewhere: when AWS is read and how an action runs (`engine`), what it means (`insight`).

mod ahead;
mod attention;
mod batches;
mod bodies;
pub mod contract;
mod errors;
mod events;
mod home;
mod host;
mod links;
pub mod policy;
mod recent;
mod redact;
mod seen;
mod typescript;
mod words;

pub use ahead::Asked;
pub use attention::Watch;
pub use batches::{Batches, GATHER};
pub use bodies::{SettingKey, kinds, settings_file};
pub use contract::{ApiError, Code, Event};
pub use events::{Changes, Heard};
pub use home::home;
pub use host::{CALLS, Host, HostOptions, Reading};
pub use typescript::typescript;

/// The words that the contract is made of, for fronts.
pub use skydeck_domain as domain;
/// The log filter of every front: what the user asks for, without what may hold keys.
pub use skydeck_engine::logging::quiet as log_filter;
/// What fronts say of how AWS is reached and read.
pub use skydeck_engine::{BudgetSettings, Environment, SharedHttpClient, SyncFilter, SyncReport};
/// What would make a source readable; how long things took, as people read it; and text from AWS as a terminal may show it.
pub use skydeck_insight::{cure, span, text};
/// What a read changed in a row, and its state before and after.
pub use skydeck_store::{Change as RowChange, State as RowState};
