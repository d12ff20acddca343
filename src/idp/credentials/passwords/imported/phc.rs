//! PHC strings and modular crypt: `$argon2id$...`, `$2b$...`, `$scrypt$...`, `$pbkdf2-sha256$...`.

use super::{Imported, NotTaken, base64, bcrypt};
use crate::idp::credentials::passwords::scheme::{Digest, Scheme};
use crate::idp::credentials::passwords::stored;

pub(super) fn read(text: &str) -> Result<Imported, NotTaken> {
    if text.starts_with("$argon2") {
        let read = stored::argon2(text).map_err(|_| NotTaken::Malformed("Argon2"))?;
        return Ok(Imported { scheme: read.scheme, salt: read.salt, value: read.value });
    }
    if text.starts_with("$2") {
        return bcrypt(text, false);
    }
    if let Some(rest) = text.strip_prefix("$scrypt$") {
        return scrypt(rest).ok_or(NotTaken::Malformed("scrypt"));
    }
    match text.strip_prefix("$pbkdf2") {
        Some(rest) => pbkdf2(rest).ok_or(NotTaken::Malformed("PBKDF2")),
        None => Err(NotTaken::Unknown),
    }
}

/// `ln=16,r=8,p=1$salt$value`.
fn scrypt(rest: &str) -> Option<Imported> {
    let (params, salt, value) = three(rest)?;
    let (mut log_n, mut r, mut p) = (None, None, None);
    for part in params.split(',') {
        let (key, number) = part.split_once('=')?;
        match key {
            "ln" => log_n = Some(number.parse().ok()?),
            "r" => r = Some(number.parse().ok()?),
            "p" => p = Some(number.parse().ok()?),
            _ => return None,
        }
    }
    Some(Imported::new(Scheme::Scrypt { log_n: log_n?, r: r?, p: p? }, base64(salt)?, base64(value)?))
}

/// `-sha256$29000$salt$value` (passlib) or `-sha256$i=29000,l=32$salt$value` (PHC); nothing before the first `$` is SHA-1.
fn pbkdf2(rest: &str) -> Option<Imported> {
    let (name, rest) = rest.split_once('$')?;
    let digest = match name {
        "" | "-sha1" => Digest::Sha1,
        "-sha256" => Digest::Sha256,
        "-sha512" => Digest::Sha512,
        _ => return None,
    };
    let (params, salt, value) = three(rest)?;
    let rounds = match params.strip_prefix("i=") {
        Some(params) => params.split(',').next()?,
        None => params,
    };
    Some(Imported::new(Scheme::Pbkdf2 { digest, rounds: rounds.parse().ok()? }, base64(salt)?, base64(value)?))
}

fn three(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.split('$');
    let all = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(all)
}
