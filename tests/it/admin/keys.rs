//! Signing keys by API and page.

use reqwest::Method;
use serde_json::{Value, json};
use zegel::kernel::jose::{Alg, KeySet, open};

use super::{Caller, begin};
use crate::on_both_engines;
use crate::support::flow::{text, tokens, userinfo};
use crate::support::world::World;

async fn published(world: &World) -> KeySet {
    let answer = world.http.get(format!("{}/oauth2/keys", world.idp_url)).send().await.unwrap();
    KeySet::from_json(&answer.bytes().await.unwrap()).unwrap()
}

/// The key that signed an ID token, by the published ones.
async fn signer(world: &World, id_token: &str) -> Option<String> {
    open(id_token, &published(world).await, None, &Alg::ALL).ok().map(|signed| signed.kid().to_owned())
}

fn stages(all: &Value, alg: &str) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let of = all["items"].as_array().unwrap().iter().filter(|k| k["purpose"] == "token" && k["alg"] == alg);
    of.map(|k| (text(&k["kid"]), text(&k["stage"]))).collect()
}

on_both_engines! {
    /// dynamic/server-rotate-keys, S5, S7: an application that fetched the keys before checks what comes after, and what it was given
    /// before stays good.
    async fn keys_are_rotated_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let mut ada = Caller::of(&world, "ada@example.com").await;
        let (_, before) = tokens(&world, "daan@example.com", &[]).await;
        let first = signer(&world, text(&before, "id_token")).await.unwrap();
        let rs256 = stages(&ada.get("/keys").await, "RS256");
        assert_eq!(rs256, [(first.clone(), "signing".to_owned())], "the usual algorithm");
        let rotate = |at_once: bool| Some(json!({"purpose": "token", "alg": "RS256", "at_once": at_once}));
        let (status, made) = ada.ask(Method::POST, "/keys/rotate", rotate(false)).await;
        assert_eq!((status, made["items"][0]["stage"].as_str()), (201, Some("next")), "{made}");
        let next = made["items"][0]["kid"].as_str().unwrap().to_owned();
        assert!(published(&world).await.find(Some(&next), Alg::Rs256).is_ok(), "published before it signs");
        assert_eq!(ada.ask(Method::POST, "/keys/rotate", rotate(false)).await.0, 409, "one waits already");
        world.advance(60);
        let (_, meanwhile) = tokens(&world, "mila@example.com", &[]).await;
        assert_eq!(signer(&world, text(&meanwhile, "id_token")).await, Some(first.clone()));
        let (status, made) = ada.ask(Method::POST, "/keys/rotate", rotate(true)).await;
        assert_eq!((status, made["items"][0]["kid"].as_str()), (201, Some(&*next)), "the one that waits signs now: {made}");
        let (_, after) = tokens(&world, "patricia@example.com", &[]).await;
        assert_eq!(signer(&world, text(&after, "id_token")).await, Some(next.clone()));
        assert_eq!(signer(&world, text(&before, "id_token")).await, Some(first.clone()), "still published");
        assert_eq!(userinfo(&world, text(&before, "access_token")).await.0, 200);
        let all = ada.get("/keys").await;
        assert_eq!(stages(&all, "RS256"), [(first.clone(), "retired".into()), (next.clone(), "signing".into())]);
        for (wrong, field) in [(json!({"purpose": "love"}), "purpose"), (json!({"purpose": "token", "alg": "none"}), "alg")] {
            let (status, body) = ada.ask(Method::POST, "/keys/rotate", Some(wrong)).await;
            assert!(status == 422 && body["fields"][field].is_string(), "{body}");
        }
        // case 21: and only with a fresh sign-in.
        world.advance(240);
        ada.again().await;
        let withdraw = format!("/keys/{first}/withdraw");
        for path in ["/keys/rotate", &withdraw] {
            let body = (path == "/keys/rotate").then(|| json!({"purpose": "token"}));
            assert_eq!(ada.ask(Method::POST, path, body).await.0, 401, "{path}");
        }
        let ada = Caller::of(&world, "ada@example.com").await;
        let (status, gone) = ada.ask(Method::POST, &withdraw, None).await;
        assert_eq!((status, gone["next"].as_str()), (200, Some(&*next)), "{gone}");
        assert_eq!(signer(&world, text(&before, "id_token")).await, None, "nothing that it signed counts");
        assert_eq!(ada.ask(Method::POST, &withdraw, None).await.0, 404);
        assert_eq!((world.noted("key.made", &next).await, world.noted("key.withdrawn", &first).await), (1, 1));
    }

    /// S5: the same by page.
    async fn keys_are_rotated_by_a_page(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let mut ada = world.member("ada@example.com").await;
        let page = ada.get(at("/admin/keys/rotate")).await.unwrap();
        assert!(page.text.contains("id=\"at_once\""), "{}", page.text);
        let page = ada.post(at("/admin/keys/rotate"), &[("purpose", "receipt"), ("alg", "XS256")]).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"alg-error\""), "{}", page.text);
        let before = published(&world).await.keys().len();
        let page = ada.post(at("/admin/keys/rotate"), &[("purpose", "token"), ("alg", "ES256")]).await.unwrap();
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/admin/keys"), "{}", page.text);
        assert!(page.text.contains("<span class=\"tag info\">Next</span>"), "{}", page.text);
        assert_eq!(published(&world).await.keys().len(), before + 1);
        let page = ada.post(at("/admin/keys/rotate"), &[("purpose", "token"), ("alg", "ES256")]).await.unwrap();
        assert!(page.status == 409 && page.text.contains("waiting already"), "{}", page.text);
        world.advance(300);
        let page = ada.post(at("/admin/keys/rotate"), &[("purpose", "token")]).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
    }
}
