//! Acting: plan → guard → record → call → follow → record. Every mutating call of the product goes through
//! [`crate::Engine::act`]; nothing else holds a client that can mutate.
//!
//! - `subject`: from a row id or ARN to profile, account, Region, service and part.
//! - `plan`: what it would do, read live.
//! - `guard`: why it may not, in order.
//! - `run`: the record, the one call, and what its answer means.
//! - `follow`: to the end, also of actions that another process or an earlier life of this one left open.

mod follow;
mod guard;
mod plan;
mod run;
mod subject;

use skydeck_domain::VerbOptions;

pub use run::Step;
pub(crate) use subject::Found;

/// What to plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanRequest {
    /// Verb.
    pub verb: String,
    /// Row id, ARN, or a part of one; with or without the profile in front.
    pub id: String,
    /// Profile, where an ARN is held by several.
    pub profile: Option<String>,
    /// Chosen target.
    pub to: Option<String>,
    /// Options of the verb.
    pub options: VerbOptions,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActRequest {
    /// What.
    pub plan: PlanRequest,
    /// Why, in the user's own words.
    pub reason: String,
    /// `yes`, or the text typed.
    pub confirm: Option<String>,
    /// The `state` of the plan that was decided on.
    pub expect: Option<String>,
}
