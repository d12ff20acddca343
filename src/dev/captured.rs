//! The messages that were taken: a bounded list, newest first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use crate::kernel::clock::Clock;
use crate::kernel::delivery::Channel;

/// The oldest go when there are more.
const MOST: usize = 1_000;

/// One message as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Counts from 1.
    pub id: String,
    /// When it arrived, RFC 3339.
    pub at: String,
    /// By which channel.
    pub channel: Channel,
    /// Whom it was for: one recipient of the envelope, or a number.
    pub to: String,
    /// Empty for an SMS.
    pub subject: String,
    /// The plain text.
    pub text: String,
}

/// Where the sink and the stub gateway put what they take. Cheap to clone.
#[derive(Clone)]
pub struct Captured(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    kept: Mutex<VecDeque<Kept>>,
    count: watch::Sender<u64>,
}

impl Captured {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { clock, kept: Mutex::default(), count: watch::Sender::new(0) }))
    }

    /// Adds one; its id.
    pub(super) fn push(&self, channel: Channel, to: &str, subject: &str, text: &str) -> String {
        let at = self.0.clock.now().rfc3339();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let n = *self.0.count.borrow() + 1;
        kept.push_front(Kept { id: n.to_string(), at, channel, to: to.into(), subject: subject.into(), text: text.into() });
        kept.truncate(MOST);
        self.0.count.send_replace(n);
        n.to_string()
    }

    /// All that are kept, newest first.
    pub fn list(&self) -> Vec<Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// How many ever arrived.
    pub fn count(&self) -> u64 {
        *self.0.count.borrow()
    }

    /// Returns when at least `n` have arrived since the start.
    pub async fn arrived(&self, n: u64) {
        // The sender lives as long as `self`, so this can't fail.
        let _ = self.0.count.subscribe().wait_for(|count| *count >= n).await;
    }
}
