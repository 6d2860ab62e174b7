//! The UI's own tools, run through its npm scripts: what they do is written in `ui/package.json`.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::command::{command, run, say};
use crate::tally::Tally;
use crate::{place, stamp};

fn folder() -> PathBuf {
    place::root().join("ui")
}

fn npm(script: &str) -> std::process::Command {
    let mut npm = command("npm", ["run", "--silent", script]);
    npm.current_dir(folder());
    npm
}

/// Builds `ui/dist` if a source is newer or other than what it was built from.
pub(crate) fn build() -> Result<()> {
    let sources = stamp::files(&folder(), &["ui/node_modules", "ui/dist"])?;
    let dist = folder().join("dist");
    // Beside the folder and not in it: what is in it becomes part of the program.
    let remembered = folder().join("node_modules/.built-from");
    let mut input = stamp::of_files(&sources)?;
    if !dist.join("index.html").is_file() {
        input.push_str(" (again)");
    }
    stamp::unless_done(&remembered, &input, || {
        say("Building the UI");
        run(npm("build").args(["--", "--logLevel", "warn"]))
    })?;
    fs::write(&remembered, input.trim_end_matches(" (again)"))?;
    Ok(())
}

/// Messages, types and lints.
pub(crate) fn check() -> Result<()> {
    run(&mut npm("check"))
}

/// Every screen in every state, theme, language and size in Chromium: axe, nothing too wide, no text missing. It counts no
/// tests of its own: the whole is right or not.
pub(crate) fn screens(_filter: Option<&str>) -> Result<Tally> {
    Ok(Tally::default().of_runner(npm("a11y").status()?.success()))
}

/// Every view against the pictures of it that are kept.
pub(crate) fn pictures(_filter: Option<&str>) -> Result<Tally> {
    Ok(Tally::default().of_runner(npm("pictures").status()?.success()))
}

/// The page in Chromium, as `skydeckctl serve` hands it out. It counts no tests of its own either.
pub(crate) fn served(_filter: Option<&str>) -> Result<Tally> {
    let mut serve = npm("serve");
    serve.env("SKYDECKCTL_BIN", place::program("skydeckctl", false));
    Ok(Tally::default().of_runner(serve.status()?.success()))
}

/// The unit tests, or those whose name contains `filter`.
pub(crate) fn test(filter: Option<&str>) -> Result<Tally> {
    let report = place::target().join("vitest.json");
    // A report of an earlier run must not be taken for this one's.
    let _ = fs::remove_file(&report);
    let mut vitest = npm("test");
    vitest.args(["--", "--reporter=default", "--reporter=json"]);
    vitest.arg(format!("--outputFile.json={}", report.display()));
    if let Some(filter) = filter {
        vitest.args(["--testNamePattern", filter, "--passWithNoTests"]);
    }
    let succeeded = vitest.status()?.success();
    let mut tally = Tally::default();
    if let Err(broken) = tally.read_vitest(&report) {
        eprintln!("{broken:#}");
        return Ok(Tally { passed: 0, failed: 1 });
    }
    Ok(tally.of_runner(succeeded))
}
