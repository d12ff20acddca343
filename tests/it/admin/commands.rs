//! Administration by command, beside a running server.

use std::io::Write;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use reqwest::Method;
use serde_json::json;
use zegel::app::AppError;
use zegel::cli::{self, Administer, Command};

use super::{Caller, begin};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

/// Runs a command line, as whoever has the machine.
async fn run(world: &World, words: &[&str]) -> Result<String, AppError> {
    let line = ["zegel"].iter().chain(words).map(|w| (*w).to_owned());
    let command = match cli::parse(line, Vec::new()).unwrap_or_else(|e| panic!("{words:?}: {e}")).command {
        Command::People { command } => Administer::People(command),
        Command::Links { command } => Administer::Links(command),
        Command::Recoveries { command } => Administer::Recoveries(command),
        Command::Policies { command } => Administer::Policies(command),
        Command::Federation { command } => Administer::Federation(command),
        other => panic!("{other:?}"),
    };
    cli::administer(world.idp().env.settings.as_ref().clone(), command).await
}

async fn said(world: &World, words: &[&str]) -> String {
    run(world, words).await.unwrap_or_else(|e| panic!("{words:?}: {e}"))
}

async fn refused(world: &World, words: &[&str]) -> String {
    run(world, words).await.err().unwrap_or_else(|| panic!("{words:?} is refused")).to_string()
}

/// S5: people's coming and going by command, with the operator in the audit log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_come_and_go_by_command() {
    for db in [TestDb::sqlite(), TestDb::postgres().await] {
        let world = World::start(db).await;
        begin(&world).await;
        world.apply("groups: [{name: Sales, members: [mila@example.com]}]").await;
        let invite = [
            "people",
            "invite",
            "eva@example.com",
            "--name",
            "Eva Jansen",
            "--language",
            "nl",
            "--group",
            "Sales",
            "--role",
            "sales",
        ];
        let id = said(&world, &invite).await.lines().next().unwrap().to_owned();
        let list = said(&world, &["people", "invited"]).await;
        assert!(list.contains("eva@example.com") && list.contains("group:Sales sales"), "{list}");
        assert!(refused(&world, &["people", "invite", "daan@example.com", "--name", "D"]).await.contains("already"));
        said(&world, &["people", "uninvite", &id]).await;
        assert_eq!(said(&world, &["people", "invited"]).await, "Nobody is invited.");
        let why = refused(&world, &["people", "hand-over", "mila@example.com", "patricia@example.com"]).await;
        assert!(why.contains("somebody who works here"), "{why}");
        let done = said(&world, &["people", "hand-over", "mila@example.com", "daan@example.com", "--close"]).await;
        assert!(done.starts_with("0 grants, 0 invitations, 1 groups, account disabled."), "{done}");
        assert!(said(&world, &["people", "show", "mila@example.com"]).await.contains("may sign in    no"));
        said(&world, &["people", "enable", "mila@example.com"]).await;
        let why = refused(&world, &["people", "erase", "mila@example.com", "--confirm", "mila@example.com"]).await;
        assert!(why.contains("Disable it first"), "{why}");
        said(&world, &["people", "disable", "mila@example.com"]).await;
        let copy = said(&world, &["people", "export", "mila@example.com"]).await;
        assert!(copy.contains("\"email\": \"mila@example.com\""), "{copy}");
        let mila = world.id_of("mila@example.com").await;
        let why = refused(&world, &["people", "erase", &mila, "--confirm", "daan@example.com"]).await;
        assert!(why.contains("not the person"), "{why}");
        let copy = said(&world, &["people", "erase", &mila, "--confirm", "mila@example.com"]).await;
        assert!(copy.contains("Mila de Boer"), "{copy}");
        assert_eq!((world.noted("person.disabled", &mila).await, world.noted("person.erased", &mila).await), (2, 1));
        let by = "SELECT client_id FROM audit WHERE action = 'person.erased'";
        let (by,): (String,) = world.idp().db.query(zegel::kernel::db::Sql::literal(by)).one().await.unwrap();
        assert!(by.starts_with("command-line"), "{by}");
    }
}

/// S4, S5: the operator of the machine asks and decides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ways_back_are_decided_by_command() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    assert_eq!(said(&world, &["recoveries", "list"]).await, "Nobody waits.");
    let why = refused(&world, &["recoveries", "ask", "daan@example.com", "--lost", "all", "--reason", "phone"]).await;
    assert!(why.contains("what is lost"), "{why}");
    for (what, opens) in [("approve", true), ("refuse", false)] {
        said(&world, &["recoveries", "ask", "daan@example.com", "--lost", "factors", "--reason", "phone in the canal"]).await;
        let list = said(&world, &["recoveries", "list"]).await;
        assert!(list.contains("daan@example.com") && list.contains("phone in the canal"), "{list}");
        let id = list.split_whitespace().next().unwrap().to_owned();
        said(&world, &["recoveries", what, &id]).await;
        assert!(run(&world, &["recoveries", "approve", &id]).await.is_err(), "it is decided");
        // A command goes by the time of its machine, which is ahead of this server's.
        world.advance(600);
        let mail = world.newest("daan@example.com").await;
        assert_eq!(mail.contains("/recover/"), opens, "{mail}");
    }
}

/// S3, S5: a policy by command is the policy of pages and API.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_are_set_by_command() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("groups: [{name: Night shift}]").await;
    assert!(said(&world, &["policies", "list"]).await.starts_with("everyone  factors -  least -"));
    let set = [
        "policies",
        "set",
        "group:Night shift",
        "--factors",
        "passkey,authenticator",
        "--least",
        "password-app",
        "--sign-in-every",
        "720",
        "--remember-devices",
        "0",
    ];
    let line = said(&world, &set).await;
    assert!(
        line.ends_with(
            "(Night shift)  factors passkey,authenticator  least password-app  sign in every 720 min  remember 0 days"
        ),
        "{line}"
    );
    assert!(said(&world, &["policies", "list"]).await.contains("(Night shift)"));
    for (words, why) in [
        (["policies", "set", "staff", "--sign-in-every", "1"], "5 minutes"),
        (["policies", "set", "staff", "--least", "strong"], "levels"),
        (["policies", "set", "nobody", "--least", "passkey"], "everyone, staff"),
        (["policies", "set", "group:Nobody", "--least", "passkey"], "no group"),
        (["policies", "set", "application:none", "--least", "passkey"], "no such thing"),
    ] {
        let said = refused(&world, &words).await;
        assert!(said.contains(why), "{words:?}: {said}");
    }
    assert!(refused(&world, &["policies", "set", "staff"]).await.contains("zegel policies clear"));
    said(&world, &["policies", "clear", "group:Night shift"]).await;
    assert!(!said(&world, &["policies", "list"]).await.contains("Night shift"));
}

/// S1, S5: what applications are told of someone, by command, API and page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn standard_claims_are_said_by_administrators() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("claims.yaml");
    let file = path.to_str().unwrap();
    std::fs::write(&path, "given_name: Daan\naddress: {locality: Gouda}\n").unwrap();
    let shown = said(&world, &["people", "profile", "daan@example.com", file]).await;
    assert!(shown.contains("\"given_name\": \"Daan\"") && shown.contains("Gouda"), "{shown}");
    assert_eq!(said(&world, &["people", "profile", "daan@example.com"]).await, shown);
    std::fs::write(&path, "picture: nowhere\n").unwrap();
    assert!(refused(&world, &["people", "profile", "daan@example.com", file]).await.starts_with("picture: "));
    let ada = Caller::of(&world, "ada@example.com").await;
    let daan = ada.person("daan@example.com").await;
    let at = format!("/people/{daan}/profile");
    assert_eq!(ada.get(&at).await["address"]["locality"], "Gouda");
    let (status, wrong) = ada.ask(Method::PUT, &at, Some(json!({"website": "x"}))).await;
    assert!(status == 422 && wrong["fields"]["website"].is_string(), "{wrong}");
    assert_eq!(ada.ask(Method::PUT, &at, Some(json!({"nickname": "Dani"}))).await.0, 204);
    assert_eq!(ada.ask(Method::GET, "/people/nobody/profile", None).await.0, 404);
    let page = format!("{}/admin/people/{daan}/details", world.idp_url);
    let mut pages = world.member("ada@example.com").await;
    assert!(pages.get(&page).await.unwrap().text.contains("value=\"Dani\""));
    let wrong = pages.post(&page, &[("nickname", "Dani"), ("birthdate", "x")]).await.unwrap();
    assert!(
        wrong.status == 422 && wrong.text.contains("id=\"birthdate-error\"") && wrong.text.contains("value=\"Dani\""),
        "{}",
        wrong.text
    );
    let saved = pages.post(&page, &[("nickname", "Daantje")]).await.unwrap();
    assert_eq!(saved.url.path(), format!("/admin/people/{daan}"), "{}", saved.text);
    assert_eq!(ada.get(&at).await, json!({"nickname": "Daantje"}));
    assert_eq!(world.noted("profile.changed", &daan).await, 3);
}

/// S5, P13: links by command; a group is named.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_are_made_changed_and_removed_by_command() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("groups: [{name: Drivers, members: [daan@example.com]}]").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link.yaml");
    let file = path.to_str().unwrap();
    let write = |text: &str| std::fs::write(&path, text).unwrap();
    write("title: {en: Timesheets, nl: Urenstaten}\naddress: https://hours.example/\nfor: group\nwhom: Drivers\n");
    let id = said(&world, &["links", "make", file]).await;
    let list = said(&world, &["links", "list"]).await;
    assert!(list.starts_with(&format!("{id}  https://hours.example/  Timesheets  for group Drivers")), "{list}");
    let page = world.member("daan@example.com").await.get(format!("{}/", world.idp_url)).await.unwrap();
    assert!(page.text.contains("https://hours.example/"), "{}", page.text);
    write("title: Hours\naddress: https://hours.example/\nfor: everyone\nactive: false\n");
    said(&world, &["links", "change", &id, file]).await;
    assert!(said(&world, &["links", "list"]).await.ends_with("Hours  for everyone   hidden"));
    assert!(run(&world, &["links", "change", "none", file]).await.is_err());
    write("title: Hours\naddress: javascript:alert(1)\nfor: everyone\n");
    assert!(refused(&world, &["links", "make", file]).await.starts_with("address: "));
    write("title: Hours\naddress: https://hours.example/\nfor: group\nwhom: Nobody\n");
    assert!(refused(&world, &["links", "make", file]).await.contains("no group"));
    said(&world, &["links", "remove", &id]).await;
    assert_eq!(said(&world, &["links", "list"]).await, "No link.");
}

/// S5, S10: providers by command; the secret is printed nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn providers_are_seen_tried_and_ended_by_command() {
    let world = World::start(TestDb::sqlite()).await;
    let other = World::start_with(TestDb::sqlite(), Options { numeric: true, ..Options::default() }).await;
    let secret = "the-secret-of-the-house-at-the-partner-...";
    let (here, there) = (&other.idp_url, "http://127.0.0.1:9");
    world
        .apply(&format!(
            "upstreams:\n  - {{id: partner, name: Partner, issuer: \"{here}\", client_id: house, client_secret: \"{secret}\"}}\n  \
             - {{id: silent, name: Silent, issuer: \"{there}\", client_id: house, client_secret: \"{secret}\"}}\n"
        ))
        .await;
    assert!(said(&world, &["federation", "list"]).await.contains("partner"));
    let shown = said(&world, &["federation", "show", "partner"]).await;
    assert!(shown.contains("/federation/partner/callback") && !shown.contains(secret), "{shown}");
    let tried = said(&world, &["federation", "try", "partner"]).await;
    assert!(tried.contains(&format!("{here}/token")), "{tried}");
    assert!(run(&world, &["federation", "try", "silent"]).await.is_err());
    // Made and changed by the rule of the API: what is left out of secret and use stays, and what does not fit is said by field.
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let made = format!(
        "{{\"name\": \"Contoso\", \"issuer\": \"https://id.contoso.example\", \"client_id\": \"z\", \"client_secret\": \"{secret}\"}}"
    );
    let made = said(&world, &["federation", "set", "contoso", &file("made.json", made)]).await;
    assert!(made.ends_with(&format!("{}/federation/contoso/callback", world.idp_url)) && !made.contains(secret), "{made}");
    said(&world, &["federation", "disable", "contoso"]).await;
    let changed = file("changed.yaml", "name: Contoso B.V.\nissuer: https://id.contoso.example\nclient_id: z\n".into());
    said(&world, &["federation", "set", "contoso", &changed]).await;
    let shown = said(&world, &["federation", "show", "contoso"]).await;
    assert!(shown.starts_with("contoso: out of use") && shown.contains("Contoso B.V."), "{shown}");
    let moved = file("moved.yaml", "name: C\nissuer: https://elsewhere.example\nclient_id: z\n".into());
    assert!(refused(&world, &["federation", "set", "contoso", &moved]).await.starts_with("issuer: "));
    assert!(refused(&world, &["federation", "set", "new", &moved]).await.starts_with("client_secret: "));
    let odd = file("odd.yaml", "name: C\nissuer: https://elsewhere.example\nclient_id: z\ncolour: red\n".into());
    assert!(refused(&world, &["federation", "set", "new", &odd]).await.contains("colour"));
    assert!(refused(&world, &["federation", "set", "new", "/nowhere/at-all"]).await.contains("/nowhere/at-all"));
    assert_eq!(world.noted("federation.made", "contoso").await, 1);
    said(&world, &["federation", "link", "daan@example.com", "partner", "s-1"]).await;
    assert!(said(&world, &["federation", "links", "daan@example.com"]).await.starts_with("partner  s-1"));
    assert!(refused(&world, &["federation", "link", "mila@example.com", "partner", "s-1"]).await.contains("someone else"));
    said(&world, &["federation", "unlink", "daan@example.com", "partner"]).await;
    said(&world, &["federation", "disable", "partner"]).await;
    assert!(said(&world, &["federation", "list"]).await.contains("out of use"));
    said(&world, &["federation", "enable", "partner"]).await;
    said(&world, &["federation", "remove", "silent"]).await;
    assert!(run(&world, &["federation", "show", "silent"]).await.is_err());
}

/// Runs the program on an installation in `folder`: whether it ended well, and what it said.
fn program(folder: &Path, words: &[&str], input: &str) -> (bool, String) {
    let mut process = Process::new(env!("CARGO_BIN_EXE_zegel"));
    process.env_clear().env("ZEGEL_DATA", folder.join("data")).env("ZEGEL_KEYS", folder.join("keys")).env("ZEGEL_LOG", "error");
    process.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

/// S5: a command that is told of no installation says so, and begins none that it could tell of; a file may begin one, also on
/// standard input.
#[test]
fn a_command_tells_of_an_installation_that_is_there_and_begins_none() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["people", "list"][..],
        &["audit", "verify"],
        &["audit", "verify", "--half", "crm"],
        &["access-log", "new-epoch"],
        &["keys", "list"],
        &["replica", "rebuild"],
        &["why", "--module", "orders", "--record", "1", "--sub", "someone"],
    ] {
        let (done, said) = program(folder.path(), words, "");
        assert!(!done && said.contains("no installation here"), "{words:?}: {said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    let (done, said) = program(folder.path(), &["apply", "-"], "groups: [{name: Office}]");
    assert!(done && said.contains("group Office"), "{said}");
    let (done, said) = program(folder.path(), &["groups", "list"], "");
    assert!(done && said.contains("Office"), "{said}");
}
