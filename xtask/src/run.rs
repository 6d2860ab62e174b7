//! `cargo xtask run`: builds what changed and opens the window; where there is no display, on a virtual one.

use anyhow::{Result, bail};

use crate::command::{cargo, command, run as run_to_end, say};
use crate::{place, setup, ui};

/// Opens the window on the demo world, or on the user's own profiles if there are any.
pub(crate) fn run(demo: bool, release: bool) -> Result<()> {
    let display = has_display();
    setup::for_window(!display)?;
    ui::build()?;
    say("Building Skydeck (the first time takes about a quarter of an hour: the AWS SDK)");
    let release_flag = release.then_some("--release");
    let demo_flag = demo.then_some("--demo");
    run_to_end(cargo(["build", "--locked", "-p", "skydeck", "-p", "skydeckctl"]).args(release_flag))?;
    let program = place::program("skydeck", release);
    if display {
        say("Opening the window; it ends when you close it");
        return run_to_end(&mut command(program, demo_flag));
    }
    bail!("no display");
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
