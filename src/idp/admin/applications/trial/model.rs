//! A trial: what is asked for, what is remembered of it on its way, and its steps as they are shown. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long a trial may take, from its form to its answer: signing in with every factor is in it.
pub const LIFE: Duration = Duration::from_secs(15 * 60);
/// Bytes that may be asked for, all together: they travel in `state`, which has bounds.
const MOST: usize = 800;

/// What an administrator asks for in the application's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Scopes, separated by spaces.
    pub scope: String,
    /// The resource server that the access token is for; the provider itself where it is empty.
    pub resource: String,
    /// `login`, `consent` or nothing.
    pub prompt: String,
    /// The oldest sign-in that counts, in seconds.
    pub max_age: String,
    /// How strong a sign-in is asked for.
    pub acr_values: String,
}

impl Wanted {
    /// The parameters of the authorization request that it says.
    pub fn params(&self) -> Vec<(String, String)> {
        [
            ("scope", &self.scope),
            ("resource", &self.resource),
            ("prompt", &self.prompt),
            ("max_age", &self.max_age),
            ("acr_values", &self.acr_values),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }

    /// Whether it is short enough.
    pub fn fits(&self) -> bool {
        self.params().iter().map(|(n, v)| n.len() + v.len()).sum::<usize>() <= MOST
    }
}

/// A trial on its way, sealed in `state` for the person whose it is: nothing of it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The application.
    pub client: String,
    /// PKCE's verifier.
    pub verifier: String,
    /// The ID token's nonce.
    pub nonce: String,
    /// Until when, in milliseconds.
    pub until: i64,
    /// What was asked for.
    pub asked: Vec<(String, String)>,
}

impl Kept {
    /// A parameter that was asked for.
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Something that was looked at: its key in texts (`trial-check-...`), and whether it is as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub key: &'static str,
    /// Whether it is right.
    pub right: bool,
}

/// A step of the flow as it went. Values are shortened where they would open something.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Its key in texts (`trial-step-...`).
    pub key: &'static str,
    /// What goes over the wire: a line such as `POST /token`.
    pub line: String,
    /// Names and values that go with it.
    pub pairs: Vec<(String, String)>,
    /// What was said in JSON, each with the key of what it is (`trial-json-...`).
    pub json: Vec<(&'static str, Value)>,
    /// What was looked at.
    pub checks: Vec<Check>,
    /// The keys of what else is to be known (`trial-note-...`).
    pub notes: Vec<&'static str>,
}

impl Step {
    /// A step without anything yet.
    pub fn new(key: &'static str, line: impl Into<String>) -> Self {
        Self { key, line: line.into(), ..Self::default() }
    }

    /// With a name and its value.
    #[must_use]
    pub fn pair(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.pairs.push((name.into(), value.into()));
        self
    }

    /// With what was said.
    #[must_use]
    pub fn json(mut self, key: &'static str, value: Value) -> Self {
        self.json.push((key, value));
        self
    }

    /// With something that was looked at.
    #[must_use]
    pub fn check(mut self, key: &'static str, right: bool) -> Self {
        self.checks.push(Check { key, right });
        self
    }

    /// With something to be known.
    #[must_use]
    pub fn note(mut self, key: &'static str) -> Self {
        self.notes.push(key);
        self
    }

    /// Whether all of it is right.
    pub fn is_right(&self) -> bool {
        self.checks.iter().all(|c| c.right)
    }
}

/// The beginning of what would open something, and how long it is.
pub fn short(text: &str) -> String {
    let (begin, long) = (text.chars().take(6).collect::<String>(), text.chars().count());
    if long <= 12 { "…".to_owned() } else { format!("{begin}… ({long})") }
}

/// Members of a token response that would open something.
const SECRET: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// The same with its tokens shortened.
pub fn masked(mut answer: Map<String, Value>) -> Value {
    for name in SECRET {
        if let Some(value) = answer.get_mut(name) {
            *value = short(value.as_str().unwrap_or_default()).into();
        }
    }
    Value::Object(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// case 27: what is shown opens nothing.
    #[test]
    fn what_would_open_something_is_shortened() {
        let token = "zat_0123456789abcdefghijklmnopqrstuvwxyz";
        let Value::Object(answer) = json!({"access_token": token, "id_token": "a.b.c", "scope": "openid"}) else {
            panic!("an object")
        };
        let shown = masked(answer);
        assert_eq!(shown, json!({"access_token": "zat_01… (40)", "id_token": "…", "scope": "openid"}));
    }

    #[test]
    fn a_trial_asks_for_what_was_filled_in() {
        let wanted = Wanted { scope: " openid ".into(), max_age: "60".into(), ..Wanted::default() };
        assert_eq!(wanted.params(), [("scope".to_owned(), "openid".to_owned()), ("max_age".into(), "60".into())]);
        assert!(wanted.fits() && !Wanted { scope: "x".repeat(801), ..Wanted::default() }.fits());
    }
}
