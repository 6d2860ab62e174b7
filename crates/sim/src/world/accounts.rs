//! Accounts with their keys, the sessions opened in them (assumed roles, SSO roles) and the SSO sign-ins.
//! Who may call what is not judged here: the simulated IAM allows everything that faults do not deny.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::noise;

/// Regions that every account has without asking; all others are opt-in.
pub const DEFAULT_REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// One account.
#[derive(Debug, Clone)]
pub struct Account {
    /// 12 digits.
    pub id: String,
    /// Name, which is also its profile's name.
    pub name: String,
    /// Mail of the account's root, as the SSO portal tells it.
    pub email: String,
    /// Access key id of its IAM user `skydeck`.
    pub access_key_id: String,
    /// That user's secret.
    pub secret_access_key: String,
    /// Regions switched on.
    pub regions: BTreeSet<String>,
    /// Region its profile names.
    pub home_region: String,
    /// Roles offered by the SSO portal.
    pub sso_roles: Vec<SsoRole>,
}

/// A role of an account in the SSO portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoRole {
    /// Start URL of the portal that offers it.
    pub start_url: String,
    /// Role name.
    pub name: String,
}

/// Temporary credentials: an assumed role or an SSO role.
#[derive(Debug, Clone)]
pub struct Session {
    /// `ASIA…`.
    pub access_key_id: String,
    /// Secret.
    pub secret_access_key: String,
    /// Session token.
    pub session_token: String,
    /// Account of the role.
    pub account: String,
    /// `arn:aws:sts::…:assumed-role/ROLE/SESSION`.
    pub arn: String,
    /// `AROA…:SESSION`, as GetCallerIdentity's `UserId`.
    pub user_id: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// What signing in at the SSO portal gives.
#[derive(Debug, Clone)]
pub struct SsoToken {
    /// Access token, as in the AWS CLI's cache.
    pub access_token: String,
    /// Portal it was given by.
    pub start_url: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A sign-in session of the AWS config (`[sso-session …]`).
#[derive(Debug, Clone)]
pub struct SsoLogin {
    /// Name of the session.
    pub name: String,
    /// Start URL.
    pub start_url: String,
    /// Region of the portal.
    pub region: String,
}

/// Who signed a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Account, 12 digits.
    pub account: String,
    /// ARN, as GetCallerIdentity tells it.
    pub arn: String,
    /// `UserId`, as GetCallerIdentity tells it.
    pub user_id: String,
    /// Session token the call must carry; none for a user's own key.
    pub session_token: Option<String>,
    /// Whether the credentials have ended (`ExpiredToken`).
    pub expired: bool,
}

/// All accounts and what was opened in them.
#[derive(Debug, Default)]
pub struct Accounts {
    /// By account id.
    pub by_id: BTreeMap<String, Account>,
    /// By access key id.
    pub sessions: BTreeMap<String, Session>,
    /// By access token.
    pub sso_tokens: BTreeMap<String, SsoToken>,
    /// SSO sessions of the config.
    pub sso_logins: Vec<SsoLogin>,
    opened: u64,
}

impl Accounts {
    /// Adds an account whose keys are drawn from `seed`, with the default Regions on.
    pub fn add(&mut self, seed: u64, id: &str, name: &str, home_region: &str) -> &mut Account {
        let key = noise::of(seed, &["account", id]);
        self.by_id.entry(id.to_owned()).or_insert_with(|| Account {
            id: id.to_owned(),
            name: name.to_owned(),
            email: format!("aws+{name}@example.com"),
            access_key_id: format!("AKIA{}", noise::base32(key, 16)),
            secret_access_key: format!("CANARY-secret-key-{}", noise::base32(noise::mix(key, 1), 22)),
            regions: DEFAULT_REGIONS.iter().map(|r| (*r).to_owned()).collect(),
            home_region: home_region.to_owned(),
            sso_roles: Vec::new(),
        })
    }

    /// Whether the account has that Region on. An unknown account has none.
    pub fn region_enabled(&self, account: &str, region: &str) -> bool {
        self.by_id.get(account).is_some_and(|a| a.regions.contains(region))
    }

    /// Whose access key this is, if anyone's.
    pub fn caller(&self, access_key_id: &str, now: DateTime<Utc>) -> Option<Caller> {
        if let Some(session) = self.sessions.get(access_key_id) {
            return Some(Caller {
                account: session.account.clone(),
                arn: session.arn.clone(),
                user_id: session.user_id.clone(),
                session_token: Some(session.session_token.clone()),
                expired: session.expires_at <= now,
            });
        }
        self.by_id.values().find(|a| a.access_key_id == access_key_id).map(|a| Caller {
            account: a.id.clone(),
            arn: format!("arn:aws:iam::{}:user/skydeck", a.id),
            user_id: format!("AIDA{}", noise::base32(noise::of(0, &["user", &a.id]), 16)),
            session_token: None,
            expired: false,
        })
    }

    /// Opens a session of `role` in `account` (AssumeRole, GetRoleCredentials); none if there is no such account.
    pub fn open_session(
        &mut self,
        seed: u64,
        account: &str,
        role: &str,
        session_name: &str,
        now: DateTime<Utc>,
        duration: TimeDelta,
    ) -> Option<Session> {
        self.by_id.get(account)?;
        self.opened += 1;
        let key = noise::of(seed, &["session", account, role, session_name, &self.opened.to_string()]);
        let session = Session {
            access_key_id: format!("ASIA{}", noise::base32(key, 16)),
            secret_access_key: format!("CANARY-session-key-{}", noise::base32(noise::mix(key, 1), 21)),
            session_token: format!("CANARY-session-token-{}", noise::base32(noise::mix(key, 2), 64)),
            account: account.to_owned(),
            arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{session_name}"),
            user_id: format!("AROA{}:{session_name}", noise::base32(noise::of(0, &["role", account, role]), 16)),
            expires_at: now + duration,
        };
        self.sessions.insert(session.access_key_id.clone(), session.clone());
        Some(session)
    }

    /// Signs in at the portal: a token for all roles it offers.
    pub fn sign_in(&mut self, seed: u64, start_url: &str, now: DateTime<Utc>, duration: TimeDelta) -> SsoToken {
        self.opened += 1;
        let key = noise::of(seed, &["sso", start_url, &self.opened.to_string()]);
        let token = SsoToken {
            access_token: format!("CANARY-sso-token-{}", noise::base32(key, 48)),
            start_url: start_url.to_owned(),
            expires_at: now + duration,
        };
        self.sso_tokens.insert(token.access_token.clone(), token.clone());
        token
    }

    /// Ends every session and every SSO sign-in at `now`; users' own keys stay good.
    pub fn expire_sessions(&mut self, now: DateTime<Utc>) {
        for session in self.sessions.values_mut() {
            session.expires_at = session.expires_at.min(now);
        }
        for token in self.sso_tokens.values_mut() {
            token.expires_at = token.expires_at.min(now);
        }
    }
}
