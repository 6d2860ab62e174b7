//! Table `sources`: the unit of reading with its freshness and its error.

use skydeck_domain::{ErrorInfo, SourceId, SourceState, SourceStatus};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::Cache;
use crate::{
    Result,
    time::{instant, micros},
    word::known,
};

impl Cache {
    /// Writes the outcome of a read. `rows` of the status is not kept: [`Cache::sources`] counts them.
    pub async fn put_source(&self, status: &SourceStatus) -> Result<()> {
        let error = status.error.as_ref();
        let written = sqlx::query(
            "INSERT INTO sources (profile, region, service, account, state, error_code, error_message, error_operation,
                                  ok_at, read_at, next_at, api_calls, throttles, elapsed_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (profile, region, service) DO UPDATE SET
                 account = excluded.account, state = excluded.state, error_code = excluded.error_code,
                 error_message = excluded.error_message, error_operation = excluded.error_operation,
                 ok_at = excluded.ok_at, read_at = excluded.read_at, next_at = excluded.next_at,
                 api_calls = excluded.api_calls, throttles = excluded.throttles, elapsed_ms = excluded.elapsed_ms",
        )
        .bind(&status.id.profile)
        .bind(&status.id.region)
        .bind(&status.id.service)
        .bind(&status.account)
        .bind(status.state.word())
        .bind(error.map(|e| &e.code))
        .bind(error.map(|e| &e.message))
        .bind(error.and_then(|e| e.operation.as_ref()))
        .bind(status.ok_at.map(micros))
        .bind(status.read_at.map(micros))
        .bind(status.next_at.map(micros))
        .bind(status.api_calls)
        .bind(status.throttles)
        .bind(status.elapsed_ms)
        .execute(self.db.write());
        self.db.told(written.await.map(|_| ()))
    }

    /// All sources, by profile, Region and service.
    pub async fn sources(&self) -> Result<Vec<SourceStatus>> {
        let found = async {
            let rows = sqlx::query(
                "SELECT s.*, (SELECT count(*) FROM resources r WHERE r.source = s.source) AS rows
                 FROM sources s ORDER BY s.profile, s.region, s.service",
            )
            .fetch_all(self.db.read())
            .await?;
            rows.iter().map(status).collect()
        };
        self.db.told(found.await)
    }
}

/// The key of a source; one that was never read is `pending`.
pub(super) async fn source_key(conn: &mut SqliteConnection, source: &SourceId) -> sqlx::Result<i64> {
    // The update that changes nothing makes RETURNING answer for a source that is there already, too.
    sqlx::query_scalar(
        "INSERT INTO sources (profile, region, service) VALUES (?, ?, ?)
         ON CONFLICT (profile, region, service) DO UPDATE SET service = excluded.service RETURNING source",
    )
    .bind(&source.profile)
    .bind(&source.region)
    .bind(&source.service)
    .fetch_one(conn)
    .await
}

/// The key of a source, if it was ever written.
pub(super) async fn known_source(conn: &mut SqliteConnection, source: &SourceId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT source FROM sources WHERE profile = ? AND region = ? AND service = ?")
        .bind(&source.profile)
        .bind(&source.region)
        .bind(&source.service)
        .fetch_optional(conn)
        .await
}

fn status(row: &SqliteRow) -> sqlx::Result<SourceStatus> {
    let state: &str = row.try_get("state")?;
    let error = match row.try_get::<Option<String>, _>("error_code")? {
        Some(code) => Some(ErrorInfo {
            code,
            message: row.try_get::<Option<String>, _>("error_message")?.unwrap_or_default(),
            operation: row.try_get("error_operation")?,
        }),
        None => None,
    };
    Ok(SourceStatus {
        id: SourceId {
            profile: row.try_get("profile")?,
            region: row.try_get("region")?,
            service: row.try_get("service")?,
        },
        account: row.try_get("account")?,
        state: known(state, SourceState::from_word(state))?,
        error,
        ok_at: row.try_get::<Option<i64>, _>("ok_at")?.map(instant),
        read_at: row.try_get::<Option<i64>, _>("read_at")?.map(instant),
        next_at: row.try_get::<Option<i64>, _>("next_at")?.map(instant),
        rows: row.try_get("rows")?,
        api_calls: row.try_get("api_calls")?,
        throttles: row.try_get("throttles")?,
        elapsed_ms: row.try_get("elapsed_ms")?,
    })
}
