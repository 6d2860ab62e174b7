//! Opening the cache file: made if it is not there, checked if it was not closed, moved aside and made anew if it cannot be
//! used. It can all be read again from AWS, so that nothing about it is worth stopping for.
//!
//! A file that was closed properly has a note beside it (`cache.db.note`) with its length and time. Opening takes the note
//! away; a file without a fitting note was left by a crash or changed by someone else, and is checked page by page. If a
//! statement found the file damaged, the note says so: the check of the pages does not see a broken value.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::UNIX_EPOCH,
};

use skydeck_domain::Timestamp;
use sqlx::{
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::{Cache, CacheOpened};
use crate::{
    Error, Result,
    db::Db,
    error::primary_code,
    file::{self, Held, Turn, User, beside},
};

static MIGRATOR: Migrator = sqlx::migrate!("migrations/cache");

/// Connections that read: a page and its count, a search, and one more.
const READERS: u32 = 4;

/// Bytes of the file that readers see in memory instead of copying page by page: reading goes on the user's clock when the
/// window opens. Of the cache alone, which can be read again: where the disk fails under it, the process ends.
const MAPPED: u64 = 256 << 20;

impl Cache {
    /// Opens the cache at `path`, making it and its folder if need be.
    ///
    /// Errors: no permission, disk full, or damaged while another process uses it.
    pub async fn open(path: &Path, now: Timestamp) -> Result<(Cache, CacheOpened)> {
        file::make_folder(path)?;
        let _turn = Turn::take(path).await?;
        let (user, alone) = User::enter(path)?;
        let held = file::make_private(path)?;
        let existed = held != Held::Nothing;
        let attempted = match (held, take_note(path)) {
            (Held::TooLittle, _) => Err(Trouble::Unusable(String::from("it is too short to be a database"))),
            (Held::Something, Note::Damaged) => {
                Err(Trouble::Unusable(String::from("it was found damaged while in use")))
            }
            (_, note) => attempt(path, existed && alone && note != Note::Clean).await,
        };
        let found = match attempted {
            Ok(db) => Ok((db, if existed { CacheOpened::Existing } else { CacheOpened::Created })),
            Err(Trouble::Unusable(why)) if alone => {
                tracing::warn!(path = %path.display(), why, "the cache cannot be used and is made anew");
                let aside = move_aside(path, now)?;
                file::make_private(path)?;
                attempt(path, false).await.map(|db| (db, CacheOpened::Rebuilt { aside, why }))
            }
            Err(e) => Err(e),
        };
        match found {
            Ok((db, opened)) => Ok((Cache { db, user: Arc::new(Mutex::new(Some(user))) }, opened)),
            Err(Trouble::Other(e)) => Err(e),
            Err(Trouble::Unusable(what)) => Err(Error::Corrupt {
                path: path.to_owned(),
                what,
                cure: String::from(
                    "Close the other Skydeck that uses it and start again: it is then made anew from AWS.",
                ),
            }),
        }
    }
}

/// Why the file could not be opened.
enum Trouble {
    /// It can be given up: what it holds cannot be read by this program.
    Unusable(String),
    /// A new file would fare no better.
    Other(Error),
}

async fn attempt(path: &Path, check: bool) -> Result<Db, Trouble> {
    let mapped = |options: SqliteConnectOptions| options.pragma("mmap_size", MAPPED.to_string());
    let db = Db::open_with(path, SqliteSynchronous::Normal, READERS, mapped).await.map_err(|e| trouble(path, e))?;
    let made = async {
        if check {
            let answer: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(db.write()).await?;
            if answer != "ok" {
                return Err(sqlx::Error::Protocol(answer));
            }
        }
        migrate(&db).await
    };
    match made.await {
        Ok(()) => Ok(db),
        Err(e) => {
            db.close().await;
            Err(trouble(path, e))
        }
    }
}

/// Brings the schema up to this program's.
pub(super) async fn migrate(db: &Db) -> sqlx::Result<()> {
    MIGRATOR.run(db.write()).await.map_err(|e| match e {
        // The system's troubles (full disk, lock) stay what they are; a schema that is not ours is the file's.
        MigrateError::Execute(e) => e,
        MigrateError::ExecuteMigration(e, _) if primary_code(&e).is_some_and(|code| code != 1) => e,
        MigrateError::VersionMissing(version) => {
            sqlx::Error::Protocol(format!("it was written by a newer version: schema {version}"))
        }
        e => sqlx::Error::Protocol(e.to_string()),
    })
}

fn trouble(path: &Path, error: sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Protocol(why) => Trouble::Unusable(why),
        error => match Error::sql(path, error) {
            Error::Corrupt { what, .. } => Trouble::Unusable(what),
            error => Trouble::Other(error),
        },
    }
}

/// Moves the file and its companions aside and deletes what an earlier rebuild left there.
fn move_aside(path: &Path, now: Timestamp) -> Result<PathBuf> {
    let io = |e| Error::io(path, e);
    let prefix = beside(path, ".damaged-");
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in std::fs::read_dir(folder).map_err(io)?.flatten() {
        let is_old =
            prefix.file_name().is_some_and(|p| entry.file_name().as_encoded_bytes().starts_with(p.as_encoded_bytes()));
        if is_old {
            std::fs::remove_file(entry.path()).map_err(io)?;
        }
    }
    let aside = beside(path, &format!(".damaged-{}", now.format("%Y%m%dT%H%M%SZ")));
    std::fs::rename(path, &aside).map_err(io)?;
    for companion in ["-wal", "-shm"] {
        match std::fs::rename(beside(path, companion), beside(&aside, companion)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
            _ => {}
        }
    }
    Ok(aside)
}

/// What the last one out left word of.
#[derive(PartialEq, Eq)]
enum Note {
    /// Closed properly, and nobody touched the file since.
    Clean,
    /// Found damaged while in use.
    Damaged,
    /// Nothing that fits: a crash, or a file that was changed.
    None,
}

const DAMAGED: &str = "damaged";

/// Leaves the note that the file was closed properly. Only for the last one out.
pub(super) fn sign_off(path: &Path) -> Result<()> {
    looks(path).map_or(Ok(()), |looks| leave_note(path, &looks))
}

/// Leaves the note that the file is to be made anew.
pub(super) fn give_up(path: &Path) -> Result<()> {
    leave_note(path, DAMAGED)
}

fn leave_note(path: &Path, text: &str) -> Result<()> {
    let note = beside(path, ".note");
    std::fs::write(&note, text).map_err(|e| Error::io(&note, e))
}

/// Reads the note and takes it away.
fn take_note(path: &Path) -> Note {
    let note = beside(path, ".note");
    let Ok(left) = std::fs::read_to_string(&note) else { return Note::None };
    // A note that cannot be taken away would be believed after a crash: rather check now and every time.
    if std::fs::remove_file(&note).is_err() {
        return Note::None;
    }
    match left {
        left if left == DAMAGED => Note::Damaged,
        left if looks(path).is_some_and(|now| now == left) => Note::Clean,
        _ => Note::None,
    }
}

/// Length and time of the file; none if a WAL is left beside it.
fn looks(path: &Path) -> Option<String> {
    if std::fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0) {
        return None;
    }
    let metadata = std::fs::metadata(path).ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", metadata.len(), changed.as_nanos()))
}
