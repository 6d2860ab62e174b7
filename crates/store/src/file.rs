//! A database file before SQLite opens it: its folder, its mode, and the lock that lets one process at a time make,
//! check, migrate or close it.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{Error, Result};

/// How long opening waits for another process that is just opening or closing the same file: a check of a large cache
/// takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// `path` with something at its end: `cache.db` → `cache.db-wal`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the folder of `path`, readable by its owner alone, if it is not there.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| Error::io(folder, e))
}

/// What a file holds before SQLite has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nothing: it is new.
    Nothing,
    /// Too little to be a database (its smallest page has 512 bytes). SQLite would take it for an empty one and write over it.
    TooLittle,
    /// What may be a database.
    Something,
}

/// Makes the file if it is not there, and readable by its owner alone. Tells what it held before.
/// SQLite gives its companions (`-wal`, `-shm`) the mode of the file.
pub(crate) fn make_private(path: &Path) -> Result<Held> {
    let file = open(path)?;
    let metadata = file.metadata().map_err(|e| Error::io(path, e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(|e| Error::io(path, e))?;
        }
    }
    Ok(match metadata.len() {
        0 => Held::Nothing,
        1..512 => Held::TooLittle,
        _ => Held::Something,
    })
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| Error::io(path, e))
}

/// The only one that opens or closes the file at `path` now, until dropped; holds across processes and dies with them.
#[derive(Debug)]
pub(crate) struct Turn {
    _lock: File,
}

impl Turn {
    /// Waits for the turn.
    pub(crate) async fn take(path: &Path) -> Result<Turn> {
        let lock = open(&beside(path, ".lock"))?;
        let step = Duration::from_millis(20);
        let mut waited = Duration::ZERO;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Turn { _lock: lock }),
                // A file system without locks (some network mounts): SQLite's own locks are all there is.
                Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => {
                    return Ok(Turn { _lock: lock });
                }
                Err(TryLockError::Error(e)) => return Err(Error::io(path, e)),
                Err(TryLockError::WouldBlock) if waited >= PATIENCE => {
                    return Err(Error::Locked { path: path.to_owned() });
                }
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(step).await;
                    waited += step;
                }
            }
        }
    }
}

/// One of those that use the file at `path`, until dropped. Enter and leave only while it is your [`Turn`].
#[derive(Debug)]
pub(crate) struct User {
    _lock: File,
}

impl User {
    /// Enters; also tells whether nobody else is in.
    pub(crate) fn enter(path: &Path) -> Result<(User, bool)> {
        let alone = User::nobody(path)?;
        let lock = open(&beside(path, ".users"))?;
        match lock.try_lock_shared() {
            Err(TryLockError::Error(e)) if e.kind() != std::io::ErrorKind::Unsupported => Err(Error::io(path, e)),
            _ => Ok((User { _lock: lock }, alone)),
        }
    }

    /// Whether nobody is in.
    pub(crate) fn nobody(path: &Path) -> Result<bool> {
        let probe = open(&beside(path, ".users"))?;
        match probe.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => Ok(true),
            Err(TryLockError::Error(e)) => Err(Error::io(path, e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_is_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let first = Turn::take(&path).await.unwrap();
        let waiting = tokio::spawn({
            let path = path.clone();
            async move { Turn::take(&path).await.map(|_| ()) }
        });
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(!waiting.is_finished());
        drop(first);
        waiting.await.unwrap().unwrap();
    }

    #[test]
    fn the_second_user_is_not_alone_and_the_last_one_out_leaves_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (first, alone) = User::enter(&path).unwrap();
        assert!(alone);
        let (second, alone) = User::enter(&path).unwrap();
        assert!(!alone);
        drop(first);
        assert!(!User::nobody(&path).unwrap());
        drop(second);
        assert!(User::nobody(&path).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone_even_if_it_was_not() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/a.db");
        make_folder(&path).unwrap();
        assert_eq!(make_private(&path).unwrap(), Held::Nothing);
        std::fs::write(&path, "x").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(make_private(&path).unwrap(), Held::TooLittle);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
