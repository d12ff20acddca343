//! Access to relations over the routes, beside a provider that says what the test wants.

use axum::http::{Request, header};
use serde_json::{Value, json};

use super::push;
use crate::contract::feed::Entry;
use crate::crm::testing::{Answer, House};
use crate::sql;

/// A house with a relation, a contact of it and a contact of another one.
struct Place {
    house: House,
    cookie: String,
    relation: String,
    contact: String,
    other: String,
}

impl Place {
    async fn new() -> Self {
        let house = House::new().await;
        house.crm.replica.poll_now().await.unwrap();
        let smit = make(&house, "relations", json!({"name": "Bakkerij Smit", "code": "SMIT"})).await;
        let other = make(&house, "relations", json!({"name": "Kowalski"})).await;
        let contact =
            |relation: &str| json!({"name": "Patricia Nowak", "relation": relation, "email": "p@example.com", "language": "pl"});
        let (contact, other) = (make(&house, "contacts", contact(&smit)).await, make(&house, "contacts", contact(&other)).await);
        let cookie = house.session("mila").await;
        Self { house, cookie, relation: smit, contact, other }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = format!("/api/v1/records/relations/{}/access{path}", self.relation);
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookie);
        let request = request.header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "application/json");
        self.house.send(request.body(body.map(|b| b.to_string()).unwrap_or_default()).unwrap()).await
    }

    async fn bindings(&self) -> Vec<(String, String, String)> {
        let q = self.house.crm.db.query(sql!("SELECT invitation, portal, record_id FROM portal_bindings ORDER BY invitation"));
        q.all().await.unwrap()
    }
}

async fn make(house: &House, module: &str, fields: Value) -> String {
    let token = house.token("mila");
    let request = Request::post(format!("/api/v1/records/{module}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let answer = house.send(request.body(json!({"fields": fields}).to_string()).unwrap()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// P11: from the record store, by the person's own token at the provider, which no answer holds.
#[tokio::test]
async fn access_is_given_changed_and_taken_away_at_the_provider_in_the_persons_name() {
    let p = Place::new().await;
    let given = p.ask("POST", "/grants", Some(json!({"holder": {"person": "daan"}, "level": "reader"}))).await;
    assert_eq!(given.status, 201, "{}", given.body);
    let grant = given.json()["id"].as_str().unwrap().to_owned();
    let changed = p.ask("PATCH", &format!("/grants/{grant}"), Some(json!({"level": "manager"}))).await;
    assert_eq!((changed.status, &changed.json()["level"]), (200, &json!("manager")));
    let list = p.ask("GET", "", None).await;
    assert_eq!((list.status, &list.json()["grants"][0]["level"]), (200, &json!("manager")));
    assert!(!list.body.contains("of-mila") && !list.headers.iter().any(|(_, v)| v.to_str().unwrap().contains("of-mila")));
    let taken = p.ask("DELETE", &format!("/grants/{grant}"), None).await;
    assert_eq!((taken.status, &taken.json()["state"]), (200, &json!("done")));
    assert!(p.house.office.open().tokens.iter().all(|t| t == "Bearer of-mila"));
}

/// case 37: what is changed is of the relation in the address.
#[tokio::test]
async fn a_grant_of_another_relation_is_not_reached_by_this_ones_address() {
    let p = Place::new().await;
    let given = p.ask("POST", "/grants", Some(json!({"holder": {"person": "daan"}, "level": "reader"}))).await;
    p.house.office.open().grants[0].relation = "another".into();
    let grant = given.json()["id"].as_str().unwrap().to_owned();
    for method in ["PATCH", "DELETE"] {
        let answer = p.ask(method, &format!("/grants/{grant}"), Some(json!({"level": "manager"}))).await;
        assert_eq!(answer.status, 404, "{method} {}", answer.body);
    }
    assert_eq!(p.ask("DELETE", "/invitations/unknown", None).await.status, 404);
    assert_eq!(p.house.office.open().grants.len(), 1);
}

/// What a person doesn't see here is not asked for at the provider; and no other site's form reaches it.
#[tokio::test]
async fn who_does_not_see_the_relation_and_who_comes_from_elsewhere_get_nowhere() {
    let p = Place::new().await;
    let asked = || p.house.office.open().tokens.len();
    for path in ["relations/nothing/access".to_owned(), format!("contacts/{}/access", p.contact), "X/y/access".into()] {
        let answer = p.house.get(&format!("/api/v1/records/{path}"), header::COOKIE, &p.cookie).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let path = format!("/api/v1/records/relations/{}/access", p.relation);
    assert_eq!(p.house.get(&path, header::ACCEPT, "*/*").await.status, 401);
    let cross =
        Request::delete(format!("{path}/grants/g1")).header(header::COOKIE, &p.cookie).header("sec-fetch-site", "cross-site");
    assert_eq!(p.house.send(cross.body(String::new()).unwrap()).await.status, 403);
    assert_eq!(asked(), 0);
}

/// Z1: the binding is to the record that was invited, and there is none for an invitation that the provider refused.
#[tokio::test]
async fn an_invitation_is_bound_to_its_record_before_the_provider_is_asked() {
    let p = Place::new().await;
    let invite = |id: &str, record: &str| json!({"id": id, "module": "contacts", "record": record, "level": "reader"});
    let made = p.ask("POST", "/invitations", Some(invite("n1", &p.contact))).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let asked = p.house.office.open().asked.clone().unwrap();
    assert_eq!((asked.email.as_str(), asked.name.as_str(), asked.language.as_str()), ("p@example.com", "Patricia Nowak", "pl"));
    let bound = || vec![("n1".to_owned(), "customers".to_owned(), p.contact.clone())];
    assert_eq!(p.bindings().await, bound());
    // Twice is once; the same id for another record is refused.
    assert_eq!(p.ask("POST", "/invitations", Some(invite("n1", &p.contact))).await.status, 201);
    assert_eq!(p.ask("POST", "/invitations", Some(invite("n2", &p.other))).await.status, 422);
    for (status, expected) in [(403, 403), (404, 404), (409, 409), (422, 422), (429, 429)] {
        p.house.office.open().refuses = Some(status);
        assert_eq!(p.ask("POST", "/invitations", Some(invite("n3", &p.contact))).await.status, expected);
        // Also where the refused one had been taken before.
        assert_eq!(p.ask("POST", "/invitations", Some(invite("n1", &p.contact))).await.status, expected);
        assert_eq!(p.bindings().await, bound());
    }
    // Nobody knows what became of it: should someone accept, he is who was meant.
    p.house.office.open().refuses = Some(503);
    assert_eq!(p.ask("POST", "/invitations", Some(invite("n4", &p.contact))).await.status, 502);
    assert_eq!(p.bindings().await.len(), 2);
    p.house.office.open().refuses = None;
    assert_eq!(p.ask("DELETE", "/invitations/n1", None).await.status, 200);
    assert_eq!(p.bindings().await.len(), 1);
}

/// The provider learns of every change of a relation from the transaction that made it.
#[tokio::test]
async fn the_provider_is_told_of_every_relation_as_it_is() {
    let p = Place::new().await;
    let worker = p.house.crm.worker();
    while worker.run_due(100).await.unwrap() > 0 {}
    let told = |id: &str| p.house.office.open().relations.get(id).cloned().unwrap();
    let smit = told(&p.relation);
    assert_eq!((smit.name.as_str(), smit.external_key.as_deref(), smit.active), ("Bakkerij Smit", Some("SMIT"), true));
    assert_eq!(p.house.office.open().relations.len(), 2, "contacts are none");
    let child = make(&p.house, "relations", json!({"name": "Smit Utrecht", "parent": p.relation})).await;
    while worker.run_due(100).await.unwrap() > 0 {}
    assert_eq!(told(&child).parent, Some(p.relation.clone()));
    let token = p.house.token("mila");
    let change = |method: &str, body: Value, version: &str| {
        Request::builder()
            .method(method)
            .uri(format!("/api/v1/records/relations/{child}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, format!("\"{version}\""))
            .body(body.to_string())
            .unwrap()
    };
    assert_eq!(p.house.send(change("PATCH", json!({"fields": {"name": "Smit Zeist", "parent": null}}), "1")).await.status, 200);
    // While the provider is away the job waits.
    p.house.office.open().refuses = Some(503);
    while worker.run_due(100).await.unwrap() > 0 {}
    assert_eq!(told(&child).name, "Smit Utrecht");
    p.house.office.open().refuses = None;
    p.house.advance(10);
    while worker.run_due(100).await.unwrap() > 0 {}
    let now = told(&child);
    assert_eq!((now.name.as_str(), now.parent), ("Smit Zeist", None));
    // What it doesn't know of is none of its business: nothing is sent.
    let pushes = p.house.office.open().pushes;
    assert_eq!(p.house.send(change("PATCH", json!({"fields": {"city": "Zeist"}}), "2")).await.status, 200);
    while worker.run_due(100).await.unwrap() > 0 {}
    assert_eq!(p.house.office.open().pushes, pushes);
    assert_eq!(p.house.send(change("PATCH", json!({"fields": {"code": "ZEIST"}}), "3")).await.status, 200);
    while worker.run_due(100).await.unwrap() > 0 {}
    assert_eq!(told(&child).external_key.as_deref(), Some("ZEIST"));
    let record: Result<u64, crate::kernel::db::DbError> = p
        .house
        .crm
        .db
        .write(child.clone(), |id, mut tx| {
            Box::pin(async move {
                tx.q(sql!("UPDATE records SET status = 'deleted', version = 5 WHERE id = $1")).bind(id.as_str()).exec().await
            })
        })
        .await;
    record.unwrap();
    push::push(&p.house.crm, &child).await.unwrap();
    assert!(!told(&child).active);
}

/// What was made before there was anyone to tell, and what a provider that was put back has lost, is told in pages; one that
/// doesn't fit is in nobody's way.
#[tokio::test]
async fn what_the_provider_was_never_told_is_told_in_pages() {
    let p = Place::new().await;
    make(&p.house, "relations", json!({"name": "Yılmaz Gıda", "code": "TAKEN"})).await;
    assert_eq!(push::backfill(&p.house.crm).await.unwrap(), 3);
    assert_eq!(p.house.office.open().relations.len(), 2);
    let pushes = p.house.office.open().pushes;
    assert_eq!(push::backfill(&p.house.crm).await.unwrap(), 0);
    assert_eq!(p.house.office.open().pushes, pushes);
    p.house.stub().epoch = "e2".into();
    p.house.crm.replica.poll_now().await.unwrap();
    p.house.office.open().relations.clear();
    assert_eq!(push::backfill(&p.house.crm).await.unwrap(), 3);
    assert_eq!(p.house.office.open().relations.len(), 2);
}

/// S2: what the provider says would do is passed on to an application, and pages lead there and back (RFC 9470).
#[tokio::test]
async fn a_stronger_sign_in_that_the_provider_asks_for_is_offered() {
    let p = Place::new().await;
    let grant = json!({"holder": {"person": "daan"}, "level": "reader"});
    let page = format!("/m/relations/{}/access", p.relation);
    let back: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    for (challenge, said, leads) in [
        (
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:zegel:acr:passkey\"",
            "acr_values=\"urn:zegel:acr:passkey\"",
            format!("/auth/login?to={back}&acr=urn%3Azegel%3Aacr%3Apasskey"),
        ),
        (
            "Bearer error=\"insufficient_user_authentication\", max_age=\"300\"",
            "max_age=\"300\"",
            format!("/auth/login?to={back}&max_age=300"),
        ),
        (
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:zegel:acr:passkey\", max_age=\"300\"",
            "acr_values=\"urn:zegel:acr:passkey\", max_age=\"300\"",
            format!("/auth/login?to={back}&acr=urn%3Azegel%3Aacr%3Apasskey&max_age=300"),
        ),
    ] {
        {
            let mut office = p.house.office.open();
            (office.refuses, office.challenge) = (Some(401), Some(challenge));
        }
        let api = p.ask("POST", "/grants", Some(grant.clone())).await;
        assert!(api.status == 401 && api.header("www-authenticate").contains(said), "{} {:?}", api.status, api.headers);
        let shown = p.house.get(&page, header::COOKIE, &p.cookie).await;
        assert_eq!((shown.status, shown.header("location")), (303, leads.as_str()), "{}", shown.body);
        let form = Request::post(&page)
            .header(header::COOKIE, &p.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let sent = p.house.send(form.body("holder=person%3Adaan&level=reader".to_owned()).unwrap()).await;
        assert_eq!((sent.status, sent.header("location")), (303, leads.as_str()), "{}", sent.body);
    }
    // Another 401 is a session that ended.
    p.house.office.open().challenge = None;
    assert_eq!(p.ask("POST", "/grants", Some(grant)).await.header("location"), "");
}

/// P11: the first and the last day that access counts are chosen on the page, for a grant and for an invitation.
#[tokio::test]
async fn from_and_until_are_days_of_the_page() {
    let p = Place::new().await;
    let page = format!("/m/relations/{}/access", p.relation);
    let send = async |to: &str, form: &[(&str, &str)]| {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(to)
            .header(header::COOKIE, &p.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        p.house.send(request.body(body).unwrap()).await
    };
    let give = async |from: &str, until: &str| {
        send(&page, &[("holder", "person:daan"), ("level", "reader"), ("from", from), ("until", until)]).await
    };
    let shown = p.house.get(&page, header::COOKIE, &p.cookie).await;
    assert!(shown.body.contains("id=\"from\"") && shown.body.contains("id=\"invite-until\""), "{}", shown.body);
    let zone = jiff::tz::TimeZone::get(&p.house.crm.env.settings.time_zone).unwrap();
    let begin = |day: &str| {
        let day: jiff::civil::Date = day.parse().unwrap();
        day.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond()
    };
    assert_eq!(give("2099-01-02", "2099-02-28").await.status, 303);
    assert_eq!(give("2001-01-02", "").await.status, 303, "one that has begun is at once");
    let given: Vec<_> = p.house.office.open().grants.iter().map(|g| (g.from, g.until)).collect();
    assert_eq!(given, [(Some(begin("2099-01-02")), Some(begin("2099-03-01"))), (None, None)]);
    let wrong = give("soon", "").await;
    assert!(wrong.status == 422 && wrong.body.contains("This is no day."), "{}", wrong.body);
    let invite = format!("/m/relations/{}/invitations", p.relation);
    let contact = format!("contacts/{}", p.contact);
    let form = [("contact", contact.as_str()), ("invite-level", "reader"), ("portal", ""), ("invite-until", "2099-01-31")];
    assert_eq!(send(&invite, &form).await.status, 303);
    assert_eq!(p.house.office.open().asked.as_ref().unwrap().until, Some(begin("2099-02-01")));
}

/// P11: a contact who came by an invitation and has access is not offered to be invited again.
#[tokio::test]
async fn contacts_who_have_access_are_not_offered_for_invitation() {
    let p = Place::new().await;
    let offered = async || {
        let page = p.house.get(&format!("/m/relations/{}/access", p.relation), header::COOKIE, &p.cookie).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.body.contains(&format!("contacts/{}", p.contact))
    };
    let bound: Result<u64, crate::kernel::db::DbError> = p
        .house
        .crm
        .db
        .write(p.contact.clone(), |contact, mut tx| {
            let insert = sql!(
                "INSERT INTO portal_bindings (invitation, portal, module, record_id, made_by, made_at)
                 VALUES ('i9', 'customers', 'contacts', $1, 'mila', 0)"
            );
            Box::pin(async move { tx.q(insert).bind(contact.as_str()).exec().await })
        })
        .await;
    bound.unwrap();
    p.house.append([Entry::Invited { invitation: "i9".into(), sub: "patricia".into(), present: true }]);
    p.house.crm.replica.poll_now().await.unwrap();
    assert!(offered().await, "she was here once, and has nothing of this relation now");
    let given = p.ask("POST", "/grants", Some(json!({"holder": {"person": "patricia"}, "level": "reader"}))).await;
    assert_eq!(given.status, 201, "{}", given.body);
    assert!(!offered().await);
}
