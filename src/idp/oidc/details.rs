//! Authorization details (RFC 9396): what an application asks for beside scopes, such as one payment or one record, in an
//! object that the resource server understands. Owns their common form and who may ask for which kind. Pure.

use serde_json::Value;
use url::Url;

use super::error::{ErrorCode, OAuthError};
use crate::idp::clients::Client;

/// Objects in one request at most.
const MOST: usize = 10;
/// All of them in bytes at most.
const SIZE: usize = 8 * 1024;
/// How deep values may lie in one another.
const DEPTH: usize = 6;

const fn invalid(why: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidAuthorizationDetails, why)
}

/// The kinds that resource servers here understand, from the setting.
pub fn kinds(setting: &str) -> Vec<&str> {
    setting.split_whitespace().collect()
}

/// What is asked for, checked and in one spelling; nothing where nothing is. `known`: the kinds that exist here.
pub fn asked(client: &Client, known: &[&str], text: Option<&str>) -> Result<Option<String>, OAuthError> {
    let Some(text) = text else { return Ok(None) };
    if text.len() > SIZE {
        return Err(invalid("authorization_details is longer than 8 KiB"));
    }
    let value: Value = serde_json::from_str(text).map_err(|_| invalid("authorization_details is not JSON"))?;
    let Value::Array(list) = &value else { return Err(invalid("authorization_details is not an array")) };
    if list.is_empty() || list.len() > MOST {
        return Err(invalid("authorization_details has 1 to 10 objects"));
    }
    for one in list {
        check(client, known, one)?;
    }
    Ok(Some(value.to_string()))
}

fn check(client: &Client, known: &[&str], one: &Value) -> Result<(), OAuthError> {
    let Value::Object(members) = one else { return Err(invalid("authorization_details must be objects")) };
    let Some(kind) = members.get("type").and_then(Value::as_str) else { return Err(invalid("type is missing or not text")) };
    if !known.contains(&kind) || !client.metadata.authorization_details_types.iter().any(|t| t == kind) {
        return Err(invalid("type is one that this client is not registered for, or that nobody understands here"));
    }
    for name in ["locations", "actions", "datatypes", "privileges"] {
        let texts = |v: &Value| v.as_array().is_some_and(|a| !a.is_empty() && a.iter().all(Value::is_string));
        if members.get(name).is_some_and(|v| !texts(v)) {
            return Err(invalid("locations, actions, datatypes and privileges are arrays of texts (RFC 9396, section 2.2)"));
        }
    }
    if members.get("identifier").is_some_and(|v| !v.is_string()) {
        return Err(invalid("identifier is text (RFC 9396, section 2.2)"));
    }
    let locations = members.get("locations").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for location in locations {
        if location.parse::<Url>().is_err() || !client.metadata.resources.iter().any(|r| r == location) {
            return Err(invalid("locations must be resource servers that this client is registered for"));
        }
    }
    if depth(one) > DEPTH {
        return Err(invalid("values lie more than six deep in one another"));
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(a) => 1 + a.iter().map(depth).max().unwrap_or(0),
        Value::Object(o) => 1 + o.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Those of the granted ones that are asked for now, all where nothing is (section 7.1); what was not granted is refused.
/// Objects are compared as a whole: whether one includes another only its resource server knows.
pub fn narrowed(granted: Option<&str>, asked: Option<&str>) -> Result<Option<Value>, OAuthError> {
    let granted: Vec<Value> = granted.and_then(|g| serde_json::from_str(g).ok()).unwrap_or_default();
    let list = match asked {
        None => granted,
        Some(text) => {
            let asked: Vec<Value> = serde_json::from_str(text).map_err(|_| invalid("authorization_details is not an array"))?;
            if !asked.iter().all(|a| granted.contains(a)) {
                return Err(invalid("authorization_details asks for what was not granted"));
            }
            asked
        }
    };
    Ok(if list.is_empty() { None } else { Some(Value::Array(list)) })
}

/// Of what was granted, what the client may still have: kinds and locations may have been taken from it since.
pub fn still(client: &Client, granted: &str) -> Option<String> {
    let list: Vec<Value> = serde_json::from_str(granted).unwrap_or_default();
    let kinds: Vec<&str> = client.metadata.authorization_details_types.iter().map(String::as_str).collect();
    let list: Vec<Value> = list.into_iter().filter(|one| check(client, &kinds, one).is_ok()).collect();
    if list.is_empty() { None } else { Some(Value::Array(list).to_string()) }
}

/// Of what was asked for, what is still among the granted.
pub fn among(asked: Option<Value>, granted: Option<&str>) -> Option<Value> {
    let (Some(Value::Array(list)), Some(granted)) = (asked, granted) else { return None };
    let granted: Vec<Value> = serde_json::from_str(granted).unwrap_or_default();
    let list: Vec<Value> = list.into_iter().filter(|one| granted.contains(one)).collect();
    if list.is_empty() { None } else { Some(Value::Array(list)) }
}

/// Of what was granted, what concerns a resource server: objects that name no location, or this one (section 9).
pub fn at(details: Option<Value>, resource: &str) -> Option<Value> {
    let Some(Value::Array(list)) = details else { return None };
    let here = |one: &Value| {
        let locations = one.get("locations").and_then(Value::as_array);
        locations.is_none_or(|l| l.iter().any(|at| at.as_str() == Some(resource)))
    };
    let list: Vec<Value> = list.into_iter().filter(here).collect();
    if list.is_empty() { None } else { Some(Value::Array(list)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::idp::clients::Metadata;

    fn client() -> Client {
        let metadata = Metadata {
            authorization_details_types: vec!["payment".into(), "unknown".into()],
            resources: vec!["https://api.example".into()],
            ..Metadata::default()
        };
        Client { id: "c".into(), metadata, secret_hash: None, enabled: true }
    }

    fn ask(value: Value) -> Result<Option<String>, OAuthError> {
        asked(&client(), &["payment", "record"], Some(&value.to_string()))
    }

    /// S2
    #[test]
    fn details_have_the_form_and_the_kinds_that_are_known_and_registered() {
        let good =
            json!([{"type": "payment", "actions": ["read"], "locations": ["https://api.example"], "amount": {"eur": "12"}}]);
        assert!(ask(good).unwrap().is_some());
        let deep = (0..7).fold(json!(1), |inner, _| json!([inner]));
        for bad in [
            json!({}),
            json!([]),
            json!("payment"),
            json!(["payment"]),
            json!([{}]),
            json!([{"type": 1}]),
            json!([{"type": "record"}]),
            json!([{"type": "unknown"}]),
            json!([{"type": "payment", "actions": "read"}]),
            json!([{"type": "payment", "actions": []}]),
            json!([{"type": "payment", "datatypes": [1]}]),
            json!([{"type": "payment", "identifier": 1}]),
            json!([{"type": "payment", "locations": ["https://other.example"]}]),
            json!([{"type": "payment", "x": deep}]),
            json!([{"type": "payment", "x": "x".repeat(SIZE)}]),
            Value::Array(vec![json!({"type": "payment"}); 11]),
        ] {
            let error = ask(bad.clone()).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidAuthorizationDetails, "{bad}");
        }
        assert!(asked(&client(), &["payment"], Some("[")).is_err());
        assert_eq!(asked(&client(), &["payment"], None), Ok(None));
    }

    /// S2: a token says of what was granted only what its resource server has to know, and never more than that.
    #[test]
    fn details_can_be_narrowed_and_go_where_they_belong() {
        let (a, b) = (json!({"type": "payment", "locations": ["https://api.example"]}), json!({"type": "payment", "n": 1}));
        let granted = json!([a, b]).to_string();
        assert_eq!(narrowed(Some(&granted), None).unwrap(), Some(json!([a, b])));
        assert_eq!(narrowed(Some(&granted), Some(&json!([b]).to_string())).unwrap(), Some(json!([b])));
        assert!(narrowed(Some(&granted), Some(r#"[{"type":"payment","n":2}]"#)).is_err());
        assert!(narrowed(None, Some(&json!([b]).to_string())).is_err());
        assert_eq!(narrowed(None, None).unwrap(), None);
        assert_eq!(at(Some(json!([a, b])), "https://other.example"), Some(json!([b])));
        assert_eq!(at(Some(json!([a])), "https://other.example"), None);
    }
}
