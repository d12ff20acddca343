//! Making a notice, and the worker's side of it: derives the link again and hands the mail to the server.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::model::{About, LIFE, Notice, What, place};
use super::store;
use crate::idp::account::model::Device;
use crate::idp::{Idp, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, Job, JobError, NewJob};
use crate::kernel::pages::{Lang, View};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The outbox job that mails a notice.
pub const SEND: &str = "notice.mail";
/// The outbox job that tells an administrator of an alarm.
pub const TELL: &str = "notice.alarm";

#[derive(Serialize, Deserialize)]
struct Payload {
    notice: String,
}

/// What tells an administrator.
#[derive(Serialize, Deserialize)]
pub(super) struct Alarm {
    /// Whom.
    pub administrator: String,
    /// About whom.
    pub person: String,
    /// The notice that was taken back.
    pub notice: String,
}

impl About {
    /// On a request.
    pub fn on(context: &Context) -> Self {
        Self { ip: Some(context.ip.to_string()), browser: context.user_agent.clone(), ..Self::default() }
    }
}

impl Notice {
    /// Something to be told; its transaction calls [`Notice::put`].
    pub fn new(idp: &Idp, what: What, about: &About) -> Result<Self, RootError> {
        let (root, id) = (&idp.env.root, idp.env.id());
        let hash = hash(root, &secret(root, &id)?)?;
        let plain = serde_json::to_vec(about).unwrap_or_default();
        let sealed = root.seal(Purpose::Personal, &place(&id), &plain, idp.env.entropy.as_ref())?;
        Ok(Self { id, what, hash, sealed, at: idp.env.now() })
    }

    /// Tells it to a person, in the transaction of what is told.
    pub async fn put(&self, tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
        store::insert(tx, self, person, self.at + LIFE).await?;
        let job = NewJob {
            id: self.id.clone(),
            kind: SEND,
            cause: format!("person/{person}"),
            payload: serde_json::json!({ "notice": self.id }),
            due_at: self.at,
            now: self.at,
        };
        outbox::put(tx, job).await.map(drop)
    }
}

/// The link's secret comes from the notice's id, so that a job run twice mails the same link and nothing stored opens it.
fn secret(root: &RootKey, id: &str) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[b"notice", id.as_bytes()])?))
}

/// How the secret is stored.
pub(super) fn hash(root: &RootKey, secret: &str) -> Result<String, RootError> {
    root.token_hash("notice", secret)
}

/// What is sealed in a notice.
pub(super) fn open(root: &RootKey, id: &str, sealed: &str) -> Result<About, RootError> {
    let plain = root.open(Purpose::Personal, &place(id), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| RootError::DoesNotOpen)
}

/// How a mail to someone is written: language and zone.
pub(crate) async fn reader(idp: &Idp, tx: &mut Tx<'_>, person: &people::Person) -> Result<View, DbError> {
    let lang = Lang::from_code(&person.language).unwrap_or(Lang::En);
    let zone = people::store::zone_of(tx, &person.id).await?.and_then(|z| jiff::tz::TimeZone::get(&z).ok());
    let zone = zone.unwrap_or_else(|| idp.env.settings.zone());
    Ok(View {
        zone,
        organisation: idp.env.settings.organisation.clone(),
        ..View::new(idp.env.texts.clone(), lang, idp.env.now())
    })
}

/// With which browser and from where, as a line of a mail or page.
pub(super) fn from_where(view: &View, about: &About) -> String {
    let device = Device::of(&about.browser).name();
    let device = if device.is_empty() { view.t("account-device-unknown") } else { device };
    match &about.ip {
        Some(ip) => view.t2("notice-where", "device", device, "ip", ip.as_str()),
        None => String::new(),
    }
}

/// What happened, in words.
pub(super) fn said(view: &View, what: What, name: &str) -> String {
    view.t1(&format!("notice-{}", what.as_str()), "name", name)
}

/// Mails the notice of a job.
pub async fn send(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let dead = |e: RootError| JobError::Dead(e.to_string());
    let found = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let Some(kept) = store::by_id(&mut tx, &payload.notice).await? else { return Ok(()) };
        let Some(person) = people::store::by_id(&mut tx, &kept.person_id).await? else { return Ok(()) };
        let view = reader(idp, &mut tx, &person).await?;
        (kept, person, view)
    };
    let (kept, person, view) = found;
    let Some(what) = What::from_name(&kept.what) else { return Err(JobError::Dead(format!("no notice {}", kept.what))) };
    let about = open(&idp.env.root, &kept.id, &kept.sealed).map_err(dead)?;
    let token = secret(&idp.env.root, &kept.id).map_err(dead)?;
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let link = idp.env.settings.idp_url.at(&format!("/not-me/{token}"));
    let company = idp.env.settings.organisation.as_str();
    let body = [
        view.t1("notice-hello", "name", person.name.as_str()),
        view.tn(
            "notice-at",
            &[
                ("what", said(&view, what, &about.name).into()),
                ("company", company.into()),
                ("at", view.date_time(Timestamp(kept.made_at)).into()),
            ],
        ),
        from_where(&view, &about),
        view.t2("notice-not-me", "link", link, "until", view.date_time(Timestamp(kept.expires_at))),
        format!("-- \n{}", view.t1("mail-signature", "company", company)),
    ];
    let body = body.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n\n");
    let message = Message {
        channel: Channel::Mail,
        to: about.address_before.unwrap_or(person.email),
        subject: said(&view, what, &about.name),
        text: SecretString::from(body + "\n"),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}

/// Tells an administrator that someone said "this wasn't me".
pub async fn tell(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let alarm: Alarm = job.read()?;
    let found = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let administrator = people::store::by_id(&mut tx, &alarm.administrator).await?.filter(|p| p.active);
        let (Some(administrator), Some(person)) = (administrator, people::store::by_id(&mut tx, &alarm.person).await?) else {
            return Ok(());
        };
        let Some(kept) = store::by_id(&mut tx, &alarm.notice).await? else { return Ok(()) };
        let view = reader(idp, &mut tx, &administrator).await?;
        (administrator, person, kept, view)
    };
    let (administrator, person, kept, view) = found;
    let about = open(&idp.env.root, &kept.id, &kept.sealed).map_err(|e| JobError::Dead(e.to_string()))?;
    let what = What::from_name(&kept.what).map(|w| said(&view, w, &about.name)).unwrap_or_default();
    let args = [
        ("name", administrator.name.as_str().into()),
        ("person", person.name.as_str().into()),
        ("email", person.email.as_str().into()),
        ("what", what.into()),
        ("at", view.date_time(Timestamp(kept.made_at)).into()),
        ("where", from_where(&view, &about).into()),
    ];
    let company = idp.env.settings.organisation.as_str();
    let body = format!("{}\n\n-- \n{}\n", view.tn("mail-alarm-body", &args), view.t1("mail-signature", "company", company));
    let subject = view.t1("mail-alarm-subject", "person", person.name.as_str());
    let message = Message { channel: Channel::Mail, to: administrator.email, subject, text: SecretString::from(body) };
    idp.delivery.send(&message).await?;
    Ok(())
}
