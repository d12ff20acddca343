//! What becomes of a question that a client asks again and again until a person has decided (RFC 8628, section 3.5; CIBA,
//! section 11). Pure.

use crate::kernel::clock::Timestamp;

/// Seconds between two questions, at first; so many more each time that one comes too soon.
pub const PAUSE: i64 = 5;

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nobody has decided yet.
    Pending,
    /// The same, and it asks too often.
    SlowDown,
    /// Someone said no.
    Refused,
    /// Nobody came.
    Expired,
    /// This is its.
    Given(String),
    /// It was given before.
    Used(String),
}

/// A question as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What was given; nothing when it was refused.
    pub issue_id: Option<&'a str>,
    /// When someone decided.
    pub decided_at: Option<i64>,
    /// When the tokens were taken.
    pub used_at: Option<i64>,
    /// When the client last asked.
    pub polled_at: Option<i64>,
    /// Seconds that it must wait between two questions.
    pub pause: i64,
    /// Until when it waits.
    pub expires_at: i64,
}

impl Question<'_> {
    /// What asking at `now` comes to.
    pub fn answer(&self, now: Timestamp) -> Answer {
        match (self.issue_id, self.decided_at, self.used_at) {
            (Some(issue), Some(_), Some(_)) => return Answer::Used(issue.to_owned()),
            (Some(issue), Some(_), None) if self.expires_at > now.0 => return Answer::Given(issue.to_owned()),
            (None, Some(_), _) => return Answer::Refused,
            _ => {}
        }
        // A second less than it was told, since its clock and the way here differ.
        let soon = |at: i64| at.saturating_add(self.pause.saturating_sub(1).saturating_mul(1000)) > now.0;
        match self.expires_at > now.0 {
            false => Answer::Expired,
            true if self.polled_at.is_some_and(soon) => Answer::SlowDown,
            true => Answer::Pending,
        }
    }

    /// Whether someone may still decide.
    pub const fn waits(&self, now: Timestamp) -> bool {
        self.decided_at.is_none() && self.expires_at > now.0
    }
}
