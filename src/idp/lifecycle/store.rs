//! SQL of handing over and erasing.

use crate::idp::people::EmailKey;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Hands the invitations to relations that wait for an answer to somebody else: it is who invited that gives.
pub async fn invitations(tx: &mut Tx<'_>, from: &str, to: &str, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "UPDATE invitations SET invited_by = $2
         WHERE invited_by = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3"
    ))
    .bind(from)
    .bind(to)
    .bind(now.0)
    .exec()
    .await
}

/// Forgets what only says something about a person, and takes his name and address out of what stays. Other parts forget
/// theirs themselves; a test lists every table that has a person in it, and what becomes of its rows.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
    for statement in [
        sql!("DELETE FROM devices WHERE person_id = $1"),
        sql!("DELETE FROM remembered_devices WHERE person_id = $1"),
        sql!("DELETE FROM favourites WHERE person_id = $1"),
        sql!("DELETE FROM links WHERE person_id = $1"),
        sql!("DELETE FROM signins WHERE person_id = $1"),
        sql!("DELETE FROM setups WHERE session_id IN (SELECT id FROM sessions WHERE person_id = $1)"),
        sql!("DELETE FROM backchannel_requests WHERE person_id = $1"),
        sql!("DELETE FROM consents WHERE person_id = $1"),
        sql!("DELETE FROM consent_requests WHERE session_id IN (SELECT id FROM sessions WHERE person_id = $1)"),
        sql!("DELETE FROM person_profiles WHERE person_id = $1"),
        sql!("DELETE FROM scim_users WHERE person_id = $1"),
        sql!("DELETE FROM application_access WHERE holder_kind = 'person' AND holder_id = $1"),
        sql!("DELETE FROM web_links WHERE audience_kind = 'person' AND audience_id = $1"),
        sql!("UPDATE sessions SET ip = '', user_agent = '' WHERE person_id = $1"),
        sql!("UPDATE issues SET nonce = NULL, details = NULL, claims = NULL WHERE person_id = $1"),
        sql!(
            "UPDATE device_codes SET ip = '', user_agent = '', details = NULL
             WHERE issue_id IN (SELECT id FROM issues WHERE person_id = $1)"
        ),
        sql!("UPDATE invitations SET email = '', email_key = '', name = '', reason = NULL WHERE person_id = $1"),
        sql!("UPDATE welcomes SET sealed = '', email_hash = '' WHERE person_id = $1"),
        sql!("UPDATE grants SET reason = NULL WHERE holder_kind = 'person' AND holder_id = $1"),
        sql!("DELETE FROM people_search WHERE person_id = $1"),
    ] {
        tx.q(statement).bind(person).exec().await?;
    }
    Ok(())
}

/// Takes back the invitations to relations that wait at a person's address, and the address and name out of them.
pub async fn uninvite(tx: &mut Tx<'_>, address: &EmailKey, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE invitations SET email = '', email_key = '', name = '', reason = NULL,
             revoked_at = CASE WHEN accepted_at IS NULL AND revoked_at IS NULL THEN $2 ELSE revoked_at END
         WHERE email_key = $1"
    ))
    .bind(address.as_str())
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Takes everything personal out of a person's row. Its address becomes one that nobody can have.
pub async fn blank(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE people SET email = $2, email_key = $2, email_proven_at = NULL, name = '—', language = 'en', phone = NULL, zone = NULL,
             password = NULL, password_scheme = NULL, password_origin = NULL, authenticator = NULL, authenticator_step = 0,
             authenticator_at = NULL, phone_proven_at = NULL, active = FALSE,
             erased_at = $3, updated_at = $3 WHERE id = $1"
    ))
    .bind(person)
    .bind(format!("erased-{person}@invalid"))
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}
