//! What the command line does with the halves besides serving them.

use std::path::Path;
use std::sync::Arc;

use super::{AppError, Sources, delivery, environment};
use crate::config::Settings;
use crate::crm::Crm;
use crate::idp::Idp;
use crate::idp::apply;
use crate::idp::credentials::authenticator::{code_at, seed_from_base32};
use crate::idp::credentials::passwords::breached;
use crate::idp::receipts::offline;

/// The provider of an installation that is there, for a command.
pub(super) async fn provider(settings: Settings) -> Result<Arc<Idp>, AppError> {
    is_there(&settings.idp_database())?;
    open(settings).await
}

/// The record store of an installation that is there, for a command.
pub(super) async fn record_store(settings: Settings) -> Result<Arc<Crm>, AppError> {
    is_there(&settings.crm_database())?;
    let (env, _) = environment(settings, &Sources::default())?;
    Ok(Crm::open(env).await?)
}

async fn open(settings: Settings) -> Result<Arc<Idp>, AppError> {
    let (env, _) = environment(settings, &Sources::default())?;
    Ok(Idp::open(env.clone(), delivery(&env, None)?).await?)
}

/// A command that began an installation of its own would tell of an empty one, and whoever asked would believe it: a log that
/// is whole, people who are signed out. A database of PostgreSQL is named by its address, and is there or can't be opened.
fn is_there(database: &str) -> Result<(), AppError> {
    let missing = database.strip_prefix("sqlite:").filter(|path| !Path::new(path).exists());
    missing.map_or(Ok(()), |path| {
        Err(AppError::Setting(format!(
            "there is no installation here: {path} is missing. Name the one that you mean by --data or by the settings file in \
             ZEGEL_CONFIG; zegel serve and zegel apply begin one"
        )))
    })
}

/// Makes what a file says, or tells what that would do; the difference, to be printed. An installation may begin with it.
pub async fn apply_file(settings: Settings, file: &Path, dry_run: bool) -> Result<String, AppError> {
    let idp = open(settings).await?;
    let plan = apply::from_path(&idp, file, dry_run).await.map_err(|e| AppError::Setting(e.to_string()))?;
    idp.db.close().await;
    Ok(plan.to_string())
}

/// Why a person sees a record, or why not, rule by rule; to be printed. Values are left out: who may read them is a matter of
/// pages and API.
pub async fn why(settings: Settings, module: &str, record: &str, sub: &str) -> Result<String, AppError> {
    let crm = record_store(settings).await?;
    let found = crm.why(module, record, sub).await.map_err(|e| AppError::Setting(e.to_string()))?;
    crm.db.close().await;
    found.map(|w| w.to_string()).ok_or_else(|| AppError::Setting("there is no such record, or nobody of that subject".into()))
}

/// Makes a filter of breached passwords of a list; what it holds, to be printed.
pub fn build_filter(list: &Path, file: &Path) -> Result<String, AppError> {
    let count = breached::build(list, file).map_err(|e| AppError::Setting(e.to_string()))?;
    let size = std::fs::metadata(file).map_err(|e| AppError::Io(file.display().to_string(), e))?.len();
    Ok(format!("{count} passwords in {size} bytes; name the file by the setting breached_passwords"))
}

/// The provider's published receipt keys, as it answers them.
pub async fn receipt_keys(settings: Settings) -> Result<String, AppError> {
    let (env, _) = environment(settings, &Sources::default())?;
    let address = env.settings.idp_url.at("/oauth2/receipt-keys");
    let fetched = async { env.http.get(&address).send().await?.error_for_status()?.text().await };
    fetched.await.map_err(|e| AppError::Setting(format!("the receipt keys at {address}: {e}; give them with --key-file")))
}

/// What an authenticator app with this key, as a page shows it, would show now; nothing for what is no key.
pub fn authenticator_code(key: &str) -> Option<String> {
    Some(code_at(&seed_from_base32(key)?, Sources::default().clock.now()))
}

/// Checks a file of receipts against the issuer's published keys, without asking anyone; the report, and whether all holds.
pub fn check_receipts(text: &str, jwks: &str, issuer: &str) -> (String, bool) {
    let against = offline::Against { issuer, jwks, checkpoints: None, expected: None };
    let report = offline::verify_file(text, &against);
    (report.to_string(), report.holds())
}
