//! The grant of someone who was asked by the back channel (OpenID Connect CIBA, section 10.1).

use std::sync::Arc;

use super::refresh;
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::clients::model::Switches;
use crate::idp::oidc::ciba::flow::hash;
use crate::idp::oidc::ciba::model::Asking;
use crate::idp::oidc::ciba::store as askings;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::issues::{self, Redeemed, Standing, standing};
use crate::idp::oidc::polling::{Answer, PAUSE};
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

/// What asking for the answer came to. That it was asked for is written down, whatever the answer.
enum Told {
    Given(Box<(Standing, String)>),
    Not(Answer),
}

/// Answers whoever asks what a person has decided.
pub async fn redeem(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    if !Switches::of(&idp.env.settings).ciba {
        return Err(OAuthError::new(ErrorCode::UnsupportedGrantType, "this grant type is off in this installation"));
    }
    let id = params.get("auth_req_id").ok_or(OAuthError::request("auth_req_id is missing"))?;
    let binding = auth.held.binding(&auth.client)?;
    let refresh = auth.client.may("refresh_token").then(|| refresh::First::new(idp, &auth.client, binding.as_ref()));
    let input = Input {
        auth: auth.clone(),
        hash: hash(&idp.env.root, id)?,
        resources: params.all("resource").to_vec(),
        issuer: idp.issuer().to_owned(),
        refresh: refresh.clone(),
        now: idp.env.now(),
        root: Arc::clone(&idp.env.root),
    };
    let why = "authentication request used again";
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
            tracing::warn!(client = auth.client.id, issue, "an auth_req_id was used again; what it gave is revoked");
            Err(OAuthError::grant("this auth_req_id was used before; what it gave is revoked"))
        }
    }
}

/// Section 11.
fn said(answer: &Answer) -> OAuthError {
    match answer {
        Answer::SlowDown => OAuthError::new(ErrorCode::SlowDown, "ask less often: five seconds more between two questions"),
        Answer::Refused => OAuthError::new(ErrorCode::AccessDenied, "the person has refused"),
        Answer::Expired => OAuthError::new(ErrorCode::ExpiredToken, "nobody allowed it in time; ask anew"),
        _ => OAuthError::new(ErrorCode::AuthorizationPending, "nobody has decided yet"),
    }
}

async fn ask(tx: &mut Tx<'_>, input: &Input) -> Result<Redeemed<Told>, OAuthError> {
    let unknown = OAuthError::grant("the auth_req_id is unknown");
    let asking = askings::by_hash(tx, &input.hash).await?.ok_or_else(|| unknown.clone())?;
    // Case 5: another client's question is left as it is.
    if asking.client_id != input.auth.client.id {
        return Err(unknown);
    }
    issues::spend(tx, &input.auth).await?;
    match asking.answer(input.now) {
        Answer::Used(issue) => Ok(Redeemed::Before(issue)),
        Answer::Given(issue) => give(tx, input, &asking, &issue).await,
        told => {
            let slower = if told == Answer::SlowDown { PAUSE } else { 0 };
            askings::polled(tx, &asking.id, asking.pause.saturating_add(slower), input.now).await?;
            Ok(Redeemed::Now(Told::Not(told)))
        }
    }
}

async fn give(tx: &mut Tx<'_>, input: &Input, asking: &Asking, issue: &str) -> Result<Redeemed<Told>, OAuthError> {
    let found = store::issue(tx, issue).await?.ok_or(OAuthError::grant("what was allowed is there no more"))?;
    resources::named(&found.resource, &input.resources)?;
    if !askings::take(tx, &asking.id, input.now).await? {
        return Ok(Redeemed::Before(issue.to_owned()));
    }
    if let Some(first) = &input.refresh {
        first.store(tx, &input.root, issue, input.now).await?;
    }
    // Case 17: whatever has ended since someone allowed it has ended for the application too.
    let standing = standing(tx, found, &input.auth.client, &input.issuer, input.now).await?;
    let resource = resources::named(&standing.issue.resource, &input.resources)?.to_owned();
    Ok(Redeemed::Now(Told::Given(Box::new((standing, resource)))))
}
