//! What is usual for a thing: how long its last good runs took. Rollbacks do not count: they skip what a run does.

use std::collections::HashMap;

use skydeck_domain::Usual;

use super::Ledger;
use crate::{Result, word::json};

/// From so many runs, the latest.
const LATEST: i64 = 50;

impl Ledger {
    /// What is usual for the thing of this ARN; none below five runs that count.
    pub async fn usual(&self, of_arn: &str) -> Result<Option<Usual>> {
        Ok(self.usual_many(&[of_arn.to_owned()]).await?.remove(of_arn))
    }

    /// What is usual for each of these things; those of which nothing can be said are absent.
    pub async fn usual_many(&self, of_arns: &[String]) -> Result<HashMap<String, Usual>> {
        let read = async {
            let rows: Vec<(String, i64)> = sqlx::query_as(
                "SELECT r.of_arn, max(r.ended_at - r.started_at, 0)
                 FROM (SELECT DISTINCT value AS of_arn FROM json_each(?)) wanted CROSS JOIN runs r
                 ON r.rowid IN (SELECT rowid FROM runs INDEXED BY runs_usual
                                WHERE of_arn = wanted.of_arn
                                  AND outcome = 'succeeded' AND rollback = 0 AND ended_at IS NOT NULL
                                ORDER BY started_at DESC LIMIT ?)",
            )
            .bind(json(of_arns)?)
            .bind(LATEST)
            .fetch_all(self.db.read())
            .await?;
            let mut durations: HashMap<String, Vec<i64>> = HashMap::new();
            for (of_arn, micros) in rows {
                durations.entry(of_arn).or_default().push(micros / 1000);
            }
            Ok(durations.into_iter().filter_map(|(of_arn, ms)| Some((of_arn, Usual::of(ms)?))).collect())
        };
        self.db.told(read.await)
    }
}
