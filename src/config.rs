//! Settings: one flat list of keys, each given by flag (`--smtp-host`), environment (`ZEGEL_SMTP_HOST`) or file
//! (`smtp_host` in TOML), in that order of precedence. Owns reading, checking and describing them
//! (docs/configuration.md is made from the same list). Does not own what they mean to each part.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::contract::Assurance;

/// A setting that can't be used; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value doesn't fit its key.
    #[error("{origin}: {key} = {value:?}: {why}")]
    Value {
        /// Where it was given.
        origin: String,
        /// The key.
        key: &'static str,
        /// What was given (empty for secrets).
        value: String,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// A key that doesn't exist.
    #[error("{origin}: there is no setting {key:?}; docs/configuration.md lists them{hint}")]
    Unknown {
        /// Where it was given.
        origin: String,
        /// The key as given.
        key: String,
        /// The nearest key that exists.
        hint: String,
    },
    /// The file can't be read.
    #[error("the settings file {0}: {1}")]
    File(String, String),
    /// Two settings that don't go together.
    #[error("{0}")]
    Conflict(String),
}

/// How a type is read from text.
trait FromText: Sized {
    const SHAPE: &'static str;
    const SECRET: bool = false;
    fn from_text(text: &str) -> Result<Self, String>;
}

macro_rules! from_str {
    ($($t:ty => $shape:literal),* $(,)?) => {$(
        impl FromText for $t {
            const SHAPE: &'static str = $shape;
            fn from_text(text: &str) -> Result<Self, String> { text.parse().map_err(|e| format!("expected {}: {e}", $shape)) }
        }
    )*};
}
from_str!(bool => "true or false", u16 => "a number", u32 => "a number", u64 => "a number", SocketAddr => "address:port", PathBuf => "a path");

impl FromText for String {
    const SHAPE: &'static str = "text";
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}
impl FromText for SecretString {
    const SHAPE: &'static str = "a secret";
    const SECRET: bool = true;
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }
}
impl<T: FromText> FromText for Option<T> {
    const SHAPE: &'static str = T::SHAPE;
    const SECRET: bool = T::SECRET;
    fn from_text(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::from_text(text).map(Some) }
    }
}

impl FromText for Assurance {
    const SHAPE: &'static str = "password-mail, password-sms, password-app or passkey";
    fn from_text(text: &str) -> Result<Self, String> {
        let known = Self::TWO_FACTORS.into_iter().find(|a| a.acr().rsplit(':').next() == Some(text));
        known.ok_or_else(|| format!("expected {}", Self::SHAPE))
    }
}

/// The public address of a half: scheme, host and port, nothing behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// As written in `iss`, `aud` and links: without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
    /// `path` (which starts with a slash) at this origin.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }
    /// Whether cookies and links are protected by TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
    /// Whether it names this machine alone.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// From `10.0.0.0/8`, or an address alone.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |b| b.parse().ok()).filter(|b| *b <= most)?;
        Some(Self { address, bits })
    }

    /// Whether `ip` is one of them.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= self.bits,
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= self.bits,
            _ => false,
        }
    }
}

/// Whether a URL's host is this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(d)) => d == "localhost",
        Some(url::Host::Ipv4(a)) => a.is_loopback(),
        Some(url::Host::Ipv6(a)) => a.is_loopback(),
        None => false,
    }
}

impl std::str::FromStr for Origin {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_text(text)
    }
}

impl FromText for Origin {
    const SHAPE: &'static str = "an origin such as https://id.example.org";
    fn from_text(text: &str) -> Result<Self, String> {
        let url: Url = text.parse().map_err(|e| format!("expected {}: {e}", Self::SHAPE))?;
        let plain =
            matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        match url.scheme() {
            "https" if plain => Ok(Self(url)),
            "http" if plain && is_loopback(&url) => Ok(Self(url)),
            "http" if plain => Err("http is allowed on localhost only; use https".into()),
            _ => Err(format!("expected {}", Self::SHAPE)),
        }
    }
}

/// What a setting is, for the reference page.
#[derive(Debug)]
pub struct Described {
    /// The key, as in the file.
    pub key: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// The shape of its value.
    pub shape: &'static str,
    /// Its default as text; empty is none.
    pub default: &'static str,
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $key:ident : $t:ty = $default:literal),* $(,)?) => {
        /// Every setting, checked.
        #[derive(Clone, Debug)]
        pub struct Settings { $($(#[doc = $doc])+ pub $key: $t),* }

        /// Every setting, described.
        pub const DESCRIBED: &[Described] = &[$(Described {
            key: stringify!($key), doc: concat!($($doc),+), shape: <$t as FromText>::SHAPE, default: $default,
        }),*];

        impl Settings {
            fn from_texts(given: &Given) -> Result<Self, ConfigError> {
                Ok(Self { $($key: {
                    let (text, origin) = given.0.get(stringify!($key)).map_or(($default, "default"), |(t, o)| (t.as_str(), o.as_str()));
                    <$t as FromText>::from_text(text).map_err(|why| ConfigError::Value {
                        origin: origin.to_owned(), key: stringify!($key), why,
                        value: if <$t as FromText>::SECRET { String::new() } else { text.to_owned() },
                    })?
                }),* })
            }
        }
    };
}

settings! {
    /// The folder for databases and files, unless they have settings of their own.
    data: PathBuf = "./data",
    /// The folder where files of records lie. Empty: `files` in the data folder. Several nodes need the same one.
    files: Option<PathBuf> = "",
    /// Most MiB of an uploaded file.
    file_max_mib: u32 = "25",
    /// The folder of the root key.
    keys: PathBuf = "./keys",
    /// The root key itself, 32 bytes in base64; without it `root.key` in the keys folder is used, and made at the first start.
    root_key: Option<SecretString> = "",
    /// The organisation's name, as people see it on pages and in messages.
    organisation: String = "Zegel",
    /// The organisation's time zone, by its IANA name.
    time_zone: String = "Europe/Amsterdam",
    /// The region whose phone numbers are understood without a country code.
    phone_region: String = "NL",
    /// The provider's public address: the issuer in every token, the start of every link. Never taken from a header.
    idp_url: Origin = "http://localhost:8400",
    /// The record store's public address: the audience of its tokens.
    crm_url: Origin = "http://localhost:8500",
    /// Where the provider listens.
    idp_listen: SocketAddr = "127.0.0.1:8400",
    /// Where the record store listens.
    crm_listen: SocketAddr = "127.0.0.1:8500",
    /// Where `zegel demo` serves the second application of the story, Accounting.
    accounting_listen: SocketAddr = "127.0.0.1:8600",
    /// The provider's database: `sqlite:<path>` or `postgres://...`. Empty: `idp.db` in the data folder.
    idp_database: Option<String> = "",
    /// The record store's database. Empty: `crm.db` in the data folder.
    crm_database: Option<String> = "",
    /// A PEM file with the certificate chain; with `tls_key`, both halves answer over TLS.
    tls_cert: Option<PathBuf> = "",
    /// The PEM file with the certificate's private key.
    tls_key: Option<PathBuf> = "",
    /// A PEM file with certificate authorities: with it, whoever connects over TLS may show a certificate that one of them signed.
    tls_client_ca: Option<PathBuf> = "",
    /// Where Prometheus may ask for `/metrics`, as address:port: a listener of its own, without TLS and sign-in. Empty: nowhere.
    metrics_listen: Option<SocketAddr> = "",
    /// Whoever connects over TLS may show any certificate, also one that nobody signed: for applications that are registered
    /// with the key of their own certificate (RFC 8705, section 2.2).
    tls_client_any: bool = "false",
    /// The header in which a proxy of `trusted_proxies` passes on the certificate that a client showed it, such as `client-cert`
    /// (RFC 9440). The proxy must take that header away from everyone else's requests.
    client_cert_header: String = "",
    /// Whether a DPoP proof must have a nonce of this server, so that none can be made beforehand.
    dpop_nonces: bool = "true",
    /// Kinds of authorization details that resource servers here understand, separated by spaces (RFC 9396).
    authorization_details_types: String = "",
    /// Message signing of FAPI 2.0: signed answers to authorization requests (`response_mode=jwt` and its kin), and applications
    /// that are held to it as a whole (`profile: fapi2_signing`).
    message_signing: bool = "false",
    /// Encrypted ID tokens, userinfo, introspection and authorization answers (JWE), for applications that register for them.
    encrypted_tokens: bool = "false",
    /// Applications may ask people who are not in front of them (OpenID Connect CIBA, poll and ping): they are told by mail and
    /// answer in their account. For applications that an administrator registers for it.
    ciba: bool = "false",
    /// How many connections each half has at once. More are closed as they come.
    connections: u32 = "4096",
    /// A PEM file with one more certificate authority to trust when the halves call each other.
    extra_ca: Option<PathBuf> = "",
    /// Make and use a certificate for localhost; both addresses become https. For development only.
    dev_tls: bool = "false",
    /// Networks of reverse proxies whose X-Forwarded-For is believed, such as `10.0.0.0/8, fd00::1`.
    trusted_proxies: String = "",
    /// Addresses on this machine that the server may ask although they are loopback, such as `localhost:8600`: applications'
    /// keys and back-channel logout. For development only; in capture mode all of loopback is open.
    allow_fetch: String = "",
    /// Who may register applications over the network (RFC 7591): `off` (administrators only), `token` (whoever has an initial
    /// access token) or `open` (everyone).
    client_registration: String = "off",
    /// Registrations of one network within an hour at most.
    registration_per_hour: u32 = "20",
    /// Scopes that applications which register themselves may have.
    registration_scopes: String = "openid profile email address phone offline_access",
    /// Whether applications that register themselves must use PKCE even where they have a secret. Public ones always must.
    registration_pkce: bool = "true",
    /// The mail server's name. Empty: mail can't be sent and waits in the outbox.
    smtp_host: Option<String> = "",
    /// The mail server's port.
    smtp_port: u16 = "587",
    /// `starttls`, `tls`, or `none` (to a server on this machine only).
    smtp_security: String = "starttls",
    /// The name to sign in to the mail server with.
    smtp_username: Option<String> = "",
    /// The password to sign in to the mail server with.
    smtp_password: Option<SecretString> = "",
    /// One more certificate authority for the mail server, a PEM file.
    smtp_ca: Option<PathBuf> = "",
    /// The sender of every mail.
    mail_from: String = "Zegel <no-reply@localhost>",
    /// The SMS gateway's address. Empty: messages can't be sent and wait in the outbox.
    sms_url: Option<String> = "",
    /// The bearer token for the SMS gateway.
    sms_token: Option<SecretString> = "",
    /// The sender of every SMS.
    sms_from: String = "Zegel",
    /// The JSON that the gateway takes; `{to}`, `{from}` and `{text}` are filled in, escaped.
    sms_body: String = "{\"to\":\"{to}\",\"from\":\"{from}\",\"text\":\"{text}\"}",
    /// The bearer token with which the SMS gateway reports what became of messages (`POST /api/sms/reports`). Empty: it can't.
    sms_report_token: Option<SecretString> = "",
    /// Catch all mail and messages in this process and show them at `/dev/messages`. Loopback only, never in production.
    capture: bool = "false",
    /// Argon2id memory per hash, in KiB.
    hash_memory: u32 = "19456",
    /// Argon2id passes.
    hash_passes: u32 = "2",
    /// How many passwords are hashed at once; 0 is one per core, but for one core that is left to everything else.
    hash_workers: u32 = "0",
    /// How strong a new password must be: 0 (anything that is long enough) to 4, by zxcvbn's estimate.
    password_strength: u32 = "3",
    /// A file of breached passwords that are refused, made by `zegel passwords build-filter`. Empty: the common ones.
    breached_passwords: Option<PathBuf> = "",
    /// How long someone stays signed in at the provider, in minutes, from the sign-in on.
    session_minutes: u64 = "600",
    /// How long an access token is valid, in seconds.
    access_token_seconds: u64 = "300",
    /// How long a refresh token is valid, in minutes.
    refresh_token_minutes: u64 = "600",
    /// How old a key for tokens is when the next one signs, in days; 0 is never by age. `zegel keys` does it by hand.
    key_days: u32 = "90",
    /// How long a next key is published before it signs, in hours.
    key_lead_hours: u32 = "24",
    /// How long a key is published after it has signed, in days: as long as a token or ID token of it may be shown.
    key_keep_days: u32 = "7",
    /// The role whose holders decide about access to every relation, whether or not they manage it.
    admin_role: String = "administrator",
    /// Which people may register: `off`, `open`, or domains of addresses with commas between, such as `example.com, example.org`.
    registration: String = "off",
    /// Wrong passwords per account in fifteen minutes, before all sign-ins to it wait.
    password_tries: u32 = "10",
    /// Wrong codes per sign-in, before it starts again.
    code_tries: u32 = "5",
    /// The domain that passkeys are made for: the provider's host or one above it, such as `example.org` for
    /// `https://id.example.org`. Empty: the host. Changing it makes every passkey useless.
    passkey_domain: Option<String> = "",
    /// Other origins whose pages may use these passkeys, with commas between, such as `https://example.nl`: published at
    /// `/.well-known/webauthn`.
    passkey_origins: String = "",
    /// `required`: a passkey counts only with user verification (fingerprint, face or PIN). `preferred`: as a second factor one
    /// without it counts too, like an authenticator app.
    passkey_user_verification: String = "required",
    /// A PEM file of certificate authorities: with it, only authenticators whose attestation leads to one of them can be added.
    passkey_attestation_ca: Option<PathBuf> = "",
    /// The models of authenticators that can then be added, by their AAGUIDs with commas between. Empty: all that those authorities
    /// attest.
    passkey_models: String = "",
    /// How strong a sign-in the record store takes at least: `password-mail`, `password-sms`, `password-app` or `passkey`. Whoever
    /// signed in more weakly is asked for what is missing.
    crm_least_acr: Assurance = "password-mail",
    /// Whether the record store takes access tokens that say nothing by themselves (`access_token_format: opaque`): it asks the
    /// provider what each stands for, and keeps the answer for ten seconds.
    crm_introspection: bool = "false",
    /// How old a sign-in may be, in minutes, to give people access to a relation; 0 is as old as the session.
    crm_sharing_minutes: u64 = "0",
    /// What is logged: `error`, `warn`, `info`, `debug`, or filters such as `zegel::idp=debug`.
    log: String = "info",
    /// `text` for people, `json` for machines.
    log_format: String = "text",
}

/// Texts by key, with where each came from.
#[derive(Debug, Default)]
pub struct Given(BTreeMap<&'static str, (String, String)>);

impl Given {
    /// Adds `key` unless an earlier, stronger source gave it.
    fn add(&mut self, key: &str, text: String, origin: String) -> Result<(), ConfigError> {
        let known = DESCRIBED.iter().find(|d| d.key == key);
        let Some(known) = known else {
            let near = DESCRIBED.iter().find(|d| d.key.starts_with(key) || key.starts_with(d.key));
            let hint = near.map(|d| format!(" (did you mean {}?)", d.key)).unwrap_or_default();
            return Err(ConfigError::Unknown { origin, key: key.to_owned(), hint });
        };
        self.0.entry(known.key).or_insert((text, origin));
        Ok(())
    }
}

impl Settings {
    /// Puts together flags, environment and file, strongest first.
    pub fn read(
        flags: impl IntoIterator<Item = (String, String)>,
        env: impl IntoIterator<Item = (String, String)>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut given = Given::default();
        for (key, text) in flags {
            given.add(&key, text, format!("--{}", key.replace('_', "-")))?;
        }
        for (name, text) in env {
            // ZEGEL_TEST_... steer the test-suite, not the program.
            if let Some(key) = name.strip_prefix("ZEGEL_").filter(|k| !k.starts_with("TEST_") && *k != "CONFIG") {
                given.add(&key.to_lowercase(), text, name.clone())?;
            }
        }
        if let Some(path) = file {
            read_file(path, &mut given)?;
        }
        Self::from_texts(&given)?.checked()
    }

    /// The defaults with some keys set, for tests and the demonstration.
    pub fn with(pairs: &[(&str, &str)]) -> Result<Self, ConfigError> {
        Self::read(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())), [], None)
    }

    fn checked(mut self) -> Result<Self, ConfigError> {
        let conflict = |t: &str| Err(ConfigError::Conflict(t.to_owned()));
        if self.dev_tls {
            for origin in [&mut self.idp_url, &mut self.crm_url] {
                if !origin.is_loopback() {
                    return conflict("dev_tls makes a certificate for localhost: idp_url and crm_url must be on localhost");
                }
                let _ = origin.0.set_scheme("https");
            }
        }
        if let Some(why) = self.tls_conflict() {
            return conflict(why);
        }
        if self.connections == 0 {
            return conflict("connections is 1 or more");
        }
        if self.capture
            && !(self.idp_listen.ip().is_loopback() && self.crm_listen.ip().is_loopback() && self.idp_url.is_loopback())
        {
            return conflict("capture shows every code to everyone: it is for 127.0.0.1 and localhost only");
        }
        if self.idp_url == self.crm_url {
            return conflict("idp_url and crm_url must differ: each half has an origin of its own");
        }
        if self.trusted_proxies.split(',').map(str::trim).any(|n| !n.is_empty() && Network::parse(n).is_none()) {
            return conflict("trusted_proxies are addresses or networks with commas between, such as 10.0.0.0/8, fd00::1");
        }
        if crate::kernel::reach::hosts(&self.allow_fetch).is_none() {
            return conflict("allow_fetch is a list of host:port with commas between, such as localhost:8600");
        }
        if !is_registration(&self.registration) {
            return conflict("registration is off, open, or domains with commas between, such as example.com, example.org");
        }
        if !matches!(self.client_registration.as_str(), "off" | "token" | "open") {
            return conflict("client_registration is off, token or open");
        }
        if !matches!(self.smtp_security.as_str(), "starttls" | "tls" | "none") {
            return conflict("smtp_security is starttls, tls or none");
        }
        if !matches!(self.passkey_user_verification.as_str(), "required" | "preferred") {
            return conflict("passkey_user_verification is required or preferred");
        }
        if self.passkey_origins().is_none() {
            return conflict("passkey_origins are origins with commas between, such as https://example.nl, https://example.be");
        }
        if self.passkey_models().is_none_or(|all| !all.is_empty() && self.passkey_attestation_ca.is_none()) {
            return conflict("passkey_models are AAGUIDs with commas between, and need passkey_attestation_ca");
        }
        if !matches!(self.log_format.as_str(), "text" | "json") {
            return conflict("log_format is text or json");
        }
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            return conflict("time_zone is an IANA name such as Europe/Amsterdam");
        }
        if self.hash_memory < 8 || self.hash_memory > 4 * 1024 * 1024 || self.hash_passes == 0 || self.hash_passes > 100 {
            return conflict("hash_memory is 8 to 4194304 KiB and hash_passes 1 to 100");
        }
        let kept = u64::from(self.key_keep_days) * 1440;
        if kept < self.session_minutes || kept * 60 < self.access_token_seconds {
            return conflict("key_keep_days is at least as long as session_minutes and access_token_seconds");
        }
        if self.password_strength > 4 {
            return conflict("password_strength is 0 to 4");
        }
        if self.file_max_mib == 0 || self.file_max_mib > 4096 {
            return conflict("file_max_mib is 1 to 4096");
        }
        Ok(self)
    }

    /// What settings of certificates say against each other.
    fn tls_conflict(&self) -> Option<&'static str> {
        let behind = !self.client_cert_header.is_empty();
        let own_tls = self.tls_cert.is_some() || self.dev_tls;
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Some("tls_cert and tls_key go together");
        }
        if behind && (self.trusted_proxies.is_empty() || axum::http::HeaderName::try_from(&self.client_cert_header).is_err()) {
            return Some("client_cert_header is the name of a header, and goes with trusted_proxies");
        }
        let asked = self.tls_client_ca.is_some() && !own_tls && !behind || self.tls_client_any && !own_tls;
        asked.then_some("tls_client_ca and tls_client_any ask for certificates over TLS: they go with tls_cert and tls_key")
    }

    /// The folder where files of records lie.
    pub fn files(&self) -> PathBuf {
        self.files.clone().unwrap_or_else(|| self.data.join("files"))
    }

    /// How old a key for tokens is when the next one signs; zero is never.
    pub fn key_age(&self) -> Duration {
        Duration::from_secs(u64::from(self.key_days) * 24 * 3600)
    }

    /// How long a next key is published before it signs.
    pub fn key_lead(&self) -> Duration {
        Duration::from_secs(u64::from(self.key_lead_hours) * 3600)
    }

    /// How long a key is published after it has signed.
    pub fn key_keep(&self) -> Duration {
        Duration::from_secs(u64::from(self.key_keep_days) * 24 * 3600)
    }

    /// The networks of reverse proxies.
    pub fn trusted_networks(&self) -> Vec<Network> {
        self.trusted_proxies.split(',').filter_map(|n| Network::parse(n.trim())).collect()
    }

    /// Other origins whose pages may use passkeys; nothing when one is no origin.
    pub fn passkey_origins(&self) -> Option<Vec<Origin>> {
        let given = self.passkey_origins.split(',').map(str::trim).filter(|o| !o.is_empty());
        given.map(|o| Origin::from_text(o).ok()).collect()
    }

    /// The models of authenticators that can be added; nothing when one is no AAGUID.
    pub fn passkey_models(&self) -> Option<Vec<uuid::Uuid>> {
        let given = self.passkey_models.split(',').map(str::trim).filter(|m| !m.is_empty());
        given.map(|m| m.parse().ok()).collect()
    }

    /// The organisation's time zone.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// The database of the provider.
    pub fn idp_database(&self) -> String {
        self.idp_database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("idp.db").display()))
    }

    /// The database of the record store.
    pub fn crm_database(&self) -> String {
        self.crm_database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("crm.db").display()))
    }

    /// Whether a secret setting was given, without showing it.
    pub fn has_root_key(&self) -> bool {
        self.root_key.as_ref().is_some_and(|k| !k.expose_secret().is_empty())
    }
}

/// Whether a text says who may register.
fn is_registration(text: &str) -> bool {
    let is_domain = |d: &str| !d.is_empty() && d.len() <= 253 && !d.contains(|c: char| c.is_whitespace() || "@/:".contains(c));
    matches!(text.trim(), "off" | "open") || text.split(',').map(str::trim).all(|d| d.contains('.') && is_domain(d))
}

fn read_file(path: &Path, given: &mut Given) -> Result<(), ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| ConfigError::File(name.clone(), e.to_string()))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| ConfigError::File(name.clone(), e.to_string()))?;
    for (key, value) in table {
        let text = match value {
            toml::Value::String(s) => s,
            toml::Value::Integer(i) => i.to_string(),
            toml::Value::Boolean(b) => b.to_string(),
            other => {
                return Err(ConfigError::File(name, format!("{key}: a {} is not a setting", other.type_str())));
            }
        };
        given.add(&key, text, name.clone())?;
    }
    Ok(())
}

/// The reference page.
pub fn reference() -> String {
    let mut out = String::from(
        "# Settings\n\nEach setting is a flag (`--smtp-host`), an environment variable (`ZEGEL_SMTP_HOST`) or a line of a TOML file\n(`smtp_host = \"...\"`, given by `--config` or `ZEGEL_CONFIG`); the flag wins over the environment, and that over the file.\nAn unknown key stops the start. This page is made by `zegel docs configuration`.\n\n| key | value | default | what it does |\n|---|---|---|---|\n",
    );
    for d in DESCRIBED {
        let default = if d.default.is_empty() { "-".to_owned() } else { format!("`{}`", d.default) };
        out.push_str(&format!("| `{}` | {} | {default} | {} |\n", d.key, d.shape, d.doc.trim()));
    }
    out
}

#[cfg(test)]
mod tests;
