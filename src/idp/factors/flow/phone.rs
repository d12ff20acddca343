//! Proving a telephone: a code goes there, and the number counts once it came back.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{FactorError, Trace, Who};
use crate::idp::credentials::limits;
use crate::idp::factors::model;
use crate::idp::factors::store;
use crate::idp::factors::store::enrolments::{self, Enrolment, Kind};
use crate::idp::notices::What;
use crate::idp::{Idp, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::outbox::{self, Job, JobError, NewJob};
use crate::kernel::pages::Lang;
use crate::kernel::root::{DIGITS, Purpose, RootError, RootKey, same};

/// The outbox job that sends a code.
pub const SEND: &str = "factors.phone";

#[derive(Deserialize)]
struct Payload {
    enrolment: String,
    generation: i64,
}

/// A telephone that is being proven.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The number.
    pub number: String,
    /// From when on another message can be asked for; nothing when there were enough.
    pub resend_at: Option<Timestamp>,
}

fn place(person: &str) -> String {
    format!("enrolments/{person}/phone")
}

fn number_of(root: &RootKey, e: &Enrolment) -> Result<String, RootError> {
    let plain = root.open(Purpose::Personal, &place(&e.person_id), &e.sealed)?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

fn code(root: &RootKey, e: &Enrolment) -> Result<SecretString, RootError> {
    root.code(Purpose::PhoneCode, &[e.id.as_bytes(), &e.generation.to_be_bytes()], DIGITS, model::PHONE_DIGITS)
}

/// The number in E.164, as the region of the installation reads it.
fn read(idp: &Idp, text: &str) -> Result<String, FactorError> {
    let region = idp.env.settings.phone_region.parse().ok();
    let number = phonenumber::parse(region, text).ok().filter(phonenumber::is_valid);
    let number = number.ok_or(FactorError::Invalid("phone", "security-phone-wrong"))?;
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

struct Begin {
    enrolment: Enrolment,
    job_id: String,
    number_bucket: String,
    trace: Trace,
}

/// Sends a code to a number. Who asks must have signed in just now.
pub async fn begin(idp: &Idp, who: &Who, number: &str) -> Result<(), FactorError> {
    let number = read(idp, number)?;
    let trace = Trace::of(idp, who);
    let (root, person) = (&idp.env.root, &who.person.id);
    let enrolment = Enrolment {
        id: idp.env.id(),
        sealed: root.seal(Purpose::Personal, &place(person), number.as_bytes(), idp.env.entropy.as_ref())?,
        person_id: person.clone(),
        generation: 1,
        sent_at: Some(trace.now.0),
        tries: 0,
        expires_at: (trace.now + model::ENROLMENT_LIFE).0,
    };
    let number_bucket = root.token_hash("phone-proof", &number)?;
    let begin = Begin { enrolment, job_id: idp.env.id(), number_bucket, trace };
    let full = idp.db.write(begin, |b, mut tx| Box::pin(async move { begun(&mut tx, b).await })).await?;
    idp.outbox.wake();
    full.map_or(Ok(()), |until| Err(FactorError::TooMany(until)))
}

async fn begun(tx: &mut Tx<'_>, b: &Begin) -> Result<Option<Timestamp>, DbError> {
    let now = b.trace.now;
    if let Some(until) = may_send(tx, &b.enrolment.person_id, &b.number_bucket, now).await? {
        return Ok(Some(until));
    }
    enrolments::begin(tx, Kind::Phone, &b.enrolment, now).await?;
    put(tx, &b.enrolment, &b.job_id, now).await?;
    b.trace.note(tx, "phone.asked", "ok", "").await?;
    Ok(None)
}

async fn may_send(tx: &mut Tx<'_>, person: &str, number: &str, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let buckets = [(format!("phone:{person}"), model::PHONE_PER_PERSON), (number.to_owned(), model::PHONE_PER_NUMBER)];
    limits::take_each(tx, &buckets, now).await
}

async fn put(tx: &mut Tx<'_>, e: &Enrolment, job_id: &str, now: Timestamp) -> Result<(), DbError> {
    let job = NewJob {
        id: job_id.to_owned(),
        kind: SEND,
        cause: format!("enrolment/{}", e.id),
        payload: serde_json::json!({ "enrolment": e.id, "generation": e.generation }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

/// What is being proven, while it may go on.
pub async fn pending(idp: &Idp, person: &str) -> Result<Option<Pending>, FactorError> {
    let mut snapshot = idp.db.snapshot().await?;
    let open = enrolments::open(&mut snapshot.tx(), person, Kind::Phone, idp.env.now()).await?;
    open.map(|e| {
        let next = e.sent_at.filter(|_| e.generation < model::PHONE_SENDS).map(|at| Timestamp(at) + model::PHONE_PAUSE);
        Ok(Pending { number: number_of(&idp.env.root, &e)?, resend_at: next })
    })
    .transpose()
}

/// Sends another code; the one before counts no more.
pub async fn resend(idp: &Idp, who: &Who) -> Result<(), FactorError> {
    let now = idp.env.now();
    let person = who.person.id.clone();
    let pending = pending(idp, &person).await?.ok_or(FactorError::Gone)?;
    let bucket = idp.env.root.token_hash("phone-proof", &pending.number)?;
    let input = (person, bucket, idp.env.id(), now);
    let full = idp
        .db
        .write(input, |(person, bucket, job_id, now), mut tx| {
            Box::pin(async move {
                let Some(mut open) = enrolments::open(&mut tx, person, Kind::Phone, *now).await? else {
                    return Err(FactorError::Gone);
                };
                let due = open.sent_at.map(|at| Timestamp(at) + model::PHONE_PAUSE).filter(|at| at > now);
                if due.is_some() || open.generation >= model::PHONE_SENDS {
                    return Ok(Some(due.unwrap_or(Timestamp(open.expires_at))));
                }
                if let Some(until) = may_send(&mut tx, person, bucket, *now).await? {
                    return Ok(Some(until));
                }
                let since = *now - model::PHONE_PAUSE;
                let next = enrolments::next_generation(&mut tx, &open.id, model::PHONE_SENDS, since, *now).await?;
                open.generation = next.ok_or(FactorError::Gone)?;
                put(&mut tx, &open, job_id, *now).await?;
                Ok(None)
            })
        })
        .await?;
    idp.outbox.wake();
    full.map_or(Ok(()), |until| Err(FactorError::TooMany(until)))
}

struct Confirming {
    root: Arc<RootKey>,
    code: SecretString,
    trace: Trace,
}

/// Confirms by the code that was sent.
pub async fn confirm(idp: &Idp, who: &Who, code: SecretString) -> Result<(), FactorError> {
    let input = Confirming { root: Arc::clone(&idp.env.root), code, trace: Trace::telling(idp, who, What::PhoneChanged, "")? };
    let outcome = idp.db.write(input, |c, mut tx| Box::pin(async move { confirmed(&mut tx, c).await })).await?;
    outcome.map_or(Ok(()), |left| if left > 0 { Err(FactorError::Wrong(left)) } else { Err(FactorError::Gone) })
}

/// Nothing when it is done; else the tries that are left, which must be committed.
async fn confirmed(tx: &mut Tx<'_>, c: &Confirming) -> Result<Option<i64>, FactorError> {
    let (person, now) = (c.trace.person(), c.trace.now);
    let open = enrolments::open(tx, person, Kind::Phone, now).await?.ok_or(FactorError::Gone)?;
    let Some(tries) = enrolments::count_try(tx, &open.id, model::ENROLMENT_TRIES, now).await? else { return Ok(Some(0)) };
    if !same(code(&c.root, &open)?.expose_secret(), c.code.expose_secret()) {
        c.trace.note(tx, "phone.proven", "wrong", "").await?;
        return Ok(Some((model::ENROLMENT_TRIES - tries).max(0)));
    }
    if !enrolments::end(tx, &open.id).await? {
        return Ok(Some(0));
    }
    store::prove_phone(tx, person, &number_of(&c.root, &open)?, now).await?;
    people::store::void_signins(tx, person, now).await?;
    c.trace.done(tx, "phone.proven", "").await?;
    Ok(None)
}

/// No more codes go to the number.
pub async fn remove(idp: &Idp, who: &Who) -> Result<(), FactorError> {
    idp.db
        .write(Trace::telling(idp, who, What::PhoneChanged, "")?, |trace, mut tx| {
            Box::pin(async move {
                if !store::unprove_phone(&mut tx, trace.person(), trace.now).await? {
                    return Err(FactorError::NotFound);
                }
                people::store::void_signins(&mut tx, trace.person(), trace.now).await?;
                Ok(trace.done(&mut tx, "phone.removed", "").await?)
            })
        })
        .await
}

/// Gives up proving one.
pub async fn give_up(idp: &Idp, who: &Who) -> Result<(), DbError> {
    super::give_up(idp, who, Kind::Phone).await
}

/// Sends the code of a job, unless it has been overtaken.
pub async fn send(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let (open, person) = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let open = enrolments::by_id(&mut tx, &payload.enrolment, Kind::Phone).await?;
        let Some(open) = open.filter(|e| e.generation == payload.generation && e.expires_at > idp.env.now().0) else {
            return Ok(());
        };
        let person = people::store::by_id(&mut tx, &open.person_id).await?.filter(|p| p.active);
        (open, person)
    };
    let Some(person) = person else { return Ok(()) };
    let dead = |e: RootError| JobError::Dead(e.to_string());
    let code = code(&idp.env.root, &open).map_err(dead)?;
    let args = [
        ("code", code.expose_secret().into()),
        ("company", idp.env.settings.organisation.as_str().into()),
        ("minutes", (model::ENROLMENT_LIFE.as_secs() / 60).into()),
    ];
    let lang = Lang::from_code(&person.language).unwrap_or(Lang::En);
    let message = Message {
        channel: Channel::Sms,
        to: number_of(&idp.env.root, &open).map_err(dead)?,
        subject: String::new(),
        text: SecretString::from(idp.env.texts.get(lang, "sms-phone-code", &args)),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}
