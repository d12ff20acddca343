//! SQLite: readers, one writer that commits in groups, and how values and rows cross.
//!
//! Statements run where they are awaited, on the thread that asks: one that finds a row takes microseconds, and handing it to
//! another thread and back took ten times as long (docs/adr/0041-statements-run-where-they-are-asked.md). Writes have a thread
//! of their own, which owns the one writing connection.

mod mark;
mod readers;
mod row;
mod writer;

pub use mark::Mark;
pub(super) use readers::{Readers, Reading, run};
pub use row::{FromLite, FromLiteRow, LiteRow, ToLite};
pub(super) use row::{exec, rows};
pub(super) use writer::Writer;

use std::str::FromStr;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection as _};

use mark::{Index, Open};

use super::migrate::{Half, migrator};
use super::{DbError, PATIENCE};

const STATEMENTS: usize = 256;

pub(super) async fn open(path: &str, half: Half) -> Result<(Readers, Writer), DbError> {
    let options = SqliteConnectOptions::from_str(&format!("sqlite:{path}"))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let mut migrating = options.connect().await?;
    migrator(half, false).run(&mut migrating).await?;
    let file = options.get_filename().to_owned();
    // The connection before has made it.
    let index = Index::of(&file).map_err(sqlx::Error::Io)?;
    let open = || Ok::<_, DbError>(Open { connection: connect(&file)?, _index: Arc::clone(&index) });
    let write = open()?;
    let readers = Readers::open(half, Arc::clone(&index), || {
        let open = open()?;
        open.connection.pragma_update(None, "query_only", true)?;
        Ok(open)
    })?;
    let writer = Writer::start(write)?;
    // Only now, so that the log of writes stays what it is: whoever closes a database last empties it.
    migrating.close().await?;
    Ok((readers, writer))
}

/// A connection whose commits are on the disk when they are answered.
fn connect(file: &std::path::Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags)?;
    conn.busy_timeout(PATIENCE)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}
