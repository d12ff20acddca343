//! What a pending change is, and the digests that bind it. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::client::CallError;
use crate::contract::FieldKey;
use crate::contract::challenge::VoidReason;
use crate::contract::receipt::conceal_change;
use crate::crm::auth::caller::AccessError;
use crate::crm::modules::model::Module;
use crate::crm::modules::value::to_json;
use crate::crm::records::model::{Change, Changes, Held, ReadError, RuleMatch, WriteError};
use crate::kernel::db::DbError;
use crate::kernel::entropy::Entropy;
use crate::kernel::jose::{Disclosure, JoseError, digest};
use crate::kernel::root::RootError;

/// Where a pending change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Codes are missing.
    Waiting,
    /// The provider has confirmed all; being applied.
    Confirmed,
    /// The record is changed.
    Applied,
    /// The record is unchanged and this change never will be made.
    Void,
}

impl Standing {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Applied => "applied",
            Self::Void => "void",
        }
    }
    /// From what is stored.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Confirmed, Self::Applied, Self::Void].into_iter().find(|s| s.as_str() == name)
    }
}

/// Why a change is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Someone else changed the record.
    Changed,
    /// The person may no longer make it.
    Forbidden,
    /// The code rules ask for something else now.
    Rules,
    /// The contact point is another one now.
    Recipient,
    /// Nobody entered the code in time.
    Expired,
    /// Given up.
    Cancelled,
    /// Too many wrong codes.
    Exhausted,
    /// It could not be carried out in time.
    Failed,
}

impl Reason {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Changed,
        Self::Forbidden,
        Self::Rules,
        Self::Recipient,
        Self::Expired,
        Self::Cancelled,
        Self::Exhausted,
        Self::Failed,
    ];
    /// As stored, and stable for the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Forbidden => "forbidden",
            Self::Rules => "rules",
            Self::Recipient => "recipient",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Exhausted => "exhausted",
            Self::Failed => "failed",
        }
    }
    /// From what is stored.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == name)
    }
    /// As the provider is told.
    pub const fn wire(self) -> VoidReason {
        match self {
            Self::Changed => VoidReason::Changed,
            Self::Forbidden => VoidReason::Forbidden,
            Self::Rules => VoidReason::Rules,
            Self::Recipient => VoidReason::Recipient,
            Self::Expired => VoidReason::Expired,
            Self::Cancelled => VoidReason::Cancelled,
            Self::Exhausted | Self::Failed => VoidReason::Failed,
        }
    }
}

/// What is to be done, kept until it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// As it was asked for.
    pub change: Change,
    /// What it comes to, in canonical values; what was confirmed is this.
    pub changes: Changes,
    /// What the record is known by.
    pub title: String,
    /// The rules that it must satisfy, in their versions.
    pub rules: Vec<RuleMatch>,
}

/// Why a change that needs a code doesn't wait for one. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The rule's path leads to no contact point.
    #[error("there is no contact point that the code could go to")]
    RecipientMissing,
    /// The person himself changed it lately.
    #[error("the contact point was changed by the person who asks")]
    RecipientHeld,
    /// The lifetime cap.
    #[error("the limit of codes for this record, rule and person is reached")]
    Limit,
}

impl Refusal {
    /// Stable for the API; `pending-<code>-title` and `-text` are the texts for people.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RecipientMissing => "recipient-missing",
            Self::RecipientHeld => "recipient-held",
            Self::Limit => "limit",
        }
    }
}

/// Why a call on a pending change failed.
#[derive(Debug, thiserror::Error)]
pub enum PendingError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The gate refused.
    #[error(transparent)]
    Write(WriteError),
    /// A read was refused.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The person.
    #[error(transparent)]
    Access(AccessError),
    /// No code can be asked for.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Digests could not be made.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The provider.
    #[error(transparent)]
    Call(#[from] CallError),
    /// There is no such pending change, or it is not his to see.
    #[error("there is no such pending change")]
    NotFound,
    /// It is another person's: seen by a supervisor, confirmed by its maker alone.
    #[error("only who made the change may do that")]
    NotYours,
    /// It is over.
    #[error("the change no longer waits")]
    Over,
    /// It has several rules and none, or one that it hasn't, was named.
    #[error("name one of the rules that the change waits for")]
    WhichRule,
    /// What is asked can't be an attempt or a code.
    #[error("the code or the attempt's id has a form that neither can have")]
    Malformed,
}

impl From<WriteError> for PendingError {
    fn from(e: WriteError) -> Self {
        match e {
            WriteError::Db(e) => Self::Db(e),
            e => Self::Write(e),
        }
    }
}

impl From<AccessError> for PendingError {
    fn from(e: AccessError) -> Self {
        match e {
            AccessError::Db(e) => Self::Db(e),
            e => Self::Access(e),
        }
    }
}

/// The salted disclosures of a change: one for each field, and one for each mark, whose names no field can have.
pub fn conceal(module: &Module, changes: &Changes, entropy: &dyn Entropy) -> Result<Vec<Disclosure>, JoseError> {
    let mut all = Vec::new();
    for c in &changes.fields {
        let Some(field) = module.field(&c.field) else { continue };
        let json = |v: &Option<_>| v.as_ref().map_or(Json::Null, |v| to_json(field, v));
        all.push(conceal_change(&c.field, &json(&c.from), &json(&c.to), entropy)?);
    }
    let mark =
        |name: &str, to: Option<bool>| to.map(|to| Disclosure::new(name, json!({"from": !to, "to": to}), entropy)).transpose();
    all.extend(mark("#internal", changes.internal)?);
    all.extend(mark("#restricted", changes.restricted)?);
    if let Some(status) = changes.status {
        all.push(Disclosure::new("#status", json!({"from": null, "to": status.as_str()}), entropy)?);
    }
    Ok(all)
}

/// The one digest over a pending change, which the report of its being applied repeats.
pub fn bind(module: &FieldKey, record: &str, base: i64, changes: &[String], actor: &str, rules: &[RuleMatch]) -> String {
    let mut changes = changes.to_vec();
    changes.sort_unstable();
    let mut rules: Vec<_> = rules.iter().map(|r| (r.rule_id.as_str(), r.rule_version)).collect();
    rules.sort_unstable();
    digest(json!([module, record, base, changes, actor, rules]).to_string().as_bytes())
}

/// By which a change is known again that the same person asks for once more: without salts, a new record without its id.
pub fn likeness(held: &Held) -> String {
    let record = held.before.as_ref().map(|b| (b.id.as_str(), b.version));
    digest(json!([held.after.module, record, held.changes, held.matches]).to_string().as_bytes())
}
