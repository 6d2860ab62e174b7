//! Whether a step was already done for exactly this input: a small file that remembers a fingerprint.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Does `step` unless `stamp` remembers it done for `input`; remembers it after it succeeded.
pub(crate) fn unless_done(stamp: &Path, input: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
    if fs::read_to_string(stamp).is_ok_and(|done| done == input) {
        return Ok(());
    }
    // Half-done work must not look done.
    let _ = fs::remove_file(stamp);
    step()?;
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, input).with_context(|| format!("cannot write {}", stamp.display()))
}

/// FNV-1a: names a folder by the content of a lockfile. Not for anything an attacker could gain by.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// Every file under `folder`, in order, leaving out those folders whose path `skip` names.
pub(crate) fn files(folder: &Path, skip: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if !skip.iter().any(|skip| path.ends_with(skip)) {
                    folders.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The names and contents of the files, as one fingerprint.
pub(crate) fn of_files(files: &[PathBuf]) -> Result<String> {
    let mut all = String::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        all.push_str(&format!("{} {}\n", file.display(), fingerprint(&bytes)));
    }
    Ok(fingerprint(all.as_bytes()))
}
