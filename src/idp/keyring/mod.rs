//! The provider's signing keys: one life from being published, over signing, to being checked with only. Owns the keys in
//! memory and which of them signs, counts and is published at a moment. Does not own what is signed.
//!
//! A key is published before it signs, so that everyone has it by then, and after it has signed, as long as something that it
//! signed may be shown; whoever makes the next one sets both moments, so nodes agree without talking. Rows are the truth: a
//! request learns with its look-up of the client whether they changed.

pub mod flow;
pub mod model;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;

use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError};
use crate::kernel::jose::{Alg, JoseError, KeySet, SigningKey};
use crate::kernel::root::{Purpose, RootError};

pub use model::{Life, Stage, Use};
use store::Row;

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
    /// Who asks is no administrator, or none any more.
    #[error("only an administrator does that")]
    Forbidden,
    /// There is none for this use.
    #[error("there is no signing key for this use")]
    Missing,
    /// There is none of this name.
    #[error("there is no key {0:?} for tokens that still counts; `zegel keys list` names them")]
    Unknown(String),
}

/// One key with its life.
pub struct Held {
    /// The key.
    pub key: SigningKey,
    /// What for.
    pub purpose: Use,
    /// Until when it signed, or will sign.
    pub retired_at: Option<Timestamp>,
    /// Its life.
    pub life: Life,
}

/// What holds until some moment: the sets of keys that count, by use, and the published one as it is sent.
struct Now {
    until: Timestamp,
    sets: HashMap<Use, Arc<KeySet>>,
    published: Bytes,
}

struct Loaded {
    revision: i64,
    held: Arc<Vec<Arc<Held>>>,
    now: Arc<Now>,
}

/// The keys in memory.
pub struct Keyring {
    db: Db,
    env: Env,
    loaded: RwLock<Arc<Loaded>>,
}

impl Keyring {
    /// Reads the keys, making those that every installation has from its first start.
    pub async fn open(db: &Db, env: &Env) -> Result<Self, KeyringError> {
        let loaded = RwLock::new(Arc::new(read(db, env).await?));
        let keyring = Self { db: db.clone(), env: env.clone(), loaded };
        flow::first(&keyring).await?;
        Ok(keyring)
    }

    fn loaded(&self) -> Arc<Loaded> {
        let loaded = Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner));
        let now = self.env.now();
        if now < loaded.now.until {
            return loaded;
        }
        // A key began to sign, or is published no longer: nothing is read for that.
        match moment(&loaded.held, now, self.env.settings.key_keep()) {
            Ok(moment) => {
                let (revision, held) = (loaded.revision, Arc::clone(&loaded.held));
                self.put(Loaded { revision, held, now: Arc::new(moment) }, false)
            }
            Err(error) => {
                tracing::error!(%error, "the set of keys can't be put together anew");
                loaded
            }
        }
    }

    /// Takes what was loaded, unless something newer is there; what is there then.
    fn put(&self, loaded: Loaded, even_older: bool) -> Arc<Loaded> {
        let mut there = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        if even_older || loaded.revision >= there.revision {
            *there = Arc::new(loaded);
        }
        Arc::clone(&there)
    }

    /// All keys.
    pub fn all(&self) -> Arc<Vec<Arc<Held>>> {
        Arc::clone(&self.loaded().held)
    }

    /// The key that signs now for a use and algorithm.
    pub fn signing(&self, purpose: Use, alg: Alg) -> Result<Arc<Held>, KeyringError> {
        let (loaded, now) = (self.loaded(), self.env.now());
        let fits = loaded.held.iter().filter(|h| h.purpose == purpose && h.key.alg() == alg && h.life.signs(now));
        fits.max_by_key(|h| h.life.active_at).cloned().ok_or(KeyringError::Missing)
    }

    /// The public keys for a use that count now: those that will sign, sign, or signed what may still be shown.
    pub fn public(&self, purpose: Use) -> Result<Arc<KeySet>, KeyringError> {
        self.loaded().now.sets.get(&purpose).cloned().ok_or(KeyringError::Missing)
    }

    /// The set for tokens as it is published at `jwks_uri`.
    pub fn published(&self) -> Bytes {
        self.loaded().now.published.clone()
    }

    /// The revision of the rows in memory.
    pub fn revision(&self) -> i64 {
        self.loaded().revision
    }

    /// Looks whether the rows changed, and reads them again if so.
    pub async fn look(&self) -> Result<(), KeyringError> {
        let revision = store::revision(&mut self.db.snapshot().await?.tx()).await?;
        self.follow(revision).await
    }

    /// Reads the rows again where they are of another revision than those in memory.
    pub async fn follow(&self, revision: i64) -> Result<(), KeyringError> {
        if self.loaded().revision == revision { Ok(()) } else { self.reload().await }
    }

    /// Reads the rows again.
    pub async fn reload(&self) -> Result<(), KeyringError> {
        // After a restore the revision may be an older one.
        self.put(read(&self.db, &self.env).await?, true);
        Ok(())
    }
}

fn place(kid: &str) -> String {
    format!("signing_keys/{kid}")
}

async fn read(db: &Db, env: &Env) -> Result<Loaded, KeyringError> {
    let (revision, rows) = {
        let mut snapshot = db.snapshot().await?;
        let mut tx = snapshot.tx();
        (store::revision(&mut tx).await?, store::all(&mut tx).await?)
    };
    let held = rows.into_iter().map(|r| open(env, r)).collect::<Result<Vec<_>, _>>()?;
    let now = Arc::new(moment(&held, env.now(), env.settings.key_keep())?);
    Ok(Loaded { revision, held: Arc::new(held), now })
}

/// What counts now, and until when that is so.
fn moment(held: &[Arc<Held>], now: Timestamp, keep: std::time::Duration) -> Result<Now, KeyringError> {
    let mut sets = HashMap::new();
    for purpose in Use::ALL {
        let counts = held.iter().filter(|h| h.purpose == purpose && h.life.counts(purpose, now, keep));
        sets.insert(purpose, Arc::new(KeySet::of(counts.map(|h| h.key.public().clone()))?));
    }
    let next = held.iter().flat_map(|h| h.life.moments(h.purpose, keep)).filter(|at| *at > now).min();
    let published = sets.get(&Use::Token).map(|set| set.to_jwks().to_string()).unwrap_or_default();
    Ok(Now { until: next.unwrap_or(Timestamp(i64::MAX)), sets, published: published.into() })
}

fn open(env: &Env, row: Row) -> Result<Arc<Held>, KeyringError> {
    let bad = |column, why: &str| DbError::BadRow { table: "signing_keys", column, id: row.kid.clone(), why: why.to_owned() };
    let alg = Alg::from_name(&row.alg).ok_or_else(|| bad("alg", "not an algorithm"))?;
    let purpose = Use::from_name(&row.purpose).ok_or_else(|| bad("purpose", "not a use"))?;
    let der = env.root.open(Purpose::SigningKey, &place(&row.kid), &row.sealed)?;
    let key = SigningKey::from_pkcs8(alg, &der)?;
    if key.kid() != row.kid {
        return Err(bad("sealed", "another key than the row says").into());
    }
    let life = row.life();
    Ok(Arc::new(Held { key, purpose, retired_at: life.retired_at, life }))
}

#[cfg(test)]
mod tests;
