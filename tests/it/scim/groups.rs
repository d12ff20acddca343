//! Groups by a directory.

use serde_json::{Value, json};

use super::{Office, filtered, patch};
use crate::on_both_engines;

async fn person(office: &Office, name: &str) -> String {
    office.found(&filtered("Users", &format!("userName eq \"{name}@example.com\"")), "id").await.remove(0)
}

fn ids(group: &Value) -> Vec<&str> {
    group["members"].as_array().map(|m| m.iter().map(|m| m["value"].as_str().unwrap()).collect()).unwrap_or_default()
}

on_both_engines! {
    /// S5: groups come with members, change by operations, and people show them.
    async fn groups_have_members_who_come_and_go(db: TestDb) {
        let office = Office::open(db).await;
        let (daan, mila) = (person(&office, "daan").await, person(&office, "mila").await);
        let new = json!({"displayName": "Drivers", "externalId": "g-1", "members": [{"value": daan}]});
        let (status, headers, group) = office.ask("POST", "/Groups", Some(new.clone()), &[]).await;
        assert_eq!((status, ids(&group)), (201, vec![daan.as_str()]), "{group}");
        assert_eq!(headers["location"], group["meta"]["location"].as_str().unwrap());
        let path = format!("/Groups/{}", group["id"].as_str().unwrap());
        assert_eq!(office.refused("POST", "/Groups", new).await, (409, "uniqueness".into()));
        let add = patch(json!([{"op": "Add", "path": "members", "value": [{"value": mila}, {"value": daan}]}]));
        let mut both = vec![daan.as_str(), mila.as_str()];
        both.sort_unstable();
        assert_eq!(ids(&office.done("PATCH", &path, add).await), both);
        let user = office.done("GET", &format!("/Users/{daan}"), Value::Null).await;
        assert_eq!((&user["groups"][0]["display"], &user["groups"][0]["value"]), (&json!("Drivers"), &group["id"]));
        assert_eq!(office.found(&filtered("Users", "groups.display eq \"drivers\""), "id").await.len(), 2);
        let remove = patch(json!([{"op": "remove", "path": format!("members[value eq \"{daan}\"]")}]));
        assert_eq!(ids(&office.done("PATCH", &path, remove).await), [mila.as_str()]);
        let after = office.done("PUT", &path, json!({"displayName": "Chauffeurs", "members": [{"value": daan, "type": "User"}]})).await;
        assert_eq!((&after["displayName"], ids(&after), after.get("externalId")), (&json!("Chauffeurs"), vec![daan.as_str()], None));
        let log = "SELECT COUNT(*) FROM access_log WHERE entry LIKE '%Chauffeurs%'";
        assert_eq!(office.rows(log).await, 1);
    }

    /// S5: a group that is not there, a member that is not, and a group within a group are refused, whole.
    async fn what_does_not_fit_changes_nothing(db: TestDb) {
        let office = Office::open(db).await;
        let daan = person(&office, "daan").await;
        let group = office.done("POST", "/Groups", json!({"displayName": "Drivers"})).await;
        let path = format!("/Groups/{}", group["id"].as_str().unwrap());
        for members in [json!([{"value": daan}, {"value": "nobody"}]), json!([{"value": daan, "type": "Group"}]), json!([{"type": "User"}])] {
            let change = patch(json!([{"op": "add", "path": "members", "value": members}]));
            assert_eq!(office.refused("PATCH", &path, change).await, (400, "invalidValue".into()), "{members}");
        }
        assert_eq!(ids(&office.done("GET", &path, Value::Null).await), [""; 0]);
        assert_eq!(office.refused("POST", "/Groups", json!({"displayName": " "})).await.0, 400);
        assert_eq!(office.refused("GET", "/Groups/none", Value::Null).await.0, 404);
        office.done("POST", "/Groups", json!({"displayName": "Sales"})).await;
        let rename = patch(json!([{"op": "replace", "path": "displayName", "value": "Sales"}]));
        assert_eq!(office.refused("PATCH", &path, rename).await, (409, "uniqueness".into()));
    }

    /// case 40: whoever leaves a group has nothing by it from the answer on; neither has anyone once it is deleted.
    async fn what_a_group_opened_closes_with_it(db: TestDb) {
        let office = Office::open(db).await;
        let daan = person(&office, "daan").await;
        let group = office.done("POST", "/Groups", json!({"displayName": "Drivers", "members": [{"value": daan}]})).await;
        office.world.apply("applications:\n  - {client_id: limited, client_name: L, client_secret: \"a-limited-secret-of-forty-characters-....\", redirect_uris: [\"http://127.0.0.1:9/cb\"], allowed: {groups: [Drivers]}}\nroles: [{name: sales, groups: [Drivers]}]\n").await;
        let changes = [("client_id", "limited")];
        let (_, answer) = crate::support::flow::authorize(&office.world, "daan@example.com", &changes).await;
        assert!(crate::support::flow::answered(&answer, "code").is_some(), "{:?}", answer.location());
        let issued = "SELECT COUNT(*) FROM issues WHERE client_id = 'limited' AND revoked_at IS NULL";
        assert_eq!(office.rows(issued).await, 1);
        let path = format!("/Groups/{}", group["id"].as_str().unwrap());
        office.world.apply("policies: [{for: {group: Drivers}, least: password-app}]").await;
        let (upstream, group_of) = (
            "INSERT INTO upstreams (id, issuer, terms, enabled, created_at, updated_at) VALUES ('partner', 'https://p.example', '{}', TRUE, 1, 1)",
            "INSERT INTO upstream_groups (upstream_id, person_id, group_id) SELECT 'partner', person_id, group_id FROM group_members",
        );
        for sql in [upstream, group_of] {
            let done = office.world.idp().db.write(sql, |sql, mut tx| {
                Box::pin(async move { tx.q(zegel::kernel::db::Sql::literal(sql)).exec().await })
            });
            done.await.unwrap();
        }
        assert_eq!(office.say("DELETE", &path, Value::Null).await.0, 204);
        assert_eq!(office.rows("SELECT COUNT(*) FROM upstream_groups").await, 0);
        assert_eq!(office.rows("SELECT COUNT(*) FROM policies WHERE scope_kind = 'group'").await, 0);
        assert_eq!(office.rows(issued).await, 0);
        assert_eq!(office.rows("SELECT COUNT(*) FROM group_members").await, 0);
        assert_eq!(office.rows("SELECT COUNT(*) FROM role_assignments WHERE holder_kind = 'group'").await, 0);
        assert_eq!(office.refused("GET", &path, Value::Null).await.0, 404);
        office.done("POST", "/Groups", json!({"displayName": "Drivers"})).await;
    }

    /// S5: a directory that could make administrators would be one.
    async fn no_directory_makes_an_administrator(db: TestDb) {
        let office = Office::open(db).await;
        office.world.apply("groups: [{name: Board, roles: [administrator]}]").await;
        let daan = person(&office, "daan").await;
        let board = office.found(&filtered("Groups", "displayName eq \"board\""), "id").await.remove(0);
        let path = format!("/Groups/{board}");
        let join = patch(json!([{"op": "add", "path": "members", "value": [{"value": daan}]}]));
        assert_eq!(office.refused("PATCH", &path, join).await.0, 403);
        assert_eq!(office.refused("PUT", &path, json!({"displayName": "Other"})).await.0, 403);
        assert_eq!(office.refused("DELETE", &path, Value::Null).await.0, 403);
        office.done("PATCH", &path, patch(json!([{"op": "add", "path": "externalId", "value": "x"}]))).await;
    }

    /// S5: members are read only where they are wanted, and groups are found by them.
    async fn a_list_shows_members_where_they_are_wanted(db: TestDb) {
        let office = Office::open(db).await;
        let daan = person(&office, "daan").await;
        let group = office.done("POST", "/Groups", json!({"displayName": "Drivers", "members": [{"value": daan}]})).await;
        office.done("POST", "/Groups", json!({"displayName": "Sales"})).await;
        let found = office.found(&filtered("Groups", &format!("members.value eq \"{daan}\"")), "displayName").await;
        assert_eq!(found, ["Drivers"]);
        let mut found = office.found(&filtered("Groups", &format!("members[value eq \"{daan}\"] or displayName co \"ALES\"")), "displayName").await;
        found.sort();
        assert_eq!(found, ["Drivers", "Sales"]);
        let list = office.done("GET", "/Groups?excludedAttributes=members&sortBy=displayName", Value::Null).await;
        assert_eq!((&list["Resources"][0]["id"], list["Resources"][0].get("members")), (&group["id"], None));
        let list = office.done("GET", "/Groups?sortBy=displayName", Value::Null).await;
        assert_eq!(list["Resources"][0]["members"][0]["display"], "Daan Visser");
    }
}
