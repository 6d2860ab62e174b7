//! Running other programs: said before, told when they fail, with their output passed on as it comes.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Says what comes next, apart from the output around it.
pub(crate) fn say(what: &str) {
    println!("\n── {what}");
}

/// A command; extend it with `arg`, `env`, `current_dir`.
pub(crate) fn command<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: I) -> Command {
    let mut command = Command::new(program);
    command.args(args);
    command
}

/// The same cargo that runs xtask.
pub(crate) fn cargo<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args);
    // Set by the cargo that runs xtask, for xtask alone; left in, they make build scripts run again.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Runs to the end; an error unless it succeeded.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs to the end and gives standard output; an error unless it succeeded.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", shown(command), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs to the end, passing each line of standard output on and also to `line`; tells whether it succeeded.
pub(crate) fn run_lines(command: &mut Command, mut line: impl FnMut(&str)) -> Result<bool> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    let mut out = std::io::stdout().lock();
    if let Some(pipe) = child.stdout.take() {
        // Tests may print what is not UTF-8.
        for bytes in BufReader::new(pipe).split(b'\n') {
            let text = String::from_utf8_lossy(&bytes?).into_owned();
            writeln!(out, "{text}")?;
            line(&text);
        }
    }
    Ok(child.wait()?.success())
}

/// Whether a program of this name is on the PATH.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
