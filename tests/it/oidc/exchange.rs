//! Token exchange (RFC 8693): a resource server calls the next one in the person's name.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::flow::{claims, text, tokens};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, World};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const SECRET: &str = "a-secret-of-a-service-of-some-forty-characters";

/// `api` answers at https://api.example and calls https://stock.example, where `stock` answers, which calls `ledger`.
async fn services(world: &World) {
    let of = |id: &str, serves: &str, calls: &str| {
        json!({"client_id": id, "client_name": id, "client_secret": SECRET, "grant_types": [GRANT, "client_credentials"],
            "serves": [serves], "resources": [calls], "scope": "read email"})
    };
    let all = json!({"applications": [
        of("api", "https://api.example", "https://stock.example"),
        of("stock", "https://stock.example", "https://ledger.example"),
        of("ledger", "https://ledger.example", "https://api.example"),
    ]});
    world.apply(&all.to_string()).await;
}

async fn exchange(world: &World, client: &str, subject: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let target = match client {
        "api" => "https://stock.example",
        "stock" => "https://ledger.example",
        _ => "https://api.example",
    };
    let mut form = vec![("grant_type", GRANT), ("subject_token", subject), ("subject_token_type", ACCESS), ("resource", target)];
    for (name, value) in more {
        form.retain(|(n, _)| n != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    world.token((client, SECRET), &form).await
}

/// A token of Daan for `api`, with the scope `read`.
async fn for_api(world: &World) -> (zegel::demo::browser::Browser, Value) {
    tokens(world, "daan@example.com", &[("resource", "https://api.example"), ("scope", "openid email read")]).await
}

async fn introspect(world: &World, client: &str, token: &str) -> Value {
    let request = world.http.post(format!("{}/introspect", world.idp_url)).basic_auth(client, Some(SECRET));
    request.form(&[("token", token)]).send().await.unwrap().json().await.unwrap()
}

on_both_engines! {
    /// S2, X7: it is delegation: the token is about the person and says who acts for him, through all who acted before.
    async fn a_service_calls_the_next_in_the_persons_name_and_says_so(db: TestDb) {
        let world = World::start(db).await;
        services(&world).await;
        let (_, t) = for_api(&world).await;
        let first = claims(text(&t, "access_token"));
        let (status, answer) = exchange(&world, "api", text(&t, "access_token"), &[]).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!((text(&answer, "issued_token_type"), text(&answer, "token_type")), (ACCESS, "Bearer"));
        assert!(answer.get("refresh_token").is_none());
        let second = claims(text(&answer, "access_token"));
        for same in ["sub", "sid", "acr", "auth_time", "issue", "iss"] {
            assert_eq!(second[same], first[same], "{same}");
        }
        assert_eq!((text(&second, "aud"), text(&second, "client_id"), text(&second, "scope")), ("https://stock.example", "api", "email read"));
        assert_eq!(second["act"], json!({"sub": "api"}));
        let (_, answer) = exchange(&world, "stock", text(&answer, "access_token"), &[("scope", "read")]).await;
        let third = claims(text(&answer, "access_token"));
        assert_eq!(third["act"], json!({"sub": "stock", "act": {"sub": "api"}}));
        assert_eq!(third["scope"], "read");
        assert_eq!(introspect(&world, "ledger", text(&answer, "access_token")).await["act"]["act"]["sub"], "api");
    }

    /// case 17, case 29: an exchanged token ends with what it came from, and with whoever acts.
    async fn what_was_exchanged_ends_with_what_it_came_from(db: TestDb) {
        let world = World::start(db).await;
        services(&world).await;
        let (mut browser, t) = for_api(&world).await;
        let (_, answer) = exchange(&world, "api", text(&t, "access_token"), &[]).await;
        let exchanged = text(&answer, "access_token");
        assert_eq!(introspect(&world, "stock", exchanged).await["active"], true);
        browser.get(format!("{}/logout?id_token_hint={}", world.idp_url, text(&t, "id_token"))).await.unwrap();
        assert_eq!(introspect(&world, "stock", exchanged).await["active"], false);
        assert_eq!(exchange(&world, "api", text(&t, "access_token"), &[]).await.1["error"], "invalid_request");
        assert_eq!(exchange(&world, "stock", exchanged, &[]).await.1["error"], "invalid_request");
    }

    /// case 17, case 29, S11: whoever acts may act for this person when it exchanges, and as long as what it got is used.
    async fn whoever_acts_may_do_so_for_the_person(db: TestDb) {
        let world = World::start(db).await;
        services(&world).await;
        let (_, t) = for_api(&world).await;
        let access = text(&t, "access_token");
        let got = async || text(&exchange(&world, "api", access, &[]).await.1, "access_token").to_owned();
        let (closed, ended) = (got().await, got().await);
        let api = |more: &str| {
            format!(
                "applications: [{{client_id: api, client_name: api, client_secret: {SECRET}, grant_types: [\"{GRANT}\", client_credentials], \
                 serves: [\"https://api.example\"], resources: [\"https://stock.example\"], scope: read email, {more}}}]"
            )
        };
        world.apply(&api("allowed: {people: [mila@example.com]}")).await;
        assert_eq!(introspect(&world, "stock", &closed).await["active"], false);
        assert_eq!(exchange(&world, "api", access, &[]).await.1["error"], "invalid_request");
        world.apply(&api("allowed: {people: [daan@example.com]}")).await;
        assert_eq!(introspect(&world, "stock", &ended).await["active"], true);
        // Case 3: what is taken from the application that it came from is in none that came of it.
        let app = |scope: &str| format!(
            "applications: [{{client_id: app, client_name: T, redirect_uris: [\"http://127.0.0.1:9/cb\"], \
             grant_types: [authorization_code, refresh_token], resources: [\"https://api.example\"], scope: {scope}}}]"
        );
        world.apply(&app("openid email")).await;
        assert_eq!(introspect(&world, "stock", &ended).await["active"], false);
        world.apply(&app("openid email read")).await;
        assert_eq!(introspect(&world, "stock", &ended).await["active"], true);
        world.apply(&api("enabled: false")).await;
        assert_eq!(introspect(&world, "stock", &ended).await["active"], false);
    }
}

/// case 5, case 6, case 14: a token that was not sent to a service is no use to it; and nothing is widened.
#[tokio::test]
async fn a_service_exchanges_only_what_was_sent_to_it_and_only_for_less() {
    let world = World::start(TestDb::sqlite()).await;
    services(&world).await;
    let (_, t) = for_api(&world).await;
    let (_, elsewhere) = tokens(&world, "daan@example.com", &[]).await;
    let access = text(&t, "access_token");
    for (client, subject, more, error) in [
        ("stock", access, vec![], "invalid_request"),
        ("api", text(&elsewhere, "access_token"), vec![], "invalid_request"),
        ("api", text(&t, "id_token"), vec![], "invalid_request"),
        ("api", text(&t, "refresh_token"), vec![], "invalid_request"),
        ("api", "made-up", vec![], "invalid_request"),
        ("api", access, vec![("subject_token_type", "urn:ietf:params:oauth:token-type:id_token")], "invalid_request"),
        ("api", access, vec![("subject_token", "")], "invalid_request"),
        ("api", access, vec![("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")], "invalid_request"),
        ("api", access, vec![("resource", "https://ledger.example")], "invalid_target"),
        ("api", access, vec![("resource", "")], "invalid_target"),
        ("api", access, vec![("audience", "https://ledger.example")], "invalid_target"),
        ("api", access, vec![("scope", "read profile")], "invalid_scope"),
        ("api", access, vec![("scope", "openid")], "invalid_scope"),
        ("api", access, vec![("actor_token", access), ("actor_token_type", ACCESS)], "invalid_request"),
        ("api", access, vec![("actor_token", access)], "invalid_request"),
    ] {
        let (status, answer) = exchange(&world, client, subject, &more).await;
        assert_eq!((status, text(&answer, "error")), (400, error), "{client} {more:?}");
    }
    // A client that is registered for something else, and one that can't prove who it is.
    let form =
        [("grant_type", GRANT), ("subject_token", access), ("subject_token_type", ACCESS), ("resource", "https://api.example")];
    assert_eq!(world.token(("app", APP_SECRET), &form).await.1["error"], "unauthorized_client");
    let (status, _) = exchange(&world, "api", access, &[("resource", ""), ("audience", "https://stock.example")]).await;
    assert_eq!(status, 200, "an audience is named as a resource is");
}

/// S2: an actor that is named is an application that spoke for itself.
#[tokio::test]
async fn an_actor_can_be_named_by_its_own_token() {
    let world = World::start(TestDb::sqlite()).await;
    services(&world).await;
    let (_, t) = for_api(&world).await;
    let form = [("grant_type", "client_credentials"), ("resource", "https://api.example")];
    let (_, own) = world.token(("ledger", SECRET), &form).await;
    let more = [("actor_token", text(&own, "access_token")), ("actor_token_type", ACCESS)];
    let (status, answer) = exchange(&world, "api", text(&t, "access_token"), &more).await;
    assert_eq!(status, 200, "{answer}");
    let exchanged = text(&answer, "access_token");
    assert_eq!(claims(exchanged)["act"]["sub"], "ledger");
    // S11, case 29: whoever acts is open to the person, and enabled as long as what it got is used.
    let ledger = |more: &str| {
        format!(
            "applications: [{{client_id: ledger, client_name: ledger, grant_types: [client_credentials], serves: [\"https://ledger.example\"], resources: [\"https://api.example\"], {more}}}]"
        )
    };
    let active = async || introspect(&world, "stock", exchanged).await["active"] == true;
    assert!(active().await);
    world.apply(&ledger("allowed: {people: [mila@example.com]}")).await;
    assert!(!active().await);
    assert_eq!(exchange(&world, "api", text(&t, "access_token"), &more).await.1["error"], "invalid_request");
    world.apply(&ledger("allowed: everyone")).await;
    assert!(active().await);
    world.apply(&ledger("enabled: false")).await;
    assert!(!active().await);
}

/// S2 (RFC 7009, sections 2.1 and 2.2.1): what was exchanged is its holder's to give up, and belongs to no authorization of it.
#[tokio::test]
async fn an_exchanged_token_is_revoked_by_whoever_holds_it_where_that_can_be() {
    let world = World::start(TestDb::sqlite()).await;
    services(&world).await;
    let (_, t) = for_api(&world).await;
    let revoke = async |client: &str, secret: &str, token: &str| {
        let request = world.http.post(format!("{}/revoke", world.idp_url)).basic_auth(client, Some(secret));
        let answer = request.form(&[("token", token)]).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
        (status, body["error"].as_str().unwrap_or_default().to_owned())
    };
    let (_, signed) = exchange(&world, "api", text(&t, "access_token"), &[]).await;
    let signed = text(&signed, "access_token");
    assert_eq!(revoke("app", APP_SECRET, signed).await, (400, "invalid_grant".into()), "it is none of his");
    assert_eq!(revoke("api", SECRET, signed).await, (400, "unsupported_token_type".into()));
    assert_eq!(introspect(&world, "stock", signed).await["active"], true);
    let opaque = format!(
        "applications: [{{client_id: api, client_name: api, client_secret: {SECRET}, grant_types: [\"{GRANT}\", client_credentials], \
         serves: [\"https://api.example\"], resources: [\"https://stock.example\"], scope: read email, access_token_format: opaque}}]"
    );
    world.apply(&opaque).await;
    let (_, ends) = exchange(&world, "api", text(&t, "access_token"), &[]).await;
    let ends = text(&ends, "access_token");
    assert_eq!(introspect(&world, "stock", ends).await["active"], true);
    assert_eq!(revoke("api", SECRET, ends).await, (200, String::new()));
    assert_eq!(introspect(&world, "stock", ends).await["active"], false);
    assert_eq!(introspect(&world, "stock", signed).await["active"], true, "nothing else of it has ended");
    let form = [("grant_type", "client_credentials"), ("resource", "https://stock.example")];
    let (_, own) = world.token(("api", SECRET), &form).await;
    assert_eq!(revoke("api", SECRET, text(&own, "access_token")).await, (200, String::new()));
    assert_eq!(introspect(&world, "stock", text(&own, "access_token")).await["active"], false);
}

/// S2: it lives no longer than what it came from, and no chain is endless.
#[tokio::test]
async fn an_exchanged_token_lives_no_longer_and_chains_have_an_end() {
    let world = World::start(TestDb::sqlite()).await;
    services(&world).await;
    let (_, t) = for_api(&world).await;
    let until = claims(text(&t, "access_token"))["exp"].clone();
    world.advance(100);
    let mut token = text(&t, "access_token").to_owned();
    for (n, client) in ["api", "stock", "ledger", "api", "stock"].into_iter().enumerate() {
        let (status, answer) = exchange(&world, client, &token, &[]).await;
        if n == 4 {
            assert_eq!((status, text(&answer, "error")), (400, "invalid_request"));
            break;
        }
        assert_eq!(status, 200, "{client} {answer}");
        text(&answer, "access_token").clone_into(&mut token);
        assert_eq!(claims(&token)["exp"], until);
        assert_eq!(answer["expires_in"], 200);
    }
}

/// case 6: an exchanged token is none of the provider's own endpoints', and none of a client for itself.
#[tokio::test]
async fn an_exchanged_token_opens_nothing_at_the_provider() {
    let world = World::start(TestDb::sqlite()).await;
    services(&world).await;
    let (_, t) = for_api(&world).await;
    let (_, answer) = exchange(&world, "api", text(&t, "access_token"), &[]).await;
    assert_eq!(crate::support::flow::userinfo(&world, text(&answer, "access_token")).await.0, 401);
}
