//! Keys that are recipients and those that are not, and the examples of RFC 7518. Opening what was sealed is for libraries of others:
//! tests/it/oidc/encryption.rs.

use proptest::prelude::*;

use super::*;
use crate::kernel::entropy::SeededEntropy;
use crate::kernel::jose::{Alg, SigningKey};

fn public(alg: Alg, usage: &str) -> Value {
    let mut jwk = SigningKey::generate(alg).unwrap().public_jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    jwk["use"] = usage.into();
    jwk
}

/// RFC 7518, appendix C.
#[test]
fn a_key_is_derived_as_in_the_rfc() {
    let z = [
        158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128, 106, 72, 246,
        218, 167, 121, 140, 254, 144, 196,
    ];
    let key = concat_kdf(&z, "A128GCM", [b"Alice", b"Bob"], 128).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(&*key), "VqqN6vgjbSBcIijNcacQGg");
}

/// RFC 7518, appendix B.1.
#[test]
fn a_message_is_encrypted_and_authenticated_as_in_the_rfc() {
    let key: Vec<u8> = (0..32).collect();
    let plain = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy \
        without inconvenience";
    let iv = [0x1a, 0xf3, 0x8c, 0x2d, 0xc2, 0xb9, 0x6f, 0xfd, 0xd8, 0x66, 0x94, 0x09, 0x23, 0x41, 0xbc, 0x04];
    let body = cbc(&key, plain.to_vec(), b"The second principle of Auguste Kerckhoffs", iv).unwrap();
    assert_eq!(body.text[..8], [0xc8, 0x0e, 0xdf, 0xa3, 0x2d, 0xdf, 0x39, 0xd5]);
    assert_eq!(body.tag, [0x65, 0x2c, 0x3f, 0xa3, 0x6b, 0x0a, 0x7c, 0x5b, 0x32, 0x19, 0xfa, 0xb3, 0xa3, 0x0b, 0xc1, 0xc4]);
}

/// S2, case 12
#[test]
fn only_sound_public_keys_for_encryption_are_recipients() {
    let (ec, rsa) = (public(Alg::Es256, "enc"), public(Alg::Rs256, "enc"));
    let set = |keys: Value| Recipients::from_value(&json!({ "keys": keys }));
    let changed = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    let both = set(json!([public(Alg::Es256, "sig"), public(Alg::EdDsa, "sig"), ec, rsa])).unwrap();
    for alg in KeyAlg::ALL {
        assert!(both.find(alg).is_some_and(|r| r.marked), "{alg:?}");
    }
    assert!(set(json!([public(Alg::Es256, "sig")])).unwrap().find(KeyAlg::EcdhEs).is_none());
    let own = set(json!([changed(&ec, "alg", json!("ECDH-ES"))])).unwrap();
    assert!(own.find(KeyAlg::EcdhEs).is_some() && own.find(KeyAlg::EcdhEsA256Kw).is_none());
    for passed_over in [
        changed(&rsa, "alg", json!("RSA1_5")),
        changed(&rsa, "alg", json!("RSA-OAEP")),
        changed(&rsa, "key_ops", json!(["verify"])),
        changed(&ec, "crv", json!("P-521")),
    ] {
        let read = set(json!([passed_over])).unwrap();
        assert!(KeyAlg::ALL.iter().all(|alg| read.find(*alg).is_none()), "{passed_over}");
    }
    let x = ec["x"].as_str().unwrap();
    for refused in [
        changed(&ec, "d", json!("AA")),
        changed(&ec, "y", json!(x)),
        changed(&ec, "x", json!("AA")),
        changed(&ec, "alg", json!("RSA-OAEP-256")),
        changed(&ec, "kid", json!("../x")),
        changed(&ec, "key_ops", json!("encrypt")),
        changed(&rsa, "n", json!(x)),
        changed(&rsa, "e", json!("Aw")),
        json!({"kty": "oct", "k": "AA"}),
        json!({"use": "enc"}),
        json!(1),
    ] {
        assert!(set(json!([refused])).is_err(), "{refused}");
    }
    assert!(set(Value::Array(vec![ec; MAX_KEYS + 1])).is_err());
}

/// S2: no two messages share a key or an initial value, and the header says how each is read.
#[test]
fn every_message_has_a_key_of_its_own() {
    let keys = Recipients::from_value(&json!({"keys": [public(Alg::Es256, "enc"), public(Alg::Rs256, "enc")]})).unwrap();
    let entropy: &dyn Entropy = &SeededEntropy::new(3);
    for alg in KeyAlg::ALL {
        for enc in Enc::ALL {
            let to = keys.find(alg).unwrap();
            let seal = || to.seal(Sealing { alg, enc }, b"x.y.z", true, entropy).unwrap();
            let (a, b) = (seal(), seal());
            let (a, b): (Vec<_>, Vec<_>) = (a.split('.').collect(), b.split('.').collect());
            assert_eq!((a.len(), a[1].is_empty()), (5, alg == KeyAlg::EcdhEs));
            assert!(a[2] != b[2] && a[3] != b[3] && a[4] != b[4]);
            let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(a[0]).unwrap()).unwrap();
            assert_eq!((&header["alg"], &header["enc"], &header["cty"]), (&json!(alg.name()), &json!(enc.name()), &json!("JWT")));
            assert_eq!(header.get("epk").is_some(), alg != KeyAlg::RsaOaep256);
            assert_eq!(header["kid"], json!(to.kid));
        }
    }
    let wrong = keys.find(KeyAlg::RsaOaep256).unwrap();
    let sealing = Sealing { alg: KeyAlg::EcdhEs, enc: Enc::A128Gcm };
    assert_eq!(wrong.seal(sealing, b"", false, entropy).unwrap_err(), JoseError::Algorithm);
}

proptest! {
    /// case 31, case 12: any text in the places of a key is read or refused; what is read is something to encrypt to.
    #[test]
    fn any_key_is_read_or_refused(
        kty in "(EC|RSA|OKP|oct|)", crv in "(P-256|P-384|)", usage in "(enc|sig|)", alg in "(RSA-OAEP-256|ECDH-ES|dir|)",
        x in "[A-Za-z0-9_=-]{0,44}", y in ".{0,8}", n in "[A-Za-z0-9_-]{0,400}", e in "(AQAB|[A-Z]{0,9})", kid in ".{0,10}",
    ) {
        let mut key = json!({"x": x, "y": y, "n": n, "e": e});
        for (name, value) in [("kty", kty), ("crv", crv), ("use", usage), ("alg", alg), ("kid", kid)] {
            if !value.is_empty() {
                key[name] = value.into();
            }
        }
        if let Ok(read) = Recipients::from_value(&json!({"keys": [key]})) {
            let entropy: &dyn Entropy = &SeededEntropy::new(1);
            for to in KeyAlg::ALL.into_iter().filter_map(|alg| read.find(alg).map(|r| (alg, r))) {
                let sealing = Sealing { alg: to.0, enc: Enc::A256Gcm };
                prop_assert!(to.1.seal(sealing, b"x", false, entropy).is_ok());
            }
        }
    }
}
