//! People by a directory.

use serde_json::{Value, json};

use super::{Office, filtered, patch};
use crate::on_both_engines;
use crate::support::flow;
use crate::support::world::PASSWORD;

/// Someone new, as a directory says it.
fn anna() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "externalId": "e-1", "userName": "Anna@Example.com", "name": {"givenName": "Anna", "familyName": "Jansen"},
        "userType": "Employee", "preferredLanguage": "nl", "phoneNumbers": [{"value": "+31 6 12345642", "type": "mobile"}],
        "emails": [{"value": "anna@example.com", "type": "work", "primary": true}],
    })
}

on_both_engines! {
    /// S5: who is brought gets a link to begin with, and is the person that the directory says.
    async fn whom_a_directory_brings_is_invited_and_signs_in(db: TestDb) {
        let office = Office::open(db).await;
        let (status, headers, made) = office.ask("POST", "/Users", Some(anna()), &[]).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!(headers["content-type"], "application/scim+json");
        assert_eq!(headers["location"], made["meta"]["location"].as_str().unwrap());
        assert_eq!(headers["etag"], made["meta"]["version"].as_str().unwrap());
        assert_eq!(made["active"], true);
        let mail = office.world.newest("anna@example.com").await;
        let link = mail.split_whitespace().find(|w| w.contains("/password/")).expect("a link in the mail").to_owned();
        let mut browser = office.world.browser();
        let password = crate::support::world::PASSWORD;
        let page = browser.post(&link, &[("password", password), ("repeat", password)]).await.unwrap();
        assert!(page.status.is_success(), "{}", page.text);
        let (_, tokens) = flow::tokens(&office.world, "anna@example.com", &[]).await;
        let (_, claims) = flow::userinfo(&office.world, flow::text(&tokens, "access_token")).await;
        assert_eq!((&claims["sub"], &claims["name"]), (&made["id"], &json!("Anna Jansen")));
    }

    /// case 29: deactivated, every session and token ends at once, and activating again brings none of it back.
    async fn deactivating_ends_everything_at_once(db: TestDb) {
        let office = Office::open(db).await;
        let changes = [("scope", "openid offline_access"), ("prompt", "consent")];
        let (_, tokens) = flow::tokens(&office.world, "daan@example.com", &changes).await;
        let token = flow::text(&tokens, "refresh_token");
        let [id] = &*office.found(&filtered("Users", "userName eq \"DAAN@example.com\""), "id").await else { panic!("one Daan") };
        // As one well-known directory writes it.
        let off = patch(json!([{"op": "Replace", "path": "active", "value": "False"}]));
        let after = office.done("PATCH", &format!("/Users/{id}"), off).await;
        assert_eq!(after["active"], false);
        assert_eq!(flow::refresh(&office.world, token).await.0, 400);
        assert_eq!(flow::userinfo(&office.world, flow::text(&tokens, "access_token")).await.0, 401);
        office.done("PATCH", &format!("/Users/{id}"), patch(json!([{"op": "replace", "value": {"active": true}}]))).await;
        assert_eq!(flow::refresh(&office.world, token).await.0, 400);
        let (_, tokens) = flow::tokens(&office.world, "daan@example.com", &[]).await;
        assert_eq!(flow::userinfo(&office.world, flow::text(&tokens, "access_token")).await.0, 200);
    }

    /// case 29: deleted, a person is there for nobody; whoever has the address later begins with nothing.
    async fn whoever_comes_after_a_deleted_person_has_nothing_of_his(db: TestDb) {
        let office = Office::open(db).await;
        office.world.apply("groups: [{name: Sales, members: [daan@example.com]}]").await;
        let (_, tokens) = flow::tokens(&office.world, "daan@example.com", &[]).await;
        let id = office.found(&filtered("Users", "userName eq \"daan@example.com\""), "id").await.remove(0);
        assert_eq!(office.say("DELETE", &format!("/Users/{id}"), Value::Null).await, (204, Value::Null));
        assert_eq!(flow::userinfo(&office.world, flow::text(&tokens, "access_token")).await.0, 401);
        for (method, body) in [("GET", Value::Null), ("DELETE", Value::Null), ("PUT", anna()), ("PATCH", patch(json!([{"op": "remove", "path": "title"}])))] {
            assert_eq!(office.refused(method, &format!("/Users/{id}"), body).await, (404, String::new()), "{method}");
        }
        let everyone = office.found("/Users", "userName").await;
        assert!(!everyone.contains(&"daan@example.com".into()) && everyone.contains(&"mila@example.com".into()));
        assert_eq!(office.rows("SELECT COUNT(*) FROM group_members").await, 0);
        let again = json!({"userName": "daan@example.com", "displayName": "Daan the Second"});
        let made = office.done("POST", "/Users", again).await;
        assert_eq!((&made["active"], &made["displayName"], made.get("groups")), (&json!(true), &json!("Daan the Second"), None));
        assert_eq!(office.rows("SELECT COUNT(*) FROM people WHERE email_key = 'daan@example.com' AND password IS NULL").await, 1);
        assert_eq!(office.rows("SELECT COUNT(*) FROM role_assignments WHERE role = 'driver'").await, 0);
    }

    /// case 24, case 37: names and addresses are one person's, in whatever letters, and an id in a body changes nobody else.
    async fn names_and_addresses_are_one_persons(db: TestDb) {
        let office = Office::open(db).await;
        let made = office.done("POST", "/Users", anna()).await;
        for taken in [
            json!({"userName": "ANNA@example.com", "emails": [{"value": "else@example.com"}]}),
            json!({"userName": "else", "emails": [{"value": "anna@EXAMPLE.com"}]}),
            json!({"userName": "mila@example.com"}),
            json!({"userName": "MILA@example.com", "emails": [{"value": "else@example.com"}]}),
        ] {
            assert_eq!(office.refused("POST", "/Users", taken.clone()).await, (409, "uniqueness".into()), "{taken}");
        }
        let path = format!("/Users/{}", made["id"].as_str().unwrap());
        let taken = patch(json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "mila@example.com"}]));
        assert_eq!(office.refused("PATCH", &path, taken).await, (409, "uniqueness".into()));
        let other = office.done("POST", "/Users", json!({"userName": "b@example.com", "id": made["id"]})).await;
        assert_ne!(other["id"], made["id"]);
        let same = office.done("PUT", &path, json!({"userName": "anna@example.com", "id": other["id"], "title": "T"})).await;
        assert_eq!((&same["id"], &same["title"]), (&made["id"], &json!("T")));
        for bad in [json!({"userName": "no address"}), json!({"displayName": "X"}), json!({"userName": "a@b@example.com"})] {
            assert_eq!(office.refused("POST", "/Users", bad.clone()).await, (400, "invalidValue".into()), "{bad}");
        }
    }

    /// case 23: another address is nobody's until it is proven, and what was open by the one before is closed.
    async fn another_address_ends_what_was_open_and_is_not_proven(db: TestDb) {
        let office = Office::open(db).await;
        let (_, tokens) = flow::tokens(&office.world, "daan@example.com", &[]).await;
        let proven = "SELECT COUNT(*) FROM people WHERE name = 'Daan Visser' AND email_proven_at IS NOT NULL";
        assert_eq!(office.rows(proven).await, 1);
        let id = office.found(&filtered("Users", "emails eq \"daan@example.com\""), "id").await.remove(0);
        let change = patch(json!([{"op": "replace", "path": "emails", "value": [{"value": "daan.visser@example.com"}]}]));
        let after = office.done("PATCH", &format!("/Users/{id}"), change).await;
        assert_eq!(after["emails"], json!([{"value": "daan.visser@example.com"}]));
        assert_eq!((office.rows(proven).await, &after["userName"]), (0, &json!("daan@example.com")));
        assert_eq!(flow::userinfo(&office.world, flow::text(&tokens, "access_token")).await.0, 401);
        flow::tokens(&office.world, "daan.visser@example.com", &[]).await;
    }

    /// case 23: a code or a link that went to the address before shows nothing of the new one, and what was given for longer than a
    /// session does not outlive it.
    async fn what_went_to_the_address_before_opens_nothing(db: TestDb) {
        let office = Office::open(db).await;
        let world = &office.world;
        let (_, tokens) = flow::tokens(world, "daan@example.com", &[("scope", "openid offline_access")]).await;
        let mut under_way = world.browser();
        under_way.get(world.at("/signin")).await.unwrap();
        let form = [("username", "daan@example.com"), ("password", PASSWORD)];
        under_way.post(world.at("/signin"), &form).await.unwrap();
        let code = world.code_for("daan@example.com", 6).await;
        world.browser().post(world.at("/recover"), &[("username", "daan@example.com")]).await.unwrap();
        let link = world.link_to("daan@example.com", "/recover/").await;
        assert_eq!(world.browser().get(&link).await.unwrap().status.as_u16(), 200);
        let id = world.id_of("daan@example.com").await;
        let change = patch(json!([{"op": "replace", "path": "emails", "value": [{"value": "daan.visser@example.com"}]}]));
        office.done("PATCH", &format!("/Users/{id}"), change).await;
        assert_eq!(under_way.post(world.at("/signin/code"), &[("code", &code)]).await.unwrap().status.as_u16(), 410);
        assert_eq!(world.browser().get(&link).await.unwrap().status.as_u16(), 410);
        assert_eq!(flow::refresh(world, flow::text(&tokens, "refresh_token")).await.0, 400);
        let proven = "SELECT COUNT(*) FROM people WHERE name = 'Daan Visser' AND email_proven_at IS NOT NULL";
        assert_eq!(office.rows(proven).await, 0);
    }

    /// S5: a directory that could take an administrator's place would be one.
    async fn no_directory_takes_the_place_of_whoever_administers(db: TestDb) {
        let office = Office::open(db).await;
        office.world.apply("groups: [{name: Board, roles: [administrator], members: [mila@example.com]}]").await;
        for name in ["bram", "mila"] {
            let id = office.found(&filtered("Users", &format!("userName eq \"{name}@example.com\"")), "id").await.remove(0);
            let path = format!("/Users/{id}");
            for operation in [
                json!({"op": "replace", "path": "active", "value": false}),
                json!({"op": "replace", "path": "emails", "value": [{"value": "mine@example.com"}]}),
            ] {
                assert_eq!(office.refused("PATCH", &path, patch(json!([operation]))).await.0, 403, "{name} {operation}");
            }
            assert_eq!(office.refused("DELETE", &path, Value::Null).await.0, 403);
            office.done("PATCH", &path, patch(json!([{"op": "add", "path": "title", "value": "T"}]))).await;
        }
    }

    /// P10 in small: what a person chose himself stays while the directory says what it said before.
    async fn what_a_person_chose_himself_stays_until_the_directory_changes_it(db: TestDb) {
        let office = Office::open(db).await;
        let made = office.done("POST", "/Users", anna()).await;
        let path = format!("/Users/{}", made["id"].as_str().unwrap());
        office.world.apply("people: [{email: anna@example.com, name: Anna Jansen, language: pl, phone: \"+31612345643\"}]").await;
        let again = office.done("PUT", &path, anna()).await;
        assert_eq!((&again["preferredLanguage"], &again["phoneNumbers"][0]["value"]), (&json!("nl"), &json!("+31 6 12345642")));
        let own = "SELECT COUNT(*) FROM people WHERE language = 'pl' AND phone = '+31612345643'";
        assert_eq!(office.rows(own).await, 1);
        office.done("PATCH", &path, patch(json!([{"op": "replace", "path": "preferredLanguage", "value": "tr-TR"}]))).await;
        assert_eq!(office.rows("SELECT COUNT(*) FROM people WHERE language = 'tr' AND phone = '+31612345643'").await, 1);
    }

    /// case 38: a client changes what it has read, or is told that it was changed since.
    async fn a_version_that_was_changed_since_is_not_changed(db: TestDb) {
        let office = Office::open(db).await;
        let made = office.done("POST", "/Users", anna()).await;
        let (path, version) = (format!("/Users/{}", made["id"].as_str().unwrap()), made["meta"]["version"].as_str().unwrap());
        let title = |t: &str| Some(patch(json!([{"op": "replace", "path": "title", "value": t}])));
        let (status, headers, _) = office.ask("PATCH", &path, title("A"), &[("if-match", version)]).await;
        assert_eq!(status, 200);
        for (method, body) in [("PATCH", title("B")), ("PUT", Some(anna())), ("DELETE", None)] {
            assert_eq!(office.ask(method, &path, body, &[("if-match", version)]).await.0, 412, "{method}");
        }
        let new = headers["etag"].to_str().unwrap();
        let (status, _, body) = office.ask("GET", &path, None, &[("if-none-match", new)]).await;
        assert_eq!((status, body), (304, Value::Null));
        assert_eq!(office.ask("GET", &path, None, &[("if-none-match", version)]).await.0, 200);
        assert_eq!(office.ask("DELETE", &path, None, &[("if-match", new)]).await.0, 204);
    }

    /// S5: lists are filtered, ordered and paged, and a client finds by its own identifiers only.
    async fn lists_are_filtered_ordered_and_paged(db: TestDb) {
        let office = Office::open(db).await;
        let made = office.done("POST", "/Users", anna()).await;
        let find = async |filter: &str| office.found(&filtered("Users", filter), "userName").await;
        assert_eq!(find("externalId eq \"e-1\"").await, ["Anna@Example.com"]);
        assert_eq!(find("userName eq \"ANNA@EXAMPLE.COM\" and active eq true").await, ["Anna@Example.com"]);
        assert_eq!(find("userName eq \"anna@example.com\" and active eq false").await, [""; 0]);
        assert_eq!(find("emails[type eq \"work\" and value sw \"ANNA\"] and name.familyName pr").await, ["Anna@Example.com"]);
        assert_eq!(find(&format!("id eq \"{}\"", made["id"].as_str().unwrap())).await, ["Anna@Example.com"]);
        let (_, _, second) = office.ask_as(&office.second, "GET", &filtered("Users", "externalId eq \"e-1\""), None, &[]).await;
        assert_eq!(second["totalResults"], 0);
        // Anna has no displayName of her own: in this order, those without come first.
        let by_name = office.found("/Users?sortBy=displayName&sortOrder=descending&count=3&startIndex=2", "userName").await;
        assert_eq!(by_name, ["patricia@example.com", "mila@example.com", "daan@example.com"]);
        let all = office.found("/Users", "id").await;
        let mut paged = Vec::new();
        for start in [1, 3, 5] {
            let page = office.done("GET", &format!("/Users?startIndex={start}&count=2&attributes=id"), Value::Null).await;
            assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(5), &json!(start)));
            paged.extend(page["Resources"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(paged, all);
        let none = office.done("GET", "/Users?count=0", Value::Null).await;
        assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(5), &json!([])));
        let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "title eq null", "count": 1, "attributes": ["userName"]});
        let searched = office.done("POST", "/Users/.search", search).await;
        assert_eq!((&searched["totalResults"], &searched["itemsPerPage"]), (&json!(5), &json!(1)));
        assert_eq!(office.refused("GET", &filtered("Users", "shoeSize gt 4"), Value::Null).await, (400, "invalidFilter".into()));
        assert_eq!(office.refused("GET", "/Users?count=x", Value::Null).await, (400, "invalidValue".into()));
        assert_eq!(office.refused("GET", "/Users?sortBy=shoe", Value::Null).await, (400, "invalidPath".into()));
    }

    /// case 27: what a directory says beyond name, address and number is not to be read in the database.
    async fn what_a_directory_says_is_sealed(db: TestDb) {
        let office = Office::open(db).await;
        let mut person = anna();
        person["title"] = json!("Unmistakable");
        person["externalId"] = json!("also-unmistakable");
        person["password"] = json!("never-kept-anywhere");
        office.done("POST", "/Users", person).await;
        for column in ["SELECT document FROM scim_users", "SELECT sealed FROM scim_names", "SELECT name_key FROM scim_names"] {
            let rows = office.world.idp().db.query(zegel::kernel::db::Sql::literal(column)).all::<(String,)>().await.unwrap();
            assert!(!rows.is_empty() && rows.iter().all(|(text,)| !text.to_lowercase().contains("unmistakable")), "{column}");
        }
        assert_eq!(office.rows("SELECT COUNT(*) FROM people WHERE password IS NULL AND name = 'Anna Jansen'").await, 1);
    }
}
