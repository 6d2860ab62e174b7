//! Makes the built UI part of the program, for `skydeckctl serve`; refuses to build without it.
//!
//! A table of file names and bytes, written at build time: the server answers what stands in it and never asks the disk.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    if !dist.join("index.html").is_file() {
        // No empty stand-in, as in src-tauri/build.rs: a blank page would look like a success.
        println!(
            "cargo::error=the UI is not built yet (ui/dist is missing): run `cargo xtask run`, which builds it first"
        );
        return Ok(());
    }
    let dist = dist.canonicalize()?;
    let mut table = String::from("&[\n");
    for file in files(&dist)? {
        let name = file.strip_prefix(&dist)?.to_string_lossy().replace('\\', "/");
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", file.display().to_string())?;
    }
    table.push(']');
    let out = std::env::var_os("OUT_DIR").ok_or("cargo names no folder for what is built")?;
    fs::write(Path::new(&out).join("ui.rs"), table)?;
    Ok(())
}

/// Every file below, in order, so that the same UI gives the same program.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
