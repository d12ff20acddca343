//! Where people's standard claims are kept: one sealed value for each person.

use super::profile::Profile;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::entropy::Entropy;
use crate::kernel::root::{Purpose, RootError, RootKey};
use crate::sql;

fn place(person: &str) -> String {
    format!("person_profiles/{person}")
}

/// The sealed value and when it changed.
pub async fn sealed(tx: &mut Tx<'_>, person: &str) -> Result<Option<(String, i64)>, DbError> {
    tx.q(sql!("SELECT sealed, updated_at FROM person_profiles WHERE person_id = $1")).bind(person).opt().await
}

/// What is known of a person, and when it changed; nothing known is an empty profile that never changed.
pub async fn get(tx: &mut Tx<'_>, root: &RootKey, person: &str) -> Result<(Profile, Timestamp), DbError> {
    let Some((sealed, at)) = sealed(tx, person).await? else { return Ok((Profile::default(), Timestamp(0))) };
    let bad = |why: String| DbError::BadRow { table: "person_profiles", column: "sealed", id: person.to_owned(), why };
    Ok((open(root, person, &sealed).map_err(bad)?, Timestamp(at)))
}

/// When a person's own row changed, and whether the phone in it is proven.
pub async fn person_changed(tx: &mut Tx<'_>, person: &str) -> Result<(Timestamp, bool), DbError> {
    let row: Option<(i64, bool)> = tx
        .q(sql!("SELECT updated_at, phone IS NOT NULL AND phone_proven_at IS NOT NULL FROM people WHERE id = $1"))
        .bind(person)
        .opt()
        .await?;
    Ok(row.map_or((Timestamp(0), false), |(at, proven)| (Timestamp(at), proven)))
}

/// Opens a sealed profile.
pub fn open(root: &RootKey, person: &str, sealed: &str) -> Result<Profile, String> {
    let plain = root.open(Purpose::Personal, &place(person), sealed).map_err(|e| e.to_string())?;
    serde_json::from_slice(&plain).map_err(|e| e.to_string())
}

/// Seals a profile for its person's row.
pub fn seal(root: &RootKey, entropy: &dyn Entropy, person: &str, profile: &Profile) -> Result<String, RootError> {
    let plain = serde_json::to_vec(profile).unwrap_or_default();
    root.seal(Purpose::Personal, &place(person), &plain, entropy)
}

/// Keeps a sealed profile in place of what was there.
pub async fn put(tx: &mut Tx<'_>, person: &str, sealed: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO person_profiles (person_id, sealed, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at"
    ))
    .bind(person)
    .bind(sealed)
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}
