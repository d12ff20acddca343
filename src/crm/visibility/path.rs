//! How a rule names a field through lookups, and a strength of sign-in. Pure.

use serde::{Deserialize, Serialize};

use crate::contract::FieldKey;

/// Most names in a path.
pub const MAX_PATH: usize = 4;

/// A field of a record, or of one that its lookups lead to: `city`, `relation.city`. Empty is the record itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldPath(Vec<FieldKey>);

impl FieldPath {
    /// Whether it is the record itself.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The names, the last one that of the field.
    pub fn names(&self) -> &[FieldKey] {
        &self.0
    }
    /// The lookups on the way, and the field; nothing for the record itself.
    pub fn split(&self) -> Option<(&[FieldKey], &FieldKey)> {
        self.0.split_last().map(|(field, way)| (way, field))
    }
}

impl From<FieldKey> for FieldPath {
    fn from(key: FieldKey) -> Self {
        Self(vec![key])
    }
}

impl TryFrom<&str> for FieldPath {
    type Error = &'static str;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let names = text.split('.').map(FieldKey::try_from).collect::<Result<Vec<_>, _>>()?;
        if names.len() > MAX_PATH { Err("a path has at most 4 names between dots") } else { Ok(Self(names)) }
    }
}

impl TryFrom<String> for FieldPath {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.as_str().try_into()
    }
}

impl From<FieldPath> for String {
    fn from(path: FieldPath) -> Self {
        path.to_string()
    }
}

impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            write!(f, "{}{name}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

/// A strength of sign-in as rules write it: `password_mail`, `password_sms`, `password_app`, `passkey`.
pub mod strength {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::contract::Assurance;

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Written {
        PasswordMail,
        PasswordSms,
        PasswordApp,
        Passkey,
    }

    /// The name in rules. Nobody is here by one factor, so no rule writes that.
    pub const fn name(a: Assurance) -> &'static str {
        match a {
            Assurance::OneFactor => "one_factor",
            Assurance::PasswordMail => "password_mail",
            Assurance::PasswordSms => "password_sms",
            Assurance::PasswordApp => "password_app",
            Assurance::Passkey => "passkey",
        }
    }

    /// Writes the name.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(a: &Assurance, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(name(*a))
    }

    /// Reads the name.
    ///
    /// # Errors
    /// When it is none of the four.
    pub fn deserialize<'d, D: Deserializer<'d>>(d: D) -> Result<Assurance, D::Error> {
        Ok(match Written::deserialize(d)? {
            Written::PasswordMail => Assurance::PasswordMail,
            Written::PasswordSms => Assurance::PasswordSms,
            Written::PasswordApp => Assurance::PasswordApp,
            Written::Passkey => Assurance::Passkey,
        })
    }
}
