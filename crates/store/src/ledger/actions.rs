//! Table `actions`: every action ever asked for here, with its outcome. Written before the call is made, so that after a
//! crash it is known what may have happened. "One at a time on a thing" is decided by the very statement that inserts, and
//! kept by a unique index, so that it holds across processes.

use skydeck_domain::{ActionRecord, Outcome, Timestamp};
use sqlx::{Row, sqlite::SqliteRow};

use super::Ledger;
use crate::{
    Error, Result,
    time::{instant, micros},
    word::{from_json, json, known},
};

const SELECT: &str = "SELECT action, verb, id, target, profile, account, region, who, reason, outcome, message, follow_id, \
    state, calls, started_at, ended_at FROM actions ";

/// What keeps an action of account ?1 on ?2 by verb ?3 from running: one that is intended; one that is accepted, unless ?4
/// says that it may run beside another verb's; and one that has ended since ?5, for its change may not have been seen.
const IN_THE_WAY: &str = "WHERE account = ?1 AND id = ?2 AND (
    outcome = 'intended'
    OR (outcome = 'accepted' AND (NOT ?4 OR verb = ?3))
    OR (outcome <> 'refused' AND ended_at >= ?5))";

/// How often an intent is tried while others come and go on the same thing.
const TRIES: u32 = 5;

/// What an action is decided on, and what it may run beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// When reading the state it is decided on began: what has changed the same thing since is not in that state.
    pub read_at: Timestamp,
    /// Whether it may run beside another verb's action that AWS has accepted already: a stop beside what it stops.
    pub interrupts: bool,
}

impl Ledger {
    /// Records that an action is about to be called. When this returns, it is on the disk.
    ///
    /// Errors: [`Error::Busy`] with the action that is under way on the same account and id, or that ended there after
    /// `basis.read_at`, whoever asked for it; [`Error::Locked`] if others keep coming and going there.
    pub async fn intend(&self, record: &ActionRecord, basis: Basis) -> Result<()> {
        // Again: the action in the way may have been refused between the insert and the look at it.
        for _ in 0..TRIES {
            match self.insert(record, Some(basis)).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(sqlx::Error::Database(e)) if e.is_unique_violation() => {
                    // Either the index of what is intended, which says the same as the condition, or an id used twice.
                    if self.action(&record.action).await?.is_some() {
                        return self.db.told(Err(sqlx::Error::Database(e)));
                    }
                }
                Err(other) => return self.db.told(Err(other)),
            }
            if let Some(other) = self.in_the_way(record, basis).await? {
                return Err(Error::Busy(Box::new(other)));
            }
        }
        // Never taken for written: what is not in the ledger may not be called.
        Err(Error::Locked { path: self.db.path.clone() })
    }

    /// Records an action that is over before any call: refused by a guard.
    pub async fn put_refused(&self, record: &ActionRecord) -> Result<()> {
        self.db.told(self.insert(record, None).await.map(|_| ()))
    }

    /// Whether it was inserted: with a basis, only if nothing stands in its way.
    async fn insert(&self, record: &ActionRecord, basis: Option<Basis>) -> sqlx::Result<bool> {
        let calls = json(&record.calls)?;
        let condition =
            if basis.is_some() { format!("NOT EXISTS (SELECT 1 FROM actions {IN_THE_WAY})") } else { "1".into() };
        let sql = format!(
            "INSERT INTO actions (account, id, verb, action, target, profile, region, who, reason, outcome, message,
                                  follow_id, state, calls, started_at, ended_at)
             SELECT ?1, ?2, ?3, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18
             WHERE {condition}"
        );
        let basis = basis.unwrap_or(Basis { read_at: record.started_at, interrupts: false });
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&record.account)
            .bind(&record.id)
            .bind(&record.verb)
            .bind(basis.interrupts)
            .bind(micros(basis.read_at))
            .bind(&record.action)
            .bind(&record.target)
            .bind(&record.profile)
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
            .map(|done| done.rows_affected() == 1)
    }

    /// The action that keeps `record` from being intended, if there is one; what is under way before what has ended.
    async fn in_the_way(&self, record: &ActionRecord, basis: Basis) -> Result<Option<ActionRecord>> {
        let sql = format!("{SELECT} {IN_THE_WAY} ORDER BY ended_at IS NOT NULL, started_at DESC LIMIT 1");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&record.account)
            .bind(&record.id)
            .bind(&record.verb)
            .bind(basis.interrupts)
            .bind(micros(basis.read_at))
            .fetch_optional(self.db.read());
        self.db.told(found.await.and_then(|row| row.as_ref().map(as_record).transpose()))
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
        self.db.told(found.await.and_then(|row| row.as_ref().map(as_record).transpose()))
    }

    /// Actions, newest first; `before` is the id of the last one of the page before.
    pub async fn actions(&self, limit: u32, before: Option<&str>) -> Result<Vec<ActionRecord>> {
        let sql = format!(
            "{SELECT} WHERE ?1 IS NULL OR (started_at, action) < (SELECT started_at, action FROM actions WHERE action = ?1)
             ORDER BY started_at DESC, action DESC LIMIT ?2"
        );
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(before).bind(limit).fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| rows.iter().map(as_record).collect()))
    }

    /// Actions that were not brought to an end, oldest first: what to find out about after a start.
    pub async fn open_actions(&self) -> Result<Vec<ActionRecord>> {
        let sql = format!("{SELECT} WHERE outcome IN ('intended', 'accepted') ORDER BY started_at, action");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| rows.iter().map(as_record).collect()))
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

fn as_record(row: &SqliteRow) -> sqlx::Result<ActionRecord> {
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
