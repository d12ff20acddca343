//! What routes take to know who is asking: [`Person`] by the cookie of a page, [`Bearer`] by an access token, [`Anyone`] by
//! either; all three give the same [`Caller`]. And [`Visit`]: the request as pages see it, whoever asks.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::caller::{AccessError, Caller, Denied};
use super::possession;
use super::refusal::Refused;
use super::session::{self, SESSION_COOKIE};
use super::token::{Malformed, VerifiedToken};
use crate::contract::claims::{SCOPE_READ, SCOPE_WRITE};
use crate::crm::Crm;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, presented};
use crate::kernel::pages::View;

/// A person by the session of his browser. Without one, pages lead to the sign-in and `/api/...` answers 401.
#[derive(Clone, Debug)]
pub struct Person(pub Caller);

/// A person by the access token in the Authorization header.
#[derive(Clone, Debug)]
pub struct Bearer(pub Caller);

/// A person by the access token, or else by the session of his browser: for API routes that pages call too. They stand
/// behind [`crate::kernel::http::shell::same_site_only`], since a cookie may open them.
#[derive(Clone, Debug)]
pub struct Anyone(pub Caller);

/// A request as pages see it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Language, zone and address; nobody's yet.
    pub view: View,
    /// Request id and address.
    pub context: Context,
    /// The method.
    pub method: Method,
}

impl Visit {
    /// The view of a page for `caller`.
    pub fn view_for(&self, caller: &Caller) -> View {
        View { user: Some(caller.name().to_owned()), external: !caller.staff(), ..self.view.clone() }
    }
}

impl FromRequestParts<Arc<Crm>> for Visit {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        let context = Context::from_request_parts(parts, crm).await.map_err(IntoResponse::into_response)?;
        // A route inside of another router sees the rest of the path only.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |o| &o.0);
        let mut view = crm.env.view(&parts.headers, uri.path_and_query().map_or("/", |p| p.as_str()));
        view.provider = crm.env.settings.idp_url.as_str().to_owned();
        Ok(Self { view, context, method: parts.method.clone() })
    }
}

/// The caller by the session of the browser.
async fn by_cookie(parts: &Parts, crm: &Arc<Crm>) -> Result<Caller, Refused> {
    let cookie = SESSION_COOKIE.get(&crm.env.settings.crm_url, &parts.headers).ok_or(Refused::Missing)?;
    let token = session::token(crm, &cookie).await?.ok_or(Refused::Missing)?;
    let epoch = token.access_epoch.clone();
    let mut admitted = crm.admit(token).await;
    if matches!(admitted, Err(AccessError::Denied(Denied::Superseded))) {
        // The access log began anew. The session goes on with a token of the new one, if the provider gives one.
        let token = session::token_after(crm, &cookie, &epoch).await?.ok_or(Refused::Missing)?;
        admitted = crm.admit(token).await;
    }
    if matches!(admitted, Err(AccessError::Denied(Denied::Ended)))
        && let Err(error) = session::forget(crm, &cookie).await
    {
        tracing::warn!(error = chain(&error), "a session that has ended could not be marked");
    }
    Ok(admitted?)
}

/// The caller by the access token; none without an Authorization header.
async fn by_token(parts: &Parts, crm: &Arc<Crm>) -> Result<Option<Caller>, Refused> {
    let Some((scheme, text)) = presented::token(&parts.headers).map_err(|_| Malformed)? else { return Ok(None) };
    let token = VerifiedToken::presented(&crm.provider, text).await?;
    possession::check(crm, parts, (scheme, text), token.cnf.as_ref()).await?;
    let caller = crm.admit(token).await?;
    // What the person may do is the replica's to say; what the application may do for him, the scope's.
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let has = |scope: &str| caller.scope().split(' ').any(|s| s == scope);
    match (reads, has(SCOPE_READ), has(SCOPE_WRITE)) {
        (true, true, _) | (_, _, true) => Ok(Some(caller)),
        (true, ..) => Err(Refused::Scope(SCOPE_READ)),
        (false, ..) => Err(Refused::Scope(SCOPE_WRITE)),
    }
}

impl FromRequestParts<Arc<Crm>> for Person {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        match by_cookie(parts, crm).await {
            Ok(caller) => Ok(Self(caller)),
            Err(refused) => {
                let visit = Visit::from_request_parts(parts, crm).await?;
                let api = visit.view.path.starts_with("/api/");
                Err(if api { refused.problem(crm) } else { refused.page(crm, &visit) })
            }
        }
    }
}

impl FromRequestParts<Arc<Crm>> for Bearer {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        let caller = by_token(parts, crm).await.and_then(|c| c.ok_or(Refused::Missing));
        caller.map(Self).map_err(|e| e.problem(crm))
    }
}

impl FromRequestParts<Arc<Crm>> for Anyone {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        let caller = match by_token(parts, crm).await {
            Ok(Some(caller)) => Ok(caller),
            Ok(None) => by_cookie(parts, crm).await,
            Err(e) => Err(e),
        };
        caller.map(Self).map_err(|e| e.problem(crm))
    }
}
