//! Every statement stands in `sql!`, and its engines take it.
//!
//! A literal in `sql!` that ends in a space is the beginning of a statement that `push` completes; such a file is listed
//! in [`BUILDERS`], and its own tests run what it builds. All other statements are prepared here: those of a half on that
//! half's database, those of the kernel and the contract on both.

use zegel::kernel::db::{Db, Half};

use super::tokens::{Token, tokens, without_tests};
use super::{File, none, sources};
use crate::on_both_engines;

/// Files with statements that only PostgreSQL has.
const POSTGRES_ONLY: &[&str] = &["src/idp/oidc/grant/at_once.rs"];
/// The files that speak to the engines, which have words of their own.
const ENGINES: &[&str] = &["src/kernel/db/"];
/// Files that put statements together from pieces.
const BUILDERS: &[&str] = &[];
/// Tables of the kernel that only one half has: the file that uses them, and the half.
const KERNEL_TABLES: &[(&str, Half)] = &[];

struct Statement {
    file: String,
    line: usize,
    text: String,
}

/// The literals of all `sql!("...")` outside of tests.
fn statements(file: &File) -> Vec<Statement> {
    let read = without_tests(&tokens(&file.text));
    let mut found = Vec::new();
    for i in 0..read.len() {
        if read[i].is_word("sql") && read.get(i + 1).is_some_and(|t| t.is('!')) {
            let text = read.get(i + 3).and_then(Token::text);
            found.extend(text.map(|t| Statement { file: file.path.clone(), line: read[i].line, text: t.to_owned() }));
        }
    }
    found
}

/// Whether a literal reads like SQL.
fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().map(|w| w.trim_start_matches('(')).collect();
    words.iter().enumerate().any(|(i, word)| {
        let next = words.get(i + 1).copied();
        match *word {
            "SELECT" => next.is_some(),
            "INSERT" => next == Some("INTO"),
            "DELETE" => next == Some("FROM"),
            "UPDATE" => words.get(i + 2).is_some_and(|w| *w == "SET"),
            _ => false,
        }
    })
}

/// SQL in a literal that is neither in `sql!` nor pushed as a literal.
fn stray_sql(file: &File) -> Vec<String> {
    if ENGINES.iter().any(|e| file.path.starts_with(e)) || is_test_file(&file.path) {
        return Vec::new();
    }
    let read = without_tests(&tokens(&file.text));
    let mut complaints = Vec::new();
    for (i, token) in read.iter().enumerate() {
        let Some(text) = token.text() else { continue };
        let called = |name: &str, back: usize| i >= back && read[i - back].is_word(name);
        let in_macro = called("sql", 3) && read[i - 2].is('!');
        let pushed = called("push", 2) && read[i - 1].is('(') && i >= 3 && read[i - 3].is('.');
        if is_sql(text) && !in_macro && !pushed {
            complaints.push(format!("{}:{}: SQL outside of sql!", file.path, token.line));
        }
    }
    complaints
}

/// Pieces of statements outside of the files that may have them.
fn stray_pieces(file: &File) -> Vec<String> {
    let pieces = statements(file).into_iter().filter(|s| s.text.ends_with(' ') && !BUILDERS.contains(&s.file.as_str()));
    pieces.map(|s| format!("{}:{}: a piece of a statement in a file that is not in BUILDERS", s.file, s.line)).collect()
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// The halves on whose database a file's statements run.
fn halves(path: &str) -> &'static [Half] {
    if let Some((_, half)) = KERNEL_TABLES.iter().find(|(file, _)| *file == path) {
        return if *half == Half::Idp { &[Half::Idp] } else { &[Half::Crm] };
    }
    match path.split('/').nth(1) {
        Some("idp") => &[Half::Idp],
        Some("crm") => &[Half::Crm],
        Some("kernel" | "contract") => &[Half::Idp, Half::Crm],
        _ => &[],
    }
}

/// Prepares one statement; the complaint if the engine refuses it.
async fn refused(db: &Db, statement: &Statement) -> Option<String> {
    // A few hundred texts for the life of the test process.
    let text: &'static str = Box::leak(statement.text.clone().into_boxed_str());
    let error = db.prepare(text).await.err()?;
    let engine = if db.is_postgres() { "PostgreSQL" } else { "SQLite" };
    let hint = if error.to_string().contains("data type of parameter") { " (CAST($n AS ...) tells the type)" } else { "" };
    Some(format!("{}:{}: {engine} refuses it{hint}: {error}\n    {}", statement.file, statement.line, statement.text))
}

on_both_engines! {
    /// Every fixed statement of the program is parsed and planned by its engines against the migrated tables.
    async fn the_engine_takes_every_statement(db: TestDb) {
        let (idp, crm) = (db.idp().await, db.crm().await);
        let skipped = if idp.is_postgres() { &[] } else { POSTGRES_ONLY };
        let mut complaints = Vec::new();
        for statement in sources().iter().filter(|f| !is_test_file(&f.path)).flat_map(statements) {
            if skipped.contains(&statement.file.as_str()) || statement.text.ends_with(' ') {
                continue;
            }
            let halves = halves(&statement.file);
            if halves.is_empty() {
                complaints.push(format!("{}:{}: no database belongs to this folder", statement.file, statement.line));
            }
            for half in halves {
                complaints.extend(refused(if *half == Half::Idp { &idp } else { &crm }, &statement).await);
            }
        }
        none(complaints);
    }

    /// The guard above notices a table that is not there and a syntax that this engine lacks.
    async fn a_wrong_statement_is_noticed(db: TestDb) {
        let idp = db.idp().await;
        let statement = |text: &str| Statement { file: "src/idp/x.rs".into(), line: 1, text: text.into() };
        assert!(refused(&idp, &statement("SELECT id FROM no_such_table")).await.is_some());
        let foreign = if idp.is_postgres() { "SELECT 1 WHERE 'a' GLOB 'a'" } else { "SELECT 1 FOR UPDATE SKIP LOCKED" };
        assert!(refused(&idp, &statement(foreign)).await.is_some());
        assert_eq!(refused(&idp, &statement("SELECT CAST($1 AS TEXT)")).await, None);
    }
}

#[test]
fn sql_stands_in_the_macro_only() {
    none(sources().iter().flat_map(stray_sql).collect());
    none(sources().iter().flat_map(stray_pieces).collect());
}

#[test]
fn the_rules_about_statements_bite() {
    let found = statements(&File::sample("src/idp/a.rs", "db.query(sql!(\"SELECT 1 \\\n  FROM a\")); sql!(r\"SELECT 2\");"));
    assert_eq!(found.iter().map(|s| s.text.as_str()).collect::<Vec<_>>(), ["SELECT 1 FROM a", "SELECT 2"]);
    for bad in [
        "let s = \"SELECT id FROM a\";",
        "let s = format!(\"INSERT INTO a VALUES ({x})\");",
        "let s = \"UPDATE a SET b = 1\";",
        "q.push_str(\"DELETE FROM a\");",
        "const Q: &str = r#\"WITH x AS (SELECT 1) x\"#;",
    ] {
        assert!(!stray_sql(&File::sample("src/idp/a.rs", bad)).is_empty(), "lets pass: {bad}");
    }
    for fine in [
        "db.query(sql!(\"SELECT id FROM a\"))",
        "q.push(\" AND EXISTS (SELECT 1 FROM a)\")",
        "let s = \"Select a file to UPDATE\";",
        "#[cfg(test)] mod tests { const S: &str = \"SELECT 1\"; }",
    ] {
        none(stray_sql(&File::sample("src/idp/a.rs", fine)));
    }
    assert!(!stray_pieces(&File::sample("src/idp/a.rs", "sql!(\"SELECT id FROM a WHERE \")")).is_empty());
    assert!(halves("src/app.rs").is_empty() && halves("src/idp/a.rs").len() == 1 && halves("src/kernel/a.rs").len() == 2);
}
