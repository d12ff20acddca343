//! What a session is.

use crate::contract::Assurance;
use crate::kernel::clock::Timestamp;

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The claim `sid`. Not the cookie's value, which is stored as a hash.
    pub id: String,
    /// Who.
    pub person_id: String,
    /// How strongly.
    pub assurance: Assurance,
    /// When.
    pub auth_at: Timestamp,
    /// Until when, if nobody ends it before.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Whether it counts at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}
