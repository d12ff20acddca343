//! Lists: filter, sort, page by keyset, and a bounded count. A person's filter and sort read only what is revealed to him,
//! row by row; a field that no rule shows him is no field (the same error as for a name that doesn't exist).

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::model::ReadError;
use super::seen::Seen;
use super::store::{self, RecordRow, build, columns};
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::Module;
use crate::crm::modules::value::Context;
use crate::crm::visibility::compile::{contains, listed, own_column, own_filter, own_title};
use crate::crm::visibility::model::Tree;
use crate::crm::visibility::predicate::{Column, Leaves, Predicate, Scope, Shown, TreeError, prepare};
use crate::crm::visibility::sight::{Access, Sight};
use crate::kernel::db::{Query, Tx};
use crate::kernel::entropy::Entropy;
use crate::kernel::root::{Purpose, RootKey};

/// Rows of a page, unless more or fewer are asked for.
pub const PAGE: usize = 50;
/// Most rows of a page.
pub const MAX_PAGE: usize = 200;
/// Where counting stops: "more than 1,000".
pub const COUNTED: i64 = 1_000;
/// Longest text searched for, in characters.
const MAX_SEARCH: usize = 200;
/// Longest cursor.
const MAX_CURSOR: usize = 4_096;

/// What a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Last change.
    #[default]
    Updated,
    /// Making.
    Created,
    /// The title, folded.
    Title,
    /// A field; records without a value come last in either direction.
    Field(FieldKey),
}

/// Which records, in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListQuery {
    /// Of this module.
    pub module: FieldKey,
    /// The person's own condition.
    pub filter: Option<Tree>,
    /// Text in the title.
    pub search: Option<String>,
    /// By what.
    pub sort: SortBy,
    /// The largest, latest or last first.
    pub descending: bool,
    /// Rows of a page, 1 to [`MAX_PAGE`].
    pub limit: usize,
}

impl ListQuery {
    /// All that he sees, last changed first.
    pub const fn of(module: FieldKey) -> Self {
        Self { module, filter: None, search: None, sort: SortBy::Updated, descending: true, limit: PAGE }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Up to [`ListQuery::limit`] records.
    pub records: Vec<Seen>,
    /// Opens the next page, for this person and this list alone.
    pub next: Option<String>,
}

/// How many records a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(i64),
    /// More than so many.
    MoreThan(i64),
}

/// The place of the last row of a page: its sort key (absent or as text) and id.
#[derive(Serialize, Deserialize)]
struct Place {
    k: Option<String>,
    i: String,
}

/// Cursors are sealed under the root key, with the list and the person as their place: nothing can be read from one, none
/// can be made or changed, and none opens another list.
pub(super) struct Cursors<'a> {
    pub(super) root: &'a RootKey,
    pub(super) entropy: &'a dyn Entropy,
}

impl Cursors<'_> {
    fn place(access: &Access, query: &impl Serialize) -> Result<String, ReadError> {
        let text = serde_json::to_vec(&(&access.viewer.sub, query)).map_err(|_| ReadError::Cursor)?;
        Ok(digest(&SHA256, &text).as_ref().iter().map(|b| format!("{b:02x}")).collect())
    }
    pub(super) fn seal(&self, access: &Access, query: &impl Serialize, at: &impl Serialize) -> Result<String, ReadError> {
        let plain = serde_json::to_vec(at).map_err(|_| ReadError::Cursor)?;
        Ok(self.root.seal(Purpose::Cursor, &Self::place(access, query)?, &plain, self.entropy)?)
    }
    pub(super) fn open<T: serde::de::DeserializeOwned>(
        &self,
        access: &Access,
        query: &impl Serialize,
        cursor: &str,
    ) -> Result<T, ReadError> {
        if cursor.len() > MAX_CURSOR {
            return Err(ReadError::Cursor);
        }
        let plain = self.root.open(Purpose::Cursor, &Self::place(access, query)?, cursor).map_err(|_| ReadError::Cursor)?;
        serde_json::from_slice(&plain).map_err(|_| ReadError::Cursor)
    }
}

/// A query made ready for a person.
struct Ready {
    sight: Sight,
    filter: Predicate,
    search: Option<String>,
    sort: Order,
}

enum Order {
    Updated,
    Created,
    Title,
    Field(Column),
}

fn ready(access: &Access, query: &ListQuery, cx: &Context) -> Result<Option<Ready>, ReadError> {
    let Some(sight) = access.sight(&query.module).filter(|s| s.seeing().next().is_some()) else { return Ok(None) };
    let filter = match &query.filter {
        None => Predicate::True,
        Some(tree) => own(access, &sight, tree, cx)?,
    };
    let sort = match &query.sort {
        SortBy::Updated => Order::Updated,
        SortBy::Created => Order::Created,
        SortBy::Title => Order::Title,
        SortBy::Field(key) => Order::Field(sortable(access, &sight, key)?),
    };
    let search = query.search.as_deref().map(str::trim).filter(|s| !s.is_empty());
    let search = search.map(|s| fold(&s.chars().filter(|c| *c != '\0').take(MAX_SEARCH).collect::<String>()));
    Ok(Some(Ready { sight, filter, search, sort }))
}

/// A person's tree, made ready over the fields that exist for him.
fn own(access: &Access, sight: &Sight, tree: &Tree, cx: &Context) -> Result<Predicate, TreeError> {
    let find = |key: &FieldKey| access.catalogue.module(key).map(|m| &**m);
    let shown = |module: &Module, field: &FieldKey| access.shows(&module.key, field);
    prepare(tree, &sight.module, &Scope { cx, find: &find, shown: &shown, leaves: Leaves::Values })
}

fn sortable(access: &Access, sight: &Sight, key: &FieldKey) -> Result<Column, ReadError> {
    let field = sight.module.field(key).ok_or_else(|| TreeError::NoField(key.clone()))?;
    match access.shows(&sight.module.key, key) {
        Shown::Yes => {}
        Shown::No => return Err(TreeError::NoField(key.clone()).into()),
        Shown::Masked => return Err(TreeError::Masked(key.clone()).into()),
    }
    match &field.kind {
        kind if !kind.is_sortable() => Err(ReadError::Sort(key.clone())),
        _ => Ok(Column::of(field)),
    }
}

/// A page of a list. No such module and no right to see any of it are the same: an empty page.
pub(super) async fn page(
    tx: &mut Tx<'_>,
    access: &Access,
    query: &ListQuery,
    cursor: Option<&str>,
    cx: &Context,
    cursors: &Cursors<'_>,
) -> Result<Page, ReadError> {
    let Some(ready) = ready(access, query, cx)? else { return Ok(Page { records: Vec::new(), next: None }) };
    let after: Option<Place> = cursor.map(|c| cursors.open(access, query, c)).transpose()?;
    let limit = query.limit.clamp(1, MAX_PAGE);
    let mut rows: Vec<RecordRow> = {
        let mut q = build(tx);
        columns(&mut q, &ready.sight);
        q.push("CAST(");
        sort_key(&mut q, access, &ready);
        q.push(" AS TEXT) AS sort_key FROM records t0 WHERE ");
        conditions(&mut q, access, &ready);
        if let Some(place) = &after {
            beyond(&mut q, access, &ready, query.descending, place)?;
        }
        order_by(&mut q, access, &ready, query.descending);
        q.push(" LIMIT ").value(i64::try_from(limit).unwrap_or(50) + 1);
        q.all().await?
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last() {
        Some(last) if more => {
            let place = Place { k: last.sort_key.clone(), i: last.id.clone() };
            Some(cursors.seal(access, query, &place)?)
        }
        _ => None,
    };
    Ok(Page { records: store::reveal(tx, access, &ready.sight, rows).await?, next })
}

/// How many records the list has, counted no further than [`COUNTED`].
pub(super) async fn count(tx: &mut Tx<'_>, access: &Access, query: &ListQuery, cx: &Context) -> Result<Count, ReadError> {
    let Some(ready) = ready(access, query, cx)? else { return Ok(Count::Exactly(0)) };
    let mut q = build(tx);
    q.push("SELECT COUNT(*) FROM (SELECT 1 AS one FROM records t0 WHERE ");
    conditions(&mut q, access, &ready);
    q.push(" LIMIT ").value(COUNTED + 1).push(") c");
    let (n,): (i64,) = q.one().await?;
    Ok(if n > COUNTED { Count::MoreThan(COUNTED) } else { Count::Exactly(n) })
}

fn conditions(q: &mut Query<'_>, access: &Access, ready: &Ready) {
    listed(q, &ready.sight, 0);
    q.push(" AND ");
    own_filter(q, access, &ready.sight, &ready.filter, 0);
    if let Some(text) = &ready.search {
        q.push(" AND ");
        own_title(q, &ready.sight, 0);
        q.push(" LIKE ").value(contains(text)).push(" ESCAPE '\\'");
    }
}

fn sort_key(q: &mut Query<'_>, access: &Access, ready: &Ready) {
    match &ready.sort {
        Order::Updated => drop(q.push("t0.updated_at")),
        Order::Created => drop(q.push("t0.created_at")),
        Order::Title => own_title(q, &ready.sight, 0),
        Order::Field(c) => own_column(q, access, &ready.sight, c, 0),
    }
}

/// Whether the sort key can be absent. Where it can't, the order is plain, so that an index gives it.
fn absent_possible(ready: &Ready) -> bool {
    match &ready.sort {
        Order::Updated | Order::Created => false,
        Order::Title => !ready.sight.always_revealed(&ready.sight.module.title),
        Order::Field(_) => true,
    }
}

fn order_by(q: &mut Query<'_>, access: &Access, ready: &Ready, descending: bool) {
    q.push(" ORDER BY ");
    if absent_possible(ready) {
        q.push("CASE WHEN ");
        sort_key(q, access, ready);
        q.push(" IS NULL THEN 1 ELSE 0 END, ");
    }
    sort_key(q, access, ready);
    q.push(if descending { " DESC, t0.id DESC" } else { ", t0.id" });
}

/// The rows after a place. Where the key can be absent, those without one come last in either direction.
fn beyond(q: &mut Query<'_>, access: &Access, ready: &Ready, descending: bool, place: &Place) -> Result<(), ReadError> {
    let past = if descending { " < " } else { " > " };
    q.push(" AND (");
    match &place.k {
        None => {
            sort_key(q, access, ready);
            q.push(" IS NULL AND t0.id").push(past).value(place.i.clone());
        }
        Some(key) => {
            q.push("(");
            sort_key(q, access, ready);
            q.push(", t0.id)").push(past).push("(");
            bind_key(q, ready, key)?;
            q.push(", ").value(place.i.clone()).push(")");
            if absent_possible(ready) {
                q.push(" OR ");
                sort_key(q, access, ready);
                q.push(" IS NULL");
            }
        }
    }
    q.push(")");
    Ok(())
}

fn bind_key(q: &mut Query<'_>, ready: &Ready, key: &str) -> Result<(), ReadError> {
    let number = || key.parse::<i64>().map_err(|_| ReadError::Cursor);
    match &ready.sort {
        Order::Updated | Order::Created | Order::Field(Column::Int(_)) => drop(q.value(number()?)),
        // As text a yes is `true` on PostgreSQL and `1` on SQLite.
        Order::Field(Column::Bool(_)) => drop(q.value(key == "true" || key == "1")),
        Order::Title | Order::Field(_) => drop(q.value(key.to_owned())),
    }
    Ok(())
}
