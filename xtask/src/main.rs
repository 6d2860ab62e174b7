//! The development commands: `cargo xtask run`, `test`, `check`, `bench`, `gen`, `audit`, `setup`.
//!
//! Each command first brings the machine to where it can run (`setup`), says what it installs, and does nothing twice.
//! Nothing here is product logic, and nothing of the product's own crates is linked: this compiles first, in seconds.
#![allow(clippy::print_stdout, reason = "a command line talks on standard output")]

mod audit;
mod bench;
mod check;
mod command;
mod r#gen;
mod place;
mod run;
mod setup;
mod stamp;
mod tally;
mod test;
mod ui;

use anyhow::{Result, bail};
use lexopt::prelude::*;

const USAGE: &str = "\
The development commands of Skydeck.

  cargo xtask run [--demo] [--release]     build and open the window; without a display: a virtual one and a screenshot
  cargo xtask demo                         the same as run --demo
  cargo xtask test [--quick] [FILTER]      everything CI checks; --quick: what a person runs while coding
  cargo xtask check                        the static part of test: format, lints, generated files, docs, licences, UI
  cargo xtask bench [PART]…                speed and memory: figures and ratios of release builds, also as JSON
  cargo xtask gen [--check]                write (or compare) the files that are generated and committed
  cargo xtask audit                        known vulnerabilities in dependencies, where a database can be reached
  cargo xtask setup                        only install what the commands above need
";

fn main() -> Result<()> {
    std::env::set_current_dir(place::root())?;
    let mut args = lexopt::Parser::from_env();
    let Some(first) = args.next()? else {
        print!("{USAGE}");
        return Ok(());
    };
    let Value(command) = first else { return help_or_fail(first) };
    let (mut demo, mut release, mut quick, mut check, mut filter) = (false, false, false, false, None);
    let mut parts = Vec::new();
    let command = command.string()?;
    while let Some(arg) = args.next()? {
        match (command.as_str(), arg) {
            ("run", Long("demo")) => demo = true,
            ("run" | "demo", Long("release")) => release = true,
            ("test", Long("quick")) => quick = true,
            ("test", Value(name)) if filter.is_none() => filter = Some(name.string()?),
            ("gen", Long("check")) => check = true,
            ("bench", Value(part)) => parts.push(part.string()?),
            (_, other) => return help_or_fail(other),
        }
    }
    match command.as_str() {
        "run" => run::run(demo, release),
        "demo" => run::run(true, release),
        "test" => test::test(quick, filter.as_deref()),
        "check" => check::check(),
        "bench" => bench::bench(&parts),
        "gen" => r#gen::generate(check),
        "audit" => audit::audit(),
        "setup" => setup::for_tests(),
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

fn help_or_fail(arg: lexopt::Arg<'_>) -> Result<()> {
    if matches!(arg, Long("help") | Short('h')) {
        print!("{USAGE}");
        return Ok(());
    }
    bail!("{}\n\n{USAGE}", arg.unexpected())
}
