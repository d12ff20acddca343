//! What a link is and who sees it, and what stands on a tile. Pure.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use url::Url;

use crate::contract::links::{Link, NewLink, Tile, TileKind, Words};
use crate::idp::clients::Client;
use crate::idp::clients::model::Consent;
use crate::idp::consent::Asks;
use crate::idp::people::Person;
use crate::idp::relations::model::{Wrong, is_line};
use crate::kernel::clock::Timestamp;

/// Languages in which there can be a text.
const LANGUAGES: [&str; 4] = ["en", "nl", "pl", "tr"];

/// Who sees a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever may sign in.
    Everyone,
    /// Everyone in a group.
    Group(String),
    /// Whoever is linked to a relation.
    Relation(String),
    /// One person.
    Person(String),
}

impl Audience {
    /// As stored: kind and id.
    pub fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Everyone => ("everyone", ""),
            Self::Group(id) => ("group", id),
            Self::Relation(id) => ("relation", id),
            Self::Person(id) => ("person", id),
        }
    }
    /// From what is stored.
    pub fn from_columns(kind: &str, id: String) -> Option<Self> {
        match kind {
            "everyone" => Some(Self::Everyone),
            "group" => Some(Self::Group(id)),
            "relation" => Some(Self::Relation(id)),
            "person" => Some(Self::Person(id)),
            _ => None,
        }
    }
}

/// A link as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebLink {
    /// Its id.
    pub id: String,
    /// What it says.
    pub says: NewLink,
    /// Who sees it.
    pub audience: Audience,
    /// Whether anyone sees it.
    pub active: bool,
    /// Who made it; none for the command line.
    pub made_by: Option<String>,
    /// When.
    pub made_at: Timestamp,
}

impl WebLink {
    /// As the wire has it; none for a link that is not of a relation.
    pub fn shown(&self) -> Option<Link> {
        let Audience::Relation(relation) = &self.audience else { return None };
        Some(Link {
            id: self.id.clone(),
            relation: relation.clone(),
            title: self.says.title.clone(),
            address: self.says.address.clone(),
            description: self.says.description.clone(),
            made_at: self.made_at.0,
        })
    }
}

/// What doesn't fit in a link.
pub fn check(new: &NewLink) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut words = |field: &str, words: &Words, most: usize, reason: &'static str| {
        let all = words.all();
        if all.is_empty() {
            wrong.push(Wrong::at(field, reason));
        }
        for (language, text) in all {
            if language.is_some_and(|l| !LANGUAGES.contains(&l)) {
                wrong.push(Wrong::at(field, "one text, or texts by language: en, nl, pl, tr"));
            }
            if !is_line(text, most) {
                wrong.push(Wrong::at(field, reason));
            }
        }
    };
    words("title", &new.title, 100, "1 to 100 characters, without line breaks");
    if let Some(description) = &new.description {
        words("description", description, 200, "one line of 1 to 200 characters");
    }
    if address(&new.address).is_none() {
        wrong.push(Wrong::at("address", "an address such as https://example.com/, without a name or password in it"));
    }
    wrong
}

/// A web address that may stand in a page: https or http, with a host and nothing that browsers read in two ways.
pub fn address(text: &str) -> Option<Url> {
    let plain = text.len() <= 2000 && text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(['\\', '<', '>', '"']);
    let url: Url = text.parse().ok().filter(|_| plain)?;
    let web = matches!(url.scheme(), "https" | "http") && url.host_str().is_some();
    (web && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// Where an application is opened, for a person who may: its own way to begin a sign-in (OpenID Connect Core, section 4), or
/// its start page, from which it leads here by itself. `allowed`: what he has allowed it.
pub fn opens(client: &Client, issuer: &str, person: &Person, allowed: Option<&Asks>) -> Option<Url> {
    if !client.may("authorization_code") {
        return None;
    }
    let Some(begin) = &client.metadata.initiate_login_uri else {
        return client.metadata.client_uri.as_deref().and_then(address);
    };
    let mut url = address(begin)?;
    url.query_pairs_mut().append_pair("iss", issuer);
    // Only what the application is told anyway: by the organisation's word, or by the person's own.
    let told = client.metadata.consent == Consent::Implied || allowed.is_some_and(|a| a.covers(&Asks::new("email", "", "")));
    if told && client.scopes("email").contains(&"email") {
        url.query_pairs_mut().append_pair("login_hint", &person.email);
    }
    Some(url)
}

/// A link's tile, in a language.
pub fn tile(link: &WebLink, language: &str) -> Option<Tile> {
    let url = address(&link.says.address)?;
    Some(Tile {
        id: format!("link:{}", link.id),
        kind: TileKind::Link,
        title: link.says.title.in_language(language).to_owned(),
        description: link.says.description.as_ref().map(|d| d.in_language(language).to_owned()),
        host: host(&url),
        address: link.says.address.clone(),
        favourite: false,
    })
}

/// A host as people read it.
pub fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    url.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}"))
}

/// A text as it is compared: NFC and folded, whatever the language.
pub fn folded(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned();
    CaseMapper::new().fold_string(&composed).into_owned()
}

/// Whether a tile is meant by what was typed: each word of it stands in title, description or host.
pub fn is_meant(tile: &Tile, typed: &str) -> bool {
    let all = folded(&format!("{} {} {}", tile.title, tile.description.as_deref().unwrap_or_default(), tile.host));
    folded(typed).split_whitespace().all(|word| all.contains(word))
}

/// Favourites first, then by title.
pub fn sort(tiles: &mut [Tile]) {
    tiles.sort_by_cached_key(|t| (!t.favourite, folded(&t.title), t.id.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::Metadata;

    fn link(title: &str, address: &str) -> NewLink {
        NewLink { title: Words::One(title.into()), address: address.into(), description: None }
    }

    /// P13, case 1
    #[test]
    fn a_link_is_a_web_address_with_a_title_of_one_line() {
        assert!(check(&link("Timesheets", "https://time.example.com/week?x=1#now")).is_empty());
        assert!(check(&link("Old site", "http://www.example.com")).is_empty());
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "/x",
            "https://",
            "https://u:p@example.com/",
            "https://a b/",
        ] {
            assert_eq!(check(&link("x", bad)).len(), 1, "{bad}");
        }
        for bad in ["", " ", "a\nb", &"x".repeat(101)] {
            assert_eq!(check(&link(bad, "https://example.com")).len(), 1, "{bad:?}");
        }
        let each = |pairs: &[(&str, &str)]| Words::Each(pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect());
        let with = |title| NewLink { title, ..link("x", "https://example.com") };
        assert!(check(&with(each(&[("nl", "Uren"), ("en", "Hours")]))).is_empty());
        assert!(!check(&with(each(&[("de", "Stunden")]))).is_empty());
        assert!(!check(&with(each(&[]))).is_empty());
        assert_eq!(each(&[("nl", "Uren"), ("en", "Hours")]).in_language("pl"), "Hours");
        assert_eq!(each(&[("nl", "Uren")]).in_language("pl"), "Uren");
    }

    /// P13, case 10: whose address an application may ask for is not whose address it has been told.
    #[test]
    fn an_address_goes_where_the_organisation_or_the_person_has_said_so() {
        let person = Person {
            id: "p1".into(),
            email: "daan@example.com".into(),
            email_proven: true,
            name: "Daan Visser".into(),
            language: "en".into(),
            phone: None,
            staff: true,
            active: true,
        };
        let hinted = |consent: Consent, scope: &str, allowed: Option<&str>| {
            let metadata = Metadata {
                consent,
                scope: Some(scope.into()),
                initiate_login_uri: Some("https://rp.example/login".into()),
                ..Metadata::default()
            };
            let client = Client { id: "rp".into(), metadata, secret_hash: None, enabled: true };
            let allowed = allowed.map(|a| Asks::new(a, "", ""));
            let url = opens(&client, "https://idp.example", &person, allowed.as_ref()).unwrap();
            url.query_pairs().any(|(name, value)| name == "login_hint" && value == "daan@example.com")
        };
        assert!(hinted(Consent::Implied, "openid email", None));
        assert!(!hinted(Consent::Implied, "openid", None));
        assert!(!hinted(Consent::Ask, "openid email", None));
        assert!(!hinted(Consent::Ask, "openid email", Some("profile")));
        assert!(hinted(Consent::Ask, "openid email", Some("profile email")));
        assert!(!hinted(Consent::Ask, "openid", Some("email")), "it was taken the scope");
    }

    /// P13, Z4: what is typed is found whatever its case; the dotless i is a letter of its own.
    #[test]
    fn a_tile_is_found_by_words_of_its_title_description_or_host() {
        let tile = Tile {
            id: "link:x".into(),
            kind: TileKind::Link,
            title: "Żółte karty".into(),
            description: Some("Ispanak".into()),
            address: "https://karty.example.com/".into(),
            host: "karty.example.com".into(),
            favourite: false,
        };
        for found in ["", "żół", "ŻÓŁTE KARTY", "karty example", "ispanak", "ISPANAK"] {
            assert!(is_meant(&tile, found), "{found}");
        }
        for other in ["ıspanak", "zolte", "karty q"] {
            assert!(!is_meant(&tile, other), "{other}");
        }
    }
}
