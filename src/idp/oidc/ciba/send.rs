//! The worker's side: tells the person that something is asked of him, and the application that it may ask for the answer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::model::Asking;
use super::store;
use crate::idp::notices::send::reader;
use crate::idp::{Idp, clients, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::http::fetch::FetchError;
use crate::kernel::http::problem::chain;
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The outbox job that tells the person.
pub const ASK: &str = "ciba.ask";
/// The outbox job that tells the application.
pub const PING: &str = "ciba.ping";

#[derive(Deserialize)]
struct Payload {
    asking: String,
}

/// What an application asks for the answer with: derived from the question, so that nothing stored opens anything and the
/// notification can name it.
pub fn auth_req_id(root: &RootKey, id: &str) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[b"ciba", id.as_bytes()])?))
}

/// Mails that something waits; what it is stands behind the sign-in only. For nobody there is nothing to send.
pub async fn ask(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let found = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let Some(asking) = store::by_id(&mut tx, &payload.asking).await?.filter(|a| a.waits(idp.env.now())) else {
            return Ok(());
        };
        let Some(id) = &asking.person_id else { return Ok(()) };
        let Some(person) = people::store::by_id(&mut tx, id).await?.filter(|p| p.active) else { return Ok(()) };
        let Some(client) = clients::store::by_id(&mut tx, &asking.client_id).await?.filter(|c| c.enabled) else { return Ok(()) };
        let view = reader(idp, &mut tx, &person).await?;
        (asking, person, client, view)
    };
    let (asking, person, client, view) = found;
    let company = idp.env.settings.organisation.as_str();
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let link = idp.env.settings.idp_url.at(&format!("/account/approvals/{}", asking.id));
    let args = [
        ("name", person.name.as_str().into()),
        ("app", client.name(view.lang.code()).into()),
        ("company", company.into()),
        ("link", link.into()),
        ("until", view.time(Timestamp(asking.expires_at)).into()),
    ];
    let signature = view.t1("mail-signature", "company", company);
    let message = Message {
        channel: Channel::Mail,
        to: person.email.clone(),
        subject: view.t1("mail-approval-subject", "app", client.name(view.lang.code())),
        text: SecretString::from(format!("{}\n\n-- \n{signature}\n", view.tn("mail-approval-body", &args))),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}

/// Tells an application that someone has decided (section 10.2), not what: that it has to ask for, proving who it is. The
/// address is asked under the rules for all that applications register (security case 15).
pub async fn ping(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let dead = |e: RootError| JobError::Dead(e.to_string());
    let (asking, client) = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let Some(asking) = store::by_id(&mut tx, &payload.asking).await? else { return Ok(()) };
        let client = clients::store::by_id(&mut tx, &asking.client_id).await?.filter(|c| c.enabled);
        (asking, client)
    };
    // One that has asked by itself, or asks too late, has no use for it.
    if asking.used_at.is_some() || asking.expires_at <= idp.env.now().0 {
        return Ok(());
    }
    let address = client.and_then(|c| c.metadata.backchannel_client_notification_endpoint);
    let (Some(address), Some(sealed)) = (address, &asking.notify) else { return Ok(()) };
    let token = idp.env.root.open(Purpose::Personal, &Asking::place(&asking.id), sealed).map_err(dead)?;
    let token = std::str::from_utf8(&token).map_err(|e| JobError::Dead(e.to_string()))?;
    let bearer = SecretString::from(format!("Bearer {token}"));
    let body = json!({ "auth_req_id": auth_req_id(&idp.env.root, &asking.id).map_err(dead)? });
    match idp.fetch.post_json_as(&address, &body, Some(&bearer)).await {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => Err(JobError::Retry(format!("the application answered {}", answer.status))),
        Err(e @ FetchError::Refused(_)) => Err(JobError::Dead(e.to_string())),
        Err(e) => {
            tracing::info!(client = asking.client_id, error = %chain(&e), "an application was not told of a decision");
            Err(JobError::Retry(e.to_string()))
        }
    }
}
