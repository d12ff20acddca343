//! SQL of files.

use super::model::State;
use crate::contract::FieldKey;
use crate::crm::modules::value::Attached;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// A file that is there, uploaded or kept.
    #[derive(Clone, Debug)]
    pub(in crate::crm) struct Row {
        id: String,
        state: String,
        module: String,
        field: String,
        name: String,
        size: i64,
        media: String,
        sha256: String,
        uploaded_by: String,
        uploaded_at: i64,
        record_id: Option<String>,
    }
}

impl Row {
    /// What a record says of it.
    pub(in crate::crm) fn attached(&self) -> Attached {
        Attached {
            id: self.id.clone(),
            name: self.name.clone(),
            size: self.size,
            media: self.media.clone(),
            sha256: self.sha256.clone(),
        }
    }
    /// Whether this person uploaded it.
    pub(in crate::crm) fn is_of(&self, sub: &str) -> bool {
        self.uploaded_by == sub
    }
    /// Whether it waits for a record, was uploaded by this person for this field, and not before `since`.
    pub(in crate::crm) fn waits(&self, sub: &str, module: &FieldKey, field: &FieldKey, since: Timestamp) -> bool {
        let purpose = self.module == module.as_str() && self.field == field.as_str();
        self.state == State::Uploaded.as_str() && self.uploaded_by == sub && purpose && self.uploaded_at >= since.0
    }
    /// Whether it is, or was, this record's in this field.
    pub(in crate::crm) fn belongs(&self, record: &str, field: &FieldKey) -> bool {
        self.state == State::Kept.as_str() && self.record_id.as_deref() == Some(record) && self.field == field.as_str()
    }
}

/// For what bytes come.
#[derive(Clone, Debug)]
pub(super) struct Purpose {
    pub(super) id: String,
    pub(super) module: FieldKey,
    pub(super) field: FieldKey,
    pub(super) name: String,
    pub(super) once: Option<String>,
    pub(super) sub: String,
    pub(super) at: Timestamp,
}

/// How many files of this person no record holds yet.
pub(super) async fn waiting(tx: &mut Tx<'_>, sub: &str) -> Result<i64, DbError> {
    let (n,): (i64,) = tx
        .q(sql!("SELECT COUNT(*) FROM files WHERE uploaded_by = $1 AND state IN ('receiving', 'uploaded')"))
        .bind(sub)
        .one()
        .await?;
    Ok(n)
}

/// Says that bytes will come.
pub(super) async fn begin(tx: &mut Tx<'_>, p: &Purpose) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO files (id, state, module, field, name, size, type, sha256, once, uploaded_by, uploaded_at)
         VALUES ($1, 'receiving', $2, $3, $4, 0, '', '', $5, $6, $7)"
    ))
    .bind(p.id.as_str())
    .bind(p.module.as_str())
    .bind(p.field.as_str())
    .bind(p.name.as_str())
    .bind(p.once.clone())
    .bind(p.sub.as_str())
    .bind(p.at.0)
    .exec()
    .await
    .map(drop)
}

/// The same bytes under the same name, sent by the same request before.
pub(super) async fn again(tx: &mut Tx<'_>, p: &Purpose, sha256: &str) -> Result<Option<Row>, DbError> {
    let Some(once) = &p.once else { return Ok(None) };
    tx.q(sql!(
        "SELECT id, state, module, field, name, size, type AS media, sha256, uploaded_by, uploaded_at, record_id FROM files
         WHERE uploaded_by = $1 AND once = $2 AND sha256 = $3 AND name = $4 AND module = $5 AND field = $6
         AND state IN ('uploaded', 'kept') ORDER BY uploaded_at LIMIT 1"
    ))
    .bind(p.sub.as_str())
    .bind(once.as_str())
    .bind(sha256)
    .bind(p.name.as_str())
    .bind(p.module.as_str())
    .bind(p.field.as_str())
    .opt()
    .await
}

/// Says that all bytes are there; false when the sweep was faster.
pub(super) async fn complete(tx: &mut Tx<'_>, file: &Attached) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE files SET state = 'uploaded', size = $2, type = $3, sha256 = $4 WHERE id = $1 AND state = 'receiving'"))
        .bind(file.id.as_str())
        .bind(file.size)
        .bind(file.media.as_str())
        .bind(file.sha256.as_str())
        .exec()
        .await?;
    Ok(n == 1)
}

/// A file that is there, whole.
pub(in crate::crm) async fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Row>, DbError> {
    tx.q(sql!(
        "SELECT id, state, module, field, name, size, type AS media, sha256, uploaded_by, uploaded_at, record_id FROM files
         WHERE id = $1 AND state IN ('uploaded', 'kept')"
    ))
    .bind(id)
    .opt()
    .await
}

/// Gives a file to a record, in the transaction that writes the record; false when it doesn't wait any more. Once given, it
/// stays that record's: earlier versions hold it still.
pub(in crate::crm) async fn keep(tx: &mut Tx<'_>, id: &str, record: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE files SET state = 'kept', record_id = $2, kept_at = $3 WHERE id = $1 AND state = 'uploaded'"))
        .bind(id)
        .bind(record)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Gives up one that didn't come whole, or that came before.
pub(super) async fn give_up(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE files SET state = 'gone' WHERE id = $1 AND state IN ('receiving', 'uploaded')"))
        .bind(id)
        .exec()
        .await
        .map(drop)
}

/// Gives up what no record took in time. From then on no record can take it.
pub(super) async fn give_up_stale(tx: &mut Tx<'_>, receiving: Timestamp, uploaded: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "UPDATE files SET state = 'gone'
         WHERE (state = 'receiving' AND uploaded_at < $1) OR (state = 'uploaded' AND uploaded_at < $2)"
    ))
    .bind(receiving.0)
    .bind(uploaded.0)
    .exec()
    .await
}

/// Some of those that are given up and whose bytes may still lie there.
pub(super) async fn gone(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String,)>, DbError> {
    tx.q(sql!("SELECT id FROM files WHERE state = 'gone' ORDER BY uploaded_at LIMIT $1")).bind(limit).all().await
}

/// Forgets one whose bytes are gone.
pub(super) async fn forget(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM files WHERE id = $1 AND state = 'gone'")).bind(id).exec().await.map(drop)
}
