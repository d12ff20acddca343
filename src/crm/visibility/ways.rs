//! What stands at the end of a way over lookups, as SQL: with a rule's eyes, or as far as a person sees it.

use super::compile::{revealed, visible};
use super::leaves::{At, Eyes};
use super::predicate::{Column, Hop, Place};
use super::sight::{Access, Me};
use super::stored::{keys, stored};
use super::switch::{Clause, on};
use crate::contract::FieldKey;
use crate::kernel::db::Query;

/// Appends the value at a place.
pub(super) fn column(q: &mut Query<'_>, place: &Place, at: At<'_>) {
    match at.eyes {
        Eyes::Rule(_) => along(q, From::Row(at), &place.hops, &Wanted::Stored(&place.column), at.alias + 1),
        Eyes::Person(access) => shown_along(q, access, at, &place.hops, &place.column, at.alias + 1, true),
    }
}

/// Where a rule's way begins.
#[derive(Clone, Copy)]
pub(super) enum From<'a> {
    /// At the row.
    Row(At<'a>),
    /// At the record that the person is.
    Me(&'a Me),
}

/// In which form a value is wanted.
pub(super) enum Wanted<'a> {
    /// As compared.
    Stored(&'a Column),
    /// The keys of a multiple choice, as JSON.
    Keys(&'a FieldKey),
}

impl Wanted<'_> {
    fn push(&self, q: &mut Query<'_>, module: &FieldKey, alias: usize) {
        match self {
            Self::Stored(c) => stored(q, c, module, Some(alias)),
            Self::Keys(k) => keys(q, k, module, alias),
        }
    }
}

/// Appends what stands at the end of a way, with a rule's eyes: absent where a record on the way isn't active.
pub(super) fn along(q: &mut Query<'_>, from: From<'_>, hops: &[Hop], wanted: &Wanted<'_>, alias: usize) {
    let there = |q: &mut Query<'_>, module: &FieldKey| {
        q.push("(SELECT ");
        wanted.push(q, module, alias);
        q.push(" FROM records ").alias(alias).push(" WHERE ").alias(alias).push(".module = ").key(module);
        if on(Clause::HopActive) {
            q.push(" AND ").alias(alias).push(".status = 'active'");
        }
        q.push(" AND ").alias(alias).push(".id = ");
    };
    match (hops.split_last(), from) {
        (None, From::Row(at)) => wanted.push(q, &at.sight.module.key, at.alias),
        (None, From::Me(me)) => {
            if let Wanted::Stored(Column::Itself(_)) = wanted {
                q.value(me.record.clone());
                return;
            }
            there(q, &me.module);
            q.value(me.record.clone()).push(")");
        }
        (Some((hop, before)), from) => {
            there(q, &hop.to);
            let lookup = Column::Lookup(hop.field.clone(), hop.to.clone());
            along(q, from, before, &Wanted::Stored(&lookup), alias + 1);
            q.push(")");
        }
    }
}

/// Appends what stands at the end of a way, as far as the person sees it: each field on it where it is revealed, each record
/// where it is seen. `last` is whether it is the end, where a lookup to a record that he can't see shows nothing.
fn shown_along(q: &mut Query<'_>, access: &Access, at: At<'_>, hops: &[Hop], c: &Column, alias: usize, last: bool) {
    let Some((hop, before)) = hops.split_last() else {
        shown(q, access, at, c, last);
        return;
    };
    let Some(there) = access.sight(&hop.to) else {
        q.push("NULL");
        return;
    };
    q.push("(SELECT ");
    shown(q, access, At { sight: &there, alias, eyes: at.eyes }, c, last);
    q.push(" FROM records ").alias(alias).push(" WHERE ").alias(alias).push(".id = ");
    shown_along(q, access, at, before, &Column::Lookup(hop.field.clone(), hop.to.clone()), alias + 1, false);
    if on(Clause::HopSeen) {
        q.push(" AND ");
        visible(q, &there, alias);
    }
    q.push(")");
}

/// Appends a column of a row where it is revealed.
fn shown(q: &mut Query<'_>, access: &Access, at: At<'_>, c: &Column, seen_only: bool) {
    let (sight, alias) = (at.sight, at.alias);
    let Some(field) = c.field() else {
        stored(q, c, &sight.module.key, Some(alias));
        return;
    };
    revealed(q, sight, field, alias, |q| {
        let Column::Lookup(_, target) = c else {
            stored(q, c, &sight.module.key, Some(alias));
            return;
        };
        if !seen_only || !on(Clause::LookupSeen) {
            stored(q, c, &sight.module.key, Some(alias));
            return;
        }
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
