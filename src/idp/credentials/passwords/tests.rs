//! Hashing, checking and judging passwords, as a whole.

use std::sync::Arc;

use super::imported;
use super::*;
use crate::config::Settings;
use crate::kernel::Env;
use crate::kernel::clock::{ManualClock, Timestamp};
use crate::kernel::entropy::{Entropy, SeededEntropy};
use crate::kernel::pages::Texts;

const ARGON2: &str = "$argon2i$v=19$m=64,t=3,p=2$c29tZXNhbHQ$jFn6Ofzt2QLsBGaW5xLkLQ";

fn env(more: &[(&str, &str)]) -> Env {
    // Of two, the first counts.
    let mut pairs = more.to_vec();
    pairs.extend([("hash_memory", "64"), ("hash_passes", "1"), ("hash_workers", "1")]);
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
    Env {
        clock: Arc::new(ManualClock::at(Timestamp(0))),
        root: Arc::new(RootKey::random(entropy.as_ref())),
        entropy,
        settings: Arc::new(Settings::with(&pairs).unwrap()),
        http: reqwest::Client::new(),
        texts: Texts::load().unwrap(),
    }
}

fn hasher() -> Hasher {
    Hasher::new(&env(&[])).unwrap()
}

/// P1
#[tokio::test]
async fn only_the_right_password_of_an_account_that_exists_is_right() {
    let h = hasher();
    let stored = h.hash("correct horse".into()).await.unwrap();
    assert!(stored.starts_with("p1$argon2id$v=19$m=64,t=1,p=1$") && !h.is_outdated(&stored));
    assert!(h.verify(Some(stored.clone()), "correct horse".into()).await.unwrap());
    assert!(!h.verify(Some(stored.clone()), "correct horsf".into()).await.unwrap());
    assert!(!h.verify(Some(stored), "correct horse ".repeat(80).into()).await.unwrap());
    assert!(!h.verify(None, "".into()).await.unwrap());
    assert!(!h.verify(Some("not a hash".into()), "not a hash".into()).await.unwrap());
}

/// S3: without the root key, a copied hash is nothing to try passwords on.
#[tokio::test]
async fn a_hash_is_good_with_the_root_key_that_it_was_made_with_only() {
    let stored = hasher().hash("correct horse".into()).await.unwrap();
    let imported = imported::read("{SSHA}D5aRLHsq6CvkfWWBDUdb8ZIUqHgmRyhB").unwrap();
    let sealed = hasher().import(&imported).unwrap();
    assert!(!sealed.contains("D5aRLH") && scheme_of(&sealed).unwrap() == "salted-sha1");
    let mut other = env(&[]);
    other.root = Arc::new(RootKey::random(&SeededEntropy::new(2)));
    let other = Hasher::new(&other).unwrap();
    assert!(!other.verify(Some(stored.clone()), "correct horse".into()).await.unwrap());
    // Nor is it plain Argon2 of the password.
    let plain = stored.strip_prefix("p1").unwrap().to_owned();
    assert!(!hasher().verify(Some(plain), "correct horse".into()).await.unwrap());
    assert!(!other.verify(Some(sealed), "x".into()).await.unwrap());
}

/// S3
#[tokio::test]
async fn an_imported_hash_is_checked_and_known_as_outdated() {
    let (h, other) = (hasher(), argon2::Argon2::default());
    let phc = argon2::PasswordHasher::hash_password(&other, b"imported").unwrap().to_string();
    let django = "pbkdf2_sha1$1000$NaCl$c3QY9KPHyyDJoi6NjwTeLNLHJVI=";
    for (text, scheme) in [(phc.as_str(), "argon2id,v=19,m=19456,t=2,p=1"), (django, "pbkdf2-sha1,i=1000")] {
        let stored = h.import(&imported::read(text).unwrap()).unwrap();
        assert_eq!(scheme_of(&stored).unwrap(), scheme);
        assert!(h.is_outdated(&stored));
        assert_eq!(h.verify(Some(stored), "imported".into()).await.unwrap(), text == phc);
    }
}

/// case 25
#[tokio::test]
async fn a_hash_of_another_cost_is_known_as_such() {
    let h = hasher();
    let stored = h.hash("x".into()).await.unwrap();
    let dearer = Hasher::new(&env(&[("hash_memory", "640")])).unwrap();
    assert!(!h.is_outdated(&stored) && dearer.is_outdated(&stored));
    assert!(h.is_outdated(stored.strip_prefix("p1").unwrap()), "without pepper");
    assert!(h.is_outdated(ARGON2) && scheme_of(ARGON2).unwrap() == "argon2i,v=19,m=64,t=3,p=2");
    assert_eq!(scheme_of(&stored).unwrap(), "argon2id,v=19,m=64,t=1,p=1");
}

/// case 25: where there is no account, or none whose password can be read, the work of one is done: of a kind that can't be, it fails.
#[tokio::test]
async fn what_nobody_has_is_worked_through_all_the_same() {
    let h = hasher();
    for stored in [None, Some("not a hash".to_owned())] {
        assert!(!h.verify(stored, "x".into()).await.unwrap());
    }
    h.decoys.learn([("argon2id,v=19,m=1,t=1,p=1".to_owned(), 1)]);
    for stored in [None, Some("not a hash".to_owned())] {
        assert!(matches!(h.verify(stored.clone(), "x".into()).await, Err(HasherError::Broken(_))), "{stored:?}");
    }
}

/// case 31
#[tokio::test]
async fn a_full_queue_says_so_and_gives_places_back() {
    let h = hasher();
    let mut places: Vec<Place> = std::iter::from_fn(|| h.reserve().ok()).collect();
    assert_eq!(places.len(), 65);
    assert!(matches!(h.verify(None, "x".into()).await, Err(HasherError::Busy)));
    assert!(matches!(h.choose("three geese over Zwolle".into(), About::default()).await, Err(Unfit::Hasher(HasherError::Busy))));
    let problem = Problem::from(HasherError::Busy);
    assert_eq!((problem.code, problem.retry_after), (Code::Overloaded, Some(RETRY)));
    assert!(!h.check(places.pop().unwrap(), "x", None, "x".into()).await.unwrap());
    assert!(h.hash("x".into()).await.is_ok(), "the place was given back");
}

/// S6
#[tokio::test]
async fn a_chosen_password_is_judged_before_it_is_hashed() {
    let h = hasher();
    let about = || About::of("mila@example.com", "Mila Jansen");
    let refused = h.choose("ababababababab".into(), about()).await;
    assert!(matches!(refused, Err(Unfit::Refused(Refused("strength-advice-repeats", 0)))), "{refused:?}");
    let stored = h.choose("three geese over Zwolle".into(), about()).await.unwrap();
    assert!(h.verify(Some(stored), "three geese over Zwolle".into()).await.unwrap());
    assert!(h.strength("abc".into(), about()).await.unwrap().score < 2);
    assert_eq!(h.strength("three geese over Zwolle".into(), about()).await.unwrap().score, 4);
}
