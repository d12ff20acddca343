//! SQL of who has which level where, at a moment.

use crate::contract::access::GrantLevel;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// The level of a person on a relation, by grants of his own and of his groups, the highest; nothing where he has none.
pub async fn level(tx: &mut Tx<'_>, person: &str, relation: &str, now: Timestamp) -> Result<Option<GrantLevel>, DbError> {
    let (rank,): (Option<i64>,) = tx
        .q(sql!(
            "SELECT MAX(g.level) FROM grants g JOIN relations r ON r.id = g.relation_id
             JOIN people p ON p.id = $1
             WHERE g.relation_id = $2 AND g.ended_at IS NULL AND r.active AND p.active
               AND (g.starts_at IS NULL OR g.starts_at <= $3) AND (g.ends_at IS NULL OR g.ends_at > $3)
               AND (g.holder_kind = 'person' AND g.holder_id = $1
                    OR g.holder_kind = 'group' AND g.holder_id IN (SELECT m.group_id FROM group_members m WHERE m.person_id = $1))"
        ))
        .bind(person)
        .bind(relation)
        .bind(now.0)
        .one()
        .await?;
    Ok(rank.and_then(GrantLevel::from_rank))
}

/// The relations on which a person has at least a level, from after `after` on.
pub async fn relations(
    tx: &mut Tx<'_>,
    person: &str,
    least: GrantLevel,
    (after, limit): (&str, i64),
    now: Timestamp,
) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT g.relation_id FROM grants g JOIN relations r ON r.id = g.relation_id
             JOIN people p ON p.id = $1
             WHERE g.ended_at IS NULL AND r.active AND p.active AND g.level >= $2 AND g.relation_id > $4
               AND (g.starts_at IS NULL OR g.starts_at <= $3) AND (g.ends_at IS NULL OR g.ends_at > $3)
               AND (g.holder_kind = 'person' AND g.holder_id = $1
                    OR g.holder_kind = 'group' AND g.holder_id IN (SELECT m.group_id FROM group_members m WHERE m.person_id = $1))
             GROUP BY g.relation_id ORDER BY g.relation_id LIMIT $5"
        ))
        .bind(person)
        .bind(least.rank())
        .bind(now.0)
        .bind(after)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The people who have at least a level on a relation, from after `after` on.
pub async fn people(
    tx: &mut Tx<'_>,
    relation: &str,
    least: GrantLevel,
    (after, limit): (&str, i64),
    now: Timestamp,
) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT p.id FROM people p WHERE p.active AND p.id > $4 AND EXISTS (
                 SELECT 1 FROM grants g JOIN relations r ON r.id = g.relation_id
                 WHERE g.relation_id = $1 AND g.ended_at IS NULL AND r.active AND g.level >= $2
                   AND (g.starts_at IS NULL OR g.starts_at <= $3) AND (g.ends_at IS NULL OR g.ends_at > $3)
                   AND (g.holder_kind = 'person' AND g.holder_id = p.id
                        OR g.holder_kind = 'group'
                           AND g.holder_id IN (SELECT m.group_id FROM group_members m WHERE m.person_id = p.id)))
             ORDER BY p.id LIMIT $5"
        ))
        .bind(relation)
        .bind(least.rank())
        .bind(now.0)
        .bind(after)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
