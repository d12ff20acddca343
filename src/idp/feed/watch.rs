//! Telling whoever listens that the log has moved: by this process's own commits at once, by those of other nodes from a
//! look at the table ten times a second, and only while somebody listens.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::futures::Notified;
use tokio::sync::{Mutex, Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::acks::Acks;
use super::{Head, store};
use crate::kernel::db::{Db, DbError};

/// How often the table is looked at for what other nodes have written.
const LOOK: Duration = Duration::from_millis(100);
/// Who may listen at once; more are told to come back.
pub const SEATS: usize = 64;

/// The live side of the log in one process.
pub struct Watch {
    db: Db,
    heard: Notify,
    seats: Arc<Semaphore>,
    head: Arc<Mutex<Option<watch::Sender<Head>>>>,
    closing: CancellationToken,
    /// What replicas have acknowledged and is not written yet.
    pub acks: Acks,
}

/// A place among those who listen, given back when it is dropped.
pub struct Seat {
    /// The head, now and whenever it has moved.
    pub head: watch::Receiver<Head>,
    /// Ends when the process is told to.
    pub closing: CancellationToken,
    _permit: OwnedSemaphorePermit,
}

impl Watch {
    /// Watches a database, once somebody listens.
    pub fn new(db: Db) -> Self {
        let (seats, head) = (Arc::new(Semaphore::new(SEATS)), Arc::default());
        Self { db, heard: Notify::new(), seats, head, closing: CancellationToken::new(), acks: Acks::default() }
    }

    /// A replica has acknowledged something.
    pub fn heard(&self) {
        self.heard.notify_waiters();
    }

    /// Waits for the next [`Watch::heard`].
    pub fn next_heard(&self) -> Notified<'_> {
        self.heard.notified()
    }

    /// Sends everyone home.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Takes a seat; none when all are taken.
    pub async fn listen(&self) -> Result<Option<Seat>, DbError> {
        let Ok(permit) = Arc::clone(&self.seats).try_acquire_owned() else { return Ok(None) };
        let mut slot = self.head.lock().await;
        let head = match slot.as_ref() {
            Some(sender) => sender.subscribe(),
            None => {
                let written = self.db.log_written();
                let (sender, head) = watch::channel(store::head_now(&self.db).await?);
                *slot = Some(sender.clone());
                tokio::spawn(follow(self.db.clone(), written, sender, Arc::clone(&self.head)));
                head
            }
        };
        Ok(Some(Seat { head, closing: self.closing.clone(), _permit: permit }))
    }
}

/// Follows the head until nobody listens any more.
async fn follow(
    db: Db,
    mut written: watch::Receiver<u64>,
    sender: watch::Sender<Head>,
    slot: Arc<Mutex<Option<watch::Sender<Head>>>>,
) {
    loop {
        tokio::select! {
            () = sender.closed() => {
                // Under the lock, so that whoever sits down at this moment finds someone who follows.
                let mut slot = slot.lock().await;
                if sender.receiver_count() == 0 {
                    *slot = None;
                    return;
                }
            }
            _ = written.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        match store::head_now(&db).await {
            Ok(head) => drop(sender.send_if_modified(|known| {
                *known != head && {
                    *known = head;
                    true
                }
            })),
            Err(error) => tracing::debug!(%error, "the head of the access log can't be read"),
        }
    }
}
