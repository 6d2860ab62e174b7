//! Table `profiles`: what the user set for a profile of the AWS config. Opening a protected one is such a choice, and so on
//! record (invariant 11).

use skydeck_domain::{Colour, Protection};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{By, Ledger, ProfileSettings, decisions::decide};
use crate::{
    Result,
    word::{from_json, from_word, json, word},
};

impl Ledger {
    /// Sets all of what the user set for these profiles: all of them, or none if one cannot be written.
    pub async fn put_profiles(&self, settings: &[ProfileSettings], by: &By) -> Result<()> {
        let written = async {
            let mut tx = self.db.begin().await?;
            for settings in settings {
                set(&mut tx, settings, by).await?;
            }
            tx.commit().await
        };
        self.db.told(written.await)
    }

    /// What the user set for the profile of that name; none if nothing was.
    pub async fn profile(&self, name: &str) -> Result<Option<ProfileSettings>> {
        let found = sqlx::query("SELECT * FROM profiles WHERE name = ?").bind(name).fetch_optional(self.db.read());
        self.db.told(found.await.and_then(|row| row.as_ref().map(profile).transpose()))
    }

    /// All profiles for which something was set, by name. They may be gone from the config.
    pub async fn profiles(&self) -> Result<Vec<ProfileSettings>> {
        let found = async {
            let mut conn = self.db.read().acquire().await?;
            all(&mut conn).await
        };
        self.db.told(found.await)
    }
}

/// Writes the settings of a profile and records the decision.
pub(super) async fn set(conn: &mut SqliteConnection, settings: &ProfileSettings, by: &By) -> sqlx::Result<()> {
    let before =
        sqlx::query("SELECT * FROM profiles WHERE name = ?").bind(&settings.name).fetch_optional(&mut *conn).await?;
    let before = before.as_ref().map(profile).transpose()?;
    sqlx::query(
        "INSERT INTO profiles (name, label, colour, environment, regions, protection, shown) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET label = excluded.label, colour = excluded.colour,
             environment = excluded.environment, regions = excluded.regions, protection = excluded.protection,
             shown = excluded.shown",
    )
    .bind(&settings.name)
    .bind(&settings.label)
    .bind(settings.colour.as_ref().map(word).transpose()?)
    .bind(&settings.environment)
    .bind(json(&settings.regions)?)
    .bind(settings.protection.as_ref().map(word).transpose()?)
    .bind(settings.shown)
    .execute(&mut *conn)
    .await?;
    decide(conn, format!("profile:{}", settings.name), before.as_ref(), Some(settings), None, by).await
}

/// All profiles for which something was set, by name.
pub(super) async fn all(conn: &mut SqliteConnection) -> sqlx::Result<Vec<ProfileSettings>> {
    sqlx::query("SELECT * FROM profiles ORDER BY name").fetch_all(conn).await?.iter().map(profile).collect()
}

fn profile(row: &SqliteRow) -> sqlx::Result<ProfileSettings> {
    let colour: Option<&str> = row.try_get("colour")?;
    let protection: Option<&str> = row.try_get("protection")?;
    Ok(ProfileSettings {
        name: row.try_get("name")?,
        label: row.try_get("label")?,
        colour: colour.map(from_word::<Colour>).transpose()?,
        environment: row.try_get("environment")?,
        regions: from_json(row.try_get("regions")?)?,
        protection: protection.map(from_word::<Protection>).transpose()?,
        shown: row.try_get("shown")?,
    })
}
