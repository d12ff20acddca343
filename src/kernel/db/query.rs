//! One statement with its arguments, bound to where it will run.

use std::borrow::Cow;
use std::fmt::Write;

use rusqlite::Connection;
use rusqlite::types::Value;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, FromRow, Postgres, SqlSafeStr, SqlStr, Type};

use super::lite::{self, FromLiteRow, Readers, ToLite};
use super::postgres::Connections;
use super::{DbError, Lost};

/// The text of a fixed statement; made only by [`sql!`](crate::sql) from a literal.
#[derive(Clone, Copy, Debug)]
pub struct Sql(&'static str);

impl Sql {
    #[doc(hidden)]
    pub const fn literal(text: &'static str) -> Self {
        Self(text)
    }
}

/// Anything that both engines can bind.
pub trait Bind: ToLite + for<'q> Encode<'q, Postgres> + Type<Postgres> {}
impl<T> Bind for T where T: ToLite + for<'q> Encode<'q, Postgres> + Type<Postgres> {}

/// Anything that both engines can read: tuples of portable values and [`record!`](crate::record) types.
pub trait Record: FromLiteRow + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: FromLiteRow + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

enum On<'e> {
    Readers(&'e Readers, Vec<Value>),
    /// With whether it may take long.
    Lite(&'e mut Connection, Vec<Value>, bool),
    Connections(&'e Connections, PgArguments),
    Pg(&'e mut PgConnection, PgArguments, &'e Lost),
}

/// A statement with its arguments. Values become parameters; only literals of this program become text.
pub struct Query<'e> {
    on: On<'e>,
    text: Cow<'static, str>,
    failed: Option<DbError>,
    /// Parameters that stand in the text more than once, by name and place.
    shared: Vec<((&'static str, usize), usize)>,
}

/// Runs a statement on its engine: `$lite` with a connection, a text and values, or sqlx's `$f` and `$m`.
macro_rules! run {
    ($q:expr, $lite:expr, $f:ident, $m:ident, $map:expr) => {{
        let q = $q;
        if let Some(e) = q.failed {
            return Err(e);
        }
        #[cfg(test)]
        counted::note(&q.text);
        match q.on {
            On::Readers(readers, values) => readers.take().await?.run(|c| $lite(c, &q.text, &values)),
            On::Lite(c, values, long) => lite::run(c, long, |c| $lite(c, &q.text, &values)),
            On::Connections(all, a) => {
                let mut held = all.take().await?;
                Ok(held.run(async |c| sqlx::$f(safe(q.text), a).$m(c).await).await.map($map)?)
            }
            On::Pg(c, a, lost) => {
                let answer = sqlx::$f(safe(q.text), a).$m(c).await;
                Ok(answer.inspect_err(|e| lost.note(e)).map($map)?)
            }
        }
    }};
}

/// Safe: the text was put together from literals of this program, see [`Sql`] and [`Query::push`].
fn safe(text: Cow<'static, str>) -> SqlStr {
    match text {
        Cow::Borrowed(text) => text.into_sql_str(),
        Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
    }
}

impl<'e> Query<'e> {
    fn new(on: On<'e>, sql: Sql) -> Self {
        Self { on, text: Cow::Borrowed(sql.0), failed: None, shared: Vec::new() }
    }
    pub(super) fn on_readers(readers: &'e Readers, sql: Sql) -> Self {
        Self::new(On::Readers(readers, Vec::new()), sql)
    }
    pub(super) fn on_lite(c: &'e mut Connection, long: bool, sql: Sql) -> Self {
        Self::new(On::Lite(c, Vec::new(), long), sql)
    }
    pub(super) fn on_connections(all: &'e Connections, sql: Sql) -> Self {
        Self::new(On::Connections(all, PgArguments::default()), sql)
    }
    pub(super) fn on_pg(c: &'e mut PgConnection, lost: &'e Lost, sql: Sql) -> Self {
        Self::new(On::Pg(c, PgArguments::default(), lost), sql)
    }

    fn add<T: Bind>(&mut self, value: T) -> usize {
        let added = match &mut self.on {
            On::Readers(_, all) | On::Lite(_, all, _) => value.to_lite().map(|value| {
                all.push(value);
                all.len()
            }),
            On::Connections(_, a) | On::Pg(_, a, _) => {
                Arguments::add(a, value).map(|()| a.len()).map_err(|e| sqlx::Error::Encode(e).into())
            }
        };
        added.unwrap_or_else(|e| {
            self.failed.get_or_insert(e);
            0
        })
    }

    /// Binds the next `$n` of the text.
    pub fn bind<T: Bind>(mut self, value: T) -> Self {
        self.add(value);
        self
    }

    /// Appends a literal of this program to the text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Appends a value as the next parameter.
    pub fn value<T: Bind>(&mut self, value: T) -> &mut Self {
        let n = self.add(value);
        let _ = write!(self.text.to_mut(), "${n}");
        self
    }

    /// Appends a value that a statement names in many places, as one parameter. `name` and `at` say which it is: the same ones
    /// again give the parameter of the first time.
    pub fn shared<T: Bind>(&mut self, name: &'static str, at: usize, value: T) -> &mut Self {
        let found = self.shared.iter().find(|(k, _)| *k == (name, at)).map(|(_, n)| *n);
        let n = found.unwrap_or_else(|| {
            let n = self.add(value);
            self.shared.push(((name, at), n));
            n
        });
        let _ = write!(self.text.to_mut(), "${n}");
        self
    }

    /// Appends a field key as a quoted literal: an index on an expression is used only when the key stands in the text.
    pub fn key(&mut self, key: &crate::kernel::key::FieldKey) -> &mut Self {
        let _ = write!(self.text.to_mut(), "'{}'", key.as_str());
        self
    }

    /// Appends a table alias made from a number.
    pub fn alias(&mut self, n: usize) -> &mut Self {
        let _ = write!(self.text.to_mut(), "t{n}");
        self
    }

    /// Whether the text goes to PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.on, On::Connections(..) | On::Pg(..))
    }

    /// All rows.
    pub async fn all<T: Record>(self) -> Result<Vec<T>, DbError> {
        run!(self, |c, text, values| lite::rows(c, text, values, usize::MAX), query_as_with, fetch_all, |x| x)
    }
    /// The first row, if there is one.
    pub async fn opt<T: Record>(self) -> Result<Option<T>, DbError> {
        run!(self, |c, text, values| Ok(lite::rows(c, text, values, 1)?.pop()), query_as_with, fetch_optional, |x| x)
    }
    /// The one row; an error when there is none.
    pub async fn one<T: Record>(self) -> Result<T, DbError> {
        self.opt().await?.ok_or(DbError::Engine(sqlx::Error::RowNotFound))
    }
    /// Runs it; the number of rows that it changed.
    pub async fn exec(self) -> Result<u64, DbError> {
        run!(self, lite::exec, query_with, execute, |r| r.rows_affected())
    }
}

/// The statements that a thread has sent, for tests that hold a read to their number, or to the tables that they read.
#[cfg(test)]
pub mod counted {
    thread_local! {
        static SENT: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
    }

    pub(super) fn note(text: &str) {
        SENT.with_borrow_mut(|sent| sent.push(text.to_owned()));
    }

    /// How many so far.
    pub fn sent() -> usize {
        SENT.with_borrow(Vec::len)
    }

    /// Those after so many.
    pub fn after(many: usize) -> Vec<String> {
        SENT.with_borrow(|sent| sent[many..].to_vec())
    }
}
