//! Twin migrations: both engines get the same files, tables and columns, and the program runs every file.

use std::collections::BTreeMap;

use super::{File, files, none};

const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Tables with the names of their columns, as far as CREATE TABLE and ALTER TABLE ... ADD COLUMN tell.
fn tables(sql: &str) -> BTreeMap<String, Vec<String>> {
    let text: String = sql.lines().map(|l| l.split("--").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for statement in pieces(&text, ';') {
        let words: Vec<&str> = statement.split(|c: char| c.is_whitespace() || c == '(').filter(|w| !w.is_empty()).collect();
        let upper: Vec<String> = words.iter().take(5).map(|w| w.to_uppercase()).collect();
        let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
        match upper.as_slice() {
            ["CREATE", "TABLE", rest @ ..] => {
                let name = if rest.first() == Some(&"IF") { words.get(5) } else { words.get(2) };
                let name = name.expect("a table has a name").trim_matches('"').to_owned();
                let begin = statement.find('(').map_or(statement.len(), |n| n + 1);
                let end = statement.rfind(')').unwrap_or(statement.len()).max(begin);
                found.entry(name).or_default().extend(pieces(&statement[begin..end], ',').iter().filter_map(|p| column(p)));
            }
            ["ALTER", "TABLE", _, "ADD", "COLUMN"] => {
                found.entry(words[2].to_owned()).or_default().extend(words.get(5).map(|w| (*w).to_owned()));
            }
            _ => {}
        }
    }
    found
}

/// The name of the column that one line of a table defines; none for a constraint.
fn column(definition: &str) -> Option<String> {
    let first = definition.split(|c: char| c.is_whitespace() || c == '(').find(|w| !w.is_empty())?;
    let constraint = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT", "EXCLUDE"];
    (!constraint.contains(&first.to_uppercase().as_str())).then(|| first.trim_matches('"').to_owned())
}

/// Splits at a separator that stands outside of parentheses and quotes.
fn pieces(text: &str, separator: char) -> Vec<String> {
    let (mut out, mut depth, mut quoted) = (vec![String::new()], 0, false);
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if c == separator && depth == 0 && !quoted {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out.retain(|p| !p.trim().is_empty());
    out
}

/// Where the twins differ. `given` holds the migrations of one half.
fn differences(given: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in given {
        let Some((at, engine)) = ENGINES.iter().find_map(|e| Some((file.path.find(&format!("/{e}/"))?, *e))) else {
            complaints.push(format!("{}: belongs to neither engine", file.path));
            continue;
        };
        let other = if engine == ENGINES[0] { ENGINES[1] } else { ENGINES[0] };
        let twin_path = format!("{}/{other}{}", &file.path[..at], &file.path[at + 1 + engine.len()..]);
        let Some(twin) = given.iter().find(|f| f.path == twin_path) else {
            complaints.push(format!("{}: has no twin {twin_path}", file.path));
            continue;
        };
        let (mine, theirs) = (tables(&file.text), tables(&twin.text));
        for (table, columns) in &mine {
            match theirs.get(table) {
                None => complaints.push(format!("{}: makes {table}, its twin does not", file.path)),
                Some(other) if other != columns && engine == ENGINES[0] => {
                    complaints.push(format!("{}: {table} has {columns:?}, its twin {other:?}", file.path));
                }
                Some(_) => {}
            }
        }
    }
    complaints
}

/// Migrations that the program does not embed.
fn never_run(given: &[File], migrate: &str) -> Vec<String> {
    let name = |f: &File| f.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".sql").to_owned();
    let missing = given.iter().filter(|f| !migrate.contains(&format!("\"{}\"", name(f))));
    missing.map(|f| format!("{}: is not named in src/kernel/db/migrate.rs", f.path)).collect()
}

#[test]
fn both_engines_get_the_same_tables() {
    let found = files("migrations");
    assert!(found.len() >= 4);
    none(differences(&found));
    let migrate = files("src/kernel/db").into_iter().find(|f| f.path.ends_with("/migrate.rs")).expect("migrate.rs");
    none(never_run(&found, &migrate.text));
}

#[test]
fn a_twin_that_differs_is_noticed() {
    let pair = |sqlite: &str, postgres: &str| {
        differences(&[
            File::sample("migrations/idp/sqlite/0001_a.sql", sqlite),
            File::sample("migrations/idp/postgres/0001_a.sql", postgres),
        ])
    };
    let lite = "-- a; comment\nCREATE TABLE person (\n id TEXT PRIMARY KEY, -- x\n doc TEXT NOT NULL DEFAULT 'a,b;(', \
                CHECK (id IN ('a', 'b')), UNIQUE (id, doc)) STRICT;\nCREATE INDEX i ON person (id);";
    let twin = "CREATE TABLE IF NOT EXISTS person (id TEXT COLLATE \"C\" PRIMARY KEY, doc JSONB NOT NULL);";
    none(pair(lite, twin));
    assert!(!pair(lite, "CREATE TABLE person (id TEXT, document JSONB);").is_empty(), "another column");
    assert!(!pair(lite, "CREATE TABLE person (id TEXT);").is_empty(), "a column less");
    assert!(!pair(lite, "").is_empty(), "a table less");
    assert!(!pair(lite, &format!("{twin} ALTER TABLE person ADD COLUMN more TEXT;")).is_empty(), "a column added");
    assert!(!pair("", twin).is_empty(), "a table more");
    let single = [File::sample("migrations/crm/sqlite/0002_b.sql", "")];
    assert!(!differences(&single).is_empty(), "no twin");
    assert!(!never_run(&single, "\"0001_a\"").is_empty(), "not embedded");
}
