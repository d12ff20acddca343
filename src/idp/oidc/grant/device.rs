//! The grant of a device that someone allows elsewhere (RFC 8628, section 3.4).

use std::sync::Arc;

use super::refresh;
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::device::flow::device_hash;
use crate::idp::oidc::device::model::{Answer, Device, PAUSE};
use crate::idp::oidc::device::store as devices;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::issues::{self, Redeemed, Standing, standing};
use crate::idp::oidc::tokens::{Given, TokenAnswer, answer};
use crate::idp::oidc::{details, resources, store};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::Params;
use crate::kernel::root::RootKey;

#[derive(Clone)]
struct Input {
    auth: Authenticated,
    hash: String,
    resources: Vec<String>,
    issuer: String,
    refresh: Option<refresh::First>,
    now: Timestamp,
    root: Arc<RootKey>,
}

/// What a question came to. That it was asked is written down, whatever the answer.
enum Told {
    Given(Box<(Standing, String)>),
    Not(Answer),
}

/// Answers a device's question.
pub async fn redeem(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    let code = params.get("device_code").ok_or(OAuthError::request("device_code is missing"))?;
    let binding = auth.held.binding(&auth.client)?;
    let refresh = auth.client.may("refresh_token").then(|| refresh::First::new(idp, &auth.client, binding.as_ref()));
    let input = Input {
        auth: auth.clone(),
        hash: device_hash(&idp.env.root, code)?,
        resources: params.all("resource").to_vec(),
        issuer: idp.issuer().to_owned(),
        refresh: refresh.clone(),
        now: idp.env.now(),
        root: Arc::clone(&idp.env.root),
    };
    let why = "device code used again";
    match issues::redeem(idp, input, |tx, input| Box::pin(ask(tx, input)), actor, why).await? {
        Redeemed::Now(Told::Given(given)) => {
            let (s, resource) = *given;
            let given = Given {
                scope: &s.issue.scope,
                resource: &resource,
                details: details::narrowed(s.issue.details.as_deref(), None)?,
                refresh_token: refresh.map(|r| r.token),
                nonce: false,
                binding: binding.as_ref(),
            };
            answer(idp, &auth.client, &s, given).await
        }
        Redeemed::Now(Told::Not(answer)) => Err(said(&answer)),
        Redeemed::Before(issue) => {
            tracing::warn!(client = auth.client.id, issue, "a device code was used again; what it gave is revoked");
            Err(OAuthError::grant("this device code was used before; what it gave is revoked"))
        }
    }
}

/// Section 3.5.
fn said(answer: &Answer) -> OAuthError {
    match answer {
        Answer::SlowDown => OAuthError::new(ErrorCode::SlowDown, "ask less often: five seconds more between two questions"),
        Answer::Refused => OAuthError::new(ErrorCode::AccessDenied, "the person has refused"),
        Answer::Expired => OAuthError::new(ErrorCode::ExpiredToken, "nobody allowed it in time; begin again"),
        _ => OAuthError::new(ErrorCode::AuthorizationPending, "nobody has decided yet"),
    }
}

async fn ask(tx: &mut Tx<'_>, input: &Input) -> Result<Redeemed<Told>, OAuthError> {
    let unknown = OAuthError::grant("the device code is unknown");
    let device = devices::by_device(tx, &input.hash).await?.ok_or_else(|| unknown.clone())?;
    // Case 5: another client's device is left as it is.
    if device.client_id != input.auth.client.id {
        return Err(unknown);
    }
    issues::spend(tx, &input.auth).await?;
    match device.answer(input.now) {
        Answer::Used(issue) => Ok(Redeemed::Before(issue)),
        Answer::Given(issue) => give(tx, input, &device, &issue).await,
        told => {
            let slower = if told == Answer::SlowDown { PAUSE } else { 0 };
            devices::polled(tx, &device.id, device.pause.saturating_add(slower), input.now).await?;
            Ok(Redeemed::Now(Told::Not(told)))
        }
    }
}

async fn give(tx: &mut Tx<'_>, input: &Input, device: &Device, issue: &str) -> Result<Redeemed<Told>, OAuthError> {
    let found = store::issue(tx, issue).await?.ok_or(OAuthError::grant("what was allowed is there no more"))?;
    resources::named(&found.resource, &input.resources)?;
    if !devices::take(tx, &device.id, input.now).await? {
        return Ok(Redeemed::Before(issue.to_owned()));
    }
    if let Some(first) = &input.refresh {
        first.store(tx, &input.root, issue, input.now).await?;
    }
    // Case 17: whatever has ended since someone allowed it has ended for the device too.
    let standing = standing(tx, found, &input.auth.client, &input.issuer, input.now).await?;
    let resource = resources::named(&standing.issue.resource, &input.resources)?.to_owned();
    Ok(Redeemed::Now(Told::Given(Box::new((standing, resource)))))
}
