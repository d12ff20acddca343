//! What a person's rules are: for one module (`Sight`), for all (`Access`). Pure.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use jiff::civil::Date;

use super::model::{FieldLevels, Level, Right};
use super::portal::Portal;
use super::predicate::{Predicate, Shown};
use super::switch::{Clause, on};
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

/// Which list a rule is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A role of staff.
    Role(String),
    /// A portal.
    Portal(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(name) => write!(f, "role {name}"),
            Self::Portal(key) => write!(f, "portal {key}"),
        }
    }
}

/// A rule made ready for one module.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The list that it is of, for "why can X see this".
    pub origin: Origin,
    /// Its place in the list, from 0.
    pub number: usize,
    /// For which records.
    pub when: Predicate,
    /// What may be done.
    pub rights: Vec<Right>,
    /// What is shown.
    pub fields: FieldLevels,
    /// Masked fields of the module, unless the rule reveals those too.
    pub masked: BTreeSet<FieldKey>,
    /// Whether a change by it may move the record out of view or into more of it.
    pub may_move: bool,
}

impl Arm {
    /// Whether the rule has this right.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
    /// What the rule shows of a field: nothing, unless it lets see the record.
    pub fn level(&self, field: &FieldKey) -> Level {
        if self.may(Right::See) { self.given(field) } else { Level::Hidden }
    }
    /// What it gives of a field to who makes a record, which he need not see.
    fn given(&self, field: &FieldKey) -> Level {
        if self.masked.contains(field) && on(Clause::Masked) { Level::Hidden } else { self.fields.of(field) }
    }
    /// Whether the rule would show the field, were it not masked.
    pub fn masks(&self, field: &FieldKey) -> bool {
        self.may(Right::See) && self.masked.contains(field) && self.fields.of(field) >= Level::Read
    }
}

/// A rule of a person: one of a role, or one of a portal for the record that he is there.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The rule.
    pub arm: Arc<Arm>,
    /// Who he is there.
    pub me: Option<Me>,
}

impl Deref for Bound {
    type Target = Arm;
    fn deref(&self) -> &Arm {
        &self.arm
    }
}

/// A person's rules for one module.
#[derive(Clone)]
pub struct Sight {
    /// The module.
    pub module: Arc<Module>,
    /// Every rule of his for it, in the order of the bits that the compiled statement answers.
    pub arms: Vec<Bound>,
    /// Who.
    pub viewer: Arc<Viewer>,
    /// Whether his grants are so few that a list starts from them.
    pub few_grants: bool,
}

/// A person and the catalogue in force.
#[derive(Clone)]
pub struct Access {
    /// Who.
    pub viewer: Arc<Viewer>,
    /// Modules, roles and portals.
    pub catalogue: Arc<Catalogue>,
    /// Whether his grants are so few that a list starts from them.
    pub few_grants: bool,
}

impl Access {
    /// Joins the two.
    pub fn new(viewer: Viewer, catalogue: Arc<Catalogue>) -> Self {
        Self { viewer: Arc::new(viewer), catalogue, few_grants: false }
    }

    /// His rules for a module: of staff those of the roles, of an external those of the portals that he is someone in.
    fn bound(&self, module: &FieldKey) -> Vec<Bound> {
        let mut all = Vec::new();
        if self.viewer.staff {
            for role in &self.viewer.roles {
                all.extend(self.catalogue.arms(role, module).iter().map(|arm| Bound { arm: arm.clone(), me: None }));
            }
            return all;
        }
        for me in &self.viewer.selves {
            // Bound to a record of another module than the portal is now made for: that is nobody.
            let Some(portal) = self.catalogue.portal(&me.portal).filter(|p| p.module == me.module) else { continue };
            let arms = self.catalogue.portal_arms(portal.key.as_str(), module).iter();
            all.extend(arms.map(|arm| Bound { arm: arm.clone(), me: Some(me.clone()) }));
        }
        all
    }

    /// His rules for a module; `None` when there is no such module.
    pub fn sight(&self, module: &FieldKey) -> Option<Sight> {
        let module = self.catalogue.module(module)?.clone();
        let arms = self.bound(&module.key);
        Some(Sight { module, arms, viewer: self.viewer.clone(), few_grants: self.few_grants })
    }

    /// The modules of which he may see or make records; the others don't exist for him.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        let may = |a: &Bound| a.may(Right::See) || a.may(Right::Create);
        self.catalogue.modules().filter(move |m| self.bound(&m.key).iter().any(may))
    }

    /// The portals that he is in, each with who he is there, in the order of the invitations.
    pub fn portals(&self) -> impl Iterator<Item = (&Arc<Portal>, &Me)> {
        self.viewer.selves.iter().filter(|_| !self.viewer.staff).filter_map(|me| {
            let portal = self.catalogue.portal(&me.portal).filter(|p| p.module == me.module)?;
            Some((portal, me))
        })
    }

    /// Whether a person's own filter may name a field.
    pub fn shows(&self, module: &FieldKey, field: &FieldKey) -> Shown {
        let Some(sight) = self.sight(module) else { return Shown::No };
        if sight.revealed_somewhere(field) {
            Shown::Yes
        } else if sight.seeing().any(|a| a.masks(field)) {
            Shown::Masked
        } else {
            Shown::No
        }
    }
}

impl Sight {
    /// Works here.
    pub fn staff(&self) -> bool {
        self.viewer.staff
    }
    /// The arms that let see records.
    pub fn seeing(&self) -> impl Iterator<Item = &Bound> {
        self.arms.iter().filter(|a| a.may(Right::See))
    }
    /// Whether some rule has this right on some records.
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.arms.iter().any(|a| a.may(right))
    }
    /// Whether no rule's condition depends on the record.
    pub fn is_unconditional(&self) -> bool {
        self.staff() && self.arms.iter().all(|a| a.when == Predicate::True)
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
        self.arms.iter().any(|a| a.may(Right::Create) && a.given(field) == Level::Write)
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
    arms: Vec<Bound>,
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
    /// Whether the field would be shown, were it not masked.
    pub fn masks(&self, field: &FieldKey) -> bool {
        !self.reads(field) && self.arms.iter().any(|a| a.masks(field))
    }
    /// Whether the field may be written with this right (create or change): one arm must have both.
    pub fn writes(&self, field: &FieldKey, right: Right) -> bool {
        self.arms.iter().any(|a| a.may(right) && a.given(field) == Level::Write)
    }
    /// Whether an arm with this right lets the record be moved out of view or into more of it.
    pub fn may_move(&self, right: Right) -> bool {
        self.arms.iter().any(|a| a.may_move && a.may(right))
    }
    /// Whether some right, or something of a field, is here that `before` hadn't.
    pub fn gains(&self, before: &Self, module: &Module) -> bool {
        let rights = self.arms.iter().flat_map(|a| &a.rights).any(|r| !before.may(*r));
        let written = |m: &Self, k: &FieldKey| m.writes(k, Right::Change);
        let of = |k: &FieldKey| self.reads(k) && !before.reads(k) || written(self, k) && !written(before, k);
        rights || module.fields.iter().any(|f| of(&f.key))
    }
    /// The true arms, each by its list and place.
    pub fn names(&self) -> impl Iterator<Item = (&Origin, usize)> {
        self.arms.iter().map(|a| (&a.origin, a.number))
    }
}
