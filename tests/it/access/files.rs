//! Grants by file and by command.

use serde_json::json;
use zegel::app::{self, Gift};
use zegel::contract::feed::Entry;
use zegel::idp::apply::{self, File};
use zegel::idp::feed;

use super::House;
use crate::on_both_engines;
use crate::support::postgres::TestDb;

async fn lines(house: &House, yaml: &str, dry: bool) -> Result<Vec<String>, String> {
    let file = File::parse("test.yaml", yaml).map_err(|e| e.to_string())?;
    let idp = house.world.idp();
    let plan = if dry { apply::plan(idp, &file).await } else { apply::apply(idp, &file).await };
    plan.map(|p| p.lines.iter().map(ToString::to_string).collect()).map_err(|e| e.to_string())
}

on_both_engines! {
    /// S5, P11: a file gives, changes and takes grants; a second time it does nothing, and a dry run writes nothing.
    async fn a_file_makes_grants_as_written(db: TestDb) {
        let house = House::new(db).await;
        let before = house.log().await.len();
        let give = r#"
people: [{email: new@example.com, name: New Person, staff: true, password: correct horse battery}]
grants:
  - {relation: smit, person: new@example.com, level: reader, until: 2100-01-01, reason: help}
  - {relation: r2, group: sales team, level: contributor}
"#;
        let expected = [
            "+ person new@example.com (New Person, staff)",
            "~ person new@example.com: password",
            "+ grant reader on Bakkerij Smit to new@example.com, until 2099-12-31T23:00:00.000Z",
            "+ grant contributor on Visser BV to group sales team",
        ];
        assert_eq!(lines(&house, give, true).await.unwrap(), expected);
        assert_eq!(house.log().await.len(), before, "a dry run writes nothing");
        assert_eq!(lines(&house, give, false).await.unwrap(), expected);
        assert!(lines(&house, give, false).await.unwrap().is_empty());
        let grants = house.since(before).await.into_iter().filter(|e| matches!(e, Entry::Grant { present: true, .. })).count();
        assert_eq!(grants, 2);
        let change = r#"grants: [{relation: smit, person: new@example.com, level: manager}, {relation: r2, group: sales team, present: false}]"#;
        assert_eq!(lines(&house, change, false).await.unwrap(), [
            "~ grant on Bakkerij Smit to new@example.com: level reader -> manager, until 2099-12-31T23:00:00.000Z -> none, reason",
            "- grant contributor on Visser BV from group sales team",
        ]);
        assert!(lines(&house, change, false).await.unwrap().is_empty());
        let token = house.token("new@example.com").await;
        let daan = house.id_of("daan@example.com").await;
        assert_eq!(house.give(&token, "r1", json!({"holder": {"person": daan}, "level": "reader"})).await.0, 201);
        let by: (Option<String>,) = house.world.idp().db
            .query(zegel::sql!("SELECT client_id FROM audit WHERE action = 'grant.taken'")).one().await.unwrap();
        assert!(by.0.is_some_and(|by| by.starts_with("command-line uid ")));
    }

    /// What a file can't ask for is said with its place, and nothing of the file is made.
    async fn a_relation_that_nobody_told_of_is_a_fault(db: TestDb) {
        let house = House::new(db).await;
        house.push(json!([{"id": "r9", "name": "Old", "active": false}])).await;
        let before = house.log().await.len();
        let refused = async |yaml: &str| lines(&house, yaml, false).await.unwrap_err();
        let both = refused("grants: [{relation: r1, person: mila@example.com, level: reader}, {relation: nowhere, person: mila@example.com, level: reader}]").await;
        assert!(both.contains("grants[1].relation: there is no relation \"nowhere\""), "{both}");
        assert!(refused("grants: [{relation: r9, person: mila@example.com, level: reader}]").await.contains("was put away"));
        assert!(refused("grants: [{relation: r1, person: nobody@example.com, level: reader}]").await.contains("grants[0]: there is no person"));
        assert!(refused("grants: [{relation: r1, group: nobody, level: reader}]").await.contains("there is no group"));
        assert!(refused("grants: [{relation: r1, person: mila@example.com, level: owner}]").await.contains("owner"));
        let twice = "grants: [{relation: r1, person: mila@example.com, level: reader}, {relation: r1, person: Mila@example.com, present: false}]";
        assert!(refused(twice).await.contains("twice"));
        assert_eq!(house.log().await.len(), before);
    }
}

/// S5: the commands do what the API does, next to a running server, as the command line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_list_give_and_take_beside_a_running_server() {
    for db in [TestDb::sqlite(), TestDb::postgres().await] {
        let house = House::new(db).await;
        let settings = || house.world.idp().env.settings.as_ref().clone();
        let gift = Gift {
            relation: "smit".into(),
            who: "group:sales team".into(),
            level: "reader".into(),
            reason: Some("for the season".into()),
            ..Gift::default()
        };
        let said = app::give_grant(settings(), gift.clone()).await.unwrap();
        assert!(said.starts_with("+ grant reader on Bakkerij Smit to group sales team"), "{said}");
        assert_eq!(app::give_grant(settings(), gift.clone()).await.unwrap(), "Everything is as written.");
        let list = app::list_grants(settings(), "smit").await.unwrap();
        assert!(
            list.starts_with("Bakkerij Smit (r1)") && list.contains("reader       sales team  - to -  for the season"),
            "{list}"
        );
        house.world.advance(30);
        let said = app::take_grant(settings(), "r1", "group:sales team").await.unwrap();
        assert!(
            said.starts_with("- grant reader on Bakkerij Smit") && said.contains("Not acknowledged yet by: record-store."),
            "{said}"
        );
        assert!(app::give_grant(settings(), Gift { level: "owner".into(), ..gift.clone() }).await.is_err());
        assert!(app::list_grants(settings(), "nowhere").await.is_err());
        let before = feed::store::head_now(&house.world.idp().db).await.unwrap();
        app::new_epoch(settings()).await.unwrap();
        assert_ne!(feed::store::head_now(&house.world.idp().db).await.unwrap().epoch, before.epoch);
    }
}

/// The page's example is one.
#[tokio::test]
async fn the_example_of_grants_applies() {
    let house = House::new(TestDb::sqlite()).await;
    house.push(json!([{"id": "r1", "name": "Bakkerij Smit", "external_key": "bakkerij-smit", "active": true}])).await;
    let (page, example) = (include_str!("../../../docs/apply.md"), include_str!("../../../examples/apply/access.yaml"));
    assert!(page.contains(example.trim()), "docs/apply.md shows the example");
    house.world.apply("groups: [{name: drivers}]").await;
    assert_eq!(lines(&house, example, false).await.unwrap().len(), 1, "Mila manages it, and Daan has nothing");
}
