//! SQL of invitations as administrators see them.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Sql, Tx};
use crate::record;

record! {
    /// An invitation in a list.
    #[derive(Clone, Debug)]
    pub struct InvitationRow {
        /// Its id.
        pub id: String,
        /// What the person is called.
        pub name: String,
        /// The address that the link went to.
        pub email: String,
        /// The relation, by id.
        pub relation_id: String,
        /// What that is called.
        pub relation: String,
        /// What accepting gives, 1 to 4.
        pub level: i64,
        /// When it was made.
        pub made_at: i64,
        /// Until when the link works.
        pub expires_at: i64,
        /// When it was accepted.
        pub accepted_at: Option<i64>,
        /// When it was taken back.
        pub revoked_at: Option<i64>,
    }
}

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its link works.
    Open,
    /// It was accepted.
    Accepted,
    /// Its link has lapsed.
    Expired,
    /// It was taken back.
    Revoked,
}

impl State {
    /// All.
    pub const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Expired, Self::Revoked];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }
}

impl InvitationRow {
    /// How it stands at `now`.
    pub const fn state(&self, now: Timestamp) -> State {
        match (self.revoked_at, self.accepted_at) {
            (Some(_), _) => State::Revoked,
            (None, Some(_)) => State::Accepted,
            (None, None) if self.expires_at > now.0 => State::Open,
            (None, None) => State::Expired,
        }
    }
}

/// Up to `limit` invitations, the latest first, after a place.
pub async fn list(
    tx: &mut Tx<'_>,
    state: Option<State>,
    after: Option<&(i64, String)>,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<InvitationRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT i.id, i.name, i.email, i.relation_id, r.name AS relation, i.level, i.made_at, i.expires_at, i.accepted_at, i.revoked_at");
    q.push(" FROM invitations i JOIN relations r ON r.id = i.relation_id WHERE 1 = 1");
    match state {
        None => {}
        Some(State::Revoked) => {
            q.push(" AND i.revoked_at IS NOT NULL");
        }
        Some(State::Accepted) => {
            q.push(" AND i.revoked_at IS NULL AND i.accepted_at IS NOT NULL");
        }
        Some(State::Open) => {
            q.push(" AND i.revoked_at IS NULL AND i.accepted_at IS NULL AND i.expires_at > ").value(now.0);
        }
        Some(State::Expired) => {
            q.push(" AND i.revoked_at IS NULL AND i.accepted_at IS NULL AND i.expires_at <= ").value(now.0);
        }
    }
    if let Some((at, id)) = after {
        q.push(" AND (i.made_at, i.id) < (").value(*at).push(", ").value(id.clone()).push(")");
    }
    q.push(" ORDER BY i.made_at DESC, i.id DESC LIMIT ").value(limit);
    q.all().await
}
