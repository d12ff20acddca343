//! What the record store reports of a pending change, and the receipt that follows from it.

use std::sync::Arc;

use super::store::{self, Stored};
use crate::contract::challenge::{ReceiptAnswer, Report, ReportAnswer, State, VoidReason};
use crate::contract::receipt::{self, Concealed, Receipt, ReceiptClaims, SdAlg};
use crate::idp::Idp;
use crate::idp::challenges::flow::{ChallengeError, masked, voided};
use crate::idp::challenges::model::{Challenge, Phase};
use crate::idp::challenges::store as challenges;
use crate::idp::keyring::{Held, Use};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::jose::{Alg, Disclosure, SdJwt};
use crate::kernel::root::{RootError, RootKey};

struct Input {
    client: String,
    pending: String,
    issuer: String,
    instance: String,
    page: String,
    held: Arc<Held>,
    root: Arc<RootKey>,
    id: String,
    /// One id for each audit entry; there are no more rules than this on one change.
    audit_ids: Vec<String>,
    actor: Actor,
    now: Timestamp,
}

/// Rules on one pending change.
const RULES: usize = 32;

/// Takes a report. One that says the same again gets the same answer; one that contradicts is refused.
pub async fn report(
    idp: &Idp,
    client: &str,
    pending: &str,
    report: Report,
    actor: Actor,
) -> Result<ReportAnswer, ChallengeError> {
    let input = Input {
        client: client.to_owned(),
        pending: pending.to_owned(),
        issuer: idp.issuer().to_owned(),
        instance: idp.instance.clone(),
        page: idp.env.settings.idp_url.at("/receipts/"),
        held: idp.keyring.signing(Use::Receipt, Alg::EdDsa)?,
        root: Arc::clone(&idp.env.root),
        id: idp.env.id(),
        audit_ids: (0..RULES).map(|_| idp.env.id()).collect(),
        actor: actor.client(client),
        now: idp.env.now(),
    };
    idp.db
        .write((input, report), |(input, report), mut tx| {
            Box::pin(async move {
                match report {
                    Report::Void { reason } => void(&mut tx, input, *reason).await,
                    Report::Applied { applied_at, digest } => applied(&mut tx, input, *applied_at, digest).await,
                }
            })
        })
        .await
}

async fn void(tx: &mut Tx<'_>, input: &Input, reason: VoidReason) -> Result<ReportAnswer, ChallengeError> {
    let all = challenges::of_pending(tx, &input.client, &input.pending).await?;
    if all.iter().any(|c| c.phase == Phase::Applied) {
        return Err(ChallengeError::Conflict("the change was reported as applied"));
    }
    for (c, audit_id) in all.iter().filter(|c| c.phase != Phase::Void).zip(&input.audit_ids) {
        challenges::void(tx, &c.id, reason).await?;
        audit::record(tx, &voided(c, reason, audit_id, &input.actor, input.now)).await?;
    }
    Ok(ReportAnswer { state: State::Void, receipt: None })
}

async fn applied(tx: &mut Tx<'_>, input: &Input, applied_at: Timestamp, digest: &str) -> Result<ReportAnswer, ChallengeError> {
    let all = challenges::of_pending(tx, &input.client, &input.pending).await?;
    if all.iter().any(|c| c.digest != digest) {
        return Err(ChallengeError::Conflict("what was applied is not what was confirmed"));
    }
    let stored = match store::of_pending(tx, &input.client, &input.pending).await? {
        Some(there) => there,
        None => issue(tx, input, &all, applied_at).await?,
    };
    let receipt = answer(&input.root, &input.page, stored, &all)?;
    Ok(ReportAnswer { state: State::Applied, receipt: Some(receipt) })
}

/// Issues the one receipt of a change, with its place in the record's chain, and uses up every confirmation.
async fn issue(tx: &mut Tx<'_>, input: &Input, all: &[Challenge], applied_at: Timestamp) -> Result<Stored, ChallengeError> {
    let Some(first) = all.first() else { return Err(ChallengeError::NotFound) };
    if !all.iter().all(|c| c.phase == Phase::Confirmed) {
        return Err(ChallengeError::Conflict("not every challenge of this pending change is confirmed"));
    }
    let head = store::head(tx, &input.client, &first.record).await?;
    let sequence = head.as_ref().map_or(0, |(n, _)| *n).saturating_add(1);
    let actor = pairwise(&input.root, &input.client, &first.actor)?;
    let claims = ReceiptClaims {
        iss: input.issuer.clone(),
        iat: input.now.seconds(),
        jti: input.id.clone(),
        instance: input.instance.clone(),
        record: first.record.clone(),
        sequence: u64::try_from(sequence).unwrap_or(0),
        previous: head.map(|(_, hash)| hash),
        change: input.pending.clone(),
        changes: Concealed::of(first.changes.iter().cloned()),
        confirmed: all.iter().filter_map(Challenge::confirmation).collect(),
        applied_at,
        requester: actor.clone(),
        actor,
        sd_alg: SdAlg::Sha256,
    };
    // Ed25519 is deterministic, so that running again signs the same bytes. What is stored was verified once.
    let signed = receipt::issue(&input.held.key, &claims, vec![])?;
    let verified = Receipt::verify(&signed, &input.issuer, &input.held.key.key_set()?)?;
    let stored = Stored {
        id: input.id.clone(),
        client_id: input.client.clone(),
        pending: input.pending.clone(),
        module: first.record.module.to_string(),
        record_id: first.record.id.clone(),
        sequence,
        hash: verified.hash().to_owned(),
        jwt: signed.jwt,
        digest: first.digest.clone(),
        issued_at: input.now.0,
        checkpoint: None,
    };
    let inserted = store::insert(tx, &stored).await?;
    let used = challenges::apply(tx, &input.client, &input.pending, &stored.id).await?;
    if !inserted || used != all.len() as u64 {
        return Err(ChallengeError::Conflict("another report is being taken at this moment; report again"));
    }
    let entry = audit::Entry {
        id: input.audit_ids.first().cloned().unwrap_or_default(),
        at: input.now,
        actor: input.actor.clone().person(&first.actor),
        action: "receipt.issued",
        target: Some(stored.id.clone()),
        outcome: "ok",
        detail: format!("{}/{} number {}", stored.module, stored.record_id, stored.sequence),
    };
    audit::record(tx, &entry).await?;
    Ok(stored)
}

/// A person in receipts for one client: the same in all of them, and telling nothing to anyone else.
fn pairwise(root: &RootKey, client: &str, sub: &str) -> Result<String, RootError> {
    root.token_hash("receipt-person", &format!("{client}/{sub}"))
}

/// A receipt with the disclosures that the provider still holds.
fn answer(root: &RootKey, page: &str, stored: Stored, all: &[Challenge]) -> Result<ReceiptAnswer, ChallengeError> {
    let mut disclosures = Vec::new();
    for c in all {
        if let Some(m) = masked(root, c)? {
            disclosures.push(Disclosure::parse(&m.disclosure)?);
        }
    }
    let receipt = SdJwt { jwt: stored.jwt, disclosures };
    Ok(ReceiptAnswer {
        url: format!("{page}{}", stored.id),
        sequence: u64::try_from(stored.sequence).unwrap_or(0),
        hash: stored.hash,
        receipt: receipt.to_string(),
        issued_at: Timestamp(stored.issued_at),
        id: stored.id,
    })
}

/// A receipt of this client's records.
pub async fn receipt(idp: &Idp, client: &str, id: &str) -> Result<ReceiptAnswer, ChallengeError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let stored = store::by_id(&mut tx, id).await?.filter(|r| r.client_id == client).ok_or(ChallengeError::NotFound)?;
    let all = challenges::of_pending(&mut tx, client, &stored.pending).await?;
    answer(&idp.env.root, &idp.env.settings.idp_url.at("/receipts/"), stored, &all)
}

/// An error of storage for a row that doesn't verify.
pub(super) fn unsound(id: &str, why: impl std::fmt::Display) -> DbError {
    DbError::BadRow { table: "receipts", column: "jwt", id: id.to_owned(), why: why.to_string() }
}
