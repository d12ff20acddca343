//! Applications that prove who they are by the certificate of their connection (RFC 8705, section 2).

use super::Client;
use super::auth::keys_of;
use crate::idp::Idp;
use crate::kernel::http::certificate::{Name, Shown};

/// Whether one of the configured authorities signed the certificate, and it has the registered name (section 2.1).
pub fn is_named(idp: &Idp, client: &Client, shown: Option<&Shown>) -> bool {
    let m = &client.metadata;
    let named = [
        m.tls_client_auth_subject_dn.as_deref().map(Name::Subject),
        m.tls_client_auth_san_dns.as_deref().map(Name::Dns),
        m.tls_client_auth_san_uri.as_deref().map(Name::Uri),
        m.tls_client_auth_san_ip.as_deref().map(Name::Ip),
        m.tls_client_auth_san_email.as_deref().map(Name::Email),
    ];
    // Registration lets through exactly one; of none, nobody is it.
    let mut named = named.into_iter().flatten();
    let (Some(name), None) = (named.next(), named.next()) else { return false };
    shown.is_some_and(|s| s.is_signed_by(&idp.client_authorities, idp.env.now()) && s.has(&name))
}

/// Whether the certificate's key is one that the application has registered or published (section 2.2).
pub async fn is_own(idp: &Idp, client: &Client, shown: Option<&Shown>) -> bool {
    let Some(shown) = shown.filter(|s| s.is_current(idp.env.now())) else { return false };
    let Some(thumbprint) = shown.key_thumbprint() else { return false };
    for fresh in [false, true] {
        let keys = keys_of(idp, client, fresh).await;
        if keys.is_some_and(|set| set.keys().iter().any(|k| k.thumbprint() == thumbprint)) {
            return true;
        }
    }
    false
}
