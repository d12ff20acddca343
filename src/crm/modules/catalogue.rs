//! The modules and roles in force, kept in memory as long as the stamp in the database is theirs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use super::model::{FieldKind, Module, ModuleError, ModuleRole, fail};
use super::store;
use super::value::Context;
use crate::contract::FieldKey;
use crate::crm::visibility::model::{MAX_RULES, On, Role, Tree, VisibilityRule};
use crate::crm::visibility::predicate::{Predicate, TreeError, prepare};
use crate::crm::visibility::sight::Arm;
use crate::kernel::db::{Db, DbError, Tx};

/// All modules and roles of one version.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// A digest of all definitions, by which nodes know that what they keep is old; empty for none.
    pub stamp: String,
    /// What is wrong with rules that had to be left out, for administrators.
    pub warnings: Vec<String>,
    modules: BTreeMap<FieldKey, Arc<Module>>,
    order: Vec<FieldKey>,
    roles: BTreeMap<String, Arc<Role>>,
    arms: HashMap<String, BTreeMap<FieldKey, Vec<Arc<Arm>>>>,
}

impl Catalogue {
    /// Makes every rule ready for its modules. A rule that can't be (its field is gone) is left out as a whole, so that it
    /// reveals nothing, and named in `warnings`.
    pub fn new(stamp: String, modules: Vec<Module>, roles: Vec<Role>) -> Self {
        let order = modules.iter().map(|m| m.key.clone()).collect();
        let modules: BTreeMap<_, _> = modules.into_iter().map(|m| (m.key.clone(), Arc::new(m))).collect();
        let mut all = Self { stamp, modules, order, ..Self::default() };
        for role in roles {
            let name = role.name.to_string();
            let mut arms: BTreeMap<FieldKey, Vec<Arc<Arm>>> = BTreeMap::new();
            for (number, rule) in role.rules.iter().enumerate() {
                for module in
                    all.modules.values().filter(|m| rule.module == On::Every || rule.module == On::Module(m.key.clone()))
                {
                    match ready(rule, module) {
                        Ok(when) => arms.entry(module.key.clone()).or_default().push(Arc::new(Arm {
                            role: name.clone(),
                            number,
                            when,
                            rights: rule.rights.iter().copied().collect(),
                            fields: rule.fields.clone(),
                        })),
                        Err(e) => all.warnings.push(format!("role {name}, rule {}, module {}: {e}", number + 1, module.key)),
                    }
                }
            }
            all.arms.insert(name.clone(), arms);
            all.roles.insert(name, Arc::new(role));
        }
        all
    }

    /// The module of this key.
    pub fn module(&self, key: &FieldKey) -> Option<&Arc<Module>> {
        self.modules.get(key)
    }
    /// All modules in the order they were made.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.order.iter().filter_map(|k| self.modules.get(k))
    }
    /// The modules that play this role.
    pub fn with_role(&self, role: ModuleRole) -> impl Iterator<Item = &Arc<Module>> {
        self.modules().filter(move |m| m.role == Some(role))
    }
    /// All roles by name.
    pub fn roles(&self) -> impl Iterator<Item = &Arc<Role>> {
        self.roles.values()
    }
    /// The role of this name.
    pub fn role(&self, name: &str) -> Option<&Arc<Role>> {
        self.roles.get(name)
    }
    /// The rules of a role for a module, made ready.
    pub fn arms(&self, role: &str, module: &FieldKey) -> &[Arc<Arm>] {
        self.arms.get(role).and_then(|m| m.get(module)).map_or(&[], Vec::as_slice)
    }
    /// Every lookup that leads to a module, as (module, field).
    pub fn lookups_to(&self, target: &FieldKey) -> Vec<(Arc<Module>, FieldKey)> {
        let mut all = Vec::new();
        for m in self.modules() {
            let leads = |k: &FieldKind| matches!(k, FieldKind::Lookup { module } if module == target);
            all.extend(m.fields.iter().filter(|f| leads(&f.kind)).map(|f| (m.clone(), f.key.clone())));
        }
        all
    }
}

fn ready(rule: &VisibilityRule, module: &Module) -> Result<Predicate, TreeError> {
    let unknown = rule.fields.named.keys().find(|k| module.field(k).is_none());
    // A level for a field that is gone hides nothing any more; a new field of that name must not inherit it unseen.
    if let (On::Module(_), Some(k)) = (&rule.module, unknown) {
        return Err(TreeError::NoField(k.clone()));
    }
    prepare(&rule.tree, module, &Context::neutral())
}

/// Checks a set of modules and roles as a whole, before it is stored.
pub fn check(modules: &[Module], roles: &[Role]) -> Result<(), ModuleError> {
    for m in modules {
        m.check()?;
        for f in &m.fields {
            let path = format!("modules.{}.fields.{}", m.key, f.key);
            let FieldKind::Lookup { module } = &f.kind else { continue };
            let Some(target) = modules.iter().find(|t| t.key == *module) else {
                return fail(&path, format!("looks up in {module}, which is not a module"));
            };
            if m.relation.as_ref() == Some(&f.key) && target.role != Some(ModuleRole::Relation) {
                return fail(&path, "the relation of a record is in a module with the role relation");
            }
        }
    }
    for r in roles {
        let path = format!("roles.{}", r.name);
        if r.rules.len() > MAX_RULES {
            return fail(&path, "has more than 200 rules");
        }
        for (i, rule) in r.rules.iter().enumerate() {
            let path = format!("{path}.rules.{}", i + 1);
            let On::Module(key) = &rule.module else {
                if rule.tree != Tree::All || !rule.fields.named.is_empty() {
                    return fail(&path, "a rule for every module can't name fields");
                }
                continue;
            };
            let Some(module) = modules.iter().find(|m| m.key == *key) else {
                return fail(&path, format!("there is no module {key}"));
            };
            if let Err(e) = ready(rule, module) {
                return fail(&path, e.to_string());
            }
        }
    }
    Ok(())
}

/// The catalogue as last read. Every use asks the database for the stamp, in the transaction that the answer is for, so a
/// node never decides by rules that another node has changed.
#[derive(Debug, Default)]
pub struct Catalogues(RwLock<Arc<Catalogue>>);

impl Catalogues {
    /// The catalogue in force for this transaction.
    pub async fn current(&self, tx: &mut Tx<'_>) -> Result<Arc<Catalogue>, DbError> {
        let stamp = store::stamp(tx).await?;
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if kept.stamp == stamp {
            return Ok(kept);
        }
        let (modules, roles) = store::all(tx).await?;
        let new = Arc::new(Catalogue::new(stamp, modules, roles));
        for w in &new.warnings {
            tracing::warn!(rule = %w, "a visibility rule can't be used and reveals nothing");
        }
        // What a transaction reads may yet be rolled back. That does no harm: the stamp is of the definitions themselves, so
        // whatever has this stamp later is the same.
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new.clone();
        Ok(new)
    }

    /// The catalogue in force now.
    pub async fn now(&self, db: &Db) -> Result<Arc<Catalogue>, DbError> {
        let mut snapshot = db.snapshot().await?;
        self.current(&mut snapshot.tx()).await
    }
}
