//! The compiler: predicates and rules to SQL, one text for both engines. Values are parameters; field and module keys, which
//! are checked when made, stand as literals, since an index on an expression is used only then.
//!
//! SQL's unknown is false here: it is only ever harmful below `not`, which therefore turns it into false first.

use super::model::{Level, Right};
use super::predicate::{Column, How, Operand, Order, Predicate, Test, day};
use super::sight::{Access, Arm, Sight};
use crate::contract::FieldKey;
use crate::kernel::db::Query;

/// Whose eyes a predicate reads with.
#[derive(Clone, Copy)]
enum Eyes<'a> {
    /// A rule's: full data.
    Rule,
    /// A person's own filter: what a true arm reveals, and lookups only to records that he sees.
    Person(&'a Access),
}

/// Appends the condition under which a row of `t<alias>` is seen: the denials, then at least one arm.
pub fn visible(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    q.push("(").alias(alias).push(".module = ").key(&sight.module.key);
    q.push(" AND ").alias(alias).push(".status = 'active'");
    denials(q, sight, alias);
    q.push(" AND ");
    some_arm(q, sight, alias, |a| a.may(Right::See));
    q.push(")");
}

/// What no arm widens. Being linked comes with grants; until then an external sees nothing of a restricted relation, and
/// internal records are for staff.
fn denials(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    if !sight.staff {
        q.push(" AND NOT ").alias(alias).push(".internal AND NOT EXISTS (SELECT 1 FROM records r WHERE r.id = ");
        q.alias(alias).push(".relation_id AND r.restricted)");
    }
}

/// Appends a text of `0` and `1`, one for each arm of the sight in its order.
pub fn arm_bits(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    if sight.arms.is_empty() {
        q.push("''");
    }
    for (i, arm) in sight.arms.iter().enumerate() {
        q.push(if i > 0 { " || CASE WHEN " } else { "CASE WHEN " });
        predicate(q, &arm.when, sight, alias, Eyes::Rule);
        q.push(" THEN '1' ELSE '0' END");
    }
}

/// Appends the condition that a true arm has this right on the row of `t<alias>`.
pub fn having(q: &mut Query<'_>, sight: &Sight, alias: usize, right: Right) {
    some_arm(q, sight, alias, |a| a.may(right));
}

/// Appends a person's own condition. Leaves read a field only where an arm that is true for the row reveals it.
pub fn own_filter(q: &mut Query<'_>, access: &Access, sight: &Sight, filter: &Predicate, alias: usize) {
    predicate(q, filter, sight, alias, Eyes::Person(access));
}

/// Appends the expression that a person's list is sorted by: absent where it isn't revealed.
pub fn own_column(q: &mut Query<'_>, access: &Access, sight: &Sight, of: &Column, alias: usize) {
    column(q, of, sight, alias, Eyes::Person(access));
}

/// Appends a system column where the title is revealed, otherwise nothing: the title is a field like any other.
pub fn own_title(q: &mut Query<'_>, sight: &Sight, alias: usize) {
    revealed(q, sight, &sight.module.title, alias, |q| {
        q.alias(alias).push(".title_fold");
    });
}

fn some_arm(q: &mut Query<'_>, sight: &Sight, alias: usize, which: impl Fn(&Arm) -> bool) {
    q.push("(");
    let mut first = true;
    for arm in sight.arms.iter().filter(|a| which(a)) {
        if !first {
            q.push(" OR ");
        }
        first = false;
        predicate(q, &arm.when, sight, alias, Eyes::Rule);
    }
    q.push(if first { "FALSE)" } else { ")" });
}

fn predicate(q: &mut Query<'_>, p: &Predicate, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    match p {
        Predicate::True => drop(q.push("TRUE")),
        Predicate::And(of) => join(q, of, " AND ", "TRUE", sight, alias, eyes),
        Predicate::Or(of) => join(q, of, " OR ", "FALSE", sight, alias, eyes),
        Predicate::Not(inner) => {
            q.push("(NOT COALESCE(");
            predicate(q, inner, sight, alias, eyes);
            q.push(", FALSE))");
        }
        Predicate::Test(t) => test(q, t, sight, alias, eyes),
    }
}

#[allow(clippy::too_many_arguments, reason = "one recursion's state, not an interface")]
fn join(q: &mut Query<'_>, of: &[Predicate], by: &'static str, none: &'static str, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    q.push("(");
    for (i, p) in of.iter().enumerate() {
        if i > 0 {
            q.push(by);
        }
        predicate(q, p, sight, alias, eyes);
    }
    q.push(if of.is_empty() { none } else { "" }).push(")");
}

fn test(q: &mut Query<'_>, t: &Test, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    q.push("(");
    match (&t.how, &t.column) {
        (How::Empty, c) => {
            column(q, c, sight, alias, eyes);
            q.push(" IS NULL");
        }
        (How::There, c) => {
            column(q, c, sight, alias, eyes);
            q.push(" IS NOT NULL");
        }
        (How::Order(order, operand), c) => {
            column(q, c, sight, alias, eyes);
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
                Operand::Today(n) => q.value(day(sight.today, *n)),
                Operand::Me => q.value(sight.me.clone()),
            };
        }
        (How::Contains(needle), c) => like(q, c, format!("%{}%", escaped(needle)), sight, alias, eyes),
        (How::Starts(needle), c) => like(q, c, format!("{}%", escaped(needle)), sight, alias, eyes),
        (How::Any(keys), Column::Many(_)) => bars(q, t, keys, " OR ", sight, alias, eyes),
        (How::All(keys), _) => bars(q, t, keys, " AND ", sight, alias, eyes),
        (How::None(keys), Column::Many(_)) => {
            q.push("NOT ");
            bars(q, t, keys, " OR ", sight, alias, eyes);
        }
        (How::Any(keys), c) => one_of(q, c, keys, " IN (", sight, alias, eyes),
        (How::None(keys), c) => one_of(q, c, keys, " NOT IN (", sight, alias, eyes),
    }
    q.push(")");
}

fn one_of(q: &mut Query<'_>, c: &Column, keys: &[String], how: &'static str, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    column(q, c, sight, alias, eyes);
    q.push(how);
    for (i, k) in keys.iter().enumerate() {
        q.push(if i > 0 { ", " } else { "" }).value(k.clone());
    }
    q.push(")");
}

fn bars(q: &mut Query<'_>, t: &Test, keys: &[String], by: &'static str, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    q.push("(");
    for (i, k) in keys.iter().enumerate() {
        q.push(if i > 0 { by } else { "" });
        like(q, &t.column, format!("%|{}|%", escaped(k)), sight, alias, eyes);
    }
    q.push(")");
}

fn like(q: &mut Query<'_>, c: &Column, pattern: String, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    column(q, c, sight, alias, eyes);
    q.push(" LIKE ").value(pattern).push(" ESCAPE '\\'");
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A pattern that a folded text containing `needle` matches.
pub(in crate::crm) fn contains(needle: &str) -> String {
    format!("%{}%", escaped(needle))
}

fn column(q: &mut Query<'_>, c: &Column, sight: &Sight, alias: usize, eyes: Eyes<'_>) {
    let Eyes::Person(access) = eyes else {
        stored(q, c, &sight.module.key, Some(alias));
        return;
    };
    revealed(q, sight, c.field(), alias, |q| {
        let Column::Lookup(_, target) = c else {
            stored(q, c, &sight.module.key, Some(alias));
            return;
        };
        // A lookup to a record that he can't see shows nothing, so it is absent here as well.
        let inner = alias + 1;
        q.push("(SELECT ").alias(inner).push(".id FROM records ").alias(inner).push(" WHERE ").alias(inner).push(".id = ");
        stored(q, c, &sight.module.key, Some(alias));
        q.push(" AND ");
        match access.sight(target) {
            Some(there) => visible(q, &there, inner),
            None => drop(q.push("FALSE")),
        }
        q.push(")");
    });
}

/// `inner` where an arm that is true for the row reveals the field, otherwise absent.
fn revealed<'e>(q: &mut Query<'e>, sight: &Sight, field: &FieldKey, alias: usize, inner: impl FnOnce(&mut Query<'e>)) {
    if sight.always_revealed(field) {
        inner(q);
        return;
    }
    q.push("(CASE WHEN ");
    some_arm(q, sight, alias, |a| a.level(field) >= Level::Read);
    q.push(" THEN ");
    inner(q);
    q.push(" END)");
}

/// Appends the stored form of a field; without an alias as an index on the table has it, letter for letter the same.
///
/// A cast stands behind the module's key: another module may keep a text under the same key, and PostgreSQL is free to
/// evaluate a cast before the condition that would have left the row out. Texts sort by bytes on both engines; for
/// PostgreSQL that has to be said at the expression.
pub fn stored(q: &mut Query<'_>, c: &Column, module: &FieldKey, alias: Option<usize>) {
    let at = |q: &mut Query<'_>, name: &'static str| {
        if let Some(n) = alias {
            q.alias(n).push(".");
        }
        q.push(name);
    };
    match c {
        Column::Folded(k) | Column::Many(k) => text(q, |q| at(q, "folded"), k),
        Column::Text(k) | Column::Lookup(k, _) => text(q, |q| at(q, "fields"), k),
        Column::Int(k) | Column::Bool(k) => {
            q.push("(CASE WHEN ");
            at(q, "module");
            q.push(" = ").key(module).push(" THEN CAST(");
            at(q, "fields");
            q.push("->>").key(k);
            q.push(if matches!(c, Column::Int(_)) { " AS BIGINT) END)" } else { " AS BOOLEAN) END)" });
        }
    }
}

fn text<'e>(q: &mut Query<'e>, name: impl FnOnce(&mut Query<'e>), key: &FieldKey) {
    q.push("(CAST(");
    name(q);
    q.push("->>").key(key).push(" AS TEXT)");
    q.push(if q.is_postgres() { " COLLATE \"C\")" } else { ")" });
}
