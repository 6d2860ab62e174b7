//! The profiles of the AWS config and credentials files, and the one of the environment. Read again whenever a file
//! changed; a broken entry has its error, and the others go on.
//!
//! Deliberately elsewhere: what the user decided about a profile (ledger), its credentials ([`crate::credentials`]).

mod catalog;
mod ini;
mod metadata;
mod source;
mod words;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::SystemTime,
};

use skydeck_domain::{ErrorInfo, ProfileKind};

use crate::{endpoints::Endpoints, environment::Environment, limiter::lock};
pub(crate) use catalog::{Catalog, Section};
pub(crate) use metadata::Metadata;
pub(crate) use source::{Keys, Role, Source, Sso, account_of};

/// Name of the profile that the environment's own keys (or its web identity) make.
pub const ENVIRONMENT: &str = "environment";

/// Everything the files say, and what is wrong with them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfilesRead {
    /// In the order of the files; `environment` last.
    pub profiles: Vec<ProfileEntry>,
    /// What is wrong outside or around the profiles, with file, line and cure.
    pub problems: Vec<ErrorInfo>,
}

/// One profile, as its keys say; nothing was asked of AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileEntry {
    /// Name.
    pub name: String,
    /// How it gets its credentials.
    pub kind: ProfileKind,
    /// Account that `sso_account_id` or `role_arn` tell. Acting through another is refused.
    pub account_hint: Option<String>,
    /// `region`, or what the environment says for this profile.
    pub region: Option<String>,
    /// SSO session at the root of its chain.
    pub sso_session: Option<String>,
    /// Start URL of the SSO portal at the root of its chain.
    pub sso_start_url: Option<String>,
    /// Role it assumes.
    pub role_arn: Option<String>,
    /// Profile it assumes the role with.
    pub source_profile: Option<String>,
    /// `endpoint_url`, as written in the profile.
    pub endpoint_url: Option<String>,
    /// Why it cannot be used, with file, line and cure.
    pub error: Option<ErrorInfo>,
}

/// One profile with all that using it needs.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) entry: ProfileEntry,
    pub(crate) basis: Result<Basis, ErrorInfo>,
}

/// What a profile's sessions are made of. As long as it is the same, so are they.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Basis {
    pub(crate) source: Source,
    pub(crate) endpoints: Endpoints,
    pub(crate) ca_bundle: Option<PathBuf>,
}

/// Reads the files when they changed.
#[derive(Debug)]
pub(crate) struct Profiles {
    env: Environment,
    config: PathBuf,
    credentials: PathBuf,
    read: Mutex<Option<(Stamps, Arc<Read>)>>,
}

/// What one reading of both files gave.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) problems: Vec<ErrorInfo>,
}

impl Read {
    pub(crate) fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|p| p.entry.name == name)
    }
}

type Stamps = (Option<Stamp>, Option<Stamp>);

/// When a file was changed, and its length: different ones mean a different file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(SystemTime, u64);

/// The stamp of a file; none if there is no such file.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(path).ok()?;
    Some(Stamp(meta.modified().ok()?, meta.len()))
}

impl Profiles {
    pub(crate) fn new(env: &Environment) -> Self {
        let at = |variable: &str, name: &str| match env.var(variable) {
            Some(written) => env.path(written),
            None => env.home().unwrap_or(Path::new("")).join(".aws").join(name),
        };
        Profiles {
            config: at("AWS_CONFIG_FILE", "config"),
            credentials: at("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            env: env.clone(),
            read: Mutex::default(),
        }
    }

    /// What the files say now. The second value is whether they were read again for it.
    pub(crate) fn read(&self) -> (Arc<Read>, bool) {
        let stamps = (stamp(&self.config), stamp(&self.credentials));
        let mut kept = lock(&self.read);
        if let Some((before, read)) = &*kept
            && *before == stamps
        {
            return (read.clone(), false);
        }
        let read = Arc::new(self.read_files());
        *kept = Some((stamps, read.clone()));
        (read, true)
    }

    fn read_files(&self) -> Read {
        let mut catalog = Catalog::default();
        for (path, variable) in [(&self.config, "AWS_CONFIG_FILE"), (&self.credentials, "AWS_SHARED_CREDENTIALS_FILE")]
        {
            let Some(bytes) = self.bytes(path, variable, &mut catalog.problems) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            if matches!(text, std::borrow::Cow::Owned(_)) {
                let what = "is not UTF-8; what could be read is used. Save it as UTF-8";
                catalog.problems.push(file_problem(path, what));
            }
            if variable == "AWS_CONFIG_FILE" {
                catalog.add_config(path, &text);
            } else {
                catalog.add_credentials(path, &text);
            }
        }
        let mut problems = std::mem::take(&mut catalog.problems);
        let mut profiles: Vec<_> = catalog.profiles.iter().filter_map(|p| self.profile(&catalog, p)).collect();
        if source::speaks(&self.env) {
            if let Some(at) = profiles.iter().position(|p| p.entry.name == ENVIRONMENT) {
                profiles.remove(at);
                problems.push(ErrorInfo {
                    code: "ConfigError".into(),
                    message: format!(
                        "Profile `{ENVIRONMENT}` of the config is hidden by the credentials in the environment, which go by \
                         that name. Rename it, or unset AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE."
                    ),
                    operation: None,
                });
            }
            profiles.push(self.environment(&catalog));
        }
        Read { profiles, problems }
    }

    fn bytes(&self, path: &Path, variable: &str, problems: &mut Vec<ErrorInfo>) -> Option<Vec<u8>> {
        match std::fs::read(path) {
            Ok(bytes) => Some(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if self.env.var(variable).is_some() {
                    let what = format!("does not exist, and {variable} names it. Mend or unset the variable");
                    problems.push(file_problem(path, what));
                }
                None
            }
            Err(e) => {
                problems.push(file_problem(path, format!("cannot be read: {e}")));
                None
            }
        }
    }

    /// A profile of the files; none for a `default` that only holds defaults.
    fn profile(&self, catalog: &Catalog, section: &Section) -> Option<Profile> {
        let kind = source::kind(section);
        if kind.is_none() && section.name == "default" {
            return None;
        }
        let source = source::source(catalog, &self.env, &section.name);
        let endpoints = Endpoints::read(&self.env, Some(section), &catalog.services);
        let sso = source.as_ref().ok().and_then(Source::sso);
        let own = |key: &str| section.get(key).map(str::to_owned);
        let role_arn = own("role_arn");
        let account_hint = match &role_arn {
            Some(arn) => account_of(arn).map(str::to_owned),
            None => own("sso_account_id"),
        };
        let entry = ProfileEntry {
            name: section.name.clone(),
            kind: kind.unwrap_or(ProfileKind::Static),
            account_hint,
            region: self.region(section),
            sso_session: sso.and_then(|s| s.session.clone()).or_else(|| own("sso_session")),
            sso_start_url: sso.map(|s| s.start_url.clone()).or_else(|| own("sso_start_url")),
            role_arn,
            source_profile: own("source_profile"),
            endpoint_url: own("endpoint_url"),
            error: source.as_ref().err().or(endpoints.as_ref().err()).cloned(),
        };
        let ca_bundle = self.ca_bundle(Some(section));
        let basis = source.and_then(|source| Ok(Basis { source, endpoints: endpoints?, ca_bundle }));
        Some(Profile { entry, basis })
    }

    /// The environment's credentials, with the Region and endpoints that the AWS CLI would use with them.
    fn environment(&self, catalog: &Catalog) -> Profile {
        let beside = catalog.profile(self.chosen().unwrap_or("default"));
        let source = source::environment(&self.env);
        let endpoints = Endpoints::read(&self.env, beside, &catalog.services);
        let role_arn = match &source {
            Ok(Source::WebIdentity { role, .. }) => Some(role.arn.clone()),
            _ => None,
        };
        let region = self.env_region().or_else(|| beside.and_then(|s| s.get("region")).map(str::to_owned));
        let entry = ProfileEntry {
            name: ENVIRONMENT.into(),
            kind: ProfileKind::Environment,
            account_hint: role_arn.as_deref().and_then(account_of).map(str::to_owned),
            region,
            sso_session: None,
            sso_start_url: None,
            role_arn,
            source_profile: None,
            endpoint_url: beside.and_then(|s| s.get("endpoint_url")).map(str::to_owned),
            error: source.as_ref().err().or(endpoints.as_ref().err()).cloned(),
        };
        let ca_bundle = self.ca_bundle(beside);
        let basis = source.and_then(|source| Ok(Basis { source, endpoints: endpoints?, ca_bundle }));
        Profile { entry, basis }
    }

    /// The profile that the environment chooses.
    fn chosen(&self) -> Option<&str> {
        self.env.var("AWS_PROFILE").or_else(|| self.env.var("AWS_DEFAULT_PROFILE"))
    }

    fn env_region(&self) -> Option<String> {
        self.env.var("AWS_REGION").or_else(|| self.env.var("AWS_DEFAULT_REGION")).map(str::to_owned)
    }

    /// `AWS_REGION` says where *the* profile of this shell is; every other profile has its own Region. A `default` that
    /// has none takes it too, as that is the profile of a shell which names none.
    fn region(&self, section: &Section) -> Option<String> {
        let own = section.get("region").map(str::to_owned);
        match self.chosen() {
            Some(chosen) if chosen == section.name => self.env_region().or(own),
            None if section.name == "default" => own.or_else(|| self.env_region()),
            _ => own,
        }
    }

    fn ca_bundle(&self, section: Option<&Section>) -> Option<PathBuf> {
        let written = self.env.var("AWS_CA_BUNDLE").or_else(|| section.and_then(|s| s.get("ca_bundle")));
        written.map(|w| self.env.path(w))
    }
}

fn file_problem(path: &Path, what: impl std::fmt::Display) -> ErrorInfo {
    ErrorInfo { code: "ConfigError".into(), message: format!("{} {what}.", path.display()), operation: None }
}

#[cfg(test)]
#[path = "profiles_tests.rs"]
mod tests;
