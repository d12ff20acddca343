//! Other providers that people sign in with, by API and page.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Caller, begin};
use crate::on_both_engines;
use crate::support::world::{Options, World};

const SECRET: &str = "the-secret-of-the-house-at-the-partner-...";

fn terms(issuer: &str, more: &Value) -> Value {
    let mut terms = json!({
        "name": "Partner", "issuer": issuer, "client_id": "house", "client_secret": SECRET, "domains": ["Partner.Example"],
        "groups": {"g-sales": "Sales"}, "trust": [{"amr": ["mfa"], "counts_as": "urn:zegel:acr:password-app"}],
    });
    terms.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    terms
}

on_both_engines! {
    /// S5, S10: a provider is made, tried, changed, taken out of use and removed by API; its secret is told to nobody.
    async fn a_provider_is_administered_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        // Another installation of this very program is a provider like any other.
        let other = World::start_with(crate::support::postgres::TestDb::sqlite(), Options { numeric: true, ..Options::default() }).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let put = async |terms: Value| ada.ask(Method::PUT, "/federation/partner", Some(terms)).await;
        let (status, made) = put(terms(&other.idp_url, &json!({}))).await;
        assert_eq!((status, &made["domains"], &made["enabled"], &made["has_secret"]), (201, &json!(["partner.example"]), &json!(true), &json!(true)), "{made}");
        assert_eq!(made["redirect_uri"], format!("{}/federation/partner/callback", world.idp_url));
        let (_, text, _) = ada.raw(Method::GET, "/federation", None).await;
        assert!(text.contains("\"partner\"") && !text.contains(SECRET), "{text}");
        let (status, tried) = ada.ask(Method::POST, "/federation/partner/try", None).await;
        assert_eq!((status, &tried["works"]), (200, &json!(true)), "{tried}");
        assert_eq!(tried["token_endpoint"], format!("{}/token", other.idp_url));
        assert!(tried["keys"].as_i64() > Some(0), "{tried}");
        for (more, field) in [
            (json!({"issuer": "https://elsewhere.example"}), "issuer"),
            (json!({"client_id": ""}), "client_id"),
            (json!({"scope": "email"}), "scope"),
            (json!({"domains": ["not a domain"]}), "domains"),
            (json!({"trust": [{"counts_as": "urn:zegel:acr:passkey"}]}), "trust"),
        ] {
            let (status, wrong) = put(terms(&other.idp_url, &more)).await;
            assert!(status == 422 && wrong["fields"][field].is_string(), "{field}: {wrong}");
        }
        let mut changed = terms(&other.idp_url, &json!({"name": "Other name", "enabled": false}));
        changed.as_object_mut().unwrap().remove("client_secret");
        let (status, changed) = put(changed).await;
        assert_eq!((status, &changed["name"], &changed["enabled"], &changed["has_secret"]), (200, &json!("Other name"), &json!(false), &json!(true)), "{changed}");
        // Nobody answers there.
        let (status, made) = ada.ask(Method::PUT, "/federation/silent", Some(terms("http://127.0.0.1:9", &json!({"domains": []})))).await;
        assert_eq!(status, 201, "{made}");
        let (_, tried) = ada.ask(Method::POST, "/federation/silent/try", None).await;
        assert!(tried["works"] == json!(false) && tried["why"].is_string(), "{tried}");
        world.advance(301);
        assert_eq!(put(terms(&other.idp_url, &json!({}))).await.0, 401, "this widens");
        assert_eq!(ada.ask(Method::DELETE, "/federation/silent", None).await.0, 401, "this can't be undone");
        let ada = Caller::of(&world, "ada@example.com").await;
        assert_eq!(ada.ask(Method::DELETE, "/federation/silent", None).await.0, 200);
        assert_eq!(ada.ask(Method::DELETE, "/federation/silent", None).await.0, 404);
        assert_eq!((world.noted("federation.made", "partner").await, world.noted("federation.disabled", "partner").await), (1, 1));
    }

    /// S5, S10, case 21: an administrator says who someone is elsewhere; that person is told by mail; nobody is two.
    async fn who_someone_is_elsewhere_is_said_by_an_administrator(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (status, made) = ada.ask(Method::PUT, "/federation/partner", Some(terms("https://partner.example", &json!({})))).await;
        assert_eq!(status, 201, "{made}");
        let (daan, mila) = (ada.person("daan@example.com").await, ada.person("mila@example.com").await);
        let link = |person: &str| format!("/people/{person}/federation/partner");
        assert_eq!(ada.ask(Method::PUT, &link(&daan), Some(json!({"subject": "s-1"}))).await.0, 204);
        let mail = world.newest("daan@example.com").await;
        assert!(mail.contains("Partner") && mail.contains("/not-me/"), "{mail}");
        let (status, wrong) = ada.ask(Method::PUT, &link(&mila), Some(json!({"subject": "s-1"}))).await;
        assert!(status == 422 && wrong["fields"]["subject"].is_string(), "{wrong}");
        assert_eq!(ada.ask(Method::PUT, &link(&mila), Some(json!({"subject": ""}))).await.0, 422);
        assert_eq!(ada.ask(Method::PUT, &format!("/people/{mila}/federation/nowhere"), Some(json!({"subject": "s"}))).await.0, 404);
        let listed = ada.get(&format!("/people/{daan}/federation")).await;
        assert_eq!((&listed["items"][0]["upstream"], &listed["items"][0]["subject"]), (&json!("partner"), &json!("s-1")));
        assert_eq!(ada.ask(Method::DELETE, &link(&daan), None).await.0, 200);
        assert_eq!(ada.ask(Method::DELETE, &link(&daan), None).await.0, 404);
        // By page.
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let mut browser = world.member("mila@example.com").await;
        assert!(browser.get(at("/account/security")).await.unwrap().text.contains("href=\"/account/connections\""));
        let mut pages = world.member("ada@example.com").await;
        let form = |subject| [("upstream", "partner"), ("subject", subject), ("present", "true")];
        let path = format!("/admin/people/{mila}/federation");
        let page = pages.post(at(&path), &form("")).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"subject-error\""), "{}", page.text);
        let page = pages.post(at(&path), &form("s-2")).await.unwrap();
        assert!(page.status == 200 && page.text.contains("s-2"), "{}", page.text);
        let page = pages.post(at(&path), &[("upstream", "partner"), ("present", "false")]).await.unwrap();
        assert!(page.status == 200 && !page.text.contains("s-2,"), "{}", page.text);
    }

    /// S5, S10: the same of providers by page; what can't be read stays as it was typed.
    async fn a_provider_is_administered_by_pages(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let other = World::start_with(crate::support::postgres::TestDb::sqlite(), Options { numeric: true, ..Options::default() }).await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let mut ada = world.member("ada@example.com").await;
        let filled = |groups: &'static str, trust: &'static str| {
            let issuer: &'static str = Box::leak(other.idp_url.clone().into_boxed_str());
            [
                ("id", "partner"), ("issuer", issuer), ("name", "Partner <b>"), ("client_id", "house"), ("auth", "post"),
                ("client_secret", SECRET), ("scope", "openid email"), ("button", "true"), ("domains", "partner.example, two.example"),
                ("link", "true"), ("groups", groups), ("trust", trust), ("claim_email", "upn"),
            ]
        };
        let page = ada.post(at("/admin/federation/new"), &filled("Sales only", "always")).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"groups-error\"") && page.text.contains("Sales only"), "{}", page.text);
        assert!(!page.text.contains(SECRET), "what is secret is typed again");
        let page = ada.post(at("/admin/federation/new"), &filled("g-sales = Sales", "amr mfa = urn:zegel:acr:password-app")).await.unwrap();
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/admin/federation/partner"), "{}", page.text);
        for word in ["two.example", "g-sales = Sales", "amr mfa = urn:zegel:acr:password-app", "upn", "/federation/partner/callback"] {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
        assert!(!page.text.contains("Partner <b>"));
        let page = ada.post(at("/admin/federation/new"), &filled("", "")).await.unwrap();
        assert_eq!(page.status, 409, "it is there already");
        let page = ada.post(at("/admin/federation/partner/try"), &[]).await.unwrap();
        assert!(page.status == 200 && page.text.contains(&format!("{}/token", other.idp_url)), "{}", page.text);
        let page = ada.post(at("/admin/federation/partner/edit"), &[("name", "Renamed"), ("client_id", "house"), ("scope", "openid")]).await.unwrap();
        assert!(page.status == 200 && page.text.contains("Renamed") && !page.text.contains("two.example"), "{}", page.text);
        let page = ada.post(at("/admin/federation/partner/enabled"), &[("enabled", "false")]).await.unwrap();
        assert!(page.text.contains("Out of use"), "{}", page.text);
        assert!(!world.browser().get(at("/signin")).await.unwrap().text.contains("/signin/with/partner"));
        world.advance(300);
        let page = ada.post(at("/admin/federation/partner/enabled"), &[("enabled", "true")]).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
    }
}
