//! The grant of token exchange (RFC 8693): a resource server that was called with a token calls the next one in the same
//! person's name. It is delegation, never impersonation: the new token says who acts. It is for another resource server, for no
//! scope that the first one didn't have, no longer than that, and ends with it.

use std::sync::Arc;

use crate::contract::claims::ActorClaim;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::access::{self, Access, Of};
use crate::idp::oidc::binding::Binding;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::issues;
use crate::idp::oidc::tokens::{TokenAnswer, of_access};
use crate::idp::{Idp, feed};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::Params;

/// The one kind of token that is taken and given (section 3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// How many may act one for another.
const CHAIN: usize = 4;

/// What is given, and what of the log it was read at.
struct Exchange {
    auth: Authenticated,
    subject: Access,
    actor: Option<Access>,
    issuer: String,
    audit: audit::Entry,
    now: Timestamp,
}

/// Exchanges.
pub async fn give(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    if params.get("requested_token_type").is_some_and(|t| t != ACCESS_TOKEN) {
        return Err(OAuthError::request("requested_token_type must be that of an access token"));
    }
    let subject = token(idp, params, "subject_token").await?.ok_or(OAuthError::request("subject_token is missing"))?;
    let acting = token(idp, params, "actor_token").await?;
    let resource = target(&auth, params)?;
    let scope = scope(&auth, &subject, params.get("scope"))?;
    let act = chained(&auth, &subject, acting.as_ref())?;
    let binding = auth.held.binding(&auth.client)?;
    let now = idp.env.now();
    let exchange = Exchange {
        audit: audit::Entry {
            id: idp.env.id(),
            at: now,
            actor: actor.person(&subject.sub),
            action: "token.exchanged",
            target: Some(resource.clone()),
            outcome: "ok",
            detail: scope.clone(),
        },
        issuer: idp.issuer().to_owned(),
        subject: subject.clone(),
        actor: acting,
        auth: auth.clone(),
        now,
    };
    let head = idp.db.write(Arc::new(exchange), |e, mut tx| Box::pin(async move { allowed(&mut tx, e).await })).await?;
    let of = Of {
        scope: &scope,
        resource: &resource,
        binding: binding.as_ref(),
        act: Some(act),
        until: Some(Timestamp::from_seconds(subject.exp)),
        ..Of::default()
    };
    let claims = crate::contract::AccessClaims {
        sub: subject.sub.clone(),
        sid: subject.sid.clone(),
        acr: subject.acr,
        amr: subject.amr.clone(),
        auth_time: subject.auth_time,
        issue: subject.issue.clone(),
        offline: subject.offline,
        ..access::of_client(idp, &auth.client, of, head)
    };
    let answer = of_access(idp, &auth.client, &claims, binding.as_ref()).await?;
    Ok(TokenAnswer { issued_token_type: Some(ACCESS_TOKEN), token_type: Binding::token_type(binding.as_ref()), ..answer })
}

/// A token of the request, of its declared type (section 2.1).
async fn token(idp: &Idp, params: &Params, name: &'static str) -> Result<Option<Access>, OAuthError> {
    let kind = params.get(if name == "subject_token" { "subject_token_type" } else { "actor_token_type" });
    match (params.get(name), kind) {
        (None, None) => Ok(None),
        (Some(text), Some(ACCESS_TOKEN)) => {
            let read = access::read(idp, text, None).await?;
            let why = "a token of the request is unknown, expired, or no access token of this server";
            read.map(Some).ok_or(OAuthError::request(why))
        }
        _ => Err(OAuthError::request("a token and its type come together, and the type is that of an access token")),
    }
}

/// The one resource server that it is for: named by address, or as an audience by the same (section 2.1).
fn target(auth: &Authenticated, params: &Params) -> Result<String, OAuthError> {
    let wrong = |why| OAuthError::new(ErrorCode::InvalidTarget, why);
    let mut named: Vec<&String> = params.all("resource").iter().chain(params.all("audience")).collect();
    named.dedup();
    let [one] = named.as_slice() else { return Err(wrong("name one resource server, by resource or audience")) };
    if auth.client.metadata.resources.contains(one) {
        Ok((*one).clone())
    } else {
        Err(wrong("the resource server is none that this client is registered for"))
    }
}

/// Scopes that the token has, that this client may have, and that are asked for. Exchanging widens nothing.
fn scope(auth: &Authenticated, subject: &Access, asked: Option<&str>) -> Result<String, OAuthError> {
    let had = auth.client.scopes(&subject.scope);
    let had: Vec<&str> = had.into_iter().filter(|s| *s != "openid" && *s != "offline_access").collect();
    let Some(asked) = asked else { return Ok(had.join(" ")) };
    let asked: Vec<&str> = asked.split(' ').filter(|s| !s.is_empty()).collect();
    if asked.iter().all(|s| had.contains(s)) {
        Ok(asked.join(" "))
    } else {
        Err(OAuthError::new(ErrorCode::InvalidScope, "a scope is none that the token has and this client may have"))
    }
}

/// Who acts: the actor that is named, else the client; before those who acted already (section 4.1).
fn chained(auth: &Authenticated, subject: &Access, acting: Option<&Access>) -> Result<ActorClaim, OAuthError> {
    let mut depth = 1;
    let mut link = subject.act.as_ref();
    while let Some(act) = link {
        depth += 1;
        link = act.act.as_deref();
    }
    if depth > CHAIN {
        return Err(OAuthError::request("too many act for one another already"));
    }
    let sub = acting.map_or_else(|| auth.client.id.clone(), |a| a.sub.clone());
    Ok(ActorClaim { sub, act: subject.act.clone().map(Box::new) })
}

/// Whether it may be, asked in the transaction that spends and writes it down; the head of the log that it was read at. A token
/// of the request that won't do makes the request invalid, whatever the reason (section 2.2.2).
async fn allowed(tx: &mut Tx<'_>, e: &Exchange) -> Result<feed::Head, OAuthError> {
    let client = &e.auth.client;
    // Case 14's rule again: a token is for whoever it names. Another's is no use here, however it came.
    if !client.metadata.serves.contains(&e.subject.aud) {
        return Err(OAuthError::request("subject_token is for another resource server than this client"));
    }
    if let Some(actor) = &e.actor {
        // An actor is an application that spoke for itself to this one, or this one itself.
        let own = actor.issue.is_none() && actor.act.is_none() && actor.sub == actor.client_id;
        let heard = actor.client_id == client.id || client.metadata.serves.contains(&actor.aud);
        if !own || !heard || !issues::is_good(tx, actor, &e.issuer, e.now).await? {
            return Err(OAuthError::request("actor_token is no application's own token for this client"));
        }
    }
    issues::spend(tx, &e.auth).await?;
    // Case 17: session, person, admission and the application that it was first given to, all as they are now.
    if !issues::is_good(tx, &e.subject, &e.issuer, e.now).await? {
        return Err(OAuthError::request("what subject_token belongs to has ended or was revoked"));
    }
    // Whoever acts for a person, the client or the actor that it names, is open to him.
    for acting in std::iter::once(&client.id).chain(e.actor.as_ref().map(|a| &a.sub)) {
        if e.subject.issue.is_some() && !issues::may_act(tx, acting, &e.subject, e.now).await? {
            return Err(OAuthError::request("the person may not use the application that acts"));
        }
    }
    audit::record(tx, &e.audit).await?;
    Ok(feed::store::head(tx).await?)
}
