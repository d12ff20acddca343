//! The installation's own record store as an application: registered from the settings at every start, so that the two
//! halves need no secret between them. Its keys are at its own address.

use crate::config::Settings;
use crate::contract::access::{SCOPE_GRANTS, SCOPE_RELATIONS};
use crate::contract::feed::Entry;
use crate::idp::clients::model::{AuthMethod, Client, Metadata};
use crate::idp::{clients, feed};
use crate::kernel::Env;
use crate::kernel::db::{Db, DbError};
use crate::kernel::jose::Alg;
use crate::kernel::pages::{Lang, Texts};

/// The record store's client id.
pub const RECORD_STORE: &str = "record-store";

fn metadata(settings: &Settings, texts: &Texts) -> Metadata {
    let crm = &settings.crm_url;
    let name = |l: Lang| texts.get(l, "app-record-store", &[]);
    let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    Metadata {
        client_name: name(Lang::En),
        localized: Lang::ALL.into_iter().map(|l| (format!("client_name#{}", l.code()), name(l))).collect(),
        client_uri: Some(crm.at("/")),
        redirect_uris: vec![crm.at("/auth/callback")],
        post_logout_redirect_uris: vec![crm.at("/auth/signed-out")],
        grant_types: own(&["authorization_code", "refresh_token", "client_credentials"]),
        token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
        scope: Some(format!("openid profile email {} challenges {SCOPE_GRANTS} {SCOPE_RELATIONS}", feed::http::SCOPE)),
        jwks_uri: Some(crm.at("/.well-known/jwks.json")),
        backchannel_logout_uri: Some(crm.at("/auth/backchannel-logout")),
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: Some(Alg::Es256),
        // Itself, and the provider's own API for who has access to what.
        serves: vec![crm.as_str().to_owned()],
        resources: vec![crm.as_str().to_owned(), settings.idp_url.as_str().to_owned()],
        require_pkce: true,
        ..Metadata::default()
    }
}

/// Registers the record store, or brings its registration up to date.
pub async fn register(db: &Db, env: &Env) -> Result<(), DbError> {
    let client =
        Client { id: RECORD_STORE.into(), metadata: metadata(&env.settings, &env.texts), secret_hash: None, enabled: true };
    db.write_log((client, env.now()), |(client, now), mut tx| {
        Box::pin(async move {
            match clients::store::by_id(&mut tx, &client.id).await? {
                Some(there) if there.metadata == client.metadata => Ok(()),
                // Disabled by an administrator stays disabled.
                Some(there) => clients::store::save(&mut tx, &Client { enabled: there.enabled, ..client.clone() }, *now).await,
                None => {
                    clients::store::save(&mut tx, client, *now).await?;
                    feed::append(&mut tx, *now, &Entry::Client { client_id: client.id.clone(), enabled: true }).await.map(drop)
                }
            }
        })
    })
    .await
}
