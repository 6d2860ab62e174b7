//! Table `settings`: the user's settings as JSON by key. What the keys are is the business of `api`; none of them may hold
//! a secret, since settings are exported.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::SqliteConnection;

use super::{By, Ledger, decisions::decide};
use crate::{
    Result,
    word::{from_json, json},
};

impl Ledger {
    /// The setting of that key.
    pub async fn setting(&self, key: &str) -> Result<Option<Value>> {
        let found = async {
            let mut conn = self.db.read().acquire().await?;
            get(&mut conn, key).await
        };
        self.db.told(found.await)
    }

    /// Sets a key, or removes it.
    pub async fn set_setting(&self, key: &str, value: Option<&Value>, by: &By) -> Result<()> {
        self.set_settings([(key, value)], by).await
    }

    /// Sets or removes keys: all of them, or none if one cannot be written.
    pub async fn set_settings<'a, I>(&self, changes: I, by: &By) -> Result<()>
    where
        I: IntoIterator<Item = (&'a str, Option<&'a Value>)>,
    {
        let written = async {
            let mut tx = self.db.begin().await?;
            for (key, value) in changes {
                set(&mut tx, key, value, by).await?;
            }
            tx.commit().await
        };
        self.db.told(written.await)
    }

    /// All settings.
    pub async fn settings(&self) -> Result<BTreeMap<String, Value>> {
        let found = async {
            let mut conn = self.db.read().acquire().await?;
            all(&mut conn).await
        };
        self.db.told(found.await)
    }
}

async fn get(conn: &mut SqliteConnection, key: &str) -> sqlx::Result<Option<Value>> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT value FROM settings WHERE key = ?").bind(key).fetch_optional(conn).await?;
    text.as_deref().map(from_json).transpose()
}

/// Sets or removes a key and records the decision.
pub(super) async fn set(conn: &mut SqliteConnection, key: &str, value: Option<&Value>, by: &By) -> sqlx::Result<()> {
    let before = get(conn, key).await?;
    match value {
        Some(value) => sqlx::query(
            "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(json(value)?),
        None => sqlx::query("DELETE FROM settings WHERE key = ?").bind(key),
    }
    .execute(&mut *conn)
    .await?;
    decide(conn, format!("setting:{key}"), before.as_ref(), value, None, by).await
}

/// All settings, by key.
pub(super) async fn all(conn: &mut SqliteConnection) -> sqlx::Result<BTreeMap<String, Value>> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT key, value FROM settings").fetch_all(conn).await?;
    rows.into_iter().map(|(key, text)| Ok((key, from_json(&text)?))).collect()
}
