//! Selective disclosure (RFC 9901): a signed payload holds salted digests, and who holds a disclosure may show the value.
//! Owns making and reading disclosures, the compact form, and verifying which values a presentation discloses.
//! Does not own key binding (section 4.3): nothing here is bound to a holder, and a presentation with it is refused.

use std::collections::{HashMap, HashSet};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

use super::jws::{MAX_SD_JWT, Signed, open_bounded};
use super::{Alg, JoseError, KeySet, SigningKey, claims, digest};
use crate::kernel::entropy::Entropy;

/// Disclosures of one presentation.
const MAX_DISCLOSURES: usize = 1024;
/// Bytes of a whole presentation.
const MAX_PRESENTATION: usize = 2 * 1024 * 1024;
/// How deep objects, arrays and disclosures may lie in each other.
const MAX_DEPTH: usize = 64;
/// The one digest algorithm (section 4.1.1).
const SD_ALG: &str = "sha-256";

/// A value with its salt, kept apart from the signed payload: `[salt, name, value]` for a member of an object,
/// `[salt, value]` for an element of an array (section 4.2). Whoever deletes it leaves a digest that says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    encoded: String,
    name: Option<String>,
    value: Value,
}

impl fmt::Debug for Disclosure {
    /// Names the digest only: the value is what is to be kept apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({})", self.digest())
    }
}

impl Disclosure {
    /// For the member `name` of an object, with 128 bits of fresh salt. Reserved names are refused, inside the value too,
    /// where whoever reads it would take them for digests (section 4.1).
    pub fn new(name: &str, value: Value, entropy: &dyn Entropy) -> Result<Self, JoseError> {
        allowed(name)?;
        free_of_reserved(&value)?;
        let salt = URL_SAFE_NO_PAD.encode(entropy.bytes::<16>());
        let json = serde_json::to_vec(&(salt, name, &value)).map_err(|_| JoseError::Disclosure("it doesn't become JSON"))?;
        Ok(Self { encoded: URL_SAFE_NO_PAD.encode(json), name: Some(name.to_owned()), value })
    }

    /// Reads one back. Its exact text is kept, since that is what the digest is made of.
    pub fn parse(encoded: &str) -> Result<Self, JoseError> {
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JoseError::Disclosure("one isn't base64url"))?;
        let parts: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| JoseError::Disclosure("one isn't a JSON array"))?;
        let (name, value) = match <[Value; 3]>::try_from(parts) {
            Ok([Value::String(_), Value::String(name), value]) => (Some(name), value),
            Ok(_) => return Err(JoseError::Disclosure("one has a salt or name that isn't text")),
            Err(parts) => match <[Value; 2]>::try_from(parts) {
                Ok([Value::String(_), value]) => (None, value),
                _ => return Err(JoseError::Disclosure("one has neither the two nor the three elements")),
            },
        };
        if let Some(name) = &name {
            allowed(name)?;
        }
        Ok(Self { encoded: encoded.to_owned(), name, value })
    }

    /// What stands in the payload for it: SHA-256 over its encoded text (section 4.2.3).
    pub fn digest(&self) -> String {
        digest(self.encoded.as_bytes())
    }
    /// The text to store and to show.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }
    /// The member's name; none for an array's element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    /// The value.
    pub const fn value(&self) -> &Value {
        &self.value
    }
}

fn allowed(name: &str) -> Result<(), JoseError> {
    if ["_sd", "...", "_sd_alg"].contains(&name) { Err(JoseError::Disclosure("one has a reserved name")) } else { Ok(()) }
}

fn free_of_reserved(value: &Value) -> Result<(), JoseError> {
    match value {
        Value::Object(map) => map.iter().try_for_each(|(name, inner)| {
            allowed(name)?;
            free_of_reserved(inner)
        }),
        Value::Array(all) => all.iter().try_for_each(free_of_reserved),
        _ => Ok(()),
    }
}

/// A signed payload and disclosures for it, in the form `<jwt>~<disclosure>~...~` (section 4). Reading one checks nothing
/// but its form; [`SdJwt::verify`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdJwt {
    /// The JWT signed by the issuer.
    pub jwt: String,
    /// What is disclosed with it.
    pub disclosures: Vec<Disclosure>,
}

impl SdJwt {
    /// Signs `payload`, which holds the digests in its `_sd` arrays already; `_sd_alg` is its own to state. The arrays
    /// should be sorted, so that their order tells nothing (section 4.2.4.1).
    pub fn issue(key: &SigningKey, typ: &str, payload: &impl Serialize, disclosures: Vec<Disclosure>) -> Result<Self, JoseError> {
        let jwt = key.sign_jwt(typ, payload)?;
        if jwt.len() > MAX_SD_JWT || disclosures.len() > MAX_DISCLOSURES {
            return Err(JoseError::TooLong);
        }
        Ok(Self { jwt, disclosures })
    }

    /// Takes the compact form apart.
    pub fn parse(compact: &str) -> Result<Self, JoseError> {
        if compact.len() > MAX_PRESENTATION {
            return Err(JoseError::TooLong);
        }
        let (jwt, rest) = compact.split_once('~').ok_or(JoseError::Malformed("an SD-JWT has a ~ after its JWT"))?;
        let mut disclosures = vec![];
        if !rest.is_empty() {
            let rest = rest.strip_suffix('~').ok_or(JoseError::Malformed("an SD-JWT without key binding ends with ~"))?;
            for encoded in rest.split('~') {
                if disclosures.len() == MAX_DISCLOSURES {
                    return Err(JoseError::TooLong);
                }
                disclosures.push(Disclosure::parse(encoded)?);
            }
        }
        Ok(Self { jwt: jwt.to_owned(), disclosures })
    }

    /// The same statement disclosing only what `keep` says.
    pub fn present(&self, keep: impl Fn(&Disclosure) -> bool) -> Self {
        Self { jwt: self.jwt.clone(), disclosures: self.disclosures.iter().filter(|d| keep(d)).cloned().collect() }
    }

    /// Checks the signature and every disclosure (section 7.1). No claim is checked: receipts have no end and no audience.
    ///
    /// Refused are a digest that occurs twice, a disclosure that no digest refers to or that is given twice, reserved
    /// names, a name that is there already, and any digest algorithm but SHA-256.
    pub fn verify(&self, keys: &KeySet, typ: &[&str], algs: &[Alg]) -> Result<Disclosed, JoseError> {
        let signed = open_bounded(&self.jwt, keys, Some(typ), algs, MAX_SD_JWT)?;
        let mut claims = signed.object()?;
        if claims::text(&claims, "_sd_alg")?.is_some_and(|alg| alg != SD_ALG) {
            return Err(JoseError::Disclosure("the digest algorithm isn't sha-256"));
        }
        claims.remove("_sd_alg");
        let mut given = HashMap::new();
        for disclosure in &self.disclosures {
            if given.insert(disclosure.digest(), disclosure).is_some() {
                return Err(JoseError::Disclosure("one is given twice"));
            }
        }
        let mut walk = Walk { given, seen: HashSet::new(), disclosed: vec![], concealed: 0 };
        let claims = walk.object(claims, "", 0)?;
        if !walk.given.is_empty() {
            return Err(JoseError::Disclosure("one belongs to no digest of the payload"));
        }
        Ok(Disclosed { signed, claims, disclosed: walk.disclosed, concealed: walk.concealed })
    }
}

impl fmt::Display for SdJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~", self.jwt)?;
        self.disclosures.iter().try_for_each(|d| write!(f, "{}~", d.encoded))
    }
}

/// What a verified presentation says.
#[derive(Clone, Debug)]
pub struct Disclosed {
    signed: Signed,
    claims: Map<String, Value>,
    disclosed: Vec<String>,
    concealed: usize,
}

impl Disclosed {
    /// The signed part as it stands, digests included; its payload bytes are what a chain hashes.
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }
    /// The claims with the disclosed values in their places and every digest removed.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
    /// Where the disclosed values are, as JSON pointers (RFC 6901) into [`Disclosed::claims`].
    pub fn disclosed(&self) -> &[String] {
        &self.disclosed
    }
    /// How many digests were met for which nothing was disclosed.
    pub const fn concealed(&self) -> usize {
        self.concealed
    }
}

/// Puts disclosed values into their places. `given` loses each disclosure as it is used.
struct Walk<'a> {
    given: HashMap<String, &'a Disclosure>,
    seen: HashSet<String>,
    disclosed: Vec<String>,
    concealed: usize,
}

impl<'a> Walk<'a> {
    fn value(&mut self, value: Value, path: &str, depth: usize) -> Result<Value, JoseError> {
        if depth > MAX_DEPTH {
            return Err(JoseError::Disclosure("values lie too deep in each other"));
        }
        match value {
            Value::Object(map) => Ok(Value::Object(self.object(map, path, depth)?)),
            Value::Array(all) => self.array(all, path, depth),
            other => Ok(other),
        }
    }

    fn object(&mut self, mut map: Map<String, Value>, path: &str, depth: usize) -> Result<Map<String, Value>, JoseError> {
        let digests = match map.remove("_sd") {
            None => vec![],
            Some(Value::Array(all)) => all,
            Some(_) => return Err(JoseError::Disclosure("_sd isn't an array")),
        };
        if map.contains_key("...") || map.contains_key("_sd_alg") {
            return Err(JoseError::Disclosure("a reserved name stands where it may not"));
        }
        let mut out = Map::new();
        for (name, value) in map {
            let value = self.value(value, &pointer(path, &name), depth + 1)?;
            out.insert(name, value);
        }
        for found in digests {
            let Some(disclosure) = self.take(&found)? else { continue };
            let name = disclosure.name().ok_or(JoseError::Disclosure("an element stands for a member"))?;
            if out.contains_key(name) {
                return Err(JoseError::Disclosure("a disclosed name is there already"));
            }
            let path = pointer(path, name);
            self.disclosed.push(path.clone());
            let value = self.value(disclosure.value.clone(), &path, depth + 1)?;
            out.insert(name.to_owned(), value);
        }
        Ok(out)
    }

    fn array(&mut self, all: Vec<Value>, path: &str, depth: usize) -> Result<Value, JoseError> {
        let mut out = vec![];
        for element in all {
            let here = pointer(path, &out.len().to_string());
            let element = match element.as_object().filter(|o| o.len() == 1).and_then(|o| o.get("...")) {
                None => element,
                Some(found) => {
                    let Some(disclosure) = self.take(found)? else { continue };
                    if disclosure.name.is_some() {
                        return Err(JoseError::Disclosure("a member stands for an element"));
                    }
                    self.disclosed.push(here.clone());
                    disclosure.value.clone()
                }
            };
            out.push(self.value(element, &here, depth + 1)?);
        }
        Ok(Value::Array(out))
    }

    /// The disclosure of a digest, once.
    fn take(&mut self, found: &Value) -> Result<Option<&'a Disclosure>, JoseError> {
        let found = found.as_str().ok_or(JoseError::Disclosure("a digest isn't text"))?;
        if !self.seen.insert(found.to_owned()) {
            return Err(JoseError::Disclosure("a digest occurs twice"));
        }
        let disclosure = self.given.remove(found);
        self.concealed += usize::from(disclosure.is_none());
        Ok(disclosure)
    }
}

fn pointer(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
