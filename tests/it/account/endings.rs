//! Closing an account, handing over, and erasing.

use serde_json::json;
use zegel::idp::lifecycle::{By, LifecycleError, close, erase, hand_over};
use zegel::idp::people;
use zegel::kernel::audit::Actor;

use crate::access::House;
use crate::on_both_engines;
use crate::support::flow::{refresh, text, tokens, userinfo};
use crate::support::world::PASSWORD;

async fn by(house: &House, who: &str, administrator: &str) -> By {
    let (person, administrator) = (house.id_of(who).await, house.id_of(administrator).await);
    By::new(house.world.idp(), &person, Actor::default().person(&administrator), Some(&administrator))
}

on_both_engines! {
    /// case 29: closing ends everything at once, opening brings nothing of it back; nobody does it to himself, or to the last administrator.
    async fn a_closed_account_holds_nothing_and_opens_empty(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        let (mut daan, t) = tokens(world, "daan@example.com", &[("scope", "openid offline_access")]).await;
        assert!(matches!(close::disable(world.idp(), by(&house, "daan@example.com", "mila@example.com").await).await, Err(LifecycleError::Forbidden)));
        assert!(matches!(close::disable(world.idp(), by(&house, "bram@example.com", "bram@example.com").await).await, Err(LifecycleError::Conflict(_))));
        close::disable(world.idp(), by(&house, "daan@example.com", "bram@example.com").await).await.unwrap();
        assert_eq!(userinfo(world, text(&t, "access_token")).await.0, 401);
        assert_eq!(daan.get(world.at("/account")).await.unwrap().url.path(), "/signin");
        close::enable(world.idp(), by(&house, "daan@example.com", "bram@example.com").await).await.unwrap();
        assert_eq!(refresh(world, text(&t, "refresh_token")).await.0, 400);
        assert_eq!(world.enter(&mut world.browser(), "daan@example.com", PASSWORD).await.url.path(), "/");
        // Ria and Bram administer: once Ria is closed, Bram is the last.
        close::disable(world.idp(), by(&house, "ria@example.com", "bram@example.com").await).await.unwrap();
        let last = By { administrator: None, ..by(&house, "bram@example.com", "bram@example.com").await };
        assert!(matches!(close::disable(world.idp(), last).await, Err(LifecycleError::Conflict(_))));
    }

    /// P16: a leaver's grants, open invitations and groups are somebody else's in one step, and the account is closed with it.
    async fn a_leavers_work_goes_to_a_colleague_in_one_step(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        let mila = house.token("mila@example.com").await;
        let body = json!({"email": "eva@example.com", "name": "Eva", "language": "en", "relation": "r1", "level": "reader"});
        assert_eq!(house.call(&mila, "PUT", "/api/invitations/i1", Some(body)).await.0, 201);
        let to = house.id_of("daan@example.com").await;
        let patricia = house.id_of("patricia@example.com").await;
        let refused = hand_over::hand_over(world.idp(), by(&house, "mila@example.com", "bram@example.com").await, &patricia, true).await;
        assert!(matches!(refused, Err(LifecycleError::Conflict(_))), "staff hands over to staff");
        let (done, _) = hand_over::hand_over(world.idp(), by(&house, "mila@example.com", "bram@example.com").await, &to, true).await.unwrap();
        assert_eq!((done.grants, done.invitations, done.groups, done.closed), (1, 1, 1, true));
        let daan = house.token("daan@example.com").await;
        let (status, access) = house.access(&daan, "r1").await;
        assert_eq!(status, 200, "he manages it now: {access}");
        let text = access.to_string();
        assert!(text.contains(&to) && !text.contains(&house.id_of("mila@example.com").await), "{text}");
        let mut snapshot = world.idp().db.snapshot().await.unwrap();
        let groups = people::store::groups_of(&mut snapshot.tx(), &to).await.unwrap();
        assert_eq!(groups.len(), 1);
        // The invitation still works, in his name.
        let link = world.link_to("eva@example.com", "/invitation/").await;
        let choice = [("do", "choose"), ("password", "a wholly other one"), ("repeat", "a wholly other one")];
        assert_eq!(world.browser().post(&link, &choice).await.unwrap().status.as_u16(), 200);
        let (_, access) = house.access(&daan, "r1").await;
        assert_eq!(access["grants"].as_array().unwrap().len(), 2, "{access}");
    }

    /// P15, case 48: who is erased leaves a copy and no name, address or number anywhere at rest; what others did stays theirs.
    async fn of_who_is_erased_nothing_personal_is_left(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        world.apply("people: [{email: eva@example.com, name: Eva Vanishing, phone: \"+31655512345\", password: correct horse battery}]").await;
        world.enter(&mut world.browser(), "eva@example.com", PASSWORD).await;
        let eva = house.id_of("eva@example.com").await;
        let open = erase::erase(world.idp(), by(&house, "eva@example.com", "bram@example.com").await).await;
        assert!(matches!(open, Err(LifecycleError::Conflict(_))), "closed first");
        close::disable(world.idp(), by(&house, "eva@example.com", "bram@example.com").await).await.unwrap();
        let last = by(&house, "eva@example.com", "bram@example.com").await;
        let copy = erase::erase(world.idp(), last.clone()).await.unwrap();
        assert_eq!(copy["person"]["name"], "Eva Vanishing");
        assert_eq!(copy["person"]["phone"], "+31655512345");
        assert!(house.person("eva@example.com").await.is_none());
        let mut snapshot = world.idp().db.snapshot().await.unwrap();
        let left = people::store::by_id(&mut snapshot.tx(), &eva).await.unwrap().unwrap();
        assert!(!left.active && left.phone.is_none() && !left.email.contains("eva") && !left.name.contains("Eva"));
        for again in [close::enable(world.idp(), last.clone()).await, erase::erase(world.idp(), last).await.map(drop)] {
            assert!(matches!(again, Err(LifecycleError::NotFound)), "{again:?}");
        }
        // The address is free for somebody new.
        world.apply("people: [{email: eva@example.com, name: Another, password: correct horse battery}]").await;
        assert_ne!(house.id_of("eva@example.com").await, eva);
    }
}
