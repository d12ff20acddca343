//! How a value stands in a row: the one place that knows it besides `records`.

use super::predicate::Column;
use crate::contract::FieldKey;
use crate::kernel::db::Query;

/// Appends the stored form of a field; without an alias as an index on the table has it, letter for letter the same.
///
/// A cast stands behind the module's key: another module may keep a text under the same key, and PostgreSQL is free to
/// evaluate a cast before the condition that would have left the row out. Texts sort by bytes on both engines; for
/// PostgreSQL that has to be said at the expression.
pub fn stored(q: &mut Query<'_>, c: &Column, module: &FieldKey, alias: Option<usize>) {
    match c {
        Column::Folded(k) | Column::Many(k) => text(q, |q| at(q, "folded", alias), k),
        Column::Text(k) | Column::Lookup(k, _) => text(q, |q| at(q, "fields", alias), k),
        Column::Int(k) | Column::Bool(k) => {
            of_module(q, module, alias);
            q.push("CAST(");
            at(q, "fields", alias);
            q.push("->>").key(k);
            q.push(if matches!(c, Column::Int(_)) { " AS BIGINT) END)" } else { " AS BOOLEAN) END)" });
        }
        Column::Itself(_) => at(q, "id", alias),
    }
}

/// Appends the keys of a multiple choice as a JSON array.
pub(super) fn keys(q: &mut Query<'_>, key: &FieldKey, module: &FieldKey, alias: usize) {
    of_module(q, module, Some(alias));
    at(q, "fields", Some(alias));
    q.push("->").key(key).push(" END)");
}

fn of_module(q: &mut Query<'_>, module: &FieldKey, alias: Option<usize>) {
    q.push("(CASE WHEN ");
    at(q, "module", alias);
    q.push(" = ").key(module).push(" THEN ");
}

fn at(q: &mut Query<'_>, name: &'static str, alias: Option<usize>) {
    if let Some(n) = alias {
        q.alias(n).push(".");
    }
    q.push(name);
}

fn text<'e>(q: &mut Query<'e>, name: impl FnOnce(&mut Query<'e>), key: &FieldKey) {
    q.push("(CAST(");
    name(q);
    q.push("->>").key(key).push(" AS TEXT)");
    q.push(if q.is_postgres() { " COLLATE \"C\")" } else { ")" });
}
