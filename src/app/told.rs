//! What a command is told in a file: a JSON or YAML object, or standard input for `-`, so that a secret need not lie in a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::AppError;

/// Bytes of one.
const MAX: u64 = 1024 * 1024;

/// Reads it.
pub(super) fn told<T: DeserializeOwned>(file: &Path) -> Result<T, AppError> {
    let wrong = |why: String| AppError::Setting(format!("{}: {why}", file.display()));
    let text = if file == Path::new("-") { text(std::io::stdin().lock()) } else { File::open(file).and_then(text) };
    let text = text.map_err(|e| wrong(e.to_string()))?;
    match serde_json::from_str(&text) {
        Ok(value) => Ok(value),
        Err(e) if e.is_data() => Err(wrong(e.to_string())),
        // What begins with a brace may be YAML's own short form; what is wrong with it is said of JSON.
        Err(e) if text.trim_start().starts_with('{') => serde_yaml_ng::from_str(&text).map_err(|_| wrong(e.to_string())),
        Err(_) => serde_yaml_ng::from_str(&text).map_err(|e| wrong(e.to_string())),
    }
}

fn text(from: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    let read = from.take(MAX + 1).read_to_string(&mut text)?;
    if read as u64 > MAX { Err(std::io::Error::other("longer than 1 MiB")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;

    /// S5: a file says the same in JSON and YAML, and what is wrong with it is said with its name.
    #[test]
    fn json_and_yaml_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            told::<Map<String, Value>>(&path)
        };
        let yaml = read("a.yaml", "a:\n  - 1\n  - x\n").unwrap();
        assert_eq!(read("a.json", "{\n\t\"a\": [1, \"x\"]\n}").unwrap(), yaml);
        assert_eq!(read("short.yaml", "{a: [1, x]}").unwrap(), yaml);
        for (name, text) in [("list.json", "[]"), ("list.yaml", "- a"), ("cut.json", "{\"a\": ")] {
            assert!(read(name, text).unwrap_err().to_string().contains(name), "{name}");
        }
        let long = format!("a: {}", "x".repeat(1024 * 1024));
        assert!(read("long.yaml", &long).unwrap_err().to_string().contains("1 MiB"));
        assert!(told::<Value>(&folder.path().join("none")).is_err());
    }
}
