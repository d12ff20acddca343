//! The steps of a sign-in. Each takes what a page brought, records what it proves, and says what is next.

use secrecy::SecretString;

use super::model::{self, Factors, Method, Results, Step, next};
use super::store::{self, Signin};
use crate::idp::Idp;
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::credentials::{HasherError, passwords};
use crate::idp::oidc::authorize::Request;
use crate::idp::people::{self, EmailKey, Person};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Context;
use crate::kernel::http::cookies::CookieName;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::RootError;
use std::time::Duration;

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
    /// Who, once the password was right.
    pub person: Option<Person>,
    /// What is next.
    pub step: Step,
    /// Other methods than the one that is asked.
    pub others: Vec<Method>,
}

/// Begins a sign-in for `request`; the cookie's value. Each writes a row, so a network begins so many only.
pub async fn begin(idp: &Idp, context: &Context, request: Option<&Request>) -> Result<String, SigninError> {
    let token = idp.env.token();
    let now = idp.env.now();
    let request = request.and_then(|r| serde_json::to_string(r).ok());
    let bucket = idp.env.root.token_hash("signin-network", &context.network())?;
    let input = (idp.env.id(), hash(idp, &token)?, request, now, bucket);
    let begun = idp.db.write(input, |(id, hash, request, now, bucket), mut tx| {
        Box::pin(async move {
            if limits::take(&mut tx, bucket, model::BEGUN_PER_NETWORK, *now).await?.is_some() {
                return Ok(false);
            }
            store::insert(&mut tx, id, hash, request.as_deref(), *now, *now + model::LIFE).await?;
            Ok::<_, DbError>(true)
        })
    });
    if begun.await? { Ok(token) } else { Err(SigninError::TooMany) }
}

fn hash(idp: &Idp, token: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("signin", token)
}

/// Where the sign-in of a cookie stands; nothing when there is none that can go on.
pub async fn standing(idp: &Idp, token: Option<&str>) -> Result<Option<Standing>, SigninError> {
    let Some(token) = token else { return Ok(None) };
    let mut snapshot = idp.db.snapshot().await?;
    Ok(read(&mut snapshot.tx(), &hash(idp, token)?, idp.env.now()).await?)
}

async fn read(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Standing>, DbError> {
    let Some(signin) = store::by_token(tx, hash).await?.filter(|s| s.is_open(now)) else { return Ok(None) };
    let (person, factors) = match &signin.person_id {
        None => (None, Factors { authenticator: false }),
        Some(id) => {
            let credentials = people::store::credentials_of(tx, id).await?.filter(|c| c.active);
            let Some(c) = credentials else { return Ok(None) };
            (people::store::by_id(tx, id).await?, Factors { authenticator: c.authenticator.is_some() })
        }
    };
    let step = next(&signin.results, factors);
    let others = match step {
        Step::Code(m) => factors.methods().iter().copied().filter(|o| *o != m).collect(),
        _ => Vec::new(),
    };
    Ok(Some(Standing { signin, person, step, others }))
}

/// What came of an address and a password.
#[derive(Debug, PartialEq, Eq)]
pub enum PasswordOutcome {
    /// Right: ask the dispatcher.
    Right,
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
    token: &str,
    email: &str,
    password: SecretString,
) -> Result<PasswordOutcome, SigninError> {
    let now = idp.env.now();
    // Before anything else: in a storm, a request too many costs its refusal and nothing more, and counts as no try.
    let place = idp.hasher.reserve()?;
    let key = EmailKey::parse(email);
    // What isn't an address gets a bucket and a hash of its own, so that it costs and looks the same.
    let name = key.as_ref().map_or_else(|| email.trim().to_lowercase(), |k| k.as_str().to_owned());
    let buckets = (idp.env.root.token_hash("password", &name)?, idp.env.root.token_hash("password-network", &context.network())?);
    let per_account = Limit { most: i64::from(idp.env.settings.password_tries), window: Duration::from_secs(900) };
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
    let known = match &key {
        Some(key) => {
            let mut snapshot = idp.db.snapshot().await?;
            people::store::credentials(&mut snapshot.tx(), key).await?.filter(|c| c.active)
        }
        None => None,
    };
    idp.census.refresh(&idp.db, &idp.hasher, now).await?;
    let stored = known.as_ref().and_then(|c| c.password.clone());
    let right = idp.hasher.check(place, &name, stored, password.clone()).await?;
    let person = known.filter(|_| right).map(|c| (c.id, c.password));
    let input = PasswordInput {
        hash: hash(idp, token)?,
        anew: anew(idp, person.as_ref().and_then(|(_, stored)| stored.as_deref()), password).await?,
        person,
        bucket: buckets.0,
        actor: Actor::on(context),
        ids: [idp.env.id(), idp.env.id()],
        now,
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
    anew: Option<Anew>,
    hash: String,
    /// Who, and the hash that the password was held against.
    person: Option<(String, Option<String>)>,
    bucket: String,
    actor: Actor,
    ids: [String; 2],
    now: Timestamp,
}

async fn record_password(tx: &mut Tx<'_>, input: &PasswordInput) -> Result<PasswordOutcome, DbError> {
    let [audit_id, job_id] = &input.ids;
    // Past its first step a sign-in takes no second password, right or wrong: it would tell about another account.
    let before = read(tx, &input.hash, input.now).await?.filter(|s| s.step == Step::Password);
    let Some(before) = before else { return Ok(PasswordOutcome::Gone) };
    let mut outcome = PasswordOutcome::Wrong;
    if let Some((person, held_against)) = &input.person {
        // Decided outside, so held against what is true now: a password changed meanwhile is no longer right.
        let now_stored = people::store::credentials_of(tx, person).await?.filter(|c| c.active).and_then(|c| c.password);
        if now_stored != *held_against {
            return Ok(PasswordOutcome::Wrong);
        }
        if !store::password_right(tx, &before.signin.id, person, input.now).await? {
            return Ok(PasswordOutcome::Gone);
        }
        limits::clear(tx, &input.bucket).await?;
        if let Some(Anew { phc, from }) = &input.anew {
            people::store::rehash(tx, person, phc, from).await?;
        }
        outcome = PasswordOutcome::Right;
        if let Some(Standing { step: Step::Code(Method::Mail), signin, .. }) = read(tx, &input.hash, input.now).await? {
            mail_code(tx, &signin, job_id, input.now).await?;
        }
    }
    let who = input.person.as_ref().map(|(id, _)| id.clone());
    let entry = audit::Entry {
        id: audit_id.clone(),
        at: input.now,
        actor: Actor { sub: who.clone(), ..input.actor.clone() },
        action: "signin.password",
        target: who,
        outcome: if outcome == PasswordOutcome::Right { "ok" } else { "wrong" },
        detail: String::new(),
    };
    audit::record(tx, &entry).await?;
    Ok(outcome)
}

/// Asks for a mail with the next code; false when there may be none now.
pub(super) async fn mail_code(tx: &mut Tx<'_>, signin: &Signin, job_id: &str, now: Timestamp) -> Result<bool, DbError> {
    let Some(person) = &signin.person_id else { return Ok(false) };
    // The limit first: a refusal must leave the code that is in the mailbox as it is.
    let may_follow = signin.sends < model::MAILS && signin.sent_at.is_none_or(|at| at + model::PAUSE <= now);
    if !may_follow || limits::take(tx, &format!("mail:{person}"), model::MAILS_PER_PERSON, now).await?.is_some() {
        return Ok(false);
    }
    let Some(generation) = store::next_generation(tx, &signin.id, model::MAILS, now - model::PAUSE, now).await? else {
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
    /// As asked; a mail is on its way if it was for one.
    Done,
    /// No mail now.
    TooSoon,
    /// The sign-in is over, or not this far.
    Gone,
}

/// Takes another way, or the same again: for mail, a new code is sent.
pub async fn way(idp: &Idp, token: &str, method: Method) -> Result<WayOutcome, SigninError> {
    let input = (hash(idp, token)?, method, idp.env.id(), idp.env.now());
    let outcome = idp
        .db
        .write(input, |(hash, method, job_id, now), mut tx| {
            Box::pin(async move {
                let Some(s) = read(&mut tx, hash, *now).await? else { return Ok(WayOutcome::Gone) };
                let (Step::Code(present), possible) = (s.step, s.others) else { return Ok(WayOutcome::Gone) };
                if present != *method && !possible.contains(method) {
                    return Ok(WayOutcome::Gone);
                }
                store::choose(&mut tx, &s.signin.id, *method).await?;
                if *method == Method::Mail && !mail_code(&mut tx, &s.signin, job_id, *now).await? {
                    return Ok(WayOutcome::TooSoon);
                }
                Ok::<_, DbError>(WayOutcome::Done)
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(outcome)
}

/// The methods' results of a row, for the dispatcher once more before a session begins.
pub(super) fn results_with(results: Results, now: Timestamp, method: Method) -> Results {
    Results { code_at: Some((now, method)), ..results }
}

pub(super) async fn read_open(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Standing>, DbError> {
    read(tx, hash, now).await
}

pub(super) fn signin_hash(idp: &Idp, token: &str) -> Result<String, RootError> {
    hash(idp, token)
}
