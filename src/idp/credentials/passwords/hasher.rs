//! The one place where passwords are hashed and checked: a bounded number of places, and workers that take them in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Params;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::decoy::Decoys;
use super::imported::Imported;
use super::meter::Strength;
use super::rules::{About, Rules};
use super::scheme::Scheme;
use super::stored::{self, Stored};
use super::workers::{Memory, Workers};
use super::{HasherError, MAX, Unfit, broken};
use crate::config::Settings;
use crate::kernel::Env;
use crate::kernel::entropy::Entropy;
use crate::kernel::root::{Purpose, RootKey};

/// How many may wait for a worker.
const QUEUE: usize = 64;
/// Bytes of a hash that is made here.
const LEN: usize = 32;

/// Hashes and checks passwords.
pub struct Hasher {
    places: Arc<Semaphore>,
    most: usize,
    refused: AtomicU64,
    workers: Workers,
    rules: Arc<Rules>,
    root: Arc<RootKey>,
    entropy: Arc<dyn Entropy>,
    cost: (u32, u32),
    /// What unknown addresses cost.
    pub decoys: Decoys,
}

/// The right to have something hashed. Taken before anything else is done for a request, so that a request too many costs
/// nothing but its refusal.
pub struct Place(OwnedSemaphorePermit);

/// How many are hashed at once: unless a number is set, one core is left to those who answer requests. Priorities alone don't
/// do that: a thread that wakes still waits for the end of a hash's slice of time.
fn workers(settings: &Settings) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    usize::try_from(settings.hash_workers).ok().filter(|n| *n > 0).unwrap_or(cores.saturating_sub(1).max(1))
}

impl Hasher {
    /// With the settings' cost, number of workers and rules.
    pub fn new(env: &Env) -> Result<Self, HasherError> {
        let settings = &env.settings;
        let cost = (settings.hash_memory, settings.hash_passes);
        let params = Params::new(cost.0, cost.1, 1, Some(LEN)).map_err(broken)?;
        let workers = workers(settings);
        Ok(Self {
            places: Arc::new(Semaphore::new(workers + QUEUE)),
            most: workers + QUEUE,
            refused: AtomicU64::new(0),
            workers: Workers::start(workers, params.block_count()).map_err(broken)?,
            rules: Arc::new(Rules::new(settings).map_err(broken)?),
            root: Arc::clone(&env.root),
            entropy: Arc::clone(&env.entropy),
            cost,
            decoys: Decoys::new(Scheme::argon2id(cost.0, cost.1)),
        })
    }

    /// Takes a place, if there is one.
    pub fn reserve(&self) -> Result<Place, HasherError> {
        Arc::clone(&self.places).try_acquire_owned().map(Place).map_err(|_| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            HasherError::Busy
        })
    }

    /// How many places are taken, of how many, and how often there was none.
    pub fn load(&self) -> (u64, u64, u64) {
        let taken = self.most.saturating_sub(self.places.available_permits());
        (taken as u64, self.most as u64, self.refused.load(Ordering::Relaxed))
    }

    async fn work<T: Send + 'static>(
        &self,
        place: Place,
        f: impl FnOnce(&mut Memory) -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        // The place goes with the work: given back when that is done, or was not wanted any more.
        let work = move |memory: &mut Memory| {
            let _place = place.0;
            f(memory)
        };
        self.workers.run(work).await.unwrap_or_else(|| Err(broken("a worker panicked")))
    }

    /// Makes the stored form of a password that nobody judges: of a file in capture mode, or one just found right.
    pub async fn hash(&self, password: SecretString) -> Result<String, HasherError> {
        self.hash_in(self.reserve()?, password).await
    }

    /// The same in a place that is there already.
    pub async fn hash_in(&self, place: Place, password: SecretString) -> Result<String, HasherError> {
        let make = self.maker();
        self.work(place, move |memory| make(password.expose_secret(), memory)).await
    }

    /// Takes a password that a person chose: judges it, and makes its stored form.
    pub async fn choose(&self, password: SecretString, about: About) -> Result<String, Unfit> {
        let (rules, make) = (Arc::clone(&self.rules), self.maker());
        let work = move |memory: &mut Memory| match rules.judge(password.expose_secret(), &about) {
            Ok(()) => make(password.expose_secret(), memory).map(Ok),
            Err(refused) => Ok(Err(refused)),
        };
        self.work(self.reserve()?, work).await?.map_err(Unfit::Refused)
    }

    fn maker(&self) -> impl FnOnce(&str, &mut Memory) -> Result<String, HasherError> + Send + 'static {
        let (root, salt, (memory_kib, passes)) = (Arc::clone(&self.root), self.entropy.bytes::<16>(), self.cost);
        move |password, memory| {
            let input = stored::pepper(&root, password.as_bytes())?;
            let value = Scheme::argon2id(memory_kib, passes).value(input.as_slice(), &salt, LEN, memory)?;
            Ok(stored::peppered(memory_kib, passes, &salt, &value))
        }
    }

    /// How strong a password of this person would be.
    pub async fn strength(&self, password: SecretString, about: About) -> Result<Strength, HasherError> {
        let rules = Arc::clone(&self.rules);
        self.work(self.reserve()?, move |_| Ok(rules.strength(password.expose_secret(), &about))).await
    }

    /// The stored form of a hash that another system made.
    pub fn import(&self, imported: &Imported) -> Result<String, HasherError> {
        stored::sealed(&self.root, imported, self.entropy.as_ref())
    }

    /// Whether `password` is the one that `stored` was made from, in a place of its own.
    pub async fn verify(&self, stored: Option<String>, password: SecretString) -> Result<bool, HasherError> {
        self.check(self.reserve()?, "", stored, password).await
    }

    /// Whether `password` is the one that `stored` was made from. Where there is none, it works as long as for an account,
    /// of the kind that the address `name` would have, and says no. A password over [`MAX`] bytes is none.
    pub async fn check(
        &self,
        place: Place,
        name: &str,
        stored: Option<String>,
        password: SecretString,
    ) -> Result<bool, HasherError> {
        let decoy = self.root.mac(Purpose::TokenHash, &[b"password-decoy", name.as_bytes()]).map_err(broken)?;
        let (decoy, root) = (self.decoys.of(decoy), Arc::clone(&self.root));
        let work = move |memory: &mut Memory| {
            // Case 31: the cap comes before any hashing; what is too long is hashed as nothing, and is not right.
            let whole = password.expose_secret();
            let given = if whole.len() > MAX { "" } else { whole };
            let opened = stored.as_deref().map(|text| Stored::open(&root, text)).transpose();
            match opened {
                Ok(Some(stored)) => Ok(is_right(&root, &stored, given, memory)? && whole.len() <= MAX),
                Ok(None) => in_vain(&root, &decoy, given, memory),
                Err(error) => {
                    // To whom asks it is as if there were no account.
                    tracing::error!(%error, "a stored password can't be read");
                    in_vain(&root, &decoy, given, memory)
                }
            }
        };
        self.work(place, work).await
    }

    /// Whether `stored` is not what a password that is set now would become: made elsewhere, or at another cost, or without
    /// pepper. It is hashed anew as soon as the right password is at hand.
    pub fn is_outdated(&self, stored: &str) -> bool {
        // Up to the salt.
        let wanted = stored::peppered(self.cost.0, self.cost.1, &[], &[]);
        !stored.starts_with(wanted.strip_suffix('$').unwrap_or(&wanted))
    }
}

fn is_right(root: &RootKey, stored: &Stored, password: &str, memory: &mut Memory) -> Result<bool, HasherError> {
    let (salt, len) = (&stored.salt, stored.value.len());
    let made = if stored.peppered {
        stored.scheme.value(stored::pepper(root, password.as_bytes())?.as_slice(), salt, len, memory)?
    } else {
        stored.scheme.value(password.as_bytes(), salt, len, memory)?
    };
    Ok(aws_lc_rs::constant_time::verify_slices_are_equal(&made, &stored.value).is_ok())
}

fn in_vain(root: &RootKey, scheme: &Scheme, password: &str, memory: &mut Memory) -> Result<bool, HasherError> {
    let input = stored::pepper(root, password.as_bytes())?;
    scheme.in_vain(input.as_slice(), memory).map(|()| false)
}
