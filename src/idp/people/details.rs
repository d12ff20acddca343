//! The standard claims as a form has them: a line for each, by the claim's own name. Pure.

use serde_json::{Map, Value};

use super::profile::{Address, Profile, Unfit};

/// A line of the form.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The claim, or a part of the postal address.
    pub name: &'static str,
    /// What a browser may fill in (HTML, section 4.10.18.7).
    pub autocomplete: &'static str,
}

const fn line(name: &'static str, autocomplete: &'static str) -> Line {
    Line { name, autocomplete }
}

/// Who someone is.
pub const PERSON: [Line; 7] = [
    line("given_name", "given-name"),
    line("middle_name", "additional-name"),
    line("family_name", "family-name"),
    line("nickname", "nickname"),
    line("preferred_username", "off"),
    line("birthdate", "bday"),
    line("gender", "sex"),
];
/// Where there is more about him.
pub const PAGES: [Line; 3] = [line("website", "url"), line("profile", "off"), line("picture", "photo")];
/// Where he lives or works.
pub const ADDRESS: [Line; 5] = [
    line("street_address", "street-address"),
    line("postal_code", "postal-code"),
    line("locality", "address-level2"),
    line("region", "address-level1"),
    line("country", "country-name"),
];

/// What stands in each line.
pub fn values(profile: &Profile) -> Map<String, Value> {
    let object = |value| match value {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    let mut all = object(serde_json::to_value(profile));
    if let Some(address) = all.remove("address") {
        all.extend(object(Ok::<_, serde_json::Error>(address)));
    }
    all
}

/// What a form says, over what was there: what has no line stays.
pub fn read<'a>(before: &Profile, sent: impl Fn(&str) -> Option<&'a str>) -> Profile {
    let given = |lines: &[Line]| -> Map<String, Value> {
        let text = |l: &Line| sent(l.name).map(str::trim).filter(|t| !t.is_empty()).map(|t| (l.name.to_owned(), t.into()));
        lines.iter().filter_map(text).collect()
    };
    let mut claims = given(&PERSON);
    claims.extend(given(&PAGES));
    let profile: Profile = serde_json::from_value(Value::Object(claims)).unwrap_or_default();
    let address: Address = serde_json::from_value(Value::Object(given(&ADDRESS))).unwrap_or_default();
    // A label that somebody wrote stands as long as the parts of the address do.
    let there = before.address.clone().unwrap_or_default();
    let same = Address { formatted: None, ..there } == address;
    let address = if same { before.address.clone() } else { Some(address).filter(|a| *a != Address::default()) };
    Profile { zoneinfo: before.zoneinfo.clone(), address, ..profile }
}

/// The line of a value that won't do, and the key of the text that says so.
pub fn wrong(unfit: Unfit) -> (&'static str, &'static str) {
    match unfit.0 {
        "birthdate" => ("birthdate", "details-wrong-birthdate"),
        name @ ("website" | "profile" | "picture") => (name, "details-wrong-web"),
        "address" => ("street_address", "details-wrong-line"),
        name => (name, "details-wrong-line"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S1: what a form shows and sends again is what was there; what has no line in it stays.
    #[test]
    fn what_a_form_shows_is_what_it_sends() {
        let json = r#"{"given_name": "Eva", "birthdate": "1990", "website": "https://eva.example", "zoneinfo": "Europe/Warsaw",
            "address": {"formatted": "Eva\nGdynia", "locality": "Gdynia", "country": "Polska"}}"#;
        let profile: Profile = serde_json::from_str(json).unwrap();
        let shown = values(&profile);
        assert_eq!((shown["given_name"].as_str(), shown["locality"].as_str()), (Some("Eva"), Some("Gdynia")));
        let again = read(&profile, |name| shown.get(name).and_then(Value::as_str));
        assert_eq!(again, profile);
        let moved = read(&profile, |name| if name == "locality" { Some(" Sopot ") } else { None });
        let address = moved.address.unwrap();
        assert_eq!((address.locality.as_deref(), address.formatted, address.country), (Some("Sopot"), None, None));
        assert_eq!((moved.given_name, moved.zoneinfo.as_deref()), (None, Some("Europe/Warsaw")));
        let none = read(&Profile::default(), |_| Some(""));
        assert_eq!(none, Profile::default());
        let labelled = Profile { address: Some(Address { formatted: Some("Gdynia".into()), ..Address::default() }), ..none };
        assert_eq!(read(&labelled, |_| None), labelled);
    }
}
