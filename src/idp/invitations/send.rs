//! The worker's side of a link: derives its secret again, and hands it to the mail server. The secret is in no row and no job.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::store;
use crate::idp::Idp;
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::pages::{Lang, View};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The outbox job that mails an invitation.
pub const SEND: &str = "invitation.link";

/// What the job carries.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    /// Which invitation.
    pub invitation: String,
}

/// The link's secret comes from the job, so that a job run twice mails the same link and stores nothing that opens it.
pub(super) fn secret(root: &RootKey, job: &str) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[b"invitation", job.as_bytes()])?))
}

/// How the secret is stored.
pub(super) fn hash(root: &RootKey, secret: &str) -> Result<String, RootError> {
    root.token_hash("invitation", secret)
}

/// Mails the link of a job, unless the invitation has gone on without it.
pub async fn send(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let dead = |e: RootError| JobError::Dead(e.to_string());
    let token = secret(&idp.env.root, &job.id).map_err(dead)?;
    let hash = hash(&idp.env.root, &token).map_err(dead)?;
    let now = idp.env.now();
    let invited = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), &payload.invitation).await?
    };
    let Some(invited) = invited.filter(|i| i.is_open(now) && i.token_hash == hash) else { return Ok(()) };
    let lang = Lang::from_code(&invited.language).unwrap_or(Lang::En);
    let view = View { zone: idp.env.settings.zone(), ..View::new(idp.env.texts.clone(), lang, now) };
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let link = idp.env.settings.idp_url.at(&format!("/invitation/{token}"));
    let args = [
        ("name", invited.name.as_str().into()),
        ("link", link.into()),
        ("until", view.date_time(invited.expires_at).into()),
        ("company", idp.env.settings.organisation.as_str().into()),
    ];
    let text = |key: &str| idp.env.texts.get(lang, key, &args);
    let body = format!("{}\n\n-- \n{}\n", text("mail-invitation-body"), text("mail-signature"));
    let message = Message {
        channel: Channel::Mail,
        to: invited.email,
        subject: text("mail-invitation-subject"),
        text: SecretString::from(body),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}
