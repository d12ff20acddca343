//! Which claims an application asks for: by scopes (OpenID Connect Core, section 5.4) and one by one (section 5.5). Owns
//! reading the parameter, and which scope stands for which claims. Pure; what is known of a person is `people::profile`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::{ErrorCode, OAuthError};
use crate::idp::clients::Client;

/// Bytes of the parameter at most.
const LONGEST: usize = 8 * 1024;
/// Claims in one place at most.
const MOST: usize = 64;

/// The claims that each scope stands for.
pub const SCOPES: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// The scope that a claim belongs to.
pub fn scope_of(claim: &str) -> Option<&'static str> {
    SCOPES.iter().find(|(_, claims)| claims.contains(&claim)).map(|(scope, _)| *scope)
}

/// How one claim is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// Whether the application can't do without.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The one value that will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values that will do, most wanted first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

impl Wish {
    /// The texts that will do, most wanted first; none is any.
    pub fn texts(&self) -> Vec<&str> {
        self.value.iter().chain(&self.values).filter_map(Value::as_str).collect()
    }
}

/// What is asked for one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// In the answer of the userinfo endpoint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, Wish>,
    /// In the ID token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, Wish>,
}

impl Wishes {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Reads the parameter `claims`. Members and claims that nobody here knows are left out (section 5.5), and so are those
    /// of scopes that the application may not have: one by one it gets no more than by scopes.
    pub fn read(client: &Client, text: Option<&str>) -> Result<Self, OAuthError> {
        let Some(text) = text else { return Ok(Self::default()) };
        let wrong = OAuthError::request("claims must be a JSON object as in OpenID Connect Core, section 5.5");
        if text.len() > LONGEST {
            return Err(OAuthError::request("claims has at most 8192 bytes"));
        }
        let Ok(Value::Object(all)) = serde_json::from_str::<Value>(text) else { return Err(wrong) };
        let part = |name: &str| match all.get(name) {
            None | Some(Value::Null) => Ok(BTreeMap::new()),
            Some(Value::Object(map)) if map.len() <= MOST => wishes(client, map).ok_or_else(|| wrong.clone()),
            Some(_) => Err(wrong.clone()),
        };
        Ok(Self { userinfo: part("userinfo")?, id_token: part("id_token")? })
    }

    /// As stored with what was issued; nothing for nothing.
    pub fn stored(&self) -> Option<String> {
        if self.is_empty() { None } else { serde_json::to_string(self).ok() }
    }

    /// From what was stored.
    pub fn from_stored(text: Option<&str>) -> Self {
        text.and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default()
    }

    /// The subject that alone will do (section 5.5.1), if the application named one.
    pub fn subject(&self) -> Option<String> {
        self.id_token.get("sub").and_then(|w| w.value.as_ref()).and_then(Value::as_str).map(str::to_owned)
    }

    /// Names of claims about the person that are asked for one by one, wherever.
    pub fn about_the_person(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.userinfo.keys().chain(self.id_token.keys()).map(String::as_str).filter(|n| scope_of(n).is_some()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Claims that say something of the sign-in and are in every ID token; a wish may name the values that will do.
const OF_THE_SIGN_IN: [&str; 4] = ["sub", "acr", "amr", "auth_time"];

fn wishes(client: &Client, map: &Map<String, Value>) -> Option<BTreeMap<String, Wish>> {
    let mut out = BTreeMap::new();
    for (name, value) in map {
        let may = match scope_of(name) {
            Some(scope) => !client.scopes(scope).is_empty(),
            None => OF_THE_SIGN_IN.contains(&name.as_str()),
        };
        let wish = match value {
            Value::Null => Wish::default(),
            Value::Object(_) => serde_json::from_value(value.clone()).ok()?,
            _ => return None,
        };
        if may {
            out.insert(name.clone(), wish);
        }
    }
    Some(out)
}

/// Of everything that is known of a person, what scopes stand for and what was asked one by one.
pub fn told<'a>(
    mut known: Map<String, Value>,
    scopes: impl Iterator<Item = &'a str>,
    asked: &BTreeMap<String, Wish>,
) -> Map<String, Value> {
    let scopes: Vec<&str> = scopes.collect();
    known.retain(|claim, _| scope_of(claim).is_some_and(|s| scopes.contains(&s) || asked.contains_key(claim)));
    known
}

/// The error for a request that a page would be needed for.
pub const CONSENT_REQUIRED: OAuthError =
    OAuthError::new(ErrorCode::ConsentRequired, "the person has not allowed this yet, and prompt=none allows no page");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::idp::clients::Metadata;

    fn client(scope: &str) -> Client {
        let metadata = Metadata { scope: Some(scope.to_owned()), ..Metadata::default() };
        Client { id: "c".into(), metadata, secret_hash: None, enabled: true }
    }

    /// S1, basic/claims-essential
    #[test]
    fn claims_are_asked_for_one_by_one_and_no_further_than_by_scopes() {
        let text = json!({
            "userinfo": {"name": {"essential": true}, "email": null, "phone_number": null, "http://example.info/x": null},
            "id_token": {"acr": {"values": ["a", "b"]}, "birthdate": null, "sub": {"value": "me"}},
            "something": {"else": 1}
        });
        let wishes = Wishes::read(&client("openid profile email"), Some(&text.to_string())).unwrap();
        assert_eq!(wishes.userinfo.keys().collect::<Vec<_>>(), ["email", "name"]);
        assert!(wishes.userinfo["name"].essential && !wishes.userinfo["email"].essential);
        assert_eq!(wishes.id_token["acr"].texts(), ["a", "b"]);
        assert_eq!(wishes.subject().as_deref(), Some("me"));
        assert_eq!(wishes.about_the_person(), ["birthdate", "email", "name"]);
        assert_eq!(Wishes::from_stored(wishes.stored().as_deref()), wishes);
        for bad in
            ["[]", "x", r#"{"userinfo": []}"#, r#"{"userinfo": {"name": true}}"#, r#"{"id_token": {"name": {"values": 1}}}"#]
        {
            assert!(Wishes::read(&client("openid profile"), Some(bad)).is_err(), "{bad}");
        }
        assert_eq!(Wishes::read(&client("openid"), None).unwrap().stored(), None);
    }

    /// case 10: no claim of ours can be replaced: nothing but standard claims of the person is ever told this way.
    #[test]
    fn reserved_claims_are_told_to_nobody_by_wish() {
        let known: Map<String, Value> =
            json!({"name": "D", "email": "d@example.com", "iss": "evil"}).as_object().unwrap().clone();
        let asked = [("iss".to_owned(), Wish::default()), ("name".to_owned(), Wish::default())].into();
        let wishes = Wishes::read(&client("openid profile"), Some(r#"{"userinfo": {"iss": null, "exp": null}}"#)).unwrap();
        assert!(wishes.is_empty());
        let told = told(known, ["openid"].into_iter(), &asked);
        assert_eq!(told.keys().collect::<Vec<_>>(), ["name"]);
    }

    proptest::proptest! {
        /// case 31: whatever is sent is read or refused, and what is read is stored and read the same.
        #[test]
        fn any_claims_parameter_is_read_or_refused(text in r#"(\{"(userinfo|id_token)": ?\{("[a-z_]{0,8}": ?(null|\{("essential": ?(true|1)|"values?": ?[\[{"0-9a-z\]}]{0,6})?\}),?){0,3}\}\}|.{0,60})"#) {
            if let Ok(wishes) = Wishes::read(&client("openid profile email"), Some(&text)) {
                assert_eq!(Wishes::from_stored(wishes.stored().as_deref()), wishes);
            }
        }
    }
}
