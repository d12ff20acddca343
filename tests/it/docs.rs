//! The pages that are made by the program are as it makes them, and what the others name exists.

use std::collections::BTreeSet;
use std::path::Path;

use zegel::cli::{Page, page};

use crate::source::{File, files, none};

/// Pages for people at the top and below `docs`.
fn pages() -> Vec<File> {
    let top = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"];
    let all: Vec<_> = files("")
        .into_iter()
        .filter(|f| top.contains(&&*f.path) || f.path.starts_with("docs/") && f.path.ends_with(".md"))
        .collect();
    assert!(top.iter().all(|t| all.iter().any(|f| f.path == *t)), "README, ARCHITECTURE and CHANGELOG are there");
    all
}

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

fn exists(path: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()
}

/// The text without blocks between fences, which show other people's files and paths.
fn prose(text: &str) -> String {
    let mut inside = false;
    let keep = |line: &&str| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    };
    text.lines().filter(keep).fold(String::new(), |all, line| all + line + "\n")
}

/// A path that leads from a page's folder to a file, as one from the top: `docs/adr/x.md` and `../a.md` is `docs/a.md`.
fn from_top(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The targets of links and pictures.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

/// The heading of a page as its anchor.
fn anchors(text: &str) -> Vec<String> {
    let letters = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    prose(text)
        .lines()
        .filter(|l| l.starts_with('#'))
        .map(|l| l.trim_start_matches('#').trim().chars().filter_map(letters).collect())
        .collect()
}

/// Links and pictures that lead nowhere.
fn dead_links(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    let read = prose(&file.text);
    for link in links(&read).into_iter().filter(|l| !l.contains("://") && !l.starts_with("mailto:")) {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let target = if path.is_empty() { file.path.clone() } else { from_top(&file.path, path) };
        let there = path.is_empty() || exists(&target);
        let found = if target == file.path { file.text.clone() } else { text(&target) };
        if !there || !anchor.is_empty() && !anchors(&found).iter().any(|a| a == anchor) {
            complaints.push(format!("{}: links to {link}, which is not there", file.path));
        }
    }
    complaints
}

/// Paths of this project in code marks that don't exist: `src/idp/mod.rs`, `tests/it/{a,b}.rs`, `docs/*`.
fn dead_paths(file: &File) -> Vec<String> {
    let tops =
        ["src/", "tests/", "docs/", "scripts/", "presets/", "migrations/", "templates/", "locales/", "examples/", "benches/"];
    let read = prose(&file.text);
    let marked = read.split('`').skip(1).step_by(2).flat_map(str::split_whitespace);
    let named = marked.filter(|p| tops.iter().any(|t| p.starts_with(t)) && !p.contains(['<', '*']));
    let spread = named.flat_map(braces).map(|p| p.trim_end_matches(['.', ',', ';']).to_owned());
    spread.filter(|p| !exists(p)).map(|p| format!("{}: names {p}, which is not there", file.path)).collect()
}

/// `a/{b,c}.rs` as `a/b.rs` and `a/c.rs`.
fn braces(path: &str) -> Vec<String> {
    match path.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(inner, after)| (before, inner, after))) {
        Some((before, inner, after)) => inner.split(',').map(|i| format!("{before}{}{after}", i.trim())).collect(),
        None => vec![path.to_owned()],
    }
}

#[track_caller]
fn is_as_made(path: &str, made: Page, command: &str) {
    let (there, made) = (text(path), page(made).expect("the program makes this page"));
    assert!(there.trim_end() == made.trim_end(), "{path} is not what the program makes now; run: {command}");
}

#[test]
fn the_reference_of_settings_is_as_the_program_makes_it() {
    is_as_made("docs/configuration.md", Page::Configuration, "cargo run -- docs configuration > docs/configuration.md");
}

#[test]
fn the_reference_of_errors_is_as_the_program_makes_it() {
    is_as_made("docs/errors.md", Page::Errors, "cargo run -- docs errors > docs/errors.md");
}

/// S5: what an administrator can do by the API is in its description, each method of each path, and nothing else.
#[test]
fn every_route_of_the_administration_is_described() {
    let described = serde_json::to_value(zegel::idp::api_doc::openapi()).expect("the description is JSON");
    let methods = |(path, item): (&String, &serde_json::Value)| {
        let item = item.as_object().expect("a path item");
        let methods = item.keys().filter(|k| ["get", "post", "put", "patch", "delete"].contains(&k.as_str()));
        methods.map(|m| format!("{} {path}", m.to_uppercase())).collect::<Vec<_>>()
    };
    let paths = described["paths"].as_object().expect("paths");
    let described: BTreeSet<String> = paths.iter().filter(|(p, _)| p.starts_with("/api/admin")).flat_map(methods).collect();
    let table = text("tests/it/routes/table.txt");
    let words = table.lines().map(|l| l.split_whitespace().take(3).collect::<Vec<_>>());
    let there = words.filter(|w| w.first() == Some(&"idp") && w.get(2).is_some_and(|p| p.starts_with("/api/admin")));
    let there: BTreeSet<String> = there.map(|w| format!("{} {}", w[1], w[2])).collect();
    assert!(there.len() > 20);
    none(there.symmetric_difference(&described).map(|r| format!("{r}: described or routed, not both")).collect());
}

/// What the list of specifications names as a switch is one: a setting, or a member of a registration.
#[test]
fn every_switch_of_a_specification_exists() {
    let page = text("docs/standards.md");
    let settings: BTreeSet<&str> = zegel::config::DESCRIBED.iter().map(|d| d.key).collect();
    let (mut complaints, mut rows) = (Vec::new(), 0);
    for line in page.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| specification")) {
        rows += 1;
        let switch = line.split('|').nth(2).unwrap_or_default();
        let named = switch.split('`').skip(1).step_by(2);
        // Values, parameters of requests and commands stand there too; a name with an underscore is a switch.
        let names = named
            .filter(|n| n.contains('_') && !["response_mode", "authorization_code", "acr_values", "max_age", "_enc"].contains(n));
        let known = |n: &str| settings.contains(n) || zegel::idp::clients::Metadata::NAMES.contains(&n) || n == "offline_access";
        complaints.extend(names.filter(|n| !known(n)).map(|n| format!("docs/standards.md: there is no switch {n}")));
    }
    assert!(rows > 35, "{rows} specifications");
    none(complaints);
}

#[test]
fn every_link_leads_somewhere() {
    none(pages().iter().flat_map(dead_links).collect());
}

#[test]
fn every_path_that_is_named_exists() {
    none(pages().iter().flat_map(dead_paths).collect());
}

/// Invariants name the test that keeps them, as `a_test_by_this_name`.
#[test]
fn every_test_that_the_architecture_names_exists() {
    let sources: String = ["src", "tests/it"].iter().flat_map(|f| files(f)).map(|f| f.text).collect();
    let read = prose(&text("ARCHITECTURE.md"));
    let marked = read.split('`').skip(1).step_by(2);
    let is_name =
        |m: &&str| m.matches('_').count() >= 3 && m.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let names: Vec<_> = marked.filter(is_name).collect();
    assert!(names.len() > 5, "invariants name their tests");
    none(names.iter().filter(|n| !sources.contains(&format!("fn {n}("))).map(|n| format!("there is no test {n}")).collect());
}

#[test]
fn the_architecture_fits_on_two_pages() {
    let lines = text("ARCHITECTURE.md").lines().count();
    assert!((20..=130).contains(&lines), "ARCHITECTURE.md has {lines} lines");
}

#[test]
fn every_decision_is_numbered_once_and_has_its_three_parts() {
    let pages: Vec<_> = files("docs/adr").into_iter().filter(|f| !f.path.ends_with("README.md")).collect();
    let mut complaints = Vec::new();
    let mut before = String::new();
    for file in &pages {
        let number: String = file.path.trim_start_matches("docs/adr/").chars().take(4).collect();
        let is_number = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()) && number > before;
        let named = is_number && file.text.starts_with(&format!("# {number}. "));
        before.clone_from(&number);
        let parts = ["\n## Context\n", "\n## Decision\n", "\n## Consequences\n"].iter().all(|p| file.text.contains(p));
        if !named || !parts {
            complaints
                .push(format!("{}: a number of its own in name and heading, with context, decision and consequences", file.path));
        }
    }
    none(complaints);
}

#[test]
fn the_rules_about_pages_bite() {
    let page = |text: &str| File::sample("docs/x.md", text);
    assert!(dead_links(&page("see [a](nothing.md)")).len() == 1);
    assert!(dead_links(&page("![a](tour/nothing.png)")).len() == 1);
    assert!(dead_links(&page("# One two\n[a](#three)")).len() == 1);
    none(dead_links(&page("# One, two\n[a](#one-two) [b](../README.md) [c](https://example.com/x)\n```\n[d](nothing)\n```\n")));
    assert!(dead_paths(&page("in `src/nothing.rs`")).len() == 1);
    assert!(dead_paths(&page("in `src/idp/{mod,nothing}.rs`")).len() == 1);
    none(dead_paths(&page("in `src/idp/{mod,sweep}.rs`, `src/lib.rs` and `migrations/<half>/x`")));
}
