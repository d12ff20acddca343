//! Knowing a browser again, and telling of a new one.

use axum::http::{HeaderMap, HeaderValue};

use super::store;
use crate::idp::Idp;
use crate::idp::notices::{About, Notice, What};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Context;
use crate::kernel::http::cookies::CookieName;
use crate::kernel::root::RootError;

/// Knows a browser again.
const COOKIE: CookieName = CookieName("zegel_device");
/// As long as browsers keep a cookie at most.
const DAYS: u32 = 400;

/// The browser of a request, before the transaction in which someone signs in with it.
#[derive(Clone, Debug)]
pub struct Browser {
    token: String,
    hash: String,
    id: String,
    audit_id: String,
    notice: Notice,
    actor: Actor,
    ip: String,
    user_agent: String,
    now: Timestamp,
}

impl Browser {
    /// That of the cookie, or one that was never here.
    pub fn of(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<Self, RootError> {
        let kept = COOKIE.get(&idp.env.settings.idp_url, headers);
        let token = kept.filter(|t| t.len() == 43 && t.is_ascii()).unwrap_or_else(|| idp.env.token());
        Ok(Self {
            hash: idp.env.root.token_hash("device", &token)?,
            token,
            id: idp.env.id(),
            audit_id: idp.env.id(),
            notice: Notice::new(idp, What::NewDevice, &About::on(context))?,
            actor: Actor::on(context),
            ip: context.ip.to_string(),
            user_agent: context.user_agent.clone(),
            now: idp.env.now(),
        })
    }

    /// The header by which it is known the next time.
    pub fn cookie(&self, idp: &Idp) -> HeaderValue {
        COOKIE.keep(&idp.env.settings.idp_url, self.token.clone(), DAYS)
    }
}

/// Someone has signed in with a browser, in the transaction that begins the session. One that is new to him is told to him, but for
/// the very first.
pub async fn seen(tx: &mut Tx<'_>, person: &str, b: &Browser) -> Result<(), DbError> {
    if store::again(tx, person, &b.hash, &b.ip, &b.user_agent, b.now).await? {
        return Ok(());
    }
    let first = !store::any(tx, person).await?;
    store::insert(tx, &b.id, person, &b.hash, &b.ip, &b.user_agent, b.now).await?;
    if first {
        return Ok(());
    }
    let entry = audit::Entry {
        id: b.audit_id.clone(),
        at: b.now,
        actor: b.actor.clone().person(person),
        action: "device.new",
        target: Some(person.to_owned()),
        outcome: "ok",
        detail: String::new(),
    };
    audit::record(tx, &entry).await?;
    b.notice.put(tx, person).await
}
