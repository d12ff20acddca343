//! What another provider is, what its word counts for, and whom it brings. Pure.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::contract::Assurance;
use crate::idp::people::{EmailKey, Person};
use crate::kernel::reach::Reach;

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

/// What another provider says of someone, in a form that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By whom.
    pub issuer: String,
    /// Who, there.
    pub subject: String,
    /// The address, if it is one.
    pub email: Option<(String, EmailKey)>,
    /// Whether the provider says that it is his.
    pub verified: bool,
    /// The name.
    pub name: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// Groups, by the provider's names; none where it says nothing of groups.
    pub groups: Option<BTreeSet<String>>,
    /// How strongly he signed in, as far as that counts.
    pub whole: Option<Assurance>,
}

impl Said {
    /// Reads the claims that were agreed on.
    pub fn of(terms: &Terms, subject: &str, claims: &Map<String, Value>) -> Self {
        let names = &terms.claims;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
        let listed = |name: &str| match claims.get(name) {
            Some(Value::Array(all)) => Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<String>>()),
            Some(Value::String(one)) => Some(vec![one.clone()]),
            _ => None,
        };
        let email = text(&names.email).and_then(|t| Some((t.to_owned(), EmailKey::parse(t)?)));
        let amr = listed("amr").unwrap_or_default();
        Self {
            issuer: terms.issuer.clone(),
            subject: subject.to_owned(),
            verified: is_yes(claims.get(&names.email_verified)),
            name: text(&names.name).map(|t| t.chars().take(200).collect()),
            language: text(&names.language).map(str::to_owned),
            groups: listed(&names.groups).map(|all| all.into_iter().collect()),
            whole: terms.honours(text("acr"), &amr),
            email,
        }
    }

    /// The address, where the provider has verified it and gives out addresses of its domain: then its word is enough.
    pub fn address(&self, terms: &Terms) -> Option<&(String, EmailKey)> {
        self.email.as_ref().filter(|(_, key)| self.verified && terms.routes(key))
    }

    /// The names of the groups here that he is in by what the provider says; none where it says nothing of groups.
    pub fn groups_here(&self, terms: &Terms) -> Option<BTreeSet<String>> {
        let said = self.groups.as_ref()?;
        Some(said.iter().filter_map(|g| terms.groups.get(g)).cloned().collect())
    }
}

/// Providers write it in three ways.
fn is_yes(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
        Some(Value::Number(n)) => n.as_i64() == Some(1),
        _ => false,
    }
}

/// Whom someone is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Someone who is linked.
    Known,
    /// Someone with the same address, whom the provider's word links. `anew`: the address was proven by nobody before, so
    /// whatever was set for it was set by who knows whom, and goes.
    Linked {
        /// Whether credentials of before go.
        anew: bool,
    },
    /// Someone new.
    New,
    /// Nobody. The same for everyone, so that it tells of no account.
    Nobody,
}

/// Decides it (security case 23). `linked` is who is linked to issuer and subject, `same` who has the address.
pub fn arrival(terms: &Terms, said: &Said, linked: Option<&Person>, same: Option<&Person>) -> Arrival {
    if let Some(person) = linked {
        return if person.active { Arrival::Known } else { Arrival::Nobody };
    }
    if said.address(terms).is_none() {
        return Arrival::Nobody;
    }
    match same {
        Some(person) if person.active && terms.link == For::Domains => Arrival::Linked { anew: !person.email_proven },
        None if terms.create == For::Domains => Arrival::New,
        _ => Arrival::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn terms() -> Terms {
        let trust = Trust { acr: Some("mfa".into()), amr: vec!["otp".into()], counts_as: "urn:zegel:acr:password-app".into() };
        let terms = Terms {
            name: "Contoso".into(),
            issuer: "https://id.contoso.example".into(),
            client_id: "zegel".into(),
            domains: vec!["Contoso.EXAMPLE".into(), "büro.example".into()],
            link: For::Domains,
            create: For::Domains,
            groups: [("g1".to_owned(), "Sales".to_owned())].into(),
            trust: vec![trust],
            ..Terms::default()
        };
        terms.checked(&Reach::default()).unwrap()
    }

    fn said(terms: &Terms, claims: Value) -> Said {
        Said::of(terms, "s", claims.as_object().unwrap())
    }

    fn person(active: bool, email_proven: bool) -> Person {
        Person {
            id: "p".into(),
            email: "a@contoso.example".into(),
            email_proven,
            name: "A".into(),
            language: "en".into(),
            phone: None,
            staff: false,
            active,
        }
    }

    /// case 23: over who is linked, who has the address, whether it is verified and of whose domain it is.
    #[test]
    fn an_address_links_nobody_unless_it_is_verified_and_the_provider_gives_it_out() {
        let terms = terms();
        let verified = said(&terms, json!({"email": "A@contoso.example", "email_verified": true}));
        let (proven, unproven, disabled) = (person(true, true), person(true, false), person(false, true));
        assert_eq!(arrival(&terms, &verified, Some(&proven), None), Arrival::Known);
        assert_eq!(arrival(&terms, &verified, Some(&disabled), Some(&proven)), Arrival::Nobody);
        assert_eq!(arrival(&terms, &verified, None, Some(&proven)), Arrival::Linked { anew: false });
        assert_eq!(arrival(&terms, &verified, None, Some(&unproven)), Arrival::Linked { anew: true });
        assert_eq!(arrival(&terms, &verified, None, Some(&disabled)), Arrival::Nobody);
        assert_eq!(arrival(&terms, &verified, None, None), Arrival::New);
        for not in [
            json!({"email": "a@contoso.example"}),
            json!({"email": "a@contoso.example", "email_verified": false}),
            json!({"email": "a@contoso.example", "email_verified": "no"}),
            json!({"email": "a@contoso.example", "email_verified": [true]}),
            json!({"email": "a@evil.example", "email_verified": true}),
            json!({"email": "a@contoso.example.evil.example", "email_verified": true}),
            json!({"email": "a@evil@contoso.example", "email_verified": true}),
            json!({"email_verified": true}),
            json!({}),
        ] {
            let said = said(&terms, not.clone());
            assert_eq!(arrival(&terms, &said, None, Some(&proven)), Arrival::Nobody, "{not}");
            assert_eq!(arrival(&terms, &said, None, None), Arrival::Nobody, "{not}");
            assert_eq!(arrival(&terms, &said, Some(&proven), None), Arrival::Known, "who is linked is known by subject: {not}");
        }
        let careful = Terms { link: For::Nobody, create: For::Nobody, ..terms };
        assert_eq!(arrival(&careful, &verified, None, Some(&proven)), Arrival::Nobody);
        assert_eq!(arrival(&careful, &verified, None, None), Arrival::Nobody);
    }

    /// S10: `acr` and `amr` count where a rule says so, and only all that it names.
    #[test]
    fn a_providers_word_counts_for_more_only_where_a_rule_says_so() {
        let terms = terms();
        let whole = |claims| said(&terms, claims).whole;
        assert_eq!(whole(json!({"acr": "mfa", "amr": ["pwd", "otp"]})), Some(Assurance::PasswordApp));
        assert_eq!(whole(json!({"acr": "mfa", "amr": "otp"})), Some(Assurance::PasswordApp));
        for not in [
            json!({"acr": "mfa"}),
            json!({"amr": ["otp"]}),
            json!({"acr": "MFA", "amr": ["otp"]}),
            json!({"acr": ["mfa"], "amr": ["otp"]}),
        ] {
            assert_eq!(whole(not.clone()), None, "{not}");
        }
        let trusting = Terms { trust: Vec::new(), ..terms.clone() };
        let all = json!({"acr": "urn:zegel:acr:passkey", "amr": ["mfa", "hwk", "user"]});
        assert_eq!(said(&trusting, all).whole, None);
    }

    #[test]
    fn groups_are_those_that_are_mapped() {
        let terms = terms();
        let here = |claims| said(&terms, claims).groups_here(&terms);
        assert_eq!(here(json!({"groups": ["g1", "administrators"]})), Some(["Sales".to_owned()].into()));
        assert_eq!(here(json!({"groups": []})), Some(BTreeSet::new()));
        assert_eq!(here(json!({})), None, "it says nothing, so nothing changes");
    }

    #[test]
    fn terms_that_contradict_themselves_are_refused() {
        let refused = |change: fn(&mut Terms)| {
            let mut changed = terms();
            change(&mut changed);
            changed.checked(&Reach::default()).unwrap_err().0
        };
        assert_eq!(refused(|t| t.name.clear()), "name");
        assert_eq!(refused(|t| t.issuer = "http://id.contoso.example".into()), "issuer");
        assert_eq!(refused(|t| t.issuer = "https://10.0.0.1".into()), "issuer");
        assert_eq!(refused(|t| t.client_id.clear()), "client_id");
        assert_eq!(refused(|t| t.scope = "email".into()), "scope");
        assert_eq!(refused(|t| t.domains = vec!["a b".into()]), "domains");
        assert_eq!(refused(|t| t.domains.clear()), "domains");
        assert_eq!(refused(|t| t.trust = vec![Trust { counts_as: "urn:zegel:acr:passkey".into(), ..Trust::default() }]), "trust");
        assert_eq!(
            refused(|t| t.trust = vec![Trust { acr: Some("x".into()), counts_as: "x".into(), ..Trust::default() }]),
            "trust"
        );
        assert_eq!(terms().domains, ["contoso.example", "xn--bro-hoa.example"]);
        let form = |value: Value| serde_json::from_value::<Form>(value);
        assert!(form(json!({"id": "a", "isuer": "x"})).is_err(), "a misspelt member");
        assert!(form(json!({"id": "a", "client_secret": 5})).is_err());
        assert!(form(json!({"issuer": "x"})).is_err() && form(json!({"id": "a"})).is_ok());
        assert!(is_id("contoso-2") && !is_id("") && !is_id("A") && !is_id("a/b") && !is_id("-a"));
    }
}
