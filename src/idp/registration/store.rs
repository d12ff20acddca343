//! SQL of self-registration: initial access tokens, and who registered himself.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// An initial access token, without its secret.
    #[derive(Clone, Debug)]
    pub struct InitialToken {
        /// Id.
        pub id: String,
        /// What it is for, as its maker wrote.
        pub note: String,
        /// Who made it.
        pub made_by: Option<String>,
        /// When.
        pub made_at: i64,
        /// Until when it works.
        pub expires_at: i64,
        /// How many applications may still be registered with it.
        pub uses_left: i64,
        /// When it was revoked.
        pub revoked_at: Option<i64>,
    }
}

/// Keeps a new token.
pub async fn insert_token(tx: &mut Tx<'_>, t: &InitialToken, hash: &str) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO registration_tokens (id, token_hash, note, made_by, made_at, expires_at, uses_left)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(t.id.as_str())
    .bind(hash)
    .bind(t.note.as_str())
    .bind(t.made_by.clone())
    .bind(t.made_at)
    .bind(t.expires_at)
    .bind(t.uses_left)
    .exec()
    .await
    .map(drop)
}

/// The newest tokens, a thousand at most.
pub async fn tokens(tx: &mut Tx<'_>) -> Result<Vec<InitialToken>, DbError> {
    tx.q(sql!(
        "SELECT id, note, made_by, made_at, expires_at, uses_left, revoked_at FROM registration_tokens
         ORDER BY made_at DESC, id DESC LIMIT 1000"
    ))
    .all()
    .await
}

/// Uses a token once; its id, if it still works.
pub async fn use_token(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!(
            "UPDATE registration_tokens SET uses_left = uses_left - 1
             WHERE token_hash = $1 AND uses_left > 0 AND expires_at > $2 AND revoked_at IS NULL RETURNING id"
        ))
        .bind(hash)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether a token works; it is not used by that.
pub async fn works(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<bool, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!(
            "SELECT id FROM registration_tokens
             WHERE token_hash = $1 AND uses_left > 0 AND expires_at > $2 AND revoked_at IS NULL"
        ))
        .bind(hash)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.is_some())
}

/// Revokes a token; false when there is none that works.
pub async fn revoke_token(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE registration_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Applications that registered themselves and may be used.
pub async fn count(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let (n,): (i64,) = tx.q(sql!("SELECT COUNT(*) FROM clients WHERE registration_hash IS NOT NULL AND enabled")).one().await?;
    Ok(n)
}

/// Marks an application as one that registered itself, and may manage itself by a token.
pub async fn mark(tx: &mut Tx<'_>, client: &str, hash: &str, by: Option<&str>) -> Result<(), DbError> {
    tx.q(sql!("UPDATE clients SET registration_hash = $2, registered_by = $3 WHERE id = $1"))
        .bind(client)
        .bind(hash)
        .bind(by.map(str::to_owned))
        .exec()
        .await
        .map(drop)
}

/// Takes an application its token.
pub async fn unmark(tx: &mut Tx<'_>, client: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE clients SET registration_hash = '' WHERE id = $1 AND registration_hash IS NOT NULL"))
        .bind(client)
        .exec()
        .await
        .map(drop)
}

/// When an application was registered, if this is the token that it manages itself with.
pub async fn manages(tx: &mut Tx<'_>, client: &str, hash: &str) -> Result<Option<Timestamp>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!("SELECT created_at FROM clients WHERE id = $1 AND registration_hash = $2 AND enabled"))
        .bind(client)
        .bind(hash)
        .opt()
        .await?;
    Ok(row.map(|(at,)| Timestamp(at)))
}
