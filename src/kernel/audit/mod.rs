//! The audit log: who did what to whom, when, from where, with what result. Entries are written in the transaction that
//! they describe, so there is none without its effect and no effect without one. A sequencer makes a chain of what is
//! committed ([`Log::catch_up`]): each line carries the digest over all before it, and the head is under a key that is not in
//! the database. What is personal is sealed under a key per person, so that erasing him leaves the chain as it is.

pub mod chain;
pub mod export;
pub mod filter;
pub mod log;
pub mod store;
pub mod verify;

pub use chain::Head;
pub use filter::Filter;
pub use log::{AuditError, Log, Opened, Owners};
pub use store::{Waiting, erase};

use super::clock::Timestamp;
use super::db::{DbError, Tx};
use super::http::Context;
use crate::sql;

/// Who acted, on which request.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// A person's subject identifier.
    pub sub: Option<String>,
    /// The client that acted, alone or for the person.
    pub client: Option<String>,
    /// From which address.
    pub ip: Option<String>,
    /// In which request.
    pub request: Option<String>,
}

impl Actor {
    /// Someone on a request who is not (yet) known.
    pub fn on(context: &Context) -> Self {
        Self { ip: Some(context.ip.to_string()), request: Some(context.request_id.clone()), ..Self::default() }
    }
    /// The same, as a person.
    pub fn person(mut self, sub: &str) -> Self {
        self.sub = Some(sub.to_owned());
        self
    }
    /// The same, through a client.
    pub fn client(mut self, id: &str) -> Self {
        self.client = Some(id.to_owned());
        self
    }
    /// Whoever runs a command on this machine, by the number that the system knows him by.
    pub fn command_line() -> Self {
        let client = match operator() {
            Some(number) => format!("command-line uid {number}"),
            None => "command-line".into(),
        };
        Self { client: Some(client), ..Self::default() }
    }
}

/// The user of this process: what the system says, not what a variable says.
#[cfg(unix)]
fn operator() -> Option<u32> {
    std::fs::metadata("/proc/self").ok().map(|me| std::os::unix::fs::MetadataExt::uid(&me))
}

#[cfg(not(unix))]
const fn operator() -> Option<u32> {
    None
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// A new id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, such as `signin.password`.
    pub action: &'static str,
    /// To what or whom.
    pub target: Option<String>,
    /// `ok` or the reason it was refused.
    pub outcome: &'static str,
    /// More, without secrets.
    pub detail: String,
}

/// Writes `entry`.
pub async fn record(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO audit (id, at, actor, client_id, action, target, outcome, ip, request_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(entry.id.as_str())
    .bind(entry.at.0)
    .bind(entry.actor.sub.clone())
    .bind(entry.actor.client.clone())
    .bind(entry.action)
    .bind(entry.target.clone())
    .bind(entry.outcome)
    .bind(entry.actor.ip.clone())
    .bind(entry.actor.request.clone())
    .bind(entry.detail.as_str())
    .exec()
    .await?;
    Ok(())
}
