//! Reading JSON that decides something: an object whose members each occur once, and members of exactly the right type.
//! Owns no knowledge of any claim.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::JoseError;

/// 9999-12-31T23:59:59Z, the last moment that other programs can be expected to understand.
const LAST_DATE: i64 = 253_402_300_799;

struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
                let mut map = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if map.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member occurs twice"));
                    }
                }
                Ok(Object(map))
            }
        }
        d.deserialize_map(Once)
    }
}

/// A JSON object whose own members each occur once (RFC 7515, section 4 and RFC 7519, section 4 leave it to us: two
/// programs that take a different one of the two would believe different things).
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, JoseError> {
    serde_json::from_slice::<Object>(bytes)
        .map(|o| o.0)
        .map_err(|_| JoseError::Malformed("not a JSON object with each member once"))
}

/// A `NumericDate` in whole seconds, rounded down (RFC 7519, section 2): a number, never text.
pub fn date(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, JoseError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = match value {
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => i,
            #[allow(clippy::cast_possible_truncation, reason = "the cast saturates, and what is out of range is refused below")]
            (None, Some(f)) if f.is_finite() => f.floor() as i64,
            _ => return Err(JoseError::Claim(name)),
        },
        _ => return Err(JoseError::Claim(name)),
    };
    if (0..=LAST_DATE).contains(&seconds) { Ok(Some(seconds)) } else { Err(JoseError::Claim(name)) }
}

/// A member that is text.
pub(super) fn text<'a>(map: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, JoseError> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::String(s)) => Ok(Some(s)),
        Some(_) => Err(JoseError::Claim(name)),
    }
}
