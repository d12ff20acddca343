//! The person's own token for the provider's API (RFC 8707): who has access to what is the provider's to change, and it asks
//! who says so. Owns asking for it under the lease of the session, since that spends the session's refresh token, and keeping
//! it, sealed, in the session's row. No page and no answer ever has it.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::OAuth2TokenResponse;
use secrecy::SecretString;

use super::client::AskError;
use super::provider::Unreachable;
use super::session::{self, LEASE, SessionError, WAIT, seal, unseal};
use super::store::{self, ForProvider, Session};
use crate::contract::access::SCOPE_GRANTS;
use crate::crm::Crm;

/// A token is not used in its last seconds, so that it doesn't expire on the way.
const MARGIN: Duration = Duration::from_secs(20);

/// The token of a browser's session; none when there is no session that goes on, or none that was given this right.
pub async fn provider_token(crm: &Arc<Crm>, cookie: &str) -> Result<Option<SecretString>, SessionError> {
    let hash = session::hash(crm, cookie)?;
    for _ in 0..WAIT.1 {
        let now = crm.env.now();
        let Some(row) = store::session(&crm.db, &hash, now).await? else { return Ok(None) };
        if let (Some(token), Some(until)) = (&row.provider_token, row.provider_until)
            && now.0 < until
        {
            return Ok(Some(unseal(crm, &hash, "provider", token)?));
        }
        let Some(refresh) = row.refresh_token.clone() else { return Ok(None) };
        let owner = crm.env.token();
        if !store::lease(&crm.db, &row, owner.clone(), now, now + LEASE).await? {
            tokio::time::sleep(WAIT.0).await;
            continue;
        }
        let refresh = unseal(crm, &hash, "refresh", &refresh)?;
        // In a task of its own: a browser that goes away must not take the new refresh token with it.
        let task = tokio::spawn(ask(Arc::clone(crm), row, owner, refresh));
        let given = task.await.map_err(|_| Unreachable("asking for the provider's token broke off".into()))??;
        if !given {
            return Ok(None);
        }
    }
    Err(Unreachable("another request has not renewed this session in time".into()).into())
}

/// Asks for the token and keeps it; false when the provider gives none. That ends nothing: an issue from before this right
/// lacks it, and what else is the matter shows at the next renewal.
async fn ask(crm: Arc<Crm>, row: Session, owner: String, refresh: SecretString) -> Result<bool, SessionError> {
    match crm.provider.renew_for_provider(&refresh, SCOPE_GRANTS).await {
        Ok(tokens) => {
            let life = tokens.expires_in().unwrap_or(Duration::from_secs(60));
            let hash = row.hash;
            let new = ForProvider {
                token: seal(&crm, &hash, "provider", tokens.access_token().secret())?,
                until: (crm.env.now() + life.saturating_sub(MARGIN)).0,
                refresh_token: tokens.refresh_token().map(|t| seal(&crm, &hash, "refresh", t.secret())).transpose()?,
                hash,
                owner,
            };
            store::keep_for_provider(&crm.db, new).await?;
            Ok(true)
        }
        Err(AskError::Refused(why)) => {
            tracing::info!(why, "the provider gives no token for its API");
            store::release(&crm.db, row.hash, owner).await?;
            Ok(false)
        }
        Err(AskError::Unreachable(e)) => {
            store::release(&crm.db, row.hash, owner).await?;
            Err(e.into())
        }
    }
}
