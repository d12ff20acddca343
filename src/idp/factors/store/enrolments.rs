//! SQL of what is being set up.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

/// What is being set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An authenticator app.
    Authenticator,
    /// A telephone.
    Phone,
}

impl Kind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::Phone => "phone",
        }
    }
}

record! {
    /// What is being set up.
    #[derive(Clone, Debug)]
    pub struct Enrolment {
        /// Id; codes are derived from it.
        pub id: String,
        /// For whom.
        pub person_id: String,
        /// The seed or number, sealed.
        pub sealed: String,
        /// Which message counts; 0 before the first.
        pub generation: i64,
        /// When it was asked for.
        pub sent_at: Option<i64>,
        /// Codes tried.
        pub tries: i64,
        /// Until when.
        pub expires_at: i64,
    }
}

/// Begins setting something up, in the place of what was begun before.
pub async fn begin(tx: &mut Tx<'_>, kind: Kind, e: &Enrolment, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO enrolments (person_id, kind, id, sealed, generation, sent_at, tries, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)
         ON CONFLICT (person_id, kind) DO UPDATE SET id = excluded.id, sealed = excluded.sealed,
             generation = excluded.generation, sent_at = excluded.sent_at, tries = 0, created_at = excluded.created_at,
             expires_at = excluded.expires_at"
    ))
    .bind(e.person_id.as_str())
    .bind(kind.as_str())
    .bind(e.id.as_str())
    .bind(e.sealed.as_str())
    .bind(e.generation)
    .bind(e.sent_at)
    .bind(now.0)
    .bind(e.expires_at)
    .exec()
    .await?;
    Ok(())
}

/// What a person is setting up, while it may go on.
pub async fn open(tx: &mut Tx<'_>, person: &str, kind: Kind, now: Timestamp) -> Result<Option<Enrolment>, DbError> {
    tx.q(sql!(
        "SELECT id, person_id, sealed, generation, sent_at, tries, expires_at FROM enrolments
         WHERE person_id = $1 AND kind = $2 AND expires_at > $3"
    ))
    .bind(person)
    .bind(kind.as_str())
    .bind(now.0)
    .opt()
    .await
}

/// The one with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str, kind: Kind) -> Result<Option<Enrolment>, DbError> {
    tx.q(sql!("SELECT id, person_id, sealed, generation, sent_at, tries, expires_at FROM enrolments WHERE id = $1 AND kind = $2"))
        .bind(id)
        .bind(kind.as_str())
        .opt()
        .await
}

/// Counts a try **before** it is evaluated; the number of tries so far, or nothing when none is left.
pub async fn count_try(tx: &mut Tx<'_>, id: &str, most: i64, now: Timestamp) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!("UPDATE enrolments SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND expires_at > $3 RETURNING tries"))
        .bind(id)
        .bind(most)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(t,)| t))
}

/// Begins another generation of the code; nothing when there were enough, or the last is younger than `since`.
pub async fn next_generation(
    tx: &mut Tx<'_>,
    id: &str,
    most: i64,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE enrolments SET generation = generation + 1, sent_at = $4
             WHERE id = $1 AND generation < $2 AND sent_at <= $3 AND expires_at > $4 RETURNING generation"
        ))
        .bind(id)
        .bind(most)
        .bind(since.0)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(g,)| g))
}

/// Ends one; false when it had ended, so that of two confirmations at once one counts.
pub async fn end(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    Ok(tx.q(sql!("DELETE FROM enrolments WHERE id = $1")).bind(id).exec().await? == 1)
}

/// Drops those of a person.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM enrolments WHERE person_id = $1")).bind(person).exec().await?;
    Ok(())
}

/// Drops what expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM enrolments WHERE id IN (SELECT id FROM enrolments WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
