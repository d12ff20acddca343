//! The worker's side of a mailed code: reads the row again, derives the code, and hands it to the mail server. The code is
//! in no row and in no job.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::finish::mail_code;
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
    if signin.sent_at.is_none_or(|at| at + CODE_LIFE <= now) {
        return Ok(());
    }
    let person = match &signin.person_id {
        Some(id) => people::store::by_id(&mut tx, id).await?.filter(|p| p.active),
        None => None,
    };
    let Some(person) = person else { return Ok(()) };
    drop(snapshot);
    let code = mail_code(&idp.env.root, &signin.id, signin.generation).map_err(|e| JobError::Dead(e.to_string()))?;
    let lang = Lang::from_code(&person.language).unwrap_or(Lang::En);
    let company = idp.env.settings.organisation.as_str();
    let minutes = CODE_LIFE.as_secs() / 60;
    let args = [("code", code.expose_secret().into()), ("company", company.into()), ("minutes", minutes.into())];
    let text = |key: &str| idp.env.texts.get(lang, key, &args);
    let body = format!("{}\n\n-- \n{}\n", text("mail-signin-code-body"), text("mail-signature"));
    let message = Message {
        channel: Channel::Mail,
        to: person.email,
        subject: text("mail-signin-code-subject"),
        text: SecretString::from(body),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}
