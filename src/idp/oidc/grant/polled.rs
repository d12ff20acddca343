//! The phases of a grant that a client asks for again and again until someone has decided elsewhere. What waits for that, and how
//! it is called, is a kind's own: `device` (RFC 8628, section 3.4) and `ciba` (OpenID Connect CIBA, section 10.1).

use std::sync::Arc;

use super::refresh;
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::issues::{self, Redeemed, Standing, standing};
use crate::idp::oidc::polling::{Answer, PAUSE, Question};
use crate::idp::oidc::tokens::{Given, TokenAnswer, answer};
use crate::idp::oidc::{details, resources, store};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Params;
use crate::kernel::root::RootKey;

/// What waits for somebody's decision, and the words for it.
pub(super) trait Polled: Sized + Send + Sync + 'static {
    /// What is said of one that isn't there, or is another client's.
    const UNKNOWN: &'static str;
    /// What is said of one that was used before.
    const USED: &'static str;
    /// Why what it gave is revoked then.
    const REPLAY: &'static str;

    /// Its number.
    fn id(&self) -> &str;
    /// Whose it is.
    fn client_id(&self) -> &str;
    /// How it stands.
    fn question(&self) -> Question<'_>;

    /// The one with the hash of what the client brings.
    fn by_hash(tx: &mut Tx<'_>, hash: &str) -> impl Future<Output = Result<Option<Self>, DbError>> + Send;
    /// Remembers that the client asked, and how many seconds it has to wait from now on.
    fn polled(tx: &mut Tx<'_>, id: &str, pause: i64, now: Timestamp) -> impl Future<Output = Result<(), DbError>> + Send;
    /// Takes what was given; false when that was taken before.
    fn take(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> impl Future<Output = Result<bool, DbError>> + Send;
}

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

/// What asking came to. That it was asked is written down, whatever the answer.
enum Told {
    Given(Box<(Standing, String)>),
    Not(Answer),
}

/// Answers a client that asks with what has this hash.
pub(super) async fn redeem<K: Polled>(
    idp: &Idp,
    auth: Authenticated,
    (params, hash): (&Params, String),
    actor: Actor,
) -> Result<TokenAnswer, OAuthError> {
    let binding = auth.held.binding(&auth.client)?;
    let refresh = auth.client.may("refresh_token").then(|| refresh::First::new(idp, &auth.client, binding.as_ref()));
    let input = Input {
        auth: auth.clone(),
        hash,
        resources: params.all("resource").to_vec(),
        issuer: idp.issuer().to_owned(),
        refresh: refresh.clone(),
        now: idp.env.now(),
        root: Arc::clone(&idp.env.root),
    };
    match issues::redeem(idp, input, |tx, input| Box::pin(ask::<K>(tx, input)), actor, K::REPLAY).await? {
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
            tracing::warn!(client = auth.client.id, issue, "{}; what it gave is revoked", K::REPLAY);
            Err(OAuthError::grant(K::USED))
        }
    }
}

/// RFC 8628, section 3.5; CIBA, section 11.
fn said(answer: &Answer) -> OAuthError {
    match answer {
        Answer::SlowDown => OAuthError::new(ErrorCode::SlowDown, "ask less often: five seconds more between two questions"),
        Answer::Refused => OAuthError::new(ErrorCode::AccessDenied, "the person has refused"),
        Answer::Expired => OAuthError::new(ErrorCode::ExpiredToken, "nobody allowed it in time; begin again"),
        _ => OAuthError::new(ErrorCode::AuthorizationPending, "nobody has decided yet"),
    }
}

async fn ask<K: Polled>(tx: &mut Tx<'_>, input: &Input) -> Result<Redeemed<Told>, OAuthError> {
    let found = K::by_hash(tx, &input.hash).await?;
    // Case 5: what is another client's is left as it is.
    let waiting = found.filter(|w| w.client_id() == input.auth.client.id).ok_or(OAuthError::grant(K::UNKNOWN))?;
    issues::spend(tx, &input.auth).await?;
    match waiting.question().answer(input.now) {
        Answer::Used(issue) => match store::issue(tx, &issue).await?.filter(|i| i.revoked_at.is_none()) {
            Some(stands) => Ok(Redeemed::Before(stands.id)),
            // Once it is revoked, coming again changes nothing, and must cost nothing.
            None => Err(OAuthError::grant(K::USED)),
        },
        Answer::Given(issue) => give(tx, input, &waiting, &issue).await,
        told => {
            let slower = if told == Answer::SlowDown { PAUSE } else { 0 };
            K::polled(tx, waiting.id(), waiting.question().pause.saturating_add(slower), input.now).await?;
            Ok(Redeemed::Now(Told::Not(told)))
        }
    }
}

async fn give<K: Polled>(tx: &mut Tx<'_>, input: &Input, waiting: &K, issue: &str) -> Result<Redeemed<Told>, OAuthError> {
    let found = store::issue(tx, issue).await?.ok_or(OAuthError::grant("what was allowed is there no more"))?;
    resources::named(&found.resource, &input.resources)?;
    if !K::take(tx, waiting.id(), input.now).await? {
        return Ok(Redeemed::Before(issue.to_owned()));
    }
    if let Some(first) = &input.refresh {
        first.store(tx, &input.root, issue, input.now).await?;
    }
    // Case 17: whatever has ended since someone allowed it has ended for the client too.
    let standing = standing(tx, found, &input.auth.client, &input.issuer, input.now).await?;
    let resource = resources::named(&standing.issue.resource, &input.resources)?.to_owned();
    Ok(Redeemed::Now(Told::Given(Box::new((standing, resource)))))
}
