//! The form of an apply file: what may stand in it, and reading it from YAML or JSON. Pure; what the file asks for is
//! checked in `check`, and compared with what is there in `flow`.

use std::fmt;

use secrecy::SecretString;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::allowed::AllowedForm;
use super::links::LinkForm;
use crate::contract::access::GrantLevel;
use crate::idp::clients::Metadata;
use crate::idp::people::Profile;
use crate::idp::policy::PolicyForm;

/// A file in bytes at most.
pub const MAX: usize = 16 * 1024 * 1024;

/// Everything that a file can name. What it does not name is left alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// People, by their address.
    pub people: Vec<PersonForm>,
    /// Groups, by name.
    pub groups: Vec<GroupForm>,
    /// Who has which role. What a role allows is the record store's.
    pub roles: Vec<RoleForm>,
    /// Applications, by client id.
    pub applications: Vec<Application>,
    /// What is asked of sign-ins, by whom or what it is for.
    pub policies: Vec<PolicyForm>,
    /// Links of the start page, by id.
    pub links: Vec<LinkForm>,
    /// Who has access to which relation.
    pub grants: Vec<GrantForm>,
    /// Other providers that people sign in with, by id.
    pub upstreams: Vec<crate::idp::federation::model::Form>,
}

/// A grant, as a whole: what is left out is not there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantForm {
    /// The relation, by its id or by the key that the record store has for files.
    pub relation: String,
    /// The address of who has it.
    #[serde(default)]
    pub person: Option<String>,
    /// Or the group's name.
    #[serde(default)]
    pub group: Option<String>,
    /// How much.
    #[serde(default)]
    pub level: Option<GrantLevel>,
    /// From when: a day, or a moment.
    #[serde(default)]
    pub from: Option<String>,
    /// Until when, not included.
    #[serde(default)]
    pub until: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// `false` takes it away.
    #[serde(default)]
    pub present: Option<bool>,
}

/// A person. What is `None` stays as it is, and has its default for someone new.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonForm {
    /// The address: who is meant, in any spelling of the same canonical form.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code; `en` for someone new.
    #[serde(default)]
    pub language: Option<String>,
    /// Phone number; an empty text takes it away.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whether the person works here; no for someone new.
    #[serde(default)]
    pub staff: Option<bool>,
    /// Whether the person may sign in; yes for someone new. `false` ends everything that the person holds.
    #[serde(default)]
    pub active: Option<bool>,
    /// The password's hash, as text in one of the forms that `passwords::imported` reads, or Keycloak's credential as it is.
    #[serde(default, deserialize_with = "hash")]
    pub password_hash: Option<SecretString>,
    /// The password itself; in capture mode only.
    #[serde(default, deserialize_with = "secret")]
    pub password: Option<SecretString>,
    /// An authenticator's seed in base32; in capture mode only.
    #[serde(default, deserialize_with = "secret")]
    pub authenticator: Option<SecretString>,
    /// Standard claims beside name, address and phone, as a whole.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// The names of all groups that the person is in.
    #[serde(default)]
    pub groups: Option<Vec<String>>,
    /// The names of all roles that the person has himself.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
}

/// A group.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupForm {
    /// Its name.
    pub name: String,
    /// The addresses of everyone in it.
    #[serde(default)]
    pub members: Option<Vec<String>>,
    /// The names of all roles that its members have by it.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
}

/// A role, from the side of those who have it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleForm {
    /// Its name.
    pub name: String,
    /// The addresses of everyone who has it himself.
    #[serde(default)]
    pub people: Option<Vec<String>>,
    /// The names of all groups that have it.
    #[serde(default)]
    pub groups: Option<Vec<String>>,
}

/// An application: the names of RFC 7591 beside `client_id`, `client_secret`, `enabled` and
/// `allowed`.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// Its client id, chosen by whoever writes the file.
    pub client_id: String,
    /// Its secret, of which only a keyed hash is kept. Without it, the one that is there stays.
    pub client_secret: Option<SecretString>,
    /// Whether it may be used; yes for a new one. `false` ends everything that it holds.
    pub enabled: Option<bool>,
    /// Who may use it; everyone for a new one.
    pub allowed: Option<AllowedForm>,
    /// What is registered of it, as a whole: a member that is not in the file has its default.
    pub metadata: Metadata,
}

/// Text that no error repeats: serde's own messages quote a value of the wrong type.
fn secret<'de, D: Deserializer<'de>>(d: D) -> Result<Option<SecretString>, D::Error> {
    let read = Option::<String>::deserialize(d);
    read.map(|t| t.map(Into::into)).map_err(|_| D::Error::custom("a password, hash or secret is text: put it in quotes"))
}

/// The same, and an object as its JSON text.
fn hash<'de, D: Deserializer<'de>>(d: D) -> Result<Option<SecretString>, D::Error> {
    let text = match Option::<serde_json::Value>::deserialize(d) {
        Ok(None) => return Ok(None),
        Ok(Some(serde_json::Value::String(text))) => text,
        Ok(Some(object @ serde_json::Value::Object(_))) => object.to_string(),
        _ => return Err(D::Error::custom("a password, hash or secret is text: put it in quotes")),
    };
    Ok(Some(text.into()))
}

impl<'de> Deserialize<'de> for Application {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(ApplicationVisitor)
    }
}

struct ApplicationVisitor;

impl<'de> Visitor<'de> for ApplicationVisitor {
    type Value = Application;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an application: client_id and the names of RFC 7591")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Application, A::Error> {
        let mut own = Own::default();
        let metadata = Metadata::deserialize(MapAccessDeserializer::new(Beside { map, own: &mut own }))?;
        let client_id = own.client_id.ok_or_else(|| A::Error::missing_field("client_id"))?;
        Ok(Application { client_id, client_secret: own.client_secret, enabled: own.enabled, allowed: own.allowed, metadata })
    }
}

#[derive(Default)]
struct Own {
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    enabled: Option<bool>,
    allowed: Option<AllowedForm>,
}

/// A map without the members that belong to the application itself: [`Metadata`] refuses what it does not know, and
/// `serde(flatten)` would undo that.
struct Beside<'a, A> {
    map: A,
    own: &'a mut Own,
}

/// A [`secret`] as a value of its own.
#[derive(Deserialize)]
#[serde(transparent)]
struct Secret(#[serde(deserialize_with = "secret")] Option<SecretString>);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Beside<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            let twice = match key.as_str() {
                "client_id" => self.own.client_id.replace(self.map.next_value()?).is_some(),
                "client_secret" => {
                    let Secret(value) = self.map.next_value()?;
                    std::mem::replace(&mut self.own.client_secret, value).is_some()
                }
                "enabled" => self.own.enabled.replace(self.map.next_value()?).is_some(),
                "allowed" => self.own.allowed.replace(self.map.next_value()?).is_some(),
                _ => return seed.deserialize(key.into_deserializer()).map(Some),
            };
            if twice {
                return Err(A::Error::custom(format!("{key} is there twice")));
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Why a text is not an apply file: what is wrong, with line, column and the path to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormError(String);

impl File {
    /// Reads a file's text. JSON where the name ends in `.json` or the text begins with a brace, YAML otherwise.
    pub fn parse(name: &str, text: &str) -> Result<Self, FormError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.len() > MAX {
            return Err(FormError(format!("longer than {} MiB; make it several files", MAX / 1024 / 1024)));
        }
        if text.trim().is_empty() {
            return Err(FormError("it is empty".into()));
        }
        let yaml = || serde_yaml_ng::from_str::<Self>(text).map_err(|e| FormError(e.to_string()));
        let json = name.to_ascii_lowercase().ends_with(".json") || text.trim_start().starts_with('{');
        match json.then(|| serde_json::from_str(text)) {
            None => yaml(),
            Some(Ok(file)) => Ok(file),
            // The YAML reader takes JSON too, and knows the path to what it does not like.
            Some(Err(e)) if e.is_data() => Err(yaml().err().unwrap_or_else(|| FormError(e.to_string()))),
            // What begins with a brace may be YAML's own short form.
            Some(Err(e)) => yaml().map_err(|_| FormError(e.to_string())),
        }
    }
}
