//! `cargo xtask run`: builds what changed and opens the window; where there is no display, on a virtual one.

use std::path::Path;

use anyhow::Result;

use crate::command::{cargo, command, output, run as run_to_end, say};
use crate::{place, setup, ui};

/// Opens the window on the demo world, or on the user's own profiles if there are any.
pub(crate) fn run(demo: bool, release: bool) -> Result<()> {
    let display = has_display();
    setup::for_window(!display)?;
    ui::build()?;
    if !place::program("skydeck", release).is_file() {
        say("Building Skydeck (the first time takes a quarter of an hour on two cores, most of it the AWS SDK)");
    }
    let mut build = cargo(["build", "--locked", "--workspace", "--bin", "skydeck", "--bin", "skydeckctl"]);
    if !display {
        build.args(["--bin", "look"]);
    }
    run_to_end(build.args(release.then_some("--release")))?;
    // Where there is no profile either, there is something to look at at once.
    let demo = Some(if demo { "--demo" } else { "--or-demo" });
    if display {
        say("Opening the window; this ends when you close it");
        return run_to_end(&mut command(place::program("skydeck", release), demo));
    }
    look(demo, release)
}

/// The window on a virtual display: its picture, the summary it opens on, and how to have it for real.
fn look(demo: Option<&str>, release: bool) -> Result<()> {
    say("There is no display here: opening the window on a virtual one");
    let picture = place::target().join("skydeck.png");
    let mut look = command(place::program("look", release), [&picture]);
    run_to_end(look.args(demo).env("SKYDECK_BIN", place::program("skydeck", release)))?;
    println!("What the window shows: {}", picture.display());
    say("The same as text (skydeckctl status)");
    let home = output(command(place::program("skydeck", release), ["--home"]).args(demo))?;
    let home = Path::new(home.trim_end());
    let mut status = command(place::program("skydeckctl", release), ["status"]);
    status.env("SKYDECK_HOME", home);
    // The demo world brings its own profiles.
    if home.join("demo-world").is_file() {
        status.env("AWS_CONFIG_FILE", home.join("aws-config"));
        status.env("AWS_SHARED_CREDENTIALS_FILE", home.join("aws-credentials"));
    }
    run_to_end(&mut status)?;
    println!(
        "\nTo have it on your own screen, run the same command in a desktop session (DISPLAY or WAYLAND_DISPLAY set)."
    );
    Ok(())
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
