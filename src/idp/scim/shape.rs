//! Resources as JSON: what a client sent brought into the one form that the rest works on, and what an answer shows of it.
//! Owns types, names and sizes of values. Pure.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::attribute::{Attribute, Kind};
use super::error::ScimError;
use super::path::Path;
use super::schema::ResourceType;

/// A resource, or what is said of one.
pub type Object = Map<String, Value>;

/// Bytes of a text at most.
const TEXT: usize = 4000;
/// Values of an attribute at most.
const MANY: usize = 10_000;

/// What a client said, with names as the schema writes them: without what is unknown, without what only this server sets,
/// and without what is empty, which is the same as absent (RFC 7643, section 2.5).
pub fn read(kind: &ResourceType, body: Value) -> Result<Object, ScimError> {
    let Value::Object(body) = body else { return Err(ScimError::Syntax("the body is no JSON object".into())) };
    let mut out = Object::new();
    for (name, value) in body {
        let Some(attribute) = kind.find(&name).filter(|a| !a.is_set_here()) else { continue };
        if attribute.name == "schemas" {
            follows(kind, &value)?;
        } else if let Some(value) = many(attribute, value)?
            && out.insert(attribute.name.to_owned(), value).is_some()
        {
            return Err(ScimError::Syntax(format!("{} is given twice", attribute.name)));
        }
    }
    for attribute in kind.attributes().filter(|a| a.required && !a.many) {
        if !out.contains_key(attribute.name) {
            return Err(ScimError::Value(format!("{} is missing", attribute.name)));
        }
    }
    Ok(out)
}

fn follows(kind: &ResourceType, schemas: &Value) -> Result<(), ScimError> {
    let named = schemas.as_array().into_iter().flatten().filter_map(Value::as_str);
    if named.into_iter().any(|s| s.eq_ignore_ascii_case(kind.schema)) {
        return Ok(());
    }
    Err(ScimError::Syntax(format!("schemas must name {}", kind.schema)))
}

/// The value or values of an attribute; none where it is empty.
fn many(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    if !attribute.many {
        return one(attribute, value);
    }
    let given = match value {
        Value::Array(all) => all,
        single => vec![single],
    };
    if given.len() > MANY {
        return Err(ScimError::Value(format!("{} has more than {MANY} values", attribute.name)));
    }
    let mut out: Vec<Value> = Vec::with_capacity(given.len());
    for value in given {
        out.extend(one(attribute, value)?);
    }
    let primary = |v: &&Value| v.get("primary") == Some(&Value::Bool(true));
    if out.iter().filter(primary).count() > 1 {
        return Err(ScimError::Value(format!("{} has more than one that is primary", attribute.name)));
    }
    Ok(if out.is_empty() { None } else { Some(Value::Array(out)) })
}

fn one(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    let wrong = |what: &str| Err(ScimError::Value(format!("{} must be {what}", attribute.name)));
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Text | Kind::Reference(_), Value::String(text)) => {
            if text.len() > TEXT || text.contains('\0') {
                return wrong("a shorter text");
            }
            Ok(if text.trim().is_empty() { None } else { Some(Value::String(text)) })
        }
        (Kind::Boolean, Value::Bool(yes)) => Ok(Some(Value::Bool(yes))),
        // One well-known directory writes them as texts.
        (Kind::Boolean, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(Value::Bool(true))),
            "false" => Ok(Some(Value::Bool(false))),
            _ => wrong("true or false"),
        },
        (Kind::Complex(_), Value::Object(given)) => object(attribute, given),
        // A bare value stands for an object with nothing else in it.
        (Kind::Complex(_), value @ Value::String(_)) if attribute.part("value").is_some() => {
            object(attribute, std::iter::once(("value".to_owned(), value)).collect())
        }
        (Kind::Text | Kind::Reference(_), _) => wrong("a text"),
        (Kind::Boolean, _) => wrong("true or false"),
        (Kind::Moment, _) => wrong("left to this server"),
        (Kind::Complex(_), _) => wrong("an object"),
    }
}

fn object(attribute: &Attribute, given: Object) -> Result<Option<Value>, ScimError> {
    let mut out = Object::new();
    for (name, value) in given {
        let Some(part) = attribute.part(&name).filter(|p| !p.is_set_here()) else { continue };
        if let Some(value) = many(part, value)? {
            out.insert(part.name.to_owned(), value);
        }
    }
    Ok(if out.is_empty() { None } else { Some(Value::Object(out)) })
}

/// Which attributes an answer shows (RFC 7644, section 3.9).
#[derive(Clone, Debug, Default)]
pub enum Shown {
    /// All that are usual.
    #[default]
    All,
    /// These, and what every answer has.
    Only(Vec<Path>),
    /// All but these; what every answer has stays.
    Without(Vec<Path>),
}

impl Shown {
    /// From the two lists, of which only one may be given. Attributes that are not there are asked for in vain.
    pub fn of(kind: &'static ResourceType, only: &[String], without: &[String]) -> Result<Self, ScimError> {
        let paths = |names: &[String]| names.iter().filter_map(|n| Path::parse(kind, n).ok()).collect();
        match (only, without) {
            ([], []) => Ok(Self::All),
            (only, []) => Ok(Self::Only(paths(only))),
            ([], without) => Ok(Self::Without(paths(without))),
            _ => Err(ScimError::Syntax("attributes and excludedAttributes are given both; use one of them".into())),
        }
    }

    /// Whether an attribute is wanted at all, so that it need not be read otherwise.
    pub fn wants(&self, name: &str) -> bool {
        let names = |paths: &[Path], whole: bool| {
            paths.iter().any(|p| p.top().is_some_and(|a| a.name == name) && (!whole || p.steps.len() == 1))
        };
        match self {
            Self::All => true,
            Self::Only(paths) => names(paths, false),
            Self::Without(paths) => !names(paths, true),
        }
    }

    /// What an answer shows of a resource.
    pub fn of_resource(&self, kind: &ResourceType, resource: Object) -> Object {
        let always = |name: &str| kind.find(name).is_some_and(|a| a.always);
        match self {
            Self::All => resource,
            Self::Only(paths) => {
                let mut out: Object = resource.iter().filter(|(k, _)| always(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
                for path in paths {
                    keep(&resource, &path.names(), &mut out);
                }
                out
            }
            Self::Without(paths) => {
                let mut out = resource;
                for path in paths.iter().filter(|p| !p.top().is_some_and(|a| a.always)) {
                    drop_at(&mut out, &path.names());
                }
                out
            }
        }
    }
}

fn keep(from: &Object, names: &[&str], out: &mut Object) {
    let Some((first, rest)) = names.split_first() else { return };
    let Some(value) = from.get(*first) else { return };
    if rest.is_empty() {
        out.insert((*first).to_owned(), value.clone());
        return;
    }
    match value {
        Value::Object(inner) => {
            let mut kept = out.get(*first).and_then(Value::as_object).cloned().unwrap_or_default();
            keep(inner, rest, &mut kept);
            if !kept.is_empty() {
                out.insert((*first).to_owned(), Value::Object(kept));
            }
        }
        Value::Array(all) => {
            let before = out.get(*first).and_then(Value::as_array).cloned().unwrap_or_default();
            let kept = all.iter().enumerate().filter_map(|(n, value)| {
                let mut kept = before.get(n).and_then(Value::as_object).cloned().unwrap_or_default();
                keep(value.as_object()?, rest, &mut kept);
                Some(Value::Object(kept))
            });
            let kept: Vec<Value> = kept.collect();
            out.insert((*first).to_owned(), Value::Array(kept));
        }
        _ => {}
    }
}

fn drop_at(from: &mut Object, names: &[&str]) {
    let Some((first, rest)) = names.split_first() else { return };
    if rest.is_empty() {
        from.remove(*first);
        return;
    }
    match from.get_mut(*first) {
        Some(Value::Object(inner)) => drop_at(inner, rest),
        Some(Value::Array(all)) => all.iter_mut().filter_map(Value::as_object_mut).for_each(|o| drop_at(o, rest)),
        _ => {}
    }
}

/// The version of a resource: a digest of all that a client can see of it (RFC 7644, section 3.14).
pub fn version(resource: &Object) -> String {
    let text = serde_json::to_string(resource).unwrap_or_default();
    let hash = digest(&SHA256, text.as_bytes());
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default()))
}

/// Whether a header of versions names this one.
pub fn names_version(header: &str, version: &str) -> bool {
    let opaque = |v: &str| v.trim().trim_start_matches("W/").to_owned();
    header.split(',').any(|v| v.trim() == "*" || opaque(v) == opaque(version))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::{ENTERPRISE, GROUPS, USER, USERS};
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_what_is_unknown_or_the_servers_is_left_out() {
        let read = read(
            &USERS,
            json!({
                "schemas": [USER], "USERNAME": "a@example.com", "id": "mine", "meta": {"version": "x"}, "shoeSize": 43,
                "Name": {"GivenName": "A", "x": 1, "familyName": ""}, "groups": [{"value": "g"}], "password": "secret",
                "emails": {"Value": "a@example.com", "primary": "True"}, "active": "False", "title": null,
                ENTERPRISE: {"department": "D", "manager": {"value": "m", "displayName": "no"}},
            }),
        )
        .unwrap();
        assert_eq!(
            Value::Object(read),
            json!({
                "userName": "a@example.com", "name": {"givenName": "A"}, "active": false,
                "emails": [{"value": "a@example.com", "primary": true}],
                ENTERPRISE: {"department": "D", "manager": {"value": "m"}},
            })
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        for wrong in [
            json!({"userName": 1}),
            json!({"userName": ""}),
            json!({"userName": {"value": "a"}}),
            json!({"userName": "a", "active": "perhaps"}),
            json!({"userName": "a", "name": "A B"}),
            json!({"userName": "a", "emails": [1]}),
            json!({"userName": "a", "emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]}),
            json!({"userName": "a", "title": "x".repeat(TEXT + 1)}),
            json!({"userName": "a", "username": "b"}),
            json!({"userName": "a", "schemas": ["urn:x"]}),
            json!([]),
        ] {
            assert!(read(&USERS, wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_answer_shows_what_was_asked_for_and_what_every_answer_has() {
        let resource = json!({
            "id": "1", "userName": "a", "title": "t", "name": {"givenName": "g", "familyName": "f"},
            "emails": [{"value": "v", "type": "work"}, {"value": "w"}],
        });
        let show = |only: &[&str], without: &[&str]| {
            let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let shown = Shown::of(&USERS, &own(only), &own(without)).unwrap();
            Value::Object(shown.of_resource(&USERS, resource.as_object().unwrap().clone()))
        };
        let some = show(&["name.givenName", "emails.value", "EMAILS.type", "nothing"], &[]);
        let emails = json!([{"value": "v", "type": "work"}, {"value": "w"}]);
        assert_eq!(some, json!({"id": "1", "name": {"givenName": "g"}, "emails": emails}));
        let some = show(&[], &["id", "emails.type", "name", "title"]);
        assert_eq!(some, json!({"id": "1", "userName": "a", "emails": [{"value": "v"}, {"value": "w"}]}));
        assert!(Shown::of(&USERS, &["id".into()], &["name".into()]).is_err());
        assert!(!Shown::of(&GROUPS, &[], &["members".into()]).unwrap().wants("members"));
        assert!(Shown::of(&GROUPS, &["members.value".into()], &[]).unwrap().wants("members"));
    }

    #[test]
    fn a_version_is_named_weakly_or_by_a_star() {
        let version = version(&Object::new());
        assert!(names_version(&version, &version) && names_version("*", &version) && names_version(&version[2..], &version));
        assert!(names_version(&format!("\"x\", {version}"), &version) && !names_version("\"x\"", &version));
    }
}
