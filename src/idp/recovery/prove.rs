//! Showing something beside the mailed link. Counted before it is evaluated, with the same limit as at a sign-in (security case 18).

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::flow::{RecoveryError, Seen, look, read};
use super::model::{self, Step, Way};
use super::send::{self, SMS, SmsJob};
use super::store;
use crate::idp::account::flow::Own;
use crate::idp::credentials::{authenticator, guesses, limits};
use crate::idp::factors::ceremony::Refused;
use crate::idp::factors::flow::passkeys::{self, Challenge, Checked, Proven};
use crate::idp::{Idp, factors, people, signin};
use crate::kernel::audit::{self, Actor};
use crate::kernel::db::Tx;
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{RootKey, same};

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Right: a password may be chosen.
    Right,
    /// Wrong, with so many tries left.
    Wrong(i64),
    /// No tries left: ask for another link.
    Exhausted,
}

struct Proving {
    hash: String,
    way: Way,
    code: SecretString,
    root: Arc<RootKey>,
    most: i64,
    own: Own,
}

/// Takes a code.
pub async fn prove(idp: &Idp, context: &Context, token: &str, way: Way, code: &str) -> Result<Outcome, RecoveryError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect();
    let proving = Proving {
        hash: send::hash(&idp.env.root, token)?,
        way,
        code: code.into(),
        root: Arc::clone(&idp.env.root),
        most: i64::from(idp.env.settings.code_tries),
        own: Own::new(idp, "", Actor::on(context)),
    };
    idp.db.write(proving, |p, mut tx| Box::pin(async move { proven(&mut tx, p).await })).await
}

async fn proven(tx: &mut Tx<'_>, p: &Proving) -> Result<Outcome, RecoveryError> {
    let now = p.own.now;
    let seen = read(tx, &p.hash, now).await?;
    if !matches!(seen.step, Step::Prove | Step::Waiting) || !seen.ways.contains(&p.way) {
        return Err(RecoveryError::Otherwise);
    }
    let (id, person) = (&seen.recovery.id, &seen.person.id);
    let bucket = guesses::codes_of(person);
    // In this order: a link without tries left takes none from the person.
    let tries = match store::count_try(tx, id, p.most).await? {
        Some(tries) if limits::take(tx, &bucket, signin::model::CODES_PER_PERSON, now).await?.is_none() => tries,
        _ => {
            note(tx, p, person, "exhausted").await?;
            return Ok(Outcome::Exhausted);
        }
    };
    if !right(tx, p, &seen).await? {
        note(tx, p, person, "wrong").await?;
        let left = (p.most - tries).max(0);
        return Ok(if left == 0 { Outcome::Exhausted } else { Outcome::Wrong(left) });
    }
    store::proven(tx, id, p.way, now).await?;
    note(tx, p, person, "ok").await?;
    Ok(Outcome::Right)
}

async fn note(tx: &mut Tx<'_>, p: &Proving, person: &str, outcome: &'static str) -> Result<(), RecoveryError> {
    let entry = audit::Entry {
        id: p.own.audit_id.clone(),
        at: p.own.now,
        actor: p.own.actor.clone(),
        action: "recovery.proven",
        target: Some(person.to_owned()),
        outcome,
        detail: p.way.as_str().to_owned(),
    };
    Ok(audit::record(tx, &entry).await?)
}

/// Compares a code, and takes what can be used once.
async fn right(tx: &mut Tx<'_>, p: &Proving, seen: &Seen) -> Result<bool, RecoveryError> {
    let (now, person) = (p.own.now, &seen.person.id);
    Ok(match p.way {
        Way::Authenticator => {
            let sealed = people::store::credentials_of(tx, person).await?.and_then(|c| c.authenticator);
            let step = sealed.map(|s| authenticator::matching_step(&p.root, person, &s, &p.code, now)).transpose()?.flatten();
            match step {
                Some(step) => people::store::use_step(tx, person, step).await?,
                None => false,
            }
        }
        Way::Sms => match seen.recovery.sent_at.filter(|at| now < *at + model::CODE_LIFE) {
            Some(_) => {
                let code = send::sms_code(&p.root, &seen.recovery.id, seen.recovery.sends)?;
                same(code.expose_secret(), p.code.expose_secret())
            }
            None => false,
        },
        // It answers a challenge: see `passkey`.
        Way::Passkey => false,
        Way::Code => factors::flow::recovery::take::<RecoveryError>(tx, &p.root, person, &p.code, now).await?,
    })
}

/// What challenges of a link belong to.
fn owner(seen: &Seen) -> String {
    format!("recovery/{}", seen.recovery.id)
}

/// The link, where a passkey is something that can be shown now.
async fn for_passkey(idp: &Idp, token: &str) -> Result<Seen, RecoveryError> {
    let seen = look(idp, token).await?;
    if !matches!(seen.step, Step::Prove | Step::Waiting) || !seen.ways.contains(&Way::Passkey) {
        return Err(RecoveryError::Otherwise);
    }
    Ok(seen)
}

/// What the browser is to be asked, for a passkey of the link's owner.
pub async fn challenge(idp: &Idp, token: &str) -> Result<Challenge, RecoveryError> {
    let seen = for_passkey(idp, token).await?;
    Ok(passkeys::ask(idp, &owner(&seen), &seen.person.id).await?)
}

struct Shown {
    proving: Proving,
    proven: Proven,
}

/// Takes the answer of a passkey: why it does not count, or nothing. It can't be guessed, so it costs no try.
pub async fn passkey(
    idp: &Idp,
    context: &Context,
    token: &str,
    (challenge, answer): (&str, &str),
) -> Result<Option<Refused>, RecoveryError> {
    let seen = for_passkey(idp, token).await?;
    let proving = Proving {
        hash: send::hash(&idp.env.root, token)?,
        way: Way::Passkey,
        code: SecretString::from(""),
        root: Arc::clone(&idp.env.root),
        most: 0,
        own: Own::new(idp, "", Actor::on(context)),
    };
    match passkeys::check(idp, &owner(&seen), challenge, answer, true).await? {
        Checked::Proven(proven) => {
            let input = Shown { proving, proven };
            idp.db.write(input, |s, mut tx| Box::pin(async move { shown(&mut tx, s).await })).await
        }
        Checked::Refused(why, _) => {
            let input = (proving, seen.person.id);
            let noted = idp
                .db
                .write(input, move |(p, person), mut tx| Box::pin(async move { note(&mut tx, p, person, why.word()).await }));
            noted.await?;
            Ok(Some(why))
        }
    }
}

/// Decided again with what is true now: whose passkey it is, and whether the link still waits for it.
async fn shown(tx: &mut Tx<'_>, s: &Shown) -> Result<Option<Refused>, RecoveryError> {
    let (p, now) = (&s.proving, s.proving.own.now);
    let seen = read(tx, &p.hash, now).await?;
    let person = &seen.person.id;
    let waits = matches!(seen.step, Step::Prove | Step::Waiting) && seen.ways.contains(&Way::Passkey);
    if !waits || s.proven.person_id != *person {
        return Err(RecoveryError::Otherwise);
    }
    if !passkeys::record(tx, &s.proven, now).await? {
        note(tx, p, person, Refused::Copied.word()).await?;
        return Ok(Some(Refused::Copied));
    }
    store::proven(tx, &seen.recovery.id, p.way, now).await?;
    note(tx, p, person, "ok").await?;
    Ok(None)
}

/// Asks for a code by SMS; false when there may be none now.
pub async fn send_code(idp: &Idp, token: &str) -> Result<bool, RecoveryError> {
    let input = (send::hash(&idp.env.root, token)?, idp.env.id(), idp.env.now());
    let sent = idp
        .db
        .write(input, |(hash, job, now), mut tx| {
            Box::pin(async move {
                let seen = read(&mut tx, hash, *now).await?;
                if !seen.ways.contains(&Way::Sms) || !matches!(seen.step, Step::Prove | Step::Waiting) {
                    return Err(RecoveryError::Otherwise);
                }
                let id = &seen.recovery.id;
                let next = store::next_code(&mut tx, id, model::SENDS, *now - model::PAUSE, *now).await?;
                let Some(number) = next else { return Ok(false) };
                let payload = serde_json::json!(SmsJob { recovery: id.clone(), number });
                let cause = format!("recovery/{id}");
                outbox::put(&mut tx, NewJob { id: job.clone(), kind: SMS, cause, payload, due_at: *now, now: *now }).await?;
                Ok(true)
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(sent)
}
