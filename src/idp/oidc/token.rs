//! The token endpoint: shared phases (read, authenticate, find the keys that are shown, check the grant type), then the grant
//! (RFC 6749, section 3.2).

use super::error::{ErrorCode, OAuthError};
use super::grant::{ciba, client, code, device, exchange, refresh};
use super::sealed;
use super::tokens::TokenAnswer;
use crate::idp::Idp;
use crate::idp::clients::auth::authenticate;
use crate::idp::clients::model::{CIBA, DEVICE, EXCHANGE, GRANTS, Sealed};
use crate::kernel::audit::Actor;
use crate::kernel::http::{Context, Params, Presented};

/// Parameters that may repeat (RFC 8707, section 2).
pub const REPEATABLE: &[&str] = &["resource"];
/// The same at the token endpoint (RFC 8693, section 2.1).
const REPEATABLE_HERE: &[&str] = &["resource", "audience"];

/// Answers a token request; with the answer, the nonce for the client's next proof if there is a newer one.
pub async fn request(
    idp: &Idp,
    context: &Context,
    presented: &Presented,
    body: &[u8],
) -> Result<(TokenAnswer, Option<String>), OAuthError> {
    let params = Params::parse(body, REPEATABLE_HERE)?;
    let auth = authenticate(idp, presented, &params).await?;
    let grant = params.get("grant_type").ok_or(OAuthError::request("grant_type is missing"))?;
    if !GRANTS.contains(&grant) {
        return Err(OAuthError::new(
            ErrorCode::UnsupportedGrantType,
            "this grant type is not offered; discovery lists those that are",
        ));
    }
    if grant != EXCHANGE && params.all("audience").len() > 1 {
        return Err(OAuthError::request("audience is given more than once (RFC 6749, section 3.1)"));
    }
    if !auth.client.may(grant) {
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client is not registered for this grant type"));
    }
    let auth = auth.holding(idp, presented)?;
    if !matches!(grant, "client_credentials" | EXCHANGE) {
        // Before anything is spent for an ID token that could not be given.
        Box::pin(sealed::ready(idp, &auth.client, Sealed::IdToken)).await?;
    }
    let (nonce, actor) = (auth.held.nonce.clone(), Actor::on(context).client(&auth.client.id));
    // Each boxed: a request's future is moved as a whole, and would be as large as the largest of them.
    let answer = match grant {
        "authorization_code" => Box::pin(code::redeem(idp, auth, &params, actor)).await?,
        "refresh_token" => Box::pin(refresh::redeem(idp, auth, &params, actor)).await?,
        CIBA => Box::pin(ciba::redeem(idp, auth, &params, actor)).await?,
        DEVICE => Box::pin(device::redeem(idp, auth, &params, actor)).await?,
        EXCHANGE => Box::pin(exchange::give(idp, auth, &params, actor)).await?,
        _ => client::give(idp, auth, &params).await?,
    };
    Ok((answer, nonce))
}
