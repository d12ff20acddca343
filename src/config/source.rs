//! Where settings come from: flags, environment, a file, strongest first. Owns what an unknown key is answered with. Does not
//! own which keys there are, nor which values go together (`rules`).

use std::collections::BTreeMap;
use std::path::Path;

use super::{ConfigError, DESCRIBED, Settings};

/// Texts by key, with where each came from.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeMap<&'static str, (String, String)>);

impl Given {
    /// The text of `key`, and where it came from.
    pub(super) fn text(&self, key: &str, default: &'static str) -> (&str, &str) {
        self.0.get(key).map_or((default, "default"), |(text, origin)| (text, origin))
    }

    /// Adds `key` unless an earlier, stronger source gave it.
    fn add(&mut self, key: &str, text: String, origin: String) -> Result<(), ConfigError> {
        let known = DESCRIBED.iter().find(|d| d.key == key);
        let Some(known) = known else {
            let near = DESCRIBED.iter().find(|d| d.key.starts_with(key) || key.starts_with(d.key));
            let hint = near.map(|d| format!(" (did you mean {}?)", d.key)).unwrap_or_default();
            return Err(ConfigError::Unknown { origin, key: key.to_owned(), hint });
        };
        self.0.entry(known.key).or_insert((text, origin));
        Ok(())
    }
}

impl Settings {
    /// Puts together flags, environment and file, strongest first.
    pub fn read(
        flags: impl IntoIterator<Item = (String, String)>,
        env: impl IntoIterator<Item = (String, String)>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut given = Given::default();
        for (key, text) in flags {
            given.add(&key, text, format!("--{}", key.replace('_', "-")))?;
        }
        for (name, text) in env {
            // ZEGEL_TEST_... steer the test-suite, not the program.
            if let Some(key) = name.strip_prefix("ZEGEL_").filter(|k| !k.starts_with("TEST_") && *k != "CONFIG") {
                given.add(&key.to_lowercase(), text, name.clone())?;
            }
        }
        if let Some(path) = file {
            read_file(path, &mut given)?;
        }
        Self::from_texts(&given)?.checked()
    }

    /// The defaults with some keys set, for tests and the demonstration.
    pub fn with(pairs: &[(&str, &str)]) -> Result<Self, ConfigError> {
        Self::read(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())), [], None)
    }
}

fn read_file(path: &Path, given: &mut Given) -> Result<(), ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| ConfigError::File(name.clone(), e.to_string()))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| ConfigError::File(name.clone(), e.to_string()))?;
    for (key, value) in table {
        let text = match value {
            toml::Value::String(s) => s,
            toml::Value::Integer(i) => i.to_string(),
            toml::Value::Boolean(b) => b.to_string(),
            other => {
                return Err(ConfigError::File(name, format!("{key}: a {} is not a setting", other.type_str())));
            }
        };
        given.add(&key, text, name.clone())?;
    }
    Ok(())
}
