//! Authenticator apps: time-based codes (RFC 6238), six digits, thirty seconds, one step either way.

use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::kernel::clock::Timestamp;
use crate::kernel::root::{Purpose, RootError, RootKey};

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn place(person: &str) -> String {
    format!("people/{person}/authenticator")
}

/// Seals a seed for storage with a person.
pub fn seal(
    root: &RootKey,
    person: &str,
    seed: &[u8],
    entropy: &dyn crate::kernel::entropy::Entropy,
) -> Result<String, RootError> {
    root.seal(Purpose::AuthenticatorSeed, &place(person), seed, entropy)
}

/// Opens a seed that was sealed for a person.
pub fn open(root: &RootKey, person: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, RootError> {
    root.open(Purpose::AuthenticatorSeed, &place(person), sealed)
}

/// A seed in the form that people type into apps (RFC 4648, section 6), without padding.
pub fn base32(seed: &[u8]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(seed.len().div_ceil(5) * 8));
    let (mut buffer, mut bits) = (0u32, 0u32);
    for byte in seed {
        buffer = (buffer << 8 | u32::from(*byte)) & 0xffff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.extend(ALPHABET.get((buffer >> bits & 31) as usize).map(|c| char::from(*c)));
        }
    }
    if bits > 0 {
        out.extend(ALPHABET.get((buffer << (5 - bits) & 31) as usize).map(|c| char::from(*c)));
    }
    out
}

/// Reads the base32 form that apps show. At least 128 bits (RFC 4226, section 4).
pub fn seed_from_base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (mut out, mut buffer, mut bits) = (Zeroizing::new(Vec::new()), 0u32, 0u32);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=') {
        let value = ALPHABET.iter().position(|a| *a == c.to_ascii_uppercase())?;
        buffer = (buffer << 5 | u32::try_from(value).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    (16..=128).contains(&out.len()).then_some(out)
}

/// The time step that `code` belongs to, if it is right now. The caller must take the step, once.
pub fn matching_step(
    root: &RootKey,
    person: &str,
    sealed: &str,
    code: &SecretString,
    now: Timestamp,
) -> Result<Option<i64>, RootError> {
    let seed = open(root, person, sealed)?;
    let time = u64::try_from(now.seconds()).unwrap_or(0);
    Ok(totp(&seed).check(code.expose_secret(), time).and_then(|s| i64::try_from(s).ok()))
}

fn totp(seed: &[u8]) -> Totp {
    Builder::new().with_digits(6).with_skew(1).with_step_duration(30).with_secret(seed.to_vec()).build_noncompliant()
}

/// The code of a seed at a moment, as an app would show it; for the demonstration and tests.
pub fn code_at(seed: &[u8], now: Timestamp) -> String {
    totp(seed).generate(u64::try_from(now.seconds()).unwrap_or(0)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::entropy::SeededEntropy;

    #[test]
    fn codes_follow_the_rfc_and_seeds_are_sealed_per_person() {
        // RFC 6238, appendix B, SHA-1 at 59 s: 94287082; the last six digits.
        let seed = b"12345678901234567890";
        assert_eq!(code_at(seed, Timestamp::from_seconds(59)), "287082");
        assert_eq!(seed_from_base32("GEZD GNBV GY3T QOJQ GEZDGNBVGY3TQOJQ").unwrap().as_slice(), seed);
        assert_eq!(base32(seed).as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        // RFC 4648, section 10, without its padding.
        for (plain, text) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(plain.as_bytes()).as_str(), text);
        }
        assert!(seed_from_base32("short").is_none());
        assert!(seed_from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1").is_none());
        let e = SeededEntropy::new(1);
        let root = RootKey::random(&e);
        let sealed = seal(&root, "p1", seed, &e).unwrap();
        let step = |code: &str, at| matching_step(&root, "p1", &sealed, &code.into(), Timestamp::from_seconds(at)).unwrap();
        assert_eq!(step("287082", 59), Some(1));
        assert_eq!(step("287082", 89), Some(1));
        assert_eq!(step("287082", 120), None);
        assert_eq!(step("28708", 59), None);
        assert!(matching_step(&root, "p2", &sealed, &"287082".into(), Timestamp(0)).is_err());
    }
}
