//! One profile's resolved credentials in one Region, and the paced way to make a call with them.

use skydeck_domain::ErrorInfo;

use crate::{AwsError, ErrorClass};

/// Who calls, and how: profile, account, Region, budget, counters, time limits.
#[derive(Clone)]
pub struct Caller {
    /// Profile.
    pub profile: String,
    /// Account, as STS said for these very credentials.
    pub account: String,
    /// Region.
    pub region: String,
}

impl Caller {
    /// The error of asking a service for a verb it does not have.
    pub fn no_such_verb(&self, verb: &str) -> AwsError {
        AwsError {
            class: ErrorClass::Invalid,
            info: ErrorInfo {
                code: "NoSuchVerb".into(),
                message: format!(
                    "This kind of thing has no verb `{verb}`. `skydeckctl plan --verbs ID` lists those it has."
                ),
                operation: None,
            },
            profile: self.profile.clone(),
            region: self.region.clone(),
            retry_after: None,
            certainly_not_run: true,
        }
    }
}
