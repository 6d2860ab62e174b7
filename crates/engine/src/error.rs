//! Why an engine could not be opened, and why an action was not carried out.

use skydeck_aws::AwsError;
use skydeck_domain::{ErrorInfo, Plan};

/// Why the engine could not be opened or could not read or write its files.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A database file.
    #[error(transparent)]
    Store(#[from] skydeck_store::Error),
    /// The folder of the files.
    #[error("{path}: {source}. Give SKYDECK_HOME a folder that you may write to.")]
    Home {
        /// The folder or file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A profile that is not in the config files.
    #[error("There is no profile `{name}`. Profiles found: {found}.")]
    NoSuchProfile {
        /// As asked for.
        name: String,
        /// Those that are there.
        found: String,
    },
    /// A service that Skydeck does not know.
    #[error("There is no service `{name}`. Services: {known}.")]
    NoSuchService {
        /// As asked for.
        name: String,
        /// Those that are known.
        known: String,
    },
    /// Another process reads AWS for this home, and did not answer.
    #[error("Another Skydeck reads AWS for this home but did not answer in time. Close it, or wait and try again.")]
    NoAnswer,
}

/// Why nothing was planned or done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No row of that id or ARN.
    #[error("`{id}` is not in the cache. `skydeckctl sync` reads it; ids are those of `skydeckctl get`.")]
    NotFound {
        /// As given.
        id: String,
    },
    /// Several profiles hold it.
    #[error("`{id}` is held by several profiles: {}. Name one with --profile.", profiles.join(", "))]
    Ambiguous {
        /// As given.
        id: String,
        /// The profiles.
        profiles: Vec<String>,
    },
    /// The verb or its options do not fit.
    #[error("{0}")]
    Invalid(String),
    /// A guard refused; nothing was called. The refusal is in the ledger.
    #[error("{reason}")]
    Refused {
        /// Which guard: `protection`, `lock`, `permission`, `account`, `state`, `confirmation`, `busy`, `target`, `blocked`.
        guard: &'static str,
        /// What it saw and what to do.
        reason: String,
        /// The plan as read, where it was read.
        plan: Option<Box<Plan>>,
    },
    /// AWS could not be asked or said no while planning.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The local files.
    #[error(transparent)]
    Store(#[from] skydeck_store::Error),
    /// The local files.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

impl ActError {
    /// The AWS call behind it, if there was one.
    pub fn info(&self) -> Option<ErrorInfo> {
        match self {
            ActError::Aws(e) => Some(e.info.clone()),
            ActError::Store(e) => Some(e.info()),
            _ => None,
        }
    }
}
