//! Where things lie: the clone, the target folder, and the tools that are kept outside the clone.

use std::path::{Path, PathBuf};

/// The top of the clone.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's target folder: as given, or `target` in the clone.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// What is slow to install and the same for every clone (cargo-deny, the Python environments): beside a target folder
/// that was given, so that whoever keeps that one keeps this; else in the user's cache folder.
pub(crate) fn tools() -> PathBuf {
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR") {
        let mut beside = root().join(target).into_os_string();
        beside.push("-tools");
        return beside.into();
    }
    let cache =
        std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cache")));
    cache.unwrap_or_else(|| root().join("target")).join("skydeck/target-tools")
}

/// The same, made if it was not there.
pub(crate) fn tools_made() -> std::io::Result<PathBuf> {
    let tools = tools();
    std::fs::create_dir_all(&tools)?;
    Ok(tools)
}

/// A built example of the workspace.
pub(crate) fn example(name: &str) -> PathBuf {
    target().join("debug/examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// A built program of the workspace.
pub(crate) fn program(name: &str, release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    target().join(profile).join(name).with_extension(std::env::consts::EXE_EXTENSION)
}
