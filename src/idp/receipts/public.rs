//! What the public page finds out about a receipt that someone brings, or about one by its id.

use super::flow::unsound;
use super::store::{self, Stored};
use crate::contract::receipt::{Receipt, verify_chain};
use crate::idp::Idp;
use crate::idp::challenges::flow::ChallengeError;
use crate::idp::keyring::Use;
use crate::kernel::jose::{JoseError, KeySet, SdJwt};

/// Receipts of one record that are checked as a whole for a page that anyone may open.
const CHAIN: i64 = 300;

/// Why a receipt is not believed; the name is the end of a text's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Not a receipt at all, or not the whole of one.
    Malformed,
    /// The signature doesn't fit.
    Signature,
    /// Another key.
    Key,
    /// Another issuer.
    Issuer,
    /// A value that doesn't belong to it.
    Disclosure,
    /// Signed, but not among those that were issued.
    Unknown,
    /// Its record's chain is broken.
    Chain,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Malformed, Self::Signature, Self::Key, Self::Issuer, Self::Disclosure, Self::Unknown, Self::Chain];

    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Malformed => "receipt-why-malformed",
            Self::Signature => "receipt-why-signature",
            Self::Key => "receipt-why-key",
            Self::Issuer => "receipt-why-issuer",
            Self::Disclosure => "receipt-why-disclosure",
            Self::Unknown => "receipt-why-unknown",
            Self::Chain => "receipt-why-chain",
        }
    }
}

impl From<JoseError> for Why {
    fn from(e: JoseError) -> Self {
        match e {
            JoseError::Signature => Self::Signature,
            JoseError::UnknownKey | JoseError::Algorithm => Self::Key,
            JoseError::Claim("iss") => Self::Issuer,
            JoseError::Disclosure(_) => Self::Disclosure,
            _ => Self::Malformed,
        }
    }
}

/// A receipt that is genuine, and its place.
#[derive(Clone, Debug)]
pub struct Genuine {
    /// The verified receipt, with what was disclosed.
    pub receipt: Receipt,
    /// The statement that was shown, to download again.
    pub presented: String,
    /// How many receipts its record has by now; nothing where there are too many to check them all.
    pub of: Option<u64>,
    /// The checkpoint that covers it.
    pub checkpoint: Option<i64>,
}

/// Checks what someone pasted.
pub async fn check(idp: &Idp, text: &str) -> Result<Result<Genuine, Why>, ChallengeError> {
    let keys = idp.keyring.public(Use::Receipt)?;
    let verified = SdJwt::parse(text.trim()).and_then(|sd| Receipt::verify(&sd, idp.issuer(), &keys));
    let receipt = match verified {
        Ok(receipt) => receipt,
        Err(e) => return Ok(Err(e.into())),
    };
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    // Whoever has a key could sign more than was issued; only what is on record is.
    let stored = store::by_id(&mut tx, &receipt.claims().jti).await?.filter(|s| s.hash == receipt.hash());
    let Some(stored) = stored else { return Ok(Err(Why::Unknown)) };
    let chain = store::chain(&mut tx, &stored, CHAIN + 1).await?;
    drop(snapshot);
    Ok(place(idp, &keys, &chain).map(|of| Genuine {
        receipt,
        presented: text.trim().to_owned(),
        of,
        checkpoint: stored.checkpoint,
    }))
}

/// The receipt of an id as anyone may see it: without any value.
pub async fn by_id(idp: &Idp, id: &str) -> Result<Option<Result<Genuine, Why>>, ChallengeError> {
    let stored: Option<Stored> = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), id).await?
    };
    let Some(stored) = stored else { return Ok(None) };
    check(idp, &format!("{}~", stored.jwt)).await.map(Some)
}

/// The length of a record's chain, if all of it stands.
fn place(idp: &Idp, keys: &KeySet, chain: &[String]) -> Result<Option<u64>, Why> {
    if chain.len() as i64 > CHAIN {
        return Ok(None);
    }
    let verify = |jwt: &String| Receipt::verify(&SdJwt { jwt: jwt.clone(), disclosures: vec![] }, idp.issuer(), keys);
    let receipts: Result<Vec<Receipt>, JoseError> = chain.iter().map(verify).collect();
    let head = receipts.map_err(|e| e.to_string()).and_then(|r| verify_chain(&r, None).map_err(|e| e.to_string()));
    head.map(|h| Some(h.sequence)).map_err(|e| {
        tracing::error!(error = %unsound("chain", e), "a record's receipts are not one chain");
        Why::Chain
    })
}
