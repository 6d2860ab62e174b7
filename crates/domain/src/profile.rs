//! Account profiles: what the AWS config says, and what the user decided about each.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorInfo, Timestamp};

/// How a profile gets its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileKind {
    /// `aws_access_key_id` and `aws_secret_access_key`.
    Static,
    /// `sso_session` or `sso_start_url`.
    Sso,
    /// `aws login`.
    Login,
    /// `role_arn` with `source_profile` or `credential_source`.
    AssumeRole,
    /// `credential_process`.
    Process,
    /// `web_identity_token_file`.
    WebIdentity,
    /// The environment variables of this process, as a profile of their own called `environment`.
    Environment,
}

/// What may be done through a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Actions ask for a click.
    Open,
    /// Actions want the profile's name typed.
    Protected,
    /// No actions.
    ReadOnly,
}

/// One of the eight hues of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Colour {
    Teal,
    Violet,
    Rose,
    Copper,
    Lime,
    Sky,
    Sand,
    Slate,
}

impl Colour {
    /// All hues, in the order they are given out.
    pub const ALL: [Colour; 8] = [
        Colour::Teal,
        Colour::Violet,
        Colour::Rose,
        Colour::Copper,
        Colour::Lime,
        Colour::Sky,
        Colour::Sand,
        Colour::Slate,
    ];
}

/// Whether the credentials of a profile work now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SignInState {
    /// They work.
    In,
    /// They work for less than half an hour more.
    Expiring,
    /// They do not: expired, missing or refused.
    Out,
    /// Not tried yet, or a kind that has no sign-in (static keys that were not used yet).
    None,
}

/// Sign-in state of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// Whether they work.
    pub state: SignInState,
    /// Until when, where the credentials tell.
    pub expires_at: Option<Timestamp>,
}

/// A profile of the AWS config, with what the ledger keeps about it. Shape of `skydeckctl profiles --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Profile {
    /// Name in the config file.
    pub name: String,
    /// How it gets its credentials.
    pub kind: ProfileKind,
    /// Account: as STS said, else as `sso_account_id` or `role_arn` say.
    pub account: Option<String>,
    /// Role or user as STS said, such as `assumed-role/Operator/session`.
    pub identity: Option<String>,
    /// Regions that are read.
    pub regions: Vec<String>,
    /// What may be done through it.
    pub protection: Protection,
    /// Whether the user chose that protection; false means it is the default of its name and account.
    pub protection_chosen: bool,
    /// `dev`, `staging`, `prod` …: chosen, or told by the name; none if neither tells.
    pub environment: Option<String>,
    /// The user's own name for it.
    pub label: Option<String>,
    /// Its hue.
    pub colour: Colour,
    /// Whether it is among the profiles shown.
    pub shown: bool,
    /// SSO session it belongs to, so that profiles are grouped by one sign-in.
    pub sso_session: Option<String>,
    /// Sign-in state.
    pub sign_in: SignIn,
    /// What is wrong with it: a broken entry, a refused credential.
    pub error: Option<ErrorInfo>,
}
