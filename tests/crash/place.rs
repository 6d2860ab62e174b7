//! A home of its own, the program run in it, and a simulated AWS that listens.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use serde_json::Value;
use skydeck_sim::{Call, Faults, Sim, SimOptions, World, clock::SimClock};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) const REGION: &str = "ap-northeast-2";
pub(crate) const ACCOUNT: &str = "100000000000";

/// Things of each stand (`World::steering`): no verb of one place needs more.
const EACH: usize = 4;

/// Where a test acts.
pub(crate) struct Place {
    pub(crate) sim: Sim,
    folder: TempDir,
    _server: skydeck_sim::Server,
}

/// What a run of the program came to.
#[derive(Debug)]
#[allow(dead_code, reason = "what it said on standard error is for whoever reads why a test failed")]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
        Ran { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }
}

/// Serves every simulator of this process, and reads the books.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

impl Place {
    /// A home in which everything was read once. For all places it is read but once: at our own pace that takes a while.
    pub(crate) fn new() -> Place {
        static READ: OnceLock<TempDir> = OnceLock::new();
        let template = READ.get_or_init(|| {
            let place = Place::unread();
            let ran = place.run(&["sync"]);
            assert_eq!(ran.status, Some(0), "{ran:#?}");
            place.folder
        });
        let place = Place::unread();
        copy(&template.path().join("home"), &place.home());
        place
    }

    fn unread() -> Place {
        let sim = Sim::new(World::steering(SimClock::machine(), 7, EACH), SimOptions::default());
        let server = runtime().block_on(sim.serve(0)).expect("a free port");
        let folder = tempfile::tempdir().expect("a folder");
        let key = sim.with_world(|w| w.accounts.by_id[ACCOUNT].access_key_id.clone());
        let files = [
            ("config", format!("[profile dev]\nregion = {REGION}\nendpoint_url = {}\n", server.url)),
            ("credentials", format!("[dev]\naws_access_key_id = {key}\naws_secret_access_key = any\n")),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("it is written");
        }
        Place { sim, folder, _server: server }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Weather from now on: these rules, in the words of a faults file.
    pub(crate) fn weather(&self, rules: &[String]) {
        let text = format!(r#"{{"rules": [{}]}}"#, rules.join(", "));
        self.sim.set_faults(Some(Faults::from_json(&text).expect("a faults file")));
    }

    /// Calls of an operation that reached AWS, whatever became of them.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Call> {
        self.sim.calls().into_iter().filter(|c| c.operation == operation).collect()
    }

    /// The program, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let program = std::env::var_os("SKYDECKCTL_BIN").expect(
            "SKYDECKCTL_BIN is not set: run the tests by `cargo xtask test`, which builds skydeckctl and says where it is",
        );
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("SKYDECK_HOME", self.home())
            .env("AWS_CONFIG_FILE", self.folder.path().join("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.folder.path().join("credentials"));
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("it starts"))
    }
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
