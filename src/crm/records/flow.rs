//! The record store's use cases. Pages, API, bulk, import and commands call these and nothing below them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::gate::{self, Input, Verdict};
use super::history::{self, Narrow, VersionPage};
use super::idempotency;
use super::list::{Count, Cursors, ListQuery, Page};
use super::model::{Cause, Change, CodeRules, Outcome, Proof, ReadError, Target, WriteError};
use super::seen::Seen;
use crate::contract::FieldKey;
use crate::crm::modules::catalogue::{Catalogue, Catalogues};
use crate::crm::modules::value::{Context, Raw, Value, to_json};
use crate::crm::visibility::sight::{Access, Viewer};
use crate::kernel::clock::Clock;
use crate::kernel::db::{Db, DbError, Tx};
use crate::kernel::entropy::Entropy;
use crate::kernel::root::RootKey;

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

    pub(super) fn cursors(&self) -> Cursors<'_> {
        Cursors { root: &self.root, entropy: &*self.entropy }
    }

    /// As [`super::reader::Reader::list`], from a snapshot of its own; so are those that follow.
    pub async fn list(&self, viewer: &Viewer, query: &ListQuery, cursor: Option<&str>) -> Result<Page, ReadError> {
        self.reader(&mut self.db.snapshot().await?, viewer).await?.list(query, cursor).await
    }

    /// How many records a list has.
    pub async fn count(&self, viewer: &Viewer, query: &ListQuery) -> Result<Count, ReadError> {
        self.reader(&mut self.db.snapshot().await?, viewer).await?.count(query).await
    }

    /// A record.
    pub async fn get(&self, viewer: &Viewer, module: &FieldKey, id: &str) -> Result<Option<Seen>, ReadError> {
        self.reader(&mut self.db.snapshot().await?, viewer).await?.get(module, id).await
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
        self.reader(&mut self.db.snapshot().await?, viewer).await?.related(module, field, id, cursor).await
    }

    /// The history of a record.
    pub async fn history(
        &self,
        viewer: &Viewer,
        module: &FieldKey,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<Option<VersionPage>, ReadError> {
        self.reader(&mut self.db.snapshot().await?, viewer).await?.history(module, id, cursor).await
    }

    /// What happened in the dossier of a relation.
    pub async fn timeline(
        &self,
        viewer: &Viewer,
        relation: &str,
        narrow: Narrow<'_>,
        cursor: Option<&str>,
    ) -> Result<Option<VersionPage>, ReadError> {
        self.reader(&mut self.db.snapshot().await?, viewer).await?.timeline(relation, narrow, cursor).await
    }

    /// Records of all modules with this text in their title, a few of each.
    pub async fn search(&self, viewer: &Viewer, text: &str) -> Result<Vec<Seen>, ReadError> {
        self.reader(&mut self.db.snapshot().await?, viewer).await?.search(text).await
    }

    /// Ids, time and reading of values for a change, drawn before its transaction.
    pub fn input(&self, change: Change) -> Input {
        let now = self.clock.now();
        Input { change, new_id: self.entropy.id(now), now, cx: self.cx.clone() }
    }

    /// Makes a change, or says why not, or which codes it needs first. The same idempotency key of the same person gets the
    /// same answer. A change that needs codes is not kept here: who calls stores it as pending.
    pub async fn write(&self, viewer: &Viewer, change: Change) -> Result<Outcome, WriteError> {
        let key = self.key(&viewer.sub, &change)?;
        let data = (self.clone(), viewer.clone(), self.input(change), key);
        self.db
            .write(data, |(me, viewer, input, key), mut tx| {
                Box::pin(async move { me.write_in(&mut tx, viewer, input, key.as_ref()).await })
            })
            .await
    }

    /// The key under which a change counts once, if it has one.
    pub fn key(&self, sub: &str, change: &Change) -> Result<Option<idempotency::Key>, WriteError> {
        let asked = (&change.record, &change.fields, change.internal, change.restricted, change.delete);
        change.idempotency_key.as_ref().map(|key| idempotency::Key::new(sub, key, &asked)).transpose()
    }

    /// As [`Records::write`], in a transaction of the caller: who has read in it what the person may do.
    pub async fn write_in(
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
        let mut reader = self.reader(&mut snapshot, viewer).await?;
        let Some(now) = reader.get(&module, &id).await? else { return Ok(None) };
        let then = history::values_of(&mut reader.tx, &reader.access, &module, &id, version).await?;
        let Some(then) = then else { return Ok(None) };
        Ok(Some(Change::edit(module, &id, base_version, difference(&now, &then), cause)))
    }
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
