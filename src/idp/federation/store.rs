//! SQL of other providers, of who is whom by them, and of the ways there that were begun.

use super::model::{Terms, Upstream};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::{record, sql};

record! {
    struct Row { id: String, terms: String, secret: Option<String>, enabled: bool }
}

record! {
    /// Who someone is by another provider.
    #[derive(Clone, Debug)]
    pub struct Link {
        /// The provider.
        pub upstream_id: String,
        /// The subject there, sealed.
        pub subject: String,
        /// The keyed hash of it.
        pub subject_key: String,
        /// The person.
        pub person_id: String,
        /// Since when.
        pub linked_at: i64,
        /// When it was used last.
        pub used_at: Option<i64>,
    }
}

fn upstream(r: Row) -> Result<Upstream, DbError> {
    let terms: Terms = serde_json::from_str(&r.terms).map_err(|e| DbError::BadRow {
        table: "upstreams",
        column: "terms",
        id: r.id.clone(),
        why: e.to_string(),
    })?;
    Ok(Upstream { id: r.id, enabled: r.enabled, secret: r.secret, terms })
}

async fn many(q: Query<'_>) -> Result<Vec<Upstream>, DbError> {
    q.all::<Row>().await?.into_iter().map(upstream).collect()
}

/// The provider with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Upstream>, DbError> {
    Ok(many(tx.q(sql!("SELECT id, terms, secret, enabled FROM upstreams WHERE id = $1")).bind(id)).await?.pop())
}

/// Every provider.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Upstream>, DbError> {
    many(tx.q(sql!("SELECT id, terms, secret, enabled FROM upstreams ORDER BY id"))).await
}

/// Those that are used.
pub async fn enabled(tx: &mut Tx<'_>) -> Result<Vec<Upstream>, DbError> {
    many(tx.q(sql!("SELECT id, terms, secret, enabled FROM upstreams WHERE enabled ORDER BY id"))).await
}

/// Whether whoever has this address is led to another provider.
pub async fn leads(tx: &mut Tx<'_>, key: &crate::idp::people::EmailKey) -> Result<bool, DbError> {
    Ok(enabled(tx).await?.iter().any(|u| u.terms.routes(key)))
}

/// Makes or changes a provider.
pub async fn save(tx: &mut Tx<'_>, u: &Upstream, now: Timestamp) -> Result<(), DbError> {
    let terms = serde_json::to_string(&u.terms).map_err(|e| DbError::BadRow {
        table: "upstreams",
        column: "terms",
        id: u.id.clone(),
        why: e.to_string(),
    })?;
    tx.q(sql!(
        "INSERT INTO upstreams (id, issuer, terms, secret, enabled, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (id) DO UPDATE SET terms = excluded.terms, secret = excluded.secret, enabled = excluded.enabled,
             updated_at = excluded.updated_at"
    ))
    .bind(u.id.as_str())
    .bind(u.terms.issuer.as_str())
    .bind(terms)
    .bind(u.secret.clone())
    .bind(u.enabled)
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Removes a provider, with everyone's links to it.
pub async fn delete(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM upstream_requests WHERE upstream_id = $1")).bind(id).exec().await?;
    tx.q(sql!("DELETE FROM upstream_groups WHERE upstream_id = $1")).bind(id).exec().await?;
    tx.q(sql!("DELETE FROM upstream_links WHERE upstream_id = $1")).bind(id).exec().await?;
    tx.q(sql!("DELETE FROM upstreams WHERE id = $1")).bind(id).exec().await.map(drop)
}

/// Who is linked to a subject.
pub async fn linked(tx: &mut Tx<'_>, upstream: &str, subject_key: &str) -> Result<Option<Link>, DbError> {
    tx.q(sql!(
        "SELECT upstream_id, subject, subject_key, person_id, linked_at, used_at FROM upstream_links
         WHERE upstream_id = $1 AND subject_key = $2"
    ))
    .bind(upstream)
    .bind(subject_key)
    .opt()
    .await
}

/// A person's links.
pub async fn links_of(tx: &mut Tx<'_>, person: &str) -> Result<Vec<Link>, DbError> {
    tx.q(sql!(
        "SELECT upstream_id, subject, subject_key, person_id, linked_at, used_at FROM upstream_links
         WHERE person_id = $1 ORDER BY upstream_id"
    ))
    .bind(person)
    .all()
    .await
}

/// How many people are linked to a provider.
pub async fn count(tx: &mut Tx<'_>, upstream: &str) -> Result<i64, DbError> {
    let (n,): (i64,) = tx.q(sql!("SELECT COUNT(*) FROM upstream_links WHERE upstream_id = $1")).bind(upstream).one().await?;
    Ok(n)
}

/// Links a person; false when the subject is another's, or the person another subject.
pub async fn link(tx: &mut Tx<'_>, l: &Link) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "INSERT INTO upstream_links (upstream_id, subject_key, subject, person_id, linked_at, used_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
        ))
        .bind(l.upstream_id.as_str())
        .bind(l.subject_key.as_str())
        .bind(l.subject.as_str())
        .bind(l.person_id.as_str())
        .bind(l.linked_at)
        .bind(l.used_at)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Notes that a link was used.
pub async fn used(tx: &mut Tx<'_>, upstream: &str, subject_key: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE upstream_links SET used_at = $3 WHERE upstream_id = $1 AND subject_key = $2"))
        .bind(upstream)
        .bind(subject_key)
        .bind(now.0)
        .exec()
        .await
        .map(drop)
}

/// Takes a person's link to a provider away; false when there was none.
pub async fn unlink(tx: &mut Tx<'_>, upstream: &str, person: &str) -> Result<bool, DbError> {
    let q = tx.q(sql!("DELETE FROM upstream_links WHERE upstream_id = $1 AND person_id = $2"));
    Ok(q.bind(upstream).bind(person).exec().await? == 1)
}

/// Forgets all that other providers are to a person.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM upstream_requests WHERE person_id = $1")).bind(person).exec().await?;
    tx.q(sql!("DELETE FROM upstream_groups WHERE person_id = $1")).bind(person).exec().await?;
    tx.q(sql!("DELETE FROM upstream_links WHERE person_id = $1")).bind(person).exec().await.map(drop)
}

/// Takes away a person's links of `since` or later, and ways there that he began: somebody else did; which providers that was.
pub async fn unlink_since(tx: &mut Tx<'_>, person: &str, since: Timestamp) -> Result<Vec<String>, DbError> {
    tx.q(sql!("DELETE FROM upstream_requests WHERE person_id = $1")).bind(person).exec().await?;
    let rows: Vec<(String,)> = tx
        .q(sql!("DELETE FROM upstream_links WHERE person_id = $1 AND linked_at >= $2 RETURNING upstream_id"))
        .bind(person)
        .bind(since.0)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets that people are in a group by a provider's word.
pub async fn forget_group(tx: &mut Tx<'_>, group: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM upstream_groups WHERE group_id = $1")).bind(group).exec().await.map(drop)
}

/// The groups that a person is in by a provider's word.
pub async fn groups_by(tx: &mut Tx<'_>, upstream: &str, person: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT group_id FROM upstream_groups WHERE upstream_id = $1 AND person_id = $2 ORDER BY group_id"))
        .bind(upstream)
        .bind(person)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that a person is in a group by a provider's word, or no longer.
pub async fn set_group(tx: &mut Tx<'_>, upstream: &str, person: &str, group: &str, present: bool) -> Result<(), DbError> {
    let q = if present {
        tx.q(sql!("INSERT INTO upstream_groups (upstream_id, person_id, group_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
    } else {
        tx.q(sql!("DELETE FROM upstream_groups WHERE upstream_id = $1 AND person_id = $2 AND group_id = $3"))
    };
    q.bind(upstream).bind(person).bind(group).exec().await.map(drop)
}

/// A way to another provider.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The hash of its state.
    pub state_hash: String,
    /// The provider.
    pub upstream_id: String,
    /// Which browser began it, and for what.
    pub browser: String,
    /// Who links himself.
    pub person_id: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Begins a way.
pub async fn begin(tx: &mut Tx<'_>, b: &Begun, expires: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO upstream_requests (state_hash, upstream_id, browser, person_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(b.state_hash.as_str())
    .bind(b.upstream_id.as_str())
    .bind(b.browser.as_str())
    .bind(b.person_id.clone())
    .bind(b.at.0)
    .bind(expires.0)
    .exec()
    .await
    .map(drop)
}

/// Takes the one use of a way that this browser began: by its sign-in, either way that goes, or by its session.
pub async fn come_back(
    tx: &mut Tx<'_>,
    state_hash: &str,
    upstream: &str,
    [once, anew, inside]: &[String; 3],
    now: Timestamp,
) -> Result<Option<Begun>, DbError> {
    let row: Option<(String, Option<String>, i64)> = tx
        .q(sql!(
            "UPDATE upstream_requests SET used_at = $6
             WHERE state_hash = $1 AND upstream_id = $2 AND browser IN ($3, $4, $5) AND used_at IS NULL AND expires_at > $6
             RETURNING browser, person_id, created_at"
        ))
        .bind(state_hash)
        .bind(upstream)
        .bind(once.as_str())
        .bind(anew.as_str())
        .bind(inside.as_str())
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(browser, person_id, at)| Begun {
        state_hash: state_hash.to_owned(),
        upstream_id: upstream.to_owned(),
        browser,
        person_id,
        at: Timestamp(at),
    }))
}

/// Sessions of a person, or of everyone linked to a provider, that began with another provider's word.
pub async fn sessions_by(tx: &mut Tx<'_>, upstream: &str, person: Option<&str>, now: Timestamp) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT s.id FROM upstream_links l JOIN sessions s ON s.person_id = l.person_id
             JOIN session_results r ON r.session_id = s.id AND r.factor = 'federated'
             WHERE l.upstream_id = $1 AND (CAST($2 AS TEXT) IS NULL OR l.person_id = $2) AND s.ended_at IS NULL
             AND s.expires_at > $3 ORDER BY s.id"
        ))
        .bind(upstream)
        .bind(person.map(str::to_owned))
        .bind(now.0)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What was issued in such sessions and outlives them.
pub async fn issues_by(tx: &mut Tx<'_>, upstream: &str, person: Option<&str>) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT i.id FROM upstream_links l JOIN issues i ON i.person_id = l.person_id
             JOIN session_results r ON r.session_id = i.session_id AND r.factor = 'federated'
             WHERE l.upstream_id = $1 AND (CAST($2 AS TEXT) IS NULL OR l.person_id = $2) AND i.revoked_at IS NULL ORDER BY i.id"
        ))
        .bind(upstream)
        .bind(person.map(str::to_owned))
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ends sign-ins under way that such people began with another provider's word.
pub async fn void_signins(tx: &mut Tx<'_>, upstream: &str, person: Option<&str>, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE signins SET expires_at = $3 WHERE finished_at IS NULL AND expires_at > $3
         AND person_id IN (SELECT person_id FROM upstream_links WHERE upstream_id = $1
             AND (CAST($2 AS TEXT) IS NULL OR person_id = $2))
         AND id IN (SELECT signin_id FROM signin_results WHERE factor = 'federated')"
    ))
    .bind(upstream)
    .bind(person.map(str::to_owned))
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Forgets ways that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM upstream_requests WHERE state_hash IN
             (SELECT state_hash FROM upstream_requests WHERE expires_at < $1 LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
