//! Table `marks`: versions that the user called good or bad.

use std::collections::HashMap;

use skydeck_domain::{Mark, MarkValue};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{By, Ledger, decisions::decide};
use crate::{
    Result,
    time::{instant, micros},
    word::{from_word, json, word},
};

impl Ledger {
    /// Marks a subject (`<of_arn>#<run_id>`), or takes the mark away.
    pub async fn set_mark(&self, subject: &str, value: Option<MarkValue>, reason: Option<&str>, by: &By) -> Result<()> {
        let mark = value.map(|value| Mark {
            subject: subject.to_owned(),
            value,
            at: by.at,
            reason: reason.map(str::to_owned),
        });
        let written = async {
            let mut tx = self.db.begin().await?;
            set(&mut tx, subject, mark.as_ref(), reason, by).await?;
            tx.commit().await
        };
        self.db.told(written.await)
    }

    /// The mark of a subject.
    pub async fn mark(&self, subject: &str) -> Result<Option<Mark>> {
        Ok(self.marks(&[subject.to_owned()]).await?.remove(subject))
    }

    /// The marks of those of the subjects that have one.
    pub async fn marks(&self, subjects: &[String]) -> Result<HashMap<String, Mark>> {
        let found = async {
            let rows = sqlx::query("SELECT * FROM marks WHERE subject IN (SELECT value FROM json_each(?))")
                .bind(json(subjects)?)
                .fetch_all(self.db.read())
                .await?;
            rows.iter().map(|row| mark(row).map(|mark| (mark.subject.clone(), mark))).collect()
        };
        self.db.told(found.await)
    }
}

/// Makes `mark` the mark of the subject, or takes it away, and records the decision.
pub(super) async fn set(
    conn: &mut SqliteConnection,
    subject: &str,
    mark: Option<&Mark>,
    reason: Option<&str>,
    by: &By,
) -> sqlx::Result<()> {
    let before = sqlx::query("SELECT * FROM marks WHERE subject = ?").bind(subject).fetch_optional(&mut *conn).await?;
    let before = before.as_ref().map(self::mark).transpose()?;
    match mark {
        Some(mark) => sqlx::query(
            "INSERT INTO marks (subject, value, at, reason) VALUES (?, ?, ?, ?)
             ON CONFLICT (subject) DO UPDATE SET value = excluded.value, at = excluded.at, reason = excluded.reason",
        )
        .bind(subject)
        .bind(word(&mark.value)?)
        .bind(micros(mark.at))
        .bind(&mark.reason),
        None => sqlx::query("DELETE FROM marks WHERE subject = ?").bind(subject),
    }
    .execute(&mut *conn)
    .await?;
    decide(conn, format!("mark:{subject}"), before.as_ref(), mark, reason, by).await
}

/// All marks, by subject.
pub(super) async fn all(conn: &mut SqliteConnection) -> sqlx::Result<Vec<Mark>> {
    sqlx::query("SELECT * FROM marks ORDER BY subject").fetch_all(conn).await?.iter().map(mark).collect()
}

fn mark(row: &SqliteRow) -> sqlx::Result<Mark> {
    Ok(Mark {
        subject: row.try_get("subject")?,
        value: from_word::<MarkValue>(row.try_get("value")?)?,
        at: instant(row.try_get("at")?),
        reason: row.try_get("reason")?,
    })
}
