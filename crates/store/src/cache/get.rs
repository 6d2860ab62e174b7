//! Single rows, by id or by ARN.

use std::collections::HashMap;

use skydeck_domain::Resource;
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};

use super::{
    Cache,
    row::{COLUMNS, SELECT, resource},
};
use crate::{Result, word::json};

impl Cache {
    /// The row of this id.
    pub async fn get(&self, id: &str) -> Result<Option<Resource>> {
        let found = sqlx::query(AssertSqlSafe(format!("{SELECT} r.id = ?"))).bind(id).fetch_optional(self.db.read());
        self.db.told(found.await.and_then(|row| row.as_ref().map(resource).transpose()))
    }

    /// The rows of this ARN, one for each profile it was read through, by profile.
    pub async fn by_arn(&self, arn: &str) -> Result<Vec<Resource>> {
        let found = sqlx::query(AssertSqlSafe(format!("{SELECT} r.arn = ? ORDER BY r.profile, r.id")))
            .bind(arn)
            .fetch_all(self.db.read());
        self.db.told(found.await.and_then(|rows| resources(&rows)))
    }

    /// The rows of these ids, in their order; ids that are not there are passed over.
    pub async fn get_many(&self, ids: &[String]) -> Result<Vec<Resource>> {
        let found = async {
            let sql = format!(
                "SELECT {COLUMNS} FROM json_each(?) wanted CROSS JOIN resources r ON r.id = wanted.value \
                 JOIN seen s ON s.row = r.row"
            );
            let rows = sqlx::query(AssertSqlSafe(sql)).bind(json(ids)?).fetch_all(self.db.read()).await?;
            let mut by_id: HashMap<String, Resource> =
                resources(&rows)?.into_iter().map(|row| (row.id.clone(), row)).collect();
            Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
        };
        self.db.told(found.await)
    }
}

pub(super) fn resources(rows: &[SqliteRow]) -> sqlx::Result<Vec<Resource>> {
    rows.iter().map(resource).collect()
}
