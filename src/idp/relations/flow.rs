//! Taking what a record store says of its relations.

use super::model::{Wrong, check};
use super::store;
use crate::contract::access::Relation;
use crate::idp::Idp;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// Why a push was not taken; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something in it does not fit.
    #[error("something does not fit")]
    Invalid(Vec<Wrong>),
}

struct Push {
    client: String,
    relations: Vec<Relation>,
    now: Timestamp,
}

/// Makes each relation as written, all or none; how many differed from what was there.
pub async fn push(idp: &Idp, client: &str, relations: Vec<Relation>) -> Result<u64, PushError> {
    let wrong = check(&relations);
    if !wrong.is_empty() {
        return Err(PushError::Invalid(wrong));
    }
    let push = Push { client: client.to_owned(), relations, now: idp.env.now() };
    idp.db.write(push, |push, mut tx| Box::pin(async move { save(&mut tx, push).await })).await
}

async fn save(tx: &mut Tx<'_>, push: &Push) -> Result<u64, PushError> {
    let mut changed = Vec::new();
    for (n, relation) in push.relations.iter().enumerate() {
        match store::by_id(tx, &relation.id).await? {
            // An id belongs to who named it first: what one record store grants must not open another's relation.
            Some(known) if known.client_id != push.client => {
                return Err(PushError::Invalid(vec![Wrong::at(
                    format!("{n}.id"),
                    "another application has a relation of this id",
                )]));
            }
            Some(known) if known.relation == *relation => {}
            Some(known) => {
                if known.relation.external_key != relation.external_key {
                    store::free_key(tx, &relation.id).await?;
                }
                changed.push((n, relation));
            }
            None => changed.push((n, relation)),
        }
    }
    for (n, relation) in &changed {
        if let Some(key) = &relation.external_key
            && store::key_taken(tx, &push.client, key, &relation.id).await?
        {
            return Err(PushError::Invalid(vec![Wrong::at(format!("{n}.external_key"), "another relation has this key")]));
        }
        store::save(tx, &push.client, relation, push.now).await?;
    }
    Ok(changed.len() as u64)
}
