//! What an open window costs while nobody touches it: processor time at rest, and memory over an hour in which much
//! happens. The hour is the world's: its clock runs twelve times as fast as the product reads.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use skydeck_sim::{SimOptions, World, clock::SimClock};

use crate::Failed;
use crate::figures::Figures;
use crate::glass::Glass;
use crate::ground::{Ground, pass, program};
use crate::processes::Program;
use crate::start::Bus;

const PIPELINES: usize = 200;
/// After this, what is read at a start has been read.
const SETTLED: Duration = Duration::from_secs(60);
const LOOKED: Duration = Duration::from_secs(60);
const FASTER: u32 = 12;
const STEP: Duration = Duration::from_millis(100);
const HOUR: chrono::TimeDelta = chrono::TimeDelta::hours(1);

pub(crate) async fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let bus = Bus::start()?;
    let glass = Glass::new()?;

    let ground = Ground::scale((1, 1, PIPELINES), SimOptions::default()).await?;
    ground.fill().await?;
    let running = open(&ground, &glass, &bus)?;
    tokio::time::sleep(SETTLED).await;
    let (before, at) = (running.processor()?, Instant::now());
    tokio::time::sleep(LOOKED).await;
    let share = (running.processor()? - before) / at.elapsed().as_secs_f64() * 100.0;
    figures.hold("rest", "processor time at rest, 200 pipelines read", share, "% of a core", 1.0);
    drop(running);
    glass.wait_until_empty()?;

    let clock = SimClock::machine();
    clock.freeze();
    clock.advance(-HOUR);
    let ground = Ground::of(World::demo(clock.clone(), 7), SimOptions::default()).await?;
    let running = open(&ground, &glass, &bus)?;
    pass(&clock, HOUR / 6, FASTER, STEP).await;
    let early = running.memory()?;
    pass(&clock, HOUR - HOUR / 6, FASTER, STEP).await;
    let late = running.memory()?;
    figures.tell("rest", "memory ten minutes into a busy hour", early, "MB PSS");
    figures.tell("rest", "… and at its end", late, "MB PSS");
    figures.hold("rest", "… as a ratio", late / early, "×", 1.1);
    Ok(())
}

fn open(ground: &Ground, glass: &Glass, bus: &Bus) -> Result<Program, Failed> {
    let mut command = ground.command(&program("skydeck"));
    command.env("DISPLAY", glass.name()).env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    command.env_remove("WAYLAND_DISPLAY").stdout(Stdio::null()).stderr(Stdio::null());
    let running = Program::start(&mut command)?;
    let picture: PathBuf = ground.folder.path().join("rest.png");
    glass.wait_for_text(64, &picture)?;
    Ok(running)
}
