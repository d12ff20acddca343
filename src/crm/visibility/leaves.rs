//! The compiler's conditions: predicates over the row of a record, with rules' eyes (full data) or a person's own.

use super::model::MatchOperator;
use super::predicate::{Column, How, Match, Operand, Order, Place, Predicate, Test, day};
use super::sight::{Access, Me, Sight, Viewer};
use super::stored::stored;
use super::switch::{Clause, on};
use super::ways::{From, Wanted, along, column};
use crate::contract::GrantLevel;
use crate::crm::modules::model::FieldKind;
use crate::kernel::db::Query;

/// Whose eyes a predicate reads with.
#[derive(Clone, Copy)]
pub(super) enum Eyes<'a> {
    /// A rule's: full data. In a portal with the record that the person is there.
    Rule(Option<&'a Me>),
    /// A person's own filter: what a true arm reveals, and lookups only to records that he sees.
    Person(&'a Access),
}

/// Where a predicate is asked: a row `t<alias>` of a module.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) sight: &'a Sight,
    pub(super) alias: usize,
    pub(super) eyes: Eyes<'a>,
}

pub(super) fn predicate(q: &mut Query<'_>, p: &Predicate, at: At<'_>) {
    match (p, at.eyes) {
        (Predicate::True, _) => drop(q.push("TRUE")),
        (Predicate::And(of), _) => join(q, of, " AND ", "TRUE", at),
        (Predicate::Or(of), _) => join(q, of, " OR ", "FALSE", at),
        (Predicate::Not(inner), _) => {
            let guard = on(Clause::NotUnknown);
            q.push(if guard { "(NOT COALESCE(" } else { "(NOT (" });
            predicate(q, inner, at);
            q.push(if guard { ", FALSE))" } else { "))" });
        }
        (Predicate::Test(t), _) => test(q, t, at),
        (Predicate::Granted { relation, least }, Eyes::Rule(_)) => granted(q, relation.as_ref(), *least, at),
        (Predicate::NamesMe, Eyes::Rule(_)) => names_me(q, at),
        (Predicate::Mine(place), Eyes::Rule(Some(me))) if on(Clause::Mine) => {
            q.push("(");
            column(q, place, at);
            q.push(" = ").value(me.record.clone()).push(")");
        }
        (Predicate::Mine(place), Eyes::Rule(Some(_))) => {
            column(q, place, at);
            q.push(" IS NOT NULL");
        }
        (Predicate::Match(m), Eyes::Rule(Some(me))) if on(Clause::Match) => matching(q, m, at, me),
        (Predicate::Match(_), Eyes::Rule(Some(_))) => drop(q.push("TRUE")),
        (Predicate::Assurance(least), Eyes::Rule(_)) => {
            let enough = at.sight.viewer.acr.is_some_and(|a| a >= *least) || !on(Clause::Assurance);
            q.push(if enough { "TRUE" } else { "FALSE" });
        }
        // Nobody's record, or a leaf that a person's own filter doesn't have.
        (
            Predicate::Granted { .. } | Predicate::NamesMe | Predicate::Mine(_) | Predicate::Match(_) | Predicate::Assurance(_),
            _,
        ) => {
            q.push("FALSE");
        }
    }
}

fn join(q: &mut Query<'_>, of: &[Predicate], by: &'static str, none: &'static str, at: At<'_>) {
    q.push("(");
    for (i, p) in of.iter().enumerate() {
        if i > 0 {
            q.push(by);
        }
        predicate(q, p, at);
    }
    q.push(if of.is_empty() { none } else { "" }).push(")");
}

/// Appends the probe for an active grant of the person on the relation that `relation` appends, narrowed by `level`. A row of
/// a list asks it by the index; where it is better to begin with the grants, a list says so itself.
pub(super) fn grant<'e>(
    q: &mut Query<'e>,
    viewer: &Viewer,
    relation: impl FnOnce(&mut Query<'e>),
    level: impl FnOnce(&mut Query<'e>),
) {
    q.push("EXISTS (SELECT 1 FROM replica_grants g WHERE ");
    if on(Clause::GrantRelation) {
        q.push("g.relation = ");
        relation(q);
        q.push(" AND ");
    }
    held(q, viewer);
    level(q);
    q.push(")");
}

/// Appends that a grant `g` is one of the person's, in force now.
pub(super) fn held(q: &mut Query<'_>, viewer: &Viewer) {
    q.push(if on(Clause::Generation) { "g.generation = " } else { "g.generation <> " });
    q.shared("generation", 0, if on(Clause::Generation) { viewer.generation } else { i64::MIN });
    if on(Clause::Holder) {
        q.push(" AND g.holder IN (").shared("holder", 0, format!("person:{}", viewer.sub));
        for (i, group) in viewer.groups.iter().enumerate().filter(|_| on(Clause::Groups)) {
            q.push(", ").shared("holder", i + 1, format!("group:{group}"));
        }
        q.push(")");
    }
    if on(Clause::GrantBegun) {
        q.push(" AND g.starts_at <= ").shared("now", 0, viewer.now.0);
    }
    if on(Clause::GrantEnded) {
        q.push(" AND g.ends_at > ").shared("now", 0, viewer.now.0);
    }
}

fn granted(q: &mut Query<'_>, relation: Option<&Place>, least: GrantLevel, at: At<'_>) {
    let to = |q: &mut Query<'_>| match relation {
        None => {
            q.alias(at.alias).push(".relation_id");
        }
        Some(place) => column(q, place, at),
    };
    grant(q, &at.sight.viewer, to, |q| match least {
        _ if !on(Clause::LevelOrder) => (),
        GrantLevel::Participant if !on(Clause::Participant) => (),
        // A participant's own grant opens what names him; the others open it as it is.
        GrantLevel::Participant => {
            q.push(" AND (g.level >= 2 OR ");
            names_me(q, at);
            q.push(")");
        }
        GrantLevel::Reader => drop(q.push(" AND g.level >= 2")),
        GrantLevel::Contributor => drop(q.push(" AND g.level >= 3")),
        GrantLevel::Manager => drop(q.push(" AND g.level >= 4")),
    });
}

/// A field of the record names the person, or a lookup leads to a record that he is.
fn names_me(q: &mut Query<'_>, at: At<'_>) {
    let viewer = &at.sight.viewer;
    q.push("(");
    let mut first = true;
    for field in &at.sight.module.fields {
        let own: Vec<&String> = match &field.kind {
            FieldKind::Person => vec![&viewer.sub],
            FieldKind::Lookup { module } => viewer.selves.iter().filter(|me| me.module == *module).map(|me| &me.record).collect(),
            _ => continue,
        };
        for own in own {
            q.push(if first { "" } else { " OR " });
            first = false;
            stored(q, &Column::of(field), &at.sight.module.key, Some(at.alias));
            if on(Clause::NamesMe) {
                q.push(" = ").value(own.clone());
            } else {
                q.push(" IS NOT NULL");
            }
        }
    }
    q.push(if first { "FALSE)" } else { ")" });
}

fn test(q: &mut Query<'_>, t: &Test, at: At<'_>) {
    let many = matches!(t.place.column, Column::Many(_));
    q.push("(");
    match &t.how {
        How::Empty => {
            column(q, &t.place, at);
            q.push(" IS NULL");
        }
        How::There => {
            column(q, &t.place, at);
            q.push(" IS NOT NULL");
        }
        How::Order(order, operand) => {
            column(q, &t.place, at);
            q.push(match order {
                Order::Equal => " = ",
                Order::Unequal => " <> ",
                Order::Less => " < ",
                Order::AtMost => " <= ",
                Order::More => " > ",
                Order::AtLeast => " >= ",
            });
            match operand {
                Operand::Text(x) => q.value(x.clone()),
                Operand::Int(n) => q.value(*n),
                Operand::Bool(b) => q.value(*b),
                Operand::Today(n) => q.value(day(at.sight.viewer.today, *n)),
                Operand::Me => q.value(at.sight.viewer.sub.clone()),
            };
        }
        How::Contains(needle) => like(q, &t.place, format!("%{}%", escaped(needle)), at),
        How::Starts(needle) => like(q, &t.place, format!("{}%", escaped(needle)), at),
        How::Any(keys) if many => bars(q, t, keys, " OR ", at),
        How::All(keys) => bars(q, t, keys, " AND ", at),
        How::None(keys) if many => {
            q.push("NOT ");
            bars(q, t, keys, " OR ", at);
        }
        How::Any(keys) => one_of(q, &t.place, keys, " IN (", at),
        How::None(keys) => one_of(q, &t.place, keys, " NOT IN (", at),
    }
    q.push(")");
}

fn one_of(q: &mut Query<'_>, place: &Place, keys: &[String], how: &'static str, at: At<'_>) {
    column(q, place, at);
    q.push(how);
    for (i, k) in keys.iter().enumerate() {
        q.push(if i > 0 { ", " } else { "" }).value(k.clone());
    }
    q.push(")");
}

fn bars(q: &mut Query<'_>, t: &Test, keys: &[String], by: &'static str, at: At<'_>) {
    q.push("(");
    for (i, k) in keys.iter().enumerate() {
        q.push(if i > 0 { by } else { "" });
        like(q, &t.place, format!("%|{}|%", escaped(k)), at);
    }
    q.push(")");
}

fn like(q: &mut Query<'_>, place: &Place, pattern: String, at: At<'_>) {
    column(q, place, at);
    q.push(" LIKE ").value(pattern).push(" ESCAPE '\\'");
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A field against one of the record that the person is. A single value counts as a set of one.
fn matching(q: &mut Query<'_>, m: &Match, at: At<'_>, me: &Me) {
    let many = |p: &Place| matches!(p.column, Column::Many(_));
    let theirs = |q: &mut Query<'_>| column(q, &m.theirs, at);
    let mine = |q: &mut Query<'_>| along(q, From::Me(me), &m.mine.hops, &Wanted::Stored(&m.mine.column), at.alias + 1);
    q.push("(");
    match (many(&m.theirs), many(&m.mine), m.how) {
        (false, false, _) => equal(q, theirs, mine),
        (true, false, MatchOperator::Equal) => equal(q, theirs, |q| barred(q, mine)),
        (true, false, _) => within(q, theirs, mine),
        (false, true, MatchOperator::Any) => within(q, mine, theirs),
        (false, true, _) => equal(q, mine, |q| barred(q, theirs)),
        (true, true, MatchOperator::Any) => {
            q.push("EXISTS (SELECT 1 FROM ");
            each(q, From::Me(me), &m.mine, at);
            q.push(" WHERE ");
            within(q, theirs, element);
            q.push(")");
        }
        (true, true, how) => {
            if on(Clause::MatchBoth) {
                theirs(q);
                q.push(" IS NOT NULL AND ");
                mine(q);
                q.push(" IS NOT NULL AND ");
            }
            q.push("NOT EXISTS (SELECT 1 FROM ");
            each(q, From::Me(me), &m.mine, at);
            q.push(" WHERE NOT ");
            within(q, theirs, element);
            q.push(")");
            if how == MatchOperator::Equal {
                q.push(" AND NOT EXISTS (SELECT 1 FROM ");
                each(q, From::Row(at), &m.theirs, at);
                q.push(" WHERE NOT ");
                within(q, mine, element);
                q.push(")");
            }
        }
    }
    q.push(")");
}

fn equal<'e>(q: &mut Query<'e>, a: impl Fn(&mut Query<'e>), b: impl Fn(&mut Query<'e>)) {
    a(q);
    q.push(" = ");
    b(q);
}

fn barred<'e>(q: &mut Query<'e>, key: impl Fn(&mut Query<'e>)) {
    q.push("('|' || ");
    key(q);
    q.push(" || '|')");
}

/// Whether keys between bars have this one.
fn within<'e>(q: &mut Query<'e>, keys: impl Fn(&mut Query<'e>), key: impl Fn(&mut Query<'e>)) {
    q.push(if q.is_postgres() { "(strpos(" } else { "(instr(" });
    keys(q);
    q.push(", ");
    barred(q, key);
    q.push(") > 0)");
}

fn element(q: &mut Query<'_>) {
    q.push("e.value");
}

/// Appends a table `e` of the keys of a multiple choice, one in each row.
fn each(q: &mut Query<'_>, from: From<'_>, place: &Place, at: At<'_>) {
    let Some(key) = place.column.field() else { return };
    q.push(if q.is_postgres() { "jsonb_array_elements_text(" } else { "json_each(" });
    along(q, from, &place.hops, &Wanted::Keys(key), at.alias + 1);
    q.push(if q.is_postgres() { ") AS e(value)" } else { ") AS e" });
}
