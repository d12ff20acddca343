//! Encrypting what an application is told, where it has registered for that (OpenID Connect Core, section 10.2; RFC 9701; JARM).
//! Owns finding its key. What is registered to be encrypted is never told plain: without a key there is no answer.

use serde::Serialize;

use super::error::{ErrorCode, OAuthError};
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::clients::model::{Sealed, Switches};
use crate::kernel::jose::{Recipient, Recipients, Sealing};

const NO_KEY: OAuthError =
    OAuthError::new(ErrorCode::InvalidRequest, "no key of this client was found that its answers can be encrypted to");
const OFF: OAuthError =
    OAuthError::new(ErrorCode::InvalidRequest, "this client has registered for encryption, which is off in this installation");

/// The token, encrypted if the client has registered for that; it was signed before.
pub async fn nested(idp: &Idp, client: &Client, what: Sealed, token: String) -> Result<String, OAuthError> {
    match found(idp, client, what).await? {
        None => Ok(token),
        Some((to, sealing)) => seal(idp, &to, sealing, token.as_bytes(), true),
    }
}

/// Claims that are encrypted and not signed, for a client that has registered for that.
pub async fn only(idp: &Idp, client: &Client, what: Sealed, claims: &impl Serialize) -> Result<String, OAuthError> {
    let (to, sealing) = found(idp, client, what).await?.ok_or(NO_KEY)?;
    let text = serde_json::to_vec(claims).map_err(|e| OAuthError::internal(&e))?;
    seal(idp, &to, sealing, &text, false)
}

/// Makes sure that there is a key, before something is spent for an answer that could not be given.
pub async fn ready(idp: &Idp, client: &Client, what: Sealed) -> Result<(), OAuthError> {
    found(idp, client, what).await.map(drop)
}

fn seal(idp: &Idp, to: &Recipient, sealing: Sealing, text: &[u8], nested: bool) -> Result<String, OAuthError> {
    to.seal(sealing, text, nested, idp.env.entropy.as_ref()).map_err(|e| OAuthError::internal(&e))
}

async fn found(idp: &Idp, client: &Client, what: Sealed) -> Result<Option<(Recipient, Sealing)>, OAuthError> {
    let Some(sealing) = client.sealing(what) else { return Ok(None) };
    if !Switches::of(&idp.env.settings).encryption {
        return Err(OFF);
    }
    let fitting = |keys: Option<Recipients>| keys.and_then(|keys| keys.find(sealing.alg).cloned());
    let to = match (&client.metadata.jwks, &client.metadata.jwks_uri) {
        (Some(set), _) => fitting(Recipients::from_value(set).ok()),
        (None, Some(uri)) => match fitting(idp.client_keys.recipients(&idp.env, &idp.fetch, uri, false).await) {
            Some(to) => Some(to),
            // What is kept may be older than the key.
            None => fitting(idp.client_keys.recipients(&idp.env, &idp.fetch, uri, true).await),
        },
        (None, None) => None,
    };
    Ok(Some((to.ok_or(NO_KEY)?, sealing)))
}
