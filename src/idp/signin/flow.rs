//! The steps of a sign-in. Each takes what a page brought, records what it proves, and says what is next.

use secrecy::SecretString;

use super::factors::{Factor, FactorSet, Results};
use super::finish::{self, Fact, Ready, Taken};
use super::model::{self, Step, next};
use super::store::{self, Beginning, Signin};
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::credentials::guesses::{Account, passwords_of, tried_on};
use crate::idp::credentials::limits;
use crate::idp::credentials::{HasherError, passwords};
use crate::idp::oidc::authorize::Request;
use crate::idp::people::{self, EmailKey, Person};
use crate::idp::policy::{self, Asked};
use crate::idp::sessions::{self, Session};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::delivery::Channel;
use crate::kernel::http::Context;
use crate::kernel::http::cookies::CookieName;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::RootError;

/// The browser's half of a sign-in.
pub const COOKIE: CookieName = CookieName("zegel_signin");
/// The outbox job that mails a code.
pub const SEND_CODE: &str = "signin.code";

/// Why a step could not be taken at all.
#[derive(Debug, thiserror::Error)]
pub enum SigninError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Too many sign-ins were begun from one network.
    #[error("too many sign-ins were begun from one network")]
    TooMany,
    /// More is asked than this person can show; what would do.
    #[error("the person has no factor that is strong enough")]
    OutOfReach,
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// Hashing: too busy, or broken.
    #[error(transparent)]
    Hasher(#[from] HasherError),
}

/// Where a sign-in stands, for its page.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The row.
    pub signin: Signin,
    /// Who, once a first factor was right.
    pub person: Option<Person>,
    /// What is next.
    pub step: Step,
    /// What is asked of it.
    pub asked: Asked,
}

impl Standing {
    /// Whether it is an ordinary sign-in: nothing asks for more than the policies do, or for something fresh. Only then a
    /// remembered device stands for what was shown in it.
    pub fn is_plain(&self) -> bool {
        let s = &self.signin;
        let asks = s.request.as_ref().is_some_and(|r| r.fresh || !r.acr.is_empty());
        s.session_id.is_none() && s.goal.is_none() && !asks
    }
}

/// Which sign-in, when, and which factors this installation can ask for.
#[derive(Clone, Debug)]
pub struct At {
    /// The hash of the cookie's value.
    pub hash: String,
    /// Now.
    pub now: Timestamp,
    /// Without a gateway there are no text messages, and without a name of this server no passkeys.
    pub able: FactorSet,
}

impl At {
    /// The sign-in of a cookie's value, now.
    pub fn of(idp: &Idp, token: &str) -> Result<Self, RootError> {
        Ok(Self { hash: hash(idp, token)?, now: idp.env.now(), able: able(idp) })
    }
}

/// Which factors this installation can ask for.
pub fn able(idp: &Idp) -> FactorSet {
    let (sms, passkeys) = (idp.delivery.has(Channel::Sms), idp.passkeys.offered());
    let can = |f: &Factor| match f {
        Factor::Sms => sms,
        Factor::Passkey => passkeys,
        _ => true,
    };
    Factor::ALL.into_iter().filter(can).collect()
}

/// What a sign-in is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cause<'a> {
    /// An application's request.
    pub request: Option<&'a Request>,
    /// A page of this provider, as a path, and how strong it wants the sign-in.
    pub page: Option<(&'a str, Option<Assurance>)>,
    /// The session that it makes stronger, and what was shown in that which need not be shown again.
    pub over: Option<(&'a Session, &'a Results)>,
}

/// Begins a sign-in; the cookie's value. Each writes a row, so a network begins so many only.
pub async fn begin(idp: &Idp, context: &Context, cause: Cause<'_>) -> Result<String, SigninError> {
    let token = idp.env.token();
    let at = At::of(idp, &token)?;
    let beginning = Beginning {
        id: idp.env.id(),
        token_hash: at.hash.clone(),
        request: cause.request.and_then(|r| serde_json::to_string(r).ok()),
        goal: cause.page.map(|(to, _)| to.to_owned()),
        least: cause.page.and_then(|(_, least)| least),
        session: cause.over.map(|(s, _)| (s.id.clone(), s.person_id.clone())),
    };
    let shown = cause.over.map(|(_, r)| r.clone()).unwrap_or_default();
    let bucket = idp.env.root.token_hash("signin-network", &context.network())?;
    let input = (beginning, shown, at, bucket, idp.env.id());
    let begun = idp.db.write(input, |(beginning, shown, at, bucket, job_id), mut tx| {
        Box::pin(async move {
            if limits::take(&mut tx, bucket, model::BEGUN_PER_NETWORK, at.now).await?.is_some() {
                return Ok(false);
            }
            store::insert(&mut tx, beginning, at.now, at.now + model::LIFE).await?;
            for shown in shown.iter() {
                store::record(&mut tx, &beginning.id, shown).await?;
            }
            // One that makes a session stronger has something to ask, or it is none.
            if let Some(Standing { step: Step::Done(_), .. }) = read(&mut tx, at).await? {
                return Err(SigninError::OutOfReach);
            }
            send_if_asked(&mut tx, at, job_id).await?;
            Ok(true)
        })
    });
    let begun = begun.await?;
    idp.outbox.wake();
    if begun { Ok(token) } else { Err(SigninError::TooMany) }
}

/// Asks someone who is signed in for another factor, and leads him back to `to`, a path of this provider: at least so strong a
/// sign-in where `least` says so, else any second factor that counts, shown now.
pub async fn step_up(
    idp: &Idp,
    context: &Context,
    session: &Session,
    (to, least): (&str, Option<Assurance>),
) -> Result<String, SigninError> {
    let mut snapshot = idp.db.snapshot().await?;
    let shown = sessions::store::results(&mut snapshot.tx(), &session.id).await?;
    drop(snapshot);
    // For something fresh, what was shown before says only who he is.
    let carried = if least.is_some() { shown } else { shown.who_only() };
    // Something is to be shown, also where the policies would be content with one factor.
    let least = least.or(Some(Assurance::PasswordMail));
    begin(idp, context, Cause { page: Some((to, least)), over: Some((session, &carried)), ..Cause::default() }).await
}

fn hash(idp: &Idp, token: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("signin", token)
}

/// Where the sign-in of a cookie stands; nothing when there is none that can go on.
pub async fn standing(idp: &Idp, token: Option<&str>) -> Result<Option<Standing>, SigninError> {
    let Some(token) = token else { return Ok(None) };
    let at = At::of(idp, token)?;
    let mut snapshot = idp.db.snapshot().await?;
    Ok(read(&mut snapshot.tx(), &at).await?)
}

/// The same in a transaction.
pub async fn read(tx: &mut Tx<'_>, at: &At) -> Result<Option<Standing>, DbError> {
    let Some(signin) = store::by_token(tx, &at.hash).await?.filter(|s| s.is_open(at.now)) else { return Ok(None) };
    let client = signin.request.as_ref().map(|r| r.client_id.as_str());
    let (person, has, asked) = match &signin.person_id {
        None => (None, FactorSet::NONE, Asked::strictest(&[])),
        Some(id) => {
            let Some(person) = people::store::by_id(tx, id).await?.filter(|p| p.active) else { return Ok(None) };
            (Some(person), store::has(tx, id).await?.and(at.able), policy::flow::asked(tx, id, client).await?)
        }
    };
    let wanted = signin.request.as_ref().map(|r| r.acr.as_slice()).unwrap_or_default();
    let asked = asked.and_one_of(wanted).at_least(signin.least);
    let step = next(&signin.results, has, signin.chosen, &asked.demand);
    Ok(Some(Standing { signin, person, step, asked }))
}

/// What came of an address and a password.
#[derive(Debug)]
pub enum PasswordOutcome {
    /// Right, and what came of that.
    Right(Taken),
    /// Wrong, unknown or not allowed; one answer for all.
    Wrong,
    /// Too many tries; when the next is possible.
    Locked(Timestamp),
    /// The sign-in itself is over.
    Gone,
}

/// Takes an address and a password.
pub async fn password(
    idp: &Idp,
    context: &Context,
    ready: Ready,
    email: &str,
    password: SecretString,
) -> Result<PasswordOutcome, SigninError> {
    let now = ready.at.now;
    // Before anything else: in a storm, a request too many costs its refusal and nothing more, and counts as no try.
    let place = idp.hasher.reserve()?;
    let key = EmailKey::parse(email);
    let found = match &key {
        Some(key) => people::store::credentials(&mut idp.db.snapshot().await?.tx(), key).await?,
        None => None,
    };
    // Case 18: one count for an account, under whichever name and by whichever route. What has no account, or isn't an address,
    // gets a bucket and a hash of its own, so that it costs and looks the same.
    let name = key.as_ref().map_or_else(|| email.trim().to_lowercase(), |k| k.as_str().to_owned());
    let account = found.as_ref().map_or(Account::Unknown(&name), |c| Account::Person(&c.id));
    let about = tried_on(&idp.env.root, account)?;
    let buckets = (passwords_of(&idp.env.root, account)?, idp.env.root.token_hash("password-network", &context.network())?);
    let per_account = model::passwords_per_account(idp.env.settings.password_tries);
    let locked = idp
        .db
        .write((buckets.clone(), per_account, now), |((account, network), per_account, now), mut tx| {
            Box::pin(async move {
                // In this order, and only one when that refuses: a network over its limit locks no accounts.
                match limits::take(&mut tx, network, model::PASSWORDS_PER_NETWORK, *now).await? {
                    Some(until) => Ok(Some(until)),
                    None => Ok::<_, DbError>(limits::take(&mut tx, account, *per_account, *now).await?),
                }
            })
        })
        .await?;
    if let Some(until) = locked {
        return Ok(PasswordOutcome::Locked(until));
    }
    let known = found.filter(|c| c.active);
    idp.census.refresh(&idp.db, &idp.hasher, now).await?;
    let stored = known.as_ref().and_then(|c| c.password.clone());
    let right = idp.hasher.check(place, &name, stored, password.clone()).await?;
    let person = known.filter(|_| right).map(|c| (c.id, c.password));
    let input = PasswordInput {
        ready,
        anew: anew(idp, person.as_ref().and_then(|(_, stored)| stored.as_deref()), password).await?,
        person,
        about,
        bucket: buckets.0,
        audit_id: idp.env.id(),
    };
    let outcome = idp.db.write(input, |input, mut tx| Box::pin(async move { record_password(&mut tx, input).await })).await?;
    idp.outbox.wake();
    Ok(outcome)
}

/// The right password hashed anew, where what is stored was made elsewhere or at another cost; and where that came from, so that
/// a file which brought it is not taken to bring another.
async fn anew(idp: &Idp, stored: Option<&str>, right: SecretString) -> Result<Option<Anew>, SigninError> {
    let Some(stored) = stored.filter(|s| idp.hasher.is_outdated(s)) else { return Ok(None) };
    // Where there is no place for it now, there is one at another sign-in.
    let Ok(place) = idp.hasher.reserve() else { return Ok(None) };
    let phc = idp.hasher.hash_in(place, right).await?;
    Ok(Some(Anew { phc, from: passwords::origin(&idp.env.root, stored)? }))
}

struct Anew {
    phc: String,
    from: String,
}

struct PasswordInput {
    ready: Ready,
    anew: Option<Anew>,
    /// Who, and the hash that the password was held against.
    person: Option<(String, Option<String>)>,
    /// On whom it was tried, right or wrong.
    about: String,
    bucket: String,
    audit_id: String,
}

async fn record_password(tx: &mut Tx<'_>, input: &PasswordInput) -> Result<PasswordOutcome, SigninError> {
    let ready = &input.ready;
    // Past its first step a sign-in takes no second password, right or wrong: it would tell about another account.
    let before = read(tx, &ready.at).await?.filter(|s| s.step == Step::First);
    let Some(before) = before else { return Ok(PasswordOutcome::Gone) };
    // One that makes a session stronger takes its own person's only.
    let whose = before.signin.person_id.as_deref();
    if let Some((person, held_against)) = input.person.as_ref().filter(|(id, _)| whose.is_none_or(|w| w == id)) {
        // Decided outside, so held against what is true now: a password changed meanwhile is no longer right.
        let now_stored = people::store::credentials_of(tx, person).await?.filter(|c| c.active).and_then(|c| c.password);
        if now_stored != *held_against {
            return Ok(PasswordOutcome::Wrong);
        }
        limits::clear(tx, &input.bucket).await?;
        if let Some(Anew { phc, from }) = &input.anew {
            people::store::rehash(tx, person, phc, from).await?;
        }
        let taken = finish::take(tx, ready, &Fact { person, factor: Factor::Password, at: None, whole: None }).await?;
        return Ok(PasswordOutcome::Right(taken));
    }
    // Nobody is known to have acted. One row about someone either way, so that it takes the same time whether there is such an
    // account (case 25).
    let entry = audit::Entry {
        id: input.audit_id.clone(),
        at: ready.at.now,
        actor: Actor::on(&ready.context),
        action: "signin.password",
        target: Some(input.about.clone()),
        outcome: "wrong",
        detail: String::new(),
    };
    audit::record(tx, &entry).await?;
    Ok(PasswordOutcome::Wrong)
}

/// Sends the code that the next step asks for, unless one was sent that way already.
pub(super) async fn send_if_asked(tx: &mut Tx<'_>, at: &At, job_id: &str) -> Result<(), DbError> {
    let Some(Standing { step: Step::Second { asked, .. }, signin, .. }) = read(tx, at).await? else { return Ok(()) };
    if asked.is_sent() && signin.sent.is_none_or(|(_, by)| by != asked) {
        send_code(tx, &signin, asked, job_id, at.now).await?;
    }
    Ok(())
}

/// Asks for a message with the next code, `by` mail or text; false when there may be none now.
async fn send_code(tx: &mut Tx<'_>, signin: &Signin, by: Factor, job_id: &str, now: Timestamp) -> Result<bool, DbError> {
    let Some(person) = &signin.person_id else { return Ok(false) };
    // The limit first: a refusal must leave the code that is in the mailbox as it is.
    let may_follow = signin.sends < model::MESSAGES && signin.sent.is_none_or(|(at, _)| at + model::PAUSE <= now);
    let (bucket, limit) = match by {
        Factor::Sms => (format!("sms:{person}"), model::TEXTS_PER_PERSON),
        _ => (format!("mail:{person}"), model::MAILS_PER_PERSON),
    };
    if !may_follow || limits::take(tx, &bucket, limit, now).await?.is_some() {
        return Ok(false);
    }
    let since = now - model::PAUSE;
    let Some(generation) = store::next_generation(tx, (&signin.id, by), model::MESSAGES, since, now).await? else {
        return Ok(false);
    };
    let job = NewJob {
        id: job_id.to_owned(),
        kind: SEND_CODE,
        cause: format!("signin/{}", signin.id),
        payload: serde_json::json!({ "signin": signin.id, "generation": generation }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await?;
    Ok(true)
}

/// What came of asking for another code, or another way.
#[derive(Debug, PartialEq, Eq)]
pub enum WayOutcome {
    /// As asked; a code is on its way if it was for one.
    Done,
    /// No code now.
    TooSoon,
    /// The sign-in is over, or not this far.
    Gone,
}

/// Takes another way, or the same again: for a code that is sent, a new one is.
pub async fn way(idp: &Idp, token: &str, factor: Factor) -> Result<WayOutcome, SigninError> {
    let input = (At::of(idp, token)?, factor, idp.env.id());
    let outcome = idp
        .db
        .write(input, |(at, factor, job_id), mut tx| {
            Box::pin(async move {
                let Some(s) = read(&mut tx, at).await? else { return Ok(WayOutcome::Gone) };
                let Step::Second { asked, others } = s.step else { return Ok(WayOutcome::Gone) };
                if asked != *factor && !others.contains(factor) {
                    return Ok(WayOutcome::Gone);
                }
                if factor.is_sent() && !send_code(&mut tx, &s.signin, *factor, job_id, at.now).await? {
                    // What was sent that way is still good; what went another way is nobody's to type in here.
                    if s.signin.sent.is_some_and(|(_, by)| by == *factor) {
                        store::choose(&mut tx, &s.signin.id, *factor).await?;
                    }
                    return Ok(WayOutcome::TooSoon);
                }
                store::choose(&mut tx, &s.signin.id, *factor).await?;
                Ok::<_, DbError>(WayOutcome::Done)
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(outcome)
}

#[cfg(test)]
mod tests;
