//! The worker's side: mails the link of an invitation, and finds out whether who registers has an account already. On pages that
//! makes no difference (security case 25).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::model::{Kind, Policy, REGISTERING, Welcome, Whom, place};
use super::store;
use crate::idp::{Idp, people};
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::pages::{Arg, Lang, View};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The outbox job that mails an invitation.
pub const SEND: &str = "welcome.link";
/// The outbox job that takes up a registration.
pub const REGISTER: &str = "welcome.register";

#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub welcome: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Registering {
    /// [`Whom`], sealed as that of a welcome with the job's id.
    pub sealed: String,
}

/// The link's secret comes from the id.
pub(super) fn secret(root: &RootKey, id: &str) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[b"welcome", id.as_bytes()])?))
}

/// How the secret is stored.
pub(super) fn hash(root: &RootKey, secret: &str) -> Result<String, RootError> {
    root.token_hash("welcome", secret)
}

/// Who is meant.
pub(super) fn opened(root: &RootKey, id: &str, sealed: &str) -> Result<Whom, RootError> {
    let plain = root.open(Purpose::Personal, &place(id), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| RootError::DoesNotOpen)
}

fn dead(e: RootError) -> JobError {
    JobError::Dead(e.to_string())
}

async fn mail(idp: &Idp, whom: &Whom, key: &str, args: &[(&str, Arg)]) -> Result<(), JobError> {
    let lang = Lang::from_code(&whom.language).unwrap_or(Lang::En);
    let company = idp.env.settings.organisation.as_str();
    let mut all = vec![("name", whom.name.as_str().into()), ("company", company.into())];
    all.extend(args.iter().cloned());
    let text = |key: &str| idp.env.texts.get(lang, key, &all);
    let signature = idp.env.texts.get(lang, "mail-signature", &[("company", company.into())]);
    let message = Message {
        channel: Channel::Mail,
        to: whom.email.clone(),
        subject: idp.env.texts.get(lang, &format!("{key}-subject"), &[("company", company.into())]),
        text: SecretString::from(format!("{}\n\n-- \n{signature}\n", text(&format!("{key}-body")))),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}

async fn mail_link(idp: &Idp, welcome: &Welcome, whom: &Whom, key: &str) -> Result<(), JobError> {
    let lang = Lang::from_code(&whom.language).unwrap_or(Lang::En);
    let view = View { zone: idp.env.settings.zone(), ..View::new(idp.env.texts.clone(), lang, idp.env.now()) };
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let link = idp.env.settings.idp_url.at(&format!("/welcome/{}", secret(&idp.env.root, &welcome.id).map_err(dead)?));
    mail(idp, whom, key, &[("link", link.into()), ("until", view.date_time(welcome.expires_at).into())]).await
}

/// Mails the link of an invitation, unless it has gone on without it.
pub async fn send(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let welcome = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), &payload.welcome).await?.filter(|w| w.is_open(idp.env.now()))
    };
    let Some(welcome) = welcome else { return Ok(()) };
    let whom = opened(&idp.env.root, &welcome.id, &welcome.sealed).map_err(dead)?;
    mail_link(idp, &welcome, &whom, "mail-welcome").await
}

/// Takes up a registration: a link for who is new, and for who has an account that he has one.
pub async fn register(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Registering = job.read()?;
    let whom = opened(&idp.env.root, &job.id, &payload.sealed).map_err(dead)?;
    let Ok(key) = whom.check() else { return Ok(()) };
    let allowed = Policy::parse(&idp.env.settings.registration).is_some_and(|p| p.allows(&key));
    if !allowed {
        return Ok(());
    }
    let now = idp.env.now();
    let welcome = Welcome {
        id: job.id.clone(),
        kind: Kind::Registration,
        email_hash: idp.env.root.token_hash("welcome-address", key.as_str()).map_err(dead)?,
        sealed: payload.sealed,
        staff: false,
        groups: vec![],
        roles: vec![],
        invited_by: None,
        made_at: now,
        hash: hash(&idp.env.root, &secret(&idp.env.root, &job.id).map_err(dead)?).map_err(dead)?,
        expires_at: now + REGISTERING,
        accepted_at: None,
        revoked_at: None,
    };
    let found = idp
        .db
        .write((welcome, key), |(welcome, key), mut tx| {
            Box::pin(async move {
                if people::store::by_email(&mut tx, key).await?.is_some() {
                    return Ok(None);
                }
                store::insert(&mut tx, welcome).await?;
                store::by_id(&mut tx, &welcome.id).await
            })
        })
        .await?;
    match found {
        Some(welcome) if welcome.is_open(now) => mail_link(idp, &welcome, &whom, "mail-register").await,
        Some(_) => Ok(()),
        None => {
            let link = |path: &str| idp.env.settings.idp_url.at(path);
            mail(idp, &whom, "mail-registered", &[("link", link("/signin").into()), ("recover", link("/recover").into())]).await
        }
    }
}
