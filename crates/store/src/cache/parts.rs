//! Table `parts`: what only the detail of a row shows, as JSON. A part goes with its row.

use serde::de::DeserializeOwned;
use skydeck_domain::Timestamp;
use sqlx::Row;

use super::Cache;
use crate::{
    Result,
    time::{instant, micros},
};

impl Cache {
    /// Keeps a part of a row; says whether it is another than before. Of a row that is not there nothing is kept.
    pub async fn put_part(&self, id: &str, part: &str, body: &str, at: Timestamp) -> Result<bool> {
        let written = async {
            let mut tx = self.db.begin().await?;
            let before: Option<String> = sqlx::query_scalar("SELECT body FROM parts WHERE id = ? AND part = ?")
                .bind(id)
                .bind(part)
                .fetch_optional(&mut *tx)
                .await?;
            let done = sqlx::query(
                "INSERT INTO parts (id, part, read_at, body)
                 SELECT id, ?2, ?3, ?4 FROM resources WHERE id = ?1
                 ON CONFLICT (id, part) DO UPDATE SET read_at = excluded.read_at, body = excluded.body",
            )
            .bind(id)
            .bind(part)
            .bind(micros(at))
            .bind(body)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(done.rows_affected() > 0 && before.as_deref() != Some(body))
        };
        self.db.told(written.await)
    }

    /// A part of a row with the instant at which it was read. One that another version wrote, and that does not fit, is none.
    pub async fn part<T: DeserializeOwned>(&self, id: &str, part: &str) -> Result<Option<(T, Timestamp)>> {
        let found = async {
            let row = sqlx::query("SELECT body, read_at FROM parts WHERE id = ? AND part = ?")
                .bind(id)
                .bind(part)
                .fetch_optional(self.db.read())
                .await?;
            let Some(row) = row else { return Ok(None) };
            let body: &str = row.try_get("body")?;
            let at = instant(row.try_get("read_at")?);
            Ok(serde_json::from_str(body).ok().map(|body| (body, at)))
        };
        self.db.told(found.await)
    }
}
