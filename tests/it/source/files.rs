//! Rules about files of any kind: sizes, what a page may carry, words that have no place in the project.

use super::{File, files, none};

/// A file over this many lines fails. Aim for under 400.
const LINES: usize = 600;

/// Names of the machine that something was written on, and of package registries: the ordinary clients know theirs.
const WORDS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npm", "js"),
    concat!("proxy.gol", "ang"),
    concat!("pypi", ".org"),
    concat!("repo1.mav", "en"),
    concat!("deb.deb", "ian.org"),
];

fn too_long(file: &File) -> Vec<String> {
    let written = [".rs", ".mjs", ".js", ".css", ".html", ".sql", ".ftl"].iter().any(|e| file.path.ends_with(e));
    let lines = file.text.lines().count();
    if (written || file.path.starts_with("scripts/")) && lines > LINES {
        vec![format!("{}: has {lines} lines, more than {LINES}", file.path)]
    } else {
        Vec::new()
    }
}

fn forbidden_words(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    for (n, line) in file.text.lines().enumerate() {
        complaints.extend(WORDS.iter().filter(|w| line.contains(*w)).map(|w| format!("{}:{}: says {w}", file.path, n + 1)));
    }
    complaints
}

/// What the Content-Security-Policy would refuse anyway, and a page must therefore not rely on: inline style, inline
/// script, event attributes, `javascript:` addresses.
fn inline(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    let text = without_expressions(&file.text);
    for (at, _) in text.match_indices('<') {
        let tag = &text[at + 1..end_of_tag(&text, at)];
        let line = text[..at].matches('\n').count() + 1;
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_lowercase();
        let attributes = attributes(tag.get(name.len()..).unwrap_or(""));
        let mut complain = |what: &str| complaints.push(format!("{}:{line}: {what} in <{name}>", file.path));
        if name == "style" {
            complain("inline style");
        }
        if name == "script" && !attributes.iter().any(|(a, _)| a == "src") {
            complain("a script without src");
        }
        for (attribute, value) in &attributes {
            let event = attribute.strip_prefix("on").is_some_and(|e| !e.is_empty() && e.chars().all(|c| c.is_ascii_alphabetic()));
            if attribute == "style" || event || value.trim_start().to_lowercase().starts_with("javascript:") {
                complain(&format!("attribute {attribute}"));
            }
        }
    }
    complaints
}

/// The text with everything of the template language blanked, so that its `<`, `>` and quotes do not count.
fn without_expressions(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, close)) =
        [("{{", "}}"), ("{%", "%}"), ("{#", "#}")].iter().filter_map(|(open, close)| Some((rest.find(open)?, *close))).min()
    {
        let end = rest[at..].find(close).map_or(rest.len(), |n| at + n + close.len());
        out.push_str(&rest[..at]);
        // A value stays one, so that an attribute keeps its form.
        out.push('_');
        out.extend(rest[at..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    out + rest
}

fn end_of_tag(text: &str, at: usize) -> usize {
    let mut quote = None;
    for (n, c) in text[at..].char_indices() {
        match (quote, c) {
            (None, '>') => return at + n,
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Names in lower case, with their values.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = tag.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (begin, found) = match quote {
                Some(q) => (1, after[1..].find(q).map(|n| n + 1)),
                None => (0, after.find(char::is_whitespace)),
            };
            let end = found.unwrap_or(after.len());
            value = after[begin..end].to_owned();
            rest = &after[(end + begin).min(after.len())..];
        } else if name.is_empty() {
            break;
        }
        out.push((name, value));
        rest = rest.trim_start();
    }
    out
}

#[test]
fn no_file_is_too_long() {
    none(files("").iter().flat_map(too_long).collect());
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    none(files("").iter().flat_map(forbidden_words).collect());
}

#[test]
fn pages_carry_no_inline_code() {
    none(files("templates").iter().filter(|f| f.path.ends_with(".html")).flat_map(inline).collect());
}

#[test]
fn the_rules_about_files_bite() {
    assert!(!too_long(&File::sample("src/a.rs", &"x\n".repeat(LINES + 1))).is_empty());
    assert!(too_long(&File::sample("src/a.rs", &"x\n".repeat(LINES))).is_empty());
    for word in WORDS {
        assert!(!forbidden_words(&File::sample("README.md", &format!("see {word}x"))).is_empty());
    }
    for bad in [
        "<p style=\"color:red\">",
        "<p class=\"{% if a > b %}x{% endif %}\" STYLE='a'>",
        "<script>alert(1)</script>",
        "<script type=\"module\">",
        "<button id=\"a\" onclick=\"f()\">",
        "<body\n  onload = f()>",
        "<style>p{}</style>",
        "<a href=\"javascript:f()\">",
        "<input value=\"a>b\" onchange=x>",
    ] {
        assert!(!inline(&File::sample("templates/a.html", bad)).is_empty(), "lets pass: {bad}");
    }
    for fine in [
        "<script type=\"module\" src=\"/assets/a.js?v={{ hash }}\"></script>",
        "<p class=\"style\">on=1 style=2 {{ x(\"<p style='a'>\") }}</p>",
        "<input name=\"one\" data-on=\"x\" value=\"{% if a %}b{% endif %}\" required>",
        "{# <p onclick=\"x\"> #}<br/>",
    ] {
        none(inline(&File::sample("templates/a.html", fine)));
    }
}
