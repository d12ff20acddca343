//! How a setting's value is read from text. Owns the plain shapes; an address is one of `address`. Does not own which
//! setting has which shape.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::contract::Assurance;

/// How a type is read from text.
pub(super) trait FromText: Sized {
    const SHAPE: &'static str;
    const SECRET: bool = false;
    fn from_text(text: &str) -> Result<Self, String>;
}

macro_rules! from_str {
    ($($t:ty => $shape:literal),* $(,)?) => {$(
        impl FromText for $t {
            const SHAPE: &'static str = $shape;
            fn from_text(text: &str) -> Result<Self, String> { text.parse().map_err(|e| format!("expected {}: {e}", $shape)) }
        }
    )*};
}
from_str!(bool => "true or false", u16 => "a number", u32 => "a number", u64 => "a number", SocketAddr => "address:port", PathBuf => "a path");

impl FromText for String {
    const SHAPE: &'static str = "text";
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}
impl FromText for SecretString {
    const SHAPE: &'static str = "a secret";
    const SECRET: bool = true;
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }
}
impl<T: FromText> FromText for Option<T> {
    const SHAPE: &'static str = T::SHAPE;
    const SECRET: bool = T::SECRET;
    fn from_text(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::from_text(text).map(Some) }
    }
}

impl FromText for Assurance {
    const SHAPE: &'static str = "password-mail, password-sms, password-app or passkey";
    fn from_text(text: &str) -> Result<Self, String> {
        let known = Self::TWO_FACTORS.into_iter().find(|a| a.acr().rsplit(':').next() == Some(text));
        known.ok_or_else(|| format!("expected {}", Self::SHAPE))
    }
}
