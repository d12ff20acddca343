//! The jobs of pending changes: having a challenge made, applying what is confirmed, reporting how it ended. Each may run
//! any number of times, at the same time too.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::types::Json;

use super::begin::LATER;
use super::model::{PendingError, Reason, Standing};
use super::store::receipts::ReceiptRow;
use super::store::{self, Row};
use super::{apply, client::CallError};
use crate::contract::challenge::{ChallengeState, ReceiptAnswer, Report};
use crate::crm::Crm;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::jose::{Disclosure, SdJwt};
use crate::kernel::outbox::{self, Job, JobError, NewJob, Worker};

const CREATE: &str = "challenge.create";
const APPLY: &str = "pending.apply";
const REPORT: &str = "pending.report";

#[derive(Serialize, Deserialize)]
struct Payload {
    pending: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

/// The handlers of these jobs.
pub fn handlers(crm: &Arc<Crm>, worker: Worker) -> Worker {
    let (a, b, c) = (Arc::clone(crm), Arc::clone(crm), Arc::clone(crm));
    worker
        .handle(CREATE, move |job: Job| {
            let crm = Arc::clone(&a);
            async move {
                let p: Payload = job.read()?;
                let rule = p.rule.ok_or_else(|| JobError::Dead("it names no rule".into()))?;
                create(&crm, &p.pending, &rule).await.map_err(job_error)
            }
        })
        .handle(APPLY, move |job: Job| {
            let crm = Arc::clone(&b);
            async move {
                let p: Payload = job.read()?;
                apply::apply(&crm, &p.pending).await.map(drop).map_err(job_error)
            }
        })
        .handle(REPORT, move |job: Job| {
            let crm = Arc::clone(&c);
            async move {
                let p: Payload = job.read()?;
                // What was applied must get its receipt, and the provider must learn what is void: never given up.
                report(&crm, &p.pending).await.map_err(|e| JobError::Retry(e.to_string()))
            }
        })
}

fn job_error(e: PendingError) -> JobError {
    match e {
        PendingError::Db(e) => e.into(),
        PendingError::Call(e) if !e.is_temporary() => JobError::Dead(e.to_string()),
        PendingError::Call(e) if e.retry_after().is_some() => {
            JobError::Later { why: e.to_string(), after: e.retry_after().unwrap_or_default() }
        }
        e => JobError::Retry(e.to_string()),
    }
}

async fn put(tx: &mut Tx<'_>, id: &str, kind: &'static str, p: Payload, now: Timestamp, wait: Duration) -> Result<(), DbError> {
    let job = NewJob {
        id: id.to_owned(),
        kind,
        cause: format!("pending change {}", p.pending),
        payload: json!(p),
        due_at: now + wait,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

pub(super) async fn put_create(tx: &mut Tx<'_>, id: &str, pending: &str, rule: &str, now: Timestamp) -> Result<(), DbError> {
    let p = Payload { pending: pending.to_owned(), rule: Some(rule.to_owned()) };
    put(tx, id, CREATE, p, now, LATER).await
}

/// One per pending change: the id is made of it.
pub(super) async fn put_apply(tx: &mut Tx<'_>, pending: &str, now: Timestamp) -> Result<(), DbError> {
    put(tx, &format!("{pending}.apply"), APPLY, Payload { pending: pending.to_owned(), rule: None }, now, LATER).await
}

pub(super) async fn put_report(tx: &mut Tx<'_>, id: &str, pending: &str, now: Timestamp) -> Result<(), DbError> {
    put(tx, id, REPORT, Payload { pending: pending.to_owned(), rule: None }, now, LATER).await
}

/// Has the challenge of one rule made, unless it is there or the change no longer waits.
pub async fn create(crm: &Arc<Crm>, pending: &str, rule: &str) -> Result<(), PendingError> {
    let Some((row, asks)) = store::load(&crm.db, pending).await? else { return Ok(()) };
    let Some(ask) = asks.into_iter().find(|a| a.rule == rule) else { return Ok(()) };
    let Some(Json(request)) = ask.request else { return Ok(()) };
    if row.standing() != Standing::Waiting || ask.challenge_id.is_some() {
        return Ok(());
    }
    match crm.challenges.create(&request).await {
        Ok(state) => made(crm, &row.id, rule, state).await,
        Err(e) if e.is_temporary() => Err(e.into()),
        Err(e) => {
            tracing::error!(error = %e, pending, rule, "a challenge was refused");
            let reason = if e.status() == Some(403) { Reason::Forbidden } else { Reason::Failed };
            apply::void(crm, pending, reason, None).await.map(drop)
        }
    }
}

/// Keeps the challenge. If the change was given up while it was being made, the provider is told once more: the first time
/// there was nothing yet to give up.
async fn made(crm: &Arc<Crm>, pending: &str, rule: &str, state: ChallengeState) -> Result<(), PendingError> {
    let data = (pending.to_owned(), rule.to_owned(), state, crm.env.id(), crm.env.now());
    let late = crm
        .db
        .write(data, |(pending, rule, state, job, now), mut tx| {
            Box::pin(async move {
                store::stand(&mut tx, pending, rule, state).await?;
                let void = store::find(&mut tx, pending).await?.is_some_and(|r| r.standing() == Standing::Void);
                if void {
                    put_report(&mut tx, job, pending, *now).await?;
                }
                Ok::<_, DbError>(void)
            })
        })
        .await?;
    if late {
        crm.outbox.wake();
    }
    Ok(())
}

/// Tells the provider how a change ended, and keeps the receipt that an applied one gets.
pub async fn report(crm: &Arc<Crm>, pending: &str) -> Result<(), PendingError> {
    let Some((row, _)) = store::load(&crm.db, pending).await? else { return Ok(()) };
    let report = match row.standing() {
        Standing::Waiting | Standing::Confirmed => return Ok(()),
        Standing::Applied if row.reported_at.is_some() => return Ok(()),
        Standing::Applied => {
            Report::Applied { applied_at: Timestamp(row.ended_at.unwrap_or_default()), digest: row.digest.clone() }
        }
        Standing::Void => Report::Void { reason: row.why().wire() },
    };
    let answer = match crm.challenges.report(pending, &report).await {
        Ok(answer) => answer,
        // It ended before a challenge was made of it.
        Err(CallError::Refused { status: 404, .. }) if row.standing() == Standing::Void => return done(crm, row, None).await,
        Err(e) => return Err(e.into()),
    };
    if row.standing() == Standing::Void {
        return done(crm, row, None).await;
    }
    let receipt = answer.receipt.ok_or_else(|| CallError::Unreachable("it has no receipt yet".into()))?;
    let receipt = kept(crm, &row, receipt).await?;
    done(crm, row, Some(receipt)).await
}

async fn done(crm: &Arc<Crm>, row: Row, receipt: Option<ReceiptRow>) -> Result<(), PendingError> {
    crm.db
        .write((row.id, receipt, crm.env.now()), |(pending, receipt, now), mut tx| {
            Box::pin(async move {
                if let Some(receipt) = receipt {
                    store::receipts::put(&mut tx, receipt).await?;
                }
                store::reported(&mut tx, pending, *now).await
            })
        })
        .await?;
    Ok(())
}

/// The receipt as it is kept: with the disclosures of the fields, which only the record store has, after making sure that
/// it is signed by a published key and of this very change.
async fn kept(crm: &Arc<Crm>, row: &Row, answer: ReceiptAnswer) -> Result<ReceiptRow, PendingError> {
    let Some((_, asks)) = store::load(&crm.db, &row.id).await? else { return Err(PendingError::NotFound) };
    let mut sd_jwt = SdJwt::parse(&answer.receipt)?;
    let verified = crm.challenges.verified(&sd_jwt).await?;
    let claims = verified.claims();
    let own = row.disclosures.as_ref().map_or(&[][..], |d| d.0.as_slice());
    let own = own.iter().map(|d| Disclosure::parse(d)).collect::<Result<Vec<_>, _>>()?;
    let all_there = own.iter().all(|d| claims.changes.digests().contains(&d.digest()));
    let record = claims.record.id == row.record_id && claims.record.module.as_str() == row.module;
    let itself = claims.jti == answer.id && claims.sequence == answer.sequence && verified.hash() == answer.hash;
    if !itself || claims.change != row.id || !record || !all_there || claims.changes.digests().len() != own.len() {
        return Err(CallError::Unreachable("the receipt is of something else".into()).into());
    }
    sd_jwt.disclosures.extend(own);
    let first = asks.first();
    let confirmed_at = asks.iter().filter_map(|a| a.confirmation.as_ref().map(|c| c.at.0)).max();
    Ok(ReceiptRow {
        id: answer.id,
        pending_id: row.id.clone(),
        module: row.module.clone(),
        record_id: row.record_id.clone(),
        version: row.applied_version.unwrap_or_default(),
        sequence: i64::try_from(answer.sequence).unwrap_or(i64::MAX),
        hash: answer.hash,
        sd_jwt: sd_jwt.to_string(),
        url: answer.url,
        issued_at: answer.issued_at.0,
        confirmed_at: confirmed_at.unwrap_or(answer.issued_at.0),
        confirmed_by: asks.iter().map(|a| a.masked.as_str()).collect::<Vec<_>>().join(", "),
        channel: first.and_then(|a| a.standing.as_ref()).map_or_else(|| "mail".into(), |s| s.channel.as_str().to_owned()),
    })
}
