//! SQL of what an entry of the log says, in the generation that it is applied to. Each entry says how something is from its
//! position on, so applying one twice does no harm.

use crate::contract::feed::{Entry, Holder, Positioned};
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Applies one entry.
pub(super) async fn apply(tx: &mut Tx<'_>, generation: i64, e: &Positioned) -> Result<(), DbError> {
    match &e.entry {
        Entry::Role { holder, role, present } => return self::role(tx, generation, holder, role, *present).await,
        Entry::Grant { .. } | Entry::Invited { .. } => return access(tx, generation, &e.entry).await,
        _ => {}
    }
    let query = match &e.entry {
        Entry::Person { sub, name, language, staff, active } => tx
            .q(sql!(
                "INSERT INTO replica_people (generation, sub, name, language, staff, active) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (generation, sub) DO UPDATE SET name = excluded.name, language = excluded.language,
                 staff = excluded.staff, active = excluded.active"
            ))
            .bind(generation)
            .bind(sub.as_str())
            .bind(name.as_str())
            .bind(language.as_str())
            .bind(*staff)
            .bind(*active),
        Entry::Group { group, name } => tx
            .q(sql!(
                "INSERT INTO replica_groups (generation, id, name) VALUES ($1, $2, $3)
                 ON CONFLICT (generation, id) DO UPDATE SET name = excluded.name"
            ))
            .bind(generation)
            .bind(group.as_str())
            .bind(name.as_str()),
        Entry::Member { group, sub, present } => {
            let q = if *present {
                tx.q(sql!("INSERT INTO replica_members (generation, sub, group_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
            } else {
                tx.q(sql!("DELETE FROM replica_members WHERE generation = $1 AND sub = $2 AND group_id = $3"))
            };
            q.bind(generation).bind(sub.as_str()).bind(group.as_str())
        }
        Entry::SessionEnded { sid } => tx
            .q(sql!("INSERT INTO replica_ended_sessions (generation, sid, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
            .bind(generation)
            .bind(sid.as_str())
            .bind(e.at),
        Entry::IssueRevoked { issue } => tx
            .q(sql!("INSERT INTO replica_revoked_issues (generation, issue, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
            .bind(generation)
            .bind(issue.as_str())
            .bind(e.at),
        Entry::KeyWithdrawn { kid } => tx
            .q(sql!("INSERT INTO replica_withdrawn_keys (generation, kid) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
            .bind(generation)
            .bind(kid.as_str()),
        Entry::Client { client_id, enabled } => tx
            .q(sql!(
                "INSERT INTO replica_clients (generation, client_id, enabled) VALUES ($1, $2, $3)
                 ON CONFLICT (generation, client_id) DO UPDATE SET enabled = excluded.enabled"
            ))
            .bind(generation)
            .bind(client_id.as_str())
            .bind(*enabled),
        // Above.
        Entry::Role { .. } | Entry::Grant { .. } | Entry::Invited { .. } => return Ok(()),
    };
    query.exec().await.map(drop)
}

async fn role(tx: &mut Tx<'_>, generation: i64, holder: &Holder, role: &str, present: bool) -> Result<(), DbError> {
    let q = if present {
        tx.q(sql!(
            "INSERT INTO replica_roles (generation, holder_kind, holder_id, role) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ))
    } else {
        tx.q(sql!("DELETE FROM replica_roles WHERE generation = $1 AND holder_kind = $2 AND holder_id = $3 AND role = $4"))
    };
    let (kind, id) = match holder {
        Holder::Person(id) => ("person", id),
        Holder::Group(id) => ("group", id),
    };
    q.bind(generation).bind(kind).bind(id.as_str()).bind(role).exec().await.map(drop)
}

/// Grants and accepted invitations.
async fn access(tx: &mut Tx<'_>, generation: i64, entry: &Entry) -> Result<(), DbError> {
    let query = match entry {
        Entry::Grant { grant, present: false, .. } => {
            tx.q(sql!("DELETE FROM replica_grants WHERE generation = $1 AND id = $2")).bind(generation).bind(grant.as_str())
        }
        Entry::Grant { grant, holder, relation, level, from, until, .. } => tx
            .q(sql!(
                "INSERT INTO replica_grants (generation, id, holder, relation, level, starts_at, ends_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (generation, id) DO UPDATE SET holder = excluded.holder, relation = excluded.relation,
                 level = excluded.level, starts_at = excluded.starts_at, ends_at = excluded.ends_at"
            ))
            .bind(generation)
            .bind(grant.as_str())
            .bind(holder.key())
            .bind(relation.as_str())
            .bind(level.rank())
            .bind(from.unwrap_or(0))
            .bind(until.unwrap_or(i64::MAX)),
        Entry::Invited { invitation, present: false, .. } => tx
            .q(sql!("DELETE FROM replica_invited WHERE generation = $1 AND invitation = $2"))
            .bind(generation)
            .bind(invitation.as_str()),
        Entry::Invited { invitation, sub, .. } => tx
            .q(sql!(
                "INSERT INTO replica_invited (generation, invitation, sub) VALUES ($1, $2, $3)
                 ON CONFLICT (generation, invitation) DO UPDATE SET sub = excluded.sub"
            ))
            .bind(generation)
            .bind(invitation.as_str())
            .bind(sub.as_str()),
        _ => return Ok(()),
    };
    query.exec().await.map(drop)
}

/// Removes up to 500 rows of one table of a generation, the first that has any; whether it removed some. When there is
/// nothing left, its cursor goes.
pub(super) async fn forget(tx: &mut Tx<'_>, generation: i64) -> Result<bool, DbError> {
    for statement in [
        sql!(
            "DELETE FROM replica_people WHERE generation = $1
             AND sub IN (SELECT sub FROM replica_people WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_groups WHERE generation = $1
             AND id IN (SELECT id FROM replica_groups WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_members WHERE generation = $1
             AND (sub, group_id) IN (SELECT sub, group_id FROM replica_members WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_roles WHERE generation = $1 AND (holder_kind, holder_id, role)
             IN (SELECT holder_kind, holder_id, role FROM replica_roles WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_ended_sessions WHERE generation = $1
             AND sid IN (SELECT sid FROM replica_ended_sessions WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_revoked_issues WHERE generation = $1
             AND issue IN (SELECT issue FROM replica_revoked_issues WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_withdrawn_keys WHERE generation = $1
             AND kid IN (SELECT kid FROM replica_withdrawn_keys WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_clients WHERE generation = $1
             AND client_id IN (SELECT client_id FROM replica_clients WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_grants WHERE generation = $1
             AND id IN (SELECT id FROM replica_grants WHERE generation = $1 LIMIT 500)"
        ),
        sql!(
            "DELETE FROM replica_invited WHERE generation = $1
             AND invitation IN (SELECT invitation FROM replica_invited WHERE generation = $1 LIMIT 500)"
        ),
    ] {
        if tx.q(statement).bind(generation).exec().await? > 0 {
            return Ok(true);
        }
    }
    tx.q(sql!("DELETE FROM replica_cursor WHERE generation = $1 AND state = 'old'")).bind(generation).exec().await?;
    Ok(false)
}
