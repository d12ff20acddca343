//! Asking, remembering and withdrawing.

use super::model::{self, Asks};
use super::store::{self, Given};
use crate::contract::feed::Entry;
use crate::idp::clients::{self, Client};
use crate::idp::oidc::authorize::{self, Request};
use crate::idp::oidc::backchannel;
use crate::idp::sessions::Session;
use crate::idp::{Idp, feed, oidc};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::root::RootError;

/// How a page's token is stored.
pub fn token_hash(idp: &Idp, token: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("consent", token)
}

/// What a request asks of the person.
pub fn asks(request: &Request, issuer: &str) -> Asks {
    let claims = request.claims.about_the_person().join(" ");
    let mut asks = Asks::new(&request.scope, &claims, &request.resource);
    // A token for the provider itself opens no more than the scopes say.
    asks.resources.remove(issuer);
    asks.details = request.details.clone().unwrap_or_default();
    asks
}

/// What the person still has to allow before a code is given; nothing when there is nothing to ask. Read in the transaction
/// that gives the code.
pub async fn missing(
    tx: &mut Tx<'_>,
    client: &Client,
    person: &str,
    request: &Request,
    issuer: &str,
) -> Result<Option<Asks>, DbError> {
    let asked = asks(request, issuer);
    if request.prompt_consent {
        return Ok(Some(asked));
    }
    let mut needed = model::needed(client, &asked);
    if request.allowed.as_ref() == Some(&needed.details) {
        needed.details.clear();
    }
    if model::is_nothing(&needed) {
        return Ok(None);
    }
    let given = store::given(tx, person, &client.id).await?.map(|g| g.asks()).unwrap_or_default();
    Ok(Some(needed).filter(|n| !given.covers(n)))
}

/// A page that was answered.
#[derive(Debug)]
pub enum Answered {
    /// The person allowed it: the request, with its question answered.
    Allowed(Box<Request>),
    /// The person refused.
    Refused(Box<Request>),
    /// More is to be shown first: the request, which goes on from there.
    Weak(Box<Request>),
    /// Answered before, expired, or asked in another session.
    Gone,
}

struct Input {
    hash: String,
    session: Session,
    issuer: String,
    allow: bool,
    actor: Actor,
    audit_id: String,
    now: Timestamp,
}

/// The request of a page, if the session may answer it now.
pub async fn waiting(tx: &mut Tx<'_>, hash: &str, session: &str, now: Timestamp) -> Result<Option<Request>, DbError> {
    let found = store::waiting(tx, hash).await?;
    let open = found.filter(|w| w.session_id == session && w.used_at.is_none() && w.expires_at > now.0);
    Ok(open.and_then(|w| serde_json::from_str(&w.request).ok()))
}

/// Takes a person's answer, once.
pub async fn answer(idp: &Idp, token: &str, session: &Session, allow: bool, actor: Actor) -> Result<Answered, oidc::OAuthError> {
    let input = Input {
        hash: token_hash(idp, token)?,
        session: session.clone(),
        issuer: idp.issuer().to_owned(),
        allow,
        actor,
        audit_id: idp.env.id(),
        now: idp.env.now(),
    };
    Ok(idp.db.write(input, |input, mut tx| Box::pin(async move { record(&mut tx, input).await })).await?)
}

async fn record(tx: &mut Tx<'_>, input: &Input) -> Result<Answered, DbError> {
    let person = &input.session.person_id;
    let Some(mut request) = waiting(tx, &input.hash, &input.session.id, input.now).await? else { return Ok(Answered::Gone) };
    // The page may have been open for long: who allows is still signed in as is asked (security case 17).
    if input.allow && authorize::lack(tx, &request, &input.session, input.now).await?.is_some() {
        return Ok(Answered::Weak(Box::new(request)));
    }
    if !store::answered(tx, &input.hash, input.now).await? {
        return Ok(Answered::Gone);
    }
    let asked = asks(&request, &input.issuer);
    let entry = audit::Entry {
        id: input.audit_id.clone(),
        at: input.now,
        actor: input.actor.clone().person(person).client(&request.client_id),
        action: if input.allow { "consent.given" } else { "consent.refused" },
        target: Some(person.clone()),
        outcome: "ok",
        detail: [asked.scope(), asked.claim(), asked.resource()]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
    };
    audit::record(tx, &entry).await?;
    if !input.allow {
        return Ok(Answered::Refused(Box::new(request)));
    }
    let before = store::given(tx, person, &request.client_id).await?.map(|g| g.asks()).unwrap_or_default();
    store::put(tx, person, &request.client_id, &before.with(&asked), input.now).await?;
    request.prompt_consent = false;
    request.allowed = Some(asked.details).filter(|d| !d.is_empty());
    Ok(Answered::Allowed(Box::new(request)))
}

/// An application that a person has allowed something.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// The application.
    pub client: Client,
    /// What, and when.
    pub given: Given,
}

/// What a person has allowed, by application.
pub async fn list(tx: &mut Tx<'_>, person: &str) -> Result<Vec<Allowed>, DbError> {
    let mut out = Vec::new();
    for given in store::all_of(tx, person).await? {
        if let Some(client) = clients::store::by_id(tx, &given.client_id).await? {
            out.push(Allowed { client, given });
        }
    }
    Ok(out)
}

/// Takes back what a person has allowed an application, and ends everything that the application has of it, at once and
/// everywhere; it is told by back-channel logout. False when there was nothing. The client ids of applications not told yet.
pub async fn withdraw(idp: &Idp, person: &str, client: &str, actor: Actor) -> Result<(bool, Vec<String>), DbError> {
    let input = (person.to_owned(), client.to_owned(), actor, idp.env.id(), idp.env.now());
    let (found, told) = idp
        .db
        .write_log(input, |(person, client, actor, id, now), mut tx| {
            Box::pin(async move { take_back(&mut tx, (person, client), actor, id, *now).await })
        })
        .await?;
    Ok((found, backchannel::settle(idp, &told).await))
}

/// The same in a transaction that takes more away.
pub async fn take_back(
    tx: &mut LogTx<'_>,
    (person, client): (&str, &str),
    actor: &Actor,
    audit_id: &str,
    now: Timestamp,
) -> Result<(bool, Vec<backchannel::Told>), DbError> {
    let forgotten = store::forget(tx, person, client).await?;
    let mut revoked = Vec::new();
    for issue in store::issues(tx, person, client).await? {
        if oidc::store::revoke_issue(tx, &issue, now).await? {
            feed::append(tx, now, &Entry::IssueRevoked { issue: issue.clone() }).await?;
            revoked.push(issue);
        }
    }
    if !forgotten && revoked.is_empty() {
        return Ok((false, Vec::new()));
    }
    let entry = audit::Entry {
        id: audit_id.to_owned(),
        at: now,
        actor: actor.clone(),
        action: "consent.withdrawn",
        target: Some(person.to_owned()),
        outcome: "ok",
        detail: format!("application {client}; {} authorizations revoked", revoked.len()),
    };
    audit::record(tx, &entry).await?;
    Ok((true, backchannel::revoked(tx, &revoked, now).await?))
}
