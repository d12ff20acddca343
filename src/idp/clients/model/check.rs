//! What is refused at registration, one rule per function; RFC 7591, section 3.2.2 names the errors.

use std::net::IpAddr;

use super::addresses::check_redirect;
use super::{ApplicationType, AuthMethod, CIBA, DEVICE, DeliveryMode, EXCHANGE, GRANTS, Metadata, Profile, Switches};
use crate::kernel::jose::{Alg, KeySet};
use crate::kernel::reach::Reach;

/// Why a registration was refused; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Refused {
    /// The member.
    pub field: &'static str,
    /// What is wrong.
    pub why: String,
}

impl Refused {
    /// The error code of RFC 7591, section 3.2.2.
    pub fn code(&self) -> &'static str {
        if self.field == "redirect_uris" { "invalid_redirect_uri" } else { "invalid_client_metadata" }
    }
}

pub(super) type Checked = Result<(), Refused>;

pub(super) fn no(field: &'static str, why: impl Into<String>) -> Checked {
    Err(Refused { field, why: why.into() })
}

/// Entries of a list at most.
const ENTRIES: usize = 20;
/// Members that may be given in several languages (RFC 7591, section 2.2).
const LOCALIZED: [&str; 5] = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"];

impl Metadata {
    /// Checks what is to be registered. `reach` says which of its addresses this server may ask, `on` what is switched on.
    pub fn check(&self, reach: &Reach, on: Switches) -> Checked {
        self.switched_on(on)?;
        self.bounds()?;
        self.names()?;
        self.redirects()?;
        self.flows()?;
        self.authentication(reach)?;
        self.backchannel(reach)?;
        self.recipients()?;
        self.certificate()?;
        self.asked_addresses(reach)?;
        self.shown_addresses()?;
        self.frontchannel()?;
        self.sector()?;
        self.logout_within_sector()?;
        self.resource_servers()?;
        self.fapi()
    }

    fn bounds(&self) -> Checked {
        let lists: [(&'static str, &Vec<String>); 10] = [
            ("redirect_uris", &self.redirect_uris),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
            ("grant_types", &self.grant_types),
            ("response_types", &self.response_types),
            ("contacts", &self.contacts),
            ("request_uris", &self.request_uris),
            ("default_acr_values", &self.default_acr_values),
            ("authorization_details_types", &self.authorization_details_types),
            ("resources", &self.resources),
            ("serves", &self.serves),
        ];
        for (field, list) in lists {
            if list.len() > ENTRIES || list.iter().any(|e| e.len() > 2000 || e.chars().any(char::is_control)) {
                return no(field, "at most 20 entries, none longer than 2000 bytes or with control characters");
            }
        }
        for (field, text) in [("software_id", &self.software_id), ("software_version", &self.software_version)] {
            if text.as_ref().is_some_and(|t| t.is_empty() || t.len() > 200 || t.chars().any(char::is_control)) {
                return no(field, "1 to 200 bytes without control characters");
            }
        }
        let scope_byte = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e | b' ');
        if self.scope.as_ref().is_some_and(|s| s.len() > 2000 || !s.bytes().all(scope_byte)) {
            return no("scope", "names of plain ASCII separated by spaces, at most 2000 bytes (RFC 6749, section 3.3)");
        }
        // So that adding it to a moment overflows nowhere.
        if self.default_max_age.is_some_and(|s| s > 31_536_000) {
            return no("default_max_age", "at most a year, in seconds");
        }
        Ok(())
    }

    fn names(&self) -> Checked {
        let bad = |name: &str| name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control);
        if bad(&self.client_name) {
            return no("client_name", "give the name that people will see, at most 100 characters");
        }
        if self.localized.len() > 5 * ENTRIES {
            return no("localized", "at most 20 languages");
        }
        for (name, value) in &self.localized {
            let Some((member, language)) = name.split_once('#').filter(|(m, _)| LOCALIZED.contains(m)) else {
                return no("localized", format!("{name:?} is none of {LOCALIZED:?} with # and a language"));
            };
            if !(2..=35).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                return no("localized", format!("{name:?}: a language is written as nl or pt-BR (RFC 5646)"));
            }
            if member == "client_name" {
                if bad(value) {
                    return no("localized", format!("{name}: a name of at most 100 characters"));
                }
            } else if let Err(why) = check_redirect(value, ApplicationType::Web) {
                return no("localized", format!("{name}: {why}"));
            }
        }
        Ok(())
    }

    fn flows(&self) -> Checked {
        if let Some(g) = self.grant_types.iter().find(|g| !GRANTS.contains(&g.as_str())) {
            return no("grant_types", format!("{g:?} is not one of {GRANTS:?}"));
        }
        if let Some(r) = self.response_types.iter().find(|r| *r != "code") {
            return no("response_types", format!("{r:?} is not offered, code is"));
        }
        let codes = self.grant_types.is_empty() || self.grant_types.iter().any(|g| g == "authorization_code");
        if codes && self.redirect_uris.is_empty() {
            return no("redirect_uris", "the authorization code grant needs at least one");
        }
        if !codes && !self.response_types.is_empty() {
            return no("response_types", "code goes with the grant type authorization_code (RFC 7591, section 2.1)");
        }
        for grant in ["client_credentials", EXCHANGE, CIBA] {
            if self.token_endpoint_auth_method == AuthMethod::None && self.grant_types.iter().any(|g| g == grant) {
                return no("grant_types", format!("a public client can't have {grant}: it can't prove who it is"));
            }
        }
        if self.grant_types.iter().any(|g| g == EXCHANGE) && self.serves.is_empty() {
            return no("serves", "token exchange is for resource servers: say which this application is");
        }
        Ok(())
    }

    /// OpenID Connect CIBA, section 4.
    fn backchannel(&self, reach: &Reach) -> Checked {
        let asks = self.grant_types.iter().any(|g| g == CIBA);
        let (mode, at) = (self.backchannel_token_delivery_mode, &self.backchannel_client_notification_endpoint);
        if asks != mode.is_some() {
            return no("backchannel_token_delivery_mode", format!("poll or ping: it goes with the grant type {CIBA}"));
        }
        if at.is_some() != (mode == Some(DeliveryMode::Ping)) {
            return no("backchannel_client_notification_endpoint", "it goes with backchannel_token_delivery_mode ping");
        }
        if self.backchannel_authentication_request_signing_alg.is_some() && !asks {
            return no("backchannel_authentication_request_signing_alg", format!("it goes with the grant type {CIBA}"));
        }
        if let Some(uri) = at {
            let field = "backchannel_client_notification_endpoint";
            reach.read(uri).map_err(|why| Refused { field, why: why.into() })?;
        }
        Ok(())
    }

    fn authentication(&self, reach: &Reach) -> Checked {
        match (&self.jwks, &self.jwks_uri) {
            (Some(_), Some(_)) => return no("jwks", "jwks or jwks_uri, one of them (RFC 7591, section 2)"),
            (Some(set), None) => {
                KeySet::from_value(set).map_err(|e| Refused { field: "jwks", why: e.to_string() })?;
            }
            (None, Some(uri)) => drop(reach.read(uri).map_err(|why| Refused { field: "jwks_uri", why: why.into() })?),
            (None, None) => {}
        }
        let needs_keys =
            matches!(self.token_endpoint_auth_method, AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTlsClientAuth)
                || self.require_signed_request_object
                || self.profile == Profile::Fapi2Signing
                || self.backchannel_authentication_request_signing_alg.is_some();
        if needs_keys && self.jwks.is_none() && self.jwks_uri.is_none() {
            return no("jwks", "private_key_jwt, self_signed_tls_client_auth and signed requests need jwks or jwks_uri");
        }
        let alg = self.token_endpoint_auth_signing_alg;
        if alg.is_some() && self.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt {
            return no("token_endpoint_auth_signing_alg", "only private_key_jwt signs");
        }
        Ok(())
    }

    /// RFC 8705, section 2.1.2: `tls_client_auth` names its certificate's subject in exactly one way.
    fn certificate(&self) -> Checked {
        let names: [(&'static str, &Option<String>); 5] = [
            ("tls_client_auth_subject_dn", &self.tls_client_auth_subject_dn),
            ("tls_client_auth_san_dns", &self.tls_client_auth_san_dns),
            ("tls_client_auth_san_uri", &self.tls_client_auth_san_uri),
            ("tls_client_auth_san_ip", &self.tls_client_auth_san_ip),
            ("tls_client_auth_san_email", &self.tls_client_auth_san_email),
        ];
        let given: Vec<_> = names.iter().filter_map(|(field, name)| name.as_deref().map(|n| (*field, n))).collect();
        let wanted = usize::from(self.token_endpoint_auth_method == AuthMethod::TlsClientAuth);
        if given.len() != wanted {
            let field = given.first().map_or("tls_client_auth_subject_dn", |(field, _)| field);
            return no(field, "tls_client_auth needs exactly one of the five tls_client_auth_ names, and nothing else has one");
        }
        for (field, name) in given {
            if name.is_empty() || name.len() > 1000 || name.chars().any(char::is_control) {
                return no(field, "1 to 1000 bytes without control characters");
            }
            if field == "tls_client_auth_san_ip" && name.parse::<IpAddr>().is_err() {
                return no(field, "not an IP address");
            }
        }
        Ok(())
    }

    /// The FAPI 2.0 security profile, sections 5.3.2 and 5.4, as far as registration decides it.
    fn fapi(&self) -> Checked {
        if self.profile == Profile::Standard {
            return Ok(());
        }
        if !matches!(
            self.token_endpoint_auth_method,
            AuthMethod::PrivateKeyJwt | AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth
        ) {
            return no("token_endpoint_auth_method", "FAPI 2.0 takes private_key_jwt and the two of mutual TLS");
        }
        if self.grant_types.iter().any(|g| g == DEVICE) {
            return no("grant_types", "FAPI 2.0 has no device grant");
        }
        if !self.dpop_bound_access_tokens && !self.tls_client_certificate_bound_access_tokens {
            let why = "FAPI 2.0 takes bound tokens only: this, or tls_client_certificate_bound_access_tokens";
            return no("dpop_bound_access_tokens", why);
        }
        let algs = [
            ("access_token_signed_response_alg", self.access_token_signed_response_alg),
            ("id_token_signed_response_alg", self.id_token_signed_response_alg),
            ("userinfo_signed_response_alg", self.userinfo_signed_response_alg),
            ("introspection_signed_response_alg", self.introspection_signed_response_alg),
            ("authorization_signed_response_alg", self.authorization_signed_response_alg),
            ("request_object_signing_alg", self.request_object_signing_alg),
            ("backchannel_authentication_request_signing_alg", self.backchannel_authentication_request_signing_alg),
            ("token_endpoint_auth_signing_alg", self.token_endpoint_auth_signing_alg),
        ];
        for (field, alg) in algs {
            if alg == Some(Alg::Rs256) {
                return no(field, "FAPI 2.0 takes PS256, ES256 and EdDSA");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
