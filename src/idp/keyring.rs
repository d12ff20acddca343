//! The provider's signing keys: made at the first start, sealed under the root key, kept parsed in memory. Rows are the
//! truth; another node's new key is read when a look-up misses.

use std::sync::{Arc, RwLock};

use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::kernel::jose::{Alg, JoseError, KeySet, SigningKey};
use crate::kernel::root::{Purpose, RootError};
use crate::{record, sql};

/// What a key signs. Keys are never shared between uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Access and ID tokens.
    Token,
    /// Receipts and their checkpoints; published for ever.
    Receipt,
}

impl Use {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Receipt => "receipt",
        }
    }
}

/// The keys that every installation has from its first start.
const FIRST: [(Use, Alg); 4] =
    [(Use::Token, Alg::Es256), (Use::Token, Alg::Rs256), (Use::Token, Alg::EdDsa), (Use::Receipt, Alg::EdDsa)];

/// Why keys could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key doesn't open them.
    #[error("a signing key: {0}")]
    Root(#[from] RootError),
    /// The key itself.
    #[error("a signing key: {0}")]
    Jose(#[from] JoseError),
    /// There is none for this use.
    #[error("there is no signing key for this use")]
    Missing,
}

record! {
    struct Row { kid: String, purpose: String, alg: String, sealed: String, created_at: i64, retired_at: Option<i64> }
}

/// One key with its life.
pub struct Held {
    /// The key.
    pub key: SigningKey,
    /// What for.
    pub purpose: Use,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it signed.
    pub retired_at: Option<Timestamp>,
    alg: Alg,
}

impl Held {
    /// What it signs by.
    pub const fn alg(&self) -> Alg {
        self.alg
    }
}

/// The keys in memory.
pub struct Keyring(RwLock<Arc<Vec<Arc<Held>>>>);

impl Keyring {
    /// Reads the keys, making those that are missing.
    pub async fn open(db: &Db, env: &Env) -> Result<Self, KeyringError> {
        let mut held = load(db, env).await?;
        let missing: Vec<_> = FIRST.into_iter().filter(|(u, a)| !held.iter().any(|h| h.purpose == *u && h.alg == *a)).collect();
        if !missing.is_empty() {
            for (purpose, alg) in missing {
                make(db, env, purpose, alg).await?;
            }
            held = load(db, env).await?;
        }
        Ok(Self(RwLock::new(Arc::new(held))))
    }

    /// All keys.
    pub fn all(&self) -> Arc<Vec<Arc<Held>>> {
        Arc::clone(&self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The newest key for a use and algorithm.
    pub fn signing(&self, purpose: Use, alg: Alg) -> Result<Arc<Held>, KeyringError> {
        let all = self.all();
        let fits = all.iter().filter(|h| h.purpose == purpose && h.alg == alg && h.retired_at.is_none());
        fits.max_by_key(|h| h.created_at).cloned().ok_or(KeyringError::Missing)
    }

    /// The public keys for a use, those retired included: what they signed must still be checked.
    pub fn public(&self, purpose: Use) -> Result<KeySet, KeyringError> {
        let all = self.all();
        let keys = all.iter().filter(|h| h.purpose == purpose);
        let mut jwks = Vec::new();
        for held in keys {
            jwks.push(crate::kernel::jose::PublicKey::from_jwk(&held.key.public_jwk())?);
        }
        Ok(KeySet::of(jwks)?)
    }

    /// Reads the rows again.
    pub async fn reload(&self, db: &Db, env: &Env) -> Result<(), KeyringError> {
        let held = load(db, env).await?;
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(held);
        Ok(())
    }
}

fn place(kid: &str) -> String {
    format!("signing_keys/{kid}")
}

async fn load(db: &Db, env: &Env) -> Result<Vec<Arc<Held>>, KeyringError> {
    let rows: Vec<Row> = db
        .query(sql!("SELECT kid, purpose, alg, sealed, created_at, retired_at FROM signing_keys ORDER BY created_at, kid"))
        .all()
        .await?;
    rows.into_iter().map(|r| open(env, r)).collect()
}

fn open(env: &Env, row: Row) -> Result<Arc<Held>, KeyringError> {
    let bad = |column, why: &str| DbError::BadRow { table: "signing_keys", column, id: row.kid.clone(), why: why.to_owned() };
    let alg = Alg::from_name(&row.alg).ok_or_else(|| bad("alg", "not an algorithm"))?;
    let purpose = match row.purpose.as_str() {
        "token" => Use::Token,
        "receipt" => Use::Receipt,
        _ => return Err(bad("purpose", "not a use").into()),
    };
    let der = env.root.open(Purpose::SigningKey, &place(&row.kid), &row.sealed)?;
    let key = SigningKey::from_pkcs8(alg, &der)?;
    if key.kid() != row.kid {
        return Err(bad("sealed", "another key than the row says").into());
    }
    Ok(Arc::new(Held { key, purpose, created_at: Timestamp(row.created_at), retired_at: row.retired_at.map(Timestamp), alg }))
}

/// Makes a key, unless another node has made one for the same use meanwhile.
async fn make(db: &Db, env: &Env, purpose: Use, alg: Alg) -> Result<(), KeyringError> {
    let key = tokio::task::spawn_blocking(move || SigningKey::generate(alg)).await.map_err(|_| KeyringError::Missing)??;
    let sealed = env.root.seal(Purpose::SigningKey, &place(key.kid()), &key.to_pkcs8()?, env.entropy.as_ref())?;
    let row = Row {
        kid: key.kid().to_owned(),
        purpose: purpose.as_str().to_owned(),
        alg: alg.name().to_owned(),
        sealed,
        created_at: env.now().0,
        retired_at: None,
    };
    db.write(row, |row, mut tx| Box::pin(async move { insert_first(&mut tx, row).await })).await?;
    Ok(())
}

async fn insert_first(tx: &mut Tx<'_>, row: &Row) -> Result<(), DbError> {
    let (there,): (i64,) = tx
        .q(sql!("SELECT COUNT(*) FROM signing_keys WHERE purpose = $1 AND alg = $2 AND retired_at IS NULL"))
        .bind(row.purpose.as_str())
        .bind(row.alg.as_str())
        .one()
        .await?;
    if there > 0 {
        return Ok(());
    }
    tx.q(sql!(
        "INSERT INTO signing_keys (kid, purpose, alg, sealed, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    ))
    .bind(row.kid.as_str())
    .bind(row.purpose.as_str())
    .bind(row.alg.as_str())
    .bind(row.sealed.as_str())
    .bind(row.created_at)
    .exec()
    .await?;
    Ok(())
}
