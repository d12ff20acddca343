//! Listing keys, having the next ones made, and taking one out of use.

use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, still};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::Fault;
use crate::idp::keyring::flow::{self, Listed, Rotation};
use crate::idp::keyring::{KeyringError, Use};
use crate::idp::{Idp, feed};
use crate::kernel::jose::Alg;

impl From<KeyringError> for AdminError {
    fn from(e: KeyringError) -> Self {
        match e {
            KeyringError::Db(e) => Self::Db(e),
            KeyringError::Unknown(_) => Self::NotFound,
            KeyringError::Forbidden => Self::Forbidden,
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Every key, by use and algorithm, as the rows are now.
pub async fn list(idp: &Idp) -> Result<Vec<Listed>, AdminError> {
    idp.keyring.look().await?;
    Ok(flow::list(&idp.keyring))
}

/// Makes next keys for a use, of one algorithm or of each that there is; `at_once` they sign now. Those that were made or hastened.
pub async fn rotate(idp: &Idp, asking: &Asking, purpose: &str, alg: &str, at_once: bool) -> Result<Vec<Listed>, AdminError> {
    let mut faults = Vec::new();
    let purpose = Use::from_name(purpose);
    faults.extend(purpose.is_none().then(|| Fault::at("purpose", "admin-wrong-purpose")));
    let alg = if alg.is_empty() { Some(None) } else { Alg::from_name(alg).map(Some) };
    faults.extend(alg.is_none().then(|| Fault::at("alg", "admin-wrong-alg")));
    let (Some(purpose), Some(alg)) = (purpose, alg) else { return Err(AdminError::Invalid(faults)) };
    still(&mut idp.db.snapshot().await?.tx(), asking, idp.env.now()).await?;
    let made = flow::rotate(&idp.keyring, Rotation { purpose, alg, at_once }, &asking.actor).await?;
    if made.is_empty() {
        return Err(AdminError::Refused("admin-refused-keys-wait"));
    }
    Ok(flow::list(&idp.keyring).into_iter().filter(|k| made.contains(&k.kid)).collect())
}

/// Takes a key out of use at once; the one that signs instead, and who knows.
pub async fn withdraw(idp: &Idp, asking: &Asking, kid: &str) -> Result<(String, Taken), AdminError> {
    still(&mut idp.db.snapshot().await?.tx(), asking, idp.env.now()).await?;
    let next = flow::withdraw(&idp.keyring, kid, &asking.actor).await?;
    let head = feed::store::head_now(&idp.db).await?;
    Ok((next, feed::settle(idp, head.position).await?))
}
