//! Attacks on what is visible, over HTTP: a customer's contact with a token of her own.

use super::*;
use crate::contract::GrantLevel;
use crate::crm::replica::tests::on_engines;

/// Mila of sales, Bram the administrator, and Patricia, a contact of Kowalski who may read there.
struct Portal {
    client: Client,
    relation: String,
}

fn grant(holder: &str, relation: &str, level: GrantLevel, present: bool) -> Entry {
    Entry::Grant {
        grant: format!("{holder}-{relation}"),
        holder: Holder::Person(holder.into()),
        relation: relation.into(),
        level,
        from: None,
        until: None,
        present,
    }
}

fn role(holder: &str, role: &str, present: bool) -> Entry {
    Entry::Role { holder: Holder::Person(holder.into()), role: role.into(), present }
}

impl Portal {
    async fn new(house: House) -> Self {
        let (name, language) = ("Bram".to_owned(), "en".to_owned());
        house.append([Entry::Person { sub: "bram".into(), name, language, staff: true, active: true }]);
        house.append([role("bram", "administrator", true)]);
        house.bind("i1", "contact-1", "active").await;
        house.append([Entry::Invited { invitation: "i1".into(), sub: "patricia".into(), present: true }]);
        house.crm.replica.poll_now().await.unwrap();
        let client = Client { house };
        let relation = client.make("relations", json!({"name": "Kowalski", "remarks": "pays late"})).await;
        let portal = Self { client, relation };
        portal
            .log([
                grant("patricia", &portal.relation, GrantLevel::Reader, true),
                grant("mila", &portal.relation, GrantLevel::Manager, true),
            ])
            .await;
        portal
    }

    /// Adds to the access log, and lets it arrive.
    async fn log(&self, entries: impl IntoIterator<Item = Entry>) {
        self.client.house.append(entries);
        self.client.house.crm.replica.poll_now().await.unwrap();
    }

    async fn make(&self, module: &str, mut fields: Value, internal: bool) -> String {
        fields["relation"] = json!(self.relation);
        let body = json!({"fields": fields, "internal": internal});
        let made = self.client.ask("mila", "POST", &format!("/records/{module}"), &[], Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str) -> Answer {
        self.client.get("patricia", path).await
    }

    /// Every way by which a record could be come upon.
    async fn ways(&self, module: &str, id: &str, word: &str) -> Vec<(String, Answer)> {
        let mut all = Vec::new();
        for path in [
            format!("/records/{module}"),
            format!("/records/{module}?count=true&limit=1"),
            format!("/records/{module}?q={word}"),
            format!("/records/{module}?sort=-updated_at"),
            format!("/records/{module}/{id}"),
            format!("/records/{module}/{id}/history"),
            format!("/records/relations/{}/timeline", self.relation),
            format!("/records/relations/{}/related/{module}/relation", self.relation),
            format!("/search?q={word}"),
            format!("/records/{module}/{id}/why?sub=patricia"),
            format!("/records/{module}/{id}/seen-by"),
        ] {
            let answer = self.get(&path).await;
            all.push((path, answer));
        }
        all
    }
}

/// case 35: an internal note reaches an external by no way; released, it is there.
#[tokio::test]
async fn an_internal_note_reaches_an_external_by_no_way() {
    on_engines(|house| async move {
        let p = Portal::new(house).await;
        let id = p.make("notes", json!({"subject": "Secretword", "text": "the budget"}), true).await;
        for (path, answer) in p.ways("notes", &id, "secretword").await {
            assert!(!answer.body.contains(&id) && !answer.body.to_lowercase().contains("secretword"), "{path}: {}", answer.body);
            assert!(answer.json()["count"]["number"].as_i64().unwrap_or(0) == 0, "{path}");
        }
        let missing = p.get("/records/notes/nothing").await;
        let there = p.get(&format!("/records/notes/{id}")).await;
        assert_eq!((missing.status, there.status), (404, 404));
        assert_eq!((missing.json()["code"].clone(), missing.body.len()), (there.json()["code"].clone(), there.body.len()));
        let release = json!({"base_version": 1, "fields": {}, "internal": false});
        let released = p.client.ask("mila", "PATCH", &format!("/records/notes/{id}"), &[], Some(release)).await;
        assert_eq!(released.status, 200, "{}", released.body);
        assert_eq!(p.get(&format!("/records/notes/{id}")).await.status, 200);
        // An administrator who isn't linked doesn't see it while it is internal, whatever his role says.
        let other = p.make("notes", json!({"subject": "Another"}), true).await;
        assert_eq!(p.client.get("bram", &format!("/records/notes/{other}")).await.status, 404);
        assert_eq!(p.client.get("mila", &format!("/records/notes/{other}")).await.status, 200);
    })
    .await;
}

/// case 32: a field that the portal hides is in no answer, and can't be told by filter, sort or the text of an error.
#[tokio::test]
async fn a_field_that_the_portal_hides_is_in_no_answer() {
    on_engines(|house| async move {
        let p = Portal::new(house).await;
        let offer = json!({"number": "Q-1", "stage": "approved", "discount": "17.25", "amount": "99.00"});
        let id = p.make("quotes", offer, false).await;
        for (path, answer) in p.ways("quotes", &id, "q-1").await {
            assert!(!answer.body.contains("discount") && !answer.body.contains("17.25"), "{path}: {}", answer.body);
        }
        let module = p.get("/modules/quotes").await;
        assert!(module.status == 200 && !module.body.contains("discount"), "{}", module.body);
        let told = |name: &str, answer: &Answer| (answer.status, answer.body.replace(name, "x"));
        for query in ["filter%5B{}%5D%5Bis%5D=17.25", "filter%5B{}%5D%5Bempty%5D=true", "sort={}", "sort=-{}"] {
            let mut answers = Vec::new();
            for name in ["discount", "no_such"] {
                let answer = p.get(&format!("/records/quotes?{}", query.replace("{}", name))).await;
                answers.push(told(name, &answer));
            }
            assert_eq!(answers[0].0, 400, "{query}");
            assert_eq!(answers[0].1.split("request").next(), answers[1].1.split("request").next(), "{query}");
        }
        let found = p.get("/search?q=pays").await.json();
        assert_eq!(found["records"], json!([]));
    })
    .await;
}

/// case 33: lookups, related lists and counts show nothing of a record that she doesn't see.
#[tokio::test]
async fn side_paths_show_nothing_of_a_record_that_is_not_seen() {
    on_engines(|house| async move {
        let p = Portal::new(house).await;
        let other = p.client.make("contacts", json!({"name": "Hiddenman", "relation": p.relation})).await;
        let id = p.make("deliveries", json!({"number": "D-1", "contact": other}), false).await;
        let seen = p.get(&format!("/records/deliveries/{id}")).await;
        assert_eq!((seen.status, &seen.json()["fields"]["contact"]), (200, &Value::Null));
        assert!(!seen.body.contains(&other) && !seen.body.contains("Hiddenman"));
        for query in [format!("filter%5Bcontact%5D={other}"), "filter%5Bcontact%5D%5Bnot_empty%5D=true".to_owned()] {
            let list = p.get(&format!("/records/deliveries?count=true&{query}")).await.json();
            assert_eq!((&list["records"], &list["count"]["number"]), (&json!([]), &json!(0)), "{query}");
        }
        assert_eq!(p.get(&format!("/records/contacts/{other}/related/deliveries/contact")).await.status, 404);
        let stranger = p.client.make("relations", json!({"name": "Stranger"})).await;
        for path in ["", "/timeline", "/related/deliveries/relation", "/history"] {
            assert_eq!(p.get(&format!("/records/relations/{stranger}{path}")).await.status, 404, "{path}");
        }
        assert!(!p.get("/search?q=hiddenman").await.body.contains("Hiddenman"));
    })
    .await;
}

/// case 40, P2: a grant taken away, a role changed, a record made internal: the next request shows it.
#[tokio::test]
async fn what_is_taken_away_is_gone_at_the_next_request() {
    on_engines(|house| async move {
        let p = Portal::new(house).await;
        let id = p.make("documents", json!({"title": "Contract", "status": "approved"}), false).await;
        let path = format!("/records/documents/{id}");
        assert_eq!(p.get(&path).await.status, 200);
        let mark = |version: i64, internal: bool| {
            let (p, path) = (&p, &path);
            let body = json!({"base_version": version, "fields": {}, "internal": internal});
            async move { p.client.ask("mila", "PATCH", path, &[], Some(body)).await.status }
        };
        assert_eq!(mark(1, true).await, 200);
        assert_eq!(p.get(&path).await.status, 404);
        assert_eq!(mark(2, false).await, 200);
        assert_eq!(p.get(&path).await.status, 200);
        p.log([grant("patricia", &p.relation, GrantLevel::Reader, false)]).await;
        assert_eq!(p.get(&path).await.status, 404);
        assert_eq!(p.get("/records/documents?count=true").await.json()["count"]["number"], 0);
        p.log([role("mila", "sales", false), role("mila", "driver", true)]).await;
        assert_eq!(p.client.get("mila", &path).await.status, 404);
        // While the person is out of reach of the log, an external gets nothing at all.
        p.log([grant("patricia", &p.relation, GrantLevel::Reader, true)]).await;
        p.client.house.stub().frozen = true;
        p.client.house.advance(3);
        assert_eq!(p.get(&path).await.status, 503);
    })
    .await;
}

/// case 38: a cursor opens its own list for its own person, and nothing from a client reaches a statement as text.
#[tokio::test]
async fn a_cursor_is_its_owners_and_values_stay_values() {
    on_engines(|house| async move {
        let p = Portal::new(house).await;
        for n in 0..3 {
            p.make("documents", json!({"title": format!("Document {n}"), "status": "approved"}), false).await;
        }
        let page = p.get("/records/documents?limit=2").await.json();
        let next = page["next"].as_str().unwrap();
        assert_eq!(
            p.get(&format!("/records/documents?limit=2&cursor={next}")).await.json()["records"].as_array().unwrap().len(),
            1
        );
        let others = p.client.get("mila", &format!("/records/documents?limit=2&cursor={next}")).await;
        assert_eq!((others.status, &others.json()["reason"]), (400, &json!("cursor-invalid")));
        for nasty in ["'%20OR%20'1'='1", "%25", "%22;--", "x')%20OR%20EXISTS%20(SELECT%201"] {
            let list = p.get(&format!("/records/documents?filter%5Btitle%5D={nasty}")).await;
            assert_eq!((list.status, &list.json()["records"]), (200, &json!([])), "{nasty}");
            assert_eq!(p.get(&format!("/records/documents/{}", nasty.replace('/', ""))).await.status, 404);
        }
    })
    .await;
}

/// X3: the answer names the rule, the grant and the values, and only who manages the record gets it.
#[tokio::test]
async fn why_someone_sees_a_record_or_does_not_is_told_to_who_manages_it() {
    on_engines(|house| async move {
        let p = Portal::new(house).await;
        let id = p.make("quotes", json!({"number": "Q-1", "stage": "negotiating"}), false).await;
        let path = format!("/records/quotes/{id}");
        let ask = |who: &'static str, sub: &'static str| {
            let (p, path) = (&p, &path);
            async move { p.client.get(who, &format!("{path}/why?sub={sub}")).await }
        };
        assert_eq!(ask("mila", "patricia").await.status, 403, "sales don't manage");
        assert_eq!(ask("patricia", "patricia").await.status, 404);
        assert_eq!(ask("bram", "nobody").await.status, 404);
        let why = ask("bram", "patricia").await.json();
        assert_eq!((&why["sees"], why["rules"].as_array().unwrap().len()), (&json!(false), 1));
        assert_eq!(
            why["denials"],
            json!([{"denial": "deleted", "hides": false}, {"denial": "internal", "hides": false},
            {"denial": "restricted", "hides": false}])
        );
        let rule = &why["rules"][0];
        assert_eq!((&rule["portal"], &rule["number"], &rule["holds"]), (&json!("customers"), &json!(3), &json!(false)));
        let [granted, stage] = rule["tree"]["of"].as_array().unwrap().as_slice() else { panic!("{why}") };
        assert_eq!((&granted["holds"], &granted["grants"][0]["level"]), (&json!(true), &json!("reader")));
        assert_eq!((&granted["grants"][0]["holder"], &granted["grants"][0]["active"]), (&json!("person:patricia"), &json!(true)));
        assert_eq!((&stage["holds"], &stage["value"]), (&json!(false), &json!("negotiating")));
        assert_eq!(stage["condition"], json!({"value": {"field": "stage", "operator": "is", "value": "approved"}}));
        let seen_by = || async { p.client.get("bram", &format!("{path}/seen-by")).await.json() };
        let names =
            |v: &Value| v["people"].as_array().unwrap().iter().map(|s| s["sub"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&seen_by().await), ["bram", "mila"]);
        let approve = json!({"base_version": 1, "fields": {"stage": "approved"}});
        assert_eq!(p.client.ask("mila", "PATCH", &path, &[], Some(approve)).await.status, 200);
        assert_eq!(ask("bram", "patricia").await.json()["sees"], true);
        let all = seen_by().await;
        assert_eq!((names(&all), &all["complete"]), (vec!["patricia".into(), "bram".into(), "mila".into()], &json!(true)));
        assert_eq!(all["people"][0]["because"], json!(["portal customers, rule 3"]));
        let told = p.client.house.crm.why("quotes", &id, "patricia").await.unwrap().unwrap().to_string();
        assert!(told.starts_with("patricia sees it: yes\n") && told.contains("portal customers, rule 3"), "{told}");
    })
    .await;
}
