//! What is asked of a person, and whether what was allowed before covers it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::idp::clients::Client;
use crate::idp::clients::model::Consent;

/// How long the page may be open.
pub const LIFE: Duration = Duration::from_secs(30 * 60);

/// What a request asks of a person, or what a person has allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// Scopes.
    pub scopes: BTreeSet<String>,
    /// Claims that are asked for one by one.
    pub claims: BTreeSet<String>,
    /// Resource servers that the application may act at, in the person's name.
    pub resources: BTreeSet<String>,
    /// Single acts that are described in full (RFC 9396), as one text; each is asked for anew.
    pub details: String,
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn joined(set: &BTreeSet<String>) -> String {
    set.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

impl Asks {
    /// From lists of words as they are stored.
    pub fn new(scope: &str, claims: &str, resource: &str) -> Self {
        Self { scopes: words(scope), claims: words(claims), resources: words(resource), details: String::new() }
    }
    /// The scopes, as stored.
    pub fn scope(&self) -> String {
        joined(&self.scopes)
    }
    /// The claims, as stored.
    pub fn claim(&self) -> String {
        joined(&self.claims)
    }
    /// The resource servers, as stored.
    pub fn resource(&self) -> String {
        joined(&self.resources)
    }

    /// Whether all that `asked` asks for is in this.
    pub fn covers(&self, asked: &Self) -> bool {
        asked.scopes.is_subset(&self.scopes)
            && asked.claims.is_subset(&self.claims)
            && asked.resources.is_subset(&self.resources)
            && (asked.details.is_empty() || asked.details == self.details)
    }

    /// Both together: what was allowed stays allowed.
    pub fn with(&self, more: &Self) -> Self {
        let both = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.union(b).cloned().collect();
        Self {
            scopes: both(&self.scopes, &more.scopes),
            claims: both(&self.claims, &more.claims),
            resources: both(&self.resources, &more.resources),
            details: more.details.clone(),
        }
    }
}

/// What of it a person must have allowed. Who registered an application for the organisation has decided for its people, but
/// for access that outlives their session and for single acts: those are each person's own.
pub fn needed(client: &Client, asked: &Asks) -> Asks {
    match client.metadata.consent {
        Consent::Ask => {
            let mut all = asked.clone();
            // Signing in is what the person does; the sign-in page has said to whom.
            all.scopes.remove("openid");
            all
        }
        Consent::Implied => Asks {
            scopes: asked.scopes.iter().filter(|s| *s == "offline_access").cloned().collect(),
            details: asked.details.clone(),
            ..Asks::default()
        },
    }
}

/// Whether there is nothing to be asked.
pub fn is_nothing(asks: &Asks) -> bool {
    *asks == Asks::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::Metadata;

    fn client(consent: Consent) -> Client {
        let metadata = Metadata { consent, ..Metadata::default() };
        Client { id: "c".into(), metadata, secret_hash: None, enabled: true }
    }

    /// S1
    #[test]
    fn what_was_allowed_is_not_asked_again_and_what_is_new_is() {
        let allowed = Asks::new("profile email", "", "https://api");
        assert!(allowed.covers(&Asks::new("email", "", "")));
        assert!(!allowed.covers(&Asks::new("email address", "", "")));
        assert!(!allowed.covers(&Asks::new("email", "birthdate", "")));
        assert!(!allowed.covers(&Asks::new("", "", "https://other")));
        assert!(allowed.with(&Asks::new("address", "", "")).covers(&Asks::new("email address", "", "https://api")));
        let act = Asks { details: "[{}]".into(), ..Asks::default() };
        assert!(!allowed.covers(&act));
    }

    /// S2: offline access is each person's own, whoever registered the application.
    #[test]
    fn the_organisation_decides_for_its_people_but_not_for_when_they_are_away() {
        let asked = Asks::new("openid profile offline_access", "email", "https://api");
        assert_eq!(needed(&client(Consent::Implied), &asked), Asks::new("offline_access", "", ""));
        assert_eq!(needed(&client(Consent::Ask), &asked), Asks::new("profile offline_access", "email", "https://api"));
        assert!(is_nothing(&needed(&client(Consent::Implied), &Asks::new("openid email", "", ""))));
    }
}
