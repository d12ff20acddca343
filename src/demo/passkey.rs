//! An authenticator in software, as small as can be: makes one passkey and shows it (WebAuthn Level 3, sections 6.1 and 6.5), with
//! the JSON that the page's script would carry. For the walk, which has no real one; verifies nobody and keeps its key in memory.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The user was there, and verified.
const SHOWN: u8 = 0b0000_0101;
/// The same, and a key follows.
const MADE: u8 = 0b0100_0101;

/// A passkey.
pub(super) struct Passkey {
    origin: String,
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: String,
    counter: u32,
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn member<'o>(options: &'o Value, place: &str) -> Option<&'o str> {
    options.pointer(&format!("/publicKey/{place}")).and_then(Value::as_str)
}

/// What the browser says that it was asked (section 5.8.1).
fn client(kind: &str, options: &Value, origin: &str) -> Option<Vec<u8>> {
    let data = json!({"type": kind, "challenge": member(options, "challenge")?, "origin": origin, "crossOrigin": false});
    serde_json::to_vec(&data).ok()
}

/// A byte string in CBOR.
fn bytes(of: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(of.len()).ok()?.to_be_bytes();
    Some([&[0x59][..], &length, of].concat())
}

impl Passkey {
    /// Makes one for what a page of `origin` asks: it, and what goes back to the page.
    pub fn make(origin: &str, options: &Value) -> Option<(Self, String)> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).ok()?;
        let point = key.public_key().as_ref().get(1..65)?.to_vec();
        let id = digest(&SHA256, &point).as_ref().to_vec();
        let (x, y) = point.split_at_checked(32)?;
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}: a key on P-256 for ES256 (RFC 9053, section 7.1.1).
        let cose = [&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20][..], x, &[0x22, 0x58, 0x20], y].concat();
        let length = u16::try_from(id.len()).ok()?.to_be_bytes();
        let domain = digest(&SHA256, member(options, "rp/id")?.as_bytes());
        let data = [domain.as_ref(), &[MADE], &0u32.to_be_bytes(), &[0; 16], &length, &id, &cose].concat();
        // {"fmt": "none", "attStmt": {}, "authData": ...}
        let object = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"[..], bytes(&data)?.as_slice()].concat();
        let client = client("webauthn.create", options, origin)?;
        let answer = json!({
            "id": text(&id), "rawId": text(&id), "type": "public-key",
            "response": {"clientDataJSON": text(client), "attestationObject": text(object), "transports": ["internal"]},
            "extensions": {"credProps": {"rk": true}},
        });
        let handle = member(options, "user/id")?.to_owned();
        Some((Self { origin: origin.to_owned(), key, id, handle, counter: 0 }, answer.to_string()))
    }

    /// Shows it, for what a page asks.
    pub fn show(&mut self, options: &Value) -> Option<String> {
        self.counter = self.counter.checked_add(1)?;
        let domain = digest(&SHA256, member(options, "rpId")?.as_bytes());
        let data = [domain.as_ref(), &[SHOWN], &self.counter.to_be_bytes()].concat();
        let client = client("webauthn.get", options, &self.origin)?;
        let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).ok()?;
        let response = json!({
            "clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": self.handle,
        });
        let id = text(&self.id);
        Some(json!({"id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {}}).to_string())
    }
}
