//! Gets credentials from a profile's [`Source`], and from nowhere else: there is no default chain here, so keys that
//! happen to lie in the environment can never act under a profile's name.
//!
//! Deliberately elsewhere: when they are got again ([`crate::session`]), which keys of a profile count ([`crate::profiles`]).

mod metadata;
mod process;
mod role;
pub(crate) mod sso;

use aws_credential_types::Credentials;
use futures::future::BoxFuture;
pub(crate) use role::{Identity, caller_identity};
use skydeck_domain::Timestamp;

use crate::{
    AwsError,
    ground::{Ground, Wire},
    profiles::{Keys, Source},
};

/// For whom credentials are got.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) ground: &'a Ground,
    pub(crate) profile: &'a str,
    /// What all calls on the way go over: that of the profile asked for, as in the AWS CLI.
    pub(crate) wire: &'a Wire,
    /// Region of the STS that roles are assumed at.
    pub(crate) region: &'a str,
}

/// Gets credentials.
pub(crate) fn resolve<'a>(ask: Ask<'a>, source: &'a Source) -> BoxFuture<'a, Result<Credentials, AwsError>> {
    Box::pin(async move {
        match source {
            Source::Keys(Keys { access_key_id, secret_access_key, session_token }) => {
                Ok(Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "skydeck"))
            }
            Source::Sso(sso) => sso::role_credentials(ask, sso).await,
            Source::Role(role, from) => {
                let with = resolve(ask, from).await?;
                role::assume(ask, role, with).await
            }
            Source::WebIdentity { role, token_file } => role::assume_with_token(ask, role, token_file).await,
            Source::Process(command) => process::run(ask, command).await,
            Source::Metadata(from) => metadata::credentials(ask, from).await,
        }
    })
}

/// When credentials end, if they do.
pub(crate) fn expires_at(credentials: &Credentials) -> Option<Timestamp> {
    credentials.expiry().map(Timestamp::from)
}
