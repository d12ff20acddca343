//! A credential of a person in an export of Keycloak: `secretData` and `credentialData`, each an object or its text.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Imported, NotTaken, base64, bcrypt};
use crate::idp::credentials::passwords::scheme::{Digest, Scheme};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    secret_data: Value,
    credential_data: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    value: Zeroizing<String>,
    #[serde(default)]
    salt: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct How {
    algorithm: String,
    #[serde(default)]
    hash_iterations: u32,
    #[serde(default)]
    additional_parameters: BTreeMap<String, Vec<String>>,
}

impl How {
    /// A parameter, of which the export makes a list.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.additional_parameters.get(name).and_then(|l| l.first()).map(String::as_str)
    }
    fn number(&self, name: &str) -> Option<u32> {
        self.parameter(name).and_then(|n| n.parse().ok())
    }
}

pub(super) fn read(text: &str) -> Result<Imported, NotTaken> {
    let bad = NotTaken::Malformed("Keycloak");
    let credential: Credential = serde_json::from_str(text).map_err(|_| bad)?;
    let secret: Secret = inner(credential.secret_data).ok_or(bad)?;
    let how: How = inner(credential.credential_data).ok_or(bad)?;
    let digest = match how.algorithm.as_str() {
        "argon2" => return argon2(&how, &secret).ok_or(bad),
        // Of an extension that many installations have.
        "bcrypt" => return bcrypt(&secret.value, false),
        "pbkdf2" => Digest::Sha1,
        "pbkdf2-sha256" => Digest::Sha256,
        "pbkdf2-sha512" => Digest::Sha512,
        _ => return Err(NotTaken::Unknown),
    };
    let (salt, value) = base64(&secret.salt).zip(base64(&secret.value)).ok_or(bad)?;
    Ok(Imported::new(Scheme::Pbkdf2 { digest, rounds: how.hash_iterations }, salt, value))
}

fn inner<T: DeserializeOwned>(value: Value) -> Option<T> {
    match value {
        Value::String(text) => serde_json::from_str(&text).ok(),
        other => serde_json::from_value(other).ok(),
    }
}

fn argon2(how: &How, secret: &Secret) -> Option<Imported> {
    let kind = match how.parameter("type").unwrap_or("id") {
        "id" => "argon2id",
        "i" => "argon2i",
        "d" => "argon2d",
        _ => return None,
    };
    let version = match how.parameter("version").unwrap_or("1.3") {
        "1.3" => 0x13,
        "1.0" => 0x10,
        _ => return None,
    };
    let (memory, lanes) = (how.number("memory")?, how.number("parallelism").unwrap_or(1));
    let scheme = Scheme::Argon2 { kind, version, memory, passes: how.hash_iterations, lanes };
    Some(Imported::new(scheme, base64(&secret.salt)?, base64(&secret.value)?))
}
