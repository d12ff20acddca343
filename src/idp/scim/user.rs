//! What a directory says of a person, and what this server goes by of it. Owns the rules between the two. Pure.
//!
//! The address, the name and whether the person may sign in are the same on both sides: an answer shows them as they are.
//! Telephone number and language are the person's own once he changed them; the directory's are kept beside, and count again
//! when the directory changes them.

use serde_json::{Value, json};

use super::error::ScimError;
use super::schema::USERS;
use super::shape::{Object, version};
use crate::idp::people::{EmailKey, Person};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::Lang;

/// Who works here, by `userType`.
const STAFF: [&str; 2] = ["employee", "staff"];
/// Characters of a name at most.
const NAME: usize = 200;

/// A person as a client knows him.
#[derive(Clone, Debug)]
pub struct User {
    /// The person.
    pub person: Person,
    /// When he was made.
    pub created_at: Timestamp,
    /// When he was changed last, by anyone.
    pub changed_at: Timestamp,
    /// What directories said of him; none of someone whom none has said anything of.
    pub document: Option<Object>,
    /// The identifier that the asking client gave.
    pub external: Option<String>,
    /// Whether a directory deleted him.
    pub deleted: bool,
}

/// What this server goes by, of what a directory says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name that the client knows the person by.
    pub user_name: String,
    /// The address to sign in with.
    pub email: String,
    /// Its canonical form.
    pub key: EmailKey,
    /// The name that others see.
    pub name: String,
    /// A number that can be called.
    pub phone: Option<String>,
    /// A language that there is.
    pub language: Option<Lang>,
    /// Whether the person works here, where it says so.
    pub staff: Option<bool>,
    /// Whether he may sign in, where it says so.
    pub active: Option<bool>,
}

/// Reads them. `region` is whose numbers are written without a country code.
pub fn facts(document: &Object, region: &str) -> Result<Facts, ScimError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
    let user_name = text("userName").ok_or_else(|| ScimError::Value("userName is missing".into()))?;
    let email = chosen(document, "emails").unwrap_or(user_name);
    let key = EmailKey::parse(email).ok_or_else(|| {
        ScimError::Value("an address to sign in with is needed: the primary one of emails, or a userName that is one".into())
    })?;
    let name: String = name(document).unwrap_or_else(|| user_name.to_owned());
    if name.chars().count() > NAME {
        return Err(ScimError::Value(format!("a name has at most {NAME} characters")));
    }
    let phone = chosen(document, "phoneNumbers").and_then(|text| callable(text, region));
    Ok(Facts {
        user_name: user_name.to_owned(),
        email: email.to_owned(),
        key,
        name,
        phone,
        language: text("preferredLanguage").and_then(Lang::from_code),
        staff: text("userType").map(|t| STAFF.iter().any(|s| s.eq_ignore_ascii_case(t))),
        active: document.get("active").and_then(Value::as_bool),
    })
}

/// The value of several that counts: the primary one, or the first.
fn chosen<'a>(document: &'a Object, name: &str) -> Option<&'a str> {
    let all = document.get(name)?.as_array()?;
    let primary = all.iter().find(|v| v.get("primary") == Some(&Value::Bool(true)));
    primary.or(all.first())?.get("value")?.as_str().map(str::trim)
}

fn name(document: &Object) -> Option<String> {
    let text = |v: Option<&Value>| v.and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let part = |name: &str| text(document.get("name").and_then(|n| n.get(name)));
    let both = || {
        let parts: Vec<String> = [part("givenName"), part("familyName")].into_iter().flatten().collect();
        Some(parts.join(" ")).filter(|n| !n.is_empty())
    };
    text(document.get("displayName")).or_else(|| part("formatted")).or_else(both)
}

/// A number of RFC 3966 or as people write it, if it can be called. Directories are full of others: they are kept as text.
fn callable(text: &str, region: &str) -> Option<String> {
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let text = text.split(';').next().unwrap_or(text);
    let number = phonenumber::parse(region.parse().ok(), text).ok().filter(phonenumber::is_valid)?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}

impl User {
    /// What is said of the person: by directories, with what is otherwise on this side; or by this side alone.
    pub fn said(&self) -> Object {
        let person = &self.person;
        let mut out = self.document.clone().unwrap_or_else(|| {
            let mut out = Object::new();
            out.insert("userName".into(), person.email.as_str().into());
            out.insert("preferredLanguage".into(), person.language.as_str().into());
            out.insert("userType".into(), if person.staff { "Employee" } else { "External" }.into());
            if let Some(phone) = &person.phone {
                out.insert("phoneNumbers".into(), json!([{ "value": phone, "primary": true }]));
            }
            out
        });
        let named = name(&out).or_else(|| out.get("userName").and_then(Value::as_str).map(str::to_owned));
        if named.as_ref() != Some(&person.name) {
            out.insert("displayName".into(), person.name.as_str().into());
        }
        address(&mut out, &person.email);
        let staff = out.get("userType").and_then(Value::as_str).map(|t| STAFF.iter().any(|s| s.eq_ignore_ascii_case(t)));
        if staff.is_some_and(|s| s != person.staff) {
            out.insert("userType".into(), if person.staff { "Employee" } else { "External" }.into());
        }
        out.insert("active".into(), person.active.into());
        if let Some(external) = &self.external {
            out.insert("externalId".into(), external.as_str().into());
        }
        out
    }

    /// The resource. `groups` are ids and names; `base` is where SCIM is.
    pub fn resource(&self, groups: &[(String, String)], base: &str) -> Object {
        let mut out = self.said();
        if !groups.is_empty() {
            let group = |(id, name): &(String, String)| json!({ "value": id, "$ref": format!("{base}/Groups/{id}"), "display": name, "type": "direct" });
            out.insert("groups".into(), groups.iter().map(group).collect());
        }
        out.insert("schemas".into(), USERS.schemas(&out));
        out.insert("id".into(), self.person.id.as_str().into());
        let version = version(&out);
        let meta = json!({
            "resourceType": USERS.name, "created": self.created_at.rfc3339(), "lastModified": self.changed_at.rfc3339(),
            "location": format!("{base}/Users/{}", self.person.id), "version": version,
        });
        out.insert("meta".into(), meta);
        out
    }
}

/// Has the address that counts say what it is here.
fn address(out: &mut Object, email: &str) {
    let same = |text: &str| EmailKey::parse(text).is_some_and(|key| EmailKey::parse(email) == Some(key));
    let Some(Value::Array(all)) = out.get_mut("emails") else {
        out.insert("emails".into(), json!([{ "value": email, "type": "work", "primary": true }]));
        return;
    };
    let primary = all.iter().position(|v| v.get("primary") == Some(&Value::Bool(true))).unwrap_or(0);
    if let Some(Value::Object(one)) = all.get_mut(primary)
        && !one.get("value").and_then(Value::as_str).is_some_and(same)
    {
        one.insert("value".into(), email.into());
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape;
    use super::*;

    fn document(value: Value) -> Object {
        shape::read(&USERS, value).unwrap()
    }

    #[test]
    fn what_counts_is_read_out_of_what_a_directory_says() {
        let facts = |value| facts(&document(value), "NL");
        let all = facts(json!({
            "userName": "dvisser", "name": {"givenName": "Daan", "familyName": "Visser"}, "userType": "EMPLOYEE",
            "emails": [{"value": "home@example.com"}, {"value": "Daan@Example.com", "primary": true}],
            "phoneNumbers": [{"value": "tel:+31-6-12345642;ext=1"}], "preferredLanguage": "nl-BE", "active": false,
        }))
        .unwrap();
        assert_eq!(
            (all.user_name.as_str(), all.email.as_str(), all.key.as_str()),
            ("dvisser", "Daan@Example.com", "daan@example.com")
        );
        assert_eq!(
            (all.name.as_str(), all.phone.as_deref(), all.language),
            ("Daan Visser", Some("+31612345642"), Some(Lang::Nl))
        );
        assert_eq!((all.staff, all.active), (Some(true), Some(false)));
        let least = facts(json!({"userName": "daan@example.com"})).unwrap();
        assert_eq!((least.email.as_str(), least.name.as_str(), least.staff), ("daan@example.com", "daan@example.com", None));
        let odd =
            facts(json!({"userName": "a@b.example", "phoneNumbers": [{"value": "room 4"}], "preferredLanguage": "fr"})).unwrap();
        assert_eq!((odd.phone, odd.language), (None, None));
        assert!(facts(json!({"userName": "daan"})).is_err(), "nowhere to send a code");
        assert!(facts(json!({"userName": "a@b@example.com"})).is_err());
    }

    #[test]
    fn an_answer_says_what_is_so_here_where_a_directory_said_otherwise_before() {
        let mut user = User {
            person: Person {
                id: "p".into(),
                email: "new@example.com".into(),
                email_proven: true,
                name: "Daan de Boer".into(),
                language: "en".into(),
                phone: Some("+31612345642".into()),
                staff: false,
                active: true,
            },
            created_at: Timestamp(0),
            changed_at: Timestamp(0),
            document: Some(document(json!({
                "userName": "daan", "displayName": "Daan", "userType": "Employee", "active": false,
                "emails": [{"value": "x@example.com"}, {"value": "old@example.com", "primary": true}],
                "phoneNumbers": [{"value": "room 4"}], "title": "T",
            }))),
            external: Some("e".into()),
            deleted: false,
        };
        assert_eq!(
            Value::Object(user.said()),
            json!({
                "userName": "daan", "displayName": "Daan de Boer", "userType": "External", "active": true, "externalId": "e",
                "emails": [{"value": "x@example.com"}, {"value": "new@example.com", "primary": true}],
                "phoneNumbers": [{"value": "room 4"}], "title": "T",
            })
        );
        user.document = None;
        user.external = None;
        assert_eq!(
            Value::Object(user.said()),
            json!({
                "userName": "new@example.com", "displayName": "Daan de Boer", "userType": "External", "active": true,
                "emails": [{"value": "new@example.com", "type": "work", "primary": true}], "preferredLanguage": "en",
                "phoneNumbers": [{"value": "+31612345642", "primary": true}],
            })
        );
    }
}
