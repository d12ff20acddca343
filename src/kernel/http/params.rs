//! Parameters of forms and queries, read once and strictly: a name given twice is an error (security case 2), and sizes
//! have bounds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How many parameters a request may have.
const MAX_COUNT: usize = 64;
/// How long one value may be, in bytes.
const MAX_VALUE: usize = 16 * 1024;

/// Why parameters were refused; the text is safe to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// Given more than once.
    #[error("the parameter {0:?} is given more than once")]
    Repeated(String),
    /// Too many or too long.
    #[error("there are too many parameters, or one is too long")]
    TooLarge,
    /// Bytes that are not text.
    #[error("a parameter has bytes that are not text")]
    NotText,
}

/// Parameters by name.
#[derive(Debug, Default, Clone)]
pub struct Params {
    single: BTreeMap<String, String>,
    repeatable: BTreeMap<String, Vec<String>>,
    signed: bool,
}

impl Params {
    /// Reads `application/x-www-form-urlencoded`. Names in `repeatable` may come several times.
    pub fn parse(text: &[u8], repeatable: &[&str]) -> Result<Self, ParamError> {
        match plain(text) {
            Some(text) => Self::collect(pairs(text).map(|(n, v)| (Cow::Borrowed(n), Cow::Borrowed(v))), repeatable),
            None => Self::collect(url::form_urlencoded::parse(text), repeatable),
        }
    }

    /// The same from names and values that came otherwise, such as in a signed object.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>, repeatable: &[&str]) -> Result<Self, ParamError> {
        Self::collect(pairs.into_iter().map(|(n, v)| (Cow::Owned(n), Cow::Owned(v))), repeatable)
    }

    fn collect<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>, repeatable: &[&str]) -> Result<Self, ParamError> {
        let mut out = Self::default();
        for (count, (name, value)) in pairs.enumerate() {
            if count >= MAX_COUNT || value.len() > MAX_VALUE || name.len() > 256 {
                return Err(ParamError::TooLarge);
            }
            if name.contains('\u{fffd}') || value.contains('\u{fffd}') || value.contains('\0') {
                return Err(ParamError::NotText);
            }
            if repeatable.contains(&name.as_ref()) {
                out.repeatable.entry(name.into_owned()).or_default().push(value.into_owned());
                continue;
            }
            match out.single.entry(name.into_owned()) {
                Entry::Vacant(place) => drop(place.insert(value.into_owned())),
                Entry::Occupied(before) => return Err(ParamError::Repeated(before.key().clone())),
            }
        }
        Ok(out)
    }

    /// The same, as those of an object whose signature was checked.
    pub fn signed(self) -> Self {
        Self { signed: true, ..self }
    }

    /// Whether they are of an object whose signature was checked.
    pub fn is_signed(&self) -> bool {
        self.signed
    }

    /// A value; an empty one counts as absent (RFC 6749, section 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.single.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// All values of a repeatable parameter.
    pub fn all(&self, name: &str) -> &[String] {
        self.repeatable.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every single parameter, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.single.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }
}

/// The text where nothing in it is encoded, as is usual where all values are tokens and names. Those are long, so all bytes are
/// looked at, several at once.
fn plain(text: &[u8]) -> Option<&str> {
    let encoded = text.iter().fold(false, |any, b| any | matches!(b, b'%' | b'+'));
    std::str::from_utf8(text).ok().filter(|_| !encoded)
}

/// Its pairs (URL Standard, section 5.1).
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 2
    #[test]
    fn a_parameter_given_twice_is_refused_unless_it_may_repeat() {
        assert_eq!(Params::parse(b"a=1&b=2&a=1", &[]).unwrap_err(), ParamError::Repeated("a".into()));
        assert_eq!(Params::parse(b"a=&a=1", &[]).unwrap_err(), ParamError::Repeated("a".into()));
        let p = Params::parse(b"resource=x&resource=y&a=", &["resource"]).unwrap();
        assert_eq!((p.all("resource").len(), p.get("a"), p.get("resource")), (2, None, None));
    }

    /// case 31
    #[test]
    fn parameters_have_bounds() {
        assert_eq!(Params::parse("a=1&".repeat(65).replace("a=1", "a=").as_bytes(), &["a"]).unwrap_err(), ParamError::TooLarge);
        assert_eq!(Params::parse(format!("a={}", "x".repeat(20_000)).as_bytes(), &[]).unwrap_err(), ParamError::TooLarge);
        assert_eq!(Params::parse(format!("{}=1", "x".repeat(257)).as_bytes(), &[]).unwrap_err(), ParamError::TooLarge);
        assert_eq!(Params::parse(b"a=%ff", &[]).unwrap_err(), ParamError::NotText);
        assert_eq!(Params::parse(b"a=%00", &[]).unwrap_err(), ParamError::NotText);
    }

    proptest::proptest! {
        /// What is not encoded reads alike by either way.
        #[test]
        fn plain_text_reads_as_the_library_reads_it(text in "[a-c=&.\\-\u{e9}\u{0}]{0,40}") {
            let by_library: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
            let here: Vec<_> = pairs(plain(text.as_bytes()).unwrap()).map(|(n, v)| (Cow::Borrowed(n), Cow::Borrowed(v))).collect();
            assert_eq!(here, by_library);
        }
    }
}
