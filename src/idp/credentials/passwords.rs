//! Passwords: Argon2id (RFC 9106) in a bounded number of workers, with a queue that says when it is full.

use std::sync::Arc;

use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use zeroize::Zeroize;

use crate::config::Settings;
use crate::kernel::entropy::Entropy;
use crate::kernel::root::{RootError, RootKey, same};

/// A password in bytes at most, checked before any hashing (security case 31).
pub const MAX: usize = 1024;
/// A new password in characters at least (NIST SP 800-63B asks for 8; more where it guards others).
pub const MIN: usize = 10;
/// What a hash made elsewhere may cost at most, so that no file makes a sign-in into an attack on the memory or the time
/// of a worker: KiB, passes, lanes, and KiB times passes.
const MAX_COST: (u32, u32, u32, u64) = (256 * 1024, 16, 16, 1024 * 1024);
/// How many may wait for a worker.
const QUEUE: usize = 64;

/// Why a password was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// Too many are waiting.
    #[error("too many sign-ins are waiting")]
    Busy,
    /// A stored hash, or the library, is not as it should be.
    #[error("hashing: {0}")]
    Broken(String),
}

/// Why a new password won't do: the key of the text for people, and a number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str, pub usize);

/// What a new password of a person must be. The strength meter and the breached list come with the sign-in policies.
pub fn acceptable(password: &str, email: &str, name: &str) -> Result<(), Refused> {
    let folded = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let personal = |part: &str| part.chars().count() >= 4 && folded.contains(part);
    if password.chars().count() < MIN {
        return Err(Refused("setpw-too-short", MIN));
    }
    if password.len() > MAX {
        return Err(Refused("setpw-too-long", MAX));
    }
    if personal(&local) || name.to_lowercase().split_whitespace().any(personal) {
        return Err(Refused("setpw-too-personal", 0));
    }
    Ok(())
}

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    workers: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    params: Params,
    /// Checked when there is no account, so that it takes as long as when there is one.
    decoy: Arc<str>,
}

impl Hasher {
    /// With the settings' cost and number of workers.
    pub fn new(settings: &Settings, entropy: &dyn Entropy) -> Result<Self, HasherError> {
        let params = Params::new(settings.hash_memory, settings.hash_passes, 1, Some(32)).map_err(broken)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if settings.hash_workers == 0 { cores } else { settings.hash_workers as usize };
        let decoy = phc(&params, entropy.bytes::<16>(), b"no account has this password")?;
        Ok(Self {
            workers: Arc::new(Semaphore::new(workers)),
            waiting: Arc::new(Semaphore::new(workers + QUEUE)),
            params,
            decoy: decoy.into(),
        })
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: SecretString, salt: [u8; 16]) -> Result<String, HasherError> {
        let params = self.params.clone();
        self.work(move || phc(&params, salt, password.expose_secret().as_bytes())).await
    }

    /// Whether `password` is the one that `stored` was made from. Without a stored hash it works as long, and says no.
    pub async fn verify(&self, stored: Option<String>, password: SecretString) -> Result<bool, HasherError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        let right = self.work(move || check(&stored, password.expose_secret())).await?;
        Ok(right && known)
    }

    /// Whether `stored` costs something else than a password that is set now: then checking it takes longer or shorter than
    /// where there is no account, which tells. It is hashed anew as soon as the right password is at hand.
    pub fn is_outdated(&self, stored: &str) -> bool {
        let fresh = |h: &PasswordHash| {
            h.algorithm.as_str() == "argon2id"
                && h.version.is_none_or(|v| v == 0x13)
                && Params::try_from(h).is_ok_and(|p| {
                    (p.m_cost(), p.t_cost(), p.p_cost()) == (self.params.m_cost(), self.params.t_cost(), self.params.p_cost())
                })
        };
        !PasswordHash::new(stored).is_ok_and(|h| fresh(&h))
    }

    async fn work<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let _place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| HasherError::Busy)?;
        let turn = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| HasherError::Busy)?;
        let run = move || {
            let _turn = turn;
            f()
        };
        tokio::task::spawn_blocking(run).await.map_err(|e| HasherError::Broken(e.to_string()))?
    }
}

/// Whether this program could check a hash made elsewhere (`zegel apply` takes Argon2 hashes), at a bearable cost.
pub fn is_usable(phc: &str) -> bool {
    let (memory, passes, lanes, work) = MAX_COST;
    let bearable = |p: &Params| {
        let product = u64::from(p.m_cost()) * u64::from(p.t_cost());
        p.m_cost() <= memory && p.t_cost() <= passes && p.p_cost() <= lanes && product <= work
    };
    PasswordHash::new(phc).is_ok_and(|h| parts(&h).is_ok_and(|(argon, ..)| bearable(argon.params())))
}

/// What is kept of a hash that was replaced by one of another cost: enough to know it again, and nothing to try passwords on.
pub fn origin(root: &RootKey, phc: &str) -> Result<String, RootError> {
    root.token_hash("password-origin", phc)
}

fn phc(params: &Params, salt: [u8; 16], password: &[u8]) -> Result<String, HasherError> {
    let mut out = [0u8; 32];
    fill(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone()), password, &salt, &mut out)?;
    let salt = Salt::new(&salt).map_err(broken)?;
    let text = format!(
        "$argon2id$v=19$m={},t={},p={}${salt}${}",
        params.m_cost(),
        params.t_cost(),
        params.p_cost(),
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, out)
    );
    out.zeroize();
    Ok(text)
}

fn check(stored: &str, password: &str) -> Result<bool, HasherError> {
    let hash = PasswordHash::new(stored).map_err(broken)?;
    let (argon, salt, expected) = parts(&hash)?;
    let mut out = vec![0u8; expected.len()];
    fill(&argon, password.as_bytes(), &salt, &mut out)?;
    let engine = &base64::engine::general_purpose::STANDARD_NO_PAD;
    let right = same(&base64::Engine::encode(engine, &out), &base64::Engine::encode(engine, &expected));
    out.zeroize();
    Ok(right)
}

fn parts(hash: &PasswordHash) -> Result<(Argon2<'static>, Vec<u8>, Vec<u8>), HasherError> {
    let algorithm = Algorithm::new(hash.algorithm.as_str()).map_err(broken)?;
    let version = hash.version.unwrap_or(0x13).try_into().map_err(broken)?;
    let params = Params::try_from(hash).map_err(broken)?;
    let (Some(salt), Some(out)) = (hash.salt.as_ref(), hash.hash.as_ref()) else {
        return Err(HasherError::Broken("the hash has no salt or no value".into()));
    };
    Ok((Argon2::new(algorithm, version, params), salt.as_ref().to_vec(), out.as_bytes().to_vec()))
}

/// Runs Argon2 in memory that the worker thread keeps: a fresh 19 MiB for each try costs more than it needs to.
fn fill(argon: &Argon2<'_>, password: &[u8], salt: &[u8], out: &mut [u8]) -> Result<(), HasherError> {
    thread_local! {
        static MEMORY: std::cell::RefCell<Vec<Block>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    MEMORY.with_borrow_mut(|memory| {
        let need = argon.params().block_count();
        if memory.len() < need {
            memory.resize(need, Block::default());
        }
        let Some(blocks) = memory.get_mut(..need) else { return Err(HasherError::Broken("memory".into())) };
        argon.hash_password_into_with_memory(password, salt, out, blocks).map_err(broken)
    })
}

fn broken(e: impl std::fmt::Display) -> HasherError {
    HasherError::Broken(e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::entropy::SeededEntropy;

    fn hasher(workers: &str) -> Hasher {
        let settings = Settings::with(&[("hash_memory", "64"), ("hash_passes", "1"), ("hash_workers", workers)]).unwrap();
        Hasher::new(&settings, &SeededEntropy::new(1)).unwrap()
    }

    /// P1
    #[tokio::test]
    async fn only_the_right_password_of_an_account_that_exists_is_right() {
        let h = hasher("1");
        let stored = h.hash("correct horse".into(), [7; 16]).await.unwrap();
        assert!(is_usable(&stored));
        assert!(h.verify(Some(stored.clone()), "correct horse".into()).await.unwrap());
        assert!(!h.verify(Some(stored), "correct horsf".into()).await.unwrap());
        assert!(!h.verify(None, "no account has this password".into()).await.unwrap());
    }

    #[tokio::test]
    async fn hashes_of_other_argon2_parameters_are_checked() {
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x13, Params::new(32, 3, 2, Some(24)).unwrap());
        let stored = argon2::PasswordHasher::hash_password(&other, b"imported").unwrap().to_string();
        assert!(hasher("1").verify(Some(stored), "imported".into()).await.unwrap());
        assert!(!is_usable("$2b$10$abcdefghijklmnopqrstuv"));
    }

    /// case 31: what a file brings costs no more than a worker can bear.
    #[test]
    fn hashes_that_cost_too_much_are_not_taken() {
        let of =
            |m: u32, t: u32, p: u32| format!("$argon2id$v=19$m={m},t={t},p={p}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA");
        for (m, t, p) in [(19456, 2, 1), (65536, 3, 4), (262_144, 4, 1), (7168, 16, 1)] {
            assert!(is_usable(&of(m, t, p)), "{m} {t} {p}");
        }
        for (m, t, p) in [(262_145, 1, 1), (1 << 31, 1, 1), (8192, 17, 1), (19456, 2, 17), (262_144, 5, 1)] {
            assert!(!is_usable(&of(m, t, p)), "{m} {t} {p}");
        }
    }

    /// case 25
    #[tokio::test]
    async fn a_hash_of_another_cost_is_known_as_such() {
        let h = hasher("1");
        assert!(!h.is_outdated(&h.hash("x".into(), [7; 16]).await.unwrap()));
        for other in ["$argon2id$v=19$m=64,t=2,p=1", "$argon2id$v=19$m=65,t=1,p=1", "$argon2i$v=19$m=64,t=1,p=1"] {
            assert!(h.is_outdated(&format!("{other}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")), "{other}");
        }
    }

    /// case 31
    #[tokio::test]
    async fn a_full_queue_says_so() {
        let h = hasher("1");
        let _all = h.waiting.acquire_many(65).await.unwrap();
        assert!(matches!(h.verify(None, "x".into()).await, Err(HasherError::Busy)));
    }
}
