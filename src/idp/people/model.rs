//! What a person is, and the one canonical form of an e-mail address.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::contract::feed::Entry;

/// Someone who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Subject identifier, the same for all applications.
    pub id: String,
    /// The address as its owner writes it.
    pub email: String,
    /// Whether a code or link that went to the address came back.
    pub email_proven: bool,
    /// Display name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Phone number in E.164, if known.
    pub phone: Option<String>,
    /// Whether the person works here.
    pub staff: bool,
    /// Whether the person may sign in.
    pub active: bool,
}

impl Person {
    /// As the access log tells it.
    pub fn entry(&self) -> Entry {
        Entry::Person {
            sub: self.id.clone(),
            name: self.name.clone(),
            language: self.language.clone(),
            staff: self.staff,
            active: self.active,
        }
    }
}

/// What people are found and sorted by: name and canonical address, in NFC and case folded.
pub fn search_text(name: &str, email_key: &str) -> String {
    format!("{} {email_key}", folded(name))
}

/// Text as it is compared: NFC and case folded, without a locale (requirement Z4).
pub fn folded(text: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text.trim()).into_owned();
    CaseMapper::new().fold_string(&text).into_owned()
}

/// The canonical form of an address, which is unique (security case 24): NFC, case folded, the domain in ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailKey(String);

impl EmailKey {
    /// Refuses what mail systems disagree about: several `@`, quotes, comments, routes, spaces, control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.split_once('@')?;
        let odd = |c: char| c.is_control() || c.is_whitespace() || "\"()<>[]\\,;:@".contains(c);
        if text.len() > 254 || local.is_empty() || local.len() > 64 || local.contains(odd) || domain.contains(odd) {
            return None;
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return None;
        }
        let domain = idna::domain_to_ascii_strict(domain).ok().filter(|d| !d.is_empty() && !d.ends_with('.'))?;
        let local = ComposingNormalizerBorrowed::new_nfc().normalize(local).into_owned();
        let local = CaseMapper::new().fold_string(&local).into_owned();
        Some(Self(format!("{local}@{domain}")))
    }
    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 24
    #[test]
    fn one_address_has_one_canonical_form() {
        let key = |t: &str| EmailKey::parse(t).map(|k| k.as_str().to_owned());
        assert_eq!(key(" Daan@Example.COM "), Some("daan@example.com".into()));
        assert_eq!(key("Łukasz@BÜCHER.example"), key("łukasz@xn--bcher-kva.example"));
        // One letter in two encodings: composed and decomposed.
        assert_eq!(key("jos\u{e9}@example.com"), key("jose\u{301}@example.com"));
        assert_eq!(key("STRASSE@example.com"), key("straße@example.com"));
        for bad in [
            "a@b@example.com",
            "\"a\"@example.com",
            "a(x)@example.com",
            "a b@example.com",
            "@example.com",
            "a@",
            "a",
            "a@exa mple.com",
            "a@example.com\n",
            "a..b@example.com",
            "<a@example.com>",
            "a@[127.0.0.1]",
            "a\u{0}@example.com",
            ".a@example.com",
            "a@.com",
            "a@example.com.",
        ] {
            // A line break at the end is trimmed, inside it is refused.
            if bad.ends_with('\n') {
                assert!(key(bad).is_some());
            } else {
                assert_eq!(key(bad), None, "{bad:?}");
            }
        }
        assert_eq!(key(&format!("{}@example.com", "a".repeat(65))), None);
    }
}
