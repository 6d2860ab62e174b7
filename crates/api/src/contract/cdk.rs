//! A synthesized CDK app on this machine (`cdk.out`), beside what is deployed of it. Not a call of the contract: a page may
//! not name folders. A shell opens the one that its user chose (`Host::cdk_folder`).

use serde::{Deserialize, Serialize};
use skydeck_domain::{Health, Timestamp, template::TemplateDiff};
use ts_rs::TS;

/// A synthesized app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkFolder {
    /// The folder, as given.
    pub folder: String,
    /// Its stacks, those of stages after those of the app itself.
    pub stacks: Vec<CdkFolderStack>,
    /// Values of the context that are missing: what was made with stand-ins for them should not be deployed.
    pub missing: u32,
    /// What could not be read, as sentences.
    pub unread: Vec<String>,
}

/// A stack of a synthesized app beside the deployed one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkFolderStack {
    /// Its name in AWS.
    pub name: String,
    /// How the CDK's own command line calls it.
    pub display_name: Option<String>,
    /// Account it is for; none where only deploying tells.
    pub account: Option<String>,
    /// Region it is for; none where only deploying tells.
    pub region: Option<String>,
    /// What became of the comparison.
    pub state: CdkState,
    /// Where it is deployed, as far as the cache knows; several where the app does not say where it is for.
    pub deployed: Vec<CdkDeployed>,
    /// Why it could not be compared, if so.
    pub note: Option<String>,
}

/// A deployed stack and how the folder's differs from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkDeployed {
    /// Row id.
    pub id: String,
    /// Profile.
    pub profile: String,
    /// Account.
    pub account: String,
    /// Region.
    pub region: String,
    /// AWS's status.
    pub status: String,
    /// Health.
    pub health: Health,
    /// When the row was last confirmed by a read.
    pub read_at: Timestamp,
    /// How the folder's template differs from the kept one; none where there is none to compare.
    pub diff: Option<TemplateDiff>,
}

/// How a stack of the folder stands to what is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CdkState {
    /// No stack of that name is known where it is for.
    New,
    /// The templates mean the same.
    Same,
    /// They differ.
    Changed,
    /// It could not be compared; `note` says why.
    Unknown,
}
