//! Ending the session at an application's wish (OpenID Connect RP-Initiated Logout 1.0) and revoking tokens (RFC 7009).

use serde::{Deserialize, Serialize};

use super::access;
use super::backchannel;
use super::grant::refresh;
use super::issues;
use super::store;
use super::subjects;
use super::tokens::read_hint;
use super::{OAuthError, error::ErrorCode};
use crate::idp::clients::Client;
use crate::idp::clients::auth::Authenticated;
use crate::idp::sessions::Session;
use crate::idp::{Idp, clients, sessions};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::http::Params;

/// What a logout request comes to.
#[derive(Debug)]
pub enum Logout {
    /// A page says why not. The key of its text.
    Refused(&'static str),
    /// Ask the person first: nothing proves that an application of theirs asks.
    Ask(Wanted, Return),
    /// End this session, then go there.
    End {
        /// That of the hint.
        session: String,
        /// Where to.
        to: Return,
    },
}

/// Where someone goes after signing out; nowhere is the signed-out page.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// A registered address, with state.
    pub address: Option<String>,
}

/// Reads a logout request. `session` is that of the browser's cookie, if there is one.
pub async fn read(idp: &Idp, params: &Params, session: Option<&Session>) -> Result<Logout, OAuthError> {
    let hint = match params.get("id_token_hint") {
        None => None,
        Some(token) => match read_hint(idp, token) {
            Some(claims) => Some(claims.into_claims()),
            None => return Ok(Logout::Refused("logout-hint")),
        },
    };
    let client_id = match (params.get("client_id"), &hint) {
        (Some(id), Some(h)) if id != h.aud => return Ok(Logout::Refused("logout-hint")),
        (Some(id), _) => Some(id.to_owned()),
        (None, Some(h)) => Some(h.aud.clone()),
        (None, None) => None,
    };
    let of = |name| params.get(name).map(str::to_owned);
    let wanted = Wanted { client_id, address: of("post_logout_redirect_uri"), state: of("state") };
    let client = wanted.client(idp).await?;
    let Some(to) = wanted.leads_to(client.as_ref()) else { return Ok(Logout::Refused("logout-address")) };
    let hinted = match (hint, &client) {
        (Some(h), Some(client)) => Some(subjects::session(&idp.env.root, client, &h.sid)?),
        _ => None,
    };
    Ok(match hinted {
        // Another person may sit in front of this browser now: the hint must be of this session, or there is none.
        Some(hinted) if session.is_none_or(|s| s.id == hinted) => Logout::End { session: hinted, to },
        _ => Logout::Ask(wanted, to),
    })
}

/// Where a request wants to lead on to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wanted {
    client_id: Option<String>,
    address: Option<String>,
    state: Option<String>,
}

impl Wanted {
    /// Where it leads now: the question may have been open for long.
    pub async fn now(&self, idp: &Idp) -> Result<Return, OAuthError> {
        Ok(self.leads_to(self.client(idp).await?.as_ref()).unwrap_or_default())
    }

    async fn client(&self, idp: &Idp) -> Result<Option<Client>, DbError> {
        match &self.client_id {
            Some(id) => clients::store::by_id(&mut idp.db.snapshot().await?.tx(), id).await,
            None => Ok(None),
        }
    }

    /// One of the application's addresses, while it is enabled, or nowhere. None is another address.
    fn leads_to(&self, client: Option<&Client>) -> Option<Return> {
        let Some(uri) = &self.address else { return Some(Return::default()) };
        let registered = &client.filter(|c| c.enabled)?.metadata.post_logout_redirect_uris;
        let mut url: url::Url = registered.iter().find(|r| *r == uri)?.parse().ok()?;
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Some(Return { address: Some(url.into()) })
    }
}

/// Ends a session for all applications, and tells them. The person waits for that for a moment at most; the client ids of
/// those that could not be told yet.
pub async fn end(idp: &Idp, sid: &str, actor: Actor) -> Result<Vec<String>, DbError> {
    let input = (sid.to_owned(), actor, idp.env.id(), idp.env.now());
    let told = idp
        .db
        .write_log(input, |(sid, actor, audit_id, now), mut tx| {
            Box::pin(async move { sessions::flow::end(&mut tx, sid, actor, audit_id, *now).await })
        })
        .await?;
    Ok(backchannel::settle(idp, &told).await)
}

/// Revokes what a token belongs to, if it was issued to this client; unknown tokens are fine (RFC 7009, section 2.2). A token that
/// was exchanged, or is the client's own, belongs to nothing of this client's: an opaque one ends by itself, a JWT can't be taken back
/// before it expires (section 2.2.1).
pub async fn revoke(idp: &Idp, auth: &Authenticated, params: &Params, actor: Actor) -> Result<(), OAuthError> {
    let token = params.get("token").ok_or(OAuthError::request("token is missing"))?;
    let other = OAuthError::new(ErrorCode::InvalidGrant, "this token was issued to another client");
    let access = access::read(idp, token, None).await?;
    if access.as_ref().is_some_and(|a| a.client_id != auth.client.id) {
        return Err(other);
    }
    let alone = access.as_ref().is_some_and(|a| a.act.is_some() || a.issue.is_none());
    let of_access = access.filter(|_| !alone).and_then(|a| a.issue.clone());
    let hashes = (refresh::hash(&idp.env.root, token)?, access::hash(&idp.env.root, token)?);
    let input = (auth.clone(), hashes, of_access, idp.env.now());
    let found = idp
        .db
        .write(input, move |(auth, (of_refresh, opaque), of_access, now), mut tx| {
            Box::pin(async move {
                issues::spend(&mut tx, auth).await?;
                let ended = access::revoke(&mut tx, opaque, &auth.client.id, *now).await?;
                if alone && !ended {
                    let why = "this token is valid until it expires; disable the client to end it before";
                    return Err(OAuthError::new(ErrorCode::UnsupportedTokenType, why));
                }
                let of_refresh = store::refresh(&mut tx, of_refresh).await?.map(|r| r.issue_id);
                let Some(id) = of_refresh.or_else(|| of_access.clone()) else { return Ok(None) };
                Ok(store::issue(&mut tx, &id).await?)
            })
        })
        .await?;
    match found {
        None => Ok(()),
        Some(issue) if issue.client_id == auth.client.id => issues::revoke(idp, &issue.id, actor, "revoked by its client").await,
        Some(_) => Err(other),
    }
}
