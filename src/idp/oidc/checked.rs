//! Access tokens whose signatures were found right a moment ago. An ES256 signature takes as long to check as ten look-ups, and
//! an application shows the same token again and again.
//!
//! What is kept is only that these very bytes were signed by a key of this set. Whether the token still
//! counts is asked anew each time: its end against the clock here, everything else against the rows by whoever reads it.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use super::access::Contents;
use crate::contract::claims::AccessClaims;
use crate::idp::memory::Memory;
use crate::kernel::jose::KeySet;

type Hash = [u8; 32];

/// Tokens that were checked, for one set of keys.
#[derive(Default)]
pub struct Checked(Memory<TheseKeys, Hash, Arc<Contents>>);

/// A set of keys, itself: one that came or went makes another.
#[derive(Clone)]
struct TheseKeys(Arc<KeySet>);

impl PartialEq for TheseKeys {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Checked {
    /// What a token says, from memory or by `check`, which says no for what isn't signed right.
    pub fn contents(
        &self,
        token: &str,
        keys: &Arc<KeySet>,
        check: impl FnOnce() -> Option<AccessClaims>,
    ) -> Option<Arc<Contents>> {
        let mut hash = Hash::default();
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let keys = TheseKeys(Arc::clone(keys));
        if let Some(contents) = self.0.get(&keys, &hash) {
            return Some(contents);
        }
        let contents: Arc<Contents> = Arc::new(check()?.into());
        self.0.put(&keys, hash, Arc::clone(&contents));
        Some(contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(jti: &str) -> AccessClaims {
        let text = serde_json::json!({
            "iss": "i", "sub": "s", "aud": "a", "exp": 1, "iat": 0, "jti": jti, "client_id": "c", "scope": "",
            "access_rev": 0, "access_epoch": "e"
        });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn a_token_is_checked_once_for_each_set_of_keys_and_a_wrong_one_every_time() {
        let (checked, times) = (Checked::default(), std::cell::Cell::new(0));
        let sets = [Arc::new(KeySet::default()), Arc::new(KeySet::default())];
        let ask = |token: &str, set: usize, right: bool| {
            let check = || {
                times.set(times.get() + 1);
                right.then(|| claims(token))
            };
            checked.contents(token, &sets[set], check).map(|c| c.jti.clone())
        };
        assert_eq!(ask("a", 0, true).as_deref(), Some("a"));
        assert_eq!(ask("a", 0, false).as_deref(), Some("a"));
        assert_eq!((ask("b", 0, false), ask("b", 0, false), times.get()), (None, None, 3));
        // A key was withdrawn: what it signed is asked again, and is wrong now.
        assert_eq!((ask("a", 1, false), times.get()), (None, 4));
    }
}
