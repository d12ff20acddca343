//! The compiler: a person's rules to SQL, one text for both engines. Values are parameters; field and module keys, which are
//! checked when made, stand as literals, since an index on an expression is used only then.
//!
//! SQL's unknown is false here: it is only ever harmful below `not`, which therefore turns it into false first.

use super::leaves::{At, Eyes, grant, held, predicate};
use super::model::{Level, Right};
use super::predicate::{Column, Place, Predicate};
use super::sight::{Access, Bound, Sight, Viewer};
use super::switch::{Clause, on};
use super::ways::column;
use crate::contract::FieldKey;
use crate::crm::modules::model::ModuleRole;
use crate::kernel::db::Query;

/// Appends the condition under which a row of `t<alias>` is seen: the denials, then at least one arm.
pub fn visible(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    q.push("(").alias(alias).push(".module = ").key(&sight.module.key);
    seen(q, sight, alias);
}

/// As [`visible`], for the rows of a list. Where every arm needs a grant on the record's relation, that is said once more in
/// a way that the engine can begin with, or that is quick to ask of many rows (docs/adr/0014-lists-by-grants.md).
pub fn listed(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    let by_grants = sight.seeing().next().is_some() && sight.seeing().all(|a| a.when.needs_grant());
    let (few, postgres) = (sight.few_grants && by_grants, q.is_postgres());
    // With the plus SQLite doesn't walk the module's index, which it otherwise prefers for its order.
    q.push(if few && !postgres { "(+" } else { "(" }).alias(alias).push(".module = ").key(&sight.module.key);
    if by_grants && on(Clause::SomeArm) && on(Clause::GrantRelation) {
        // With the plus SQLite asks it of each row, which it otherwise doesn't once it knows the tables (`ANALYZE`).
        q.push(if few || postgres { " AND (" } else { " AND (+" });
        q.alias(alias).push(".relation_id IN (SELECT g.relation FROM replica_grants g WHERE ");
        held(q, &sight.viewer);
        // Below OR PostgreSQL doesn't begin with the grants, but makes a table of them in memory.
        q.push(if !few && postgres { ") OR FALSE)" } else { "))" });
    }
    seen(q, sight, alias);
}

fn seen(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    for denial in Denial::ALL {
        q.push(" AND ");
        denial.lets(q, sight, alias);
    }
    if on(Clause::SomeArm) {
        q.push(" AND ");
        some_arm(q, sight, alias, |a| a.may(Right::See) || !on(Clause::SeeRight));
    }
    q.push(")");
}

/// What no arm widens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The record was put away.
    Deleted,
    /// It is internal, and he isn't staff that is linked to its relation.
    Internal,
    /// Its relation is restricted, and he isn't linked to it.
    Restricted,
}

impl Denial {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Deleted, Self::Internal, Self::Restricted];

    /// Its name in answers; part of the key of its words in `locales/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Internal => "internal",
            Self::Restricted => "restricted",
        }
    }

    /// Appends the condition under which it doesn't hold for the row.
    pub(super) fn lets(self, q: &mut Query<'_>, sight: &Sight, alias: usize) {
        match self {
            Self::Deleted if !on(Clause::Deleted) => drop(q.push("TRUE")),
            Self::Deleted => drop(q.alias(alias).push(".status = 'active'")),
            Self::Internal => internal(q, sight, alias),
            Self::Restricted => restricted(q, sight, alias),
        }
    }
}

/// An internal record is for staff who are linked to its relation; without a relation there is nothing to be linked to.
fn internal(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    let clause = if sight.staff() { Clause::InternalLinked } else { Clause::InternalExternals };
    if !on(clause) {
        q.push("TRUE");
        return;
    }
    q.push("(NOT ").alias(alias).push(".internal");
    if sight.staff() {
        q.push(" OR ").alias(alias).push(".relation_id IS NULL OR ");
        linked(q, sight, alias);
    }
    q.push(")");
}

/// A restricted relation, and everything in it, is for those who are linked to it.
fn restricted(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    let itself = sight.module.role == Some(ModuleRole::Relation);
    if !on(if itself { Clause::RestrictedRelation } else { Clause::RestrictedWithin })
        || !itself && sight.module.relation.is_none()
    {
        q.push("TRUE");
        return;
    }
    q.push("(NOT ");
    if itself {
        q.alias(alias).push(".restricted");
    } else {
        q.push("EXISTS (SELECT 1 FROM records r WHERE r.id = ").alias(alias).push(".relation_id AND r.restricted)");
    }
    q.push(" OR ");
    linked(q, sight, alias);
    q.push(")");
}

/// Whether he is linked to the relation of the row: holds any active grant on it, himself or by a group.
fn linked(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    let here = |q: &mut Query<'_>| {
        q.alias(alias).push(".relation_id");
    };
    grant(q, &sight.viewer, here, |_| ());
}

/// Appends a text of `0` and `1`, one for each arm of the sight in its order.
pub fn arm_bits(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    if sight.arms.is_empty() {
        q.push("''");
    }
    for (i, arm) in sight.arms.iter().enumerate() {
        q.push(if i > 0 { " || CASE WHEN " } else { "CASE WHEN " });
        condition(q, arm, sight, alias);
        q.push(" THEN '1' ELSE '0' END");
    }
}

/// As [`arm_bits`], for rows that [`visible`] or [`listed`] lets through: where one arm alone shows records, it is true for them
/// and is not asked again.
pub fn arms_of_seen(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    match sight.arms.as_slice() {
        [only] if only.may(Right::See) && on(Clause::SomeArm) => drop(q.push("'1'")),
        _ => arm_bits(q, sight, alias),
    }
}

/// Appends a text of `0` and `1`. Without an arm: for each denial whether it hides the row. With one: for each node of its
/// condition whether it holds, a node before those in it.
pub fn steps(q: &mut Query<'_>, sight: &Sight, arm: Option<usize>, alias: usize) {
    let Some(arm) = arm.and_then(|n| sight.arms.get(n)) else {
        for (i, denial) in Denial::ALL.into_iter().enumerate() {
            q.push(if i > 0 { " || CASE WHEN " } else { "CASE WHEN " });
            denial.lets(q, sight, alias);
            q.push(" THEN '0' ELSE '1' END");
        }
        return;
    };
    let at = At { sight, alias, eyes: Eyes::Rule(arm.me.as_ref()) };
    let mut left = vec![&arm.when];
    let mut first = true;
    while let Some(node) = left.pop() {
        q.push(if first { "CASE WHEN " } else { " || CASE WHEN " });
        first = false;
        predicate(q, node, at);
        q.push(" THEN '1' ELSE '0' END");
        match node {
            Predicate::And(of) | Predicate::Or(of) => left.extend(of.iter().rev()),
            Predicate::Not(inner) => left.push(inner),
            _ => {}
        }
    }
}

/// Appends the condition that a true arm has this right on the row of `t<alias>`.
pub fn having(q: &mut Query<'_>, sight: &Sight, alias: usize, right: Right) {
    some_arm(q, sight, alias, |a| a.may(right));
}

/// Appends a person's own condition. Leaves read a field only where an arm that is true for the row reveals it.
pub fn own_filter(q: &mut Query<'_>, access: &Access, sight: &Sight, filter: &Predicate, alias: usize) {
    predicate(q, filter, At { sight, alias, eyes: Eyes::Person(access) });
}

/// Appends the expression that a person's list is sorted by: absent where it isn't revealed.
pub fn own_column(q: &mut Query<'_>, access: &Access, sight: &Sight, of: &Column, alias: usize) {
    column(q, &Place::from(of.clone()), At { sight, alias, eyes: Eyes::Person(access) });
}

/// Appends a system column where the title is revealed, otherwise nothing: the title is a field like any other.
pub fn own_title(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    revealed(q, sight, &sight.module.title, alias, |q| {
        q.alias(alias).push(".title_fold");
    });
}

/// A pattern that a folded text containing `needle` matches.
pub(in crate::crm) fn contains(needle: &str) -> String {
    format!("%{}%", super::leaves::escaped(needle))
}

fn condition(q: &mut Query<'_>, arm: &Bound, sight: &Sight, alias: usize) {
    predicate(q, &arm.when, At { sight, alias, eyes: Eyes::Rule(arm.me.as_ref()) });
}

fn some_arm(q: &mut Query<'_>, sight: &Sight, alias: usize, which: impl Fn(&Bound) -> bool) {
    q.push("(");
    let mut first = true;
    for arm in sight.arms.iter().filter(|a| which(a)) {
        if !first {
            q.push(" OR ");
        }
        first = false;
        condition(q, arm, sight, alias);
    }
    q.push(match (first, q.is_postgres() && !sight.few_grants) {
        (true, _) => "FALSE)",
        // PostgreSQL takes a single probe out of a condition and begins with the grants, unless it stands below OR.
        (false, true) => " OR FALSE)",
        (false, false) => ")",
    });
}

/// Appends how many grants the person has, counted no further than `up_to`.
pub fn grants_held(q: &mut Query<'_>, viewer: &Viewer, up_to: i64) {
    q.push("(SELECT COUNT(*) FROM (SELECT 1 AS one FROM replica_grants g WHERE ");
    held(q, viewer);
    q.push(" LIMIT ").value(up_to).push(") h)");
}

/// `inner` where an arm that is true for the row reveals the field, otherwise absent.
pub(super) fn revealed<'e>(q: &mut Query<'e>, sight: &Sight, field: &FieldKey, alias: usize, inner: impl FnOnce(&mut Query<'e>)) {
    if sight.always_revealed(field) || !on(Clause::Revealed) {
        inner(q);
        return;
    }
    q.push("(CASE WHEN ");
    some_arm(q, sight, alias, |a| a.level(field) >= Level::Read);
    q.push(" THEN ");
    inner(q);
    q.push(" END)");
}
