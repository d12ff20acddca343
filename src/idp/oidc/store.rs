//! SQL of authorization codes, issues and refresh tokens.

use crate::idp::feed::Head;
use crate::idp::sessions::Session;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Sql, Tx};
use crate::{record, sql};

record! {
    /// What was issued together: one consent of one person to one application in one session.
    #[derive(Clone, Debug)]
    pub struct Issue {
        /// Id, the claim `issue`.
        pub id: String,
        /// To whom.
        pub client_id: String,
        /// For whom.
        pub person_id: String,
        /// In which session.
        pub session_id: String,
        /// Scopes, separated by spaces.
        pub scope: String,
        /// The resource servers that its access tokens may be for, separated by spaces; the first where none is named.
        pub resource: String,
        /// For the ID token.
        pub nonce: Option<String>,
        /// Whether it outlives the session.
        pub offline: bool,
        /// When it was revoked.
        pub revoked_at: Option<i64>,
        /// Claims that were asked for one by one, as stored.
        pub claims: Option<String>,
        /// What else was granted (RFC 9396), as stored.
        pub details: Option<String>,
        /// How strongly the person had signed in when it was given (`acr`). Nothing in rows of before this was kept.
        pub acr: Option<String>,
        /// By which methods (`amr`), separated by spaces.
        pub amr: Option<String>,
        /// When (`auth_time`).
        pub auth_at: Option<i64>,
    }
}

impl Issue {
    /// Whether it has a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|s| s == scope)
    }

    /// Given to someone who has signed in so. All its tokens state that, whatever is shown in the session later (RFC 9068,
    /// section 2.2.1; OpenID Connect Core, section 12.2).
    #[must_use]
    pub fn signed_in_by(self, session: &Session) -> Self {
        let (acr, amr) = (session.assurance.acr().to_owned(), session.amr.join(" "));
        Self { acr: Some(acr), amr: Some(amr), auth_at: Some(session.auth_at.0), ..self }
    }
}

record! {
    /// An authorization code.
    #[derive(Clone, Debug)]
    pub struct AuthCode {
        /// Its issue.
        pub issue_id: String,
        /// Where it was sent.
        pub redirect_uri: String,
        /// The PKCE challenge (S256).
        pub challenge: Option<String>,
        /// Expiry.
        pub expires_at: i64,
        /// When it was redeemed.
        pub used_at: Option<i64>,
        /// The key that alone redeems it (RFC 9449, section 10).
        pub jkt: Option<String>,
    }
}

record! {
    /// A refresh token.
    #[derive(Clone, Debug)]
    pub struct RefreshToken {
        /// Keyed hash of the token.
        pub hash: String,
        /// Its issue.
        pub issue_id: String,
        /// What its successor is derived from, together with the root key.
        pub seed: String,
        /// Expiry.
        pub expires_at: i64,
        /// When it was exchanged.
        pub used_at: Option<i64>,
        /// Hash of its successor.
        pub successor: Option<String>,
        /// The key that alone may present it.
        pub binding: Option<String>,
    }
}

record! {
    struct RefreshAtHead {
        hash: String, issue_id: String, seed: String, expires_at: i64, used_at: Option<i64>, successor: Option<String>,
        binding: Option<String>, epoch: String, position: i64, keys_revision: i64, revision: i64
    }
}

/// Stores an issue.
pub async fn insert_issue(tx: &mut Tx<'_>, i: &Issue, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO issues (id, client_id, person_id, session_id, scope, resource, nonce, offline, created_at, claims, details,
             acr, amr, auth_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    ))
    .bind(i.id.as_str())
    .bind(i.client_id.as_str())
    .bind(i.person_id.as_str())
    .bind(i.session_id.as_str())
    .bind(i.scope.as_str())
    .bind(i.resource.as_str())
    .bind(i.nonce.clone())
    .bind(i.offline)
    .bind(now.0)
    .bind(i.claims.clone())
    .bind(i.details.clone())
    .bind(i.acr.clone())
    .bind(i.amr.clone())
    .bind(i.auth_at)
    .exec()
    .await?;
    Ok(())
}

/// The issue with this id.
pub async fn issue(tx: &mut Tx<'_>, id: &str) -> Result<Option<Issue>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, person_id, session_id, scope, resource, nonce, offline, revoked_at, claims, details, acr, amr, auth_at
         FROM issues WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// The applications that have something of a session that stands.
pub async fn clients_in(tx: &mut Tx<'_>, session: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT DISTINCT client_id FROM issues WHERE session_id = $1 AND revoked_at IS NULL ORDER BY client_id"))
        .bind(session)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Revokes an issue; false when it was revoked before, or never was.
pub async fn revoke_issue(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.q(sql!("UPDATE issues SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")).bind(id).bind(now.0).exec().await?
        == 1)
}

/// What applications were given for a person beyond the end of a session.
pub async fn offline_issues_of(tx: &mut Tx<'_>, person: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT id FROM issues WHERE person_id = $1 AND offline AND revoked_at IS NULL ORDER BY id"))
        .bind(person)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Stores an authorization code.
pub async fn insert_code(tx: &mut Tx<'_>, hash: &str, c: &AuthCode, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO auth_codes (hash, issue_id, redirect_uri, challenge, created_at, expires_at, jkt)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(hash)
    .bind(c.issue_id.as_str())
    .bind(c.redirect_uri.as_str())
    .bind(c.challenge.clone())
    .bind(now.0)
    .bind(c.expires_at)
    .bind(c.jkt.clone())
    .exec()
    .await?;
    Ok(())
}

/// The authorization code with this hash.
pub async fn code(tx: &mut Tx<'_>, hash: &str) -> Result<Option<AuthCode>, DbError> {
    tx.q(sql!("SELECT issue_id, redirect_uri, challenge, expires_at, used_at, jkt FROM auth_codes WHERE hash = $1"))
        .bind(hash)
        .opt()
        .await
}

/// Redeems a code; false when it was redeemed before.
pub async fn use_code(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.q(sql!("UPDATE auth_codes SET used_at = $2 WHERE hash = $1 AND used_at IS NULL")).bind(hash).bind(now.0).exec().await?
        == 1)
}

/// Stores a refresh token.
pub async fn insert_refresh(tx: &mut Tx<'_>, r: &RefreshToken, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO refresh_tokens (hash, issue_id, seed, created_at, expires_at, binding) VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(r.hash.as_str())
    .bind(r.issue_id.as_str())
    .bind(r.seed.as_str())
    .bind(now.0)
    .bind(r.expires_at)
    .bind(r.binding.clone())
    .exec()
    .await?;
    Ok(())
}

const REFRESH: Sql =
    sql!("SELECT hash, issue_id, seed, expires_at, used_at, successor, binding FROM refresh_tokens WHERE hash = $1");

/// The refresh token with this hash.
pub async fn refresh(tx: &mut Tx<'_>, hash: &str) -> Result<Option<RefreshToken>, DbError> {
    tx.q(REFRESH).bind(hash).opt().await
}

/// The same by one statement of its own.
pub async fn refresh_now(db: &Db, hash: &str) -> Result<Option<RefreshToken>, DbError> {
    db.query(REFRESH).bind(hash).opt().await
}

/// The same with the head of the access log.
pub async fn refresh_at_head(tx: &mut Tx<'_>, hash: &str) -> Result<Option<(RefreshToken, Head)>, DbError> {
    let row: Option<RefreshAtHead> = tx
        .q(sql!(
            "SELECT r.hash, r.issue_id, r.seed, r.expires_at, r.used_at, r.successor, r.binding, h.epoch, h.position,
                 h.keys_revision, g.revision
             FROM refresh_tokens r, access_log_head h, grounds g WHERE r.hash = $1 AND h.only_row = 1 AND g.only_row = 1"
        ))
        .bind(hash)
        .opt()
        .await?;
    Ok(row.map(|r| {
        let head = Head { epoch: r.epoch, position: r.position, keys: r.keys_revision, grounds: r.revision };
        let RefreshAtHead { hash, issue_id, seed, expires_at, used_at, successor, binding, .. } = r;
        (RefreshToken { hash, issue_id, seed, expires_at, used_at, successor, binding }, head)
    }))
}

/// Exchanges a refresh token for its successor; false when it was exchanged before.
pub async fn use_refresh(tx: &mut Tx<'_>, hash: &str, successor: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE refresh_tokens SET used_at = $3, successor = $2 WHERE hash = $1 AND used_at IS NULL"))
        .bind(hash)
        .bind(successor)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Ends every authorization code and refresh token, by whatever clock: a request that began before this may still come to its
/// statement after it, and other nodes have other clocks.
pub async fn void_all(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    let codes = tx.q(sql!("UPDATE auth_codes SET expires_at = 0 WHERE expires_at > 0")).exec().await?;
    Ok(codes + tx.q(sql!("UPDATE refresh_tokens SET expires_at = 0 WHERE expires_at > 0")).exec().await?)
}

/// Drops codes that expired before `before`.
pub async fn sweep_codes(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM auth_codes WHERE hash IN (SELECT hash FROM auth_codes WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}

/// Drops refresh tokens that expired before `before`.
pub async fn sweep_refresh(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}

/// Drops issues of which nothing can be presented any more: no code, no refresh token, and made so long ago that no access
/// token of them is valid. Revoked ones stay as long. Those that sealed a change stay for ever.
pub async fn sweep_issues(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM issues WHERE id IN (SELECT id FROM issues i WHERE created_at < $1
             AND NOT EXISTS (SELECT 1 FROM auth_codes c WHERE c.issue_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.issue_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM device_codes d WHERE d.issue_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM backchannel_requests b WHERE b.issue_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM challenges c WHERE c.issue_id = i.id) LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
