//! The last step: a code is counted, compared and used, and the session begun, in one transaction.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::flow::{SigninError, read_open, results_with, signin_hash};
use super::model::{self, Factors, Method, Step, next};
use super::store::{self, Signin};
use crate::idp::credentials::{authenticator, limits};
use crate::idp::oidc::authorize::Request;
use crate::idp::sessions::{self, Session};
use crate::idp::{Idp, people};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::Context;
use crate::kernel::root::{DIGITS, Purpose, RootError, RootKey, same};

/// What came of a code.
#[derive(Debug)]
pub enum CodeOutcome {
    /// Signed in.
    Done(Box<SignedIn>),
    /// Wrong, with so many tries left.
    Wrong {
        /// Tries left in this sign-in.
        left: i64,
        /// Which method was asked.
        method: Method,
    },
    /// Right, but used before (authenticator).
    Used,
    /// Too old (mail).
    Expired,
    /// No tries left: begin again.
    Exhausted,
    /// The sign-in is over, or not this far.
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
    /// What asked for the sign-in.
    pub request: Option<Request>,
}

struct Input {
    hash: String,
    code: SecretString,
    root: Arc<RootKey>,
    most: i64,
    cookie: String,
    cookie_hash: String,
    session_id: String,
    audit_id: String,
    life: Duration,
    context: Context,
    now: Timestamp,
}

/// Takes a code.
pub async fn code(idp: &Idp, context: &Context, token: &str, code: SecretString) -> Result<CodeOutcome, SigninError> {
    let cookie = idp.env.token();
    let input = Input {
        hash: signin_hash(idp, token)?,
        code: normalised(&code),
        root: Arc::clone(&idp.env.root),
        most: i64::from(idp.env.settings.code_tries),
        cookie_hash: sessions::flow::token_hash(idp, &cookie)?,
        cookie,
        session_id: idp.env.id(),
        audit_id: idp.env.id(),
        life: Duration::from_secs(idp.env.settings.session_minutes.saturating_mul(60)),
        context: context.clone(),
        now: idp.env.now(),
    };
    idp.db.write(input, |input, mut tx| Box::pin(async move { evaluate(&mut tx, input).await })).await
}

/// Spaces and dashes are how people and mail programs group digits.
fn normalised(code: &SecretString) -> SecretString {
    code.expose_secret().chars().filter(|c| !c.is_whitespace() && *c != '-').take(32).collect::<String>().into()
}

async fn evaluate(tx: &mut Tx<'_>, input: &Input) -> Result<CodeOutcome, SigninError> {
    let now = input.now;
    let Some(s) = read_open(tx, &input.hash, now).await? else { return Ok(CodeOutcome::Gone) };
    let (Step::Code(method), Some(person)) = (s.step, s.person) else { return Ok(CodeOutcome::Gone) };
    let entry = |outcome| audit::Entry {
        id: input.audit_id.clone(),
        at: now,
        actor: Actor::on(&input.context).person(&person.id),
        action: "signin.code",
        target: Some(person.id.clone()),
        outcome,
        detail: method.as_str().to_owned(),
    };
    let bucket = format!("code:{}", person.id);
    // In this order: a sign-in without tries left takes none from the person.
    let tries = match store::count_try(tx, &s.signin.id, input.most, now).await? {
        Some(tries) if limits::take(tx, &bucket, model::CODES_PER_PERSON, now).await?.is_none() => tries,
        _ => {
            audit::record(tx, &entry("exhausted")).await?;
            return Ok(CodeOutcome::Exhausted);
        }
    };
    let left = (input.most - tries).max(0);
    let refused = match compare(tx, input, method, &s.signin, &person.id).await? {
        Compared::Right => None,
        Compared::Wrong if left == 0 => Some(("wrong", CodeOutcome::Exhausted)),
        Compared::Wrong => Some(("wrong", CodeOutcome::Wrong { left, method })),
        Compared::Used => Some(("used", CodeOutcome::Used)),
        Compared::Expired => Some(("expired", CodeOutcome::Expired)),
    };
    if let Some((word, outcome)) = refused {
        audit::record(tx, &entry(word)).await?;
        return Ok(outcome);
    }
    // The dispatcher has the last word, over what is recorded and not over what this page believes.
    let factors = Factors {
        authenticator: people::store::credentials_of(tx, &person.id).await?.is_some_and(|c| c.authenticator.is_some()),
    };
    let Step::Done(assurance) = next(&results_with(s.signin.results, now, method), factors) else { return Ok(CodeOutcome::Gone) };
    if !store::finish(tx, &s.signin.id, method, now).await? {
        return Ok(CodeOutcome::Gone);
    }
    if method == Method::Mail {
        people::store::email_proven(tx, &person.id, now).await?;
    }
    let session = Session {
        id: input.session_id.clone(),
        person_id: person.id.clone(),
        assurance,
        auth_at: now,
        expires_at: now + input.life,
        ended_at: None,
    };
    let ip = input.context.ip.to_string();
    sessions::store::insert(tx, &session, &input.cookie_hash, &ip, &input.context.user_agent).await?;
    audit::record(tx, &entry("ok")).await?;
    Ok(CodeOutcome::Done(Box::new(SignedIn {
        cookie: input.cookie.clone(),
        session_id: session.id,
        person_id: person.id,
        request: s.signin.request,
    })))
}

enum Compared {
    Right,
    Wrong,
    Used,
    Expired,
}

/// Compares a code, and takes what can be used once.
async fn compare(tx: &mut Tx<'_>, input: &Input, method: Method, signin: &Signin, person: &str) -> Result<Compared, SigninError> {
    let right = match method {
        Method::Mail => match signin.sent_at.filter(|_| signin.generation > 0) {
            Some(at) if at + model::CODE_LIFE <= input.now => return Ok(Compared::Expired),
            Some(_) => same(mail_code(&input.root, &signin.id, signin.generation)?.expose_secret(), input.code.expose_secret()),
            None => false,
        },
        Method::Authenticator => {
            let sealed = people::store::credentials_of(tx, person).await?.and_then(|c| c.authenticator);
            let step =
                sealed.map(|s| authenticator::matching_step(&input.root, person, &s, &input.code, input.now)).transpose()?;
            match step.flatten() {
                Some(step) if people::store::use_step(tx, person, step).await? => true,
                Some(_) => return Ok(Compared::Used),
                None => false,
            }
        }
    };
    Ok(if right { Compared::Right } else { Compared::Wrong })
}

/// The mailed code of a sign-in: derived, kept nowhere.
pub fn mail_code(root: &RootKey, signin: &str, generation: i64) -> Result<SecretString, RootError> {
    root.code(Purpose::SigninCode, &[signin.as_bytes(), &generation.to_be_bytes()], DIGITS, model::CODE_LENGTH)
}
