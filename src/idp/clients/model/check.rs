//! What is refused at registration, one rule per function; RFC 7591, section 3.2.2 names the errors.

use std::net::IpAddr;

use url::{Host, Url};

use super::addresses::check_redirect;
use super::{
    ApplicationType, AuthMethod, CIBA, DEVICE, DeliveryMode, EXCHANGE, GRANTS, Metadata, Profile, SubjectType, Switches,
};
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

    fn redirects(&self) -> Checked {
        for uri in &self.redirect_uris {
            if let Err(why) = check_redirect(uri, self.application_type) {
                return no("redirect_uris", format!("{uri}: {why}"));
            }
        }
        for uri in &self.post_logout_redirect_uris {
            if let Err(why) = check_redirect(uri, self.application_type) {
                return no("post_logout_redirect_uris", format!("{uri}: {why}"));
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

    /// Addresses that this server asks (security case 15).
    fn asked_addresses(&self, reach: &Reach) -> Checked {
        for (field, uri) in
            [("backchannel_logout_uri", &self.backchannel_logout_uri), ("sector_identifier_uri", &self.sector_identifier_uri)]
        {
            if let Some(uri) = uri {
                reach.read(uri).map_err(|why| Refused { field, why: why.into() })?;
            }
        }
        for uri in &self.request_uris {
            // A digest of the object may stand behind # (OpenID Connect Core, section 6.2), and is never sent.
            let asked = uri.split_once('#').map_or(uri.as_str(), |(before, _)| before);
            reach.read(asked).map_err(|why| Refused { field: "request_uris", why: format!("{uri}: {why}") })?;
        }
        Ok(())
    }

    /// Addresses that browsers are led to or load from, like a redirect address: https, and http on this machine only.
    fn shown_addresses(&self) -> Checked {
        for (field, uri) in [
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("initiate_login_uri", &self.initiate_login_uri),
            ("frontchannel_logout_uri", &self.frontchannel_logout_uri),
        ] {
            if let Some(uri) = uri
                && let Err(why) = check_redirect(uri, ApplicationType::Web)
            {
                return no(field, why);
            }
        }
        Ok(())
    }

    /// Front-Channel Logout 1.0, section 2: where an application's answers go is where its frame is.
    fn frontchannel(&self) -> Checked {
        let origin = |u: &String| u.parse::<Url>().ok().map(|u| u.origin());
        let Some(at) = &self.frontchannel_logout_uri else { return Ok(()) };
        if self.redirect_uris.iter().any(|r| origin(r).is_some() && origin(r) == origin(at)) {
            return Ok(());
        }
        no("frontchannel_logout_uri", "scheme, host and port must be those of a redirect address")
    }

    /// OpenID Connect Core, section 8.1: pairwise subjects of an application with several hosts need to know its sector.
    fn sector(&self) -> Checked {
        if self.subject_type != SubjectType::Pairwise || self.sector_identifier_uri.is_some() {
            return Ok(());
        }
        let mut hosts = self.redirect_uris.iter().filter_map(|u| u.parse::<Url>().ok()).map(|u| u.host().map(|h| h.to_owned()));
        let first: Option<Option<Host<String>>> = hosts.next();
        if matches!(first, Some(Some(_))) && hosts.all(|h| Some(h) == first) {
            return Ok(());
        }
        no("sector_identifier_uri", "pairwise subjects need it, unless all redirect addresses have one host")
    }

    /// RFC 8707, section 2: an absolute address without a fragment.
    fn resource_servers(&self) -> Checked {
        for (field, list) in [("resources", &self.resources), ("serves", &self.serves)] {
            for uri in list {
                let plain = uri.bytes().all(|b| b.is_ascii_graphic()) && !uri.contains('#') && uri.parse::<Url>().is_ok();
                if !plain {
                    return no(field, format!("{uri}: an absolute address without a fragment (RFC 8707, section 2)"));
                }
            }
        }
        let public = self.token_endpoint_auth_method == AuthMethod::None;
        if public && !self.serves.is_empty() {
            return no("serves", "a public client can't prove that it is a resource server");
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
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::kernel::jose::SigningKey;

    /// A sound registration with some members changed; null takes one away.
    fn check(changes: Value) -> Result<(), &'static str> {
        let mut all = json!({"client_name": "A", "redirect_uris": ["https://app.example/cb"]});
        for (name, value) in changes.as_object().unwrap() {
            all[name.as_str()] = value.clone();
        }
        all.as_object_mut().unwrap().retain(|_, v| !v.is_null());
        let metadata: Metadata = serde_json::from_value(all).unwrap();
        metadata.check(&Reach::default(), Switches::ALL).map_err(|r| r.field)
    }

    fn keys() -> Value {
        SigningKey::generate(Alg::Es256).unwrap().key_set().unwrap().to_jwks()
    }

    /// S2: each of these would make a registration that can't do what it says.
    #[test]
    fn a_registration_that_contradicts_itself_is_refused() {
        assert_eq!(check(json!({})), Ok(()));
        for (bad, field) in [
            (json!({"client_name": " "}), "client_name"),
            (json!({"client_name": "a\u{7}"}), "client_name"),
            (json!({"redirect_uris": []}), "redirect_uris"),
            (json!({"grant_types": ["password"]}), "grant_types"),
            (json!({"response_types": ["code id_token"]}), "response_types"),
            (json!({"grant_types": ["client_credentials"], "response_types": ["code"]}), "response_types"),
            (json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}), "grant_types"),
            (json!({"token_endpoint_auth_method": "private_key_jwt"}), "jwks"),
            (json!({"token_endpoint_auth_method": "self_signed_tls_client_auth"}), "jwks"),
            (json!({"require_signed_request_object": true}), "jwks"),
            (json!({"jwks": keys(), "jwks_uri": "https://app.example/keys"}), "jwks"),
            (json!({"jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}), "jwks"),
            (json!({"token_endpoint_auth_signing_alg": "ES256"}), "token_endpoint_auth_signing_alg"),
            (json!({"scope": "open\"id"}), "scope"),
            (json!({"contacts": vec!["a@b.example"; 21]}), "contacts"),
            (json!({"default_max_age": 31_536_001}), "default_max_age"),
            (json!({"resources": ["/relative"]}), "resources"),
            (json!({"serves": ["https://api.example/#x"]}), "serves"),
            (json!({"serves": ["https://api.example"], "token_endpoint_auth_method": "none"}), "serves"),
            (json!({"localized": {"sub#nl": "x"}}), "localized"),
            (json!({"localized": {"client_name#n l": "x"}}), "localized"),
            (json!({"localized": {"tos_uri#nl": "javascript:1"}}), "localized"),
            (json!({"tos_uri": "javascript:alert(1)"}), "tos_uri"),
            (json!({"logo_uri": "http://app.example/logo.png"}), "logo_uri"),
        ] {
            assert_eq!(check(bad.clone()), Err(field), "{bad}");
        }
        assert_eq!(check(json!({"localized": {"client_name#nl": "Boekhouding", "tos_uri#pt-BR": "https://a.example/"}})), Ok(()));
    }

    /// S2, case 15: who asks by the back channel says how it learns of the answer, and proves who it is.
    #[test]
    fn asking_by_the_back_channel_is_registered_as_a_whole() {
        let ciba = |more: Value| {
            let mut all = json!({"grant_types": [CIBA], "redirect_uris": [], "backchannel_token_delivery_mode": "poll"});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            check(all)
        };
        assert_eq!(ciba(json!({})), Ok(()));
        let (mode, at) = ("backchannel_token_delivery_mode", "backchannel_client_notification_endpoint");
        assert_eq!(ciba(json!({ mode: null })), Err(mode));
        assert_eq!(check(json!({ mode: "poll" })), Err(mode));
        assert_eq!(ciba(json!({ mode: "ping" })), Err(at));
        assert_eq!(ciba(json!({ at: "https://app.example/cb" })), Err(at));
        assert_eq!(ciba(json!({ mode: "ping", at: "https://app.example/cb" })), Ok(()));
        assert_eq!(ciba(json!({ mode: "ping", at: "https://10.0.0.1/cb" })), Err(at));
        assert_eq!(ciba(json!({"token_endpoint_auth_method": "none"})), Err("grant_types"));
        assert_eq!(ciba(json!({"backchannel_authentication_request_signing_alg": "ES256"})), Err("jwks"));
        assert!(serde_json::from_value::<Metadata>(json!({ mode: "push" })).is_err());
    }

    /// S2: what is encrypted has a key to be encrypted to, before the first message is.
    #[test]
    fn encryption_needs_a_key_for_it() {
        let alg = "id_token_encrypted_response_alg";
        let mut mine = keys();
        assert_eq!(check(json!({ alg: "ECDH-ES" })), Err(alg));
        assert_eq!(check(json!({ alg: "ECDH-ES", "jwks_uri": "https://app.example/keys" })), Ok(()));
        assert_eq!(check(json!({ alg: "ECDH-ES", "jwks": mine })), Err("jwks"), "a key for signatures is none");
        mine["keys"][0].as_object_mut().unwrap().retain(|name, _| name != "alg");
        mine["keys"][0]["use"] = "enc".into();
        assert_eq!(check(json!({ alg: "ECDH-ES", "jwks": mine })), Ok(()));
        assert_eq!(check(json!({ alg: "RSA-OAEP-256", "jwks": mine })), Err("jwks"));
        assert_eq!(check(json!({"userinfo_encrypted_response_enc": "A256GCM"})), Err("userinfo_encrypted_response_alg"));
        for bad in ["RSA1_5", "RSA-OAEP", "dir", "A128KW", "none"] {
            assert!(serde_json::from_value::<Metadata>(json!({ alg: bad })).is_err(), "{bad}");
        }
    }

    /// case 15
    #[test]
    fn no_address_on_an_inner_network_is_registered_to_be_asked() {
        for uri in ["https://10.0.0.1/x", "http://app.example/x", "https://localhost/x", "https://169.254.169.254/x"] {
            for field in ["jwks_uri", "backchannel_logout_uri", "sector_identifier_uri"] {
                assert_eq!(check(json!({ field: uri })), Err(field), "{uri}");
            }
            assert_eq!(check(json!({"request_uris": [format!("{uri}#digest")]})), Err("request_uris"), "{uri}");
        }
        assert_eq!(check(json!({"request_uris": ["https://app.example/r#digest"]})), Ok(()));
    }

    /// S1
    #[test]
    fn pairwise_subjects_need_one_host_or_a_sector() {
        let two = json!(["https://a.example/cb", "https://b.example/cb"]);
        assert_eq!(check(json!({"subject_type": "pairwise"})), Ok(()));
        assert_eq!(check(json!({"subject_type": "pairwise", "redirect_uris": two})), Err("sector_identifier_uri"));
        let sector = "https://a.example/sector.json";
        assert_eq!(check(json!({"subject_type": "pairwise", "redirect_uris": two, "sector_identifier_uri": sector})), Ok(()));
    }

    /// S2
    #[test]
    fn a_certificate_is_named_in_exactly_one_way() {
        let tls = |more: Value| {
            let mut all = json!({"token_endpoint_auth_method": "tls_client_auth"});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            check(all)
        };
        assert_eq!(tls(json!({"tls_client_auth_san_dns": "app.example"})), Ok(()));
        assert_eq!(tls(json!({})), Err("tls_client_auth_subject_dn"));
        let both = json!({"tls_client_auth_san_dns": "app.example", "tls_client_auth_san_uri": "https://app.example"});
        assert_eq!(tls(both), Err("tls_client_auth_san_dns"));
        assert_eq!(tls(json!({"tls_client_auth_san_ip": "10.0.0"})), Err("tls_client_auth_san_ip"));
        assert_eq!(check(json!({"tls_client_auth_san_dns": "app.example"})), Err("tls_client_auth_san_dns"));
    }

    /// S2: an application is switched to the profile as a whole, or not at all.
    #[test]
    fn fapi_refuses_at_registration_what_it_forbids() {
        let fapi = |changes: Value| {
            let mut all = json!({
                "profile": "fapi2", "token_endpoint_auth_method": "private_key_jwt", "jwks": keys(), "dpop_bound_access_tokens": true,
            });
            all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            check(all)
        };
        assert_eq!(fapi(json!({})), Ok(()));
        assert_eq!(fapi(json!({"dpop_bound_access_tokens": false})), Err("dpop_bound_access_tokens"));
        let bound = json!({"dpop_bound_access_tokens": false, "tls_client_certificate_bound_access_tokens": true});
        assert_eq!(fapi(bound), Ok(()));
        for method in ["client_secret_basic", "client_secret_post", "none"] {
            assert_eq!(fapi(json!({"token_endpoint_auth_method": method})), Err("token_endpoint_auth_method"), "{method}");
        }
        for field in [
            "id_token_signed_response_alg",
            "authorization_signed_response_alg",
            "request_object_signing_alg",
            "token_endpoint_auth_signing_alg",
        ] {
            assert_eq!(fapi(json!({ field: "RS256" })), Err(field));
        }
        // Message signing is the same and more.
        assert_eq!(fapi(json!({"profile": "fapi2_signing"})), Ok(()));
        assert_eq!(fapi(json!({"profile": "fapi2_signing", "dpop_bound_access_tokens": false})), Err("dpop_bound_access_tokens"));
        assert_eq!(fapi(json!({"profile": "fapi2_signing", "authorization_signed_response_alg": "PS256"})), Ok(()));
    }

    /// S2: what an installation has not switched on can't be registered for.
    #[test]
    fn what_is_off_cannot_be_registered() {
        let off = |more: Value| {
            let mut all = json!({"client_name": "A", "redirect_uris": ["https://app.example/cb"]});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let metadata: Metadata = serde_json::from_value(all).unwrap();
            metadata.check(&Reach::default(), Switches::default()).map_err(|r| r.field)
        };
        assert_eq!(off(json!({})), Ok(()));
        assert_eq!(off(json!({"profile": "fapi2_signing"})), Err("profile"));
        let alg = "authorization_signed_response_alg";
        assert_eq!(off(json!({ alg: "ES256" })), Err(alg));
        let ciba = json!({"grant_types": [CIBA], "backchannel_token_delivery_mode": "poll"});
        assert_eq!(off(ciba), Err("grant_types"));
        let alg = "userinfo_encrypted_response_alg";
        assert_eq!(off(json!({ alg: "ECDH-ES", "jwks_uri": "https://app.example/keys" })), Err(alg));
    }
}
