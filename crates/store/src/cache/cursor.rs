//! Where the next page goes on: the key of the last row shown, with the order it belongs to, so that a cursor of another
//! order is refused instead of giving a wrong page. Opaque to everyone else.
//!
//! By key, not by number of rows: rows that come or go meanwhile make no row appear twice or be skipped.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use crate::{Error, Result, Sort};

/// Key of a row in an order, first the column that counts most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    sort: Sort,
    descending: bool,
    key: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Part {
    Number(i64),
    Text(String),
}

/// A column of a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    /// One that holds an integer.
    Number(&'static str),
    /// One that holds text.
    Text(&'static str),
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        match self {
            Column::Number(name) | Column::Text(name) => name,
        }
    }
}

impl Cursor {
    /// The cursor behind a row, in which the key columns were selected as `k0`, `k1` ….
    pub(super) fn behind(row: &SqliteRow, sort: Sort, descending: bool, columns: &[Column]) -> sqlx::Result<Cursor> {
        let part = |(i, column): (usize, &Column)| {
            let name = format!("k{i}");
            Ok(match column {
                Column::Number(_) => Part::Number(row.try_get(name.as_str())?),
                Column::Text(_) => Part::Text(row.try_get(name.as_str())?),
            })
        };
        Ok(Cursor { sort, descending, key: columns.iter().enumerate().map(part).collect::<sqlx::Result<_>>()? })
    }

    /// The cursor of that text, if it belongs to this order.
    pub(super) fn read(text: &str, sort: Sort, descending: bool, columns: &[Column]) -> Result<Cursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::BadCursor)?;
        let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| Error::BadCursor)?;
        let fits = |(part, column): (&Part, &Column)| {
            matches!((part, column), (Part::Number(_), Column::Number(_)) | (Part::Text(_), Column::Text(_)))
        };
        let belongs = cursor.sort == sort
            && cursor.descending == descending
            && cursor.key.len() == columns.len()
            && cursor.key.iter().zip(columns).all(fits);
        if belongs { Ok(cursor) } else { Err(Error::BadCursor) }
    }

    /// As text to hand out.
    pub(super) fn write(&self) -> sqlx::Result<String> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(crate::word::json(self)?))
    }

    /// Adds the key as a row value.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push("(");
        let mut values = sql.separated(", ");
        for part in &self.key {
            match part {
                Part::Number(number) => values.push_bind(*number),
                Part::Text(text) => values.push_bind(text.as_str()),
            };
        }
        sql.push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [Column::Text("name"), Column::Text("id")];

    fn cursor() -> Cursor {
        Cursor {
            sort: Sort::Name, descending: false, key: vec![Part::Text("결제".into()), Part::Text("dev/x".into())]
        }
    }

    #[test]
    fn a_cursor_comes_back() {
        let text = cursor().write().unwrap();
        assert_eq!(Cursor::read(&text, Sort::Name, false, &COLUMNS).unwrap(), cursor());
    }

    #[test]
    fn what_is_no_cursor_of_this_order_is_refused() {
        let text = cursor().write().unwrap();
        let numbers = [Column::Number("need"), Column::Text("id")];
        for refused in [
            Cursor::read("", Sort::Name, false, &COLUMNS),
            Cursor::read("not base64!", Sort::Name, false, &COLUMNS),
            Cursor::read("e30", Sort::Name, false, &COLUMNS),
            Cursor::read(&text, Sort::Profile, false, &COLUMNS),
            Cursor::read(&text, Sort::Name, true, &COLUMNS),
            Cursor::read(&text, Sort::Name, false, &COLUMNS[..1]),
            Cursor::read(&text, Sort::Name, false, &numbers),
        ] {
            assert!(matches!(refused, Err(Error::BadCursor)), "{refused:?}");
        }
    }
}
