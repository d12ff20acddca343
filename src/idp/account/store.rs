//! SQL of what someone sees of his own account. The tables are those of sessions, issues and the audit log.

use std::collections::BTreeMap;

use super::model::{Given, Open};
use crate::idp::clients::model::Metadata;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct SessionRow {
        id: String, acr: String, ip: String, user_agent: String, auth_at: i64, expires_at: i64, issued_at: Option<i64>,
        refreshed_at: Option<i64>
    }
}

/// Someone's sessions that count, the latest first; a hundred at most.
pub async fn sessions(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Open>, DbError> {
    let rows: Vec<SessionRow> = tx
        .q(sql!(
            "SELECT s.id, s.acr, s.ip, s.user_agent, s.auth_at, s.expires_at,
                 (SELECT MAX(i.created_at) FROM issues i WHERE i.session_id = s.id) AS issued_at,
                 (SELECT MAX(r.created_at) FROM refresh_tokens r JOIN issues i ON i.id = r.issue_id WHERE i.session_id = s.id)
                     AS refreshed_at
             FROM sessions s WHERE s.person_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
             ORDER BY s.auth_at DESC, s.id DESC LIMIT 100"
        ))
        .bind(person)
        .bind(now.0)
        .all()
        .await?;
    let mut used = applications_of_sessions(tx, person, now).await?;
    let open = |r: SessionRow| Open {
        applications: used.remove(&r.id).unwrap_or_default(),
        id: r.id,
        user_agent: r.user_agent,
        ip: r.ip,
        acr: r.acr,
        since: Timestamp(r.auth_at),
        last: Timestamp(r.auth_at.max(r.issued_at.unwrap_or_default()).max(r.refreshed_at.unwrap_or_default())),
        until: Timestamp(r.expires_at),
    };
    Ok(rows.into_iter().map(open).collect())
}

async fn applications_of_sessions(
    tx: &mut Tx<'_>,
    person: &str,
    now: Timestamp,
) -> Result<BTreeMap<String, Vec<(String, String)>>, DbError> {
    let rows: Vec<(String, String, String)> = tx
        .q(sql!(
            "SELECT DISTINCT i.session_id, c.id, c.metadata FROM issues i JOIN clients c ON c.id = i.client_id
             JOIN sessions s ON s.id = i.session_id
             WHERE s.person_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND i.revoked_at IS NULL
             ORDER BY i.session_id, c.id LIMIT 1000"
        ))
        .bind(person)
        .bind(now.0)
        .all()
        .await?;
    let mut all: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (session, client, metadata) in rows {
        let name = read(&client, &metadata)?.client_name;
        all.entry(session).or_default().push((client, name));
    }
    Ok(all)
}

fn read(client: &str, metadata: &str) -> Result<Metadata, DbError> {
    serde_json::from_str(metadata).map_err(|e| DbError::BadRow {
        table: "clients",
        column: "metadata",
        id: client.to_owned(),
        why: e.to_string(),
    })
}

record! {
    struct GivenRow {
        client_id: String, metadata: String, scope: String, offline: bool, created_at: i64, refreshed_at: Option<i64>
    }
}

/// What applications were given for someone and still have, the latest first; then those that he allowed something and that have
/// nothing now, but would get it without a question.
pub async fn given(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Given>, DbError> {
    let rows: Vec<GivenRow> = tx
        .q(sql!(
            "SELECT i.client_id, c.metadata, i.scope, i.offline, i.created_at,
                 (SELECT MAX(r.created_at) FROM refresh_tokens r WHERE r.issue_id = i.id) AS refreshed_at
             FROM issues i JOIN clients c ON c.id = i.client_id JOIN sessions s ON s.id = i.session_id
             WHERE i.person_id = $1 AND i.revoked_at IS NULL AND (i.offline OR (s.ended_at IS NULL AND s.expires_at > $2))
             ORDER BY i.created_at DESC, i.id DESC LIMIT 1000"
        ))
        .bind(person)
        .bind(now.0)
        .all()
        .await?;
    let mut all = Vec::new();
    for r in rows {
        let (at, last) = (Timestamp(r.created_at), Timestamp(r.refreshed_at.unwrap_or_default().max(r.created_at)));
        all.push(application(r.client_id, &r.metadata, r.scope, r.offline, (at, last))?);
    }
    for (client, metadata, scope, at) in allowed(tx, person).await? {
        if !all.iter().any(|g: &Given| g.client == client) {
            all.push(application(client, &metadata, scope, false, (Timestamp(at), Timestamp(at)))?);
        }
    }
    Ok(all)
}

fn application(
    client: String,
    metadata: &str,
    scope: String,
    offline: bool,
    (at, last): (Timestamp, Timestamp),
) -> Result<Given, DbError> {
    let metadata = read(&client, metadata)?;
    let href = metadata.initiate_login_uri.or(metadata.client_uri);
    Ok(Given { client, name: metadata.client_name, href, scope, offline, at, last })
}

/// What someone has allowed applications: client, its metadata, scope, when.
async fn allowed(tx: &mut Tx<'_>, person: &str) -> Result<Vec<(String, String, String, i64)>, DbError> {
    tx.q(sql!(
        "SELECT a.client_id, c.metadata, a.scope, a.given_at FROM consents a JOIN clients c ON c.id = a.client_id
         WHERE a.person_id = $1 ORDER BY a.given_at DESC, a.client_id LIMIT 1000"
    ))
    .bind(person)
    .all()
    .await
}

/// The zone that someone's times are written in and when the account was made.
pub async fn more_of(tx: &mut Tx<'_>, person: &str) -> Result<(Option<String>, Timestamp), DbError> {
    let (zone, at): (Option<String>, i64) =
        tx.q(sql!("SELECT zone, created_at FROM people WHERE id = $1")).bind(person).one().await?;
    Ok((zone, Timestamp(at)))
}

/// The browsers that someone has signed in with.
pub async fn devices(tx: &mut Tx<'_>, person: &str) -> Result<Vec<serde_json::Value>, DbError> {
    let rows: Vec<(String, String, i64, i64)> = tx
        .q(sql!("SELECT browser, ip, first_at, last_at FROM devices WHERE person_id = $1 ORDER BY last_at DESC, id"))
        .bind(person)
        .all()
        .await?;
    let device = |(browser, ip, first, last): (String, String, i64, i64)| {
        serde_json::json!({
            "browser": browser, "ip": ip, "first_seen": Timestamp(first).rfc3339(), "last_seen": Timestamp(last).rfc3339(),
        })
    };
    Ok(rows.into_iter().map(device).collect())
}

/// What someone has put first on his start page.
pub async fn favourites(tx: &mut Tx<'_>, person: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> =
        tx.q(sql!("SELECT tile FROM favourites WHERE person_id = $1 ORDER BY made_at, tile")).bind(person).all().await?;
    Ok(rows.into_iter().map(|(tile,)| tile).collect())
}

/// The ways back into his account that someone asked for, or that were asked for him: what is lost, why, and when.
pub async fn recoveries(tx: &mut Tx<'_>, person: &str) -> Result<Vec<(String, Option<String>, i64)>, DbError> {
    tx.q(sql!("SELECT scope, reason, asked_at FROM recoveries WHERE person_id = $1 ORDER BY asked_at, id"))
        .bind(person)
        .all()
        .await
}

/// The invitations to relations that someone accepted.
pub async fn invitations(tx: &mut Tx<'_>, person: &str) -> Result<Vec<serde_json::Value>, DbError> {
    let rows: Vec<(String, String, String, i64, Option<i64>)> = tx
        .q(sql!(
            "SELECT relation_id, email, name, made_at, accepted_at FROM invitations WHERE person_id = $1 ORDER BY made_at, id"
        ))
        .bind(person)
        .all()
        .await?;
    let one = |(relation, email, name, made, accepted): (String, String, String, i64, Option<i64>)| {
        serde_json::json!({
            "relation": relation, "email": email, "name": name, "made_at": Timestamp(made).rfc3339(),
            "accepted_at": accepted.map(|at| Timestamp(at).rfc3339()),
        })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// The links on the start page that are for someone alone: title (JSON: one text, or one for each language) and address.
pub async fn own_links(tx: &mut Tx<'_>, person: &str) -> Result<Vec<serde_json::Value>, DbError> {
    let rows: Vec<(String, String)> = tx
        .q(sql!("SELECT title, address FROM web_links WHERE audience_kind = 'person' AND audience_id = $1 ORDER BY id"))
        .bind(person)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(title, address)| serde_json::json!({ "title": title, "address": address })).collect())
}
