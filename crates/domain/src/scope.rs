//! Where something is: profile × Region, and the unit of reading.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A profile in a Region.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct Scope {
    /// Name of the profile, as in the AWS config file.
    pub profile: String,
    /// Region code, such as `eu-west-1`.
    pub region: String,
}

/// The unit of reading: one service in one scope. It has its own freshness, budget and errors.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct SourceId {
    /// Name of the profile.
    pub profile: String,
    /// Region code.
    pub region: String,
    /// Id of the service, such as `codepipeline`.
    pub service: String,
}

impl SourceId {
    /// The scope this source lies in.
    pub fn scope(&self) -> Scope {
        Scope { profile: self.profile.clone(), region: self.region.clone() }
    }
}

impl std::fmt::Display for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.profile, self.region, self.service)
    }
}
