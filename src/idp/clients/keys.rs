//! Public keys that applications publish at an address: fetched, kept for minutes, fetched again when a key is new. Those that
//! signatures are checked with and those that answers are encrypted to lie in the same set.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::fetch::Fetch;
use crate::kernel::http::problem::chain;
use crate::kernel::jose::{JoseError, KeySet, Recipients};

/// How long a set is used without asking.
const KEEP: Duration = Duration::from_secs(300);
/// How often one address is asked at most.
const PAUSE: Duration = Duration::from_secs(5);

/// A set as it was read.
#[derive(Clone, Debug)]
struct Published {
    keys: KeySet,
    /// Why none of it can be encrypted to concerns only those who want that.
    recipients: Result<Recipients, JoseError>,
}

/// Key sets by address.
#[derive(Default)]
pub struct ClientKeys(Mutex<HashMap<String, (Timestamp, Published)>>);

impl ClientKeys {
    /// The keys at `uri`. `fresh`: ask again, since the
    /// kept ones didn't fit; nothing when they were asked for just now.
    pub async fn get(&self, env: &Env, fetch: &Fetch, uri: &str, fresh: bool) -> Option<KeySet> {
        self.published(env, fetch, uri, fresh).await.map(|p| p.keys)
    }

    /// The keys at `uri` that answers can be encrypted to.
    pub async fn recipients(&self, env: &Env, fetch: &Fetch, uri: &str, fresh: bool) -> Option<Recipients> {
        let read = self.published(env, fetch, uri, fresh).await?.recipients;
        read.inspect_err(|e| tracing::warn!(uri, error = %e, "nothing can be encrypted to an application's key set")).ok()
    }

    async fn published(&self, env: &Env, fetch: &Fetch, uri: &str, fresh: bool) -> Option<Published> {
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
        let set = published(fetch, uri).await?;
        self.0.lock().ok()?.insert(uri.to_owned(), (now, set.clone()));
        Some(set)
    }
}

/// The keys that are at `uri` now; nothing where none can be read there.
pub async fn fetched(fetch: &Fetch, uri: &str) -> Option<KeySet> {
    published(fetch, uri).await.map(|p| p.keys)
}

async fn published(fetch: &Fetch, uri: &str) -> Option<Published> {
    let answer = fetch.get(uri).await;
    let answer = answer.inspect_err(|e| tracing::warn!(uri, error = %chain(e), "an application's keys can't be fetched")).ok()?;
    if !answer.status.is_success() {
        tracing::warn!(uri, status = %answer.status, "an application's keys can't be fetched");
        return None;
    }
    let keys = KeySet::from_json(&answer.body);
    let keys = keys.inspect_err(|e| tracing::warn!(uri, error = %e, "an application's key set is refused")).ok()?;
    let set = serde_json::from_slice(&answer.body).unwrap_or_default();
    Some(Published { keys, recipients: Recipients::from_value(&set) })
}
