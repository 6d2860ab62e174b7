//! The UI's packages, exactly as `ui/package-lock.json` has them.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{command, output, run, say};
use crate::{place, stamp};

/// The oldest Node the UI's build tools run on.
const NODE: u32 = 20;

/// Runs `npm ci` when the lockfile is another than the one installed from.
pub(crate) fn install() -> Result<()> {
    let ui = place::root().join("ui");
    let lock = ui.join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    stamp::unless_done(&ui.join("node_modules/.installed-from"), &stamp::fingerprint(lock.as_bytes()), || {
        let version = output(&mut command("node", ["--version"])).context("Skydeck's UI is built with Node")?;
        let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
        if major.is_none_or(|major: u32| major < NODE) {
            bail!("Node {} is here; the UI needs {NODE} or newer", version.trim());
        }
        say("Installing the UI's npm packages (npm ci)");
        run(command("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(&ui))
    })
}
