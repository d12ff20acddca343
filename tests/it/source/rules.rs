//! Rules about Rust source: the wall, directions, where time and configuration come from, how a module begins.

use super::tokens::{Token, own_paths, tokens, without_tests};
use super::{File, none, sources};

/// Files that may ask the machine for the time, each for its reason.
const CLOCKS: &[&str] = &[
    // The one source of time.
    "src/kernel/clock.rs",
    // How long a request took, for the log; nothing is decided by it.
    "src/kernel/http/shell.rs",
    // How long a connection was not used: the server and the network go by the machine's time, whatever the program's is.
    "src/kernel/db/postgres/connections.rs",
];

/// Where the environment may be read.
const ENVIRONMENT: &[&str] = &["src/cli/", "src/main.rs"];

/// Whether `path` is one of `places`; a place that ends in a slash stands for all below it.
fn within(path: &str, places: &[&str]) -> bool {
    places.iter().any(|p| path == *p || (p.ends_with('/') && path.starts_with(p)))
}

/// The names of a file's module, from the crate down: `src/idp/people/flow.rs` is `idp::people::flow`.
fn module(path: &str) -> Vec<&str> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').filter(|s| !matches!(*s, "lib" | "main")).collect()
}

/// Neither half names the other; nothing but `app` names a half; the kernel and the contract name nothing above them, and the
/// kernel not the contract;
/// commands reach the halves through `app`.
fn wall(file: &File) -> Vec<String> {
    let module = module(&file.path);
    let place = module.first().copied().unwrap_or("");
    let mut complaints = Vec::new();
    for (line, path) in own_paths(&tokens(&file.text), &module) {
        let target = path.first().map_or("", String::as_str);
        let allowed = match target {
            "idp" | "crm" => place == target || place == "app",
            "app" => matches!(place, "app" | "cli" | "demo" | ""),
            "cli" => matches!(place, "cli" | ""),
            _ => true,
        };
        if !allowed {
            complaints.push(format!("{}:{line}: names {}, which is on the other side of the wall", file.path, path.join("::")));
        }
        if place == "kernel" && target == "contract" {
            complaints.push(format!("{}:{line}: the kernel names the contract", file.path));
        }
    }
    complaints
}

/// `http -> flow -> store`, and the model knows nobody. A layer is a file of that name or a folder of it in a half.
fn directions(file: &File) -> Vec<String> {
    let module = module(&file.path);
    let in_half = matches!(module.first(), Some(&("idp" | "crm")));
    let layer = match module.as_slice() {
        [_, rest @ ..] if in_half => rest.iter().copied().find(|s| matches!(*s, "model" | "flow" | "store" | "http")),
        [.., last] if matches!(*last, "model" | "flow" | "store") => Some(*last),
        _ => None,
    };
    let Some(layer) = layer else { return Vec::new() };
    let (crates, segments): (&[&str], &[&str]) = match layer {
        "model" => (&["axum", "sqlx"], &["store", "http", "flow"]),
        "store" => (&["axum", "http"], &["http", "flow"]),
        "flow" => (&["axum"], &[]),
        _ => (&[], &[]),
    };
    let read = without_tests(&tokens(&file.text));
    let mut complaints = Vec::new();
    let mut complain = |line: usize, what: &str| complaints.push(format!("{}:{line}: a {layer} {what}", file.path));
    for (i, token) in read.iter().enumerate() {
        let begins = !(i >= 2 && read[i - 1].is(':') && read[i - 2].is(':'));
        let is_path = read.get(i + 1).is_some_and(|t| t.is(':')) && read.get(i + 2).is_some_and(|t| t.is(':'));
        if let Some(word) = token.word() {
            if begins && is_path && crates.contains(&word) {
                complain(token.line, &format!("uses {word}"));
            }
            if layer == "model" && word == "async" {
                complain(token.line, "is async");
            }
            if layer == "http" && word == "sql" && read.get(i + 1).is_some_and(|t| t.is('!')) {
                complain(token.line, "has a statement; it belongs into the store");
            }
        }
    }
    for (line, path) in own_paths(&read, &module) {
        let own_half = path.first().map(String::as_str) == module.first().copied();
        let upward = layer == "flow" && in_half && own_half && path.iter().skip(1).any(|s| s == "http");
        if upward || path.iter().any(|s| segments.contains(&s.as_str())) {
            complain(line, &format!("names {}", path.join("::")));
        }
    }
    complaints
}

/// Whether the tokens at `i` read `first::second`.
fn reads(read: &[Token], i: usize, first: &str, second: &str) -> bool {
    read[i].is_word(first)
        && read.get(i + 1).is_some_and(|t| t.is(':'))
        && read.get(i + 2).is_some_and(|t| t.is(':'))
        && read.get(i + 3).is_some_and(|t| t.is_word(second))
}

/// Time comes from the injected clock, configuration from one place; unit tests may take a switch from the environment.
fn outside_world(file: &File) -> Vec<String> {
    let read = without_tests(&tokens(&file.text));
    let mut complaints = Vec::new();
    for i in 0..read.len() {
        for kind in ["SystemTime", "Instant"] {
            if reads(&read, i, kind, "now") && !within(&file.path, CLOCKS) {
                complaints.push(format!("{}:{}: {kind}::now outside kernel::clock", file.path, read[i].line));
            }
        }
        for name in ["var", "vars", "var_os", "vars_os"] {
            if reads(&read, i, "env", name) && !within(&file.path, ENVIRONMENT) && !file.path.contains("/tests") {
                complaints.push(format!("{}:{}: the environment is read outside of the configuration", file.path, read[i].line));
            }
        }
    }
    complaints
}

/// A module begins with what it owns and does not own.
fn opening(file: &File) -> Vec<String> {
    if file.text.starts_with("//! ") {
        Vec::new()
    } else {
        vec![format!("{}: does not begin with //! and what the module owns", file.path)]
    }
}

fn all(rule: fn(&File) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(rule).collect()
}

#[test]
fn the_halves_do_not_know_each_other() {
    none(all(wall));
}

#[test]
fn imports_go_from_http_to_flow_to_store() {
    none(all(directions));
}

#[test]
fn time_and_configuration_come_from_one_place() {
    none(all(outside_world));
}

#[test]
fn every_module_says_what_it_owns() {
    none(all(opening));
}

#[track_caller]
fn bites(rule: fn(&File) -> Vec<String>, path: &str, text: &str) {
    assert!(!rule(&File::sample(path, text)).is_empty(), "the rule lets {path} say: {text}");
}

#[track_caller]
fn passes(rule: fn(&File) -> Vec<String>, path: &str, text: &str) {
    none(rule(&File::sample(path, text)));
}

#[test]
fn the_wall_bites() {
    bites(wall, "src/idp/people/flow.rs", "use crate::crm::records::Record;");
    bites(wall, "src/idp/people/flow.rs", "use crate::{kernel::Env, crm};");
    bites(wall, "src/idp/people.rs", "use super::super::crm::x;");
    bites(wall, "src/crm/mod.rs", "fn f() { crate::idp::g() }");
    bites(wall, "src/kernel/http.rs", "use crate::idp::x;");
    bites(wall, "src/kernel/http.rs", "use crate::app::x;");
    bites(wall, "src/contract/mod.rs", "use crate::crm::x;");
    bites(wall, "src/kernel/mod.rs", "use crate::contract::x;");
    passes(wall, "src/contract/mod.rs", "use crate::kernel::x;");
    bites(wall, "src/cli/serve.rs", "use crate::idp::x;");
    bites(wall, "src/main.rs", "use zegel::idp::x;");
    passes(wall, "src/app.rs", "use crate::{crm, idp};");
    passes(wall, "src/app/routes.rs", "use crate::{crm, idp};");
    passes(wall, "src/cli/serve.rs", "use crate::app::serve;");
    passes(wall, "src/idp/mod.rs", "//! unlike crate::crm\nuse crate::idp::people; use crate::kernel::x;");
}

#[test]
fn the_directions_bite() {
    bites(directions, "src/idp/people/model.rs", "use axum::http::StatusCode;");
    bites(directions, "src/idp/people/model.rs", "fn f(x: sqlx::Error) {}");
    bites(directions, "src/idp/people/model.rs", "async fn f() {}");
    bites(directions, "src/idp/people/model.rs", "use super::store::Row;");
    bites(directions, "src/idp/people/model/rules.rs", "use crate::idp::people::flow::x;");
    bites(directions, "src/kernel/outbox/model.rs", "use sqlx::Row;");
    bites(directions, "src/crm/records/store.rs", "use axum::Json;");
    bites(directions, "src/crm/records/store.rs", "use super::{flow::x, model::y};");
    bites(directions, "src/crm/records/store.rs", "use http::StatusCode;");
    bites(directions, "src/crm/records/flow.rs", "use axum::Json;");
    bites(directions, "src/crm/records/flow.rs", "use super::http::Form;");
    bites(directions, "src/crm/records/http.rs", "let x = db.query(sql!(\"SELECT 1\"));");
    passes(directions, "src/crm/records/http.rs", "use super::flow; use axum::Json;");
    passes(directions, "src/crm/records/flow.rs", "use super::{model, store}; async fn f() {}");
    passes(directions, "src/crm/records/model.rs", "use super::Kind; #[cfg(test)] mod tests { use sqlx::x; }");
}

#[test]
fn the_rules_about_the_outside_world_bite() {
    bites(outside_world, "src/idp/x.rs", "let t = std::time::Instant::now();");
    bites(outside_world, "src/idp/x.rs", "let t = SystemTime::now();");
    bites(outside_world, "src/idp/x.rs", "let t = std::env::var(\"HOME\");");
    bites(outside_world, "src/kernel/x.rs", "let t = env::vars();");
    passes(outside_world, "src/main.rs", "let t = std::env::var(\"HOME\"); // not Instant::now()");
    passes(outside_world, "src/kernel/clock.rs", "let t = SystemTime::now();");
    bites(opening, "src/x.rs", "use a;\n//! late");
    passes(opening, "src/x.rs", "//! Owns x.\nuse a;");
}
