//! SQL of the replica. Each entry says how something is from its position on, so applying one twice does no harm.

use crate::contract::feed::{Entry, Holder, Positioned};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

record! {
    /// How far the replica is.
    pub(super) struct Cursor {
        /// Which log it was made from.
        pub epoch: String,
        /// The last position that is applied.
        pub position: i64,
    }
}

/// What is applied at once.
pub(super) struct Batch {
    pub epoch: String,
    /// Where the cursor must be; nothing when there must be none yet.
    pub from: Option<i64>,
    pub to: i64,
    pub entries: Vec<Positioned>,
    pub at: Timestamp,
}

/// The cursor; none before the first poll.
pub(super) async fn cursor(db: &Db) -> Result<Option<Cursor>, DbError> {
    db.query(sql!("SELECT epoch, position FROM replica_cursor WHERE only_row = 1")).opt().await
}

/// Applies a batch and moves the cursor in the same transaction; false, and nothing done, when the cursor isn't where the
/// batch begins.
pub(super) async fn apply(db: &Db, batch: Batch) -> Result<bool, DbError> {
    db.write(batch, |b, mut tx| {
        Box::pin(async move {
            let moved = move_cursor(&mut tx, b).await?;
            if moved {
                for e in &b.entries {
                    entry(&mut tx, e).await?;
                }
            }
            Ok(moved)
        })
    })
    .await
}

async fn move_cursor(tx: &mut Tx<'_>, b: &Batch) -> Result<bool, DbError> {
    let moved = match b.from {
        None => {
            tx.q(sql!(
                "INSERT INTO replica_cursor (only_row, epoch, position, applied_at) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING"
            ))
            .bind(b.epoch.as_str())
            .bind(b.to)
            .bind(b.at.0)
            .exec()
            .await?
        }
        Some(from) => {
            tx.q(sql!(
                "UPDATE replica_cursor SET position = $1, applied_at = $2 WHERE only_row = 1 AND epoch = $3 AND position = $4"
            ))
            .bind(b.to)
            .bind(b.at.0)
            .bind(b.epoch.as_str())
            .bind(from)
            .exec()
            .await?
        }
    };
    Ok(moved == 1)
}

async fn entry(tx: &mut Tx<'_>, e: &Positioned) -> Result<(), DbError> {
    let query = match &e.entry {
        Entry::Person { sub, name, language, staff, active } => tx
            .q(sql!(
                "INSERT INTO replica_people (sub, name, language, staff, active) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (sub) DO UPDATE SET name = excluded.name, language = excluded.language, staff = excluded.staff,
                 active = excluded.active"
            ))
            .bind(sub.as_str())
            .bind(name.as_str())
            .bind(language.as_str())
            .bind(*staff)
            .bind(*active),
        Entry::Group { group, name } => tx
            .q(sql!("INSERT INTO replica_groups (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name"))
            .bind(group.as_str())
            .bind(name.as_str()),
        Entry::Member { group, sub, present } => {
            let q = if *present {
                tx.q(sql!("INSERT INTO replica_members (sub, group_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
            } else {
                tx.q(sql!("DELETE FROM replica_members WHERE sub = $1 AND group_id = $2"))
            };
            q.bind(sub.as_str()).bind(group.as_str())
        }
        Entry::Role { holder, role, present } => {
            let q = if *present {
                tx.q(sql!("INSERT INTO replica_roles (holder_kind, holder_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
            } else {
                tx.q(sql!("DELETE FROM replica_roles WHERE holder_kind = $1 AND holder_id = $2 AND role = $3"))
            };
            let (kind, id) = match holder {
                Holder::Person(id) => ("person", id),
                Holder::Group(id) => ("group", id),
            };
            q.bind(kind).bind(id.as_str()).bind(role.as_str())
        }
        Entry::SessionEnded { sid } => tx
            .q(sql!("INSERT INTO replica_ended_sessions (sid, at) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
            .bind(sid.as_str())
            .bind(e.at),
        Entry::IssueRevoked { issue } => tx
            .q(sql!("INSERT INTO replica_revoked_issues (issue, at) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
            .bind(issue.as_str())
            .bind(e.at),
        Entry::Client { client_id, enabled } => tx
            .q(sql!(
                "INSERT INTO replica_clients (client_id, enabled) VALUES ($1, $2)
                 ON CONFLICT (client_id) DO UPDATE SET enabled = excluded.enabled"
            ))
            .bind(client_id.as_str())
            .bind(*enabled),
        Entry::Grant { grant, present: false, .. } => {
            tx.q(sql!("DELETE FROM replica_grants WHERE generation = 1 AND id = $1")).bind(grant.as_str())
        }
        Entry::Grant { grant, holder, relation, level, from, until, .. } => tx
            .q(sql!(
                "INSERT INTO replica_grants (generation, id, holder, relation, level, starts_at, ends_at)
                 VALUES (1, $1, $2, $3, $4, $5, $6)
                 ON CONFLICT (generation, id) DO UPDATE SET holder = excluded.holder, relation = excluded.relation,
                 level = excluded.level, starts_at = excluded.starts_at, ends_at = excluded.ends_at"
            ))
            .bind(grant.as_str())
            .bind(holder.key())
            .bind(relation.as_str())
            .bind(level.rank())
            .bind(from.unwrap_or(0))
            .bind(until.unwrap_or(i64::MAX)),
        Entry::Invited { invitation, present: false, .. } => {
            tx.q(sql!("DELETE FROM replica_invited WHERE generation = 1 AND invitation = $1")).bind(invitation.as_str())
        }
        Entry::Invited { invitation, sub, .. } => tx
            .q(sql!(
                "INSERT INTO replica_invited (generation, invitation, sub) VALUES (1, $1, $2)
                 ON CONFLICT (generation, invitation) DO UPDATE SET sub = excluded.sub"
            ))
            .bind(invitation.as_str())
            .bind(sub.as_str()),
    };
    query.exec().await.map(drop)
}

record! {
    /// What the replica says of a person, and of the session, issue and client that a token of his names.
    pub struct State {
        /// Display name.
        pub name: String,
        /// Language code.
        pub language: String,
        /// Whether he works here.
        pub staff: bool,
        /// Whether he may sign in.
        pub active: bool,
        /// Whether the session has ended.
        pub session_ended: bool,
        /// Whether the issue is revoked.
        pub issue_revoked: bool,
        /// Whether the application's tokens no longer count.
        pub client_disabled: bool,
    }
}

/// The state of a person with his roles, his own and those of his groups, by name. None for who isn't in the log.
pub async fn state(
    tx: &mut Tx<'_>,
    sub: &str,
    sid: &str,
    issue: &str,
    client_id: &str,
) -> Result<Option<(State, Vec<String>)>, DbError> {
    let found: Option<State> = tx
        .q(sql!(
            "SELECT name, language, staff, active,
             EXISTS (SELECT 1 FROM replica_ended_sessions WHERE sid = $2) AS session_ended,
             EXISTS (SELECT 1 FROM replica_revoked_issues WHERE issue = $3) AS issue_revoked,
             EXISTS (SELECT 1 FROM replica_clients WHERE client_id = $4 AND NOT enabled) AS client_disabled
             FROM replica_people WHERE sub = $1"
        ))
        .bind(sub)
        .bind(sid)
        .bind(issue)
        .bind(client_id)
        .opt()
        .await?;
    let Some(found) = found else { return Ok(None) };
    let roles: Vec<(String,)> = tx
        .q(sql!(
            "SELECT DISTINCT role FROM replica_roles
             WHERE (holder_kind = 'person' AND holder_id = $1)
             OR (holder_kind = 'group' AND holder_id IN (SELECT group_id FROM replica_members WHERE sub = $1))
             ORDER BY role"
        ))
        .bind(sub)
        .all()
        .await?;
    Ok(Some((found, roles.into_iter().map(|(r,)| r).collect())))
}
