//! Names of modules and fields.

use serde::{Deserialize, Serialize};

/// The key of a module or field: `[a-z][a-z0-9_]{0,62}`. Being checked when made, it may stand as a literal in a
/// statement, where an index on an expression needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldKey(String);

impl FieldKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FieldKey {
    type Error = &'static str;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        let mut chars = s.chars();
        let ok = s.len() <= 63
            && chars.next().is_some_and(|c| c.is_ascii_lowercase())
            && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if ok { Ok(Self(s)) } else { Err("a key is made of a-z, 0-9 and _, starts with a letter and has at most 63 characters") }
    }
}

impl TryFrom<&str> for FieldKey {
    type Error = &'static str;
    fn try_from(s: &str) -> Result<Self, Self::Error> {
        s.to_owned().try_into()
    }
}

impl From<FieldKey> for String {
    fn from(k: FieldKey) -> Self {
        k.0
    }
}

impl std::fmt::Display for FieldKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
