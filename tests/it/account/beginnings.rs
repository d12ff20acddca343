//! Becoming a person here: by invitation and by registration.

use zegel::contract::feed::Entry;
use zegel::idp::account::flow::Own;
use zegel::idp::welcome::flow::{self, WelcomeError};
use zegel::idp::welcome::model::NewWelcome;
use zegel::idp::{feed, people};
use zegel::kernel::audit::Actor;

use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

const CHOICE: [(&str, &str); 2] = [("password", "a wholly other one"), ("repeat", "a wholly other one")];

fn eva() -> NewWelcome {
    NewWelcome {
        email: "eva@example.com".into(),
        name: "Eva Jansen".into(),
        language: "nl".into(),
        staff: true,
        groups: vec!["Drivers".into()],
        roles: vec!["driver".into()],
    }
}

async fn invite(world: &World, new: NewWelcome) -> Result<String, WelcomeError> {
    let bram = world.id_of("bram@example.com").await;
    let own = Own::new(world.idp(), &bram, Actor::default().person(&bram));
    flow::invite(world.idp(), own, new).await.map(|w| w.id)
}

on_both_engines! {
    /// S4, S5: an invitation makes someone staff with groups and roles, once, with a proven address; other applications hear of it.
    async fn an_invitation_makes_a_person_with_groups_and_roles_once(db: TestDb) {
        let world = World::start(db).await;
        world.apply("groups: [{name: Drivers}]").await;
        let before = feed::flow::page(&world.idp().db, 0).await.unwrap().entries.len();
        invite(&world, eva()).await.unwrap();
        let first = world.link_to("eva@example.com", "/welcome/").await;
        invite(&world, eva()).await.unwrap();
        let link = world.link_to("eva@example.com", "/welcome/").await;
        let mut browser = world.browser();
        assert_eq!(browser.get(&first).await.unwrap().status.as_u16(), 410, "the link before is void");
        let page = browser.get(&link).await.unwrap();
        assert!(page.text.contains("Eva Jansen") && page.text.contains("eva@example.com"), "{}", page.text);
        for (one, two) in [("short", "short"), ("a wholly other one", "another"), ("eva.jansen.1", "eva.jansen.1")] {
            assert_eq!(browser.post(&link, &[("password", one), ("repeat", two)]).await.unwrap().status.as_u16(), 422);
        }
        let page = browser.post(&link, &CHOICE).await.unwrap();
        assert_eq!(page.status.as_u16(), 200, "{}", page.text);
        assert_eq!(browser.post(&link, &CHOICE).await.unwrap().status.as_u16(), 410, "once");
        let id = world.id_of("eva@example.com").await;
        let mut snapshot = world.idp().db.snapshot().await.unwrap();
        let person = people::store::by_id(&mut snapshot.tx(), &id).await.unwrap().unwrap();
        assert_eq!((person.staff, person.active, person.email_proven, person.language.as_str()), (true, true, true, "nl"));
        let entries = feed::flow::page(&world.idp().db, 0).await.unwrap().entries.split_off(before);
        let told: Vec<_> = entries.into_iter().map(|p| p.entry).collect();
        assert!(matches!(&told[..], [Entry::Person { .. }, Entry::Member { present: true, .. }, Entry::Role { present: true, .. }]), "{told:?}");
        assert_eq!(world.enter(&mut world.browser(), "eva@example.com", "a wholly other one").await.url.path(), "/");
    }

    /// case 23: nobody is invited over an account that is there, and what came to be there meanwhile is not taken over.
    async fn an_invitation_takes_no_account_over(db: TestDb) {
        let world = World::start(db).await;
        assert!(matches!(invite(&world, NewWelcome { email: "MILA@example.com".into(), groups: vec![], ..eva() }).await, Err(WelcomeError::Known)));
        invite(&world, NewWelcome { groups: vec![], ..eva() }).await.unwrap();
        let link = world.link_to("eva@example.com", "/welcome/").await;
        world.apply("people: [{email: eva@example.com, name: Somebody, password: correct horse battery}]").await;
        let mut browser = world.browser();
        let page = browser.post(&link, &CHOICE).await.unwrap();
        assert_eq!(page.status.as_u16(), 410);
        assert!(page.text.contains("already"), "{}", page.text);
        assert_eq!(world.enter(&mut world.browser(), "eva@example.com", "correct horse battery").await.url.path(), "/");
    }

    /// S4, case 25: who may register makes an account by a mailed link; who has one is told so by mail alone.
    async fn registration_proves_the_address_and_tells_nothing(db: TestDb) {
        let world = World::start_with(db, Options { registration: "example.com", ..Options::default() }).await;
        let register = async |email: &str| {
            let mut browser = world.browser();
            let form = [("name", "Eva Jansen"), ("email", email), ("language", "en")];
            let page = browser.post(world.at("/register"), &form).await.unwrap();
            (page.status.as_u16(), page.text.replace(email, "WHO"))
        };
        let (new, known) = (register("nila@example.com").await, register("mila@example.com").await);
        assert_eq!(new, known);
        assert_eq!(register("eva@elsewhere.example").await.0, 422);
        let mail = world.newest("mila@example.com").await;
        assert!(mail.contains("has one already") && !mail.contains("/welcome/"), "{mail}");
        let link = world.link_to("nila@example.com", "/welcome/").await;
        let mut browser = world.browser();
        assert_eq!(browser.post(&link, &CHOICE).await.unwrap().status.as_u16(), 200);
        let mut snapshot = world.idp().db.snapshot().await.unwrap();
        let id = world.id_of("nila@example.com").await;
        let person = people::store::by_id(&mut snapshot.tx(), &id).await.unwrap().unwrap();
        assert!(!person.staff, "nobody becomes staff by registering");
    }
}

/// A link that is taken back or too old opens nothing, and what it said of whom is swept away.
#[tokio::test]
async fn invitations_are_taken_back_expire_and_are_swept() {
    let world = World::start(TestDb::sqlite()).await;
    let id = invite(&world, NewWelcome { groups: vec![], ..eva() }).await.unwrap();
    let link = world.link_to("eva@example.com", "/welcome/").await;
    let own = Own::new(world.idp(), "", Actor::default());
    flow::revoke(world.idp(), own.clone(), &id).await.unwrap();
    assert!(matches!(flow::revoke(world.idp(), own, &id).await, Err(WelcomeError::NotFound)));
    assert_eq!(world.browser().get(&link).await.unwrap().status.as_u16(), 410);
    invite(&world, NewWelcome { groups: vec![], ..eva() }).await.unwrap();
    let link = world.link_to("eva@example.com", "/welcome/").await;
    world.advance(7 * 86_400);
    assert_eq!(world.browser().get(&link).await.unwrap().status.as_u16(), 410);
    world.advance(2 * 86_400);
    zegel::idp::sweep::run(world.idp()).await.unwrap();
    let left: (i64,) = world.idp().db.query(zegel::sql!("SELECT COUNT(*) FROM welcomes")).one().await.unwrap();
    assert_eq!(left.0, 0);
    let groups = invite(&world, NewWelcome { groups: vec!["Nobody".into()], ..eva() }).await;
    assert!(matches!(groups, Err(WelcomeError::Invalid(_))));
}
