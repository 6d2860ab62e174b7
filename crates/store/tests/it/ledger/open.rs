//! Tests of `src/ledger/open.rs`.

use std::fs;

use serde_json::json;
use skydeck_store::{Error, Ledger};

use crate::given::{BASIS, action, at, by};

#[tokio::test]
async fn what_was_recorded_is_there_at_the_next_start_closed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("home/ledger.db");
    let first = Ledger::open(&path, at(0)).await.unwrap();
    first.intend(&action("01A"), BASIS).await.unwrap();
    first.close().await.unwrap();
    let second = Ledger::open(&path, at(1)).await.unwrap();
    second.set_setting("theme", Some(&json!("dark")), &by(0)).await.unwrap();
    let third = Ledger::open(&path, at(2)).await.unwrap();
    assert_eq!(third.open_actions().await.unwrap(), [action("01A")]);
    assert_eq!(third.setting("theme").await.unwrap(), Some(json!("dark")));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_and_its_companions_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path, at(0)).await.unwrap();
    ledger.set_setting("theme", Some(&json!("dark")), &by(0)).await.unwrap();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.lock"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_ledger_of_a_newer_version_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path, at(0)).await.unwrap();
    ledger.close().await.unwrap();
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let sql = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2026-11-22', true, x'00', 1)";
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    pool.close().await;

    let (bytes, modified) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
    let refused = Ledger::open(&path, at(1)).await.unwrap_err();
    assert!(matches!(refused, Error::NewerLedger { found: 9999, .. }), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified);
}

#[tokio::test]
async fn what_is_no_ledger_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.db");
    fs::write(&garbage, "no database ".repeat(1000)).unwrap();
    let other = folder.path().join("other.db");
    let url = format!("sqlite://{}?mode=rwc", other.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE invoices (id)").execute(&pool).await.unwrap();
    pool.close().await;
    let short = folder.path().join("short.db");
    fs::write(&short, "no").unwrap();
    for path in [garbage, other, short] {
        let bytes = fs::read(&path).unwrap();
        let refused = Ledger::open(&path, at(0)).await.unwrap_err();
        assert!(matches!(refused, Error::Corrupt { .. }), "{refused}");
        assert!(refused.to_string().contains("left untouched"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[tokio::test]
async fn two_open_a_new_one_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (one, two) = tokio::join!(Ledger::open(&path, at(0)), Ledger::open(&path, at(0)));
    one.unwrap().intend(&action("01A"), BASIS).await.unwrap();
    assert!(matches!(two.unwrap().intend(&action("01B"), BASIS).await, Err(Error::Busy(_))));
}
