//! Finding clients for requests, and what moment of the log they are found at. Nothing older than the request is ever used: the
//! head is read for each, and a client that was read before is taken again only where the head says that nothing has changed
//! since (docs/adr/0042). On PostgreSQL requests that wait at the same time share one reading (docs/adr/0012).

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::model::Client;
use super::store;
use crate::idp::feed::{self, Head};
use crate::idp::keyring::{self, Keyring, KeyringError, Use};
use crate::idp::memory::{Ground, Memory};
use crate::kernel::db::{Db, DbError};
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
}

impl Lookup {
    /// Starts the task that reads for several; it ends with this.
    pub fn start(db: Db, keyring: Arc<Keyring>) -> Self {
        let shared = db.is_postgres().then(|| {
            let (asks, asked) = mpsc::channel(QUEUE);
            tokio::spawn(serve(db.clone(), asked));
            asks
        });
        Self { db, shared, keyring, known: Memory::default() }
    }

    /// Where the log stands at a moment after this call; the signing keys are those of that moment or later.
    pub async fn head(&self) -> Result<Head, DbError> {
        let head = match &self.shared {
            None => feed::store::head_now(&self.db).await?,
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
