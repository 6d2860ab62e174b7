//! npm packages, exactly as a `package-lock.json` has them: the UI's, and those of the CDK app that tests synthesize.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{command, output, run, say};
use crate::{place, stamp};

/// The oldest Node the UI's build tools run on.
const NODE: u32 = 20;

/// The UI's packages.
pub(crate) fn install() -> Result<()> {
    install_in("ui", "the UI's npm packages")
}

/// The packages of the CDK app.
pub(crate) fn install_cdk() -> Result<()> {
    install_in("tests/cdk", "the AWS CDK for its tests")
}

/// Runs `npm ci` when the lockfile is another than the one installed from.
fn install_in(folder: &str, what: &str) -> Result<()> {
    let folder = place::root().join(folder);
    let lock = folder.join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    stamp::unless_done(&folder.join("node_modules/.installed-from"), &stamp::fingerprint(lock.as_bytes()), || {
        let version = output(&mut command("node", ["--version"])).context("Skydeck's UI is built with Node")?;
        let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
        if major.is_none_or(|major: u32| major < NODE) {
            bail!("Node {} is here; the UI needs {NODE} or newer", version.trim());
        }
        say(&format!("Installing {what} (npm ci)"));
        run(command("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(&folder))
    })
}
