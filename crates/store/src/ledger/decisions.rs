//! Table `decisions`: who decided what, when, and what stood before. Written in the transaction of what it tells, so that
//! no decision is without its record; only ever added to (a trigger sees to it).

use serde::Serialize;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{By, Decision, Ledger};
use crate::{
    Result,
    time::{instant, micros},
    word::{from_json, json},
};

impl Ledger {
    /// The user's decisions, newest first; `before` is [`Decision::seq`] of the last one of the page before.
    pub async fn decisions(&self, limit: u32, before: Option<i64>) -> Result<Vec<Decision>> {
        let found = sqlx::query(
            "SELECT seq, what, who, at, from_value, to_value, reason FROM decisions WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| rows.iter().map(decision).collect()))
    }
}

/// Adds a decision. One that changes nothing is none.
pub(super) async fn decide<T: Serialize>(
    conn: &mut SqliteConnection,
    what: String,
    from: Option<&T>,
    to: Option<&T>,
    reason: Option<&str>,
    by: &By,
) -> sqlx::Result<()> {
    let (from, to) = (json(&from)?, json(&to)?);
    if from == to {
        return Ok(());
    }
    sqlx::query("INSERT INTO decisions (what, who, at, from_value, to_value, reason) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(what)
        .bind(&by.who)
        .bind(micros(by.at))
        .bind(from)
        .bind(to)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}

fn decision(row: &SqliteRow) -> sqlx::Result<Decision> {
    Ok(Decision {
        seq: row.try_get("seq")?,
        what: row.try_get("what")?,
        who: row.try_get("who")?,
        at: instant(row.try_get("at")?),
        from: from_json(row.try_get("from_value")?)?,
        to: from_json(row.try_get("to_value")?)?,
        reason: row.try_get("reason")?,
    })
}
