//! SQL of challenges that wait for their answer.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

/// What a challenge is for. An answer to one kind counts for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new passkey.
    Make,
    /// A passkey of someone who is known.
    Known,
    /// A passkey of whoever comes.
    Anyone,
}

impl Purpose {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Make => "make",
            Self::Known => "known",
            Self::Anyone => "anyone",
        }
    }
}

record! {
    /// A challenge that was taken.
    #[derive(Clone, Debug)]
    pub struct Ceremony {
        /// Id.
        pub id: String,
        /// For whom, where that is known.
        pub person_id: Option<String>,
        /// What the library wants back, sealed.
        pub sealed: String,
    }
}

/// A challenge to be kept.
#[derive(Clone, Debug)]
pub struct NewCeremony {
    /// Id.
    pub id: String,
    /// The sign-in, session or issue that it belongs to.
    pub owner: String,
    /// For whom.
    pub person_id: Option<String>,
    /// What for.
    pub purpose: Purpose,
    /// What the library wants back, sealed.
    pub sealed: String,
    /// When it stops.
    pub expires_at: Timestamp,
}

/// Keeps a challenge.
pub async fn insert(tx: &mut Tx<'_>, c: &NewCeremony, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO ceremonies (id, owner, person_id, purpose, sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(c.id.as_str())
    .bind(c.owner.as_str())
    .bind(c.person_id.clone())
    .bind(c.purpose.as_str())
    .bind(c.sealed.as_str())
    .bind(now.0)
    .bind(c.expires_at.0)
    .exec()
    .await?;
    Ok(())
}

/// Takes a challenge for its answer, once, whatever comes of that (security case 22). Only its own sign-in or session does.
pub async fn take(tx: &mut Tx<'_>, id: &str, owner: &str, purpose: Purpose, now: Timestamp) -> Result<Option<Ceremony>, DbError> {
    tx.q(sql!(
        "UPDATE ceremonies SET used_at = $4 WHERE id = $1 AND owner = $2 AND purpose = $3 AND used_at IS NULL AND expires_at > $4
         RETURNING id, person_id, sealed"
    ))
    .bind(id)
    .bind(owner)
    .bind(purpose.as_str())
    .bind(now.0)
    .opt()
    .await
}

/// Drops those of a person.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM ceremonies WHERE person_id = $1")).bind(person).exec().await?;
    Ok(())
}

/// Drops what expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM ceremonies WHERE id IN (SELECT id FROM ceremonies WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
