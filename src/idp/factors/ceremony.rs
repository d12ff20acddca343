//! The two ceremonies of passkeys (WebAuthn Level 3, sections 7.1 and 7.2) by the library that checks them, under this
//! installation's policy: domain, origins, user verification, attestation. Owns what is asked of a browser and what is made of
//! its answer. Does not own where challenges wait (`store`) or what an answer proves (`flow`).
//!
//! The library draws its challenges itself, from the system.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use webauthn_rs::prelude::{
    AttestationCaList, AttestationCaListBuilder, AttestedPasskeyRegistration, AuthenticationResult, CredentialID,
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration, Uuid, Webauthn,
    WebauthnBuilder, WebauthnError,
};

use crate::config::Settings;

/// How long a browser is told to wait for its user.
const PATIENCE: Duration = Duration::from_secs(300);

/// Why passkeys could not be set up from the settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The domain and the provider's address don't go together.
    #[error("passkey_domain is the host of idp_url or a domain above it")]
    Domain,
    /// The file of certificate authorities.
    #[error("passkey_attestation_ca: {0}")]
    Authorities(String),
}

/// Why an answer of a browser does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody was verified, and the policy asks for it.
    #[error("unverified")]
    Unverified,
    /// The counter did not go on: there may be a copy of the passkey.
    #[error("copied")]
    Copied,
    /// No attestation, or none that leads to a trusted authority.
    #[error("unattested")]
    Unattested,
    /// It belongs to someone else, or to nobody.
    #[error("unknown")]
    Unknown,
    /// Anything else that is not as it must be: origin, domain, challenge, signature, form.
    #[error("wrong")]
    Wrong,
}

impl Refused {
    /// The outcome in the audit log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Copied => "copied",
            Self::Unattested => "unattested",
            Self::Unknown => "unknown",
            Self::Wrong => "wrong",
        }
    }
}

impl From<WebauthnError> for Refused {
    fn from(e: WebauthnError) -> Self {
        // Its words name no secret; people get words of their own.
        tracing::info!(error = %e, "a passkey's answer was refused");
        match e {
            WebauthnError::UserNotVerified => Self::Unverified,
            WebauthnError::CredentialPossibleCompromise => Self::Copied,
            WebauthnError::CredentialNotFound => Self::Unknown,
            WebauthnError::AttestationNotVerifiable
            | WebauthnError::AttestationNotSupported
            | WebauthnError::AttestationChainNotTrusted(_)
            | WebauthnError::AttestationTrustFailure
            | WebauthnError::AttestationUntrustedAaguid
            | WebauthnError::AttestationFormatMissingAaguid
            | WebauthnError::AttestationCertificateTrustStoreEmpty
            | WebauthnError::CredentialMayNotBeHardwareBound => Self::Unattested,
            _ => Self::Wrong,
        }
    }
}

impl From<serde_json::Error> for Refused {
    fn from(_: serde_json::Error) -> Self {
        Self::Wrong
    }
}

/// Who gets a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Registrant<'a> {
    /// What authenticators know the person by: nothing that tells who it is.
    pub handle: [u8; 16],
    /// The address, which pickers of passkeys show.
    pub email: &'a str,
    /// The display name.
    pub name: &'a str,
}

/// A passkey as it is kept: the library's own form. Opaque to everyone else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential(pub String);

/// A passkey that was just made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What to keep.
    pub credential: Credential,
    /// Its id, which every answer names.
    pub id: Vec<u8>,
    /// Its counter.
    pub counter: u32,
    /// Whether it can be found without knowing who comes; nothing where the browser didn't say.
    pub discoverable: Option<bool>,
    /// Whether it is one that moves between devices.
    pub synced: bool,
}

/// A passkey that was shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What to keep from now on.
    pub credential: Credential,
    /// Its counter now; 0 for one that doesn't count.
    pub counter: u32,
    /// Whether its user was verified.
    pub verified: bool,
}

/// What the server must remember of a challenge.
#[derive(Serialize, Deserialize)]
enum State {
    Make(Box<PasskeyRegistration>),
    MakeAttested(Box<AttestedPasskeyRegistration>),
    MakeUnverified(Box<SecurityKeyRegistration>),
    Known(Box<PasskeyAuthentication>),
    KnownUnverified(Box<SecurityKeyAuthentication>),
    Anyone(Box<DiscoverableAuthentication>),
}

/// What to send to a browser, and what to remember of it.
#[derive(Debug)]
pub struct Asked {
    /// The options, as `navigator.credentials` takes them once its binary members are decoded.
    pub options: Value,
    /// What to hand back with the answer. Secret: it stands between the challenge and its answer.
    pub state: String,
}

fn asked(options: &impl Serialize, state: &State) -> Result<Asked, Refused> {
    Ok(Asked { options: serde_json::to_value(options)?, state: serde_json::to_string(state)? })
}

/// The ceremonies.
pub struct Passkeys {
    webauthn: Option<Webauthn>,
    verification: bool,
    authorities: Option<AttestationCaList>,
    origins: Vec<String>,
}

impl Passkeys {
    /// From the settings. An address without a name (127.0.0.1) can have no passkeys; everything else works without them.
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        let own: Url = settings.idp_url.as_str().parse().map_err(|_| SetupError::Domain)?;
        let others = settings.passkey_origins().unwrap_or_default();
        let webauthn = match own.domain() {
            None if settings.passkey_domain.is_some() => return Err(SetupError::Domain),
            None => None,
            Some(host) => {
                let domain = settings.passkey_domain.as_deref().unwrap_or(host);
                let mut builder = WebauthnBuilder::new(domain, &own).map_err(|_| SetupError::Domain)?;
                for origin in &others {
                    let origin: Url = origin.as_str().parse().map_err(|_| SetupError::Domain)?;
                    builder = builder.append_allowed_origin(&origin);
                }
                let builder = builder.rp_name(&settings.organisation).timeout(PATIENCE);
                Some(builder.build().map_err(|_| SetupError::Domain)?)
            }
        };
        let authorities = match &settings.passkey_attestation_ca {
            None => None,
            Some(path) => {
                let wrong = |why: String| SetupError::Authorities(format!("{}: {why}", path.display()));
                let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
                let models = settings.passkey_models().unwrap_or_default();
                Some(authorities(&text, &models).ok_or_else(|| wrong("expected certificates in PEM form, at least one".into()))?)
            }
        };
        let verification = settings.passkey_user_verification == "required";
        let origins = std::iter::once(&settings.idp_url).chain(&others).map(|o| o.as_str().to_owned()).collect();
        Ok(Self { webauthn, verification, authorities, origins })
    }

    /// Whether there can be passkeys here.
    pub const fn offered(&self) -> bool {
        self.webauthn.is_some()
    }

    /// Whether each that is made or shown has verified its user.
    pub const fn verifies(&self) -> bool {
        self.verification
    }

    /// The origins whose pages may use them (WebAuthn Level 3, section 5.11).
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    fn library(&self) -> Result<&Webauthn, Refused> {
        self.webauthn.as_ref().ok_or(Refused::Wrong)
    }

    /// Asks for a new passkey, on another authenticator than those of `have`.
    pub fn make(&self, who: Registrant<'_>, have: &[Credential]) -> Result<Asked, Refused> {
        let webauthn = self.library()?;
        let known = have.iter().map(id_of).collect::<Result<Vec<CredentialID>, _>>()?;
        let (handle, known) = (Uuid::from_bytes(who.handle), Some(known));
        let mut asked = match (self.verification, &self.authorities) {
            (true, None) => {
                let (options, state) = webauthn.start_passkey_registration(handle, who.email, who.name, known)?;
                asked(&options, &State::Make(Box::new(state)))?
            }
            (true, Some(list)) => {
                let list = list.clone();
                let (options, state) =
                    webauthn.start_attested_passkey_registration(handle, who.email, who.name, known, list, None)?;
                asked(&options, &State::MakeAttested(Box::new(state)))?
            }
            (false, list) => {
                let list = list.clone();
                let (options, state) = webauthn.start_securitykey_registration(handle, who.email, who.name, known, list, None)?;
                asked(&options, &State::MakeUnverified(Box::new(state)))?
            }
        };
        // The library asks for one that can't be found without knowing who comes; an authenticator that has no room for the
        // other kind still makes one that follows a password.
        if let Some(wanted) = asked.options.pointer_mut("/publicKey/authenticatorSelection/residentKey") {
            *wanted = Value::from("preferred");
        }
        // This says what kind of authenticator there is to be; whose it is, nobody here prescribes.
        if let Some(options) = asked.options.pointer_mut("/publicKey").and_then(Value::as_object_mut) {
            options.remove("hints");
        }
        Ok(asked)
    }

    /// Checks the answer to [`Passkeys::make`].
    pub fn made(&self, state: &str, answer: &str) -> Result<Made, Refused> {
        let webauthn = self.library()?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        let kept = match serde_json::from_str(state)? {
            State::Make(s) => serde_json::to_value(webauthn.finish_passkey_registration(&answer, &s)?)?,
            State::MakeAttested(s) => serde_json::to_value(webauthn.finish_attested_passkey_registration(&answer, &s)?)?,
            State::MakeUnverified(s) => serde_json::to_value(webauthn.finish_securitykey_registration(&answer, &s)?)?,
            _ => return Err(Refused::Wrong),
        };
        let counter = kept.pointer("/cred/counter").and_then(Value::as_u64).and_then(|c| u32::try_from(c).ok());
        let synced = kept.pointer("/cred/backup_eligible").and_then(Value::as_bool);
        let credential = Credential(kept.to_string());
        Ok(Made {
            id: id_of(&credential)?.to_vec(),
            credential,
            counter: counter.unwrap_or(0),
            discoverable: answer.extensions.cred_props.and_then(|p| p.rk),
            synced: synced.unwrap_or(false),
        })
    }

    /// Asks for one of the passkeys of someone who is known.
    pub fn ask(&self, have: &[Credential]) -> Result<Asked, Refused> {
        let webauthn = self.library()?;
        if self.verification {
            let (options, state) = webauthn.start_passkey_authentication(&read::<Passkey>(have)?)?;
            return asked(&options, &State::Known(Box::new(state)));
        }
        let (options, state) = webauthn.start_securitykey_authentication(&read::<SecurityKey>(have)?)?;
        let mut asked = asked(&options, &State::KnownUnverified(Box::new(state)))?;
        if let Some(options) = asked.options.pointer_mut("/publicKey").and_then(Value::as_object_mut) {
            options.remove("hints");
        }
        Ok(asked)
    }

    /// Asks for a passkey of whoever comes. It proves alone who someone is, so its user must be verified.
    pub fn ask_anyone(&self) -> Result<Asked, Refused> {
        let (options, state) = self.library()?.start_discoverable_authentication()?;
        let mut asked = asked(&options, &State::Anyone(Box::new(state)))?;
        // How the browser offers it is the page's matter: in the field, or by a button.
        if let Some(all) = asked.options.as_object_mut() {
            all.remove("mediation");
        }
        Ok(asked)
    }

    /// Checks the answer to [`Passkeys::ask`] or [`Passkeys::ask_anyone`], which names `credential` of the person whom
    /// authenticators know by `handle`.
    pub fn shown(&self, state: &str, answer: &str, credential: &Credential, handle: [u8; 16]) -> Result<Shown, Refused> {
        let webauthn = self.library()?;
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let mut kept: Passkey = serde_json::from_str(&credential.0)?;
        let named = answer.get_user_unique_id();
        let result: AuthenticationResult = match serde_json::from_str(state)? {
            // Case 22: a handle that comes along is that of the person who is known.
            State::Known(s) if named.is_none_or(|h| h == handle.as_slice()) => {
                webauthn.finish_passkey_authentication(&answer, &s)?
            }
            State::KnownUnverified(s) if named.is_none_or(|h| h == handle.as_slice()) => {
                webauthn.finish_securitykey_authentication(&answer, &s)?
            }
            // Where nobody is known, it must come along, and be that of the passkey's owner.
            State::Anyone(s) if named == Some(handle.as_slice()) => {
                webauthn.finish_discoverable_authentication_v2(&answer, *s, &kept)?
            }
            _ => return Err(Refused::Unknown),
        };
        if kept.update_credential(&result).is_none() {
            return Err(Refused::Unknown);
        }
        let (counter, verified) = (result.counter(), result.user_verified());
        Ok(Shown { credential: Credential(serde_json::to_string(&kept)?), counter, verified })
    }
}

/// The id of the passkey that an answer names.
pub fn named(answer: &str) -> Option<Vec<u8>> {
    serde_json::from_str::<PublicKeyCredential>(answer).ok().map(|a| a.get_credential_id().to_vec())
}

fn id_of(credential: &Credential) -> Result<CredentialID, Refused> {
    Ok(serde_json::from_str::<Passkey>(&credential.0)?.cred_id().clone())
}

/// The same row is read as one kind or the other: which policy it was made under stands in it, and is held to.
fn read<T: for<'d> Deserialize<'d>>(have: &[Credential]) -> Result<Vec<T>, Refused> {
    have.iter().map(|c| Ok(serde_json::from_str(&c.0)?)).collect()
}

/// The certificates of a PEM file, each trusted for these models of authenticators, or whichever it attests.
fn authorities(text: &str, models: &[Uuid]) -> Option<AttestationCaList> {
    const END: &str = "-----END CERTIFICATE-----";
    let mut all = AttestationCaList::default();
    for one in text.split_inclusive(END).filter(|p| p.contains(END)) {
        let begin = one.find("-----BEGIN CERTIFICATE-----")?;
        let pem = format!("{}\n", one.get(begin..)?);
        let mut one = AttestationCaListBuilder::new();
        for model in models {
            one.insert_device_pem(pem.as_bytes(), *model, String::new(), BTreeMap::new()).ok()?;
        }
        let whichever = || AttestationCaList::try_from(pem.as_bytes()).ok();
        all.union(&if models.is_empty() { whichever()? } else { one.build() });
    }
    (!all.is_empty()).then_some(all)
}
