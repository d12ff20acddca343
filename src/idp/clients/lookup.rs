//! Finding clients for requests that wait at the same time: one statement, begun after all of them arrived, answers all of
//! them. Nothing older than the request is ever used, so a disabled client is refused at once, and under load a look-up
//! costs a part of what it costs alone (docs/adr/0012-shared-look-ups.md).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::model::Client;
use super::store::{self, RowAtHead};
use crate::idp::feed::Head;
use crate::idp::keyring::{self, Keyring, KeyringError, Use};
use crate::kernel::db::{Db, DbError};
use crate::kernel::jose::Alg;

/// Who may wait at once; more are told to come back.
const QUEUE: usize = 4096;
/// Clients whose parsed registration is kept. It is used only where the row still says the same.
const KEPT: usize = 1000;

type Found = Option<(Arc<Client>, Head)>;

struct Ask {
    id: String,
    reply: oneshot::Sender<Result<Found, DbError>>,
}

/// Asks for clients. Cheap to clone.
#[derive(Clone)]
pub struct Lookup {
    asks: mpsc::Sender<Ask>,
    keyring: Arc<Keyring>,
}

impl Lookup {
    /// Starts the task that answers; it ends with the last handle.
    pub fn start(db: Db, keyring: Arc<Keyring>) -> Self {
        let (asks, asked) = mpsc::channel(QUEUE);
        tokio::spawn(serve(db, Arc::clone(&keyring), asked));
        Self { asks, keyring }
    }

    /// The client and the head of the access log, from one moment after this call; and the signing keys are those of that
    /// moment or later, the client's own among them.
    pub async fn at_head(&self, id: &str) -> Result<Found, DbError> {
        // No client has such an id, and a database that refuses it would refuse all who share the statement.
        if id.is_empty() || id.len() > 256 || id.chars().any(char::is_control) {
            return Ok(None);
        }
        let (reply, answer) = oneshot::channel();
        self.asks.try_send(Ask { id: id.to_owned(), reply }).map_err(|_| DbError::Overloaded)?;
        let found = answer.await.map_err(|_| DbError::Shared("the task that looks up clients has ended".into()))??;
        // Keys of the other algorithms are there from the first start.
        if let Some((client, _)) = &found
            && client.signed_algs().contains(&Alg::Ps256)
        {
            keyring::flow::ensure(&self.keyring, Use::Token, Alg::Ps256).await.map_err(shared)?;
        }
        Ok(found)
    }
}

fn shared(e: KeyringError) -> DbError {
    match e {
        KeyringError::Db(e) => e,
        other => DbError::Shared(other.to_string()),
    }
}

async fn rows(db: &Db, keyring: &Keyring, ids: &BTreeSet<String>) -> Result<Vec<RowAtHead>, DbError> {
    let rows = store::at_head(db, ids).await?;
    if let Some(row) = rows.first() {
        keyring.follow(row.head().keys).await.map_err(shared)?;
    }
    Ok(rows)
}

async fn serve(db: Db, keyring: Arc<Keyring>, mut asked: mpsc::Receiver<Ask>) {
    let mut parsed: HashMap<String, (RowAtHead, Arc<Client>)> = HashMap::new();
    while let Some(first) = asked.recv().await {
        let (mut asks, mut ids) = (Vec::new(), BTreeSet::new());
        ids.insert(first.id.clone());
        asks.push(first);
        while ids.len() < store::AT_ONCE
            && let Ok(next) = asked.try_recv()
        {
            ids.insert(next.id.clone());
            asks.push(next);
        }
        let found = match rows(&db, &keyring, &ids).await {
            Ok(rows) => rows.into_iter().map(|row| (row.id.clone(), client(&mut parsed, row))).collect::<HashMap<_, _>>(),
            Err(e) => {
                let overload = e.is_overload();
                let text = e.to_string();
                for ask in asks {
                    let again = if overload { DbError::Overloaded } else { DbError::Shared(text.clone()) };
                    let _ = ask.reply.send(Err(again));
                }
                continue;
            }
        };
        for ask in asks {
            let answer = match found.get(&ask.id) {
                None => Ok(None),
                Some(Ok((client, head))) => Ok(Some((Arc::clone(client), head.clone()))),
                Some(Err(e)) => Err(DbError::Shared(e.to_string())),
            };
            let _ = ask.reply.send(answer);
        }
    }
}

/// The row as a client, parsed anew only where it differs from the last one.
fn client(parsed: &mut HashMap<String, (RowAtHead, Arc<Client>)>, row: RowAtHead) -> Result<(Arc<Client>, Head), DbError> {
    let head = row.head();
    if let Some((kept, client)) = parsed.get(&row.id)
        && kept.is_same(&row)
    {
        return Ok((Arc::clone(client), head));
    }
    let client = Arc::new(row.client()?);
    if parsed.len() >= KEPT {
        parsed.clear();
    }
    parsed.insert(row.id.clone(), (row, Arc::clone(&client)));
    Ok((client, head))
}
