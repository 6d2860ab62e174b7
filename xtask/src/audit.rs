//! Known vulnerabilities in what we depend on. The databases change by the day and are not always reachable, so this is
//! for a person to run and to read: what could not be asked is said, and it is no part of `test`.

use anyhow::Result;

use crate::command::{command, say};
use crate::{place, setup};

/// Asks both databases; fails only if one answered and named something.
pub(crate) fn audit() -> Result<()> {
    setup::for_check()?;
    let mut named = Vec::new();
    say("Rust: RustSec advisories by cargo-deny");
    let mut rust = command(setup::cargo_deny(), ["--workspace", "check", "advisories"]);
    if !answered(rust.current_dir(place::root()), &["failed to fetch advisory database", "failed to load advisory"])? {
        named.push("Rust");
    }
    say("npm: the registry's advisories");
    let mut npm = command("npm", ["audit", "--omit=dev"]);
    if !answered(
        npm.current_dir(place::root().join("ui")),
        &["audit endpoint returned an error", "ENOTFOUND", "ECONN"],
    )? {
        named.push("npm");
    }
    anyhow::ensure!(named.is_empty(), "there are advisories for: {}", named.join(", "));
    Ok(())
}

/// True when nothing was named: it found nothing, or could not be reached, which is said.
fn answered(command: &mut std::process::Command, unreachable: &[&str]) -> Result<bool> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        println!("Nothing known.");
        return Ok(true);
    }
    if unreachable.iter().any(|sign| text.contains(sign)) {
        println!("Not checked: the database is unreachable from here.");
        return Ok(true);
    }
    println!("{text}");
    Ok(false)
}
