//! From a code to what a provider says of someone (OpenID Connect Core, sections 3.1.3 and 5.3). Every check of an ID token
//! that the standard asks for; what userinfo adds counts only for the same subject.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::discovery::Metadata;
use super::flow::FederationError;
use super::model::{ClientAuth, Said, Terms};
use crate::idp::Idp;
use crate::kernel::jose::{Alg, Audience, Expect, date, verify};
use crate::kernel::root::same;

/// The algorithms that are taken. None of them is `none`, and none works with a shared secret (security case 7).
const ALGS: [Alg; 4] = [Alg::Es256, Alg::EdDsa, Alg::Rs256, Alg::Ps256];
/// Bytes of a subject identifier at most (Core, section 2).
const SUBJECT: usize = 255;

/// A code, and what it belongs to.
pub struct Code<'a> {
    /// The code.
    pub code: &'a str,
    /// Where the answer came.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: &'a str,
    /// What the ID token must carry.
    pub nonce: &'a str,
}

struct Tokens {
    id_token: String,
    access_token: SecretString,
}

#[derive(Deserialize)]
struct Answer {
    id_token: String,
    access_token: String,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

/// Redeems a code and reads what it says.
pub async fn redeem(
    idp: &Idp,
    terms: &Terms,
    secret: Option<&SecretString>,
    metadata: &Metadata,
    code: &Code<'_>,
) -> Result<Said, FederationError> {
    let tokens = tokens(idp, terms, secret, metadata, code).await?;
    let mut claims = id_token(idp, terms, metadata, &tokens.id_token, code.nonce).await?;
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
    if subject.is_empty() || subject.len() > SUBJECT {
        return Err(FederationError::Upstream("its ID token names no subject".into()));
    }
    // Many put no more than the subject into an ID token.
    if let Some(address) = &metadata.userinfo_endpoint
        && !claims.contains_key(&terms.claims.email)
    {
        for (name, value) in userinfo(idp, address, &tokens.access_token, &subject).await? {
            claims.entry(name).or_insert(value);
        }
    }
    Ok(Said::of(terms, &subject, &claims))
}

async fn tokens(
    idp: &Idp,
    terms: &Terms,
    secret: Option<&SecretString>,
    metadata: &Metadata,
    code: &Code<'_>,
) -> Result<Tokens, FederationError> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code.code),
        ("redirect_uri", code.redirect_uri),
        ("code_verifier", code.verifier),
    ];
    let secret = secret.map(ExposeSecret::expose_secret).unwrap_or_default();
    let mut authorization = None;
    match terms.token_endpoint_auth_method {
        ClientAuth::ClientSecretBasic => {
            // Both are form-encoded inside (RFC 6749, section 2.3.1).
            let encode = |t: &str| url::form_urlencoded::byte_serialize(t.as_bytes()).collect::<String>();
            let pair = STANDARD.encode(format!("{}:{}", encode(&terms.client_id), encode(secret)));
            authorization = Some(SecretString::from(format!("Basic {pair}")));
        }
        ClientAuth::ClientSecretPost => form.extend([("client_id", terms.client_id.as_str()), ("client_secret", secret)]),
        ClientAuth::None => form.push(("client_id", &terms.client_id)),
    }
    let answer = idp.fetch.post_as(&metadata.token_endpoint, &form, authorization.as_ref()).await?;
    if !answer.status.is_success() {
        let error = serde_json::from_slice::<Refused>(&answer.body).map(|r| r.error.chars().take(60).collect::<String>());
        let error = error.unwrap_or_else(|_| answer.status.to_string());
        return Err(FederationError::Upstream(format!("its token endpoint refuses the code: {error}")));
    }
    let read = serde_json::from_slice::<Answer>(&answer.body);
    let read = read.map_err(|_| FederationError::Upstream("its token endpoint gives no ID token".into()))?;
    Ok(Tokens { id_token: read.id_token, access_token: read.access_token.into() })
}

/// Section 3.1.3.7. Signed by its keys, from it, for this server, not expired, for this very sign-in.
async fn id_token(
    idp: &Idp,
    terms: &Terms,
    metadata: &Metadata,
    token: &str,
    nonce: &str,
) -> Result<Map<String, Value>, FederationError> {
    let expect = Expect::new(&terms.issuer, Audience::Among(&terms.client_id), &ALGS, idp.env.now());
    let mut why = "its keys can't be fetched".to_owned();
    for fresh in [false, true] {
        let Some(keys) = idp.client_keys.get(&idp.env, &idp.fetch, &metadata.jwks_uri, fresh).await else { continue };
        match verify::<Map<String, Value>>(token, &keys, &expect) {
            Ok(verified) => {
                let claims = verified.into_claims();
                let text = |name: &str| claims.get(name).and_then(Value::as_str);
                if !text("nonce").is_some_and(|n| same(n, nonce)) {
                    return Err(FederationError::Upstream("its ID token belongs to another sign-in".into()));
                }
                // Of several audiences, the one that it was made for must be this server.
                let several = claims.get("aud").and_then(Value::as_array).is_some_and(|a| a.len() > 1);
                let party = text("azp");
                if party.is_some_and(|p| p != terms.client_id) || several && party.is_none() || !claims.contains_key("iat") {
                    return Err(FederationError::Upstream("its ID token was made for another application".into()));
                }
                // Passed over, it would count as signed in now.
                if date(&claims, "auth_time").is_err() {
                    return Err(FederationError::Upstream("its ID token says of no moment that someone signed in then".into()));
                }
                return Ok(claims);
            }
            Err(e) => why = e.to_string(),
        }
    }
    Err(FederationError::Upstream(format!("its ID token is refused: {why}")))
}

async fn userinfo(idp: &Idp, address: &str, token: &SecretString, subject: &str) -> Result<Map<String, Value>, FederationError> {
    let authorization = SecretString::from(format!("Bearer {}", token.expose_secret()));
    let answer = idp.fetch.get_as(address, Some(&authorization)).await?;
    if !answer.status.is_success() {
        return Err(FederationError::Upstream(format!("its userinfo is answered with {}", answer.status)));
    }
    let claims: Map<String, Value> =
        serde_json::from_slice(&answer.body).map_err(|_| FederationError::Upstream("its userinfo is no JSON object".into()))?;
    // Section 5.3.2: or one person's address is taken for another's.
    if claims.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(FederationError::Upstream("its userinfo is about someone else".into()));
    }
    // How and when he signed in is the ID token's to say.
    let is_its = |name: &str| matches!(name, "acr" | "amr" | "auth_time" | "iss" | "aud" | "nonce");
    Ok(claims.into_iter().filter(|(name, _)| !is_its(name)).collect())
}
