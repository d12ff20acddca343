//! What the replica says of a person, read by one statement from the generation in use, and the one place that makes of it
//! whom the rules see. Nothing else authorises: no claim of a token says what someone may do.

use jiff::civil::Date;

use crate::contract::{Assurance, FieldKey};
use crate::crm::visibility::sight::{Me, Viewer};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// A person, and the session, issue and client that a token of his names.
    #[derive(Clone, Debug)]
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
        /// Whether the key that signed the token is withdrawn.
        pub key_withdrawn: bool,
    }
}

/// All of it, from one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The person.
    pub state: State,
    /// Names of his roles, his own and those of his groups, each once and in order.
    pub roles: Vec<String>,
    /// Ids of his groups, in order.
    pub groups: Vec<String>,
    /// Who he is in portals: records that are there, bound by an invitation that he accepted.
    pub selves: Vec<Me>,
    /// The generation that this was read from, and his grants are to be read from.
    pub generation: i64,
    /// Which log it is of.
    pub epoch: String,
    /// Up to which position.
    pub position: i64,
    /// Whether the log turned out to be another one: then nobody is answered.
    pub refused: bool,
}

impl Facts {
    /// Whom the rules see.
    pub fn viewer(&self, sub: &str, acr: Option<Assurance>, now: Timestamp, today: Date) -> Viewer {
        Viewer {
            sub: sub.to_owned(),
            staff: self.state.staff,
            roles: self.roles.clone(),
            groups: self.groups.clone(),
            selves: self.selves.clone(),
            acr,
            generation: self.generation,
            now,
            today,
        }
    }
}

record! {
    /// A person with one of the things that he has; a person who has nothing has one row.
    struct Row {
        name: String,
        language: String,
        staff: bool,
        active: bool,
        session_ended: bool,
        issue_revoked: bool,
        client_disabled: bool,
        key_withdrawn: bool,
        generation: i64,
        epoch: String,
        position: i64,
        refused: bool,
        what: Option<String>,
        a: Option<String>,
        b: Option<String>,
        c: Option<String>,
    }
}

/// Whom a token names.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The person.
    pub sub: &'a str,
    /// The provider's session.
    pub sid: &'a str,
    /// The issue.
    pub issue: &'a str,
    /// The application.
    pub client_id: &'a str,
    /// The key that signed it.
    pub kid: &'a str,
}

impl State {
    /// Whether the person, his application, what his token was issued for or the key that signed it is gone.
    pub fn is_gone(&self) -> bool {
        !self.active || self.issue_revoked || self.client_disabled || self.key_withdrawn
    }
}

/// What is known of a person; none for who isn't in the log.
pub async fn facts(tx: &mut Tx<'_>, named: Named<'_>) -> Result<Option<Facts>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT p.name, p.language, p.staff, p.active,
             EXISTS (SELECT 1 FROM replica_ended_sessions e WHERE e.generation = k.generation AND e.sid = $2) AS session_ended,
             EXISTS (SELECT 1 FROM replica_revoked_issues i WHERE i.generation = k.generation AND i.issue = $3) AS issue_revoked,
             EXISTS (SELECT 1 FROM replica_clients c WHERE c.generation = k.generation AND c.client_id = $4 AND NOT c.enabled)
             AS client_disabled,
             EXISTS (SELECT 1 FROM replica_withdrawn_keys w WHERE w.generation = k.generation AND w.kid = $5) AS key_withdrawn,
             k.generation, k.epoch, k.position,
             (k.refused OR EXISTS (SELECT 1 FROM replica_cursor f WHERE f.state = 'filling' AND f.epoch <> k.epoch)) AS refused,
             h.what, h.a, h.b, h.c
             FROM replica_cursor k
             JOIN replica_people p ON p.generation = k.generation AND p.sub = $1
             LEFT JOIN (
                 SELECT 'role' AS what, r.role AS a, '' AS b, '' AS c FROM replica_cursor k
                 JOIN replica_roles r ON r.generation = k.generation AND r.holder_kind = 'person' AND r.holder_id = $1
                 WHERE k.state = 'current'
                 UNION ALL
                 SELECT 'role', r.role, '', '' FROM replica_cursor k
                 JOIN replica_members m ON m.generation = k.generation AND m.sub = $1
                 JOIN replica_roles r ON r.generation = k.generation AND r.holder_kind = 'group' AND r.holder_id = m.group_id
                 WHERE k.state = 'current'
                 UNION ALL
                 SELECT 'group', m.group_id, '', '' FROM replica_cursor k
                 JOIN replica_members m ON m.generation = k.generation AND m.sub = $1
                 WHERE k.state = 'current'
                 UNION ALL
                 SELECT 'self', b.portal, b.module, b.record_id FROM replica_cursor k
                 JOIN replica_invited i ON i.generation = k.generation AND i.sub = $1
                 JOIN portal_bindings b ON b.invitation = i.invitation
                 JOIN records t ON t.id = b.record_id AND t.module = b.module AND t.status = 'active'
                 WHERE k.state = 'current'
             ) h ON TRUE
             WHERE k.state = 'current'"
        ))
        .bind(named.sub)
        .bind(named.sid)
        .bind(named.issue)
        .bind(named.client_id)
        .bind(named.kid)
        .all()
        .await?;
    gather(rows)
}

fn gather(rows: Vec<Row>) -> Result<Option<Facts>, DbError> {
    let mut found: Option<Facts> = None;
    for row in rows {
        let (what, a, b, c) = (row.what.clone(), row.a.clone(), row.b.clone(), row.c.clone());
        let facts = found.get_or_insert_with(|| Facts::new(row));
        match (what.as_deref(), a, b, c) {
            (Some("role"), Some(role), ..) => facts.roles.push(role),
            (Some("group"), Some(group), ..) => facts.groups.push(group),
            (Some("self"), Some(portal), Some(module), Some(record)) => {
                let module = FieldKey::try_from(module.as_str()).map_err(|e| DbError::BadRow {
                    table: "portal_bindings",
                    column: "module",
                    id: record.clone(),
                    why: e.to_string(),
                })?;
                facts.selves.push(Me { portal, module, record });
            }
            _ => {}
        }
    }
    if let Some(facts) = &mut found {
        facts.roles.sort();
        facts.roles.dedup();
        facts.groups.sort();
        facts.selves.sort_by(|a, b| (&a.portal, &a.record).cmp(&(&b.portal, &b.record)));
        facts.selves.dedup();
    }
    Ok(found)
}

impl Facts {
    fn new(row: Row) -> Self {
        Self {
            state: State {
                name: row.name,
                language: row.language,
                staff: row.staff,
                active: row.active,
                session_ended: row.session_ended,
                issue_revoked: row.issue_revoked,
                client_disabled: row.client_disabled,
                key_withdrawn: row.key_withdrawn,
            },
            roles: Vec::new(),
            groups: Vec::new(),
            selves: Vec::new(),
            generation: row.generation,
            epoch: row.epoch,
            position: row.position,
            refused: row.refused,
        }
    }
}
