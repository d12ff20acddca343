//! The grant `refresh_token` (RFC 6749, section 6) with rotation and reuse detection (RFC 9700, section 4.14.2; contracts.md
//! names the grace for two tabs). Under FAPI 2.0, section 5.3.2.1 the token stays the same.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::at_once;
use super::code::refresh_life;
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::binding::Binding;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::grounds::{self, Known};
use crate::idp::oidc::issues::{self, Redeemed, Standing};
use crate::idp::oidc::store::{self, Issue, RefreshToken};
use crate::idp::oidc::tokens::{Given, TokenAnswer, answer};
use crate::idp::oidc::{details, resources};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::Params;
use crate::kernel::root::{Purpose, RootKey};

/// For so long the same client gets the same successor again, as long as that is unused: two tabs, or a lost answer.
const GRACE: Duration = Duration::from_secs(10);

/// What an exchange gives.
pub(super) struct Exchanged {
    standing: Standing,
    scope: String,
    resource: String,
    details: Option<Value>,
    successor: Option<String>,
}

/// What a request comes with.
#[derive(Clone)]
pub(super) struct Input {
    asked_scope: Option<String>,
    asked_details: Option<String>,
    pub binding: Option<Binding>,
    resources: Vec<String>,
    issuer: String,
    pub auth: Authenticated,
    pub hash: String,
    next_seed: String,
    expires: Timestamp,
    pub now: Timestamp,
    root: Arc<RootKey>,
    pub known: Arc<Known>,
}

impl Input {
    /// What comes with this one.
    pub fn of(idp: &Idp, auth: &Authenticated, params: &Params) -> Result<Self, OAuthError> {
        let token = params.get("refresh_token").ok_or(OAuthError::request("refresh_token is missing"))?;
        let now = idp.env.now();
        Ok(Self {
            asked_scope: params.get("scope").map(str::to_owned),
            asked_details: params.get("authorization_details").map(str::to_owned),
            binding: auth.held.binding(&auth.client)?,
            resources: params.all("resource").to_vec(),
            issuer: idp.issuer().to_owned(),
            auth: auth.clone(),
            hash: hash(&idp.env.root, token)?,
            next_seed: idp.env.token(),
            expires: now + refresh_life(idp),
            now,
            root: Arc::clone(&idp.env.root),
            known: Arc::clone(&idp.grounds),
        })
    }
}

/// The grant `refresh_token`.
pub async fn redeem(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    let input = Input::of(idp, &auth, params)?;
    let binding = input.binding.clone();
    let why = "refresh token used again";
    let redeemed = match at_once::exchange(&idp.db, &input).await? {
        Some(e) => Redeemed::Now(e),
        None => issues::redeem(idp, input, |tx, input| Box::pin(exchange(tx, input)), actor, why).await?,
    };
    match redeemed {
        Redeemed::Now(e) => {
            grounds::keep(idp, &e.standing);
            let standing = issues::informed(idp, e.standing).await?;
            let given = Given {
                scope: &e.scope,
                resource: &e.resource,
                details: e.details,
                refresh_token: e.successor,
                nonce: false,
                binding: binding.as_ref(),
            };
            answer(idp, &auth.client, &standing, given).await
        }
        Redeemed::Before(issue) => {
            tracing::warn!(client = auth.client.id, issue, "a refresh token was used again; its whole family is revoked");
            Err(OAuthError::grant("this refresh token was used before; everything that came of it is revoked"))
        }
    }
}

async fn exchange(tx: &mut Tx<'_>, input: &Input) -> Result<Redeemed<Exchanged>, OAuthError> {
    let (row, head) = store::refresh_at_head(tx, &input.hash).await?.ok_or_else(unknown)?;
    let found = grounds::find(tx, head, &input.known, &row.issue_id).await?.ok_or_else(unknown)?;
    let asked = asked(input, &row, &found.issue)?;
    issues::spend(tx, &input.auth).await?;
    let successor = match input.auth.client.is_fapi() {
        true if row.used_at.is_some() => return Ok(Redeemed::Before(row.issue_id)),
        true => None,
        false => match rotated(tx, input, &row).await? {
            Some(successor) => Some(successor),
            None => return Ok(Redeemed::Before(row.issue_id)),
        },
    };
    let standing = found.stands(tx, &input.auth.client.id, &input.issuer, input.now).await?.ok_or_else(issues::ended)?;
    Ok(Redeemed::Now(exchanged(input, standing, asked, successor)?))
}

/// What is asked for of what was granted.
pub(super) struct AskedFor {
    scope: String,
    details: Option<Value>,
}

/// What a request asks for, if it may: before anything is spent, so that one that asks for what it may not have leaves the token
/// as it was.
pub(super) fn asked(input: &Input, row: &RefreshToken, issue: &Issue) -> Result<AskedFor, OAuthError> {
    if issue.client_id != input.auth.client.id || issue.revoked_at.is_some() || row.expires_at <= input.now.0 {
        return Err(unknown());
    }
    // A public client's token is only for whoever has the key (RFC 9449, section 5); to take it away is no use to others.
    if row.binding.is_some() && row.binding != input.binding.as_ref().map(Binding::stored) {
        return Err(OAuthError::grant("this refresh token is bound to another key"));
    }
    resources::named(&issue.resource, &input.resources)?;
    let scope = narrowed(&issue.scope, input.asked_scope.as_deref())?;
    Ok(AskedFor { scope, details: details::narrowed(issue.details.as_deref(), input.asked_details.as_deref())? })
}

/// Of what is asked for, what the application may still have now.
pub(super) fn exchanged(
    input: &Input,
    standing: Standing,
    asked: AskedFor,
    successor: Option<String>,
) -> Result<Exchanged, OAuthError> {
    let now_allowed = |s: &&str| standing.issue.has_scope(s);
    let scope = asked.scope.split(' ').filter(now_allowed).collect::<Vec<_>>().join(" ");
    let resource = resources::named(&standing.issue.resource, &input.resources)?.to_owned();
    let details = details::among(asked.details, standing.issue.details.as_deref());
    Ok(Exchanged { standing, scope, resource, details, successor })
}

fn unknown() -> OAuthError {
    OAuthError::grant("the refresh token is unknown, expired or revoked")
}

/// The successor of a token; nothing when the token is a replay.
async fn rotated(tx: &mut Tx<'_>, input: &Input, row: &RefreshToken) -> Result<Option<String>, OAuthError> {
    let (successor, next) = next(input, row)?;
    if let Some(used_at) = row.used_at {
        let given = store::refresh(tx, &next.hash).await?;
        // The same client with the same key: another key's successor would be bound to that.
        let unused = given.is_some_and(|n| n.used_at.is_none() && n.binding == next.binding);
        let again = unused && Timestamp(used_at) + GRACE > input.now;
        return Ok(again.then_some(successor));
    }
    if !store::use_refresh(tx, &row.hash, &next.hash, input.now).await? {
        return Err(OAuthError::new(ErrorCode::TemporarilyUnavailable, "another request exchanges this token; try again"));
    }
    store::insert_refresh(tx, &next, input.now).await?;
    Ok(Some(successor))
}

/// The successor of a token, and its row. The successor is derived, so that asking twice gives the same, and nobody who reads the
/// database can make it (docs/adr/0007).
pub(super) fn next(input: &Input, row: &RefreshToken) -> Result<(String, RefreshToken), OAuthError> {
    let parts = [row.hash.as_bytes(), row.seed.as_bytes()];
    let token = URL_SAFE_NO_PAD.encode(input.root.mac(Purpose::RefreshSuccessor, &parts)?);
    // A public client that has shown a key now is bound to it from here on (RFC 9449, section 5).
    let shown = input.binding.as_ref().filter(|_| input.auth.client.is_public()).map(Binding::stored);
    let next = RefreshToken {
        hash: hash(&input.root, &token)?,
        issue_id: row.issue_id.clone(),
        seed: input.next_seed.clone(),
        expires_at: input.expires.0,
        used_at: None,
        successor: None,
        binding: row.binding.clone().or(shown),
    };
    Ok((token, next))
}

/// The first refresh token of an issue, before it is stored.
#[derive(Clone)]
pub struct First {
    /// The token.
    pub token: String,
    seed: String,
    expires: Timestamp,
    binding: Option<Binding>,
}

impl First {
    /// A new one. A public client can prove nothing but its key, so its tokens are bound to that (RFC 9449, section 5; RFC
    /// 8705, section 4); another proves who it is at each use.
    pub fn new(idp: &Idp, client: &Client, binding: Option<&Binding>) -> Self {
        let binding = binding.filter(|_| client.is_public()).cloned();
        Self { token: idp.env.token(), seed: idp.env.token(), expires: idp.env.now() + refresh_life(idp), binding }
    }

    /// Stores it.
    pub async fn store(&self, tx: &mut Tx<'_>, root: &RootKey, issue: &str, now: Timestamp) -> Result<(), OAuthError> {
        let row = RefreshToken {
            hash: hash(root, &self.token)?,
            issue_id: issue.to_owned(),
            seed: self.seed.clone(),
            expires_at: self.expires.0,
            used_at: None,
            successor: None,
            binding: self.binding.as_ref().map(Binding::stored),
        };
        Ok(store::insert_refresh(tx, &row, now).await?)
    }
}

/// How a refresh token is stored.
pub fn hash(root: &RootKey, token: &str) -> Result<String, OAuthError> {
    Ok(root.token_hash("refresh-token", token)?)
}

/// The asked scopes, if they are among those granted (RFC 6749, section 6).
fn narrowed(granted: &str, asked: Option<&str>) -> Result<String, OAuthError> {
    let Some(asked) = asked else { return Ok(granted.to_owned()) };
    if asked.split(' ').all(|s| granted.split(' ').any(|g| g == s)) {
        return Ok(asked.to_owned());
    }
    Err(OAuthError::new(ErrorCode::InvalidScope, "a scope was not part of the original grant"))
}
