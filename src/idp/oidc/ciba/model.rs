//! What a question is, and how many may be asked. Pure.

use std::time::Duration;

use super::super::polling::Question;
use crate::contract::Assurance;
use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;
use crate::record;

/// How long a question waits for its person where the application doesn't say.
pub const LIFE: Duration = Duration::from_secs(300);
/// Questions that one application may ask.
pub const BY_CLIENT: Limit = Limit { most: 600, window: Duration::from_secs(15 * 60) };
/// Questions that one person is asked, whoever asks: what comes beyond reaches nobody.
pub const OF_PERSON: Limit = Limit { most: 5, window: Duration::from_secs(15 * 60) };
/// Of them by one application.
pub const OF_PERSON_BY_CLIENT: Limit = Limit { most: 3, window: Duration::from_secs(15 * 60) };

record! {
    /// A question that waits, or was answered.
    #[derive(Clone, Debug)]
    pub struct Asking {
        /// Id.
        pub id: String,
        /// The application.
        pub client_id: String,
        /// Whom it is for; nobody that is known here, or that it reaches.
        pub person_id: Option<String>,
        /// Scopes.
        pub scope: String,
        /// Resource servers.
        pub resource: String,
        /// What else is asked for.
        pub details: Option<String>,
        /// Strengths that would do, separated by spaces.
        pub acr: String,
        /// What the application says, sealed.
        pub message: Option<String>,
        /// What it is told by that it may ask now, sealed; nothing when it asks by itself.
        pub notify: Option<String>,
        /// Seconds that it must wait between two questions for the answer.
        pub pause: i64,
        /// When it last asked.
        pub polled_at: Option<i64>,
        /// What it was given; nothing when it was refused.
        pub issue_id: Option<String>,
        /// When the person decided.
        pub decided_at: Option<i64>,
        /// When it took its tokens.
        pub used_at: Option<i64>,
        /// Since when it waits.
        pub created_at: i64,
        /// Until when.
        pub expires_at: i64,
    }
}

impl Asking {
    /// How it stands.
    pub fn question(&self) -> Question<'_> {
        Question {
            issue_id: self.issue_id.as_deref(),
            decided_at: self.decided_at,
            used_at: self.used_at,
            polled_at: self.polled_at,
            pause: self.pause,
            expires_at: self.expires_at,
        }
    }

    /// Whether the person may still decide.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.question().waits(now)
    }

    /// The strengths that would do.
    pub fn strengths(&self) -> Vec<Assurance> {
        self.acr.split(' ').filter_map(Assurance::from_acr).collect()
    }

    /// Where its sealed values belong.
    pub fn place(id: &str) -> String {
        format!("backchannel_requests/{id}")
    }
}
