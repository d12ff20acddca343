//! The token endpoint: shared phases (read, authenticate, check the grant type), then the grant (RFC 6749, section 3.2).

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;

use super::error::{ErrorCode, OAuthError};
use super::issues::{self, Redeemed, Standing, standing};
use super::tokens::{TokenAnswer, answer, client_answer, pkce_fits};
use super::{refresh, resources, store};
use crate::idp::Idp;
use crate::idp::clients::auth::{Authenticated, authenticate};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::{Context, Params};
use crate::kernel::root::RootKey;

/// Parameters that may repeat (RFC 8707, section 2).
pub const REPEATABLE: &[&str] = &["resource"];

/// Answers a token request.
pub async fn request(idp: &Idp, context: &Context, headers: &HeaderMap, body: &[u8]) -> Result<TokenAnswer, OAuthError> {
    let params = Params::parse(body, REPEATABLE)?;
    let auth = authenticate(idp, headers, &params).await?;
    let grant = params.get("grant_type").ok_or(OAuthError::request("grant_type is missing"))?;
    if !crate::idp::clients::model::GRANTS.contains(&grant) {
        return Err(OAuthError::new(
            ErrorCode::UnsupportedGrantType,
            "this grant type is not offered; discovery lists those that are",
        ));
    }
    if !auth.client.may(grant) {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client is not registered for this grant type"));
    }
    let actor = Actor::on(context).client(&auth.client.id);
    match grant {
        "authorization_code" => authorization_code(idp, auth, &params, actor).await,
        "refresh_token" => refresh::redeem(idp, auth, &params, actor).await,
        _ => client_credentials(idp, auth, &params).await,
    }
}

#[derive(Clone)]
struct CodeInput {
    resources: Vec<String>,
    issuer: String,
    auth: Authenticated,
    hash: String,
    redirect_uri: Option<String>,
    verifier: Option<String>,
    refresh: Option<(String, String, Timestamp)>,
    now: Timestamp,
    root: Arc<RootKey>,
}

async fn authorization_code(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    let code = params.get("code").ok_or(OAuthError::request("code is missing"))?;
    let now = idp.env.now();
    let life = Duration::from_secs(idp.env.settings.refresh_token_minutes.saturating_mul(60));
    let refresh = auth.client.may("refresh_token").then(|| (idp.env.token(), idp.env.token(), now + life));
    let input = CodeInput {
        resources: params.all("resource").to_vec(),
        issuer: idp.issuer().to_owned(),
        auth: auth.clone(),
        hash: code_hash(&idp.env.root, code)?,
        redirect_uri: params.get("redirect_uri").map(str::to_owned),
        verifier: params.get("code_verifier").map(str::to_owned),
        refresh: refresh.clone(),
        now,
        root: Arc::clone(&idp.env.root),
    };
    let why = "authorization code used again";
    match issues::redeem(idp, input, |tx, input| Box::pin(redeem(tx, input)), actor, why).await? {
        Redeemed::Now((s, resource)) => {
            let refresh = refresh.map(|(token, ..)| token);
            let s = issues::informed(idp, s).await?;
            answer(idp, &auth.client, &s, (&s.issue.scope, &resource), refresh, true)
        }
        Redeemed::Before(issue) => {
            tracing::warn!(client = auth.client.id, issue, "an authorization code was used again; what it gave is revoked");
            Err(OAuthError::grant("this code was used before; what it gave is revoked"))
        }
    }
}

async fn redeem(tx: &mut Tx<'_>, input: &CodeInput) -> Result<Redeemed<(Standing, String)>, OAuthError> {
    let unknown = OAuthError::grant("the code is unknown, expired, or was sent to someone else");
    let code = store::code(tx, &input.hash).await?.ok_or_else(|| unknown.clone())?;
    let issue = store::issue(tx, &code.issue_id).await?.ok_or_else(|| unknown.clone())?;
    // Case 5: another client's code is left as it is.
    if issue.client_id != input.auth.client.id {
        return Err(unknown);
    }
    if code.used_at.is_some() {
        return Ok(Redeemed::Before(issue.id));
    }
    if code.expires_at <= input.now.0 || input.redirect_uri.as_deref() != Some(&code.redirect_uri) {
        return Err(unknown);
    }
    pkce_fits(code.challenge.as_deref(), input.verifier.as_deref())?;
    resources::named(&issue.resource, &input.resources)?;
    issues::use_assertion(tx, &issue.client_id, input.auth.assertion.as_ref()).await?;
    if !store::use_code(tx, &input.hash, input.now).await? {
        return Ok(Redeemed::Before(issue.id));
    }
    if let Some((token, seed, expires)) = &input.refresh {
        refresh::first(tx, &input.root, &issue.id, token, seed, *expires, input.now).await?;
    }
    let standing = standing(tx, issue, &input.auth.client, &input.issuer, input.now).await?;
    let resource = resources::named(&standing.issue.resource, &input.resources)?.to_owned();
    Ok(Redeemed::Now((standing, resource)))
}

/// How an authorization code is stored.
pub fn code_hash(root: &RootKey, code: &str) -> Result<String, OAuthError> {
    Ok(root.token_hash("authorization-code", code)?)
}

async fn client_credentials(idp: &Idp, auth: Authenticated, params: &Params) -> Result<TokenAnswer, OAuthError> {
    let resource = match params.all("resource") {
        [] => idp.issuer().to_owned(),
        [one] if one == idp.issuer() || auth.client.metadata.resources.contains(one) => one.clone(),
        _ => return Err(OAuthError::new(ErrorCode::InvalidTarget, "resource must be one that this client is registered for")),
    };
    let asked = params.get("scope").or(auth.client.metadata.scope.as_deref()).unwrap_or_default();
    let scope =
        auth.client.scopes(asked).into_iter().filter(|s| *s != "openid" && *s != "offline_access").collect::<Vec<_>>().join(" ");
    if scope.is_empty() && params.get("scope").is_some() {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "this client may have none of these scopes"));
    }
    if auth.assertion.is_some() {
        // The one write of this grant: the assertion is spent with the token, or the token is not given.
        idp.db
            .write(auth.clone(), |auth, mut tx| {
                Box::pin(async move { issues::use_assertion(&mut tx, &auth.client.id, auth.assertion.as_ref()).await })
            })
            .await?;
    }
    client_answer(idp, &auth.client, scope, &resource, auth.head)
}
