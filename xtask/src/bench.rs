//! `cargo xtask bench`: builds in release what is measured, and the empty window it is held against, and measures. What is
//! measured, and against what, is in `tests/bench`.

use anyhow::Result;

use crate::command::{cargo, command, run, say};
use crate::{place, setup, ui};

/// Measures these parts, or all.
pub(crate) fn bench(parts: &[String]) -> Result<()> {
    setup::for_tests()?;
    ui::build()?;
    if !place::program("bench", true).is_file() {
        say("Building in release (the first time takes half an hour on two cores)");
    }
    let programs = ["--bin", "skydeck", "--bin", "skydeckctl", "--bin", "bench", "--example", "empty"];
    run(cargo(["build", "--release", "--locked", "--workspace"]).args(programs))?;
    let mut bench = command(place::program("bench", true), [place::target().join("bench.json")]);
    bench.args(parts).env("SKYDECK_VENV", place::root().join(".venv"));
    run(&mut bench)
}
