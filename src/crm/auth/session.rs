//! Sessions of the record store's pages. The browser has a random value in a cookie; the tokens stay here, sealed. Owns
//! beginning, renewing (one request at a time, under a lease on the row) and ending a session. Does not own who the
//! person is on each request: that is read from the access token as from any other.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::CoreTokenResponse;
use openidconnect::{OAuth2TokenResponse, TokenResponse};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::client::{AskError, CLIENT_ID};
use super::provider::Unreachable;
use super::store::{self, Begin, Renewed, Session};
use super::token::{TokenError, VerifiedToken};
use crate::crm::Crm;
use crate::kernel::audit::{Actor, Entry};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::Context;
use crate::kernel::http::cookies::CookieName;
use crate::kernel::root::{Purpose, RootError};

/// The cookie of a session.
pub const SESSION_COOKIE: CookieName = CookieName("zegel_crm_session");
/// The path that the provider leads back to after signing out.
pub const SIGNED_OUT: &str = "/auth/signed-out";

/// How long one request may take to renew. Shorter than the 10 s in which the provider gives the same successor again,
/// so that after a crash the next request can still take it up.
pub(super) const LEASE: Duration = Duration::from_secs(6);
/// How often, and how many times, a request looks whether another one has renewed.
pub(super) const WAIT: (Duration, u32) = (Duration::from_millis(50), 60);
/// How long signing out waits for the provider to revoke; its own end of the session does it anyway.
const REVOKE: Duration = Duration::from_secs(1);

/// Why there is no session to go on with.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The tokens have expired and the provider doesn't give new ones.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

/// What a session begins with.
pub(super) struct Start<'a> {
    pub sub: String,
    pub sid: String,
    pub tokens: &'a CoreTokenResponse,
    pub old: Option<String>,
    pub context: &'a Context,
}

pub(super) fn hash(crm: &Crm, cookie: &str) -> Result<String, RootError> {
    crm.env.root.token_hash("web-session", cookie)
}

pub(super) fn seal(crm: &Crm, hash: &str, what: &str, token: &str) -> Result<String, RootError> {
    crm.env.root.seal(Purpose::WebTokens, &format!("web_sessions/{hash}/{what}"), token.as_bytes(), crm.env.entropy.as_ref())
}

pub(super) fn unseal(crm: &Crm, hash: &str, what: &str, sealed: &str) -> Result<SecretString, RootError> {
    let plain = crm.env.root.open(Purpose::WebTokens, &format!("web_sessions/{hash}/{what}"), sealed)?;
    Ok(std::str::from_utf8(&plain).map_err(|_| RootError::DoesNotOpen)?.into())
}

/// When a token that was just given expires, and when to ask for the next one: after three quarters of its life.
fn times(now: Timestamp, tokens: &CoreTokenResponse) -> (Timestamp, Timestamp) {
    let life = tokens.expires_in().unwrap_or(Duration::from_secs(60));
    (now + life, now + life * 3 / 4)
}

/// Begins a session under a new random value, ending the one that the browser had; the value for the cookie.
pub(super) async fn begin(crm: &Crm, start: Start<'_>) -> Result<String, super::login::LoginError> {
    let now = crm.env.now();
    let cookie = crm.env.token();
    let hash_of = hash(crm, &cookie)?;
    let (access_expires_at, renew_at) = times(now, start.tokens);
    let refresh = start.tokens.refresh_token().map(|t| seal(crm, &hash_of, "refresh", t.secret())).transpose()?;
    let id_token = start.tokens.id_token().map(ToString::to_string).unwrap_or_default();
    let audit = Entry {
        id: crm.env.id(),
        at: now,
        actor: Actor::on(start.context).person(&start.sub).client(CLIENT_ID),
        action: "web.signin",
        target: None,
        outcome: "ok",
        detail: String::new(),
    };
    let row = Begin {
        id_token: seal(crm, &hash_of, "id", &id_token)?,
        old_hash: start.old.map(|c| hash(crm, &c)).transpose()?,
        session: Session {
            access_token: seal(crm, &hash_of, "access", start.tokens.access_token().secret())?,
            refresh_token: refresh,
            sub: start.sub,
            sid: start.sid,
            access_expires_at: access_expires_at.0,
            renew_at: renew_at.0,
            expires_at: (now + Duration::from_secs(crm.env.settings.session_minutes.saturating_mul(60))).0,
            hash: hash_of,
            provider_token: None,
            provider_until: None,
        },
        now,
        audit,
    };
    store::begin(&crm.db, row).await?;
    Ok(cookie)
}

/// The access token of a browser's session, checked as any other; none when there is no session that goes on.
pub async fn token(crm: &Arc<Crm>, cookie: &str) -> Result<Option<VerifiedToken>, SessionError> {
    let hash = hash(crm, cookie)?;
    let Some(row) = current(crm, &hash).await? else { return Ok(None) };
    let sealed = unseal(crm, &hash, "access", &row.access_token)?;
    let verified = VerifiedToken::verify(&crm.provider, sealed.expose_secret()).await;
    match verified {
        Ok(t) if t.sub == row.sub && t.sid.as_ref() == Some(&row.sid) => Ok(Some(t)),
        Err(TokenError::Unreachable(e)) => Err(e.into()),
        other => {
            let why = other.err().map_or_else(|| "it is another person's".to_owned(), |e| e.to_string());
            tracing::warn!(why, "a session ends: its access token isn't accepted");
            store::end(&crm.db, hash, crm.env.now(), None).await?;
            Ok(None)
        }
    }
}

/// As [`token`], with one that was not issued at this access log; asked for now, unless another request has done so.
pub async fn token_after(crm: &Arc<Crm>, cookie: &str, epoch: &str) -> Result<Option<VerifiedToken>, SessionError> {
    let hash = hash(crm, cookie)?;
    let row = store::session(&crm.db, &hash, crm.env.now()).await?;
    let there = token(crm, cookie).await?;
    match (row, there) {
        (Some(row), Some(t)) if t.access_epoch == epoch => {
            store::expire(&crm.db, hash, row.renew_at).await?;
            token(crm, cookie).await
        }
        (_, there) => Ok(there),
    }
}

/// The row with tokens that are valid now. Renewing begins before the token ends and then keeps nobody waiting.
async fn current(crm: &Arc<Crm>, hash: &str) -> Result<Option<Session>, SessionError> {
    for _ in 0..WAIT.1 {
        let now = crm.env.now();
        let Some(row) = store::session(&crm.db, hash, now).await? else { return Ok(None) };
        let valid = now.0 < row.access_expires_at;
        if now.0 < row.renew_at {
            return Ok(Some(row));
        }
        let Some(refresh) = row.refresh_token.clone() else {
            if valid {
                return Ok(Some(row));
            }
            store::end(&crm.db, hash.to_owned(), now, None).await?;
            return Ok(None);
        };
        let owner = crm.env.token();
        if store::lease(&crm.db, &row, owner.clone(), now, now + LEASE).await? {
            let refresh = unseal(crm, hash, "refresh", &refresh)?;
            // In a task of its own: a browser that goes away must not take the new refresh token with it.
            let task = tokio::spawn(renew(Arc::clone(crm), hash.to_owned(), owner.clone(), refresh));
            if !valid {
                let done = task.await.map_err(|_| Unreachable("renewing the session broke off".into()))?;
                if done.is_err() {
                    // Nobody can go on without new tokens, so the next request may try at once.
                    store::release(&crm.db, hash.to_owned(), owner).await?;
                }
                done?;
                continue;
            }
        }
        if valid {
            return Ok(Some(row));
        }
        tokio::time::sleep(WAIT.0).await;
    }
    Err(Unreachable("another request has not renewed this session in time".into()).into())
}

/// Asks for new tokens and stores them. A refusal ends the session; when the provider doesn't answer, the lease stays, so
/// that while the old token is valid the next try is some seconds away.
async fn renew(crm: Arc<Crm>, hash: String, owner: String, refresh: SecretString) -> Result<(), SessionError> {
    match crm.provider.renew(&refresh).await {
        Ok(tokens) => {
            let now = crm.env.now();
            let (expires, renew_at) = times(now, &tokens);
            let new = Renewed {
                access_token: seal(&crm, &hash, "access", tokens.access_token().secret())?,
                refresh_token: tokens.refresh_token().map(|t| seal(&crm, &hash, "refresh", t.secret())).transpose()?,
                access_expires_at: expires.0,
                renew_at: renew_at.0,
                hash,
                owner,
            };
            Ok(store::renewed(&crm.db, new).await?)
        }
        Err(AskError::Refused(why)) => {
            tracing::info!(why, "a session ends: the provider doesn't renew it");
            store::end(&crm.db, hash, crm.env.now(), None).await?;
            Ok(())
        }
        Err(AskError::Unreachable(e)) => {
            tracing::warn!(error = %e, "a session could not be renewed");
            Err(e.into())
        }
    }
}

/// Ends the session of a browser without more: its person, session or issue has ended at the provider.
pub async fn forget(crm: &Crm, cookie: &str) -> Result<(), SessionError> {
    let hash = hash(crm, cookie)?;
    store::end(&crm.db, hash, crm.env.now(), None).await?;
    Ok(())
}

/// Signs out: ends the session here, revokes its refresh token, and says where the browser goes to end it at the provider
/// (OpenID Connect RP-Initiated Logout 1.0, section 2).
pub async fn leave(crm: &Crm, cookie: Option<&str>, context: &Context) -> Result<String, SessionError> {
    let here = crm.env.settings.crm_url.at(SIGNED_OUT);
    let Some(cookie) = cookie else { return Ok(here) };
    let hash = hash(crm, cookie)?;
    let audit = Entry {
        id: crm.env.id(),
        at: crm.env.now(),
        actor: Actor::on(context).client(CLIENT_ID),
        action: "web.signout",
        target: None,
        outcome: "ok",
        detail: String::new(),
    };
    let Some(left) = store::end(&crm.db, hash.clone(), crm.env.now(), Some(audit)).await? else { return Ok(here) };
    if let Some(sealed) = &left.refresh_token {
        let refresh = unseal(crm, &hash, "refresh", sealed)?;
        if let Ok(Err(error)) = tokio::time::timeout(REVOKE, crm.provider.revoke(&refresh)).await {
            tracing::info!(%error, "the refresh token was not revoked; it ends with the provider's session");
        }
    }
    let hint = unseal(crm, &hash, "id", &left.id_token)?;
    let known = crm.provider.known().await.ok();
    let end = known.as_ref().and_then(|k| k.metadata.additional_metadata().end_session_endpoint.as_ref());
    let Some(mut url) = end.and_then(|u| Url::parse(u.as_str()).ok()) else { return Ok(here) };
    url.query_pairs_mut()
        .append_pair("id_token_hint", hint.expose_secret())
        .append_pair("client_id", CLIENT_ID)
        .append_pair("post_logout_redirect_uri", &here)
        .append_pair("state", &crm.env.token());
    Ok(url.into())
}
