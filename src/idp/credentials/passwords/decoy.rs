//! What is worked through where there is no account, so that it takes as long as where there is one (security case 25).
//! Owns the choice. Does not own counting the accounts (`census`).
//!
//! Hashes that were taken over cost something else than those made here, until their people sign in. If everything unknown
//! cost what a new hash costs, whatever takes longer or shorter would be an account. So unknown addresses are spread over
//! the kinds of hashes as accounts are: each has one, always the same, chosen by a keyed hash of the address.

use std::sync::{Arc, PoisonError, RwLock};

use super::scheme::Scheme;

/// The kinds of hashes that accounts have, and how many have each.
pub struct Decoys {
    usual: Scheme,
    others: RwLock<Arc<Vec<(Scheme, u64)>>>,
}

impl Decoys {
    /// With nothing but what new passwords get.
    pub(super) fn new(usual: Scheme) -> Self {
        Self { usual, others: RwLock::default() }
    }

    /// Takes a new count of accounts by the text of their scheme.
    pub fn learn(&self, counted: impl IntoIterator<Item = (String, i64)>) {
        let known = counted.into_iter().filter_map(|(text, count)| Some((text.parse().ok()?, u64::try_from(count).ok()?)));
        let mut known: Vec<(Scheme, u64)> = known.collect();
        // What everyone ends up with comes first, so that an address leaves another kind once, as an account does.
        known.sort_by_key(|(scheme, _)| (*scheme != self.usual, scheme.to_string()));
        *self.others.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    /// The kind for an address of which this is the keyed hash.
    pub(super) fn of(&self, hash: [u8; 32]) -> Scheme {
        let known = Arc::clone(&self.others.read().unwrap_or_else(PoisonError::into_inner));
        let all = known.iter().fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
        let drawn = hash.first_chunk().map_or(0, |b| u64::from_be_bytes(*b));
        // The same share of all, whatever the number of accounts is.
        let mut at = u64::try_from((u128::from(drawn) * u128::from(all)) >> 64).unwrap_or(0);
        for (scheme, count) in known.iter() {
            if at < *count {
                return scheme.clone();
            }
            at -= count;
        }
        self.usual.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::entropy::{Entropy, SeededEntropy};

    fn share(decoys: &Decoys, scheme: &Scheme) -> usize {
        let entropy = SeededEntropy::new(5);
        let entropy: &dyn Entropy = &entropy;
        (0..1_000).filter(|_| decoys.of(entropy.bytes()) == *scheme).count()
    }

    /// case 25
    #[test]
    fn unknown_addresses_have_the_kinds_that_accounts_have() {
        let (usual, old) = (Scheme::argon2id(19456, 2), Scheme::Bcrypt { cost: 12, digested: false });
        let decoys = Decoys::new(usual.clone());
        assert_eq!(share(&decoys, &usual), 1_000);
        decoys.learn([(old.to_string(), 300), (usual.to_string(), 700), ("unknown".into(), 5)]);
        assert!((250..350).contains(&share(&decoys, &old)));
        let entropy = SeededEntropy::new(6);
        let hashes: Vec<[u8; 32]> = (0..500).map(|_| (&entropy as &dyn Entropy).bytes()).collect();
        let before: Vec<bool> = hashes.iter().map(|h| decoys.of(*h) == old).collect();
        decoys.learn([(usual.to_string(), 900), (old.to_string(), 100)]);
        // As accounts sign in, addresses leave the old kind; none comes to it.
        assert!(hashes.iter().zip(before).all(|(h, was)| was || decoys.of(*h) != old));
        decoys.learn([(old.to_string(), 3)]);
        assert_eq!(share(&decoys, &old), 1_000);
    }
}
