//! Signed checkpoints over all receipts, made at intervals and exported, so that a receipt of a retired key counts only
//! where one of its time covers it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::store;
use crate::contract::receipt::{Checkpoint, CheckpointClaims, Retirements, hash_of};
use crate::idp::Idp;
use crate::idp::challenges::flow::ChallengeError;
use crate::idp::keyring::{Held, Use};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::jose::Alg;

/// How long receipts wait for a checkpoint at most, as long as someone calls [`run`].
pub const EVERY: Duration = Duration::from_secs(3600);
/// Receipts under one checkpoint, so that the transaction stays short.
const RECEIPTS: i64 = 500;
/// Checkpoints in one answer of the export.
pub const PAGE: i64 = 100;

/// One checkpoint as exported, with the hashes that it covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The signed statement.
    pub checkpoint: String,
    /// The payload hashes of the receipts that it covers, in order.
    pub covers: Vec<String>,
}

/// A part of the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The provider.
    pub issuer: String,
    /// The last checkpoint that there is.
    pub last: u64,
    /// When receipt keys were retired, by `kid`, in milliseconds.
    pub retired: Retirements,
    /// Checkpoints in order; when the last one's number is below `last`, there are more after it.
    pub checkpoints: Vec<Exported>,
}

/// Makes checkpoints over what is new, if the last one is an hour old; how many. For the sweeper.
pub async fn run(idp: &Idp) -> Result<u64, ChallengeError> {
    let due = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let last = store::last_checkpoint(&mut tx).await?;
        last.is_none_or(|l| Timestamp(l.at) + EVERY <= idp.env.now()) && store::any_uncovered(&mut tx).await?
    };
    if due { make(idp).await } else { Ok(0) }
}

/// Makes checkpoints over what is new, now; how many.
pub async fn make(idp: &Idp) -> Result<u64, ChallengeError> {
    let mut made = 0;
    loop {
        let held = idp.keyring.signing(Use::Receipt, Alg::EdDsa)?;
        let input = Input { held, issuer: idp.issuer().to_owned(), instance: idp.instance.clone(), now: idp.env.now() };
        let covered = idp.db.write(input, |input, mut tx| Box::pin(async move { one(&mut tx, input).await })).await?;
        made += u64::from(covered > 0);
        if covered < RECEIPTS as u64 {
            return Ok(made);
        }
    }
}

struct Input {
    held: Arc<Held>,
    issuer: String,
    instance: String,
    now: Timestamp,
}

async fn one(tx: &mut Tx<'_>, input: &Input) -> Result<u64, ChallengeError> {
    let last = store::last_checkpoint(tx).await?;
    let number = last.as_ref().map_or(0, |l| l.number).saturating_add(1);
    let count = store::cover(tx, number, RECEIPTS).await?;
    if count == 0 {
        return Ok(0);
    }
    let claims = CheckpointClaims {
        iss: input.issuer.clone(),
        instance: input.instance.clone(),
        number: u64::try_from(number).unwrap_or(0),
        at: last.as_ref().map_or(input.now, |l| input.now.max(Timestamp(l.at))),
        count,
        hash: hash_of(&store::covered(tx, number).await?),
        previous: last.map(|l| l.hash),
    };
    let token = claims.sign(&input.held.key)?;
    let checkpoint = Checkpoint::verify(&token, vec![], &input.issuer, &input.held.key.key_set()?)?;
    store::insert_checkpoint(tx, number, &token, checkpoint.hash(), claims.at).await?;
    Ok(count)
}

/// Checkpoints after `number`.
pub async fn export(idp: &Idp, number: i64) -> Result<Export, ChallengeError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let last = store::last_checkpoint(&mut tx).await?.map_or(0, |l| u64::try_from(l.number).unwrap_or(0));
    let mut checkpoints = Vec::new();
    for c in store::checkpoints(&mut tx, number, PAGE).await? {
        checkpoints.push(Exported { checkpoint: c.token, covers: store::covered(&mut tx, c.number).await? });
    }
    Ok(Export { issuer: idp.issuer().to_owned(), last, retired: retired(idp), checkpoints })
}

/// When receipt keys were retired.
pub fn retired(idp: &Idp) -> Retirements {
    let all = idp.keyring.all();
    let keys = all.iter().filter(|h| h.purpose == Use::Receipt);
    keys.filter_map(|h| Some((h.key.kid().to_owned(), h.retired_at?))).collect()
}
