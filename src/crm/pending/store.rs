//! SQL of pending changes and their challenges. Every step has the state before as its condition.

pub(super) mod receipts;

use sqlx::types::Json;

use super::model::{Content, PendingError, Reason, Standing};
use crate::contract::FieldKey;
use crate::contract::challenge::{ChallengeState, Confirmation, CreateChallenge};
use crate::crm::modules::value::Fields;
use crate::crm::records::model::Changes;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

record! {
    /// A pending change as stored.
    #[derive(Clone, Debug)]
    pub(super) struct Row {
        pub id: String,
        pub module: String,
        pub record_id: String,
        pub base_version: i64,
        pub is_new: bool,
        pub content: Option<Json<Content>>,
        pub digest: String,
        pub disclosures: Option<Json<Vec<String>>>,
        pub actor: String,
        pub actor_client: String,
        pub actor_sid: String,
        pub actor_issue: String,
        pub actor_acr: String,
        pub state: String,
        pub reason: Option<String>,
        pub created_at: i64,
        pub expires_at: i64,
        pub confirmed_at: Option<i64>,
        pub ended_at: Option<i64>,
        pub applied_version: Option<i64>,
        pub reported_at: Option<i64>,
    }
}

impl Row {
    pub(super) fn standing(&self) -> Standing {
        Standing::from_name(&self.state).unwrap_or(Standing::Void)
    }
    pub(super) fn why(&self) -> Reason {
        self.reason.as_deref().and_then(Reason::from_name).unwrap_or(Reason::Failed)
    }
    pub(super) fn module(&self) -> Result<FieldKey, PendingError> {
        self.module.as_str().try_into().map_err(|_| PendingError::NotFound)
    }
}

record! {
    /// A challenge of a pending change.
    #[derive(Clone, Debug)]
    pub(super) struct Ask {
        pub pending_id: String,
        pub rule: String,
        pub rule_version: i64,
        pub request: Option<Json<CreateChallenge>>,
        pub address: Option<String>,
        pub masked: String,
        pub recipient_module: Option<String>,
        pub recipient_id: Option<String>,
        pub challenge_id: Option<String>,
        pub standing: Option<Json<ChallengeState>>,
        pub confirmation: Option<Json<Confirmation>>,
        pub asking_until: Option<i64>,
        pub counted_as: Option<String>,
    }
}

pub(super) async fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Row>, DbError> {
    tx.q(sql!(
        "SELECT id, module, record_id, base_version, is_new, content, digest, disclosures, actor, actor_client, actor_sid,
             actor_issue, actor_acr, state, reason, created_at, expires_at, confirmed_at, ended_at, applied_version,
             reported_at
         FROM pending_changes WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

pub(super) async fn asks(tx: &mut Tx<'_>, id: &str) -> Result<Vec<Ask>, DbError> {
    tx.q(sql!(
        "SELECT pending_id, rule, rule_version, request, address, masked, recipient_module, recipient_id, challenge_id,
             standing, confirmation, asking_until, counted_as
         FROM pending_challenges WHERE pending_id = $1 ORDER BY rule"
    ))
    .bind(id)
    .all()
    .await
}

/// Both, from one moment.
pub(super) async fn load(db: &Db, id: &str) -> Result<Option<(Row, Vec<Ask>)>, DbError> {
    let mut snapshot = db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(row) = find(&mut tx, id).await? else { return Ok(None) };
    Ok(Some((row, asks(&mut tx, id).await?)))
}

/// The pending change that this person's key stands for, with the digest of what was asked.
pub(super) async fn by_key(tx: &mut Tx<'_>, actor: &str, key: &str) -> Result<Option<(String, String)>, DbError> {
    tx.q(sql!("SELECT id, COALESCE(request_hash, '') FROM pending_changes WHERE actor = $1 AND idempotency_key = $2"))
        .bind(actor)
        .bind(key)
        .opt()
        .await
}

/// The one that still waits and is just like it.
pub(super) async fn like(tx: &mut Tx<'_>, actor: &str, same: &str, now: Timestamp) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!(
            "SELECT id FROM pending_changes
             WHERE actor = $1 AND same = $2 AND state IN ('waiting', 'confirmed') AND expires_at > $3 ORDER BY id LIMIT 1"
        ))
        .bind(actor)
        .bind(same)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|r| r.0))
}

/// How many challenges one rule has had for one record and person.
pub(super) async fn challenges_of(tx: &mut Tx<'_>, record: &str, rule: &str, actor: &str) -> Result<i64, DbError> {
    let row: (i64,) = tx
        .q(sql!("SELECT COUNT(*) FROM pending_challenges WHERE record_id = $1 AND rule = $2 AND actor = $3"))
        .bind(record)
        .bind(rule)
        .bind(actor)
        .one()
        .await?;
    Ok(row.0)
}

/// The same for records that were to be made, counted over all of them: those that brought no confirmation.
pub(super) async fn challenges_counted(tx: &mut Tx<'_>, counted_as: &str) -> Result<i64, DbError> {
    let row: (i64,) = tx
        .q(sql!("SELECT COUNT(*) FROM pending_challenges WHERE counted_as = $1 AND confirmation IS NULL"))
        .bind(counted_as)
        .one()
        .await?;
    Ok(row.0)
}

/// What is written once.
#[derive(Clone)]
pub(super) struct New<'a> {
    pub row: &'a Row,
    pub same: &'a str,
    pub key: Option<(&'a str, &'a str)>,
}

pub(super) async fn put(tx: &mut Tx<'_>, new: &New<'_>) -> Result<(), DbError> {
    let row = new.row;
    tx.q(sql!(
        "INSERT INTO pending_changes (id, module, record_id, base_version, is_new, content, same, digest, disclosures, actor,
             actor_client, actor_sid, actor_issue, actor_acr, idempotency_key, request_hash, state, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'waiting', $17, $18)"
    ))
    .bind(row.id.as_str())
    .bind(row.module.as_str())
    .bind(row.record_id.as_str())
    .bind(row.base_version)
    .bind(row.is_new)
    .bind(row.content.clone())
    .bind(new.same)
    .bind(row.digest.as_str())
    .bind(row.disclosures.clone())
    .bind(row.actor.as_str())
    .bind(row.actor_client.as_str())
    .bind(row.actor_sid.as_str())
    .bind(row.actor_issue.as_str())
    .bind(row.actor_acr.as_str())
    .bind(new.key.map(|k| k.0.to_owned()))
    .bind(new.key.map(|k| k.1.to_owned()))
    .bind(row.created_at)
    .bind(row.expires_at)
    .exec()
    .await?;
    Ok(())
}

pub(super) async fn put_ask(tx: &mut Tx<'_>, ask: &Ask, row: &Row) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO pending_challenges (pending_id, rule, rule_version, record_id, actor, request, address, masked,
             recipient_module, recipient_id, created_at, counted_as)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(ask.pending_id.as_str())
    .bind(ask.rule.as_str())
    .bind(ask.rule_version)
    .bind(row.record_id.as_str())
    .bind(row.actor.as_str())
    .bind(ask.request.clone())
    .bind(ask.address.clone())
    .bind(ask.masked.as_str())
    .bind(ask.recipient_module.clone())
    .bind(ask.recipient_id.clone())
    .bind(row.created_at)
    .bind(ask.counted_as.clone())
    .exec()
    .await?;
    Ok(())
}

/// What the provider says of a challenge. A confirmation, once there, stays.
pub(super) async fn stand(tx: &mut Tx<'_>, pending: &str, rule: &str, state: &ChallengeState) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE pending_challenges SET challenge_id = $3, standing = $4, confirmation = COALESCE(confirmation, $5)
         WHERE pending_id = $1 AND rule = $2 AND (challenge_id IS NULL OR challenge_id = $3)"
    ))
    .bind(pending)
    .bind(rule)
    .bind(state.id.as_str())
    .bind(Json(state.clone()))
    .bind(state.confirmation.clone().map(Json))
    .exec()
    .await?;
    Ok(())
}

/// Marks that a code is on its way to the provider, before it goes; only while the change waits.
pub(super) async fn asking(tx: &mut Tx<'_>, pending: &str, rule: &str, until: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!(
            "UPDATE pending_challenges SET asking_until = $3 WHERE pending_id = $1 AND rule = $2
             AND EXISTS (SELECT 1 FROM pending_changes WHERE id = $1 AND state = 'waiting')"
        ))
        .bind(pending)
        .bind(rule)
        .bind(until.0)
        .exec()
        .await?;
    Ok(rows == 1)
}

/// `waiting` -> `confirmed`, when every challenge has its confirmation.
pub(super) async fn confirm(tx: &mut Tx<'_>, pending: &str, now: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!(
            "UPDATE pending_changes SET state = 'confirmed', confirmed_at = $2 WHERE id = $1 AND state = 'waiting'
             AND NOT EXISTS (SELECT 1 FROM pending_challenges WHERE pending_id = $1 AND confirmation IS NULL)"
        ))
        .bind(pending)
        .bind(now.0)
        .exec()
        .await?;
    Ok(rows == 1)
}

/// `confirmed` -> `applied`. Each confirmation is used here, and once: the state before is the condition.
pub(super) async fn applied(tx: &mut Tx<'_>, pending: &str, version: i64, now: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!(
            "UPDATE pending_changes SET state = 'applied', applied_version = $2, ended_at = $3, content = NULL
             WHERE id = $1 AND state = 'confirmed'"
        ))
        .bind(pending)
        .bind(version)
        .bind(now.0)
        .exec()
        .await?;
    Ok(rows == 1)
}

/// `waiting` or `confirmed` -> `void`.
pub(super) async fn void(tx: &mut Tx<'_>, pending: &str, reason: Reason, now: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!(
            "UPDATE pending_changes SET state = 'void', reason = $2, ended_at = $3, content = NULL, disclosures = NULL
             WHERE id = $1 AND state IN ('waiting', 'confirmed')"
        ))
        .bind(pending)
        .bind(reason.as_str())
        .bind(now.0)
        .exec()
        .await?;
    Ok(rows == 1)
}

/// The address and the message's texts are not needed once it is over.
pub(super) async fn forget_addresses(tx: &mut Tx<'_>, pending: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE pending_challenges SET request = NULL, address = NULL, asking_until = NULL WHERE pending_id = $1"))
        .bind(pending)
        .exec()
        .await?;
    Ok(())
}

/// The provider knows how it ended; the disclosures are the receipt's now.
pub(super) async fn reported(tx: &mut Tx<'_>, pending: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE pending_changes SET reported_at = $2, disclosures = NULL WHERE id = $1"))
        .bind(pending)
        .bind(now.0)
        .exec()
        .await?;
    Ok(())
}

/// What the sweeper has to look at: codes whose answer never came, what is past its time, what is confirmed for too long.
/// Those that waited longest for it come first; with how often they were taken up before.
pub(super) async fn overdue(db: &Db, now: Timestamp, confirmed_before: Timestamp) -> Result<Vec<(String, i64)>, DbError> {
    db.query(sql!(
        "SELECT id, taken_up FROM pending_changes
         WHERE next_look <= $1 AND id IN (
             SELECT pending_id FROM pending_challenges WHERE asking_until IS NOT NULL AND asking_until <= $1
             UNION SELECT id FROM pending_changes WHERE state IN ('waiting', 'confirmed') AND expires_at <= $1
             AND (state = 'waiting' OR confirmed_at <= $2)
             UNION SELECT id FROM pending_changes WHERE state IN ('waiting', 'confirmed') AND confirmed_at <= $2)
         ORDER BY next_look, id LIMIT 100"
    ))
    .bind(now.0)
    .bind(confirmed_before.0)
    .all()
    .await
}

/// Takes a change up, which puts it at the end of the line until `next`; false when another has it.
pub(super) async fn take_up(tx: &mut Tx<'_>, id: &str, before: i64, next: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!("UPDATE pending_changes SET taken_up = taken_up + 1, next_look = $3 WHERE id = $1 AND taken_up = $2"))
        .bind(id)
        .bind(before)
        .bind(next.0)
        .exec()
        .await?;
    Ok(rows == 1)
}

/// What was on its way up to `mark` has been answered.
pub(super) async fn not_asking(tx: &mut Tx<'_>, pending: &str, mark: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE pending_challenges SET asking_until = NULL WHERE pending_id = $1 AND asking_until <= $2"))
        .bind(pending)
        .bind(mark.0)
        .exec()
        .await?;
    Ok(())
}

/// Open changes of one person, or of all in the given modules, latest first.
pub(super) async fn open(tx: &mut Tx<'_>, actor: Option<&str>) -> Result<Vec<(String,)>, DbError> {
    tx.q(sql!(
        "SELECT id FROM pending_changes WHERE state IN ('waiting', 'confirmed') AND (CAST($1 AS TEXT) IS NULL OR actor = $1)
         ORDER BY created_at DESC, id LIMIT 200"
    ))
    .bind(actor.map(str::to_owned))
    .all()
    .await
}

/// The open changes of one record.
pub(super) async fn open_of_record(tx: &mut Tx<'_>, record: &str) -> Result<Vec<(String,)>, DbError> {
    tx.q(sql!("SELECT id FROM pending_changes WHERE record_id = $1 AND state IN ('waiting', 'confirmed') ORDER BY created_at"))
        .bind(record)
        .all()
        .await
}

/// Module and values of a record in use, in full.
pub(super) async fn active_record(tx: &mut Tx<'_>, id: &str) -> Result<Option<(FieldKey, Fields)>, DbError> {
    let row: Option<(String, Json<Fields>)> =
        tx.q(sql!("SELECT module, fields FROM records WHERE id = $1 AND status = 'active'")).bind(id).opt().await?;
    Ok(row.and_then(|(module, fields)| Some((module.try_into().ok()?, fields.0))))
}

/// The version that a record is at.
pub(super) async fn version_of(tx: &mut Tx<'_>, id: &str) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx.q(sql!("SELECT version FROM records WHERE id = $1")).bind(id).opt().await?;
    Ok(row.map(|r| r.0))
}

/// What a person changed of a record since then, as (version, changes).
pub(super) async fn versions_by(
    tx: &mut Tx<'_>,
    id: &str,
    actor: &str,
    since: Timestamp,
) -> Result<Vec<(i64, Changes)>, DbError> {
    let rows: Vec<(i64, Json<Changes>)> = tx
        .q(sql!("SELECT version, changes FROM record_versions WHERE id = $1 AND actor = $2 AND at > $3"))
        .bind(id)
        .bind(actor)
        .bind(since.0)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(v, c)| (v, c.0)).collect())
}
