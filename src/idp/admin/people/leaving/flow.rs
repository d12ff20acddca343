//! Closing, opening, handing over, copying and erasing, for whoever asks.

use serde_json::Value;

use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::account::export;
use crate::idp::account::flow::{AccountError, Own};
use crate::idp::admin::flow::{AdminError, still};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::Fault;
use crate::idp::admin::people::flow::find;
use crate::idp::lifecycle::hand_over::HandedOver;
use crate::idp::lifecycle::{By, LifecycleError, close, erase, hand_over};
use crate::idp::people::{self, EmailKey};

impl From<LifecycleError> for AdminError {
    fn from(e: LifecycleError) -> Self {
        match e {
            LifecycleError::NotFound => Self::NotFound,
            LifecycleError::Forbidden => Self::Forbidden,
            LifecycleError::Conflict(key) => Self::Refused(key),
            LifecycleError::Db(e) => Self::Db(e),
            LifecycleError::Audit(e) => Self::Audit(e),
        }
    }
}

/// Closes an account: everything that it holds ends, everywhere.
pub async fn disable(idp: &Idp, asking: &Asking, id: &str) -> Result<Taken, AdminError> {
    Ok(close::disable(idp, By::asked(idp, id, asking)).await?)
}

/// Opens it again, empty.
pub async fn enable(idp: &Idp, asking: &Asking, id: &str) -> Result<(), AdminError> {
    Ok(close::enable(idp, By::asked(idp, id, asking)).await?)
}

/// Hands someone's work over to `to` (an address or id), and closes his account if that is wished.
pub async fn hand(idp: &Idp, asking: &Asking, id: &str, to: &str, close: bool) -> Result<(HandedOver, Taken), AdminError> {
    let wrong = |key| AdminError::Invalid(vec![Fault::at("to", key)]);
    let successor = {
        let mut snapshot = idp.db.snapshot().await?;
        find(&mut snapshot.tx(), to).await?.filter(|p| p.active).ok_or_else(|| wrong("admin-wrong-person"))?
    };
    match hand_over::hand_over(idp, By::asked(idp, id, asking), &successor.id, close).await {
        Err(LifecycleError::Conflict(key)) if key.starts_with("admin-wrong-") => Err(wrong(key)),
        done => Ok(done?),
    }
}

/// Everything that is kept about someone, as he could have it himself.
pub async fn copy(idp: &Idp, asking: &Asking, id: &str) -> Result<Value, AdminError> {
    let own = Own::new(idp, id, asking.actor.clone());
    {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        still(&mut tx, asking, own.now).await?;
        people::store::living(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    }
    export::of(idp, own).await.map_err(|e| match e {
        AccountError::Db(e) => AdminError::Db(e),
        AccountError::Audit(e) => AdminError::Audit(e),
        AccountError::NotFound | AccountError::Invalid(_) => AdminError::NotFound,
    })
}

/// Erases someone whose account is closed; the copy, once. `address` is what was typed to show that he is meant, where that is asked.
pub async fn forget(idp: &Idp, asking: &Asking, id: &str, address: Option<&str>) -> Result<Value, AdminError> {
    if let Some(typed) = address {
        let mut snapshot = idp.db.snapshot().await?;
        let person = people::store::living(&mut snapshot.tx(), id).await?.ok_or(AdminError::NotFound)?;
        let (typed, own) = (EmailKey::parse(typed), EmailKey::parse(&person.email));
        if typed.is_none() || typed != own {
            return Err(AdminError::Invalid(vec![Fault::at("address", "admin-wrong-confirm")]));
        }
    }
    Ok(erase::erase(idp, By::asked(idp, id, asking)).await?)
}
