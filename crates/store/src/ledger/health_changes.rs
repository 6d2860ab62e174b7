//! Table `health_changes`: when what became how, since neither AWS nor the cache remembers it.

use skydeck_domain::{Aspect, Health};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::{HealthChange, HealthQuery, Ledger};
use crate::{
    Change, Result, State,
    time::{instant, micros},
    word::known,
};

/// Rows of one statement. Only a full one stays prepared: there is one of it, and many that are not.
const ROWS: usize = 200;

impl Ledger {
    /// Keeps changes of health. One row changes once at an instant: the same one again changes nothing.
    pub async fn put_health_changes(&self, changes: &[HealthChange]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let written = async {
            let mut tx = self.db.begin().await?;
            for changes in changes.chunks(ROWS) {
                insert(changes).build().persistent(changes.len() == ROWS).execute(&mut *tx).await?;
            }
            tx.commit().await
        };
        self.db.told(written.await)
    }

    /// Changes of health, newest first.
    pub async fn health_changes(&self, query: &HealthQuery) -> Result<Vec<HealthChange>> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT * FROM health_changes WHERE at >= ");
        sql.push_bind(micros(query.since));
        if let Some(until) = query.until {
            sql.push(" AND at < ").push_bind(micros(until));
        }
        if let Some(id) = &query.id {
            sql.push(" AND id = ").push_bind(id);
        }
        sql.push(" ORDER BY at DESC, id LIMIT ").push_bind(query.limit);
        let found = sql.build().fetch_all(self.db.read()).await;
        self.db.told(found.and_then(|rows| rows.iter().map(change).collect()))
    }
}

fn insert(changes: &[HealthChange]) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "INSERT OR IGNORE INTO health_changes (id, at, kind, was_status, was_health, was_aspect, was_reason, now_status, \
         now_health, now_aspect, now_reason) ",
    );
    sql.push_values(changes, |mut values, HealthChange { at, change }| {
        values.push_bind(&change.id).push_bind(micros(*at)).push_bind(&change.kind);
        for state in [&change.was, &change.now] {
            let state = state.as_ref();
            values
                .push_bind(state.map(|s| &s.status))
                .push_bind(state.map(|s| s.health.word()))
                .push_bind(state.and_then(|s| s.aspect).map(|a| a.word()))
                .push_bind(state.and_then(|s| s.reason.as_ref()));
        }
    });
    sql
}

fn change(row: &SqliteRow) -> sqlx::Result<HealthChange> {
    let change = Change {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        was: state(row, ["was_status", "was_health", "was_aspect", "was_reason"])?,
        now: state(row, ["now_status", "now_health", "now_aspect", "now_reason"])?,
        content: false,
    };
    Ok(HealthChange { at: instant(row.try_get("at")?), change })
}

fn state(row: &SqliteRow, [status, health, aspect, reason]: [&str; 4]) -> sqlx::Result<Option<State>> {
    let Some(health) = row.try_get::<Option<&str>, _>(health)? else { return Ok(None) };
    let aspect: Option<&str> = row.try_get(aspect)?;
    Ok(Some(State {
        status: row.try_get::<Option<String>, _>(status)?.unwrap_or_default(),
        health: known(health, Health::from_word(health))?,
        aspect: aspect.map(|word| known(word, Aspect::from_word(word))).transpose()?,
        reason: row.try_get(reason)?,
    }))
}
