//! What a challenge is, where it stands at a moment, and which code belongs to it. Pure: what counts tries and writes is
//! the store's conditional statement, and this only says what to bind there and what to tell the client.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::contract::challenge::{
    ChallengeState, Channel, CodeKind, CodeSpec, CreateChallenge, DeliveryState, Limits, MessageTexts, ResendMode, State,
    VoidReason,
};
use crate::contract::receipt::{Concealed, Confirmation, Evidence, RecordRef, RuleRef};
use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;
use crate::kernel::root::{DIGITS, Purpose, RootError, RootKey, same};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Messages to one recipient in a day, over all rules and records (V16).
pub const PER_RECIPIENT: Limit = Limit { most: 30, window: DAY };
/// Messages that one person causes in a day.
pub const PER_ACTOR: Limit = Limit { most: 300, window: DAY };
/// Messages that one rule causes in a day.
pub const PER_RULE: Limit = Limit { most: 5_000, window: DAY };
/// How long the address and the message's text are kept.
pub const KEEP_MESSAGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Letters that are not taken for a digit or for each other, read or heard badly: no B, I, L, O, Q, S, U, Z.
const LETTERS: &[u8] = b"ACDEFGHJKMNPRTVWXY";
/// The same and the digits that are left: no 0, 1, 2, 5, 8.
const LETTERS_AND_DIGITS: &[u8] = b"ACDEFGHJKMNPRTVWXY34679";

/// What was asked for and never changes, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What the code looks like.
    pub code: CodeSpec,
    /// How often it may be tried and sent.
    pub limits: Limits,
}

/// What has been recorded of a challenge; the rest follows from times and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A code may come.
    Open,
    /// A right one came.
    Confirmed,
    /// Given up.
    Void,
    /// Applied.
    Applied,
}

impl Phase {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Void => "void",
            Self::Applied => "applied",
        }
    }
    /// From what was stored.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Confirmed, Self::Void, Self::Applied].into_iter().find(|p| p.as_str() == name)
    }
}

/// A challenge as stored.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub client_id: String,
    /// The pending change.
    pub pending: String,
    /// The rule.
    pub rule: RuleRef,
    /// Keyed hash of the request that made it.
    pub body_hash: String,
    /// Who makes the change.
    pub actor: String,
    /// The record.
    pub record: RecordRef,
    /// The digests of the changed fields.
    pub changes: Vec<String>,
    /// The digest of the whole change.
    pub digest: String,
    /// How the code travels.
    pub channel: Channel,
    /// The message's language.
    pub language: String,
    /// Address and texts, sealed; gone after [`KEEP_MESSAGE`].
    pub message: Option<String>,
    /// The masked recipient with its salt, sealed; gone when it is erased.
    pub recipient: Option<String>,
    /// The digest of the masked recipient's disclosure.
    pub recipient_digest: String,
    /// What never changes.
    pub terms: Terms,
    /// What has been recorded.
    pub phase: Phase,
    /// Which code counts.
    pub generation: i64,
    /// Tries in the present window.
    pub attempts: i64,
    /// When that window began.
    pub attempts_since: Timestamp,
    /// Resends in the present window.
    pub resends: i64,
    /// When that window began.
    pub resends_since: Timestamp,
    /// Messages so far.
    pub sends: i64,
    /// When the latest was asked for.
    pub asked_at: Timestamp,
    /// From when on the code doesn't count.
    pub expires_at: Timestamp,
    /// When the latest message was taken.
    pub sent_at: Option<Timestamp>,
    /// What became of it.
    pub delivery: DeliveryState,
    /// When a right code came.
    pub confirmed_at: Option<Timestamp>,
    /// The receipt.
    pub receipt: Option<String>,
    /// Why it was given up.
    pub void_reason: Option<VoidReason>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The count that no window resets (V3).
    pub lifetime: String,
}

/// Where wrong codes are counted for ever: per record, rule and person; for a record that the change makes, per module,
/// rule, person and recipient, by a keyed hash of the address. No id has a `+` in it.
pub fn lifetime_bucket(root: &RootKey, client: &str, body: &CreateChallenge) -> Result<String, RootError> {
    let (module, rule, actor) = (&body.record.module, &body.rule.key, &body.actor);
    if !body.creates {
        return Ok(format!("{client}/{module}/{}/{rule}/{actor}", body.record.id));
    }
    let to = root.token_hash("challenge-recipient", &body.recipient.address.to_lowercase())?;
    Ok(format!("{client}/{module}/+/{rule}/{actor}/{to}"))
}

/// What is sealed under `message`.
#[derive(Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// What it says beside the code.
    pub texts: MessageTexts,
}

/// What is sealed under `recipient`.
#[derive(Serialize, Deserialize)]
pub struct Masked {
    /// The address, masked.
    pub to: String,
    /// The disclosure of it, encoded.
    pub disclosure: String,
}

/// The moment before which a window that began has ended; none ever, without a window.
pub fn cutoff(window: Option<u32>, now: Timestamp) -> Timestamp {
    window.map_or(Timestamp(i64::MIN), |w| now - seconds(w))
}

fn seconds(n: u32) -> Duration {
    Duration::from_secs(u64::from(n))
}

fn small(n: i64) -> u16 {
    u16::try_from(n.max(0)).unwrap_or(u16::MAX)
}

impl Challenge {
    /// Tries left at `now`, when `lifetime` wrong ones were counted over all challenges like this.
    pub fn attempts_left(&self, lifetime: i64, now: Timestamp) -> u16 {
        let l = &self.terms.limits;
        let used = if self.attempts_since <= cutoff(l.attempts_window_seconds, now) { 0 } else { self.attempts };
        small((i64::from(l.max_attempts) - used).min(i64::from(l.lifetime_attempts) - lifetime))
    }

    /// When there will be tries again, while there are none.
    fn attempts_at(&self, lifetime: i64) -> Option<Timestamp> {
        let l = &self.terms.limits;
        let ever = lifetime < i64::from(l.lifetime_attempts);
        l.attempts_window_seconds.filter(|_| ever).map(|w| self.attempts_since + seconds(w))
    }

    /// From when on it can be sent again; nothing when it never can.
    pub fn resend_at(&self, lifetime: i64, now: Timestamp) -> Option<Timestamp> {
        let l = &self.terms.limits;
        let pause = self.asked_at + seconds(l.resend_pause_seconds);
        let tries = self.attempts_left(lifetime, now) > 0 || self.attempts_at(lifetime).is_some();
        if self.phase != Phase::Open || self.message.is_none() || !tries || l.max_resends == 0 {
            return None;
        }
        let at = match l.resends_window_seconds {
            _ if self.resends_left(now) > 0 => pause,
            Some(w) => pause.max(self.resends_since + seconds(w)),
            None => return None,
        };
        // The same code again is of use only while it counts.
        (l.resend_mode == ResendMode::New || at.max(now) < self.expires_at).then_some(at)
    }

    fn resends_left(&self, now: Timestamp) -> u16 {
        let l = &self.terms.limits;
        let used = if self.resends_since <= cutoff(l.resends_window_seconds, now) { 0 } else { self.resends };
        small(i64::from(l.max_resends) - used)
    }

    fn state(&self, left: u16, now: Timestamp) -> State {
        match self.phase {
            Phase::Confirmed => State::Confirmed,
            Phase::Void => State::Void,
            Phase::Applied => State::Applied,
            Phase::Open if left == 0 => State::Exhausted,
            Phase::Open if now >= self.expires_at => State::Expired,
            Phase::Open if self.sent_at.is_some() => State::Sent,
            Phase::Open => State::Waiting,
        }
    }

    /// The confirmation, once there is one.
    pub fn confirmation(&self) -> Option<Confirmation> {
        Some(Confirmation {
            rule: self.rule.clone(),
            challenge: self.id.clone(),
            channel: self.channel.as_str().to_owned(),
            at: self.confirmed_at?,
            evidence: Evidence::CodeRelayed,
            recipient: Concealed::of([self.recipient_digest.clone()]),
        })
    }

    /// As its client sees it. `masked` is empty once it was erased.
    pub fn view(&self, masked: String, lifetime: i64, now: Timestamp) -> ChallengeState {
        let left = self.attempts_left(lifetime, now);
        let open = self.phase == Phase::Open;
        ChallengeState {
            id: self.id.clone(),
            pending: self.pending.clone(),
            rule: self.rule.clone(),
            state: self.state(left, now),
            channel: self.channel,
            recipient: masked,
            created_at: self.created_at,
            sent_at: self.sent_at,
            expires_at: self.expires_at,
            attempts_left: if open { left } else { 0 },
            attempts_at: self.attempts_at(lifetime).filter(|_| open && left == 0),
            resends_left: if open { self.resends_left(now) } else { 0 },
            resend_at: self.resend_at(lifetime, now),
            delivery: self.delivery,
            confirmation: self.confirmation(),
            receipt: self.receipt.clone(),
            void_reason: self.void_reason,
        }
    }

    /// Where its message is sealed.
    pub fn message_place(id: &str) -> String {
        format!("challenges/{id}/message")
    }
    /// Where its masked recipient is sealed.
    pub fn recipient_place(id: &str) -> String {
        format!("challenges/{id}/recipient")
    }
}

/// The code of a challenge's generation: derived, kept nowhere.
pub fn code(root: &RootKey, id: &str, generation: i64, spec: CodeSpec) -> Result<SecretString, RootError> {
    let alphabet = match spec.kind {
        CodeKind::Numeric => DIGITS,
        CodeKind::Alphabetic => LETTERS,
        CodeKind::Alphanumeric => LETTERS_AND_DIGITS,
    };
    root.code(Purpose::ChallengeCode, &[id.as_bytes(), &generation.to_be_bytes()], alphabet, usize::from(spec.length))
}

/// Whether `given` is that code. Spaces and dashes are how people group characters; the case of letters is not said aloud.
pub fn is_code(code: &SecretString, given: &SecretString) -> bool {
    let grouping = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}');
    let given: SecretString = given.expose_secret().chars().filter(grouping).collect::<String>().to_ascii_uppercase().into();
    same(code.expose_secret(), given.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::entropy::SeededEntropy;

    /// V2: no look-alikes, leading zeros kept, case and grouping don't matter.
    #[test]
    fn a_code_is_recognised_however_it_is_grouped_and_only_as_itself() {
        let root = RootKey::random(&SeededEntropy::new(1));
        let mut zeros = 0;
        for i in 0..300 {
            for (kind, length) in [(CodeKind::Numeric, 4), (CodeKind::Alphabetic, 8), (CodeKind::Alphanumeric, 12)] {
                let right = code(&root, "c", i, CodeSpec { kind, length, validity_seconds: 300 }).unwrap();
                let text = right.expose_secret();
                assert_eq!(text.len(), usize::from(length));
                if kind == CodeKind::Numeric && text.starts_with('0') {
                    zeros += 1;
                    assert!(!is_code(&right, &text.trim_start_matches('0').into()));
                }
                assert!(kind == CodeKind::Numeric || !text.contains(['0', '1', '2', '5', '8', 'O', 'I', 'L', 'S', 'B', 'Z']));
                let (a, b) = text.split_at(2);
                assert!(is_code(&right, &format!(" {}-{} ", a.to_lowercase(), b).into()));
                assert!(
                    !is_code(&right, &format!("{text}0").into()) && !is_code(&right, &a.into()) && !is_code(&right, &"".into())
                );
            }
        }
        assert!(zeros > 10, "{zeros}");
    }
}
