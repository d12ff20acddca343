//! Daan's delivery through both halves: pages, mail, code, receipt.

use std::collections::BTreeMap;

use zegel::contract::FieldKey;
use zegel::contract::challenge::{CodeKind, CodeSpec};
use zegel::crm::code_rules::model::CodeRule;
use zegel::crm::code_rules::store as rules;
use zegel::crm::modules::value::Raw;
use zegel::crm::records::model::{Cause, Change, Outcome, Via};
use zegel::crm::visibility::sight::Viewer;
use zegel::demo::browser::{Answer, Browser};

use crate::on_both_engines;
use crate::signin::secrets::Sink;
use crate::support::flow::{CALLBACK, text, tokens};
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// Makes a record as somebody long before the story.
async fn make(world: &World, module: &str, values: &[(&str, &str)]) -> String {
    let key = |k: &str| FieldKey::try_from(k).unwrap();
    let fields: BTreeMap<_, _> = values.iter().map(|(k, v)| (key(k), Some(Raw::from(*v)))).collect();
    let today = "2026-11-20".parse().unwrap();
    let viewer = Viewer::staff("before".into(), vec!["administrator".into()], world.crm().env.now(), today);
    let change = Change::create(key(module), fields, Cause::via(Via::Command));
    match world.crm().records.write(&viewer, change).await.unwrap() {
        Outcome::Written { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

/// A delivery to Patricia that is on the road; its page.
async fn delivery(world: &World) -> String {
    let relation = make(world, "relations", &[("name", "Bakkerij Smit")]).await;
    let points = [("email", "patricia@example.com"), ("phone", "+48601234517")];
    let contact = [&[("name", "Patricia Nowak"), ("relation", relation.as_str())], &points[..]].concat();
    let contact = make(world, "contacts", &contact).await;
    let of = [("number", "D-2041"), ("relation", &relation), ("contact", &contact), ("status", "on_the_road")];
    format!("{}/m/deliveries/{}", world.crm_url, make(world, "deliveries", &of).await)
}

/// Presses "Delivered" on the delivery's page; the page that follows.
async fn press(browser: &mut Browser, page: &str) -> Answer {
    let shown = browser.get(page).await.unwrap();
    let of = |name: &str| shown.after(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {}", shown.text));
    let form = [
        ("field", "status"),
        ("value", "delivered"),
        ("base_version", of("base_version")),
        ("idempotency_key", of("idempotency_key")),
    ];
    browser.post(format!("{page}/set"), &form).await.unwrap()
}

/// Enters a code in the dialog.
async fn enter(world: &World, browser: &mut Browser, dialog: &Answer, code: &str) -> Answer {
    let id = dialog.after("data-pending=\"").unwrap_or_else(|| panic!("the dialog: {}", dialog.text));
    let (rule, attempt) = (dialog.after("name=\"rule\" value=\"").unwrap(), dialog.after("name=\"attempt\" value=\"").unwrap());
    let form = [("rule", rule), ("attempt", attempt), ("code", code)];
    browser.post(format!("{}/pending/{id}/code", world.crm_url), &form).await.unwrap()
}

/// Changes a code rule, as an administrator would.
async fn rule(world: &World, key: &str, change: impl FnOnce(&mut CodeRule)) {
    let db = &world.crm().db;
    let mut snapshot = db.snapshot().await.unwrap();
    let mut rule = rules::current(&mut snapshot.tx(), key).await.unwrap().unwrap().rule;
    drop(snapshot);
    change(&mut rule);
    let put = db.write((rule, world.crm().env.now()), |(rule, now), mut tx| {
        Box::pin(async move { rules::put(&mut tx, rule, "test", *now).await })
    });
    assert!(put.await.unwrap());
}

/// Daan's token for the record store's API.
async fn token_of_daan(world: &World) -> String {
    let app = serde_json::json!({"applications": [{
        "client_id": "app", "client_name": "Test application", "redirect_uris": [CALLBACK], "resources": [world.crm_url],
        "grant_types": ["authorization_code"], "scope": "openid records:read records:write"
    }]});
    world.apply(&app.to_string()).await;
    world.poll().await;
    let changes = [("scope", "openid records:read records:write"), ("resource", world.crm_url.as_str())];
    let (_, tokens) = tokens(world, "daan@example.com", &changes).await;
    text(&tokens, "access_token").to_owned()
}

/// case 27, V12: of a code that was asked for, mistyped, typed and used, nothing is in the log at its most talkative, nor in
/// any byte of the databases.
#[tokio::test]
async fn the_code_of_a_sealed_change_is_in_no_log_and_no_database() {
    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(sink.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let db = TestDb::sqlite();
    let dir = db.dir.path().to_owned();
    let world = World::start(db).await;
    // Other tests may have come to the same lines first, and found that nobody listens.
    tracing::callsite::rebuild_interest_cache();
    // Long enough that no other text has it by accident.
    rule(&world, "delivered", |r| r.code = CodeSpec { kind: CodeKind::Alphanumeric, length: 12, ..r.code }).await;
    let page = delivery(&world).await;
    let mut daan = world.member("daan@example.com").await;
    let dialog = press(&mut daan, &page).await;
    let message = world.newest("patricia@example.com").await;
    let is_code = |w: &&str| w.len() == 12 && w.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let code = message.split_whitespace().find(is_code).unwrap_or_else(|| panic!("a code in {message}"));
    let mistyped: String = code.chars().map(|c| if c == '7' { '3' } else { '7' }).collect();
    let wrong = enter(&world, &mut daan, &dialog, &mistyped).await;
    assert_eq!(wrong.status.as_u16(), 422, "{}", wrong.text);
    let done = enter(&world, &mut daan, &wrong, code).await;
    assert!(done.url.as_str().starts_with(&page), "{} {}", done.url, done.text);
    let again = enter(&world, &mut daan, &wrong, code).await;
    drop(guard);
    let pages: Vec<u8> = [&wrong, &done, &again].iter().flat_map(|a| a.text.bytes()).collect();
    let mut haystacks = vec![("the log".to_owned(), sink.bytes()), ("a page".to_owned(), pages)];
    for entry in std::fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            haystacks.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    assert!(String::from_utf8_lossy(&haystacks[0].1).contains("/pending/{id}/code"), "the log has the requests");
    assert!(haystacks.iter().any(|(n, _)| n.contains("idp.db-wal")) && haystacks.iter().any(|(n, _)| n.contains("crm.db-wal")));
    for secret in [code.to_owned(), code.to_lowercase(), mistyped] {
        for (name, bytes) in &haystacks {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is in {name}");
        }
    }
}

on_both_engines! {
    /// V5: the same by text message, through the gateway's stub.
    async fn a_delivery_is_sealed_by_the_code_that_the_customer_was_sent_by_text_message(db: TestDb) {
        let world = World::start(db).await;
        rule(&world, "delivered", |r| r.active = false).await;
        rule(&world, "delivered_sms", |r| r.active = true).await;
        let page = delivery(&world).await;
        let mut daan = world.member("daan@example.com").await;
        let dialog = press(&mut daan, &page).await;
        assert!(dialog.text.contains("Patricia Nowak") && !dialog.text.contains("+48601234517"), "{}", dialog.text);
        let code = world.code_for("+48601234517", 5).await;
        let sent = world.app.capture.as_ref().unwrap().messages().list().remove(0);
        assert_eq!((sent.channel.as_str(), sent.to.as_str()), ("sms", "+48601234517"));
        assert!(sent.text.contains("Daan Visser") && sent.text.contains("D-2041"), "{}", sent.text);
        let done = enter(&world, &mut daan, &dialog, &code).await;
        assert!(done.url.as_str().starts_with(&page), "{} {}", done.url, done.text);
        assert!(done.text.contains("class=\"seal\"") && !done.text.contains("On the road"), "{}", done.text);
    }

    /// case 41: two requests of the API at once do not get round the rule, and are one change that waits.
    async fn two_requests_of_the_api_at_once_wait_for_one_code(db: TestDb) {
        let world = World::start(db).await;
        let page = delivery(&world).await;
        let id = page.rsplit('/').next().unwrap().to_owned();
        let token = token_of_daan(&world).await;
        let record = format!("{}/api/v1/records/deliveries/{id}", world.crm_url);
        let body = serde_json::json!({"base_version": 1, "fields": {"status": "delivered"}});
        let ask = || world.http.patch(&record).bearer_auth(&token).json(&body).send();
        let (one, two) = tokio::join!(ask(), ask());
        let mut waiting = Vec::new();
        for answer in [one.unwrap(), two.unwrap()] {
            let status = answer.status().as_u16();
            let body: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(status, 202, "{body}");
            waiting.push(body["id"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned());
        }
        assert_eq!(waiting[0], waiting[1]);
        let now: serde_json::Value = world.http.get(&record).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
        assert_eq!(now["fields"]["status"], "on_the_road", "{now}");
    }

    /// V6, V8, V9, V12, X1: the customer's code changes the record and seals it; the provider's public page says it is genuine.
    async fn a_delivery_is_sealed_by_the_code_that_the_customer_was_mailed(db: TestDb) {
        let world = World::start(db).await;
        let page = delivery(&world).await;
        let mut daan = world.member("daan@example.com").await;
        let dialog = press(&mut daan, &page).await;
        assert!(dialog.url.path().starts_with("/pending/"), "{} {}", dialog.url, dialog.text);
        assert!(dialog.text.contains("Patricia Nowak") && dialog.text.contains("p•••@example.com"), "{}", dialog.text);
        assert!(daan.get(&page).await.unwrap().text.contains("On the road"));

        let code = world.code_for("patricia@example.com", 5).await;
        let other = if code == "00000" { "11111" } else { "00000" };
        let wrong = enter(&world, &mut daan, &dialog, other).await;
        assert_eq!(wrong.status.as_u16(), 422, "{}", wrong.text);
        assert!(wrong.text.contains("id=\"code-error\"") && !wrong.text.contains(&code));

        let done = enter(&world, &mut daan, &wrong, &code).await;
        assert!(done.url.as_str().starts_with(&page), "{} {}", done.url, done.text);
        assert!(done.text.contains("Confirmed by p•••@example.com"), "{}", done.text);
        let seal = done.after("class=\"seal\" href=\"").unwrap().to_owned();
        let receipt = daan.get(format!("{}{seal}", world.crm_url)).await.unwrap();
        assert_eq!(receipt.status.as_u16(), 200, "{}", receipt.text);
        let public = receipt.after("id=\"submit\" href=\"").unwrap().to_owned();
        let genuine = world.browser().get(&public).await.unwrap();
        assert!(genuine.text.contains("This receipt is genuine"), "{public}: {}", genuine.text);
        let file = daan.get(format!("{}{seal}/file", world.crm_url)).await.unwrap();
        assert_eq!(file.headers["content-type"], "application/sd-jwt");
        let form = [("receipt", file.text.as_str())];
        let checked = world.browser().post(format!("{}/receipts/verify", world.idp_url), &form).await.unwrap();
        assert!(checked.text.contains("This receipt is genuine"), "{}", checked.text);
    }

    /// V2, V3: an expired code is refused and another can be sent.
    async fn an_expired_code_is_refused_and_a_new_one_confirms(db: TestDb) {
        let world = World::start(db).await;
        let page = delivery(&world).await;
        let mut daan = world.member("daan@example.com").await;
        let dialog = press(&mut daan, &page).await;
        let id = dialog.after("data-pending=\"").unwrap().to_owned();
        let old = world.code_for("patricia@example.com", 5).await;
        world.advance(301);
        let late = enter(&world, &mut daan, &dialog, &old).await;
        assert_eq!(late.status.as_u16(), 410, "{}", late.text);
        let again = daan.post(format!("{}/pending/{id}/resend", world.crm_url), &[("rule", "delivered")]).await.unwrap();
        let code = world.code_for("patricia@example.com", 5).await;
        let done = enter(&world, &mut daan, &again, &code).await;
        assert!(done.url.as_str().starts_with(&page), "{} {}", done.url, done.text);
    }

    /// V3, V9: after the last try even the right code changes nothing.
    async fn after_the_last_try_nothing_changes_any_more(db: TestDb) {
        let world = World::start(db).await;
        let page = delivery(&world).await;
        let mut daan = world.member("daan@example.com").await;
        let mut dialog = press(&mut daan, &page).await;
        let code = world.code_for("patricia@example.com", 5).await;
        let other = if code == "00000" { "11111" } else { "00000" };
        for _ in 0..4 {
            dialog = enter(&world, &mut daan, &dialog, other).await;
            assert_eq!(dialog.status.as_u16(), 422, "{}", dialog.text);
        }
        let last = dialog.after("name=\"attempt\" value=\"").unwrap().to_owned();
        let over = enter(&world, &mut daan, &dialog, other).await;
        assert!(over.text.contains("Too many wrong codes"), "{}", over.text);
        let id = over.after("data-pending=\"").unwrap();
        let form = [("rule", "delivered"), ("attempt", last.as_str()), ("code", code.as_str())];
        daan.post(format!("{}/pending/{id}/code", world.crm_url), &form).await.unwrap();
        assert!(daan.get(&page).await.unwrap().text.contains("On the road"));
    }
}
