//! Reading a request and checking all that needs no session. Each rule is a step of [`check`], in order.

use super::{Refusal, Request, UNMET};
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::clients::model::Switches;
use crate::idp::clients::{self, Client};
use crate::idp::oidc::answer::{Back, Mode};
use crate::idp::oidc::claims::{Wish, Wishes};
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::pushed::{self, Origin};
use crate::idp::oidc::tokens::read_hint;
use crate::idp::oidc::{details, resources};
use crate::kernel::db::Tx;
use crate::kernel::http::Params;

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
    let scope = client.granted(params.get("scope").unwrap_or_default());
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
        acr: acr(client, params.get("acr_values"), &claims)?,
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
/// demand either. An essential claim that names them goes first (section 5.5.1.1), and then one of them must be known. Where a
/// request says nothing of them, those that the client is registered with count (Dynamic Client Registration, section 2).
fn acr(client: &Client, values: Option<&str>, claims: &Wishes) -> Result<Vec<Assurance>, OAuthError> {
    let wish = claims.id_token.get("acr");
    let essential = wish.filter(|w| w.essential).map(Wish::texts).unwrap_or_default();
    if essential.is_empty() {
        let usual = if wish.is_none() { client.metadata.default_acr_values.as_slice() } else { &[] };
        return Ok(match values {
            Some(values) => values.split(' ').filter_map(Assurance::from_acr).collect(),
            None => usual.iter().filter_map(|v| Assurance::from_acr(v)).collect(),
        });
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

/// The key that alone may redeem the code: named, or that of the proof it was pushed with (RFC 9449, section 10).
fn jkt(params: &Params, origin: &Origin) -> Result<Option<String>, OAuthError> {
    let named = params.get("dpop_jkt");
    if named.is_some_and(|k| !is_digest(k)) {
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
        Some(c) if is_digest(c) => Ok(Some(c.to_owned())),
        Some(_) => Err(OAuthError::request("code_challenge must be a SHA-256 digest in base64url")),
    }
}

/// Whether a text is a SHA-256 digest in base64url.
fn is_digest(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
