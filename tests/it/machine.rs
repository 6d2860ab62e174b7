//! A person's machine before a simulated world: an ordinary AWS config, and a home on which Skydeck is opened through its
//! contract, once or several times.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use skydeck_api::{
    ApiError, BudgetSettings, Environment, Host, HostOptions, Reading, SharedHttpClient, SyncFilter, SyncReport,
    domain::Clock,
};
use skydeck_sim::{Fault, Faults, Sim, SimOptions, World, clock::SimClock};
use skydeck_tests::WorldClock;
use tempfile::TempDir;

use crate::ground::OPENING;

/// See the file's head.
pub(crate) struct Machine {
    /// The world behind it.
    pub(crate) sim: Sim,
    /// Variables besides those that name the files.
    pub(crate) variables: Vec<(String, String)>,
    folder: TempDir,
}

impl Machine {
    /// Before the demo world, standing still.
    pub(crate) fn demo() -> Machine {
        Machine::before(World::demo(standing(), 7))
    }

    /// Before a small world: accounts `acct-001-dev`, `acct-002-staging` …, six pipelines each.
    pub(crate) fn small(accounts: usize) -> Machine {
        Machine::before(World::scale(standing(), 7, accounts, 1, 6))
    }

    /// Before that world; every account is a profile, and so is what its SSO portal offers.
    pub(crate) fn before(world: World) -> Machine {
        let sim = Sim::new(world, SimOptions::default());
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Machine { sim, variables: Vec::new(), folder };
        let files = machine.sim.with_world(|world| world.aws_config_text(None));
        machine.write(".aws/config", files.config);
        machine.write(".aws/credentials", files.credentials);
        for (name, text) in files.sso_cache {
            machine.write(&format!(".aws/sso/cache/{name}"), text);
        }
        machine
    }

    /// A file of it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of Skydeck's home.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.path("home").join(name)
    }

    /// Writes a file, and the folders it lies in.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it lies somewhere")).expect("its folder");
        std::fs::write(path, bytes).expect("it is written");
    }

    /// Every file of Skydeck's home, with its bytes.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        files_under(&self.path("home"), &mut found);
        found
    }

    /// Opens Skydeck on its home.
    pub(crate) async fn try_open(&self, read: bool) -> Result<Host, ApiError> {
        let read = if read { Reading::AtOnce } else { Reading::No };
        self.open_with(read, self.sim.http_client(), Arc::new(WorldClock(self.sim.clock()))).await
    }

    /// Opens Skydeck on its home, with a network and a clock as they may be.
    pub(crate) async fn open_with(
        &self,
        read: Reading,
        network: SharedHttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Host, ApiError> {
        let variables = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Host::open(HostOptions {
            home: self.path("home"),
            environment: Environment::made_up(variables, Some(self.folder.path().to_owned())),
            http_client: Some(network),
            clock,
            budget: BudgetSettings { share: 1.0, rate: 1e6, burst: 1e6, retry_base: Duration::from_millis(1) },
            demo: false,
            read,
        })
        .await
    }

    /// Opens Skydeck on its home; it reads AWS only when told to.
    pub(crate) async fn open(&self) -> Host {
        self.try_open(false).await.expect("it opens")
    }

    /// Opens Skydeck and reads everything once, in fair weather.
    pub(crate) async fn read(&self) -> Host {
        let host = self.open().await;
        assert!(sync(&host).await.all_read(), "everything is read in fair weather");
        host
    }

    /// Every call of that operation meets that fault from now on.
    pub(crate) fn weather(&self, operation: &str, fault: Fault) {
        self.sim.set_faults(Some(Faults::on(operation, fault)));
    }

    /// Weather as a faults file says it.
    pub(crate) fn weather_of(&self, json: &str) {
        self.sim.set_faults(Some(Faults::from_json(json).expect("a faults file")));
    }

    /// The weather is fair again.
    pub(crate) fn fair(&self) {
        self.sim.set_faults(None);
    }

    /// The world's time goes on.
    pub(crate) fn minutes(&self, minutes: i64) {
        self.sim.clock().advance(chrono::TimeDelta::minutes(minutes));
    }
}

/// The clock that these worlds open at.
pub(crate) fn standing() -> SimClock {
    SimClock::standing(OPENING.parse().expect("a time"))
}

fn files_under(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_under(&path, found);
        } else {
            found.push((path.clone(), std::fs::read(&path).expect("it is read")));
        }
    }
}

/// Reads everything once.
pub(crate) async fn sync(host: &Host) -> SyncReport {
    host.sync(&SyncFilter::default()).await.expect("it reads")
}

/// Makes a call of the contract, which must be answered.
pub(crate) async fn call(host: &Host, name: &str, params: Value) -> Value {
    host.call(name, params).await.unwrap_or_else(|e| panic!("{name}: {e:?}"))
}

/// Makes a call of the contract, which must be refused.
pub(crate) async fn refused(host: &Host, name: &str, params: Value) -> ApiError {
    match host.call(name, params).await {
        Err(error) => error,
        Ok(answer) => panic!("{name} was answered: {answer:#}"),
    }
}

/// Rows of a kind of one profile, or of all if it is empty, without what only says when they were looked at.
pub(crate) async fn rows(host: &Host, kind: &str, profile: &str) -> Vec<Value> {
    let profiles: Vec<&str> = Some(profile).filter(|p| !p.is_empty()).into_iter().collect();
    let page = call(host, "rows", json!({"kinds": [kind], "profiles": profiles, "sort": "name", "limit": 500})).await;
    let mut rows = page["rows"].as_array().expect("rows").clone();
    for row in &mut rows {
        let members = row.as_object_mut().expect("a row");
        members.remove("stale");
        members.remove("read_at");
    }
    rows
}

/// What the board says could not be read, of the profile and service.
pub(crate) async fn unread(host: &Host, profile: &str, service: &str) -> Option<Value> {
    let board = call(host, "board", json!({})).await;
    let unread = board["unread"].as_array().expect("a list").clone();
    unread.into_iter().find(|u| u["source"]["id"]["profile"] == profile && u["source"]["id"]["service"] == service)
}
