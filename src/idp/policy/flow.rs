//! Asking the policies, and setting them.

use super::model::{Asked, Lack, Rules, Scope};
use super::{devices, store};
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::own::RECORD_STORE;
use crate::idp::sessions::{self, Session};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// What is asked of a person at an application; without one, at this provider's own pages.
pub async fn asked(tx: &mut Tx<'_>, person: &str, client: Option<&str>) -> Result<Asked, DbError> {
    let asked = Asked::strictest(&store::applying(tx, person, client).await?);
    // The record store takes nothing less, whatever a policy says.
    let floor = (client == Some(RECORD_STORE)).then_some(Assurance::PasswordMail);
    Ok(asked.at_least(floor))
}

/// What a session lacks for `asked`.
pub async fn lack(
    tx: &mut Tx<'_>,
    asked: &Asked,
    session: &Session,
    now: Timestamp,
    offline: bool,
) -> Result<Option<Lack>, DbError> {
    let results = sessions::store::results(tx, &session.id).await?;
    Ok(asked.lack(&results, session.auth_at, now, offline))
}

/// Who sets a policy, and when.
#[derive(Clone, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// The id of the audit entry.
    pub audit_id: String,
    /// When.
    pub now: Timestamp,
}

/// Sets the policy for a scope, or takes it away by rules that say nothing; whether that changed anything. What stands and
/// doesn't meet it any more ends at its next use: everything that is issued asks again.
pub async fn set(tx: &mut Tx<'_>, scope: &Scope, rules: &Rules, by: &By) -> Result<bool, DbError> {
    let before = store::of(tx, scope).await?;
    if before == *rules {
        return Ok(false);
    }
    store::set(tx, scope, rules, by.now).await?;
    let (kind, id) = scope.columns();
    let entry = audit::Entry {
        id: by.audit_id.clone(),
        at: by.now,
        actor: by.actor.clone(),
        action: "policy.set",
        target: Some(if id.is_empty() { kind.to_owned() } else { format!("{kind}:{id}") }),
        outcome: "ok",
        detail: super::form::PolicyForm::of(scope, rules, id).to_json(),
    };
    audit::record(tx, &entry).await?;
    Ok(true)
}

struct Forgetting {
    person: String,
    device: String,
    by: By,
}

/// Forgets one of a person's remembered devices; false when it isn't one.
pub async fn forget_device(idp: &Idp, person: &str, device: &str, actor: Actor) -> Result<bool, DbError> {
    let by = By { actor, audit_id: idp.env.id(), now: idp.env.now() };
    let input = Forgetting { person: person.to_owned(), device: device.to_owned(), by };
    idp.db
        .write(input, |f, mut tx| {
            Box::pin(async move {
                if !devices::end(&mut tx, &f.person, &f.device, f.by.now).await? {
                    return Ok(false);
                }
                let entry = audit::Entry {
                    id: f.by.audit_id.clone(),
                    at: f.by.now,
                    actor: f.by.actor.clone(),
                    action: "device.forgotten",
                    target: Some(f.device.clone()),
                    outcome: "ok",
                    detail: String::new(),
                };
                audit::record(&mut tx, &entry).await?;
                Ok::<_, DbError>(true)
            })
        })
        .await
}
