//! Chance. Owns the source of random bytes and the two shapes in which the program uses them: opaque tokens and ids.
//! Does not own what a token opens; that is stored as a hash by whoever issues it.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::clock::Timestamp;

/// Where random bytes come from.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `out`.
    fn fill(&self, out: &mut [u8]);
}

impl dyn Entropy {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut b = [0; N];
        self.fill(&mut b);
        b
    }
    /// 32 random bytes as 43 characters of base64url: what opaque tokens, states and nonces are made of.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
    /// A UUID version 7 (RFC 9562, section 5.7): unique across nodes, and sorts by the time it was made.
    pub fn id(&self, now: Timestamp) -> String {
        id(now, &self.bytes())
    }
}

fn id(now: Timestamp, random: &[u8; 10]) -> String {
    let ms = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, random).into_uuid().to_string()
}

/// Ids like those of [`Entropy`], whose random bytes are drawn for a hundred at once: for what comes by the thousand each second
/// and opens nothing, like requests. Asking for a few bytes costs nearly as much as asking for many.
pub struct Ids {
    entropy: Arc<dyn Entropy>,
    drawn: Mutex<Vec<[u8; 10]>>,
}

impl Ids {
    /// From a source.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, drawn: Mutex::default() }
    }

    /// A new one.
    pub fn id(&self, now: Timestamp) -> String {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.is_empty() {
            drawn.extend(self.entropy.bytes::<1000>().as_chunks().0);
        }
        let random = drawn.pop().unwrap_or_default();
        drop(drawn);
        id(now, &random)
    }
}

/// The operating system's generator through AWS-LC.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        if SystemRandom::new().fill(out).is_err() {
            // Going on with predictable secrets would be worse than stopping.
            tracing::error!("the operating system gives no random bytes; stopping");
            std::process::abort();
        }
    }
}

/// A repeatable sequence from a seed; for tests only, its output is predictable.
pub struct SeededEntropy(Mutex<(u64, u64)>);

impl SeededEntropy {
    /// The sequence of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new((seed, 0)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in out.chunks_mut(32) {
            state.1 += 1;
            let mut input = state.0.to_be_bytes().to_vec();
            input.extend(state.1.to_be_bytes());
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &input);
            for (to, from) in chunk.iter_mut().zip(digest.as_ref()) {
                *to = *from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_of_bytes_that_were_drawn_together_differ_and_sort_by_time() {
        let ids = Ids::new(Arc::new(SeededEntropy::new(1)));
        let all: Vec<String> = (0..500).map(|ms| ids.id(Timestamp(1_700_000_000_000 + ms))).collect();
        assert!(all.is_sorted());
        let random: BTreeSet<&str> = all.iter().map(|id| &id[15..]).collect();
        assert_eq!(random.len(), all.len());
        assert!(all.iter().all(|id| uuid::Uuid::parse_str(id).unwrap().get_version_num() == 7));
    }
}
