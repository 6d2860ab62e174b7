//! STS: assuming roles, and who one is.

use std::{path::Path, time::SystemTime};

use aws_credential_types::Credentials;
use skydeck_domain::ErrorInfo;

use super::Ask;
use crate::{
    AwsError, ErrorClass,
    caller::Caller,
    ground::{config_error, local_error},
    profiles::Role,
    service::{Life, Operation, Pace, Practice, Spec},
};

const fn op(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: false, rate: None }
}

/// Not a source of rows: what every session needs.
static STS: Spec = Spec {
    id: "sts",
    title: "Security Token Service",
    endpoint_prefix: "sts",
    practice: Practice::Security,
    life: Life::Active,
    global: false,
    operations: &[
        op("AssumeRole", "sts:AssumeRole"),
        op("AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity"),
        op("GetCallerIdentity", "sts:GetCallerIdentity"),
    ],
    kinds: &[],
    items: None,
    pace: Pace { items_at_rest: false, changes: std::time::Duration::MAX, all: std::time::Duration::MAX },
};

/// Who credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) account: String,
    /// The ARN's resource: `assumed-role/Operator/session`, `user/dev`, `root`.
    pub(crate) name: String,
}

/// Asks the STS of a Region who these credentials belong to.
pub(crate) async fn caller_identity(
    ask: Ask<'_>,
    account_hint: Option<&str>,
    credentials: &Credentials,
) -> Result<Identity, AwsError> {
    let caller = sts(ask, account_hint, Some(credentials.clone()));
    let client = caller.client(aws_sdk_sts::Client::new);
    let out = caller.call("GetCallerIdentity", || client.get_caller_identity().send()).await?;
    match (out.account(), out.arn().and_then(|arn| arn.splitn(6, ':').nth(5))) {
        (Some(account), Some(name)) if !account.is_empty() => {
            Ok(Identity { account: account.into(), name: name.into() })
        }
        _ => Err(AwsError {
            class: ErrorClass::Failed,
            ..caller.refused("NoIdentity", "STS answered without an account.".into())
        }),
    }
}

/// Assumes a role with other credentials.
pub(super) async fn assume(ask: Ask<'_>, role: &Role, with: Credentials) -> Result<Credentials, AwsError> {
    let caller = sts(ask, None, Some(with));
    let client = caller.client(aws_sdk_sts::Client::new);
    let seconds = role.duration.map(|d| d.as_secs() as i32);
    let out = caller
        .call("AssumeRole", || {
            client
                .assume_role()
                .role_arn(&role.arn)
                .role_session_name(&role.session_name)
                .set_external_id(role.external_id.clone())
                .set_duration_seconds(seconds)
                .send()
        })
        .await
        .map_err(|e| about_role(e, role))?;
    credentials(&caller, out.credentials())
}

/// Assumes a role with a token that another program keeps fresh in a file.
pub(super) async fn assume_with_token(ask: Ask<'_>, role: &Role, file: &Path) -> Result<Credentials, AwsError> {
    let token = tokio::fs::read_to_string(file).await.map_err(|e| {
        let message = format!("web_identity_token_file {} cannot be read: {e}.", file.display());
        config_error(ask.profile, ask.region, ErrorInfo { code: "ConfigError".into(), message, operation: None })
    })?;
    let token = token.trim();
    if token.is_empty() {
        let message = format!("web_identity_token_file {} is empty. Sign in with what writes it.", file.display());
        let info = ErrorInfo { code: "WebIdentityTokenMissing".into(), message, operation: None };
        return Err(local_error(ask.profile, ask.region, ErrorClass::SignedOut, info));
    }
    let caller = sts(ask, None, None);
    let client = caller.client(aws_sdk_sts::Client::new);
    let seconds = role.duration.map(|d| d.as_secs() as i32);
    let out = caller
        .call("AssumeRoleWithWebIdentity", || {
            client
                .assume_role_with_web_identity()
                .role_arn(&role.arn)
                .role_session_name(&role.session_name)
                .web_identity_token(token)
                .set_duration_seconds(seconds)
                .send()
        })
        .await
        .map_err(|e| about_role(e, role))?;
    credentials(&caller, out.credentials())
}

fn sts(ask: Ask<'_>, account: Option<&str>, credentials: Option<Credentials>) -> Caller {
    // Before STS has told the account, a profile has a budget of its own.
    let own = format!("profile {}", ask.profile);
    let who = (ask.profile, account.unwrap_or(&own), ask.region);
    ask.ground.entrance(ask.wire, who, &STS, credentials)
}

/// A refusal to assume a role names the role and what to look at.
fn about_role(mut error: AwsError, role: &Role) -> AwsError {
    if error.class == ErrorClass::Denied {
        error.info.message = format!(
            "{} The role's trust policy must name who assumes it{}, and the caller needs sts:AssumeRole on {}.",
            error.info.message,
            if role.external_id.is_some() { ", with this external_id" } else { "" },
            role.arn
        );
    }
    error
}

fn credentials(caller: &Caller, got: Option<&aws_sdk_sts::types::Credentials>) -> Result<Credentials, AwsError> {
    let Some(got) = got else {
        return Err(AwsError {
            class: ErrorClass::Failed,
            ..caller.refused("NoCredentials", "STS answered without credentials.".into())
        });
    };
    Ok(Credentials::new(
        got.access_key_id(),
        got.secret_access_key(),
        Some(got.session_token().to_owned()),
        SystemTime::try_from(*got.expiration()).ok(),
        "skydeck",
    ))
}
