//! Forgets what has expired, so that tables stay small. Nothing here decides anything: every reader checks times itself.

use std::time::Duration;

use super::Idp;
use super::{clients, credentials, oidc, signin};
use crate::kernel::db::DbError;

/// How long expired rows are kept, for whoever asks what happened.
const KEEP: Duration = Duration::from_secs(24 * 3600);

/// One round; the number of rows forgotten.
pub async fn run(idp: &Idp) -> Result<u64, DbError> {
    super::challenges::sweep(idp).await?;
    super::admission::flow::sweep(idp).await?;
    let before = idp.env.now() - KEEP;
    idp.db
        .write(before, |before, mut tx| {
            Box::pin(async move {
                Ok(signin::store::sweep(&mut tx, *before).await?
                    + oidc::store::sweep(&mut tx, *before).await?
                    + clients::store::sweep_assertions(&mut tx, *before).await?
                    + credentials::limits::sweep(&mut tx, *before).await?)
            })
        })
        .await
}
