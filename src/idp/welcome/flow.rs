//! Inviting someone, taking that back, and registering.

use super::model::{self, Kind, NewWelcome, Policy, Welcome, Whom, place};
use super::send::{self, Payload, REGISTER, Registering, SEND};
use super::store;
use crate::idp::account::flow::Own;
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::relations::model::Wrong;
use crate::idp::{Idp, grants, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{Purpose, RootError};

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum WelcomeError {
    /// There is no such invitation, or it can't be taken back any more.
    #[error("there is no such invitation")]
    NotFound,
    /// Who invites is no administrator, or none any more.
    #[error("only an administrator invites")]
    Forbidden,
    /// Something does not fit.
    #[error("something does not fit")]
    Invalid(Vec<Wrong>),
    /// Somebody has this address.
    #[error("there is an account with this address")]
    Known,
    /// Too many mails; when there can be one again.
    #[error("too many mails")]
    TooMany(Timestamp),
    /// Registration is off.
    #[error("registration is off")]
    Off,
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

struct Inviting {
    own: Own,
    new: NewWelcome,
    welcome: Welcome,
    bucket: (String, Limit),
    key: people::EmailKey,
    job: String,
    admin_role: String,
}

/// Invites someone to become a person here. One who waits for that already gets another link, and the one before is void.
pub async fn invite(idp: &Idp, own: Own, new: NewWelcome) -> Result<Welcome, WelcomeError> {
    let key = new.check().map_err(WelcomeError::Invalid)?;
    let (root, id) = (&idp.env.root, idp.env.id());
    let plain = serde_json::to_vec(&new.whom()).unwrap_or_default();
    let welcome = Welcome {
        kind: Kind::Invitation,
        email_hash: root.token_hash("welcome-address", key.as_str())?,
        sealed: root.seal(Purpose::Personal, &place(&id), &plain, idp.env.entropy.as_ref())?,
        staff: new.staff,
        groups: vec![],
        roles: new.roles.clone(),
        invited_by: own.actor.sub.clone(),
        made_at: own.now,
        hash: send::hash(root, &send::secret(root, &id)?)?,
        expires_at: own.now + model::LIFE,
        accepted_at: None,
        revoked_at: None,
        id,
    };
    let bucket = (root.token_hash("welcome-mail", key.as_str())?, model::PER_ADDRESS);
    let inviting =
        Inviting { own, new, welcome, bucket, key, job: idp.env.id(), admin_role: idp.env.settings.admin_role.clone() };
    let invited = idp.db.write(inviting, |i, mut tx| Box::pin(async move { invited(&mut tx, i).await })).await?;
    idp.outbox.wake();
    invited.map_err(WelcomeError::TooMany)
}

async fn invited(tx: &mut Tx<'_>, i: &Inviting) -> Result<Result<Welcome, Timestamp>, WelcomeError> {
    let now = i.own.now;
    may(tx, &i.own, &i.admin_role).await?;
    if people::store::by_email(tx, &i.key).await?.is_some() {
        return Err(WelcomeError::Known);
    }
    let all = people::store::groups(tx).await?;
    let mut groups = Vec::new();
    for name in &i.new.groups {
        match all.iter().find(|(_, n)| n == name) {
            Some((id, _)) => groups.push(id.clone()),
            None => return Err(WelcomeError::Invalid(vec![Wrong::at("groups", "names of groups that there are")])),
        }
    }
    if let Some(until) = limits::take(tx, &i.bucket.0, i.bucket.1, now).await? {
        return Ok(Err(until));
    }
    let welcome = Welcome { groups, ..i.welcome.clone() };
    store::insert(tx, &welcome).await?;
    let payload = serde_json::json!(Payload { welcome: welcome.id.clone() });
    let cause = format!("welcome/{}", welcome.id);
    outbox::put(tx, NewJob { id: i.job.clone(), kind: SEND, cause, payload, due_at: now, now }).await?;
    let detail = format!(
        "{}, groups {}, roles {}",
        if welcome.staff { "staff" } else { "external" },
        i.new.groups.len(),
        i.new.roles.join(" ")
    );
    i.own.note(tx, "", "invitation.made", &welcome.id, detail).await?;
    Ok(Ok(welcome))
}

/// An open invitation, with whom it is for.
#[derive(Clone, Debug)]
pub struct Open {
    /// The invitation.
    pub welcome: Welcome,
    /// Whom it is for.
    pub whom: Whom,
}

/// The invitations that wait to be accepted.
pub async fn open(idp: &Idp, tx: &mut Tx<'_>) -> Result<Vec<Open>, WelcomeError> {
    let all = store::open(tx, idp.env.now()).await?;
    all.into_iter()
        .map(|welcome| Ok(Open { whom: send::opened(&idp.env.root, &welcome.id, &welcome.sealed)?, welcome }))
        .collect()
}

/// Takes an invitation back: its link is void.
pub async fn revoke(idp: &Idp, own: Own, id: &str) -> Result<(), WelcomeError> {
    let role = idp.env.settings.admin_role.clone();
    idp.db
        .write((own, id.to_owned(), role), |(own, id, role), mut tx| {
            Box::pin(async move {
                may(&mut tx, own, role).await?;
                if !store::revoke(&mut tx, id, own.now).await? {
                    return Err(WelcomeError::NotFound);
                }
                Ok(own.note(&mut tx, "", "invitation.revoked", id, String::new()).await?)
            })
        })
        .await
}

/// That a person who asks is an administrator still; a command asks in nobody's name.
async fn may(tx: &mut Tx<'_>, own: &Own, role: &str) -> Result<(), WelcomeError> {
    match &own.actor.sub {
        Some(person) if !grants::store::has_role(tx, person, role).await? => Err(WelcomeError::Forbidden),
        _ => Ok(()),
    }
}

/// Registers someone: a mail says what is next, and nothing else tells whether the address has an account (security case 25).
pub async fn register(idp: &Idp, context: &Context, whom: Whom) -> Result<(), WelcomeError> {
    let policy = Policy::parse(&idp.env.settings.registration).filter(|p| *p != Policy::Off).ok_or(WelcomeError::Off)?;
    let whom = Whom { email: whom.email.trim().to_owned(), name: whom.name.trim().to_owned(), ..whom };
    let key = whom.check().map_err(WelcomeError::Invalid)?;
    if !policy.allows(&key) {
        return Err(WelcomeError::Invalid(vec![Wrong::at("domain", "an address at one of the allowed domains")]));
    }
    let (root, id, now) = (&idp.env.root, idp.env.id(), idp.env.now());
    let plain = serde_json::to_vec(&whom).unwrap_or_default();
    let sealed = root.seal(Purpose::Personal, &place(&id), &plain, idp.env.entropy.as_ref())?;
    let buckets: [(String, Limit); 2] = [
        (root.token_hash("register-network", &context.network())?, model::PER_NETWORK),
        (root.token_hash("welcome-mail", key.as_str())?, model::PER_ADDRESS),
    ];
    let payload = serde_json::json!(Registering { sealed });
    let job = NewJob { id, kind: REGISTER, cause: "registration".into(), payload, due_at: now, now };
    let limited = idp
        .db
        .write((buckets, job, now), |(buckets, job, now), mut tx| {
            Box::pin(async move {
                let until = limits::take_each(&mut tx, buckets, *now).await?;
                if until.is_none() {
                    outbox::put(&mut tx, job.clone()).await?;
                }
                Ok::<_, DbError>(until)
            })
        })
        .await?;
    idp.outbox.wake();
    match limited {
        None => Ok(()),
        Some(until) => Err(WelcomeError::TooMany(until)),
    }
}
