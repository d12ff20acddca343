//! How the answer to an authorization request gets to the application: by the address that the browser is led to, or by a
//! form that it posts there (OAuth 2.0 Form Post Response Mode 1.0); plain, or in a signed statement (JARM). Owns the modes and
//! carrying an answer; an error goes the way that a code would have gone. What is in an answer, and signing it, is `jarm`'s.

use serde::{Deserialize, Serialize};
use url::Url;

use super::error::OAuthError;
use crate::idp::clients::Client;

/// A response mode. `fragment` and `fragment.jwt` are for flows that are left out for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// In the query of the address.
    #[default]
    Query,
    /// In a form that the browser posts.
    FormPost,
    /// In a signed statement in the query (JARM, section 2.3.1).
    QueryJwt,
    /// In a signed statement in a form (JARM, section 2.3.3).
    FormPostJwt,
}

impl Mode {
    /// As metadata lists them.
    pub const NAMES: [&'static str; 2] = ["query", "form_post"];
    /// Those that are signed, where that is switched on.
    pub const SIGNED: [&'static str; 3] = ["jwt", "query.jwt", "form_post.jwt"];

    /// The mode that a request names; the query where it names none. `signing`: whether signed ones are offered; `jwt` is the
    /// one that goes with codes (JARM, section 2.3.4).
    pub fn from_request(name: Option<&str>, signing: bool) -> Option<Self> {
        match name {
            None | Some("query") => Some(Self::Query),
            Some("form_post") => Some(Self::FormPost),
            Some("jwt" | "query.jwt") if signing => Some(Self::QueryJwt),
            Some("form_post.jwt") if signing => Some(Self::FormPostJwt),
            Some(_) => None,
        }
    }

    /// How an error is told where the request's own mode can't be: as the application reads answers.
    pub fn of_errors(name: Option<&str>, client: &Client, signing: bool) -> Self {
        let usual = if client.signs_messages() { Self::QueryJwt } else { Self::Query };
        let asked = Self::from_request(name, signing).filter(|mode| mode.is_signed() || !client.signs_messages());
        asked.unwrap_or(usual)
    }

    /// Whether the answer is in a signed statement.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FormPostJwt)
    }

    /// Whether the browser posts it.
    pub const fn is_form(self) -> bool {
        matches!(self, Self::FormPost | Self::FormPostJwt)
    }

    /// The same by an address, for a link.
    #[must_use]
    pub const fn as_link(self) -> Self {
        if self.is_signed() { Self::QueryJwt } else { Self::Query }
    }
}

/// Where an answer goes, and how. The address is one that is registered for the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The application.
    pub client_id: String,
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
    /// The parameters of an answer: those given, `state`, and `iss` (RFC 9207).
    pub fn with_state<'a>(&'a self, issuer: &'a str, pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let state = self.state.as_deref().map(|s| ("state", s));
        pairs.iter().copied().chain(state).chain([("iss", issuer)]).collect()
    }

    /// Carries parameters to the application, as they are.
    pub fn carry(&self, all: &[(&str, &str)]) -> Next {
        if self.mode.is_form() {
            let fields = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            return Next::Post { to: self.redirect_uri.clone(), fields };
        }
        // A registered address reads as one; nothing is ever led to any other.
        let Ok(mut url) = self.redirect_uri.parse::<Url>() else { return Next::Redirect("/".into()) };
        url.query_pairs_mut().extend_pairs(all);
        Next::Redirect(url.into())
    }
}

/// The parameters of an answer that is an error.
pub fn of_error(error: &OAuthError) -> [(&'static str, &'static str); 2] {
    [("error", error.code.as_str()), ("error_description", error.description)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S1, dynamic/redirect-uri-query-OK: what is registered in the address stays, the answer comes behind it.
    #[test]
    fn an_answer_is_added_to_what_the_address_has() {
        let back = |mode| Back {
            client_id: "a".into(),
            redirect_uri: "https://a.example/cb?x=1".into(),
            state: Some("s&t".into()),
            mode,
        };
        let query = back(Mode::Query);
        let Next::Redirect(to) = query.carry(&query.with_state("https://idp", &[("code", "c")])) else { panic!("a redirect") };
        assert_eq!(to, "https://a.example/cb?x=1&code=c&state=s%26t&iss=https%3A%2F%2Fidp");
        let form = back(Mode::FormPost);
        let Next::Post { to, fields } = form.carry(&form.with_state("https://idp", &[("code", "c")])) else { panic!("a form") };
        assert_eq!((to.as_str(), fields.len(), fields[1].1.as_str()), ("https://a.example/cb?x=1", 3, "s&t"));
    }

    proptest::proptest! {
        /// S2, case 31: whatever mode is asked for is one of those offered, or refused; none that is off is ever given, and
        /// none by fragment.
        #[test]
        fn any_mode_is_one_that_is_offered_or_none(name in "(query|form_post|fragment|jwt|\\.|[a-z]{0,3}){0,3}", signing: bool) {
            let offered = Mode::NAMES.contains(&&*name) || signing && Mode::SIGNED.contains(&&*name);
            let read = Mode::from_request(Some(&name), signing);
            assert_eq!(read.is_some(), offered);
            if let Some(mode) = read {
                assert_eq!(mode.is_signed(), name.ends_with("jwt"));
                assert_eq!(mode.is_form(), name.starts_with("form_post"));
                assert_eq!((mode.as_link().is_form(), mode.as_link().is_signed()), (false, mode.is_signed()));
            }
        }
    }
}
