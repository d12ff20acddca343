//! Closing an account and opening it again.

use crate::contract::access::Taken;
use crate::idp::account::flow::{Own, revoke};
use crate::idp::admin::flow::{AdminError, still};
use crate::idp::admin::gate::{self, Asking};
use crate::idp::feed::Gone;
use crate::idp::oidc::backchannel::Told;
use crate::idp::people::Person;
use crate::idp::{Idp, address, devices, feed, links, oidc, people, recovery, sessions};
use crate::kernel::audit::{Actor, AuditError};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};

/// Why something was not done; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// There is no such person, or nothing of him is left.
    #[error("there is no such person")]
    NotFound,
    /// Who asks is no administrator, or none any more.
    #[error("only an administrator does that")]
    Forbidden,
    /// It contradicts what is there: the key of the text that says how.
    #[error("refused: {0}")]
    Conflict(&'static str),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The audit log can't be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl From<AdminError> for LifecycleError {
    fn from(e: AdminError) -> Self {
        match e {
            AdminError::Db(e) => Self::Db(e),
            AdminError::Audit(e) => Self::Audit(e),
            _ => Self::Forbidden,
        }
    }
}

/// Who does it to whom.
#[derive(Clone, Debug)]
pub struct By {
    /// Whose account, as the audit log has it, and when.
    pub own: Own,
    /// The administrator; none for the operator of the command line.
    pub administrator: Option<String>,
    /// The role that makes one.
    pub admin_role: String,
    /// What he asks with; asked again in the transaction.
    pub asking: Option<Asking>,
}

impl By {
    /// An administrator, or the operator, now.
    pub fn new(idp: &Idp, person: &str, actor: Actor, administrator: Option<&str>) -> Self {
        Self {
            own: Own::new(idp, person, actor),
            administrator: administrator.map(str::to_owned),
            admin_role: idp.env.settings.admin_role.clone(),
            asking: None,
        }
    }

    /// Whoever asks by page, API or command, now.
    pub fn asked(idp: &Idp, person: &str, asking: &Asking) -> Self {
        let administrator = asking.actor.sub.as_deref().filter(|_| !matches!(asking.by, gate::By::Command));
        Self { asking: Some(asking.clone()), ..Self::new(idp, person, asking.actor.clone(), administrator) }
    }

    /// That who asks is an administrator still, and not the person himself; the person.
    pub(super) async fn may(&self, tx: &mut Tx<'_>) -> Result<Person, LifecycleError> {
        if let Some(asking) = &self.asking {
            still(tx, asking, self.own.now).await?;
        }
        let administrators = people::store::holders_of(tx, &self.admin_role).await?;
        if self.administrator.as_ref().is_some_and(|a| !administrators.contains(a)) {
            return Err(LifecycleError::Forbidden);
        }
        if self.administrator.as_deref() == Some(&*self.own.person) {
            return Err(LifecycleError::Conflict("admin-refused-own"));
        }
        people::store::living(tx, &self.own.person).await?.ok_or(LifecycleError::NotFound)
    }

    /// That somebody is left to administer when the person is gone.
    async fn not_the_last(&self, tx: &mut Tx<'_>) -> Result<(), LifecycleError> {
        let administrators = people::store::holders_of(tx, &self.admin_role).await?;
        match administrators.as_slice() {
            [only] if *only == self.own.person => Err(LifecycleError::Conflict("admin-refused-last")),
            _ => Ok(()),
        }
    }
}

/// Closes an account: everything that it holds ends, at once and everywhere (security case 29). Answers when that is known.
pub async fn disable(idp: &Idp, by: By) -> Result<Taken, LifecycleError> {
    let gone = idp
        .db
        .write_log(by, |by, mut tx| {
            Box::pin(async move {
                let person = by.may(&mut tx).await?;
                let told = if person.active { closed(&mut tx, by, &person).await? } else { Vec::new() };
                Ok::<_, LifecycleError>(Gone { position: feed::store::head(&mut tx).await?.position, told })
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(feed::settle(idp, gone).await?)
}

/// Closes an account in a transaction; the applications that are to be told.
pub(super) async fn closed(tx: &mut LogTx<'_>, by: &By, person: &Person) -> Result<Vec<Told>, LifecycleError> {
    by.not_the_last(tx).await?;
    let own = &by.own;
    let after = Person { active: false, ..person.clone() };
    people::store::update(tx, &after, own.now).await?;
    feed::append(tx, own.now, &after.entry()).await?;
    own.note(tx, "", "person.disabled", &own.person, String::new()).await?;
    ended(tx, own).await
}

/// Ends whatever opens something for a person: sessions, what was given beyond them, and every link on its way.
pub(super) async fn ended(tx: &mut LogTx<'_>, own: &Own) -> Result<Vec<Told>, LifecycleError> {
    let mut told = Vec::new();
    for session in sessions::store::live_of(tx, &own.person, own.now).await? {
        let id = format!("{}-{}", own.audit_id, session.id);
        told.extend(sessions::flow::end(tx, &session.id, &own.actor, &id, own.now).await?);
    }
    // Case 29: enabling the person again must not bring back what was given before.
    let offline = oidc::store::offline_issues_of(tx, &own.person).await?;
    told.extend(revoke(tx, own, &offline, "person disabled").await?);
    void(tx, &own.person, own.now).await?;
    Ok(told)
}

/// Ends what would open something for a person later: sign-ins under way, remembered devices, links on their way.
pub(in crate::idp) async fn void(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<(), DbError> {
    people::store::void_signins(tx, person, now).await?;
    links::store::void_of(tx, person, now).await?;
    address::store::void_of(tx, person, now).await?;
    recovery::store::void_of(tx, person, now).await?;
    devices::store::forget(tx, person).await.map(drop)
}

/// Opens an account again. What it held before stays ended.
pub async fn enable(idp: &Idp, by: By) -> Result<(), LifecycleError> {
    idp.db
        .write_log(by, |by, mut tx| {
            Box::pin(async move {
                let person = by.may(&mut tx).await?;
                if person.active {
                    return Ok(());
                }
                let after = Person { active: true, ..person };
                people::store::update(&mut tx, &after, by.own.now).await?;
                feed::append(&mut tx, by.own.now, &after.entry()).await?;
                Ok(by.own.note(&mut tx, "", "person.enabled", &by.own.person, String::new()).await?)
            })
        })
        .await
}
