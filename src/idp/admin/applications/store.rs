//! SQL of applications as administrators see them.

use crate::idp::admin::model::pattern;
use crate::idp::admission::{Holding, Kind};
use crate::kernel::db::{DbError, Sql, Tx};
use crate::{record, sql};

record! {
    /// An application in a list.
    #[derive(Clone, Debug)]
    pub struct AppRow {
        /// Its client id.
        pub id: String,
        /// What is registered.
        pub metadata: String,
        /// Whether it may be used.
        pub enabled: bool,
        /// Whether only those listed may use it.
        pub limited: bool,
        /// Whether it has a secret.
        pub secret: bool,
        /// Whether it registered itself.
        pub own: bool,
        /// When it was registered.
        pub created_at: i64,
        /// When it was changed last.
        pub updated_at: i64,
    }
}

/// Up to `limit` applications after a client id, with some text in id or name.
pub async fn list(tx: &mut Tx<'_>, text: &str, after: Option<&str>, limit: i64) -> Result<Vec<AppRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT id, metadata, enabled, limited, secret_hash IS NOT NULL AS secret, registration_hash IS NOT NULL AS own,");
    q.push(" created_at, updated_at FROM clients WHERE 1 = 1");
    if !text.is_empty() {
        let like = pattern(&text.to_lowercase());
        q.push(" AND (LOWER(id) LIKE ")
            .value(like.clone())
            .push(" ESCAPE '\\' OR search LIKE ")
            .value(like)
            .push(" ESCAPE '\\')");
    }
    if let Some(id) = after {
        q.push(" AND id > ").value(id.to_owned());
    }
    q.push(" ORDER BY id LIMIT ").value(limit);
    q.all().await
}

/// An application.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<AppRow>, DbError> {
    tx.q(sql!(
        "SELECT id, metadata, enabled, limited, secret_hash IS NOT NULL AS secret, registration_hash IS NOT NULL AS own,
             created_at, updated_at FROM clients WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// Holders of a list at most that are read.
const LISTED: i64 = 1_000;

/// Who is listed for an application, whether or not the list counts.
pub async fn listed(tx: &mut Tx<'_>, client: &str) -> Result<Vec<Holding>, DbError> {
    let rows: Vec<(String, String)> = tx
        .q(sql!(
            "SELECT holder_kind, holder_id FROM application_access WHERE client_id = $1 ORDER BY holder_kind, holder_id LIMIT $2"
        ))
        .bind(client)
        .bind(LISTED)
        .all()
        .await?;
    let read = |(kind, id): (String, String)| match Kind::from_stored(&kind) {
        Some(kind) => Ok(Holding::new(kind, id)),
        None => Err(DbError::BadRow { table: "application_access", column: "holder_kind", id: client.to_owned(), why: kind }),
    };
    rows.into_iter().map(read).collect()
}
