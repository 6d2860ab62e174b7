//! The connections to one database file: one that writes, a few that only read.
//!
//! SQLite lets one connection write at a time, so that a second writer would only wait; readers never wait in WAL mode.
//! Deliberately elsewhere: what the file is checked for before (`cache/open.rs`, `ledger/open.rs`).

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Error, Result};

/// How long a statement waits for another process to let go of the file.
const BUSY: Duration = Duration::from_secs(10);

/// The connections to one database file.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    /// The file, for messages.
    pub(crate) path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    damaged: Arc<AtomicBool>,
}

impl Db {
    /// Opens the file with one writer and `readers` readers; the readers connect when first used.
    pub(crate) async fn open(path: &Path, synchronous: SqliteSynchronous, readers: u32) -> sqlx::Result<Db> {
        Db::open_with(path, synchronous, readers, |options| options).await
    }

    /// The same with options of its readers alone.
    pub(crate) async fn open_with(
        path: &Path,
        synchronous: SqliteSynchronous,
        readers: u32,
        reading: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions,
    ) -> sqlx::Result<Db> {
        let mut options = options(path).journal_mode(SqliteJournalMode::Wal);
        if matches!(synchronous, SqliteSynchronous::Full) {
            // Where fsync leaves data in the drive's cache (macOS) only this reaches the disk; elsewhere it means nothing.
            options = options.pragma("fullfsync", "on");
        }
        let options = options.synchronous(synchronous);
        let writer = pool(1).connect_with(options.clone().optimize_on_close(true, 400)).await?;
        let readers = pool(readers).connect_lazy_with(reading(options.pragma("query_only", "on")));
        Ok(Db { path: path.to_owned(), writer, readers, damaged: Arc::default() })
    }

    /// A database in memory: one connection for everything, since each new one would be a new database.
    pub(crate) async fn in_memory() -> sqlx::Result<Db> {
        let path = PathBuf::from(":memory:");
        let writer = pool(1).connect_with(options(&path).in_memory(true)).await?;
        Ok(Db { path, readers: writer.clone(), writer, damaged: Arc::default() })
    }

    /// The connections that read.
    pub(crate) fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// The connection that writes.
    pub(crate) fn write(&self) -> &SqlitePool {
        &self.writer
    }

    /// A transaction that holds the write lock from its first moment: one that starts by reading could find, when it comes
    /// to write, that another process wrote in between, and would fail at once instead of waiting.
    pub(crate) async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// SQLite's count of what others wrote to the file. Asked on the connection that writes: that one does not count its own
    /// commits, and there is no other in this process that commits.
    pub(crate) async fn written_elsewhere(&self) -> sqlx::Result<i64> {
        sqlx::query_scalar("PRAGMA data_version").fetch_one(self.write()).await
    }

    /// The result with SQLite's error as one of ours; remembers if the file turned out to be damaged.
    pub(crate) fn told<T>(&self, result: sqlx::Result<T>) -> Result<T> {
        result.map_err(|e| {
            let error = Error::sql(&self.path, e);
            if matches!(error, Error::Corrupt { .. } | Error::Data { .. }) {
                self.damaged.store(true, Ordering::Relaxed);
            }
            error
        })
    }

    /// Whether a statement found the file damaged, or a value in it that cannot be read.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Closes all connections; the last one out folds the WAL into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// What every connection to a file has in common.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        // A long first read swells the WAL; after it is folded in, the disk gets the room back.
        .pragma("journal_size_limit", "16777216")
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(60))
}
