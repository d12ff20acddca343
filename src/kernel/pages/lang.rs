//! The languages that people read Zegel in, and how one of them is chosen. Owns the codes and the choice; the words
//! themselves are in `locales/`.

use serde::{Deserialize, Serialize};

/// A language of pages, mails and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English, with British dates and the 24-hour clock.
    #[default]
    En,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Turkish.
    Tr,
}

impl Lang {
    /// All of them, in the order in which pages offer them.
    pub const ALL: [Self; 4] = [Self::En, Self::Nl, Self::Pl, Self::Tr];

    /// The BCP 47 code, as in the `lang` attribute, the cookie and the columns of the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Nl => "nl",
            Self::Pl => "pl",
            Self::Tr => "tr",
        }
    }

    /// The language's own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Nl => "Nederlands",
            Self::Pl => "Polski",
            Self::Tr => "Türkçe",
        }
    }

    /// The locale whose rules for dates and numbers are followed.
    pub const fn locale(self) -> &'static str {
        match self {
            Self::En => "en-GB",
            Self::Nl => "nl-NL",
            Self::Pl => "pl-PL",
            Self::Tr => "tr-TR",
        }
    }

    /// The language that a tag such as `nl`, `nl-BE` or `PL` names; nothing for one that Zegel doesn't speak.
    pub fn from_code(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|l| l.code().eq_ignore_ascii_case(primary))
    }

    /// The language for a visitor: his own choice (cookie), else the first spoken one by the weights of
    /// `Accept-Language` (RFC 9110, section 12.5.4), else English.
    pub fn negotiate(cookie: Option<&str>, accept_language: Option<&str>) -> Self {
        if let Some(chosen) = cookie.and_then(Self::from_code) {
            return chosen;
        }
        let mut best: Option<(f32, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',').take(32) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
            if let Some(lang) = Self::from_code(tag)
                && weight > 0.0
                && best.is_none_or(|(w, _)| weight > w)
            {
                best = Some((weight, lang));
            }
        }
        best.map_or_else(Self::default, |(_, lang)| lang)
    }
}

/// Light or dark, as the visitor chose; kept in a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// What the device prefers.
    #[default]
    Auto,
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
}

impl Theme {
    /// The value of the cookie and of the `data-theme` attribute.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    /// The theme of a cookie; anything unknown is what the device prefers.
    pub fn from_code(code: &str) -> Self {
        match code {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S8
    #[test]
    fn the_visitors_own_choice_comes_before_the_browsers() {
        assert_eq!(Lang::negotiate(Some("tr"), Some("nl,en;q=0.5")), Lang::Tr);
        assert_eq!(Lang::negotiate(Some("xx"), Some("nl,en;q=0.5")), Lang::Nl);
    }

    /// S8
    #[test]
    fn the_heaviest_spoken_language_wins_and_bad_headers_give_english() {
        assert_eq!(Lang::negotiate(None, Some("de, pl-PL;q=0.8, tr;q=0.9")), Lang::Tr);
        assert_eq!(Lang::negotiate(None, Some("nl;q=0, en;q=0.1")), Lang::En);
        assert_eq!(Lang::negotiate(None, Some(";;,q=x,\u{0}")), Lang::En);
        assert_eq!(Lang::negotiate(None, None), Lang::En);
    }
}
