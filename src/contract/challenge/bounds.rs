//! What a request may hold at most, checked by the provider and, before it asks, by the record store.

use secrecy::ExposeSecret;

use super::{ConfirmRequest, CreateChallenge};
use crate::kernel::delivery::Channel;

/// A field whose value doesn't fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Which, such as `code.length`.
    pub field: &'static str,
    /// What it takes instead.
    pub reason: &'static str,
}

/// Collects what doesn't fit.
struct Check(Vec<FieldError>);

impl Check {
    fn that(&mut self, fits: bool, field: &'static str, reason: &'static str) {
        if !fits {
            self.0.push(FieldError { field, reason });
        }
    }
    fn done(self) -> Result<(), Vec<FieldError>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// Whether a text can be an id: it also stands in addresses.
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// SHA-256 as base64url.
fn is_digest(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// One line of a message. Line breaks would let a value write lines of its own.
fn is_line(text: &str) -> bool {
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(breaks)
}

fn is_address(channel: Channel, address: &str) -> bool {
    match channel {
        Channel::Mail => {
            let (user, domain) = address.rsplit_once('@').unwrap_or_default();
            !user.is_empty()
                && !domain.is_empty()
                && address.len() <= 254
                && !address.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'))
        }
        Channel::Sms => {
            address.strip_prefix('+').is_some_and(|d| (7..=15).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
        }
    }
}

const ID: &str = "1 to 64 characters of A-Z, a-z, 0-9, _ and -";
const LINE: &str = "1 to 200 characters on one line";
const WINDOW: &str = "60 to 604800 seconds, or absent";

impl CreateChallenge {
    /// Whether every field is within its bounds; otherwise all that aren't.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut c = Check(vec![]);
        c.that(is_id(&self.pending), "pending", ID);
        let key = &self.rule.key;
        c.that(is_id(key), "rule.key", ID);
        c.that(is_id(&self.actor), "actor", ID);
        c.that(is_id(&self.issue), "issue", ID);
        c.that(is_id(&self.record.id), "record.id", ID);
        c.that((1..=200).contains(&self.changes.len()), "changes", "1 to 200 digests");
        let mut sorted = self.changes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        c.that(sorted.len() == self.changes.len(), "changes", "each digest once");
        c.that(self.changes.iter().all(|d| is_digest(d)), "changes", "each SHA-256 as base64url");
        c.that(is_digest(&self.digest), "digest", "SHA-256 as base64url");
        let address = is_address(self.recipient.channel, &self.recipient.address);
        c.that(address, "recipient.address", "an address of the channel: user@domain, or + and 7 to 15 digits");
        c.that(["en", "nl", "pl", "tr"].contains(&self.language.as_str()), "language", "en, nl, pl or tr");
        c.that(is_line(&self.message.person), "message.person", LINE);
        c.that(is_line(&self.message.record), "message.record", LINE);
        c.that(is_line(&self.message.field), "message.field", LINE);
        c.that(is_line(&self.message.value), "message.value", LINE);
        c.that((4..=12).contains(&self.code.length), "code.length", "4 to 12");
        c.that((30..=86_400).contains(&self.code.validity_seconds), "code.validity_seconds", "30 to 86400");
        let l = &self.limits;
        let window = |w: Option<u32>| w.is_none_or(|w| (60..=604_800).contains(&w));
        c.that((1..=20).contains(&l.max_attempts), "limits.max_attempts", "1 to 20");
        c.that(window(l.attempts_window_seconds), "limits.attempts_window_seconds", WINDOW);
        c.that((1..=1000).contains(&l.lifetime_attempts), "limits.lifetime_attempts", "1 to 1000");
        c.that(l.max_resends <= 20, "limits.max_resends", "0 to 20");
        c.that(window(l.resends_window_seconds), "limits.resends_window_seconds", WINDOW);
        c.that(l.resend_pause_seconds <= 3600, "limits.resend_pause_seconds", "0 to 3600");
        c.done()
    }
}

impl ConfirmRequest {
    /// Whether every field is within its bounds; otherwise all that aren't.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut c = Check(vec![]);
        c.that(is_id(&self.attempt), "attempt", ID);
        c.that(is_id(&self.issue), "issue", ID);
        c.that(self.code.expose_secret().len() <= 64, "code", "at most 64 bytes");
        c.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_lines_that_would_write_more_than_themselves_are_refused() {
        for (channel, address) in [
            (Channel::Mail, "a@b, c@d"),
            (Channel::Mail, "a@b\r\nBcc: c@d"),
            (Channel::Mail, "daan"),
            (Channel::Mail, "@example.com"),
            (Channel::Sms, "0612345642"),
            (Channel::Sms, "+31 6 12345642"),
            (Channel::Sms, "+31612345642123456"),
        ] {
            assert!(!is_address(channel, address), "{address}");
        }
        assert!(is_address(Channel::Mail, "patricia@example.com") && is_address(Channel::Sms, "+31612345642"));
        for line in ["", "  ", "a\nb", "a\u{2028}b", "a\u{202e}b", &"x".repeat(201)] {
            assert!(!is_line(line), "{line:?}");
        }
        assert!(is_line("Delivery D-2038 — “Łódź”"));
    }
}
