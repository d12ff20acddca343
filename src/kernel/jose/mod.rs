//! Signed JSON: keys, JWS in its compact form, JWT claims, selective disclosure; and encrypting it for others (JWE). Owns which algorithms there are, what a
//! key from outside must look like, and the only way from a token to claims that may be believed.
//! Does not own where keys are stored, which key is in use, or what any claim means to a half.

mod alg;
mod claims;
mod error;
mod jwe;
mod jwk;
mod jws;
mod sd_jwt;
mod verify;

pub use alg::{Alg, SigningKey};
pub use claims::{date, object};
pub use error::JoseError;
pub use jwe::{Enc, KeyAlg, Recipient, Recipients, Sealing};
pub use jwk::{KeySet, PublicKey};
pub use jws::{MAX_SD_JWT, MAX_TOKEN, Signed, open};
pub use sd_jwt::{Disclosed, Disclosure, SdJwt};
pub use verify::{Audience, Expect, LEEWAY, Verified, open_with_own_key, verify};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// SHA-256 as 43 characters of base64url: the form of every digest in this module.
pub fn digest(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}
