//! A simulated AWS that listens, and a folder with an ordinary AWS config that points at it: what a window on profiles of
//! its own is opened with. Two profiles of one SSO session (`shop-dev`, `shop-stg`) and one with keys (`shop-prod`).

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;
use skydeck_api::{BudgetSettings, Environment, Host, HostOptions, Reading, domain::SystemClock};
use skydeck_sim::{Server, Sim, SimOptions, World, clock::SimClock};
use skydeck_tests::window::{Setup, Window};
use tempfile::TempDir;

use super::PATIENCE;

/// Region in which everything here is.
const REGION: &str = "ap-northeast-2";
const SESSION: &str = "example-sso";

/// See the file's head.
pub(crate) struct Ground {
    pub(crate) sim: Sim,
    server: Option<Server>,
    port: u16,
    folder: Arc<TempDir>,
}

impl Ground {
    /// The demo world at this hour, signed in for eight hours.
    pub(crate) async fn new() -> Ground {
        Ground::behind(TimeDelta::zero()).await
    }

    /// The same, so much behind the time, so that it can go on to where it is now.
    pub(crate) async fn behind(time: TimeDelta) -> Ground {
        let ground = Ground::before(time).await;
        ground.use_once().await;
        ground
    }

    /// The same, and nobody has opened Skydeck there yet.
    pub(crate) async fn unused() -> Ground {
        Ground::before(TimeDelta::zero()).await
    }

    async fn before(time: TimeDelta) -> Ground {
        Ground::of(time, World::demo).await
    }

    /// A world of that kind, so much behind the time.
    pub(crate) async fn of(time: TimeDelta, world: fn(SimClock, u64) -> World) -> Ground {
        let clock = SimClock::machine();
        clock.advance(-time);
        let sim = Sim::new(world(clock, 7), SimOptions::default());
        let server = sim.serve(0).await.expect("a free port");
        let port = server.url.rsplit(':').next().and_then(|p| p.parse().ok()).expect("a port");
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let ground = Ground { sim, server: Some(server), port, folder };
        ground.write_profiles();
        ground.sign_in();
        ground
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write_profiles(&self) {
        let (mut config, mut keys) = (String::new(), String::new());
        self.sim.with_world(|world| {
            let login = world.accounts.sso_logins.first();
            if let Some(login) = login {
                config +=
                    &format!("[sso-session {SESSION}]\nsso_start_url = {}\nsso_region = {REGION}\n", login.start_url);
            }
            for account in world.accounts.by_id.values() {
                let at = format!("region = {REGION}\nendpoint_url = http://127.0.0.1:{}\n", self.port);
                config += &format!("[profile {}]\n{at}", account.name);
                if account.name == "shop-prod" || login.is_none() {
                    keys += &format!("[{}]\naws_access_key_id = {}\n", account.name, account.access_key_id);
                    keys += &format!("aws_secret_access_key = {}\n", account.secret_access_key);
                } else {
                    config += &format!("sso_session = {SESSION}\nsso_account_id = {}\n", account.id);
                    config += "sso_role_name = ReleaseOperator\n";
                }
            }
        });
        std::fs::write(self.path("aws-config"), config).expect("it is written");
        std::fs::write(self.path("aws-credentials"), keys).expect("it is written");
    }

    /// Somebody has used this home: a first start would bid them welcome and read nothing.
    async fn use_once(&self) {
        let files = [("AWS_CONFIG_FILE", "aws-config"), ("AWS_SHARED_CREDENTIALS_FILE", "aws-credentials")];
        let variables = files.map(|(name, file)| (name, self.path(file).display().to_string()));
        let host = Host::open(HostOptions {
            home: self.path("skydeck"),
            environment: Environment::made_up(variables, Some(self.path("home"))),
            http_client: None,
            clock: Arc::new(SystemClock),
            budget: BudgetSettings::default(),
            demo: false,
            read: Reading::No,
        })
        .await
        .expect("it opens");
        host.call("set_profile", json!({"name": "shop-dev"})).await.expect("it is decided");
        host.close().await;
    }

    /// What `aws sso login` leaves: a token in the AWS CLI's cache, good for eight hours. Nothing in a world without a portal.
    pub(crate) fn sign_in(&self) {
        let token = self.sim.with_world(|world| {
            let url = world.accounts.sso_logins.first()?.start_url.clone();
            let (seed, now) = (world.seed, world.now());
            Some(world.accounts.sign_in(seed, &url, now, TimeDelta::hours(8)))
        });
        if let Some(token) = token {
            self.write_token(&token.access_token, token.expires_at);
        }
    }

    /// The sign-in as it is eight minutes after its end: the token is past its time and opens nothing, and the role's
    /// credentials, which followed from it, have ended, too.
    pub(crate) fn expire(&self) {
        self.sim.with_world(World::expire_sessions);
        self.write_token("ended", self.sim.clock().now() - TimeDelta::minutes(8));
    }

    fn write_token(&self, token: &str, expires_at: DateTime<Utc>) {
        let cache = self.path("home/.aws/sso/cache");
        std::fs::create_dir_all(&cache).expect("a folder");
        let expires_at = expires_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = json!({ "accessToken": token, "expiresAt": expires_at }).to_string();
        // The AWS CLI names the file by the SHA-1 of the session's name.
        std::fs::write(cache.join("04f8e4a98c7d813fc1022c48992b4fe8aade4d50.json"), text).expect("it is written");
    }

    /// The network goes: nothing listens any more.
    pub(crate) async fn offline(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// The network is back.
    pub(crate) async fn online(&mut self) {
        self.server = Some(self.sim.serve(self.port).await.expect("the port is still free"));
    }

    /// A window on these profiles.
    pub(crate) fn setup(&self) -> Setup {
        Setup::isolated().folder(&self.folder)
    }

    /// A window on these profiles, with the rows that earlier ones left.
    pub(crate) async fn open(&self) -> Window {
        let window = self.setup().open().await.expect("the window opens");
        window.wait_for(".board .row .name", PATIENCE).await.expect("rows are shown");
        window
    }
}
