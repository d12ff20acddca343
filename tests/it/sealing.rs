//! Daan's delivery through both halves: pages, mail, code, receipt.

use std::collections::BTreeMap;

use zegel::contract::FieldKey;
use zegel::crm::modules::value::Raw;
use zegel::crm::records::model::{Cause, Change, Outcome, Via};
use zegel::crm::visibility::sight::Viewer;
use zegel::demo::browser::{Answer, Browser};

use crate::on_both_engines;
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
    let email = ("email", "patricia@example.com");
    let contact = make(world, "contacts", &[("name", "Patricia Nowak"), ("relation", &relation), email]).await;
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

on_both_engines! {
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
