//! Recording that a factor was shown, the one way in which it is: the dispatcher is asked before whether that fits and after
//! what it comes to, and the last factor begins the session, all in the transaction that uses the factor up.

use std::time::Duration;

use super::factors::{Factor, Results, Shown};
use super::flow::{self, At, SigninError, Standing};
use super::model::Step;
use super::store;
use crate::contract::Assurance;
use crate::idp::oidc::authorize::Request;
use crate::idp::sessions::{self, Session};
use crate::idp::{Idp, people};
use crate::kernel::audit::{self, Actor};
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
    audit_ids: [String; 3],
    job_id: String,
    life: Duration,
}

impl Ready {
    /// For the sign-in of `token`, in a browser with this cookie of a session, if it has one.
    pub fn of(idp: &Idp, context: &Context, token: &str, session: Option<&str>) -> Result<Self, SigninError> {
        let cookie = idp.env.token();
        let hash = sessions::flow::token_hash(idp, &cookie)?;
        Ok(Self {
            at: At::of(idp, token)?,
            context: context.clone(),
            cookie: (cookie, hash),
            before: session.map(|value| sessions::flow::token_hash(idp, value)).transpose()?,
            session_id: idp.env.id(),
            audit_ids: std::array::from_fn(|_| idp.env.id()),
            job_id: idp.env.id(),
            life: Duration::from_secs(idp.env.settings.session_minutes.saturating_mul(60)),
        })
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
}

/// Records that a factor was shown. To be called in the transaction that found it right and used it up.
pub async fn take(tx: &mut Tx<'_>, ready: &Ready, fact: &Fact<'_>) -> Result<Taken, SigninError> {
    let Some(before) = flow::read(tx, &ready.at).await?.filter(|s| fits(s, fact)) else { return Ok(Taken::Gone) };
    let id = &before.signin.id;
    if !store::claim(tx, id, fact.person, ready.at.now).await? {
        return Ok(Taken::Gone);
    }
    let [entry, session_entry, _] = &ready.audit_ids;
    store::record(tx, id, &Shown { factor: fact.factor, at: ready.at.now, whole: fact.whole }).await?;
    audit::record(tx, &ready.entry(entry, fact.person, fact.factor, "ok")).await?;
    if fact.factor == Factor::Mail {
        people::store::email_proven(tx, fact.person, ready.at.now).await?;
    }
    // The dispatcher has the last word, over what is recorded and not over what a page believes.
    let Some(after) = flow::read(tx, &ready.at).await? else { return Ok(Taken::Gone) };
    match after.step {
        Step::Done(_) => begin_session(tx, ready, after, fact.person, session_entry).await,
        Step::First | Step::Second { .. } => {
            flow::send_if_asked(tx, &ready.at, &ready.job_id).await?;
            Ok(Taken::Next)
        }
    }
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
            let all = s.signin.results.iter().fold(all, |all, s| all.with(*s));
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
    Ok(Taken::Done(Box::new(SignedIn {
        cookie: ready.cookie.0.clone(),
        session_id: session.id,
        person_id: session.person_id,
        request: s.signin.request,
        goal: s.signin.goal,
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
