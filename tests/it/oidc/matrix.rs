//! The exchange matrix: every grant of the token endpoint with every kind of client and every kind of token, generated.
//! What is right for one combination is refused for every other, with the error that the specifications name.

use serde_json::{Value, json};
use zegel::idp::clients::model::GRANTS;

use crate::support::bank::Bank;
use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize_url, text, tokens, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

const SECRET: &str = "a-secret-of-a-client-of-forty-characters-";

/// How a client proves who it is.
const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// A kind of token, which is presented wherever a token or code can be.
const KINDS: [&str; 9] = ["code", "refresh", "access", "opaque", "id", "device", "asked", "pushed", "made-up"];

/// The parameter of a grant that brings something.
fn brings(grant: &str) -> Option<&'static str> {
    match grant {
        "authorization_code" => Some("code"),
        "refresh_token" => Some("refresh_token"),
        g if g.ends_with("device_code") => Some("device_code"),
        g if g.ends_with("ciba") => Some("auth_req_id"),
        g if g.ends_with("token-exchange") => Some("subject_token"),
        _ => None,
    }
}

/// Whether a grant takes a kind of token at all.
fn takes(grant: &str, kind: &str) -> bool {
    let own = [("code", "code"), ("refresh_token", "refresh"), ("device_code", "device"), ("auth_req_id", "asked")];
    brings(grant).is_some_and(|name| own.contains(&(name, kind)))
        || brings(grant) == Some("subject_token") && matches!(kind, "access" | "opaque")
}

/// A request of one client of each method and each set of grants.
async fn ask(world: &World, bank: &Bank<'_>, id: &str, method: &str, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    if method == "private_key_jwt" {
        let mut claims = bank.assertion();
        claims["iss"] = id.into();
        claims["sub"] = id.into();
        let told = bank.once(path, form, &claims, None).await;
        return (told.status, told.body);
    }
    let mut form = form.to_vec();
    let mut request = world.http.post(format!("{}{path}", world.idp_url));
    match method {
        "client_secret_basic" => request = request.basic_auth(id, Some(SECRET)),
        "client_secret_post" => form.extend([("client_id", id), ("client_secret", SECRET)]),
        _ => form.push(("client_id", id)),
    }
    let answer = request.form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// What a third client asks someone with, who has allowed it.
async fn asked(world: &World, bank: &Bank<'_>) -> String {
    let form = [("scope", "openid"), ("login_hint", "mila@example.com")];
    let (status, begun) = ask(world, bank, "asks", "client_secret_basic", "/bc-authorize", &form).await;
    assert_eq!(status, 200, "{begun}");
    text(&begun, "auth_req_id").to_owned()
}

/// One token of each kind, all of the application `app` and the bank; what they are worth elsewhere is what is tried.
async fn one_of_each(world: &World, bank: &Bank<'_>) -> Vec<(&'static str, String)> {
    let (mut browser, t) = tokens(world, "daan@example.com", &[("resource", "https://api.example")]).await;
    let answer = until_answer(world, &mut browser, &authorize_url(world, &[])).await;
    let opaque = format!("zat_{}", crate::support::bank::name());
    KINDS
        .into_iter()
        .zip([
            answered(&answer, "code").unwrap(),
            text(&t, "refresh_token").to_owned(),
            text(&t, "access_token").to_owned(),
            opaque,
            text(&t, "id_token").to_owned(),
            crate::support::bank::name(),
            asked(world, bank).await,
            bank.pushed(&[]).await,
            "made-up".to_owned(),
        ])
        .collect()
}

/// A client of each method for each grant that it may have: its id, method and grant. And one that asks people.
async fn registered(world: &World, bank: &Bank<'_>) -> Vec<(String, &'static str, &'static str)> {
    let mut clients = Vec::new();
    for method in METHODS {
        for grant in GRANTS {
            if method == "none" && (grant == "client_credentials" || grant.ends_with("token-exchange") || grant.ends_with("ciba"))
            {
                continue;
            }
            let id = format!("{method}.{}", grant.rsplit(':').next().unwrap());
            let mut client = json!({
                "client_id": id, "client_name": id, "token_endpoint_auth_method": method, "grant_types": [grant], "scope": "openid read",
            });
            let more = match method {
                "private_key_jwt" => json!({"jwks": {"keys": [bank.key.public_jwk()]}}),
                "none" => json!({}),
                _ => json!({ "client_secret": SECRET }),
            };
            client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            if grant == "authorization_code" {
                client["redirect_uris"] = json!([CALLBACK]);
            }
            if grant.ends_with("ciba") {
                client["backchannel_token_delivery_mode"] = "poll".into();
            }
            if grant.ends_with("token-exchange") {
                client["serves"] = json!([format!("https://{}.example", id.replace('_', "-"))]);
                client["resources"] = json!(["https://api.example"]);
            }
            clients.push((id, method, grant, client));
        }
    }
    let asks = json!({
        "client_id": "asks", "client_name": "Asks", "client_secret": SECRET, "scope": "openid",
        "grant_types": ["urn:openid:params:grant-type:ciba"], "backchannel_token_delivery_mode": "poll",
    });
    let file = json!({"applications": clients.iter().map(|(.., c)| c.clone()).chain([asks]).collect::<Vec<_>>()});
    world.apply(&file.to_string()).await;
    clients.into_iter().map(|(id, method, grant, _)| (id, method, grant)).collect()
}

/// case 3, case 5, case 6: generated over every grant, every way of proving who one is, whether the client is registered for
/// the grant, and every kind of token; whatever it is, it is another client's, so nothing is ever given, and afterwards all of
/// it is still worth what it was to whom it belongs.
#[tokio::test]
async fn no_combination_of_grant_client_and_token_gives_what_it_should_not() {
    let options = Options { settings: &[("ciba", "true")], ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    let bank = Bank::usual(&world).await;
    let clients = registered(&world, &bank).await;
    let brought = one_of_each(&world, &bank).await;
    let mut tried = 0;
    for (id, method, registered) in &clients {
        for grant in GRANTS {
            for (kind, token) in &brought {
                let mut form = vec![("grant_type", grant)];
                match brings(grant) {
                    Some(name) => form.push((name, token)),
                    // What takes nothing is tried once.
                    None if *kind != "made-up" => continue,
                    None => {}
                }
                if grant == "authorization_code" {
                    form.extend([("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]);
                }
                if grant.ends_with("token-exchange") {
                    let of = "urn:ietf:params:oauth:token-type:access_token";
                    form.extend([("subject_token_type", of), ("resource", "https://api.example")]);
                }
                let (status, answer) = ask(&world, &bank, id, method, "/token", &form).await;
                let wanted = match (*registered == grant, brings(grant)) {
                    (false, _) => (400, "unauthorized_client"),
                    (true, None) => (200, ""),
                    // Whatever is wrong with the token of an exchange (RFC 8693, section 2.2.2).
                    (true, Some("subject_token")) => (400, "invalid_request"),
                    (true, _) => (400, "invalid_grant"),
                };
                let got = (status, answer["error"].as_str().unwrap_or_default());
                assert_eq!(got, wanted, "{id} asks for {grant} with {kind}: {answer}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(GRANTS.iter().all(|g| brings(g).is_none() || KINDS.iter().any(|k| takes(g, k))), "each grant has its kind");
    // Nothing of it was spent.
    let left = |kind: &str| brought.iter().find(|(k, _)| *k == kind).map(|(_, t)| t.clone()).unwrap();
    let (status, answer) = crate::support::flow::redeem(&world, &left("code")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(crate::support::flow::refresh(&world, &left("refresh")).await.0, 200);
    let form = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", &*left("asked"))];
    let (_, answer) = ask(&world, &bank, "asks", "client_secret_basic", "/token", &form).await;
    assert_eq!(answer["error"], "authorization_pending", "it waits as before: {answer}");
    let page = until_answer(&world, &mut world.browser(), &bank.authorize_url(&left("pushed"), &[])).await;
    assert!(page.text.contains("id=\"username\""));
}
