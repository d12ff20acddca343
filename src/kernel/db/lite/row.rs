//! Values on their way into statements, rows on their way out, and the running of one statement.

use std::cell::Cell;

use rusqlite::types::{FromSql, FromSqlError, Type, Value, ValueRef};
use rusqlite::{CachedStatement, Connection};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;

use crate::kernel::db::DbError;

/// What SQLite can store.
pub trait ToLite {
    /// As SQLite has it.
    ///
    /// # Errors
    /// When a value can't be written as JSON.
    fn to_lite(self) -> Result<Value, DbError>;
}

/// What can be read from a column.
pub trait FromLite: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When the column holds something else.
    fn from_lite(value: ValueRef<'_>) -> Result<Self, FromSqlError>;
}

/// What can be read from a row: tuples, and what [`record!`](crate::record) makes.
pub trait FromLiteRow: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When a column is missing or holds something else.
    fn from_lite_row(row: &LiteRow<'_>) -> Result<Self, DbError>;
}

/// A row.
pub struct LiteRow<'r> {
    row: &'r rusqlite::Row<'r>,
    /// The place after the column that was read by its name last.
    next: Cell<usize>,
}

impl<'r> LiteRow<'r> {
    const fn new(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row, next: Cell::new(0) }
    }

    /// The column of a name.
    ///
    /// # Errors
    /// When there is none, or it holds something else.
    pub fn named<T: FromLite>(&self, name: &str) -> Result<T, DbError> {
        // Statements name columns in the order of the fields that they are read into, nearly always.
        let (of, next) = (self.row.as_ref(), self.next.get());
        let here = of.column_name(next).is_ok_and(|n| n == name);
        let place = if here { next } else { of.column_index(name)? };
        self.next.set(place + 1);
        self.at(place)
    }

    /// The column at a place, from 0 on.
    ///
    /// # Errors
    /// When there is none, or it holds something else.
    pub fn at<T: FromLite>(&self, n: usize) -> Result<T, DbError> {
        let value = self.row.get_ref(n)?;
        T::from_lite(value).map_err(|e| rusqlite::Error::FromSqlConversionFailure(n, value.data_type(), Box::new(e)).into())
    }
}

macro_rules! plain {
    ($($t:ty),*) => {$(
        impl ToLite for $t {
            fn to_lite(self) -> Result<Value, DbError> { Ok(self.into()) }
        }
        impl FromLite for $t {
            fn from_lite(value: ValueRef<'_>) -> Result<Self, FromSqlError> { FromSql::column_result(value) }
        }
    )*};
}
plain!(bool, i16, i32, i64, f64, String, Vec<u8>);

impl ToLite for &str {
    fn to_lite(self) -> Result<Value, DbError> {
        Ok(self.to_owned().into())
    }
}
impl ToLite for &String {
    fn to_lite(self) -> Result<Value, DbError> {
        Ok(self.clone().into())
    }
}
impl ToLite for &[u8] {
    fn to_lite(self) -> Result<Value, DbError> {
        Ok(self.to_owned().into())
    }
}
impl<T: ToLite> ToLite for Option<T> {
    fn to_lite(self) -> Result<Value, DbError> {
        self.map_or(Ok(Value::Null), ToLite::to_lite)
    }
}
impl<T: FromLite> FromLite for Option<T> {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        if value.data_type() == Type::Null { Ok(None) } else { T::from_lite(value).map(Some) }
    }
}
impl<T: Serialize> ToLite for Json<T> {
    fn to_lite(self) -> Result<Value, DbError> {
        let text = serde_json::to_string(&self.0).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        Ok(text.into())
    }
}
impl<T: DeserializeOwned> FromLite for Json<T> {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        serde_json::from_slice(value.as_bytes()?).map(Json).map_err(|e| FromSqlError::Other(Box::new(e)))
    }
}

macro_rules! tuple {
    ($($t:ident $n:tt),*) => {
        impl<$($t: FromLite),*> FromLiteRow for ($($t,)*) {
            fn from_lite_row(row: &LiteRow<'_>) -> Result<Self, DbError> { Ok(($(row.at::<$t>($n)?,)*)) }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// A statement with its values in place. In SQLite `$7` is a name; here, as in PostgreSQL, it is the seventh value.
fn bound<'c>(conn: &'c Connection, text: &str, values: &[Value]) -> Result<CachedStatement<'c>, DbError> {
    let mut statement = conn.prepare_cached(text)?;
    for place in 1..=statement.parameter_count() {
        let named = statement.parameter_name(place).and_then(|n| n.get(1..)?.parse::<usize>().ok()).unwrap_or(place);
        let value = named.checked_sub(1).and_then(|n| values.get(n));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(values.len(), named))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(statement)
}

/// Runs a statement and reads `most` rows of what it answers.
pub(in crate::kernel::db) fn rows<T: FromLiteRow>(
    conn: &Connection,
    text: &str,
    values: &[Value],
    most: usize,
) -> Result<Vec<T>, DbError> {
    let mut statement = bound(conn, text, values)?;
    let (mut rows, mut out) = (statement.raw_query(), Vec::new());
    while out.len() < most
        && let Some(row) = rows.next()?
    {
        out.push(T::from_lite_row(&LiteRow::new(row))?);
    }
    Ok(out)
}

/// Runs a statement to its end; the number of rows that it changed.
pub(in crate::kernel::db) fn exec(conn: &Connection, text: &str, values: &[Value]) -> Result<u64, DbError> {
    let mut statement = bound(conn, text, values)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    drop(rows);
    Ok(conn.changes())
}
