//! Reads the project's own files and keeps what no compiler keeps: the wall between the halves, the direction of
//! imports, twin migrations, sizes, where time and configuration come from, what a page may carry, where SQL stands.
//!
//! Each rule is a function from a file's text to complaints, and has a self-test that shows it bites.

mod files;
mod migrations;
mod rules;
mod statements;
mod texts;
pub mod tokens;

use std::path::{Path, PathBuf};

/// A file of the project: its path from the top with forward slashes, and its text.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// A made-up file for a self-test.
    pub fn sample(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

/// All text files under `folder` of the project, sorted by path. What git ignores is left out.
pub fn files(folder: &str) -> Vec<File> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![top.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if ignored(top, &path) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let path = path.strip_prefix(top).expect("under the top").to_string_lossy().replace('\\', "/");
                if !path.starts_with("keys/") || path == "keys/README.md" {
                    found.push(File { path, text });
                }
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn ignored(top: &Path, path: &PathBuf) -> bool {
    let name = path.file_name().unwrap_or_default();
    name == "node_modules" || name == ".venv" || name == ".git" || [top.join("target"), top.join("data")].contains(path)
}

/// Files under `src` whose name ends in `.rs`.
pub fn sources() -> Vec<File> {
    let found: Vec<_> = files("src").into_iter().filter(|f| f.path.ends_with(".rs")).collect();
    assert!(found.len() > 5, "the sources are found");
    found
}

/// Fails with all complaints at once.
#[track_caller]
pub fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
