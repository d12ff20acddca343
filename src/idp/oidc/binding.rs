//! Tokens that only the holder of a key may use: DPoP (RFC 9449) and client certificates (RFC 8705). Owns what a token is
//! bound to and when it must be, and the one use of each proof. Reading a proof is `kernel::dpop`.

use super::error::{ErrorCode, OAuthError};
use crate::contract::claims::Confirmation;
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::dpop::{self, About, DpopError, Nonces};
use crate::kernel::http::Presented;
use crate::kernel::jose::Alg;
use crate::sql;

/// The key that a token is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// By DPoP: the thumbprint of the key.
    Key(String),
    /// By the certificate of the connection: its thumbprint.
    Certificate(String),
}

impl Binding {
    /// As stored.
    pub fn stored(&self) -> String {
        match self {
            Self::Key(jkt) => format!("jkt:{jkt}"),
            Self::Certificate(x5t) => format!("x5t:{x5t}"),
        }
    }

    /// From what was stored; anything else is nobody's key.
    pub fn from_stored(text: &str) -> Self {
        match text.split_once(':') {
            Some(("x5t", x5t)) => Self::Certificate(x5t.to_owned()),
            Some((_, jkt)) => Self::Key(jkt.to_owned()),
            None => Self::Key(String::new()),
        }
    }

    /// The claim `cnf` (RFC 7800).
    pub fn confirmation(&self) -> Confirmation {
        match self {
            Self::Key(jkt) => Confirmation { jkt: Some(jkt.clone()), x5t: None },
            Self::Certificate(x5t) => Confirmation { jkt: None, x5t: Some(x5t.clone()) },
        }
    }

    /// The thumbprint, where it is by DPoP.
    pub fn key(&self) -> Option<&str> {
        if let Self::Key(jkt) = self { Some(jkt) } else { None }
    }

    /// The type of a token that is bound so.
    pub const fn token_type(this: Option<&Self>) -> &'static str {
        match this {
            Some(Self::Key(_)) => "DPoP",
            _ => "Bearer",
        }
    }
}

/// A proof that fits its request, to be used up in the transaction of its effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedProof {
    /// Whose.
    pub jkt: String,
    /// The hash under which its use is remembered.
    pub hash: String,
    /// Until when that is.
    pub until: Timestamp,
}

/// What a request proves to have, beside what the client proves to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// A key, by a DPoP proof.
    pub proof: Option<UnusedProof>,
    /// A certificate: its thumbprint.
    pub certificate: Option<String>,
    /// The nonce that the answer brings.
    pub nonce: Option<String>,
}

/// Nonces of the provider.
pub fn nonces(idp: &Idp) -> Nonces<'_> {
    Nonces { root: &idp.env.root, server: "idp", required: idp.env.settings.dpop_nonces }
}

/// Reads the DPoP proof and the certificate of a request. `token`: the access token that it brings, if any.
pub fn held(idp: &Idp, presented: &Presented, token: Option<&str>, algs: &[Alg]) -> Result<Held, DpopError> {
    let certificate = presented.certificate.as_ref().map(|c| c.thumbprint());
    let proof = presented.proof().map_err(|_| DpopError::Invalid("there is more than one DPoP header, or it is no text"))?;
    let Some(proof) = proof else { return Ok(Held { certificate, ..Held::default() }) };
    let now = idp.env.now();
    let address = idp.env.settings.idp_url.at(&presented.path);
    let about = About { method: presented.method.as_str(), address: &address, token, algs, now };
    let proof = dpop::read(proof, &about)?;
    let nonce = nonces(idp).check(&proof, now)?;
    let hash = idp.env.root.token_hash("dpop-proof", &proof.once)?;
    Ok(Held { proof: Some(UnusedProof { jkt: proof.jkt, hash, until: proof.until }), certificate, nonce })
}

impl From<DpopError> for OAuthError {
    fn from(e: DpopError) -> Self {
        match e {
            DpopError::Invalid(why) => Self::new(ErrorCode::InvalidDpopProof, why),
            DpopError::Nonce => Self::new(ErrorCode::UseDpopNonce, "the DPoP proof needs the nonce of the header DPoP-Nonce"),
            DpopError::Broken => Self::internal(&e),
        }
    }
}

impl Held {
    /// What a token for `client` is bound to: the key of the proof, or the certificate where that is registered. One that
    /// must be bound and can't be is refused (RFC 9449, section 5.2; RFC 8705, section 3.4).
    pub fn binding(&self, client: &Client) -> Result<Option<Binding>, OAuthError> {
        if let Some(proof) = &self.proof {
            return Ok(Some(Binding::Key(proof.jkt.clone())));
        }
        let by_certificate = client.metadata.tls_client_certificate_bound_access_tokens;
        match &self.certificate {
            Some(x5t) if by_certificate => Ok(Some(Binding::Certificate(x5t.clone()))),
            _ if client.metadata.dpop_bound_access_tokens => Err(OAuthError::grant("a DPoP proof is missing")),
            _ if by_certificate => Err(OAuthError::grant("the connection shows no client certificate")),
            _ => Ok(None),
        }
    }

    /// Uses up the proof.
    pub async fn spend(&self, tx: &mut Tx<'_>) -> Result<(), OAuthError> {
        match &self.proof {
            Some(proof) if !use_proof(tx, proof).await? => {
                Err(OAuthError::new(ErrorCode::InvalidDpopProof, "this DPoP proof was used before"))
            }
            _ => Ok(()),
        }
    }
}

/// Takes a proof's one use; false when it was used before.
pub async fn use_proof(tx: &mut Tx<'_>, proof: &UnusedProof) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("INSERT INTO proofs_seen (hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
        .bind(proof.hash.as_str())
        .bind(proof.until.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Forgets proofs that nobody could present any more.
pub async fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM proofs_seen WHERE hash IN (SELECT hash FROM proofs_seen WHERE expires_at < $1 LIMIT 500)"))
        .bind(now.0)
        .exec()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::Metadata;

    fn client(dpop: bool, certificate: bool) -> Client {
        let metadata = Metadata {
            dpop_bound_access_tokens: dpop,
            tls_client_certificate_bound_access_tokens: certificate,
            ..Metadata::default()
        };
        Client { id: "c".into(), metadata, secret_hash: None, enabled: true }
    }

    /// S2, fapi2/ensure-holder-of-key-required
    #[test]
    fn a_token_that_must_be_bound_is_bound_or_refused() {
        let proof = UnusedProof { jkt: "k".into(), hash: "h".into(), until: Timestamp(0) };
        let nothing = Held::default();
        let by_key = Held { proof: Some(proof), ..Held::default() };
        let by_certificate = Held { certificate: Some("x".into()), ..Held::default() };
        let (key, certificate) = (Some(Binding::Key("k".into())), Some(Binding::Certificate("x".into())));
        assert_eq!(nothing.binding(&client(false, false)), Ok(None));
        assert!(nothing.binding(&client(true, false)).is_err());
        assert!(nothing.binding(&client(false, true)).is_err());
        assert_eq!(by_key.binding(&client(false, false)), Ok(key.clone()));
        assert_eq!(by_key.binding(&client(true, true)), Ok(key));
        assert_eq!(by_certificate.binding(&client(false, false)), Ok(None), "a certificate binds where that is registered");
        assert!(by_certificate.binding(&client(true, false)).is_err());
        assert_eq!(by_certificate.binding(&client(true, true)), Ok(certificate));
    }

    #[test]
    fn a_binding_is_read_as_it_was_stored() {
        for b in [Binding::Key("abc".into()), Binding::Certificate("abc".into())] {
            assert_eq!(Binding::from_stored(&b.stored()), b);
        }
    }
}
