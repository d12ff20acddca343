//! The way to another provider and back (OpenID Connect Core, section 3.1): state, nonce and PKCE, bound to one browser, one
//! provider and one use.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::arrive::{self, Arrived};
use super::exchange::{self, Code};
use super::model::{Said, Upstream};
use super::store::{self, Begun};
use crate::idp::Idp;
use crate::idp::apply::ApplyError;
use crate::idp::credentials::limits;
use crate::idp::oidc::authorize;
use crate::idp::people::EmailKey;
use crate::idp::policy::model::Lack;
use crate::idp::sessions::Session;
use crate::idp::signin::finish::Ready;
use crate::idp::signin::flow::SigninError;
use crate::idp::signin::model::BEGUN_PER_NETWORK;
use crate::idp::signin::store::Signin;
use crate::kernel::db::DbError;
use crate::kernel::http::fetch::FetchError;
use crate::kernel::http::{Context, Params};
use crate::kernel::root::{Purpose, RootError};

/// How long someone may be away.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// Why a way leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The sign-in.
    #[error(transparent)]
    Signin(#[from] SigninError),
    /// Making or changing someone.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The other provider can't be asked.
    #[error("the other provider can't be asked: {0}")]
    Fetch(#[from] FetchError),
    /// The other provider answers what can't be taken.
    #[error("the other provider is refused: {0}")]
    Upstream(String),
    /// It says no: the code of its error.
    #[error("the other provider says {0}")]
    Declined(String),
    /// Someone was to sign in there again, and it does not say that he has.
    #[error("it does not say that someone has signed in there since he was asked to")]
    NotAnew,
    /// There is no such provider, or it is not used.
    #[error("there is no such provider")]
    Unknown,
    /// The way was not begun in this browser, was used, or took too long.
    #[error("this way was not begun here, or is over")]
    Gone,
    /// Too many from one network.
    #[error("too many from one network")]
    TooMany,
}

/// Where answers of a provider come. Each has its own, so that none can answer for another (RFC 9700, section 4.4).
pub fn callback(idp: &Idp, upstream: &str) -> String {
    idp.env.settings.idp_url.at(&format!("/federation/{upstream}/callback"))
}

/// The provider that whoever has this address is led to.
pub async fn routed(idp: &Idp, email: &str) -> Result<Option<Upstream>, DbError> {
    let Some(key) = EmailKey::parse(email) else { return Ok(None) };
    let mut snapshot = idp.db.snapshot().await?;
    Ok(store::enabled(&mut snapshot.tx()).await?.into_iter().find(|u| u.terms.routes(&key)))
}

/// Providers that the sign-in page offers to everyone: id and name.
pub async fn offered(idp: &Idp) -> Result<Vec<(String, String)>, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let all = store::enabled(&mut snapshot.tx()).await?;
    Ok(all.into_iter().filter(|u| u.terms.button).map(|u| (u.id, u.terms.name)).collect())
}

/// Whether a person signs in with another provider, or could.
pub async fn concerns(idp: &Idp, person: &str) -> Result<bool, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    Ok(!store::enabled(&mut tx).await?.is_empty() || !store::links_of(&mut tx, person).await?.is_empty())
}

/// Who goes there, and for what.
#[derive(Clone, Copy)]
pub enum Going<'a> {
    /// Someone who signs in, by the hash of the sign-in's cookie; whom he says he is; whether he must show it again.
    SignIn {
        /// The hash.
        hash: &'a str,
        /// An address.
        hint: Option<&'a str>,
        /// Whether being signed in there is not enough.
        again: bool,
    },
    /// Someone who is signed in here, and links himself.
    Link(&'a Session),
}

impl Going<'_> {
    /// Which browser goes, and for what. Kept with the way: what the address asks for can be taken out of it.
    fn browser(&self) -> String {
        match self {
            Self::SignIn { hash, again: false, .. } => format!("signin:{hash}"),
            Self::SignIn { hash, again: true, .. } => format!("anew:{hash}"),
            Self::Link(session) => format!("session:{}", session.id),
        }
    }
}

/// Whether someone who signs in is to show there again who he is: his application asks for that, a session of his is to be made
/// stronger, or the one in his browser (`session`) is older than is let be where he was going.
pub async fn is_asked_anew(idp: &Idp, signin: &Signin, session: Option<&Session>) -> Result<bool, DbError> {
    if signin.session_id.is_some() || signin.request.as_ref().is_some_and(|r| r.fresh) {
        return Ok(true);
    }
    match (session, &signin.request) {
        (None, _) => Ok(false),
        (Some(session), Some(request)) => {
            let mut snapshot = idp.db.snapshot().await?;
            let lack = authorize::lack(&mut snapshot.tx(), request, session, idp.env.now()).await?;
            Ok(lack == Some(Lack::Anew))
        }
        // A page of this provider sends nobody here whose session is new and strong enough.
        (Some(_), None) => Ok(signin.goal.is_some()),
    }
}

/// Begins a way; where the browser goes.
pub async fn begin(idp: &Idp, context: &Context, upstream: &str, going: Going<'_>) -> Result<Url, FederationError> {
    let found = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), upstream).await?
    };
    let upstream = found.filter(|u| u.enabled).ok_or(FederationError::Unknown)?;
    let metadata = idp.upstreams.of(&idp.env, &idp.fetch, &upstream.terms.issuer).await?;
    let state = idp.env.token();
    let person_id = match going {
        Going::Link(session) => Some(session.person_id.clone()),
        Going::SignIn { .. } => None,
    };
    let begun = Begun {
        state_hash: idp.env.root.token_hash("upstream-state", &state)?,
        upstream_id: upstream.id.clone(),
        browser: going.browser(),
        person_id,
        at: idp.env.now(),
    };
    let bucket = idp.env.root.token_hash("upstream-network", &context.network())?;
    let may = idp.db.write((begun, bucket), |(begun, bucket), mut tx| {
        Box::pin(async move {
            if limits::take(&mut tx, bucket, BEGUN_PER_NETWORK, begun.at).await?.is_some() {
                return Ok(false);
            }
            store::begin(&mut tx, begun, begun.at + LIFE).await?;
            Ok::<_, DbError>(true)
        })
    });
    if !may.await? {
        return Err(FederationError::TooMany);
    }
    address(idp, &upstream, &metadata.authorization_endpoint, &state, going)
}

fn address(idp: &Idp, upstream: &Upstream, endpoint: &str, state: &str, going: Going<'_>) -> Result<Url, FederationError> {
    let wrong = |_| FederationError::Upstream("its authorization endpoint is no address".into());
    let mut url: Url = endpoint.parse().map_err(wrong)?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier(idp, state)?.as_bytes());
    let challenge = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, digest);
    let mut pairs = url.query_pairs_mut();
    pairs
        .append_pair("response_type", "code")
        .append_pair("client_id", &upstream.terms.client_id)
        .append_pair("redirect_uri", &callback(idp, &upstream.id))
        .append_pair("scope", &upstream.terms.scope)
        .append_pair("state", state)
        .append_pair("nonce", &nonce(idp, state)?)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if let Some(acr) = &upstream.terms.acr_values {
        pairs.append_pair("acr_values", acr);
    }
    match going {
        Going::SignIn { hint, again, .. } => {
            if let Some(hint) = hint.filter(|h| !h.is_empty()) {
                pairs.append_pair("login_hint", hint);
            }
            if again {
                // By the one it signs him in, and by the other it says when (Core, section 3.1.2.1).
                pairs.append_pair("prompt", "login").append_pair("max_age", "0");
            }
        }
        // Whoever is signed in there in this browser may be someone else.
        Going::Link(_) => drop(pairs.append_pair("prompt", "select_account")),
    }
    drop(pairs);
    Ok(url)
}

/// What the ID token must bring: derived from the state, so that nothing secret is stored on the way.
fn nonce(idp: &Idp, state: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("upstream-nonce", state)
}

/// 43 characters, as RFC 7636 (section 4.1) asks for.
fn verifier(idp: &Idp, state: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("upstream-verifier", state)
}

/// Comes back with an answer: what came of it. `ready` is of the browser's sign-in, `session` what it is signed in with.
pub async fn come_back(
    idp: &Idp,
    context: &Context,
    upstream: &str,
    params: &Params,
    (ready, session): (Option<Ready>, Option<Session>),
) -> Result<Arrived, FederationError> {
    let state = params.get("state").ok_or(FederationError::Gone)?;
    let hash = idp.env.root.token_hash("upstream-state", state)?;
    let signing_in =
        |again| ready.as_ref().map_or_else(String::new, |r| Going::SignIn { hash: &r.at.hash, hint: None, again }.browser());
    let inside = session.as_ref().map_or_else(String::new, |s| Going::Link(s).browser());
    let (now, anew) = (idp.env.now(), signing_in(true));
    let input = (hash, upstream.to_owned(), [signing_in(false), anew.clone(), inside], now);
    let taken = idp.db.write(input, |(hash, upstream, browsers, now), mut tx| {
        Box::pin(async move {
            let begun = store::come_back(&mut tx, hash, upstream, browsers, *now).await?;
            let found = store::by_id(&mut tx, upstream).await?.filter(|u| u.enabled);
            Ok::<_, DbError>(begun.zip(found))
        })
    });
    let (begun, upstream) = taken.await?.ok_or(FederationError::Gone)?;
    let said = answered(idp, &upstream, params, state).await?;
    // What was asked for in the address of a browser is only a wish: it is the answer that counts.
    if begun.browser == anew && !said.signed_in_since(begun.at, now) {
        return Err(FederationError::NotAnew);
    }
    match (begun.person_id, ready) {
        (Some(person), _) => arrive::link(idp, context, upstream, said, person).await,
        (None, Some(ready)) => arrive::sign_in(idp, context, upstream, said, ready).await,
        (None, None) => Err(FederationError::Gone),
    }
}

/// What an answer says, once all of it was checked.
async fn answered(idp: &Idp, upstream: &Upstream, params: &Params, state: &str) -> Result<Said, FederationError> {
    let terms = &upstream.terms;
    let metadata = idp.upstreams.of(&idp.env, &idp.fetch, &terms.issuer).await?;
    // RFC 9207: an answer that names its provider names this one, and one that should name it does.
    match params.get("iss") {
        Some(issuer) if issuer != terms.issuer => {
            return Err(FederationError::Upstream("its answer is another provider's".into()));
        }
        None if metadata.authorization_response_iss_parameter_supported => {
            return Err(FederationError::Upstream("its answer does not name it".into()));
        }
        _ => {}
    }
    if let Some(error) = params.get("error") {
        return Err(FederationError::Declined(error.chars().filter(|c| c.is_ascii_graphic()).take(60).collect()));
    }
    let code = params.get("code").ok_or_else(|| FederationError::Upstream("its answer has no code".into()))?;
    let (nonce, verifier) = (nonce(idp, state)?, verifier(idp, state)?);
    let redirect_uri = callback(idp, &upstream.id);
    let code = Code { code, redirect_uri: &redirect_uri, verifier: &verifier, nonce: &nonce };
    let secret = secret_of(idp, upstream)?;
    exchange::redeem(idp, terms, secret.as_ref(), &metadata, &code).await
}

/// Where this server's secret at a provider is sealed for.
pub fn secret_place(id: &str) -> String {
    format!("upstreams/{id}")
}

fn secret_of(idp: &Idp, upstream: &Upstream) -> Result<Option<SecretString>, RootError> {
    let Some(sealed) = &upstream.secret else { return Ok(None) };
    let plain = idp.env.root.open(Purpose::UpstreamSecret, &secret_place(&upstream.id), sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned().into()))
}

#[cfg(test)]
mod tests;
