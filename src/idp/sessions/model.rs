//! What a session is.

use std::time::Duration;

use crate::contract::Assurance;
use crate::idp::signin::factors::Results;
use crate::kernel::clock::Timestamp;

/// How long after a factor was shown someone may change what his account stands on (security case 21).
pub const FRESH: Duration = Duration::from_secs(5 * 60);

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The claim `sid`. Not the cookie's value, which is stored as a hash.
    pub id: String,
    /// Who.
    pub person_id: String,
    /// How strongly.
    pub assurance: Assurance,
    /// By which methods (`amr`).
    pub amr: Vec<String>,
    /// When.
    pub auth_at: Timestamp,
    /// When a factor was last shown in it.
    pub fresh_at: Timestamp,
    /// Until when, if nobody ends it before.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// What `results` begin; nothing when they begin no session. Strength, methods and times come from them alone.
    pub fn begun(id: String, person_id: String, results: &Results, expires_at: Timestamp) -> Option<Self> {
        Some(Self {
            id,
            person_id,
            assurance: results.strength()?,
            amr: results.amr().into_iter().map(str::to_owned).collect(),
            auth_at: results.begun_at()?,
            fresh_at: results.newest()?,
            expires_at,
            ended_at: None,
        })
    }

    /// Whether it counts at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }

    /// Whether a factor was shown in it so lately that its person may change what his account stands on.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.fresh_at + FRESH > now
    }
}
