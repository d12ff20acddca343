//! What an application has registered to be encrypted for it.

use super::check::{Checked, no};
use super::{Client, Metadata};
use crate::kernel::jose::{Enc, KeyAlg, Recipients, Sealing};

/// What can be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// ID tokens.
    IdToken,
    /// What userinfo answers.
    Userinfo,
    /// What introspection answers.
    Introspection,
    /// Answers to authorization requests.
    Authorization,
}

/// A member's name, and what it says with the one beside it.
type Pair = (&'static str, Option<KeyAlg>, Option<Enc>);

impl Metadata {
    /// All of it, as registered.
    pub(super) const fn sealings(&self) -> [Pair; 4] {
        [
            ("id_token_encrypted_response_alg", self.id_token_encrypted_response_alg, self.id_token_encrypted_response_enc),
            ("userinfo_encrypted_response_alg", self.userinfo_encrypted_response_alg, self.userinfo_encrypted_response_enc),
            (
                "introspection_encrypted_response_alg",
                self.introspection_encrypted_response_alg,
                self.introspection_encrypted_response_enc,
            ),
            (
                "authorization_encrypted_response_alg",
                self.authorization_encrypted_response_alg,
                self.authorization_encrypted_response_enc,
            ),
        ]
    }

    /// What is encrypted needs a key to encrypt to; one that is registered here is looked at now.
    pub(super) fn recipients(&self) -> Checked {
        for (field, alg, enc) in self.sealings() {
            let Some(alg) = alg else {
                if enc.is_some() {
                    return no(field, "the member that ends in _enc goes with the one that ends in _alg");
                }
                continue;
            };
            match (&self.jwks, &self.jwks_uri) {
                (None, None) => return no(field, "encryption needs jwks or jwks_uri"),
                (None, Some(_)) => {}
                (Some(set), _) => match Recipients::from_value(set) {
                    Err(e) => return no("jwks", e.to_string()),
                    Ok(keys) if keys.find(alg).is_none() => {
                        return no("jwks", format!("no key with use enc fits {field} = {}", alg.name()));
                    }
                    Ok(_) => {}
                },
            }
        }
        Ok(())
    }
}

impl Client {
    /// How something is encrypted for it; nothing when it is not.
    pub fn sealing(&self, what: Sealed) -> Option<Sealing> {
        let [id_token, userinfo, introspection, authorization] = self.metadata.sealings();
        let (_, alg, enc) = match what {
            Sealed::IdToken => id_token,
            Sealed::Userinfo => userinfo,
            Sealed::Introspection => introspection,
            Sealed::Authorization => authorization,
        };
        alg.map(|alg| Sealing { alg, enc: enc.unwrap_or_default() })
    }
}
