//! PostgreSQL: SERIALIZABLE writes that run again when they lose. Does not own who has a connection.

mod connections;

pub(super) use connections::{Connections, Held};

use std::panic::AssertUnwindSafe;
use std::str::FromStr;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use super::migrate::{Half, migrator};
use super::{DbError, Lost, PATIENCE, Tx, TxOn, Work};

/// How many there are where nothing else is said.
pub(super) const CONNECTIONS: u32 = 10;
/// Tries before a write that keeps losing is answered as overload.
const TRIES: u32 = 40;

/// Positions of the access log are given in commit order: the lock is the first statement, so that the snapshot of the
/// transaction comes after it (a sequence would give a position before the commit that shows it).
const WITH_HEAD: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE access_log_head IN EXCLUSIVE MODE";
const ALONE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";

pub(super) async fn open(url: &str, half: Half, connections: u32) -> Result<Connections, DbError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("zegel")
        // Statements here are long and run for milliseconds; compiling one to machine code took a hundred times as long.
        .options([
            ("jit", "off"),
            ("lock_timeout", "5s"),
            ("statement_timeout", "15s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ])
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let all = Connections::open(options, connections).await?;
    migrator(half, true).run(all.take().await?.connection()).await?;
    Ok(all)
}

pub(super) async fn write<D, T, E, F>(pool: &Connections, log: bool, input: &D, work: &F) -> Result<T, E>
where
    E: From<DbError>,
    F: for<'c> Fn(&'c D, Tx<'c>) -> Work<'c, T, E>,
{
    for n in 0..TRIES {
        let lost = Lost::default();
        let result = attempt(pool, log, input, work, &lost).await;
        if result.is_ok() || !lost.get() {
            return result;
        }
        // Losers come back spread out; the step is short because the winner has already committed.
        tokio::time::sleep(Duration::from_millis(u64::from(n.min(20)) * 2)).await;
    }
    Err(DbError::Overloaded.into())
}

async fn attempt<D, T, E, F>(pool: &Connections, log: bool, input: &D, work: &F, lost: &Lost) -> Result<T, E>
where
    E: From<DbError>,
    F: for<'c> Fn(&'c D, Tx<'c>) -> Work<'c, T, E>,
{
    let mut held = pool.take().await.map_err(DbError::from)?;
    let begun = held.begin(if log { WITH_HEAD } else { ALONE }).await;
    begun.inspect_err(|e| lost.note(e)).map_err(DbError::from)?;
    let value = AssertUnwindSafe(work(input, Tx(TxOn::Pg(held.connection(), lost))))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(DbError::Panicked.into()))?;
    held.commit().await.inspect_err(|e| lost.note(e)).map_err(DbError::from)?;
    Ok(value)
}
