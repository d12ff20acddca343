//! The worker's side: reads the row again, derives the code, puts it into the message and hands that on. The code is in no
//! row and in no job; what became of the message is recorded on the row.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::flow::{letter, masked};
use super::model::{self, Challenge, Letter, Phase};
use super::store;
use crate::contract::challenge::{Channel, DeliveryState};
use crate::idp::Idp;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::delivery::Message;
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::pages::Lang;

#[derive(Deserialize)]
struct Payload {
    challenge: String,
    generation: i64,
    send: i64,
}

/// Sends the code of a job, unless the challenge has gone on without it.
pub async fn run(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let now = idp.env.now();
    let challenge = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), &payload.challenge).await?
    };
    let latest = |c: &Challenge| c.phase == Phase::Open && c.generation == payload.generation && c.sends == payload.send;
    let Some(challenge) = challenge.filter(|c| latest(c) && c.delivery == DeliveryState::Queued) else { return Ok(()) };
    if now >= challenge.expires_at {
        return record(idp, &challenge, DeliveryState::Failed, "expired").await;
    }
    let broken = |e: super::flow::ChallengeError| JobError::Dead(e.to_string());
    let message = compose(idp, &challenge, &letter(&idp.env.root, &challenge).map_err(broken)?, now)?;
    match idp.delivery.send(&message).await {
        Ok(_) => record(idp, &challenge, DeliveryState::Sent, "ok").await,
        Err(e) => {
            if e.permanent {
                record(idp, &challenge, DeliveryState::Failed, "failed").await?;
            }
            Err(e.into())
        }
    }
}

fn compose(idp: &Idp, c: &Challenge, letter: &Letter, now: Timestamp) -> Result<Message, JobError> {
    let code = model::code(&idp.env.root, &c.id, c.generation, c.terms.code).map_err(|e| JobError::Dead(e.to_string()))?;
    let lang = Lang::from_code(&c.language).unwrap_or(Lang::En);
    // To the nearest minute: a message that is sent a moment after it was asked for still says five.
    let minutes = ((now.until(c.expires_at).as_secs() + 30) / 60).max(1);
    let args = [
        ("code", code.expose_secret().into()),
        ("company", idp.env.settings.organisation.as_str().into()),
        ("person", letter.texts.person.as_str().into()),
        ("record", letter.texts.record.as_str().into()),
        ("field", letter.texts.field.as_str().into()),
        ("value", letter.texts.value.as_str().into()),
        ("minutes", minutes.into()),
    ];
    let text = |key: &str| idp.env.texts.get(lang, key, &args);
    let (subject, body) = match c.channel {
        Channel::Mail => {
            let body = format!("{}\n\n-- \n{}\n", text("mail-seal-code-body"), text("mail-signature"));
            (text("mail-seal-code-subject"), body)
        }
        Channel::Sms => (String::new(), text("sms-seal-code")),
    };
    Ok(Message { channel: c.channel, to: letter.to.clone(), subject, text: SecretString::from(body) })
}

async fn record(idp: &Idp, c: &Challenge, state: DeliveryState, outcome: &'static str) -> Result<(), JobError> {
    let now = idp.env.now();
    let to = masked(&idp.env.root, c).ok().flatten().map(|m| m.to).unwrap_or_default();
    let entry = audit::Entry {
        id: idp.env.id(),
        at: now,
        actor: Actor::default().client(&c.client_id),
        action: "challenge.sent",
        target: Some(c.id.clone()),
        outcome,
        detail: format!("{} {to}", c.channel),
    };
    idp.db
        .write((c.id.clone(), c.sends, state, entry), |(id, send, state, entry), mut tx| {
            Box::pin(async move {
                if store::delivered(&mut tx, id, *send, *state, entry.at).await? {
                    audit::record(&mut tx, entry).await?;
                }
                Ok::<_, crate::kernel::db::DbError>(())
            })
        })
        .await?;
    Ok(())
}
