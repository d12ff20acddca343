//! Asking administrators, and their decision.

use super::flow::{RecoveryError, read};
use super::model::{self, Recovery, Scope, Step};
use super::send::{self, ASKED, Asked, DECIDED, Decided};
use super::store;
use crate::idp::account::flow::Own;
use crate::idp::{Idp, people};
use crate::kernel::audit::Actor;
use crate::kernel::db::Tx;
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, NewJob};

struct Asking {
    hash: String,
    scope: Scope,
    reason: Option<String>,
    own: Own,
    admin_role: String,
    jobs: String,
}

/// Asks the administrators for a link's owner. `reason` is shown to them alone.
pub async fn ask(idp: &Idp, context: &Context, token: &str, scope: Scope, reason: &str) -> Result<(), RecoveryError> {
    let reason: String = reason.trim().chars().filter(|c| *c != '\0').take(model::REASON).collect();
    let asking = Asking {
        hash: send::hash(&idp.env.root, token)?,
        scope,
        reason: Some(reason).filter(|r| !r.is_empty()),
        own: Own::new(idp, "", Actor::on(context)),
        admin_role: idp.env.settings.admin_role.clone(),
        jobs: idp.env.id(),
    };
    idp.db.write(asking, |a, mut tx| Box::pin(async move { asked(&mut tx, a).await })).await?;
    idp.outbox.wake();
    Ok(())
}

async fn asked(tx: &mut Tx<'_>, a: &Asking) -> Result<(), RecoveryError> {
    let now = a.own.now;
    let seen = read(tx, &a.hash, now).await?;
    if seen.step != Step::Prove {
        return Err(RecoveryError::Otherwise);
    }
    let id = &seen.recovery.id;
    if !store::wait(tx, id, a.scope, a.reason.as_deref(), now + model::WAITS, now).await? {
        return Err(RecoveryError::Otherwise);
    }
    a.own.note(tx, "", "recovery.waits", &seen.person.id, a.scope.as_str().to_owned()).await?;
    tell(tx, &a.admin_role, &a.jobs, id, &seen.person.id, None, a.own.now).await
}

/// Tells every administrator who may decide.
async fn tell(
    tx: &mut Tx<'_>,
    role: &str,
    jobs: &str,
    recovery: &str,
    person: &str,
    asked_by: Option<&str>,
    now: crate::kernel::clock::Timestamp,
) -> Result<(), RecoveryError> {
    for administrator in people::store::holders_of(tx, role).await? {
        if administrator == person || asked_by == Some(administrator.as_str()) {
            continue;
        }
        let payload = serde_json::json!(Asked { recovery: recovery.to_owned(), administrator: administrator.clone() });
        let (id, cause) = (format!("{jobs}-{administrator}"), format!("recovery/{recovery}"));
        outbox::put(tx, NewJob { id, kind: ASKED, cause, payload, due_at: now, now }).await?;
    }
    Ok(())
}

struct Opening {
    recovery: Recovery,
    hash: String,
    own: Own,
    admin_role: String,
    jobs: String,
}

/// An administrator asks for someone; another one is to decide. `administrator` is none for the operator of the command line.
pub async fn open(idp: &Idp, own: Own, administrator: Option<&str>, scope: Scope, reason: &str) -> Result<String, RecoveryError> {
    let (id, now) = (idp.env.id(), own.now);
    let reason: String = reason.trim().chars().filter(|c| *c != '\0').take(model::REASON).collect();
    let hash = send::hash(&idp.env.root, &send::secret(&idp.env.root, &id)?)?;
    let recovery = Recovery {
        id: id.clone(),
        person: own.person.clone(),
        scope,
        asked_by: administrator.map(str::to_owned),
        reason: Some(reason).filter(|r| !r.is_empty()),
        asked_at: now,
        expires_at: now + model::WAITS,
        waits_at: Some(now),
        sends: 0,
        sent_at: None,
        tries: 0,
        proven_at: None,
        decided_at: None,
        refused: false,
        used_at: None,
    };
    let opening = Opening { recovery, hash, own, admin_role: idp.env.settings.admin_role.clone(), jobs: idp.env.id() };
    idp.db
        .write(opening, |o, mut tx| {
            Box::pin(async move {
                let r = &o.recovery;
                let administrators = people::store::holders_of(&mut tx, &o.admin_role).await?;
                if r.asked_by.as_ref().is_some_and(|by| !administrators.contains(by)) {
                    return Err(RecoveryError::Forbidden);
                }
                people::store::by_id(&mut tx, &r.person).await?.filter(|p| p.active).ok_or(RecoveryError::Void)?;
                store::insert(&mut tx, r, &o.hash).await?;
                o.own.note(&mut tx, "", "recovery.asked", &r.person, r.scope.as_str().to_owned()).await?;
                tell(&mut tx, &o.admin_role, &o.jobs, &r.id, &r.person, r.asked_by.as_deref(), r.asked_at).await
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(id)
}

/// A request that waits, with whose it is.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The request.
    pub recovery: Recovery,
    /// Name and address of the person.
    pub person: (String, String),
    /// The name of the administrator who asked, if one did.
    pub asked_by: Option<String>,
}

/// What waits for an administrator.
pub async fn waiting(idp: &Idp, tx: &mut Tx<'_>) -> Result<Vec<Waiting>, RecoveryError> {
    let mut out = Vec::new();
    for recovery in store::waiting(tx, idp.env.now()).await? {
        let Some(person) = people::store::by_id(tx, &recovery.person).await? else { continue };
        let asked_by = match &recovery.asked_by {
            Some(id) => people::store::by_id(tx, id).await?.map(|p| p.name),
            None => None,
        };
        out.push(Waiting { person: (person.name, person.email), asked_by, recovery });
    }
    Ok(out)
}

struct Deciding {
    id: String,
    administrator: Option<String>,
    approve: bool,
    own: Own,
    admin_role: String,
    job: String,
}

/// Approves or refuses. `administrator` is none for the operator of the command line.
pub async fn decide(idp: &Idp, actor: Actor, administrator: Option<&str>, id: &str, approve: bool) -> Result<(), RecoveryError> {
    let deciding = Deciding {
        id: id.to_owned(),
        administrator: administrator.map(str::to_owned),
        approve,
        own: Own::new(idp, "", actor),
        admin_role: idp.env.settings.admin_role.clone(),
        job: idp.env.id(),
    };
    idp.db.write(deciding, |d, mut tx| Box::pin(async move { decided(&mut tx, d).await })).await?;
    idp.outbox.wake();
    Ok(())
}

async fn decided(tx: &mut Tx<'_>, d: &Deciding) -> Result<(), RecoveryError> {
    let now = d.own.now;
    let recovery = store::by_id(tx, &d.id).await?.filter(|r| r.is_waiting(now)).ok_or(RecoveryError::Void)?;
    let by = d.administrator.as_deref();
    let is_administrator = match by {
        Some(by) => people::store::holders_of(tx, &d.admin_role).await?.iter().any(|a| a == by),
        None => true,
    };
    if !is_administrator || !recovery.may_be_decided_by(by) {
        return Err(RecoveryError::Forbidden);
    }
    if !store::decide(tx, &recovery.id, by, !d.approve, now + model::WAITS, now).await? {
        return Err(RecoveryError::Void);
    }
    let action = if d.approve { "recovery.approved" } else { "recovery.refused" };
    d.own.note(tx, "", action, &recovery.person, recovery.scope.as_str().to_owned()).await?;
    let payload = serde_json::json!(Decided { recovery: recovery.id.clone() });
    let cause = format!("recovery/{}", recovery.id);
    outbox::put(tx, NewJob { id: d.job.clone(), kind: DECIDED, cause, payload, due_at: now, now }).await?;
    Ok(())
}
