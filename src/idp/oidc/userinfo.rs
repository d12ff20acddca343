//! The userinfo endpoint (OpenID Connect Core, section 5.3): what a token's scopes, and the claims parameter of its
//! authorization, let an application know of a person. As JSON, or signed and encrypted where the application is registered for that.

use axum::Json;
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
use crate::idp::people::profile::{Known, Profile};
use crate::idp::people::profile_store;
use crate::idp::{Idp, bearer, factors, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::{Code, Params, Presented, Problem};

/// Answers a request by GET, or by POST with the token in the header or in the body (RFC 6750, sections 2.1 and 2.2).
pub async fn answer(idp: &Idp, presented: &Presented, body: &[u8]) -> Result<Response, Problem> {
    let headers = with_token_of_body(&presented.headers, body)?;
    let presented = Presented { headers, ..presented.clone() };
    let (standing, token) = bearer::person(idp, &presented, "openid").await?;
    let client = &standing.client;
    let claims = claims(idp, client, &standing, &token).await?;
    let token = match client.metadata.userinfo_signed_response_alg {
        None => sealed::plain(idp, client, Sealed::Userinfo, &of_issuer(idp, client, &claims)).await.map_err(refused)?,
        Some(alg) => {
            let signed = sign(idp, alg, "JWT", &of_issuer(idp, client, &claims)).map_err(refused)?;
            Some(sealed::nested(idp, client, Sealed::Userinfo, signed).await.map_err(refused)?)
        }
    };
    let Some(token) = token else { return Ok(Json(claims).into_response()) };
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"))], token).into_response())
}

/// The claims with who says them, and to whom.
fn of_issuer(idp: &Idp, client: &Client, claims: &Map<String, Value>) -> Map<String, Value> {
    let mut claims = claims.clone();
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
    let about = read(idp, &s.person.id).await?;
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

/// Reads what is known of a person.
pub async fn read(idp: &Idp, person: &str) -> Result<About, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let (profile, changed) = profile_store::get(&mut tx, &idp.env.root, person).await?;
    let updated_at = changed.max(profile_store::person_changed(&mut tx, person).await?);
    let phone_proven = factors::store::held(&mut tx, person).await?.phone;
    let zone = people::store::zone_of(&mut tx, person).await?;
    Ok(About { profile, phone_proven, updated_at, zone })
}

/// The request's headers with the token of a form in its place, if it is there; one that is in both is in too many.
fn with_token_of_body(headers: &HeaderMap, body: &[u8]) -> Result<HeaderMap, Problem> {
    let mut headers = headers.clone();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let form = kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    if !form || body.is_empty() {
        return Ok(headers);
    }
    let bad = |why: &str| Problem::because(Code::BadRequest, why);
    let params = Params::parse(body, &[]).map_err(|e| bad(&e.to_string()))?;
    let Some(token) = params.get("access_token") else { return Ok(headers) };
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(bad("the access token is sent in more than one way (RFC 6750, section 2)"));
    }
    let value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Problem::new(Code::Unauthorized))?;
    headers.insert(header::AUTHORIZATION, value);
    Ok(headers)
}
