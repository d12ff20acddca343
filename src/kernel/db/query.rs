//! One statement with its arguments, bound to where it will run.

use std::fmt::Write;

use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, FromRow, Postgres, Sqlite, Type};

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
pub trait Bind: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> {}
impl<T> Bind for T where T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> {}

/// Anything that both engines can read: tuples of portable values and [`record!`](crate::record) types.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

enum On<'e> {
    LitePool(&'e SqlitePool, SqliteArguments),
    Lite(&'e mut SqliteConnection, SqliteArguments),
    PgPool(&'e PgPool, PgArguments),
    Pg(&'e mut PgConnection, PgArguments, &'e Lost),
}

/// A statement with its arguments. Values become parameters; only literals of this program become text.
pub struct Query<'e> {
    on: On<'e>,
    text: String,
    failed: Option<sqlx::Error>,
    /// Parameters that stand in the text more than once, by name and place.
    shared: Vec<((&'static str, usize), usize)>,
}

macro_rules! run {
    ($q:expr, $f:ident, $m:ident, $map:expr) => {{
        let q = $q;
        if let Some(e) = q.failed {
            return Err(DbError::Engine(e));
        }
        #[cfg(test)]
        counted::note();
        // Safe: the text was put together from literals of this program, see `Sql` and `Query::push`.
        let text = AssertSqlSafe(q.text);
        Ok(match q.on {
            On::LitePool(p, a) => sqlx::$f(text, a).$m(p).await.map($map),
            On::Lite(c, a) => sqlx::$f(text, a).$m(c).await.map($map),
            On::PgPool(p, a) => sqlx::$f(text, a).$m(p).await.map($map),
            On::Pg(c, a, lost) => sqlx::$f(text, a).$m(c).await.inspect_err(|e| lost.note(e)).map($map),
        }?)
    }};
}

impl<'e> Query<'e> {
    fn new(on: On<'e>, sql: Sql) -> Self {
        Self { on, text: sql.0.to_owned(), failed: None, shared: Vec::new() }
    }
    pub(super) fn on_lite_pool(p: &'e SqlitePool, sql: Sql) -> Self {
        Self::new(On::LitePool(p, SqliteArguments::default()), sql)
    }
    pub(super) fn on_lite(c: &'e mut SqliteConnection, sql: Sql) -> Self {
        Self::new(On::Lite(c, SqliteArguments::default()), sql)
    }
    pub(super) fn on_pg_pool(p: &'e PgPool, sql: Sql) -> Self {
        Self::new(On::PgPool(p, PgArguments::default()), sql)
    }
    pub(super) fn on_pg(c: &'e mut PgConnection, lost: &'e Lost, sql: Sql) -> Self {
        Self::new(On::Pg(c, PgArguments::default(), lost), sql)
    }

    fn add<T: Bind>(&mut self, value: T) -> usize {
        let added = match &mut self.on {
            On::LitePool(_, a) | On::Lite(_, a) => Arguments::add(a, value).map(|()| a.len()),
            On::PgPool(_, a) | On::Pg(_, a, _) => Arguments::add(a, value).map(|()| a.len()),
        };
        added.unwrap_or_else(|e| {
            self.failed.get_or_insert(sqlx::Error::Encode(e));
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
        self.text.push_str(text);
        self
    }

    /// Appends a value as the next parameter.
    pub fn value<T: Bind>(&mut self, value: T) -> &mut Self {
        let n = self.add(value);
        let _ = write!(self.text, "${n}");
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
        let _ = write!(self.text, "${n}");
        self
    }

    /// Appends a field key as a quoted literal: an index on an expression is used only when the key stands in the text.
    pub fn key(&mut self, key: &crate::kernel::key::FieldKey) -> &mut Self {
        let _ = write!(self.text, "'{}'", key.as_str());
        self
    }

    /// Appends a table alias made from a number.
    pub fn alias(&mut self, n: usize) -> &mut Self {
        let _ = write!(self.text, "t{n}");
        self
    }

    /// Whether the text goes to PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.on, On::PgPool(..) | On::Pg(..))
    }

    /// All rows.
    pub async fn all<T: Record>(self) -> Result<Vec<T>, DbError> {
        run!(self, query_as_with, fetch_all, |x| x)
    }
    /// The first row, if there is one.
    pub async fn opt<T: Record>(self) -> Result<Option<T>, DbError> {
        run!(self, query_as_with, fetch_optional, |x| x)
    }
    /// The one row; an error when there is none.
    pub async fn one<T: Record>(self) -> Result<T, DbError> {
        run!(self, query_as_with, fetch_one, |x| x)
    }
    /// Runs it; the number of rows that it changed.
    pub async fn exec(self) -> Result<u64, DbError> {
        run!(self, query_with, execute, |r| r.rows_affected())
    }
}

/// How many statements a thread has sent, for tests that hold a read to its number.
#[cfg(test)]
pub mod counted {
    thread_local! {
        static SENT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    pub(super) fn note() {
        SENT.set(SENT.get() + 1);
    }

    /// So far.
    pub fn sent() -> usize {
        SENT.get()
    }
}
