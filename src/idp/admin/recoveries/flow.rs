//! The list of who waits, asking for someone, and deciding.

use crate::idp::Idp;
use crate::idp::account::flow::Own;
use crate::idp::admin::flow::{AdminError, still};
use crate::idp::admin::gate::{Asking, By};
use crate::idp::admin::model::Fault;
use crate::idp::people;
use crate::idp::recovery::decide::{self, Waiting};
use crate::idp::recovery::flow::RecoveryError;
use crate::idp::recovery::model::{REASON, Scope};

impl From<RecoveryError> for AdminError {
    fn from(e: RecoveryError) -> Self {
        match e {
            RecoveryError::Db(e) => Self::Db(e),
            RecoveryError::Root(e) => Self::Root(e),
            RecoveryError::Forbidden => Self::Refused("admin-recovery-other"),
            // Decided, used or expired meanwhile.
            _ => Self::NotFound,
        }
    }
}

/// Who acts; none for a command.
fn administrator(asking: &Asking) -> Option<&str> {
    asking.actor.sub.as_deref().filter(|_| !matches!(asking.by, By::Command))
}

/// What waits for a decision.
pub async fn waiting(idp: &Idp) -> Result<Vec<Waiting>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(decide::waiting(idp, &mut snapshot.tx()).await?)
}

/// Asks for someone; another administrator is to decide. The request's id.
pub async fn ask(idp: &Idp, asking: &Asking, person: &str, scope: &str, reason: &str) -> Result<String, AdminError> {
    let mut faults = Vec::new();
    let scope = Scope::from_name(scope);
    faults.extend(scope.is_none().then(|| Fault::at("scope", "admin-wrong-scope")));
    let long = reason.trim().is_empty() || reason.trim().chars().count() > REASON;
    faults.extend(long.then(|| Fault::at("reason", "admin-wrong-reason")));
    let (Some(scope), true) = (scope, faults.is_empty()) else { return Err(AdminError::Invalid(faults)) };
    let own = Own::new(idp, person, asking.actor.clone());
    {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        still(&mut tx, asking, own.now).await?;
        let person = people::store::living(&mut tx, person).await?.ok_or(AdminError::NotFound)?;
        if !person.active {
            return Err(AdminError::Refused("admin-refused-disabled"));
        }
    }
    if administrator(asking) == Some(person) {
        return Err(AdminError::Refused("admin-refused-own"));
    }
    Ok(decide::open(idp, own, administrator(asking), scope, reason).await?)
}

/// Approves or refuses.
pub async fn decided(idp: &Idp, asking: &Asking, id: &str, yes: bool) -> Result<(), AdminError> {
    still(&mut idp.db.snapshot().await?.tx(), asking, idp.env.now()).await?;
    Ok(decide::decide(idp, asking.actor.clone(), administrator(asking), id, yes).await?)
}
