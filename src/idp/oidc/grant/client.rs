//! The grant `client_credentials` (RFC 6749, section 4.4): a token of a client for itself.

use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::access::{self, Of};
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::tokens::{TokenAnswer, of_access};
use crate::idp::oidc::{details, issues};
use crate::kernel::http::Params;

/// Gives it.
pub async fn give(idp: &Idp, auth: Authenticated, params: &Params) -> Result<TokenAnswer, OAuthError> {
    let resource = match params.all("resource") {
        [] => idp.issuer().to_owned(),
        [one] if one == idp.issuer() || auth.client.metadata.resources.contains(one) => one.clone(),
        _ => return Err(OAuthError::new(ErrorCode::InvalidTarget, "resource must be one that this client is registered for")),
    };
    let asked = params.get("scope").or(auth.client.metadata.scope.as_deref()).unwrap_or_default();
    let scope =
        auth.client.scopes(asked).into_iter().filter(|s| *s != "openid" && *s != "offline_access").collect::<Vec<_>>().join(" ");
    if scope.is_empty() && params.get("scope").is_some() {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "this client may have none of these scopes"));
    }
    let known = details::kinds(&idp.env.settings.authorization_details_types);
    let granted = details::asked(&auth.client, &known, params.get("authorization_details"))?;
    let granted = details::narrowed(granted.as_deref(), None)?;
    let binding = auth.held.binding(&auth.client)?;
    if issues::has_to_spend(&auth) {
        // The one write of this grant: what counts once is spent with the token, or the token is not given.
        idp.db.write(auth.clone(), |auth, mut tx| Box::pin(async move { issues::spend(&mut tx, auth).await })).await?;
    }
    let of = Of {
        scope: &scope,
        resource: &resource,
        binding: binding.as_ref(),
        details: details::at(granted.clone(), &resource),
        ..Of::default()
    };
    let claims = access::of_client(idp, &auth.client, of, auth.head.clone());
    let answer = of_access(idp, &auth.client, &claims, binding.as_ref()).await?;
    Ok(TokenAnswer { authorization_details: granted, ..answer })
}
