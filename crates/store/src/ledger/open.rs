//! Opening the ledger file. It cannot be made again, so that doubt means: leave it alone and say so. A ledger of a newer
//! version is only looked at through a connection that cannot write; before its schema grows it is copied beside itself.

use std::path::Path;

use skydeck_domain::Timestamp;
use sqlx::{
    ConnectOptions, Connection,
    migrate::{MigrateError, Migrator},
    sqlite::SqliteSynchronous,
};

use super::Ledger;
use crate::{
    Error, Result,
    db::{self, Db},
    error::primary_code,
    file::{self, Held, Turn, beside},
};

pub(super) static MIGRATOR: Migrator = sqlx::migrate!("migrations/ledger");

/// Connections that read.
const READERS: u32 = 2;

impl Ledger {
    /// Opens the ledger at `path`, making it and its folder if need be.
    ///
    /// Errors: [`Error::NewerLedger`] and [`Error::Corrupt`], both with the file left as it is; no permission, disk full.
    pub async fn open(path: &Path, now: Timestamp) -> Result<Ledger> {
        open_with(path, now, &MIGRATOR).await
    }
}

async fn open_with(path: &Path, now: Timestamp, migrator: &Migrator) -> Result<Ledger> {
    file::make_folder(path)?;
    let _turn = Turn::take(path).await?;
    let known = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    let held = file::make_private(path)?;
    if held == Held::TooLittle {
        return Err(explained(path, sqlx::Error::Protocol(String::from("it is too short to be a database"))));
    }
    if held == Held::Something {
        let found = schema(path).await?;
        if found > known {
            return Err(Error::NewerLedger { found, known, path: path.to_owned() });
        }
        if found < known {
            back_up(path, found, now).await?;
        }
    }
    let db = Db::open(path, SqliteSynchronous::Full, READERS).await.map_err(|e| explained(path, e))?;
    match migrate(&db, migrator).await {
        Ok(()) => Ok(Ledger { db }),
        Err(e) => {
            db.close().await;
            Err(explained(path, e))
        }
    }
}

/// Schema version of the file, read without writing a byte of it.
async fn schema(path: &Path) -> Result<i64> {
    let looked = async {
        let mut conn = db::options(path).read_only(true).create_if_missing(false).connect().await?;
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                .fetch_all(&mut conn)
                .await?;
        let version = if tables.iter().any(|name| name == "_sqlx_migrations") {
            sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(&mut conn).await?
        } else if tables.is_empty() {
            0
        } else {
            return Err(sqlx::Error::Protocol(String::from("it is a database, but not a ledger")));
        };
        conn.close().await?;
        Ok(version)
    };
    looked.await.map_err(|e| explained(path, e))
}

/// Copies the ledger beside itself, whole and folded, as of the schema it has: `ledger.db.backup-8-20261122T081438Z`.
async fn back_up(path: &Path, schema: i64, now: Timestamp) -> Result<()> {
    let copy = beside(path, &format!(".backup-{schema}-{}", now.format("%Y%m%dT%H%M%SZ")));
    // SQLite writes into an empty file that is there; made first so that its mode is ours from the beginning.
    if file::make_private(&copy)? != Held::Nothing {
        return Ok(());
    }
    let copied = async {
        let mut conn = db::options(path).create_if_missing(false).connect().await?;
        sqlx::query("VACUUM INTO ?").bind(copy.to_string_lossy()).execute(&mut conn).await?;
        conn.close().await
    };
    if let Err(e) = copied.await {
        let error = explained(path, e);
        // Half a copy is worse than none: it would be taken for one.
        std::fs::remove_file(&copy).map_err(|e| Error::io(&copy, e))?;
        return Err(error);
    }
    let synced = std::fs::File::open(&copy).and_then(|file| file.sync_all());
    synced.map_err(|e| Error::io(&copy, e))?;
    tracing::info!(copy = %copy.display(), "copied the ledger before its schema grows");
    Ok(())
}

/// Brings the schema up to that of `migrator`.
pub(super) async fn migrate(db: &Db, migrator: &Migrator) -> sqlx::Result<()> {
    migrator.run(db.write()).await.map_err(|e| match e {
        MigrateError::Execute(e) => e,
        MigrateError::ExecuteMigration(e, _) if primary_code(&e).is_some_and(|code| code != 1) => e,
        e => sqlx::Error::Protocol(e.to_string()),
    })
}

/// An error at opening, with what to do about a ledger that cannot be read: nothing here may delete it.
fn explained(path: &Path, error: sqlx::Error) -> Error {
    let damaged = |what| Error::Corrupt {
        path: path.to_owned(),
        what,
        cure: String::from(
            "It was left untouched. Put back a copy (ledger.db.backup-… beside it, or your own), or move it away to start a new one.",
        ),
    };
    match error {
        sqlx::Error::Protocol(what) => damaged(what),
        error => match Error::sql(path, error) {
            Error::Corrupt { what, .. } => damaged(what),
            error => error,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;
    use sqlx::{SqlSafeStr, migrate::Migration, migrate::MigrationType};

    use super::*;
    use crate::By;

    fn now() -> Timestamp {
        "2026-11-22T08:14:38Z".parse().unwrap()
    }

    fn next_version() -> Migrator {
        let mut migrations: Vec<Migration> = MIGRATOR.iter().cloned().collect();
        let sql = "CREATE TABLE later (x INTEGER) STRICT".into_sql_str();
        migrations.push(Migration::new(9999, Cow::from("later"), MigrationType::Simple, sql, false));
        Migrator::with_migrations(migrations)
    }

    fn backups(folder: &Path) -> Vec<std::path::PathBuf> {
        let is_backup = |p: &std::path::PathBuf| p.to_string_lossy().contains(".backup-");
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(is_backup).collect()
    }

    #[tokio::test]
    async fn a_ledger_is_copied_before_its_schema_grows_and_then_refused_by_the_old_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let by = By { who: String::from("jo"), at: now() };
        let ledger = Ledger::open(&path, now()).await.unwrap();
        ledger.set_setting("theme", Some(&json!("dark")), &by).await.unwrap();
        ledger.close().await.unwrap();
        assert_eq!(backups(folder.path()), Vec::<std::path::PathBuf>::new());

        let newer = open_with(&path, now(), &next_version()).await.unwrap();
        assert_eq!(newer.setting("theme").await.unwrap(), Some(json!("dark")));
        newer.close().await.unwrap();
        let [copy] = backups(folder.path()).try_into().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }

        let bytes = std::fs::read(&path).unwrap();
        match Ledger::open(&path, now()).await {
            Err(Error::NewerLedger { found: 9999, known, path: named }) => {
                assert_eq!(known, MIGRATOR.iter().map(|m| m.version).max().unwrap());
                assert_eq!(named, path);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes);

        let old = Ledger::open(&copy, now()).await.unwrap();
        assert_eq!(old.setting("theme").await.unwrap(), Some(json!("dark")));
    }

    #[tokio::test]
    async fn a_newer_ledger_that_was_not_closed_is_left_with_its_wal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let newer = open_with(&path, now(), &next_version()).await.unwrap();
        let crashed = folder.path().join("crashed.db");
        std::fs::copy(&path, &crashed).unwrap();
        std::fs::copy(beside(&path, "-wal"), beside(&crashed, "-wal")).unwrap();
        let bytes = (std::fs::read(&crashed).unwrap(), std::fs::read(beside(&crashed, "-wal")).unwrap());
        newer.close().await.unwrap();

        let refused = Ledger::open(&crashed, now()).await;
        assert!(matches!(refused, Err(Error::NewerLedger { found: 9999, .. })), "{refused:?}");
        assert_eq!((std::fs::read(&crashed).unwrap(), std::fs::read(beside(&crashed, "-wal")).unwrap()), bytes);
    }
}
