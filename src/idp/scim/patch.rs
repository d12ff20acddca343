//! Changing a resource by operations (RFC 7644, section 3.5.2). Works on the resource as JSON; what comes out is read like
//! a whole one that a client sent. Pure.

use serde_json::Value;

use super::attribute::Attribute;
use super::error::ScimError;
use super::path::{Filter, Path, Step};
use super::schema::ResourceType;
use super::shape::Object;

/// Operations in one request at most.
const OPERATIONS: usize = 1000;
/// What a request carries that is one.
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Add,
    Replace,
    Remove,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    kind: Kind,
    path: Option<Path>,
    value: Value,
}

/// Reads a request's body.
pub fn read(kind: &'static ResourceType, body: Value) -> Result<Vec<Operation>, ScimError> {
    let Value::Object(mut body) = body else { return Err(ScimError::Syntax("the body is no JSON object".into())) };
    let schemas = body.get("schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|s| s.iter().any(|s| s.as_str() == Some(SCHEMA))) {
        return Err(ScimError::Syntax(format!("schemas must name {SCHEMA}")));
    }
    let name = body.keys().find(|k| k.eq_ignore_ascii_case("operations")).cloned().unwrap_or_default();
    let Some(Value::Array(given)) = body.remove(&name) else {
        return Err(ScimError::Syntax("Operations must be a list".into()));
    };
    if given.is_empty() || given.len() > OPERATIONS {
        return Err(ScimError::Syntax(format!("between 1 and {OPERATIONS} operations")));
    }
    given.into_iter().map(|o| operation(kind, o)).collect()
}

fn operation(resource: &'static ResourceType, given: Value) -> Result<Operation, ScimError> {
    let Value::Object(mut given) = given else { return Err(ScimError::Syntax("an operation is no object".into())) };
    // Names and words in any case: one well-known directory says `Add`.
    let kind = match given.get("op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase().as_str() {
        "add" => Kind::Add,
        "replace" => Kind::Replace,
        "remove" => Kind::Remove,
        _ => return Err(ScimError::Syntax("op must be add, replace or remove".into())),
    };
    let path = match given.get("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(Path::parse(resource, text)?),
        Some(_) => return Err(ScimError::Path("path must be a text".into())),
    };
    let value = given.remove("value").unwrap_or_default();
    if kind == Kind::Remove && path.is_none() {
        return Err(ScimError::NoTarget("remove needs a path".into()));
    }
    if kind == Kind::Add && value.is_null() {
        return Err(ScimError::Value("add needs a value".into()));
    }
    Ok(Operation { kind, path, value })
}

/// Carries out operations, one after the other.
pub fn apply(kind: &'static ResourceType, resource: &mut Object, operations: &[Operation]) -> Result<(), ScimError> {
    for operation in operations {
        match &operation.path {
            Some(path) => at(resource, path, operation.kind, &operation.value)?,
            None => {
                let Value::Object(values) = &operation.value else {
                    return Err(ScimError::Value("without a path, value must be an object".into()));
                };
                for (name, value) in values {
                    if kind.find(name).is_some_and(|a| a.is_set_here()) || name.eq_ignore_ascii_case("schemas") {
                        continue;
                    }
                    // Some write whole paths as names: `name.givenName`.
                    let path = Path::parse(kind, name).map_err(|_| ScimError::Path(format!("there is no attribute {name:?}")))?;
                    at(resource, &path, operation.kind, value)?;
                }
            }
        }
    }
    Ok(())
}

fn at(resource: &mut Object, path: &Path, kind: Kind, value: &Value) -> Result<(), ScimError> {
    if let Some(fixed) = path.steps.iter().map(|s| s.attribute).find(|a| a.is_set_here()) {
        return Err(ScimError::Mutability(fixed.name.to_owned()));
    }
    along(resource, &path.steps, kind, value)
}

/// Goes one step, then the rest.
fn along(here: &mut Object, steps: &[Step], kind: Kind, value: &Value) -> Result<(), ScimError> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    let attribute = step.attribute;
    if let Some(only) = &step.only {
        return chosen(here, attribute, only, rest, kind, value);
    }
    if rest.is_empty() {
        return end(here, attribute, kind, value);
    }
    if kind == Kind::Remove && !here.contains_key(attribute.name) {
        return Ok(());
    }
    if attribute.many {
        // Without brackets, all values.
        let all = here.entry(attribute.name).or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(all) = all else { return Ok(()) };
        if all.is_empty() && kind != Kind::Remove {
            all.push(Value::Object(Object::new()));
        }
        for element in all.iter_mut().filter_map(Value::as_object_mut) {
            along(element, rest, kind, value)?;
        }
    } else {
        let inner = here.entry(attribute.name).or_insert_with(|| Value::Object(Object::new()));
        if let Value::Object(inner) = inner {
            along(inner, rest, kind, value)?;
        }
    }
    tidy(here, attribute);
    Ok(())
}

/// The values that a filter in brackets chooses.
fn chosen(
    here: &mut Object,
    attribute: &Attribute,
    only: &Filter,
    rest: &[Step],
    kind: Kind,
    value: &Value,
) -> Result<(), ScimError> {
    let all = here.entry(attribute.name).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(all) = all else { return Ok(()) };
    let matches = |v: &Value| v.as_object().is_some_and(|o| only.matches(o));
    if kind == Kind::Remove && rest.is_empty() {
        all.retain(|v| !matches(v));
        tidy(here, attribute);
        return Ok(());
    }
    if !all.iter().any(matches) {
        match kind {
            Kind::Remove => {}
            Kind::Replace => return Err(ScimError::NoTarget(format!("no value of {} matches", attribute.name))),
            // What is to be added is made, where the filter says how it is.
            Kind::Add => match only.as_object() {
                Some(made) => all.push(Value::Object(made)),
                None => return Err(ScimError::NoTarget(format!("no value of {} matches", attribute.name))),
            },
        }
    }
    let mut changed = Vec::new();
    for (n, element) in all.iter_mut().enumerate() {
        if !matches(element) {
            continue;
        }
        let Value::Object(object) = element else { continue };
        changed.push(n);
        if !rest.is_empty() {
            along(object, rest, kind, value)?;
            continue;
        }
        let Value::Object(value) = value else {
            return Err(ScimError::Value(format!("{} must be an object", attribute.name)));
        };
        if kind == Kind::Replace {
            object.clear();
        }
        merge(object, value);
    }
    one_primary(all, &changed);
    tidy(here, attribute);
    Ok(())
}

/// The attribute that the path ends at.
fn end(here: &mut Object, attribute: &Attribute, kind: Kind, value: &Value) -> Result<(), ScimError> {
    let many = attribute.many;
    match kind {
        // Some say which values go beside the path and not in it.
        Kind::Remove if many && value.is_array() => {
            let gone: Vec<&Value> = value.as_array().into_iter().flatten().map(|v| v.get("value").unwrap_or(v)).collect();
            if let Some(Value::Array(all)) = here.get_mut(attribute.name) {
                all.retain(|v| !gone.contains(&v.get("value").unwrap_or(v)));
            }
        }
        Kind::Remove => drop(here.remove(attribute.name)),
        Kind::Replace => drop(here.insert(attribute.name.to_owned(), value.clone())),
        Kind::Add if many => {
            let all = here.entry(attribute.name).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(all) = all else { return Ok(()) };
            let new = match value {
                Value::Array(new) => new.as_slice(),
                one => std::slice::from_ref(one),
            };
            let before = all.len();
            for value in new {
                let known = all.iter().any(|there| same(there, value));
                if !known {
                    all.push(value.clone());
                }
            }
            let added: Vec<usize> = (before..all.len()).collect();
            one_primary(all, &added);
        }
        Kind::Add => match (here.get_mut(attribute.name), value) {
            (Some(Value::Object(there)), Value::Object(value)) => merge(there, value),
            _ => drop(here.insert(attribute.name.to_owned(), value.clone())),
        },
    }
    tidy(here, attribute);
    Ok(())
}

/// Whether a value is there already: the same one, or one that refers to the same resource.
fn same(there: &Value, new: &Value) -> bool {
    let id = |v: &Value| v.get("value").and_then(Value::as_str).map(str::to_owned).or(v.as_str().map(str::to_owned));
    let plain = |v: &Value| v.get("type").is_none() || v.get("type").and_then(Value::as_str) == Some("User");
    there == new || (plain(there) && plain(new) && id(there).is_some() && id(there) == id(new))
}

/// Names in any case: what is there is replaced by what comes, not put beside it.
fn merge(into: &mut Object, from: &Object) {
    for (name, value) in from {
        let known = into.keys().find(|k| k.eq_ignore_ascii_case(name)).cloned();
        into.insert(known.unwrap_or_else(|| name.clone()), value.clone());
    }
}

/// Where a changed value says that it is the primary one, the others are so no longer (section 3.5.2).
fn one_primary(all: &mut [Value], changed: &[usize]) {
    let is = |v: &Value| v.get("primary") == Some(&Value::Bool(true));
    let Some(first) = changed.iter().copied().find(|n| all.get(*n).is_some_and(is)) else { return };
    for (n, value) in all.iter_mut().enumerate() {
        if n != first
            && is(value)
            && let Value::Object(object) = value
        {
            object.insert("primary".into(), Value::Bool(false));
        }
    }
}

/// What is empty is absent.
fn tidy(here: &mut Object, attribute: &Attribute) {
    let empty = match here.get_mut(attribute.name) {
        Some(Value::Array(all)) => {
            all.retain(|v| v.as_object().is_none_or(|o| !o.is_empty()));
            all.is_empty()
        }
        Some(Value::Object(object)) => object.is_empty(),
        Some(Value::Null) => true,
        _ => false,
    };
    if empty {
        here.remove(attribute.name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::{GROUPS, USERS};
    use super::*;

    fn patched(kind: &'static ResourceType, before: Value, operations: Value) -> Result<Value, ScimError> {
        let operations = read(kind, json!({ "schemas": [SCHEMA], "Operations": operations }))?;
        let mut resource = before.as_object().unwrap().clone();
        apply(kind, &mut resource, &operations)?;
        Ok(Value::Object(resource))
    }

    fn person() -> Value {
        json!({
            "userName": "a", "name": {"givenName": "A"},
            "emails": [{"value": "a@x", "type": "work", "primary": true}, {"value": "b@x", "type": "home"}],
        })
    }

    #[test]
    fn operations_add_replace_and_remove_as_the_standard_says() {
        let work = json!({"value": "a@x", "type": "work", "primary": true});
        let home = json!({"value": "b@x", "type": "home"});
        for (operation, path, expected) in [
            (json!({"op": "add", "path": "title", "value": "T"}), "/title", json!("T")),
            (json!({"op": "replace", "path": "name", "value": {"familyName": "F"}}), "/name", json!({"familyName": "F"})),
            (
                json!({"op": "add", "path": "name", "value": {"familyName": "F"}}),
                "/name",
                json!({"givenName": "A", "familyName": "F"}),
            ),
            (json!({"op": "Add", "value": {"name.familyName": "F"}}), "/name/familyName", json!("F")),
            (json!({"op": "replace", "value": {"active": false, "id": "x", "schemas": []}}), "/active", json!(false)),
            (json!({"op": "remove", "path": "name.givenName"}), "/name", Value::Null),
            (json!({"op": "remove", "path": "title"}), "/title", Value::Null),
            (json!({"op": "remove", "path": "emails[type eq \"work\"]"}), "/emails", json!([home])),
            (json!({"op": "remove", "path": "emails"}), "/emails", Value::Null),
            (json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "c@x"}), "/emails/1/value", json!("c@x")),
            (json!({"op": "add", "path": "emails", "value": [work, {"value": "n@x"}]}), "/emails/2", json!({"value": "n@x"})),
            (
                json!({"op": "add", "path": "emails", "value": {"value": "n@x", "primary": true}}),
                "/emails/0/primary",
                json!(false),
            ),
            (
                json!({"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"}),
                "/phoneNumbers",
                json!([{"type": "work", "value": "1"}]),
            ),
            (
                json!({"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "D"}),
                "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department",
                json!("D"),
            ),
        ] {
            let after = patched(&USERS, person(), json!([operation.clone()])).unwrap_or_else(|e| panic!("{operation}: {e}"));
            assert_eq!(after.pointer(path).cloned().unwrap_or_default(), expected, "{operation} gives {after}");
        }
    }

    #[test]
    fn members_are_added_once_and_removed_in_either_way_of_saying_it() {
        let group = json!({"displayName": "g", "members": [{"value": "1"}, {"value": "2"}]});
        let add = json!([{"op": "add", "path": "members", "value": [{"value": "2", "type": "User"}, {"value": "3"}]}]);
        let members = |v: Value| v["members"].as_array().unwrap().iter().map(|m| m["value"].clone()).collect::<Vec<_>>();
        assert_eq!(members(patched(&GROUPS, group.clone(), add).unwrap()), ["1", "2", "3"]);
        let one = json!([{"op": "remove", "path": "members[value eq \"1\"]"}]);
        assert_eq!(members(patched(&GROUPS, group.clone(), one).unwrap()), ["2"]);
        let beside = json!([{"op": "Remove", "path": "members", "value": [{"value": "2"}]}]);
        assert_eq!(members(patched(&GROUPS, group, beside).unwrap()), ["1"]);
    }

    #[test]
    fn what_can_not_be_done_is_refused_with_its_reason() {
        for (operation, reason) in [
            (json!({"op": "remove"}), "noTarget"),
            (json!({"op": "replace", "path": "emails[type eq \"other\"].value", "value": "x"}), "noTarget"),
            (json!({"op": "add", "path": "emails[type ne \"work\" and type ne \"home\"].value", "value": "x"}), "noTarget"),
            (json!({"op": "replace", "path": "id", "value": "x"}), "mutability"),
            (json!({"op": "replace", "path": "groups", "value": []}), "mutability"),
            (json!({"op": "add", "path": "meta.version", "value": "x"}), "mutability"),
            (json!({"op": "add", "path": "shoeSize", "value": "x"}), "invalidPath"),
            (json!({"op": "add", "path": "emails[", "value": "x"}), "invalidPath"),
            (json!({"op": "add", "path": 1, "value": "x"}), "invalidPath"),
            (json!({"op": "add", "value": "x"}), "invalidValue"),
            (json!({"op": "add", "path": "title"}), "invalidValue"),
            (json!({"op": "move", "path": "title"}), "invalidSyntax"),
            (json!("add"), "invalidSyntax"),
        ] {
            let refused = patched(&USERS, person(), json!([operation.clone()])).unwrap_err();
            assert_eq!(refused.kind(), Some(reason), "{operation}");
        }
        assert!(patched(&USERS, person(), json!([])).is_err());
    }
}
