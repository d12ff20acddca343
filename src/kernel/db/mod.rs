//! Storage: one handle over SQLite and PostgreSQL, one SQL text for both.
//!
//! Owns pools, transactions, retries, group commit, migrations and the binding of values. Does not own any table: each
//! entity's SQL is in its own `store.rs`. Statements come from [`sql!`](crate::sql) (fixed text) or are put together
//! from literals by the query builder; values are parameters, always. Rules of writing are in [`Db::write`].

mod error;
mod lite;
mod migrate;
mod postgres;
mod query;

pub use error::DbError;
pub use lite::Mark;
#[doc(hidden)]
pub use lite::{FromLite, FromLiteRow, LiteRow};
pub use migrate::Half;
#[cfg(test)]
pub use query::counted;
pub use query::{Bind, Query, Record, Sql};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnection;
use sync_wrapper::SyncWrapper;
use tokio::sync::watch;

/// A fixed statement. Its text is a literal of this program; a test finds each one in the source and prepares it.
#[macro_export]
macro_rules! sql {
    ($text:literal) => {
        $crate::kernel::db::Sql::literal($text)
    };
}

/// A row type that reads from both engines, by column name, without sqlx's derive.
#[macro_export]
macro_rules! record {
    ($(#[$m:meta])* $v:vis struct $n:ident { $($(#[$fm:meta])* $fv:vis $f:ident : $t:ty),* $(,)? }) => {
        $(#[$m])* $v struct $n { $($(#[$fm])* $fv $f: $t),* }
        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $n
        where &'static str: sqlx::ColumnIndex<R>, $($t: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>),*
        {
            fn from_row(r: &'r R) -> sqlx::Result<Self> { Ok(Self { $($f: r.try_get(stringify!($f))?),* }) }
        }
        impl $crate::kernel::db::FromLiteRow for $n {
            fn from_lite_row(r: &$crate::kernel::db::LiteRow<'_>) -> Result<Self, $crate::kernel::db::DbError> {
                Ok(Self { $($f: r.named(stringify!($f))?),* })
            }
        }
    };
}

/// A database of one half.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    written: Arc<watch::Sender<u64>>,
}

#[derive(Clone)]
enum Engine {
    Lite { read: lite::Readers, write: lite::Writer },
    Pg(postgres::Connections),
}

/// A connection inside a transaction. Stores take `&mut Tx`.
pub struct Tx<'c>(TxOn<'c>);

/// Whether a statement of this transaction failed because another was first. Noted where the statement runs, so that no
/// error type on the way up can hide it from the retry.
#[derive(Default)]
struct Lost(AtomicBool);

impl Lost {
    fn note(&self, e: &sqlx::Error) {
        if error::is_retryable(e) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

enum TxOn<'c> {
    /// With whether its statements may take long. Nothing is ever read through a shared reference of it.
    Lite(SyncWrapper<&'c mut rusqlite::Connection>, bool),
    /// With where to note that the transaction lost against another.
    Pg(&'c mut PgConnection, &'c Lost),
}

/// A transaction that holds the head of the access log, so that positions are in commit order. Only this type can append.
pub struct LogTx<'c>(Tx<'c>);

impl<'c> std::ops::Deref for LogTx<'c> {
    type Target = Tx<'c>;
    fn deref(&self) -> &Tx<'c> {
        &self.0
    }
}
impl std::ops::DerefMut for LogTx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// What a request reads, all of it from one moment. Writes through it are refused by the engine.
pub struct Snapshot(SnapshotOn);

enum SnapshotOn {
    Lite(lite::Reading),
    Pg(postgres::Held, Lost),
}

impl Snapshot {
    /// The connection to read from.
    pub fn tx(&mut self) -> Tx<'_> {
        match &mut self.0 {
            SnapshotOn::Lite(t) => {
                let (conn, long) = t.parts();
                Tx(TxOn::Lite(SyncWrapper::new(conn), long))
            }
            SnapshotOn::Pg(held, lost) => Tx(TxOn::Pg(held.connection(), lost)),
        }
    }
}

/// The future of a write closure.
pub type Work<'c, T, E> = BoxFuture<'c, Result<T, E>>;

impl Db {
    /// Opens `url`, `sqlite:<path>` (made when missing) or `postgres://...`, and brings the tables of `half` up to date.
    /// Several nodes may do so at once.
    pub async fn open(url: &str, half: Half) -> Result<Self, DbError> {
        Self::open_with(url, half, postgres::CONNECTIONS).await
    }

    /// The same with so many connections at most, where that is PostgreSQL.
    pub async fn open_with(url: &str, half: Half, connections: u32) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let (read, write) = lite::open(path, half).await?;
            Ok(Self::of(Engine::Lite { read, write }))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::of(Engine::Pg(postgres::open(url, half, connections).await?)))
        } else {
            Err(DbError::BadUrl)
        }
    }

    fn of(engine: Engine) -> Self {
        Self { engine, written: Arc::new(watch::Sender::new(0)) }
    }

    /// Changes whenever this process has committed through [`Db::write_log`]. Other processes are not heard.
    pub fn log_written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// Whether this is PostgreSQL; for the few places where an engine needs its own statement.
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Pg(_))
    }

    /// One statement that reads, outside any transaction: for a request that needs only one.
    pub fn query(&self, sql: Sql) -> Query<'_> {
        match &self.engine {
            Engine::Lite { read, .. } => Query::on_readers(read, sql),
            Engine::Pg(p) => Query::on_connections(p, sql),
        }
    }

    /// One statement that writes, a transaction by itself at PostgreSQL's usual isolation (READ COMMITTED), durable when it is
    /// answered. For what is contested in one row only, whose condition it brings. SQLite has none: there every write goes
    /// through the one writer.
    pub fn write_at_once(&self, sql: Sql) -> Option<Query<'_>> {
        match &self.engine {
            Engine::Lite { .. } => None,
            Engine::Pg(p) => Some(Query::on_connections(p, sql)),
        }
    }

    /// Where the database stands, for much less than a statement costs: the same again says that nothing was committed in
    /// between, by anyone. PostgreSQL doesn't tell.
    pub fn mark(&self) -> Option<Mark> {
        match &self.engine {
            Engine::Lite { read, .. } => read.mark(),
            Engine::Pg(_) => None,
        }
    }

    /// Begins reading: everything read through the snapshot is from one moment.
    pub async fn snapshot(&self) -> Result<Snapshot, DbError> {
        match &self.engine {
            Engine::Lite { read, .. } => Ok(Snapshot(SnapshotOn::Lite(read.begin().await?))),
            Engine::Pg(p) => {
                let mut held = p.take().await?;
                held.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                Ok(Snapshot(SnapshotOn::Pg(held, Lost::default())))
            }
        }
    }

    /// Runs `work` in one transaction and answers after the commit is durable. An error rolls back; a refusal that must
    /// leave a trace (a counted attempt) is therefore a value, not an error.
    ///
    /// `work` may run more than once, so ids, time and chance are drawn before and come in `input`; effects outside the
    /// database are rows in the outbox. PostgreSQL runs it SERIALIZABLE and again on 40001 / 40P01; SQLite in a savepoint
    /// of a group commit.
    pub async fn write<D, T, E, F>(&self, input: D, work: F) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'c> Fn(&'c D, Tx<'c>) -> Work<'c, T, E> + Send + Sync + 'static,
    {
        match &self.engine {
            Engine::Lite { write, .. } => write.run(input, work).await,
            Engine::Pg(p) => postgres::write(p, false, &input, &work).await,
        }
    }

    /// As [`Db::write`], holding the head of the access log from the first statement on: the only way to append to it.
    pub async fn write_log<D, T, E, F>(&self, input: D, work: F) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'c> Fn(&'c D, LogTx<'c>) -> Work<'c, T, E> + Send + Sync + 'static,
    {
        let work = constrain::<D, T, E, _>(move |d, tx| work(d, LogTx(tx)));
        let result = match &self.engine {
            Engine::Lite { write, .. } => write.run(input, work).await,
            Engine::Pg(p) => postgres::write(p, true, &input, &work).await,
        };
        if result.is_ok() {
            self.written.send_modify(|n| *n = n.wrapping_add(1));
        }
        result
    }

    /// Asks the engine to parse and plan `text` without running it.
    pub async fn prepare(&self, text: &'static str) -> Result<(), DbError> {
        use sqlx::{Executor, SqlSafeStr};
        match &self.engine {
            Engine::Lite { read, .. } => read.take().await?.run(|c| c.prepare(text).map(drop))?,
            Engine::Pg(p) => {
                p.take().await?.run(async |c| c.prepare(text.into_sql_str()).await.map(drop)).await?;
            }
        }
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.query(sql!("SELECT 1")).one::<(i32,)>().await.map(drop)
    }

    /// Closes the pools after what was begun has ended.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Lite { read, write } => {
                write.close().await;
                read.close().await;
            }
            Engine::Pg(p) => p.close().await,
        }
    }
}

/// Tells the compiler that a closure is generic over the lifetime of its arguments.
fn constrain<D, T, E, F>(f: F) -> F
where
    F: for<'c> Fn(&'c D, Tx<'c>) -> Work<'c, T, E>,
{
    f
}

impl Tx<'_> {
    /// A fixed statement on this transaction.
    pub fn q(&mut self, sql: Sql) -> Query<'_> {
        match &mut self.0 {
            TxOn::Lite(c, long) => Query::on_lite(c.get_mut(), *long, sql),
            TxOn::Pg(c, lost) => Query::on_pg(c, lost, sql),
        }
    }
    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.0, TxOn::Pg(..))
    }
}

/// How long a statement may wait for a lock or a connection before the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
