//! What a person's rules are: for one module (`Sight`), for all (`Access`). Pure.

use std::sync::Arc;

use jiff::civil::Date;

use super::model::{FieldLevels, Level, Right};
use super::predicate::Predicate;
use crate::contract::{Assurance, FieldKey};
use crate::crm::modules::catalogue::Catalogue;
use crate::crm::modules::model::Module;
use crate::kernel::clock::Timestamp;

/// The record that a person is in a portal; bound by an accepted invitation and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The portal.
    pub portal: String,
    /// The module of the record: the portal's primary one.
    pub module: FieldKey,
    /// The record.
    pub record: String,
}

/// Who is asking. Roles come from the replica of the access log, never from a token's claims.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The person, as the provider names him.
    pub sub: String,
    /// Works here; not an external.
    pub staff: bool,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Ids of his groups, for grants that they hold.
    pub groups: Vec<String>,
    /// Who he is in the portals that he is in.
    pub selves: Vec<Me>,
    /// How strongly he signed in.
    pub acr: Option<Assurance>,
    /// The generation of the replica that his grants are read from.
    pub generation: i64,
    /// The moment that grants are compared with, bound once per request.
    pub now: Timestamp,
    /// Today in the organisation's zone, bound once per request.
    pub today: Date,
}

impl Viewer {
    /// Someone who works here, with these roles, at a moment whose day is `today`; no groups, grants or portals.
    pub const fn staff(sub: String, roles: Vec<String>, now: Timestamp, today: Date) -> Self {
        Self { sub, staff: true, roles, groups: Vec::new(), selves: Vec::new(), acr: None, generation: 1, now, today }
    }
}

/// A rule made ready for one module.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The role that it is of, for "why can X see this".
    pub role: String,
    /// Its place in the role, from 0.
    pub number: usize,
    /// For which records.
    pub when: Predicate,
    /// What may be done.
    pub rights: Vec<Right>,
    /// What is shown.
    pub fields: FieldLevels,
}

impl Arm {
    /// Whether the rule has this right.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
    /// What the rule shows of a field: nothing, unless it lets see the record.
    pub fn level(&self, field: &FieldKey) -> Level {
        if self.may(Right::See) { self.fields.of(field) } else { Level::Hidden }
    }
}

/// A person's rules for one module.
#[derive(Clone)]
pub struct Sight {
    /// The module.
    pub module: Arc<Module>,
    /// Every rule of his roles for it, in the order of the bits that the compiled statement answers.
    pub arms: Vec<Arc<Arm>>,
    /// Who looks, as the provider names him.
    pub me: String,
    /// Works here.
    pub staff: bool,
    /// Bound once per request.
    pub today: Date,
}

/// A person and the catalogue in force.
#[derive(Clone)]
pub struct Access {
    /// Who.
    pub viewer: Viewer,
    /// Modules and roles.
    pub catalogue: Arc<Catalogue>,
}

impl Access {
    /// Joins the two.
    pub fn new(viewer: Viewer, catalogue: Arc<Catalogue>) -> Self {
        Self { viewer, catalogue }
    }

    /// His rules for a module; `None` when there is no such module.
    pub fn sight(&self, module: &FieldKey) -> Option<Sight> {
        let module = self.catalogue.module(module)?.clone();
        let mut arms = Vec::new();
        for role in &self.viewer.roles {
            arms.extend(self.catalogue.arms(role, &module.key).iter().cloned());
        }
        Some(Sight { module, arms, me: self.viewer.sub.clone(), staff: self.viewer.staff, today: self.viewer.today })
    }

    /// The modules of which he may see or make records; the others don't exist for him.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.catalogue.modules().filter(|m| {
            let mut arms = self.viewer.roles.iter().flat_map(|r| self.catalogue.arms(r, &m.key));
            arms.any(|a| a.may(Right::See) || a.may(Right::Create))
        })
    }
}

impl Sight {
    /// The arms that let see records.
    pub fn seeing(&self) -> impl Iterator<Item = &Arc<Arm>> {
        self.arms.iter().filter(|a| a.may(Right::See))
    }
    /// Whether some rule has this right on some records.
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.arms.iter().any(|a| a.may(right))
    }
    /// Whether no denial and no condition depends on the record, so that a save needs no statement to judge it by.
    pub fn is_unconditional(&self) -> bool {
        self.staff && self.arms.iter().all(|a| a.when == Predicate::True)
    }
    /// Whether every rule that shows records shows this field of them, so that asking row by row is needless.
    pub fn always_revealed(&self, field: &FieldKey) -> bool {
        self.seeing().all(|a| a.level(field) >= Level::Read)
    }
    /// Whether a rule shows this field of some records.
    pub fn revealed_somewhere(&self, field: &FieldKey) -> bool {
        self.seeing().any(|a| a.level(field) >= Level::Read)
    }
    /// The fields a form for a new record has: written by a rule with the right to create.
    pub fn creatable(&self, field: &FieldKey) -> bool {
        self.arms.iter().any(|a| a.may(Right::Create) && a.fields.of(field) == Level::Write)
    }
    /// Which arms were true, from the text of `0` and `1` that the statement answered.
    pub fn matched(&self, bits: &str) -> Matched {
        let arms = self.arms.iter().zip(bits.bytes()).filter(|(_, bit)| *bit == b'1').map(|(a, _)| a.clone());
        Matched { arms: arms.collect() }
    }
}

/// The arms that were true for one record.
#[derive(Clone, Debug)]
pub struct Matched {
    arms: Vec<Arc<Arm>>,
}

impl Matched {
    /// Whether a true arm has this right.
    pub fn may(&self, right: Right) -> bool {
        self.arms.iter().any(|a| a.may(right))
    }
    /// Whether the field is shown.
    pub fn reads(&self, field: &FieldKey) -> bool {
        self.arms.iter().any(|a| a.level(field) >= Level::Read)
    }
    /// Whether the field may be written with this right (create or change): one arm must have both.
    pub fn writes(&self, field: &FieldKey, right: Right) -> bool {
        self.arms.iter().any(|a| a.may(right) && a.fields.of(field) == Level::Write)
    }
    /// The true arms, as (role, number).
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.arms.iter().map(|a| (a.role.as_str(), a.number))
    }
}
