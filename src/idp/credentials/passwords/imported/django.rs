//! The column `password` of Django: algorithm, cost, salt as text and value in base64, with `$` between.

use super::{Imported, NotTaken, base64, bcrypt};
use crate::idp::credentials::passwords::scheme::{Digest, Scheme};
use crate::idp::credentials::passwords::stored;

pub(super) fn read(text: &str) -> Result<Imported, NotTaken> {
    let (name, rest) = text.split_once('$').ok_or(NotTaken::Unknown)?;
    match name {
        "argon2" => {
            let read = stored::argon2(&format!("${rest}")).map_err(|_| NotTaken::Malformed("Argon2"))?;
            Ok(Imported { scheme: read.scheme, salt: read.salt, value: read.value })
        }
        "bcrypt" => bcrypt(rest, false),
        "bcrypt_sha256" => bcrypt(rest, true),
        "pbkdf2_sha256" => pbkdf2(Digest::Sha256, rest).ok_or(NotTaken::Malformed("PBKDF2")),
        "pbkdf2_sha1" => pbkdf2(Digest::Sha1, rest).ok_or(NotTaken::Malformed("PBKDF2")),
        "scrypt" => scrypt(rest).ok_or(NotTaken::Malformed("scrypt")),
        _ => Err(NotTaken::Unknown),
    }
}

/// `600000$salt$value`.
fn pbkdf2(digest: Digest, rest: &str) -> Option<Imported> {
    let [rounds, salt, value] = parts(rest)?;
    Some(Imported::new(Scheme::Pbkdf2 { digest, rounds: rounds.parse().ok()? }, salt.into(), base64(value)?))
}

/// `16384$salt$8$1$value`.
fn scrypt(rest: &str) -> Option<Imported> {
    let [n, salt, r, p, value] = parts(rest)?;
    let n: u64 = n.parse().ok().filter(|n: &u64| n.is_power_of_two())?;
    let scheme = Scheme::Scrypt { log_n: u8::try_from(n.trailing_zeros()).ok()?, r: r.parse().ok()?, p: p.parse().ok()? };
    Some(Imported::new(scheme, salt.into(), base64(value)?))
}

fn parts<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}
