//! IAM Identity Center: the token that the AWS CLI keeps, and role credentials for it. The token file is read anew each
//! time, so a sign-in elsewhere is picked up.
//!
//! Deliberately not here: signing in and renewing a token; both are the AWS CLI's for now.

use std::{
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};

use aws_credential_types::Credentials;
use chrono::{DateTime, NaiveDateTime};
use serde::Deserialize;
use sha1::{Digest, Sha1};
use skydeck_domain::{ErrorInfo, Timestamp};

use super::Ask;
use crate::{
    AwsError, ErrorClass,
    environment::Environment,
    ground::{config_error, local_error},
    profiles::Sso,
    regions,
    service::{Life, Operation, Pace, Practice, Spec},
};

/// Not a source of rows: what SSO profiles need. About 20 calls/s are allowed (seen as 429 from about 50 accounts on).
static PORTAL: Spec = Spec {
    id: "sso",
    title: "IAM Identity Center portal",
    endpoint_prefix: "portal.sso",
    practice: Practice::Security,
    life: Life::Active,
    global: false,
    operations: &[Operation {
        name: "GetRoleCredentials",
        permission: "sso:GetRoleCredentials",
        mutates: false,
        rate: Some((20.0, 20.0)),
    }],
    kinds: &[],
    items: None,
    pace: Pace { items_at_rest: false, changes: Duration::MAX, all: Duration::MAX },
};

/// A token of the AWS CLI's cache.
#[derive(Clone)]
pub(crate) struct Token {
    access_token: String,
    pub(crate) expires_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenFile {
    access_token: Option<String>,
    expires_at: Option<String>,
}

/// Where the AWS CLI keeps the token: named by the SHA-1 of the session's name, or of the start URL where there is none.
pub(crate) fn token_path(env: &Environment, sso: &Sso) -> PathBuf {
    let named_by = sso.session.as_deref().unwrap_or(&sso.start_url);
    let mut name: String = Sha1::digest(named_by).iter().map(|b| format!("{b:02x}")).collect();
    name.push_str(".json");
    env.home().map(PathBuf::from).unwrap_or_default().join(".aws/sso/cache").join(name)
}

/// The token as it lies there; none if there is none that could be used, now or ever.
pub(crate) fn read_token(env: &Environment, sso: &Sso) -> Option<Token> {
    let file: TokenFile = serde_json::from_slice(&std::fs::read(token_path(env, sso)).ok()?).ok()?;
    Some(Token { access_token: file.access_token?, expires_at: time(&file.expires_at?)? })
}

/// `2026-11-22T08:14:38Z`, or as older AWS CLIs wrote it, `2026-11-22T08:14:38UTC`.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.into());
    }
    Some(NaiveDateTime::parse_from_str(text.strip_suffix("UTC")?, "%Y-%m-%dT%H:%M:%S").ok()?.and_utc())
}

/// Credentials of the profile's role.
pub(super) async fn role_credentials(ask: Ask<'_>, sso: &Sso) -> Result<Credentials, AwsError> {
    if !regions::exists(&sso.region) {
        let message = format!("sso_region `{}` is no AWS Region. Mend it in the config.", sso.region);
        let info = ErrorInfo { code: "UnknownRegion".into(), message, operation: None };
        return Err(config_error(ask.profile, ask.region, info));
    }
    let Some(token) = read_token(&ask.ground.env, sso) else {
        return Err(signed_out(ask, "SsoTokenMissing", format!("Not signed in. Run `{}`.", sso.cure())));
    };
    if token.expires_at <= ask.ground.clock.now() {
        let at = token.expires_at.format("%Y-%m-%d %H:%M");
        let message = format!("The SSO sign-in expired at {at} UTC. Run `{}`.", sso.cure());
        return Err(signed_out(ask, "ExpiredToken", message));
    }
    let who = (ask.profile, sso.start_url.as_str(), sso.region.as_str());
    let caller = ask.ground.entrance(ask.wire, who, &PORTAL, None);
    let client = caller.client(aws_sdk_sso::Client::new);
    let out = caller
        .call("GetRoleCredentials", || {
            client
                .get_role_credentials()
                .account_id(&sso.account_id)
                .role_name(&sso.role_name)
                .access_token(&token.access_token)
                .send()
        })
        .await
        .map_err(|e| refusal(ask, sso, e))?;
    let got = out.role_credentials();
    match got.map(|c| (c.access_key_id(), c.secret_access_key(), c.session_token(), c.expiration())) {
        Some((Some(id), Some(secret), Some(session), expiration)) => {
            let expires =
                u64::try_from(expiration).ok().filter(|ms| *ms > 0).map(|ms| UNIX_EPOCH + Duration::from_millis(ms));
            Ok(Credentials::new(id, secret, Some(session.to_owned()), expires, "skydeck"))
        }
        _ => Err(AwsError {
            class: ErrorClass::Failed,
            ..caller.refused("NoCredentials", "The SSO portal answered without credentials.".into())
        }),
    }
}

/// Says what the portal's refusal means for this profile.
fn refusal(ask: Ask<'_>, sso: &Sso, mut error: AwsError) -> AwsError {
    error.region = ask.region.into();
    match error.class {
        ErrorClass::SignedOut => {
            error.info.message = format!("The SSO sign-in is not accepted any more. Run `{}`.", sso.cure());
        }
        ErrorClass::Denied | ErrorClass::NotFound => {
            error.class = ErrorClass::Denied;
            error.info.message = format!(
                "The SSO sign-in has no role `{}` in account {}. Mend sso_role_name and sso_account_id, or ask for the \
                 assignment.",
                sso.role_name, sso.account_id
            );
        }
        _ => {}
    }
    error
}

fn signed_out(ask: Ask<'_>, code: &str, message: String) -> AwsError {
    let info = ErrorInfo { code: code.into(), message, operation: None };
    local_error(ask.profile, ask.region, ErrorClass::SignedOut, info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_file_is_named_as_the_aws_cli_names_it() {
        let env = Environment::made_up([("", ""); 0], Some("/home/demo".into()));
        let sso = |session: Option<&str>| Sso {
            profile: "p".into(),
            session: session.map(str::to_owned),
            start_url: "https://example.awsapps.com/start".into(),
            region: "eu-west-1".into(),
            account_id: "111122223333".into(),
            role_name: "R".into(),
        };
        // sha1sum of `corp` and of the URL.
        let at = |name: &str| PathBuf::from("/home/demo/.aws/sso/cache").join(name);
        assert_eq!(token_path(&env, &sso(Some("corp"))), at("ee0bfd2552fbd840c02cc48b6e823320543c450f.json"));
        assert_eq!(token_path(&env, &sso(None)), at("e8be5486177c5b5392bd9aa76563515b29358e6e.json"));
        assert_eq!(sso(Some("corp")).cure(), "aws sso login --sso-session corp");
        assert_eq!(sso(None).cure(), "aws sso login --profile p");
    }

    #[test]
    fn reads_both_forms_of_time() {
        let want = DateTime::parse_from_rfc3339("2026-11-22T08:14:38Z").expect("a time");
        assert_eq!(time("2026-11-22T08:14:38Z"), Some(want.into()));
        assert_eq!(time("2026-11-22T08:14:38UTC"), Some(want.into()));
        assert_eq!(time("2026-11-22T09:14:38+01:00"), Some(want.into()));
        assert_eq!(time("tomorrow"), None);
    }
}
