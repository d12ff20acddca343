//! SQL of which record an invitation is for, and of what the provider was told of relations.

use sqlx::types::Json;

use crate::crm::modules::value::Fields;
use crate::kernel::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

/// Which record an invitation makes its person, once it is accepted.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub invitation: String,
    pub portal: String,
    pub module: String,
    pub record: String,
    pub by: String,
    pub at: Timestamp,
}

/// What became of writing a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// It is new.
    New,
    /// The same was there.
    Same,
    /// Another one was there under this id.
    Other,
}

pub(super) async fn bind(db: &Db, binding: Binding, audit: audit::Entry) -> Result<Bound, DbError> {
    db.write((binding, audit), |(b, audit), mut tx| {
        Box::pin(async move {
            let made = tx
                .q(sql!(
                    "INSERT INTO portal_bindings (invitation, portal, module, record_id, made_by, made_at)
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
                ))
                .bind(b.invitation.as_str())
                .bind(b.portal.as_str())
                .bind(b.module.as_str())
                .bind(b.record.as_str())
                .bind(b.by.as_str())
                .bind(b.at.0)
                .exec()
                .await?;
            if made == 1 {
                audit::record(&mut tx, audit).await?;
                return Ok(Bound::New);
            }
            let there: (String, String, String, String) = tx
                .q(sql!("SELECT portal, module, record_id, made_by FROM portal_bindings WHERE invitation = $1"))
                .bind(b.invitation.as_str())
                .one()
                .await?;
            let same = there == (b.portal.clone(), b.module.clone(), b.record.clone(), b.by.clone());
            Ok(if same { Bound::Same } else { Bound::Other })
        })
    })
    .await
}

pub(super) async fn unbind(db: &Db, invitation: &str, audit: audit::Entry) -> Result<(), DbError> {
    db.write((invitation.to_owned(), audit), |(invitation, audit), mut tx| {
        Box::pin(async move {
            let n = tx.q(sql!("DELETE FROM portal_bindings WHERE invitation = $1")).bind(invitation.as_str()).exec().await?;
            if n == 1 {
                audit::record(&mut tx, audit).await?;
            }
            Ok(())
        })
    })
    .await
}

record! {
    /// A record of a module of relations, in full.
    pub(super) struct Row {
        pub id: String,
        pub version: i64,
        pub status: String,
        pub title: String,
        pub fields: Json<Fields>,
    }
}

/// A relation and its module; none for what was never made.
pub(super) async fn relation(tx: &mut Tx<'_>, id: &str) -> Result<Option<(String, Row)>, DbError> {
    let module: Option<(String,)> = tx.q(sql!("SELECT module FROM records WHERE id = $1")).bind(id).opt().await?;
    let Some((module,)) = module else { return Ok(None) };
    let row: Option<Row> = tx
        .q(sql!("SELECT id, version, status, title, fields FROM records WHERE id = $1 AND status <> 'erased'"))
        .bind(id)
        .opt()
        .await?;
    Ok(row.map(|r| (module, r)))
}

/// Relations of a module that the provider was told nothing of in this epoch of its log, by id.
pub(super) async fn untold(tx: &mut Tx<'_>, module: &str, epoch: &str, limit: i64) -> Result<Vec<Row>, DbError> {
    tx.q(sql!(
        "SELECT r.id, r.version, r.status, r.title, r.fields FROM records r
         LEFT JOIN relation_pushes p ON p.record_id = r.id AND p.epoch = $2
         WHERE r.module = $1 AND r.status <> 'erased' AND p.record_id IS NULL ORDER BY r.id LIMIT $3"
    ))
    .bind(module)
    .bind(epoch)
    .bind(limit)
    .all()
    .await
}

/// The versions that the provider was told of.
pub(super) struct Told {
    pub relations: Vec<(String, i64)>,
    pub epoch: String,
    pub at: Timestamp,
}

pub(super) async fn told(db: &Db, told: Told) -> Result<(), DbError> {
    db.write(told, |t, mut tx| {
        Box::pin(async move {
            for (id, version) in &t.relations {
                tx.q(sql!(
                    "INSERT INTO relation_pushes (record_id, version, epoch, pushed_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (record_id) DO UPDATE SET version = excluded.version, epoch = excluded.epoch,
                     pushed_at = excluded.pushed_at"
                ))
                .bind(id.as_str())
                .bind(*version)
                .bind(t.epoch.as_str())
                .bind(t.at.0)
                .exec()
                .await?;
            }
            Ok(())
        })
    })
    .await
}
