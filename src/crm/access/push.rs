//! Telling the provider which relations there are: it grants on nothing that it doesn't know. Every change of one puts a job
//! in its own transaction; what was never told, or was told to a provider that has since been put back, goes in pages.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::store::{self, Row, Told};
use crate::contract::FieldKey;
use crate::contract::access::{MAX_PUSH, Relation, SCOPE_RELATIONS};
use crate::crm::Crm;
use crate::crm::auth::call::Call;
use crate::crm::modules::model::{FieldKind, Module, ModuleRole};
use crate::crm::modules::value::Value;
use crate::crm::records::model::{Changes, FieldChange, State};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::problem::chain;
use crate::kernel::outbox::{self, Job, JobError, NewJob, Worker};

const PUSH: &str = "relation.push";
/// How often it is looked whether the log is another one, and after how many looks for what was never told.
const LOOK: (Duration, u32) = (Duration::from_secs(2), 30);
/// Versions of one relation that one job follows, when it changes all the time.
const ROUNDS: usize = 5;

#[derive(Serialize, Deserialize)]
struct Payload {
    relation: String,
}

/// In the transaction that writes a record: has the provider told, if it is a relation and something changes that it knows.
pub async fn announce(tx: &mut Tx<'_>, module: &Module, after: &State, changes: &Changes, now: Timestamp) -> Result<(), DbError> {
    let known = |c: &FieldChange| {
        let parent = parent(module).is_some_and(|p| *p == c.field);
        c.field == module.title || parent || module.external_key.as_ref() == Some(&c.field)
    };
    let tells = after.version == 1 || changes.status.is_some() || changes.fields.iter().any(known);
    if module.role != Some(ModuleRole::Relation) || !tells {
        return Ok(());
    }
    let job = NewJob {
        // One for each version, also when the transaction runs again.
        id: format!("{}.{}.push", after.id, after.version),
        kind: PUSH,
        cause: format!("relation {}, version {}", after.id, after.version),
        payload: json!(Payload { relation: after.id.clone() }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

/// The handler of the job.
pub fn handlers(crm: &Arc<Crm>, worker: Worker) -> Worker {
    let crm = Arc::clone(crm);
    worker.handle(PUSH, move |job: Job| {
        let crm = Arc::clone(&crm);
        async move {
            let p: Payload = job.read()?;
            push(&crm, &p.relation).await
        }
    })
}

/// Tells the provider of one relation as it is, and again if it changed meanwhile: of two that tell at the same time, the one
/// that ends last has seen the last version.
pub async fn push(crm: &Crm, id: &str) -> Result<(), JobError> {
    for _ in 0..ROUNDS {
        let Some((relation, version)) = current(crm, id).await? else { return Ok(()) };
        tell(crm, &[relation]).await?;
        told(crm, vec![(id.to_owned(), version)]).await?;
        if current(crm, id).await?.is_none_or(|(_, v)| v == version) {
            return Ok(());
        }
    }
    Err(JobError::Retry("the relation goes on changing".into()))
}

async fn current(crm: &Crm, id: &str) -> Result<Option<(Relation, i64)>, DbError> {
    let mut snapshot = crm.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some((module, row)) = store::relation(&mut tx, id).await? else { return Ok(None) };
    let catalogue = crm.records.catalogues.current(&mut tx).await?;
    let module = catalogue.modules().find(|m| m.key.as_str() == module);
    Ok(module.map(|m| (relation(m, &row), row.version)))
}

/// The lookup of a relation into its own module.
fn parent(module: &Module) -> Option<&FieldKey> {
    let own = |kind: &FieldKind| matches!(kind, FieldKind::Lookup { module: to } if *to == module.key);
    module.fields.iter().find(|f| own(&f.kind)).map(|f| &f.key)
}

/// What the provider is told of a relation. What [`announce`] asks about is just this.
fn relation(module: &Module, row: &Row) -> Relation {
    let text = |key: &FieldKey| match row.fields.0.get(key) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    Relation {
        id: row.id.clone(),
        name: row.title.clone(),
        parent: parent(module).and_then(text),
        external_key: module.external_key.as_ref().and_then(text),
        active: row.status == "active",
    }
}

/// Tells the provider of everything that it was not told of, some hundreds at a time. Ends at the first that fails: the next
/// round goes on there.
pub async fn backfill(crm: &Crm) -> Result<u64, JobError> {
    let mut done = 0;
    let epoch = crm.replica.status().epoch;
    if epoch.is_empty() {
        return Ok(done);
    }
    let catalogue = crm.records.catalogue().await?;
    for module in catalogue.modules().filter(|m| m.role == Some(ModuleRole::Relation)) {
        loop {
            let limit = i64::try_from(MAX_PUSH).unwrap_or(i64::MAX);
            let rows = store::untold(&mut crm.db.snapshot().await?.tx(), module.key.as_str(), &epoch, limit).await?;
            if rows.is_empty() {
                break;
            }
            let relations: Vec<Relation> = rows.iter().map(|r| relation(module, r)).collect();
            match tell(crm, &relations).await {
                // One of them doesn't fit; the others do.
                Err(JobError::Dead(_)) => {
                    for one in &relations {
                        if let Err(JobError::Dead(error)) = tell(crm, std::slice::from_ref(one)).await {
                            tracing::error!(relation = one.id, error, "the provider does not take a relation");
                        }
                    }
                }
                other => other?,
            }
            done += rows.len() as u64;
            told(crm, rows.into_iter().map(|r| (r.id, r.version)).collect()).await?;
        }
    }
    Ok(done)
}

/// Looks every now and then, and whenever the access log is another one, whether the provider is to be told of something;
/// until `stop`.
pub async fn keep(crm: Arc<Crm>, stop: CancellationToken) {
    let (mut epoch, mut left) = (String::new(), 0);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK.0) => {}
        }
        let now = crm.replica.status().epoch;
        left = if now == epoch { left } else { 0 };
        if left > 0 {
            left -= 1;
            continue;
        }
        (epoch, left) = (now, LOOK.1);
        if let Err(error) = backfill(&crm).await {
            tracing::warn!(%error, "telling the provider of relations");
        }
    }
}

async fn told(crm: &Crm, relations: Vec<(String, i64)>) -> Result<(), JobError> {
    let (epoch, at) = (crm.replica.status().epoch, crm.env.now());
    Ok(store::told(&crm.db, Told { relations, epoch, at }).await?)
}

async fn tell(crm: &Crm, relations: &[Relation]) -> Result<(), JobError> {
    let again = |e: &dyn std::error::Error| JobError::Retry(chain(e));
    let (token, _) = crm.provider.own_token(SCOPE_RELATIONS).await.map_err(|e| again(&e))?;
    let call = Call::new(Method::POST, "/api/relations").json(&relations).map_err(|e| again(&e))?;
    let answer = crm.provider.call(&call, &token).await.map_err(|e| again(&e))?;
    match answer.status {
        s if s.is_success() => Ok(()),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => {
            Err(JobError::Dead(format!("the provider does not take it: {}", String::from_utf8_lossy(&answer.body))))
        }
        status => Err(JobError::Retry(format!("the provider answers {status}"))),
    }
}
