//! Settings: one flat list of keys, each given by flag (`--smtp-host`), environment (`ZEGEL_SMTP_HOST`) or file
//! (`smtp_host` in TOML), in that order of precedence. Owns the list, what follows from it, and its description
//! (docs/configuration.md is made from the same list). Does not own what they mean to each part.

mod address;
mod rules;
mod source;
mod text;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::contract::Assurance;
pub use address::{Network, Origin, is_loopback};
use source::Given;
use text::FromText;

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
                    let (text, origin) = given.text(stringify!($key), $default);
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
    /// How many connections each half of a node has to PostgreSQL at most. Those of all nodes together are to be fewer than the
    /// server's `max_connections`.
    database_connections: u32 = "10",
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
    /// Registrations of one network within an hour at most, and changes to them by the applications themselves.
    registration_per_hour: u32 = "20",
    /// Scopes that applications which register themselves may have.
    registration_scopes: String = "openid profile email address phone offline_access",
    /// Whether applications that register themselves must use PKCE even where they have a secret. Public ones always must.
    registration_pkce: bool = "true",
    /// The mail server's name. Empty: no mail is sent, and what would be is given up at once.
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
    /// The SMS gateway's address. Empty: no message is sent, and what would be is given up at once.
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

impl Settings {
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
