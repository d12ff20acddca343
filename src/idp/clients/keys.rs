//! Public keys that applications publish at an address: fetched, kept for minutes, fetched again when a key is new. Those that
//! signatures are checked with and those that answers are encrypted to lie in the same set. Whoever names an application makes
//! this server ask, so an address is asked by one at a time and not again for a while, whatever came of it (security case 31).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::idp::memory::Memory;
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

/// What is known of an address.
#[derive(Default)]
struct Asked {
    /// When it answered last, or failed to.
    at: Option<Timestamp>,
    /// The last set that was read there, and when.
    read: Option<(Timestamp, Published)>,
}

/// Key sets by address.
#[derive(Default)]
pub struct ClientKeys(Memory<(), String, Arc<Mutex<Asked>>>);

impl ClientKeys {
    /// The keys at `uri`. `fresh`: ask again, since the
    /// kept ones didn't fit; nothing when they were asked for just now, or could not be read then.
    pub async fn get(&self, env: &Env, fetch: &Fetch, uri: &str, fresh: bool) -> Option<KeySet> {
        self.published(env, fetch, uri, fresh).await.map(|p| p.keys)
    }

    /// The keys at `uri` that answers can be encrypted to.
    pub async fn recipients(&self, env: &Env, fetch: &Fetch, uri: &str, fresh: bool) -> Option<Recipients> {
        let read = self.published(env, fetch, uri, fresh).await?.recipients;
        read.inspect_err(|e| tracing::warn!(uri, error = %e, "nothing can be encrypted to an application's key set")).ok()
    }

    async fn published(&self, env: &Env, fetch: &Fetch, uri: &str, fresh: bool) -> Option<Published> {
        let came = env.now();
        let mut asked = self.place(uri).lock_owned().await;
        let now = env.now();
        // Who waited while another asked takes what that one has read.
        if let Some((at, set)) = &asked.read
            && (*at > came || !fresh && *at + KEEP > now)
        {
            return Some(set.clone());
        }
        if asked.at.is_some_and(|at| at + PAUSE > now) {
            return None;
        }
        let (env, fetch, uri) = (env.clone(), fetch.clone(), uri.to_owned());
        // In a task of its own: who goes away in the middle has asked all the same.
        let asking = tokio::spawn(async move {
            let set = published(&fetch, &uri).await;
            let now = env.now();
            asked.at = Some(now);
            if let Some(set) = &set {
                asked.read = Some((now, set.clone()));
            }
            set
        });
        asking.await.ok().flatten()
    }

    fn place(&self, uri: &str) -> Arc<Mutex<Asked>> {
        self.0.get_or_put(&(), uri, Arc::default)
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;

    use super::*;
    use crate::config::Settings;
    use crate::idp::testing::Lab;

    /// case 31: however often someone names an application, its address is asked once in a while, also where there are no keys.
    #[tokio::test]
    async fn an_address_without_keys_is_left_alone_for_a_while() {
        let (asks, works) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, told) = (Arc::clone(&asks), Arc::clone(&works));
        let answer = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let status = if told.load(Ordering::SeqCst) { StatusCode::OK } else { StatusCode::BAD_GATEWAY };
            async move { (status, r#"{"keys": []}"#) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/keys", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/keys", get(answer))).await });

        let lab = Lab::new().await;
        let fetch = Fetch::new(&Settings::with(&[("capture", "true")]).unwrap(), reqwest::Client::new()).unwrap();
        let keys = ClientKeys::default();
        let found = async |fresh: bool| keys.get(&lab.idp.env, &fetch, &uri, fresh).await.is_some();
        let asked = || asks.load(Ordering::SeqCst);

        let many = futures_util::future::join_all((0..8).map(|_| found(false))).await;
        assert_eq!((many, asked()), (vec![false; 8], 1), "those who come at once ask once");
        for fresh in [false, true] {
            assert_eq!((found(fresh).await, asked()), (false, 1), "{fresh}");
        }
        lab.clock.advance(PAUSE);
        assert_eq!((found(false).await, asked()), (false, 2));
        works.store(true, Ordering::SeqCst);
        lab.clock.advance(PAUSE);
        assert_eq!((found(false).await, asked()), (true, 3));
        // What was read goes on while the address fails, and that is not asked again and again either.
        works.store(false, Ordering::SeqCst);
        assert_eq!((found(true).await, asked()), (false, 3), "asked just now");
        lab.clock.advance(PAUSE);
        for _ in 0..3 {
            assert_eq!((found(true).await, asked()), (false, 4));
        }
        assert_eq!((found(false).await, asked()), (true, 4));
        lab.clock.advance(KEEP);
        assert_eq!((found(false).await, asked()), (false, 5));
    }
}
