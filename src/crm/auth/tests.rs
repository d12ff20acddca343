//! Tokens, callers and sessions, over the routes, beside a provider that says what the test wants.

use axum::http::{Request, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Caller;
use super::token::VerifiedToken;
use crate::contract::Assurance;
use crate::contract::feed::{Entry, Holder};
use crate::crm::testing::{Answer, House, LIFE};
use crate::kernel::jose::{Alg, SigningKey};

mod introspection;

async fn house() -> House {
    let house = House::new().await;
    house.crm.replica.poll_now().await.unwrap();
    house
}

fn person(sub: &str, staff: bool, active: bool) -> Entry {
    Entry::Person { sub: sub.into(), name: sub.into(), language: "en".into(), staff, active }
}

#[tokio::test]
async fn a_token_opens_what_the_replica_says() {
    let house = house().await;
    let token = house.stub().access(&json!({}));
    let answer = house.api(&token).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let me = answer.json();
    assert_eq!((&me["sub"], &me["name"], &me["roles"]), (&json!("mila"), &json!("mila of the log"), &json!(["sales"])));
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// case 6, case 8
#[tokio::test]
async fn a_token_of_another_kind_place_or_time_opens_nothing() {
    let house = house().await;
    let now = house.stub().clock_seconds();
    let changes = [
        json!({"iss": "http://localhost:9"}),
        json!({"aud": "http://localhost:8400"}),
        json!({"aud": ["http://localhost:8500"]}),
        json!({"exp": now - 11}),
        json!({"exp": "9999999999"}),
        json!({"exp": null}),
        json!({"iat": now + 60}),
        json!({"sub": 5}),
        json!({"client_id": null}),
        json!({"access_rev": "0"}),
        json!({"access_rev": null}),
        json!({"acr": "urn:zegel:acr:unknown"}),
    ];
    for change in changes {
        let token = house.stub().access(&change);
        let answer = house.api(&token).await;
        assert_eq!(answer.status, 401, "{change}: {}", answer.body);
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "{change}");
    }
    for typ in ["JWT", "logout+jwt", "dpop+jwt"] {
        let token = {
            let s = house.stub();
            s.sign(typ, &s.access_claims(&json!({})))
        };
        assert_eq!(house.api(&token).await.status, 401, "{typ}");
    }
}

/// case 6, case 7
#[tokio::test]
async fn a_token_with_another_signature_or_algorithm_opens_nothing() {
    let house = house().await;
    let (good, claims, kid) = {
        let s = house.stub();
        (s.access(&json!({})), s.access_claims(&json!({})), s.key.kid().to_owned())
    };
    assert_eq!(house.api(&good).await.status, 200);
    let payload = good.split('.').nth(1).unwrap();
    let header = |h: Value| URL_SAFE_NO_PAD.encode(h.to_string());
    let none = format!("{}.{payload}.", header(json!({"alg": "none", "typ": "at+jwt", "kid": kid})));
    let hmac = format!("{}.{payload}.{payload}", header(json!({"alg": "HS256", "typ": "at+jwt", "kid": kid})));
    let other = SigningKey::generate(Alg::Es256).unwrap();
    let foreign = other.sign_jwt("at+jwt", &claims).unwrap();
    let signature = foreign.rsplit('.').next().unwrap();
    let own_jwk = json!({"alg": "ES256", "typ": "at+jwt", "jwk": other.public_jwk()});
    let embedded = format!("{}.{payload}.{signature}", header(own_jwk));
    let mut cut = good.clone();
    cut.pop();
    for bad in [none, hmac, foreign, embedded, cut, format!("{good}A"), good.replacen('.', "..", 1)] {
        assert_eq!(house.api(&bad).await.status, 401, "{bad}");
    }
}

/// case 7
#[tokio::test]
async fn an_unknown_key_makes_it_ask_again_once_in_five_seconds() {
    let house = house().await;
    let good = house.stub().access(&json!({}));
    assert_eq!(house.api(&good).await.status, 200);
    assert_eq!(house.asked("keys"), 1);
    house.stub().key = SigningKey::generate(Alg::Es256).unwrap();
    let newer = house.stub().access(&json!({}));
    // The keys were read a moment ago.
    assert_eq!(house.api(&newer).await.status, 401);
    house.advance(6);
    let answers = join_all((0..10).map(|_| house.api(&newer))).await;
    assert!(answers.iter().all(|a| a.status == 200));
    let claims = house.stub().access_claims(&json!({}));
    for _ in 0..5 {
        let foreign = SigningKey::generate(Alg::Es256).unwrap().sign_jwt("at+jwt", &claims).unwrap();
        assert_eq!(house.api(&foreign).await.status, 401);
    }
    assert_eq!(house.asked("keys"), 2);
}

/// case 29, case 40
#[tokio::test]
async fn what_has_ended_at_the_provider_opens_nothing_here() {
    let cases = [
        Entry::SessionEnded { sid: "s1".into() },
        Entry::IssueRevoked { issue: "i1".into() },
        Entry::Client { client_id: "record-store".into(), enabled: false },
        Entry::KeyWithdrawn { kid: String::new() },
        person("mila", true, false),
    ];
    for entry in cases {
        let house = house().await;
        let entry = match entry {
            Entry::KeyWithdrawn { .. } => Entry::KeyWithdrawn { kid: house.stub().key.kid().to_owned() },
            other => other,
        };
        let token = house.stub().access(&json!({}));
        let offline = house.stub().access(&json!({"offline": true}));
        assert_eq!(house.api(&token).await.status, 200);
        house.append([entry.clone()]);
        house.crm.replica.poll_now().await.unwrap();
        assert_eq!(house.api(&token).await.status, 401, "{entry:?}");
        let outlives = matches!(entry, Entry::SessionEnded { .. });
        assert_eq!(house.api(&offline).await.status, if outlives { 200 } else { 401 }, "{entry:?}");
    }
}

/// case 40
#[tokio::test]
async fn a_role_taken_away_is_gone_at_the_next_request() {
    let house = house().await;
    let token = house.stub().access(&json!({}));
    house.append([Entry::Role { holder: Holder::Person("mila".into()), role: "sales".into(), present: false }]);
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!(house.api(&token).await.json()["roles"], json!([]));
}

/// case 43, case 44
#[tokio::test]
async fn out_of_touch_externals_are_refused_and_staff_go_on_until_their_token_ends() {
    let house = house().await;
    let (mila, patricia) = {
        let s = house.stub();
        (s.access(&json!({})), s.access(&json!({"sub": "patricia"})))
    };
    assert_eq!((house.api(&mila).await.status, house.api(&patricia).await.status), (200, 200));
    house.stub().frozen = true;
    house.advance(3);
    let refused = house.api(&patricia).await;
    assert_eq!((refused.status, refused.header("retry-after"), &refused.json()["code"]), (503, "1", &json!("behind")));
    assert_eq!(house.api(&mila).await.status, 200);
    // A token of a later position than the replica's can't be answered for anybody.
    let later = house.stub().access(&json!({"access_rev": 99}));
    assert_eq!(house.api(&later).await.status, 503);
    house.advance(u64::try_from(LIFE).unwrap() + 11);
    assert_eq!(house.api(&mila).await.status, 401);
}

/// case 44: a write decides in its own transaction, which may have waited.
#[tokio::test]
async fn a_write_that_waited_until_the_log_was_out_of_reach_is_not_an_externals() {
    let house = house().await;
    let admitted = async |sub: &str| {
        let token = house.token(sub);
        house.crm.admit(VerifiedToken::verify(&house.crm.provider, &token).await.unwrap()).await.unwrap()
    };
    let (mila, patricia) = (admitted("mila").await, admitted("patricia").await);
    let again = async |caller: &Caller| {
        let mut snapshot = house.crm.db.snapshot().await.unwrap();
        caller.again(&house.crm, &mut snapshot.tx()).await.is_ok()
    };
    assert!(again(&mila).await && again(&patricia).await);
    house.advance(3);
    assert!(again(&mila).await && !again(&patricia).await);
}

/// case 42: after the provider was put back to an earlier state, what was issued before opens nothing; programs ask for a
/// token again, and people notice nothing.
#[tokio::test]
async fn a_token_of_another_access_log_opens_nothing_and_a_session_gets_a_new_one() {
    let house = house().await;
    let cookie = session(&house).await;
    let token = house.stub().access(&json!({}));
    assert_eq!((house.api(&token).await.status, page(&house, &cookie).await.status), (200, 200));
    house.stub().epoch = "e2".into();
    let before = house.asked("log");
    let later = house.stub().access(&json!({}));
    assert_eq!(house.api(&later).await.status, 200, "the replica is made anew for a token of the new log");
    let refused = house.api(&token).await;
    assert_eq!(refused.status, 401, "{}", refused.body);
    assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
    assert!(house.asked("log") - before <= 5);
    let renewals = house.asked("token");
    let answers = join_all((0..10).map(|_| page(&house, &cookie))).await;
    assert!(answers.iter().all(|a| a.status == 200));
    assert_eq!(house.asked("token") - renewals, 1);
    // Unless the provider gives none.
    house.stub().epoch = "e3".into();
    house.crm.replica.poll_now().await.unwrap();
    house.stub().refuse = Some("invalid_grant");
    assert_eq!(page(&house, &cookie).await.status, 303);
}

/// case 42
#[tokio::test]
async fn a_token_that_names_no_access_log_opens_nothing() {
    let house = house().await;
    for epoch in [json!(null), json!(""), json!("e0")] {
        let token = house.stub().access(&json!({"access_epoch": epoch}));
        assert_eq!(house.api(&token).await.status, 401, "{epoch}");
    }
}

/// case 17
#[tokio::test]
async fn a_token_without_a_known_person_or_two_factors_opens_nothing() {
    let house = house().await;
    let (client, stranger, weak) = {
        let s = house.stub();
        let client = json!({"sub": "record-store", "sid": null, "issue": null, "acr": null});
        let weak = [json!({"acr": null}), json!({"acr": Assurance::OneFactor})].map(|acr| s.access(&acr));
        (s.access(&client), s.access(&json!({"sub": "nobody"})), weak)
    };
    assert_eq!(house.api(&client).await.status, 403);
    assert_eq!(house.api(&stranger).await.status, 403);
    for token in weak {
        let answer = house.api(&token).await;
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").contains("insufficient_user_authentication"));
    }
}

#[tokio::test]
async fn without_a_token_it_is_said_where_to_get_one() {
    let house = house().await;
    let answer = house.get("/api/me", header::ACCEPT, "*/*").await;
    assert_eq!(answer.status, 401);
    let place = "Bearer resource_metadata=\"http://localhost:8500/.well-known/oauth-protected-resource\"";
    assert_eq!(answer.header("www-authenticate"), place);
    let metadata = house.get("/.well-known/oauth-protected-resource", header::ACCEPT, "*/*").await.json();
    assert_eq!(metadata["resource"], "http://localhost:8500");
    let issuer = house.stub().issuer.clone();
    assert_eq!(metadata["authorization_servers"], json!([issuer]));
    let keys = house.get("/.well-known/jwks.json", header::ACCEPT, "*/*").await.json();
    assert!(keys["keys"][0]["kid"].is_string() && keys["keys"][0].get("d").is_none());
}

// ---- signing in

/// Goes to the sign-in and comes back with `change` put over the parameters; a null takes one away.
async fn sign_in(house: &House, to: &str, change: Value) -> Answer {
    let begun = house.get(&format!("/auth/login?to={to}"), header::ACCEPT, "text/html").await;
    let cookie = begun.cookie("zegel_crm_login").unwrap();
    house.stub().nonce = begun.redirected("nonce");
    let issuer = house.stub().issuer.clone();
    let mut params = json!({"code": "good", "state": begun.redirected("state"), "iss": issuer});
    for (name, value) in change.as_object().unwrap() {
        params[name] = value.clone();
    }
    let pairs = params.as_object().unwrap().iter().filter_map(|(n, v)| Some((n, v.as_str()?)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    house.get(&format!("/auth/callback?{query}"), header::COOKIE, &cookie).await
}

async fn session(house: &House) -> String {
    sign_in(house, "/", json!({})).await.cookie("zegel_crm_session").unwrap()
}

async fn page(house: &House, cookie: &str) -> Answer {
    house.get("/me", header::COOKIE, cookie).await
}

#[tokio::test]
async fn signing_in_leads_back_to_where_one_was() {
    let house = house().await;
    let asked = house.get("/me?x=1", header::ACCEPT, "text/html").await;
    assert_eq!((asked.status, asked.header("location")), (303, "/auth/login?to=%2Fme%3Fx%3D1"));
    let arrived = sign_in(&house, "%2Fme%3Fx%3D1", json!({})).await;
    assert_eq!((arrived.status, arrived.header("location")), (303, "/me?x=1"), "{}", arrived.body);
    let cookie = arrived.cookie("zegel_crm_session").unwrap();
    let me = page(&house, &cookie).await;
    assert_eq!(me.status, 200);
    assert!(me.body.contains("data-person=\"mila\"") && me.body.contains("mila of the log"));
    let form = house.stub().form.clone();
    assert_eq!((form["client_id"].as_str(), form["resource"].as_str()), ("record-store", "http://localhost:8500"));
    assert!(!form.contains_key("client_secret") && form.contains_key("code_verifier"));
}

#[tokio::test]
async fn the_way_to_the_provider_has_all_that_protects_it() {
    let house = house().await;
    let begun = house.get("/auth/login", header::ACCEPT, "text/html").await;
    assert_eq!(begun.redirected("response_type"), "code");
    assert_eq!(begun.redirected("redirect_uri"), "http://localhost:8500/auth/callback");
    assert_eq!(begun.redirected("scope"), "openid profile email grants");
    let url: url::Url = begun.header("location").parse().unwrap();
    let resources: Vec<_> = url.query_pairs().filter(|(n, _)| n == "resource").map(|(_, v)| v.into_owned()).collect();
    assert_eq!(resources, ["http://localhost:8500".to_owned(), house.stub().issuer.clone()]);
    assert_eq!((begun.redirected("code_challenge_method").as_str(), begun.redirected("code_challenge").len()), ("S256", 43));
    assert_eq!((begun.redirected("state").len(), begun.redirected("nonce").len()), (43, 43));
    let cookie = begun.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

/// case 16
#[tokio::test]
async fn an_answer_that_does_not_fit_signs_nobody_in() {
    let house = house().await;
    let other = SigningKey::generate(Alg::Es256).unwrap();
    for (change, status) in [
        (json!({"state": "x"}), 400),
        (json!({"state": null}), 400),
        (json!({"iss": null}), 400),
        (json!({"iss": "http://evil.example"}), 400),
        (json!({"code": null}), 400),
        (json!({"code": null, "error": "access_denied"}), 403),
    ] {
        let answer = sign_in(&house, "/", change.clone()).await;
        assert_eq!(answer.status, status, "{change}");
        assert!(answer.cookie("zegel_crm_session").is_none() && answer.body.contains("<h1>"), "{change}");
    }
    let now = house.stub().clock_seconds();
    for claims in [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "other"}),
        json!({"aud": ["record-store", "other"]}),
        json!({"azp": "other"}),
        json!({"iss": "http://evil.example"}),
        json!({"exp": now - 1}),
        json!({"acr": null}),
        json!({"acr": "urn:zegel:acr:unknown"}),
        json!({"acr": Assurance::OneFactor}),
        json!({"sub": "patricia"}),
    ] {
        house.stub().id_claims = claims.clone();
        let answer = sign_in(&house, "/", json!({})).await;
        assert_eq!(answer.status, 400, "{claims}");
        assert!(answer.cookie("zegel_crm_session").is_none(), "{claims}");
    }
    house.stub().id_claims = json!({});
    house.stub().key = other;
    assert_eq!(sign_in(&house, "/", json!({})).await.status, 400);
}

/// case 20, case 28
#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    let house = house().await;
    let begun = house.get("/auth/login", header::ACCEPT, "text/html").await;
    house.stub().nonce = begun.redirected("nonce");
    let issuer = house.stub().issuer.clone();
    let back = format!("/auth/callback?code=good&state={}&iss={issuer}", begun.redirected("state"));
    let other = house.get("/auth/login", header::ACCEPT, "text/html").await.cookie("zegel_crm_login").unwrap();
    assert_eq!(house.get(&back, header::COOKIE, &other).await.status, 400);
    assert_eq!(house.get(&back, header::ACCEPT, "text/html").await.status, 400);
    let own = begun.cookie("zegel_crm_login").unwrap();
    let both = join_all((0..8).map(|_| house.get(&back, header::COOKIE, &own))).await;
    assert_eq!(both.iter().filter(|a| a.status == 303).count(), 1);
    // Too late.
    let begun = house.get("/auth/login", header::ACCEPT, "text/html").await;
    house.advance(601);
    let back = format!("/auth/callback?code=good&state={}&iss={issuer}", begun.redirected("state"));
    assert_eq!(house.get(&back, header::COOKIE, &begun.cookie("zegel_crm_login").unwrap()).await.status, 400);
}

/// case 20
#[tokio::test]
async fn each_sign_in_has_a_new_session_and_ends_the_one_before() {
    let house = house().await;
    let first = session(&house).await;
    let begun = house.get("/auth/login", header::ACCEPT, "text/html").await;
    house.stub().nonce = begun.redirected("nonce");
    let issuer = house.stub().issuer.clone();
    let back = format!("/auth/callback?code=good&state={}&iss={issuer}", begun.redirected("state"));
    let cookies = format!("{}; {first}", begun.cookie("zegel_crm_login").unwrap());
    let second = house.get(&back, header::COOKIE, &cookies).await.cookie("zegel_crm_session").unwrap();
    assert_ne!(first, second);
    assert_eq!((page(&house, &first).await.status, page(&house, &second).await.status), (303, 200));
    // A changed byte is another cookie.
    let mut changed = second.into_bytes();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(page(&house, std::str::from_utf8(&changed).unwrap()).await.status, 303);
}

#[tokio::test]
async fn many_requests_at_once_renew_a_session_once() {
    let house = house().await;
    let cookie = session(&house).await;
    let before = house.asked("token");
    house.advance(u64::try_from(LIFE).unwrap() + 1);
    house.crm.replica.poll_now().await.unwrap();
    let for_the_log = house.asked("token") - before;
    let answers = join_all((0..20).map(|_| page(&house, &cookie))).await;
    assert!(answers.iter().all(|a| a.status == 200));
    assert_eq!(house.asked("token") - before - for_the_log, 1);
    let form = house.stub().form.clone();
    assert_eq!(form["grant_type"], "refresh_token");
}

#[tokio::test]
async fn a_session_that_the_provider_does_not_renew_ends() {
    let house = house().await;
    let cookie = session(&house).await;
    house.advance(u64::try_from(LIFE).unwrap() + 1);
    // Busy is not a refusal.
    house.stub().refuse = Some("temporarily_unavailable");
    let answer = page(&house, &cookie).await;
    assert_eq!((answer.status, answer.header("retry-after")), (502, "1"));
    house.stub().refuse = None;
    assert_eq!(page(&house, &cookie).await.status, 200);
    house.advance(u64::try_from(LIFE).unwrap() + 1);
    house.stub().refuse = Some("invalid_grant");
    assert_eq!(page(&house, &cookie).await.status, 303);
    house.stub().refuse = None;
    assert_eq!(page(&house, &cookie).await.status, 303);
}

#[tokio::test]
async fn a_person_turned_away_is_told_so_and_not_sent_in_circles() {
    let house = house().await;
    house.append([person("mila", true, false)]);
    house.crm.replica.poll_now().await.unwrap();
    let answer = sign_in(&house, "/", json!({})).await;
    assert_eq!(answer.status, 403);
    assert!(answer.cookie("zegel_crm_session").is_none());
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_leads_to_the_provider() {
    let house = house().await;
    let cookie = session(&house).await;
    let foreign = Request::post("/auth/logout").header(header::COOKIE, &cookie).header("sec-fetch-site", "cross-site");
    assert_eq!(house.send(foreign.body(String::new()).unwrap()).await.status, 403);
    assert_eq!(page(&house, &cookie).await.status, 200);
    let own = Request::post("/auth/logout").header(header::COOKIE, &cookie).header("sec-fetch-site", "same-origin");
    let answer = house.send(own.body(String::new()).unwrap()).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").starts_with(&format!("{}/logout?", house.stub().issuer)));
    assert_eq!(answer.redirected("post_logout_redirect_uri"), "http://localhost:8500/auth/signed-out");
    assert_eq!(answer.redirected("client_id"), "record-store");
    assert_eq!(answer.redirected("id_token_hint").split('.').count(), 3);
    assert_eq!(page(&house, &cookie).await.status, 303);
    assert_eq!(house.get("/auth/signed-out?state=x", header::ACCEPT, "text/html").await.status, 200);
}

/// case 6, case 20
#[tokio::test]
async fn the_provider_ends_a_session_by_a_logout_token_once() {
    let house = house().await;
    let send = async |token: String| {
        let form = Request::post("/auth/backchannel-logout").header("content-type", "application/x-www-form-urlencoded");
        house.send(form.body(format!("logout_token={token}")).unwrap()).await.status
    };
    let now = house.stub().clock_seconds();
    let issuer = house.stub().issuer.clone();
    let claims = json!({
        "iss": issuer, "aud": "record-store", "iat": now, "exp": now + 120, "jti": "j1", "sid": "s1",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let cookie = session(&house).await;
    let changed = |name: &str, value: Value| {
        let mut c = claims.clone();
        c[name] = value;
        c
    };
    let sign = |typ: &str, claims: &Value| house.stub().sign(typ, claims);
    for (typ, claims) in [
        ("JWT", claims.clone()),
        ("logout+jwt", changed("nonce", json!("n"))),
        ("logout+jwt", changed("events", json!({}))),
        ("logout+jwt", changed("aud", json!("other"))),
        ("logout+jwt", changed("iss", json!("http://evil.example"))),
        ("logout+jwt", changed("sid", Value::Null)),
        ("logout+jwt", changed("exp", json!(now - 60))),
    ] {
        assert_eq!(send(sign(typ, &claims)).await, 400, "{typ} {claims}");
    }
    assert_eq!(page(&house, &cookie).await.status, 200);
    let token = sign("logout+jwt", &claims);
    assert_eq!(send(token.clone()).await, 200);
    assert_eq!(page(&house, &cookie).await.status, 303);
    let again = session(&house).await;
    assert_eq!(send(token).await, 400);
    assert_eq!(page(&house, &again).await.status, 200);
}

/// Requests at the same time ask once for the person's token at the provider, and none of them spends the refresh token of
/// another.
#[tokio::test]
async fn the_token_for_the_provider_is_asked_for_once_and_the_session_goes_on() {
    let house = house().await;
    let cookie = session(&house).await;
    let before = house.asked("token");
    let ask = || super::provider_token::provider_token(&house.crm, cookie.split_once('=').unwrap().1);
    let given = join_all((0..10).map(|_| ask())).await;
    for token in given {
        assert_eq!(secrecy::ExposeSecret::expose_secret(&token.unwrap().unwrap()), "of-mila");
    }
    assert_eq!(house.asked("token") - before, 1);
    let form = house.stub().form.clone();
    assert_eq!((form["scope"].as_str(), form["resource"].clone()), ("grants", house.stub().issuer.clone()));
    // The next renewal is with the refresh token that came with it.
    let given = format!("refresh-{}", house.asked("token"));
    house.advance(u64::try_from(LIFE).unwrap() + 1);
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!(page(&house, &cookie).await.status, 200);
    assert_eq!(house.stub().form["refresh_token"], given);
    // Expired by now; and one that is refused ends nothing here.
    house.stub().refuse = Some("invalid_scope");
    assert!(ask().await.unwrap().is_none());
    assert_eq!(page(&house, &cookie).await.status, 200);
}

/// case 27
#[tokio::test]
async fn no_token_is_in_the_database_in_plain() {
    let house = house().await;
    let cookie = session(&house).await;
    super::provider_token::provider_token(&house.crm, cookie.split_once('=').unwrap().1).await.unwrap().unwrap();
    let rows: Vec<(String, String, Option<String>, String, String)> = house
        .crm
        .db
        .query(crate::sql!("SELECT hash, access_token, refresh_token, id_token, provider_token FROM web_sessions"))
        .all()
        .await
        .unwrap();
    for (hash, access, refresh, id, provider) in rows {
        assert!(!provider.contains("mila"));
        assert!(hash.len() == 43 && !access.contains('.') && !id.contains('.') && !refresh.unwrap().contains("refresh"));
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_yet_gives_a_page_and_then_works() {
    let house = House::new().await;
    let issuer = std::mem::replace(&mut house.stub().issuer, "http://elsewhere.example".into());
    let answer = house.get("/auth/login", header::ACCEPT, "text/html").await;
    assert_eq!((answer.status, answer.header("retry-after")), (502, "1"));
    house.stub().issuer = issuer;
    assert_eq!(house.get("/auth/login", header::ACCEPT, "text/html").await.status, 303);
}
