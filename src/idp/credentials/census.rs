//! Counting how passwords are kept, so that unknown addresses cost what accounts cost (`passwords::Decoys`).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::idp::people;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError};

use super::Hasher;

/// How old a count may be: kinds of hashes change with an import, and then slowly.
const AGE: Duration = Duration::from_secs(60);

/// When they were last counted.
#[derive(Default)]
pub struct Census(AtomicI64);

impl Census {
    /// Counts, when the last count is old. Of all that come at once, one does.
    pub async fn refresh(&self, db: &Db, hasher: &Hasher, now: Timestamp) -> Result<(), DbError> {
        let before = self.0.load(Ordering::Relaxed);
        let is_old = Timestamp(before) + AGE <= now;
        if is_old && self.0.compare_exchange(before, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            Self::count(db, hasher).await?;
        }
        Ok(())
    }

    /// Counts now.
    pub async fn count(db: &Db, hasher: &Hasher) -> Result<(), DbError> {
        let mut snapshot = db.snapshot().await?;
        hasher.decoys.learn(people::store::password_schemes(&mut snapshot.tx()).await?);
        Ok(())
    }
}
