//! Everything that CI checks, in one command; `--quick` is what a person runs while coding.
//!
//! All stages run even after one failed. The last line counts the tests of all runners; a check or a runner that could
//! not do its work counts as one failed, and the command then ends badly.

use anyhow::{Context, Result, bail};

use crate::command::{cargo, run_lines, say};
use crate::tally::Tally;
use crate::{check, place, setup, ui};

/// Runs the tests: all of them, or those whose name contains `filter` (then without the static checks).
pub(crate) fn test(quick: bool, filter: Option<&str>) -> Result<()> {
    let mut broken: Vec<String> = Vec::new();
    let mut tally = Tally::default();
    if quick {
        setup::for_window(false)?;
    } else {
        setup::for_tests()?;
    }
    if quick || filter.is_some() {
        ui::build()?;
    } else {
        for name in check::failures() {
            tally.failed += 1;
            broken.push(format!("check: {name}"));
        }
    }
    for (name, stage) in stages(quick) {
        say(&format!("Tests: {name}"));
        let counted = stage(filter).with_context(|| format!("the tests “{name}” could not run"))?;
        if counted.failed > 0 {
            broken.push(format!("{name} ({counted})"));
        }
        tally += counted;
    }
    if !broken.is_empty() {
        println!("\nFailed:\n  {}", broken.join("\n  "));
    }
    println!("\n{tally}");
    if !broken.is_empty() {
        // Said above in full; one more line of error after the summary would hide it.
        #[expect(clippy::disallowed_methods, reason = "nothing is open here that would have to be closed")]
        std::process::exit(1);
    }
    if tally.passed == 0 {
        bail!("no test matches");
    }
    Ok(())
}

type Stage = fn(Option<&str>) -> Result<Tally>;

fn stages(quick: bool) -> Vec<(&'static str, Stage)> {
    let mut stages: Vec<(&str, Stage)> = vec![("UI units", ui::test)];
    if quick {
        stages.push(("crates and integration", quick_tests));
    } else {
        stages.push(("crates, integration, wire, moto, window", all_tests));
        stages.push(("every screen in Chromium", ui::screens));
        stages.push(("pictures of the views", ui::pictures));
        stages.push(("the browser's page in Chromium", ui::served));
    }
    stages
}

/// The crates' own tests and `tests/it`, which need no other program.
fn quick_tests(filter: Option<&str>) -> Result<Tally> {
    cargo_test(&["--lib", "--bins", "--test", "it"], filter)
}

/// All targets of all crates; first the programs that the window and wire tests start.
fn all_tests(filter: Option<&str>) -> Result<Tally> {
    if !cargo(["build", "--locked", "--workspace", "--bins"]).status()?.success() {
        return Ok(Tally::default().of_runner(false));
    }
    cargo_test(&[], filter)
}

fn cargo_test(which: &[&str], filter: Option<&str>) -> Result<Tally> {
    // Always the workspace, however few the targets: the features of what is shared depend on it (see `gen`).
    let mut test = cargo(["test", "--workspace", "--locked", "--no-fail-fast"]);
    test.args(which).args(filter);
    test.env("SKYDECK_BIN", place::program("skydeck", false));
    test.env("SKYDECKCTL_BIN", place::program("skydeckctl", false));
    test.env("SKYDECK_VENV", place::root().join(".venv"));
    let mut tally = Tally::default();
    let succeeded = run_lines(&mut test, |line| tally.read_libtest(line))?;
    Ok(tally.of_runner(succeeded))
}
