//! `/consent/{token}`: the question, and its answer. A question belongs to the session that it was asked in: its address is
//! worth nothing in another browser.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use url::Url;

use super::flow::{self, Answered};
use super::pages::{ConsentPage, lines};
use super::{Asks, store};
use crate::idp::clients::{Client, Shown};
use crate::idp::oidc::authorize::{Refusal, Request, complete, lack};
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::http::{lead, refusal, resume, session_of};
use crate::idp::sessions::Session;
use crate::idp::{Idp, clients, people};
use crate::kernel::audit::Actor;
use crate::kernel::db::Tx;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, View, html};

/// Routes of consent.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/consent/{token}", get(show).post(take))
}

/// The person said no (RFC 6749, section 4.1.2.1).
const REFUSED: OAuthError = OAuthError::new(ErrorCode::AccessDenied, "the person has refused");

fn gone(idp: &Idp, headers: &HeaderMap) -> Response {
    let view = idp.env.view(headers, "/");
    let page = ErrorPage {
        title: view.t("consent-gone-title"),
        text: view.t("consent-gone-text"),
        request_id: String::new(),
        href: "/".into(),
        action: view.t("error-to-start"),
        view,
    };
    html(StatusCode::GONE, &page)
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match page(&idp, &headers, token).await {
        Ok(Seen::Question(page)) => html(StatusCode::OK, &*page),
        Ok(Seen::Weak(request, session)) => resume(&idp, &context, &headers, *request, session).await,
        Ok(Seen::Gone) => gone(&idp, &headers),
        Err(e) => refusal(&idp, &headers, &context, Refusal::Broken(e)).await,
    }
}

/// What stands behind an address.
enum Seen {
    Question(Box<ConsentPage>),
    /// More is asked of the person by now than he has shown: the request, which goes on from there.
    Weak(Box<Request>, Session),
    Gone,
}

async fn page(idp: &Idp, headers: &HeaderMap, token: String) -> Result<Seen, OAuthError> {
    let Some(session) = session_of(idp, headers).await? else { return Ok(Seen::Gone) };
    let hash = flow::token_hash(idp, &token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let now = idp.env.now();
    let Some(request) = flow::waiting(&mut tx, &hash, &session.id, now).await? else { return Ok(Seen::Gone) };
    if lack(&mut tx, &request, &session, now).await?.is_some() {
        return Ok(Seen::Weak(Box::new(request), session));
    }
    let client = clients::store::by_id(&mut tx, &request.client_id).await?.filter(|c| c.enabled);
    let person = people::store::by_id(&mut tx, &session.person_id).await?;
    let (Some(client), Some(person)) = (client, person) else { return Ok(Seen::Gone) };
    let asks = flow::asks(&request, idp.issuer());
    let names = resources(&mut tx, &asks).await?;
    let named = |r: &str| names.iter().find(|(uri, _)| uri == r).map_or_else(|| host(r), |(_, name)| name.clone());
    // The page's address is worth something in this browser only; its switches still lead to the start instead of there.
    let view = View { user: Some(person.name.clone()), ..idp.env.view(headers, &format!("/consent/{token}")) };
    let shown = Shown::of(idp, &client.id, view.lang).await?;
    Ok(Seen::Question(Box::new(ConsentPage {
        app: shown.name,
        logo: shown.logo,
        email: person.email,
        host: host(&request.redirect_uri),
        unchecked: clients::store::registered_itself(&mut tx, &client.id).await?,
        lines: lines(&view, &asks, named),
        details: details(&asks),
        policy: shown.policy,
        terms: shown.terms,
        token,
        view,
    })))
}

/// The names of the applications that are the resource servers asked for.
async fn resources(tx: &mut Tx<'_>, asks: &Asks) -> Result<Vec<(String, String)>, OAuthError> {
    if asks.resources.is_empty() {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for client in clients::store::all(tx).await? {
        let Client { metadata: m, .. } = &client;
        out.extend(m.serves.iter().filter(|s| asks.resources.contains(*s)).map(|s| (s.clone(), m.client_name.clone())));
    }
    Ok(out)
}

/// A machine's name, where the scheme sends there; the whole address otherwise, of which a part could be another's name.
fn host(uri: &str) -> String {
    let parsed = uri.parse::<Url>().ok().filter(|u| matches!(u.scheme(), "https" | "http"));
    parsed.as_ref().and_then(Url::host_str).map_or_else(|| uri.to_owned(), str::to_owned)
}

/// Each single act, indented so that it can be read.
fn details(asks: &Asks) -> Vec<String> {
    let all: Vec<serde_json::Value> = serde_json::from_str(&asks.details).unwrap_or_default();
    all.iter().filter_map(|d| serde_json::to_string_pretty(d).ok()).collect()
}

async fn take(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    match answer(&idp, &context, &headers, &token, &body).await {
        Ok(response) => response,
        Err(r) => refusal(&idp, &headers, &context, r).await,
    }
}

async fn answer(idp: &Idp, context: &Context, headers: &HeaderMap, token: &str, body: &[u8]) -> Result<Response, Refusal> {
    let Some(session) = session_of(idp, headers).await? else { return Ok(gone(idp, headers)) };
    let params = Params::parse(body, &[]).unwrap_or_default();
    let allow = match params.get("answer") {
        Some("allow") => true,
        Some("refuse") => false,
        _ => return Err(Refusal::Page("bad-request")),
    };
    match flow::answer(idp, token, &session, allow, Actor::on(context)).await? {
        Answered::Gone => Ok(gone(idp, headers)),
        Answered::Weak(request) => Ok(resume(idp, context, headers, *request, session).await),
        Answered::Refused(request) => Err(request.refused(REFUSED)),
        Answered::Allowed(request) => {
            let next = complete(idp, *request, &session.id, Actor::on(context)).await?;
            Ok(lead(idp, headers, next))
        }
    }
}

/// What someone has allowed, for tests and lists.
pub use store::Given;

#[cfg(test)]
mod tests {
    use super::*;

    /// case 1
    #[test]
    fn where_an_answer_goes_is_said_in_full_where_it_is_no_machine() {
        assert_eq!(host("https://app.example:8443/cb?x=1"), "app.example");
        for whole in ["com.example.app:/cb", "com.evil.app://accounting.example.com/cb"] {
            assert_eq!(host(whole), whole);
        }
    }
}
