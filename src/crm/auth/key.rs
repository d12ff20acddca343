//! The key that the record store proves itself with at the provider (`private_key_jwt`, RFC 7523). Owns making it at the
//! first start and reading it; the private half is stored sealed under the root key. Does not own what is signed.

use crate::kernel::Env;
use crate::kernel::db::{Db, DbError};
use crate::kernel::jose::{Alg, JoseError, SigningKey};
use crate::kernel::root::{Purpose, RootError};
use crate::sql;

/// Why there is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// It could not be made or read.
    #[error("the record store's client key: {0}")]
    Jose(#[from] JoseError),
    /// It could not be sealed or opened.
    #[error("the record store's client key: {0}")]
    Root(#[from] RootError),
    /// A row that this program didn't write.
    #[error("client_keys.alg of {0} is not an algorithm")]
    Alg(String),
}

struct New {
    kid: String,
    alg: &'static str,
    sealed: String,
    now: i64,
}

fn place(kid: &str) -> String {
    format!("client_keys/{kid}")
}

/// The key in use, made when there is none. Of several nodes that start for the first time at once, one makes it.
pub async fn open(db: &Db, env: &Env) -> Result<SigningKey, KeyError> {
    let fresh = SigningKey::generate(Alg::Es256)?;
    let kid = fresh.kid().to_owned();
    let sealed = env.root.seal(Purpose::SigningKey, &place(&kid), &fresh.to_pkcs8()?, env.entropy.as_ref())?;
    let new = New { kid, alg: fresh.alg().name(), sealed, now: env.now().0 };
    let (kid, alg, sealed) = db
        .write(new, |new, mut tx| {
            Box::pin(async move {
                let current: Option<(String, String, String)> = tx
                    .q(sql!("SELECT kid, alg, sealed FROM client_keys WHERE retired_at IS NULL ORDER BY created_at DESC, kid"))
                    .opt()
                    .await?;
                if let Some(row) = current {
                    return Ok(row);
                }
                tx.q(sql!("INSERT INTO client_keys (kid, alg, sealed, created_at) VALUES ($1, $2, $3, $4)"))
                    .bind(new.kid.as_str())
                    .bind(new.alg)
                    .bind(new.sealed.as_str())
                    .bind(new.now)
                    .exec()
                    .await?;
                Ok::<_, DbError>((new.kid.clone(), new.alg.to_owned(), new.sealed.clone()))
            })
        })
        .await?;
    let alg = Alg::from_name(&alg).ok_or_else(|| KeyError::Alg(kid.clone()))?;
    let der = env.root.open(Purpose::SigningKey, &place(&kid), &sealed)?;
    Ok(SigningKey::from_pkcs8(alg, &der)?)
}
