//! How the answer to an authorization request gets to the application: by the address that the browser is led to, or by a
//! form that it posts there (OAuth 2.0 Form Post Response Mode 1.0). Owns the modes and the answer's parameters; an error goes
//! the way that a code would have gone.

use serde::{Deserialize, Serialize};
use url::Url;

use super::error::OAuthError;

/// A response mode. `fragment` is for flows that are left out for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// In the query of the address.
    #[default]
    Query,
    /// In a form that the browser posts.
    FormPost,
}

impl Mode {
    /// As metadata lists them.
    pub const NAMES: [&'static str; 2] = ["query", "form_post"];

    /// The mode that a request names; the query where it names none.
    pub fn from_request(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("query") => Some(Self::Query),
            Some("form_post") => Some(Self::FormPost),
            Some(_) => None,
        }
    }
}

/// Where an answer goes, and how. The address is one that is registered for the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The redirect address.
    pub redirect_uri: String,
    /// Handed back unchanged.
    pub state: Option<String>,
    /// How.
    pub mode: Mode,
}

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To this address.
    Redirect(String),
    /// To this address, with a form of these fields.
    Post {
        /// The address.
        to: String,
        /// Names and values.
        fields: Vec<(String, String)>,
    },
}

impl Back {
    /// The answer with these parameters, `state`, and `iss` (RFC 9207).
    pub fn answer(&self, issuer: &str, pairs: &[(&str, &str)]) -> Next {
        let state = self.state.as_deref().map(|s| ("state", s));
        let all = pairs.iter().copied().chain(state).chain([("iss", issuer)]);
        match self.mode {
            Mode::Query => {
                // A registered address reads as one; nothing is ever led to any other.
                let Ok(mut url) = self.redirect_uri.parse::<Url>() else { return Next::Redirect("/".into()) };
                url.query_pairs_mut().extend_pairs(all);
                Next::Redirect(url.into())
            }
            Mode::FormPost => Next::Post {
                to: self.redirect_uri.clone(),
                fields: all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            },
        }
    }

    /// The answer that is an error.
    pub fn error(&self, issuer: &str, error: &OAuthError) -> Next {
        self.answer(issuer, &[("error", error.code.as_str()), ("error_description", error.description)])
    }

    /// The same as an address for a link: the query, whatever the mode. For a page that a person reads first.
    pub fn error_link(&self, issuer: &str, error: &OAuthError) -> String {
        match (Self { mode: Mode::Query, ..self.clone() }).error(issuer, error) {
            Next::Redirect(to) | Next::Post { to, .. } => to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S1, dynamic/redirect-uri-query-OK: what is registered in the address stays, the answer comes behind it.
    #[test]
    fn an_answer_is_added_to_what_the_address_has() {
        let back = |mode| Back { redirect_uri: "https://a.example/cb?x=1".into(), state: Some("s&t".into()), mode };
        let Next::Redirect(to) = back(Mode::Query).answer("https://idp", &[("code", "c")]) else { panic!("a redirect") };
        assert_eq!(to, "https://a.example/cb?x=1&code=c&state=s%26t&iss=https%3A%2F%2Fidp");
        let Next::Post { to, fields } = back(Mode::FormPost).answer("https://idp", &[("code", "c")]) else { panic!("a form") };
        assert_eq!((to.as_str(), fields.len(), fields[1].1.as_str()), ("https://a.example/cb?x=1", 3, "s&t"));
        assert_eq!(Mode::from_request(Some("fragment")), None);
    }
}
