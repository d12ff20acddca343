//! The API over its routes, beside a provider that says what the test wants.

mod cases;
mod visible;

use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::contract::feed::{Entry, Holder};
use crate::crm::testing::{Answer, House};

struct Client {
    house: House,
}

impl Client {
    /// Mila has the role sales, Daan is a driver.
    async fn new() -> Self {
        let house = House::new().await;
        let (sub, name, language) = ("daan".to_owned(), "Daan Visser".to_owned(), "en".to_owned());
        let role = Entry::Role { holder: Holder::Person("daan".into()), role: "driver".into(), present: true };
        house.append([Entry::Person { sub, name, language, staff: true, active: true }, role]);
        house.crm.replica.poll_now().await.unwrap();
        Self { house }
    }

    async fn ask(&self, who: &str, method: &str, path: &str, more: &[(&str, &str)], body: Option<Value>) -> Answer {
        let token = self.house.token(who);
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        if body.is_some() && !more.iter().any(|(n, _)| *n == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        self.house.send(request.body(body.map(|b| b.to_string()).unwrap_or_default()).unwrap()).await
    }

    async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, "GET", path, &[], None).await
    }

    async fn make(&self, module: &str, fields: Value) -> String {
        let answer = self.ask("mila", "POST", &format!("/records/{module}"), &[], Some(json!({"fields": fields}))).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn delivery(&self, number: &str) -> String {
        let relation = self.make("relations", json!({"name": format!("Bakkerij {number}")})).await;
        self.make("deliveries", json!({"number": number, "relation": relation, "value": "12.50"})).await
    }
}

#[test]
fn the_description_in_the_repository_is_the_one_that_is_generated() {
    let generated = super::document().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/record-store.json");
    // To write it anew, name anything here.
    if std::env::var("ZEGEL_WRITE_DOCS").is_ok() {
        std::fs::write(path, &generated).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), generated, "run `zegel docs openapi` and commit the file");
}

/// P6
#[tokio::test]
async fn a_record_is_made_read_changed_and_deleted() {
    let c = Client::new().await;
    let body = json!({"fields": {"name": "Bakkerij Smit", "city": "Utrecht"}});
    let made = c.ask("mila", "POST", "/records/relations", &[], Some(body)).await;
    assert_eq!((made.status, made.header("etag")), (201, "\"1\""));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/records/relations/{id}");
    assert!(made.header("location").ends_with(&path));
    let seen = c.get("mila", &path).await.json();
    assert_eq!(
        (&seen["fields"]["city"], &seen["version"], &seen["title"]),
        (&json!("Utrecht"), &json!(1), &json!("Bakkerij Smit"))
    );

    let city = |city: Value| json!({"fields": {"city": city}});
    let changed = c.ask("mila", "PATCH", &path, &[("if-match", "\"1\"")], Some(city(json!("Zeist")))).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
    assert_eq!(changed.json()["fields"]["name"], "Bakkerij Smit");
    let stale = c.ask("mila", "PATCH", &path, &[("if-match", "\"1\"")], Some(city(json!("Ede")))).await;
    assert_eq!((stale.status, &stale.json()["current_version"]), (409, &json!(2)));
    let mut without = city(Value::Null);
    assert_eq!(c.ask("mila", "PATCH", &path, &[], Some(without.clone())).await.status, 400);
    without["base_version"] = json!(2);
    let cleared = c.ask("mila", "PATCH", &path, &[], Some(without)).await;
    assert_eq!((cleared.status, &cleared.json()["fields"]["city"]), (200, &Value::Null));

    let history = c.get("mila", &format!("{path}/history")).await.json();
    assert_eq!(history["versions"].as_array().unwrap().len(), 3);
    assert_eq!(history["versions"][1]["changes"], json!([{"field": "city", "from": "Utrecht", "to": "Zeist"}]));
    assert_eq!(history["versions"][0]["via"], "api");
    assert_eq!(c.ask("mila", "DELETE", &path, &[("if-match", "\"3\"")], None).await.status, 204);
    assert_eq!(c.get("mila", &path).await.status, 404);
}

/// Bad input is a clear error, and nothing is half-written.
#[tokio::test]
async fn what_is_not_known_is_refused() {
    let c = Client::new().await;
    let ok = json!({"fields": {"name": "X"}});
    let post = async |body: Value, more: &[(&str, &str)], query: &str| {
        let answer = c.ask("mila", "POST", &format!("/records/relations{query}"), more, Some(body)).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.body);
        (answer.status, answer.json())
    };
    assert_eq!(post(json!({"fields": {"name": "X"}, "admin": true}), &[], "").await.0, 400);
    assert_eq!(post(json!([]), &[], "").await.0, 400);
    assert_eq!(post(ok.clone(), &[("content-type", "text/plain")], "").await.0, 400);
    assert_eq!(post(ok.clone(), &[], "?dry=1").await.0, 400);
    assert_eq!(post(json!({"fields": {"NAME": "X"}}), &[], "").await.0, 400);
    assert_eq!(post(json!({"fields": {"name": "X".repeat(300_000)}}), &[], "").await.0, 413);
    let (status, wrong) = post(json!({"fields": {"name": null, "no_such": 1, "email": "x", "country": "fr"}}), &[], "").await;
    assert_eq!(status, 422);
    let codes: Vec<_> = wrong["fields"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["field-not-an-option", "field-not-an-email", "field-required", "field-unknown"]);
    for query in [
        "?x=1",
        "?limit=0",
        "?limit=201",
        "?sort=no such",
        "?sort=remarks",
        "?filter[no_such][is]=1",
        "?filter[name]=",
        "?filter[name][like]=1",
        "?cursor=abc",
        "?count=maybe",
    ] {
        let query = query.replace(' ', "%20").replace('[', "%5B").replace(']', "%5D");
        assert_eq!(c.get("mila", &format!("/records/relations{query}")).await.status, 400, "{query}");
    }
    assert_eq!(c.get("mila", "/records/relations?count=true").await.json()["count"], json!({"number": 0, "exact": true}));
}

/// case 37
#[tokio::test]
async fn a_body_that_names_another_record_than_the_path_writes_nothing() {
    let c = Client::new().await;
    let (a, b) = (c.make("relations", json!({"name": "A"})).await, c.make("relations", json!({"name": "B"})).await);
    let body = |more: Value| {
        let mut body = json!({"base_version": 1, "fields": {"name": "C"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Some(body)
    };
    let path = format!("/records/relations/{a}");
    for more in [json!({"id": b}), json!({"module": "contacts"})] {
        assert_eq!(c.ask("mila", "PATCH", &path, &[], body(more)).await.status, 400);
    }
    assert_eq!(c.ask("mila", "PATCH", &path, &[("if-match", "\"2\"")], body(json!({}))).await.status, 400);
    // Under another module's address the record isn't there.
    assert_eq!(c.ask("mila", "PATCH", &format!("/records/contacts/{a}"), &[], body(json!({}))).await.status, 404);
    for id in [a, b] {
        assert_eq!(c.get("mila", &format!("/records/relations/{id}")).await.json()["version"], 1);
    }
}

#[tokio::test]
async fn a_request_that_comes_again_counts_once() {
    let c = Client::new().await;
    let send = |name: &str| {
        c.ask("mila", "POST", "/records/relations", &[("idempotency-key", "k1")], Some(json!({"fields": {"name": name}})))
    };
    let (first, again) = (send("A").await, send("A").await);
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(send("B").await.status, 422);
    assert_eq!(c.get("mila", "/records/relations?count=true").await.json()["count"]["number"], 1);
}

/// case 32: a field that a role doesn't show is no field, in the record, in lists, in descriptions, in filters and in orders.
#[tokio::test]
async fn a_hidden_field_is_nowhere() {
    let c = Client::new().await;
    let id = c.delivery("D-1").await;
    let path = format!("/records/deliveries/{id}");
    assert_eq!(c.get("mila", &path).await.json()["fields"]["value"], "12.50");
    for address in
        [path.as_str(), "/records/deliveries", "/modules/deliveries", "/modules", &format!("{path}/history"), "/search?q=D-1"]
    {
        let answer = c.get("daan", address).await;
        assert_eq!(answer.status, 200, "{address}");
        assert!(!answer.body.contains("\"value\""), "{address}: {}", answer.body);
    }
    let refused = async |query: &str| {
        let answer = c.get("daan", &format!("/records/deliveries?{query}")).await;
        (answer.status, answer.body.replace("value", "X").replace("nothing", "X"))
    };
    assert_eq!(refused("filter%5Bvalue%5D%5Bmore%5D=1").await, refused("filter%5Bnothing%5D%5Bmore%5D=1").await);
    assert_eq!(refused("sort=value").await, refused("sort=nothing").await);
    let body = |field: &str| Some(json!({"base_version": 1, "fields": {field: "1"}}));
    let write = async |field: &str| {
        let answer = c.ask("daan", "PATCH", &path, &[], body(field)).await;
        (answer.status, answer.body.replace("value", "X").replace("nothing", "X"))
    };
    assert_eq!(write("value").await, write("nothing").await);
}

/// cases 32 and 33: what tells of changes that one doesn't see is for those alone who may read or make them.
#[tokio::test]
async fn a_version_is_shown_to_those_who_may_use_it() {
    let c = Client::new().await;
    c.delivery("D-1").await;
    let relations = c.get("daan", "/records/relations").await.json();
    let relation = &relations["records"][0];
    assert!(relation.get("version").is_none() && relation.get("updated_at").is_none(), "{relation}");
    let id = relation["id"].as_str().unwrap();
    assert_eq!(c.get("daan", &format!("/records/relations/{id}")).await.header("etag"), "");
}

/// O8
#[tokio::test]
async fn a_module_that_a_role_does_not_enter_is_not_there() {
    let c = Client::new().await;
    let modules = c.get("daan", "/modules").await.json();
    let keys: Vec<_> = modules["modules"].as_array().unwrap().iter().map(|m| m["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["relations", "contacts", "deliveries"]);
    let quote = c.delivery("D-1").await;
    for module in ["quotes", "nothing", "NOTHING", "x'y"] {
        for path in [format!("/records/{module}"), format!("/records/{module}/{quote}"), format!("/modules/{module}")] {
            assert_eq!(c.get("daan", &path).await.status, 404, "{path}");
        }
        let new = c.ask("daan", "POST", &format!("/records/{module}"), &[], Some(json!({"fields": {}}))).await;
        assert_eq!(new.status, 404, "{module}");
    }
    let made = c.ask("daan", "POST", "/records/deliveries", &[], Some(json!({"fields": {"number": "D-2"}}))).await;
    assert_eq!((made.status, &made.json()["reason"]), (403, &json!("create-not-allowed")));
}

/// case 33
#[tokio::test]
async fn related_records_and_timelines_follow_the_same_rules() {
    let c = Client::new().await;
    let id = c.delivery("D-1").await;
    let relation =
        c.get("mila", &format!("/records/deliveries/{id}")).await.json()["fields"]["relation"].as_str().unwrap().to_owned();
    c.make("quotes", json!({"number": "Q-1", "relation": relation})).await;
    let related = |from: &str| format!("/records/relations/{relation}/related/{from}/relation");
    assert_eq!(c.get("daan", &related("deliveries")).await.json()["records"].as_array().unwrap().len(), 1);
    assert_eq!(c.get("mila", &related("quotes")).await.json()["records"].as_array().unwrap().len(), 1);
    assert_eq!(c.get("daan", &related("quotes")).await.status, 404);
    assert_eq!(c.get("mila", &related("relations")).await.status, 404);
    let timeline = format!("/records/relations/{relation}/timeline");
    assert!(c.get("mila", &timeline).await.body.contains("Q-1"));
    assert!(!c.get("daan", &timeline).await.body.contains("Q-1"));
    assert_eq!(c.get("daan", &format!("{timeline}?modules=quotes")).await.status, 404);
    assert_eq!(c.get("mila", &format!("/records/deliveries/{id}/timeline")).await.status, 404);
}

/// case 38
#[tokio::test]
async fn a_cursor_opens_the_next_page_of_its_own_list_for_its_own_caller() {
    let c = Client::new().await;
    for n in 1..=5 {
        c.delivery(&format!("D-{n}")).await;
    }
    let first = c.get("mila", "/records/deliveries?sort=number&limit=2").await.json();
    let next = first["next"].as_str().unwrap();
    let page = |who: &'static str, rest: String| c.get_owned(who, rest);
    let second = page("mila", format!("/records/deliveries?sort=number&limit=2&cursor={next}")).await.json();
    assert_eq!(second["records"][0]["fields"]["number"], "D-3");
    for (who, query) in [("daan", "sort=number&limit=2"), ("mila", "sort=-number&limit=2"), ("mila", "sort=number&limit=2&q=D")] {
        assert_eq!(page(who, format!("/records/deliveries?{query}&cursor={next}")).await.status, 400, "{who} {query}");
    }
}

impl Client {
    async fn get_owned(&self, who: &str, path: String) -> Answer {
        self.get(who, &path).await
    }
}

/// case 28
#[tokio::test]
async fn no_cookie_opens_the_api() {
    let c = Client::new().await;
    let cookie = c.house.session("mila").await;
    for path in ["/api/v1/modules", "/api/v1/records/relations"] {
        assert_eq!(c.house.get(path, header::COOKIE, &cookie).await.status, 401, "{path}");
    }
    assert_eq!(c.house.get("/api/v1/openapi.json", header::ACCEPT, "*/*").await.status, 200);
}

/// P14
#[tokio::test]
async fn a_person_is_given_by_subject_and_shown_with_his_name() {
    let c = Client::new().await;
    let id = c.delivery("D-1").await;
    let path = format!("/records/deliveries/{id}");
    let set = |who: &str| Some(json!({"base_version": 1, "fields": {"driver": who}}));
    let wrong = c.ask("mila", "PATCH", &path, &[], set("nobody")).await;
    assert_eq!((wrong.status, &wrong.json()["fields"][0]["code"]), (422, &json!("field-not-a-person")));
    let done = c.ask("mila", "PATCH", &path, &[], set("daan")).await.json();
    assert_eq!((&done["fields"]["driver"], &done["people"]["driver"]["name"]), (&json!("daan"), &json!("Daan Visser")));
    let mine = |who: &'static str| c.get_owned(who, "/records/deliveries?filter%5Bdriver%5D%5Bis%5D=me".to_owned());
    assert_eq!(mine("daan").await.json()["records"].as_array().unwrap().len(), 1);
    assert_eq!(mine("mila").await.json()["records"].as_array().unwrap().len(), 0);
}
