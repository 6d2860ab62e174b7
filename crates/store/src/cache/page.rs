//! A page of a list: filtered, sorted and cut in SQL, along the index of its order.
//!
//! The index is named in the statement: without it SQLite may prefer to gather all rows that pass the filter and sort them,
//! which is the slower the more there are. By read time alone SQLite may choose: that order lies in another table than
//! what is filtered by, and for a small kind gathering is the faster way.

use futures::TryStreamExt as _;
use skydeck_domain::Resource;
use sqlx::{QueryBuilder, Sqlite};

use super::{
    Cache,
    cursor::{Column, Cursor},
    filter,
    get::resources,
    row::{COLUMNS, resource, standing},
};
use crate::{Count, Page, Query, Result, Slice, Sort, Standing};

/// Up to here a number of rows is exact.
const EXACT: i64 = 1000;

/// How an order runs.
struct Order {
    /// The tables, `r` and `s`, with the index to go along.
    from: &'static str,
    /// The columns of the key, all in one direction.
    key: &'static [Column],
    /// Whether upward.
    up: bool,
}

impl Order {
    fn of(query: &Query) -> Order {
        use Column::{Number, Text};
        let (from, key): (_, &'static [Column]) = match query.sort {
            Sort::Need if query.kinds.len() == 1 => (
                "resources r INDEXED BY resources_by_kind CROSS JOIN seen s ON s.row = r.row",
                &[Number("r.need"), Number("r.late"), Text("r.id")],
            ),
            Sort::Need => (
                "resources r INDEXED BY resources_by_need CROSS JOIN seen s ON s.row = r.row",
                &[Number("r.need"), Number("r.late"), Text("r.id")],
            ),
            Sort::Name => (
                "resources r INDEXED BY resources_by_name CROSS JOIN seen s ON s.row = r.row",
                &[Text("r.name"), Text("r.id")],
            ),
            Sort::Profile => (
                "resources r INDEXED BY resources_by_profile CROSS JOIN seen s ON s.row = r.row",
                &[Text("r.profile"), Text("r.name"), Text("r.id")],
            ),
            Sort::Since => (
                "resources r INDEXED BY resources_by_since CROSS JOIN seen s ON s.row = r.row",
                &[Number("r.late"), Text("r.id")],
            ),
            Sort::ReadAt => ("seen s JOIN resources r ON r.row = s.row", &[Number("s.read_at"), Number("s.row")]),
        };
        // `late` grows towards the past, so that the oldest first is downward.
        let up = query.descending == (query.sort == Sort::Since);
        Order { from, key, up }
    }

    fn names(&self, between: &str) -> String {
        self.key.iter().map(|column| column.name()).collect::<Vec<_>>().join(between)
    }
}

impl Cache {
    /// One page of the rows that the query lets through. Errors: [`crate::Error::BadCursor`].
    pub async fn page(&self, query: &Query) -> Result<Page> {
        let total = async { self.db.told(self.total(query).await) };
        let (Slice { rows, next }, total) = tokio::try_join!(self.slice(query), total)?;
        Ok(Page { rows, next, total })
    }

    /// As [`Cache::page`], for who has counted already. Errors: [`crate::Error::BadCursor`].
    pub async fn slice(&self, query: &Query) -> Result<Slice> {
        let order = Order::of(query);
        let after = query.after.as_deref();
        let after = after.map(|text| Cursor::read(text, query.sort, query.descending, order.key)).transpose()?;
        let limit = query.limit.clamp(1, Query::MAX_LIMIT);
        let found = async {
            let mut rows = statement(query, &order, after.as_ref(), limit)?.build().fetch_all(self.db.read()).await?;
            let more = rows.len() > limit as usize;
            rows.truncate(limit as usize);
            let cursor = |row| Cursor::behind(row, query.sort, query.descending, order.key)?.write();
            let next = rows.last().filter(|_| more).map(cursor).transpose()?;
            Ok(Slice { rows: resources(&rows)?, next })
        };
        self.db.told(found.await)
    }

    /// Hands over every row that the query lets through, one at a time and in its order, so that a caller who needs little of
    /// each holds little. Page and limit of the query do not matter.
    pub async fn each(&self, query: &Query, mut take: impl FnMut(Resource) + Send) -> Result<()> {
        let order = Order::of(query);
        let through = async {
            let mut sql = select(query, &order, COLUMNS)?;
            ordered(&mut sql, &order);
            let mut rows = sql.build().fetch(self.db.read());
            while let Some(row) = rows.try_next().await? {
                take(resource(&row)?);
            }
            Ok(())
        };
        self.db.told(through.await)
    }

    /// How the rows stand that the query lets through, in its order, at most so many. Page and limit of the query do not
    /// matter.
    pub async fn standings(&self, query: &Query, most: u32) -> Result<Vec<Standing>> {
        let order = Order::of(query);
        let found = async {
            let mut sql = select(query, &order, "r.name, r.profile, r.region, r.need, r.since, s.read_at")?;
            ordered(&mut sql, &order);
            sql.push(" LIMIT ").push_bind(i64::from(most));
            let rows = sql.build().fetch_all(self.db.read()).await?;
            rows.iter().map(standing).collect()
        };
        self.db.told(found.await)
    }

    async fn total(&self, query: &Query) -> sqlx::Result<Count> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM (SELECT 1 FROM resources r INDEXED BY ");
        sql.push(filter::index(query)).push(" WHERE true");
        filter::push(&mut sql, query)?;
        sql.push(" LIMIT ").push_bind(EXACT + 1).push(")");
        let n: i64 = sql.build_query_scalar().fetch_one(self.db.read()).await?;
        Ok(Count { n: n.min(EXACT), exact: n <= EXACT })
    }
}

/// Selects one row more than the page has, to know whether there is a next one.
fn statement(query: &Query, order: &Order, after: Option<&Cursor>, limit: u32) -> sqlx::Result<QueryBuilder<Sqlite>> {
    let keys: Vec<String> =
        order.key.iter().enumerate().map(|(i, column)| format!("{} AS k{i}", column.name())).collect();
    let mut sql = select(query, order, &format!("{COLUMNS}, {}", keys.join(", ")))?;
    if let Some(after) = after {
        sql.push(format_args!(" AND ({}) {} ", order.names(", "), if order.up { ">" } else { "<" }));
        after.push(&mut sql);
    }
    ordered(&mut sql, order);
    sql.push(" LIMIT ").push_bind(i64::from(limit) + 1);
    Ok(sql)
}

/// Selects columns of the rows that the query lets through; more conditions can follow.
fn select(query: &Query, order: &Order, columns: &str) -> sqlx::Result<QueryBuilder<Sqlite>> {
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(columns);
    sql.push(format_args!(" FROM {} WHERE true", order.from));
    filter::push(&mut sql, query)?;
    Ok(sql)
}

fn ordered(sql: &mut QueryBuilder<Sqlite>, order: &Order) {
    let direction = if order.up { "" } else { " DESC" };
    sql.push(format_args!(" ORDER BY {}{direction}", order.names(&format!("{direction}, "))));
}
