//! Request objects, by value and by reference.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use super::{Mode, Party, SECRET};
use crate::support::application::Application;
use crate::support::flow::{CALLBACK, answered, claims, text};

/// The members of a sound object, changed by `more`; null takes one out.
fn object(p: &Party, more: &Value) -> Value {
    let now = p.world.clock.now().seconds();
    let mut all = json!({
        "iss": "rp", "aud": p.world.idp_url, "exp": now + 60, "iat": now, "client_id": "rp", "redirect_uri": CALLBACK,
        "response_type": "code", "scope": "openid", "state": "inside", "nonce": "inside", "max_age": 10000,
        "claims": {"userinfo": {"name": null}},
    });
    if p.mode == Mode::FormPost {
        all["response_mode"] = "form_post".into();
    }
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
            value => all[name] = value.clone(),
        }
    }
    all
}

fn unsigned(claims: &Value) -> String {
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    format!("{}.{}.", part(&json!({"alg": "none"})), part(claims))
}

/// basic/unsigned-request-object-supported-correctly-or-rejected-as-unsupported,
/// basic/request-uri-unsigned-supported-correctly-or-rejected-as-unsupported, dynamic/request-uri-unsigned: rejected.
pub async fn an_object_without_a_signature_is_not_taken(p: &Party) {
    let token = unsigned(&object(p, &json!({})));
    assert_eq!(p.ask(&mut p.world.browser(), &[("request", &token)]).await.error(), "request_not_supported");
    let at = Application::with_keys(&token).await;
    let uri = format!("{}/keys", at.url);
    register(p, json!({"request_uris": [uri]})).await;
    assert_eq!(p.ask(&mut p.world.browser(), &[("request_uri", &uri)]).await.error(), "request_not_supported");
}

/// basic/ensure-request-object-with-redirect-uri, dynamic/ensure-request-object-with-redirect-uri: the address inside counts,
/// and one that is not registered gets a page.
pub async fn what_stands_in_an_object_counts_and_nothing_beside_it(p: &Party) {
    let sign = |more: Value| p.key.sign_jwt("oauth-authz-req+jwt", &object(p, &more)).unwrap();
    let token = sign(json!({}));
    let beside = [("request", &*token), ("state", "outside"), ("redirect_uri", "http://127.0.0.1:9/evil"), ("nonce", "outside")];
    let (_, came) = p.enter(&beside).await;
    let answer = came.answer();
    assert_eq!(answer["state"], "inside");
    let (_, tokens) = p.redeem(&answer["code"]).await;
    assert_eq!(claims(text(&tokens, "id_token"))["nonce"], "inside");
    assert_eq!(p.info(&tokens).await["name"], "Ella van den Berg");
    let evil = sign(json!({"redirect_uri": "http://127.0.0.1:9/evil"}));
    let page = p.ask(&mut p.world.browser(), &[("request", &evil)]).await.page();
    assert_eq!(page.status.as_u16(), 400, "case 1");
}

/// case 7, case 10: an object with anything wrong is refused; to the application where that is safe, else on a page.
#[tokio::test]
async fn an_object_with_anything_wrong_is_refused() {
    let p = Party::start(Mode::Query).await;
    let now = p.world.clock.now().seconds();
    let refused = async |token: &str, why: &str| {
        let error = p.ask(&mut p.world.browser(), &[("request", token)]).await.error();
        assert_eq!(error, "invalid_request_object", "{why}");
        let page = p.ask(&mut p.world.browser(), &[("request", token), ("redirect_uri", "")]).await.page();
        assert_eq!(page.status.as_u16(), 400, "{why}");
    };
    for more in [
        json!({"iss": "rp2"}),
        json!({"client_id": "rp2"}),
        json!({"aud": "https://elsewhere.example"}),
        json!({"aud": ["https://elsewhere.example"]}),
        json!({"aud": 1}),
        json!({"sub": "rp"}),
        json!({"exp": now - 60}),
        json!({"exp": "soon"}),
        json!({"nbf": now + 600}),
        json!({"iat": now + 600}),
        json!({"request": "x"}),
        json!({"request_uri": "https://rp.example/r"}),
    ] {
        refused(&p.key.sign_jwt("JWT", &object(&p, &more)).unwrap(), &more.to_string()).await;
    }
    let strange = SigningKey::generate(Alg::Rs256).unwrap();
    refused(&strange.sign_jwt("JWT", &object(&p, &json!({}))).unwrap(), "another key").await;
    refused(&p.key.sign_jwt("at+jwt", &object(&p, &json!({}))).unwrap(), "another kind of token").await;
    refused("x.y.z", "no token").await;
    let good = p.key.sign_jwt("JWT", &object(&p, &json!({}))).unwrap();
    let both = [("request", &*good), ("request_uri", "https://rp.example/r")];
    assert_eq!(p.ask(&mut p.world.browser(), &both).await.error(), "invalid_request");
    register(&p, json!({"request_object_signing_alg": "ES256"})).await;
    refused(&good, "another algorithm than registered").await;
    register(&p, json!({"require_signed_request_object": true})).await;
    assert_eq!(p.ask(&mut p.world.browser(), &[]).await.error(), "invalid_request");
    assert!(p.ask(&mut p.world.browser(), &[("request", &good)]).await.page().text.contains("id=\"username\""));
}

/// dynamic/request-uri-signed-rs256, case 15: an object is fetched where the application has registered it, and nowhere else.
#[tokio::test]
async fn an_object_is_fetched_where_it_is_registered() {
    let p = Party::start(Mode::Query).await;
    let at = Application::with_keys(&p.key.sign_jwt("JWT", &object(&p, &json!({}))).unwrap()).await;
    let uri = format!("{}/keys", at.url);
    assert_eq!(p.ask(&mut p.world.browser(), &[("request_uri", &uri)]).await.error(), "invalid_request_uri");
    let moved = format!("{}/moved", at.url);
    register(&p, json!({"request_uris": [format!("{uri}#digest"), moved, "http://127.0.0.1:1/nothing"]})).await;
    let (_, came) = p.enter(&[("request_uri", &format!("{uri}#other"))]).await;
    assert_eq!(came.answer()["state"], "inside");
    for bad in [&*moved, "http://127.0.0.1:1/nothing", "http://127.0.0.1:1/other"] {
        assert_eq!(p.ask(&mut p.world.browser(), &[("request_uri", bad)]).await.error(), "invalid_request_uri", "{bad}");
    }
    let answer = crate::support::flow::until_answer(
        &p.world,
        &mut p.world.browser(),
        &p.url(&[("client_id", "nobody"), ("request_uri", &uri)]),
    )
    .await;
    assert_eq!((answer.status.as_u16(), answered(&answer, "error")), (400, None));
}

/// Registers the application again with more.
async fn register(p: &Party, more: Value) {
    let mut all = json!({
        "client_id": "rp", "client_name": "Relying party rp", "client_secret": SECRET, "require_pkce": false,
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email address phone offline_access", "jwks": {"keys": [p.key.public_jwk()]},
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    p.world.apply(&json!({"applications": [all]}).to_string()).await;
}
