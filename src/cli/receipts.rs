//! `zegel receipts verify`: receipts checked offline. Owns reading the files and the words of the answer; the checks are
//! the contract's. Does not own fetching keys.

use crate::contract::receipt::{ChainFault, Receipt, verify_chain};
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{JoseError, KeySet, SdJwt};

/// Why receipts do not verify.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The keys are not a key set.
    #[error("the keys: {0}")]
    Keys(JoseError),
    /// There is nothing to check.
    #[error("there is no receipt in the file")]
    Empty,
    /// A receipt is not sound.
    #[error("receipt {number}: {source}")]
    Receipt {
        /// Its place in the file, from 1 on.
        number: usize,
        /// Why.
        source: JoseError,
    },
    /// The receipts are sound, but not one record's chain.
    #[error("each receipt is sound, but they are no chain: {0}")]
    Chain(#[from] ChainFault),
}

/// Checks receipts, one a line, against a key set in JSON. Several are checked as one record's chain from its first on.
/// Answers lines that say what was confirmed and sealed.
pub fn verify(receipts: &str, keys: &[u8], issuer: &str) -> Result<Vec<String>, VerifyError> {
    let keys = KeySet::from_json(keys).map_err(VerifyError::Keys)?;
    let mut checked = Vec::new();
    for (n, text) in receipts.lines().map(str::trim).filter(|l| !l.is_empty()).enumerate() {
        let read = SdJwt::parse(text).and_then(|r| Receipt::verify(&r, issuer, &keys));
        checked.push(read.map_err(|source| VerifyError::Receipt { number: n + 1, source })?);
    }
    if checked.is_empty() {
        return Err(VerifyError::Empty);
    }
    let mut lines: Vec<String> = checked.iter().flat_map(told).collect();
    if checked.len() > 1 {
        let head = verify_chain(&checked, None)?;
        lines.push(format!("An unbroken chain of {} receipts from the record's first on.", head.sequence));
    }
    Ok(lines)
}

fn told(receipt: &Receipt) -> Vec<String> {
    let c = receipt.claims();
    let signed = Timestamp::from_seconds(c.iat);
    let mut out = vec![format!("Receipt {} of {} {}: sound, number {}", c.jti, c.record.module, c.record.id, c.sequence)];
    out.push(format!("  signed {signed} by {}, key {}", c.iss, receipt.kid()));
    out.push(format!("  applied {}", c.applied_at));
    for (n, confirmed) in c.confirmed.iter().enumerate() {
        let to = receipt.recipient(n).unwrap_or("a recipient that is not shown");
        out.push(format!("  confirmed {} by {} to {to}", confirmed.at, confirmed.channel));
    }
    out.extend(receipt.changes().map(|(field, from, to)| format!("  {field}: {from} -> {to}")));
    if receipt.concealed() > 0 {
        out.push(format!("  {} values are not shown", receipt.concealed()));
    }
    out
}
