//! The words of Zegel in all its languages: Project Fluent over the files in `locales/`, which are compiled in.
//! Owns loading, lookup and the comparison between languages; knows nothing of pages.

use std::collections::BTreeSet;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::{FluentNumber, FluentNumberOptions};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::format;
use super::lang::Lang;

macro_rules! files {
    ($lang:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../locales/", $lang, "/", $name)))),*]
    };
}

/// The files of a language: name and content.
type Files = &'static [(&'static str, &'static str)];

macro_rules! areas {
    ($lang:literal) => {
        files!(
            $lang: "common.ftl",
            "signin.ftl",
            "account.ftl",
            "admin.ftl",
            "admin_people.ftl",
            "applications.ftl",
            "federation.ftl",
            "lifecycle.ftl",
            "oauth.ftl",
            "consent.ftl",
            "passwords.ftl",
            "setup.ftl",
            "security.ftl",
            "crm.ftl",
            "records.ftl",
            "sharing.ftl",
            "mail.ftl",
            "errors.ftl",
        )
    };
}

const fn files(lang: Lang) -> Files {
    match lang {
        Lang::En => areas!("en"),
        Lang::Nl => areas!("nl"),
        Lang::Pl => areas!("pl"),
        Lang::Tr => areas!("tr"),
    }
}

/// Why the compiled-in texts can't be used. Only a mistake in the source leads here; the program stops at start.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A file doesn't read as Fluent.
    #[error("locales/{lang}/{file}: {detail}")]
    Syntax {
        /// Code of the language.
        lang: &'static str,
        /// Name of the file.
        file: &'static str,
        /// What the parser said first.
        detail: String,
    },
    /// A key stands twice in one language.
    #[error("locales/{lang}/{file}: a key is there twice: {detail}")]
    Twice {
        /// Code of the language.
        lang: &'static str,
        /// Name of the file.
        file: &'static str,
        /// The key.
        detail: String,
    },
    /// The tables for dates or numbers of a language aren't compiled in.
    #[error("no rules for dates and numbers in {0}")]
    Formats(&'static str),
}

/// A value for a placeable: text as it is, or a whole number, which also chooses the plural and is written with
/// the language's separators. Everything else (dates, money) is formatted first and passed as text.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Text that is inserted as it is.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<&&str> for Arg {
    fn from(text: &&str) -> Self {
        Self::Text((*text).to_owned())
    }
}
impl From<&&String> for Arg {
    fn from(text: &&String) -> Self {
        Self::Text((*text).clone())
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&Arg> for Arg {
    fn from(arg: &Arg) -> Self {
        arg.clone()
    }
}
macro_rules! from_number {
    ($($t:ty)*) => { $(
        impl From<$t> for Arg {
            fn from(n: $t) -> Self {
                Self::Number(i64::try_from(n).unwrap_or(i64::MAX))
            }
        }
        impl From<&$t> for Arg {
            fn from(n: &$t) -> Self {
                Self::from(*n)
            }
        }
    )* };
}
from_number!(u8 u16 u32 u64 usize i32 i64);

/// All texts in all languages. Made once at start and shared.
pub struct Texts {
    bundles: [FluentBundle<FluentResource>; 4],
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// Reads the compiled-in files.
    ///
    /// # Errors
    /// When a file isn't good Fluent, a key stands twice, or a language has no rules for dates and numbers.
    pub fn load() -> Result<Arc<Self>, TextError> {
        let [en, nl, pl, tr] = Lang::ALL;
        Ok(Arc::new(Self { bundles: [bundle(en)?, bundle(nl)?, bundle(pl)?, bundle(tr)?] }))
    }

    /// The text of `key` with its placeables filled. A missing key gives `⟦key⟧`; a placeable without a value, or a
    /// text that refers to something missing, gives `⟦key⟧` before the text. The test of all pages fails on either.
    pub fn get(&self, lang: Lang, key: &str, args: &[(&str, Arg)]) -> String {
        let found = self.bundles.get(lang as usize).and_then(|b| Some((b, b.get_message(key)?.value()?)));
        let Some((bundle, pattern)) = found else { return format!("⟦{key}⟧") };
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            values.set(*name, value(arg));
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors);
        if errors.is_empty() { text.into_owned() } else { format!("⟦{key}⟧ {text}") }
    }

    /// Whether `lang` has `key`; for keys that are put together from data (a field's label, a section's name).
    pub fn has(&self, lang: Lang, key: &str) -> bool {
        self.bundles.get(lang as usize).is_some_and(|b| b.has_message(key))
    }

    /// For each language the keys that English has and it lacks, and those that it has and English lacks.
    /// A key counts with its placeables, so that a translation that forgot one shows up too.
    pub fn differences() -> Vec<Difference> {
        let english = keys(Lang::En);
        Lang::ALL
            .into_iter()
            .map(|lang| {
                let own = keys(lang);
                Difference {
                    lang,
                    missing: english.difference(&own).cloned().collect(),
                    extra: own.difference(&english).cloned().collect(),
                }
            })
            .collect()
    }

    /// The keys of English: every key there is.
    pub fn keys() -> BTreeSet<String> {
        keys(Lang::En).into_iter().filter_map(|k| k.split(' ').next().map(str::to_owned)).collect()
    }
}

/// What a language lacks or has too much of, compared to English; `key $placeable ...` each.
#[derive(Debug)]
pub struct Difference {
    /// The language.
    pub lang: Lang,
    /// In English and not here.
    pub missing: Vec<String>,
    /// Here and not in English.
    pub extra: Vec<String>,
}

fn value(arg: &Arg) -> FluentValue<'static> {
    match arg {
        Arg::Text(text) => FluentValue::from(text.clone()),
        #[allow(clippy::cast_precision_loss, reason = "counts on pages are far below 2^53")]
        Arg::Number(n) => FluentValue::Number(FluentNumber::new(*n as f64, FluentNumberOptions::default())),
    }
}

/// Fluent writes numbers by itself without separators, so they are written here instead.
fn write_number(lang: Lang, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(n) => Some(format::number(lang, &n.value.to_string())),
        _ => None,
    }
}

fn bundle(lang: Lang) -> Result<FluentBundle<FluentResource>, TextError> {
    if !format::known(lang) {
        return Err(TextError::Formats(lang.locale()));
    }
    let id: LanguageIdentifier = lang.code().parse().map_err(|_| TextError::Formats(lang.code()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Marks of text direction around placeables only matter where right-to-left text is mixed in, and they end up
    // in copied addresses and in SMS, where they cost characters.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match lang {
        Lang::En => |v, _| write_number(Lang::En, v),
        Lang::Nl => |v, _| write_number(Lang::Nl, v),
        Lang::Pl => |v, _| write_number(Lang::Pl, v),
        Lang::Tr => |v, _| write_number(Lang::Tr, v),
    }));
    for &(file, source) in files(lang) {
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| TextError::Syntax {
            lang: lang.code(),
            file,
            detail: errors.first().map(ToString::to_string).unwrap_or_default(),
        })?;
        bundle.add_resource(resource).map_err(|errors| TextError::Twice {
            lang: lang.code(),
            file,
            detail: errors.first().map(ToString::to_string).unwrap_or_default(),
        })?;
    }
    Ok(bundle)
}

/// Each key of a language followed by the placeables that its text names, read from the source: one message starts
/// at the beginning of a line, what is indented belongs to it.
fn keys(lang: Lang) -> BTreeSet<String> {
    let mut found: Vec<(String, BTreeSet<&str>)> = Vec::new();
    for line in files(lang).iter().flat_map(|(_, source)| source.lines()) {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let rest = match line.split_once('=') {
            Some((key, rest)) if line.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                found.push((key.trim().to_owned(), BTreeSet::new()));
                rest
            }
            _ => line,
        };
        if let Some((_, names)) = found.last_mut() {
            let named = rest.split('$').skip(1);
            names.extend(named.filter_map(|s| s.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next()));
        }
    }
    found.into_iter().map(|(key, names)| names.into_iter().fold(key, |k, n| format!("{k} ${n}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S8
    #[test]
    fn every_language_has_the_same_keys_and_placeables() {
        for d in Texts::differences() {
            assert!(d.missing.is_empty() && d.extra.is_empty(), "{d:#?}");
        }
    }

    /// S8
    #[test]
    fn every_text_fills_with_its_placeables_and_nothing_else_is_needed() {
        let texts = Texts::load().unwrap();
        for lang in Lang::ALL {
            for key in keys(lang) {
                let mut words = key.split(' ');
                let name = words.next().unwrap();
                // Counts choose plurals; all others take text. A number does for both.
                let args: Vec<(&str, Arg)> = words.map(|w| (w.trim_start_matches('$'), Arg::Number(5))).collect();
                let text = texts.get(lang, name, &args);
                assert!(!text.contains('⟦') && !text.contains("{$") && !text.trim().is_empty(), "{lang:?} {key}: {text}");
            }
        }
    }

    #[test]
    fn texts_are_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Texts>();
        shared::<super::super::View>();
    }

    /// S8
    #[test]
    fn a_missing_key_and_a_missing_value_show_in_brackets() {
        let texts = Texts::load().unwrap();
        assert_eq!(texts.get(Lang::Nl, "no-such-key", &[]), "⟦no-such-key⟧");
        assert!(texts.get(Lang::En, "signin-to-open", &[]).starts_with("⟦signin-to-open⟧"));
    }

    /// S8
    #[test]
    fn plurals_follow_each_languages_rules() {
        let texts = Texts::load().unwrap();
        let left = |lang, n: i64| texts.get(lang, "code-tries-left", &[("count", Arg::Number(n))]);
        assert_eq!([left(Lang::En, 1), left(Lang::En, 3)], ["1 try left", "3 tries left"]);
        assert_eq!([left(Lang::Nl, 1), left(Lang::Nl, 3)], ["nog 1 poging", "nog 3 pogingen"]);
        let pl = [left(Lang::Pl, 1), left(Lang::Pl, 3), left(Lang::Pl, 5)];
        assert_eq!(pl, ["pozostała 1 próba", "pozostały 3 próby", "pozostało 5 prób"]);
        assert_eq!(left(Lang::Tr, 3), "3 deneme hakkı kaldı");
    }
}
