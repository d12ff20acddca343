//! An authenticator in software, for tests: what a browser does with it, on the JSON that crosses.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use webauthn_authenticator_rs::AuthenticatorBackend;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

/// Nobody waits for it.
const TIMEOUT: u32 = 60_000;

/// An authenticator that verifies its user, unless told otherwise, and counts.
pub struct Device {
    soft: SoftPasskey,
    /// The ids of its passkeys and the handle of whom each is for.
    pub kept: Vec<(String, String)>,
    /// Whether it verifies its user.
    pub verifies: bool,
}

impl Device {
    /// A new one.
    pub fn new() -> Self {
        Self { soft: SoftPasskey::new(true), kept: Vec::new(), verifies: true }
    }

    /// What the page's script gets of `navigator.credentials.create` on a page of `origin`.
    pub fn make(&mut self, origin: &str, options: &Value) -> String {
        let handle = options["publicKey"]["user"]["id"].as_str().unwrap().to_owned();
        let asked = self.as_it_is_asked(options, "/publicKey/authenticatorSelection/userVerification");
        let options = serde_json::from_value(asked["publicKey"].clone()).unwrap();
        let made = AuthenticatorBackend::perform_register(&mut self.soft, origin.parse().unwrap(), options, TIMEOUT).unwrap();
        self.kept.push((made.id.clone(), handle));
        serde_json::to_string(&made).unwrap()
    }

    /// What it gets of `navigator.credentials.get`, from a browser that asks no questions about `origin`. Where nobody is known the device finds its last passkey by itself.
    pub fn show(&mut self, origin: &str, options: &Value) -> String {
        let mut asked = self.as_it_is_asked(options, "/publicKey/userVerification");
        if asked["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty) {
            let (id, _) = self.kept.last().unwrap();
            asked["publicKey"]["allowCredentials"] = json!([{"type": "public-key", "id": id}]);
        }
        let options = serde_json::from_value(asked["publicKey"].clone()).unwrap();
        let shown = AuthenticatorBackend::perform_auth(&mut self.soft, origin.parse().unwrap(), options, TIMEOUT).unwrap();
        let mut answer = serde_json::to_value(&shown).unwrap();
        let handle = self.kept.iter().find(|(id, _)| *id == shown.id).map(|(_, h)| h.clone());
        answer["response"]["userHandle"] = handle.into();
        answer.to_string()
    }

    /// This device verifies only whom it is asked to.
    fn as_it_is_asked(&self, options: &Value, place: &str) -> Value {
        let mut asked = options.clone();
        if !self.verifies {
            *asked.pointer_mut(place).unwrap() = json!("preferred");
        }
        asked
    }
}

/// An answer with one member of its response changed.
pub fn changed(answer: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    change(&mut answer);
    answer.to_string()
}

/// Bytes as they stand in the JSON of WebAuthn.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
