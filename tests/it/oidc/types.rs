//! Tokens where they don't belong.

use zegel::kernel::clock::Clock;
use zegel::kernel::entropy::{Entropy, SystemEntropy};
use zegel::kernel::jose::{Alg, SigningKey};

use crate::support::flow::{
    CALLBACK, VERIFIER, answered, authorize, authorize_url, refresh, text, tokens, until_answer, userinfo,
};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, World};

/// case 6
#[tokio::test]
async fn each_kind_of_token_opens_its_own_endpoint_only() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, t) = tokens(&world, "daan@example.com", &[]).await;
    let (_, elsewhere) = tokens(&world, "daan@example.com", &[("resource", "https://api.example")]).await;
    let (_, own) = world.token(("app", APP_SECRET), &[("grant_type", "client_credentials")]).await;
    let (access, id, fresh) = (text(&t, "access_token"), text(&t, "id_token"), text(&t, "refresh_token"));
    assert_eq!(userinfo(&world, access).await.0, 200);
    for wrong in [id, fresh, text(&elsewhere, "access_token"), text(&own, "access_token"), "", "x.y.z"] {
        assert_eq!(userinfo(&world, wrong).await.0, 401, "{wrong}");
    }
    for wrong in [access, id] {
        assert_eq!(refresh(&world, wrong).await.0, 400);
        let form =
            [("grant_type", "authorization_code"), ("code", wrong), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        assert_eq!(world.token(("app", APP_SECRET), &form).await.0, 400);
    }
    let log = |token: &str| world.http.get(format!("{}/api/access-log", world.idp_url)).bearer_auth(token).send();
    for wrong in [access, id, fresh, text(&own, "access_token")] {
        let status = log(wrong).await.unwrap().status().as_u16();
        assert!(matches!(status, 401 | 403), "{status}");
    }
    let me = |token: &str| world.http.get(format!("{}/api/me", world.crm_url)).bearer_auth(token).send();
    for wrong in [access, id, fresh, text(&elsewhere, "access_token"), text(&own, "access_token")] {
        assert_eq!(me(wrong).await.unwrap().status().as_u16(), 401, "{wrong}");
    }
}

/// A client, by how it proves who it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Basic,
    Post,
    Public,
    Keyed,
}

const KINDS: [Kind; 4] = [Kind::Basic, Kind::Post, Kind::Public, Kind::Keyed];
const SECRET: &str = "a-secret-of-a-client-of-forty-characters-";

/// One client of each kind, all alike but for that; the key of the keyed one.
async fn clients(world: &World) -> SigningKey {
    let key = SigningKey::generate(Alg::Es256).unwrap();
    let of = |kind: Kind| {
        let mut client = serde_json::json!({
            "client_id": format!("{kind:?}").to_lowercase(), "client_name": format!("{kind:?}"), "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"], "scope": "openid",
        });
        let (method, with) = match kind {
            Kind::Basic => ("client_secret_basic", serde_json::json!({"client_secret": SECRET})),
            Kind::Post => ("client_secret_post", serde_json::json!({"client_secret": SECRET})),
            Kind::Public => ("none", serde_json::json!({"application_type": "web"})),
            Kind::Keyed => ("private_key_jwt", serde_json::json!({"jwks": {"keys": [key.public_jwk()]}})),
        };
        client["token_endpoint_auth_method"] = method.into();
        client.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        client
    };
    let all: Vec<_> = KINDS.into_iter().map(of).collect();
    world.apply(&serde_json::json!({ "applications": all }).to_string()).await;
    key
}

/// A token request of that kind of client.
async fn present(world: &World, key: &SigningKey, kind: Kind, form: &[(&str, &str)]) -> (u16, serde_json::Value) {
    let id = format!("{kind:?}").to_lowercase();
    let now = world.clock.now().seconds();
    let entropy: &dyn Entropy = &SystemEntropy;
    let jti = entropy.id(world.clock.now());
    let claims = serde_json::json!({"iss": id, "sub": id, "aud": world.idp_url, "exp": now + 60, "iat": now, "jti": jti});
    let assertion = key.sign_jwt("JWT", &claims).unwrap();
    let mut form = form.to_vec();
    let request = world.http.post(format!("{}/token", world.idp_url));
    let request = match kind {
        Kind::Basic => request.basic_auth(&id, Some(SECRET)),
        Kind::Post => {
            form.extend([("client_id", id.as_str()), ("client_secret", SECRET)]);
            request
        }
        Kind::Public => {
            form.push(("client_id", &id));
            request
        }
        Kind::Keyed => {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form.extend([("client_assertion_type", kind), ("client_assertion", assertion.as_str())]);
            request
        }
    };
    let answer = request.form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// case 5: what one client was given, no other can use, whatever grant it is of and however either proves who it is; and
/// the attempt leaves it as it was.
#[tokio::test]
async fn what_a_client_was_given_no_other_can_use() {
    let world = World::start(TestDb::sqlite()).await;
    let key = clients(&world).await;
    let id = |kind: Kind| format!("{kind:?}").to_lowercase();
    let (mut browser, _) = authorize(&world, "daan@example.com", &[]).await;
    for owner in KINDS {
        let changes = [("client_id", id(owner)), ("scope", "openid".to_owned())];
        let changes: Vec<(&str, &str)> = changes.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let answer = until_answer(&world, &mut browser, &authorize_url(&world, &changes)).await;
        let code = answered(&answer, "code").unwrap_or_else(|| panic!("{owner:?}: {}", answer.text));
        let others = KINDS.into_iter().filter(|k| *k != owner);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for thief in others.clone() {
            let (status, error) = present(&world, &key, thief, &form).await;
            assert_eq!((status, text(&error, "error")), (400, "invalid_grant"), "a code of {owner:?} with {thief:?}");
        }
        let (status, tokens) = present(&world, &key, owner, &form).await;
        assert_eq!(status, 200, "{owner:?} {tokens}");
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        for thief in others {
            let (status, error) = present(&world, &key, thief, &form).await;
            assert_eq!((status, text(&error, "error")), (400, "invalid_grant"), "a refresh token of {owner:?} with {thief:?}");
        }
        assert_eq!(present(&world, &key, owner, &form).await.0, 200, "{owner:?}");
    }
}

/// case 6: cut, extended, or changed by one character anywhere.
#[tokio::test]
async fn a_changed_token_is_no_token() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, t) = tokens(&world, "daan@example.com", &[]).await;
    let access = text(&t, "access_token");
    for at in (0..access.len()).step_by(7) {
        let mut bytes = access.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        // The last character of a base64url part can carry bits that mean nothing; they are refused as well.
        assert_eq!(userinfo(&world, &changed).await.0, 401, "{at}");
    }
    assert_eq!(userinfo(&world, &access[..access.len() - 1]).await.0, 401);
    assert_eq!(userinfo(&world, &format!("{access}A")).await.0, 401);
    assert_eq!(userinfo(&world, &format!("{access}.")).await.0, 401);
    let fresh = text(&t, "refresh_token");
    assert_eq!(refresh(&world, &fresh[..fresh.len() - 1]).await.0, 400);
    assert_eq!(refresh(&world, &format!("{fresh}A")).await.0, 400);
    world.advance(301);
    assert_eq!(userinfo(&world, access).await.0, 200, "a clock may differ by a few seconds");
    world.advance(20);
    assert_eq!(userinfo(&world, access).await.0, 401);
}
