//! The authorization endpoint (OpenID Connect Core, section 3.1.2): reads and checks a request, and gives the code once
//! the sign-in dispatcher says that nothing is missing. Each rule is a step of [`check`], in order.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::error::{ErrorCode, OAuthError};
use super::resources;
use super::store::{self, AuthCode, Issue};
use super::token::code_hash;
use crate::idp::clients::Client;
use crate::idp::sessions::Session;
use crate::idp::{Idp, admission, clients, people, sessions};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::http::Params;

/// How long a code may wait for its exchange (RFC 6749, section 4.1.2 allows ten minutes; clients need a second).
const CODE: Duration = Duration::from_secs(60);

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
}

/// Why a request was refused, and whom to tell.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The person: the address to answer to can't be trusted. The key of the page's text.
    #[error("refused on a page: {0}")]
    Page(&'static str),
    /// The application, by redirect.
    #[error("refused to the application: {error}")]
    Client {
        /// Where.
        redirect_uri: String,
        /// The request's state.
        state: Option<String>,
        /// What.
        error: OAuthError,
    },
    /// Both: a page says that the person may not use this application, and leads back to it.
    #[error("this person may not use the application {client_name}")]
    NotAllowed {
        /// The application's name.
        client_name: String,
        /// Its address, with the answer that it gets.
        back: String,
    },
    /// Neither could be reached.
    #[error(transparent)]
    Broken(#[from] OAuthError),
}

impl From<crate::kernel::db::DbError> for Refusal {
    fn from(e: crate::kernel::db::DbError) -> Self {
        Self::Broken(e.into())
    }
}

/// Reads a request and checks all that needs no session.
pub async fn check(idp: &Idp, tx: &mut Tx<'_>, params: &Params) -> Result<Request, Refusal> {
    let client_id = params.get("client_id").ok_or(Refusal::Page("client-unknown"))?;
    let client = clients::store::by_id(tx, client_id).await?.filter(|c| c.enabled).ok_or(Refusal::Page("client-unknown"))?;
    let redirect_uri = params.get("redirect_uri").ok_or(Refusal::Page("redirect"))?;
    if !client.may_redirect_to(redirect_uri) {
        return Err(Refusal::Page("redirect"));
    }
    let state = params.get("state").map(str::to_owned);
    read(idp, &client, redirect_uri, params).map_err(|error| Refusal::Client {
        redirect_uri: redirect_uri.to_owned(),
        state,
        error,
    })
}

fn read(idp: &Idp, client: &Client, redirect_uri: &str, params: &Params) -> Result<Request, OAuthError> {
    if params.get("request").is_some() {
        return Err(OAuthError::new(ErrorCode::RequestNotSupported, "request objects are not taken here"));
    }
    if params.get("request_uri").is_some() {
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri is not taken here"));
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "only response_type=code is offered")),
        None => return Err(OAuthError::request("response_type is missing")),
    }
    if !matches!(params.get("response_mode"), None | Some("query")) {
        return Err(OAuthError::request("response_mode must be query"));
    }
    if !client.may("authorization_code") {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client is not registered for authorization codes"));
    }
    for (name, most) in [("state", 2048), ("nonce", 2048), ("scope", 2048), ("login_hint", 254)] {
        if params.get(name).is_some_and(|v| v.len() > most) {
            return Err(OAuthError::request("state, nonce and scope have at most 2048 bytes, login_hint 254"));
        }
    }
    // Offline access is the person's to allow, and no page asks for it yet: the request is honoured without it (OpenID
    // Connect Core, section 11).
    let asked = client.scopes(params.get("scope").unwrap_or_default());
    let scope = asked.into_iter().filter(|s| *s != "offline_access").collect::<Vec<_>>().join(" ");
    if scope.is_empty() {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "scope is missing, or this client may have none of it"));
    }
    let resource = resources::asked(client, idp.issuer(), params.all("resource"))?;
    let prompts: Vec<&str> = params.get("prompt").unwrap_or_default().split(' ').filter(|p| !p.is_empty()).collect();
    let prompt_none = prompts.contains(&"none");
    if prompt_none && prompts.len() > 1 {
        return Err(OAuthError::request("prompt=none goes with no other prompt"));
    }
    let max_age = match params.get("max_age").map(str::parse) {
        None => None,
        Some(Ok(n)) => Some(n),
        Some(Err(_)) => return Err(OAuthError::request("max_age must be a number of seconds")),
    };
    Ok(Request {
        client_id: client.id.clone(),
        client_name: client.metadata.client_name.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scope,
        resource,
        state: params.get("state").map(str::to_owned),
        nonce: params.get("nonce").map(str::to_owned),
        challenge: pkce(client, params)?,
        prompt_login: prompts.contains(&"login") || prompts.contains(&"select_account"),
        prompt_none,
        max_age,
        login_hint: params.get("login_hint").map(str::to_owned),
    })
}

/// The PKCE challenge (RFC 7636): S256 or nothing; required of public clients and by default (security case 4).
fn pkce(client: &Client, params: &Params) -> Result<Option<String>, OAuthError> {
    let method = params.get("code_challenge_method");
    match params.get("code_challenge") {
        None if method.is_some() => Err(OAuthError::request("code_challenge is missing")),
        None if client.must_challenge() => Err(OAuthError::request("code_challenge is required (RFC 7636)")),
        None => Ok(None),
        Some(_) if method != Some("S256") => Err(OAuthError::request("code_challenge_method must be S256")),
        Some(c) if c.len() == 43 && c.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') => {
            Ok(Some(c.to_owned()))
        }
        Some(_) => Err(OAuthError::request("code_challenge must be a SHA-256 digest in base64url")),
    }
}

/// Whether `session` is enough for `request` at `now`.
pub fn is_enough(request: &Request, session: &Session, now: Timestamp) -> bool {
    session.is_live(now)
        && !request.prompt_login
        && request.max_age.is_none_or(|age| {
            now.0.saturating_sub(session.auth_at.0) <= i64::try_from(age).unwrap_or(i64::MAX).saturating_mul(1000)
        })
}

struct Input {
    request: Request,
    session_id: String,
    code_hash: String,
    issue_id: String,
    audit_id: String,
    actor: Actor,
    now: Timestamp,
}

/// Gives a code for `request` in a session, after asking again whether all of it may be (security cases 3 and 17).
/// Answers the address to go to.
pub async fn complete(idp: &Idp, request: Request, session_id: &str, actor: Actor) -> Result<String, Refusal> {
    let code = idp.env.token();
    let input = Input {
        code_hash: code_hash(&idp.env.root, &code)?,
        session_id: session_id.to_owned(),
        issue_id: idp.env.id(),
        audit_id: idp.env.id(),
        actor,
        now: idp.env.now(),
        request,
    };
    let input = Arc::new(input);
    let given = idp.db.write(Arc::clone(&input), |input, mut tx| Box::pin(async move { give(&mut tx, input).await })).await;
    let request = &input.request;
    match given {
        Ok(false) if request.prompt_none => {
            Err(Refusal::Client { redirect_uri: request.redirect_uri.clone(), state: request.state.clone(), error: NOT_ALLOWED })
        }
        Ok(false) => Err(Refusal::NotAllowed {
            client_name: request.client_name.clone(),
            back: error_at(idp, &request.redirect_uri, request.state.as_deref(), &NOT_ALLOWED),
        }),
        Ok(true) => Ok(answer_at(idp, &request.redirect_uri, request.state.as_deref(), &[("code", &code)])),
        Err(error) => Err(Refusal::Client { redirect_uri: request.redirect_uri.clone(), state: request.state.clone(), error }),
    }
}

/// S11
const NOT_ALLOWED: OAuthError = OAuthError::new(ErrorCode::AccessDenied, "this person may not use this application");

/// Whether the code was given: false when the application is not open to the person, which leaves a trace.
async fn give(tx: &mut Tx<'_>, input: &Input) -> Result<bool, OAuthError> {
    let denied = OAuthError::new(ErrorCode::AccessDenied, "this person may not use this application now");
    let (request, now) = (&input.request, input.now);
    let client = clients::store::by_id(tx, &request.client_id).await?.filter(|c| c.enabled && c.may("authorization_code"));
    let client = client.filter(|c| c.may_redirect_to(&request.redirect_uri)).ok_or_else(|| denied.clone())?;
    let session =
        sessions::store::by_id(tx, &input.session_id).await?.filter(|s| s.is_live(now)).ok_or_else(|| denied.clone())?;
    let person = people::store::by_id(tx, &session.person_id).await?.filter(|p| p.active).ok_or(denied)?;
    let mut entry = audit::Entry {
        id: input.audit_id.clone(),
        at: now,
        actor: input.actor.clone().person(&person.id).client(&client.id),
        action: "authorization.refused",
        target: None,
        outcome: "application not allowed",
        detail: request.scope.clone(),
    };
    if !admission::flow::may(tx, &client.id, &person.id, now).await? {
        audit::record(tx, &entry).await?;
        return Ok(false);
    }
    let issue = Issue {
        id: input.issue_id.clone(),
        client_id: client.id.clone(),
        person_id: person.id.clone(),
        session_id: session.id,
        scope: request.scope.clone(),
        resource: request.resource.clone(),
        nonce: request.nonce.clone(),
        offline: request.scope.split(' ').any(|s| s == "offline_access"),
        revoked_at: None,
    };
    store::insert_issue(tx, &issue, now).await?;
    let code = AuthCode {
        issue_id: issue.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        expires_at: (now + CODE).0,
        used_at: None,
    };
    store::insert_code(tx, &input.code_hash, &code, now).await?;
    (entry.action, entry.outcome, entry.target) = ("authorization.given", "ok", Some(issue.id));
    audit::record(tx, &entry).await?;
    Ok(true)
}

/// The redirect address with an answer's parameters, `state` and `iss` (RFC 9207).
pub fn answer_at(idp: &Idp, redirect_uri: &str, state: Option<&str>, pairs: &[(&str, &str)]) -> String {
    let Ok(mut url) = redirect_uri.parse::<Url>() else { return idp.env.settings.idp_url.at("/") };
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in pairs {
            query.append_pair(name, value);
        }
        if let Some(state) = state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", idp.issuer());
    }
    url.into()
}

/// The redirect address with an error.
pub fn error_at(idp: &Idp, redirect_uri: &str, state: Option<&str>, error: &OAuthError) -> String {
    answer_at(idp, redirect_uri, state, &[("error", error.code.as_str()), ("error_description", error.description)])
}
