//! What the command line does about people's factors: through the same transactions as their own pages, and in the audit log.

use super::AppError;
use super::commands::provider;
use crate::config::Settings;
use crate::idp::Idp;
use crate::idp::factors::flow::{self, FactorError, Who, authenticator, passkeys, phone, recovery};
use crate::idp::people::{self, EmailKey, Person};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;

fn wrong(e: impl std::fmt::Display) -> AppError {
    AppError::Setting(e.to_string())
}

async fn find(idp: &Idp, email: &str) -> Result<Person, AppError> {
    let key = EmailKey::parse(email).ok_or_else(|| wrong(format!("{email:?} is no e-mail address")))?;
    let mut snapshot = idp.db.snapshot().await.map_err(wrong)?;
    let found = people::store::by_email(&mut snapshot.tx(), &key).await.map_err(wrong)?;
    found.ok_or_else(|| wrong(format!("there is nobody with the address {email}")))
}

/// What someone has set up, a line each.
pub async fn list_factors(settings: Settings, email: &str) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let lines = lines(&idp, email).await;
    idp.db.close().await;
    lines
}

async fn lines(idp: &Idp, email: &str) -> Result<String, AppError> {
    let person = find(idp, email).await?;
    let has = flow::list(idp, &person.id).await.map_err(wrong)?;
    let time = |t: Option<Timestamp>| t.map_or_else(|| "-".to_owned(), Timestamp::rfc3339);
    let mut out = format!("{} ({})", person.email, person.id);
    for p in &has.passkeys {
        let off = if p.suspect_at.is_some() { "  switched off: there may be a copy" } else { "" };
        let (added, used) = (p.created_at.rfc3339(), time(p.used_at));
        out.push_str(&format!("\npasskey         {}  {}  added {added}  used {used}{off}", p.id, p.name));
    }
    if let Some(at) = has.authenticator {
        out.push_str(&format!("\nauthenticator   added {}  used {}", time(at), time(has.authenticator_used_at)));
    }
    if let Some(number) = &has.phone {
        out.push_str(&format!("\nphone           {}", crate::kernel::delivery::mask_address(number)));
    }
    if has.recovery_made_at.is_some() {
        out.push_str(&format!("\nrecovery-codes  {} left  made {}", has.recovery_codes, time(has.recovery_made_at)));
    }
    Ok(out)
}

/// Removes what someone has lost; what that was.
pub async fn remove_factor(settings: Settings, email: &str, factor: &str) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let removed = remove(&idp, email, factor).await;
    idp.db.close().await;
    removed
}

async fn remove(idp: &Idp, email: &str, factor: &str) -> Result<String, AppError> {
    let person = find(idp, email).await?;
    let who = Who { person, owner: "command-line".into(), actor: Actor::command_line(), browser: String::new() };
    let removed = match factor {
        "authenticator" => authenticator::remove(idp, &who).await,
        "phone" => phone::remove(idp, &who).await,
        "recovery-codes" => recovery::remove(idp, &who).await,
        id => passkeys::remove(idp, &who, id).await.map(drop),
    };
    match removed {
        Ok(()) => Ok(format!("removed {factor} of {}", who.person.email)),
        Err(FactorError::NotFound) => Err(wrong(format!("{email} has no {factor}"))),
        Err(e) => Err(wrong(e)),
    }
}
