//! The demo world open through the contract: what tests of whole answers stand on. It stands still unless it is told to go on.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use serde_json::{Value, json};
use skydeck_api::{BudgetSettings, Environment, Host, HostOptions, Reading, SyncFilter};
use skydeck_sim::{Sim, SimOptions, World, clock::SimClock};
use skydeck_tests::WorldClock;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::ground::OPENING;

/// The demo world, standing still, open through the contract.
pub(crate) struct Open {
    pub(crate) sim: Sim,
    pub(crate) host: Host,
    _folder: TempDir,
}

impl Open {
    pub(crate) async fn unread() -> Open {
        let sim = Sim::new(World::demo(SimClock::standing(OPENING.parse().unwrap()), 7), SimOptions::default());
        let folder = tempfile::tempdir().unwrap();
        let (mut config, mut keys) = (String::new(), String::new());
        sim.with_world(|world| {
            for account in world.accounts.by_id.values() {
                config += &format!("[profile {}]\nregion = ap-northeast-2\n", account.name);
                keys += &format!("[{}]\naws_access_key_id = {}\n", account.name, account.access_key_id);
                keys += &format!("aws_secret_access_key = {}\n", account.secret_access_key);
            }
        });
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let environment = Environment::made_up(
            [("AWS_CONFIG_FILE", file("config", &config)), ("AWS_SHARED_CREDENTIALS_FILE", file("credentials", &keys))],
            Some(folder.path().to_owned()),
        );
        let host = Host::open(HostOptions {
            home: folder.path().join("home"),
            environment,
            http_client: Some(sim.http_client()),
            clock: Arc::new(WorldClock(sim.clock())),
            budget: BudgetSettings { share: 1.0, rate: 1e6, burst: 1e6, retry_base: Duration::from_millis(1) },
            demo: true,
            read: Reading::No,
        })
        .await
        .unwrap();
        let open = Open { sim, host, _folder: folder };
        for profile in ["shop-dev", "shop-stg", "shop-prod"] {
            open.call("set_profile", json!({"name": profile, "regions": ["ap-northeast-2", "eu-west-1"]})).await;
        }
        open
    }

    pub(crate) async fn read() -> Open {
        let open = Open::unread().await;
        open.sync().await;
        open
    }

    pub(crate) async fn sync(&self) {
        self.host.sync(&SyncFilter::default()).await.unwrap();
    }

    pub(crate) async fn call(&self, name: &str, params: Value) -> Value {
        self.host.call(name, params).await.unwrap_or_else(|e| panic!("{name}: {e:?}"))
    }

    /// The world goes on, and is read.
    pub(crate) async fn go_on(&self, minutes: i64) {
        self.sim.clock().advance(chrono::TimeDelta::minutes(minutes));
        self.sync().await;
    }
}

/// One runtime for all of these tests, so that they can share what is open.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap()).block_on(work)
}
