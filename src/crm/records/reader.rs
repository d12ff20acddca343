//! Reading for one person from one snapshot: all that a page or an answer shows is of one moment, and so are the rules that
//! decide about it. Owns no way to read of its own; each goes through the compiler.

use super::flow::Records;
use super::history::{self, Narrow, VersionPage};
use super::list::{self, Count, ListQuery, Page, SortBy};
use super::model::ReadError;
use super::seen::Seen;
use super::store;
use crate::contract::FieldKey;
use crate::crm::modules::value::{Attached, Value};
use crate::crm::visibility::model::Tree;
use crate::crm::visibility::sight::{Access, Viewer};
use crate::kernel::db::{DbError, Snapshot, Tx};

/// How many hits of each module a quick search gives.
const HITS: usize = 8;

/// A person, the rules in force and the snapshot.
pub struct Reader<'s> {
    /// Who reads, by which rules.
    pub access: Access,
    /// The snapshot.
    pub tx: Tx<'s>,
    records: &'s Records,
}

impl Records {
    /// Begins to read for `viewer`.
    pub async fn reader<'s>(&'s self, snapshot: &'s mut Snapshot, viewer: &Viewer) -> Result<Reader<'s>, DbError> {
        let mut tx = snapshot.tx();
        let access = self.catalogues.access(&mut tx, viewer).await?;
        Ok(Reader { access, tx, records: self })
    }
}

impl Reader<'_> {
    /// A page of a list. A module that isn't there, or of which he sees nothing, has an empty page.
    pub async fn list(&mut self, query: &ListQuery, cursor: Option<&str>) -> Result<Page, ReadError> {
        let cursors = self.records.cursors();
        list::page(&mut self.tx, &self.access, query, cursor, &self.records.cx, &cursors).await
    }

    /// How many records a list has, up to [`list::COUNTED`].
    pub async fn count(&mut self, query: &ListQuery) -> Result<Count, ReadError> {
        list::count(&mut self.tx, &self.access, query, &self.records.cx).await
    }

    /// A record; `None` when it is missing, of another module, or not his to see.
    pub async fn get(&mut self, module: &FieldKey, id: &str) -> Result<Option<Seen>, ReadError> {
        let Some(sight) = self.access.sight(module) else { return Ok(None) };
        let Some(row) = store::find(&mut self.tx, &sight, id).await? else { return Ok(None) };
        Ok(store::reveal(&mut self.tx, &self.access, &sight, vec![row]).await?.pop())
    }

    /// The file that a field holds, or held in a version: that takes the right to history, and a version that met the rules by
    /// itself and showed the field (Z10). `None` for whatever isn't there or not his to see.
    pub async fn file(
        &mut self,
        module: &FieldKey,
        id: &str,
        field: &FieldKey,
        version: Option<i64>,
    ) -> Result<Option<Attached>, ReadError> {
        let Some(seen) = self.get(module, id).await? else { return Ok(None) };
        let Some(version) = version else { return Ok(seen.file(field).cloned()) };
        // What is hidden now is not told by its history.
        if !seen.fields().any(|(f, _)| f.key == *field) {
            return Ok(None);
        }
        let then = history::values_of(&mut self.tx, &self.access, module, id, version).await?;
        Ok(match then.and_then(|mut values| values.remove(field)).flatten() {
            Some(Value::File(file)) => Some(file),
            _ => None,
        })
    }

    /// The records whose lookup `field` leads to this record.
    pub async fn related(
        &mut self,
        module: &FieldKey,
        field: &FieldKey,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<Page, ReadError> {
        let mut query = ListQuery::of(module.clone());
        query.filter = Some(Tree::is(field.clone(), id));
        self.list(&query, cursor).await
    }

    /// The history of a record, latest first; `None` also without the right to it.
    pub async fn history(&mut self, module: &FieldKey, id: &str, cursor: Option<&str>) -> Result<Option<VersionPage>, ReadError> {
        let cursors = self.records.cursors();
        history::of_record(&mut self.tx, &self.access, module, id, cursor, &cursors).await
    }

    /// What happened in the dossier of a relation, latest first; of some modules only, if any are named.
    pub async fn timeline(
        &mut self,
        relation: &str,
        narrow: Narrow<'_>,
        cursor: Option<&str>,
    ) -> Result<Option<VersionPage>, ReadError> {
        let cursors = self.records.cursors();
        history::of_relation(&mut self.tx, &self.access, relation, narrow, cursor, &cursors).await
    }

    /// Records of all modules with this text in their title, a few of each.
    pub async fn search(&mut self, text: &str) -> Result<Vec<Seen>, ReadError> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let modules: Vec<_> = self.access.modules().map(|m| m.key.clone()).collect();
        let mut hits = Vec::new();
        for module in modules {
            let limit = HITS;
            let search = Some(text.to_owned());
            let query = ListQuery { search, sort: SortBy::Title, descending: false, limit, ..ListQuery::of(module) };
            hits.extend(self.list(&query, None).await?.records);
        }
        Ok(hits)
    }
}
