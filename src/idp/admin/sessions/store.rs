//! SQL of sessions as administrators see them.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Sql, Tx};
use crate::record;

record! {
    /// A session that lives.
    #[derive(Clone, Debug)]
    pub struct SessionRow {
        /// Its id.
        pub id: String,
        /// Whose.
        pub person_id: String,
        /// What he is called.
        pub name: String,
        /// How strongly he signed in.
        pub acr: String,
        /// When.
        pub auth_at: i64,
        /// Until when it counts.
        pub expires_at: i64,
        /// From which address.
        pub ip: String,
        /// With which browser.
        pub user_agent: String,
    }
}

/// Up to `limit` sessions that live, the latest first, after a place.
pub async fn list(
    tx: &mut Tx<'_>,
    person: Option<&str>,
    after: Option<&(i64, String)>,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<SessionRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT s.id, s.person_id, p.name, s.acr, s.auth_at, s.expires_at, s.ip, s.user_agent FROM sessions s");
    q.push(" JOIN people p ON p.id = s.person_id WHERE s.ended_at IS NULL AND s.expires_at > ").value(now.0);
    if let Some(person) = person {
        q.push(" AND s.person_id = ").value(person.to_owned());
    }
    if let Some((at, id)) = after {
        q.push(" AND (s.auth_at, s.id) < (").value(*at).push(", ").value(id.clone()).push(")");
    }
    q.push(" ORDER BY s.auth_at DESC, s.id DESC LIMIT ").value(limit);
    q.all().await
}
