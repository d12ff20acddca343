//! What another provider says of someone, and whom it brings (security case 23). Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{For, Terms};
use crate::contract::Assurance;
use crate::idp::people::{EmailKey, Person};
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{LEEWAY, date};

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
    /// When he signed in there (`auth_time`; Core, section 2), where it says so.
    pub signed_in_at: Option<Timestamp>,
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
            signed_in_at: date(claims, "auth_time").ok().flatten().map(Timestamp::from_seconds),
            email,
        }
    }

    /// Whether he signed in there since he was `asked` to, as far as clocks agree (Core, section 3.1.3.7, item 13). What it does
    /// not say, or says of a time to come, is no.
    pub fn signed_in_since(&self, asked: Timestamp, now: Timestamp) -> bool {
        // Whole seconds are compared, as a NumericDate has no more.
        let times = (asked - LEEWAY).seconds()..=(now + LEEWAY).seconds();
        self.signed_in_at.is_some_and(|at| times.contains(&at.seconds()))
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
