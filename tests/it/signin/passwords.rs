//! Passwords as people bring them from elsewhere and choose them here, and what a storm of them does to everyone else.

use zegel::idp::credentials::passwords::Place;

use crate::on_both_engines;
use crate::support::flow::{refresh, text, tokens, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, World};

/// Of "correct horse battery staple", as Django, an LDAP directory and Keycloak keep it.
const OTHERS: &str = r#"
people:
  - {email: django@example.com, name: D, password_hash: "pbkdf2_sha256$1000$NaClNaClNaClNaClNaClNa$xLEQuYdlNRONA42dKUW0ZS71DWvaTkTCD1IsVak53Qg="}
  - {email: ldap@example.com, name: L, password_hash: "{SSHA}xkZxVHu9yxr0ovp7+exRiwGnj0/M2Zuz"}
  - email: keycloak@example.com
    name: K
    password_hash:
      type: password
      secretData: '{"value": "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ7TX23G+6QgERwdCrtdq7/IU5aB6IVSOpTz6igHBLZ5Gw==", "salt": "AAECAwQFBgcICQoLDA0ODw==", "additionalParameters": {}}'
      credentialData: '{"hashIterations":1000,"algorithm":"pbkdf2-sha256","additionalParameters":{}}'
"#;

async fn stored(world: &World, email: &str) -> String {
    let sql = zegel::sql!("SELECT password FROM people WHERE email = $1");
    world.idp().db.query(sql).bind(email).one::<(String,)>().await.unwrap().0
}

async fn asked_for_a_code(world: &World, email: &str, password: &str) -> bool {
    let mut browser = world.browser();
    browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
    let form = [("username", email), ("password", password)];
    browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap().text.contains("id=\"code\"")
}

/// Every place where a password could be hashed.
fn storm(world: &World) -> Vec<Place> {
    std::iter::from_fn(|| world.idp().hasher.reserve().ok()).collect()
}

on_both_engines! {
    /// S3: hashes of other systems open the account, and are replaced by one made here at the first right password.
    async fn people_of_another_system_sign_in_with_the_password_they_had(db: TestDb) {
        let world = World::start(db).await;
        world.apply(OTHERS).await;
        for email in ["django@example.com", "ldap@example.com", "keycloak@example.com"] {
            let before = stored(&world, email).await;
            assert!(before.starts_with("sealed1$"), "{before}");
            assert!(!asked_for_a_code(&world, email, "correct horse battery").await);
            assert_eq!(stored(&world, email).await, before);
            assert!(asked_for_a_code(&world, email, "correct horse battery staple").await);
            let after = stored(&world, email).await;
            assert!(after.starts_with("p1$argon2id$"), "{after}");
            world.apply(OTHERS).await;
            assert_eq!(stored(&world, email).await, after, "the file brings nothing new");
            assert!(asked_for_a_code(&world, email, "correct horse battery staple").await);
        }
    }
}

/// case 31: who comes too many is told when to come back, on pages and by API, and it counts as no try; everyone else goes on.
#[tokio::test]
async fn a_storm_of_sign_ins_starves_nobody_else() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("people: [{email: eva@example.com, name: Eva Jansen}]").await;
    let mail = world.newest("eva@example.com").await;
    let link = mail.split_whitespace().find(|w| w.contains("/password/")).unwrap().to_owned();
    let (_, given) = tokens(&world, "daan@example.com", &[("scope", "openid offline_access")]).await;
    let places = storm(&world);
    assert!(places.len() > 64);
    for _ in 0..20 {
        let mut browser = world.browser();
        browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
        let form = [("username", "mila@example.com"), ("password", "a guess of many")];
        let page = browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
        assert_eq!((page.status.as_u16(), page.headers["retry-after"].to_str().unwrap()), (503, "2"), "{}", page.text);
    }
    let form = [("password", "three geese over Zwolle"), ("repeat", "three geese over Zwolle")];
    let page = world.browser().post(&link, &form).await.unwrap();
    assert_eq!((page.status.as_u16(), page.headers["retry-after"].to_str().unwrap()), (503, "2"));
    let api = world.http.post(format!("{}/api/passwords/strength", world.idp_url)).json(&serde_json::json!({"password": "x"}));
    let api = api.send().await.unwrap();
    assert_eq!((api.status().as_u16(), api.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    assert_eq!(api.json::<serde_json::Value>().await.unwrap()["code"], "overloaded");
    assert_eq!(userinfo(&world, text(&given, "access_token")).await.0, 200);
    assert_eq!(refresh(&world, text(&given, "refresh_token")).await.0, 200);
    let (status, _) = world.token(("app", APP_SECRET), &[("grant_type", "client_credentials"), ("scope", "read")]).await;
    assert_eq!(status, 200);
    drop(places);
    // Twenty refusals were no tries, of which there are ten.
    assert!(asked_for_a_code(&world, "mila@example.com", crate::support::world::PASSWORD).await);
}

/// S6, S8: a password that is easily guessed is refused with what makes it weak, in the person's language.
#[tokio::test]
async fn a_weak_password_is_refused_with_what_would_make_it_better() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("people: [{email: eva@example.com, name: Eva Jansen}]").await;
    let mail = world.newest("eva@example.com").await;
    let link = mail.split_whitespace().find(|w| w.contains("/password/")).unwrap().to_owned();
    for (lang, common, keys) in [
        ("en", "on lists that attackers try first", "Repeating the same characters"),
        ("nl", "op lijsten die aanvallers", "Dezelfde tekens herhalen"),
        ("pl", "na listach, od których", "Powtarzanie tych samych"),
        ("tr", "ilk denediği listelerde", "Aynı karakterleri yinelemek"),
    ] {
        let mut browser = world.browser();
        browser.get(format!("{}/lang/{lang}?to=/signin", world.idp_url)).await.unwrap();
        for (password, said) in [("Springfield", common), ("ababababababab", keys)] {
            let page = browser.post(&link, &[("password", password), ("repeat", password)]).await.unwrap();
            assert!(page.status.as_u16() == 422 && page.text.contains(said), "{lang} {password}: {}", page.text);
        }
    }
    let ask = async |password: &str| {
        let body = serde_json::json!({"password": password, "email": "eva@example.com", "name": "Eva Jansen"});
        let request = world.http.post(format!("{}/api/passwords/strength", world.idp_url)).json(&body);
        let request = request.header("accept-language", "nl");
        request.send().await.unwrap().json::<serde_json::Value>().await.unwrap()
    };
    let weak = ask("ababababababab").await;
    assert!(weak["score"].as_u64().unwrap() < 3 && weak["advice"].as_str().unwrap().starts_with("Dezelfde"), "{weak}");
    assert_eq!(ask("three geese over Zwolle").await, serde_json::json!({"score": 4, "label": "Sterk"}));
    assert_eq!(ask(&"x".repeat(1025)).await["code"], "bad_request");
}
