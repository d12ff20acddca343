//! Routes as the source writes them: every `.route("path", get(..).post(..))` and `Document::new("path", ..)` outside of tests,
//! with its half.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::tokens::{Token, tokens, without_tests};
use crate::source::{File, sources};

/// The methods that routes here have; whatever else makes a route is refused by [`routes`].
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];
/// Ways to make routes that this reading would not see.
const UNSEEN: &[&str] = &["nest", "nest_service", "route_service", "fallback_service", "on_service"];

/// A route: half, method, path.
pub type Route = (String, String, String);

/// Every route of a half, from all files; and what could not be read.
pub fn all() -> (BTreeSet<Route>, Vec<String>) {
    let files: Vec<_> = sources().into_iter().filter(|f| served(&f.path)).collect();
    let constants = constants(&files);
    let (mut found, mut complaints) = (BTreeSet::new(), Vec::new());
    for file in &files {
        for (line, read) in routes(&file.text, &constants) {
            match read {
                Ok((path, methods)) => found.extend(methods.iter().flat_map(|m| {
                    halves(&file.path, &path).iter().map(|half| ((*half).to_owned(), m.to_uppercase(), path.clone()))
                })),
                Err(why) => complaints.push(format!("{}:{line}: {why}", file.path)),
            }
        }
    }
    (found, complaints)
}

/// Not what stands in for others in tests, nor the stub gateway, the metrics and the demonstration's second application,
/// which listen on ports of their own. What makes the routes of documents is given their paths elsewhere.
fn served(path: &str) -> bool {
    let helper = path.contains("/testing") || path.ends_with("tests.rs") || path.contains("/tests/");
    let others = ["src/dev/gateway.rs", "src/kernel/metrics.rs", "src/kernel/http/documents.rs"];
    !helper && !others.contains(&path) && !path.starts_with("src/demo/accounting/")
}

/// Which halves have what a file makes.
fn halves(file: &str, path: &str) -> &'static [&'static str] {
    match file.split('/').nth(1) {
        Some("idp" | "dev") => &["idp"],
        Some("crm") => &["crm"],
        // What capture mode adds beside the messages.
        Some("app") if path.starts_with("/dev/") => &["idp"],
        _ => &["idp", "crm"],
    }
}

/// Text constants by name.
fn constants(files: &[File]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for file in files {
        let read = tokens(&file.text);
        for (i, token) in read.iter().enumerate() {
            if !token.is_word("const") {
                continue;
            }
            let rest = &read[i + 1..];
            let equals = rest.iter().take(6).position(|t| t.is('='));
            if let (Some(name), Some(text)) = (rest[0].word(), equals.and_then(|e| rest.get(e + 1)).and_then(Token::text)) {
                out.insert(name.to_owned(), text.to_owned());
            }
        }
    }
    out
}

type Read = Result<(String, Vec<String>), String>;

/// The routes of one file, each with its line.
pub fn routes(text: &str, constants: &BTreeMap<String, String>) -> Vec<(usize, Read)> {
    let read = without_tests(&tokens(text));
    let mut out = Vec::new();
    for i in 1..read.len() {
        let path = i > 2 && read[i - 3].is_word("Document") && read[i - 2].is(':') && read[i - 1].is(':');
        if path && read[i].is_word("new") {
            let path = read.get(i + 2).and_then(Token::text).ok_or("the path of a document is no text".to_owned());
            out.push((read[i].line, path.map(|p| (p.to_owned(), vec!["get".to_owned()]))));
            continue;
        }
        let called = read[i - 1].is('.') && read.get(i + 1).is_some_and(|t| t.is('('));
        let Some(word) = read[i].word().filter(|_| called) else { continue };
        if UNSEEN.contains(&word) {
            out.push((read[i].line, Err(format!(".{word} makes routes that the table can't see; use .route"))));
        } else if word == "route" {
            out.push((read[i].line, arguments(&read[i + 2..], constants)));
        }
    }
    out
}

/// Path and methods of what stands between the parentheses of `.route(`.
fn arguments(read: &[Token], constants: &BTreeMap<String, String>) -> Read {
    let path = match (read[0].text(), read[0].word()) {
        (Some(text), _) => text.to_owned(),
        (_, Some(name)) => constants.get(name).cloned().ok_or_else(|| format!("{name} is no constant with a path"))?,
        _ => return Err("the path is neither a text nor a constant".into()),
    };
    let (mut depth, mut methods) = (1, Vec::new());
    for (i, token) in read.iter().enumerate() {
        let opens = ['(', '[', '{'].iter().any(|m| token.is(*m));
        depth += i32::from(opens) - i32::from([')', ']', '}'].iter().any(|m| token.is(*m)));
        if depth == 0 {
            break;
        }
        let calls = read.get(i + 1).is_some_and(|t| t.is('('));
        if let Some(word) = token.word().filter(|_| depth == 1 && calls) {
            if !METHODS.contains(&word) {
                return Err(format!("{path}: {word}(..) is no method that this test knows"));
            }
            methods.push(word.to_owned());
        }
    }
    if methods.is_empty() { Err(format!("{path}: has no method")) } else { Ok((path, methods)) }
}

#[test]
fn routes_are_read_as_they_are_written() {
    let constants = BTreeMap::from([("HERE".to_owned(), "/here".to_owned())]);
    let read = |text: &str| routes(text, &constants).into_iter().map(|(_, r)| r).collect::<Vec<_>>();
    let route = |path: &str, methods: &[&str]| Ok((path.to_owned(), methods.iter().map(|m| (*m).to_owned()).collect()));
    assert_eq!(
        read("r.route(\"/a/{b}\", get(f).post(g)).route(HERE, axum::routing::put(h))"),
        [route("/a/{b}", &["get", "post"]), route("/here", &["put"])]
    );
    assert_eq!(read("r.route(\"/a\", get(|| async { x.get(1); post(2) }))"), [route("/a", &["get"])]);
    assert_eq!(read("vec![Document::new(\"/a\", f), Other::new(\"/b\")]"), [route("/a", &["get"])]);
    assert!(read("Document::new(HERE, f)")[0].is_err());
    assert!(read("r.route(\"/a\", any(f))")[0].is_err());
    assert!(read("r.route(\"/a\", f)")[0].is_err());
    assert!(read("r.route(THERE, get(f))")[0].is_err());
    assert!(read("r.nest(\"/a\", other)")[0].is_err());
    assert!(read("#[cfg(test)] mod t { fn f() { r.route(\"/a\", get(f)) } }").is_empty());
}
