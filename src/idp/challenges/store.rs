//! SQL of challenges. Each limit is the condition of one UPDATE.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::{Challenge, KEEP_MESSAGE, Phase, cutoff};
use crate::contract::challenge::{Channel, DeliveryState, Outcome, ResendMode, VoidReason};
use crate::contract::receipt::{RecordRef, RuleRef};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row {
        id: String, client_id: String, pending: String, rule_key: String, rule_version: i64, body_hash: String,
        actor_id: String, module: String, record_id: String, changes: String, digest: String, channel: String,
        language: String, message: Option<String>, recipient: Option<String>, recipient_digest: String, terms: String,
        phase: String, generation: i64, attempts: i64, attempts_since: i64, resends: i64, resends_since: i64, sends: i64,
        asked_at: i64, expires_at: i64, sent_at: Option<i64>, delivery: String, confirmed_at: Option<i64>,
        receipt_id: Option<String>, void_reason: Option<String>, created_at: i64, lifetime: Option<String>
    }
}

fn bad(column: &'static str, id: &str, why: impl std::fmt::Display) -> DbError {
    DbError::BadRow { table: "challenges", column, id: id.to_owned(), why: why.to_string() }
}

/// A name as JSON has it, in a column.
fn name<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn named<T: DeserializeOwned>(column: &'static str, id: &str, text: &str) -> Result<T, DbError> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|e| bad(column, id, e))
}

fn challenge(r: Row) -> Result<Challenge, DbError> {
    let id = r.id.as_str();
    // Before there was the column, every count was of a record.
    let of_record = || format!("{}/{}/{}/{}/{}", r.client_id, r.module, r.record_id, r.rule_key, r.actor_id);
    Ok(Challenge {
        lifetime: r.lifetime.clone().unwrap_or_else(of_record),
        rule: RuleRef { key: r.rule_key, version: u32::try_from(r.rule_version).map_err(|e| bad("rule_version", id, e))? },
        record: RecordRef { module: r.module.try_into().map_err(|e| bad("module", id, e))?, id: r.record_id },
        changes: serde_json::from_str(&r.changes).map_err(|e| bad("changes", id, e))?,
        channel: Channel::from_name(&r.channel).ok_or_else(|| bad("channel", id, "not a channel"))?,
        terms: serde_json::from_str(&r.terms).map_err(|e| bad("terms", id, e))?,
        phase: Phase::from_name(&r.phase).ok_or_else(|| bad("phase", id, "not a phase"))?,
        delivery: named("delivery", id, &r.delivery)?,
        void_reason: r.void_reason.as_deref().map(|t| named("void_reason", id, t)).transpose()?,
        client_id: r.client_id,
        pending: r.pending,
        body_hash: r.body_hash,
        actor: r.actor_id,
        digest: r.digest,
        language: r.language,
        message: r.message,
        recipient: r.recipient,
        recipient_digest: r.recipient_digest,
        generation: r.generation,
        attempts: r.attempts,
        attempts_since: Timestamp(r.attempts_since),
        resends: r.resends,
        resends_since: Timestamp(r.resends_since),
        sends: r.sends,
        asked_at: Timestamp(r.asked_at),
        expires_at: Timestamp(r.expires_at),
        sent_at: r.sent_at.map(Timestamp),
        confirmed_at: r.confirmed_at.map(Timestamp),
        receipt: r.receipt_id,
        created_at: Timestamp(r.created_at),
        id: r.id,
    })
}

/// What is written beside the challenge itself when it is made.
pub struct Extra<'a> {
    /// Keyed hash of the message's texts.
    pub message_hash: &'a str,
    /// The issue that the actor's token belonged to.
    pub issue: &'a str,
}

/// Makes a challenge; false when there is one of the same client, pending change and rule.
pub async fn insert(tx: &mut Tx<'_>, c: &Challenge, extra: &Extra<'_>) -> Result<bool, DbError> {
    let json = |column, e: serde_json::Error| bad(column, &c.id, e);
    let n = tx
        .q(sql!(
            "INSERT INTO challenges (id, client_id, pending, rule_key, rule_version, body_hash, message_hash, actor_id, issue_id,
                 module, record_id, changes, digest, channel, language, message, recipient, recipient_digest, terms, phase,
                 generation, attempts, attempts_since, resends, resends_since, sends, asked_at, expires_at, delivery, created_at,
                 lifetime)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 1, 0, $21, 0, $21, 1, $21, $22, $23, $21, $24) ON CONFLICT DO NOTHING"
        ))
        .bind(c.id.as_str())
        .bind(c.client_id.as_str())
        .bind(c.pending.as_str())
        .bind(c.rule.key.as_str())
        .bind(i64::from(c.rule.version))
        .bind(c.body_hash.as_str())
        .bind(extra.message_hash)
        .bind(c.actor.as_str())
        .bind(extra.issue)
        .bind(c.record.module.as_str())
        .bind(c.record.id.as_str())
        .bind(serde_json::to_string(&c.changes).map_err(|e| json("changes", e))?)
        .bind(c.digest.as_str())
        .bind(c.channel.as_str())
        .bind(c.language.as_str())
        .bind(c.message.clone())
        .bind(c.recipient.clone())
        .bind(c.recipient_digest.as_str())
        .bind(serde_json::to_string(&c.terms).map_err(|e| json("terms", e))?)
        .bind(c.phase.as_str())
        .bind(c.created_at.0)
        .bind(c.expires_at.0)
        .bind(name(&c.delivery))
        .bind(c.lifetime.as_str())
        .exec()
        .await?;
    Ok(n == 1)
}

/// The challenge with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Challenge>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, client_id, pending, rule_key, rule_version, body_hash, actor_id, module, record_id, changes, digest, channel,
                 language, message, recipient, recipient_digest, terms, phase, generation, attempts, attempts_since, resends,
                 resends_since, sends, asked_at, expires_at, sent_at, delivery, confirmed_at, receipt_id, void_reason, created_at,
                 lifetime
             FROM challenges WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(challenge).transpose()
}

/// The challenges of a pending change, by rule.
pub async fn of_pending(tx: &mut Tx<'_>, client: &str, pending: &str) -> Result<Vec<Challenge>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, client_id, pending, rule_key, rule_version, body_hash, actor_id, module, record_id, changes, digest, channel,
                 language, message, recipient, recipient_digest, terms, phase, generation, attempts, attempts_since, resends,
                 resends_since, sends, asked_at, expires_at, sent_at, delivery, confirmed_at, receipt_id, void_reason, created_at,
                 lifetime
             FROM challenges WHERE client_id = $1 AND pending = $2 ORDER BY rule_key"
        ))
        .bind(client)
        .bind(pending)
        .all()
        .await?;
    rows.into_iter().map(challenge).collect()
}

/// Counts a try **before** it is compared; the tries so far in this window, or nothing when there are none left, the code
/// has expired, or another one counts by now.
pub async fn count_try(tx: &mut Tx<'_>, c: &Challenge, now: Timestamp) -> Result<Option<i64>, DbError> {
    let l = &c.terms.limits;
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE challenges SET
                 attempts = CASE WHEN attempts_since <= $4 THEN 1 ELSE attempts + 1 END,
                 attempts_since = CASE WHEN attempts = 0 OR attempts_since <= $4 THEN $3 ELSE attempts_since END
             WHERE id = $1 AND phase = 'open' AND generation = $2 AND expires_at > $3 AND (attempts < $5 OR attempts_since <= $4)
             RETURNING attempts"
        ))
        .bind(c.id.as_str())
        .bind(c.generation)
        .bind(now.0)
        .bind(cutoff(l.attempts_window_seconds, now).0)
        .bind(i64::from(l.max_attempts))
        .opt()
        .await?;
    Ok(row.map(|(n,)| n))
}

/// Counts a try over all challenges like this one; false when there are none left, ever.
pub async fn count_lifetime(tx: &mut Tx<'_>, c: &Challenge) -> Result<bool, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "INSERT INTO challenge_lifetimes (bucket, count) VALUES ($1, 1)
             ON CONFLICT (bucket) DO UPDATE SET count = challenge_lifetimes.count + 1 WHERE challenge_lifetimes.count < $2
             RETURNING count"
        ))
        .bind(c.lifetime.as_str())
        .bind(i64::from(c.terms.limits.lifetime_attempts))
        .opt()
        .await?;
    Ok(row.is_some())
}

/// Gives the try of a right code back: only wrong ones count for ever.
pub async fn give_back_lifetime(tx: &mut Tx<'_>, c: &Challenge) -> Result<(), DbError> {
    tx.q(sql!("UPDATE challenge_lifetimes SET count = count - 1 WHERE bucket = $1 AND count > 0"))
        .bind(c.lifetime.as_str())
        .exec()
        .await?;
    Ok(())
}

/// Wrong codes so far over all challenges like this one.
pub async fn lifetime(tx: &mut Tx<'_>, c: &Challenge) -> Result<i64, DbError> {
    let row: Option<(i64,)> =
        tx.q(sql!("SELECT count FROM challenge_lifetimes WHERE bucket = $1")).bind(c.lifetime.as_str()).opt().await?;
    Ok(row.map_or(0, |(n,)| n))
}

/// Records that the code of this generation came in time: once.
pub async fn confirm(tx: &mut Tx<'_>, c: &Challenge, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE challenges SET phase = 'confirmed', confirmed_at = $3
             WHERE id = $1 AND generation = $2 AND phase = 'open' AND expires_at > $3"
        ))
        .bind(c.id.as_str())
        .bind(c.generation)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// What an attempt was answered, if it came before.
pub async fn attempt(tx: &mut Tx<'_>, challenge: &str, attempt: &str) -> Result<Option<(Outcome, u16)>, DbError> {
    let row: Option<(String, i64)> = tx
        .q(sql!("SELECT outcome, attempts_left FROM challenge_attempts WHERE challenge_id = $1 AND attempt_id = $2"))
        .bind(challenge)
        .bind(attempt)
        .opt()
        .await?;
    row.map(|(outcome, left)| Ok((named("outcome", challenge, &outcome)?, u16::try_from(left).unwrap_or(0)))).transpose()
}

/// Keeps what an attempt is answered.
pub async fn keep_attempt(
    tx: &mut Tx<'_>,
    challenge: &str,
    attempt: &str,
    outcome: Outcome,
    left: u16,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO challenge_attempts (challenge_id, attempt_id, outcome, attempts_left, at) VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(challenge)
    .bind(attempt)
    .bind(name(&outcome))
    .bind(i64::from(left))
    .bind(now.0)
    .exec()
    .await?;
    Ok(())
}

/// Asks for another message, under the limits; the generation that it carries and its number. A new code takes effect at
/// once, also before it is sent.
pub async fn resend(tx: &mut Tx<'_>, c: &Challenge, now: Timestamp, expires: Timestamp) -> Result<Option<(i64, i64)>, DbError> {
    let l = &c.terms.limits;
    let new = l.resend_mode == ResendMode::New;
    let pause = now - std::time::Duration::from_secs(u64::from(l.resend_pause_seconds));
    tx.q(sql!(
        "UPDATE challenges SET
             resends = CASE WHEN resends_since <= $3 THEN 1 ELSE resends + 1 END,
             resends_since = CASE WHEN resends = 0 OR resends_since <= $3 THEN $2 ELSE resends_since END,
             generation = generation + CASE WHEN $6 THEN 1 ELSE 0 END,
             expires_at = CASE WHEN $6 THEN $7 ELSE expires_at END,
             sent_at = CASE WHEN $6 THEN NULL ELSE sent_at END,
             sends = sends + 1, asked_at = $2, delivery = 'queued'
         WHERE id = $1 AND phase = 'open' AND message IS NOT NULL AND asked_at <= $5
             AND (resends < $4 OR resends_since <= $3) AND ($6 OR expires_at > $2)
         RETURNING generation, sends"
    ))
    .bind(c.id.as_str())
    .bind(now.0)
    .bind(cutoff(l.resends_window_seconds, now).0)
    .bind(i64::from(l.max_resends))
    .bind(pause.0)
    .bind(new)
    .bind(expires.0)
    .opt()
    .await
}

/// Records what became of a message, if it is still the latest.
pub async fn delivered(tx: &mut Tx<'_>, id: &str, send: i64, state: DeliveryState, now: Timestamp) -> Result<bool, DbError> {
    let sent = (state == DeliveryState::Sent).then_some(now.0);
    let n = tx
        .q(sql!("UPDATE challenges SET delivery = $3, sent_at = COALESCE($4, sent_at) WHERE id = $1 AND sends = $2"))
        .bind(id)
        .bind(send)
        .bind(name(&state))
        .bind(sent)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Gives a challenge up; false when it was applied or given up before.
pub async fn void(tx: &mut Tx<'_>, id: &str, reason: VoidReason) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE challenges SET phase = 'void', void_reason = $2 WHERE id = $1 AND phase IN ('open', 'confirmed')"))
        .bind(id)
        .bind(name(&reason))
        .exec()
        .await?;
    Ok(n == 1)
}

/// Marks the confirmed challenges of a pending change as applied; how many there were.
pub async fn apply(tx: &mut Tx<'_>, client: &str, pending: &str, receipt: &str) -> Result<u64, DbError> {
    tx.q(sql!(
        "UPDATE challenges SET phase = 'applied', receipt_id = $3 WHERE client_id = $1 AND pending = $2 AND phase = 'confirmed'"
    ))
    .bind(client)
    .bind(pending)
    .bind(receipt)
    .exec()
    .await
}

/// Forgets addresses and texts that were kept for their time.
pub async fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE challenges SET message = NULL WHERE message IS NOT NULL AND created_at < $1"))
        .bind((now - KEEP_MESSAGE).0)
        .exec()
        .await
}

/// Drops what attempts were answered so long before `before` that nobody repeats them: by then their challenge takes no code.
pub async fn sweep_attempts(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM challenge_attempts WHERE (challenge_id, attempt_id) IN
             (SELECT challenge_id, attempt_id FROM challenge_attempts WHERE at < $1 LIMIT 500)"
    ))
    .bind((before - KEEP_MESSAGE).0)
    .exec()
    .await
}

/// Ends the code of every challenge that waits: another one follows it, when it is asked for. Messages that were on their
/// way, by the outbox, are of the code before.
pub async fn void_codes(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE challenges SET generation = generation + 1, expires_at = $1 WHERE phase = 'open' AND expires_at > $1"))
        .bind(now.0)
        .exec()
        .await
}
