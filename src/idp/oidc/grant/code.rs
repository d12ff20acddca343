//! The grant `authorization_code` (RFC 6749, section 4.1.3; OpenID Connect Core, section 3.1.3).

use std::sync::Arc;
use std::time::Duration;

use super::refresh;
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::binding::Binding;
use crate::idp::oidc::error::OAuthError;
use crate::idp::oidc::issues::{self, Redeemed, Standing, standing};
use crate::idp::oidc::tokens::{Given, TokenAnswer, answer, pkce_fits};
use crate::idp::oidc::{details, resources, store};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::Params;
use crate::kernel::root::RootKey;

#[derive(Clone)]
struct Input {
    resources: Vec<String>,
    issuer: String,
    auth: Authenticated,
    binding: Option<Binding>,
    hash: String,
    redirect_uri: Option<String>,
    verifier: Option<String>,
    refresh: Option<refresh::First>,
    now: Timestamp,
    root: Arc<RootKey>,
}

/// Redeems a code.
pub async fn redeem(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    let code = params.get("code").ok_or(OAuthError::request("code is missing"))?;
    let now = idp.env.now();
    let binding = auth.held.binding(&auth.client)?;
    let refresh = auth.client.may("refresh_token").then(|| refresh::First::new(idp, &auth.client, binding.as_ref()));
    let input = Input {
        resources: params.all("resource").to_vec(),
        issuer: idp.issuer().to_owned(),
        auth: auth.clone(),
        binding: binding.clone(),
        hash: code_hash(&idp.env.root, code)?,
        redirect_uri: params.get("redirect_uri").map(str::to_owned),
        verifier: params.get("code_verifier").map(str::to_owned),
        refresh: refresh.clone(),
        now,
        root: Arc::clone(&idp.env.root),
    };
    let why = "authorization code used again";
    match issues::redeem(idp, input, |tx, input| Box::pin(exchange(tx, input)), actor, why).await? {
        Redeemed::Now((s, resource)) => {
            let s = issues::informed(idp, s).await?;
            let given = Given {
                scope: &s.issue.scope,
                resource: &resource,
                details: details::narrowed(s.issue.details.as_deref(), None)?,
                refresh_token: refresh.map(|r| r.token),
                nonce: true,
                binding: binding.as_ref(),
            };
            answer(idp, &auth.client, &s, given).await
        }
        Redeemed::Before(issue) => {
            tracing::warn!(client = auth.client.id, issue, "an authorization code was used again; what it gave is revoked");
            Err(OAuthError::grant("this code was used before; what it gave is revoked"))
        }
    }
}

async fn exchange(tx: &mut Tx<'_>, input: &Input) -> Result<Redeemed<(Standing, String)>, OAuthError> {
    let unknown = OAuthError::grant("the code is unknown, expired, or was sent to someone else");
    let code = store::code(tx, &input.hash).await?.ok_or_else(|| unknown.clone())?;
    let issue = store::issue(tx, &code.issue_id).await?.ok_or_else(|| unknown.clone())?;
    // Case 5: another client's code is left as it is.
    if issue.client_id != input.auth.client.id {
        return Err(unknown);
    }
    if code.used_at.is_some() {
        // Once it is revoked, coming again changes nothing, and must cost nothing.
        return if issue.revoked_at.is_some() { Err(unknown) } else { Ok(Redeemed::Before(issue.id)) };
    }
    if code.expires_at <= input.now.0 || input.redirect_uri.as_deref() != Some(&code.redirect_uri) {
        return Err(unknown);
    }
    if code.jkt.is_some() && code.jkt.as_deref() != input.binding.as_ref().and_then(Binding::key) {
        return Err(OAuthError::grant("this code is for the key that the authorization request named (RFC 9449, section 10)"));
    }
    pkce_fits(code.challenge.as_deref(), input.verifier.as_deref())?;
    resources::named(&issue.resource, &input.resources)?;
    issues::spend(tx, &input.auth).await?;
    if !store::use_code(tx, &input.hash, input.now).await? {
        return Ok(Redeemed::Before(issue.id));
    }
    if let Some(first) = &input.refresh {
        first.store(tx, &input.root, &issue.id, input.now).await?;
    }
    let standing = standing(tx, issue, &input.auth.client, &input.issuer, input.now).await?;
    let resource = resources::named(&standing.issue.resource, &input.resources)?.to_owned();
    Ok(Redeemed::Now((standing, resource)))
}

/// How an authorization code is stored.
pub fn code_hash(root: &RootKey, code: &str) -> Result<String, OAuthError> {
    Ok(root.token_hash("authorization-code", code)?)
}

/// How long a refresh token is valid.
pub fn refresh_life(idp: &Idp) -> Duration {
    Duration::from_secs(idp.env.settings.refresh_token_minutes.saturating_mul(60))
}
