//! A thing in AWS as one row: the same shape for every service, with the kind's own typed detail inside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use ts_rs::TS;

use crate::{Aspect, Health, Timestamp};

/// `service.thing`, such as `codepipeline.pipeline`.
pub type Kind = String;

/// The typed detail of one kind. The kind's name stands beside the type, so that a row's JSON is read as what it is.
pub trait Detail: Serialize + DeserializeOwned {
    /// The kind whose detail this is.
    const KIND: &'static str;
}

/// One thing in AWS, as last read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Resource {
    /// Unique, and contains the profile: `<profile>/<arn>`; see [`Resource::make_id`].
    pub id: String,
    /// ARN, or none where AWS gives the thing none.
    pub arn: Option<String>,
    /// `service.thing`.
    pub kind: Kind,
    /// Id of the service.
    pub service: String,
    /// The thing's name in AWS; a thing that has none goes by its AWS id.
    pub name: String,
    /// Profile it was read through.
    pub profile: String,
    /// Account it lies in, 12 digits.
    pub account: String,
    /// Region code.
    pub region: String,
    /// AWS's own word.
    pub status: String,
    /// Health, derived from the status.
    pub health: Health,
    /// What kind of its health, where that tells more.
    pub aspect: Option<Aspect>,
    /// Why, whenever health is not `ok`. One line.
    pub reason: Option<String>,
    /// Since when it is in this status, where known.
    pub since: Option<Timestamp>,
    /// When this row was last confirmed by a read.
    pub read_at: Timestamp,
    /// Tags, as AWS has them.
    pub tags: BTreeMap<String, String>,
    /// The kind's own detail; read it with [`Resource::detail`].
    #[ts(type = "unknown")]
    pub detail: serde_json::Value,
}

impl Resource {
    /// The id of a thing: `<profile>/<arn>`, or `<profile>/<region>/<kind>/<name>` where AWS gives it no ARN.
    pub fn make_id(profile: &str, arn: Option<&str>, region: &str, kind: &str, name: &str) -> String {
        match arn {
            Some(arn) => format!("{profile}/{arn}"),
            None => format!("{profile}/{region}/{kind}/{name}"),
        }
    }

    /// The typed detail, if this row is of that kind and its JSON fits.
    pub fn detail<D: Detail>(&self) -> Option<D> {
        (self.kind == D::KIND).then(|| D::deserialize(&self.detail).ok()).flatten()
    }
}

/// One thing points at another, possibly in another account: an action at its build, an execution at its pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Link {
    /// Id of the row that points (contains the profile).
    pub from: String,
    /// ARN of what it points at; the row may be in another profile or not yet read.
    pub to_arn: String,
    /// What the link means: `runs` (an action runs a build), `of` (an execution of a pipeline), `ships` (a commit).
    pub rel: String,
}
