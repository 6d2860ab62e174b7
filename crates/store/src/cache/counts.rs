//! How many rows there are of what: the numbers beside filters and on the board.

use std::collections::BTreeMap;

use skydeck_domain::{Aspect, Health};
use sqlx::{QueryBuilder, Sqlite};

use super::{Cache, filter, need};
use crate::{CountBy, Query, Result, word::known};

impl Cache {
    /// Rows by health and aspect, the neediest first. Order and page of the query do not matter.
    pub async fn count_by_health(&self, query: &Query) -> Result<Vec<(Health, Option<Aspect>, i64)>> {
        let counted = async {
            let mut sql = QueryBuilder::<Sqlite>::new("SELECT r.need, count(*) FROM resources r INDEXED BY ");
            sql.push(filter::index(query)).push(" WHERE true");
            filter::push(&mut sql, query)?;
            sql.push(" GROUP BY r.need ORDER BY r.need");
            let rows: Vec<(i64, i64)> = sql.build_query_as().fetch_all(self.db.read()).await?;
            let told = |(number, n): (i64, i64)| {
                let (health, aspect) = known(&number.to_string(), need::of(number))?;
                Ok((health, aspect, n))
            };
            rows.into_iter().map(told).collect()
        };
        self.db.told(counted.await)
    }

    /// Rows by kind, service, profile or Region, in alphabetical order. Order and page of the query do not matter.
    pub async fn count_by(&self, query: &Query, by: CountBy) -> Result<Vec<(String, i64)>> {
        let (select, group) = match by {
            CountBy::Kind | CountBy::Service => {
                ("SELECT r.kind, count(*) FROM resources r INDEXED BY resources_by_kind WHERE true", " GROUP BY r.kind")
            }
            CountBy::Profile | CountBy::Region => (
                "SELECT (SELECT json_array(p.profile, p.region) FROM scopes p WHERE p.scope = r.scope), count(*) \
                 FROM resources r INDEXED BY resources_by_need WHERE true",
                " GROUP BY r.scope",
            ),
        };
        let counted = async {
            let mut sql = QueryBuilder::<Sqlite>::new(select);
            filter::push(&mut sql, query)?;
            sql.push(group);
            let rows: Vec<(String, i64)> = sql.build_query_as().fetch_all(self.db.read()).await?;
            let mut counts = BTreeMap::new();
            for (what, n) in rows {
                *counts.entry(name(what, by)?).or_insert(0) += n;
            }
            Ok(counts.into_iter().collect())
        };
        self.db.told(counted.await)
    }
}

/// What a group is called: a kind, the service before its dot, or the profile or Region of its scope.
fn name(group: String, by: CountBy) -> sqlx::Result<String> {
    Ok(match by {
        CountBy::Kind => group,
        CountBy::Service => group.split_once('.').map_or(group.clone(), |(service, _)| service.to_owned()),
        CountBy::Profile => crate::word::from_json::<(String, String)>(&group)?.0,
        CountBy::Region => crate::word::from_json::<(String, String)>(&group)?.1,
    })
}
