//! What was read or worked out before, and is used again only where something that is asked anew says that it still holds.
//! Bounded. Owns the keeping; does not own what makes it hold: whoever asks brings that.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::feed::Head;

/// Entries of one generation. There are two at most: when the younger is full, the elder goes.
const MOST: usize = 5000;

/// What was kept while `T` was the same.
pub struct Memory<T, K, V>(Mutex<Generations<T, K, V>>);

struct Generations<T, K, V> {
    while_same: Option<T>,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<T, K, V> Default for Memory<T, K, V> {
    fn default() -> Self {
        Self(Mutex::new(Generations { while_same: None, young: HashMap::new(), old: HashMap::new() }))
    }
}

impl<T: Clone + PartialEq, K: Eq + Hash, V: Clone> Memory<T, K, V> {
    /// What is kept of `key`, if it was kept while `now` was the same.
    pub fn get<N, Q: Eq + Hash + ?Sized>(&self, now: &N, key: &Q) -> Option<V>
    where
        T: PartialEq<N>,
        K: Borrow<Q>,
    {
        let all = self.all();
        if all.while_same.as_ref().is_none_or(|then| then != now) {
            return None;
        }
        all.young.get(key).or_else(|| all.old.get(key)).cloned()
    }

    /// What is kept of `key` while `then` is so; where nothing is, what `make` makes is kept. For what is shared by those who ask.
    pub fn get_or_put<Q: Eq + Hash + ToOwned<Owned = K> + ?Sized>(&self, then: &T, key: &Q, make: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
    {
        let mut all = self.all();
        let same = all.while_same.as_ref() == Some(then);
        if let Some(kept) = all.young.get(key).or_else(|| all.old.get(key)).filter(|_| same) {
            return kept.clone();
        }
        let made = make();
        all.put(then, key.to_owned(), made.clone());
        made
    }

    /// Keeps what was read while `then` was so. All that was kept while it was otherwise goes.
    pub fn put(&self, then: &T, key: K, value: V) {
        self.all().put(then, key, value);
    }

    fn all(&self) -> MutexGuard<'_, Generations<T, K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + PartialEq, K: Eq + Hash, V> Generations<T, K, V> {
    fn put(&mut self, then: &T, key: K, value: V) {
        if self.while_same.as_ref() != Some(then) {
            *self = Self { while_same: Some(then.clone()), young: HashMap::new(), old: HashMap::new() };
        }
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

/// Which grounds: those of one revision of one installation's log (docs/adr/0042). A restore begins another epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground(String, i64);

impl PartialEq<Head> for Ground {
    fn eq(&self, head: &Head) -> bool {
        self.1 == head.grounds && self.0 == head.epoch
    }
}

impl Head {
    /// Which grounds were those of this moment.
    pub fn ground(&self) -> Ground {
        Ground(self.epoch.clone(), self.grounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_counts_while_what_it_rests_on_is_the_same() {
        let memory: Memory<u8, String, u8> = Memory::default();
        assert_eq!(memory.get(&1, "a"), None);
        memory.put(&1, "a".into(), 10);
        assert_eq!((memory.get(&1, "a"), memory.get(&1, "b"), memory.get(&2, "a")), (Some(10), None, None));
        // Someone who was slower than a change brings back nothing that came before it.
        memory.put(&2, "b".into(), 20);
        assert_eq!((memory.get(&1, "a"), memory.get(&2, "a"), memory.get(&2, "b")), (None, None, Some(20)));
        memory.put(&1, "a".into(), 10);
        assert_eq!(memory.get(&2, "a"), None);
        // One is made where none is, and is then everyone's.
        assert_eq!([memory.get_or_put(&1, "c", || 30), memory.get_or_put(&1, "c", || 40)], [30, 30]);
        assert_eq!([memory.get_or_put(&2, "c", || 40), memory.get_or_put(&2, "c", || 50)], [40, 40]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let memory: Memory<(), usize, ()> = Memory::default();
        for n in 0..MOST * 3 {
            memory.put(&(), n, ());
        }
        let all = memory.all();
        assert!(all.young.len() <= MOST && all.old.len() <= MOST);
        assert!(!all.old.is_empty());
    }
}
