//! What is measured on: a simulated AWS that listens, profiles that point at it, a home, and the programs as built.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use skydeck_api::{BudgetSettings, Environment, Host, HostOptions, Reading, SyncFilter};
use skydeck_sim::{Server, Sim, SimOptions, World, clock::SimClock};
use skydeck_tests::WorldClock;

use crate::Failed;

/// The same world for every run.
const SEED: u64 = 7;

/// After three hours all that ran has ended: such a world is at rest but for what waits and what hangs.
pub(crate) const REST: chrono::TimeDelta = chrono::TimeDelta::hours(3);

/// A world that listens, and a home that was never opened.
pub(crate) struct Ground {
    pub(crate) sim: Sim,
    pub(crate) folder: tempfile::TempDir,
    _server: Server,
}

impl Ground {
    /// A `scale:` world at rest, whose clock reads the machine's time; `options` say how it answers.
    pub(crate) async fn scale(size: (usize, usize, usize), options: SimOptions) -> Result<Ground, Failed> {
        let clock = SimClock::machine();
        clock.advance(-REST);
        let world = World::scale(clock, SEED, size.0, size.1, size.2);
        world.clock.advance(REST);
        Ground::of(world, options).await
    }

    pub(crate) async fn of(mut world: World, options: SimOptions) -> Result<Ground, Failed> {
        world.now();
        let sim = Sim::new(world, options);
        let server = sim.serve(0).await?;
        let folder = tempfile::tempdir()?;
        let files = sim.with_world(|world| world.aws_config_text(Some(&server.url)));
        std::fs::write(folder.path().join("aws-config"), files.config)?;
        std::fs::write(folder.path().join("aws-credentials"), files.credentials)?;
        Ok(Ground { sim, folder, _server: server })
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The variables that point a program at this world.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let below = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("SKYDECK_HOME".to_owned(), below("home")),
            ("AWS_CONFIG_FILE".to_owned(), below("aws-config")),
            ("AWS_SHARED_CREDENTIALS_FILE".to_owned(), below("aws-credentials")),
        ]
    }

    /// A program that sees this world and nothing of the user's.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
            command.env_remove(name);
        }
        command.envs(self.variables()).stdin(Stdio::null());
        command
    }

    /// The product in this process, on the same home, as fast as the world answers if `budget` allows it.
    pub(crate) async fn host(&self, budget: BudgetSettings, read: bool) -> Result<Host, Failed> {
        let environment = Environment::made_up(self.variables(), Some(self.folder.path().to_owned()));
        Ok(Host::open(HostOptions {
            home: self.home(),
            environment,
            http_client: Some(self.sim.http_client()),
            clock: Arc::new(WorldClock(self.sim.clock())),
            budget,
            demo: false,
            read: if read { Reading::AtOnce } else { Reading::No },
        })
        .await?)
    }

    /// Fills the cache through the collectors, without waiting for a budget. Tells the number of rows.
    pub(crate) async fn fill(&self) -> Result<i64, Failed> {
        let host = self.host(unlimited(), false).await?;
        let report = host.sync(&SyncFilter::default()).await?;
        host.close().await;
        if !report.all_read() {
            return Err("the world could not be read whole".into());
        }
        Ok(report.rows)
    }
}

/// Lets the world's time pass, so much faster than the machine's, in steps of so much of the machine's.
pub(crate) async fn pass(clock: &SimClock, span: chrono::TimeDelta, faster: u32, step: Duration) {
    let far = chrono::TimeDelta::from_std(step * faster).unwrap_or_default();
    let until = clock.now() + span;
    let mut tick = tokio::time::interval(step);
    while clock.now() < until {
        tick.tick().await;
        clock.advance(far);
    }
}

/// No pace at all.
pub(crate) fn unlimited() -> BudgetSettings {
    BudgetSettings { share: 1.0, rate: 1e6, burst: 1e6, retry_base: Duration::from_millis(1) }
}

/// A program beside this one.
pub(crate) fn program(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap_or_default();
    this.with_file_name(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// What a program says, as JSON; an error unless it succeeded.
pub(crate) fn answer(mut command: Command) -> Result<Value, Failed> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{:?} ended with {}", command.get_program(), output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
