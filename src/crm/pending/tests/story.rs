//! A change that is confirmed, from the gate to the receipt.

use axum::http::{Request, header};

use super::*;
use crate::contract::challenge::{Channel, State};
use crate::contract::receipt::Receipt;
use crate::crm::code_rules::model::Trigger;
use crate::crm::pending::model::Standing;
use crate::crm::pending::{confirm as confirming, seals};
use crate::crm::records::model::Outcome;
use crate::kernel::jose::KeySet;

/// V6, V7, V8, V9, X1: the record is unchanged until the customer's code is there, then changed at once, and sealed.
#[tokio::test]
async fn a_delivery_is_delivered_by_the_code_that_its_contact_was_sent() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    assert_eq!(s.one(&s.delivery).await, (1, Some("on_the_road".into())));
    {
        let desk = s.house.desk.open();
        let asked = &desk.made[0].request;
        assert_eq!((asked.recipient.address.as_str(), asked.recipient.channel), ("patricia@example.com", Channel::Mail));
        let said = [&asked.message.person, &asked.message.record, &asked.message.field, &asked.message.value];
        assert_eq!(said, ["daan here", "Dostawa D-2041", "Status", "Dostarczona"]);
        assert_eq!((asked.actor.as_str(), asked.issue.as_str(), asked.language.as_str()), ("daan", "i-daan", "pl"));
    }
    let shown = s.read("daan", &p).await.unwrap();
    assert_eq!((shown.changes[0].from.as_str(), shown.changes[0].to.as_str()), ("On the road", "Delivered"));
    assert_eq!((shown.asks[0].masked.as_str(), shown.asks[0].name.as_deref()), ("p•••@example.com", Some("Patricia Nowak")));
    assert_eq!(shown.asks[0].state.as_ref().unwrap().state, State::Sent);

    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
    assert_eq!(s.one(&s.delivery).await, (2, Some("delivered".into())));
    assert_eq!(s.read("daan", &p).await.unwrap().standing, Standing::Applied);

    let viewer = s.crm().viewer(&s.who("mila").await);
    let seen = s.crm().records.get(&viewer, &key("deliveries"), &s.delivery).await.unwrap().unwrap();
    let mut snapshot = s.crm().db.snapshot().await.unwrap();
    let seals = seals::seals_of(&mut snapshot.tx(), &seen).await.unwrap();
    let seal = &seals[&2];
    assert_eq!((seal.sequence, seal.confirmed_by.as_str()), (1, "p•••@example.com"));
    let held = seals::receipt(s.crm(), &viewer, &seal.receipt).await.unwrap();
    let (keys, issuer) = {
        let desk = s.house.desk.open();
        (KeySet::from_value(&json!({"keys": [desk.key.public_jwk()]})).unwrap(), s.house.stub().issuer.clone())
    };
    let receipt = Receipt::verify(&held.sd_jwt, &issuer, &keys).unwrap();
    let changes: Vec<_> = receipt.changes().collect();
    assert_eq!(changes, [("status", &json!("on_the_road"), &json!("delivered"))]);
    assert_eq!((receipt.recipient(0), receipt.claims().change.as_str()), (Some("p•••@example.com"), p.as_str()));
    // Who has no right to the record's history gets the receipt without its values.
    let daan = s.crm().viewer(&s.who("daan").await);
    let bare = seals::receipt(s.crm(), &daan, &seal.receipt).await.unwrap();
    assert_eq!(Receipt::verify(&bare.sd_jwt, &issuer, &keys).unwrap().changes().count(), 0);
}

/// V11: 200 right codes at once make one version, one event, one receipt.
#[tokio::test]
async fn of_two_hundred_right_codes_at_once_one_changes_the_record() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    let all = futures_util::future::join_all((0..200).map(|_| s.enter("daan", &p, CODE))).await;
    for tried in all {
        let tried = tried.unwrap();
        assert!(tried == s.applied(2) || tried == Tried::Next, "{tried:?}");
    }
    s.work().await;
    assert_eq!(s.version(&s.delivery).await, 2);
    assert_eq!(s.count("SELECT COUNT(*) FROM record_versions WHERE version = 2").await, 1);
    assert_eq!(s.count("SELECT COUNT(*) FROM receipts").await, 1);
}

/// P9, V7: a file that a change brings which waits for a code lies there for as long as that can wait, longer than an upload that
/// no change has named, and is the record's as soon as the code is there.
#[tokio::test]
async fn a_file_that_waits_for_a_code_becomes_the_records_with_it() {
    let s = Story::new().await;
    s.rule("delivered", |r| {
        r.module = key("documents");
        r.trigger = Trigger { field: key("file"), from: None, to: None };
        r.code.validity_seconds = 24 * 3600;
    })
    .await;
    let of = [("title", "Agreement"), ("status", "draft"), ("relation", &s.relation), ("contact", &s.contact)];
    let document = s.make("documents", &of).await;
    let api = |method: &str, path: &str, body: &'static str| {
        let token = s.house.token("mila");
        let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        s.house.send(request.header(header::CONTENT_TYPE, "text/plain").body(body.to_owned()).unwrap())
    };
    let sent = api("POST", "/files?module=documents&field=file&name=a.txt", "the agreement").await;
    let upload = sent.json()["id"].as_str().unwrap().to_owned();
    s.house.advance(23 * 3600);
    let fields = [(key("file"), Some(Raw::Json(json!({ "upload": upload }))))].into();
    let change = Change::edit(key("documents"), &document, 1, fields, Cause::via(Via::Api));
    let saved = save(s.crm(), &s.who("mila").await, &context(), change).await.unwrap();
    let Saved::Waiting(p) = saved else { panic!("{saved:?}") };
    let file = format!("/records/documents/{document}/files/file");
    assert_eq!(api("GET", &file, "").await.status, 404, "nothing of it is the record's yet");

    s.house.advance(23 * 3600);
    assert_eq!(crate::crm::files::flow::sweep(s.crm()).await.unwrap(), 0, "it is waited for");
    let tried = s.enter("mila", &p, CODE).await.unwrap();
    assert!(matches!(tried, Tried::Ended(Ended::Applied { version: 2, .. })), "{tried:?}");
    let had = api("GET", &file, "").await;
    assert_eq!((had.status, had.body.as_str()), (200, "the agreement"));
}

/// V10
#[tokio::test]
async fn several_rules_must_all_be_met() {
    let s = Story::new().await;
    s.rule("delivered_sms", |r| r.active = true).await;
    let p = s.deliver("daan").await;
    assert_eq!(s.house.desk.open().made.len(), 2);
    let caller = s.who("daan").await;
    let which = confirm(s.crm(), &caller, &context(), (&p, None), "a0", CODE.into()).await;
    assert!(matches!(which, Err(PendingError::WhichRule)));
    let first = confirm(s.crm(), &caller, &context(), (&p, Some("delivered_sms")), "a1", CODE.into()).await;
    assert_eq!(first.unwrap(), Tried::Next);
    assert_eq!(s.version(&s.delivery).await, 1);
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
    let receipt = &s.house.desk.open().receipts[&p];
    assert_eq!(receipt.sequence, 1);
}

/// V4: a record that is made in the protected state waits too, and is made under the id that was sealed.
#[tokio::test]
async fn a_record_made_in_the_protected_state_waits_and_is_then_made() {
    let s = Story::new().await;
    let of = [("number", "D-2050"), ("relation", s.relation.as_str()), ("contact", s.contact.as_str()), ("status", "delivered")];
    let create = || Change::create(key("deliveries"), values(&of), Cause::via(Via::Page));
    let kees = s.who("kees").await;
    let Saved::Waiting(p) = save(s.crm(), &kees, &context(), create()).await.unwrap() else { panic!("waits") };
    // Pressing the button twice is one change.
    assert_eq!(save(s.crm(), &kees, &context(), create()).await.unwrap(), Saved::Waiting(p.clone()));
    assert_eq!(s.house.desk.open().made.len(), 1);
    let shown = s.read("kees", &p).await.unwrap();
    assert!(shown.is_new && shown.title.as_deref() == Some("D-2050"));
    let Tried::Ended(Ended::Applied { record, version: 1, .. }) = s.enter("kees", &p, CODE).await.unwrap() else {
        panic!("applied")
    };
    assert_eq!(record, shown.record);
    assert_eq!(s.one(&record).await, (1, Some("delivered".into())));
}

/// V4: setting it again, setting another value, or changing another field asks nothing.
#[tokio::test]
async fn other_changes_ask_for_no_code() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.enter("daan", &p, CODE).await.unwrap();
    let again = s.edit("mila", "deliveries", &s.delivery, &[("status", "delivered"), ("goods", "Bread")]).await.unwrap();
    assert!(matches!(again, Saved::Written { version: 3, .. }));
    let back = s.edit("mila", "deliveries", &s.delivery, &[("status", "refused")]).await.unwrap();
    assert!(matches!(back, Saved::Written { version: 4, .. }));
    assert_eq!(s.house.desk.open().made.len(), 1);
}

/// V3: sending again is the provider's to allow.
#[tokio::test]
async fn a_code_is_sent_again_when_the_provider_allows_it() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    let daan = s.who("daan").await;
    let early = confirming::resend(s.crm(), &daan, &p, None).await.unwrap_err();
    assert!(matches!(&early, PendingError::Call(e) if e.status() == Some(429)), "{early}");
    s.house.advance(301);
    let daan = s.who("daan").await;
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), Tried::Expired);
    let state = confirming::resend(s.crm(), &daan, &p, None).await.unwrap();
    assert_eq!((state.state, state.resends_left), (State::Sent, 2));
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
}

/// V12, case 27: the code is in no table; the address is in none any more once it is over, but in the contact's own record.
#[tokio::test]
async fn a_code_is_in_no_table() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.enter("daan", &p, "99999").await.unwrap();
    s.enter("daan", &p, CODE).await.unwrap();
    s.work().await;
    let tables: Vec<(String,)> =
        s.crm().db.query(Sql::literal("SELECT name FROM sqlite_master WHERE type = 'table'")).all().await.unwrap();
    for (table,) in tables {
        let columns: Vec<(String,)> =
            s.crm().db.query(Sql::literal("SELECT name FROM pragma_table_info($1)")).bind(table.clone()).all().await.unwrap();
        for (column,) in columns {
            let text = format!("SELECT {column} FROM {table} WHERE typeof({column}) = 'text'");
            let rows: Vec<(String,)> = s.crm().db.query(Sql::literal(Box::leak(text.into_boxed_str()))).all().await.unwrap();
            for (row,) in rows {
                assert!(!row.contains(CODE) && !row.contains("99999"), "{table}.{column}: {row}");
                let own = ["records", "record_versions"].contains(&table.as_str());
                assert!(own || !row.contains("patricia@example.com"), "{table}.{column}: {row}");
            }
        }
    }
}

/// V14: who is exempt isn't asked, and that is logged.
#[tokio::test]
async fn an_exempt_role_is_not_asked_and_that_is_logged() {
    let s = Story::new().await;
    s.rule("delivered", |r| r.exempt_roles = vec![key("administrator")]).await;
    let saved = s.edit("bram", "deliveries", &s.delivery, &[("status", "delivered")]).await.unwrap();
    assert!(matches!(saved, Saved::Written { version: 2, .. }));
    assert!(s.audited().await.contains(&("code_rule.exempted".into(), "ok".into())));
}

/// V13: an idempotency key stands for the pending change, before and after it is applied, and for nothing else.
#[tokio::test]
async fn a_key_stands_for_its_pending_change() {
    let s = Story::new().await;
    let daan = s.who("daan").await;
    let change = |status: &str| {
        let mut c = Change::edit(key("deliveries"), &s.delivery, 1, values(&[("status", status)]), Cause::via(Via::Api));
        c.idempotency_key = Some("k1".into());
        c
    };
    let Saved::Waiting(p) = save(s.crm(), &daan, &context(), change("delivered")).await.unwrap() else { panic!("waits") };
    s.enter("daan", &p, CODE).await.unwrap();
    assert_eq!(save(s.crm(), &daan, &context(), change("delivered")).await.unwrap(), Saved::Waiting(p));
    assert!(save(s.crm(), &daan, &context(), change("refused")).await.is_err());
}

/// Between the gate's no and the pending change, the rule may go: then the change is simply made.
#[tokio::test]
async fn a_change_that_needs_no_code_any_more_is_written() {
    let s = Story::new().await;
    let daan = s.who("daan").await;
    let change = Change::edit(key("deliveries"), &s.delivery, 1, values(&[("status", "delivered")]), Cause::via(Via::Page));
    let held = s.crm().records.write(&s.crm().viewer(&daan), change.clone()).await.unwrap();
    let Outcome::NeedsCode(held) = held else { panic!("held") };
    s.rule("delivered", |r| r.active = false).await;
    let saved = begin(s.crm(), &daan, &context(), change, *held).await.unwrap();
    assert!(matches!(saved, Saved::Written { version: 2, .. }));
}
