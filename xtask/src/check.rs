//! The static part of `test`: nothing here runs the product.

use anyhow::{Result, bail};

use crate::command::{cargo, command, run, say};
use crate::{r#gen, place, setup, ui};

/// A check: what it is called in the summary, and how it is done.
struct Check {
    name: &'static str,
    run: fn() -> Result<()>,
}

/// In order of cost: what is told in a second comes first.
const CHECKS: &[Check] = &[
    Check { name: "format", run: || run(&mut cargo(["fmt", "--all", "--check"])) },
    Check { name: "generated files", run: || r#gen::generate(true) },
    Check { name: "UI build", run: ui::build },
    Check { name: "UI checks", run: ui::check },
    Check { name: "licences, bans, sources", run: deny },
    Check { name: "lints", run: clippy },
    Check { name: "documentation", run: doc },
];

/// Does all of them, and fails if one did.
pub(crate) fn check() -> Result<()> {
    setup::for_check()?;
    let failed = failures();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    println!("\nAll checks passed.");
    Ok(())
}

/// Does all of them, also after one failed; names those that did.
pub(crate) fn failures() -> Vec<&'static str> {
    let mut failed = Vec::new();
    for check in CHECKS {
        say(&format!("Check: {}", check.name));
        if let Err(error) = (check.run)() {
            eprintln!("{error:#}");
            failed.push(check.name);
        }
    }
    failed
}

fn clippy() -> Result<()> {
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn doc() -> Result<()> {
    run(cargo(["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

fn deny() -> Result<()> {
    let mut deny = command(setup::cargo_deny(), ["--workspace", "--locked", "check", "licenses", "bans", "sources"]);
    run(deny.current_dir(place::root()))
}
