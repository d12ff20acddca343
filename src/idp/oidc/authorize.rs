//! The authorization endpoint (OpenID Connect Core, section 3.1.2): reads and checks a request, and gives the code once
//! the sign-in dispatcher says that nothing is missing. Each rule is a step of [`check`], in order.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::{Back, Mode, Next};
use super::claims::{CONSENT_REQUIRED, Wish, Wishes};
use super::error::{ErrorCode, OAuthError};
use super::grant::code::code_hash;
use super::pushed::{self, Origin};
use super::store::{self, AuthCode, Issue};
use super::tokens::read_hint;
use super::{details, jarm, resources, subjects};
use crate::contract::Assurance;
use crate::idp::clients::Client;
use crate::idp::clients::model::Switches;
use crate::idp::policy::model::Lack;
use crate::idp::sessions::Session;
use crate::idp::{Idp, admission, clients, consent, people, policy, sessions, setup};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Params;
use crate::kernel::root::RootKey;

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
    fn goes_to(&self, client: &Client) -> bool {
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

/// Reads a request and checks all that needs no session.
/// `origin`: how it came.
pub async fn check(idp: &Idp, tx: &mut Tx<'_>, params: &Params, origin: &Origin) -> Result<Request, Refusal> {
    let client_id = params.get("client_id").ok_or(Refusal::Page("client-unknown"))?;
    let client = clients::store::by_id(tx, client_id).await?.filter(|c| c.enabled).ok_or(Refusal::Page("client-unknown"))?;
    let redirect_uri = params.get("redirect_uri").ok_or(Refusal::Page("redirect"))?;
    // The address of trials is taken in them alone, and nothing else is.
    let known = match origin.trial() {
        Some(_) => redirect_uri == pushed::trial_address(idp),
        None => client.may_redirect_to(redirect_uri),
    };
    if !known {
        return Err(Refusal::Page("redirect"));
    }
    read(idp, &client, redirect_uri, params, origin)
        .map_err(|error| Refusal::Client { to: told_at(idp, &client, redirect_uri, params), error })
}

/// Where an error in these parameters is told; the address was found to be registered.
pub fn told_at(idp: &Idp, client: &Client, redirect_uri: &str, params: &Params) -> Back {
    let signing = Switches::of(&idp.env.settings).message_signing;
    Back {
        client_id: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: params.get("state").map(str::to_owned),
        mode: Mode::of_errors(params.get("response_mode"), client, signing),
    }
}

/// How the answer comes (JARM, section 2.3; FAPI 2.0 Message Signing, section 5.4).
fn mode(idp: &Idp, client: &Client, asked: Option<&str>) -> Result<Mode, OAuthError> {
    let signing = Switches::of(&idp.env.settings).message_signing;
    let mode = Mode::from_request(asked, signing).ok_or(OAuthError::request("discovery lists the values of response_mode"))?;
    if client.signs_messages() && !mode.is_signed() {
        return Err(OAuthError::request("this client takes signed answers only: response_mode is jwt or form_post.jwt"));
    }
    Ok(mode)
}

fn read(idp: &Idp, client: &Client, redirect_uri: &str, params: &Params, origin: &Origin) -> Result<Request, OAuthError> {
    if client.must_push() && matches!(origin, Origin::Browser) {
        return Err(OAuthError::request("this client must push its requests (RFC 9126, section 6)"));
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "only response_type=code is offered")),
        None => return Err(OAuthError::request("response_type is missing")),
    }
    let mode = mode(idp, client, params.get("response_mode"))?;
    // In a trial nobody has the application's key.
    if client.must_sign_requests() && !params.is_signed() && origin.trial().is_none() {
        return Err(OAuthError::request("this client must send a signed request object (RFC 9101, section 10.5)"));
    }
    if !client.may("authorization_code") {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client is not registered for authorization codes"));
    }
    for (name, most) in [("state", 2048), ("nonce", 2048), ("scope", 2048), ("acr_values", 2048), ("login_hint", 254)] {
        if params.get(name).is_some_and(|v| v.len() > most) {
            return Err(OAuthError::request("state, nonce, scope and acr_values have at most 2048 bytes, login_hint 254"));
        }
    }
    // Offline access means nothing to one that can't refresh (OpenID Connect Core, section 11).
    let asked = client.scopes(params.get("scope").unwrap_or_default());
    let refreshes = client.may("refresh_token");
    let scope = asked.into_iter().filter(|s| refreshes || *s != "offline_access").collect::<Vec<_>>().join(" ");
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
        None => client.metadata.default_max_age,
        Some(Ok(n)) => Some(n),
        Some(Err(_)) => return Err(OAuthError::request("max_age must be a number of seconds")),
    };
    let claims = Wishes::read(client, params.get("claims"))?;
    let asked_details = params.get("authorization_details");
    let subject = subject(idp, client, &claims, params.get("id_token_hint"))?;
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
        acr: acr(params.get("acr_values").unwrap_or_default(), &claims)?,
        fresh: false,
        mode,
        claims,
        prompt_consent: prompts.contains(&"consent"),
        subject,
        allowed: None,
        ui_locales: params.get("ui_locales").map(|l| l.chars().take(200).collect()),
        pushed: if let Origin::Pushed(p) = origin { Some(p.hash.clone()) } else { None },
        jkt: jkt(params, origin)?,
        details: details::asked(client, &details::kinds(&idp.env.settings.authorization_details_types), asked_details)?,
        trial: origin.trial().map(str::to_owned),
    })
}

/// The strengths of `acr_values` (OpenID Connect Core, section 3.1.2.1), as far as they are known: others are no error, and no
/// demand either. An essential claim that names them goes first (section 5.5.1.1), and then one of them must be known.
fn acr(values: &str, claims: &Wishes) -> Result<Vec<Assurance>, OAuthError> {
    let essential = claims.id_token.get("acr").filter(|w| w.essential).map(Wish::texts).unwrap_or_default();
    if essential.is_empty() {
        return Ok(values.split(' ').filter_map(Assurance::from_acr).collect());
    }
    let known: Vec<Assurance> = essential.into_iter().filter_map(Assurance::from_acr).collect();
    if known.is_empty() { Err(UNMET) } else { Ok(known) }
}

/// The one subject that will do (OpenID Connect Core, sections 3.1.2.1 and 5.5.1): a hint is a token that this provider gave to
/// this client, whether or not it has expired.
fn subject(idp: &Idp, client: &Client, claims: &Wishes, hint: Option<&str>) -> Result<Option<String>, OAuthError> {
    let hinted = match hint {
        None => None,
        Some(token) => {
            let hint = read_hint(idp, token).filter(|h| h.aud == client.id);
            Some(hint.ok_or(OAuthError::request("id_token_hint is no ID token that was issued to this client"))?.sub.clone())
        }
    };
    match (hinted, claims.subject()) {
        (Some(a), Some(b)) if a != b => Err(OAuthError::request("id_token_hint and the claim sub name different subjects")),
        (hinted, named) => Ok(hinted.or(named)),
    }
}

/// Whether the person of a session is the one that `request` is for, if it is for one.
pub async fn is_meant(idp: &Idp, tx: &mut Tx<'_>, request: &Request, session: &Session) -> Result<bool, OAuthError> {
    let Some(subject) = &request.subject else { return Ok(true) };
    let Some(client) = clients::store::by_id(tx, &request.client_id).await? else { return Ok(false) };
    Ok(subjects::sub(&idp.env.root, &client, &session.person_id)? == *subject)
}

/// The key that alone may redeem the code: named, or that of the proof it was pushed with (RFC 9449, section 10).
fn jkt(params: &Params, origin: &Origin) -> Result<Option<String>, OAuthError> {
    let named = params.get("dpop_jkt");
    if named.is_some_and(|k| k.len() != 43 || !k.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')) {
        return Err(OAuthError::request("dpop_jkt must be a SHA-256 thumbprint in base64url"));
    }
    let pushed = if let Origin::Pushed(p) = origin { p.jkt.clone() } else { None };
    Ok(named.map(str::to_owned).or(pushed))
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

/// What a live session lacks for `request` at `now`: asked before a code is given, and again when it is.
pub async fn lack(tx: &mut Tx<'_>, request: &Request, session: &Session, now: Timestamp) -> Result<Option<Lack>, DbError> {
    let age = now.0.saturating_sub(session.auth_at.0);
    let too_old = |most: u64| age > i64::try_from(most).unwrap_or(i64::MAX).saturating_mul(1000);
    if request.prompt_login || request.max_age.is_some_and(too_old) {
        return Ok(Some(Lack::Anew));
    }
    let asked = policy::flow::asked(tx, &session.person_id, Some(&request.client_id)).await?.and_one_of(&request.acr);
    policy::flow::lack(tx, &asked, session, now, false).await
}

struct Input {
    request: Request,
    session_id: String,
    code_hash: String,
    issue_id: String,
    audit_id: String,
    /// Keyed hash of the token of the page that asks for consent, if one is needed.
    consent_hash: String,
    issuer: String,
    root: Arc<RootKey>,
    actor: Actor,
    now: Timestamp,
}

/// What came of a request in a session.
enum Given {
    Code,
    /// The application is not open to the person.
    NotAllowed,
    /// The session is not strong enough, or too old.
    Weak,
    /// The request is for someone else.
    AnotherPerson,
    /// The person is to be asked; the request waits.
    Ask,
}

/// Gives a code for `request` in a session, after asking again whether all of it may be (security cases 3 and 17). Answers
/// where to go: to the application, or to the page that asks for consent.
pub async fn complete(idp: &Idp, request: Request, session_id: &str, actor: Actor) -> Result<Next, Refusal> {
    let (code, token) = (idp.env.token(), idp.env.token());
    let input = Input {
        consent_hash: consent::flow::token_hash(idp, &token).map_err(OAuthError::from)?,
        issuer: idp.issuer().to_owned(),
        root: Arc::clone(&idp.env.root),
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
        Ok(Given::Code) => Ok(jarm::answer(idp, &request.back(), &[("code", &code)]).await?),
        Ok(Given::Ask) if request.prompt_none => Err(request.refused(CONSENT_REQUIRED)),
        Ok(Given::Ask) => Ok(Next::Redirect(format!("/consent/{token}"))),
        Ok(Given::AnotherPerson) => Err(request.refused(ANOTHER_PERSON)),
        Ok(Given::Weak) if request.prompt_none => Err(request.refused(LOGIN_REQUIRED)),
        Ok(Given::Weak) => {
            // It goes on once what is missing is set up.
            setup::flow::for_request(idp, session_id, request).await?;
            Err(weak(request))
        }
        // What a page would say first has to go by a link, and a form can't.
        Ok(Given::NotAllowed) if request.prompt_none || request.mode.is_form() => Err(request.refused(NOT_ALLOWED)),
        Ok(Given::NotAllowed) => Err(Refusal::NotAllowed { client_name: request.client_name.clone(), back: request.back() }),
        Err(error) => Err(request.refused(error)),
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

/// Keeps the request until the person has answered, if a page may ask.
async fn wait(tx: &mut Tx<'_>, input: &Input, session_id: &str) -> Result<(), OAuthError> {
    if input.request.prompt_none {
        return Ok(());
    }
    // The sign-in was new enough when the page came, however long the person thinks about it.
    let waits = Request { max_age: None, ..input.request.clone() };
    let waits = serde_json::to_string(&waits).map_err(|e| OAuthError::internal(&e))?;
    Ok(consent::store::wait(tx, &input.consent_hash, session_id, &waits, input.now, input.now + consent::model::LIFE).await?)
}

/// Gives the code, or says what is in its way. What refuses leaves a trace.
async fn give(tx: &mut Tx<'_>, input: &Input) -> Result<Given, OAuthError> {
    let denied = OAuthError::new(ErrorCode::AccessDenied, "this person may not use this application now");
    let (request, now) = (&input.request, input.now);
    let client = clients::store::by_id(tx, &request.client_id).await?.filter(|c| c.enabled && c.may("authorization_code"));
    let client = client.filter(|c| request.goes_to(c)).ok_or_else(|| denied.clone())?;
    let session =
        sessions::store::by_id(tx, &input.session_id).await?.filter(|s| s.is_live(now)).ok_or_else(|| denied.clone())?;
    let person = people::store::by_id(tx, &session.person_id).await?;
    let person = person.filter(|p| p.active && request.is_for(&p.id)).ok_or(denied)?;
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
        return Ok(Given::NotAllowed);
    }
    if lack(tx, request, &session, now).await?.is_some() {
        entry.outcome = "not signed in as is asked";
        audit::record(tx, &entry).await?;
        return Ok(Given::Weak);
    }
    if let Some(subject) = &request.subject
        && subjects::sub(&input.root, &client, &person.id)? != *subject
    {
        entry.outcome = "another person than was asked for";
        audit::record(tx, &entry).await?;
        return Ok(Given::AnotherPerson);
    }
    if consent::flow::missing(tx, &client, &person.id, request, &input.issuer).await?.is_some() {
        wait(tx, input, &session.id).await?;
        return Ok(Given::Ask);
    }
    if let Some(hash) = &request.pushed
        && !pushed::spend(tx, hash, now).await?
    {
        return Err(OAuthError::new(ErrorCode::InvalidRequestUri, "this pushed request was used before"));
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
        claims: request.claims.stored(),
        details: request.details.clone(),
    };
    store::insert_issue(tx, &issue, now).await?;
    let code = AuthCode {
        issue_id: issue.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        expires_at: (now + CODE).0,
        used_at: None,
        jkt: request.jkt.clone(),
    };
    store::insert_code(tx, &input.code_hash, &code, now).await?;
    (entry.action, entry.outcome, entry.target) = ("authorization.given", "ok", Some(issue.id));
    audit::record(tx, &entry).await?;
    Ok(Given::Code)
}
