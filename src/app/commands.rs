//! What the command line does with the halves besides serving them.

use std::path::Path;

use super::{AppError, Sources, delivery, environment};
use crate::config::Settings;
use crate::idp::Idp;
use crate::idp::apply;

/// Makes what a file says, or tells what that would do; the difference, to be printed.
pub async fn apply_file(settings: Settings, file: &Path, dry_run: bool) -> Result<String, AppError> {
    let (env, _) = environment(settings, &Sources::default())?;
    let idp = Idp::open(env.clone(), delivery(&env, None)?).await?;
    let plan = apply::from_path(&idp, file, dry_run).await.map_err(|e| AppError::Setting(e.to_string()))?;
    idp.db.close().await;
    Ok(plan.to_string())
}

/// The provider's published receipt keys, as it answers them.
pub async fn receipt_keys(settings: Settings) -> Result<Vec<u8>, AppError> {
    let (env, _) = environment(settings, &Sources::default())?;
    let address = env.settings.idp_url.at("/oauth2/receipt-keys");
    let fetched = async { env.http.get(&address).send().await?.error_for_status()?.bytes().await };
    let bytes =
        fetched.await.map_err(|e| AppError::Setting(format!("the receipt keys at {address}: {e}; give them with --key-file")))?;
    Ok(bytes.to_vec())
}
