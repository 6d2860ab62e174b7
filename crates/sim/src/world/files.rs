//! The AWS config and credentials files with which an ordinary AWS client reaches this world, and the AWS CLI's cache of
//! SSO tokens that belongs to them. Keys and tokens in them are of this world and open nothing else.

use std::fmt::Write as _;

use chrono::{SecondsFormat, TimeDelta};
use sha1::{Digest as _, Sha1};

use super::World;

/// Files for `~/.aws`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsFiles {
    /// Text of `config`.
    pub config: String,
    /// Text of `credentials`.
    pub credentials: String,
    /// Files of `sso/cache/`, as (name, text), where the world has an SSO portal.
    pub sso_cache: Vec<(String, String)>,
}

impl World {
    /// The files, with `endpoint_url` in every profile if one is given. A world with an SSO portal gets, beside a profile
    /// an account with its user's keys, `shop-audit` (a role assumed in the last account by the first one's keys) and
    /// `shop-stg-sso` (a role from the portal, signed in for eight hours from now).
    pub fn aws_config_text(&mut self, endpoint: Option<&str>) -> AwsFiles {
        let mut config = String::new();
        let mut credentials = String::new();
        let endpoint = endpoint.map(|url| format!("endpoint_url = {url}\n")).unwrap_or_default();
        for account in self.accounts.by_id.values() {
            // Writing to a String cannot fail.
            let _ = writeln!(
                config,
                "[profile {}]\nregion = {}\noutput = json\n{endpoint}",
                account.name, account.home_region
            );
            let _ = writeln!(
                credentials,
                "[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                account.name, account.access_key_id, account.secret_access_key
            );
        }
        let Some(login) = self.accounts.sso_logins.first().cloned() else {
            return AwsFiles { config, credentials, sso_cache: Vec::new() };
        };
        let by_id: Vec<_> = self.accounts.by_id.values().cloned().collect();
        if let (Some(first), Some(last)) = (by_id.first(), by_id.last()) {
            let _ = writeln!(
                config,
                "[profile shop-audit]\nregion = {}\nrole_arn = arn:aws:iam::{}:role/Auditor\nsource_profile = {}\nrole_session_name = skydeck-demo\n{endpoint}",
                last.home_region, last.id, first.name
            );
        }
        if let Some((account, role)) = by_id.get(1).and_then(|a| Some((a, a.sso_roles.last()?))) {
            let _ = writeln!(
                config,
                "[profile shop-stg-sso]\nregion = {}\nsso_session = {}\nsso_account_id = {}\nsso_role_name = {}\n{endpoint}",
                account.home_region, login.name, account.id, role.name
            );
        }
        let _ = writeln!(
            config,
            "[sso-session {}]\nsso_start_url = {}\nsso_region = {}\nsso_registration_scopes = sso:account:access",
            login.name, login.start_url, login.region
        );
        let now = self.now();
        let token = self.accounts.sign_in(self.seed, &login.start_url, now, TimeDelta::hours(8));
        let time = |t: chrono::DateTime<chrono::Utc>| t.to_rfc3339_opts(SecondsFormat::Secs, true);
        let cached = serde_json::json!({
            "startUrl": login.start_url,
            "region": login.region,
            "accessToken": token.access_token,
            "refreshToken": "CANARY-sso-refresh-token",
            "expiresAt": time(token.expires_at),
            "clientId": "CANARY-sso-client-id",
            "clientSecret": "CANARY-sso-client-secret",
            "registrationExpiresAt": time(now + TimeDelta::days(80)),
        });
        // The AWS CLI names the file by the SHA-1 of the session's name.
        let name = Sha1::digest(login.name.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>() + ".json";
        AwsFiles { config, credentials, sso_cache: vec![(name, cached.to_string())] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimClock;

    #[test]
    fn every_account_has_a_profile_and_its_keys_are_its_own() {
        let mut world = World::demo(SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant")), 7);
        let files = world.aws_config_text(Some("http://127.0.0.1:4566"));
        let now = world.now();
        for name in ["shop-dev", "shop-stg", "shop-prod", "shop-audit", "shop-stg-sso"] {
            assert!(files.config.contains(&format!("[profile {name}]\n")), "{name}");
        }
        assert_eq!(files.config.matches("endpoint_url = http://127.0.0.1:4566").count(), 5);
        for account in world.accounts.by_id.values() {
            assert!(files.credentials.contains(&account.access_key_id));
            let caller = world.accounts.caller(&account.access_key_id, now).expect("a caller");
            assert_eq!((caller.account, caller.expired), (account.id.clone(), false));
        }
        assert_eq!(files.sso_cache[0].0, "04f8e4a98c7d813fc1022c48992b4fe8aade4d50.json");
    }

    #[test]
    fn without_an_endpoint_none_is_written() {
        let mut world =
            World::scale(SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant")), 7, 2, 1, 1);
        let files = world.aws_config_text(None);
        assert!(!files.config.contains("endpoint_url") && files.sso_cache.is_empty());
        assert_eq!(files.config.matches("[profile ").count(), 2);
    }
}
