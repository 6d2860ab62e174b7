//! Table `links`: one thing points at another, by ARN, so that it holds across profiles and accounts.

use skydeck_domain::Link;
use sqlx::{Row, sqlite::SqliteRow};

use super::Cache;
use crate::{Result, word::json};

impl Cache {
    /// Makes `links` all the links of the row `from`. Those that stand already cost no write; they go with their row.
    pub async fn put_links(&self, from: &str, links: &[Link]) -> Result<()> {
        let pairs: Vec<(&str, &str)> = links.iter().map(|l| (l.to_arn.as_str(), l.rel.as_str())).collect();
        let written = async {
            let pairs = json(&pairs)?;
            let mut tx = self.db.begin().await?;
            sqlx::query(
                "DELETE FROM links WHERE from_id = ? AND (to_arn, rel) NOT IN
                     (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
            )
            .bind(from)
            .bind(&pairs)
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "INSERT OR IGNORE INTO links (from_id, to_arn, rel) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)",
            )
            .bind(from)
            .bind(&pairs)
            .execute(&mut *tx)
            .await?;
            tx.commit().await
        };
        self.db.told(written.await)
    }

    /// What the row `id` points at.
    pub async fn links_from(&self, id: &str) -> Result<Vec<Link>> {
        let rows = sqlx::query("SELECT from_id, to_arn, rel FROM links WHERE from_id = ? ORDER BY to_arn, rel")
            .bind(id)
            .fetch_all(self.db.read());
        self.db.told(rows.await.and_then(|rows| rows.iter().map(link).collect()))
    }

    /// What points at the thing of this ARN, through any profile.
    pub async fn links_to(&self, arn: &str) -> Result<Vec<Link>> {
        let rows = sqlx::query("SELECT from_id, to_arn, rel FROM links WHERE to_arn = ? ORDER BY from_id, rel")
            .bind(arn)
            .fetch_all(self.db.read());
        self.db.told(rows.await.and_then(|rows| rows.iter().map(link).collect()))
    }
}

fn link(row: &SqliteRow) -> sqlx::Result<Link> {
    Ok(Link { from: row.try_get("from_id")?, to_arn: row.try_get("to_arn")?, rel: row.try_get("rel")? })
}
