//! `skydeckctl sim`: the simulated AWS, as a server that any AWS client can call.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use skydeck_sim::{Faults, SimOptions, World, clock::SimClock};

use crate::{
    failure::{Exit, Failure},
    out::Out,
    session,
};

/// The simulated AWS, as a server on loopback that any AWS client can call
#[derive(Debug, clap::Args)]
pub(crate) struct Sim {
    /// `demo`, `scale:A,R,N` (A accounts, R Regions each, N pipelines in each of these), or a world from a JSON file
    /// (docs/sim-worlds.md).
    #[arg(long, default_value = "demo", value_name = "FILE|demo|scale:A,R,N")]
    world: String,
    /// Port; 0 for a free one.
    #[arg(long, default_value_t = 0, value_name = "N")]
    port: u16,
    /// What everything invented is drawn from.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// The world's time at the start; it runs on from there. Without, the machine's.
    #[arg(long, value_name = "T")]
    time: Option<DateTime<Utc>>,
    /// Milliseconds that every call takes.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    latency: u64,
    /// Bad weather: which calls meet which fault, as JSON.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Throttles calls at AWS's rates.
    #[arg(long)]
    aws_limits: bool,
}

impl Sim {
    pub(crate) async fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let clock = self.time.map_or_else(SimClock::machine, SimClock::running);
        let world = world(&self.world, clock, self.seed)?;
        let faults = self.faults.as_deref().map(faults).transpose()?;
        let latency = Duration::from_millis(self.latency);
        let sim = skydeck_sim::Sim::new(world, SimOptions { latency, aws_limits: self.aws_limits, faults });
        // Before the line that says it is ready: whoever reads it may already want to stop it.
        let stop = session::asked_to_stop()?;
        tokio::pin!(stop);
        let server = sim
            .serve(self.port)
            .await
            .map_err(|e| Failure::local(format!("Port {} of the loopback cannot be listened on: {e}.", self.port)))?;
        out.json_line(&ready(&server.url, &sim))?;
        stop.await;
        server.stop().await;
        Ok(Exit::Done)
    }
}

fn ready(url: &str, sim: &skydeck_sim::Sim) -> Value {
    let accounts: Vec<Value> = sim.with_world(|world| {
        let accounts = world.accounts.by_id.values();
        accounts.map(|a| json!({"account": a.id, "name": a.name, "access_key_id": a.access_key_id})).collect()
    });
    json!({"url": url, "accounts": accounts})
}

/// A world by its name, else from a file.
fn world(name: &str, clock: SimClock, seed: u64) -> Result<World, Failure> {
    let unknown = match World::named(name, clock.clone(), seed) {
        Ok(world) => return Ok(world),
        Err(unknown) => unknown,
    };
    let path = Path::new(name);
    if !path.exists() {
        return Err(Failure::arguments(format!("There is no file `{name}`, and {unknown}.")));
    }
    World::from_json(&text(path)?, clock, seed).map_err(|e| Failure::arguments(format!("{name}: {e}.")))
}

fn faults(path: &Path) -> Result<Faults, Failure> {
    Faults::from_json(&text(path)?).map_err(|e| Failure::arguments(format!("{}: {e}.", path.display())))
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::local(format!("{}: {e}.", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worlds_are_named_in_full() {
        for name in ["", "demi", "scale:", "scale:1,2", "scale:0,1,1", "scale:1,1,x", "scale:1,1,1,1"] {
            assert!(world(name, SimClock::machine(), 1).is_err(), "{name}");
        }
        assert_eq!(world("scale:2,1,3", SimClock::machine(), 1).unwrap().accounts.by_id.len(), 2);
    }
}
