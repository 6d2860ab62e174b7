//! How a profile gets its credentials: its keys in the AWS CLI's order of precedence, checked without any network.
//!
//! Deliberately elsewhere: getting them ([`crate::credentials`]).

use std::{fmt, path::PathBuf, time::Duration};

use skydeck_domain::{ErrorInfo, ProfileKind};

use super::{
    catalog::{Catalog, Section},
    metadata::{self, Metadata},
    words,
};
use crate::environment::Environment;

/// Where credentials come from. Two equal sources give the same credentials, so a changed file that says the same thing
/// changes nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Keys in a file or in the environment.
    Keys(Keys),
    /// A role by IAM Identity Center's portal.
    Sso(Sso),
    /// A role assumed with the credentials of another source.
    Role(Role, Box<Source>),
    /// A role assumed with a token in a file.
    WebIdentity { role: Role, token_file: PathBuf },
    /// A program that prints credentials: program and arguments.
    Process(Vec<String>),
    /// The role of the instance or container that this runs on.
    Metadata(Metadata),
}

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

/// What the SSO portal is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sso {
    /// Profile that says so (the last of a chain), for the cure of a session without a name.
    pub(crate) profile: String,
    pub(crate) session: Option<String>,
    pub(crate) start_url: String,
    pub(crate) region: String,
    pub(crate) account_id: String,
    pub(crate) role_name: String,
}

impl Sso {
    /// The command that signs in again.
    pub(crate) fn cure(&self) -> String {
        match &self.session {
            Some(session) => format!("aws sso login --sso-session {session}"),
            None => format!("aws sso login --profile {}", self.profile),
        }
    }
}

/// What STS is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) session_name: String,
    pub(crate) external_id: Option<String>,
    pub(crate) duration: Option<Duration>,
}

/// Never shows a key.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Keys(_) => f.write_str("Keys"),
            Source::Sso(sso) => sso.fmt(f),
            Source::Role(role, from) => f.debug_tuple("Role").field(&role.arn).field(from).finish(),
            Source::WebIdentity { role, .. } => f.debug_tuple("WebIdentity").field(&role.arn).finish(),
            Source::Process(_) => f.write_str("Process"),
            Source::Metadata(metadata) => metadata.fmt(f),
        }
    }
}

impl Source {
    /// The SSO session at the root of the chain, if that is what it starts with.
    pub(crate) fn sso(&self) -> Option<&Sso> {
        match self {
            Source::Sso(sso) => Some(sso),
            Source::Role(_, from) => from.sso(),
            _ => None,
        }
    }
}

/// The profile's kind; none if nothing in it is about credentials.
pub(crate) fn kind(profile: &Section) -> Option<ProfileKind> {
    let has = |key: &str| profile.get(key).is_some();
    if has("role_arn") && !has("web_identity_token_file") {
        return Some(ProfileKind::AssumeRole);
    }
    kind_without_role(profile)
}

/// The kind by all but its role: what counts when it is the source of another's role and has keys of its own.
///
/// botocore's order (`credentials.py`, `ProfileProviderBuilder.providers`): web identity, SSO, keys of the credentials
/// file, login, process, keys of the config file. An access key alone makes a file a file with keys.
fn kind_without_role(profile: &Section) -> Option<ProfileKind> {
    let has = |key: &str| profile.get(key).is_some();
    if has("web_identity_token_file") {
        Some(ProfileKind::WebIdentity)
    } else if has("sso_account_id") || has("sso_role_name") {
        Some(ProfileKind::Sso)
    } else if profile.get_in(ACCESS_KEY, true).is_some() {
        Some(ProfileKind::Static)
    } else if has("login_session") {
        Some(ProfileKind::Login)
    } else if has("credential_process") {
        Some(ProfileKind::Process)
    } else if has(ACCESS_KEY) || has(SECRET_KEY) {
        Some(ProfileKind::Static)
    } else if has("sso_session") || has("sso_start_url") {
        // A sign-in without a role is for other tools (bearer tokens), unless there is nothing else: then it is half done.
        Some(ProfileKind::Sso)
    } else {
        None
    }
}

const ACCESS_KEY: &str = "aws_access_key_id";
const SECRET_KEY: &str = "aws_secret_access_key";
/// The old name of a session token before the present one, as in botocore.
const TOKENS: [&str; 2] = ["aws_security_token", "aws_session_token"];

/// The keys of the environment; without any, the role that a token file in it stands for.
pub(crate) fn environment(env: &Environment) -> Result<Source, ErrorInfo> {
    if env.var("AWS_ACCESS_KEY_ID").is_none()
        && let Some(file) = env.var(TOKEN_FILE)
    {
        return web_identity_of(env, file);
    }
    environment_keys(env)
}

/// Whether the environment says whose it is.
pub(crate) fn speaks(env: &Environment) -> bool {
    env.var("AWS_ACCESS_KEY_ID").is_some() || env.var(TOKEN_FILE).is_some()
}

const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";

fn web_identity_of(env: &Environment, file: &str) -> Result<Source, ErrorInfo> {
    let fault = |message: String| ErrorInfo { code: "ConfigError".into(), message, operation: None };
    let Some(arn) = env.var("AWS_ROLE_ARN") else {
        return Err(fault(format!(
            "The environment has {TOKEN_FILE} but no AWS_ROLE_ARN. Set the role to assume with it, or unset it."
        )));
    };
    if account_of(arn).is_none() {
        return Err(fault(format!(
            "AWS_ROLE_ARN is `{arn}`; a role's ARN looks like arn:aws:iam::111122223333:role/Name."
        )));
    }
    let role = Role {
        arn: arn.into(),
        session_name: env.var("AWS_ROLE_SESSION_NAME").map_or_else(|| session_name(env), str::to_owned),
        external_id: None,
        duration: None,
    };
    Ok(Source::WebIdentity { role, token_file: env.path(file) })
}

fn environment_keys(env: &Environment) -> Result<Source, ErrorInfo> {
    let (Some(id), Some(secret)) = (env.var("AWS_ACCESS_KEY_ID"), env.var("AWS_SECRET_ACCESS_KEY")) else {
        return Err(ErrorInfo {
            code: "ConfigError".into(),
            message: "The environment has not both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Set both, or neither."
                .into(),
            operation: None,
        });
    };
    let token = env.var("AWS_SECURITY_TOKEN").or_else(|| env.var("AWS_SESSION_TOKEN"));
    Ok(Source::Keys(Keys {
        access_key_id: id.into(),
        secret_access_key: secret.into(),
        session_token: token.map(str::to_owned),
    }))
}

/// How a profile gets its credentials, or what is wrong with it, with file, line and cure.
pub(crate) fn source(catalog: &Catalog, env: &Environment, name: &str) -> Result<Source, ErrorInfo> {
    Reader { catalog, env, visited: Vec::new() }.profile(name)
}

struct Reader<'a> {
    catalog: &'a Catalog,
    env: &'a Environment,
    visited: Vec<String>,
}

impl Reader<'_> {
    fn profile(&mut self, name: &str) -> Result<Source, ErrorInfo> {
        let Some(profile) = self.catalog.profile(name) else {
            return Err(ErrorInfo {
                code: "ProfileNotFound".into(),
                message: format!("There is no profile `{name}` in the AWS config."),
                operation: None,
            });
        };
        self.visited.push(name.into());
        match kind(profile) {
            Some(ProfileKind::AssumeRole) => self.role(profile),
            other => self.without_role(profile, other),
        }
    }

    fn without_role(&self, profile: &Section, kind: Option<ProfileKind>) -> Result<Source, ErrorInfo> {
        match kind {
            Some(ProfileKind::Sso) => self.sso(profile).map(Source::Sso),
            Some(ProfileKind::Static) => keys(profile),
            Some(ProfileKind::Process) => {
                let line = profile.get("credential_process").unwrap_or_default();
                match words::split(line).filter(|w| !w.is_empty()) {
                    Some(mut command) => {
                        command[0] = self.env.path(&command[0]).to_string_lossy().into_owned();
                        Ok(Source::Process(command))
                    }
                    None => Err(profile.fault("credential_process", "has a credential_process with an open quote; close it")),
                }
            }
            Some(ProfileKind::WebIdentity) => {
                let Some(file) = profile.get("web_identity_token_file") else { return Err(none(profile)) };
                if profile.get("role_arn").is_none() {
                    let what = "has a web_identity_token_file but no role_arn; add the role to assume";
                    return Err(profile.fault("web_identity_token_file", what));
                }
                Ok(Source::WebIdentity { role: role(profile, self.env)?, token_file: self.env.path(file) })
            }
            Some(ProfileKind::Login) => Err(ErrorInfo {
                code: "LoginNotSupported".into(),
                ..profile.fault(
                    "login_session",
                    "signs in by `aws login`, which Skydeck cannot use yet; until then add \
                     `credential_process = aws configure export-credentials --profile <this profile>` in a profile of its own",
                )
            }),
            Some(ProfileKind::AssumeRole | ProfileKind::Environment) | None => Err(none(profile)),
        }
    }

    fn role(&mut self, profile: &Section) -> Result<Source, ErrorInfo> {
        if profile.get("mfa_serial").is_some() {
            return Err(ErrorInfo {
                code: "MfaNotSupported".into(),
                ..profile.fault(
                    "mfa_serial",
                    "wants an MFA code, which Skydeck cannot ask for yet; use SSO, or a credential_process that asks",
                )
            });
        }
        let role = role(profile, self.env)?;
        let from = match (profile.get("source_profile"), profile.get("credential_source")) {
            (Some(_), Some(_)) => {
                let what = "has both source_profile and credential_source; delete one";
                return Err(profile.fault("credential_source", what));
            }
            (None, None) => {
                let what =
                    "has a role_arn but neither source_profile nor credential_source; add the one to assume it with";
                return Err(profile.fault("role_arn", what));
            }
            (None, Some("Environment")) => environment_keys(self.env)?,
            (None, Some("Ec2InstanceMetadata")) => {
                // How to reach it is said by the profile that is asked for, as in the AWS CLI.
                let asked = self.visited.first().and_then(|name| self.catalog.profile(name)).unwrap_or(profile);
                Source::Metadata(metadata::instance(asked, self.env, profile)?)
            }
            (None, Some("EcsContainer")) => Source::Metadata(metadata::container(self.env, profile)?),
            (None, Some(word)) => {
                let what = format_args!(
                    "has credential_source `{word}`; AWS knows Environment, Ec2InstanceMetadata and EcsContainer"
                );
                return Err(profile.fault("credential_source", what));
            }
            (Some(source), None) => self.source_profile(profile, source)?,
        };
        Ok(Source::Role(role, Box::new(from)))
    }

    fn source_profile(&mut self, profile: &Section, source: &str) -> Result<Source, ErrorInfo> {
        let Some(section) = self.catalog.profile(source) else {
            let what =
                format_args!("has source_profile `{source}`, and there is no such profile; add it or mend the name");
            return Err(profile.fault("source_profile", what));
        };
        let has_keys = section.get(ACCESS_KEY).is_some() || section.get(SECRET_KEY).is_some();
        let itself = source == profile.name;
        if self.visited.iter().any(|v| v == source) && !(itself && has_keys) {
            let chain = self.visited.join("` → `");
            let what =
                format_args!("closes a circle: `{chain}` → `{source}`; let one of them have credentials of its own");
            return Err(profile.fault("source_profile", what));
        }
        if has_keys {
            // A profile with keys is a source by what it has of its own, whatever role it has: also when it names itself.
            return self.without_role(section, kind_without_role(section));
        }
        self.profile(source)
    }

    fn sso(&self, profile: &Section) -> Result<Sso, ErrorInfo> {
        let session = profile.get("sso_session");
        let section = match session {
            Some(name) => Some(self.catalog.sso_sessions.get(name).ok_or_else(|| {
                let what = format_args!(
                    "has sso_session `{name}`, and there is no [sso-session {name}]; add it or mend the name"
                );
                profile.fault("sso_session", what)
            })?),
            None => None,
        };
        let value = |key: &str| -> Result<String, ErrorInfo> {
            let own = profile.get(key);
            let shared = section.and_then(|s| s.get(key));
            match (own, shared) {
                (Some(a), Some(b)) if a != b => {
                    let what = format_args!("has {key} `{a}` and its sso-session `{b}`; delete it from the profile");
                    Err(profile.fault(key, what))
                }
                (_, Some(v)) | (Some(v), None) => Ok(v.to_owned()),
                (None, None) => Err(profile.fault("sso_session", format_args!("uses SSO but has no {key}; add it"))),
            }
        };
        Ok(Sso {
            profile: profile.name.clone(),
            session: session.map(str::to_owned),
            start_url: value("sso_start_url")?,
            region: value("sso_region")?,
            account_id: value("sso_account_id")?,
            role_name: value("sso_role_name")?,
        })
    }
}

fn none(profile: &Section) -> ErrorInfo {
    profile.fault("", "says nothing of credentials; add keys, sso_session, role_arn or credential_process")
}

/// The keys of the file that has an access key, the credentials file first. A token of the other file is none of theirs.
fn keys(profile: &Section) -> Result<Source, ErrorInfo> {
    let credentials = profile.get_in(ACCESS_KEY, true).is_some();
    let want =
        |key: &str| match profile.get_in(key, credentials) {
            Some(value) => Ok(value.to_owned()),
            None if profile.get(key).is_some() => Err(profile
                .fault(key, format_args!("has its {key} in another file than its {ACCESS_KEY}; put them together"))),
            None => Err(profile.fault(key, format_args!("has no {key}; add it"))),
        };
    Ok(Source::Keys(Keys {
        access_key_id: want(ACCESS_KEY)?,
        secret_access_key: want(SECRET_KEY)?,
        session_token: TOKENS.into_iter().find_map(|key| profile.get_in(key, credentials)).map(str::to_owned),
    }))
}

fn role(profile: &Section, env: &Environment) -> Result<Role, ErrorInfo> {
    let arn = profile.get("role_arn").unwrap_or_default();
    if account_of(arn).is_none() {
        let what = format_args!("has role_arn `{arn}`; a role's ARN looks like arn:aws:iam::111122223333:role/Name");
        return Err(profile.fault("role_arn", what));
    }
    let duration = match profile.get("duration_seconds") {
        None => None,
        Some(text) => match text.parse::<u64>() {
            Ok(seconds) if (900..=43_200).contains(&seconds) => Some(Duration::from_secs(seconds)),
            _ => {
                let what = format_args!("has duration_seconds `{text}`; AWS takes 900 to 43200");
                return Err(profile.fault("duration_seconds", what));
            }
        },
    };
    Ok(Role {
        arn: arn.into(),
        session_name: profile.get("role_session_name").map_or_else(|| session_name(env), str::to_owned),
        external_id: profile.get("external_id").map(str::to_owned),
        duration,
    })
}

/// `skydeck-<user>`, so that CloudTrail tells who it was, in the characters that STS allows.
fn session_name(env: &Environment) -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|v| env.var(v)).unwrap_or("user");
    let user: String = user
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "+=,.@-_".contains(c) { c } else { '-' })
        .take(56)
        .collect();
    format!("skydeck-{user}")
}

/// The account in an IAM ARN.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let (head, service) = (parts.next()?, parts.nth(1)?);
    let account = parts.nth(1)?;
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (head == "arn" && matches!(service, "iam" | "sts") && digits).then_some(account)
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
