//! A simulated AWS that listens, an ordinary AWS config that points at it, a home, and the program run against them.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use chrono::TimeDelta;
use serde_json::Value;
use skydeck_sim::{Faults, Sim, SimOptions, World, clock::SimClock};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Region of every profile here.
pub(crate) const REGION: &str = "ap-northeast-2";

/// Pipelines of each account.
const PIPELINES: usize = 12;

/// Where a test stands.
pub(crate) struct Ground {
    pub(crate) sim: Sim,
    pub(crate) folder: TempDir,
    _server: skydeck_sim::Server,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
        Ran { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Its standard output as JSON; the exit status must be this one.
    pub(crate) fn json(&self, status: i32) -> Value {
        assert_eq!(self.status, status, "{self:#?}");
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }

    /// It went well.
    pub(crate) fn ok(self) -> Ran {
        assert_eq!(self.status, 0, "{self:#?}");
        self
    }
}

/// Serves every simulator of this process.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

impl Ground {
    /// Three accounts (dev, staging, prod) in one Region; nothing was read yet.
    pub(crate) fn unread() -> Ground {
        Ground::before(World::scale(SimClock::machine(), 7, 3, 1, PIPELINES))
    }

    /// The accounts of that world; nothing was read yet.
    pub(crate) fn before(world: World) -> Ground {
        let sim = Sim::new(world, SimOptions::default());
        let server = runtime().block_on(sim.serve(0)).expect("a free port");
        let ground = Ground { sim, folder: tempfile::tempdir().expect("a folder"), _server: server };
        let url = ground._server.url.clone();
        let (mut config, mut credentials) = (String::new(), String::new());
        ground.sim.with_world(|world| {
            for account in world.accounts.by_id.values() {
                let name = short(&account.name);
                config += &format!("[profile {name}]\nregion = {REGION}\nendpoint_url = {url}\n");
                credentials += &format!(
                    "[{name}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                    account.access_key_id, account.secret_access_key
                );
            }
        });
        ground.write("config", &config);
        ground.write("credentials", &credentials);
        ground
    }

    /// The same, with everything in the cache. It is read once for all tests: at our own pace that takes a while.
    pub(crate) fn read() -> Ground {
        static READ: OnceLock<TempDir> = OnceLock::new();
        let template = READ.get_or_init(|| {
            let ground = Ground::unread();
            ground.run(&["sync"]).ok();
            ground.folder
        });
        let ground = Ground::unread();
        copy(&template.path().join("home"), &ground.path("home"));
        ground
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("it is written");
    }

    /// Weather from now on.
    pub(crate) fn weather(&self, json: &str) {
        self.sim.set_faults(Some(Faults::from_json(json).expect("a faults file")));
    }

    /// The world's time goes on.
    pub(crate) fn minutes(&self, minutes: i64) {
        self.sim.clock().advance(TimeDelta::minutes(minutes));
    }

    /// The program, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skydeckctl"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("SKYDECK_HOME", self.path("home"))
            .env("AWS_CONFIG_FILE", self.path("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.path("credentials"));
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("it starts"))
    }

    /// A row of the cache.
    pub(crate) fn row(&self, profile: &str, arn: &str) -> Value {
        let rows = self.run(&["get", "codepipeline.pipeline", "--profile", profile, "--json"]).json(0);
        let row = rows.as_array().expect("rows").iter().find(|row| row["arn"] == arn);
        row.unwrap_or_else(|| panic!("no row of {arn}")).clone()
    }

    /// ARNs of pipelines in a profile that stand so, from the cache.
    pub(crate) fn pipelines(&self, profile: &str, health: &str) -> Vec<String> {
        let rows =
            self.run(&["get", "codepipeline.pipeline", "--profile", profile, "--health", health, "--json"]).json(0);
        let rows = rows.as_array().expect("rows").iter();
        rows.map(|row| row["arn"].as_str().expect("an ARN").to_owned()).collect()
    }
}

/// `acct-001-dev` → `dev`.
fn short(name: &str) -> &str {
    name.rsplit('-').next().unwrap_or(name)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("it is copied");
        }
    }
}
