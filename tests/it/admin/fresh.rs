//! Every change of the administration, and whether it asks for a fresh sign-in (security case 21). A change that is in the source
//! and not here fails, and so does any other answer.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{ASKED, Caller, begin};
use crate::on_both_engines;
use crate::routes::written;
use crate::source::none;
use crate::support::flow::{answered, authorize_url, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, World};

/// What gives someone more than he had, or can't be undone.
const FRESH: &[&str] = &[
    "POST /admin/people/new",
    "POST /admin/people/{id}/edit",
    "POST /admin/people/{id}/groups",
    "POST /admin/people/{id}/roles",
    "POST /admin/people/{id}/password-link",
    "POST /admin/people/{id}/enable",
    "POST /admin/people/{id}/export",
    "POST /admin/people/{id}/hand-over",
    "POST /admin/people/{id}/erase",
    "POST /admin/people/{id}/recovery",
    "POST /admin/people/{id}/federation",
    "POST /admin/people/invite",
    "POST /admin/groups/{id}/edit",
    "POST /admin/groups/{id}/members",
    "POST /admin/groups/{id}/roles",
    "POST /admin/roles/{role}/people",
    "POST /admin/roles/{role}/groups",
    "POST /admin/applications/new",
    "POST /admin/applications/{id}/edit",
    "POST /admin/applications/{id}/secret",
    "POST /admin/applications/{id}/enable",
    "POST /admin/applications/{id}/limited",
    "POST /admin/applications/{id}/allowed",
    "POST /admin/registration-tokens",
    "POST /admin/policies/{scope}",
    "POST /admin/recoveries/{id}/approve",
    "POST /admin/federation/new",
    "POST /admin/federation/{id}/edit",
    "POST /admin/federation/{id}/enabled",
    "POST /admin/federation/{id}/delete",
    "POST /admin/keys/rotate",
    "POST /admin/keys/{kid}/withdraw",
    "POST /api/admin/people",
    "PATCH /api/admin/people/{id}",
    "POST /api/admin/people/{id}/password-link",
    "POST /api/admin/people/{id}/enable",
    "POST /api/admin/people/{id}/hand-over",
    "POST /api/admin/people/{id}/recovery",
    "DELETE /api/admin/people/{id}",
    "PUT /api/admin/people/{id}/federation/{upstream}",
    "POST /api/admin/people/invited",
    "PATCH /api/admin/groups/{id}",
    "PUT /api/admin/groups/{id}/members/{person}",
    "PUT /api/admin/roles/{role}/people/{id}",
    "PUT /api/admin/roles/{role}/groups/{id}",
    "POST /api/admin/applications",
    "PUT /api/admin/applications/{id}",
    "POST /api/admin/applications/{id}/secret",
    "PUT /api/admin/applications/{id}/state",
    "PUT /api/admin/applications/{id}/allowed/{kind}/{who}",
    "POST /api/admin/registration-tokens",
    "PUT /api/admin/policies/{scope}",
    "DELETE /api/admin/policies/{scope}",
    "POST /api/admin/recoveries/{id}/approve",
    "PUT /api/admin/federation/{id}",
    "DELETE /api/admin/federation/{id}",
    "POST /api/admin/keys/rotate",
    "POST /api/admin/keys/{kid}/withdraw",
];

/// What is done at once: it takes away, which must not wait, or gives nobody anything.
const AT_ONCE: &[&str] = &[
    "POST /admin/people/{id}/details",
    "PUT /api/admin/people/{id}/profile",
    "POST /admin/people/{id}/end-sessions",
    "POST /admin/people/{id}/disable",
    "POST /admin/people/invited/{id}/revoke",
    "POST /admin/groups/new",
    "POST /admin/groups/{id}/delete",
    "POST /admin/applications/{id}/disable",
    "POST /admin/applications/{id}/try",
    "POST /admin/registration-tokens/revoke",
    "POST /admin/sessions/{id}/end",
    "POST /admin/invitations/{id}/revoke",
    "POST /admin/links/new",
    "POST /admin/links/{id}",
    "POST /admin/links/{id}/remove",
    "POST /admin/recoveries/{id}/refuse",
    "POST /admin/federation/{id}/try",
    "DELETE /api/admin/people/{id}/sessions",
    "POST /api/admin/people/{id}/disable",
    "DELETE /api/admin/people/{id}/federation/{upstream}",
    "DELETE /api/admin/people/invited/{id}",
    "POST /api/admin/groups",
    "DELETE /api/admin/groups/{id}",
    "DELETE /api/admin/groups/{id}/members/{person}",
    "DELETE /api/admin/roles/{role}/people/{id}",
    "DELETE /api/admin/roles/{role}/groups/{id}",
    "DELETE /api/admin/applications/{id}/allowed/{kind}/{who}",
    "DELETE /api/admin/registration-tokens/{id}",
    "DELETE /api/admin/sessions/{id}",
    "DELETE /api/admin/invitations/{id}",
    "POST /api/admin/links",
    "PUT /api/admin/links/{id}",
    "DELETE /api/admin/links/{id}",
    "POST /api/admin/recoveries/{id}/refuse",
    "POST /api/admin/federation/{id}/try",
];

/// What a form of a page says: the more wherever it may be more or less.
const MORE_OF_A_PAGE: [(&str, &str); 5] =
    [("present", "true"), ("staff", "true"), ("enabled", "true"), ("name", "X"), ("language", "en")];

/// The same by API.
fn more(path: &str) -> Value {
    match path {
        "/api/admin/people/{id}" => json!({"staff": true}),
        "/api/admin/applications/{id}/state" => json!({"enabled": true}),
        _ => json!({}),
    }
}

/// A path with something in each of its places: a person and an application that are there, a role, a policy.
fn fill(path: &str, person: &str) -> String {
    let id = match path {
        _ if path.contains("/people/{id}") && !path.contains("/roles/") => person,
        _ if path.contains("/applications/") => "app",
        _ => "01890000-0000-7000-8000-000000000000",
    };
    let places = [("{role}", "sales"), ("{scope}", "staff"), ("{kind}", "person"), ("{who}", person), ("{person}", person)];
    let more = [("{upstream}", "partner"), ("{kid}", "unknown"), ("{id}", id)];
    places.iter().chain(&more).fold(path.to_owned(), |path, (place, value)| path.replace(place, value))
}

#[test]
fn every_change_of_the_administration_is_named_once() {
    let is_change = |(half, method, path): &written::Route| {
        half == "idp" && method != "GET" && (path.starts_with("/admin") || path.starts_with("/api/admin"))
    };
    let written: BTreeSet<String> = written::all().0.into_iter().filter(is_change).map(|(_, m, p)| format!("{m} {p}")).collect();
    let named: BTreeSet<String> = FRESH.iter().chain(AT_ONCE).map(|s| (*s).to_owned()).collect();
    assert_eq!(named.len(), FRESH.len() + AT_ONCE.len());
    let mut complaints: Vec<String> = written.difference(&named).map(|r| format!("is {r} for a fresh sign-in only?")).collect();
    complaints.extend(named.difference(&written).map(|r| format!("there is no {r}")));
    none(complaints);
}

on_both_engines! {
    /// case 21, S5: whoever takes over an administrator's open browser, or his program's token, gives nobody anything with it.
    async fn what_gives_more_or_cannot_be_undone_needs_a_fresh_sign_in(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let mut browser = world.member("ada@example.com").await;
        let mut ada = Caller::of(&world, "ada@example.com").await;
        // Someone who may become more than he is.
        let patricia = ada.person("patricia@example.com").await;
        world.advance(301);
        ada.again().await;
        let mut complaints = Vec::new();
        for (route, is_fresh) in FRESH.iter().map(|r| (r, true)).chain(AT_ONCE.iter().map(|r| (r, false))) {
            let (method, path) = route.split_once(' ').unwrap();
            let (method, to) = (Method::from_bytes(method.as_bytes()).unwrap(), fill(path, &patricia));
            let asked = if let Some(api) = to.strip_prefix("/api/admin") {
                let (status, _, challenge) = ada.raw(method, api, Some(more(path))).await;
                status == 401 && challenge.contains("insufficient_user_authentication")
            } else {
                let answer = browser.once(method, &format!("{}{to}", world.idp_url), Some(&MORE_OF_A_PAGE)).await.unwrap();
                answer.location().is_some_and(|to| to.path() == "/signin")
            };
            if asked != is_fresh {
                complaints.push(format!("{route}: asked for a fresh sign-in is {asked}"));
            }
        }
        none(complaints);
    }
}

/// case 21, case 17: nor does one factor give anybody more, however fresh, where a policy is content with one.
#[tokio::test]
async fn one_factor_gives_nobody_more_however_fresh() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    world.apply("policies: [{for: everyone, least: one-factor}]").await;
    let mut browser = world.browser();
    until_answer(&world, &mut browser, &authorize_url(&world, &ASKED)).await;
    let form = [("username", "ada@example.com"), ("password", PASSWORD)];
    let answer = browser.once(Method::POST, &format!("{}/signin", world.idp_url), Some(&form)).await.unwrap();
    let token = Caller::redeem(&world, &answered(&answer, "code").unwrap()).await;
    let ada = Caller { world: &world, token, browser: browser.clone() };
    let (status, _, challenge) = ada.raw(Method::POST, "/keys/rotate", Some(json!({}))).await;
    assert!(status == 401 && challenge.contains("insufficient_user_authentication"), "{status} {challenge}");
    let answer = browser.once(Method::POST, &format!("{}/admin/keys/rotate", world.idp_url), Some(&[])).await.unwrap();
    assert_eq!(answer.location().unwrap().path(), "/signin", "{}", answer.text);
    assert!(browser.get(format!("{}/signin", world.idp_url)).await.unwrap().text.contains("id=\"code\""));
}
