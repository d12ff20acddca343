//! Recording that a factor was shown, the one way in which it is: the dispatcher is asked before whether that fits and after
//! what it comes to, and the last factor begins the session, all in the transaction that uses the factor up.

use std::time::Duration;

use super::factors::{Factor, Results, Shown};
use super::flow::{self, At, SigninError, Standing};
use super::model::Step;
use super::store;
use crate::contract::Assurance;
use crate::idp::oidc::authorize::Request;
use crate::idp::policy::devices::{self as remembered_devices, Device};
use crate::idp::sessions::{self, Session};
use crate::idp::{Idp, devices, people};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Context;

/// What the session needs if the factor that is shown is the last one: drawn before the transaction, which may run again.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Which sign-in, and now.
    pub at: At,
    /// The request.
    pub context: Context,
    /// The value of the session's cookie, its hash, and the hash of the one that the browser has.
    cookie: (String, String),
    before: Option<String>,
    session_id: String,
    /// The same of the cookie of a remembered device, and whether this one is to be.
    device_cookie: (String, String),
    device: Option<String>,
    device_id: String,
    remember: bool,
    audit_ids: [String; 4],
    job_id: String,
    life: Duration,
    /// The browser, where there is one to know again.
    browser: Option<devices::Browser>,
}

/// What a browser has beside the cookie of its sign-in: values of cookies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Browser<'a> {
    /// Of its session.
    pub session: Option<&'a str>,
    /// That it is a remembered device.
    pub device: Option<&'a str>,
}

impl Ready {
    /// For the sign-in of `token`, in a browser.
    pub fn of(idp: &Idp, context: &Context, token: &str, browser: Browser<'_>) -> Result<Self, SigninError> {
        let (cookie, device) = (idp.env.token(), idp.env.token());
        let hash = sessions::flow::token_hash(idp, &cookie)?;
        let device_hash = |value: &str| idp.env.root.token_hash("remembered-device", value);
        Ok(Self {
            at: At::of(idp, token)?,
            context: context.clone(),
            cookie: (cookie, hash),
            before: browser.session.map(|value| sessions::flow::token_hash(idp, value)).transpose()?,
            session_id: idp.env.id(),
            device: browser.device.map(device_hash).transpose()?,
            device_cookie: (device.clone(), device_hash(&device)?),
            device_id: idp.env.id(),
            remember: false,
            audit_ids: std::array::from_fn(|_| idp.env.id()),
            job_id: idp.env.id(),
            life: Duration::from_secs(idp.env.settings.session_minutes.saturating_mul(60)),
            browser: None,
        })
    }

    /// The same, with the wish that this device be remembered.
    #[must_use]
    pub fn remembering(self, remember: bool) -> Self {
        Self { remember, ..self }
    }

    /// In a browser that is known again, or told of as new (S6).
    pub fn with_browser(self, browser: devices::Browser) -> Self {
        Self { browser: Some(browser), ..self }
    }

    /// An audit entry about a factor of `person` in this sign-in.
    fn entry(&self, id: &str, person: &str, factor: Factor, outcome: &'static str) -> audit::Entry {
        audit::Entry {
            id: id.to_owned(),
            at: self.at.now,
            actor: Actor::on(&self.context).person(person),
            action: match factor {
                Factor::Password => "signin.password",
                Factor::Federated => "signin.federated",
                Factor::Passkey => "signin.passkey",
                Factor::Authenticator | Factor::Sms | Factor::Mail | Factor::Recovery => "signin.code",
            },
            target: Some(person.to_owned()),
            outcome,
            detail: if factor == Factor::Password { String::new() } else { factor.as_str().to_owned() },
        }
    }

    fn place(&self) -> sessions::store::Place {
        sessions::store::Place {
            cookie_hash: self.cookie.1.clone(),
            ip: self.context.ip.to_string(),
            user_agent: self.context.user_agent.clone(),
        }
    }
}

/// A factor that was found to be right, in this transaction.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    /// Whose.
    pub person: &'a str,
    /// Which.
    pub factor: Factor,
    /// When, where it was shown elsewhere and before; none is now.
    pub at: Option<Timestamp>,
    /// The strength that it proves by itself, see [`Shown::whole`].
    pub whole: Option<Assurance>,
}

/// What came of a factor.
#[derive(Debug)]
pub enum Taken {
    /// Recorded: the dispatcher says what is next.
    Next,
    /// Signed in.
    Done(Box<SignedIn>),
    /// The sign-in is over, not this far, or another person's. Nothing was recorded.
    Gone,
}

/// A completed sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The new value of the session's cookie.
    pub cookie: String,
    /// The session.
    pub session_id: String,
    /// The person.
    pub person_id: String,
    /// The application's request that asked for the sign-in.
    pub request: Option<Request>,
    /// The page of this provider that did.
    pub goal: Option<String>,
    /// The value of the cookie of a device that is remembered from now on, and for how long.
    pub device: Option<(String, Duration)>,
    /// The browser, to be known again.
    pub browser: Option<devices::Browser>,
}

/// Records that a factor was shown. To be called in the transaction that found it right and used it up.
pub async fn take(tx: &mut Tx<'_>, ready: &Ready, fact: &Fact<'_>) -> Result<Taken, SigninError> {
    let Some(before) = flow::read(tx, &ready.at).await?.filter(|s| fits(s, fact)) else { return Ok(Taken::Gone) };
    let id = &before.signin.id;
    if !store::claim(tx, id, fact.person, ready.at.now).await? {
        return Ok(Taken::Gone);
    }
    let [entry, session_entry, ..] = &ready.audit_ids;
    // Never later than now, whatever another server's clock says: it would count as shown lately for longer than it was.
    let at = fact.at.map_or(ready.at.now, |at| at.min(ready.at.now));
    store::record(tx, id, &Shown { factor: fact.factor, at, whole: fact.whole }).await?;
    audit::record(tx, &ready.entry(entry, fact.person, fact.factor, "ok")).await?;
    if fact.factor == Factor::Mail {
        people::store::email_proven(tx, fact.person, ready.at.now).await?;
    }
    // The dispatcher has the last word, over what is recorded and not over what a page believes.
    let Some(mut after) = flow::read(tx, &ready.at).await? else { return Ok(Taken::Gone) };
    if fact.factor.is_first() && remembered(tx, ready, &after, fact.person).await? {
        let Some(now) = flow::read(tx, &ready.at).await? else { return Ok(Taken::Gone) };
        after = now;
    }
    match after.step {
        Step::Done(_) => begin_session(tx, ready, after, fact.person, session_entry).await,
        Step::First | Step::Second { .. } => {
            flow::send_if_asked(tx, &ready.at, &ready.job_id).await?;
            Ok(Taken::Next)
        }
    }
}

/// Records what was shown in this device before, when the policies let that stand; whether it did.
async fn remembered(tx: &mut Tx<'_>, ready: &Ready, s: &Standing, person: &str) -> Result<bool, DbError> {
    let (Some(hash), Some(life), Step::Second { .. }) = (&ready.device, s.asked.remember, &s.step) else { return Ok(false) };
    let device = remembered_devices::of_cookie(tx, hash, person, ready.at.now).await?.filter(|_| s.is_plain());
    // For as long as the policies say now, not as they said then.
    let Some(device) = device.filter(|d| d.shown_at + life > ready.at.now) else { return Ok(false) };
    let shown = Shown { factor: device.factor, at: device.shown_at, whole: None };
    store::record(tx, &s.signin.id, &shown).await?;
    remembered_devices::used(tx, &device.id, (&ready.context.ip.to_string(), &ready.context.user_agent), ready.at.now).await?;
    let [_, _, id, _] = &ready.audit_ids;
    let entry = audit::Entry { action: "signin.device", ..ready.entry(id, person, device.factor, "ok") };
    audit::record(tx, &entry).await?;
    Ok(true)
}

/// Remembers this device for the second factor that was just shown, when that was wished and the policies allow it; for how
/// long.
async fn remember(tx: &mut Tx<'_>, ready: &Ready, s: &Standing, person: &str) -> Result<Option<Duration>, DbError> {
    let now = ready.at.now;
    let Some(life) = s.asked.remember.filter(|_| ready.remember && s.is_plain()) else { return Ok(None) };
    let shown = s.signin.results.iter().find(|r| !r.factor.is_first() && r.factor != Factor::Recovery && r.at == now);
    let Some(shown) = shown else { return Ok(None) };
    let device = Device {
        id: ready.device_id.clone(),
        person_id: person.to_owned(),
        factor: shown.factor,
        shown_at: now,
        used_at: now,
        expires_at: now + life,
        ip: ready.context.ip.to_string(),
        user_agent: ready.context.user_agent.clone(),
    };
    remembered_devices::insert(tx, &device, &ready.device_cookie.1).await?;
    Ok(Some(life))
}

/// Whether the sign-in waits for this: a later step can't be shown before an earlier one, nor the first one again.
fn fits(s: &Standing, fact: &Fact<'_>) -> bool {
    match &s.step {
        Step::First => fact.factor.is_first() || fact.whole.is_some(),
        Step::Second { asked, others } => *asked == fact.factor || others.contains(&fact.factor),
        Step::Done(_) => false,
    }
}

/// Begins the session, or makes the one stronger that this browser has of the same person.
async fn begin_session(tx: &mut Tx<'_>, ready: &Ready, s: Standing, person: &str, audit_id: &str) -> Result<Taken, SigninError> {
    let now = ready.at.now;
    let his = |found: Option<Session>| found.filter(|f| f.is_live(now) && f.person_id == person);
    let (present, shown, until) = match (&s.signin.session_id, &ready.before) {
        (Some(id), _) => {
            // What was carried over from a session counts as long as that lives.
            let Some(session) = his(sessions::store::by_id(tx, id).await?) else { return Ok(Taken::Gone) };
            let all = sessions::store::results(tx, id).await?;
            let all = s.signin.results.iter().fold(all, |all, s| all.renewed(*s));
            let until = session.expires_at;
            (Some(session), all, until)
        }
        (None, before) => {
            let found = match before {
                Some(hash) => his(sessions::store::by_token(tx, hash).await?),
                None => None,
            };
            (found, s.signin.results.clone(), now + ready.life)
        }
    };
    let id = present.as_ref().map_or_else(|| ready.session_id.clone(), |p| p.id.clone());
    let Some(session) = Session::begun(id, person.to_owned(), &shown, until) else { return Ok(Taken::Gone) };
    if !store::finish(tx, &s.signin.id, now).await? || !store_session(tx, ready, &session, &shown, present.is_some()).await? {
        return Ok(Taken::Gone);
    }
    let device = remember(tx, ready, &s, person).await?.map(|life| (ready.device_cookie.0.clone(), life));
    let entry = audit::Entry {
        id: audit_id.to_owned(),
        at: now,
        actor: Actor::on(&ready.context).person(person),
        action: if present.is_some() { "session.renewed" } else { "session.begun" },
        target: Some(session.id.clone()),
        outcome: "ok",
        detail: session.assurance.acr().to_owned(),
    };
    audit::record(tx, &entry).await?;
    if let Some(browser) = &ready.browser {
        devices::seen(tx, person, browser).await?;
    }
    Ok(Taken::Done(Box::new(SignedIn {
        cookie: ready.cookie.0.clone(),
        session_id: session.id,
        person_id: session.person_id,
        request: s.signin.request,
        goal: s.signin.goal,
        device,
        browser: ready.browser.clone(),
    })))
}

async fn store_session(tx: &mut Tx<'_>, ready: &Ready, session: &Session, shown: &Results, there: bool) -> Result<bool, DbError> {
    if there {
        return sessions::store::renew(tx, session, shown, &ready.place(), ready.at.now).await;
    }
    sessions::store::insert(tx, session, shown, &ready.place()).await.map(|()| true)
}

/// Records that what was shown as a factor of `person` was not right, and why.
pub async fn refused(tx: &mut Tx<'_>, ready: &Ready, (person, factor): (&str, Factor), why: &'static str) -> Result<(), DbError> {
    let [.., id] = &ready.audit_ids;
    audit::record(tx, &ready.entry(id, person, factor, why)).await
}
