//! Every text of the pages is used by something: what nobody reads nobody corrects.

use std::collections::BTreeSet;

use super::tokens::{tokens, without_tests};
use super::{File, files, none, sources};

/// The words of a text that could be keys.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .filter(|w| w.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Keys at the beginnings of lines.
fn keys(file: &File) -> Vec<&str> {
    let key = |line: &'_ str| {
        line.split_once(" =").map(|(key, _)| key.len()).filter(|n| words(line).next().is_some_and(|w| w.len() == *n))
    };
    file.text.lines().filter_map(|line| key(line).map(|n| &line[..n])).collect()
}

/// Texts that are named nowhere: neither whole, nor by a beginning that is completed (`error-{key}`, `{key}-title`).
fn unused(texts: &[File], named: &BTreeSet<String>) -> Vec<String> {
    let stems: Vec<&str> = named.iter().filter(|w| w.ends_with('-')).map(String::as_str).collect();
    let is_used = |key: &str| {
        let begun = key.match_indices('-').skip(1).any(|(n, _)| named.contains(&key[..n]));
        named.contains(key) || begun || stems.iter().any(|stem| key.starts_with(stem))
    };
    let left = texts.iter().flat_map(|f| keys(f).into_iter().map(move |key| (f, key))).filter(|(_, key)| !is_used(key));
    left.map(|(f, key)| format!("{}: nothing uses {key}", f.path)).collect()
}

fn named() -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for file in sources() {
        for token in without_tests(&tokens(&file.text)) {
            named.extend(token.text().into_iter().flat_map(|t| words(t).map(str::to_owned).collect::<Vec<_>>()));
        }
    }
    for file in files("templates").iter().chain(&files("assets")) {
        named.extend(words(&file.text).map(str::to_owned));
    }
    // Texts that are part of others.
    for file in files("locales/en") {
        named.extend(file.text.split('{').skip(1).filter_map(|after| words(after).next()).map(str::to_owned));
    }
    named
}

#[test]
fn every_text_is_used() {
    let texts = files("locales/en");
    assert!(texts.iter().map(|f| keys(f).len()).sum::<usize>() > 500, "the texts are found");
    none(unused(&texts, &named()));
}

#[test]
fn the_rule_about_texts_bites() {
    let texts = [File::sample(
        "locales/en/a.ftl",
        "# used\nhome-title = Home\nerror-lost = Lost\nsaved-now-text =\n    Saved\nleft-over = Left\n",
    )];
    let named = ["home-title", "error-", "saved-now"].map(str::to_owned).into();
    assert_eq!(unused(&texts, &named), ["locales/en/a.ftl: nothing uses left-over"]);
}
