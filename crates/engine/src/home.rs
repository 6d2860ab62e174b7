//! The folder of the files: where each is, and which process reads AWS for it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use crate::error::EngineError;

/// The paths under `SKYDECK_HOME`.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// Makes the folder (for the user alone) if it is not there.
    pub(crate) fn make(path: &Path) -> Result<Home, EngineError> {
        let failed = |source| EngineError::Home { path: path.display().to_string(), source };
        std::fs::create_dir_all(path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        }
        let home = Home(path.to_owned());
        for folder in [home.acting(), home.wishes()] {
            std::fs::create_dir_all(&folder)
                .map_err(|source| EngineError::Home { path: folder.display().to_string(), source })?;
        }
        Ok(home)
    }

    /// The rebuildable cache.
    pub(crate) fn cache(&self) -> PathBuf {
        self.0.join("cache.db")
    }

    /// The ledger.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.0.join("ledger.db")
    }

    /// Lock files of actions that a living process is carrying out.
    pub(crate) fn acting(&self) -> PathBuf {
        self.0.join("acting")
    }

    /// What other processes ask the reading one to read.
    pub(crate) fn wishes(&self) -> PathBuf {
        self.0.join("wishes")
    }

    /// Takes the right to read AWS for this home, if no other living process has it. Held until the lock is dropped; the
    /// system takes it back when the process dies, however it dies.
    pub(crate) fn try_read_right(&self) -> Result<Option<HeldLock>, EngineError> {
        HeldLock::try_take(&self.0.join("reader.lock"))
            .map_err(|source| EngineError::Home { path: self.0.join("reader.lock").display().to_string(), source })
    }

    /// Takes the action's lock file, if no other living process holds it.
    pub(crate) fn try_action(&self, action: &str) -> std::io::Result<Option<HeldLock>> {
        HeldLock::try_take(&self.acting().join(format!("{action}.lock")))
    }

    /// Whether a living process carries the action out. Where that cannot be told, it is taken as so.
    pub(crate) fn is_carried_out(&self, action: &str) -> bool {
        match File::open(self.acting().join(format!("{action}.lock"))) {
            Ok(file) => file.try_lock_shared().is_err(),
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        }
    }

    /// Removes the lock file of an action that has ended.
    pub(crate) fn action_ended(&self, action: &str) {
        // Left behind it does no harm: nobody holds it.
        let _ = std::fs::remove_file(self.acting().join(format!("{action}.lock")));
    }
}

/// An advisory lock on a file, held while this lives.
#[derive(Debug)]
pub(crate) struct HeldLock(#[allow(dead_code)] File);

impl HeldLock {
    fn try_take(path: &Path) -> std::io::Result<Option<HeldLock>> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(HeldLock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_carried_out_while_its_lock_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::make(folder.path()).unwrap();
        assert!(!home.is_carried_out("01A"));
        let held = home.try_action("01A").unwrap().unwrap();
        assert!(home.is_carried_out("01A"));
        drop(held);
        assert!(!home.is_carried_out("01A"));
    }

    #[test]
    fn one_reader_a_home() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::make(folder.path()).unwrap();
        let first = home.try_read_right().unwrap();
        assert!(first.is_some());
        assert!(home.try_read_right().unwrap().is_none());
        drop(first);
        assert!(home.try_read_right().unwrap().is_some());
    }
}
