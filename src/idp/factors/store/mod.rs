//! SQL of factors.

pub mod ceremonies;
pub mod enrolments;
pub mod passkeys;
pub mod recovery;

use super::model::{Held, Listed, step_at};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct HeldRow { authenticator: bool, passkeys: i64, recovery_codes: i64, phone: bool }
}

/// What a person has, for whoever decides what is asked of him: one statement.
pub async fn held(tx: &mut Tx<'_>, person: &str) -> Result<Held, DbError> {
    let row: Option<HeldRow> = tx
        .q(sql!(
            "SELECT p.authenticator IS NOT NULL AS authenticator, p.phone IS NOT NULL AND p.phone_proven_at IS NOT NULL AS phone,
                    (SELECT COUNT(*) FROM passkeys k WHERE k.person_id = p.id AND k.suspect_at IS NULL) AS passkeys,
                    (SELECT COUNT(*) FROM recovery_codes r WHERE r.person_id = p.id AND r.used_at IS NULL) AS recovery_codes
             FROM people p WHERE p.id = $1"
        ))
        .bind(person)
        .opt()
        .await?;
    Ok(row.map_or_else(Held::default, |r| Held {
        authenticator: r.authenticator,
        passkeys: r.passkeys,
        recovery_codes: r.recovery_codes,
        phone: r.phone,
    }))
}

record! {
    struct OwnRow {
        authenticator: bool, authenticator_at: Option<i64>, authenticator_step: i64, phone: Option<String>,
        phone_proven_at: Option<i64>
    }
}

/// All that a person has set up.
pub async fn list(tx: &mut Tx<'_>, person: &str) -> Result<Listed, DbError> {
    let own: Option<OwnRow> = tx
        .q(sql!(
            "SELECT authenticator IS NOT NULL AS authenticator, authenticator_at, authenticator_step, phone, phone_proven_at
             FROM people WHERE id = $1"
        ))
        .bind(person)
        .opt()
        .await?;
    let Some(own) = own else { return Ok(Listed::default()) };
    let (recovery_codes, recovery_made_at) = recovery::left(tx, person).await?;
    Ok(Listed {
        passkeys: passkeys::of_person(tx, person).await?.into_iter().map(|k| k.passkey).collect(),
        authenticator: own.authenticator.then_some(own.authenticator_at.map(Timestamp)),
        authenticator_used_at: if own.authenticator { step_at(own.authenticator_step) } else { None },
        phone: own.phone.filter(|_| own.phone_proven_at.is_some()),
        recovery_codes,
        recovery_made_at,
    })
}

/// Takes the authenticator app away; false when there is none.
pub async fn remove_authenticator(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE people SET authenticator = NULL, authenticator_step = 0, authenticator_at = NULL, updated_at = $2
             WHERE id = $1 AND authenticator IS NOT NULL"
        ))
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Records a number whose owner has shown a code that went there.
pub async fn prove_phone(tx: &mut Tx<'_>, person: &str, number: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE people SET phone = $2, phone_proven_at = $3, updated_at = $3 WHERE id = $1"))
        .bind(person)
        .bind(number)
        .bind(now.0)
        .exec()
        .await?;
    Ok(())
}

/// A proven number is that no more; whether it was. The number itself stays: it is how colleagues reach the person.
pub async fn unprove_phone(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE people SET phone_proven_at = NULL, updated_at = $2 WHERE id = $1 AND phone_proven_at IS NOT NULL"))
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Takes everything away but the password: none of it was set up by whom the account is now known to be of, or it is lost.
pub async fn forget_all(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<(), DbError> {
    remove_authenticator(tx, person, now).await?;
    unprove_phone(tx, person, now).await?;
    recovery::forget(tx, person).await?;
    passkeys::forget(tx, person).await?;
    ceremonies::forget(tx, person).await?;
    enrolments::forget(tx, person).await
}

/// After a restore: what a copy brings back opens nothing, since it may have been used. Recovery codes are made anew, what was
/// begun is begun again, and an authenticator's step of before counts for nobody.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    for sql in [
        sql!("UPDATE recovery_codes SET used_at = $1 WHERE used_at IS NULL"),
        sql!("UPDATE ceremonies SET expires_at = $1 WHERE expires_at > $1"),
        sql!("UPDATE enrolments SET expires_at = $1 WHERE expires_at > $1"),
    ] {
        tx.q(sql).bind(now.0).exec().await?;
    }
    tx.q(sql!("UPDATE people SET authenticator_step = $1 WHERE authenticator IS NOT NULL AND authenticator_step < $1"))
        .bind(now.seconds() / 30 + 1)
        .exec()
        .await?;
    Ok(())
}
