//! A plain evaluator of "who may see and do what", over records in memory and one at a time, written from the contract and
//! not from the compiler: what the compiled statements are held against. For tests only.

pub mod values;

use std::collections::{BTreeMap, BTreeSet};

use super::model::{FieldPath, Level, MatchOperator, On, Right, Tree, ValueLeaf, VisibilityRule};
use super::portal::Portal;
use super::sight::{Me, Viewer};
use crate::contract::{FieldKey, GrantLevel};
use crate::crm::modules::model::{Field, FieldKind, Module, ModuleRole};
use crate::crm::modules::value::{Fields, Value};
use crate::crm::records::model::{State, Status};

/// A grant as the replica has it.
#[derive(Clone, Debug)]
pub struct Grant {
    pub generation: i64,
    pub holder: String,
    pub relation: String,
    pub level: i64,
    pub starts_at: i64,
    pub ends_at: i64,
}

/// Everything there is, and one person who looks.
#[derive(Clone, Debug)]
pub struct Plain {
    pub modules: Vec<Module>,
    pub records: BTreeMap<String, State>,
    pub grants: Vec<Grant>,
    pub viewer: Viewer,
    /// Rules of his roles.
    pub rules: Vec<VisibilityRule>,
    pub portals: Vec<Portal>,
}

/// What the rules give on one record.
#[derive(Debug, Default, PartialEq)]
pub struct Given {
    /// Rights of the rules that are true.
    pub rights: BTreeSet<Right>,
    /// Fields that they reveal.
    pub reads: BTreeSet<FieldKey>,
    /// Fields that may be changed.
    pub writes: BTreeSet<FieldKey>,
    /// Fields that would be shown were they not masked.
    pub masked: BTreeSet<FieldKey>,
}

impl Plain {
    pub fn module(&self, key: &FieldKey) -> &Module {
        self.modules.iter().find(|m| m.key == *key).unwrap()
    }

    /// His grants in force: level by relation.
    fn grants_on<'a>(&'a self, relation: Option<&'a str>) -> impl Iterator<Item = i64> + 'a {
        let v = &self.viewer;
        let mine = move |h: &str| h == format!("person:{}", v.sub) || v.groups.iter().any(|g| h == format!("group:{g}"));
        self.grants
            .iter()
            .filter(move |g| Some(g.relation.as_str()) == relation)
            .filter(move |g| mine(&g.holder) && g.generation == v.generation && g.starts_at <= v.now.0 && v.now.0 < g.ends_at)
            .map(|g| g.level)
    }

    fn linked(&self, record: &State) -> bool {
        self.grants_on(record.relation_id.as_deref()).next().is_some()
    }

    /// Whether a denial hides the record, whatever the rules say.
    fn denied(&self, record: &State) -> bool {
        let has_relation = record.relation_id.is_some();
        let internal = record.internal && !(self.viewer.staff && (!has_relation || self.linked(record)));
        let restricted = match (self.module(&record.module).role, &record.relation_id) {
            (Some(ModuleRole::Relation), _) => record.restricted,
            (_, Some(id)) => self.records.get(id).is_some_and(|r| r.restricted),
            (_, None) => false,
        };
        record.status != Status::Active || internal || restricted && !self.linked(record)
    }

    /// His rules for a module, each with who he is there.
    fn rules_for(&self, module: &FieldKey) -> Vec<(&VisibilityRule, Option<&Me>)> {
        let on = |r: &&VisibilityRule| r.module == On::Every || r.module == On::Module(module.clone());
        if self.viewer.staff {
            // There is no record that he is: a rule that asks for it is true of nothing.
            return self.rules.iter().filter(on).filter(|r| !r.tree.needs_me()).map(|r| (r, None)).collect();
        }
        let mut all = Vec::new();
        for me in &self.viewer.selves {
            for p in self.portals.iter().filter(|p| p.key.as_str() == me.portal && p.module == me.module) {
                all.extend(p.rules.iter().filter(on).map(|r| (r, Some(me))));
            }
        }
        all
    }

    /// What he may with a record, leaving denials aside; also of one that is not stored.
    pub fn given(&self, record: &State) -> Given {
        let module = self.module(&record.module);
        let mut given = Given::default();
        for (rule, me) in self.rules_for(&record.module) {
            if !self.holds(&rule.tree, record, me) {
                continue;
            }
            given.rights.extend(rule.rights.iter().copied());
            for f in &module.fields {
                let level = rule.fields.of(&f.key);
                let hidden = f.masked && !rule.see_masked;
                if rule.rights.contains(&Right::See) && level >= Level::Read {
                    if hidden { &mut given.masked } else { &mut given.reads }.insert(f.key.clone());
                }
                let right = if f.kind.is_file() { Right::Attach } else { Right::Change };
                if rule.rights.contains(&right) && level == Level::Write && !hidden {
                    given.writes.insert(f.key.clone());
                }
            }
        }
        given.masked.retain(|k| !given.reads.contains(k));
        given
    }

    /// What he sees of a record and may do with it; nothing where he doesn't see it.
    pub fn sees(&self, record: &State) -> Option<Given> {
        let given = self.given(record);
        (!self.denied(record) && given.rights.contains(&Right::See)).then_some(given)
    }

    /// The values of a record that are shown to him: revealed, and lookups only to records that he sees.
    pub fn shown(&self, record: &State, given: &Given) -> Fields {
        let module = self.module(&record.module);
        let mut fields = record.fields.clone();
        fields.retain(|k, v| given.reads.contains(k) && self.leads_to_seen(module.field(k).unwrap(), v));
        fields
    }

    fn leads_to_seen(&self, field: &Field, value: &Value) -> bool {
        let FieldKind::Lookup { module } = &field.kind else { return true };
        self.target(module, value).is_some_and(|t| self.sees(t).is_some())
    }

    fn target(&self, module: &FieldKey, value: &Value) -> Option<&State> {
        let Value::Text(id) = value else { return None };
        self.records.get(id).filter(|r| r.module == *module)
    }

    /// Whether a rule's tree is true of a record: full data.
    pub fn holds(&self, tree: &Tree, record: &State, me: Option<&Me>) -> bool {
        let module = self.module(&record.module);
        match tree {
            Tree::All => true,
            Tree::And(of) => of.iter().all(|t| self.holds(t, record, me)),
            Tree::Or(of) => of.iter().any(|t| self.holds(t, record, me)),
            Tree::Not(t) => !self.holds(t, record, me),
            Tree::Value(leaf) => {
                let (field, value) = self.walk(&leaf.field, record);
                values::compare(leaf, field.unwrap(), value.as_ref(), &self.viewer)
            }
            Tree::Granted(leaf) => {
                let relation = if leaf.path.is_empty() {
                    record.relation_id.clone()
                } else {
                    self.walk(&leaf.path, record).1.map(|v| text(&v))
                };
                let named = leaf.least == GrantLevel::Participant && self.names(module, record);
                self.grants_on(relation.as_deref()).any(|l| l >= leaf.least.rank() && (l >= 2 || named))
            }
            Tree::NamesMe => self.names(module, record),
            Tree::Lookup(leaf) => {
                let me = me.unwrap();
                if leaf.path.is_empty() {
                    return record.id == me.record;
                }
                self.walk(&leaf.path, record).1.is_some_and(|v| text(&v) == me.record)
            }
            Tree::Match(leaf) => {
                let me = me.unwrap();
                let mine = self.records.get(&me.record).filter(|r| r.status == Status::Active && r.module == me.module);
                let theirs = self.set(&leaf.field, Some(record), &record.id);
                let mine = self.set(&leaf.mine, mine, &me.record);
                let both = !theirs.is_empty() && !mine.is_empty();
                both && match leaf.operator {
                    MatchOperator::Equal => theirs == mine,
                    MatchOperator::Any => theirs.intersection(&mine).next().is_some(),
                    MatchOperator::All => mine.is_subset(&theirs),
                }
            }
            Tree::Assurance(leaf) => self.viewer.acr.is_some_and(|a| a >= leaf.least),
        }
    }

    fn names(&self, module: &Module, record: &State) -> bool {
        let own = |field: &Field, value: &Value| match &field.kind {
            FieldKind::Person => text(value) == self.viewer.sub,
            FieldKind::Lookup { module } => self.viewer.selves.iter().any(|me| me.module == *module && me.record == text(value)),
            _ => false,
        };
        record.fields.iter().any(|(k, v)| own(module.field(k).unwrap(), v))
    }

    /// The field that a path ends at, and its value. Records on the way must be active.
    fn walk(&self, path: &FieldPath, from: &State) -> (Option<&Field>, Option<Value>) {
        let Some((way, last)) = path.split() else { return (None, None) };
        let (mut module, mut at) = (self.module(&from.module), Some(from));
        for name in way {
            let FieldKind::Lookup { module: to } = &module.field(name).unwrap().kind else { panic!("no lookup") };
            at = at.and_then(|r| self.target(to, r.fields.get(name)?)).filter(|r| r.status == Status::Active);
            module = self.module(to);
        }
        (module.field(last), at.and_then(|r| r.fields.get(last)).cloned())
    }

    /// The values at a path as a set; the record itself is its id.
    fn set(&self, path: &FieldPath, from: Option<&State>, id: &str) -> BTreeSet<String> {
        if path.is_empty() {
            return [id.to_owned()].into();
        }
        let Some(from) = from else { return BTreeSet::new() };
        let (field, value) = self.walk(path, from);
        value.map(|v| values::set(field.unwrap(), &v)).unwrap_or_default()
    }

    /// Whether some rule of his lets see records of a module at all.
    pub fn enters(&self, module: &FieldKey) -> bool {
        self.rules_for(module).iter().any(|(r, _)| r.rights.contains(&Right::See))
    }

    /// The error that his own filter gets, if it names a field that he may not: the first one, from left to right.
    pub fn refuses(&self, tree: &Tree, module: &FieldKey) -> Option<&'static str> {
        match tree {
            Tree::And(of) | Tree::Or(of) => of.iter().find_map(|t| self.refuses(t, module)),
            Tree::Not(t) => self.refuses(t, module),
            Tree::Value(leaf) => {
                let mut at = module.clone();
                for name in leaf.field.names() {
                    if let Some(code) = self.hides(&at, name) {
                        return Some(code);
                    }
                    if let FieldKind::Lookup { module } = &self.module(&at).field(name).unwrap().kind {
                        at = module.clone();
                    }
                }
                None
            }
            _ => None,
        }
    }

    /// Whether a field doesn't exist for him, or is masked.
    pub fn hides(&self, module: &FieldKey, field: &FieldKey) -> Option<&'static str> {
        let masked = self.module(module).field(field).unwrap().masked;
        let rules = self.rules_for(module);
        let mut would = rules.iter().filter(|(r, _)| r.rights.contains(&Right::See) && r.fields.of(field) >= Level::Read);
        match would.clone().any(|(r, _)| !masked || r.see_masked) {
            true => None,
            false if would.next().is_some() => Some("field-masked"),
            false => Some("filter-no-field"),
        }
    }

    /// Whether his own filter is true of a record that he sees: only what is shown to him counts, on every step of the way.
    pub fn keeps(&self, tree: &Tree, record: &State) -> bool {
        match tree {
            Tree::All => true,
            Tree::And(of) => of.iter().all(|t| self.keeps(t, record)),
            Tree::Or(of) => of.iter().any(|t| self.keeps(t, record)),
            Tree::Not(t) => !self.keeps(t, record),
            Tree::Value(leaf) => self.keeps_leaf(leaf, record),
            _ => panic!("no leaf of a filter"),
        }
    }

    fn keeps_leaf(&self, leaf: &ValueLeaf, record: &State) -> bool {
        let (way, last) = leaf.field.split().unwrap();
        let (mut module, mut at) = (self.module(&record.module), Some(record));
        for name in way {
            let FieldKind::Lookup { module: to } = &module.field(name).unwrap().kind else { panic!("no lookup") };
            at = at.and_then(|r| self.target(to, self.shown(r, &self.sees(r)?).get(name)?));
            module = self.module(to);
        }
        let value = at.and_then(|r| self.shown(r, &self.sees(r)?).get(last).cloned());
        values::compare(leaf, module.field(last).unwrap(), value.as_ref(), &self.viewer)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(t) => t.clone(),
        other => panic!("{other:?} is no text"),
    }
}
