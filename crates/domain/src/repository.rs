//! CodeCommit's things: repositories, and the metadata of commits that were shipped.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Timestamp, resource::Detail};

/// Detail of `codecommit.repository`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RepositoryDetail {
    /// Description.
    pub description: Option<String>,
    /// Default branch.
    pub default_branch: Option<String>,
    /// Last change.
    pub updated_at: Option<Timestamp>,
    /// Commits that pipelines shipped from it, as read, newest first, at most 50.
    pub commits: Vec<Commit>,
}

impl Detail for RepositoryDetail {
    const KIND: &'static str = "codecommit.repository";
}

/// Metadata of one commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Commit {
    /// Full id.
    pub id: String,
    /// Message, whole.
    pub message: String,
    /// Author's name.
    pub author: String,
    /// When it was committed.
    pub at: Option<Timestamp>,
    /// First parent.
    pub parent: Option<String>,
}
