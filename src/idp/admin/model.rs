//! What may be asked for in the administration area, and how a list is asked for. Pure.

use serde::{Deserialize, Serialize};

/// Rows of a page, unless fewer or more are asked for.
pub const PAGE: i64 = 50;
/// Most rows of a page.
pub const MAX_PAGE: i64 = 200;
/// Longest text searched for, in characters.
pub const MAX_SEARCH: usize = 100;

/// Something that doesn't fit: the field, and the key of the text that says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// `admin-wrong-...`.
    pub key: &'static str,
}

impl Fault {
    /// At a field.
    pub const fn at(field: &'static str, key: &'static str) -> Self {
        Self { field, key }
    }
}

/// What a page of a list is asked for with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// Text that is looked for.
    pub q: String,
    /// Where to go on.
    pub cursor: Option<String>,
    /// How many.
    pub limit: Option<i64>,
}

impl Asked {
    /// How many, within bounds.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(PAGE).clamp(1, MAX_PAGE)
    }
}

/// A page of a list, and where it goes on.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Opens the next page; none at the end.
    pub next: Option<String>,
}

/// A name that people read, trimmed: 1 to `most` characters without line breaks.
pub fn name(text: &str, most: usize) -> Option<String> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= most && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

/// A pattern for LIKE (with `ESCAPE '\'`) that finds `folded` anywhere.
pub fn pattern(folded: &str) -> String {
    let mut out = String::from("%");
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_stands_for_itself() {
        assert_eq!(pattern("50%_a\\b"), "%50\\%\\_a\\\\b%");
        assert_eq!(name("  Mila de Boer ", 200).as_deref(), Some("Mila de Boer"));
        assert_eq!(name("a\nb", 200), None);
        assert_eq!(name(" ", 200), None);
        assert_eq!(Asked { limit: Some(10_000), ..Asked::default() }.limit(), MAX_PAGE);
        assert_eq!(Asked { limit: Some(-1), ..Asked::default() }.limit(), 1);
    }
}
