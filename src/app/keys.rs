//! What the command line does about signing keys.

use super::AppError;
use super::commands::provider;
use crate::config::Settings;
use crate::contract::access::TakenState;
use crate::idp::feed;
use crate::idp::keyring::flow::{self, Rotation};
use crate::idp::keyring::{KeyringError, Use};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::jose::Alg;

impl From<KeyringError> for AppError {
    fn from(e: KeyringError) -> Self {
        Self::Setting(e.to_string())
    }
}

/// Every key, a line each.
pub async fn list_keys(settings: Settings) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let lines: Vec<String> = flow::list(&idp.keyring).iter().map(line).collect();
    idp.db.close().await;
    Ok(lines.join("\n"))
}

fn line(k: &flow::Listed) -> String {
    let until = k.life.retired_at.map(|at| format!(" to {}", at.rfc3339())).unwrap_or_default();
    let gone = k.gone_at.map(|at| format!(", published until {}", at.rfc3339())).unwrap_or_default();
    let (purpose, alg, stage, from) = (k.purpose.as_str(), k.alg.name(), k.stage.as_str(), k.life.active_at.rfc3339());
    format!("{}  {purpose:<7} {alg:<5} {stage:<9} signs from {from}{until}{gone}", k.kid)
}

/// Makes next keys; which.
pub async fn rotate_keys(settings: Settings, receipts: bool, alg: Option<&str>, at_once: bool) -> Result<String, AppError> {
    let unknown = || AppError::Setting("the algorithm is EdDSA, ES256, RS256 or PS256".into());
    let alg = alg.map(|name| Alg::from_name(name).ok_or_else(unknown)).transpose()?;
    let idp = provider(settings).await?;
    let purpose = if receipts { Use::Receipt } else { Use::Token };
    let made = flow::rotate(&idp.keyring, Rotation { purpose, alg, at_once }, &Actor::command_line()).await;
    let said = made.map(|made| {
        let lines: Vec<String> = flow::list(&idp.keyring).iter().filter(|k| made.contains(&k.kid)).map(line).collect();
        if lines.is_empty() { "Next keys are waiting already; with --now they sign at once.".into() } else { lines.join("\n") }
    });
    idp.db.close().await;
    Ok(said?)
}

/// Takes a key out of use at once; what signs now.
pub async fn withdraw_key(settings: Settings, kid: &str) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let done = async {
        let next = flow::withdraw(&idp.keyring, kid, &Actor::command_line()).await?;
        let wrong = |e: DbError| AppError::Setting(e.to_string());
        let head = feed::store::head_now(&idp.db).await.map_err(wrong)?;
        let taken = feed::settle(&idp, head.position).await.map_err(wrong)?;
        let known = match taken.state {
            TakenState::Done => "Every replica of the access log has acknowledged it.".to_owned(),
            TakenState::Pending => format!("Not acknowledged yet by: {}.", taken.waiting_for.join(", ")),
        };
        Ok(format!("{kid} is withdrawn: nothing that it signed counts any more. {next} signs now.\n{known}"))
    };
    let said = done.await;
    idp.db.close().await;
    said
}
