//! Links and tiles: the start page of each, and the links of a relation.

use serde_json::{Value, json};
use zegel::demo::browser::Browser;

use super::House;
use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// Ids of the tiles that someone's token is answered, in their order.
async fn tiles(house: &House, token: &str) -> Vec<String> {
    let (status, answer) = house.call(token, "GET", "/api/links", None).await;
    assert_eq!(status, 200, "{answer}");
    answer["tiles"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap().to_owned()).collect()
}

fn link(title: &str, address: &str) -> Option<Value> {
    Some(json!({"title": title, "address": address, "description": "Their own shop"}))
}

on_both_engines! {
    /// P13, P11: who manages a relation decides about its links, linked staff sees the list, and whoever is linked has the tile.
    async fn the_links_of_a_relation_are_its_managers_and_open_to_who_is_linked(db: TestDb) {
        let house = House::new(db).await;
        let (mila, daan, patricia) = (
            house.token("mila@example.com").await,
            house.token("daan@example.com").await,
            house.token("patricia@example.com").await,
        );
        let path = "/api/relations/r1/links";
        let (status, made) = house.call(&mila, "POST", path, link("Shop", "https://smit.example.com/")).await;
        assert_eq!((status, &made["relation"], &made["title"]), (201, &json!("r1"), &json!("Shop")), "{made}");
        let tile = format!("link:{}", made["id"].as_str().unwrap());
        let one = format!("/api/links/{}", made["id"].as_str().unwrap());
        assert!(tiles(&house, &mila).await.contains(&tile));

        for who in [&daan, &patricia] {
            assert!(!tiles(&house, who).await.contains(&tile), "not linked");
            for (method, path, body) in [("GET", path, None), ("POST", path, link("x", "https://x.example")), ("PUT", &one, link("x", "https://x.example")), ("DELETE", &one, None)] {
                assert_eq!(house.call(who, method, path, body).await.0, 404, "{method} {path}");
            }
        }
        for email in ["daan@example.com", "patricia@example.com"] {
            let gift = json!({"holder": {"person": house.id_of(email).await}, "level": "reader"});
            assert_eq!(house.give(&mila, "r1", gift).await.0, 201);
        }
        let (status, list) = house.call(&daan, "GET", path, None).await;
        assert_eq!((status, &list["may_change"], list["links"].as_array().unwrap().len()), (200, &json!(false), 1));
        assert_eq!(house.call(&daan, "PUT", &one, link("x", "https://x.example")).await.0, 403);
        // An external has the tile, and does not see the list of whoever manages it.
        assert!(tiles(&house, &patricia).await.contains(&tile));
        assert_eq!(house.call(&patricia, "GET", path, None).await.0, 404);

        for (title, address) in [("x", "javascript:alert(1)"), ("", "https://x.example"), ("x", "https://u:p@x.example/")] {
            assert_eq!(house.call(&mila, "POST", path, link(title, address)).await.0, 422, "{title:?} {address}");
            assert_eq!(house.call(&mila, "PUT", &one, link(title, address)).await.0, 422, "{title:?} {address}");
        }
        let (status, changed) = house.call(&mila, "PUT", &one, Some(json!({"title": {"en": "Shop", "pl": "Sklep"}, "address": "https://shop.example.com"}))).await;
        assert_eq!((status, &changed["address"]), (200, &json!("https://shop.example.com")));
        let (_, answer) = house.call(&patricia, "GET", "/api/links", None).await;
        assert!(answer["tiles"].as_array().unwrap().iter().any(|t| t["title"] == "Sklep"), "in her language: {answer}");
        assert_eq!(house.call(&mila, "DELETE", &one, None).await.0, 204);
        assert_eq!(house.call(&mila, "DELETE", &one, None).await.0, 404);
        assert!(!tiles(&house, &patricia).await.contains(&tile));
    }

    /// P13: for all, by group, by relation, by person; applications that one may use; the favourites first.
    async fn the_start_page_has_what_is_mine(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        world.apply(FILE).await;
        let (mut mila, mut daan) = (at_the_start(world, "mila@example.com").await, at_the_start(world, "daan@example.com").await);
        let shown = names(&mut mila, world, "").await;
        assert_eq!(shown, ["Open to sales", "Smit’s shop", "Traffic", "Van Dam Logistics"]);
        assert_eq!(names(&mut daan, world, "").await, ["Rosters", "Traffic", "Van Dam Logistics", "Yours, Daan"]);
        let page = mila.get(format!("{}/", world.idp_url)).await.unwrap();
        let iss: String = url::form_urlencoded::byte_serialize(world.idp_url.as_bytes()).collect();
        let href = page.text.split("href=\"").find(|h| h.starts_with("https://sales.example.com/login")).unwrap();
        let href = href.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        assert_eq!(href, format!("https://sales.example.com/login?iss={iss}&login_hint=mila%40example.com"));
        assert!(page.text.contains("sales.example.com, as Mila de Boer"), "{}", page.text);
        assert!(page.text.contains("Jams on the way (traffic.example.com)"), "{}", page.text);

        // Without a script a form finds them; by any word of the line.
        assert_eq!(names(&mut mila, world, "JAMS+way").await, ["Traffic"]);
        assert!(names(&mut mila, world, "nothing+of+that").await.is_empty());

        let star = async |browser: &mut Browser, tile: &str, on: &str| {
            browser.post(format!("{}/favourites", world.idp_url), &[("tile", tile), ("on", on)]).await.unwrap();
        };
        star(&mut mila, "app:record-store", "true").await;
        star(&mut mila, "link:rosters", "true").await;
        assert_eq!(names(&mut mila, world, "").await, ["Van Dam Logistics", "Open to sales", "Smit’s shop", "Traffic"], "and not what isn't hers");
        star(&mut mila, "app:record-store", "false").await;
        assert_eq!(names(&mut mila, world, "").await, shown);

        // Taken away, the tile goes too.
        world.apply("people: [{email: mila@example.com, name: Mila de Boer, roles: [], groups: []}]").await;
        assert_eq!(names(&mut mila, world, "").await, ["Smit’s shop", "Traffic", "Van Dam Logistics"]);
    }
}

const FILE: &str = r#"
groups: [{name: Drivers, members: [daan@example.com]}]
applications:
  - {client_id: sales, client_name: Open to sales, client_secret: an-application-secret-of-40-characters-.., redirect_uris: ["https://sales.example.com/cb"],
     initiate_login_uri: "https://sales.example.com/login", allowed: {roles: [sales]}}
links:
  - {id: traffic, title: {en: Traffic, nl: Verkeer}, address: "https://www.traffic.example.com/now", description: Jams on the way}
  - {id: rosters, title: Rosters, address: "https://rosters.example.com", for: {group: Drivers}}
  - {id: shop, title: Smit’s shop, address: "https://smit.example.com", for: {relation: smit}}
  - {id: yours, title: "Yours, Daan", address: "https://daan.example.com", for: {person: daan@example.com}}
"#;

async fn at_the_start(world: &World, email: &str) -> Browser {
    let mut browser = world.browser();
    browser.get(format!("{}/", world.idp_url)).await.unwrap();
    let page = world.sign_in_from(&mut browser, email).await;
    assert_eq!(page.url.path(), "/", "{}", page.text);
    browser
}

/// The names on the tiles, in their order.
async fn names(browser: &mut Browser, world: &World, q: &str) -> Vec<String> {
    let page = browser.get(format!("{}/?q={q}", world.idp_url)).await.unwrap();
    let tiles = page.text.split("class=\"what\"><span class=\"strong\">").skip(1);
    tiles.map(|t| t.split('<').next().unwrap().replace("&#39;", "'")).collect()
}

/// P13: a file says the links, tells them before, and says them a second time without doing anything.
#[tokio::test]
async fn a_file_says_which_links_there_are() {
    let house = House::new(TestDb::sqlite()).await;
    let lines = async |text: &str, dry: bool| {
        let file = zegel::idp::apply::File::parse("x.yaml", text).unwrap();
        let plan = match dry {
            true => zegel::idp::apply::plan(house.world.idp(), &file).await,
            false => zegel::idp::apply::apply(house.world.idp(), &file).await,
        };
        plan.unwrap().lines.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let one = "links: [{id: shop, title: Shop, address: \"https://smit.example.com\", for: {relation: smit}}]";
    assert_eq!(lines(one, true).await, ["+ link shop (Shop) for relation Bakkerij Smit"]);
    assert_eq!(lines(one, false).await, ["+ link shop (Shop) for relation Bakkerij Smit"]);
    assert!(lines(one, false).await.is_empty());
    let two = "links: [{id: shop, title: Shop, address: \"https://new.example.com\", active: false}]";
    assert_eq!(lines(two, false).await, ["~ link shop: address https://new.example.com, for everyone, hidden"]);
    for bad in [
        "{id: a b, title: X, address: \"https://x.example\"}",
        "{id: x, title: X, address: \"javascript:alert(1)\"}",
        "{id: x, title: \"\", address: \"https://x.example\"}",
        "{id: x, title: {de: X}, address: \"https://x.example\"}",
        "{id: x, title: X, address: \"https://x.example\", for: nobody}",
        "{id: x, title: X, address: \"https://x.example\", for: {group: Nowhere}}",
        "{id: x, title: X, address: \"https://x.example\", for: {relation: nowhere}}",
        "{id: x, title: X, address: \"https://x.example\", for: {group: a, person: daan@example.com}}",
    ] {
        let refused = match zegel::idp::apply::File::parse("x.yaml", &format!("links: [{bad}]")) {
            Err(_) => true,
            Ok(file) => zegel::idp::apply::plan(house.world.idp(), &file).await.is_err(),
        };
        assert!(refused, "{bad}");
    }
}
