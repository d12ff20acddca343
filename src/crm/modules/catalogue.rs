//! The modules, roles and portals in force, kept in memory as long as the stamp in the database is theirs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;

use super::model::{FieldKind, Module, ModuleError, ModuleRole, fail};
use super::store;
use super::value::Context;
use crate::contract::FieldKey;
use crate::crm::visibility::model::{MAX_RULES, On, Right, Role, Tree, VisibilityRule};
use crate::crm::visibility::portal::Portal;
use crate::crm::visibility::predicate::{Leaves, Predicate, Scope, Shown, TreeError, prepare};
use crate::crm::visibility::sight::{Access, Arm, Origin, Viewer};
use crate::kernel::db::{Db, DbError, Tx};

/// With no more grants than this a list begins with them; with more it walks its own index and asks for each row
/// (docs/adr/0014-lists-by-grants.md).
const FEW: i64 = 100;

/// All definitions, as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Definitions {
    /// In the order they were made.
    pub modules: Vec<Module>,
    /// By name.
    pub roles: Vec<Role>,
    /// By key.
    pub portals: Vec<Portal>,
}

/// The rules of one list, made ready, by module.
type Arms = BTreeMap<FieldKey, Vec<Arc<Arm>>>;

/// All modules, roles and portals of one version.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// A digest of all definitions, by which nodes know that what they keep is old; empty for none.
    pub stamp: String,
    /// What is wrong with rules that had to be left out, for administrators.
    pub warnings: Vec<String>,
    modules: BTreeMap<FieldKey, Arc<Module>>,
    order: Vec<FieldKey>,
    roles: BTreeMap<String, Arc<Role>>,
    portals: BTreeMap<String, Arc<Portal>>,
    arms: HashMap<String, Arms>,
    portal_arms: HashMap<String, Arms>,
}

impl Catalogue {
    /// Makes every rule ready for its modules. A rule that can't be (its field is gone) is left out as a whole, so that it
    /// reveals nothing, and named in `warnings`.
    pub fn new(stamp: String, all: Definitions) -> Self {
        let order = all.modules.iter().map(|m| m.key.clone()).collect();
        let modules = all.modules.into_iter().map(|m| (m.key.clone(), Arc::new(m))).collect();
        let mut new = Self { stamp, modules, order, ..Self::default() };
        for role in all.roles {
            let name = role.name.to_string();
            let arms = new.ready(&Origin::Role(name.clone()), &role.rules, None);
            new.arms.insert(name.clone(), arms);
            new.roles.insert(name, Arc::new(role));
        }
        for portal in all.portals {
            let key = portal.key.to_string();
            let arms = new.ready(&Origin::Portal(key.clone()), &portal.rules, Some(&portal.module));
            new.portal_arms.insert(key.clone(), arms);
            new.portals.insert(key, Arc::new(portal));
        }
        new
    }

    /// The rules of a list; `primary` is the module whose records a portal's people are.
    fn ready(&mut self, origin: &Origin, rules: &[VisibilityRule], primary: Option<&FieldKey>) -> Arms {
        let mut arms = Arms::new();
        let find = |key: &FieldKey| self.modules.get(key).map(|m| &**m);
        for (number, rule) in rules.iter().enumerate() {
            let named = |m: &&Arc<Module>| rule.module == On::Every || rule.module == On::Module(m.key.clone());
            for module in self.modules.values().filter(named) {
                let when = match ready(rule, module, &find, primary) {
                    Ok(when) => when,
                    Err(e) => {
                        self.warnings.push(format!("{origin}, rule {}, module {}: {e}", number + 1, module.key));
                        continue;
                    }
                };
                let masked = module.fields.iter().filter(|f| f.masked && !rule.see_masked).map(|f| f.key.clone());
                arms.entry(module.key.clone()).or_default().push(Arc::new(Arm {
                    origin: origin.clone(),
                    number,
                    when,
                    rights: rule.rights.iter().copied().collect(),
                    fields: rule.fields.clone(),
                    masked: masked.collect(),
                    may_move: rule.may_move,
                }));
            }
        }
        arms
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
    /// All portals by key.
    pub fn portals(&self) -> impl Iterator<Item = &Arc<Portal>> {
        self.portals.values()
    }
    /// The portal of this key.
    pub fn portal(&self, key: &str) -> Option<&Arc<Portal>> {
        self.portals.get(key)
    }
    /// The portals whose people are records of this module.
    pub fn portals_of(&self, module: &FieldKey) -> impl Iterator<Item = &Arc<Portal>> {
        self.portals().filter(move |p| p.module == *module)
    }
    /// The rules of a role for a module, made ready.
    pub fn arms(&self, role: &str, module: &FieldKey) -> &[Arc<Arm>] {
        self.arms.get(role).and_then(|m| m.get(module)).map_or(&[], Vec::as_slice)
    }
    /// The rules of a portal for a module, made ready.
    pub fn portal_arms(&self, portal: &str, module: &FieldKey) -> &[Arc<Arm>] {
        self.portal_arms.get(portal).and_then(|m| m.get(module)).map_or(&[], Vec::as_slice)
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

fn ready<'a>(
    rule: &VisibilityRule,
    module: &'a Module,
    find: &dyn Fn(&FieldKey) -> Option<&'a Module>,
    primary: Option<&FieldKey>,
) -> Result<Predicate, TreeError> {
    let unknown = rule.fields.named.keys().find(|k| module.field(k).is_none());
    // A level for a field that is gone hides nothing any more; a new field of that name must not inherit it unseen.
    if let (On::Module(_), Some(k)) = (&rule.module, unknown) {
        return Err(TreeError::NoField(k.clone()));
    }
    let cx = Context::neutral();
    prepare(&rule.tree, module, &Scope { cx: &cx, find, shown: &|_, _| Shown::Yes, leaves: Leaves::Rule(primary) })
}

/// Checks definitions as a whole, before they are stored.
pub fn check(all: &Definitions) -> Result<(), ModuleError> {
    for m in &all.modules {
        m.check()?;
        for f in &m.fields {
            let path = format!("modules.{}.fields.{}", m.key, f.key);
            let FieldKind::Lookup { module } = &f.kind else { continue };
            let Some(target) = all.modules.iter().find(|t| t.key == *module) else {
                return fail(&path, format!("looks up in {module}, which is not a module"));
            };
            if m.relation.as_ref() == Some(&f.key) && target.role != Some(ModuleRole::Relation) {
                return fail(&path, "the relation of a record is in a module with the role relation");
            }
        }
    }
    for r in &all.roles {
        check_rules(&format!("roles.{}", r.name), &r.rules, &all.modules, None)?;
    }
    all.portals.iter().try_for_each(|p| check_portal(p, &all.modules))
}

fn check_rules(path: &str, rules: &[VisibilityRule], modules: &[Module], primary: Option<&FieldKey>) -> Result<(), ModuleError> {
    if rules.len() > MAX_RULES {
        return fail(path, "has more than 200 rules");
    }
    for (i, rule) in rules.iter().enumerate() {
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
        if let Err(e) = ready(rule, module, &|key| modules.iter().find(|m| m.key == *key), primary) {
            let why = if primary.is_none() && rule.tree.needs_me() { "; a role has no record that the person is" } else { "" };
            return fail(&path, format!("{e}{why}"));
        }
    }
    Ok(())
}

fn check_portal(portal: &Portal, modules: &[Module]) -> Result<(), ModuleError> {
    let path = format!("portals.{}", portal.key);
    portal.labels.check(&path)?;
    if !modules.iter().any(|m| m.key == portal.module) {
        return fail(&path, format!("there is no module {}", portal.module));
    }
    if let Some(why) = portal.looks_wrong() {
        return fail(&path, why);
    }
    if portal.rules.iter().any(|r| r.module == On::Every) {
        return fail(&path, "a portal's rule names its module: one for every module would open those made later, too");
    }
    if portal.rules.iter().any(|r| r.rights.contains(&Right::Manage)) {
        return fail(&path, "the right to manage is for who works here");
    }
    check_rules(&path, &portal.rules, modules, Some(&portal.module))?;
    for (i, section) in portal.home.iter().enumerate() {
        let path = format!("{path}.home.{}", i + 1);
        section.labels.check(&path)?;
        let Some(module) = modules.iter().find(|m| m.key == section.module) else {
            return fail(&path, format!("there is no module {}", section.module));
        };
        let find = |key: &FieldKey| modules.iter().find(|m| m.key == *key);
        let cx = Context::neutral();
        let scope = Scope { cx: &cx, find: &find, shown: &|_, _| Shown::Yes, leaves: Leaves::Values };
        if let Some(Err(e)) = section.filter.as_ref().map(|t| prepare(t, module, &scope)) {
            return fail(&path, e.to_string());
        }
        if !section.is_sortable(module) {
            return fail(&path, "sort names a field, created_at or updated_at, with a minus before it for the other direction");
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
        self.of_stamp(tx, stamp).await
    }

    /// What a person's reads go by: the catalogue in force, and whether his grants are few; by one statement.
    pub async fn access(&self, tx: &mut Tx<'_>, viewer: &Viewer) -> Result<Access, DbError> {
        let (stamp, few_grants) = store::stamp_for(tx, viewer, FEW).await?;
        let catalogue = self.of_stamp(tx, stamp).await?;
        Ok(Access { few_grants, ..Access::new(viewer.clone(), catalogue) })
    }

    async fn of_stamp(&self, tx: &mut Tx<'_>, stamp: String) -> Result<Arc<Catalogue>, DbError> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if kept.stamp == stamp {
            return Ok(kept);
        }
        let new = Arc::new(Catalogue::new(stamp, store::all(tx).await?));
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
