//! Tokens where they don't belong.

use crate::support::flow::{CALLBACK, VERIFIER, refresh, text, tokens, userinfo};
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
