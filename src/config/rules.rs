//! Which values of settings do not go together, or are none of those that a key takes. Owns the texts that say so. Does not own
//! the shape of a single value (`text`, `address`).

use super::address::Network;
use super::{ConfigError, Settings};

impl Settings {
    /// The settings when nothing speaks against them, with `dev_tls` put into effect.
    pub(super) fn checked(mut self) -> Result<Self, ConfigError> {
        let mut broken = None;
        if self.dev_tls {
            let local = self.idp_url.is_loopback() && self.crm_url.is_loopback();
            broken = (!local).then_some("dev_tls makes a certificate for localhost: idp_url and crm_url must be on localhost");
            self.idp_url.over_tls();
            self.crm_url.over_tls();
        }
        let broken = broken.or_else(|| self.network()).or_else(|| self.people()).or_else(|| self.numbers());
        broken.map_or(Ok(self), |why| Err(ConfigError::Conflict(why.to_owned())))
    }

    /// What is against how the halves are reached, and whom they reach.
    fn network(&self) -> Option<&'static str> {
        let behind = !self.client_cert_header.is_empty();
        let own_tls = self.tls_cert.is_some() || self.dev_tls;
        let named = !self.trusted_proxies.is_empty() && axum::http::HeaderName::try_from(&self.client_cert_header).is_ok();
        let asked = self.tls_client_ca.is_some() && !own_tls && !behind || self.tls_client_any && !own_tls;
        let alone = self.idp_listen.ip().is_loopback() && self.crm_listen.ip().is_loopback() && self.idp_url.is_loopback();
        let mut proxies = self.trusted_proxies.split(',').map(str::trim);
        first(&[
            (self.tls_cert.is_some() != self.tls_key.is_some(), "tls_cert and tls_key go together"),
            (behind && !named, "client_cert_header is the name of a header, and goes with trusted_proxies"),
            (asked, "tls_client_ca and tls_client_any ask for certificates over TLS: they go with tls_cert and tls_key"),
            (self.connections == 0, "connections is 1 or more"),
            (self.database_connections < 2, "database_connections is 2 or more"),
            (self.capture && !alone, "capture shows every code to everyone: it is for 127.0.0.1 and localhost only"),
            (self.idp_url == self.crm_url, "idp_url and crm_url must differ: each half has an origin of its own"),
            (
                proxies.any(|n| !n.is_empty() && Network::parse(n).is_none()),
                "trusted_proxies are addresses or networks with commas between, such as 10.0.0.0/8, fd00::1",
            ),
            (
                crate::kernel::reach::hosts(&self.allow_fetch).is_none(),
                "allow_fetch is a list of host:port with commas between, such as localhost:8600",
            ),
        ])
    }

    /// What is against who may come, how messages leave, and which passkeys count.
    fn people(&self) -> Option<&'static str> {
        let models = self.passkey_models();
        let attested = models.is_some_and(|all| all.is_empty() || self.passkey_attestation_ca.is_some());
        first(&[
            (
                !is_registration(&self.registration),
                "registration is off, open, or domains with commas between, such as example.com, example.org",
            ),
            (!matches!(self.client_registration.as_str(), "off" | "token" | "open"), "client_registration is off, token or open"),
            (!matches!(self.smtp_security.as_str(), "starttls" | "tls" | "none"), "smtp_security is starttls, tls or none"),
            (
                !matches!(self.passkey_user_verification.as_str(), "required" | "preferred"),
                "passkey_user_verification is required or preferred",
            ),
            (
                self.passkey_origins().is_none(),
                "passkey_origins are origins with commas between, such as https://example.nl, https://example.be",
            ),
            (!attested, "passkey_models are AAGUIDs with commas between, and need passkey_attestation_ca"),
        ])
    }

    /// What is against the log, the time zone, and how much, how long and how strong.
    fn numbers(&self) -> Option<&'static str> {
        let kept = u64::from(self.key_keep_days) * 1440;
        let hashed = (8..=4 * 1024 * 1024).contains(&self.hash_memory) && (1..=100).contains(&self.hash_passes);
        first(&[
            (!matches!(self.log_format.as_str(), "text" | "json"), "log_format is text or json"),
            (jiff::tz::TimeZone::get(&self.time_zone).is_err(), "time_zone is an IANA name such as Europe/Amsterdam"),
            (!hashed, "hash_memory is 8 to 4194304 KiB and hash_passes 1 to 100"),
            (
                kept < self.session_minutes || kept * 60 < self.access_token_seconds,
                "key_keep_days is at least as long as session_minutes and access_token_seconds",
            ),
            (self.password_strength > 4, "password_strength is 0 to 4"),
            (!(1..=4096).contains(&self.file_max_mib), "file_max_mib is 1 to 4096"),
        ])
    }
}

/// The text of the first rule that is broken.
fn first(rules: &[(bool, &'static str)]) -> Option<&'static str> {
    rules.iter().find(|(broken, _)| *broken).map(|(_, why)| *why)
}

/// Whether a text says who may register.
fn is_registration(text: &str) -> bool {
    let is_domain = |d: &str| !d.is_empty() && d.len() <= 253 && !d.contains(|c: char| c.is_whitespace() || "@/:".contains(c));
    matches!(text.trim(), "off" | "open") || text.split(',').map(str::trim).all(|d| d.contains('.') && is_domain(d))
}
