//! Applications that are open to whoever is linked to a relation.

use serde_json::json;

use super::House;
use crate::on_both_engines;
use crate::support::application::Application;
use crate::support::flow::{answered, authorize, claims, refresh, text, tokens};

/// The test application, for those linked to the relation that files call `smit`.
async fn limited(house: &House, at: &Application) {
    let file = json!({"applications": [{
        "client_id": "app", "client_name": "Test application", "redirect_uris": ["http://127.0.0.1:9/cb"],
        "grant_types": ["authorization_code", "refresh_token"], "backchannel_logout_uri": format!("{}/logout", at.url),
        "allowed": {"relations": ["smit"]}
    }]});
    house.world.apply(&file.to_string()).await;
}

on_both_engines! {
    /// S11, P2, case 29, case 40, case 43: open by a grant, over when it is taken, in the same answer.
    async fn a_grant_on_a_relation_opens_an_application_and_its_end_closes_it(db: TestDb) {
        let house = House::new(db).await;
        let app = Application::start().await;
        limited(&house, &app).await;
        let (_, refused) = authorize(&house.world, "patricia@example.com", &[]).await;
        assert!(refused.status.as_u16() == 403 && answered(&refused, "code").is_none());

        let mila = house.token("mila@example.com").await;
        let patricia = house.id_of("patricia@example.com").await;
        let gift = json!({"holder": {"person": patricia}, "level": "participant"});
        let (_, given) = house.give(&mila, "r1", gift.clone()).await;
        let (_, t) = tokens(&house.world, "patricia@example.com", &[]).await;
        let (status, taken) = house.take(&mila, given["id"].as_str().unwrap()).await;
        assert_eq!(status, 200);
        let waiting = taken["waiting_for"].as_array().cloned().unwrap_or_default();
        assert!(!waiting.contains(&json!("app")), "{taken}");
        let told = app.told();
        assert_eq!(claims(&told[0])["sub"], patricia, "told before the answer");
        assert_eq!(refresh(&house.world, text(&t, "refresh_token")).await.0, 400);

        // One that doesn't answer is named.
        let (_, given) = house.give(&mila, "r1", gift).await;
        tokens(&house.world, "patricia@example.com", &[]).await;
        app.answer(503);
        let (_, taken) = house.take(&mila, given["id"].as_str().unwrap()).await;
        assert_eq!(taken["state"], "pending");
        assert!(taken["waiting_for"].as_array().unwrap().contains(&json!("app")), "{taken}");
    }

    /// S11, P11: by a group, until a date, and not where the relation was put away.
    async fn only_a_grant_in_force_opens_an_application(db: TestDb) {
        let house = House::new(db).await;
        let app = Application::start().await;
        limited(&house, &app).await;
        let (mila, ria) = (house.token("mila@example.com").await, house.token("ria@example.com").await);
        let daan = house.id_of("daan@example.com").await;
        let until = json!({"holder": {"person": daan}, "level": "reader", "until": house.after(60)});
        assert_eq!(house.give(&mila, "r1", until).await.0, 201);
        let (_, t) = tokens(&house.world, "daan@example.com", &[]).await;
        house.world.advance(60);
        assert_eq!(refresh(&house.world, text(&t, "refresh_token")).await.0, 400, "its time is over");
        assert!(app.told().is_empty());
        zegel::idp::sweep::run(house.world.idp()).await.unwrap();
        house.world.send().await;
        assert_eq!(claims(&app.told()[0])["sub"], daan, "told when what has expired is swept");

        house.world.apply("groups: [{name: sales team, members: [daan@example.com]}]").await;
        let team = house.group("sales team").await;
        assert_eq!(house.give(&ria, "r1", json!({"holder": {"group": team}, "level": "reader"})).await.0, 201);
        let (_, t) = tokens(&house.world, "daan@example.com", &[]).await;
        house.world.apply("groups: [{name: sales team, members: []}]").await;
        assert_eq!((refresh(&house.world, text(&t, "refresh_token")).await.0, app.told().len()), (400, 1));

        house.world.apply("groups: [{name: sales team, members: [daan@example.com]}]").await;
        let (_, t) = tokens(&house.world, "daan@example.com", &[]).await;
        house.push(json!([{"id": "r1", "name": "Bakkerij Smit", "external_key": "smit", "active": false}])).await;
        assert_eq!(refresh(&house.world, text(&t, "refresh_token")).await.0, 400, "put away");
    }
}
