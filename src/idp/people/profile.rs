//! The standard claims that a person has beyond name, address and phone (OpenID Connect Core, section 5.1): what may stand
//! in each, and how they become claims. Pure; where they are kept, sealed, is `profile_store`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;
use utoipa::ToSchema;

use super::Person;
use crate::kernel::clock::Timestamp;

/// Characters of one value at most.
const LONGEST: usize = 300;

/// What is known of a person. What is absent is told to nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// First name or names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Last name or names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Names between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// What friends say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The short name that the person wishes to have in applications; no identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// Address of a page about the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Address of a picture of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The person's own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// `female`, `male` or another word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// `1990-12-31`, `0000-12-31` without the year, or the year alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// The person's time zone by its IANA name; the organisation's where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address (section 5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    /// As on a label, in lines; put together from the others where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// Province or state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A value that won't do: which one, and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit(pub &'static str, pub &'static str);

impl Profile {
    /// Checks each value.
    pub fn check(&self) -> Result<(), Unfit> {
        let lines = [
            ("given_name", &self.given_name),
            ("family_name", &self.family_name),
            ("middle_name", &self.middle_name),
            ("nickname", &self.nickname),
            ("preferred_username", &self.preferred_username),
            ("gender", &self.gender),
        ];
        for (name, value) in lines {
            line(name, value.as_deref())?;
        }
        for (name, value) in [("profile", &self.profile), ("picture", &self.picture), ("website", &self.website)] {
            line(name, value.as_deref())?;
            let web = |v: &String| v.parse::<Url>().is_ok_and(|u| matches!(u.scheme(), "https" | "http"));
            if value.as_ref().is_some_and(|v| !web(v)) {
                return Err(Unfit(name, "an address that begins with https:// or http://"));
            }
        }
        if self.birthdate.as_deref().is_some_and(|d| !is_birthdate(d)) {
            return Err(Unfit("birthdate", "1990-12-31, 0000-12-31 without the year, or the year alone"));
        }
        if self.zoneinfo.as_deref().is_some_and(|z| jiff::tz::TimeZone::get(z).is_err()) {
            return Err(Unfit("zoneinfo", "an IANA name such as Europe/Amsterdam"));
        }
        self.address.as_ref().map_or(Ok(()), Address::check)
    }
}

impl Address {
    fn check(&self) -> Result<(), Unfit> {
        let parts = [&self.street_address, &self.locality, &self.region, &self.postal_code, &self.country];
        for part in parts {
            line("address", part.as_deref())?;
        }
        let broken = |f: &String| f.chars().count() > 2 * LONGEST || f.chars().any(|c| c.is_control() && c != '\n');
        if self.formatted.as_ref().is_some_and(broken) {
            return Err(Unfit("address", "at most 600 characters, in lines"));
        }
        Ok(())
    }

    /// The claim: an object, with the label put together where there is none.
    fn claim(&self) -> Option<Value> {
        let mut claim = serde_json::to_value(self).ok()?;
        let object = claim.as_object_mut()?;
        if object.is_empty() {
            return None;
        }
        if self.formatted.is_none() {
            let town: Vec<&str> = [&self.postal_code, &self.locality].into_iter().flatten().map(String::as_str).collect();
            let town = Some(town.join("  ")).filter(|t| !t.is_empty());
            let lines = [self.street_address.clone(), town, self.region.clone(), self.country.clone()];
            let label = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
            object.insert("formatted".into(), label.into());
        }
        Some(claim)
    }
}

fn line(name: &'static str, value: Option<&str>) -> Result<(), Unfit> {
    let bad = |v: &str| v.trim().is_empty() || v.chars().count() > LONGEST || v.chars().any(char::is_control);
    if value.is_some_and(bad) { Err(Unfit(name, "1 to 300 characters in one line; leave it out for none")) } else { Ok(()) }
}

/// ISO 8601, with 0000 for a year that isn't told (section 5.1).
fn is_birthdate(text: &str) -> bool {
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if digits(text, 4) {
        return text != "0000";
    }
    // Of a day without its year, 29 February must be possible.
    let whole = text.strip_prefix("0000").map_or_else(|| text.to_owned(), |day| format!("2000{day}"));
    text.len() == 10 && whole.parse::<jiff::civil::Date>().is_ok()
}

/// What makes up everything that can be told of a person.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The person.
    pub person: &'a Person,
    /// The rest of it.
    pub profile: &'a Profile,
    /// Whether the phone number was proven to be the person's.
    pub phone_proven: bool,
    /// When any of it changed last.
    pub updated_at: Timestamp,
    /// The organisation's time zone.
    pub zone: &'a str,
}

impl Known<'_> {
    /// Every standard claim that there is a value for, each with the JSON type that section 5.1 gives it.
    pub fn claims(&self) -> Map<String, Value> {
        let mut out = match serde_json::to_value(self.profile) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let p = self.person;
        out.insert("name".into(), p.name.clone().into());
        out.insert("locale".into(), p.language.clone().into());
        out.insert("updated_at".into(), self.updated_at.seconds().into());
        out.entry("zoneinfo").or_insert_with(|| self.zone.into());
        out.entry("preferred_username").or_insert_with(|| p.email.clone().into());
        out.insert("email".into(), p.email.clone().into());
        out.insert("email_verified".into(), p.email_proven.into());
        if let Some(phone) = &p.phone {
            out.insert("phone_number".into(), phone.clone().into());
            out.insert("phone_number_verified".into(), json!(self.phone_proven));
        }
        match self.profile.address.as_ref().and_then(Address::claim) {
            Some(address) => drop(out.insert("address".into(), address)),
            None => drop(out.remove("address")),
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S1
    #[test]
    fn a_value_that_others_would_stumble_over_is_refused() {
        let read = |json: &str| serde_json::from_str::<Profile>(json).map(|p| p.check());
        for fine in [
            r#"{"birthdate": "1990-12-31"}"#,
            r#"{"birthdate": "0000-02-29"}"#,
            r#"{"birthdate": "1990"}"#,
            r#"{"zoneinfo": "Europe/Warsaw", "website": "https://example.com/", "address": {"locality": "Łódź"}}"#,
        ] {
            assert_eq!(read(fine).unwrap(), Ok(()), "{fine}");
        }
        for (bad, name) in [
            (r#"{"birthdate": "31-12-1990"}"#, "birthdate"),
            (r#"{"birthdate": "1990-02-30"}"#, "birthdate"),
            (r#"{"birthdate": "0000"}"#, "birthdate"),
            (r#"{"zoneinfo": "Mars/Olympus"}"#, "zoneinfo"),
            (r#"{"picture": "javascript:alert(1)"}"#, "picture"),
            (r#"{"nickname": " "}"#, "nickname"),
            (r#"{"given_name": "a\nb"}"#, "given_name"),
            (r#"{"address": {"country": ""}}"#, "address"),
        ] {
            assert_eq!(read(bad).unwrap().unwrap_err().0, name, "{bad}");
        }
        assert!(read(r#"{"sub": "admin"}"#).is_err(), "case 10");
    }

    /// basic/scope-address: the label is put together from its parts, and an empty address is none.
    #[test]
    fn an_address_has_its_label() {
        let address: Address =
            serde_json::from_str(r#"{"street_address": "Kade 1", "postal_code": "3011 AA", "locality": "Rotterdam"}"#).unwrap();
        assert_eq!(address.claim().unwrap()["formatted"], "Kade 1\n3011 AA  Rotterdam");
        assert_eq!(Address::default().claim(), None);
    }
}
