//! Signed checkpoints over all receipts. Owns the pure check and the rule for retired keys: what such a key signed counts
//! only where a checkpoint of its time covers it, and the checkpoints count back from one whose key is still in use.
//!
//! Whoever gets hold of a retired key can sign receipts and checkpoints with any time in them. He cannot place them under a
//! checkpoint that a key in use vouches for, directly or through the hashes of those before it.
//! So a key is retired in this order: its successor begins; a checkpoint signed by the successor covers all that the old key
//! signed; the retirement is dated at that checkpoint or later.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CHECKPOINT_TYP, Receipt};
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{Alg, JoseError, KeySet, SigningKey, digest, open};

/// When receipt keys were retired, by their `kid`. A key that isn't in it is in use.
pub type Retirements = BTreeMap<String, Timestamp>;

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointClaims {
    /// The provider.
    pub iss: String,
    /// The installation's id.
    pub instance: String,
    /// Its number, from 1 on without gaps.
    pub number: u64,
    /// When it was made, in milliseconds; never before the checkpoint that it follows, whichever node made that one.
    pub at: Timestamp,
    /// How many receipts were issued since the checkpoint before it.
    pub count: u64,
    /// [`hash_of`] the payload hashes of those receipts in the order in which they were issued.
    pub hash: String,
    /// The hash of the checkpoint before it ([`Checkpoint::hash`]); none for the first.
    pub previous: Option<String>,
}

impl CheckpointClaims {
    /// Signs it.
    pub fn sign(&self, key: &SigningKey) -> Result<String, JoseError> {
        key.sign_jwt(CHECKPOINT_TYP, self)
    }
}

/// The hash over a list of receipts' hashes: SHA-256 over each followed by a line feed, as base64url.
pub fn hash_of<S: AsRef<str>>(receipts: &[S]) -> String {
    let mut text = String::with_capacity(receipts.len() * 44);
    for hash in receipts {
        text.push_str(hash.as_ref());
        text.push('\n');
    }
    digest(text.as_bytes())
}

/// A checkpoint whose signature fits, with the hashes that it covers. Only [`Checkpoint::verify`] makes one.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    claims: CheckpointClaims,
    covers: Vec<String>,
    kid: String,
    hash: String,
}

impl Checkpoint {
    /// Checks one checkpoint's signature. `covers` are the payload hashes that were exported with it; they are believed only
    /// once [`verify_checkpoints`] has compared them.
    pub fn verify(token: &str, covers: Vec<String>, issuer: &str, keys: &KeySet) -> Result<Self, JoseError> {
        let signed = open(token, keys, Some(&[CHECKPOINT_TYP]), &Alg::ALL)?;
        let claims: CheckpointClaims = signed.read()?;
        if claims.iss != issuer {
            return Err(JoseError::Claim("iss"));
        }
        Ok(Self { claims, covers, kid: signed.kid().to_owned(), hash: digest(signed.payload()) })
    }
    /// What it says.
    pub const fn claims(&self) -> &CheckpointClaims {
        &self.claims
    }
    /// SHA-256 over the payload's bytes, as base64url: the `previous` of the next.
    pub fn hash(&self) -> &str {
        &self.hash
    }
    /// The key that signed it.
    pub fn kid(&self) -> &str {
        &self.kid
    }
}

/// Which checkpoint fails, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("checkpoint {number}: {problem}")]
pub struct CheckpointFault {
    /// Its number; 0 where there is none.
    pub number: u64,
    /// Why.
    pub problem: CheckpointProblem,
}

/// What is wrong with a list of checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointProblem {
    /// Another number should stand here.
    OutOfPlace,
    /// It belongs to another installation.
    OtherInstance,
    /// It doesn't name the one before it, or is older.
    OtherPrevious,
    /// The receipts that came with it aren't those that it covers.
    OtherReceipts,
    /// A receipt is covered twice.
    Repeated,
    /// The last one is signed by a retired key, so nothing vouches for the list.
    NotVouchedFor,
    /// The list should be longer.
    CutOff,
}

impl fmt::Display for CheckpointProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfPlace => "another number should stand here",
            Self::OtherInstance => "it belongs to another installation",
            Self::OtherPrevious => "it doesn't follow the one before it",
            Self::OtherReceipts => "it covers other receipts than those given",
            Self::Repeated => "a receipt is covered twice",
            Self::NotVouchedFor => "the last checkpoint is signed by a retired key, so nothing vouches for the list",
            Self::CutOff => "the list ends before the expected checkpoint",
        })
    }
}

/// The receipts that believable checkpoints cover. Only [`verify_checkpoints`] makes one that covers anything.
#[derive(Clone, Debug)]
pub struct Covered {
    at: HashMap<String, Timestamp>,
    retired: Retirements,
}

/// Checks all checkpoints from the first on, in order, and that the last is signed by a key in use. `at_least` is the number
/// that the list must reach, where it is known from elsewhere: a list that was cut at its end looks whole.
///
/// An empty list covers nothing and is sound where nothing is expected.
pub fn verify_checkpoints(checkpoints: &[Checkpoint], retired: &Retirements, at_least: u64) -> Result<Covered, CheckpointFault> {
    let mut covered = Covered { at: HashMap::new(), retired: retired.clone() };
    let mut before: Option<&Checkpoint> = None;
    for checkpoint in checkpoints {
        follow(before, checkpoint, &mut covered)
            .map_err(|problem| CheckpointFault { number: checkpoint.claims.number, problem })?;
        before = Some(checkpoint);
    }
    let number = before.map_or(0, |c| c.claims.number);
    if before.is_some_and(|last| retired.contains_key(&last.kid)) {
        return Err(CheckpointFault { number, problem: CheckpointProblem::NotVouchedFor });
    }
    if number < at_least {
        return Err(CheckpointFault { number, problem: CheckpointProblem::CutOff });
    }
    Ok(covered)
}

fn follow(before: Option<&Checkpoint>, checkpoint: &Checkpoint, covered: &mut Covered) -> Result<(), CheckpointProblem> {
    let claims = &checkpoint.claims;
    let last = before.map(Checkpoint::claims);
    if claims.number != last.map_or(1, |l| l.number.saturating_add(1)) {
        return Err(CheckpointProblem::OutOfPlace);
    }
    if last.is_some_and(|l| l.instance != claims.instance) {
        return Err(CheckpointProblem::OtherInstance);
    }
    if claims.previous.as_deref() != before.map(Checkpoint::hash) || last.is_some_and(|l| l.at > claims.at) {
        return Err(CheckpointProblem::OtherPrevious);
    }
    if u64::try_from(checkpoint.covers.len()) != Ok(claims.count) || hash_of(&checkpoint.covers) != claims.hash {
        return Err(CheckpointProblem::OtherReceipts);
    }
    for hash in &checkpoint.covers {
        if covered.at.insert(hash.clone(), claims.at).is_some() {
            return Err(CheckpointProblem::Repeated);
        }
    }
    Ok(())
}

/// A receipt of a retired key that no checkpoint of its time covers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("receipt {receipt} is signed by the retired key {kid} and no checkpoint of its time covers it")]
pub struct Uncovered {
    /// The receipt's id.
    pub receipt: String,
    /// The key.
    pub kid: String,
}

impl Covered {
    /// Nothing is covered, so nothing that a retired key signed counts.
    pub fn nothing(retired: &Retirements) -> Self {
        Self { at: HashMap::new(), retired: retired.clone() }
    }
    /// When a receipt was first covered.
    pub fn covered_at(&self, receipt: &Receipt) -> Option<Timestamp> {
        self.at.get(receipt.hash()).copied()
    }
    /// Whether a verified receipt counts: its key is in use, or a checkpoint made before the key was retired covers it. The
    /// receipt's own time isn't asked, as whoever signs it writes it.
    pub fn counts(&self, receipt: &Receipt) -> Result<(), Uncovered> {
        let Some(retired) = self.retired.get(receipt.kid()) else { return Ok(()) };
        if self.covered_at(receipt).is_some_and(|at| at <= *retired) {
            return Ok(());
        }
        Err(Uncovered { receipt: receipt.claims().jti.clone(), kid: receipt.kid().to_owned() })
    }
}
