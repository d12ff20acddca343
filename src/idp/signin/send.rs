//! The worker's side of a sent code: reads the row again, derives the code, and hands it to the mail server or gateway. It is
//! in no row and in no job.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::code::sent_code;
use super::factors::Factor;
use super::model::CODE_LIFE;
use super::store;
use crate::idp::{Idp, people};
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::pages::Lang;

#[derive(Deserialize)]
struct Payload {
    signin: String,
    generation: i64,
}

/// Sends the code of a job, unless the sign-in has gone on without it.
pub async fn run(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let now = idp.env.now();
    let signin = store::by_id(&mut tx, &payload.signin).await?;
    let Some(signin) = signin.filter(|s| s.is_open(now) && s.generation == payload.generation) else { return Ok(()) };
    let Some((_, by)) = signin.sent.filter(|(at, _)| *at + CODE_LIFE > now) else { return Ok(()) };
    let person = match &signin.person_id {
        Some(id) => people::store::by_id(&mut tx, id).await?.filter(|p| p.active),
        None => None,
    };
    let Some(person) = person else { return Ok(()) };
    drop(snapshot);
    let code = sent_code(&idp.env.root, &signin, by).map_err(|e| JobError::Dead(e.to_string()))?;
    let lang = Lang::from_code(&person.language).unwrap_or(Lang::En);
    let company = idp.env.settings.organisation.as_str();
    let minutes = CODE_LIFE.as_secs() / 60;
    let args = [("code", code.expose_secret().into()), ("company", company.into()), ("minutes", minutes.into())];
    let text = |key: &str| idp.env.texts.get(lang, key, &args);
    let message = match (by, person.phone) {
        (Factor::Sms, Some(to)) => {
            Message { channel: Channel::Sms, to, subject: String::new(), text: SecretString::from(text("sms-signin-code")) }
        }
        (Factor::Sms, None) => return Ok(()),
        _ => Message {
            channel: Channel::Mail,
            to: person.email,
            subject: text("mail-signin-code-subject"),
            text: SecretString::from(format!("{}\n\n-- \n{}\n", text("mail-signin-code-body"), text("mail-signature"))),
        },
    };
    idp.delivery.send(&message).await?;
    Ok(())
}
