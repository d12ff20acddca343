//! What opens beside the mailed link of a recovery: a passkey, a recovery code, a code by text message. Each opens its owner's
//! account and nobody else's, and none of them twice.

use reqwest::Method;
use zegel::demo::browser::Answer;

use crate::factors::world::{add, audited, challenge, post};
use crate::on_both_engines;
use crate::support::passkey::Device;
use crate::support::world::World;

const DAAN: &str = "daan@example.com";
const NUMBER: &str = "+31612345601";
const CHOICE: [(&str, &str); 3] = [("do", "choose"), ("password", "a wholly other one"), ("repeat", "a wholly other one")];

/// Asks for a link, and gives it.
async fn link(world: &World, email: &str) -> String {
    world.browser().post(world.at("/recover"), &[("username", email)]).await.unwrap();
    world.link_to(email, "/recover/").await
}

/// Whether a link has come so far that a password may be chosen.
async fn is_open(world: &World, link: &str) -> bool {
    world.browser().get(link).await.unwrap().text.contains("name=\"repeat\"")
}

/// Whether a password was chosen, and the sign-in has begun.
async fn chooses(world: &World, link: &str) -> bool {
    let answer = world.browser().once(Method::POST, link, Some(&CHOICE)).await.unwrap();
    answer.location().is_some_and(|to| to.path() == "/setup")
}

/// Types something that was kept or sent.
async fn types(world: &World, link: &str, way: &str, code: &str) -> u16 {
    let answer = world.browser().once(Method::POST, link, Some(&[("do", "code"), ("way", way), (way, code)])).await.unwrap();
    answer.status.as_u16()
}

/// A challenge for a passkey at a link.
async fn asked(world: &World, link: &str) -> Result<(String, serde_json::Value), u16> {
    let path = format!("{}/passkey", link.strip_prefix(&world.idp_url).unwrap());
    challenge(world, &mut world.browser(), &path).await
}

async fn answers(world: &World, link: &str, id: &str, credential: &str) -> Answer {
    let form = [("do", "passkey"), ("challenge", id), ("credential", credential)];
    world.browser().once(Method::POST, link, Some(&form)).await.unwrap()
}

/// Somebody with a passkey on a device.
async fn with_passkey(world: &World, email: &str) -> Device {
    let (mut browser, mut device) = (world.at_home(email).await, Device::new());
    add(world, &mut browser, &mut device, "Phone").await;
    device
}

on_both_engines! {
    /// S4, case 22: a passkey of the link's owner opens, for a challenge of that link, once; another's opens nothing.
    async fn a_passkey_beside_the_link_opens(db: TestDb) {
        let world = World::start(db).await;
        let mut hers = with_passkey(&world, "mila@example.com").await;
        let mut his = with_passkey(&world, DAAN).await;
        let (first, second) = (link(&world, DAAN).await, link(&world, "mila@example.com").await);
        let page = world.browser().get(&first).await.unwrap();
        assert!(page.text.contains("data-passkey=\"show\"") && page.text.contains("passkeys.js"), "{}", page.text);
        // Mila's device answers the challenge of his link: with its own passkey, and as if that were his.
        let (id, options) = asked(&world, &first).await.unwrap();
        let known = options["publicKey"]["allowCredentials"].clone();
        let mut any = options.clone();
        any["publicKey"]["allowCredentials"] = serde_json::json!([]);
        let theirs = hers.show(&world.idp_url, &any);
        assert_eq!(answers(&world, &first, &id, &theirs).await.status.as_u16(), 422);
        assert!(!is_open(&world, &first).await && audited(&world, "recovery.proven", "unknown").await == 1);
        assert_eq!(known[0]["id"].as_str(), Some(his.kept[0].0.as_str()), "only his is asked for");
        // His answers a challenge of another link, and one that was answered.
        let (other, options) = asked(&world, &second).await.unwrap();
        let mut any = options.clone();
        any["publicKey"]["allowCredentials"] = serde_json::json!([]);
        let answer = his.show(&world.idp_url, &any);
        answers(&world, &first, &other, &answer).await;
        assert!(!is_open(&world, &first).await && !is_open(&world, &second).await);
        // On another origin.
        let (id, options) = asked(&world, &first).await.unwrap();
        assert_eq!(answers(&world, &first, &id, &his.show("https://evil.example", &options)).await.status.as_u16(), 422);
        let (id, options) = asked(&world, &first).await.unwrap();
        let right = his.show(&world.idp_url, &options);
        assert_eq!(answers(&world, &first, &id, &right).await.status.as_u16(), 303);
        assert!(is_open(&world, &first).await && audited(&world, "recovery.proven", "ok").await == 1);
        assert!(asked(&world, &first).await.is_err(), "nothing more is to be shown");
        assert!(chooses(&world, &first).await);
        // One that was removed meanwhile opens nothing, and is not offered.
        world.advance(40);
        let third = link(&world, DAAN).await;
        let (id, options) = asked(&world, &third).await.unwrap();
        let late = his.show(&world.idp_url, &options);
        take_away(&world).await;
        answers(&world, &third, &id, &late).await;
        assert!(!is_open(&world, &third).await);
        assert!(!world.browser().get(&third).await.unwrap().text.contains("data-passkey"));
    }

    /// S4, case 18: each recovery code opens once, for its owner alone, and guesses are counted.
    async fn a_recovery_code_beside_the_link_opens_once(db: TestDb) {
        let world = World::start(db).await;
        let mut codes = Vec::new();
        for email in [DAAN, "mila@example.com"] {
            let mut browser = world.at_home(email).await;
            let page = post(&world, &mut browser, "/account/security/recovery", &[]).await;
            let all: Vec<String> = page.text.split("<li><code>").skip(1).map(|r| r.split('<').next().unwrap().to_owned()).collect();
            assert_eq!(all.len(), 10, "{}", page.text);
            codes.push(all);
        }
        let [his, hers] = codes.as_slice() else { panic!("two people") };
        let first = link(&world, DAAN).await;
        assert_eq!(types(&world, &first, "recovery-code", &hers[0]).await, 422, "another's");
        assert_eq!(types(&world, &first, "sms", &his[0]).await, 303, "not a way of his: nothing is counted");
        assert!(!is_open(&world, &first).await);
        // As it was copied by hand.
        assert_eq!(types(&world, &first, "recovery-code", &his[0].to_uppercase().replace('-', " ")).await, 303);
        assert!(is_open(&world, &first).await && chooses(&world, &first).await);
        let second = link(&world, DAAN).await;
        assert_eq!(types(&world, &second, "recovery-code", &his[0]).await, 422, "once");
        for left in (0..4).rev() {
            assert_eq!(types(&world, &second, "recovery-code", "aaaa-bbbb-cccc").await, if left == 0 { 429 } else { 422 });
        }
        assert_eq!(types(&world, &second, "recovery-code", &his[1]).await, 429, "the right one comes too late");
        assert!(!is_open(&world, &second).await && !chooses(&world, &second).await);
        // A link of her own takes hers still.
        let third = link(&world, "mila@example.com").await;
        assert_eq!(types(&world, &third, "recovery-code", &hers[0]).await, 303);
        assert!(chooses(&world, &third).await);
    }

    /// S4: a code by text message goes to the proven number when it is asked for, and opens that link for ten minutes.
    async fn a_code_by_text_message_beside_the_link_opens(db: TestDb) {
        let world = World::start(db).await;
        world.apply(&format!("people: [{{email: {DAAN}, name: Daan Visser, phone: '{NUMBER}'}}]")).await;
        let unproven = link(&world, DAAN).await;
        assert!(!world.browser().get(&unproven).await.unwrap().text.contains("value=\"sms\""), "a number that is not proven is none");
        let set = world.idp().db.write((), |(), mut tx| {
            Box::pin(async move { tx.q(zegel::sql!("UPDATE people SET phone_proven_at = 1 WHERE email = 'daan@example.com'")).exec().await })
        });
        set.await.unwrap();
        let first = link(&world, DAAN).await;
        let page = world.browser().get(&first).await.unwrap();
        assert!(page.text.contains("value=\"sms\"") && !page.text.contains(NUMBER), "masked: {}", page.text);
        let texts = async || {
            world.send().await;
            world.app.capture.as_ref().unwrap().messages().list().iter().filter(|m| m.to == NUMBER).count()
        };
        assert_eq!(texts().await, 0, "not before it is asked for");
        let send = async |link: &str| world.browser().post(link, &[("do", "send")]).await.unwrap().status.as_u16();
        assert_eq!((send(&first).await, send(&first).await), (200, 429), "not two at once");
        let code = world.code_for(NUMBER, 6).await;
        let second = link(&world, DAAN).await;
        assert_eq!(types(&world, &second, "sms", &code).await, 422, "of another link");
        world.advance(601);
        assert_eq!(types(&world, &first, "sms", &code).await, 422, "too old");
        assert_eq!(send(&first).await, 200);
        let fresh = world.code_for(NUMBER, 6).await;
        assert_ne!(code, fresh);
        assert_eq!(types(&world, &first, "sms", &code).await, 422, "the one before counts no more");
        assert!(!is_open(&world, &first).await);
        assert_eq!(types(&world, &first, "sms", &fresh).await, 303);
        assert!(is_open(&world, &first).await && chooses(&world, &first).await);
        assert_eq!(texts().await, 2);
        assert!(!is_open(&world, &second).await, "the other link went with it");
    }
}

/// Takes away the passkey of Daan, as he would.
async fn take_away(world: &World) {
    let gone = world.idp().db.write(world.id_of(DAAN).await, |id, mut tx| {
        Box::pin(async move { tx.q(zegel::sql!("DELETE FROM passkeys WHERE person_id = $1")).bind(id.as_str()).exec().await })
    });
    assert_eq!(gone.await.unwrap(), 1);
}
