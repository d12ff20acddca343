//! What the command line does about access: through the same transactions as the API, and in the audit log.

use super::AppError;
use super::commands::{provider, record_store};
use crate::config::Settings;
use crate::contract::access::{GrantLevel, TakenState};
use crate::crm::Crm;
use crate::crm::replica::Rebuild;
use crate::idp::apply::{self, File, GrantForm, Plan};
use crate::idp::{Idp, feed, grants};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;

/// Access that is to be given.
#[derive(Clone, Debug, Default)]
pub struct Gift {
    /// The relation, by id or by the key that files use.
    pub relation: String,
    /// An e-mail address, or `group:NAME`.
    pub who: String,
    /// The level by its name.
    pub level: String,
    /// From when.
    pub from: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

fn wrong(e: impl std::fmt::Display) -> AppError {
    AppError::Setting(e.to_string())
}

/// Who has access to a relation, a line each.
pub async fn list_grants(settings: Settings, relation: &str) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let lines = lines(&idp, relation).await;
    idp.db.close().await;
    lines
}

async fn lines(idp: &Idp, relation: &str) -> Result<String, AppError> {
    let mut snapshot = idp.db.snapshot().await.map_err(wrong)?;
    let mut tx = snapshot.tx();
    let known = apply::grants::relation(&mut tx, relation).await.map_err(wrong)?;
    let known = known.ok_or_else(|| wrong(format!("there is no relation {relation:?}")))?.relation;
    let held = grants::store::of_relation(&mut tx, &known.id, idp.env.now()).await.map_err(wrong)?;
    let time = |t: Option<i64>| t.map_or_else(|| "-".to_owned(), |t| Timestamp(t).rfc3339());
    let mut out = format!("{} ({})", known.name, known.id);
    for g in held {
        let reason = g.reason.map(|r| format!("  {r}")).unwrap_or_default();
        out.push_str(&format!("\n{:<12} {}  {} to {}{reason}", g.level.as_str(), g.holder_name, time(g.from), time(g.until)));
    }
    Ok(out)
}

/// Gives access; what that changed.
pub async fn give_grant(settings: Settings, gift: Gift) -> Result<String, AppError> {
    let level = GrantLevel::ALL.into_iter().find(|l| l.as_str() == gift.level);
    let level = level.ok_or_else(|| wrong("the level is participant, reader, contributor or manager"))?;
    let (from, until, reason) = (gift.from.clone(), gift.until.clone(), gift.reason.clone());
    let form = GrantForm { level: Some(level), from, until, reason, ..holder(&gift.relation, &gift.who) };
    let idp = provider(settings).await?;
    let plan = write(&idp, form).await;
    idp.db.close().await;
    Ok(plan?.to_string())
}

/// Takes access away; what that changed, and who does not know it yet.
pub async fn take_grant(settings: Settings, relation: &str, who: &str) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let form = GrantForm { present: Some(false), ..holder(relation, who) };
    let done = async {
        let plan = write(&idp, form).await?;
        let head = feed::store::head_now(&idp.db).await.map_err(wrong)?;
        let taken = feed::settle(&idp, head.position).await.map_err(wrong)?;
        Ok(match taken.state {
            TakenState::Done => format!("{plan}\nEvery replica of the access log has acknowledged it."),
            TakenState::Pending => format!("{plan}\nNot acknowledged yet by: {}.", taken.waiting_for.join(", ")),
        })
    };
    let done = done.await;
    idp.db.close().await;
    done
}

/// Begins a new epoch of the access log; its name.
pub async fn new_epoch(settings: Settings) -> Result<String, AppError> {
    let idp = provider(settings).await?;
    let epoch = feed::epochs::begin(&idp, Actor::command_line()).await.map_err(wrong);
    idp.db.close().await;
    epoch.map(|e| format!("The access log has the epoch {e} from now on. Everybody signs in again."))
}

fn holder(relation: &str, who: &str) -> GrantForm {
    let relation = relation.to_owned();
    match who.strip_prefix("group:") {
        Some(group) => GrantForm { relation, group: Some(group.to_owned()), ..GrantForm::default() },
        None => GrantForm { relation, person: Some(who.to_owned()), ..GrantForm::default() },
    }
}

async fn write(idp: &Idp, form: GrantForm) -> Result<Plan, AppError> {
    let file = File { grants: vec![form], ..File::default() };
    apply::apply(idp, &file).await.map_err(wrong)
}

/// Has the record store's replica of the access log made anew, as far as that goes from here; a running record store takes
/// up the rest. What came of it.
pub async fn rebuild_replica(settings: Settings) -> Result<String, AppError> {
    let crm = record_store(settings).await?;
    let said = rebuild(&crm).await;
    crm.db.close().await;
    said
}

async fn rebuild(crm: &Crm) -> Result<String, AppError> {
    if !crm.replica.ask_rebuild().await.map_err(wrong)? {
        return Ok("there is no replica yet; the first poll makes it".into());
    }
    Ok(match crm.replica.rebuild().await {
        // By this command or, at the same time, by a running record store.
        Ok(Rebuild::Done | Rebuild::None) => "the replica is made anew".into(),
        Ok(Rebuild::Filling) => "the access log is another one: the record store is making its replica anew".into(),
        Err(e) => format!("asked for; a running record store makes it as soon as the provider answers ({e})"),
    })
}
