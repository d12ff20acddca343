//! Files at the gate: a field takes only what the same person uploaded for it, and an earlier file of the same record when a
//! version is restored. Whoever learns the id of another's file can do nothing with it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::model::{Change, Changes, State, Via, WriteError};
use crate::contract::FieldKey;
use crate::crm::files::store::{self, Row};
use crate::crm::modules::canonical;
use crate::crm::modules::model::Module;
use crate::crm::modules::value::{Attached, FieldError, Raw, Value};
use crate::crm::visibility::sight::Access;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// The values of a change with each `{"upload": id}` replaced by what was stored, where it is the person's own; `None` when
/// there is nothing to replace. What is left as it was is refused when it is read.
pub(super) async fn named(
    tx: &mut Tx<'_>,
    access: &Access,
    module: &Module,
    change: &Change,
) -> Result<Option<BTreeMap<FieldKey, Option<Raw>>>, DbError> {
    let mut all: Option<BTreeMap<_, _>> = None;
    for (key, raw) in &change.fields {
        let is_file = module.field(key).is_some_and(|f| f.kind.is_file());
        let Some(id) = raw.as_ref().filter(|_| is_file).and_then(upload) else { continue };
        let Some(row) = find(tx, id).await? else { continue };
        if row.is_of(&access.viewer.sub) {
            let json = serde_json::to_value(row.attached()).unwrap_or_default();
            all.get_or_insert_with(|| change.fields.clone()).insert(key.clone(), Some(Raw::Json(json)));
        }
    }
    Ok(all)
}

/// The id in `{"upload": id}`.
pub fn upload(raw: &Raw) -> Option<&str> {
    match raw {
        Raw::Json(Json::Object(o)) if o.len() == 1 => o.get("upload").and_then(Json::as_str),
        _ => None,
    }
}

async fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Row>, DbError> {
    if canonical::id(id).as_deref() == Ok(id) { store::find(tx, id).await } else { Ok(None) }
}

/// Checks every file that the change sets; the ids of uploads that the record is to take. An upload counts from `since` on.
pub(super) async fn check(
    tx: &mut Tx<'_>,
    access: &Access,
    module: &Module,
    after: &State,
    changes: &Changes,
    (since, via): (Timestamp, Via),
) -> Result<Vec<String>, WriteError> {
    let (mut taken, mut wrong) = (Vec::new(), Vec::new());
    for c in &changes.fields {
        let Some(Value::File(file)) = &c.to else { continue };
        let mut refuse = |code, limit| wrong.push(FieldError { field: c.field.clone(), code, limit });
        let row = find(tx, &file.id).await?.filter(|r| r.attached() == *file);
        let waits = row.as_ref().is_some_and(|r| r.waits(&access.viewer.sub, &module.key, &c.field, since));
        let again = via == Via::Restore && row.as_ref().is_some_and(|r| r.belongs(&after.id, &c.field));
        if !(waits || again) || taken.contains(&file.id) {
            refuse("field-not-an-upload", None);
        } else if let Some((code, limit)) = unfit(module, &c.field, file) {
            refuse(code, limit);
        } else if waits {
            taken.push(file.id.clone());
        }
    }
    if wrong.is_empty() { Ok(taken) } else { Err(WriteError::Invalid(wrong)) }
}

/// The field's own limits; that of the installation was asked when the bytes came.
fn unfit(module: &Module, key: &FieldKey, file: &Attached) -> Option<(&'static str, Option<i64>)> {
    let field = module.field(key)?;
    let size = u64::try_from(file.size).unwrap_or(u64::MAX);
    crate::crm::files::model::fits(&field.kind, size, &file.media, u64::MAX).err().map(|e| e.code())
}
