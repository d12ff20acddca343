//! Answers kept for requests that may come again (a lost connection at commit, an impatient finger). What is kept is the
//! outcome of a change that was made; a refusal is found anew.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;

use super::model::WriteError;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::sql;

/// How long an answer is kept.
pub const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);
/// Longest key, in characters.
const MAX_KEY: usize = 200;

/// A request's key with the digest of what it asks.
#[derive(Clone, Debug)]
pub struct Key {
    actor: String,
    key: String,
    hash: String,
}

impl Key {
    /// Of this person (or client), for this request.
    pub fn new(actor: &str, key: &str, request: &impl Serialize) -> Result<Self, WriteError> {
        let ok = !key.is_empty() && key.len() <= MAX_KEY && key.bytes().all(|b| b.is_ascii_graphic());
        let body = serde_json::to_vec(request).map_err(|_| WriteError::IdempotencyKey)?;
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &body));
        if ok { Ok(Self { actor: actor.to_owned(), key: key.to_owned(), hash }) } else { Err(WriteError::IdempotencyKey) }
    }
}

/// The answer given before, if the same was asked before; an error if something else was.
pub async fn find<T: DeserializeOwned + Send + Unpin + 'static>(tx: &mut Tx<'_>, key: &Key) -> Result<Option<T>, WriteError> {
    let row: Option<(String, Json<serde_json::Value>)> = tx
        .q(sql!("SELECT request_hash, response FROM crm_idempotency WHERE actor = $1 AND key = $2"))
        .bind(key.actor.clone())
        .bind(key.key.clone())
        .opt()
        .await?;
    let Some((hash, response)) = row else { return Ok(None) };
    if hash != key.hash {
        return Err(WriteError::IdempotencyKey);
    }
    let bad = |e: serde_json::Error| DbError::BadRow {
        table: "crm_idempotency",
        column: "response",
        id: key.key.clone(),
        why: e.to_string(),
    };
    Ok(Some(serde_json::from_value(response.0).map_err(bad)?))
}

/// Keeps the answer, in the transaction of what it says. Two requests at once: on PostgreSQL the later one's transaction
/// runs again and then finds it, on SQLite they come one after the other.
pub async fn keep(tx: &mut Tx<'_>, key: &Key, response: serde_json::Value, now: Timestamp) -> Result<(), WriteError> {
    let kept = tx
        .q(sql!(
            "INSERT INTO crm_idempotency (actor, key, request_hash, response, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (actor, key) DO NOTHING"
        ))
        .bind(key.actor.clone())
        .bind(key.key.clone())
        .bind(key.hash.clone())
        .bind(Json(response))
        .bind(now.0)
        .exec()
        .await?;
    if kept == 1 { Ok(()) } else { Err(WriteError::IdempotencyKey) }
}

/// Forgets answers that nobody asks for again; how many.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let mut all = 0;
    loop {
        let forgotten = db
            .write(now - KEEP, |before, mut tx| {
                Box::pin(async move {
                    tx.q(sql!(
                        "DELETE FROM crm_idempotency WHERE (actor, key) IN
                             (SELECT actor, key FROM crm_idempotency WHERE created_at < $1 LIMIT 500)"
                    ))
                    .bind(before.0)
                    .exec()
                    .await
                })
            })
            .await?;
        all += forgotten;
        if forgotten < 500 {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::testing::House;
    use crate::kernel::clock::Clock;

    /// A request that comes again within the week gets its answer; later it is a new one, and nothing is kept for it.
    #[tokio::test]
    async fn answers_are_forgotten_after_a_week() {
        let house = House::new().await;
        let key = Key::new("mila", "k1", &"asked").unwrap();
        let db = &house.crm.db;
        let at = house.clock.now();
        for key in [key.clone(), Key::new("mila", "k2", &"asked").unwrap()] {
            let kept =
                db.write((key, at), |(key, at), mut tx| Box::pin(async move { keep(&mut tx, key, "answer".into(), *at).await }));
            kept.await.unwrap();
        }
        let found =
            async || db.write(key.clone(), |key, mut tx| Box::pin(async move { find::<String>(&mut tx, key).await })).await;
        assert_eq!(sweep(db, at + KEEP).await.unwrap(), 0);
        assert_eq!(found().await.unwrap().as_deref(), Some("answer"));
        assert_eq!(sweep(db, at + KEEP + Duration::from_millis(1)).await.unwrap(), 2);
        assert_eq!(found().await.unwrap(), None);
    }
}
