//! The words of Skydeck as types: what a thing in AWS is called here, how healthy it is, how old the knowledge is,
//! and what an action would do. No I/O, no clock, no randomness: values only.
//!
//! Deliberately elsewhere: how a type is read from AWS (`aws`), kept (`store`), judged (`insight`) or sent (`api`).
//! Every type here crosses to the UI as generated TypeScript and to scripts as JSON, so fields are added, never renamed.
#![deny(missing_docs)]

pub mod action;
pub mod build;
pub mod cause;
pub mod cdk;
pub mod compare;
pub mod health;
pub mod log;
pub mod pipeline;
pub mod profile;
pub mod repository;
pub mod resource;
pub mod run;
pub mod scope;
pub mod source;
pub mod stack;
pub mod template;
pub mod time;

pub use action::{
    ActionRecord, Call, Confirm, ConfirmLevel, Lock, Mark, MarkValue, Outcome, Plan, PlannedCall, Target, Verb,
    VerbOptions,
};
pub use cause::{CauseStep, FirstCause};
pub use health::{Aspect, Health};
pub use profile::{Colour, Profile, ProfileKind, Protection, SignIn, SignInState};
pub use resource::{Detail, Kind, Link, Resource};
pub use run::{Run, RunOutcome, Usual};
pub use scope::{Scope, SourceId};
pub use source::{Cure, ErrorInfo, SourceState, SourceStatus};
pub use time::{Clock, SystemClock, Timestamp};
