//! Table `locks`: things and environments on which nothing may act. A subject has one standing lock; those that ended are
//! kept.

use skydeck_domain::{Lock, Timestamp};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{By, Ledger, decisions::decide};
use crate::{
    Result,
    time::{instant, micros},
    word::json,
};

impl Ledger {
    /// Locks its subject; a lock that stands there already is replaced.
    pub async fn lock(&self, lock: &Lock, by: &By) -> Result<()> {
        let written = async {
            let mut tx = self.db.begin().await?;
            set(&mut tx, &lock.subject, Some(lock), Some(&lock.reason), by).await?;
            tx.commit().await
        };
        self.db.told(written.await)
    }

    /// Lifts the lock of the subject. Whether one was in force at `by.at`.
    pub async fn unlock(&self, subject: &str, reason: Option<&str>, by: &By) -> Result<bool> {
        let written = async {
            let mut tx = self.db.begin().await?;
            let before = set(&mut tx, subject, None, reason, by).await?;
            tx.commit().await?;
            Ok(before.is_some_and(|lock| lock.until.is_none_or(|until| until > by.at)))
        };
        self.db.told(written.await)
    }

    /// The locks in force at `now`, by subject.
    pub async fn locks(&self, now: Timestamp) -> Result<Vec<Lock>> {
        let found = async {
            let mut conn = self.db.read().acquire().await?;
            in_force(&mut conn, now).await
        };
        self.db.told(found.await)
    }

    /// The lock in force at `now` on the first of these subjects that has one: ask with the thing's ARN and
    /// `environment:<name>`.
    pub async fn lock_on(&self, subjects: &[String], now: Timestamp) -> Result<Option<Lock>> {
        let found = async {
            let row = sqlx::query(
                "SELECT l.* FROM json_each(?) wanted JOIN locks l ON l.subject = wanted.value
                 WHERE l.ended_at IS NULL AND (l.until IS NULL OR l.until > ?) ORDER BY wanted.key LIMIT 1",
            )
            .bind(json(subjects)?)
            .bind(micros(now))
            .fetch_optional(self.db.read())
            .await?;
            row.as_ref().map(lock).transpose()
        };
        self.db.told(found.await)
    }
}

/// Ends the standing lock of the subject, puts `lock` in its place and records the decision. Tells the lock before.
pub(super) async fn set(
    conn: &mut SqliteConnection,
    subject: &str,
    lock: Option<&Lock>,
    reason: Option<&str>,
    by: &By,
) -> sqlx::Result<Option<Lock>> {
    let before = sqlx::query("UPDATE locks SET ended_at = ? WHERE subject = ? AND ended_at IS NULL RETURNING *")
        .bind(micros(by.at))
        .bind(subject)
        .fetch_optional(&mut *conn)
        .await?;
    let before = before.as_ref().map(self::lock).transpose()?;
    if let Some(lock) = lock {
        sqlx::query("INSERT INTO locks (subject, reason, at, until) VALUES (?, ?, ?, ?)")
            .bind(subject)
            .bind(&lock.reason)
            .bind(micros(lock.at))
            .bind(lock.until.map(micros))
            .execute(&mut *conn)
            .await?;
    }
    decide(conn, format!("lock:{subject}"), before.as_ref(), lock, reason, by).await?;
    Ok(before)
}

/// The locks in force at `now`, by subject.
pub(super) async fn in_force(conn: &mut SqliteConnection, now: Timestamp) -> sqlx::Result<Vec<Lock>> {
    let rows =
        sqlx::query("SELECT * FROM locks WHERE ended_at IS NULL AND (until IS NULL OR until > ?) ORDER BY subject")
            .bind(micros(now))
            .fetch_all(conn)
            .await?;
    rows.iter().map(lock).collect()
}

fn lock(row: &SqliteRow) -> sqlx::Result<Lock> {
    Ok(Lock {
        subject: row.try_get("subject")?,
        reason: row.try_get("reason")?,
        at: instant(row.try_get("at")?),
        until: row.try_get::<Option<i64>, _>("until")?.map(instant),
    })
}
