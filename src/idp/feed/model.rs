//! Where the log stands, what proves which log someone has read, and how far those are who replicate it. Pure.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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

/// The digest over the log up to an entry: over the one before, the position, the time and the entry.
pub fn link(before: &str, position: i64, at: Timestamp, entry: &str) -> String {
    let mut digest = Context::new(&SHA256);
    for part in [before.as_bytes(), &position.to_be_bytes(), &at.0.to_be_bytes(), entry.as_bytes()] {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    URL_SAFE_NO_PAD.encode(digest.finish())
}

/// What a reader keeps to prove which log it has read: the epoch and the digest up to its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The epoch that it read.
    pub epoch: String,
    /// The digest; empty where the log kept none.
    pub digest: String,
}

impl Proof {
    /// Reads what [`Proof::text`] made.
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, digest) = text.rsplit_once('.')?;
        let plain = |t: &str| t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let sound =
            !epoch.is_empty() && epoch.len() <= 64 && plain(epoch) && (digest.is_empty() || digest.len() == 43) && plain(digest);
        sound.then(|| Self { epoch: epoch.to_owned(), digest: digest.to_owned() })
    }
    /// As on the wire.
    pub fn text(&self) -> String {
        format!("{}.{}", self.epoch, self.digest)
    }
}

/// What a poll says of the log that its sender has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Everything up to here it has.
    pub position: i64,
    /// Its proof, if it keeps one.
    pub proof: Option<Proof>,
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
    let named = cursor.proof.as_ref().map(|p| p.epoch.as_str()).or(known.map(|r| r.epoch.as_str()));
    if named.is_some_and(|epoch| epoch != head.epoch) {
        return Held::Before;
    }
    let digest = cursor.proof.as_ref().map_or("", |p| p.digest.as_str());
    let differs = !digest.is_empty() && !here.is_empty() && digest != here;
    if cursor.position > head.position || differs { Held::Restored } else { Held::Same }
}

/// Whether what a client acknowledges is worth a write: it moved, or nobody has seen it for a while.
pub fn is_news(known: Option<&Replica>, now: &Replica) -> bool {
    known.is_none_or(|k| k.epoch != now.epoch || k.position < now.position || k.seen_at + SEEN_EVERY <= now.seen_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica(epoch: &str, position: i64, seen_at: i64) -> Replica {
        Replica { client_id: "r".into(), epoch: epoch.into(), position, seen_at: Timestamp(seen_at) }
    }
    fn head() -> Head {
        Head { epoch: "e2".into(), position: 10 }
    }
    fn cursor(position: i64, proof: Option<&str>) -> Cursor {
        Cursor { position, proof: proof.map(|t| Proof::parse(t).unwrap()) }
    }

    /// case 42
    #[test]
    fn a_cursor_that_is_ahead_or_proves_another_log_shows_a_restore_and_one_of_an_epoch_before_does_not() {
        let (one, other) = (link("", 1, Timestamp(5), "{}"), link("", 1, Timestamp(6), "{}"));
        let of = |epoch: &str, digest: &str| format!("{epoch}.{digest}");
        assert_eq!(hold(&cursor(10, None), None, &head(), ""), Held::Same);
        assert_eq!(hold(&cursor(11, None), None, &head(), ""), Held::Restored);
        assert_eq!(hold(&cursor(11, None), Some(&replica("e1", 3, 0)), &head(), ""), Held::Before);
        assert_eq!(hold(&cursor(11, Some(&of("e1", &one))), None, &head(), &one), Held::Before);
        assert_eq!(hold(&cursor(5, Some(&of("e2", &one))), None, &head(), &one), Held::Same);
        assert_eq!(hold(&cursor(5, Some(&of("e2", &other))), None, &head(), &one), Held::Restored);
        // Entries from before the log kept digests prove nothing either way.
        assert_eq!(hold(&cursor(5, Some("e2.")), None, &head(), &one), Held::Same);
        assert_eq!(hold(&cursor(5, Some(&of("e2", &one))), None, &head(), ""), Held::Same);
    }

    #[test]
    fn a_proof_is_read_as_it_was_written_and_nothing_else_is() {
        let proof = Proof { epoch: "0189-a".into(), digest: link("", 1, Timestamp(5), "{}") };
        assert_eq!(Proof::parse(&proof.text()), Some(proof));
        for bad in ["", ".", "e", ".abc", "e.short", "e.\u{e9}", "a b."] {
            assert_eq!(Proof::parse(bad), None, "{bad:?}");
        }
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
    }

    #[test]
    fn a_digest_depends_on_everything_before() {
        let first = link("", 1, Timestamp(5), "a");
        assert_ne!(link(&first, 2, Timestamp(6), "b"), link("", 2, Timestamp(6), "b"));
        assert_ne!(link("", 1, Timestamp(5), "ab"), link("a", 1, Timestamp(5), "b"));
        assert_eq!(first, link("", 1, Timestamp(5), "a"));
    }
}
