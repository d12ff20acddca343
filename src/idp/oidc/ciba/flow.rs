//! Asking, and deciding. What an application is given at last is `grant::ciba`'s.

use std::sync::Arc;

use super::model::{self, Asking};
use super::request::{self, Hint, Wrong};
use super::{send, store};
use crate::idp::clients::auth::{Assertion, Authenticated};
use crate::idp::clients::model::{CIBA, DeliveryMode, Switches};
use crate::idp::clients::{self, Client};
use crate::idp::credentials::limits;
use crate::idp::oidc::decision::{Asked, Decided, Decision};
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::polling::PAUSE;
use crate::idp::oidc::tokens::read_hint;
use crate::idp::oidc::{details, issues, request_object, resources, subjects};
use crate::idp::people::Person;
use crate::idp::sessions::Session;
use crate::idp::{Idp, admission, people, policy, sessions};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::{Context, Params};
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// What an application is told at first.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What it asks for the answer with.
    pub auth_req_id: String,
    /// For how many seconds.
    pub expires_in: u64,
}

/// Whom a question is for, once what names him was found to be right.
#[derive(Clone, Debug)]
enum Whom {
    Address(people::EmailKey),
    /// Of an ID token: the subject that the application knows, and the session.
    Subject {
        sub: String,
        session: String,
    },
    Nobody,
}

#[derive(Clone)]
struct Beginning {
    auth: Authenticated,
    /// The one use of a signed request.
    once: Option<Assertion>,
    whom: Whom,
    asking: Asking,
    hash: String,
    root: Arc<RootKey>,
    actor: Actor,
    audit_id: String,
    now: Timestamp,
}

fn wrong(what: Wrong) -> OAuthError {
    match what {
        Wrong::Hints => OAuthError::request("one of login_hint and id_token_hint says whom to ask (CIBA, section 7.1)"),
        Wrong::HintToken => OAuthError::request("login_hint_token is not taken: use login_hint or id_token_hint"),
        Wrong::Message => OAuthError::new(
            ErrorCode::InvalidBindingMessage,
            "binding_message is a line of 1 to 100 characters without control characters",
        ),
        Wrong::Expiry => OAuthError::request("requested_expiry is a positive number of seconds"),
        Wrong::Notification => {
            OAuthError::request("client_notification_token is needed for ping: 1 to 1024 characters of a bearer token")
        }
        Wrong::Scope => OAuthError::new(ErrorCode::InvalidScope, "scope must have openid (CIBA, section 7.1)"),
    }
}

/// The parameters that count: those of the signed request, if there is one; with its one use.
async fn resolved(idp: &Idp, client: &Client, params: Params) -> Result<(Params, Option<Assertion>), OAuthError> {
    match params.get("request") {
        Some(token) => {
            let (params, once) = request_object::backchannel(idp, client, token).await?;
            Ok((params, Some(once)))
        }
        None if client.must_sign_requests() || client.metadata.backchannel_authentication_request_signing_alg.is_some() => {
            Err(OAuthError::request("this client must send a signed authentication request (CIBA, section 7.1.1)"))
        }
        None => Ok((params, None)),
    }
}

fn whom(idp: &Idp, client: &Client, hint: &Hint<'_>) -> Result<Whom, OAuthError> {
    match hint {
        Hint::Address(key) => Ok(Whom::Address(key.clone())),
        Hint::Nobody => Ok(Whom::Nobody),
        Hint::Token(token) => {
            let hint = read_hint(idp, token).filter(|h| h.aud == client.id);
            let hint = hint.ok_or(OAuthError::request("id_token_hint is no ID token that was issued to this client"))?;
            let session = subjects::session(&idp.env.root, client, &hint.sid)?;
            Ok(Whom::Subject { sub: hint.sub.clone(), session })
        }
    }
}

/// Asks (section 7).
pub async fn begin(idp: &Idp, auth: Authenticated, params: Params, context: &Context) -> Result<Begun, OAuthError> {
    let client = Arc::clone(&auth.client);
    if !Switches::of(&idp.env.settings).ciba || !client.may(CIBA) {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client may not ask people by the back channel"));
    }
    let (params, once) = resolved(idp, &client, params).await?;
    let ping = client.metadata.backchannel_token_delivery_mode == Some(DeliveryMode::Ping);
    let read = request::read(&params, ping).map_err(wrong)?;
    let whom = whom(idp, &client, &read.hint)?;
    let scope = client.granted(params.get("scope").unwrap_or_default());
    if !scope.split(' ').any(|s| s == "openid") {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "this client may not have openid"));
    }
    let known = details::kinds(&idp.env.settings.authorization_details_types);
    let (id, now) = (idp.env.id(), idp.env.now());
    let seal = |text: &str| idp.env.root.seal(Purpose::Personal, &Asking::place(&id), text.as_bytes(), idp.env.entropy.as_ref());
    let auth_req_id = send::auth_req_id(&idp.env.root, &id)?;
    let asking = Asking {
        client_id: client.id.clone(),
        person_id: None,
        scope,
        resource: resources::asked(&client, idp.issuer(), params.all("resource"))?,
        details: details::asked(&client, &known, params.get("authorization_details"))?,
        acr: match params.get("acr_values") {
            Some(values) => values.chars().take(2048).collect(),
            None => client.metadata.default_acr_values.join(" "),
        },
        message: read.message.map(seal).transpose()?,
        notify: read.notification.map(seal).transpose()?,
        pause: PAUSE,
        polled_at: None,
        issue_id: None,
        decided_at: None,
        used_at: None,
        created_at: now.0,
        expires_at: (now + read.life).0,
        id,
    };
    let beginning = Beginning {
        once,
        whom,
        hash: hash(&idp.env.root, &auth_req_id)?,
        asking,
        root: Arc::clone(&idp.env.root),
        actor: Actor::on(context).client(&client.id),
        audit_id: idp.env.id(),
        auth,
        now,
    };
    let taken = idp.db.write(beginning, |b, mut tx| Box::pin(async move { keep(&mut tx, b).await })).await?;
    idp.outbox.wake();
    if taken {
        return Ok(Begun { auth_req_id, expires_in: read.life.as_secs() });
    }
    Err(OAuthError::new(ErrorCode::TemporarilyUnavailable, "this client has asked too often; come back in a quarter of an hour"))
}

/// False when the application asks too often.
async fn keep(tx: &mut Tx<'_>, b: &Beginning) -> Result<bool, OAuthError> {
    issues::spend(tx, &b.auth).await?;
    let client = &b.auth.client;
    if let Some(once) = &b.once
        && !clients::store::use_assertion(tx, &client.id, &once.jti_hash, once.expires).await?
    {
        return Err(OAuthError::request("this signed authentication request was used before"));
    }
    let bucket = |kind: &str, of: &str| b.root.token_hash(kind, of);
    if limits::take(tx, &bucket("ciba-client", &client.id)?, model::BY_CLIENT, b.now).await?.is_some() {
        return Ok(false);
    }
    let person = reached(tx, b).await?;
    let asking = Asking { person_id: person.map(|p| p.id), ..b.asking.clone() };
    store::insert(tx, &asking, &b.hash).await?;
    // Also for nobody, so that the answer takes as long.
    put_job(tx, send::ASK, &asking, b.now).await?;
    let entry = audit::Entry {
        id: b.audit_id.clone(),
        at: b.now,
        actor: b.actor.clone(),
        action: "ciba.asked",
        target: Some(asking.id.clone()),
        outcome: if asking.person_id.is_some() { "ok" } else { "nobody was reached" },
        detail: asking.scope.clone(),
    };
    audit::record(tx, &entry).await?;
    Ok(true)
}

/// The person that the question reaches: who is there, may use the application, and isn't asked too often.
async fn reached(tx: &mut Tx<'_>, b: &Beginning) -> Result<Option<Person>, OAuthError> {
    let client = &b.auth.client;
    let found = match &b.whom {
        Whom::Address(key) => people::store::by_email(tx, key).await?,
        Whom::Subject { sub, session } => {
            let session = sessions::store::by_id(tx, session).await?;
            let id = session.map_or_else(|| sub.clone(), |s| s.person_id);
            let same = subjects::sub(&b.root, client, &id)? == *sub;
            if same { people::store::by_id(tx, &id).await? } else { None }
        }
        Whom::Nobody => None,
    };
    let Some(person) = found.filter(|p| p.active) else { return Ok(None) };
    if !admission::flow::may(tx, &client.id, &person.id, b.now).await? {
        return Ok(None);
    }
    let both = [
        (b.root.token_hash("ciba-person", &person.id)?, model::OF_PERSON),
        (b.root.token_hash("ciba-person-client", &format!("{} {}", person.id, client.id))?, model::OF_PERSON_BY_CLIENT),
    ];
    // One application that asks too often uses up nothing of what others may ask.
    let full = limits::take_each(tx, &both, b.now).await?;
    Ok(Some(person).filter(|_| full.is_none()))
}

async fn put_job(tx: &mut Tx<'_>, kind: &'static str, asking: &Asking, now: Timestamp) -> Result<(), DbError> {
    let job = NewJob {
        id: format!("{kind}-{}", asking.id),
        kind,
        cause: format!("application/{}", asking.client_id),
        payload: serde_json::json!({ "asking": asking.id }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

/// How what an application asks with is stored.
pub fn hash(root: &RootKey, auth_req_id: &str) -> Result<String, RootError> {
    root.token_hash("auth-req-id", auth_req_id)
}

/// A question that a person may answer now, with its application.
pub async fn open(tx: &mut Tx<'_>, id: &str, person: &str, now: Timestamp) -> Result<Option<(Asking, Client)>, DbError> {
    let asking = store::by_id(tx, id).await?.filter(|a| a.waits(now) && a.person_id.as_deref() == Some(person));
    let Some(asking) = asking else { return Ok(None) };
    let client = clients::store::by_id(tx, &asking.client_id).await?.filter(|c| c.enabled && c.may(CIBA));
    Ok(client.map(|client| (asking, client)))
}

/// What is asked of the person who answers a question (case 17: by the policies now).
pub async fn asked(tx: &mut Tx<'_>, asking: &Asking, person: &str) -> Result<policy::model::Asked, DbError> {
    Ok(policy::flow::asked(tx, person, Some(&asking.client_id)).await?.and_one_of(&asking.strengths()))
}

/// Writes down what a person answered.
pub async fn decide(idp: &Idp, session: &Session, id: &str, allow: bool, actor: Actor) -> Result<Decided, DbError> {
    let decision = Arc::new(Decision::new(idp, session, id, allow, actor));
    let decided = idp.db.write(decision, |decision, mut tx| Box::pin(async move { record(&mut tx, decision).await })).await;
    idp.outbox.wake();
    decided
}

async fn record(tx: &mut Tx<'_>, decision: &Decision) -> Result<Decided, DbError> {
    let now = decision.now;
    let Some((session, person)) = decision.who(tx).await? else { return Ok(Decided::Gone) };
    let Some((asking, client)) = open(tx, &decision.id, &person.id, now).await? else { return Ok(Decided::Gone) };
    let may = admission::flow::may(tx, &client.id, &person.id, now).await?;
    let mut given = None;
    if may && decision.allow {
        let asked = asked(tx, &asking, &person.id).await?;
        if policy::flow::lack(tx, &asked, &session, now, false).await?.is_some() {
            return Ok(Decided::Weak);
        }
        let asked =
            Asked { client_id: &client.id, scope: &asking.scope, resource: &asking.resource, details: asking.details.as_deref() };
        given = Some(decision.issue(tx, &session, asked).await?);
    }
    if !store::decide(tx, &asking.id, given.as_deref(), now).await? {
        return Ok(Decided::Gone);
    }
    if asking.notify.is_some() {
        put_job(tx, send::PING, &asking, now).await?;
    }
    let entry = audit::Entry {
        id: decision.audit_id.clone(),
        at: now,
        actor: decision.actor.clone().person(&person.id).client(&client.id),
        action: if given.is_some() { "ciba.allowed" } else { "ciba.refused" },
        target: Some(asking.id),
        outcome: if may { "ok" } else { "application not allowed" },
        detail: asking.scope,
    };
    audit::record(tx, &entry).await?;
    Ok(match (may, given) {
        (false, _) => Decided::NotAllowed,
        (true, Some(_)) => Decided::Allowed,
        (true, None) => Decided::Refused,
    })
}
