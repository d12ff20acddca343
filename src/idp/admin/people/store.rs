//! SQL of people as administrators look for them.

use crate::idp::admin::model::pattern;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Sql, Tx};
use crate::{record, sql};

record! {
    /// Someone in a list.
    #[derive(Clone, Debug)]
    pub struct PersonRow {
        /// Subject identifier.
        pub id: String,
        /// Display name.
        pub name: String,
        /// Address.
        pub email: String,
        /// Whether he works here.
        pub staff: bool,
        /// Whether he may sign in.
        pub active: bool,
        /// Since when he is known.
        pub created_at: i64,
        /// What he is sorted and found by.
        pub text: String,
    }
}

/// Which people are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Folded text in name or address.
    pub text: String,
    /// Whether they work here.
    pub staff: Option<bool>,
    /// Whether they may sign in.
    pub active: Option<bool>,
    /// In this group.
    pub group: Option<String>,
    /// With this role, themselves.
    pub role: Option<String>,
}

/// Up to `limit` people after a place, by name.
pub async fn list(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    after: Option<&(String, String)>,
    limit: i64,
) -> Result<Vec<PersonRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT p.id, p.name, p.email, p.staff, p.active, p.created_at, s.text FROM people_search s JOIN people p ON p.id = s.person_id");
    if let Some(group) = &wanted.group {
        q.push(" JOIN group_members m ON m.person_id = p.id AND m.group_id = ").value(group.clone());
    }
    if let Some(role) = &wanted.role {
        q.push(" JOIN role_assignments r ON r.holder_kind = 'person' AND r.holder_id = p.id AND r.role = ").value(role.clone());
    }
    q.push(" WHERE 1 = 1");
    if !wanted.text.is_empty() {
        q.push(" AND s.text LIKE ").value(pattern(&wanted.text)).push(" ESCAPE '\\'");
    }
    if let Some(staff) = wanted.staff {
        q.push(" AND p.staff = ").value(staff);
    }
    if let Some(active) = wanted.active {
        q.push(" AND p.active = ").value(active);
    }
    if let Some((text, id)) = after {
        q.push(" AND (s.text, s.person_id) > (").value(text.clone()).push(", ").value(id.clone()).push(")");
    }
    q.push(" ORDER BY s.text, s.person_id LIMIT ").value(limit);
    q.all().await
}

record! {
    /// What is known of a person beside his properties: whether he has which factor, never the factor.
    #[derive(Clone, Debug)]
    pub struct Standing {
        /// Whether there is a password.
        pub has_password: bool,
        /// Since when he is known.
        pub created_at: i64,
        /// When he was changed last.
        pub updated_at: i64,
        /// Sessions that live.
        pub sessions: i64,
        /// When everything personal was removed.
        pub erased_at: Option<i64>,
    }
}

/// What is known of a person.
pub async fn standing(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<Option<Standing>, DbError> {
    tx.q(sql!(
        "SELECT p.password IS NOT NULL AS has_password, p.created_at, p.updated_at, p.erased_at,
             (SELECT COUNT(*) FROM sessions s WHERE s.person_id = p.id AND s.ended_at IS NULL AND s.expires_at > $2) AS sessions
         FROM people p WHERE p.id = $1"
    ))
    .bind(id)
    .bind(now.0)
    .opt()
    .await
}
