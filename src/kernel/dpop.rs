//! Demonstrating proof of possession (RFC 9449): reading a proof, and the nonces that a server gives out. Owns every check
//! that needs no storage. Does not own remembering used proofs, nor what a proof is good for.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::clock::Timestamp;
use super::jose::{Alg, JoseError, SigningKey, digest, open_with_own_key};
use super::root::{Purpose, RootError, RootKey, same};

/// The header with a proof.
pub const HEADER: &str = "dpop";
/// The header with the nonce for the next proof.
pub const NONCE_HEADER: &str = "dpop-nonce";

/// How old a proof may be. Clocks differ, and requests take time.
const PAST: Duration = Duration::from_secs(60);
/// By how much its sender's clock may be ahead.
const FUTURE: Duration = Duration::from_secs(15);
/// How long a nonce is the newest; after that a new one is handed out.
const NONCE_STEP: i64 = 60;
/// How many nonces before the newest still count.
const NONCE_STEPS: i64 = 4;

/// Why a proof doesn't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// The proof itself; the text says what about it.
    #[error("{0}")]
    Invalid(&'static str),
    /// It has no nonce, or an old one: the answer brings a new one.
    #[error("a proof needs the nonce that this server gave out")]
    Nonce,
    /// The nonces can't be made.
    #[error("the nonce can't be derived")]
    Broken,
}

impl From<RootError> for DpopError {
    fn from(_: RootError) -> Self {
        Self::Broken
    }
}

/// What a proof must be about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The request's method.
    pub method: &'a str,
    /// Its address as configured, without query.
    pub address: &'a str,
    /// The access token that it brings, if it brings one.
    pub token: Option<&'a str>,
    /// Algorithms that are taken.
    pub algs: &'a [Alg],
    /// The present moment.
    pub now: Timestamp,
}

/// A proof that fits its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whose: the thumbprint of the key (RFC 7638).
    pub jkt: String,
    /// Its name, which counts once; with the key, since others may use the same.
    pub once: String,
    /// Until when its name must be remembered.
    pub until: Timestamp,
    nonce: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
    ath: Option<String>,
    nonce: Option<String>,
    exp: Option<f64>,
    nbf: Option<f64>,
}

/// Reads the proof of a request (section 4.3). The nonce is looked at by [`Nonces::check`].
pub fn read(proof: &str, about: &About<'_>) -> Result<Proof, DpopError> {
    let no = |why| Err(DpopError::Invalid(why));
    let opened = open_with_own_key::<Claims>(proof, &["dpop+jwt"], about.algs);
    let Ok((claims, key)) = opened else {
        return no("the DPoP proof is not a JWT of type dpop+jwt that its own public key signed, with jti, htm, htu and iat");
    };
    if claims.jti.is_empty() || claims.jti.len() > 256 {
        return no("jti of the DPoP proof must have 1 to 256 bytes");
    }
    if claims.htm != about.method {
        return no("htm of the DPoP proof is another method than that of the request");
    }
    if !same_address(&claims.htu, about.address) {
        return no("htu of the DPoP proof is another address than that of the request");
    }
    // Whole milliseconds; what is out of range saturates and lies outside of the window.
    #[allow(clippy::cast_possible_truncation, reason = "the cast saturates, and what is far away is refused")]
    let at = |seconds: f64| Timestamp((seconds * 1000.0) as i64);
    let (now, iat) = (about.now, at(claims.iat));
    if iat + PAST < now || iat > now + FUTURE {
        return no("iat of the DPoP proof is too far from the present");
    }
    if claims.exp.is_some_and(|exp| at(exp) + FUTURE <= now) || claims.nbf.is_some_and(|nbf| at(nbf) > now + FUTURE) {
        return no("exp or nbf of the DPoP proof does not include the present");
    }
    match (about.token, &claims.ath) {
        (Some(token), Some(ath)) if same(ath, &digest(token.as_bytes())) => {}
        (Some(_), _) => return no("ath of the DPoP proof is not the digest of the access token"),
        (None, _) => {}
    }
    let jkt = key.thumbprint().to_owned();
    Ok(Proof {
        once: format!("{jkt}/{}", claims.jti),
        jkt,
        // A minute more, so that no two nodes' clocks open a gap.
        until: iat + PAST + Duration::from_secs(60),
        nonce: claims.nonce.clone(),
    })
}

/// A proof of a key: claims, signed, with its public half in the header (section 4.2).
pub fn prove(key: &SigningKey, claims: &Value) -> Result<String, JoseError> {
    let mut public = key.public_jwk();
    if let Some(jwk) = public.as_object_mut() {
        // What the set of keys says of one has no place here.
        jwk.retain(|name, _| matches!(name.as_str(), "kty" | "crv" | "x" | "y" | "n" | "e"));
    }
    let head = json!({"typ": "dpop+jwt", "alg": key.alg().name(), "jwk": public});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&head), part(claims));
    let signature = key.sign_bytes(message.as_bytes())?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Section 4.3, item 9: equal but for query and fragment, and for what RFC 3986 says makes no difference.
fn same_address(htu: &str, address: &str) -> bool {
    let plain = |text: &str| {
        let mut url = text.parse::<Url>().ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    htu.len() <= 2000 && plain(htu).is_some_and(|a| plain(address).is_some_and(|b| a == b))
}

/// The nonces of one server (section 8). They are derived from the time, so every node gives out and takes the same ones.
#[derive(Clone, Copy)]
pub struct Nonces<'a> {
    /// The root key.
    pub root: &'a RootKey,
    /// Which server: its nonces are good for nothing at another.
    pub server: &'static str,
    /// Whether a proof must have one.
    pub required: bool,
}

impl Nonces<'_> {
    fn at(&self, step: i64) -> Result<String, RootError> {
        let mac = self.root.mac(Purpose::DpopNonce, &[self.server.as_bytes(), &step.to_be_bytes()])?;
        Ok(URL_SAFE_NO_PAD.encode(mac.get(..16).unwrap_or_default()))
    }

    /// The newest one.
    pub fn newest(&self, now: Timestamp) -> Result<String, RootError> {
        self.at(now.seconds().div_euclid(NONCE_STEP))
    }

    /// Looks at the nonce of a proof; the nonce that the answer should bring, if there is a newer one.
    pub fn check(&self, proof: &Proof, now: Timestamp) -> Result<Option<String>, DpopError> {
        let step = now.seconds().div_euclid(NONCE_STEP);
        let newest = self.at(step)?;
        let Some(nonce) = &proof.nonce else {
            return if self.required { Err(DpopError::Nonce) } else { Ok(None) };
        };
        if same(nonce, &newest) {
            return Ok(None);
        }
        for back in 1..=NONCE_STEPS {
            if same(nonce, &self.at(step - back)?) {
                return Ok(Some(newest));
            }
        }
        Err(DpopError::Nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::entropy::SeededEntropy;

    const NOW: Timestamp = Timestamp(1_795_352_580_000);
    const ADDRESS: &str = "https://id.example/token";

    /// A signed proof; `header` and `claims` change single members, null takes one away.
    fn proof(key: &SigningKey, header: Value, claims: Value) -> String {
        let mut public = key.public_jwk();
        public.as_object_mut().unwrap().retain(|k, _| matches!(k.as_str(), "kty" | "crv" | "x" | "y" | "n" | "e"));
        let mut head = json!({"typ": "dpop+jwt", "alg": key.alg().name(), "jwk": public});
        let mut body = json!({"jti": "a", "htm": "POST", "htu": ADDRESS, "iat": NOW.seconds()});
        for (all, changes) in [(&mut head, header), (&mut body, claims)] {
            for (name, value) in changes.as_object().unwrap() {
                all[name.as_str()] = value.clone();
            }
            all.as_object_mut().unwrap().retain(|_, v| !v.is_null());
        }
        let text = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
        let message = format!("{}.{}", text(&head), text(&body));
        let signature = key.sign_bytes(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn about(token: Option<&str>) -> About<'_> {
        About { method: "POST", address: ADDRESS, token, algs: &Alg::ALL, now: NOW }
    }

    /// case 12, fapi2/dpop-negative-tests: each thing that a proof says, wrong once.
    #[test]
    fn a_proof_with_anything_wrong_is_refused() {
        let key = SigningKey::generate(Alg::Es256).unwrap();
        let read = |header: Value, claims: Value| read(&proof(&key, header, claims), &about(None));
        assert_eq!(read(json!({}), json!({})).unwrap().jkt, key.kid());
        let now = NOW.seconds();
        for claims in [
            json!({"htm": "GET"}),
            json!({"htm": "post"}),
            json!({"htm": null}),
            json!({"htu": "https://id.example/other"}),
            json!({"htu": "https://id.example.evil/token"}),
            json!({"htu": "http://id.example/token"}),
            json!({"htu": "token"}),
            json!({"htu": null}),
            json!({"jti": ""}),
            json!({"jti": null}),
            json!({"jti": "a".repeat(257)}),
            json!({"iat": now - 61}),
            json!({"iat": now + 16}),
            json!({"iat": now.to_string()}),
            json!({"iat": null}),
            json!({"iat": 1e300}),
            json!({"exp": now - 60}),
            json!({"nbf": now + 60}),
        ] {
            assert!(read(json!({}), claims.clone()).is_err(), "{claims}");
        }
        let mut private = key.public_jwk();
        private["d"] = "AA".into();
        let other = SigningKey::generate(Alg::Es256).unwrap().public_jwk();
        for header in [
            json!({"typ": "JWT"}),
            json!({"typ": null}),
            json!({"alg": "none"}),
            json!({"alg": "HS256"}),
            json!({"alg": "EdDSA"}),
            json!({"jwk": null}),
            json!({"jwk": private}),
            json!({"jwk": other}),
            json!({"jwk": {"kty": "oct", "k": "AA"}}),
        ] {
            assert!(read(header.clone(), json!({})).is_err(), "{header}");
        }
        for fine in [
            json!({"htu": "https://ID.example:443/token?a=b#c"}),
            json!({"iat": now - 10}),
            json!({"iat": now + 10}),
            json!({"iat": now as f64 + 0.5}),
            json!({"exp": now + 60, "nbf": now - 1}),
        ] {
            assert!(read(json!({}), fine.clone()).is_ok(), "{fine}");
        }
    }

    /// case 12: a proof is for one access token.
    #[test]
    fn a_proof_for_another_token_is_refused() {
        let key = SigningKey::generate(Alg::EdDsa).unwrap();
        let with = |ath: Value| read(&proof(&key, json!({}), json!({"ath": ath})), &about(Some("a.b.c")));
        assert!(with(json!(digest(b"a.b.c"))).is_ok());
        for bad in [json!(null), json!(digest(b"a.b.d")), json!("")] {
            assert!(with(bad.clone()).is_err(), "{bad}");
        }
    }

    /// S2: FAPI 2.0, section 5.4 leaves out RS256, also for proofs.
    #[test]
    fn an_algorithm_that_is_not_taken_is_refused() {
        let key = SigningKey::generate(Alg::Rs256).unwrap();
        let text = proof(&key, json!({}), json!({}));
        assert!(read(&text, &about(None)).is_ok());
        assert!(read(&text, &About { algs: &Alg::FAPI, ..about(None) }).is_err());
    }

    /// case 12
    #[test]
    fn a_nonce_counts_for_some_minutes_at_the_server_that_gave_it() {
        let root = RootKey::random(&SeededEntropy::new(1));
        let server = |server| Nonces { root: &root, server, required: true };
        let idp = server("idp");
        let key = SigningKey::generate(Alg::Es256).unwrap();
        let with = |nonce: Value| read(&proof(&key, json!({}), json!({"nonce": nonce})), &about(None)).unwrap();
        let nonce = idp.newest(NOW).unwrap();
        let good = with(json!(nonce));
        assert_eq!(idp.check(&good, NOW), Ok(None));
        let later = NOW + Duration::from_secs(60);
        assert_eq!(idp.check(&good, later), Ok(Some(idp.newest(later).unwrap())));
        assert!(idp.check(&good, NOW + Duration::from_secs(240)).is_ok());
        assert_eq!(idp.check(&good, NOW + Duration::from_secs(300)), Err(DpopError::Nonce));
        assert_eq!(server("crm").check(&good, NOW), Err(DpopError::Nonce));
        assert_eq!(idp.check(&with(json!(null)), NOW), Err(DpopError::Nonce));
        let free = Nonces { required: false, ..idp };
        assert_eq!(free.check(&with(json!(null)), NOW), Ok(None));
        assert_eq!(free.check(&with(json!("other")), NOW), Err(DpopError::Nonce));
    }
}
