//! Access tokens: what they say, in which of the two forms they are given, and reading either again. A JWT (RFC 9068) says
//! everything itself; an opaque one is random text whose claims are kept here, sealed, until it expires.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Bytes;
use serde_json::Value;

use super::binding::Binding;
use super::error::OAuthError;
use super::issues::Standing;
use super::tokens::sign;
use crate::contract::claims::{AccessClaims, ActorClaim};
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::clients::model::TokenFormat;
use crate::idp::feed::Head;
use crate::idp::keyring::Use;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::kernel::jose::{Alg, Audience, Expect, verify};
use crate::kernel::root::{Purpose, RootKey};
use crate::{record, sql};

/// How an opaque token begins, so that it is known for what it is wherever it turns up.
const PREFIX: &str = "zat_";
/// By how much clocks may differ, whichever form a token has.
const LEEWAY: Duration = Duration::from_secs(10);

/// An access token that was checked. Only [`read`] makes one.
#[derive(Clone, Debug)]
pub struct Access {
    contents: Arc<Contents>,
    _made_here: (),
}

/// What an access token says.
#[derive(Debug)]
pub struct Contents {
    claims: AccessClaims,
    told: OnceLock<Bytes>,
}

impl From<AccessClaims> for Contents {
    fn from(claims: AccessClaims) -> Self {
        Self { claims, told: OnceLock::new() }
    }
}

impl Deref for Contents {
    type Target = AccessClaims;
    fn deref(&self) -> &AccessClaims {
        &self.claims
    }
}

impl Deref for Access {
    type Target = AccessClaims;
    fn deref(&self) -> &AccessClaims {
        &self.contents
    }
}

impl Access {
    /// The claims.
    pub fn claims(&self) -> &AccessClaims {
        &self.contents
    }

    /// What is told of it where it stands, written out by `write` the first time that it is asked: it depends on nothing else.
    pub fn told<E>(&self, write: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Bytes, E> {
        if let Some(text) = self.contents.told.get() {
            return Ok(text.clone());
        }
        let text = Bytes::from(write()?);
        Ok(self.contents.told.get_or_init(|| text).clone())
    }
}

/// What differs from token to token.
#[derive(Clone, Debug, Default)]
pub struct Of<'a> {
    /// Scopes, separated by spaces.
    pub scope: &'a str,
    /// The resource server.
    pub resource: &'a str,
    /// The key that it is bound to.
    pub binding: Option<&'a Binding>,
    /// What else was granted (RFC 9396).
    pub details: Option<Value>,
    /// Who acts for whom it is about (RFC 8693, section 4.1).
    pub act: Option<ActorClaim>,
    /// At the latest until then, where something that it comes from ends earlier.
    pub until: Option<Timestamp>,
}

/// Claims of a token about a person, from everything that was read in one transaction. `sub` and `sid` are what its reader knows
/// them by.
pub fn of_person(idp: &Idp, client: &Client, s: &Standing, (sub, sid): (String, String), of: Of<'_>) -> AccessClaims {
    let (acr, amr, auth_at) = s.signed_in();
    AccessClaims {
        sub,
        sid: Some(sid),
        acr: Some(acr),
        amr: Some(amr),
        auth_time: Some(auth_at.seconds()),
        issue: Some(s.issue.id.clone()),
        offline: s.issue.offline,
        ..of_client(idp, client, of, s.head.clone())
    }
}

/// Claims of a client's token for itself.
pub fn of_client(idp: &Idp, client: &Client, of: Of<'_>, head: Head) -> AccessClaims {
    let now = idp.env.now();
    let expires = now + Duration::from_secs(idp.env.settings.access_token_seconds);
    let expires = of.until.map_or(expires, |until| until.min(expires));
    AccessClaims {
        iss: idp.issuer().to_owned(),
        sub: client.id.clone(),
        aud: of.resource.to_owned(),
        exp: expires.seconds(),
        iat: now.seconds(),
        jti: idp.env.id(),
        client_id: client.id.clone(),
        scope: of.scope.to_owned(),
        sid: None,
        acr: None,
        amr: None,
        auth_time: None,
        issue: None,
        offline: false,
        cnf: of.binding.map(Binding::confirmation),
        act: of.act,
        authorization_details: of.details,
        access_rev: head.position,
        access_epoch: head.epoch,
    }
}

/// The token of these claims, in the form that the client is registered for.
pub async fn make(idp: &Idp, client: &Client, claims: &AccessClaims) -> Result<String, OAuthError> {
    match client.metadata.access_token_format {
        TokenFormat::Jwt => sign(idp, client.access_token_alg(), "at+jwt", claims),
        TokenFormat::Opaque => {
            let token = format!("{PREFIX}{}", idp.env.token());
            let hash = hash(&idp.env.root, &token)?;
            let text = serde_json::to_vec(claims).map_err(|e| OAuthError::internal(&e))?;
            let row = Row {
                claims: idp.env.root.seal(Purpose::Personal, &place(&hash), &text, idp.env.entropy.as_ref())?,
                hash,
                client_id: client.id.clone(),
                expires_at: Timestamp::from_seconds(claims.exp).0,
                revoked_at: None,
            };
            let input = (row, idp.env.now());
            idp.db.write(input, |(row, now), mut tx| Box::pin(async move { insert(&mut tx, row, *now).await })).await?;
            Ok(token)
        }
    }
}

/// Reads an access token of this provider, of either form. `audience`: for which resource server; none is any, for those
/// who only ask what it is.
pub async fn read(idp: &Idp, token: &str, audience: Option<&str>) -> Result<Option<Access>, DbError> {
    let contents = if token.starts_with(PREFIX) {
        Box::pin(opaque(idp, token)).await?.map(|c| Arc::new(c.into()))
    } else {
        signed(idp, token)
    };
    Ok(contents.filter(|c| audience.is_none_or(|a| a == c.aud)).map(|contents| Access { contents, _made_here: () }))
}

fn signed(idp: &Idp, token: &str) -> Option<Arc<Contents>> {
    let (now, keys) = (idp.env.now(), idp.keyring.public(Use::Token).ok()?);
    let check = || {
        let expect = Expect::new(idp.issuer(), Audience::Any, &Alg::ALL, now).typ(&["at+jwt"]);
        verify(token, &keys, &expect).ok().map(crate::kernel::jose::Verified::into_claims)
    };
    let contents = idp.checked.contents(token, &keys, check);
    contents.filter(|c| Timestamp::from_seconds(c.exp) + LEEWAY > now)
}

async fn opaque(idp: &Idp, token: &str) -> Result<Option<AccessClaims>, DbError> {
    let Ok(hash) = hash(&idp.env.root, token) else { return Ok(None) };
    let Some(row) = by_hash(&idp.db, &hash).await? else { return Ok(None) };
    if row.revoked_at.is_some() || Timestamp(row.expires_at) + LEEWAY <= idp.env.now() {
        return Ok(None);
    }
    let bad = |why: &str| DbError::BadRow { table: "opaque_tokens", column: "claims", id: hash.clone(), why: why.to_owned() };
    let text = idp.env.root.open(Purpose::Personal, &place(&hash), &row.claims).map_err(|e| bad(&e.to_string()))?;
    let claims: AccessClaims = serde_json::from_slice(&text).map_err(|e| bad(&e.to_string()))?;
    if claims.client_id != row.client_id {
        return Err(bad("another client's than the row says"));
    }
    Ok(Some(claims))
}

fn place(hash: &str) -> String {
    format!("opaque_tokens/{hash}")
}

/// How an opaque token is stored.
pub fn hash(root: &RootKey, token: &str) -> Result<String, crate::kernel::root::RootError> {
    root.token_hash("access-token", token)
}

record! {
    #[derive(Clone)]
    struct Row { hash: String, client_id: String, claims: String, expires_at: i64, revoked_at: Option<i64> }
}

async fn insert(tx: &mut Tx<'_>, row: &Row, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("INSERT INTO opaque_tokens (hash, client_id, claims, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"))
        .bind(row.hash.as_str())
        .bind(row.client_id.as_str())
        .bind(row.claims.as_str())
        .bind(now.0)
        .bind(row.expires_at)
        .exec()
        .await
        .map(drop)
}

async fn by_hash(db: &Db, hash: &str) -> Result<Option<Row>, DbError> {
    db.query(sql!("SELECT hash, client_id, claims, expires_at, revoked_at FROM opaque_tokens WHERE hash = $1"))
        .bind(hash)
        .opt()
        .await
}

/// Revokes an opaque token of a client; nothing happens to what isn't one.
pub async fn revoke(tx: &mut Tx<'_>, hash: &str, client: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE opaque_tokens SET revoked_at = $3 WHERE hash = $1 AND client_id = $2 AND revoked_at IS NULL"))
        .bind(hash)
        .bind(client)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Ends every opaque token: what a restore brings back counts for nothing.
pub async fn void_all(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE opaque_tokens SET expires_at = 0 WHERE expires_at > 0")).exec().await
}

/// Drops opaque tokens that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM opaque_tokens WHERE hash IN (SELECT hash FROM opaque_tokens WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
