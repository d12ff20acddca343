//! The worker's side of a change of address: derives a link again and hands the mail to the server. An address that is somebody
//! else's gets another mail, without a link; on pages there is no difference (security case 25).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::model::{Side, place};
use super::store;
use crate::idp::notices::send::reader;
use crate::idp::people::{EmailKey, Person};
use crate::idp::{Idp, people};
use crate::kernel::delivery::{Channel, Message, mask_address};
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The outbox job that mails one link.
pub const SEND: &str = "address.link";

#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub change: String,
    pub side: String,
}

/// The link's secret comes from the change, so that a job run twice mails the same link and nothing stored opens it.
pub(super) fn secret(root: &RootKey, change: &str, side: Side) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[b"address", side.as_str().as_bytes(), change.as_bytes()])?))
}

/// How the secret is stored.
pub(super) fn hash(root: &RootKey, secret: &str) -> Result<String, RootError> {
    root.token_hash("address", secret)
}

/// The new address of a change.
pub(super) fn opened(root: &RootKey, id: &str, sealed: &str) -> Result<String, RootError> {
    let plain = root.open(Purpose::Personal, &place(id), sealed)?;
    String::from_utf8(plain.to_vec()).map_err(|_| RootError::DoesNotOpen)
}

/// Mails the link of a job, unless the change has gone on without it.
pub async fn send(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let dead = |e: RootError| JobError::Dead(e.to_string());
    let side = Side::from_name(&payload.side).ok_or_else(|| JobError::Dead("no such side".into()))?;
    let found = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let change = store::by_id(&mut tx, &payload.change).await?.filter(|c| c.is_open(idp.env.now()));
        let Some(change) = change else { return Ok(()) };
        let Some(person) = people::store::by_id(&mut tx, &change.person).await?.filter(|p| p.active) else { return Ok(()) };
        let new = opened(&idp.env.root, &change.id, &change.sealed).map_err(dead)?;
        let other: Option<Person> = match EmailKey::parse(&new) {
            Some(key) => people::store::by_email(&mut tx, &key).await?.filter(|p| p.id != person.id),
            None => return Ok(()),
        };
        let view = reader(idp, &mut tx, other.as_ref().unwrap_or(&person)).await?;
        (change, person, new, other, view)
    };
    let (change, person, new, other, view) = found;
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let token = secret(&idp.env.root, &change.id, side).map_err(dead)?;
    let link = idp.env.settings.idp_url.at(&format!("/address/{token}"));
    let company = idp.env.settings.organisation.as_str();
    let (to, key, masked) = match (side, &other) {
        (Side::Old, _) => (person.email.clone(), "mail-address-old", mask_address(&new)),
        (Side::New, None) => (new.clone(), "mail-address-new", mask_address(&person.email)),
        (Side::New, Some(_)) => (new.clone(), "mail-address-taken", mask_address(&person.email)),
    };
    let name = other.as_ref().filter(|_| side == Side::New).unwrap_or(&person).name.clone();
    let mut args = vec![("name", name.into()), ("company", company.into()), ("address", masked.into())];
    if side == Side::Old || other.is_none() {
        args.push(("link", link.into()));
        args.push(("until", view.date_time(change.expires_at).into()));
    }
    let body = view.tn(&format!("{key}-body"), &args);
    let message = Message {
        channel: Channel::Mail,
        to,
        subject: view.t1(&format!("{key}-subject"), "company", company),
        text: SecretString::from(format!("{body}\n\n-- \n{}\n", view.t1("mail-signature", "company", company))),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}
