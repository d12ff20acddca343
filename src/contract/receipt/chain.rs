//! A record's receipts as one chain. Owns the pure check and its reasons.

use std::collections::HashSet;
use std::fmt;

use super::Receipt;

/// The end that a chain must have, as the record store, a customer's newer receipt or a checkpoint knows it. Without one, a
/// chain that was cut at its end looks whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last sequence number; 0 for a record without receipts.
    pub sequence: u64,
    /// The last payload's hash, where it is known.
    pub hash: Option<String>,
}

/// Which receipt breaks a chain, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("receipt {} ({}): {problem}", position + 1, receipt.as_deref().unwrap_or("missing"))]
pub struct ChainFault {
    /// The place in the list, from 0 on; the list's length where something is missing at its end.
    pub position: usize,
    /// The receipt's id, if there is one.
    pub receipt: Option<String>,
    /// Why.
    pub problem: ChainProblem,
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainProblem {
    /// It belongs to another record or installation than the first.
    OtherRecord,
    /// Two receipts claim the same place.
    Fork {
        /// The place.
        sequence: u64,
    },
    /// A receipt is missing, or stands in another place than its own.
    OutOfPlace {
        /// The number that should stand here.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// It doesn't name the payload before it: one of the two was replaced.
    OtherPrevious,
    /// Its id or change is that of an earlier receipt.
    Repeated,
    /// The end is cut off.
    CutOff {
        /// The last number that there should be.
        expected: u64,
        /// The last number that there is; 0 for none.
        found: u64,
    },
    /// There are more receipts than the expected end knows of.
    BeyondHead,
    /// The last one isn't the expected one.
    OtherHead,
}

impl fmt::Display for ChainProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherRecord => f.write_str("it belongs to another record"),
            Self::Fork { sequence } => write!(f, "a second receipt with number {sequence}: the chain forks"),
            Self::OutOfPlace { expected, found } => write!(f, "number {expected} should stand here, not {found}"),
            Self::OtherPrevious => f.write_str("it doesn't follow the receipt before it, one of the two was replaced"),
            Self::Repeated => f.write_str("its id or change occurs twice"),
            Self::CutOff { expected, found } => write!(f, "the chain ends at {found} and should end at {expected}"),
            Self::BeyondHead => f.write_str("the chain is longer than it should be"),
            Self::OtherHead => f.write_str("the chain ends with another receipt than it should"),
        }
    }
}

/// Checks that verified receipts, in the order of their chain, are one record's whole chain: numbers from 1 on without gaps,
/// each naming the payload before it, nothing twice. Returns the end that it found.
///
/// Times are not compared: they are drawn before the transaction that gives the number, on nodes whose clocks differ.
/// Whether the chain was cut at its end can be told only by `expected`.
pub fn verify_chain(receipts: &[Receipt], expected: Option<&Head>) -> Result<Head, ChainFault> {
    let mut ids = HashSet::new();
    let mut before: Option<&Receipt> = None;
    for (position, receipt) in receipts.iter().enumerate() {
        step(before, receipt, &mut ids).map_err(|problem| ChainFault {
            position,
            receipt: Some(receipt.claims().jti.clone()),
            problem,
        })?;
        before = Some(receipt);
    }
    let found = Head { sequence: before.map_or(0, |r| r.claims().sequence), hash: before.map(|r| r.hash().to_owned()) };
    let Some(expected) = expected else { return Ok(found) };
    let (problem, at) = if found.sequence < expected.sequence {
        (ChainProblem::CutOff { expected: expected.sequence, found: found.sequence }, None)
    } else if found.sequence > expected.sequence {
        (ChainProblem::BeyondHead, before)
    } else if expected.hash.is_some() && expected.hash != found.hash {
        (ChainProblem::OtherHead, before)
    } else {
        return Ok(found);
    };
    let position = if at.is_some() { receipts.len().saturating_sub(1) } else { receipts.len() };
    Err(ChainFault { position, receipt: at.map(|r| r.claims().jti.clone()), problem })
}

fn step<'a>(
    before: Option<&'a Receipt>,
    receipt: &'a Receipt,
    ids: &mut HashSet<(&'static str, &'a str)>,
) -> Result<(), ChainProblem> {
    let claims = receipt.claims();
    let last = before.map(Receipt::claims);
    if last.is_some_and(|l| l.record != claims.record || l.instance != claims.instance || l.iss != claims.iss) {
        return Err(ChainProblem::OtherRecord);
    }
    let expected = last.map_or(1, |l| l.sequence.saturating_add(1));
    if last.is_some_and(|l| l.sequence == claims.sequence) {
        return Err(ChainProblem::Fork { sequence: claims.sequence });
    }
    if claims.sequence != expected {
        return Err(ChainProblem::OutOfPlace { expected, found: claims.sequence });
    }
    if claims.previous.as_deref() != before.map(Receipt::hash) {
        return Err(ChainProblem::OtherPrevious);
    }
    if !ids.insert(("receipt", &claims.jti)) || !ids.insert(("change", &claims.change)) {
        return Err(ChainProblem::Repeated);
    }
    Ok(())
}
