//! Finding clients for requests, and what moment of the log they are found at. Nothing older than the request is ever used: the
//! head is read for each (on SQLite, where anything was committed since it was last read; docs/adr/0043), and a client that was read before is taken again only where the head says that nothing has changed
//! since (docs/adr/0042). On PostgreSQL requests that wait at the same time share one reading (docs/adr/0012).

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::model::Client;
use super::store;
use crate::idp::feed::{self, Head};
use crate::idp::keyring::{self, Keyring, KeyringError, Use};
use crate::idp::memory::{Ground, Memory};
use crate::kernel::db::{Db, DbError, Mark};
use crate::kernel::jose::Alg;

/// Who may wait at once; more are told to come back.
const QUEUE: usize = 4096;

type Reply = oneshot::Sender<Result<Head, DbError>>;

/// Finds clients.
pub struct Lookup {
    db: Db,
    /// Where the head is asked for together; none where asking alone costs less.
    shared: Option<mpsc::Sender<Reply>>,
    keyring: Arc<Keyring>,
    known: Memory<Ground, String, Arc<Client>>,
    last: Memory<Mark, (), Head>,
}

impl Lookup {
    /// Starts the task that reads for several; it ends with this.
    pub fn start(db: Db, keyring: Arc<Keyring>) -> Self {
        let shared = db.is_postgres().then(|| {
            let (asks, asked) = mpsc::channel(QUEUE);
            tokio::spawn(serve(db.clone(), asked));
            asks
        });
        Self { db, shared, keyring, known: Memory::default(), last: Memory::default() }
    }

    /// Where the log stands at a moment after this call; the signing keys are those of that moment or later.
    pub async fn head(&self) -> Result<Head, DbError> {
        let head = match &self.shared {
            None => self.alone().await?,
            Some(asks) => {
                let (reply, answer) = oneshot::channel();
                asks.try_send(reply).map_err(|_| DbError::Overloaded)?;
                answer.await.map_err(|_| DbError::Shared("the task that reads the head of the log has ended".into()))??
            }
        };
        if head.keys != self.keyring.revision() {
            Box::pin(self.keyring.follow(head.keys)).await.map_err(failed)?;
        }
        Ok(head)
    }

    /// The head as it was read before, where nothing at all was committed since; else as it is read now.
    async fn alone(&self) -> Result<Head, DbError> {
        let before = self.db.mark();
        if let Some(head) = before.and_then(|mark| self.last.get(&mark, &())) {
            return Ok(head);
        }
        let head = feed::store::head_now(&self.db).await?;
        // Which of two moments it was read at is known where they are the same.
        if let Some(mark) = before.filter(|_| self.db.mark() == before) {
            self.last.put(&mark, (), head.clone());
        }
        Ok(head)
    }

    /// The client and the head of the access log, from one moment after this call; and the signing keys are those of that
    /// moment or later, the client's own among them.
    pub async fn at_head(&self, id: &str) -> Result<Option<(Arc<Client>, Head)>, DbError> {
        self.known(self.head().await?, id).await
    }

    /// The same from a moment at `head`, which [`Lookup::head`] has just read, or after it.
    pub async fn known(&self, head: Head, id: &str) -> Result<Option<(Arc<Client>, Head)>, DbError> {
        // No client has such an id, and a database that refuses it would make an error of it.
        if id.is_empty() || id.len() > 256 || id.chars().any(char::is_control) {
            return Ok(None);
        }
        let found = match self.known.get(&head, id) {
            Some(client) => Some((client, head)),
            None => Box::pin(self.read(id)).await?,
        };
        // Keys of the other algorithms are there from the first start.
        if let Some((client, _)) = &found
            && client.signed_algs().contains(&Alg::Ps256)
        {
            Box::pin(keyring::flow::ensure(&self.keyring, Use::Token, Alg::Ps256)).await.map_err(failed)?;
        }
        Ok(found)
    }

    async fn read(&self, id: &str) -> Result<Option<(Arc<Client>, Head)>, DbError> {
        let Some((client, head)) = store::at_head(&self.db, id).await? else { return Ok(None) };
        let client = Arc::new(client);
        self.keyring.follow(head.keys).await.map_err(failed)?;
        self.known.put(&head.ground(), id.to_owned(), Arc::clone(&client));
        Ok(Some((client, head)))
    }
}

fn failed(e: KeyringError) -> DbError {
    match e {
        KeyringError::Db(e) => e,
        other => DbError::Shared(other.to_string()),
    }
}

/// Answers everyone who asked before a statement began with what that statement finds.
async fn serve(db: Db, mut asked: mpsc::Receiver<Reply>) {
    while let Some(first) = asked.recv().await {
        let mut replies = vec![first];
        while let Ok(next) = asked.try_recv() {
            replies.push(next);
        }
        let found = feed::store::head_now(&db).await;
        for reply in replies {
            let _ = reply.send(match &found {
                Ok(head) => Ok(head.clone()),
                Err(e) if e.is_overload() => Err(DbError::Overloaded),
                Err(e) => Err(DbError::Shared(e.to_string())),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::testing::Lab;
    use crate::kernel::db::counted;
    use crate::sql;

    /// Counts a change of what issues rest on; how many there are then.
    async fn change(db: &Db) -> i64 {
        let changed = db.write((), |(), mut tx| {
            Box::pin(async move {
                let now: (i64,) = tx.q(sql!("UPDATE grounds SET revision = revision + 1 RETURNING revision")).one().await?;
                Ok::<_, DbError>(now.0)
            })
        });
        changed.await.unwrap()
    }

    /// case 29: what is known of the head saves a statement, and never a change.
    #[tokio::test]
    async fn the_head_is_read_again_where_anything_was_committed_and_only_there() {
        let lab = Lab::new().await;
        let (lookup, db) = (&lab.idp.lookup, &lab.idp.db);
        let asked = async || {
            let before = counted::sent();
            let head = lookup.head().await.unwrap();
            (head.grounds, counted::sent() - before)
        };
        let first = asked().await.0;
        assert_eq!([asked().await, asked().await], [(first, 0), (first, 0)]);
        let next = change(db).await;
        assert_eq!([asked().await, asked().await], [(next, 1), (next, 0)]);
        // Each sees its own change, and those that come meanwhile.
        let one = async || {
            for _ in 0..50 {
                let written = change(db).await;
                assert!(asked().await.0 >= written);
            }
        };
        futures_util::join!(one(), one(), one());
        assert_eq!(asked().await.0, next + 150);
    }
}
