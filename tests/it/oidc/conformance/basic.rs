//! The Basic plan: tokens, userinfo, scopes, claims, codes.

use serde_json::{Value, json};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, Audience, Expect, KeySet, verify};

use super::{Came, ELLA, Mode, Party, SECRET};
use crate::support::flow::{CALLBACK, VERIFIER, challenge, claims, text, userinfo};

/// basic/server, basic/idtoken-signature, basic/alternate-happy-flow,
/// basic/ensure-request-with-unknown-parameter-succeeds, basic/ensure-request-without-nonce-succeeds-for-code-flow
pub async fn a_sign_in_gives_an_id_token_that_verifies(p: &Party) {
    let (mut browser, tokens) = p.tokens(&[("scope", "openid email"), ("extra", "foobar")]).await;
    let published = p.world.http.get(format!("{}/oauth2/keys", p.world.idp_url)).send().await.unwrap().bytes().await.unwrap();
    let keys = KeySet::from_json(&published).unwrap();
    let algs = [Alg::Rs256];
    let expect = Expect::new(&p.world.idp_url, Audience::Only("rp"), &algs, p.world.clock.now()).typ(&["JWT"]);
    let id = verify::<Value>(text(&tokens, "id_token"), &keys, &expect).unwrap();
    assert!(!id.signed().kid().is_empty());
    assert_eq!((text(&id, "nonce"), text(&tokens, "token_type")), ("a-nonce", "Bearer"));
    assert!(id.get("email").is_none(), "what a scope stands for is told by userinfo");
    let url = format!(
        "{}/authorize?state=x&response_type=code&scope=email%20openid&redirect_uri={}&client_id=rp{}",
        p.world.idp_url,
        CALLBACK.replace(':', "%3A").replace('/', "%2F"),
        if p.mode == Mode::FormPost { "&response_mode=form_post" } else { "" }
    );
    let answer = p.follow(&mut browser, &url).await.answer();
    assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("x", p.world.idp_url.as_str()));
    let (_, again) = p.redeem(&answer["code"]).await;
    assert!(claims(text(&again, "id_token")).get("nonce").is_none());
    assert_eq!(p.info(&again).await["email"], ELLA);
}

/// basic/response-type-missing
pub async fn a_request_without_a_response_type_is_refused(p: &Party) {
    let came = p.ask(&mut p.world.browser(), &[("response_type", "")]).await;
    assert_eq!(came.error(), "invalid_request");
}

/// basic/idtoken-unsigned, dynamic/idtoken-unsigned: `none` is no algorithm here.
pub async fn an_unsigned_id_token_cannot_even_be_registered(p: &Party) {
    let file = json!({"applications": [{"client_id": "x", "client_name": "X", "redirect_uris": [CALLBACK], "client_secret": SECRET,
        "id_token_signed_response_alg": "none"}]});
    assert!(zegel::idp::apply::File::parse("x.json", &file.to_string()).is_err());
    let url = format!("{}/.well-known/openid-configuration", p.world.idp_url);
    let metadata: Value = p.world.http.get(url).send().await.unwrap().json().await.unwrap();
    for (name, value) in metadata.as_object().unwrap().iter().filter(|(n, _)| n.contains("_alg_values_")) {
        assert!(!value.as_array().unwrap().contains(&json!("none")), "{name}");
    }
}

/// basic/userinfo-get, basic/userinfo-post-header, basic/userinfo-post-body
pub async fn userinfo_takes_its_token_in_three_ways(p: &Party) {
    let (_, tokens) = p.tokens(&[("scope", "openid email")]).await;
    let token = text(&tokens, "access_token");
    let url = format!("{}/userinfo", p.world.idp_url);
    let form = [("access_token", token)];
    for request in [
        p.world.http.get(&url).bearer_auth(token),
        p.world.http.post(&url).bearer_auth(token),
        p.world.http.post(&url).form(&form),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.json::<Value>().await.unwrap()["email"], ELLA);
    }
    let twice = p.world.http.post(&url).bearer_auth(token).form(&form).send().await.unwrap();
    assert_eq!(twice.status().as_u16(), 400, "case 2: a token in two places");
}

/// basic/scope-profile, basic/scope-email, basic/scope-address, basic/scope-phone, basic/scope-all: with the JSON type of each.
pub async fn each_scope_tells_its_claims_and_no_others(p: &Party) {
    let profile = json!({
        "name": "Ella van den Berg", "given_name": "Ella", "family_name": "van den Berg", "middle_name": "M", "nickname": "El",
        "preferred_username": "ella", "profile": "https://example.com/ella", "picture": "https://example.com/e.png",
        "website": "https://ella.example.com/", "gender": "female", "birthdate": "1990-02-28", "zoneinfo": "Europe/Amsterdam",
        "locale": "nl"
    });
    let email = json!({"email": ELLA, "email_verified": true});
    let phone = json!({"phone_number": "+31612345678", "phone_number_verified": false});
    let address = json!({"address": {"street_address": "Kade 1", "postal_code": "3011 AA", "locality": "Rotterdam", "country": "NL",
        "formatted": "Kade 1\n3011 AA  Rotterdam\nNL"}});
    let (mut browser, _) = p.tokens(&[]).await;
    for (scope, expected) in [
        ("openid profile", vec![&profile]),
        ("openid email", vec![&email]),
        ("openid address", vec![&address]),
        ("openid phone", vec![&phone]),
        ("openid profile email address phone", vec![&profile, &email, &address, &phone]),
    ] {
        let code = p.ask(&mut browser, &[("scope", scope)]).await.code();
        let (_, tokens) = p.redeem(&code).await;
        let mut info = p.info(&tokens).await;
        let told = info.as_object_mut().unwrap();
        told.remove("sub");
        let updated = told.remove("updated_at");
        assert_eq!(updated.is_some_and(|u| u.is_i64()), scope.contains("profile"), "{scope}");
        let expected: serde_json::Map<String, Value> =
            expected.into_iter().flat_map(|e| e.as_object().unwrap().clone()).collect();
        assert_eq!(*told, expected, "{scope}");
        assert!(claims(text(&tokens, "id_token")).get("name").is_none(), "{scope}");
    }
}

/// basic/claims-essential; and in the ID token where it is asked for there.
pub async fn claims_are_told_where_they_are_asked_for(p: &Party) {
    let wish = json!({"userinfo": {"name": {"essential": true}}, "id_token": {"birthdate": null, "email": {"essential": true}}});
    let (_, tokens) = p.tokens(&[("claims", &wish.to_string())]).await;
    let info = p.info(&tokens).await;
    assert_eq!((&info["name"], info.get("email"), info.get("birthdate")), (&json!("Ella van den Berg"), None, None));
    let id = claims(text(&tokens, "id_token"));
    assert_eq!((&id["birthdate"], &id["email"], id.get("name")), (&json!("1990-02-28"), &json!(ELLA), None));
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let (_, again) = p.world.token(("rp", SECRET), &form).await;
    assert_eq!(claims(text(&again, "id_token"))["email"], ELLA, "after a refresh too");
    assert_eq!(p.info(&again).await["name"], "Ella van den Berg");
}

/// basic/codereuse, basic/codereuse-30seconds
pub async fn a_code_used_again_is_refused_and_ends_what_it_gave(p: &Party) {
    for later in [0, 30] {
        let (_, came) = p.enter(&[]).await;
        let code = came.code();
        let (_, tokens) = p.redeem(&code).await;
        p.world.advance(later);
        let (status, error) = p.redeem(&code).await;
        assert_eq!((status, text(&error, "error")), (400, "invalid_grant"));
        assert_eq!(userinfo(&p.world, text(&tokens, "access_token")).await.0, 401, "after {later} s");
    }
}

/// basic/server-client-secret-post
pub async fn a_secret_may_come_in_the_body(p: &Party) {
    let (_, came) = p.enter(&[("client_id", "rp-post")]).await;
    let code = came.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", CALLBACK),
        ("client_id", "rp-post"),
        ("client_secret", SECRET),
    ];
    let answer = p.world.http.post(format!("{}/token", p.world.idp_url)).form(&form).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

/// basic/refresh-token, dynamic/refresh-token: with consent to offline access; and another client gets nothing for it.
pub async fn a_refresh_token_gives_the_same_person_again(p: &Party) {
    let (mut browser, came) = p.enter(&[("scope", "openid offline_access"), ("prompt", "consent")]).await;
    let code = p.consent(&mut browser, &came.page(), "allow").await.code();
    let (_, first) = p.redeem(&code).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&first, "refresh_token"))];
    assert_eq!(p.world.token(("rp2", SECRET), &form).await.1["error"], "invalid_grant");
    let (status, second) = p.world.token(("rp", SECRET), &form).await;
    assert_eq!(status, 200, "{second}");
    let (old, new) = (claims(text(&first, "id_token")), claims(text(&second, "id_token")));
    for same in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_ne!(text(&first, "access_token"), text(&second, "access_token"));
    assert_eq!(text(&second, "scope"), "openid offline_access");
    p.info(&second).await;
}

/// basic/ensure-request-with-valid-pkce-succeeds
pub async fn a_request_with_pkce_is_redeemed_with_its_verifier(p: &Party) {
    let (_, came) = p.enter(&[("code_challenge", &challenge()), ("code_challenge_method", "S256")]).await;
    let code = came.code();
    assert_eq!(p.redeem(&code).await.0, 400);
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    assert_eq!(p.world.token(("rp", SECRET), &form).await.0, 200);
}

/// basic/ensure-post-request-succeeds
pub async fn a_request_by_post_is_answered(p: &Party) {
    let (mut browser, _) = p.tokens(&[]).await;
    let url = p.url(&[]);
    let (at, query) = url.split_once('?').unwrap();
    let request = p.world.http.post(at).header("sec-fetch-site", "cross-site").header("origin", "https://rp.example");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(query.to_owned());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let next = answer.headers()["location"].to_str().unwrap();
    assert!(
        matches!(p.follow(&mut browser, &format!("{}{next}", p.world.idp_url)).await, Came::Answer(a) if a.contains_key("code"))
    );
}
