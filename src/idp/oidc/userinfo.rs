//! The userinfo endpoint (OpenID Connect Core, section 5.3): what a token's scopes, and the claims parameter of its
//! authorization, let an application know of a person. As JSON, or signed and encrypted where the application is registered for that.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::claims::{Wishes, told};
use super::error::{ErrorCode, OAuthError};
use super::issues::Standing;
use super::tokens::sign;
use super::{sealed, subjects};
use crate::contract::AccessClaims;
use crate::idp::clients::Client;
use crate::idp::clients::model::Sealed;
use crate::idp::feed::{self, Head};
use crate::idp::people::profile::{Known, Profile};
use crate::idp::people::profile_store;
use crate::idp::{Idp, bearer, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::{Code, Params, Presented, Problem};

/// Answers a request by GET, or by POST with the token in the header or in the body (RFC 6750, sections 2.1 and 2.2).
pub async fn answer(idp: &Idp, presented: &Presented, body: &[u8]) -> Result<Response, Problem> {
    let with_token = with_token_of_body(&presented.headers, body)?.map(|headers| Presented { headers, ..presented.clone() });
    let (standing, token) = bearer::person(idp, with_token.as_ref().unwrap_or(presented), "openid").await?;
    let client = &standing.client;
    if client.metadata.userinfo_signed_response_alg.is_none() && client.sealing(Sealed::Userinfo).is_none() {
        let text = match standing.told(&token.scope) {
            Some(text) => text,
            None => Box::pin(written(idp, &standing, &token)).await?,
        };
        return Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response());
    }
    let claims = claims(idp, client, &standing, &token).await?;
    let token = Box::pin(as_token(idp, client, &of_issuer(idp, client, claims))).await.map_err(refused)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"))], token).into_response())
}

/// The claims as JSON, kept for the next that asks.
async fn written(idp: &Idp, standing: &Standing, token: &AccessClaims) -> Result<Bytes, Problem> {
    let claims = claims(idp, &standing.client, standing, token).await?;
    let text = Bytes::from(serde_json::to_vec(&claims).map_err(|e| Problem::internal(&e))?);
    standing.keep_told(&token.scope, &text);
    Ok(text)
}

/// The claims signed, encrypted, or both, as the application is registered for.
async fn as_token(idp: &Idp, client: &Client, claims: &Map<String, Value>) -> Result<String, OAuthError> {
    match client.metadata.userinfo_signed_response_alg {
        None => sealed::only(idp, client, Sealed::Userinfo, claims).await,
        Some(alg) => sealed::nested(idp, client, Sealed::Userinfo, sign(idp, alg, "JWT", claims)?).await,
    }
}

/// The claims with who says them, and to whom.
fn of_issuer(idp: &Idp, client: &Client, mut claims: Map<String, Value>) -> Map<String, Value> {
    claims.insert("iss".into(), idp.issuer().into());
    claims.insert("aud".into(), client.id.clone().into());
    claims
}

/// What is wrong with the client's keys, in the words of the other endpoints.
fn refused(e: OAuthError) -> Problem {
    match e.code {
        ErrorCode::ServerError => Problem::internal(&e),
        _ => Problem::because(Code::BadRequest, e.description),
    }
}

async fn claims(idp: &Idp, client: &Client, s: &Standing, token: &AccessClaims) -> Result<Map<String, Value>, Problem> {
    let wishes = Wishes::from_stored(s.issue.claims.as_deref());
    let about = about(idp, &s.head, &s.person.id).await?;
    // A token may have been narrowed to less than its issue, and an issue to less than it was: what is left counts.
    let scopes = token.scope.split(' ').filter(|scope| s.issue.scope.split(' ').any(|now| now == *scope));
    let mut out = told(about.known(s, &idp.env.settings.time_zone).claims(), scopes, &still(client, wishes).userinfo);
    let sub = subjects::sub(&idp.env.root, client, &s.person.id).map_err(|e| Problem::internal(&e))?;
    out.insert("sub".into(), sub.into());
    Ok(out)
}

/// What was asked one by one and the application may still have: its scopes may have been taken from it since.
pub fn still(client: &Client, mut wishes: Wishes) -> Wishes {
    let may = |claim: &String| super::claims::scope_of(claim).is_some_and(|s| !client.scopes(s).is_empty());
    wishes.userinfo.retain(|claim, _| may(claim));
    wishes.id_token.retain(|claim, _| may(claim));
    wishes
}

/// What is known of a person beside the person's row, as it was read.
#[derive(Clone, Debug, Default)]
pub struct About {
    profile: Profile,
    phone_proven: bool,
    updated_at: Timestamp,
    /// The zone that the person has chosen for himself.
    zone: Option<String>,
}

impl About {
    /// With the rest that stands.
    pub fn known<'a>(&'a self, s: &'a Standing, zone: &'a str) -> Known<'a> {
        let zone = self.zone.as_deref().unwrap_or(zone);
        Known { person: &s.person, profile: &self.profile, phone_proven: self.phone_proven, updated_at: self.updated_at, zone }
    }
}

/// What is known of a person at a moment after `head` was read: what was read before, where nothing has changed since.
pub async fn about(idp: &Idp, head: &Head, person: &str) -> Result<Arc<About>, DbError> {
    if let Some(known) = idp.about.get(head, person) {
        return Ok(known);
    }
    Box::pin(read_about(idp, person)).await
}

async fn read_about(idp: &Idp, person: &str) -> Result<Arc<About>, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let head = feed::store::head(&mut tx).await?;
    let (profile, changed) = profile_store::get(&mut tx, &idp.env.root, person).await?;
    let (person_changed, phone_proven) = profile_store::person_changed(&mut tx, person).await?;
    let updated_at = changed.max(person_changed);
    let zone = people::store::zone_of(&mut tx, person).await?;
    let about = Arc::new(About { profile, phone_proven, updated_at, zone });
    idp.about.put(&head.ground(), person.to_owned(), Arc::clone(&about));
    Ok(about)
}

/// The request's headers with the token of a form in its place, if it is there; one that is in both is in too many.
fn with_token_of_body(headers: &HeaderMap, body: &[u8]) -> Result<Option<HeaderMap>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let form = kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    if !form || body.is_empty() {
        return Ok(None);
    }
    let bad = |why: &str| Problem::because(Code::BadRequest, why);
    let params = Params::parse(body, &[]).map_err(|e| bad(&e.to_string()))?;
    let Some(token) = params.get("access_token") else { return Ok(None) };
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(bad("the access token is sent in more than one way (RFC 6750, section 2)"));
    }
    let value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Problem::new(Code::Unauthorized))?;
    let mut headers = headers.clone();
    headers.insert(header::AUTHORIZATION, value);
    Ok(Some(headers))
}
