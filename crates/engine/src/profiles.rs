//! The profiles as Skydeck knows them: what the AWS config says, what the ledger keeps, and the defaults in between.
//! The rules are pure functions over values; reading the files is `aws`'s, keeping decisions is `store`'s.

use std::collections::{HashMap, HashSet};

use skydeck_aws::ProfileEntry;
use skydeck_domain::{Colour, Profile, ProfileKind, Protection, SignIn};
use skydeck_store::ProfileSettings;

/// How many profiles are shown before the user chose: more would spend their API quota unasked.
pub const SHOWN_AT_FIRST: usize = 12;

/// What is known of a profile besides its entry and its settings.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Account, as STS said last.
    pub account: Option<String>,
    /// Role or user, as STS said last.
    pub identity: Option<String>,
    /// Sign-in state.
    pub sign_in: Option<SignIn>,
}

/// Words that make a profile production, wherever they stand in its name or label.
const PRODUCTION: [&str; 3] = ["prod", "prd", "live"];

/// Words that tell an environment, as whole parts of a name.
const ENVIRONMENTS: [(&str, &[&str]); 6] = [
    ("dev", &["dev", "develop", "development"]),
    ("staging", &["staging", "stage", "stg", "preprod"]),
    ("test", &["test", "testing", "tst", "qa", "uat", "int"]),
    ("sandbox", &["sandbox", "sbx", "playground", "lab"]),
    ("demo", &["demo"]),
    ("ci", &["ci"]),
];

/// The environment that a name tells, if any. Production wins, and is found anywhere in the name; the others must be a
/// part of their own (`device-farm` is not `dev`).
pub fn environment_of(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    if PRODUCTION.iter().any(|w| lower.contains(w)) {
        return Some("prod");
    }
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    ENVIRONMENTS.iter().find(|(_, words)| parts.iter().any(|p| words.contains(p))).map(|(environment, _)| *environment)
}

/// Whether a profile is protected unless the user opened it: its name, label or environment says production, or nothing
/// says any environment at all.
pub fn protected_by_default(name: &str, label: Option<&str>, environment: Option<&str>) -> bool {
    let says_production = |text: &str| {
        let lower = text.to_lowercase();
        PRODUCTION.iter().any(|w| lower.contains(w))
    };
    if says_production(name) || label.is_some_and(says_production) || environment.is_some_and(says_production) {
        return true;
    }
    environment.is_none() && environment_of(name).is_none() && label.and_then(environment_of).is_none()
}

/// Puts entries, settings and knowledge together. `entries` in the order of the config files.
pub fn merge(
    entries: &[ProfileEntry],
    settings: &HashMap<String, ProfileSettings>,
    known: &HashMap<String, Known>,
) -> Vec<Profile> {
    let mut taken: HashSet<Colour> = settings.values().filter_map(|s| s.colour).collect();
    let mut profiles: Vec<Profile> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let kept = settings.get(&entry.name);
        let seen = known.get(&entry.name);
        let label = kept.and_then(|s| s.label.clone());
        let environment = kept.and_then(|s| s.environment.clone()).or_else(|| {
            environment_of(&entry.name).or_else(|| label.as_deref().and_then(environment_of)).map(str::to_owned)
        });
        let colour = kept.and_then(|s| s.colour).unwrap_or_else(|| {
            let free = Colour::ALL.into_iter().find(|c| !taken.contains(c));
            let colour = free.unwrap_or(Colour::ALL[index % Colour::ALL.len()]);
            taken.insert(colour);
            colour
        });
        let chosen = kept.and_then(|s| s.protection);
        let default = if protected_by_default(&entry.name, label.as_deref(), environment.as_deref()) {
            Protection::Protected
        } else {
            Protection::Open
        };
        let regions = kept
            .map(|s| s.regions.clone())
            .filter(|r| !r.is_empty())
            .unwrap_or_else(|| entry.region.clone().into_iter().collect());
        profiles.push(Profile {
            name: entry.name.clone(),
            kind: entry.kind,
            account: seen.and_then(|k| k.account.clone()).or_else(|| entry.account_hint.clone()),
            identity: seen.and_then(|k| k.identity.clone()),
            regions,
            protection: chosen.unwrap_or(default),
            protection_chosen: chosen.is_some(),
            environment,
            label,
            colour,
            shown: kept.map_or(index < SHOWN_AT_FIRST, |s| s.shown),
            sso_session: entry.sso_session.clone().or_else(|| entry.sso_start_url.clone()),
            sign_in: seen
                .and_then(|k| k.sign_in.clone())
                .unwrap_or(SignIn { state: skydeck_domain::SignInState::None, expires_at: None }),
            error: entry.error.clone(),
        });
    }
    protect_accounts(&mut profiles);
    profiles
}

/// An account that has a protected profile protects every other profile that the user did not open by choice.
fn protect_accounts(profiles: &mut [Profile]) {
    let protected: HashSet<String> = profiles
        .iter()
        .filter(|p| p.protection != Protection::Open)
        .filter(|p| p.protection == Protection::Protected)
        .filter_map(|p| p.account.clone())
        .collect();
    for profile in profiles.iter_mut() {
        let shared = profile.account.as_ref().is_some_and(|a| protected.contains(a));
        if shared && !profile.protection_chosen && profile.protection == Protection::Open {
            profile.protection = Protection::Protected;
        }
    }
}

/// One profile for each account × Region: the one that acting would use. Signed-in before signed-out, one that may act
/// before a read-only one, then the order of the config. Profiles whose account is not known yet stand for themselves.
pub fn visible_scopes(profiles: &[Profile]) -> Vec<skydeck_domain::Scope> {
    use skydeck_domain::{Scope, SignInState};
    let rank = |p: &Profile| {
        (
            matches!(p.sign_in.state, SignInState::Out) as u8,
            (p.protection == Protection::ReadOnly) as u8,
            (p.kind == ProfileKind::Environment) as u8,
        )
    };
    let mut best: HashMap<(String, String), (usize, &Profile)> = HashMap::new();
    let mut scopes = Vec::new();
    for (index, profile) in profiles.iter().enumerate().filter(|(_, p)| p.shown) {
        for region in &profile.regions {
            let Some(account) = &profile.account else {
                scopes.push((index, Scope { profile: profile.name.clone(), region: region.clone() }));
                continue;
            };
            let entry = best.entry((account.clone(), region.clone())).or_insert((index, profile));
            if rank(profile) < rank(entry.1) {
                *entry = (index, profile);
            }
        }
    }
    scopes.extend(
        best.into_iter()
            .map(|((_, region), (index, profile))| (index, Scope { profile: profile.name.clone(), region })),
    );
    scopes.sort_by(|a, b| (a.0, &a.1.region).cmp(&(b.0, &b.1.region)));
    scopes.into_iter().map(|(_, scope)| scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_environments() {
        for (name, environment) in [
            ("shop-dev", Some("dev")),
            ("shop-stg", Some("staging")),
            ("shop-prod", Some("prod")),
            ("ShopPRD", Some("prod")),
            ("olive-garden", Some("prod")), // contains "live": rather protected too often than never
            ("device-farm", None),
            ("nonprod", Some("prod")),
            ("default", None),
            ("team.qa", Some("test")),
        ] {
            assert_eq!(environment_of(name), environment, "{name}");
        }
    }

    #[test]
    fn what_nobody_opened_is_protected() {
        assert!(protected_by_default("default", None, None));
        assert!(protected_by_default("shop-prod", None, None));
        assert!(protected_by_default("shop-dev", Some("Live shop"), None));
        assert!(protected_by_default("shop", None, Some("prod-eu")));
        assert!(!protected_by_default("shop-dev", None, None));
        assert!(!protected_by_default("shop", None, Some("dev")));
    }
}
