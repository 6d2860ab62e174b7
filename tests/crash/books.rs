//! The files as they lie there after a process died, read past the product: SQLite alone, through a connection that cannot
//! write.

use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::place::{Place, runtime};

/// An entry of the ledger, as far as these tests look at it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) action: String,
    pub(crate) verb: String,
    pub(crate) id: String,
    pub(crate) outcome: String,
    pub(crate) message: String,
    pub(crate) follow_id: Option<String>,
    /// Whether a call is noted.
    pub(crate) called: bool,
}

impl Entry {
    /// Whether nothing more will come.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self.outcome.as_str(), "intended" | "accepted")
    }

    /// Whether it says that nothing was executed.
    pub(crate) fn says_not_run(&self) -> bool {
        self.outcome == "refused" || (self.outcome == "failed" && self.message.starts_with("It did not run"))
    }
}

async fn connect(place: &Place, file: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(place.home().join(file)).read_only(true);
    options.connect().await.unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// Every entry, oldest first.
pub(crate) fn entries(place: &Place) -> Vec<Entry> {
    runtime().block_on(async {
        let mut ledger = connect(place, "ledger.db").await;
        let sql = "SELECT action, verb, id, outcome, message, follow_id, calls <> '[]' FROM actions ORDER BY action";
        let rows = sqlx::query(sql).fetch_all(&mut ledger).await.expect("actions");
        ledger.close().await.expect("it is closed");
        let entry = |row: &sqlx::sqlite::SqliteRow| Entry {
            action: row.get(0),
            verb: row.get(1),
            id: row.get(2),
            outcome: row.get(3),
            message: row.get(4),
            follow_id: row.get(5),
            called: row.get(6),
        };
        rows.iter().map(entry).collect()
    })
}

/// Both files are sound to SQLite itself.
pub(crate) fn are_sound(place: &Place) {
    runtime().block_on(async {
        for file in ["ledger.db", "cache.db"] {
            let mut db = connect(place, file).await;
            let told: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut db).await.expect("a check");
            db.close().await.expect("it is closed");
            assert_eq!(told, "ok", "{file}");
        }
    });
}
