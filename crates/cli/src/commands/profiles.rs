//! `skydeckctl profiles`: every profile found, who it is, what may be done through it.

use skydeck_api::{
    Host,
    domain::{Profile, SignInState, Timestamp},
    span,
};

use crate::{
    failure::{Exit, Failure, cause},
    out::Out,
    table::{Cell, Table},
};

/// Every profile found: kind, account, Regions, protection, sign-in state, time left
#[derive(Debug, clap::Args)]
pub(crate) struct Profiles {}

impl Profiles {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let found = host.identified_profiles().await?;
        for problem in &found.problems {
            cause(&problem.message);
        }
        if out.json {
            out.json(&found.profiles)?;
        } else {
            let heads =
                ["PROFILE", "KIND", "ACCOUNT", "REGIONS", "ENVIRONMENT", "PROTECTION", "SIGN-IN", "LEFT", "LABEL"];
            let mut table = Table::new(&heads);
            for profile in &found.profiles {
                table.row(cells(profile, found.now));
            }
            out.table(&table)?;
        }
        for (profile, error) in found.profiles.iter().filter_map(|p| Some((p, p.error.as_ref()?))) {
            cause(&format!("{}: {}: {}", profile.name, error.code, error.message));
        }
        if found.profiles.is_empty() {
            cause(&format!("No profile was found. {} is where the AWS config is looked for.", found.config_path));
        }
        // A file that cannot be read leaves whatever could be: some of it is missing.
        Ok(if found.problems.is_empty() { Exit::Done } else { Exit::Partly })
    }
}

fn cells(profile: &Profile, now: Timestamp) -> [Cell; 9] {
    let sign_in = match profile.sign_in.state {
        SignInState::In => Cell::of("in"),
        SignInState::Expiring => Cell::of("expiring").shaded(Some(33)),
        SignInState::Out => Cell::of("out").shaded(Some(31)),
        SignInState::None => Cell::of("-"),
    };
    let left = profile.sign_in.expires_at.filter(|at| *at > now).map(|at| span::age(now, at));
    [
        Cell::of(&profile.name),
        Cell::of(word(&profile.kind)),
        Cell::from(profile.account.as_ref()),
        Cell::of(profile.regions.join(",")),
        Cell::from(profile.environment.as_ref()),
        Cell::of(word(&profile.protection)),
        sign_in,
        left.map_or_else(|| Cell::of("-"), Cell::right),
        Cell::from(profile.label.as_ref()),
    ]
}

/// A unit variant as its JSON spells it.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
