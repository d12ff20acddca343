//! SQL of sign-ins under way, sessions of the pages, and logout tokens that were used.

use crate::kernel::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

/// A sign-in that was sent to the provider.
pub(super) struct Login {
    pub state_hash: String,
    pub browser_hash: String,
    pub nonce: String,
    /// The PKCE verifier, sealed.
    pub verifier: String,
    pub goal: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

record! {
    /// What is needed of a sign-in when the provider leads back.
    pub(super) struct Taken {
        pub nonce: String,
        pub verifier: String,
        pub goal: String,
    }
}

pub(super) async fn add_login(db: &Db, login: Login) -> Result<(), DbError> {
    db.write(login, |l, mut tx| {
        Box::pin(async move {
            tx.q(sql!(
                "INSERT INTO web_logins (state_hash, browser_hash, nonce, verifier, goal, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)"
            ))
            .bind(l.state_hash.as_str())
            .bind(l.browser_hash.as_str())
            .bind(l.nonce.as_str())
            .bind(l.verifier.as_str())
            .bind(l.goal.as_str())
            .bind(l.created_at.0)
            .bind(l.expires_at.0)
            .exec()
            .await
            .map(drop)
        })
    })
    .await
}

/// Takes a sign-in, once, for the browser that began it.
pub(super) async fn take_login(
    db: &Db,
    state_hash: String,
    browser_hash: String,
    now: Timestamp,
) -> Result<Option<Taken>, DbError> {
    db.write((state_hash, browser_hash, now), |(state, browser, now), mut tx| {
        Box::pin(async move {
            tx.q(sql!(
                "UPDATE web_logins SET used_at = $3
                 WHERE state_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3
                 RETURNING nonce, verifier, goal"
            ))
            .bind(state.as_str())
            .bind(browser.as_str())
            .bind(now.0)
            .opt()
            .await
        })
    })
    .await
}

record! {
    /// A session of the pages; the tokens are sealed.
    #[derive(Clone)]
    pub(super) struct Session {
        pub hash: String,
        pub sub: String,
        pub sid: String,
        pub access_token: String,
        pub refresh_token: Option<String>,
        pub access_expires_at: i64,
        pub renew_at: i64,
        pub expires_at: i64,
        /// The person's token for the provider's own API.
        pub provider_token: Option<String>,
        pub provider_until: Option<i64>,
    }
}

/// A session about to begin, with the one that the browser had before.
pub(super) struct Begin {
    pub session: Session,
    pub id_token: String,
    pub old_hash: Option<String>,
    pub now: Timestamp,
    pub audit: audit::Entry,
}

pub(super) async fn begin(db: &Db, begin: Begin) -> Result<(), DbError> {
    db.write(begin, |b, mut tx| {
        Box::pin(async move {
            if let Some(old) = &b.old_hash {
                end_row(&mut tx, old, b.now).await?;
            }
            let s = &b.session;
            tx.q(sql!(
                "INSERT INTO web_sessions (hash, sub, sid, access_token, refresh_token, id_token, access_expires_at, renew_at,
                 created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ))
            .bind(s.hash.as_str())
            .bind(s.sub.as_str())
            .bind(s.sid.as_str())
            .bind(s.access_token.as_str())
            .bind(s.refresh_token.clone())
            .bind(b.id_token.as_str())
            .bind(s.access_expires_at)
            .bind(s.renew_at)
            .bind(b.now.0)
            .bind(s.expires_at)
            .exec()
            .await?;
            audit::record(&mut tx, &b.audit).await
        })
    })
    .await
}

/// A session that goes on.
pub(super) async fn session(db: &Db, hash: &str, now: Timestamp) -> Result<Option<Session>, DbError> {
    db.query(sql!(
        "SELECT hash, sub, sid, access_token, refresh_token, access_expires_at, renew_at, expires_at, provider_token,
         provider_until FROM web_sessions WHERE hash = $1 AND ended_at IS NULL AND expires_at > $2"
    ))
    .bind(hash)
    .bind(now.0)
    .opt()
    .await
}

/// Makes a session's access token one that is to be renewed before anything else, if it is still the one that was seen.
pub(super) async fn expire(db: &Db, hash: String, seen: i64) -> Result<(), DbError> {
    db.write((hash, seen), |(hash, seen), mut tx| {
        Box::pin(async move {
            tx.q(sql!("UPDATE web_sessions SET renew_at = 0, access_expires_at = 0 WHERE hash = $1 AND renew_at = $2"))
                .bind(hash.as_str())
                .bind(*seen)
                .exec()
                .await
                .map(drop)
        })
    })
    .await
}

/// Takes the right to use a session's refresh token until `until`; false while another request has it, or has used it since
/// the session was read.
pub(super) async fn lease(db: &Db, s: &Session, owner: String, now: Timestamp, until: Timestamp) -> Result<bool, DbError> {
    let seen = (s.renew_at, s.refresh_token.clone());
    db.write((s.hash.clone(), seen, owner, now, until), |(hash, (renew_at, refresh), owner, now, until), mut tx| {
        Box::pin(async move {
            let n = tx
                .q(sql!(
                    "UPDATE web_sessions SET lease_owner = $3, lease_until = $5
                     WHERE hash = $1 AND renew_at = $2 AND ended_at IS NULL AND (lease_until IS NULL OR lease_until <= $4)
                     AND COALESCE(refresh_token, '') = COALESCE(CAST($6 AS TEXT), '')"
                ))
                .bind(hash.as_str())
                .bind(*renew_at)
                .bind(owner.as_str())
                .bind(now.0)
                .bind(until.0)
                .bind(refresh.clone())
                .exec()
                .await?;
            Ok(n == 1)
        })
    })
    .await
}

/// New tokens for a session, from whoever has its lease.
pub(super) struct Renewed {
    pub hash: String,
    pub owner: String,
    pub access_token: String,
    /// None keeps the one that is there.
    pub refresh_token: Option<String>,
    pub access_expires_at: i64,
    pub renew_at: i64,
}

pub(super) async fn renewed(db: &Db, new: Renewed) -> Result<(), DbError> {
    db.write(new, |n, mut tx| {
        Box::pin(async move {
            tx.q(sql!(
                "UPDATE web_sessions SET access_token = $3, refresh_token = COALESCE($4, refresh_token), access_expires_at = $5,
                 renew_at = $6, lease_owner = NULL, lease_until = NULL WHERE hash = $1 AND lease_owner = $2"
            ))
            .bind(n.hash.as_str())
            .bind(n.owner.as_str())
            .bind(n.access_token.as_str())
            .bind(n.refresh_token.clone())
            .bind(n.access_expires_at)
            .bind(n.renew_at)
            .exec()
            .await
            .map(drop)
        })
    })
    .await
}

/// The person's token for the provider's API, from whoever has the session's lease.
pub(super) struct ForProvider {
    pub hash: String,
    pub owner: String,
    pub token: String,
    pub until: i64,
    /// None keeps the one that is there.
    pub refresh_token: Option<String>,
}

pub(super) async fn keep_for_provider(db: &Db, new: ForProvider) -> Result<(), DbError> {
    db.write(new, |n, mut tx| {
        Box::pin(async move {
            tx.q(sql!(
                "UPDATE web_sessions SET provider_token = $3, provider_until = $4,
                 refresh_token = COALESCE($5, refresh_token), lease_owner = NULL, lease_until = NULL
                 WHERE hash = $1 AND lease_owner = $2"
            ))
            .bind(n.hash.as_str())
            .bind(n.owner.as_str())
            .bind(n.token.as_str())
            .bind(n.until)
            .bind(n.refresh_token.clone())
            .exec()
            .await
            .map(drop)
        })
    })
    .await
}

/// Gives a lease back unused.
pub(super) async fn release(db: &Db, hash: String, owner: String) -> Result<(), DbError> {
    db.write((hash, owner), |(hash, owner), mut tx| {
        Box::pin(async move {
            tx.q(sql!("UPDATE web_sessions SET lease_owner = NULL, lease_until = NULL WHERE hash = $1 AND lease_owner = $2"))
                .bind(hash.as_str())
                .bind(owner.as_str())
                .exec()
                .await
                .map(drop)
        })
    })
    .await
}

record! {
    /// What is left to do for a session that has ended.
    pub(super) struct Left {
        pub sub: String,
        pub refresh_token: Option<String>,
        pub id_token: String,
    }
}

/// Ends a session; what it was when it went on until now.
pub(super) async fn end(db: &Db, hash: String, now: Timestamp, actor: Option<audit::Entry>) -> Result<Option<Left>, DbError> {
    db.write((hash, now, actor), |(hash, now, actor), mut tx| {
        Box::pin(async move {
            let left = end_row(&mut tx, hash, *now).await?;
            if let (Some(left), Some(entry)) = (&left, actor) {
                let mut entry = entry.clone();
                entry.actor = entry.actor.person(&left.sub);
                audit::record(&mut tx, &entry).await?;
            }
            Ok(left)
        })
    })
    .await
}

async fn end_row(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Left>, DbError> {
    tx.q(sql!(
        "UPDATE web_sessions SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL RETURNING sub, refresh_token, id_token"
    ))
    .bind(hash)
    .bind(now.0)
    .opt()
    .await
}

/// What a logout token of the provider ends.
pub(super) struct Ordered {
    pub jti_hash: String,
    pub expires_at: Timestamp,
    pub sid: Option<String>,
    pub sub: Option<String>,
    pub now: Timestamp,
}

/// Ends the sessions that a logout token names. None when the token was used before.
pub(super) async fn end_ordered(db: &Db, ordered: Ordered) -> Result<Option<u64>, DbError> {
    db.write(ordered, |o, mut tx| {
        Box::pin(async move {
            let fresh = tx
                .q(sql!("INSERT INTO logout_tokens_seen (jti_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
                .bind(o.jti_hash.as_str())
                .bind(o.expires_at.0)
                .exec()
                .await?;
            if fresh == 0 {
                return Ok(None);
            }
            let q = match (&o.sid, &o.sub) {
                (Some(sid), Some(sub)) => tx
                    .q(sql!("UPDATE web_sessions SET ended_at = $1 WHERE sid = $2 AND sub = $3 AND ended_at IS NULL"))
                    .bind(o.now.0)
                    .bind(sid.as_str())
                    .bind(sub.as_str()),
                (Some(sid), None) => tx
                    .q(sql!("UPDATE web_sessions SET ended_at = $1 WHERE sid = $2 AND ended_at IS NULL"))
                    .bind(o.now.0)
                    .bind(sid.as_str()),
                (None, sub) => tx
                    .q(sql!("UPDATE web_sessions SET ended_at = $1 WHERE sub = $2 AND ended_at IS NULL"))
                    .bind(o.now.0)
                    .bind(sub.clone()),
            };
            q.exec().await.map(Some)
        })
    })
    .await
}

/// Removes what has expired.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<(), DbError> {
    db.write(now, |now, mut tx| {
        Box::pin(async move {
            tx.q(sql!("DELETE FROM web_logins WHERE expires_at <= $1")).bind(now.0).exec().await?;
            tx.q(sql!("DELETE FROM web_sessions WHERE expires_at <= $1")).bind(now.0).exec().await?;
            tx.q(sql!("DELETE FROM logout_tokens_seen WHERE expires_at <= $1")).bind(now.0).exec().await?;
            tx.q(sql!("DELETE FROM proofs_seen WHERE expires_at <= $1")).bind(now.0).exec().await?;
            Ok(())
        })
    })
    .await
}
