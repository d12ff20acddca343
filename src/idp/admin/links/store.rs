//! SQL of links as administrators see them.

use crate::kernel::db::{DbError, Sql, Tx};
use crate::record;

record! {
    /// A link in a list.
    #[derive(Clone, Debug)]
    pub struct LinkRow {
        /// Its id.
        pub id: String,
        /// When it was made.
        pub made_at: i64,
        /// What whom it is for is called; nothing for everyone.
        pub whom: Option<String>,
    }
}

/// Up to `limit` links, the latest first, after a place.
pub async fn list(tx: &mut Tx<'_>, after: Option<&(i64, String)>, limit: i64) -> Result<Vec<LinkRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT l.id, l.made_at, COALESCE(p.email, g.name, r.name) AS whom FROM web_links l");
    q.push(" LEFT JOIN people p ON l.audience_kind = 'person' AND p.id = l.audience_id");
    q.push(" LEFT JOIN groups g ON l.audience_kind = 'group' AND g.id = l.audience_id");
    q.push(" LEFT JOIN relations r ON l.audience_kind = 'relation' AND r.id = l.audience_id WHERE 1 = 1");
    if let Some((at, id)) = after {
        q.push(" AND (l.made_at, l.id) < (").value(*at).push(", ").value(id.clone()).push(")");
    }
    q.push(" ORDER BY l.made_at DESC, l.id DESC LIMIT ").value(limit);
    q.all().await
}
