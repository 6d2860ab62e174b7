//! The filter of a list as SQL. Every condition is on columns that the index of each order carries, but for the text.

use skydeck_domain::Scope;
use sqlx::{QueryBuilder, Sqlite};

use super::{need, text::terms};
use crate::{Place, Query, word::json};

/// The index along which rows are counted: of the one kind, where only one is wanted.
pub(super) fn index(query: &Query) -> &'static str {
    if query.kinds.len() == 1 { "resources_by_kind" } else { "resources_by_need" }
}

/// Adds the conditions of the query on `r`, each with an `AND` before it.
pub(super) fn push(sql: &mut QueryBuilder<Sqlite>, query: &Query) -> sqlx::Result<()> {
    match query.kinds.as_slice() {
        [] => {}
        [kind] => {
            sql.push(" AND r.kind = ").push_bind(kind);
        }
        kinds => {
            sql.push(" AND r.kind IN (SELECT value FROM json_each(").push_bind(json(kinds)?).push("))");
        }
    }
    scopes(sql, &query.scopes)?;
    needs(sql, query);
    places(sql, query.places.as_deref())?;
    stages(sql, &query.stages);
    text(sql, query.text.as_deref().unwrap_or_default());
    Ok(())
}

/// Adds the condition that a row lies in one of the scopes.
pub(super) fn scopes(sql: &mut QueryBuilder<Sqlite>, scopes: &Option<Vec<Scope>>) -> sqlx::Result<()> {
    if let Some(scopes) = scopes {
        let pairs: Vec<(&str, &str)> = scopes.iter().map(|s| (s.profile.as_str(), s.region.as_str())).collect();
        sql.push(
            " AND r.scope IN (SELECT p.scope FROM scopes p WHERE (p.profile, p.region) IN \
             (SELECT value ->> 0, value ->> 1 FROM json_each(",
        );
        sql.push_bind(json(&pairs)?).push(")))");
    }
    Ok(())
}

fn needs(sql: &mut QueryBuilder<Sqlite>, query: &Query) {
    let Some(wanted) = need::wanted(&query.healths, &query.aspects, query.needs.as_deref()) else { return };
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else {
        sql.push(" AND 0");
        return;
    };
    // The range lets the orders of need start and stop at the right place; the plus keeps SQLite from jumping between the
    // numbers instead, which would lose the order.
    sql.push(format_args!(" AND r.need BETWEEN {first} AND {last} AND +r.need IN ({})", listed(&wanted)));
}

/// Adds the condition that a row has one of the states of a place that it lies in.
fn places(sql: &mut QueryBuilder<Sqlite>, places: Option<&[Place]>) -> sqlx::Result<()> {
    let Some(places) = places else { return Ok(()) };
    let numbers = |place: &Place| place.states.iter().map(|(health, aspect)| need::need(*health, *aspect)).collect();
    let numbers: Vec<Vec<i64>> = places.iter().map(numbers).collect();
    let (Some(first), Some(last)) = (numbers.iter().flatten().min(), numbers.iter().flatten().max()) else {
        sql.push(" AND 0");
        return Ok(());
    };
    // As above: a range for the order, and no jumping.
    sql.push(format_args!(" AND r.need BETWEEN {first} AND {last} AND ("));
    for (i, (place, numbers)) in places.iter().zip(&numbers).enumerate() {
        sql.push(format_args!("{}(+r.need IN ({})", if i == 0 { "" } else { " OR " }, listed(numbers)));
        scopes(sql, &Some(place.scopes.clone()))?;
        sql.push(")");
    }
    sql.push(")");
    Ok(())
}

fn listed(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// Adds the condition that the latest execution is in one of these stages, did not get through it, or is held before it. It
/// reads the detail of every row that
/// passes the other conditions, and stands behind them for that.
fn stages(sql: &mut QueryBuilder<Sqlite>, names: &[String]) {
    if names.is_empty() {
        return;
    }
    sql.push(" AND (");
    for (i, name) in names.iter().enumerate() {
        let beginning = format!("{}%", escaped(name));
        sql.push(if i == 0 { "" } else { " OR " });
        sql.push("r.detail ->> '$.stage' LIKE ").push_bind(beginning.clone());
        sql.push(
            " ESCAPE '\\' OR EXISTS (SELECT 1 FROM json_each(r.detail, '$.stages') g \
             WHERE (g.value ->> 'status' <> 'Succeeded' AND g.value ->> 'execution_id' IS \
             coalesce(r.detail ->> '$.execution.execution_id', g.value ->> 'execution_id') \
             OR r.aspect = 'held' AND NOT g.value ->> 'transition_enabled') AND g.value ->> 'name' LIKE ",
        );
        sql.push_bind(beginning).push(" ESCAPE '\\')");
    }
    sql.push(")");
}

/// A text of which LIKE takes no character for more than it is.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Adds the condition that a row has all words of the text.
pub(super) fn text(sql: &mut QueryBuilder<Sqlite>, text: &str) {
    let terms = terms(text);
    if let Some(anywhere) = terms.anywhere {
        sql.push(" AND r.row IN (SELECT rowid FROM search WHERE search MATCH ").push_bind(anywhere).push(")");
    }
    if let Some(beginning) = terms.beginning {
        sql.push(" AND r.row IN (SELECT rowid FROM beginnings WHERE beginnings MATCH ").push_bind(beginning).push(")");
    }
}
