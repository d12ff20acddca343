//! The grant of someone who was asked by the back channel (OpenID Connect CIBA, section 10.1).

use super::polled::{self, Polled};
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::clients::model::Switches;
use crate::idp::oidc::ciba::flow::hash;
use crate::idp::oidc::ciba::model::Asking;
use crate::idp::oidc::ciba::store;
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::polling::Question;
use crate::idp::oidc::tokens::TokenAnswer;
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Params;

impl Polled for Asking {
    const UNKNOWN: &'static str = "the auth_req_id is unknown";
    const USED: &'static str = "this auth_req_id was used before; what it gave is revoked";
    const REPLAY: &'static str = "authentication request used again";

    fn id(&self) -> &str {
        &self.id
    }
    fn client_id(&self) -> &str {
        &self.client_id
    }
    fn question(&self) -> Question<'_> {
        self.question()
    }
    async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Self>, DbError> {
        store::by_hash(tx, hash).await
    }
    async fn polled(tx: &mut Tx<'_>, id: &str, pause: i64, now: Timestamp) -> Result<(), DbError> {
        store::polled(tx, id, pause, now).await
    }
    async fn take(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
        store::take(tx, id, now).await
    }
}

/// Answers whoever asks what a person has decided.
pub async fn redeem(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    if !Switches::of(&idp.env.settings).ciba {
        return Err(OAuthError::new(ErrorCode::UnsupportedGrantType, "this grant type is off in this installation"));
    }
    let id = params.get("auth_req_id").ok_or(OAuthError::request("auth_req_id is missing"))?;
    let hash = hash(&idp.env.root, id)?;
    polled::redeem::<Asking>(idp, auth, (params, hash), actor).await
}
