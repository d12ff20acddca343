//! Challenges on the wire: how a record store asks the provider to have a change confirmed, passes the code on, and reports
//! what became of the change. Owns the JSON of `/api/challenges` and `/api/pending` and its bounds; does not own the states'
//! transitions (the provider's), nor what a change is (the record store's).
//!
//! All of it is called with the client's own token (client credentials) of scope [`SCOPE`]. Errors are problem details.
//!
//! | call | takes | answers |
//! |---|---|---|
//! | `POST /api/challenges` | [`CreateChallenge`] | 201 [`ChallengeState`]; 200 when it was there; 422 `idempotency_mismatch` for another body; 403 for an actor who may not; 429 with `Retry-After` |
//! | `GET /api/challenges/{id}` | | [`ChallengeState`] |
//! | `POST /api/challenges/{id}/resend` | | 202 [`ChallengeState`]; refused: 429 with `Retry-After`, 410 when there is no next one, 409 when nothing waits; each with the member `challenge` |
//! | `POST /api/challenges/{id}/confirm` | [`ConfirmRequest`] | [`ConfirmAnswer`], whatever the outcome |
//! | `POST /api/challenges/{id}/void` | [`VoidRequest`] | [`ChallengeState`]; 409 once it is applied |
//! | `GET /api/pending/{pending}` | | [`PendingState`] |
//! | `POST /api/pending/{pending}/report` | [`Report`] | [`ReportAnswer`]; 409 when it contradicts what is known |
//! | `GET /api/receipts/{id}` | | [`ReceiptAnswer`] |

mod bounds;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use super::receipt::{Confirmation, RecordRef, RuleRef};
use crate::kernel::clock::Timestamp;
pub use crate::kernel::delivery::Channel;
use crate::kernel::delivery::mask_address;
pub use bounds::FieldError;

/// The scope of a client that may ask for challenges.
pub const SCOPE: &str = "challenges";

/// Asks for one confirmation by one rule. Idempotent by (client, `pending`, `rule.key`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateChallenge {
    /// The pending change's id at the record store: 1 to 64 characters of `A-Za-z0-9_-`.
    pub pending: String,
    /// The code rule that asks.
    pub rule: RuleRef,
    /// Who makes the change: `sub` of the token that he sent.
    pub actor: String,
    /// The claim `issue` of that token; it must stand, and be the actor's with this client.
    pub issue: String,
    /// Whether the change makes the record. Then wrong codes are counted per module, rule, actor and recipient: the id of a
    /// record that is not there yet is another one each time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub creates: bool,
    /// The record; its id has 1 to 64 characters of `A-Za-z0-9_-`.
    pub record: RecordRef,
    /// The digest of each changed field's disclosure ([`super::receipt::conceal_change`]), 1 to 200 of them.
    pub changes: Vec<String>,
    /// One digest over the whole pending change: record, version, changes, actor, rule versions. The report repeats it.
    pub digest: String,
    /// Where the code goes.
    pub recipient: Recipient,
    /// The message's language: `en`, `nl`, `pl` or `tr`.
    pub language: String,
    /// What the message says beside the code.
    pub message: MessageTexts,
    /// What the code looks like and how long it counts.
    pub code: CodeSpec,
    /// How often it may be tried and sent.
    pub limits: Limits,
}

/// A contact point, frozen in the challenge.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// `mail` or `sms`.
    pub channel: Channel,
    /// A mail address, or a telephone number in international form (`+31612345642`).
    pub address: String,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recipient({} {})", self.channel, mask_address(&self.address))
    }
}

/// Plain texts for the message, in its language; each 1 to 200 characters on one line. The company is the provider's
/// organisation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageTexts {
    /// Who asks: the acting person's name.
    pub person: String,
    /// Which record, such as `Delivery D-2038`.
    pub record: String,
    /// What changes, such as `Status`.
    pub field: String,
    /// The value that it gets, such as `Delivered`.
    pub value: String,
}

impl std::fmt::Debug for MessageTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageTexts(..)")
    }
}

/// Which characters a code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeKind {
    /// Digits; leading zeros count.
    Numeric,
    /// Letters that aren't taken for others; case doesn't count.
    Alphabetic,
    /// Letters and digits that aren't taken for others; case doesn't count.
    Alphanumeric,
}

/// What a code looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeSpec {
    /// Its characters.
    pub kind: CodeKind,
    /// How many: 4 to 12.
    pub length: u8,
    /// How long it counts from the moment that it was asked for: 30 to 86,400 seconds.
    pub validity_seconds: u32,
}

/// What sending again means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResendMode {
    /// A new code with a new expiry; the one before counts no longer.
    New,
    /// The same code; its expiry stays.
    Same,
}

/// How often a code may be tried and sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Wrong codes before even the right one is refused: 1 to 20.
    pub max_attempts: u16,
    /// After so many seconds from the first try on, tries are counted from zero again (60 to 604,800). Absent: never.
    #[serde(default)]
    pub attempts_window_seconds: Option<u32>,
    /// Wrong codes for the same record, rule and person over all challenges, which no window resets: up to 1,000.
    pub lifetime_attempts: u16,
    /// How often it may be sent again: 0 to 20.
    pub max_resends: u16,
    /// As the window of attempts, from the first resend on.
    #[serde(default)]
    pub resends_window_seconds: Option<u32>,
    /// What sending again means.
    pub resend_mode: ResendMode,
    /// Time between two sendings: 0 to 3,600 seconds.
    pub resend_pause_seconds: u32,
}

/// Where a challenge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The code is on its way.
    Waiting,
    /// The next hop has taken the message; a code may be entered (it may be in [`State::Waiting`] too).
    Sent,
    /// A right code came in time.
    Confirmed,
    /// No tries left, now or ever.
    Exhausted,
    /// The code has expired; [`ChallengeState::resend_at`] says whether there can be another.
    Expired,
    /// Given up; no code counts any more.
    Void,
    /// The change was applied; there is a receipt.
    Applied,
}

impl State {
    /// Whether a code can still be entered, now or after a resend.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Sent | Self::Exhausted | Self::Expired)
    }
}

/// What became of the latest message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits, or is being tried again.
    Queued,
    /// The next hop has taken it.
    Sent,
    /// It was refused for good.
    Failed,
}

/// A challenge as its client sees it. The code is nowhere in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeState {
    /// The challenge's id.
    pub id: String,
    /// The pending change.
    pub pending: String,
    /// The rule.
    pub rule: RuleRef,
    /// Where it stands.
    pub state: State,
    /// By which channel the code travels.
    pub channel: Channel,
    /// To whom, masked: `+31 6 ••• 42`. Empty once it was erased.
    pub recipient: String,
    /// When it was asked for, in milliseconds, as all times here.
    pub created_at: Timestamp,
    /// When the latest message was taken by the next hop.
    pub sent_at: Option<Timestamp>,
    /// Until when the latest code counts: at this moment it no longer does.
    pub expires_at: Timestamp,
    /// Tries left.
    pub attempts_left: u16,
    /// From when on there are tries again, if there are none and a window will reset them.
    pub attempts_at: Option<Timestamp>,
    /// How often it can be sent again.
    pub resends_left: u16,
    /// From when on it can be sent again; absent when it can't.
    pub resend_at: Option<Timestamp>,
    /// What became of the latest message.
    pub delivery: DeliveryState,
    /// The confirmation, once there is one.
    pub confirmation: Option<Confirmation>,
    /// The receipt's id, once the change was applied.
    pub receipt: Option<String>,
    /// Why it was given up.
    pub void_reason: Option<VoidReason>,
}

/// Passes a code on. The same `attempt` gets the same answer, whatever code comes with it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// Drawn by the record store for each time that someone presses the button: 1 to 64 characters of `A-Za-z0-9_-`.
    pub attempt: String,
    /// The claim `issue` of the token that came with the code; it must stand, and be the actor's with this client.
    pub issue: String,
    /// The code as typed: spaces, dashes and the case of letters don't matter. At most 64 bytes.
    #[serde(serialize_with = "expose", deserialize_with = "conceal")]
    pub code: SecretString,
}

fn expose<S: Serializer>(secret: &SecretString, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(secret.expose_secret())
}

fn conceal<'de, D: Deserializer<'de>>(d: D) -> Result<SecretString, D::Error> {
    String::deserialize(d).map(SecretString::from)
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Right, in time, and now used.
    Confirmed,
    /// Wrong; counted.
    Wrong,
    /// The code had expired when it came; not compared.
    Expired,
    /// No tries were left; not compared.
    Exhausted,
    /// The challenge was given up; not compared.
    Void,
    /// An earlier attempt has confirmed it; not compared.
    Used,
}

/// The answer to an attempt; a repeated attempt gets it again unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmAnswer {
    /// What became of it.
    pub outcome: Outcome,
    /// Tries left after it.
    pub attempts_left: u16,
    /// The confirmation, for [`Outcome::Confirmed`].
    pub confirmation: Option<Confirmation>,
}

/// Why a pending change, or its challenge, was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// Someone else changed the record.
    Changed,
    /// The actor no longer has the right.
    Forbidden,
    /// The code rules changed, or ask for something else now.
    Rules,
    /// The recipient changed.
    Recipient,
    /// The pending change expired.
    Expired,
    /// The actor or a supervisor cancelled it.
    Cancelled,
    /// It could not be applied for long enough.
    Failed,
}

/// Gives one challenge up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    /// Why.
    pub reason: VoidReason,
}

/// Says what became of a pending change. Repeating it is harmless; contradicting it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase", deny_unknown_fields)]
pub enum Report {
    /// The change is made. Every challenge of it must be confirmed.
    Applied {
        /// When, in milliseconds.
        applied_at: Timestamp,
        /// [`CreateChallenge::digest`] once more: what was applied is what was confirmed.
        digest: String,
    },
    /// The change was not made and never will be.
    Void {
        /// Why.
        reason: VoidReason,
    },
}

/// What is known of a pending change after a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAnswer {
    /// [`State::Applied`] or [`State::Void`].
    pub state: State,
    /// The receipt of an applied change.
    pub receipt: Option<ReceiptAnswer>,
}

/// All challenges of a pending change, for whoever takes up what a crash left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingState {
    /// The pending change.
    pub pending: String,
    /// Its challenges, oldest first.
    pub challenges: Vec<ChallengeState>,
    /// The receipt's id, once the change was applied.
    pub receipt: Option<String>,
}

/// A receipt as its client gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptAnswer {
    /// The receipt's id, the claim `jti`.
    pub id: String,
    /// Its place in the record's chain, from 1.
    pub sequence: u64,
    /// The hash of its payload: the next one's `previous`, and what the record store knows as the chain's end.
    pub hash: String,
    /// The SD-JWT with the disclosures that the provider holds: the masked recipients, until they are erased. The record
    /// store adds those of the fields.
    pub receipt: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The public page that shows it without any value.
    pub url: String,
}
