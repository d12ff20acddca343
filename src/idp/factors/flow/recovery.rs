//! Recovery codes: ten at once, shown once, each good for one sign-in.

use secrecy::{ExposeSecret, SecretString};

use super::{FactorError, Trace, Who};
use crate::idp::Idp;
use crate::idp::factors::model;
use crate::idp::factors::store::recovery;
use crate::idp::notices::What;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// Makes new codes in the place of all there were, and answers them: the only time that anyone sees them.
pub async fn make(idp: &Idp, who: &Who) -> Result<Vec<SecretString>, FactorError> {
    let seed = idp.env.entropy.bytes::<32>();
    let mut codes = Vec::with_capacity(model::RECOVERY_CODES);
    for n in 0..model::RECOVERY_CODES {
        let parts: [&[u8]; 2] = [&seed, &n.to_be_bytes()];
        codes.push(idp.env.root.code(Purpose::RecoveryCode, &parts, model::RECOVERY_ALPHABET, model::RECOVERY_LENGTH)?);
    }
    let hashes = codes.iter().map(|c| hash(&idp.env.root, &who.person.id, c)).collect::<Result<Vec<_>, _>>()?;
    idp.db
        .write((hashes, Trace::telling(idp, who, What::RecoveryCodesMade, "")?), |(hashes, trace), mut tx| {
            Box::pin(async move {
                recovery::replace(&mut tx, trace.person(), hashes, trace.now).await?;
                trace.done(&mut tx, "recovery_codes.made", "").await
            })
        })
        .await?;
    Ok(codes.iter().map(|c| model::grouped(c.expose_secret()).into()).collect())
}

/// How a code is kept: under a key, with whose it is.
fn hash(root: &RootKey, person: &str, code: &SecretString) -> Result<String, RootError> {
    root.token_hash("recovery-code", &format!("{person}/{}", code.expose_secret()))
}

/// Uses one code of a person. The caller counts tries before, and says in the audit log and to the person that it was used.
pub async fn take<E: From<DbError> + From<RootError>>(
    tx: &mut Tx<'_>,
    root: &RootKey,
    person: &str,
    typed: &SecretString,
    now: Timestamp,
) -> Result<bool, E> {
    if !model::is_recovery_code(typed.expose_secret()) {
        return Ok(false);
    }
    let code = model::recovery_code(typed.expose_secret()).into();
    Ok(recovery::take(tx, person, &hash(root, person, &code)?, now).await?)
}

/// Makes all codes void that are left.
pub async fn remove(idp: &Idp, who: &Who) -> Result<(), FactorError> {
    let (left, _) = {
        let mut snapshot = idp.db.snapshot().await?;
        recovery::left(&mut snapshot.tx(), &who.person.id).await?
    };
    if left == 0 {
        return Err(FactorError::NotFound);
    }
    idp.db
        .write(Trace::of(idp, who), |trace, mut tx| {
            Box::pin(async move {
                recovery::forget(&mut tx, trace.person()).await?;
                Ok(trace.done(&mut tx, "recovery_codes.removed", "").await?)
            })
        })
        .await
}
