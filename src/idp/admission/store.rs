//! SQL of who may use which application. The view `application_users` says whom a holder stands for.

use std::collections::BTreeSet;

use super::model::{Holding, Kind, Openings};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// Something issued that may no longer be.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Unfounded {
        /// The issue.
        pub id: String,
        /// To whom.
        pub client_id: String,
        /// For whom.
        pub person_id: String,
        /// In which session.
        pub session_id: String,
    }
}

/// When a person may use an application; never, where there is no such application.
pub async fn openings(tx: &mut Tx<'_>, client: &str, person: &str) -> Result<Openings, DbError> {
    let limited: Option<(bool,)> = tx.q(sql!("SELECT limited FROM clients WHERE id = $1")).bind(client).opt().await?;
    if limited == Some((false,)) {
        return Ok(Openings::Always);
    }
    let rows: Vec<(Option<i64>, Option<i64>)> = tx
        .q(sql!("SELECT starts_at, ends_at FROM application_users WHERE client_id = $1 AND person_id = $2"))
        .bind(client)
        .bind(person)
        .all()
        .await?;
    Ok(Openings::Within(rows.into_iter().map(|(from, until)| (from.map(Timestamp), until.map(Timestamp))).collect()))
}

/// Who may use an application; none is everyone, and so is an application that is not there yet.
pub async fn allowed(tx: &mut Tx<'_>, client: &str) -> Result<Option<BTreeSet<Holding>>, DbError> {
    let limited: Option<(bool,)> = tx.q(sql!("SELECT limited FROM clients WHERE id = $1")).bind(client).opt().await?;
    if limited != Some((true,)) {
        return Ok(None);
    }
    let rows: Vec<(String, String)> = tx
        .q(sql!("SELECT holder_kind, holder_id FROM application_access WHERE client_id = $1 ORDER BY holder_kind, holder_id"))
        .bind(client)
        .all()
        .await?;
    let read = |(kind, id): (String, String)| match Kind::from_stored(&kind) {
        Some(kind) => Ok(Holding { kind, id }),
        None => Err(DbError::BadRow { table: "application_access", column: "holder_kind", id, why: kind }),
    };
    rows.into_iter().map(read).collect::<Result<_, _>>().map(Some)
}

/// Opens an application to those listed only, or to everyone.
pub async fn set_limited(tx: &mut Tx<'_>, client: &str, limited: bool) -> Result<(), DbError> {
    tx.q(sql!("UPDATE clients SET limited = $2 WHERE id = $1")).bind(client).bind(limited).exec().await.map(drop)
}

/// Lists a holder for an application, or takes him off the list; whether that changed anything.
pub async fn set_allowed(tx: &mut Tx<'_>, client: &str, holder: &Holding, present: bool) -> Result<bool, DbError> {
    let q = if present {
        tx.q(sql!(
            "INSERT INTO application_access (client_id, holder_kind, holder_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        ))
    } else {
        tx.q(sql!("DELETE FROM application_access WHERE client_id = $1 AND holder_kind = $2 AND holder_id = $3"))
    };
    Ok(q.bind(client).bind(holder.kind.as_str()).bind(holder.id.as_str()).exec().await? == 1)
}

/// What stands for a person at applications that he may not use.
pub async fn unfounded_of(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Unfounded>, DbError> {
    tx.q(sql!(
        "SELECT i.id, i.client_id, i.person_id, i.session_id FROM issues i
         JOIN clients c ON c.id = i.client_id JOIN sessions s ON s.id = i.session_id
         WHERE i.person_id = $1 AND i.revoked_at IS NULL AND c.limited
         AND (i.offline OR (s.ended_at IS NULL AND s.expires_at > $2))
         AND NOT EXISTS (SELECT 1 FROM application_users u WHERE u.client_id = i.client_id AND u.person_id = i.person_id
             AND (u.starts_at IS NULL OR u.starts_at <= $2) AND (u.ends_at IS NULL OR u.ends_at > $2))
         ORDER BY i.id"
    ))
    .bind(person)
    .bind(now.0)
    .all()
    .await
}

/// The same for everyone: by the sessions that live, and by what outlives them.
pub async fn unfounded(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Unfounded>, DbError> {
    tx.q(sql!(
        "SELECT x.id, x.client_id, x.person_id, x.session_id FROM (
             SELECT i.id, i.client_id, i.person_id, i.session_id FROM sessions s JOIN issues i ON i.session_id = s.id
             WHERE s.expires_at > $1 AND s.ended_at IS NULL AND i.revoked_at IS NULL AND NOT i.offline
             UNION ALL
             SELECT i.id, i.client_id, i.person_id, i.session_id FROM issues i WHERE i.offline AND i.revoked_at IS NULL
         ) x JOIN clients c ON c.id = x.client_id
         WHERE c.limited AND NOT EXISTS (SELECT 1 FROM application_users u WHERE u.client_id = x.client_id
             AND u.person_id = x.person_id
             AND (u.starts_at IS NULL OR u.starts_at <= $1) AND (u.ends_at IS NULL OR u.ends_at > $1))
         ORDER BY x.id"
    ))
    .bind(now.0)
    .all()
    .await
}

/// What a holder is called, for people.
pub async fn name_of(tx: &mut Tx<'_>, holder: &Holding) -> Result<String, DbError> {
    let (kind, id) = (holder.kind.as_str(), holder.id.as_str());
    let name: Option<(String,)> = match holder.kind {
        Kind::Person => tx.q(sql!("SELECT email FROM people WHERE id = $1")).bind(id).opt().await?,
        Kind::Group => tx.q(sql!("SELECT name FROM groups WHERE id = $1")).bind(id).opt().await?,
        Kind::Relation => tx.q(sql!("SELECT name FROM relations WHERE id = $1")).bind(id).opt().await?,
        Kind::Role => None,
    };
    let name = name.map_or_else(|| id.to_owned(), |(name,)| name);
    Ok(if holder.kind == Kind::Person { name } else { format!("{kind} {name}") })
}

/// The ids of everyone in a group.
pub async fn members(tx: &mut Tx<'_>, group: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> =
        tx.q(sql!("SELECT person_id FROM group_members WHERE group_id = $1 ORDER BY person_id")).bind(group).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
