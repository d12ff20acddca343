//! Access tokens whose signatures were found right a moment ago. An ES256 signature takes as long to check as ten look-ups, and
//! an application shows the same token again and again.
//!
//! What is kept is only that these very bytes were signed by a key of this set. Whether the token still
//! counts is asked anew each time: its end against the clock here, everything else against the rows by whoever reads it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

use crate::contract::claims::AccessClaims;
use crate::kernel::jose::KeySet;

/// Tokens of one generation. There are two at most: when the younger is full, the elder goes.
const MOST: usize = 5000;

type Hash = [u8; 32];

/// Tokens that were checked, for one set of keys.
#[derive(Default)]
pub struct Checked(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    keys: Option<Arc<KeySet>>,
    young: HashMap<Hash, AccessClaims>,
    old: HashMap<Hash, AccessClaims>,
}

impl Generations {
    fn is_for(&self, keys: &Arc<KeySet>) -> bool {
        self.keys.as_ref().is_some_and(|own| Arc::ptr_eq(own, keys))
    }
}

impl Checked {
    /// The claims of a token, from memory or by `check`, which says no for what isn't signed right.
    pub fn claims(&self, token: &str, keys: &Arc<KeySet>, check: impl FnOnce() -> Option<AccessClaims>) -> Option<AccessClaims> {
        let mut hash = Hash::default();
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(claims) = self.found(&hash, keys) {
            return Some(claims);
        }
        // Not while the others wait: this is the slow part.
        let claims = check()?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.is_for(keys) {
            if all.young.len() >= MOST {
                all.old = std::mem::take(&mut all.young);
            }
            all.young.insert(hash, claims.clone());
        }
        Some(claims)
    }

    fn found(&self, hash: &Hash, keys: &Arc<KeySet>) -> Option<AccessClaims> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.is_for(keys) {
            // A key came or went: nothing that was found before says anything now.
            *all = Generations { keys: Some(Arc::clone(keys)), ..Generations::default() };
        }
        all.young.get(hash).or_else(|| all.old.get(hash)).cloned()
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
            checked.claims(token, &sets[set], check).map(|c| c.jti)
        };
        assert_eq!(ask("a", 0, true).as_deref(), Some("a"));
        assert_eq!(ask("a", 0, false).as_deref(), Some("a"));
        assert_eq!((ask("b", 0, false), ask("b", 0, false), times.get()), (None, None, 3));
        // A key was withdrawn: what it signed is asked again, and is wrong now.
        assert_eq!((ask("a", 1, false), times.get()), (None, 4));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (checked, keys) = (Checked::default(), Arc::new(KeySet::default()));
        for n in 0..MOST * 3 {
            checked.claims(&n.to_string(), &keys, || Some(claims("x")));
        }
        let all = checked.0.lock().unwrap();
        assert!(all.young.len() <= MOST && all.old.len() <= MOST);
        assert!(!all.old.is_empty());
    }
}
