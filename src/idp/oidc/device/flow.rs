//! Beginning, finding and deciding. What a device is given at last is `grant::device`'s.

use std::sync::Arc;

use super::model::{self, Device};
use super::store;
use crate::idp::clients::auth::Authenticated;
use crate::idp::clients::model::DEVICE;
use crate::idp::credentials::limits;
use crate::idp::oidc::decision::{Asked, Decided, Decision};
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::{details, issues, resources};
use crate::idp::sessions::Session;
use crate::idp::{Idp, admission, clients, policy};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::{Context, Params};
use crate::kernel::root::{RootError, RootKey};

/// What a device is told at first.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What it asks with.
    pub device_code: String,
    /// What it shows.
    pub user_code: String,
}

#[derive(Clone)]
struct Beginning {
    auth: Authenticated,
    device: Device,
    device_hash: String,
    user_hash: String,
    bucket: String,
}

enum Stored {
    Yes,
    Taken,
    TooMany,
}

/// Begins (section 3.1).
pub async fn begin(idp: &Idp, auth: Authenticated, params: &Params, context: &Context) -> Result<Begun, OAuthError> {
    let client = auth.client.clone();
    if !client.may(DEVICE) {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client is not registered for the device grant"));
    }
    let scope = client.granted(params.get("scope").unwrap_or_default());
    if scope.is_empty() {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "scope is missing, or this client may have none of it"));
    }
    let known = details::kinds(&idp.env.settings.authorization_details_types);
    let details = details::asked(&client, &known, params.get("authorization_details"))?;
    let resource = resources::asked(&client, idp.issuer(), params.all("resource"))?;
    let now = idp.env.now();
    // Two devices with one code are as likely as a guess that is right; the second draws again.
    for _ in 0..3 {
        let device_code = idp.env.token();
        let Some(user_code) = model::user_code(&idp.env.entropy.bytes::<64>()) else { continue };
        let beginning = Beginning {
            auth: auth.clone(),
            device: Device {
                id: idp.env.id(),
                client_id: client.id.clone(),
                scope: scope.clone(),
                resource: resource.clone(),
                details: details.clone(),
                ip: context.ip.to_string(),
                user_agent: context.user_agent.clone(),
                pause: model::PAUSE,
                polled_at: None,
                issue_id: None,
                decided_at: None,
                used_at: None,
                created_at: now.0,
                expires_at: (now + model::LIFE).0,
            },
            device_hash: device_hash(&idp.env.root, &device_code)?,
            user_hash: idp.env.root.token_hash("user-code", &user_code)?,
            bucket: idp.env.root.token_hash("device-network", &context.network())?,
        };
        let stored = idp.db.write((beginning, now), |(b, now), mut tx| Box::pin(async move { keep(&mut tx, b, *now).await }));
        match stored.await? {
            Stored::Yes => return Ok(Begun { device_code, user_code: model::shown(&user_code) }),
            Stored::Taken => {}
            Stored::TooMany => {
                return Err(OAuthError::new(ErrorCode::TemporarilyUnavailable, "too many devices begin from this network"));
            }
        }
    }
    Err(OAuthError::new(ErrorCode::TemporarilyUnavailable, "no free code was found; try again"))
}

async fn keep(tx: &mut Tx<'_>, b: &Beginning, now: Timestamp) -> Result<Stored, OAuthError> {
    issues::spend(tx, &b.auth).await?;
    if limits::take(tx, &b.bucket, model::BEGUN, now).await?.is_some() {
        return Ok(Stored::TooMany);
    }
    let free = store::insert(tx, &b.device, &b.device_hash, &b.user_hash).await?;
    Ok(if free { Stored::Yes } else { Stored::Taken })
}

/// How a device code is stored.
pub fn device_hash(root: &RootKey, code: &str) -> Result<String, RootError> {
    root.token_hash("device-code", code)
}

/// What came of a code that someone typed.
#[derive(Clone, Debug)]
pub enum Found {
    /// The device that waits for it.
    Device(Box<Device>),
    /// None does.
    Nothing,
    /// Too many were tried.
    TooMany,
}

/// Finds the device of a code. Every try counts before it is evaluated (security case 18).
pub async fn find(idp: &Idp, person: &str, text: &str) -> Result<Found, DbError> {
    let hash = |kind: &str, text: &str| idp.env.root.token_hash(kind, text).map_err(|e| DbError::Shared(e.to_string()));
    let code = model::typed(text).map(|code| hash("user-code", &code)).transpose()?;
    let input = (code, hash("device-tries", person)?, idp.env.now());
    let found = idp.db.write(input, |(code, bucket, now), mut tx| {
        Box::pin(async move {
            if limits::take(&mut tx, bucket, model::TRIES, *now).await?.is_some() {
                return Ok(Found::TooMany);
            }
            let Some(code) = code else { return Ok(Found::Nothing) };
            let device = store::by_user(&mut tx, code).await?.filter(|d| d.waits(*now));
            Ok::<_, DbError>(device.map_or(Found::Nothing, |d| Found::Device(Box::new(d))))
        })
    });
    found.await
}

/// Writes down what a person answered.
pub async fn decide(idp: &Idp, session: &Session, id: &str, allow: bool, actor: Actor) -> Result<Decided, DbError> {
    let decision = Arc::new(Decision::new(idp, session, id, allow, actor));
    idp.db.write(decision, |decision, mut tx| Box::pin(async move { record(&mut tx, decision).await })).await
}

async fn record(tx: &mut Tx<'_>, decision: &Decision) -> Result<Decided, DbError> {
    let now = decision.now;
    let Some((session, person)) = decision.who(tx).await? else { return Ok(Decided::Gone) };
    let Some(device) = store::by_id(tx, &decision.id).await?.filter(|d| d.waits(now)) else { return Ok(Decided::Gone) };
    let client = clients::store::by_id(tx, &device.client_id).await?.filter(|c| c.enabled && c.may(DEVICE));
    let Some(client) = client else { return Ok(Decided::Gone) };
    let may = admission::flow::may(tx, &client.id, &person.id, now).await?;
    if may && decision.allow {
        let asked = policy::flow::asked(tx, &person.id, Some(&client.id)).await?;
        if policy::flow::lack(tx, &asked, &session, now, false).await?.is_some() {
            return Ok(Decided::Weak);
        }
    }
    let mut entry = audit::Entry {
        id: decision.audit_id.clone(),
        at: now,
        actor: decision.actor.clone().person(&person.id).client(&client.id),
        action: "device.refused",
        target: Some(device.id.clone()),
        outcome: "ok",
        detail: device.scope.clone(),
    };
    if !decision.allow || !may {
        store::decide(tx, &device.id, None, now).await?;
        entry.outcome = if may { "ok" } else { "application not allowed" };
        audit::record(tx, &entry).await?;
        return Ok(if may { Decided::Refused } else { Decided::NotAllowed });
    }
    let asked =
        Asked { client_id: &client.id, scope: &device.scope, resource: &device.resource, details: device.details.as_deref() };
    let issue = decision.issue(tx, &session, asked).await?;
    if !store::decide(tx, &device.id, Some(&issue), now).await? {
        return Ok(Decided::Gone);
    }
    entry.action = "device.allowed";
    audit::record(tx, &entry).await?;
    Ok(Decided::Allowed)
}
