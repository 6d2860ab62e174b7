//! Table `actions`: every action ever asked for here, with its outcome. Written before the call is made, so that after a
//! crash it is known what may have happened. "One at a time on a thing" is a unique index, which holds across processes.

use skydeck_domain::{ActionRecord, Outcome};
use sqlx::{Row, sqlite::SqliteRow};

use super::Ledger;
use crate::{
    Error, Result,
    time::{instant, micros},
    word::{from_json, json, known},
};

const SELECT: &str = "SELECT action, verb, id, target, profile, account, region, who, reason, outcome, message, follow_id, \
    state, calls, started_at, ended_at FROM actions ";

impl Ledger {
    /// Records that an action is about to be called. When this returns, it is on the disk.
    ///
    /// Errors: [`Error::Busy`] with the action that is under way on the same account and id, whoever asked for it.
    pub async fn intend(&self, record: &ActionRecord) -> Result<()> {
        let mut inserted = self.insert(record).await;
        // Twice: the action in the way may have ended between the insert and the look at it.
        for _ in 0..2 {
            if !matches!(&inserted, Err(sqlx::Error::Database(e)) if e.is_unique_violation()) {
                break;
            }
            if let Some(other) = self.open_on(&record.account, &record.id).await? {
                return Err(Error::Busy(Box::new(other)));
            }
            inserted = self.insert(record).await;
        }
        self.db.told(inserted)
    }

    async fn insert(&self, record: &ActionRecord) -> sqlx::Result<()> {
        let calls = json(&record.calls)?;
        sqlx::query(
            "INSERT INTO actions (action, verb, id, target, profile, account, region, who, reason, outcome, message,
                                  follow_id, state, calls, started_at, ended_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.action)
        .bind(&record.verb)
        .bind(&record.id)
        .bind(&record.target)
        .bind(&record.profile)
        .bind(&record.account)
        .bind(&record.region)
        .bind(&record.who)
        .bind(&record.reason)
        .bind(record.outcome.word())
        .bind(&record.message)
        .bind(&record.follow_id)
        .bind(&record.state)
        .bind(calls)
        .bind(micros(record.started_at))
        .bind(record.ended_at.map(micros))
        .execute(self.db.write())
        .await
        .map(|_| ())
    }

    async fn open_on(&self, account: &str, id: &str) -> Result<Option<ActionRecord>> {
        let sql = format!("{SELECT} WHERE account = ? AND id = ? AND outcome IN ('intended', 'accepted')");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).bind(id).fetch_optional(self.db.read());
        self.db.told(found.await.and_then(|row| row.as_ref().map(record).transpose()))
    }

    /// Writes what became of an action: outcome, message, calls, what to follow, end. Whether it was written: what stands
    /// there already is kept if it is nearer the end than `record` (two processes may follow one action).
    ///
    /// Errors: [`Error::NoSuchAction`].
    pub async fn update(&self, record: &ActionRecord) -> Result<bool> {
        let written = async {
            let stage = "CASE outcome WHEN 'intended' THEN 0 WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2 ELSE 3 END";
            let sql = format!(
                "UPDATE actions SET outcome = ?, message = ?, calls = ?, follow_id = coalesce(?, follow_id), ended_at = ?
                 WHERE action = ? AND ({stage} < ? OR outcome = ?)"
            );
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(record.outcome.word())
                .bind(&record.message)
                .bind(json(&record.calls)?)
                .bind(&record.follow_id)
                .bind(record.ended_at.map(micros))
                .bind(&record.action)
                .bind(stage_of(record.outcome))
                .bind(record.outcome.word())
                .execute(self.db.write())
                .await
                .map(|done| done.rows_affected() == 1)
        };
        match self.db.told(written.await)? {
            true => Ok(true),
            false if self.action(&record.action).await?.is_some() => Ok(false),
            false => Err(Error::NoSuchAction { action: record.action.clone() }),
        }
    }

    /// The action of that id.
    pub async fn action(&self, action: &str) -> Result<Option<ActionRecord>> {
        let sql = format!("{SELECT} WHERE action = ?");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(action).fetch_optional(self.db.read());
        self.db.told(found.await.and_then(|row| row.as_ref().map(record).transpose()))
    }

    /// Actions, newest first; `before` is the id of the last one of the page before.
    pub async fn actions(&self, limit: u32, before: Option<&str>) -> Result<Vec<ActionRecord>> {
        let sql = format!(
            "{SELECT} WHERE ?1 IS NULL OR (started_at, action) < (SELECT started_at, action FROM actions WHERE action = ?1)
             ORDER BY started_at DESC, action DESC LIMIT ?2"
        );
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(before).bind(limit).fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| rows.iter().map(record).collect()))
    }

    /// Actions that were not brought to an end, oldest first: what to find out about after a start.
    pub async fn open_actions(&self) -> Result<Vec<ActionRecord>> {
        let sql = format!("{SELECT} WHERE outcome IN ('intended', 'accepted') ORDER BY started_at, action");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| rows.iter().map(record).collect()))
    }
}

/// How near the end an outcome is. What could not be found out may be found out later; what was found out stands.
fn stage_of(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Intended => 0,
        Outcome::Accepted => 1,
        Outcome::Unknown => 2,
        Outcome::Succeeded | Outcome::Failed | Outcome::Refused => 3,
    }
}

fn record(row: &SqliteRow) -> sqlx::Result<ActionRecord> {
    let outcome: &str = row.try_get("outcome")?;
    Ok(ActionRecord {
        action: row.try_get("action")?,
        verb: row.try_get("verb")?,
        id: row.try_get("id")?,
        target: row.try_get("target")?,
        profile: row.try_get("profile")?,
        account: row.try_get("account")?,
        region: row.try_get("region")?,
        who: row.try_get("who")?,
        reason: row.try_get("reason")?,
        outcome: known(outcome, Outcome::from_word(outcome))?,
        message: row.try_get("message")?,
        follow_id: row.try_get("follow_id")?,
        state: row.try_get("state")?,
        calls: from_json(row.try_get("calls")?)?,
        started_at: instant(row.try_get("started_at")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(instant),
    })
}
