//! Public keys that applications publish at an address: fetched, kept for minutes, fetched again when a key is new.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::KeySet;

/// How long a set is used without asking.
const KEEP: Duration = Duration::from_secs(300);
/// How often one address is asked at most.
const PAUSE: Duration = Duration::from_secs(5);
/// A set's bytes at most.
const SIZE: usize = 64 * 1024;

/// Key sets by address.
#[derive(Default)]
pub struct ClientKeys(Mutex<HashMap<String, (Timestamp, KeySet)>>);

impl ClientKeys {
    /// The keys at `uri`, which registration has limited to addresses that may be fetched. `fresh`: ask again, since the
    /// kept ones didn't fit; nothing when they were asked for just now.
    pub async fn get(&self, env: &Env, uri: &str, fresh: bool) -> Option<KeySet> {
        let now = env.now();
        let kept = self.0.lock().ok().and_then(|m| m.get(uri).cloned());
        if let Some((at, set)) = kept {
            match fresh {
                false if at + KEEP > now => return Some(set),
                true if at + PAUSE > now => return None,
                _ => {}
            }
        } else if fresh {
            return None;
        }
        let set = fetch(env, uri).await?;
        self.0.lock().ok()?.insert(uri.to_owned(), (now, set.clone()));
        Some(set)
    }
}

async fn fetch(env: &Env, uri: &str) -> Option<KeySet> {
    let answer = env.http.get(uri).send().await.and_then(reqwest::Response::error_for_status);
    let mut answer = answer.inspect_err(|e| tracing::warn!(uri, error = %e, "an application's keys can't be fetched")).ok()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > SIZE {
            tracing::warn!(uri, "an application's key set is too large");
            return None;
        }
    }
    KeySet::from_json(&bytes).inspect_err(|e| tracing::warn!(uri, error = %e, "an application's key set is refused")).ok()
}
