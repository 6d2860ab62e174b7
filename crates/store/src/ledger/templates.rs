//! Tables `templates` and `template_texts`: every template that a stack was seen with, since AWS keeps the last one alone.

use skydeck_domain::stack::KeptTemplate;
use sqlx::{Row, sqlite::SqliteRow};

use super::Ledger;
use crate::{
    Result,
    time::{instant, micros},
};

impl Ledger {
    /// Keeps a template, unless it is the one that the stack was last seen with. Says whether it was new.
    pub async fn put_template(&self, kept: &KeptTemplate, text: &str) -> Result<bool> {
        let written = async {
            let mut tx = self.db.begin().await?;
            let last: Option<String> =
                sqlx::query_scalar("SELECT digest FROM templates WHERE of_arn = ? ORDER BY at DESC LIMIT 1")
                    .bind(&kept.of_arn)
                    .fetch_optional(&mut *tx)
                    .await?;
            if last.as_deref() == Some(&kept.digest) {
                return Ok(false);
            }
            sqlx::query("INSERT OR IGNORE INTO template_texts (digest, text) VALUES (?, ?)")
                .bind(&kept.digest)
                .bind(text)
                .execute(&mut *tx)
                .await?;
            let done = sqlx::query(
                "INSERT OR IGNORE INTO templates (of_arn, at, digest, status, size) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(&kept.of_arn)
            .bind(micros(kept.at))
            .bind(&kept.digest)
            .bind(&kept.status)
            .bind(kept.size)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(done.rows_affected() > 0)
        };
        self.db.told(written.await)
    }

    /// The templates that a stack was seen with, newest first, without their texts.
    pub async fn templates(&self, of_arn: &str) -> Result<Vec<KeptTemplate>> {
        let rows = sqlx::query("SELECT * FROM templates WHERE of_arn = ? ORDER BY at DESC")
            .bind(of_arn)
            .fetch_all(self.db.read());
        self.db.told(rows.await.and_then(|rows| rows.iter().map(kept).collect()))
    }

    /// The text of a template, by its digest.
    pub async fn template_text(&self, digest: &str) -> Result<Option<String>> {
        let text = sqlx::query_scalar("SELECT text FROM template_texts WHERE digest = ?")
            .bind(digest)
            .fetch_optional(self.db.read());
        self.db.told(text.await)
    }
}

fn kept(row: &SqliteRow) -> sqlx::Result<KeptTemplate> {
    Ok(KeptTemplate {
        of_arn: row.try_get("of_arn")?,
        digest: row.try_get("digest")?,
        at: instant(row.try_get("at")?),
        status: row.try_get("status")?,
        size: row.try_get("size")?,
    })
}
