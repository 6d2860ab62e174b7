//! What is usual for a thing: how long its last good runs took. Rollbacks do not count: they skip what a run does.

use std::collections::HashMap;

use skydeck_domain::Usual;

use super::Ledger;
use crate::{Result, word::json};

/// From so many runs, the latest.
const LATEST: i64 = 50;

/// From fewer nothing can be said.
const ENOUGH: usize = 5;

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
            Ok(durations.into_iter().filter_map(|(of_arn, ms)| Some((of_arn, usual(ms)?))).collect())
        };
        self.db.told(read.await)
    }
}

/// Median and 90th percentile by nearest rank: both are durations that really were.
fn usual(mut ms: Vec<i64>) -> Option<Usual> {
    if ms.len() < ENOUGH {
        return None;
    }
    ms.sort_unstable();
    let rank = |percent: usize| ms[(ms.len() * percent).div_ceil(100) - 1];
    Some(Usual { median_ms: rank(50), p90_ms: rank(90), runs: ms.len() as i64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest() {
        let cases = [
            (vec![], None),
            (vec![1, 2, 3, 4], None),
            (vec![50, 10, 40, 20, 30], Some((30, 50))),
            (vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Some((5, 9))),
            (vec![7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 900], Some((7, 7))),
        ];
        for (ms, expected) in cases {
            let told = usual(ms.clone());
            assert_eq!(told.map(|u| (u.median_ms, u.p90_ms)), expected, "{ms:?}");
            assert!(told.is_none_or(|u| u.runs == ms.len() as i64));
        }
    }
}
