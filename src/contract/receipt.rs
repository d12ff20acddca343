//! Receipts: the signed statement that a change was confirmed and applied, and what makes a chain of them believable.
//! Owns what a receipt and a checkpoint say, and the pure checks over them. Does not own issuing, storing or fetching them,
//! nor the keys: both halves, the public page and the offline command call the same functions here.

mod chain;
mod checkpoint;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use chain::{ChainFault, ChainProblem, Head, verify_chain};
pub use checkpoint::{
    Checkpoint, CheckpointClaims, CheckpointFault, CheckpointProblem, Covered, Retirements, Uncovered, hash_of,
    verify_checkpoints,
};

use super::FieldKey;
use crate::kernel::clock::Timestamp;
use crate::kernel::entropy::Entropy;
use crate::kernel::jose::{Alg, Disclosed, Disclosure, JoseError, KeySet, SdJwt, SigningKey, digest};

/// The media type of a receipt.
pub const RECEIPT_TYP: &str = "zegel-receipt+sd-jwt";
/// The media type of a checkpoint.
pub const CHECKPOINT_TYP: &str = "zegel-checkpoint+jwt";
/// The member under which a masked recipient is disclosed.
pub const RECIPIENT: &str = "recipient_masked";

/// What a receipt says. Persons are pairwise ids, values are digests: nothing in it has to be removed when a person is
/// erased, so the payload, and with it the chain, stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptClaims {
    /// The provider.
    pub iss: String,
    /// When it was signed, in seconds (RFC 7519, section 4.1.6).
    pub iat: i64,
    /// The receipt's id.
    pub jti: String,
    /// The installation's id.
    pub instance: String,
    /// The record.
    pub record: RecordRef,
    /// The place in the record's chain, from 1 on without gaps.
    pub sequence: u64,
    /// The hash of the payload before it in the record's chain ([`Receipt::hash`]); null for the first, and never absent.
    #[serde(deserialize_with = "required")]
    pub previous: Option<String>,
    /// The id of the sealed change.
    pub change: String,
    /// One digest per changed field.
    pub changes: Concealed,
    /// The confirmations that the change needed, one per code rule.
    pub confirmed: Vec<Confirmation>,
    /// When the record store applied it, in milliseconds.
    pub applied_at: Timestamp,
    /// Who made the change, as a pairwise id.
    pub actor: String,
    /// Who asked for it, as a pairwise id; the actor himself where nobody else did.
    pub requester: String,
    /// The digest algorithm of every `_sd` (RFC 9901, section 4.1.1).
    #[serde(rename = "_sd_alg")]
    pub sd_alg: SdAlg,
}

/// An `Option` that must be written, if only as null: a first receipt says that it is one.
fn required<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(d)
}

/// SHA-256, the only digest algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SdAlg {
    /// `sha-256`.
    #[default]
    #[serde(rename = "sha-256")]
    Sha256,
}

/// Names a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordRef {
    /// The module's key.
    pub module: FieldKey,
    /// The record's id.
    pub id: String,
}

/// An object of which the payload has digests only (RFC 9901, section 4.2.4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concealed {
    /// The digests, sorted so that their order tells nothing.
    #[serde(rename = "_sd")]
    sd: Vec<String>,
}

impl Concealed {
    /// Of these digests.
    pub fn of(digests: impl IntoIterator<Item = String>) -> Self {
        let mut sd: Vec<String> = digests.into_iter().collect();
        sd.sort_unstable();
        Self { sd }
    }
    /// The digests, sorted.
    pub fn digests(&self) -> &[String] {
        &self.sd
    }
}

/// One confirmation by a one-time code or a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The rule that asked for it.
    pub rule: RuleRef,
    /// The challenge's id at the provider.
    pub challenge: String,
    /// How the code travelled, such as `email` or `sms`.
    pub channel: String,
    /// When the code arrived at the provider, in milliseconds; that moment decides.
    pub at: Timestamp,
    /// How much the confirmation proves.
    pub evidence: Evidence,
    /// The digest of the masked recipient, which is a personal value.
    #[serde(flatten)]
    pub recipient: Concealed,
}

/// A code rule as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// The rule's key.
    pub key: String,
    /// Its version.
    pub version: u32,
}

/// How much a confirmation proves, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Someone who could read what was sent to the recipient's address told the code to the agent.
    CodeRelayed,
    /// The same, and the agent was shown to be present by a factor used for this change alone.
    CodeRelayedAgentPresent,
    /// The recipient confirmed it himself, signed in.
    ConfirmedInPerson,
}

/// A changed field's values with their salt. One disclosure holds both sides: what was confirmed is "this became that",
/// and half of it, shown without the other, would be another statement. It also lets one deletion erase the field.
pub fn conceal_change(field: &FieldKey, from: &Value, to: &Value, entropy: &dyn Entropy) -> Result<Disclosure, JoseError> {
    Disclosure::new(field.as_str(), json!({"from": from, "to": to}), entropy)
}

/// A masked recipient with its salt, such as `a***@example.com`.
pub fn conceal_recipient(masked: &str, entropy: &dyn Entropy) -> Result<Disclosure, JoseError> {
    Disclosure::new(RECIPIENT, masked.into(), entropy)
}

/// Signs a receipt. The provider passes the disclosures that it holds, which may be none; the record store adds those of the
/// fields to what comes back.
pub fn issue(key: &SigningKey, claims: &ReceiptClaims, disclosures: Vec<Disclosure>) -> Result<SdJwt, JoseError> {
    SdJwt::issue(key, RECEIPT_TYP, claims, disclosures)
}

/// A receipt whose signature and disclosures fit. Only [`Receipt::verify`] makes one; whether its key may be believed for its
/// time, and whether it stands in its chain, are [`Covered::counts`] and [`verify_chain`].
#[derive(Clone, Debug)]
pub struct Receipt {
    claims: ReceiptClaims,
    disclosed: Disclosed,
    hash: String,
}

impl Receipt {
    /// Checks one receipt against the issuer's published receipt keys.
    pub fn verify(receipt: &SdJwt, issuer: &str, keys: &KeySet) -> Result<Self, JoseError> {
        let disclosed = receipt.verify(keys, &[RECEIPT_TYP], &Alg::ALL)?;
        let claims: ReceiptClaims = disclosed.signed().read()?;
        if claims.iss != issuer {
            return Err(JoseError::Claim("iss"));
        }
        let hash = digest(disclosed.signed().payload());
        Ok(Self { claims, disclosed, hash })
    }
    /// What it says.
    pub const fn claims(&self) -> &ReceiptClaims {
        &self.claims
    }
    /// SHA-256 over the signed payload's bytes, as base64url: what the next receipt's `previous` and checkpoints are made of.
    /// Disclosures aren't in it, so that they can go.
    pub fn hash(&self) -> &str {
        &self.hash
    }
    /// The key that signed it.
    pub fn kid(&self) -> &str {
        self.disclosed.signed().kid()
    }
    /// The changed fields that are disclosed, each with `from` and `to`.
    pub fn changes(&self) -> impl Iterator<Item = (&str, &Value, &Value)> {
        self.object("changes")
            .into_iter()
            .flatten()
            .filter_map(|(field, both)| both.get("from").zip(both.get("to")).map(|(from, to)| (field.as_str(), from, to)))
    }
    /// The masked recipient of the confirmation at `index`, if it is disclosed.
    pub fn recipient(&self, index: usize) -> Option<&str> {
        self.disclosed.claims().get("confirmed")?.get(index)?.get(RECIPIENT)?.as_str()
    }
    /// How many values of it aren't disclosed, or are erased.
    pub const fn concealed(&self) -> usize {
        self.disclosed.concealed()
    }
    fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.disclosed.claims().get(name)?.as_object()
    }
}

#[cfg(test)]
mod tests;
