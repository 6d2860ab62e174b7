//! Writing what was read: rows that are as they were cost a few bytes in `seen`, changed ones a bulk upsert.

use std::collections::HashMap;

use skydeck_domain::{Resource, SourceId};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{Cache, need::need, row, sources::source_key};
use crate::{Change, Result, State, time::micros, word::json};

/// Rows of one statement; more gains nothing. Only a full one stays prepared: there is one of it, and many that are not.
const ROWS: usize = 200;

/// What is known of a row before it is written.
struct Before {
    hash: Vec<u8>,
    source: i64,
    state: State,
}

impl Cache {
    /// Writes rows that were read from `source`, in one transaction, and tells which of them changed and how. A row that
    /// another source wrote before belongs to this one from now on. Nothing is deleted.
    pub async fn upsert(&self, source: &SourceId, rows: &[Resource]) -> Result<Vec<Change>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let written = async {
            let mut tx = self.db.begin().await?;
            let source = source_key(&mut tx, source).await?;
            let mut scopes = Scopes::default();
            let mut changes = Vec::new();
            for rows in last_of_each(rows).chunks(ROWS) {
                upsert_chunk(&mut tx, source, &mut scopes, rows, &mut changes).await?;
            }
            tx.commit().await?;
            Ok(changes)
        };
        self.db.told(written.await)
    }
}

/// Each row once; of two with the same id the last.
fn last_of_each(rows: &[Resource]) -> Vec<&Resource> {
    let last: HashMap<&str, usize> = rows.iter().enumerate().map(|(i, r)| (r.id.as_str(), i)).collect();
    rows.iter().enumerate().filter(|(i, r)| last.get(r.id.as_str()) == Some(i)).map(|(_, r)| r).collect()
}

async fn upsert_chunk(
    conn: &mut SqliteConnection,
    source: i64,
    scopes: &mut Scopes,
    rows: &[&Resource],
    changes: &mut Vec<Change>,
) -> sqlx::Result<()> {
    let ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
    let mut before = before(conn, &ids).await?;
    let mut changed = Vec::new();
    for row in rows {
        let (hash, now) = (row::hash(row)?, State::of(row));
        let was = before.remove(&row.id);
        let content = was.as_ref().is_none_or(|w| w.hash != hash);
        if was.as_ref().is_some_and(|w| !content && w.state == now && w.source == source) {
            continue;
        }
        let moved_only = was.as_ref().is_some_and(|w| !content && w.state == now);
        changed.push((*row, scopes.key(conn, row).await?, hash));
        if !moved_only {
            let was = was.map(|w| w.state);
            changes.push(Change { id: row.id.clone(), kind: row.kind.clone(), was, now: Some(now), content });
        }
    }
    if !changed.is_empty() {
        write(conn, source, &changed).await?;
    }
    confirm(conn, rows).await
}

async fn before(conn: &mut SqliteConnection, ids: &[&str]) -> sqlx::Result<HashMap<String, Before>> {
    let found = sqlx::query(
        "SELECT r.id, r.hash, r.source, r.status, r.health, r.aspect, r.reason
         FROM json_each(?) wanted CROSS JOIN resources r ON r.id = wanted.value",
    )
    .bind(json(ids)?)
    .fetch_all(conn)
    .await?;
    found
        .iter()
        .map(|r| {
            Ok((
                r.try_get("id")?,
                Before { hash: r.try_get("hash")?, source: r.try_get("source")?, state: row::state(r)? },
            ))
        })
        .collect()
}

async fn write(conn: &mut SqliteConnection, source: i64, rows: &[(&Resource, i64, Vec<u8>)]) -> sqlx::Result<()> {
    let packed: Vec<_> =
        rows.iter().map(|(r, _, _)| Ok((json(&r.tags)?, json(&r.detail)?))).collect::<sqlx::Result<_>>()?;
    let mut sql = QueryBuilder::<Sqlite>::new(
        "INSERT INTO resources (id, source, scope, kind, service, arn, name, profile, account, region, status, health, \
         aspect, reason, need, since, hash, words, tags, detail) ",
    );
    sql.push_values(rows.iter().zip(packed), |mut values, ((row, scope, hash), (tags, detail))| {
        values
            .push_bind(&row.id)
            .push_bind(source)
            .push_bind(*scope)
            .push_bind(&row.kind)
            .push_bind(&row.service)
            .push_bind(&row.arn)
            .push_bind(&row.name)
            .push_bind(&row.profile)
            .push_bind(&row.account)
            .push_bind(&row.region)
            .push_bind(&row.status)
            .push_bind(row.health.word())
            .push_bind(row.aspect.map(|a| a.word()))
            .push_bind(&row.reason)
            .push_bind(need(row.health, row.aspect))
            .push_bind(row.since.map(micros))
            .push_bind(hash)
            .push_bind(row::words(row))
            .push_bind(tags)
            .push_bind(detail);
    });
    sql.push(
        " ON CONFLICT (id) DO UPDATE SET source = excluded.source, scope = excluded.scope, kind = excluded.kind, \
         service = excluded.service, arn = excluded.arn, name = excluded.name, profile = excluded.profile, \
         account = excluded.account, region = excluded.region, status = excluded.status, health = excluded.health, \
         aspect = excluded.aspect, reason = excluded.reason, need = excluded.need, since = excluded.since, \
         hash = excluded.hash, words = excluded.words, tags = excluded.tags, detail = excluded.detail",
    );
    sql.build().persistent(rows.len() == ROWS).execute(conn).await?;
    Ok(())
}

/// Notes when the rows were read. The last read counts, even if its clock was set back in between.
async fn confirm(conn: &mut SqliteConnection, rows: &[&Resource]) -> sqlx::Result<()> {
    let read: Vec<(&str, i64)> = rows.iter().map(|r| (r.id.as_str(), micros(r.read_at))).collect();
    sqlx::query(
        "INSERT INTO seen (row, read_at)
         SELECT r.row, read.value ->> 1 FROM json_each(?) read CROSS JOIN resources r ON r.id = read.value ->> 0 WHERE true
         ON CONFLICT (row) DO UPDATE SET read_at = excluded.read_at WHERE read_at != excluded.read_at",
    )
    .bind(json(&read)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keys of the scopes of one transaction, looked up once each.
#[derive(Default)]
struct Scopes(HashMap<(String, String), i64>);

impl Scopes {
    async fn key(&mut self, conn: &mut SqliteConnection, row: &Resource) -> sqlx::Result<i64> {
        let scope = (row.profile.clone(), row.region.clone());
        if let Some(key) = self.0.get(&scope) {
            return Ok(*key);
        }
        // The update that changes nothing makes RETURNING answer for a scope that is there already, too.
        let key = sqlx::query_scalar(
            "INSERT INTO scopes (profile, region) VALUES (?, ?)
             ON CONFLICT (profile, region) DO UPDATE SET region = excluded.region RETURNING scope",
        )
        .bind(&scope.0)
        .bind(&scope.1)
        .fetch_one(conn)
        .await?;
        self.0.insert(scope, key);
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use skydeck_domain::Health;

    use super::*;

    fn web(read_at: &str) -> Resource {
        let arn = "arn:aws:codepipeline:eu-west-1:111122223333:web";
        Resource {
            id: format!("dev/{arn}"),
            arn: Some(arn.into()),
            kind: "codepipeline.pipeline".into(),
            service: "codepipeline".into(),
            name: "web".into(),
            profile: "dev".into(),
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            status: "Succeeded".into(),
            health: Health::Ok,
            aspect: None,
            reason: None,
            since: None,
            read_at: read_at.parse().unwrap(),
            tags: Default::default(),
            detail: serde_json::json!({"version": 1}),
        }
    }

    /// The rows themselves are watched from inside: what is told outside could be right by accident.
    #[tokio::test]
    async fn a_row_that_is_as_it_was_is_not_written() {
        let cache = Cache::in_memory().await.unwrap();
        let source = SourceId { profile: "dev".into(), region: "eu-west-1".into(), service: "codepipeline".into() };
        cache.upsert(&source, &[web("2026-11-22T08:00:00Z")]).await.unwrap();
        let watch = "CREATE TABLE written (id TEXT);
             CREATE TRIGGER watch AFTER UPDATE ON resources BEGIN INSERT INTO written VALUES (new.id); END";
        sqlx::raw_sql(watch).execute(cache.db.write()).await.unwrap();
        let written = async || -> i64 {
            sqlx::query_scalar("SELECT count(*) FROM written").fetch_one(cache.db.read()).await.unwrap()
        };

        assert_eq!(cache.upsert(&source, &[web("2026-11-22T08:01:00Z")]).await.unwrap(), []);
        assert_eq!(written().await, 0);
        let row = cache.get(&web("2026-11-22T08:01:00Z").id).await.unwrap().unwrap();
        assert_eq!(row, web("2026-11-22T08:01:00Z"));

        let mut changed = web("2026-11-22T08:02:00Z");
        changed.detail = serde_json::json!({"version": 2});
        assert_eq!(cache.upsert(&source, &[changed]).await.unwrap().len(), 1);
        assert_eq!(written().await, 1);
    }
}
