//! The life of keys, by a clock that the tests move.

use std::time::Duration;

use super::flow::{self, Rotation};
use super::*;
use crate::idp::testing::Lab;
use crate::kernel::audit::Actor;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn signing(lab: &Lab, alg: Alg) -> String {
    lab.idp.keyring.signing(Use::Token, alg).unwrap().key.kid().to_owned()
}

fn published(lab: &Lab) -> Vec<String> {
    let set: serde_json::Value = serde_json::from_slice(&lab.idp.keyring.published()).unwrap();
    set["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap().to_owned()).collect()
}

async fn rotate(lab: &Lab, at_once: bool) -> Vec<String> {
    let rotation = Rotation { purpose: Use::Token, alg: Some(Alg::Es256), at_once };
    flow::rotate(&lab.idp.keyring, rotation, &Actor::command_line()).await.unwrap()
}

/// S7: published first, then signing, then checked with only, then gone; the name is the thumbprint.
#[tokio::test]
async fn a_next_key_is_published_signs_and_leaves_the_one_before_to_be_checked_with() {
    let lab = Lab::new().await;
    let first = signing(&lab, Alg::Es256);
    assert_eq!(published(&lab).len(), 3);
    let made = rotate(&lab, false).await;
    assert_eq!((made.len(), signing(&lab, Alg::Es256) == first), (1, true));
    assert!(published(&lab).contains(&made[0]));
    assert!(rotate(&lab, false).await.is_empty(), "one waits already");
    lab.clock.advance(DAY - Duration::from_millis(1));
    assert_eq!(signing(&lab, Alg::Es256), first);
    lab.clock.advance(Duration::from_millis(1));
    assert_eq!(signing(&lab, Alg::Es256), made[0]);
    assert!(published(&lab).contains(&first), "what it signed is still shown");
    lab.clock.advance(DAY * 7);
    assert!(!published(&lab).contains(&first) && published(&lab).contains(&made[0]));
    flow::by_age(&lab.idp.keyring).await.unwrap();
    assert!(lab.idp.keyring.all().iter().all(|h| h.key.kid() != first), "and the row is gone");
    let held = lab.idp.keyring.signing(Use::Token, Alg::Es256).unwrap();
    assert_eq!(held.key.kid(), held.key.public().thumbprint());
}

/// S7
#[tokio::test]
async fn keys_are_succeeded_by_age_once_and_never_twice_at_the_same_time() {
    let lab = Lab::new().await;
    let before = lab.idp.keyring.all().len();
    lab.clock.advance(DAY * 89 - HOUR);
    flow::by_age(&lab.idp.keyring).await.unwrap();
    assert_eq!(lab.idp.keyring.all().len(), before, "not yet");
    lab.clock.advance(HOUR);
    let (a, b) = tokio::join!(flow::by_age(&lab.idp.keyring), flow::by_age(&lab.idp.keyring));
    a.unwrap();
    b.unwrap();
    // Three algorithms for tokens; receipts are succeeded by command only.
    assert_eq!(lab.idp.keyring.all().len(), before + 3);
    let old = signing(&lab, Alg::Rs256);
    lab.clock.advance(DAY);
    assert_ne!(signing(&lab, Alg::Rs256), old);
    flow::by_age(&lab.idp.keyring).await.unwrap();
    assert_eq!(lab.idp.keyring.all().len(), before + 3);
}

#[tokio::test]
async fn by_command_a_key_signs_at_once_also_one_that_waits() {
    let lab = Lab::new().await;
    let first = signing(&lab, Alg::Es256);
    let second = rotate(&lab, true).await;
    assert_eq!(signing(&lab, Alg::Es256), second[0]);
    let third = rotate(&lab, false).await;
    assert_eq!(rotate(&lab, true).await, third);
    assert_eq!(signing(&lab, Alg::Es256), third[0]);
    assert!([&first, &second[0], &third[0]].iter().all(|kid| published(&lab).contains(kid)));
}

/// case 29: of a key that was withdrawn nothing counts, at once, and something else signs.
#[tokio::test]
async fn what_a_withdrawn_key_signed_counts_no_more() {
    let lab = Lab::new().await;
    let (keyring, token) = (&lab.idp.keyring, lab.client_token("read").await);
    let read = async || crate::idp::oidc::access::read(&lab.idp, &token, None).await.unwrap().is_some();
    let first = signing(&lab, Alg::Es256);
    assert!(read().await);
    let next = flow::withdraw(keyring, &first, &Actor::command_line()).await.unwrap();
    assert!(!read().await && !published(&lab).contains(&first));
    assert_eq!(signing(&lab, Alg::Es256), next);
    assert!(matches!(flow::withdraw(keyring, &first, &Actor::command_line()).await, Err(KeyringError::Unknown(_))));
    assert!(matches!(flow::withdraw(keyring, "nobody's", &Actor::command_line()).await, Err(KeyringError::Unknown(_))));
    // One that waits to be the next: the present one goes on.
    let waiting = rotate(&lab, false).await;
    assert_eq!(flow::withdraw(keyring, &waiting[0], &Actor::command_line()).await.unwrap(), next);
    lab.clock.advance(DAY * 2);
    assert_eq!(signing(&lab, Alg::Es256), next);
    // The present one while another waits: that one signs now.
    let waiting = rotate(&lab, false).await;
    assert_eq!(flow::withdraw(keyring, &next, &Actor::command_line()).await.unwrap(), waiting[0]);
    assert_eq!(signing(&lab, Alg::Es256), waiting[0]);
}

/// case 29: another process learns of it with the next request.
#[tokio::test]
async fn another_nodes_change_is_known_at_the_next_look_up() {
    let lab = Lab::new().await;
    let other = Keyring::open(&lab.idp.db, &lab.idp.env).await.unwrap();
    let made = flow::rotate(&other, Rotation { purpose: Use::Token, alg: None, at_once: true }, &Actor::default()).await.unwrap();
    assert_eq!(made.len(), 3);
    assert!(!made.contains(&signing(&lab, Alg::Es256)));
    lab.idp.lookup.at_head(crate::idp::own::RECORD_STORE).await.unwrap();
    assert!(made.contains(&signing(&lab, Alg::Es256)));
    let made = flow::rotate(&other, Rotation { purpose: Use::Token, alg: None, at_once: true }, &Actor::default()).await.unwrap();
    lab.idp.keyring.look().await.unwrap();
    assert!(made.contains(&signing(&lab, Alg::Rs256)));
}

/// case 29: an application's own token is held against the keys of the moment, not those that this node knew.
#[tokio::test]
async fn an_applications_token_of_a_key_that_was_withdrawn_elsewhere_is_refused_at_the_first_request() {
    let lab = Lab::new().await;
    let other = Keyring::open(&lab.idp.db, &lab.idp.env).await.unwrap();
    let token = lab.client_token(crate::idp::feed::http::SCOPE).await;
    let app = lab.app();
    let asked = async || crate::idp::testing::ask(&app, "GET", "/api/access-log", Some(&token), String::new()).await.0.as_u16();
    assert_eq!(asked().await, 200);
    flow::withdraw(&other, &signing(&lab, Alg::Es256), &Actor::command_line()).await.unwrap();
    assert_eq!(asked().await, 401);
}

/// S5: whoever was an administrator when a page was opened is asked again where the key is made.
#[tokio::test]
async fn nobody_else_has_keys_made_or_withdrawn() {
    let lab = Lab::new().await;
    let (keyring, nobody) = (&lab.idp.keyring, Actor::default().person("nobody"));
    let before = keyring.all().len();
    let first = signing(&lab, Alg::Es256);
    for at_once in [false, true] {
        let rotation = Rotation { purpose: Use::Token, alg: Some(Alg::Es256), at_once };
        assert!(matches!(flow::rotate(keyring, rotation, &nobody).await, Err(KeyringError::Forbidden)));
    }
    assert!(matches!(flow::withdraw(keyring, &first, &nobody).await, Err(KeyringError::Forbidden)));
    assert_eq!((keyring.all().len(), signing(&lab, Alg::Es256)), (before, first));
}

/// S7
#[tokio::test]
async fn a_key_for_ps256_is_made_when_it_is_first_needed_and_once() {
    let lab = Lab::new().await;
    let keyring = &lab.idp.keyring;
    assert!(matches!(keyring.signing(Use::Token, Alg::Ps256), Err(KeyringError::Missing)));
    let (a, b) = tokio::join!(flow::ensure(keyring, Use::Token, Alg::Ps256), flow::ensure(keyring, Use::Token, Alg::Ps256));
    a.unwrap();
    b.unwrap();
    assert_eq!(keyring.all().iter().filter(|h| h.key.alg() == Alg::Ps256).count(), 1);
    assert_eq!(keyring.signing(Use::Token, Alg::Ps256).unwrap().key.alg(), Alg::Ps256);
}

/// Receipts are checked for ever: with whatever key, however long ago.
#[tokio::test]
async fn keys_of_receipts_stay_published() {
    let lab = Lab::new().await;
    let first = lab.idp.keyring.signing(Use::Receipt, Alg::EdDsa).unwrap().key.kid().to_owned();
    let rotation = Rotation { purpose: Use::Receipt, alg: None, at_once: true };
    flow::rotate(&lab.idp.keyring, rotation, &Actor::default()).await.unwrap();
    lab.clock.advance(DAY * 4000);
    flow::by_age(&lab.idp.keyring).await.unwrap();
    let keys = lab.idp.keyring.public(Use::Receipt).unwrap();
    assert!(keys.keys().len() == 2 && keys.find(Some(&first), Alg::EdDsa).is_ok());
}
