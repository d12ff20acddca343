//! SQL of applications and of the assertions that they have used.

use crate::idp::feed::Head;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

use super::model::Client;

record! {
    struct Row { id: String, metadata: String, secret_hash: Option<String>, enabled: bool }
}

record! {
    struct UsableRow { id: String, metadata: String, secret_hash: Option<String>, enabled: bool, registration_hash: Option<String> }
}

record! {
    struct RowAtHead {
        id: String, metadata: String, secret_hash: Option<String>, enabled: bool, position: i64, epoch: String, keys_revision: i64,
        revision: i64
    }
}

fn client(id: String, metadata: &str, secret_hash: Option<String>, enabled: bool) -> Result<Client, DbError> {
    match serde_json::from_str(metadata) {
        Ok(metadata) => Ok(Client { id, metadata, secret_hash, enabled }),
        Err(e) => Err(DbError::BadRow { table: "clients", column: "metadata", id, why: e.to_string() }),
    }
}

/// The application with this id, in a transaction.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Client>, DbError> {
    let row: Option<Row> =
        tx.q(sql!("SELECT id, metadata, secret_hash, enabled FROM clients WHERE id = $1")).bind(id).opt().await?;
    row.map(|r| client(r.id, &r.metadata, r.secret_hash, r.enabled)).transpose()
}

/// The application with this id, and the head of the access log, from one moment.
pub async fn at_head(db: &Db, id: &str) -> Result<Option<(Client, Head)>, DbError> {
    let row: Option<RowAtHead> = db
        .query(sql!(
            "SELECT c.id, c.metadata, c.secret_hash, c.enabled, h.position, h.epoch, h.keys_revision, g.revision
             FROM clients c, access_log_head h, grounds g WHERE c.id = $1 AND h.only_row = 1 AND g.only_row = 1"
        ))
        .bind(id)
        .opt()
        .await?;
    let Some(r) = row else { return Ok(None) };
    let head = Head { epoch: r.epoch, position: r.position, keys: r.keys_revision, grounds: r.revision };
    Ok(Some((client(r.id, &r.metadata, r.secret_hash, r.enabled)?, head)))
}

/// Every application.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Client>, DbError> {
    let rows: Vec<Row> = tx.q(sql!("SELECT id, metadata, secret_hash, enabled FROM clients ORDER BY id")).all().await?;
    rows.into_iter().map(|r| client(r.id, &r.metadata, r.secret_hash, r.enabled)).collect()
}

/// The applications that a person may use at `now`; with each whether it registered itself.
pub async fn usable_by(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<(Client, bool)>, DbError> {
    let rows: Vec<UsableRow> = tx
        .q(sql!(
            "SELECT c.id, c.metadata, c.secret_hash, c.enabled, c.registration_hash FROM clients c
             WHERE c.enabled AND (NOT c.limited OR EXISTS (
                 SELECT 1 FROM application_users u WHERE u.client_id = c.id AND u.person_id = $1
                 AND (u.starts_at IS NULL OR u.starts_at <= $2) AND (u.ends_at IS NULL OR u.ends_at > $2))) ORDER BY c.id"
        ))
        .bind(person)
        .bind(now.0)
        .all()
        .await?;
    let each = |r: UsableRow| Ok((client(r.id, &r.metadata, r.secret_hash, r.enabled)?, r.registration_hash.is_some()));
    rows.into_iter().map(each).collect()
}

/// Makes or changes an application. A secret that is not given stays as it was.
pub async fn save(tx: &mut Tx<'_>, c: &Client, now: Timestamp) -> Result<(), DbError> {
    let metadata = serde_json::to_string(&c.metadata).map_err(|e| DbError::BadRow {
        table: "clients",
        column: "metadata",
        id: c.id.clone(),
        why: e.to_string(),
    })?;
    tx.q(sql!(
        "INSERT INTO clients (id, metadata, secret_hash, enabled, created_at, updated_at, search) VALUES ($1, $2, $3, $4, $5, $5, $6)
         ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, enabled = excluded.enabled, search = excluded.search,
             secret_hash = COALESCE(excluded.secret_hash, clients.secret_hash), updated_at = excluded.updated_at"
    ))
    .bind(c.id.as_str())
    .bind(metadata)
    .bind(c.secret_hash.clone())
    .bind(c.enabled)
    .bind(now.0)
    .bind(format!("{} {}", c.id, c.metadata.client_name).to_lowercase())
    .exec()
    .await?;
    Ok(())
}

/// Takes an application its secret, which [`save`] would keep: what nothing asks for any more must not come back when something
/// does.
pub async fn forget_secret(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE clients SET secret_hash = NULL WHERE id = $1")).bind(id).exec().await.map(drop)
}

/// Takes an assertion's `jti`; false when it was used before.
pub async fn use_assertion(tx: &mut Tx<'_>, client: &str, jti_hash: &str, expires: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("INSERT INTO assertions_seen (client_id, jti_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
        .bind(client)
        .bind(jti_hash)
        .bind(expires.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Forgets assertions that have expired.
pub async fn sweep_assertions(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM assertions_seen WHERE (client_id, jti_hash) IN
             (SELECT client_id, jti_hash FROM assertions_seen WHERE expires_at < $1 LIMIT 500)"
    ))
    .bind(now.0)
    .exec()
    .await
}

record! {
    /// A logo as it is kept.
    #[derive(Clone, Debug)]
    pub struct Logo {
        /// Where it was fetched.
        pub uri: String,
        /// Its media type, by its bytes.
        pub kind: String,
        /// The bytes in base64.
        pub bytes: String,
        /// The beginning of their digest.
        pub digest: String,
    }
}

/// Keeps an application's logo in place of the one before.
pub async fn keep_logo(tx: &mut Tx<'_>, client: &str, logo: &Logo, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO client_logos (client_id, uri, kind, bytes, digest, fetched_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (client_id) DO UPDATE SET uri = excluded.uri, kind = excluded.kind, bytes = excluded.bytes,
             digest = excluded.digest, fetched_at = excluded.fetched_at"
    ))
    .bind(client)
    .bind(logo.uri.as_str())
    .bind(logo.kind.as_str())
    .bind(logo.bytes.as_str())
    .bind(logo.digest.as_str())
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Forgets an application's logo.
pub async fn forget_logo(tx: &mut Tx<'_>, client: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM client_logos WHERE client_id = $1")).bind(client).exec().await.map(drop)
}

/// The logo of an application that may be used.
pub async fn logo(tx: &mut Tx<'_>, client: &str) -> Result<Option<Logo>, DbError> {
    tx.q(sql!(
        "SELECT l.uri, l.kind, l.bytes, l.digest FROM client_logos l JOIN clients c ON c.id = l.client_id
         WHERE l.client_id = $1 AND c.enabled"
    ))
    .bind(client)
    .opt()
    .await
}

/// The digest of an application's logo, if it was fetched from `uri`.
pub async fn logo_digest(tx: &mut Tx<'_>, client: &str, uri: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> =
        tx.q(sql!("SELECT digest FROM client_logos WHERE client_id = $1 AND uri = $2")).bind(client).bind(uri).opt().await?;
    Ok(row.map(|(digest,)| digest))
}

/// Whether an application registered itself, so that nobody has looked at it.
pub async fn registered_itself(tx: &mut Tx<'_>, client: &str) -> Result<bool, DbError> {
    let row: Option<(String,)> =
        tx.q(sql!("SELECT id FROM clients WHERE id = $1 AND registration_hash IS NOT NULL")).bind(client).opt().await?;
    Ok(row.is_some())
}
