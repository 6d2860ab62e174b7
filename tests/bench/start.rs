//! From the start of the process to the first cached rows on the glass, and the memory of all its processes, with 10,000
//! resources in the cache; beside an empty Tauri window, in turns, on the same display, bus and fonts.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use skydeck_sim::SimOptions;
use skydeck_tests::window::Group;

use crate::Failed;
use crate::figures::{Figures, median};
use crate::glass::Glass;
use crate::ground::{Ground, program};
use crate::processes::Program;

/// With their executions, builds and projects, about ten thousand resources.
const PIPELINES: usize = 1_660;
/// Single starts vary by a fifth either way on two cores: of nine, the ratio of the medians came out between 1.15 and 1.33.
const RUNS: usize = 25;
/// After this, what was loaded for starting has settled.
const SETTLED: Duration = Duration::from_secs(8);
/// Memory is looked at in every so many runs.
const MEMORY_EVERY: usize = 6;

pub(crate) async fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let ground = Ground::scale((1, 1, PIPELINES), SimOptions::default()).await?;
    let rows = ground.fill().await?;
    figures.tell("start", "rows in the cache", rows as f64, "rows");
    let bus = Bus::start()?;
    // Blocking from here on; the world goes on answering on the runtime's other threads.
    tokio::task::block_in_place(|| in_turns(&ground, &bus, figures))
}

fn in_turns(ground: &Ground, bus: &Bus, figures: &mut Figures) -> Result<(), Failed> {
    let glass = Glass::new()?;
    let pictures = ground.folder.path();
    let skydeck = || ground.command(&program("skydeck"));
    let empty = || ground.command(&program("examples/empty"));
    let mut ours = Shown::default();
    let mut bare = Shown::default();
    for run in 0..=RUNS {
        let memory = run % MEMORY_EVERY == 0;
        let picture = std::env::var_os("SKYDECK_BENCH_PICTURE").map_or_else(|| pictures.join("ours.png"), Into::into);
        let one = once(&glass, bus, &mut skydeck(), 64, memory, &picture)?;
        let other = once(&glass, bus, &mut empty(), 4, memory, &pictures.join("bare.png"))?;
        // The first of each warms the machine's own caches.
        if run > 0 {
            ours.add(one);
            bare.add(other);
        }
    }
    figures.tell("start", "process start to first rows on the glass", median(&ours.ms), "ms");
    figures.tell("start", "process start to an empty Tauri window", median(&bare.ms), "ms");
    figures.hold("start", "… as a ratio", median(&ours.ms) / median(&bare.ms), "×", 1.3);
    figures.tell("start", "memory of all its processes", median(&ours.mb), "MB PSS");
    figures.tell("start", "memory of an empty Tauri window", median(&bare.mb), "MB PSS");
    figures.hold("start", "… as a ratio", median(&ours.mb) / median(&bare.mb), "×", 1.5);
    Ok(())
}

#[derive(Default)]
struct Shown {
    ms: Vec<f64>,
    mb: Vec<f64>,
}

impl Shown {
    fn add(&mut self, (ms, mb): (f64, Option<f64>)) {
        self.ms.push(ms);
        self.mb.extend(mb);
    }
}

/// Starts a program, waits for what it shows, and ends it.
fn once(
    glass: &Glass,
    bus: &Bus,
    command: &mut Command,
    colours: usize,
    memory: bool,
    picture: &Path,
) -> Result<(f64, Option<f64>), Failed> {
    command.env("DISPLAY", glass.name()).env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    command.env_remove("WAYLAND_DISPLAY").stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let running = Program::start(command)?;
    let shown = glass.wait_for_text(colours, picture)?;
    let mut mb = None;
    if memory {
        std::thread::sleep(SETTLED);
        mb = Some(running.memory()?);
    }
    drop(running);
    glass.wait_until_empty()?;
    Ok(((shown - started).as_secs_f64() * 1000.0, mb))
}

/// A session bus for all of them.
pub(crate) struct Bus {
    pub(crate) address: String,
    _daemon: Group,
}

impl Bus {
    pub(crate) fn start() -> Result<Bus, Failed> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut daemon = Group::start("dbus-daemon", &mut command)?;
        let mut address = String::new();
        if let Some(pipe) = daemon.child().stdout.take() {
            BufReader::new(pipe).read_line(&mut address)?;
        }
        Ok(Bus { address: address.trim().to_owned(), _daemon: daemon })
    }
}
