//! Challenges: one-time codes by which someone outside confirms a pending change of a record store.
//!
//! Owns what is *confirmed*: making a challenge, sending its code, counting and comparing what comes back, giving it up.
//! Does not own the change (the record store's), nor the receipt (`receipts`). The rules are in
//! `contract::challenge` for the wire; the code is derived from the challenge's id and generation and stored nowhere.
//!
//! What a crash leaves is taken up by asking again: making is idempotent by (client, pending change, rule), an attempt by
//! its id, a report by the pending change; `GET` tells the rest.

pub mod confirm;
pub mod flow;
pub mod http;
pub mod model;
pub mod send;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;

/// The outbox job that sends a code.
pub const SEND: &str = "challenge.code";

/// Forgets what was kept for its time; for the sweeper.
pub async fn sweep(idp: &super::Idp) -> Result<u64, crate::kernel::db::DbError> {
    idp.db.write(idp.env.now(), |now, mut tx| Box::pin(async move { store::sweep(&mut tx, *now).await })).await
}
