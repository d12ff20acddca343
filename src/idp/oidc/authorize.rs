//! The authorization endpoint (OpenID Connect Core, section 3.1.2). Owns what a request is and why one is refused; reading one is
//! `check`, giving its code `give`.

mod check;
mod give;

use serde::{Deserialize, Serialize};

use super::answer::{Back, Mode};
use super::claims::Wishes;
use super::error::{ErrorCode, OAuthError};
use crate::contract::Assurance;
use crate::idp::clients::Client;
use crate::kernel::db::DbError;
pub use check::{check, told_at};
pub use give::{complete, is_meant, lack};

/// A request that was checked. Kept with the sign-in until that is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The application.
    pub client_id: String,
    /// Its name, for the page.
    pub client_name: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Granted scopes.
    pub scope: String,
    /// The resource servers that access tokens may be for, separated by spaces.
    pub resource: String,
    /// Handed back unchanged.
    pub state: Option<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge, S256.
    pub challenge: Option<String>,
    /// Ask for the sign-in again, whatever session there is.
    pub prompt_login: bool,
    /// Never show a page.
    pub prompt_none: bool,
    /// The oldest sign-in that counts, in seconds.
    pub max_age: Option<u64>,
    /// Who is probably meant.
    pub login_hint: Option<String>,
    /// Which strengths would do (`acr_values`, or the essential claim `acr`), liked best first; those that this provider knows.
    #[serde(default)]
    pub acr: Vec<Assurance>,
    /// That a sign-in was asked for whatever there was before, so that nothing remembered stands for it.
    #[serde(default)]
    pub fresh: bool,
    /// How the answer comes back.
    #[serde(default)]
    pub mode: Mode,
    /// Claims that are asked for one by one.
    #[serde(default)]
    pub claims: Wishes,
    /// Ask for consent, whatever was allowed before.
    #[serde(default)]
    pub prompt_consent: bool,
    /// The subject that alone will do: of the ID token that came as a hint, or named in the claims.
    #[serde(default)]
    pub subject: Option<String>,
    /// Single acts that the person has just allowed; they are never remembered.
    #[serde(default)]
    pub allowed: Option<String>,
    /// Languages that its pages should be in, most wanted first.
    #[serde(default)]
    pub ui_locales: Option<String>,
    /// The pushed request that it is, which is spent with its code.
    #[serde(default)]
    pub pushed: Option<String>,
    /// The key that alone may redeem its code (RFC 9449, section 10).
    #[serde(default)]
    pub jkt: Option<String>,
    /// What else is asked for (RFC 9396).
    #[serde(default)]
    pub details: Option<String>,
    /// The one person who may answer it, where it is a trial of the application (docs/adr/0040).
    #[serde(default)]
    pub trial: Option<String>,
}

impl Request {
    /// Where its answer goes.
    pub fn back(&self) -> Back {
        Back {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            mode: self.mode,
        }
    }

    /// Whether its answer may still go where it says: to an address of the application, or to that of trials.
    pub fn goes_to(&self, client: &Client) -> bool {
        self.trial.is_some() || client.may_redirect_to(&self.redirect_uri)
    }

    /// Whether a person may answer it: anyone, but for trials, which are one person's.
    fn is_for(&self, person: &str) -> bool {
        self.trial.as_deref().is_none_or(|whose| whose == person)
    }

    /// Refused with this error, told to the application.
    pub fn refused(&self, error: OAuthError) -> Refusal {
        Refusal::Client { to: self.back(), error }
    }

    /// The same, once the person is asked to sign in anew: that sign-in is the answer to `prompt` and `max_age`.
    #[must_use]
    pub fn asked_anew(self) -> Self {
        let fresh = self.prompt_login || self.max_age.is_some();
        Self { prompt_login: false, max_age: None, fresh, ..self }
    }
}

/// Why a request was refused, and whom to tell.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The person: the address to answer to can't be trusted. The key of the page's text.
    #[error("refused on a page: {0}")]
    Page(&'static str),
    /// The application, by the way that its answer would have gone.
    #[error("refused to the application: {error}")]
    Client {
        /// Where.
        to: Back,
        /// What.
        error: OAuthError,
    },
    /// Both: a page says what the person must set up to sign in as strongly as is asked, and leads back.
    #[error("this person can't sign in as strongly as {client_name} needs")]
    Weak {
        /// The application's name.
        client_name: String,
        /// Where it is told [`UNMET`].
        back: Back,
    },
    /// Both: a page says that the person may not use this application, and leads back to it.
    #[error("this person may not use the application {client_name}")]
    NotAllowed {
        /// The application's name.
        client_name: String,
        /// Where it is told [`NOT_ALLOWED`].
        back: Back,
    },
    /// Neither could be reached.
    #[error(transparent)]
    Broken(#[from] OAuthError),
}

impl From<DbError> for Refusal {
    fn from(e: DbError) -> Self {
        Self::Broken(e.into())
    }
}

/// Tells the person what to set up, and the application that it can't be met (RFC 9470, section 5).
pub fn weak(request: &Request) -> Refusal {
    // What a page would say first has to go by a link, and a form can't.
    if request.mode.is_form() {
        return request.refused(UNMET);
    }
    Refusal::Weak { client_name: request.client_name.clone(), back: request.back() }
}

/// Nobody is signed in as is asked, and no page may ask.
pub const LOGIN_REQUIRED: OAuthError =
    OAuthError::new(ErrorCode::LoginRequired, "nobody is signed in so, and prompt=none allows no page");

/// RFC 9470, section 5.
pub const UNMET: OAuthError =
    OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, "this person can't sign in as strongly as is asked");

/// The hint names someone, and someone else is signed in.
const ANOTHER_PERSON: OAuthError = OAuthError::new(ErrorCode::LoginRequired, "someone else is signed in than the request is for");

/// S11
pub const NOT_ALLOWED: OAuthError = OAuthError::new(ErrorCode::AccessDenied, "this person may not use this application");
