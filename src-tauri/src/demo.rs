//! The demo world: the simulated AWS in process, behind profiles as a user would have them. No account, no network.
//!
//! It begins anew with every start, and so does its home: a ledger of an earlier world would tell of runs that this one
//! never saw.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use skydeck_api::domain::{Clock, Timestamp};
use skydeck_api::{ApiError, BudgetSettings, Code, Environment, Host, HostOptions, Reading};
use skydeck_sim::clock::SimClock;
use skydeck_sim::{Sim, SimOptions, World};
use tauri::{AppHandle, Manager as _};

/// The same world for everyone, so that screenshots and questions agree.
const SEED: u64 = 7;

/// Tells that a folder is a demo's.
const MARK: &str = "demo-world";

/// The world's clock as the product takes it.
#[derive(Debug)]
struct WorldClock(SimClock);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// Its folder in the user's home for Skydeck.
pub(crate) fn home(of_user: &Path) -> PathBuf {
    of_user.join("demo")
}

/// Opens the demo world, with its files in `home`, which is emptied first.
pub(crate) async fn open(home: PathBuf, now: Timestamp) -> Result<Host, ApiError> {
    let failed = |error: std::io::Error| ApiError::new(Code::Local, format!("{}: {error}", home.display()));
    emptied(&home).map_err(failed)?;
    let clock = SimClock::running(now);
    let sim = Sim::new(World::demo(clock.clone(), SEED), SimOptions::default());
    let (files, regions) = sim.with_world(|world| {
        let mut regions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for account in world.accounts.by_id.values() {
            let places = world.places.iter().filter(|p| p.account == account.id && !p.pipelines.is_empty());
            regions.insert(account.name.clone(), places.map(|p| p.region.clone()).collect());
        }
        (world.aws_config_text(None), regions)
    });
    let (config_file, credentials_file) = (home.join("aws-config"), home.join("aws-credentials"));
    std::fs::write(&config_file, files.config).map_err(failed)?;
    std::fs::write(&credentials_file, files.credentials).map_err(failed)?;
    let environment = Environment::made_up(
        [("AWS_CONFIG_FILE", &config_file), ("AWS_SHARED_CREDENTIALS_FILE", &credentials_file)]
            .map(|(name, path)| (name, path.display().to_string())),
        Some(home.clone()),
    );
    let host = Host::open(HostOptions {
        home,
        environment,
        http_client: Some(sim.http_client()),
        clock: Arc::new(WorldClock(clock)),
        budget: BudgetSettings::default(),
        demo: true,
        read: Reading::Held,
    })
    .await?;
    // The world spans more Regions than a profile of the AWS config can name. Its further profiles, one of them signed
    // out, wait in the switcher.
    let accounts: Vec<&String> = regions.keys().collect();
    host.call("show", serde_json::json!({"profiles": accounts})).await?;
    for (profile, regions) in &regions {
        host.call("set_profile", serde_json::json!({"name": profile, "regions": regions})).await?;
    }
    Ok(host)
}

/// Starts it in a window of its own and ends this one.
pub(crate) fn in_place_of(app: &AppHandle) -> Result<(), ApiError> {
    let failed = |error: std::io::Error| {
        let what = format!("The demo world could not be started: {error}. `skydeck --demo` starts it, too.");
        ApiError::new(Code::Local, what)
    };
    let program = tauri::process::current_binary(&app.env()).map_err(failed)?;
    std::process::Command::new(program).arg("--demo").spawn().map_err(failed)?;
    app.exit(0);
    Ok(())
}

/// Removes what an earlier demo left, and nothing that is not its own.
fn emptied(home: &Path) -> std::io::Result<()> {
    let mark = home.join(MARK);
    if mark.exists() {
        std::fs::remove_dir_all(home)?;
    }
    // Fails if it is there without the mark: then someone else made it.
    if let Some(above) = home.parent() {
        std::fs::create_dir_all(above)?;
    }
    std::fs::create_dir(home)?;
    std::fs::write(mark, "The demo world of Skydeck; emptied at every start.\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_earlier_demo_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("skydeck/demo");
        emptied(&home).unwrap();
        std::fs::write(home.join("cache.db"), "old").unwrap();
        emptied(&home).unwrap();
        assert!(!home.join("cache.db").exists());

        let own = folder.path().join("demo");
        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("thesis.odt"), "mine").unwrap();
        assert!(emptied(&own).is_err());
        assert_eq!(std::fs::read_to_string(own.join("thesis.odt")).unwrap(), "mine");
    }
}
