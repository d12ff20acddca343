//! Applying definitions.

use super::catalogue::check;
use super::model::{Module, ModuleError};
use super::preset::Preset;
use super::store;
use crate::crm::code_rules::store as rules;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};

/// Why definitions were not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A definition is wrong; nothing was written.
    #[error(transparent)]
    Definition(#[from] ModuleError),
}

/// What applying changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Modules made or changed.
    pub modules: Vec<String>,
    /// Roles made or changed.
    pub roles: Vec<String>,
    /// Portals made or changed.
    pub portals: Vec<String>,
    /// Code rules made or changed.
    pub code_rules: Vec<String>,
}

impl Applied {
    /// Whether everything was already as written.
    pub fn is_nothing(&self) -> bool {
        self.modules.is_empty() && self.roles.is_empty() && self.portals.is_empty() && self.code_rules.is_empty()
    }
}

/// Makes modules, roles, portals, code rules and indexes be as the preset says. Applying twice changes nothing the second
/// time; what the preset doesn't name stays, fields of its modules included. All or nothing.
pub async fn apply(db: &Db, preset: Preset, now: Timestamp) -> Result<Applied, ApplyError> {
    db.write((preset, now), |(preset, now), mut tx| Box::pin(async move { apply_in(&mut tx, preset, *now).await })).await
}

/// As [`apply`], as part of a larger write.
pub async fn apply_in(tx: &mut Tx<'_>, preset: &Preset, now: Timestamp) -> Result<Applied, ApplyError> {
    store::begin_change(tx).await?;
    let mut all = store::all(tx).await?;
    let mut changed: Vec<Module> = Vec::new();
    let mut applied = Applied::default();
    for new in &preset.modules {
        let at = all.modules.iter().position(|m| m.key == new.key);
        let before = at.and_then(|i| all.modules.get(i));
        let next = new.clone().over(before)?;
        if before == Some(&next) {
            continue;
        }
        changed.push(next.clone());
        applied.modules.push(next.key.to_string());
        match at.and_then(|i| all.modules.get_mut(i)) {
            Some(slot) => *slot = next,
            None => all.modules.push(next),
        }
    }
    for new in &preset.roles {
        if all.roles.contains(new) {
            continue;
        }
        applied.roles.push(new.name.to_string());
        all.roles.retain(|r| r.name != new.name);
        all.roles.push(new.clone());
    }
    for new in &preset.portals {
        if all.portals.contains(new) {
            continue;
        }
        applied.portals.push(new.key.to_string());
        all.portals.retain(|p| p.key != new.key);
        all.portals.push(new.clone());
    }
    check(&all)?;
    for (position, module) in all.modules.iter().enumerate().filter(|(_, m)| changed.contains(m)) {
        store::put_module(tx, module, i64::try_from(position).unwrap_or(i64::MAX), now).await?;
        for field in module.fields.iter().filter(|f| f.indexed) {
            store::put_index(tx, &module.key, field).await?;
        }
    }
    for role in all.roles.iter().filter(|r| applied.roles.iter().any(|n| n == r.name.as_str())) {
        store::put_role(tx, role, now).await?;
    }
    for portal in all.portals.iter().filter(|p| applied.portals.iter().any(|n| n == p.key.as_str())) {
        store::put_portal(tx, portal, now).await?;
    }
    for rule in &preset.code_rules {
        rule.check(&all.modules)?;
        if rules::put(tx, rule, "preset", now).await? {
            applied.code_rules.push(rule.key.to_string());
        }
    }
    if !applied.modules.is_empty() || !applied.roles.is_empty() || !applied.portals.is_empty() {
        store::end_change(tx, &all).await?;
    }
    Ok(applied)
}
