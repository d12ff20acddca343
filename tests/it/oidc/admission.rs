//! Which applications a person may use.

use zegel::demo::browser::Browser;

use crate::on_both_engines;
use crate::support::flow::{answered, authorize, authorize_url, redeem, refresh, text, tokens, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// The test application, for some only.
pub fn only(allowed: &str) -> String {
    let app = r#"client_id: app, client_name: Test application, redirect_uris: ["http://127.0.0.1:9/cb"],
        post_logout_redirect_uris: ["http://127.0.0.1:9/out"], grant_types: [authorization_code, refresh_token, client_credentials],
        resources: ["https://api.example"], scope: "openid profile email offline_access read""#;
    format!("applications: [{{{app}, allowed: {allowed}}}]")
}

fn issue(access_token: &str) -> String {
    crate::support::flow::claims(access_token)["issue"].as_str().unwrap().to_owned()
}

/// Whether the access log says that an issue is revoked.
async fn is_logged(world: &World, issue: &str) -> bool {
    let page = zegel::idp::feed::flow::page(&world.idp().db, 0).await.unwrap();
    page.entries.iter().any(|e| format!("{:?}", e.entry).contains(&format!("IssueRevoked {{ issue: {issue:?} }}")))
}

async fn ask(world: &World, browser: &mut Browser, changes: &[(&str, &str)]) -> zegel::demo::browser::Answer {
    until_answer(world, browser, &authorize_url(world, changes)).await
}

on_both_engines! {
    /// S11, case 3, case 17: at the end of a sign-in, in a session that there is, and without a page.
    async fn an_application_opens_for_those_listed_only(db: TestDb) {
        let world = World::start(db).await;
        world.apply(&only("{roles: [sales]}")).await;
        let (_, mila) = authorize(&world, "mila@example.com", &[]).await;
        assert!(answered(&mila, "code").is_some());

        let (mut daan, page) = authorize(&world, "daan@example.com", &[]).await;
        assert_eq!((page.status.as_u16(), page.location()), (403, None), "{}", page.text);
        assert!(page.text.contains("You may not use Test application"), "{}", page.text);
        let back = page.after("href=\"http://127.0.0.1:9/cb?").unwrap().replace("&#38;", "&").replace("&amp;", "&");
        assert!(back.contains("error=access_denied") && back.contains("state=st") && back.contains("iss="), "{back}");
        // He is signed in all the same; it is this application that is not his.
        let again = ask(&world, &mut daan, &[]).await;
        assert_eq!((again.status.as_u16(), again.location()), (403, None));
        let silent = ask(&world, &mut daan, &[("prompt", "none")]).await;
        assert_eq!(answered(&silent, "error").as_deref(), Some("access_denied"));
        assert!(answered(&silent, "code").is_none());

        world.apply(&only("everyone")).await;
        assert!(answered(&ask(&world, &mut daan, &[]).await, "code").is_some());
    }

    /// S11, case 17, case 29, case 40: a role, a group, the list itself; the code that waits, the refresh, the token in use.
    async fn what_was_given_ends_when_access_is_taken_away(db: TestDb) {
        let world = World::start(db).await;
        world.apply("groups: [{name: Office, members: [daan@example.com, mila@example.com]}]").await;
        for (give, take) in [
            ("{roles: [driver]}", "people: [{email: daan@example.com, name: Daan Visser, roles: []}]".to_owned()),
            ("{groups: [Office]}", "groups: [{name: Office, members: [mila@example.com]}]".to_owned()),
            ("{people: [daan@example.com]}", only("{people: [mila@example.com]}")),
            ("everyone", only("{groups: [Office]}")),
        ] {
            world.apply(&only(give)).await;
            let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
            let waiting = answered(&ask(&world, &mut browser, &[]).await, "code").expect("a second code");
            world.apply(&take).await;
            let (status, refused) = refresh(&world, text(&t, "refresh_token")).await;
            assert_eq!((status, text(&refused, "error")), (400, "invalid_grant"), "{give}");
            assert_eq!(redeem(&world, &waiting).await.1["error"], "invalid_grant", "{give}");
            assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401, "{give}");
            assert!(is_logged(&world, &issue(text(&t, "access_token"))).await, "{give}");
            // Given back, it begins anew: what was revoked stays so.
            world.apply(&only("everyone")).await;
            assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400, "{give}");
        }
    }
}

/// S11: taking something away from one does nothing to another, nor to another application.
#[tokio::test]
async fn nobody_else_loses_anything() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(&only("{roles: [sales, driver]}")).await;
    let (_, mila) = tokens(&world, "mila@example.com", &[]).await;
    let daan = world.member("daan@example.com").await;
    world.apply("people: [{email: daan@example.com, name: Daan Visser, roles: []}]").await;
    assert_eq!(refresh(&world, text(&mila, "refresh_token")).await.0, 200);
    world.poll().await;
    let mut daan = daan;
    assert_eq!(daan.get(format!("{}/me", world.crm_url)).await.unwrap().status.as_u16(), 200);
}

/// S11: a file says it, tells it before, and says it a second time without doing anything.
#[tokio::test]
async fn a_file_says_who_may_use_an_application() {
    let world = World::start(TestDb::sqlite()).await;
    let lines = async |text: &str, dry: bool| {
        let file = zegel::idp::apply::File::parse("x.yaml", text).unwrap();
        let plan = match dry {
            true => zegel::idp::apply::plan(world.idp(), &file).await,
            false => zegel::idp::apply::apply(world.idp(), &file).await,
        };
        plan.unwrap().lines.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    // The secret is not in the file, and stays; the registration is as it was.
    let first = only("{people: [mila@example.com], roles: [driver]}");
    let said = [
        "~ application app: only those listed may use it",
        "+ application app for mila@example.com",
        "+ application app for role driver",
    ];
    assert_eq!(lines(&first, true).await, said);
    assert_eq!(lines(&first, false).await, said);
    assert!(lines(&first, false).await.is_empty());
    let next = only("{people: [mila@example.com]}");
    assert_eq!(lines(&next, false).await, ["- application app for role driver"]);
    assert_eq!(
        lines(&only("everyone"), false).await,
        ["~ application app: everyone may use it", "- application app for mila@example.com"]
    );
    for bad in ["nobody", "{people: [x]}", "{groups: [Nowhere]}", "{everyone: true}", "[mila@example.com]"] {
        let file = zegel::idp::apply::File::parse("x.yaml", &only(bad));
        let refused = match file {
            Err(_) => true,
            Ok(file) => zegel::idp::apply::plan(world.idp(), &file).await.is_err(),
        };
        assert!(refused, "{bad}");
    }
}
