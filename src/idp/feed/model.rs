//! Where the log stands, how far those are who replicate it, and what a cursor says about the log that it is of. Pure.

use std::time::Duration;

use crate::kernel::clock::Timestamp;

/// A replica that nobody has seen for this long is no longer waited for. It answers nobody by then: tokens that it could
/// still take have expired many times over.
pub const REMEMBERED: Duration = Duration::from_secs(3600);
/// A replica that has not asked for this long is behind, and waiting for it is no use.
pub const SILENT: Duration = Duration::from_secs(20);
/// How often it is written that a replica was seen, when nothing else is to be written of it.
pub const SEEN_EVERY: Duration = Duration::from_secs(10);

/// The last position of a log, and which log that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its epoch: positions of different epochs can't be compared.
    pub epoch: String,
    /// The last position.
    pub position: i64,
    /// Which revision the signing keys had then (`keyring`).
    pub keys: i64,
    /// Which revision everything had then that an issue rests on (`oidc::grounds`).
    pub grounds: i64,
}

/// How far a client is known to have the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The client.
    pub client_id: String,
    /// Of which epoch its position is.
    pub epoch: String,
    /// Everything up to here it has said to have.
    pub position: i64,
    /// When it last asked, at least.
    pub seen_at: Timestamp,
}

impl Replica {
    /// What it has said by this and by what came after it. Within an epoch it never goes back.
    pub fn and(self, later: Self) -> Self {
        if self.epoch != later.epoch {
            return later;
        }
        Self { position: self.position.max(later.position), seen_at: self.seen_at.max(later.seen_at), ..later }
    }
}

/// What a poll says of the log that its sender has read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Everything up to here it has.
    pub position: i64,
    /// Of which epoch; none where it doesn't say.
    pub epoch: Option<String>,
    /// The digest over the log up to there; none where it doesn't say.
    pub chain: Option<String>,
}

/// Whether a text can be an epoch or a digest.
pub fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// What a cursor comes to, held against the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It has read this log up to its position.
    Same,
    /// It has read the log of an epoch before, and learns of the new one by the answer.
    Before,
    /// It has read more than there is, or something else: this log was restored from an older copy.
    Restored,
}

/// Holds a cursor against the log. `known` is what was last written of the client; `here` the digest at its position, empty
/// where there is none.
pub fn hold(cursor: &Cursor, known: Option<&Replica>, head: &Head, here: &str) -> Held {
    // Who has read nothing has read the beginning of whatever log there is.
    let said = cursor.epoch.as_deref().or(known.map(|r| r.epoch.as_str()).filter(|_| cursor.position > 0));
    if said.is_some_and(|epoch| epoch != head.epoch) {
        return Held::Before;
    }
    let digest = cursor.chain.as_deref().unwrap_or_default();
    let differs = !digest.is_empty() && !here.is_empty() && digest != here;
    if cursor.position > head.position || differs { Held::Restored } else { Held::Same }
}

/// Whether what a client acknowledges is worth a write: it moved, or nobody has seen it for a while.
pub fn is_news(known: Option<&Replica>, now: &Replica) -> bool {
    known.is_none_or(|k| k.epoch != now.epoch || k.position < now.position || k.seen_at + SEEN_EVERY <= now.seen_at)
}

/// Whether that must be written before the answer: nobody would wait for a replica that is not known, or not any longer,
/// while it already has what it was answered.
pub fn is_stranger(known: Option<&Replica>, now: &Replica) -> bool {
    known.is_none_or(|k| k.epoch != now.epoch || k.seen_at + REMEMBERED / 2 <= now.seen_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica(epoch: &str, position: i64, seen_at: i64) -> Replica {
        Replica { client_id: "r".into(), epoch: epoch.into(), position, seen_at: Timestamp(seen_at) }
    }
    fn head() -> Head {
        Head { epoch: "e2".into(), position: 10, keys: 0, grounds: 0 }
    }
    fn cursor(position: i64, epoch: &str, chain: &str) -> Cursor {
        let said = |t: &str| (!t.is_empty()).then(|| t.to_owned());
        Cursor { position, epoch: said(epoch), chain: said(chain) }
    }

    /// case 42
    #[test]
    fn a_cursor_that_is_ahead_or_proves_another_log_shows_a_restore_and_one_of_an_epoch_before_does_not() {
        let known = replica("e1", 3, 0);
        assert_eq!(hold(&cursor(10, "", ""), None, &head(), ""), Held::Same);
        assert_eq!(hold(&cursor(11, "", ""), None, &head(), ""), Held::Restored);
        assert_eq!(hold(&cursor(11, "e2", ""), Some(&known), &head(), ""), Held::Restored);
        assert_eq!(hold(&cursor(11, "", ""), Some(&known), &head(), ""), Held::Before);
        assert_eq!(hold(&cursor(11, "e1", "x"), None, &head(), ""), Held::Before);
        assert_eq!(hold(&cursor(0, "", ""), Some(&known), &head(), ""), Held::Same, "it begins");
        assert_eq!(hold(&cursor(5, "e2", "x"), None, &head(), "x"), Held::Same);
        assert_eq!(hold(&cursor(5, "e2", "x"), None, &head(), "y"), Held::Restored);
        assert_eq!(hold(&cursor(5, "", "x"), None, &head(), "y"), Held::Restored);
        // Entries from before the log kept digests prove nothing either way.
        assert_eq!(hold(&cursor(5, "e2", ""), None, &head(), "y"), Held::Same);
        assert_eq!(hold(&cursor(5, "e2", "x"), None, &head(), ""), Held::Same);
    }

    #[test]
    fn what_a_replica_says_is_written_when_it_moved_or_was_not_seen_for_a_while() {
        let before = replica("e2", 5, 0);
        assert!(is_news(None, &before));
        assert!(!is_news(Some(&before), &replica("e2", 5, 9_999)));
        assert!(is_news(Some(&before), &replica("e2", 5, 10_000)));
        assert!(is_news(Some(&before), &replica("e2", 6, 1)));
        assert!(!is_news(Some(&before), &replica("e2", 4, 1)));
        assert!(is_news(Some(&before), &replica("e3", 1, 1)));
        assert!(is_stranger(None, &before) && is_stranger(Some(&before), &replica("e3", 5, 1)));
        assert!(!is_stranger(Some(&before), &replica("e2", 6, 20_000)));
        assert!(is_stranger(Some(&before), &replica("e2", 5, 1_800_000)), "before it is forgotten");
    }
}
