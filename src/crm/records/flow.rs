//! The record store's use cases. Pages, API, bulk, import and commands call these and nothing below them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::gate::{self, Input, Verdict};
use super::history::{self, VersionPage};
use super::idempotency;
use super::list::{self, Count, Cursors, ListQuery, Page, SortBy};
use super::model::{Cause, Change, CodeRules, Outcome, Proof, ReadError, Target, WriteError};
use super::seen::Seen;
use super::store;
use crate::contract::FieldKey;
use crate::crm::modules::catalogue::{Catalogue, Catalogues};
use crate::crm::modules::value::{Context, Raw, Value, to_json};
use crate::crm::visibility::model::Tree;
use crate::crm::visibility::sight::{Access, Viewer};
use crate::kernel::clock::Clock;
use crate::kernel::db::{Db, DbError, Tx};
use crate::kernel::entropy::Entropy;
use crate::kernel::root::RootKey;

/// How many hits of each module a quick search gives.
const HITS: usize = 8;

/// The record store.
#[derive(Clone)]
pub struct Records {
    /// The record store's database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The root key, for cursors.
    pub root: Arc<RootKey>,
    /// What asks for codes.
    pub rules: Arc<dyn CodeRules>,
    /// Modules and roles in memory.
    pub catalogues: Arc<Catalogues>,
    /// Region and zone of the organisation.
    pub cx: Context,
}

/// What is kept of an outcome for a request that comes again.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: String,
    version: i64,
    unchanged: bool,
}

impl Records {
    /// Modules and roles in force, for forms and navigation.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, DbError> {
        self.catalogues.now(&self.db).await
    }

    fn cursors(&self) -> Cursors<'_> {
        Cursors { root: &self.root, entropy: &*self.entropy }
    }

    /// A page of a list. A module that isn't there, or of which he sees nothing, has an empty page.
    pub async fn list(&self, viewer: &Viewer, query: &ListQuery, cursor: Option<&str>) -> Result<Page, ReadError> {
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        list::page(&mut tx, &access, query, cursor, &self.cx, &self.cursors()).await
    }

    /// How many records a list has, up to [`list::COUNTED`].
    pub async fn count(&self, viewer: &Viewer, query: &ListQuery) -> Result<Count, ReadError> {
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        list::count(&mut tx, &access, query, &self.cx).await
    }

    /// A record; `None` when it is missing, of another module, or not his to see.
    pub async fn get(&self, viewer: &Viewer, module: &FieldKey, id: &str) -> Result<Option<Seen>, ReadError> {
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        Ok(get_in(&mut tx, &access, module, id).await?)
    }

    /// The records whose lookup `field` leads to this record; empty when he doesn't see the record itself.
    pub async fn related(
        &self,
        viewer: &Viewer,
        module: &FieldKey,
        field: &FieldKey,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<Page, ReadError> {
        let mut query = ListQuery::of(module.clone());
        query.filter = Some(Tree::is(field.clone(), id));
        self.list(viewer, &query, cursor).await
    }

    /// The history of a record, latest first; `None` also without the right to it.
    pub async fn history(
        &self,
        viewer: &Viewer,
        module: &FieldKey,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<Option<VersionPage>, ReadError> {
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        history::of_record(&mut tx, &access, module, id, cursor, &self.cursors()).await
    }

    /// What happened in the dossier of a relation, latest first; of some modules only, if any are named.
    pub async fn timeline(
        &self,
        viewer: &Viewer,
        relation: &str,
        only: &[FieldKey],
        cursor: Option<&str>,
    ) -> Result<Option<VersionPage>, ReadError> {
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        history::of_relation(&mut tx, &access, relation, only, cursor, &self.cursors()).await
    }

    /// Records of all modules with this text in their title, a few of each.
    pub async fn search(&self, viewer: &Viewer, text: &str) -> Result<Vec<Seen>, ReadError> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        let modules: Vec<_> = access.modules().map(|m| m.key.clone()).collect();
        let mut hits = Vec::new();
        for module in modules {
            let query =
                ListQuery { search: Some(text.to_owned()), sort: SortBy::Title, descending: false, ..ListQuery::of(module) };
            let page = list::page(&mut tx, &access, &query, None, &self.cx, &self.cursors()).await?;
            hits.extend(page.records.into_iter().take(HITS));
        }
        Ok(hits)
    }

    /// Ids, time and reading of values for a change, drawn before its transaction.
    pub fn input(&self, change: Change) -> Input {
        let now = self.clock.now();
        Input { change, new_id: self.entropy.id(now), event_id: self.entropy.id(now), now, cx: self.cx.clone() }
    }

    /// Makes a change, or says why not, or which codes it needs first. The same idempotency key of the same person gets the
    /// same answer. A change that needs codes is not kept here: who calls stores it as pending.
    pub async fn write(&self, viewer: &Viewer, change: Change) -> Result<Outcome, WriteError> {
        let key = match &change.idempotency_key {
            None => None,
            Some(key) => {
                let asked = (&change.record, &change.fields, change.internal, change.restricted, change.delete);
                Some(idempotency::Key::new(&viewer.sub, key, &asked)?)
            }
        };
        let data = (self.clone(), viewer.clone(), self.input(change), key);
        self.db
            .write(data, |(me, viewer, input, key), mut tx| {
                Box::pin(async move { me.write_in(&mut tx, viewer, input, key.as_ref()).await })
            })
            .await
    }

    async fn write_in(
        &self,
        tx: &mut Tx<'_>,
        viewer: &Viewer,
        input: &Input,
        key: Option<&idempotency::Key>,
    ) -> Result<Outcome, WriteError> {
        if let Some(key) = key
            && let Some(Kept { id, version, unchanged }) = idempotency::find(tx, key).await?
        {
            return Ok(if unchanged { Outcome::Unchanged { id, version } } else { Outcome::Written { id, version } });
        }
        let access = self.access(tx, viewer).await?;
        let outcome = self.pass(tx, &access, input, &Proof::default()).await?;
        let kept = match &outcome {
            Outcome::NeedsCode(_) => return Ok(outcome),
            Outcome::Written { id, version } => Kept { id: id.clone(), version: *version, unchanged: false },
            Outcome::Unchanged { id, version } => Kept { id: id.clone(), version: *version, unchanged: true },
        };
        if let Some(key) = key {
            let json = serde_json::to_value(kept).map_err(|_| WriteError::IdempotencyKey)?;
            idempotency::keep(tx, key, json, input.now).await?;
        }
        Ok(outcome)
    }

    /// Through the gate, in a transaction of the caller: for what writes more than the record in one commit, such as a
    /// pending change or its confirmation.
    pub async fn pass(&self, tx: &mut Tx<'_>, access: &Access, input: &Input, proof: &Proof) -> Result<Outcome, WriteError> {
        match gate::check(tx, access, input, &*self.rules, proof).await? {
            Verdict::Nothing { id, version } => Ok(Outcome::Unchanged { id, version }),
            Verdict::NeedsCode(held) => Ok(Outcome::NeedsCode(held)),
            Verdict::Ready(checked) => {
                let (id, version) = gate::apply(tx, checked, input).await?;
                Ok(Outcome::Written { id, version })
            }
        }
    }

    /// A person's access by the definitions in force in this transaction.
    pub async fn access(&self, tx: &mut Tx<'_>, viewer: &Viewer) -> Result<Access, DbError> {
        Ok(Access::new(viewer.clone(), self.catalogues.current(tx).await?))
    }

    /// The change that makes a record be as an earlier version was, for the gate like any other; `None` when the record or
    /// that version is not his to see. Values that were hidden from him in that version stay as they are.
    pub async fn restoring(
        &self,
        viewer: &Viewer,
        record: Target,
        version: i64,
        cause: Cause,
    ) -> Result<Option<Change>, ReadError> {
        let Target::Existing { module, id, base_version } = record else { return Ok(None) };
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let access = self.access(&mut tx, viewer).await?;
        let Some(now) = get_in(&mut tx, &access, &module, &id).await? else { return Ok(None) };
        let Some(then) = history::values_of(&mut tx, &access, &module, &id, version).await? else { return Ok(None) };
        Ok(Some(Change::edit(module, &id, base_version, difference(&now, &then), cause)))
    }
}

async fn get_in(tx: &mut Tx<'_>, access: &Access, module: &FieldKey, id: &str) -> Result<Option<Seen>, DbError> {
    let Some(sight) = access.sight(module) else { return Ok(None) };
    let Some(row) = store::find(tx, &sight, id).await? else { return Ok(None) };
    Ok(store::reveal(tx, access, &sight, vec![row]).await?.pop())
}

fn difference(now: &Seen, then: &BTreeMap<FieldKey, Option<Value>>) -> BTreeMap<FieldKey, Option<Raw>> {
    let mut fields = BTreeMap::new();
    for (field, value) in now.fields() {
        let Some(wanted) = then.get(&field.key).filter(|w| w.as_ref() != value) else { continue };
        let raw = |v: &Value| Raw::Json(to_json(field, v));
        fields.insert(field.key.clone(), wanted.as_ref().map(raw));
    }
    fields
}
