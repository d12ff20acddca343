//! What another provider is, and what its word counts for. Pure.

mod said;

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::contract::Assurance;
use crate::idp::people::EmailKey;
use crate::kernel::reach::Reach;
pub use said::{Arrival, Said, arrival};

/// How this server proves who it is at another provider's token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// The secret in the Authorization header.
    #[default]
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// Not at all; PKCE alone.
    None,
}

/// For whom something is done by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum For {
    /// Nobody.
    #[default]
    Nobody,
    /// Whoever has a verified address in one of the provider's domains.
    Domains,
}

/// Which claims say what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimNames {
    /// The address.
    pub email: String,
    /// Whether the provider has verified it.
    pub email_verified: String,
    /// The name.
    pub name: String,
    /// The language.
    pub language: String,
    /// The groups.
    pub groups: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let own = |name: &str| name.to_owned();
        Self {
            email: own("email"),
            email_verified: own("email_verified"),
            name: own("name"),
            language: own("locale"),
            groups: own("groups"),
        }
    }
}

/// When another provider's word counts for more than one factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Trust {
    /// With this `acr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// With all of these in `amr`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// It counts as this `acr` of ours.
    pub counts_as: String,
}

/// Everything about another provider but its name in addresses, its secret, and whether it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Its name, as people see it.
    pub name: String,
    /// Its issuer, exactly. It stays: another issuer is another provider.
    pub issuer: String,
    /// This server's client id there.
    pub client_id: String,
    /// How this server proves who it is there.
    pub token_endpoint_auth_method: ClientAuth,
    /// What is asked for, separated by spaces.
    pub scope: String,
    /// The strength that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr_values: Option<String>,
    /// Whether the sign-in page offers it to everyone.
    pub button: bool,
    /// Who has an address in one of these is led there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// Who is linked at the first sign-in to the person who is here already. Anyone else links it himself, once signed in.
    pub link: For,
    /// Who is made a person at the first sign-in.
    pub create: For,
    /// Whether those who are made work here.
    pub staff: bool,
    /// Whether name and language follow the provider at each sign-in.
    pub update: bool,
    /// Which claims say what.
    pub claims: ClaimNames,
    /// Which of its groups are which of ours: whoever is in the one is in the other from his next sign-in on, and no longer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, String>,
    /// When its word counts for more than one factor. Never, without this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trust: Vec<Trust>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            token_endpoint_auth_method: ClientAuth::default(),
            scope: "openid profile email".into(),
            acr_values: None,
            button: true,
            domains: Vec::new(),
            link: For::Nobody,
            create: For::Nobody,
            staff: false,
            update: true,
            claims: ClaimNames::default(),
            groups: BTreeMap::new(),
            trust: Vec::new(),
        }
    }
}

/// Another provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Its name in addresses and files.
    pub id: String,
    /// Whether it is used.
    pub enabled: bool,
    /// This server's secret there, sealed.
    pub secret: Option<String>,
    /// The rest.
    pub terms: Terms,
}

/// Another provider, as files and programs write it.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its name in addresses.
    pub id: String,
    /// Whether it is used; as it was, or yes, without.
    pub enabled: Option<bool>,
    /// This server's secret there; as it was without.
    pub client_secret: Option<SecretString>,
    /// The rest, as a whole.
    pub terms: Terms,
}

impl Form {
    /// Reads one. `id` is given where the address has it, and is a member otherwise.
    pub fn read(id: Option<&str>, mut members: Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str, value: Option<Value>| match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{name} is text: put it in quotes")),
        };
        let own = text("id", members.remove("id"))?;
        let id = match (id, own) {
            (Some(id), None) => id.to_owned(),
            (Some(id), Some(own)) if own == id => own,
            (None, Some(own)) => own,
            (Some(_), Some(_)) => return Err("id is another than in the address".into()),
            (None, None) => return Err("id is missing".into()),
        };
        let enabled = match members.remove("enabled") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(yes)) => Some(yes),
            Some(_) => return Err("enabled is true or false".into()),
        };
        let client_secret = text("client_secret", members.remove("client_secret"))?.map(SecretString::from);
        let terms = serde_json::from_value(Value::Object(members)).map_err(|e| e.to_string())?;
        Ok(Self { id, enabled, client_secret, terms })
    }
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::read(None, Map::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// The canonical form of a domain.
fn domain(text: &str) -> Option<String> {
    EmailKey::parse(&format!("x@{}", text.trim())).and_then(|key| key.as_str().split_once('@').map(|(_, d)| d.to_owned()))
}

/// The domain of an address.
pub fn domain_of(key: &EmailKey) -> &str {
    key.as_str().split_once('@').map_or("", |(_, d)| d)
}

/// Whether a text can be the name of a provider in addresses.
pub fn is_id(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
}

impl Terms {
    /// Checks them; domains come out in their canonical form. The text says which member and why.
    pub fn checked(mut self, reach: &Reach) -> Result<Self, (&'static str, String)> {
        let no = |field, why: &str| Err((field, why.to_owned()));
        if self.name.trim().is_empty() || self.name.chars().count() > 60 {
            return no("name", "the name that people will see, at most 60 characters");
        }
        if let Err(why) = reach.read(&self.issuer) {
            return no("issuer", why);
        }
        if self.client_id.is_empty() || self.client_id.len() > 500 {
            return no("client_id", "the id that the other provider gave this server");
        }
        if !self.scope.split(' ').any(|s| s == "openid") || self.scope.len() > 500 {
            return no("scope", "must have openid among others, separated by spaces");
        }
        if self.domains.len() > 100 || self.groups.len() > 500 || self.trust.len() > 20 {
            return no("domains", "at most 100 domains, 500 groups and 20 rules of trust");
        }
        let domains: Option<BTreeSet<String>> = self.domains.iter().map(|d| domain(d)).collect();
        let Some(domains) = domains else { return no("domains", "each is a domain such as example.com") };
        self.domains = domains.into_iter().collect();
        let for_domains = self.link == For::Domains || self.create == For::Domains;
        if for_domains && self.domains.is_empty() {
            return no(
                "domains",
                "to link or make people by itself, name the domains that this provider alone gives out addresses of",
            );
        }
        for trust in &self.trust {
            let level = Assurance::from_acr(&trust.counts_as);
            if level.is_none_or(|l| l < Assurance::PasswordMail) {
                return no("trust", "counts_as must be one of the levels of two factors, such as urn:zegel:acr:password-app");
            }
            if trust.acr.is_none() && trust.amr.is_empty() {
                return no("trust", "say which acr or amr counts; a word of anyone's counts for one factor");
            }
        }
        Ok(self)
    }

    /// Whether whoever has this address is led there.
    pub fn routes(&self, key: &EmailKey) -> bool {
        self.domains.iter().any(|d| d == domain_of(key))
    }

    /// What a word counts for by itself, beyond one factor.
    pub fn honours(&self, acr: Option<&str>, amr: &[String]) -> Option<Assurance> {
        let fits = |t: &&Trust| {
            let by_acr = t.acr.as_deref().is_none_or(|wanted| acr == Some(wanted));
            (t.acr.is_some() || !t.amr.is_empty()) && by_acr && t.amr.iter().all(|m| amr.contains(m))
        };
        self.trust.iter().filter(fits).filter_map(|t| Assurance::from_acr(&t.counts_as)).max()
    }
}

#[cfg(test)]
mod tests;
