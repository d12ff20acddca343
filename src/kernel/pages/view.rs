//! What every page knows: its language, the time and zone it is written for, and whose it is. Owns no state.

use std::sync::Arc;

use askama::filters::Safe;

use super::lang::{Lang, Theme};
use super::texts::{Arg, Texts};
use super::{assets, format};
use crate::kernel::clock::Timestamp;

/// Handed to each page as its field `view`; the layouts and parts use it under that name.
#[derive(Clone, Debug)]
pub struct View {
    /// Language of the page.
    pub lang: Lang,
    /// Light or dark, by the visitor's cookie.
    pub theme: Theme,
    /// All texts.
    pub texts: Arc<Texts>,
    /// The moment the page is made for.
    pub now: Timestamp,
    /// The zone that times are written in.
    pub zone: jiff::tz::TimeZone,
    /// Path that the half is served under, without a slash at the end; empty at the root.
    pub base: String,
    /// Path and query of the page, for coming back after a change of language or theme.
    pub path: String,
    /// Name of the organisation, above every page.
    pub organisation: String,
    /// Display name of the person who is signed in.
    pub user: Option<String>,
    /// Where that person's account and applications are: the provider, where a page stands elsewhere; empty at the provider itself.
    pub provider: String,
    /// Whether that person doesn't work here: the record store's pages then are a portal's.
    pub external: bool,
    /// Whether this is a demo or test installation (capture mode).
    pub dev: bool,
}

/// A link to the same page in another language or theme.
#[derive(Clone, Debug)]
pub struct Switch {
    /// The code, for `lang` and `hreflang`.
    pub code: &'static str,
    /// What it is called.
    pub name: String,
    /// Icon beside the name; empty for a language.
    pub icon: &'static str,
    /// Where it goes.
    pub href: String,
    /// Whether it is in force.
    pub current: bool,
}

impl View {
    /// A view in UTC, for nobody, at the root; the request's own values are set on the fields.
    pub fn new(texts: Arc<Texts>, lang: Lang, now: Timestamp) -> Self {
        Self {
            lang,
            theme: Theme::Auto,
            texts,
            now,
            zone: jiff::tz::TimeZone::UTC,
            base: String::new(),
            path: "/".to_owned(),
            organisation: String::new(),
            user: None,
            provider: String::new(),
            external: false,
            dev: false,
        }
    }

    /// The text of `key`.
    pub fn t(&self, key: &str) -> String {
        self.texts.get(self.lang, key, &[])
    }
    /// The text of `key` with one placeable.
    pub fn t1(&self, key: &str, name: &str, value: impl Into<Arg>) -> String {
        self.texts.get(self.lang, key, &[(name, value.into())])
    }
    /// The text of `key` with two placeables.
    pub fn t2(&self, key: &str, n1: &str, v1: impl Into<Arg>, n2: &str, v2: impl Into<Arg>) -> String {
        self.texts.get(self.lang, key, &[(n1, v1.into()), (n2, v2.into())])
    }
    /// The text of `key` with any number of placeables.
    pub fn tn(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.texts.get(self.lang, key, args)
    }
    /// Whether there is such a text; for keys that are put together from data.
    pub fn has(&self, key: &str) -> bool {
        self.texts.has(self.lang, key)
    }

    /// The day, in full: `22 November 2026`.
    pub fn date(&self, at: impl Into<Timestamp>) -> String {
        format::moment(self.lang, &self.zone, at.into(), format::Form::Long)
    }
    /// The day, for tables: `22 Nov 2026`.
    pub fn date_short(&self, at: impl Into<Timestamp>) -> String {
        format::moment(self.lang, &self.zone, at.into(), format::Form::Short)
    }
    /// Weekday and day without the year: `Sunday 22 November`.
    pub fn weekday(&self, at: impl Into<Timestamp>) -> String {
        format::moment(self.lang, &self.zone, at.into(), format::Form::Day)
    }
    /// Day and time: `22 Nov 2026, 14:03`.
    pub fn date_time(&self, at: impl Into<Timestamp>) -> String {
        format::moment(self.lang, &self.zone, at.into(), format::Form::DateTime)
    }
    /// The time: `14:03`.
    pub fn time(&self, at: impl Into<Timestamp>) -> String {
        format::moment(self.lang, &self.zone, at.into(), format::Form::Time)
    }
    /// The moment in RFC 3339, for the `datetime` attribute and for scripts.
    pub fn machine(&self, at: impl Into<Timestamp>) -> String {
        at.into().rfc3339()
    }
    /// A day that has no time and so no zone, as a date field has it.
    pub fn civil_date(&self, date: jiff::civil::Date) -> String {
        format::civil_date(self.lang, date)
    }
    /// A number, given as a number or as plain digits (`1234.50`), with the language's separators.
    pub fn number(&self, plain: impl std::fmt::Display) -> String {
        format::number(self.lang, &plain.to_string())
    }

    /// An icon from the sprite, hidden from screen readers: it always stands beside words.
    pub fn icon(&self, name: &str) -> Safe<String> {
        // Names come from the source, but a name put together from data must not break out of the attribute.
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let sprite = self.asset("icons.svg");
        Safe(format!(
            r##"<svg class="icon icon-{name}" aria-hidden="true" focusable="false"><use href="{sprite}#{name}"></use></svg>"##
        ))
    }
    /// The address of an embedded file, with the digest of its content, so that it can be cached for ever.
    pub fn asset(&self, name: &str) -> Safe<String> {
        Safe(format!("{}/assets/{name}?v={}", self.base, assets::version(name)))
    }

    /// The same page in each language.
    pub fn languages(&self) -> Vec<Switch> {
        let to = self.back();
        let switch = |l: Lang| Switch {
            code: l.code(),
            name: l.name().to_owned(),
            icon: "",
            href: format!("{}/lang/{}?to={to}", self.base, l.code()),
            current: l == self.lang,
        };
        Lang::ALL.into_iter().map(switch).collect()
    }
    /// The same page light, dark, or as the device prefers.
    pub fn themes(&self) -> Vec<Switch> {
        let to = self.back();
        let switch = |t: Theme| Switch {
            code: t.code(),
            name: self.t(match t {
                Theme::Auto => "theme-auto",
                Theme::Light => "theme-light",
                Theme::Dark => "theme-dark",
            }),
            icon: match t {
                Theme::Auto => "monitor",
                Theme::Light => "sun",
                Theme::Dark => "moon",
            },
            href: format!("{}/theme/{}?to={to}", self.base, t.code()),
            current: t == self.theme,
        };
        [Theme::Auto, Theme::Light, Theme::Dark].into_iter().map(switch).collect()
    }
    fn back(&self) -> String {
        url::form_urlencoded::byte_serialize(self.path.as_bytes()).collect()
    }

    /// Greets by the time of day and the first name.
    pub fn greeting(&self, name: &str) -> String {
        let key = match self.now.to_jiff().to_zoned(self.zone.clone()).hour() {
            0..5 => "hello-night",
            5..12 => "hello-morning",
            12..18 => "hello-afternoon",
            _ => "hello-evening",
        };
        self.t1(key, "name", name.split_whitespace().next().unwrap_or(name))
    }

    /// Up to two letters of the signed-in person's name.
    pub fn initials(&self) -> String {
        let name = self.user.as_deref().unwrap_or_default();
        let mut words = name.split_whitespace().filter_map(|w| w.chars().next());
        let (first, last) = (words.next(), words.next_back());
        first.into_iter().chain(last).flat_map(char::to_uppercase).take(3).collect()
    }
}

// Templates hand over references, and references to those inside of loops.
impl From<&&Timestamp> for Timestamp {
    fn from(at: &&Timestamp) -> Self {
        **at
    }
}
impl From<&Timestamp> for Timestamp {
    fn from(at: &Timestamp) -> Self {
        *at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_greeted_by_the_hour_where_they_are_and_by_their_first_name() {
        let texts = Texts::load().unwrap();
        let mut view = View::new(texts, Lang::En, Timestamp(0));
        view.zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
        // Midnight in Amsterdam, on 22 November 2026.
        let midnight = 1_795_302_000_000;
        let at = |hour: i64| {
            view.now = Timestamp(midnight + hour * 3_600_000);
            view.greeting("Mila de Boer")
        };
        let hours = [0, 4, 5, 11, 12, 17, 18, 23].map(at);
        let words = [
            "Hello",
            "Hello",
            "Good morning",
            "Good morning",
            "Good afternoon",
            "Good afternoon",
            "Good evening",
            "Good evening",
        ];
        assert_eq!(hours, words.map(|w| format!("{w}, Mila")));
    }
}
