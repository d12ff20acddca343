//! The worker's side of a way back: finds out whose address it is, mails the link, asks administrators, tells what they decided, and
//! sends codes. Links and codes are derived; nothing stored opens anything.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::model::{self, Recovery, Scope};
use super::store;
use crate::idp::notices::send::reader;
use crate::idp::people::{EmailKey, Person};
use crate::idp::{Idp, people};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::outbox::{Job, JobError};
use crate::kernel::pages::{Arg, View};
use crate::kernel::root::{DIGITS, Purpose, RootError, RootKey};

/// The outbox job that finds out whose address was typed.
pub const BEGIN: &str = "recovery.begin";
/// The outbox job that asks one administrator.
pub const ASKED: &str = "recovery.asked";
/// The outbox job that tells the person what was decided.
pub const DECIDED: &str = "recovery.decided";
/// The outbox job that sends a code by SMS.
pub const SMS: &str = "recovery.sms";

#[derive(Serialize, Deserialize)]
pub(super) struct Begin {
    /// What was typed, sealed.
    pub address: String,
    pub ip: String,
    pub request: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    pub recovery: String,
    pub administrator: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Decided {
    pub recovery: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SmsJob {
    pub recovery: String,
    pub number: i64,
}

/// The link's secret comes from the id.
pub(super) fn secret(root: &RootKey, id: &str) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[b"recovery", id.as_bytes()])?))
}

/// How the secret is stored.
pub(super) fn hash(root: &RootKey, secret: &str) -> Result<String, RootError> {
    root.token_hash("recovery", secret)
}

/// The code by SMS of a request: derived, kept nowhere.
pub(super) fn sms_code(root: &RootKey, id: &str, number: i64) -> Result<SecretString, RootError> {
    root.code(Purpose::SigninCode, &[b"recovery", id.as_bytes(), &number.to_be_bytes()], DIGITS, model::CODE_LENGTH)
}

fn dead(e: RootError) -> JobError {
    JobError::Dead(e.to_string())
}

/// Finds out whose address was typed, and mails the link. Nobody's gets nothing.
pub async fn begin(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Begin = job.read()?;
    let root = Arc::clone(&idp.env.root);
    let plain = root.open(Purpose::Personal, &format!("recovery/{}", job.id), &payload.address).map_err(dead)?;
    let Some(key) = std::str::from_utf8(&plain).ok().and_then(EmailKey::parse) else { return Ok(()) };
    let token = secret(&root, &job.id).map_err(dead)?;
    let input = (key, job.id.clone(), hash(&root, &token).map_err(dead)?, payload.ip, payload.request, idp.env.now());
    let found = idp
        .db
        .write(input, |(key, id, hash, ip, request, now), mut tx| {
            Box::pin(async move {
                let Some(person) = people::store::by_email(&mut tx, key).await?.filter(|p| p.active) else { return Ok(None) };
                let recovery = begun(id, &person.id, *now);
                if store::insert(&mut tx, &recovery, hash).await? {
                    let actor = Actor { ip: Some(ip.clone()), request: Some(request.clone()), ..Actor::default() };
                    let entry = audit::Entry {
                        id: format!("{id}-a"),
                        at: *now,
                        actor,
                        action: "recovery.asked",
                        target: Some(person.id.clone()),
                        outcome: "ok",
                        detail: String::new(),
                    };
                    audit::record(&mut tx, &entry).await?;
                }
                Ok::<_, crate::kernel::db::DbError>(store::by_id(&mut tx, id).await?.map(|r| (person, r)))
            })
        })
        .await?;
    let Some((person, recovery)) = found.filter(|(_, r)| r.is_open(idp.env.now())) else { return Ok(()) };
    mail_link(idp, &person, &recovery, "mail-recover").await
}

fn begun(id: &str, person: &str, now: Timestamp) -> Recovery {
    Recovery {
        id: id.to_owned(),
        person: person.to_owned(),
        scope: Scope::Password,
        asked_by: None,
        reason: None,
        asked_at: now,
        expires_at: now + model::LIFE,
        waits_at: None,
        sends: 0,
        sent_at: None,
        tries: 0,
        proven_at: None,
        decided_at: None,
        refused: false,
        used_at: None,
    }
}

async fn view_for(idp: &Idp, person: &Person) -> Result<View, JobError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(reader(idp, &mut snapshot.tx(), person).await?)
}

/// Mails the link of a request, with one of the texts.
async fn mail_link(idp: &Idp, person: &Person, recovery: &Recovery, key: &str) -> Result<(), JobError> {
    let view = view_for(idp, person).await?;
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let link = idp.env.settings.idp_url.at(&format!("/recover/{}", secret(&idp.env.root, &recovery.id).map_err(dead)?));
    let args = [("link", link.into()), ("until", view.date_time(recovery.expires_at).into())];
    mail(idp, &view, person, key, &args).await
}

/// Mails one of the texts, which all name the person and the organisation.
async fn mail(idp: &Idp, view: &View, to: &Person, key: &str, args: &[(&str, Arg)]) -> Result<(), JobError> {
    let company = idp.env.settings.organisation.as_str();
    let mut all = vec![("name", to.name.as_str().into()), ("company", company.into())];
    all.extend(args.iter().cloned());
    let body = view.tn(&format!("{key}-body"), &all);
    let message = Message {
        channel: Channel::Mail,
        to: to.email.clone(),
        subject: view.t1(&format!("{key}-subject"), "company", company),
        text: SecretString::from(format!("{body}\n\n-- \n{}\n", view.t1("mail-signature", "company", company))),
    };
    idp.delivery.send(&message).await?;
    Ok(())
}

async fn found(idp: &Idp, tx: &mut Tx<'_>, id: &str) -> Result<Option<(Recovery, Person)>, JobError> {
    let Some(recovery) = store::by_id(tx, id).await?.filter(|r| r.is_open(idp.env.now())) else { return Ok(None) };
    let person = people::store::by_id(tx, &recovery.person).await?.filter(|p| p.active);
    Ok(person.map(|p| (recovery, p)))
}

/// Asks one administrator.
pub async fn asked(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Asked = job.read()?;
    let (recovery, person, administrator) = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let administrator = people::store::by_id(&mut tx, &payload.administrator).await?.filter(|p| p.active);
        match (found(idp, &mut tx, &payload.recovery).await?, administrator) {
            (Some((r, p)), Some(a)) if r.decided_at.is_none() => (r, p, a),
            _ => return Ok(()),
        }
    };
    let view = view_for(idp, &administrator).await?;
    let link = idp.env.settings.idp_url.at("/admin/recoveries");
    let args = [
        ("person", person.name.as_str().into()),
        ("email", person.email.as_str().into()),
        ("scope", view.t(&format!("recover-scope-{}", recovery.scope.as_str())).into()),
        ("reason", recovery.reason.clone().unwrap_or_else(|| view.t("value-none")).into()),
        ("link", link.into()),
        ("until", view.date_time(recovery.expires_at).into()),
    ];
    mail(idp, &view, &administrator, "mail-recover-asked", &args).await
}

/// Tells the person what was decided.
pub async fn decided(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Decided = job.read()?;
    let both = {
        let mut snapshot = idp.db.snapshot().await?;
        found(idp, &mut snapshot.tx(), &payload.recovery).await?
    };
    let Some((recovery, person)) = both else { return Ok(()) };
    if recovery.refused {
        let view = view_for(idp, &person).await?;
        return mail(idp, &view, &person, "mail-recover-refused", &[]).await;
    }
    mail_link(idp, &person, &recovery, "mail-recover-approved").await
}

/// Sends a code by SMS, unless another one was asked for since.
pub async fn sms(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: SmsJob = job.read()?;
    let both = {
        let mut snapshot = idp.db.snapshot().await?;
        found(idp, &mut snapshot.tx(), &payload.recovery).await?
    };
    let Some((recovery, person)) = both.filter(|(r, _)| r.sends == payload.number) else { return Ok(()) };
    if recovery.sent_at.is_none_or(|at| at + model::CODE_LIFE <= idp.env.now()) {
        return Ok(());
    }
    let Some(phone) = person.phone.clone() else { return Ok(()) };
    let view = view_for(idp, &person).await?;
    let code = sms_code(&idp.env.root, &recovery.id, recovery.sends).map_err(dead)?;
    let args = [
        ("company", idp.env.settings.organisation.as_str().into()),
        ("code", code.expose_secret().into()),
        ("minutes", (model::CODE_LIFE.as_secs() / 60).into()),
    ];
    let text = SecretString::from(view.tn("sms-recover-code", &args));
    idp.delivery.send(&Message { channel: Channel::Sms, to: phone, subject: String::new(), text }).await?;
    Ok(())
}
