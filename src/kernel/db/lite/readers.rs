//! The connections that read. Owns how many there are and who has one.

use std::sync::Arc;

use rusqlite::Connection;
use sync_wrapper::SyncWrapper;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::PATIENCE;
use super::mark::{Index, Mark, Open};
use crate::kernel::db::{DbError, Half};

const READERS: usize = 8;

/// Some connections that only read.
#[derive(Clone)]
pub(in crate::kernel::db) struct Readers {
    connections: Arc<[Arc<Mutex<Open>>]>,
    places: Arc<Semaphore>,
    long: bool,
    index: Arc<Index>,
}

/// One of them, until it is dropped. The connection is given back before the place is.
pub(in crate::kernel::db) struct Reader {
    connection: SyncWrapper<OwnedMutexGuard<Open>>,
    _place: OwnedSemaphorePermit,
    long: bool,
}

impl Readers {
    pub(super) fn open(half: Half, index: Arc<Index>, open: impl Fn() -> Result<Open, DbError>) -> Result<Self, DbError> {
        let all: Result<Vec<_>, DbError> = (0..READERS).map(|_| Ok(Arc::new(Mutex::new(open()?)))).collect();
        Ok(Self { connections: all?.into(), places: Arc::new(Semaphore::new(READERS)), long: half == Half::Crm, index })
    }

    /// Where the database stands.
    pub(in crate::kernel::db) fn mark(&self) -> Option<Mark> {
        self.index.mark()
    }

    /// Waits for one that is free, for as long as a caller waits for anything.
    pub(in crate::kernel::db) async fn take(&self) -> Result<Reader, DbError> {
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => {
                let wait = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned());
                wait.await.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?
            }
        };
        loop {
            // The first that is free: it has the pages that were read last.
            for connection in self.connections.iter() {
                if let Ok(connection) = Arc::clone(connection).try_lock_owned() {
                    return Ok(Reader { connection: SyncWrapper::new(connection), _place: place, long: self.long });
                }
            }
            // Who has a place finds a connection; it was just given back to one that was passed already.
            tokio::task::yield_now().await;
        }
    }

    /// A transaction that only reads.
    pub(in crate::kernel::db) async fn begin(&self) -> Result<Reading, DbError> {
        let mut reader = self.take().await?;
        reader.run(|c| c.prepare_cached("BEGIN")?.raw_execute())?;
        Ok(Reading(reader))
    }

    /// Waits until every reader is given back; there will be no other.
    pub(in crate::kernel::db) async fn close(&self) {
        let all = self.places.acquire_many(u32::try_from(READERS).unwrap_or(1)).await;
        self.places.close();
        drop(all);
    }
}

impl Reader {
    /// The connection, for as long as one statement takes.
    pub(in crate::kernel::db) fn run<T>(&mut self, f: impl FnOnce(&Connection) -> T) -> T {
        run(&mut self.connection.get_mut().connection, self.long, f)
    }
}

/// One of them inside a transaction, which ends when it is dropped.
pub(in crate::kernel::db) struct Reading(Reader);

impl Reading {
    /// The connection, and whether its statements may take long.
    pub(in crate::kernel::db) fn parts(&mut self) -> (&mut Connection, bool) {
        (&mut self.0.connection.get_mut().connection, self.0.long)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let end = self.0.connection.get_mut().connection.prepare_cached("ROLLBACK").and_then(|mut s| s.raw_execute());
        if let Err(error) = end {
            tracing::error!(%error, "a reading transaction did not end");
        }
    }
}

/// Runs one statement here. One that may take long lets the runtime move what else waits for this thread.
pub(in crate::kernel::db) fn run<T>(connection: &mut Connection, long: bool, f: impl FnOnce(&Connection) -> T) -> T {
    let may_move = || Handle::try_current().is_ok_and(|h| h.runtime_flavor() == RuntimeFlavor::MultiThread);
    if long && may_move() { tokio::task::block_in_place(|| f(connection)) } else { f(connection) }
}
