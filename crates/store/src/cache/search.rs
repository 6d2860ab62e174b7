//! Search over everything, for the palette: names that begin with what was typed come first, then names that hold it, then
//! rows that hold it elsewhere; among equals, who needs a person first.

use skydeck_domain::{Resource, Scope};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::{Cache, filter, text::terms};
use crate::Result;

/// Hits that are looked at before they are ranked. Who types a word that is in more rows types on.
const CANDIDATES: i64 = 500;

impl Cache {
    /// Rows that hold every word of the text, the likeliest first; none for a text without words.
    pub async fn search(&self, text: &str, scopes: &Option<Vec<Scope>>, limit: u32) -> Result<Vec<Resource>> {
        let found = async {
            let text = text.trim();
            let terms = terms(text);
            if terms.anywhere.is_none() && terms.beginning.is_none() {
                return Ok(Vec::new());
            }
            let typed = text.to_lowercase();
            let mut hits = self.names_beginning(text, scopes).await?;
            hits.extend(self.holding(text, scopes).await?);
            let mut hits = hits.iter().map(|row| Hit::of(row, &typed)).collect::<sqlx::Result<Vec<_>>>()?;
            hits.sort();
            hits.dedup();
            hits.truncate(limit as usize);
            Ok(hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>())
        };
        let ids = self.db.told(found.await)?;
        self.get_many(&ids).await
    }

    /// Found apart from the rest, so that they are there even if the rest is more than is looked at.
    async fn names_beginning(&self, text: &str, scopes: &Option<Vec<Scope>>) -> sqlx::Result<Vec<SqliteRow>> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT r.id, r.name, r.need FROM resources r INDEXED BY resources_by_name WHERE r.name >= ",
        );
        sql.push_bind(text).push(" AND r.name < ").push_bind(format!("{text}\u{10ffff}"));
        filter::scopes(&mut sql, scopes)?;
        sql.push(" LIMIT ").push_bind(CANDIDATES);
        sql.build().fetch_all(self.db.read()).await
    }

    async fn holding(&self, text: &str, scopes: &Option<Vec<Scope>>) -> sqlx::Result<Vec<SqliteRow>> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT r.id, r.name, r.need FROM resources r WHERE true");
        filter::text(&mut sql, text);
        filter::scopes(&mut sql, scopes)?;
        sql.push(" LIMIT ").push_bind(CANDIDATES);
        sql.build().fetch_all(self.db.read()).await
    }
}

/// A hit; hits sort by likelihood.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    place: u8,
    need: i64,
    name: String,
    id: String,
}

impl Hit {
    fn of(row: &SqliteRow, typed: &str) -> sqlx::Result<Hit> {
        let name: String = row.try_get::<String, _>("name")?.to_lowercase();
        let place = match () {
            () if name == typed => 0,
            () if name.starts_with(typed) => 1,
            () if name.contains(typed) => 2,
            () => 3,
        };
        Ok(Hit { place, need: row.try_get("need")?, name, id: row.try_get("id")? })
    }
}
