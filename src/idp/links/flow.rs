//! Making, mailing and using a link.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::Deserialize;

use super::store;
use crate::idp::credentials::passwords::{About, Unfit};
use crate::idp::people::{self, Person};
use crate::idp::signin::finish::{Ready, Taken};
use crate::idp::signin::flow::SigninError;
use crate::idp::{Idp, oidc, sessions, setup};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::delivery::{Channel, Message};
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, Job, JobError, NewJob};
use crate::kernel::pages::{Lang, View};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The outbox job that mails a link.
pub const SEND: &str = "link.password";
const KIND: &str = "password";
/// How long a link works.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Deserialize)]
struct Payload {
    person: String,
}

/// Asks for a link to be mailed to a person, in the transaction of the reason. `job_id` is new.
pub async fn invite(tx: &mut Tx<'_>, person: &str, job_id: &str, now: Timestamp) -> Result<(), DbError> {
    let job = NewJob {
        id: job_id.to_owned(),
        kind: SEND,
        cause: format!("person/{person}"),
        payload: serde_json::json!({ "person": person }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

/// The link's secret comes from the job, so that a job run twice mails the same link and stores nothing that opens it.
fn secret(root: &RootKey, job: &str) -> Result<String, RootError> {
    Ok(URL_SAFE_NO_PAD.encode(root.mac(Purpose::Link, &[KIND.as_bytes(), job.as_bytes()])?))
}

/// Mails the link of a job.
pub async fn send(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let token = secret(&idp.env.root, &job.id).map_err(|e| JobError::Dead(e.to_string()))?;
    let hash = idp.env.root.token_hash("link", &token).map_err(|e| JobError::Dead(e.to_string()))?;
    let now = idp.env.now();
    let person = {
        let mut snapshot = idp.db.snapshot().await?;
        people::store::by_id(&mut snapshot.tx(), &payload.person).await?.filter(|p| p.active)
    };
    let Some(person) = person else { return Ok(()) };
    let stored = (hash, person.id.clone(), now);
    idp.db
        .write(stored, |(hash, person, now), mut tx| {
            Box::pin(async move { store::insert(&mut tx, hash, KIND, person, *now, *now + LIFE).await })
        })
        .await?;
    let lang = Lang::from_code(&person.language).unwrap_or(Lang::En);
    let view = View { zone: idp.env.settings.zone(), ..View::new(idp.env.texts.clone(), lang, now) };
    // Case 26: the address in a mail comes from the settings, whatever a request said.
    let link = idp.env.settings.idp_url.at(&format!("/password/{token}"));
    let company = idp.env.settings.organisation.as_str();
    let args = [
        ("name", person.name.as_str().into()),
        ("link", link.into()),
        ("until", view.date_time(now + LIFE).into()),
        ("company", company.into()),
    ];
    let text = |key: &str| idp.env.texts.get(lang, key, &args);
    let body = format!("{}\n\n-- \n{}\n", text("mail-setpw-body"), text("mail-signature"));
    let message =
        Message { channel: Channel::Mail, to: person.email, subject: text("mail-setpw-subject"), text: SecretString::from(body) };
    idp.delivery.send(&message).await?;
    Ok(())
}

/// Why a password could not be chosen.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Used, expired or never made.
    #[error("the link is void")]
    Void,
    /// The password was not taken.
    #[error(transparent)]
    Password(#[from] Unfit),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The sign-in that it begins.
    #[error(transparent)]
    Signin(#[from] SigninError),
}

impl LinkError {
    /// Whether it is only that too much is asked at once.
    pub fn is_overload(&self) -> bool {
        match self {
            Self::Password(e) => e.is_overload(),
            Self::Db(e) => e.is_overload(),
            _ => false,
        }
    }
}

/// The person that a link is for, while it works.
pub async fn person_of(idp: &Idp, token: &str) -> Result<Person, LinkError> {
    let hash = idp.env.root.token_hash("link", token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let link = store::get(&mut tx, &hash, KIND).await?.filter(|l| l.used_at.is_none() && l.expires_at > idp.env.now().0);
    let link = link.ok_or(LinkError::Void)?;
    people::store::by_id(&mut tx, &link.person_id).await?.filter(|p| p.active).ok_or(LinkError::Void)
}

/// Chooses the password, once; every session and all offline access of the person end, and his sign-in begins, whose id is new.
pub async fn choose(
    idp: &Idp,
    context: &Context,
    token: &str,
    password: SecretString,
    (ready, signin): (Ready, String),
) -> Result<Taken, LinkError> {
    let person = person_of(idp, token).await?;
    let phc = idp.hasher.choose(password, About::of(&person.email, &person.name)).await?;
    let input = Choice {
        hash: idp.env.root.token_hash("link", token)?,
        person: person.id.clone(),
        phc,
        actor: Actor::on(context).person(&person.id),
        audit_id: idp.env.id(),
        now: idp.env.now(),
        ready,
        signin,
    };
    let done = idp.db.write_log(input, |c, mut tx| Box::pin(async move { chosen(&mut tx, c).await })).await;
    // Applications are told by the outbox of what ended; nobody need wait for that here.
    idp.outbox.wake();
    done
}

async fn chosen(tx: &mut LogTx<'_>, c: &Choice) -> Result<Taken, LinkError> {
    if !store::take(tx, &c.hash, KIND, &c.person, c.now).await? {
        return Err(LinkError::Void);
    }
    people::store::set_password(tx, &c.person, &c.phc, c.now).await?;
    for (n, session) in sessions::store::live_of(tx, &c.person, c.now).await?.iter().enumerate() {
        sessions::flow::end(tx, &session.id, &c.actor, &format!("{}-{n}", c.audit_id), c.now).await?;
    }
    // Such a link is often mailed because somebody else was in: what he allowed an application must not outlive that.
    let offline = oidc::store::offline_issues_of(tx, &c.person).await?;
    oidc::issues::revoke_all(tx, &offline, (&c.actor, &c.audit_id, c.now), "password chosen anew").await?;
    let entry = audit::Entry {
        id: c.audit_id.clone(),
        at: c.now,
        actor: c.actor.clone(),
        action: "password.chosen",
        target: Some(c.person.clone()),
        outcome: "ok",
        detail: String::new(),
    };
    audit::record(tx, &entry).await?;
    Ok(setup::flow::after_link(tx, &c.ready, (&c.signin, &c.person), None).await?)
}

struct Choice {
    hash: String,
    person: String,
    phc: String,
    actor: Actor,
    audit_id: String,
    now: Timestamp,
    ready: Ready,
    signin: String,
}
