//! The Python environment of the independent checks (AWS CLI, boto3, botocore's models, moto).
//!
//! It lies among the tools, one per content of `tests/requirements.txt`, so that a fresh clone need not install it
//! again; `.venv` in the clone points at it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{command, run, say};
use crate::{place, stamp};

/// Makes the environment unless it is there, and points `.venv` at it.
pub(crate) fn install() -> Result<()> {
    let requirements = place::root().join("tests/requirements.txt");
    let wanted =
        fs::read_to_string(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let fingerprint = stamp::fingerprint(wanted.as_bytes());
    let venv = place::tools().join(format!("python-{fingerprint}"));
    stamp::unless_done(&venv.join(".installed-from"), &fingerprint, || {
        say("Installing the Python packages of the independent checks (AWS CLI, boto3, moto)");
        run(command("python3", ["-m", "venv", "--clear"]).arg(&venv))?;
        run(command(venv.join("bin/pip"), ["install", "--quiet", "--requirement"]).arg(&requirements))
    })?;
    point_at(&venv)
}

fn point_at(venv: &PathBuf) -> Result<()> {
    let link = place::root().join(".venv");
    match fs::symlink_metadata(&link) {
        Ok(_) if fs::read_link(&link).is_ok_and(|target| target == *venv) => return Ok(()),
        Ok(found) if found.is_symlink() => fs::remove_file(&link)?,
        Ok(_) => bail!("{} is not ours (we would make it a link); move it away", link.display()),
        Err(_) => {}
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(venv, &link)?;
    Ok(())
}
