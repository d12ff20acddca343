//! Access to relations from the record store, which asks the provider in the person's own name.

use serde_json::{Value, json};
use zegel::contract::Assurance;
use zegel::crm::access::push;
use zegel::crm::replica::{Facts, Named, facts};
use zegel::demo::browser::Browser;

use super::House;
use crate::on_both_engines;
use crate::replica::record;

const AT: &str = "/api/v1/records/relations/smit/access";
const CHOICE: [(&str, &str); 3] = [("do", "choose"), ("password", "a wholly new one"), ("repeat", "a wholly new one")];

async fn call(house: &House, browser: &Browser, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let jar: Vec<_> = browser.cookies["localhost"].iter().map(|(k, v)| format!("{k}={v}")).collect();
    let request = house.world.http.request(method.parse().unwrap(), format!("{}{path}", house.world.crm_url));
    let request = request.header("cookie", jar.join("; ")).header("sec-fetch-site", "same-origin");
    let answer = request.header("origin", &house.world.crm_url).json(&body.unwrap_or_default()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn known(house: &House, sub: &str) -> Facts {
    house.world.poll().await;
    let mut snapshot = house.world.crm().db.snapshot().await.unwrap();
    let named = Named { sub, sid: "", issue: "", client_id: "", kid: "" };
    facts(&mut snapshot.tx(), named).await.unwrap().unwrap()
}

on_both_engines! {
    /// P11, Z1: the whole way. The provider learns of the relation, its manager gives access from the record store, and a
    /// contact who accepts is that contact from then on, whatever its record says later.
    async fn a_contact_is_invited_from_the_record_store_and_becomes_that_contact(db: TestDb) {
        let house = House::new(db).await;
        let (world, crm) = (&house.world, house.world.crm());
        record(&crm.db, "relations", "smit", json!({"name": "Bakkerij Smit"})).await;
        record(&crm.db, "contacts", "eva", json!({"name": "Eva Jansen", "relation": "smit", "email": "eva@example.com", "language": "nl"})).await;
        assert_eq!(push::backfill(crm).await.unwrap(), 1);
        world.apply("grants: [{relation: smit, person: mila@example.com, level: manager}]").await;
        world.poll().await;
        let (mila, daan) = (world.member("mila@example.com").await, world.member("daan@example.com").await);
        let (status, access) = call(&house, &mila, "GET", AT, None).await;
        assert_eq!((status, &access["may_change"]), (200, &json!(true)), "{access}");

        let who = house.id_of("daan@example.com").await;
        let grant = json!({"holder": {"person": who}, "level": "reader"});
        // He sees the relation here; the provider says that it isn't his to decide.
        let (status, _) = call(&house, &daan, "POST", &format!("{AT}/grants"), Some(grant.clone())).await;
        assert!(matches!(status, 403 | 404), "{status}");
        let (status, given) = call(&house, &mila, "POST", &format!("{AT}/grants"), Some(grant)).await;
        assert_eq!(status, 201, "{given}");

        let invite = json!({"module": "contacts", "record": "eva", "level": "reader"});
        let (status, invited) = call(&house, &mila, "POST", &format!("{AT}/invitations"), Some(invite)).await;
        assert_eq!((status, invited["email"].as_str()), (201, Some("eva@example.com")), "{invited}");
        let mail = world.newest("eva@example.com").await;
        let link = mail.split_whitespace().find(|w| w.contains("/invitation/")).unwrap().to_owned();
        let done = world.browser().post(&link, &CHOICE).await.unwrap();
        assert_eq!(done.status.as_u16(), 200, "{}", done.text);
        let eva = house.id_of("eva@example.com").await;
        let facts = known(&house, &eva).await;
        let selves: Vec<_> = facts.selves.iter().map(|m| (m.portal.as_str(), m.record.as_str())).collect();
        assert_eq!((selves, facts.state.staff), (vec![("customers", "eva")], false));
        let viewer = facts.viewer(&eva, Some(Assurance::PasswordMail), crm.env.now(), crm.today(crm.env.now()));
        let seen = crm.records.get(&viewer, &"relations".try_into().unwrap(), "smit").await.unwrap();
        assert_eq!(seen.unwrap().title(), Some("Bakkerij Smit"));

        let (_, access) = call(&house, &mila, "GET", AT, None).await;
        let hers = access["grants"].as_array().unwrap().iter().find(|g| g["holder"]["person"] == eva.as_str()).unwrap();
        let (status, taken) = call(&house, &mila, "DELETE", &format!("{AT}/grants/{}", hers["id"].as_str().unwrap()), None).await;
        assert!(status == 200 && (taken["state"] == "done" || taken["state"] == "pending"), "{taken}");
        let facts = known(&house, &eva).await;
        let viewer = facts.viewer(&eva, Some(Assurance::PasswordMail), crm.env.now(), crm.today(crm.env.now()));
        assert!(crm.records.get(&viewer, &"relations".try_into().unwrap(), "smit").await.unwrap().is_none());
    }
}
