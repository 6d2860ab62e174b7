//! How rows vanish. There is no other way: invariant 3, a read that failed deletes nothing.

use skydeck_domain::{SourceId, Timestamp};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Cache, row,
    sources::{known_source, source_key},
};
use crate::{Change, Result, time::micros, word::json};

impl Cache {
    /// Ends a complete, error-free read of all things of one kind of one source: those not among `seen` (row ids) are
    /// deleted, those that are count as confirmed at `at`. One transaction; tells what vanished.
    pub async fn complete(&self, source: &SourceId, kind: &str, seen: &[String], at: Timestamp) -> Result<Vec<Change>> {
        let done = async {
            let mut tx = self.db.begin().await?;
            let source = source_key(&mut tx, source).await?;
            let gone = sqlx::query(
                "SELECT row, id, kind, status, health, aspect, reason FROM resources
                 WHERE source = ? AND kind = ? AND id NOT IN (SELECT value FROM json_each(?))",
            )
            .bind(source)
            .bind(kind)
            .bind(json(seen)?)
            .fetch_all(&mut *tx)
            .await?;
            let changes = delete(&mut tx, &gone).await?;
            sqlx::query(
                "UPDATE seen SET read_at = ?1
                 WHERE read_at < ?1 AND row IN (SELECT row FROM resources WHERE source = ?2 AND kind = ?3)",
            )
            .bind(micros(at))
            .bind(source)
            .bind(kind)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(changes)
        };
        self.db.told(done.await)
    }

    /// Deletes rows of `source` of which a direct read said that there is no such thing. Ids of other sources stay.
    pub async fn remove(&self, source: &SourceId, ids: &[String]) -> Result<Vec<Change>> {
        let done = async {
            let mut tx = self.db.begin().await?;
            let Some(source) = known_source(&mut tx, source).await? else { return Ok(Vec::new()) };
            let gone = sqlx::query(
                "SELECT r.row, r.id, r.kind, r.status, r.health, r.aspect, r.reason
                 FROM json_each(?) wanted CROSS JOIN resources r ON r.id = wanted.value WHERE r.source = ?",
            )
            .bind(json(ids)?)
            .bind(source)
            .fetch_all(&mut *tx)
            .await?;
            let changes = delete(&mut tx, &gone).await?;
            tx.commit().await?;
            Ok(changes)
        };
        self.db.told(done.await)
    }

    /// Forgets a source that is no longer read (its profile is gone, or hidden from reading): its freshness and its rows.
    pub async fn forget_source(&self, source: &SourceId) -> Result<Vec<Change>> {
        let done = async {
            let mut tx = self.db.begin().await?;
            let Some(key) = known_source(&mut tx, source).await? else { return Ok(Vec::new()) };
            let gone =
                sqlx::query("SELECT row, id, kind, status, health, aspect, reason FROM resources WHERE source = ?")
                    .bind(key)
                    .fetch_all(&mut *tx)
                    .await?;
            let changes = delete(&mut tx, &gone).await?;
            sqlx::query("DELETE FROM sources WHERE source = ?").bind(key).execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(changes)
        };
        self.db.told(done.await)
    }
}

async fn delete(conn: &mut SqliteConnection, rows: &[SqliteRow]) -> sqlx::Result<Vec<Change>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<i64> = rows.iter().map(|r| r.try_get("row")).collect::<sqlx::Result<_>>()?;
    sqlx::query("DELETE FROM resources WHERE row IN (SELECT value FROM json_each(?))")
        .bind(json(&keys)?)
        .execute(conn)
        .await?;
    rows.iter()
        .map(|r| {
            let was = Some(row::state(r)?);
            Ok(Change { id: r.try_get("id")?, kind: r.try_get("kind")?, was, now: None, content: true })
        })
        .collect()
}
