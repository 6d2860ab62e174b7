//! What can go wrong with a database file: what happened, to which file, and what to do about it.
//!
//! Deliberately elsewhere: how an error is shown or translated (`api`). Nobody matches on the text: [`Error::code`] is
//! the word to match on.

use std::path::{Path, PathBuf};

use skydeck_domain::{ActionRecord, ErrorInfo};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a database file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or its folder may not be read or written.
    #[error("No permission for {}. Give your user read and write access to it and its folder.", path.display())]
    Permission {
        /// The database file.
        path: PathBuf,
    },
    /// No room for the file to grow.
    #[error("The disk of {} is full: nothing was changed. Free some space and try again.", path.display())]
    DiskFull {
        /// The database file.
        path: PathBuf,
    },
    /// Another process held the file for longer than was waited.
    #[error("{} is held by another process. Close the other Skydeck or skydeckctl, or wait and try again.", path.display())]
    Locked {
        /// The database file.
        path: PathBuf,
    },
    /// The file is not a database, or parts of it are not as SQLite wrote them.
    #[error("{} is damaged ({what}). {cure}", path.display())]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What was found.
        what: String,
        /// What to do.
        cure: String,
    },
    /// The ledger was written by a newer version. It was not touched.
    #[error(
        "{} was written by a newer Skydeck (schema {found}; this one knows {known}). It was left untouched. Update Skydeck, or point SKYDECK_HOME at another folder.",
        path.display()
    )]
    NewerLedger {
        /// Schema version of the file.
        found: i64,
        /// Newest schema version of this program.
        known: i64,
        /// The ledger file.
        path: PathBuf,
    },
    /// An action on this very thing is under way, here or in another process.
    #[error(
        "{} on {} is already under way since {} (action {}). Wait for its end, or look at it in the ledger.",
        .0.verb, .0.id, .0.started_at.format("%Y-%m-%d %H:%M:%S UTC"), .0.action
    )]
    Busy(Box<ActionRecord>),
    /// An action that was never recorded cannot be updated.
    #[error("The ledger has no action {action}.")]
    NoSuchAction {
        /// The action's id.
        action: String,
    },
    /// A page cursor that this list did not give out.
    #[error("The place to go on from does not belong to this list and order. Start from the first page.")]
    BadCursor,
    /// A JSON value to import that is not an export of this program.
    #[error("The settings to import cannot be read: {what}. Nothing was changed.")]
    BadImport {
        /// What is wrong with it.
        what: String,
    },
    /// A row that cannot be understood, or a value that cannot be written.
    #[error("{} holds a value that cannot be read: {what}.", path.display())]
    Data {
        /// The database file.
        path: PathBuf,
        /// Which value.
        what: String,
    },
    /// The file system refused something else.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refused something else.
    #[error("{}: {source}", path.display())]
    Sql {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
}

impl Error {
    /// The word to match on; fields are added to the list, never renamed.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Permission { .. } => "StorePermission",
            Error::DiskFull { .. } => "StoreDiskFull",
            Error::Locked { .. } => "StoreLocked",
            Error::Corrupt { .. } => "StoreCorrupt",
            Error::NewerLedger { .. } => "NewerLedger",
            Error::Busy(_) => "Busy",
            Error::NoSuchAction { .. } => "NoSuchAction",
            Error::BadCursor => "BadCursor",
            Error::BadImport { .. } => "BadImport",
            Error::Data { .. } => "StoreData",
            Error::Io { .. } => "StoreIo",
            Error::Sql { .. } => "StoreSql",
        }
    }

    /// The same for people and scripts.
    pub fn info(&self) -> ErrorInfo {
        ErrorInfo { code: self.code().to_owned(), message: self.to_string(), operation: None }
    }

    /// What SQLite said of the database at `path`, as one of ours.
    pub(crate) fn sql(path: &Path, source: sqlx::Error) -> Error {
        let path = path.to_owned();
        match primary_code(&source) {
            _ if result_code(&source) == Some(NO_ROOM_FOR_SHM) => Error::DiskFull { path },
            Some(3 | 8 | 14 | 23) => Error::Permission { path },
            Some(5 | 6) => Error::Locked { path },
            Some(13) => Error::DiskFull { path },
            Some(11 | 26) => Error::Corrupt {
                cure: String::from("Start again: it is checked at the next start."),
                what: source.to_string(),
                path,
            },
            _ => match source {
                sqlx::Error::PoolTimedOut => Error::Locked { path },
                sqlx::Error::Io(source) => Error::io(&path, source),
                sqlx::Error::Decode(what) | sqlx::Error::Encode(what) => Error::Data { path, what: what.to_string() },
                sqlx::Error::ColumnDecode { index, source } => Error::Data { path, what: format!("{index}: {source}") },
                source => Error::Sql { path, source },
            },
        }
    }

    /// What the file system said of `path`, as one of ours.
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
        use std::io::ErrorKind as K;
        let path = path.to_owned();
        match source.kind() {
            K::PermissionDenied | K::ReadOnlyFilesystem => Error::Permission { path },
            K::StorageFull | K::QuotaExceeded => Error::DiskFull { path },
            _ => Error::Io { path, source },
        }
    }
}

/// `SQLITE_IOERR_SHMSIZE`: the `-shm` file, the first that a reader writes, could not be made larger.
const NO_ROOM_FOR_SHM: i64 = 4874;

/// SQLite's primary result code (the low byte of the extended one), if the error is SQLite's own. <https://sqlite.org/rescode.html>
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<i64> {
    result_code(error).map(|code| code & 0xff)
}

/// SQLite's extended result code, if the error is SQLite's own.
fn result_code(error: &sqlx::Error) -> Option<i64> {
    error.as_database_error()?.code()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

    use super::*;

    async fn refused(path: &Path, sql: &'static str) -> Error {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(std::time::Duration::ZERO);
        let mut conn = options.connect().await.unwrap();
        let e = sqlx::raw_sql(sql).execute(&mut conn).await.unwrap_err();
        conn.close().await.unwrap();
        Error::sql(path, e)
    }

    #[tokio::test]
    async fn sqlites_words_become_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut holder = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (x); BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();

        assert_eq!(refused(&path, "INSERT INTO t VALUES (1)").await.code(), "StoreLocked");
        assert_eq!(refused(&path, "PRAGMA query_only = on; INSERT INTO t VALUES (1)").await.code(), "StorePermission");
        let full = "ROLLBACK; PRAGMA max_page_count = 2; INSERT INTO t VALUES (zeroblob(100000))";
        let e = sqlx::raw_sql(full).execute(&mut holder).await.unwrap_err();
        assert_eq!(Error::sql(&path, e).code(), "StoreDiskFull");
        assert_eq!(refused(&path, "no SQL").await.code(), "StoreSql");
    }

    #[test]
    fn a_message_names_the_file_and_what_to_do() {
        let path = PathBuf::from("/data/skydeck/ledger.db");
        let newer = Error::NewerLedger { found: 12, known: 8, path };
        let info = newer.info();
        assert_eq!(info.code, "NewerLedger");
        assert!(info.message.contains("/data/skydeck/ledger.db"), "{}", info.message);
        assert!(info.message.contains("Update Skydeck"), "{}", info.message);
    }
}
