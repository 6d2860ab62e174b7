//! Table `runs`: finished runs, kept since AWS forgets them. What is usual for a thing is told from them in `usual.rs`.

use skydeck_domain::{Run, RunOutcome, Timestamp};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::Ledger;
use crate::{
    Result,
    time::{instant, micros},
    word::{from_json, json, known},
};

/// Rows of one statement. Only a full one stays prepared: there is one of it, and many that are not.
const ROWS: usize = 200;

const SELECT: &str = "SELECT of_arn, run_id, kind, outcome, status, rollback, rollback_of, started_at, ended_at, started_by, \
    trigger_type, revisions, reason FROM runs ";

impl Ledger {
    /// Keeps finished runs; how many were new or changed. Runs under way are passed over: they are not history yet. Reading
    /// one again with less (AWS forgets who started it, or why it failed) takes nothing away.
    pub async fn put_runs(&self, runs: &[Run]) -> Result<u64> {
        let finished: Vec<&Run> = runs.iter().filter(|run| run.outcome != RunOutcome::Running).collect();
        if finished.is_empty() {
            return Ok(0);
        }
        let written = async {
            let mut tx = self.db.begin().await?;
            let mut changed = 0;
            for runs in finished.chunks(ROWS) {
                changed +=
                    upsert(runs)?.build().persistent(runs.len() == ROWS).execute(&mut *tx).await?.rows_affected();
            }
            tx.commit().await?;
            Ok(changed)
        };
        self.db.told(written.await)
    }

    /// Runs of a thing, latest start first; `before` is the start of the last one of the page before.
    pub async fn runs(&self, of_arn: &str, limit: u32, before: Option<Timestamp>) -> Result<Vec<Run>> {
        let sql = format!("{SELECT} WHERE of_arn = ? AND started_at < ? ORDER BY started_at DESC, run_id DESC LIMIT ?");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(of_arn)
            .bind(before.map_or(i64::MAX, micros))
            .bind(limit)
            .fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| rows.iter().map(run).collect()))
    }

    /// One run of a thing.
    pub async fn run(&self, of_arn: &str, run_id: &str) -> Result<Option<Run>> {
        let sql = format!("{SELECT} WHERE of_arn = ? AND run_id = ?");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(of_arn).bind(run_id).fetch_optional(self.db.read());
        self.db.told(found.await.and_then(|row| row.as_ref().map(run).transpose()))
    }

    /// How many kept runs of a thing failed for this very reason.
    pub async fn seen_count(&self, of_arn: &str, reason: &str) -> Result<i64> {
        let counted =
            sqlx::query_scalar("SELECT count(*) FROM runs WHERE of_arn = ? AND reason = ? AND outcome = 'failed'")
                .bind(of_arn)
                .bind(reason)
                .fetch_one(self.db.read());
        self.db.told(counted.await)
    }
}

fn upsert(runs: &[&Run]) -> sqlx::Result<QueryBuilder<Sqlite>> {
    let revisions: Vec<String> = runs.iter().map(|run| json(&run.revisions)).collect::<sqlx::Result<_>>()?;
    let mut sql = QueryBuilder::new(
        "INSERT INTO runs (of_arn, run_id, kind, outcome, status, rollback, rollback_of, started_at, ended_at, started_by, \
         trigger_type, revisions, reason) ",
    );
    sql.push_values(runs.iter().zip(revisions), |mut values, (run, revisions)| {
        values
            .push_bind(&run.of_arn)
            .push_bind(&run.run_id)
            .push_bind(&run.kind)
            .push_bind(run.outcome.word())
            .push_bind(&run.status)
            .push_bind(run.rollback)
            .push_bind(&run.rollback_of)
            .push_bind(micros(run.started_at))
            .push_bind(run.ended_at.map(micros))
            .push_bind(&run.by)
            .push_bind(&run.trigger)
            .push_bind(revisions)
            .push_bind(&run.reason);
    });
    sql.push(
        " ON CONFLICT (of_arn, run_id) DO UPDATE SET kind = excluded.kind, outcome = excluded.outcome, \
         status = excluded.status, rollback = excluded.rollback, \
         rollback_of = coalesce(excluded.rollback_of, rollback_of), started_at = excluded.started_at, \
         ended_at = coalesce(excluded.ended_at, ended_at), started_by = coalesce(excluded.started_by, started_by), \
         trigger_type = coalesce(excluded.trigger_type, trigger_type), \
         revisions = iif(excluded.revisions = '[]', revisions, excluded.revisions), \
         reason = coalesce(excluded.reason, reason) \
         WHERE (kind, outcome, status, rollback, started_at) IS NOT \
               (excluded.kind, excluded.outcome, excluded.status, excluded.rollback, excluded.started_at) \
            OR coalesce(excluded.rollback_of, rollback_of) IS NOT rollback_of \
            OR coalesce(excluded.ended_at, ended_at) IS NOT ended_at \
            OR coalesce(excluded.started_by, started_by) IS NOT started_by \
            OR coalesce(excluded.trigger_type, trigger_type) IS NOT trigger_type \
            OR (excluded.revisions != '[]' AND excluded.revisions != revisions) \
            OR coalesce(excluded.reason, reason) IS NOT reason",
    );
    Ok(sql)
}

fn run(row: &SqliteRow) -> sqlx::Result<Run> {
    let outcome: &str = row.try_get("outcome")?;
    Ok(Run {
        of_arn: row.try_get("of_arn")?,
        run_id: row.try_get("run_id")?,
        kind: row.try_get("kind")?,
        outcome: known(outcome, RunOutcome::from_word(outcome))?,
        status: row.try_get("status")?,
        rollback: row.try_get("rollback")?,
        rollback_of: row.try_get("rollback_of")?,
        started_at: instant(row.try_get("started_at")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(instant),
        by: row.try_get("started_by")?,
        trigger: row.try_get("trigger_type")?,
        revisions: from_json(row.try_get("revisions")?)?,
        reason: row.try_get("reason")?,
    })
}
