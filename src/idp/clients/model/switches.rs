//! What of the protocols an installation has switched on. What is off can't be registered, and isn't offered.

use super::check::{Checked, no};
use super::{CIBA, Metadata, Profile};
use crate::config::Settings;

/// Parts of the protocols that few applications need, each behind a setting of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// Signed answers to authorization requests, and FAPI 2.0 message signing as a whole.
    pub message_signing: bool,
    /// Encrypting what applications are told.
    pub encryption: bool,
    /// Asking people by the back channel.
    pub ciba: bool,
}

impl Switches {
    /// As the settings say.
    pub const fn of(settings: &Settings) -> Self {
        Self { message_signing: settings.message_signing, encryption: settings.encrypted_tokens, ciba: settings.ciba }
    }

    /// Everything.
    #[cfg(test)]
    pub const ALL: Self = Self { message_signing: true, encryption: true, ciba: true };
}

impl Metadata {
    /// Whether it asks for nothing that is off.
    pub(super) fn switched_on(&self, on: Switches) -> Checked {
        if !on.message_signing {
            let why = "message signing is off in this installation (setting message_signing)";
            if self.profile == Profile::Fapi2Signing {
                return no("profile", why);
            }
            if self.authorization_signed_response_alg.is_some() {
                return no("authorization_signed_response_alg", why);
            }
            if self.authorization_encrypted_response_alg.is_some() {
                return no("authorization_encrypted_response_alg", why);
            }
        }
        if !on.ciba && self.grant_types.iter().any(|g| g == CIBA) {
            return no("grant_types", "asking people by the back channel is off in this installation (setting ciba)");
        }
        if !on.encryption
            && let Some((field, ..)) = self.sealings().into_iter().find(|(_, alg, _)| alg.is_some())
        {
            return no(field, "encryption is off in this installation (setting encrypted_tokens)");
        }
        Ok(())
    }
}
