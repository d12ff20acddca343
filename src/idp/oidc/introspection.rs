//! What a token stands for, told to the resource server that it is for (RFC 7662), also as a signed statement (RFC 9701).
//! Whoever else asks learns nothing, not even whether there is such a token (security case 14).

use axum::body::Bytes;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::access::{self, Access};
use super::error::{ErrorCode, OAuthError};
use super::grant::refresh;
use super::{issues, sealed, store, subjects, tokens};
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::clients::model::Sealed;
use crate::idp::feed::Head;
use crate::kernel::http::Params;

/// The media type of a signed answer (RFC 9701, section 4), and of its token.
pub const JWT: &str = "application/token-introspection+jwt";
const TYP: &str = "token-introspection+jwt";

/// What is told of a token; by default that it stands for nothing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Told {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(flatten, serialize_with = "claims_of")]
    access: Option<Access>,
    #[serde(flatten)]
    refresh: Option<Refresh>,
}

/// What is told of a refresh token.
#[derive(Clone, Debug, Serialize)]
struct Refresh {
    iss: String,
    client_id: String,
    sub: String,
    scope: String,
    exp: i64,
}

/// An access token says the same here as by itself.
fn claims_of<S: Serializer>(access: &Option<Access>, to: S) -> Result<S::Ok, S::Error> {
    access.as_ref().map(Access::claims).serialize(to)
}

/// Answers a request for what a token stands for.
pub async fn answer(idp: &Idp, auth: &Authenticated, params: &Params) -> Result<Told, OAuthError> {
    let token = params.get("token").ok_or(OAuthError::request("token is missing"))?;
    if auth.client.is_public() {
        return Err(OAuthError::new(ErrorCode::InvalidClient, "a client that can't prove who it is learns nothing of tokens"));
    }
    spend(idp, auth).await?;
    let found = match access::read(idp, token, None).await? {
        Some(access) => of_access(idp, auth, &access).await?,
        None => of_refresh(idp, auth, token).await?,
    };
    Ok(found.unwrap_or_default())
}

async fn spend(idp: &Idp, auth: &Authenticated) -> Result<(), OAuthError> {
    if auth.assertion.is_none() {
        return Ok(());
    }
    idp.db.write(auth.clone(), |auth, mut tx| Box::pin(async move { issues::spend(&mut tx, auth).await })).await
}

/// An access token, told to a resource server that it is for.
async fn of_access(idp: &Idp, auth: &Authenticated, access: &Access) -> Result<Option<Told>, OAuthError> {
    if auth.client.metadata.serves.contains(&access.aud) { told(idp, &auth.head, access).await } else { Ok(None) }
}

/// What is told of an access token to whom it is for; nothing where it does not stand at a moment after `head` was read.
pub(in crate::idp) async fn told(idp: &Idp, head: &Head, access: &Access) -> Result<Option<Told>, OAuthError> {
    if !issues::is_good_now(idp, head, access).await? {
        return Ok(None);
    }
    let bound_to_key = access.cnf.as_ref().is_some_and(|c| c.jkt.is_some());
    let token_type = Some(if bound_to_key { "DPoP" } else { "Bearer" });
    Ok(Some(Told { active: true, token_type, access: Some(access.clone()), refresh: None }))
}

/// A refresh token, told to the client that it was given to: nobody else is asked to take one.
async fn of_refresh(idp: &Idp, auth: &Authenticated, token: &str) -> Result<Option<Told>, OAuthError> {
    let hash = refresh::hash(&idp.env.root, token)?;
    let now = idp.env.now();
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(row) = store::refresh(&mut tx, &hash).await?.filter(|r| r.used_at.is_none() && r.expires_at > now.0) else {
        return Ok(None);
    };
    let Some(issue) = store::issue(&mut tx, &row.issue_id).await? else { return Ok(None) };
    let Some(standing) = issues::stands(&mut tx, issue, &auth.client.id, idp.issuer(), now).await? else { return Ok(None) };
    let refresh = Refresh {
        iss: idp.issuer().to_owned(),
        client_id: auth.client.id.clone(),
        sub: subjects::sub(&idp.env.root, &auth.client, &standing.person.id)?,
        scope: standing.issue.scope.clone(),
        exp: row.expires_at.div_euclid(1000),
    };
    Ok(Some(Told { active: true, refresh: Some(refresh), ..Told::default() }))
}

/// As JSON.
pub fn written(answer: &Told) -> Result<Bytes, OAuthError> {
    let write = || serde_json::to_vec(answer).map_err(|e| OAuthError::internal(&e));
    match &answer.access {
        Some(access) => access.told(write),
        None => write().map(Bytes::from),
    }
}

/// The same as a statement that is signed for who asked (RFC 9701, section 5).
pub async fn signed(idp: &Idp, auth: &Authenticated, answer: Told) -> Result<String, OAuthError> {
    let alg = auth.client.metadata.introspection_signed_response_alg.unwrap_or(auth.client.usual_alg());
    let claims = json!({
        "iss": idp.issuer(),
        "aud": auth.client.id,
        "iat": idp.env.now().seconds(),
        "token_introspection": answer,
    });
    sealed::nested(idp, &auth.client, Sealed::Introspection, tokens::sign(idp, alg, TYP, &claims)?).await
}
