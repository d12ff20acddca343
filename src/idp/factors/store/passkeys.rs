//! SQL of passkeys.

use crate::idp::factors::model::Passkey;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row {
        id: String, person_id: String, sealed: String, name: String, discoverable: Option<bool>, synced: bool, created_at: i64,
        used_at: Option<i64>, suspect_at: Option<i64>
    }
}

/// A passkey with what only the root key opens.
#[derive(Clone, Debug)]
pub struct Kept {
    /// As its owner sees it.
    pub passkey: Passkey,
    /// Whose it is.
    pub person_id: String,
    /// The credential, sealed.
    pub sealed: String,
}

impl From<Row> for Kept {
    fn from(r: Row) -> Self {
        let passkey = Passkey {
            id: r.id,
            name: r.name,
            discoverable: r.discoverable,
            synced: r.synced,
            created_at: Timestamp(r.created_at),
            used_at: r.used_at.map(Timestamp),
            suspect_at: r.suspect_at.map(Timestamp),
        };
        Self { passkey, person_id: r.person_id, sealed: r.sealed }
    }
}

/// Adds a passkey; false when some account has it already.
pub async fn insert(tx: &mut Tx<'_>, kept: &Kept, credential_hash: &str, counter: i64) -> Result<bool, DbError> {
    let k = &kept.passkey;
    let n = tx
        .q(sql!(
            "INSERT INTO passkeys (id, person_id, credential_hash, sealed, name, counter, discoverable, synced, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
        ))
        .bind(k.id.as_str())
        .bind(kept.person_id.as_str())
        .bind(credential_hash)
        .bind(kept.sealed.as_str())
        .bind(k.name.as_str())
        .bind(counter)
        .bind(k.discoverable)
        .bind(k.synced)
        .bind(k.created_at.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// The passkeys of a person, the oldest first.
pub async fn of_person(tx: &mut Tx<'_>, person: &str) -> Result<Vec<Kept>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, person_id, sealed, name, discoverable, synced, created_at, used_at, suspect_at FROM passkeys
             WHERE person_id = $1 ORDER BY id"
        ))
        .bind(person)
        .all()
        .await?;
    Ok(rows.into_iter().map(Kept::from).collect())
}

/// The passkey of this credential.
pub async fn by_credential(tx: &mut Tx<'_>, credential_hash: &str) -> Result<Option<Kept>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, person_id, sealed, name, discoverable, synced, created_at, used_at, suspect_at FROM passkeys
             WHERE credential_hash = $1"
        ))
        .bind(credential_hash)
        .opt()
        .await?;
    Ok(row.map(Kept::from))
}

/// Records a use. False when the counter did not go on from the one that is stored, or the passkey is gone or suspect: two uses
/// at once of a passkey that counts are one use and one refusal (WebAuthn Level 3, section 7.2, step 22).
pub async fn used(tx: &mut Tx<'_>, id: &str, sealed: &str, counter: i64, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE passkeys SET sealed = $2, counter = $3, used_at = $4
             WHERE id = $1 AND suspect_at IS NULL AND (counter < $3 OR (counter = 0 AND $3 = 0))"
        ))
        .bind(id)
        .bind(sealed)
        .bind(counter)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Records that there seems to be a copy.
pub async fn suspect(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE passkeys SET suspect_at = $2 WHERE id = $1 AND suspect_at IS NULL")).bind(id).bind(now.0).exec().await?;
    Ok(())
}

/// Calls a person's passkey something else; false when he has none of this id.
pub async fn rename(tx: &mut Tx<'_>, person: &str, id: &str, name: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE passkeys SET name = $3 WHERE id = $2 AND person_id = $1"))
        .bind(person)
        .bind(id)
        .bind(name)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Removes a person's passkey; what it was called.
pub async fn remove(tx: &mut Tx<'_>, person: &str, id: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> =
        tx.q(sql!("DELETE FROM passkeys WHERE id = $2 AND person_id = $1 RETURNING name")).bind(person).bind(id).opt().await?;
    Ok(row.map(|(name,)| name))
}

/// Removes all of a person.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM passkeys WHERE person_id = $1")).bind(person).exec().await?;
    Ok(())
}
