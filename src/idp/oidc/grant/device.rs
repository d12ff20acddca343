//! The grant of a device that someone allows elsewhere (RFC 8628, section 3.4).

use super::polled::{self, Polled};
use crate::idp::Idp;
use crate::idp::clients::auth::Authenticated;
use crate::idp::oidc::device::flow::device_hash;
use crate::idp::oidc::device::model::Device;
use crate::idp::oidc::device::store;
use crate::idp::oidc::error::OAuthError;
use crate::idp::oidc::polling::Question;
use crate::idp::oidc::tokens::TokenAnswer;
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Params;

impl Polled for Device {
    const UNKNOWN: &'static str = "the device code is unknown";
    const USED: &'static str = "this device code was used before; what it gave is revoked";
    const REPLAY: &'static str = "device code used again";

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
        store::by_device(tx, hash).await
    }
    async fn polled(tx: &mut Tx<'_>, id: &str, pause: i64, now: Timestamp) -> Result<(), DbError> {
        store::polled(tx, id, pause, now).await
    }
    async fn take(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
        store::take(tx, id, now).await
    }
}

/// Answers a device's question.
pub async fn redeem(idp: &Idp, auth: Authenticated, params: &Params, actor: Actor) -> Result<TokenAnswer, OAuthError> {
    let code = params.get("device_code").ok_or(OAuthError::request("device_code is missing"))?;
    let hash = device_hash(&idp.env.root, code)?;
    polled::redeem::<Device>(idp, auth, (params, hash), actor).await
}
