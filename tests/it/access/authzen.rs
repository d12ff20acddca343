//! Other applications ask who may what on relations (AuthZEN 1.0).

use serde_json::{Value, json};

use super::House;
use crate::on_both_engines;

/// A client that may ask, in a house where Mila manages `r1` by herself and reads `r2` by her team.
async fn asked_house(db: crate::support::postgres::TestDb) -> (House, String, [String; 3]) {
    let house = House::new(db).await;
    let ria = house.token("ria@example.com").await;
    let team = house.group("sales team").await;
    assert_eq!(house.give(&ria, "r2", json!({"holder": {"group": team}, "level": "reader"})).await.0, 201);
    let secret = "the-secret-of-the-asker-of-40-characters-..";
    house
        .world
        .apply(&format!(
            r#"{{"applications": [{{"client_id": "asker", "client_name": "Asker", "client_secret": "{secret}",
                "grant_types": ["client_credentials"], "scope": "authzen"}}]}}"#
        ))
        .await;
    let (_, answer) = house.world.token(("asker", secret), &[("grant_type", "client_credentials")]).await;
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let ids =
        [house.id_of("mila@example.com").await, house.id_of("daan@example.com").await, house.id_of("ria@example.com").await];
    (house, token, ids)
}

fn question(person: &str, action: &str, relation: &str) -> Value {
    json!({"subject": {"type": "user", "id": person}, "action": {"name": action}, "resource": {"type": "relation", "id": relation}})
}

on_both_engines! {
    /// X7: a decision is what the grants say at this moment, by a person's own and his groups', and names the log's position.
    async fn a_decision_is_what_the_grants_say_and_names_the_position(db: TestDb) {
        let (house, token, [mila, daan, ria]) = asked_house(db).await;
        let ask = async |person: &str, action: &str, relation: &str| {
            let (status, answer) = house.call(&token, "POST", "/access/v1/evaluation", Some(question(person, action, relation))).await;
            assert_eq!(status, 200, "{answer}");
            assert_eq!(answer["context"]["access_rev"].as_u64(), Some(house.log().await.len() as u64));
            answer["decision"] == true
        };
        for (person, action, relation, decision) in [
            (&mila, "manage", "r1", true),
            (&mila, "participate", "r1", true),
            (&mila, "read", "r2", true),
            (&mila, "contribute", "r2", false),
            (&daan, "participate", "r1", false),
            (&ria, "read", "r1", false),
            (&mila, "fly", "r1", false),
            (&mila, "read", "nowhere", false),
        ] {
            assert_eq!(ask(person, action, relation).await, decision, "{person} {action} {relation}");
        }
        // Another's request id comes back with the answer (section 10.1).
        let request = house.world.http.post(format!("{}/access/v1/evaluation", house.world.idp_url)).bearer_auth(&token);
        let answer = request.header("x-request-id", "asked-7").json(&question(&mila, "read", "r1")).send().await.unwrap();
        assert_eq!((&answer.headers()["x-request-id"], &answer.headers()["cache-control"]), (&"asked-7".parse().unwrap(), &"no-store".parse().unwrap()));
        // Case 29, case 40: taken away or disabled, the next answer says so.
        house.world.apply("people: [{email: mila@example.com, name: Mila de Boer, groups: []}]").await;
        assert!(!ask(&mila, "read", "r2").await && ask(&mila, "manage", "r1").await);
        house.world.apply("people: [{email: mila@example.com, name: Mila de Boer, active: false}]").await;
        assert!(!ask(&mila, "manage", "r1").await);
    }

    /// X7
    async fn several_questions_share_what_they_have_in_common_and_can_end_early(db: TestDb) {
        let (house, token, [mila, daan, _]) = asked_house(db).await;
        let ask = async |semantic: &str| {
            let body = json!({
                "subject": {"type": "user", "id": mila}, "action": {"name": "manage"},
                "evaluations": [
                    {"resource": {"type": "relation", "id": "r1"}},
                    {"resource": {"type": "relation", "id": "r2"}},
                    {"resource": {"type": "relation", "id": "r2"}, "action": {"name": "read"}},
                    {"resource": {"type": "relation", "id": "r1"}, "subject": {"type": "user", "id": daan}},
                ],
                "options": {"evaluations_semantic": semantic},
            });
            let (status, answer) = house.call(&token, "POST", "/access/v1/evaluations", Some(body)).await;
            assert_eq!(status, 200, "{answer}");
            answer["evaluations"].as_array().unwrap().iter().map(|e| e["decision"] == true).collect::<Vec<_>>()
        };
        assert_eq!(ask("execute_all").await, [true, false, true, false]);
        assert_eq!(ask("deny_on_first_deny").await, [true, false]);
        assert_eq!(ask("permit_on_first_permit").await, [true]);
        // What can't be read is refused by itself; what is not a request at all, or is one of too many questions, as a whole.
        let half = json!({"subject": {"type": "user", "id": mila}, "action": {"name": "manage"},
            "evaluations": [{}, {"resource": {"type": "relation", "id": "r1"}}]});
        let (status, answer) = house.call(&token, "POST", "/access/v1/evaluations", Some(half)).await;
        let each = answer["evaluations"].as_array().unwrap();
        assert_eq!((status, &each[0]["decision"], &each[0]["context"]["error"]["status"]), (200, &json!(false), &json!(400)), "{answer}");
        assert_eq!((&each[1]["decision"], each[1]["context"].get("error")), (&json!(true), None), "{answer}");
        assert!(each.iter().all(|e| e["context"]["access_rev"].is_u64() && e["context"]["access_epoch"].is_string()), "{answer}");
        let one = question(&mila, "read", "r1");
        for bad in [json!({"evaluations": vec![one.clone(); 101]}), json!({"evaluations": {}}), json!([]),
            json!({"evaluations": [one], "options": {"evaluations_semantic": "guess"}})] {
            assert_eq!(house.call(&token, "POST", "/access/v1/evaluations", Some(bad.clone())).await.0, 400, "{bad}");
        }
        let (_, single) = house.call(&token, "POST", "/access/v1/evaluations", Some(question(&mila, "manage", "r1"))).await;
        assert_eq!(single["decision"], true);
    }

    /// X7
    async fn searches_find_people_relations_and_actions(db: TestDb) {
        let (house, token, [mila, _, _]) = asked_house(db).await;
        let search = async |what: &str, body: Value| {
            let (status, answer) = house.call(&token, "POST", &format!("/access/v1/search/{what}"), Some(body)).await;
            assert_eq!(status, 200, "{answer}");
            answer
        };
        let ids = |answer: &Value| answer["results"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let user = json!({"type": "user", "id": mila});
        let relations = json!({"subject": user, "action": {"name": "read"}, "resource": {"type": "relation"}});
        assert_eq!(ids(&search("resource", relations.clone()).await), ["r1", "r2"]);
        let people = json!({"subject": {"type": "user"}, "action": {"name": "read"}, "resource": {"type": "relation", "id": "r2"}});
        assert_eq!(ids(&search("subject", people).await), [mila.as_str()]);
        let actions = search("action", json!({"subject": user, "resource": {"type": "relation", "id": "r2"}})).await;
        assert_eq!(actions["results"], json!([{"name": "participate"}, {"name": "read"}]));
        // By pages; a token of one search is none of another.
        let mut paged = relations.clone();
        paged["page"] = json!({"limit": 1});
        let first = search("resource", paged.clone()).await;
        assert_eq!(ids(&first), ["r1"]);
        paged["page"]["token"] = first["page"]["next_token"].clone();
        let second = search("resource", paged.clone()).await;
        assert_eq!((ids(&second), &second["page"]["next_token"]), (vec!["r2".to_owned()], &json!("")));
        paged["action"]["name"] = "manage".into();
        assert_eq!(house.call(&token, "POST", "/access/v1/search/resource", Some(paged)).await.0, 400);
        let strange = json!({"subject": user, "action": {"name": "read"}, "resource": {"type": "cake"}});
        let nothing = search("resource", strange).await;
        assert_eq!((&nothing["results"], &nothing["page"]["next_token"]), (&json!([]), &json!("")));
        assert!(nothing["context"]["access_rev"].is_u64(), "{nothing}");
        // The id of what is searched for is passed over (section 8.4), and a page token of somebody else's making is refused.
        let with_id = json!({"subject": {"type": "user", "id": "passed-over"}, "action": {"name": "read"}, "resource": {"type": "relation", "id": "r2"}});
        assert_eq!(ids(&search("subject", with_id.clone()).await), [mila.as_str()]);
        let mut made_up = with_id;
        made_up["page"] = json!({"token": "AAAA"});
        assert_eq!(house.call(&token, "POST", "/access/v1/search/subject", Some(made_up)).await.0, 400);
    }

    /// X7, case 6: only an application's own token with the scope asks, and a question that lacks something is refused.
    async fn who_may_not_ask_gets_no_answer(db: TestDb) {
        let (house, token, [mila, ..]) = asked_house(db).await;
        let own = house.own("access-log:read").await;
        let person = house.token("mila@example.com").await;
        for path in ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"] {
            let at = format!("/access/v1/{path}");
            for (with, status) in [(&own, 403), (&person, 403), (&"made-up".to_owned(), 401)] {
                assert_eq!(house.call(with, "POST", &at, Some(question(&mila, "read", "r1"))).await.0, status, "{path}");
            }
            assert_eq!(house.call(&token, "POST", &at, Some(json!({}))).await.0, 400, "{path}");
        }
        let (status, metadata) = house.call(&token, "GET", "/.well-known/authzen-configuration", None).await;
        assert_eq!((status, &metadata["policy_decision_point"]), (200, &json!(house.world.idp_url)));
        assert!(metadata["access_evaluation_endpoint"].as_str().unwrap().ends_with("/access/v1/evaluation"));
    }
}
