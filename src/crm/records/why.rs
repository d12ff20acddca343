//! Why a person sees a record, or why not: each denial, each rule of his and each condition in it with whether it holds,
//! answered by the compiler itself; and who sees a record at all.
//!
//! Whoever asks is told values only of what he reads himself. Asking is for staff who manage the record.

use std::fmt;

use serde_json::Value as Json;

use super::model::ReadError;
use super::reader::Reader;
use super::seen::Seen;
use super::store::{self, build};
use crate::contract::{Assurance, FieldKey, GrantLevel};
use crate::crm::modules::value::to_json;
use crate::crm::replica::{self, Named, people};
use crate::crm::visibility::compile::{Denial, steps};
use crate::crm::visibility::model::{FieldPath, Right, Tree};
use crate::crm::visibility::sight::{Access, Me, Origin, Sight};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::record;

/// Rules that one statement asks about.
const AT_ONCE: usize = 100;
/// Most people of whom it is asked whether they see a record.
const ASKED: usize = 1_000;
/// Most people that are told to see it.
const TOLD: usize = 200;

/// A grant that a condition is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantWhy {
    /// Its id.
    pub id: String,
    /// Who holds it: `person:<sub>` or `group:<id>`.
    pub holder: String,
    /// How much.
    pub level: GrantLevel,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when (not included).
    pub until: Option<Timestamp>,
    /// Whether it counts now.
    pub active: bool,
}

/// A node of a rule's tree.
#[derive(Clone, Debug)]
pub struct Step {
    /// The node; of `and`, `or` and `not` the inner ones are in `of`.
    pub tree: Tree,
    /// Whether it is true of the record.
    pub holds: bool,
    /// The value that it compares, where whoever asks reads it.
    pub value: Option<Json>,
    /// The value of the person's own record that it compares with, likewise.
    pub mine: Option<Json>,
    /// The person's grants that it asks for, those that ended or are to come too.
    pub grants: Vec<GrantWhy>,
    /// The inner nodes.
    pub of: Vec<Step>,
}

/// A rule of the person.
#[derive(Clone, Debug)]
pub struct ArmWhy {
    /// The role or portal that it is of.
    pub origin: Origin,
    /// Its place there, from 0.
    pub number: usize,
    /// What it gives where it holds.
    pub rights: Vec<Right>,
    /// Who the person is in the portal.
    pub me: Option<Me>,
    /// Its tree.
    pub root: Step,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// About whom.
    pub sub: String,
    /// Whether he sees the record.
    pub sees: bool,
    /// What no rule widens, and whether it hides the record from him.
    pub denials: Vec<(Denial, bool)>,
    /// His rules for the module.
    pub arms: Vec<ArmWhy>,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes_no = |b| if b { "yes" } else { "no" };
        writeln!(f, "{} sees it: {}", self.sub, yes_no(self.sees))?;
        for (denial, hides) in &self.denials {
            writeln!(f, "  hidden because {}: {}", denial.as_str(), yes_no(*hides))?;
        }
        if self.arms.is_empty() {
            writeln!(f, "  no rule of theirs is about this module")?;
        }
        for arm in &self.arms {
            let rights = serde_json::to_string(&arm.rights).unwrap_or_default();
            writeln!(f, "  {}, rule {} {rights}: {}", arm.origin, arm.number + 1, yes_no(arm.root.holds))?;
            let mut left = vec![(2, &arm.root)];
            while let Some((depth, step)) = left.pop() {
                let tree = match &step.tree {
                    Tree::And(_) => "all of".to_owned(),
                    Tree::Or(_) => "any of".to_owned(),
                    Tree::Not(_) => "not".to_owned(),
                    leaf => serde_json::to_string(leaf).unwrap_or_default(),
                };
                writeln!(f, "{:indent$}{tree}: {}", "", yes_no(step.holds), indent = 2 * depth)?;
                for g in &step.grants {
                    let until = g.until.map_or_else(|| "for good".to_owned(), |t| format!("until {t}"));
                    let active = if g.active { "" } else { ", not in force now" };
                    let level = g.level.as_str();
                    writeln!(
                        f,
                        "{:indent$}grant {}: {level} of {}, {until}{active}",
                        "",
                        g.id,
                        g.holder,
                        indent = 2 * depth + 2
                    )?;
                }
                left.extend(step.of.iter().rev().map(|s| (depth + 1, s)));
            }
        }
        Ok(())
    }
}

/// Someone who sees a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seer {
    /// Subject.
    pub sub: String,
    /// Display name.
    pub name: String,
    /// By which rules.
    pub because: Vec<(Origin, usize)>,
}

/// Who sees a record.
#[derive(Clone, Debug)]
pub struct Seers {
    /// Externals first, then by name.
    pub people: Vec<Seer>,
    /// Whether that is everybody.
    pub complete: bool,
}

impl Reader<'_> {
    /// Whether whoever reads may ask why others see this record.
    pub fn may_explain(&self, seen: &Seen) -> bool {
        self.access.viewer.staff && seen.may(Right::Manage)
    }

    /// The rules as they are for someone else, who would have signed in this strongly; `None` for nobody.
    async fn as_if(&mut self, sub: &str, acr: Assurance) -> Result<Option<Access>, DbError> {
        let named = Named { sub, sid: "", issue: "", client_id: "", kid: "" };
        let viewer = &self.access.viewer;
        let (now, today) = (viewer.now, viewer.today);
        let facts = replica::facts(&mut self.tx, named).await?.filter(|f| f.state.active);
        let catalogue = self.access.catalogue.clone();
        Ok(facts.map(|f| Access::new(f.viewer(sub, Some(acr), now, today), catalogue)))
    }

    /// Why someone sees this record, or why not; `None` when there is nobody of that subject.
    pub async fn why(&mut self, seen: &Seen, sub: &str, acr: Assurance) -> Result<Option<Why>, ReadError> {
        let Some(access) = self.as_if(sub, acr).await? else { return Ok(None) };
        let Some(mut why) = explain(&mut self.tx, &access, &seen.module().key, seen.id()).await? else { return Ok(None) };
        for arm in &mut why.arms {
            let me = arm.me.clone();
            let mut left = vec![&mut arm.root];
            while let Some(step) = left.pop() {
                self.tell(step, seen, me.as_ref()).await?;
                left.extend(&mut step.of);
            }
        }
        Ok(Some(why))
    }

    /// Adds the values that whoever asks reads.
    async fn tell(&mut self, step: &mut Step, seen: &Seen, me: Option<&Me>) -> Result<(), ReadError> {
        match &step.tree {
            Tree::Value(leaf) => step.value = self.read(&leaf.field, seen.clone()).await?,
            Tree::Lookup(leaf) => step.value = self.read(&leaf.path, seen.clone()).await?,
            Tree::Match(leaf) => {
                step.value = self.read(&leaf.field, seen.clone()).await?;
                if let Some(me) = me
                    && let Some(own) = self.get(&me.module, &me.record).await?
                {
                    step.mine = self.read(&leaf.mine, own).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn read(&mut self, path: &FieldPath, mut at: Seen) -> Result<Option<Json>, ReadError> {
        let Some((way, last)) = path.split() else { return Ok(Some(at.id().into())) };
        for name in way {
            let Some(next) = at.lookup(name).cloned() else { return Ok(None) };
            let Some(seen) = self.get(&next.module, &next.id).await? else { return Ok(None) };
            at = seen;
        }
        let found = at.fields().find(|(f, _)| f.key == *last);
        Ok(found.map(|(f, v)| v.map_or(Json::Null, |v| to_json(f, v))))
    }

    /// Who sees this record, each with the rules by which he does, as if signed in in the usual way.
    pub async fn who_sees(&mut self, seen: &Seen) -> Result<Seers, ReadError> {
        let candidates = people::lookers(&mut self.tx, ASKED + 1).await?;
        let (mut found, mut complete) = (Vec::new(), candidates.len() <= ASKED);
        for (sub, name) in candidates.into_iter().take(ASKED) {
            let Some(access) = self.as_if(&sub, Assurance::PasswordMail).await? else { continue };
            let Some(sight) = access.sight(&seen.module().key) else { continue };
            let Some(row) = store::find(&mut self.tx, &sight, seen.id()).await? else { continue };
            if found.len() == TOLD {
                complete = false;
                break;
            }
            let matched = sight.matched(&row.arms);
            found.push(Seer { sub, name, because: matched.names().map(|(o, n)| (o.clone(), n)).collect() });
        }
        Ok(Seers { people: found, complete })
    }
}

/// What the compiler says of a record, rule by rule and node by node, for the person whose rules these are; `None` when there
/// is no such record. Values are not told.
pub async fn explain(tx: &mut Tx<'_>, access: &Access, module: &FieldKey, id: &str) -> Result<Option<Why>, DbError> {
    let Some(sight) = access.sight(module) else { return Ok(None) };
    let Some((mut why, relation)) = bits(tx, access, &sight, id).await? else { return Ok(None) };
    let Some(relation) = relation else { return Ok(Some(why)) };
    let grants = grants(tx, access, &relation).await?;
    for arm in &mut why.arms {
        let mut left = vec![&mut arm.root];
        while let Some(step) = left.pop() {
            if let Tree::Granted(leaf) = &step.tree
                && leaf.path.is_empty()
            {
                step.grants.clone_from(&grants);
            }
            left.extend(&mut step.of);
        }
    }
    Ok(Some(why))
}

/// The judgements, and the relation of the record.
async fn bits(tx: &mut Tx<'_>, access: &Access, sight: &Sight, id: &str) -> Result<Option<(Why, Option<String>)>, DbError> {
    if !store::possible(id) {
        return Ok(None);
    }
    let mut rows: Vec<(i64, String, Option<String>)> = Vec::new();
    for begin in (0..=sight.arms.len()).step_by(AT_ONCE) {
        let mut q = build(tx);
        for n in begin..(begin + AT_ONCE).min(sight.arms.len() + 1) {
            q.push(if n > begin { " UNION ALL " } else { "" });
            q.push("SELECT CAST(").value(i64::try_from(n).unwrap_or(0)).push(" AS BIGINT), ");
            steps(&mut q, sight, n.checked_sub(1), 0);
            q.push(" AS steps, t0.relation_id FROM records t0 WHERE t0.module = ").key(&sight.module.key);
            q.push(" AND t0.id = ").shared("id", 0, id.to_owned());
        }
        rows.extend(q.all::<(i64, String, Option<String>)>().await?);
    }
    rows.sort_by_key(|(n, ..)| *n);
    let mut rows = rows.into_iter();
    let Some((_, denied, relation)) = rows.next() else { return Ok(None) };
    let denials: Vec<_> = Denial::ALL.into_iter().zip(denied.bytes().map(|b| b == b'1')).collect();
    let mut arms = Vec::new();
    for ((_, bits, _), arm) in rows.zip(&sight.arms) {
        let rule = match &arm.origin {
            Origin::Role(name) => access.catalogue.role(name).and_then(|r| r.rules.get(arm.number)),
            Origin::Portal(key) => access.catalogue.portal(key).and_then(|p| p.rules.get(arm.number)),
        };
        let Some(root) = rule.and_then(|r| step(&r.tree, &mut bits.bytes().map(|b| b == b'1'))) else { continue };
        let (origin, rights, me) = (arm.origin.clone(), arm.rights.clone(), arm.me.clone());
        arms.push(ArmWhy { origin, number: arm.number, rights, me, root });
    }
    let sees = denials.iter().all(|(_, hides)| !hides) && arms.iter().any(|a| a.root.holds && a.rights.contains(&Right::See));
    Ok(Some((Why { sub: access.viewer.sub.clone(), sees, denials, arms }, relation)))
}

/// A tree with its judgements, which come node before inner nodes.
fn step(tree: &Tree, bits: &mut impl Iterator<Item = bool>) -> Option<Step> {
    let holds = bits.next()?;
    let of: Vec<Step> = match tree {
        Tree::And(of) | Tree::Or(of) => of.iter().map(|t| step(t, bits)).collect::<Option<_>>()?,
        Tree::Not(t) => vec![step(t, bits)?],
        _ => Vec::new(),
    };
    let tree = match tree {
        Tree::And(_) => Tree::And(Vec::new()),
        Tree::Or(_) => Tree::Or(Vec::new()),
        Tree::Not(_) => Tree::Not(Box::new(Tree::All)),
        leaf => leaf.clone(),
    };
    Some(Step { tree, holds, value: None, mine: None, grants: Vec::new(), of })
}

record! {
    struct GrantRow {
        id: String,
        holder: String,
        level: i64,
        starts_at: i64,
        ends_at: i64,
    }
}

/// The person's grants on a relation, whenever they count.
async fn grants(tx: &mut Tx<'_>, access: &Access, relation: &str) -> Result<Vec<GrantWhy>, DbError> {
    let viewer = &access.viewer;
    let mut q = build(tx);
    q.push("SELECT id, holder, level, starts_at, ends_at FROM replica_grants WHERE generation = ").value(viewer.generation);
    q.push(" AND relation = ").value(relation.to_owned());
    q.push(" AND holder IN (").value(format!("person:{}", viewer.sub));
    for group in &viewer.groups {
        q.push(", ").value(format!("group:{group}"));
    }
    q.push(") ORDER BY level DESC, id");
    let rows: Vec<GrantRow> = q.all().await?;
    let grant = |r: GrantRow| {
        Some(GrantWhy {
            id: r.id,
            holder: r.holder,
            level: GrantLevel::from_rank(r.level)?,
            from: (r.starts_at > 0).then_some(Timestamp(r.starts_at)),
            until: (r.ends_at < i64::MAX).then_some(Timestamp(r.ends_at)),
            active: r.starts_at <= viewer.now.0 && viewer.now.0 < r.ends_at,
        })
    };
    Ok(rows.into_iter().filter_map(grant).collect())
}
