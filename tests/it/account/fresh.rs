//! Every change of one's own account, and whether it asks for a fresh sign-in (security case 21). A change that is in the source and
//! not here fails, and so does any other answer.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::factors::world::{add, enter};
use crate::on_both_engines;
use crate::routes::written;
use crate::source::none;
use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize, authorize_url, text, until_answer};
use crate::support::passkey::Device;
use crate::support::world::World;

/// A request, and what its form says.
type Asked = (&'static str, &'static [(&'static str, &'static str)]);

/// What an account stands on, and all that is kept of its owner.
const FRESH: &[Asked] = &[
    ("POST /account/password", &[]),
    ("POST /account/email", &[]),
    ("GET /account/export", &[]),
    ("POST /account/security/authenticator", &[("do", "begin")]),
    ("POST /account/security/authenticator", &[("do", "remove")]),
    ("POST /account/security/phone", &[("do", "begin"), ("phone", "+31612345642")]),
    ("POST /account/security/phone", &[("do", "remove")]),
    ("POST /account/security/recovery", &[]),
    ("POST /account/security/passkeys/options", &[]),
    ("POST /account/security/passkeys/{id}", &[("do", "remove")]),
    ("POST /account/connections/{id}/connect", &[]),
    ("POST /account/connections/{id}/remove", &[]),
    ("POST /api/me/email", &[]),
    ("GET /api/me/export", &[]),
    ("POST /api/me/passkeys/options", &[]),
    ("DELETE /api/me/passkeys/{id}", &[]),
    ("POST /api/me/authenticator", &[]),
    ("DELETE /api/me/authenticator", &[]),
    ("POST /api/me/recovery-codes", &[]),
    ("POST /api/me/phone", &[]),
    ("DELETE /api/me/phone", &[]),
];

/// What is done at once: it ends something, finishes what began with a fresh sign-in, or opens nothing.
const AT_ONCE: &[Asked] = &[
    ("POST /account/profile", &[]),
    ("POST /account/details", &[]),
    ("POST /account/remembered/end", &[]),
    ("POST /account/applications/withdraw", &[]),
    ("POST /account/email/cancel", &[]),
    ("POST /account/approvals/{id}", &[]),
    ("POST /account/security/passkeys/new", &[]),
    ("POST /account/sessions/end", &[]),
    ("PATCH /api/me", &[]),
    ("PUT /api/me/profile", &[]),
    ("POST /api/me/passkeys", &[]),
    ("PATCH /api/me/passkeys/{id}", &[]),
    ("POST /api/me/authenticator/confirm", &[]),
    ("POST /api/me/phone/confirm", &[]),
    ("DELETE /api/me/remembered-devices/{id}", &[]),
    ("DELETE /api/me/applications/{id}", &[]),
    ("DELETE /api/me/sessions/{id}", &[]),
    ("DELETE /api/me/sessions", &[]),
];

#[test]
fn every_change_of_ones_own_account_is_named() {
    let is_own = |(half, method, path): &written::Route| {
        let change = method != "GET" || path.ends_with("/export");
        half == "idp" && change && (path.starts_with("/account") || path.starts_with("/api/me"))
    };
    let written: BTreeSet<String> = written::all().0.into_iter().filter(is_own).map(|(_, m, p)| format!("{m} {p}")).collect();
    let named: BTreeSet<String> = FRESH.iter().chain(AT_ONCE).map(|(route, _)| (*route).to_owned()).collect();
    let mut complaints: Vec<String> = written.difference(&named).map(|r| format!("is {r} for a fresh sign-in only?")).collect();
    complaints.extend(named.difference(&written).map(|r| format!("there is no {r}")));
    none(complaints);
}

const DESK: (&str, &str) = ("desk", "a-secret-of-the-desk-of-forty-characters");
const WANTED: [(&str, &str); 2] = [("client_id", DESK.0), ("scope", "openid account")];

async fn redeemed(world: &World, code: &str) -> String {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let (status, tokens) = world.token(DESK, &form).await;
    assert_eq!(status, 200, "{tokens}");
    text(&tokens, "access_token").to_owned()
}

on_both_engines! {
    /// case 21, S4: whoever takes over an open browser, or the token of someone's application, changes nothing that the account
    /// stands on and takes no copy away.
    async fn what_an_account_stands_on_needs_a_fresh_sign_in(db: TestDb) {
        let world = World::start(db).await;
        let file = json!({"applications": [{"client_id": DESK.0, "client_name": "Desk", "client_secret": DESK.1,
            "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "scope": "openid account"}]});
        world.apply(&file.to_string()).await;
        let (mut desk, answer) = authorize(&world, "mila@example.com", &WANTED).await;
        redeemed(&world, &answered(&answer, "code").unwrap()).await;
        let mut browser = enter(&world, "daan@example.com").await;
        add(&world, &mut browser, &mut Device::new(), "Phone").await;
        let sql = zegel::sql!("SELECT id FROM passkeys");
        let (passkey,) = world.idp().db.query(sql).one::<(String,)>().await.unwrap();
        world.advance(301);
        let again = until_answer(&world, &mut desk, &authorize_url(&world, &WANTED)).await;
        let token = redeemed(&world, &answered(&again, "code").unwrap()).await;
        let mut complaints = Vec::new();
        for ((route, form), is_fresh) in FRESH.iter().map(|r| (r, true)).chain(AT_ONCE.iter().map(|r| (r, false))) {
            let (method, path) = route.split_once(' ').unwrap();
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let to = world.at(&path.replace("{id}", &passkey));
            let asked = if path.starts_with("/api/") {
                let answer = world.http.request(method, to).bearer_auth(&token).json(&json!({})).send().await.unwrap();
                let challenge = answer.headers().get("www-authenticate").map_or("", |v| v.to_str().unwrap()).to_owned();
                answer.status() == 401 && challenge.contains("insufficient_user_authentication")
            } else {
                let form = (method == Method::POST).then_some(*form);
                let answer = browser.once(method, &to, form).await.unwrap();
                answer.status == 401 || answer.location().is_some_and(|to| to.path() == "/signin")
            };
            if asked != is_fresh {
                complaints.push(format!("{route} {form:?}: asked for a fresh sign-in is {asked}"));
            }
        }
        none(complaints);
    }
}
