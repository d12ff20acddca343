//! What the tests of factors have in common: someone who is signed in at the provider, and what his browser does there.

use reqwest::Method;
use serde_json::Value;
use zegel::demo::browser::{Answer, Browser};

use crate::support::passkey::Device;
use crate::support::world::{PASSWORD, World};

/// Someone who has just signed in at the provider, with a mailed code.
pub async fn enter(world: &World, email: &str) -> Browser {
    let mut browser = world.browser();
    browser.get(at(world, "/signin")).await.unwrap();
    let page = world.sign_in_from(&mut browser, email).await;
    assert_eq!(page.url.path(), "/", "{}", page.text);
    browser
}

/// Types an address and a password.
pub async fn password(world: &World, browser: &mut Browser, email: &str) -> Answer {
    browser.get(at(world, "/signin")).await.unwrap();
    browser.post(at(world, "/signin"), &[("username", email), ("password", PASSWORD)]).await.unwrap()
}

/// A path at the provider.
pub fn at(world: &World, path: &str) -> String {
    format!("{}{path}", world.idp_url)
}

/// Opens a page.
pub async fn get(world: &World, browser: &mut Browser, path: &str) -> Answer {
    browser.get(at(world, path)).await.unwrap()
}

/// Sends a form, and follows where it leads.
pub async fn post(world: &World, browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> Answer {
    browser.post(at(world, path), form).await.unwrap()
}

/// What the script of a page asks: a challenge, or the status of a refusal.
pub async fn challenge(world: &World, browser: &mut Browser, path: &str) -> Result<(String, Value), u16> {
    let answer = browser.once(Method::POST, &at(world, path), Some(&[])).await.unwrap();
    if answer.status != 200 {
        return Err(answer.status.as_u16());
    }
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    Ok((body["id"].as_str().unwrap().to_owned(), body["options"].clone()))
}

/// Where new passkeys ask for their challenge.
pub const MAKE: &str = "/account/security/passkeys/options";
/// Where they are added.
pub const NEW: &str = "/account/security/passkeys/new";

/// Adds a passkey of `device` and answers the page that follows.
pub async fn add(world: &World, browser: &mut Browser, device: &mut Device, name: &str) -> Answer {
    let (id, options) = challenge(world, browser, MAKE).await.unwrap();
    let credential = device.make(&world.idp_url, &options);
    post(world, browser, NEW, &[("name", name), ("challenge", &id), ("credential", &credential)]).await
}

/// The address of the page of the passkey that is called `name`.
pub fn page_of(listed: &Answer, name: &str) -> String {
    let (before, _) =
        listed.text.split_once(&format!("aria-label=\"Change {name}\"")).unwrap_or_else(|| panic!("{}", listed.text));
    before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// How often something stands in the audit log.
pub async fn audited(world: &World, action: &str, outcome: &str) -> i64 {
    let sql = zegel::sql!("SELECT COUNT(*) FROM audit WHERE action = $1 AND outcome = $2");
    world.idp().db.query(sql).bind(action).bind(outcome).one::<(i64,)>().await.unwrap().0
}

/// Whether a message that says `words` was sent; several may be of one moment.
pub async fn told(world: &World, words: &str) -> bool {
    world.send().await;
    world.app.capture.as_ref().unwrap().messages().list().iter().any(|m| m.text.to_lowercase().contains(words))
}
