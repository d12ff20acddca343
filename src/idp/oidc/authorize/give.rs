//! The code, once the sign-in dispatcher says that nothing is missing. Owns asking again, in the transaction that gives it,
//! whether person, session and application may.

use std::sync::Arc;
use std::time::Duration;

use super::{ANOTHER_PERSON, LOGIN_REQUIRED, NOT_ALLOWED, Refusal, Request, weak};
use crate::idp::oidc::answer::Next;
use crate::idp::oidc::claims::CONSENT_REQUIRED;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::grant::code::code_hash;
use crate::idp::oidc::store::{self, AuthCode, Issue};
use crate::idp::oidc::{jarm, pushed, subjects};
use crate::idp::policy::model::Lack;
use crate::idp::sessions::Session;
use crate::idp::{Idp, admission, clients, consent, people, policy, sessions, setup};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::RootKey;

/// How long a code may wait for its exchange (RFC 6749, section 4.1.2 allows ten minutes; clients need a second).
const CODE: Duration = Duration::from_secs(60);

/// Whether the person of a session is the one that `request` is for, if it is for one.
pub async fn is_meant(idp: &Idp, tx: &mut Tx<'_>, request: &Request, session: &Session) -> Result<bool, OAuthError> {
    let Some(subject) = &request.subject else { return Ok(true) };
    let Some(client) = clients::store::by_id(tx, &request.client_id).await? else { return Ok(false) };
    Ok(subjects::sub(&idp.env.root, &client, &session.person_id)? == *subject)
}

/// What a live session lacks for `request` at `now`: asked before a code is given, and again when it is.
pub async fn lack(tx: &mut Tx<'_>, request: &Request, session: &Session, now: Timestamp) -> Result<Option<Lack>, DbError> {
    let age = now.0.saturating_sub(session.auth_at.0);
    let too_old = |most: u64| age > i64::try_from(most).unwrap_or(i64::MAX).saturating_mul(1000);
    if request.prompt_login || request.max_age.is_some_and(too_old) {
        return Ok(Some(Lack::Anew));
    }
    let asked = policy::flow::asked(tx, &session.person_id, Some(&request.client_id)).await?.and_one_of(&request.acr);
    policy::flow::lack(tx, &asked, session, now, false).await
}

struct Input {
    request: Request,
    session_id: String,
    code_hash: String,
    issue_id: String,
    audit_id: String,
    /// Keyed hash of the token of the page that asks for consent, if one is needed.
    consent_hash: String,
    issuer: String,
    root: Arc<RootKey>,
    actor: Actor,
    now: Timestamp,
}

/// What came of a request in a session.
enum Given {
    Code,
    /// The application is not open to the person.
    NotAllowed,
    /// The session is not strong enough, or too old.
    Weak,
    /// The request is for someone else.
    AnotherPerson,
    /// Its address is the application's no longer, so that nothing may be sent there (security case 1).
    Nowhere,
    /// The person is to be asked; the request waits.
    Ask,
}

/// Gives a code for `request` in a session, after asking again whether all of it may be (security cases 3 and 17). Answers
/// where to go: to the application, or to the page that asks for consent.
pub async fn complete(idp: &Idp, request: Request, session_id: &str, actor: Actor) -> Result<Next, Refusal> {
    let (code, token) = (idp.env.token(), idp.env.token());
    let input = Input {
        consent_hash: consent::flow::token_hash(idp, &token).map_err(OAuthError::from)?,
        issuer: idp.issuer().to_owned(),
        root: Arc::clone(&idp.env.root),
        code_hash: code_hash(&idp.env.root, &code)?,
        session_id: session_id.to_owned(),
        issue_id: idp.env.id(),
        audit_id: idp.env.id(),
        actor,
        now: idp.env.now(),
        request,
    };
    let input = Arc::new(input);
    let given = idp.db.write(Arc::clone(&input), |input, mut tx| Box::pin(async move { give(&mut tx, input).await })).await;
    let request = &input.request;
    match given {
        Ok(Given::Code) => Ok(jarm::answer(idp, &request.back(), &[("code", &code)]).await?),
        Ok(Given::Ask) if request.prompt_none => Err(request.refused(CONSENT_REQUIRED)),
        Ok(Given::Ask) => Ok(Next::Redirect(format!("/consent/{token}"))),
        Ok(Given::Nowhere) => Err(Refusal::Page("redirect")),
        Ok(Given::AnotherPerson) => Err(request.refused(ANOTHER_PERSON)),
        Ok(Given::Weak) if request.prompt_none => Err(request.refused(LOGIN_REQUIRED)),
        Ok(Given::Weak) => {
            // It goes on once what is missing is set up.
            setup::flow::for_request(idp, session_id, request).await?;
            Err(weak(request))
        }
        // What a page would say first has to go by a link, and a form can't.
        Ok(Given::NotAllowed) if request.prompt_none || request.mode.is_form() => Err(request.refused(NOT_ALLOWED)),
        Ok(Given::NotAllowed) => Err(Refusal::NotAllowed { client_name: request.client_name.clone(), back: request.back() }),
        Err(error) => Err(request.refused(error)),
    }
}

/// Keeps the request until the person has answered, if a page may ask.
async fn wait(tx: &mut Tx<'_>, input: &Input, session_id: &str) -> Result<(), OAuthError> {
    if input.request.prompt_none {
        return Ok(());
    }
    // The sign-in was new enough when the page came, however long the person thinks about it.
    let waits = Request { max_age: None, ..input.request.clone() };
    let waits = serde_json::to_string(&waits).map_err(|e| OAuthError::internal(&e))?;
    Ok(consent::store::wait(tx, &input.consent_hash, session_id, &waits, input.now, input.now + consent::model::LIFE).await?)
}

/// Gives the code, or says what is in its way. What refuses leaves a trace.
async fn give(tx: &mut Tx<'_>, input: &Input) -> Result<Given, OAuthError> {
    let denied = OAuthError::new(ErrorCode::AccessDenied, "this person may not use this application now");
    let (request, now) = (&input.request, input.now);
    let client = clients::store::by_id(tx, &request.client_id).await?.filter(|c| c.enabled && c.may("authorization_code"));
    let client = client.ok_or_else(|| denied.clone())?;
    if !request.goes_to(&client) {
        return Ok(Given::Nowhere);
    }
    let session =
        sessions::store::by_id(tx, &input.session_id).await?.filter(|s| s.is_live(now)).ok_or_else(|| denied.clone())?;
    let person = people::store::by_id(tx, &session.person_id).await?;
    let person = person.filter(|p| p.active && request.is_for(&p.id)).ok_or(denied)?;
    let mut entry = audit::Entry {
        id: input.audit_id.clone(),
        at: now,
        actor: input.actor.clone().person(&person.id).client(&client.id),
        action: "authorization.refused",
        target: None,
        outcome: "application not allowed",
        detail: request.scope.clone(),
    };
    if !admission::flow::may(tx, &client.id, &person.id, now).await? {
        audit::record(tx, &entry).await?;
        return Ok(Given::NotAllowed);
    }
    if lack(tx, request, &session, now).await?.is_some() {
        entry.outcome = "not signed in as is asked";
        audit::record(tx, &entry).await?;
        return Ok(Given::Weak);
    }
    if let Some(subject) = &request.subject
        && subjects::sub(&input.root, &client, &person.id)? != *subject
    {
        entry.outcome = "another person than was asked for";
        audit::record(tx, &entry).await?;
        return Ok(Given::AnotherPerson);
    }
    if consent::flow::missing(tx, &client, &person.id, request, &input.issuer).await?.is_some() {
        wait(tx, input, &session.id).await?;
        return Ok(Given::Ask);
    }
    if let Some(hash) = &request.pushed
        && !pushed::spend(tx, hash, now).await?
    {
        return Err(OAuthError::new(ErrorCode::InvalidRequestUri, "this pushed request was used before"));
    }
    let issue = keep(tx, input, session).await?;
    (entry.action, entry.outcome, entry.target) = ("authorization.given", "ok", Some(issue));
    audit::record(tx, &entry).await?;
    Ok(Given::Code)
}

/// Keeps the code and what it is for; the id of its issue.
async fn keep(tx: &mut Tx<'_>, input: &Input, session: Session) -> Result<String, DbError> {
    let (request, now) = (&input.request, input.now);
    let issue = Issue {
        id: input.issue_id.clone(),
        client_id: request.client_id.clone(),
        person_id: session.person_id.clone(),
        session_id: session.id.clone(),
        scope: request.scope.clone(),
        resource: request.resource.clone(),
        nonce: request.nonce.clone(),
        offline: request.scope.split(' ').any(|s| s == "offline_access"),
        revoked_at: None,
        claims: request.claims.stored(),
        details: request.details.clone(),
        acr: None,
        amr: None,
        auth_at: None,
    }
    .signed_in_by(&session);
    store::insert_issue(tx, &issue, now).await?;
    let code = AuthCode {
        issue_id: issue.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        expires_at: (now + CODE).0,
        used_at: None,
        jkt: request.jkt.clone(),
    };
    store::insert_code(tx, &input.code_hash, &code, now).await?;
    Ok(issue.id)
}
