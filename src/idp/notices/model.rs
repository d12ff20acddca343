//! What can be told, and what a notice needs to be taken back by.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;

/// How long "this wasn't me" works.
pub const LIFE: Duration = Duration::from_secs(14 * 24 * 3600);
/// How long before a notice something counts as part of the same break-in, when its owner says that it wasn't he.
pub const BEFORE: Duration = Duration::from_secs(3600);

macro_rules! whats {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal),* $(,)?) => {
        /// What is told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What { $($(#[doc = $doc])+ $name),* }
        impl What {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// As stored, and in the keys of texts: `notice-<name>`.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text),* } }
        }
    };
}

whats! {
    /// The person chose another password.
    PasswordChanged = "password-changed",
    /// A forgotten password was replaced.
    PasswordReset = "password-reset",
    /// Another address signs in; told to the one before.
    EmailChanged = "email-changed",
    /// Another phone number, or a proof of it.
    PhoneChanged = "phone-changed",
    /// An authenticator app was set up.
    AuthenticatorAdded = "authenticator-added",
    /// It was removed.
    AuthenticatorRemoved = "authenticator-removed",
    /// A passkey was added.
    PasskeyAdded = "passkey-added",
    /// One was removed.
    PasskeyRemoved = "passkey-removed",
    /// New recovery codes were made.
    RecoveryCodesMade = "recovery-codes-made",
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery-code-used",
    /// A browser signed in that had not before.
    NewDevice = "new-device",
    /// Every second factor was removed, so that new ones can be set up.
    FactorsReset = "factors-reset",
    /// An account at another provider signs in from now on.
    AccountLinked = "account-linked",
}

impl What {
    /// From a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|w| w.as_str() == name)
    }
}

/// From where, and what is needed to say more or to undo it. Sealed at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// From which network address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The User-Agent header.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub browser: String,
    /// What a person calls what was added or removed, such as the name of a passkey.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The address before: the mail goes there, and saying "this wasn't me" puts it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_before: Option<String>,
}

impl About {
    /// With what it is called.
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }
    /// With the address before.
    pub fn address_before(self, address: &str) -> Self {
        Self { address_before: Some(address.to_owned()), ..self }
    }
}

/// Something to be told, made before the transaction that it belongs to.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id, and that of the job that mails it.
    pub id: String,
    /// What is told.
    pub what: What,
    /// Keyed hash of the link's secret.
    pub hash: String,
    /// [`About`], sealed.
    pub sealed: String,
    /// When.
    pub at: Timestamp,
}

/// Where the seal of a notice belongs.
pub fn place(id: &str) -> String {
    format!("notices/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::pages::{Lang, Texts};

    /// S8
    #[test]
    fn everything_that_can_be_told_has_its_words() {
        let texts = Texts::load().unwrap();
        for what in What::ALL {
            assert_eq!(What::from_name(what.as_str()), Some(*what));
            for lang in Lang::ALL {
                assert!(texts.has(lang, &format!("notice-{}", what.as_str())), "{what:?} {lang:?}");
            }
        }
    }
}
