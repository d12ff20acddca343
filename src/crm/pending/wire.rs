//! A change that waits, on the wire.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{Reason, Standing};
use super::read::{Asked, Pending, Shown};
use crate::contract::challenge::{Channel, CodeSpec, DeliveryState, State};

/// A change that waits for codes. Nothing has been written.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingOut {
    /// Its id.
    pub id: String,
    /// Key of the module.
    pub module: String,
    /// The record; of a new one there is nothing yet under this id.
    pub record: String,
    /// Whether it makes the record.
    pub new: bool,
    /// What the record is known by.
    pub title: Option<String>,
    /// `waiting`, `confirmed`, `applied` or `void`.
    #[schema(value_type = String)]
    pub state: Standing,
    /// Why it is void.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// The record's version, once applied.
    pub version: Option<i64>,
    /// What changes.
    pub changes: Vec<PendingChangeOut>,
    /// What it waits for: all of them must be met.
    pub challenges: Vec<PendingChallengeOut>,
    /// Whether the change is the caller's own.
    pub mine: bool,
    /// Who makes it.
    pub actor: PendingActorOut,
    /// Since when, RFC 3339.
    pub created_at: String,
    /// Until when it waits, RFC 3339.
    pub expires_at: String,
}

/// Who makes a change that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingActorOut {
    /// Subject.
    pub sub: String,
    /// Display name.
    pub name: String,
}

/// One field of a change that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingChangeOut {
    /// The field.
    pub field: String,
    /// The value as it is.
    pub from: Value,
    /// The value as it would be.
    pub to: Value,
}

/// A code that a change waits for. Times are RFC 3339, and null before the provider has made the challenge.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingChallengeOut {
    /// Key of the rule that asks for it.
    pub rule: String,
    /// The rule's version.
    pub rule_version: i64,
    /// What people call the rule.
    pub name: String,
    /// `mail` or `sms`.
    #[schema(value_type = String)]
    pub channel: Channel,
    /// Where it went, masked.
    pub recipient: String,
    /// What the code looks like: `kind` and `length`.
    #[schema(value_type = Object)]
    pub code: CodeSpec,
    /// Whether it is met.
    pub confirmed: bool,
    /// How the challenge stands.
    #[schema(value_type = Option<String>)]
    pub state: Option<State>,
    /// How its message fares: `queued`, `sent` or `failed`.
    #[schema(value_type = Option<String>)]
    pub delivery: Option<DeliveryState>,
    /// When the code expires.
    pub expires_at: Option<String>,
    /// Tries left.
    pub attempts_left: Option<u16>,
    /// From when on there are tries again, where none are left.
    pub attempts_at: Option<String>,
    /// Messages left.
    pub resends_left: Option<u16>,
    /// From when on another can be sent.
    pub resend_at: Option<String>,
}

impl From<&Asked> for PendingChallengeOut {
    fn from(a: &Asked) -> Self {
        let s = a.state.as_ref();
        Self {
            rule: a.rule.clone(),
            rule_version: a.version,
            name: a.label.clone(),
            channel: a.channel,
            recipient: a.masked.clone(),
            code: a.code,
            confirmed: a.confirmed,
            state: s.map(|s| s.state),
            delivery: s.map(|s| s.delivery),
            expires_at: s.map(|s| s.expires_at.rfc3339()),
            attempts_left: s.map(|s| s.attempts_left),
            attempts_at: s.and_then(|s| s.attempts_at).map(|t| t.rfc3339()),
            resends_left: s.map(|s| s.resends_left),
            resend_at: s.and_then(|s| s.resend_at).map(|t| t.rfc3339()),
        }
    }
}

impl From<&Shown> for PendingChangeOut {
    fn from(s: &Shown) -> Self {
        Self { field: s.key.clone(), from: s.from_json.clone(), to: s.to_json.clone() }
    }
}

impl From<&Pending> for PendingOut {
    fn from(p: &Pending) -> Self {
        Self {
            id: p.id.clone(),
            module: p.module.key.to_string(),
            record: p.record.clone(),
            new: p.is_new,
            title: p.title.clone(),
            state: p.standing,
            reason: p.reason,
            version: p.version,
            changes: p.changes.iter().map(Into::into).collect(),
            challenges: p.asks.iter().map(Into::into).collect(),
            mine: p.mine,
            actor: PendingActorOut { sub: p.actor.clone(), name: p.actor_name.clone() },
            created_at: p.created_at.rfc3339(),
            expires_at: p.expires_at.rfc3339(),
        }
    }
}

/// A code that someone types.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmIn {
    /// The code as the customer says it; spaces and dashes don't count.
    #[serde(deserialize_with = "conceal")]
    #[schema(value_type = String)]
    pub code: SecretString,
    /// Which rule it is for; needed only where several are asked.
    #[serde(default)]
    pub rule: Option<String>,
    /// A name for this try: the same one again is counted once and gets the same answer.
    #[serde(default)]
    pub attempt: Option<String>,
}

fn conceal<'de, D: Deserializer<'de>>(d: D) -> Result<SecretString, D::Error> {
    String::deserialize(d).map(SecretString::from)
}

/// Which of several codes is meant.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichIn {
    /// Key of the rule.
    #[serde(default)]
    pub rule: Option<String>,
}
