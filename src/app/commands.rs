//! What the command line does with the halves besides serving them.

use std::path::Path;

use super::{AppError, Sources, delivery, environment};
use crate::cli::out::Out;
use crate::cli::receipts;
use crate::config::Settings;
use crate::idp::Idp;
use crate::idp::apply;

/// `zegel apply`.
pub async fn apply_file(settings: Settings, file: &Path, dry_run: bool, out: &mut Out<'_>) -> Result<(), AppError> {
    let (env, _) = environment(settings, &Sources::default())?;
    let idp = Idp::open(env.clone(), delivery(&env, None)?).await?;
    let plan = apply::from_path(&idp, file, dry_run).await.map_err(|e| AppError::Setting(e.to_string()))?;
    out.line(plan.to_string());
    idp.db.close().await;
    Ok(())
}

/// `zegel receipts verify`: with the provider's published keys, or offline with a file of them.
pub async fn verify_receipts(settings: Settings, file: &Path, keys: Option<&Path>, out: &mut Out<'_>) -> Result<(), AppError> {
    let read = |p: &Path| std::fs::read(p).map_err(|e| AppError::Io(p.display().to_string(), e));
    let text = String::from_utf8(read(file)?).map_err(|e| AppError::Setting(format!("{}: {e}", file.display())))?;
    let issuer = settings.idp_url.as_str().to_owned();
    let keys = match keys {
        Some(path) => read(path)?,
        None => {
            let (env, _) = environment(settings, &Sources::default())?;
            let fetched =
                async { env.http.get(format!("{issuer}/oauth2/receipt-keys")).send().await?.error_for_status()?.bytes().await };
            fetched
                .await
                .map_err(|e| AppError::Setting(format!("the provider's receipt keys: {e}; give them with --key-file")))?
                .to_vec()
        }
    };
    let lines = receipts::verify(&text, &keys, &issuer).map_err(|e| AppError::Setting(e.to_string()))?;
    for line in lines {
        out.line(line);
    }
    Ok(())
}
