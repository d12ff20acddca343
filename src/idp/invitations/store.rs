//! SQL of invitations.

use super::model::{Invited, terms_of};
use crate::contract::access::{GrantLevel, Invitation};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

/// Invitations of one relation in an answer at most.
const LISTED: i64 = 200;

record! {
    struct Row {
        id: String, client_id: String, relation_id: String, email: String, email_key: String, name: String, language: String,
        level: i64, ends_at: Option<i64>, reason: Option<String>, invited_by: String, made_at: i64, token_hash: String,
        expires_at: i64, accepted_at: Option<i64>, person_id: Option<String>, grant_id: Option<String>, revoked_at: Option<i64>
    }
}

fn invited(r: Row) -> Result<Invited, DbError> {
    let bad = || DbError::BadRow { table: "invitations", column: "level", id: r.id.clone(), why: r.level.to_string() };
    let level = GrantLevel::from_rank(r.level).ok_or_else(bad)?;
    Ok(Invited {
        id: r.id,
        client: r.client_id,
        relation: r.relation_id,
        email: r.email,
        email_key: r.email_key,
        name: r.name,
        language: r.language,
        terms: terms_of(level, r.ends_at.map(Timestamp), r.reason),
        invited_by: r.invited_by,
        made_at: Timestamp(r.made_at),
        token_hash: r.token_hash,
        expires_at: Timestamp(r.expires_at),
        accepted_at: r.accepted_at.map(Timestamp),
        person: r.person_id,
        grant: r.grant_id,
        revoked_at: r.revoked_at.map(Timestamp),
    })
}

/// The invitation with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Invited>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, client_id, relation_id, email, email_key, name, language, level, ends_at, reason, invited_by, made_at,
                 token_hash, expires_at, accepted_at, person_id, grant_id, revoked_at FROM invitations WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(invited).transpose()
}

/// The invitation whose link has this hash.
pub async fn by_token(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Invited>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, client_id, relation_id, email, email_key, name, language, level, ends_at, reason, invited_by, made_at,
                 token_hash, expires_at, accepted_at, person_id, grant_id, revoked_at FROM invitations WHERE token_hash = $1"
        ))
        .bind(hash)
        .opt()
        .await?;
    row.map(invited).transpose()
}

/// The invitations to a relation that wait to be accepted, in the order in which they were made.
pub async fn open_of(tx: &mut Tx<'_>, relation: &str, now: Timestamp) -> Result<Vec<Invitation>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, client_id, relation_id, email, email_key, name, language, level, ends_at, reason, invited_by, made_at,
                 token_hash, expires_at, accepted_at, person_id, grant_id, revoked_at FROM invitations
             WHERE relation_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $2
             ORDER BY made_at, id LIMIT $3"
        ))
        .bind(relation)
        .bind(now.0)
        .bind(LISTED)
        .all()
        .await?;
    rows.into_iter().map(|r| invited(r).map(|i| i.shown())).collect()
}

/// Stores a new invitation.
pub async fn insert(tx: &mut Tx<'_>, i: &Invited) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO invitations (id, client_id, relation_id, email, email_key, name, language, level, ends_at, reason,
             invited_by, made_at, token_hash, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    ))
    .bind(i.id.as_str())
    .bind(i.client.as_str())
    .bind(i.relation.as_str())
    .bind(i.email.as_str())
    .bind(i.email_key.as_str())
    .bind(i.name.as_str())
    .bind(i.language.as_str())
    .bind(i.terms.level.rank())
    .bind(i.terms.until.map(|t| t.0))
    .bind(i.terms.reason.clone())
    .bind(i.invited_by.as_str())
    .bind(i.made_at.0)
    .bind(i.token_hash.as_str())
    .bind(i.expires_at.0)
    .exec()
    .await
    .map(drop)
}

/// Gives an invitation whose link has lapsed another one.
pub async fn renew(tx: &mut Tx<'_>, id: &str, token_hash: &str, expires: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE invitations SET token_hash = $2, expires_at = $3 WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL"
    ))
    .bind(id)
    .bind(token_hash)
    .bind(expires.0)
    .exec()
    .await
    .map(drop)
}

/// Uses the link: once, while it works. False when somebody was first or it is over.
pub async fn accept(tx: &mut Tx<'_>, hash: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE invitations SET accepted_at = $3, person_id = $2
             WHERE token_hash = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3"
        ))
        .bind(hash)
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Notes which grant came of it.
pub async fn set_grant(tx: &mut Tx<'_>, id: &str, grant: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE invitations SET grant_id = $2 WHERE id = $1")).bind(id).bind(grant).exec().await.map(drop)
}

/// Takes an invitation back; false when it was before.
pub async fn revoke(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx.q(sql!("UPDATE invitations SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"));
    Ok(n.bind(id).bind(now.0).exec().await? == 1)
}

/// Ends every link that was not used. Asking for the same invitation again sends another.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE invitations SET expires_at = $1 WHERE accepted_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// Drops those that expired before `before` and that nobody accepted: name and address of someone who did not come.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at < $1 AND accepted_at IS NULL LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
