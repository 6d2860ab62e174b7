//! cargo-deny, which holds licences, bans and sources to `deny.toml`. Building it takes minutes, so it lies among the
//! tools, outside the clone.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{cargo, run, say};
use crate::{place, stamp};

/// Pinned, so that a new release cannot turn CI red by itself.
const VERSION: &str = "0.20.2";

fn folder() -> PathBuf {
    place::tools().join("cargo-deny")
}

/// Where the program is once installed.
pub(crate) fn program() -> PathBuf {
    folder().join("bin/cargo-deny").with_extension(std::env::consts::EXE_EXTENSION)
}

/// Builds it from source unless this version is there.
pub(crate) fn install() -> Result<()> {
    stamp::unless_done(&folder().join("installed"), VERSION, || {
        say("Installing cargo-deny (from source, a few minutes, once)");
        let mut install = cargo(["install", "cargo-deny", "--locked", "--force", "--version", VERSION, "--root"]);
        // In a target folder of its own, which cargo removes: the workspace's is not for other workspaces' crates.
        run(install.arg(folder()).env_remove("CARGO_TARGET_DIR").current_dir(place::tools_made()?))
    })
}
