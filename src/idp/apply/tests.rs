//! Applying files to a provider on an embedded database, with a clock and chance that stand still.

use std::sync::Arc;

use super::*;
use crate::config::Settings;
use crate::contract::feed::Entry;
use crate::idp::credentials::authenticator;
use crate::idp::oidc::store::{Issue, insert_issue};
use crate::idp::people::EmailKey;
use crate::idp::sessions::{self, Session};
use crate::idp::testing::{mail_results, place};
use crate::idp::{Idp, clients, feed, people, signin};
use crate::kernel::Env;
use crate::kernel::clock::{ManualClock, Timestamp};
use crate::kernel::delivery::{Delivery, DeliverySettings};
use crate::kernel::entropy::{Entropy, SeededEntropy};
use crate::kernel::http::Context;
use crate::kernel::pages::Texts;
use crate::kernel::root::RootKey;
use crate::sql;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const HASH: &str = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$Gm3pZKXKVvN0aQ2UqVmGBQ7UQEo8UJpPo3eDA8n3mpc";

struct Provider {
    idp: Arc<Idp>,
    _dir: tempfile::TempDir,
}

/// What the record store was given by a person in the session `s1`, beyond its end.
fn offline(id: &str, person: &str) -> Issue {
    Issue {
        id: id.into(),
        client_id: crate::idp::own::RECORD_STORE.into(),
        person_id: person.into(),
        session_id: "s1".into(),
        scope: "openid".into(),
        resource: "http://localhost:8500".into(),
        nonce: None,
        offline: true,
        details: None,
        revoked_at: None,
        claims: None,
        acr: None,
        amr: None,
        auth_at: None,
    }
}

impl Provider {
    async fn given(&self, issue: Issue) {
        let given = self.idp.db.write(issue, |i, mut tx| Box::pin(async move { insert_issue(&mut tx, i, NOW).await }));
        given.await.unwrap();
    }

    async fn start(capture: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().display().to_string();
        let capture = capture.to_string();
        let settings = Settings::with(&[("data", &data), ("hash_memory", "64"), ("hash_passes", "1"), ("capture", &capture)]);
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
        let clock = Arc::new(ManualClock::at(NOW));
        let env = Env {
            clock: clock.clone(),
            root: Arc::new(RootKey::random(entropy.as_ref())),
            entropy: Arc::clone(&entropy),
            settings: Arc::new(settings.unwrap()),
            http: reqwest::Client::new(),
            texts: Texts::load().unwrap(),
        };
        let delivery = Delivery::new(&DeliverySettings::default(), clock, entropy).unwrap();
        Self { idp: Idp::open(env, delivery).await.unwrap(), _dir: dir }
    }

    async fn apply(&self, text: &str) -> Vec<String> {
        let plan = apply(&self.idp, &file(text)).await.unwrap();
        plan.lines.iter().map(Line::to_string).collect()
    }

    async fn refused(&self, text: &str) -> String {
        let parsed = File::parse("x.yaml", text);
        let file = match parsed {
            Err(e) => return e.to_string(),
            Ok(file) => file,
        };
        let before = self.counts().await;
        let said = apply(&self.idp, &file).await.unwrap_err().to_string();
        assert_eq!(self.counts().await, before, "something was written, although: {said}");
        said
    }

    /// Rows of everything that applying writes.
    async fn counts(&self) -> Vec<i64> {
        let mut snapshot = self.idp.db.snapshot().await.unwrap();
        let mut out = Vec::new();
        for statement in [
            sql!("SELECT COUNT(*) FROM people"),
            sql!("SELECT COUNT(*) FROM groups"),
            sql!("SELECT COUNT(*) FROM group_members"),
            sql!("SELECT COUNT(*) FROM role_assignments"),
            sql!("SELECT COUNT(*) FROM clients"),
            sql!("SELECT COUNT(*) FROM access_log"),
            sql!("SELECT COUNT(*) FROM audit"),
            sql!("SELECT COUNT(*) FROM outbox"),
        ] {
            out.push(snapshot.tx().q(statement).one::<(i64,)>().await.unwrap().0);
        }
        out
    }

    async fn log(&self) -> Vec<Entry> {
        let mut snapshot = self.idp.db.snapshot().await.unwrap();
        let mut tx = snapshot.tx();
        let log = feed::store::after(&mut tx, 0, 1000).await.unwrap();
        let names = feed::store::names(&mut tx, &log).await.unwrap();
        log.into_iter().map(|p| p.named(&names).entry).collect()
    }

    async fn person(&self, email: &str) -> (people::Person, people::store::Credentials) {
        let key = EmailKey::parse(email).unwrap();
        let mut snapshot = self.idp.db.snapshot().await.unwrap();
        let person = people::store::by_email(&mut snapshot.tx(), &key).await.unwrap().unwrap();
        let credentials = people::store::credentials(&mut snapshot.tx(), &key).await.unwrap().unwrap();
        (person, credentials)
    }

    async fn sign_in(&self, email: &str, id: &'static str) {
        let person_id = self.person(email).await.0.id;
        let shown = mail_results(NOW);
        let session = Session::begun(id.into(), person_id, &shown, Timestamp(NOW.0 + 1_000_000)).unwrap();
        let place = place(id, &Context::of_program(String::new()));
        let work = self.idp.db.write((session, shown, place), |(s, shown, place), mut tx| {
            Box::pin(async move { sessions::store::insert(&mut tx, s, shown, place).await })
        });
        work.await.unwrap();
    }

    async fn is_live(&self, session: &str) -> bool {
        let mut snapshot = self.idp.db.snapshot().await.unwrap();
        sessions::store::by_id(&mut snapshot.tx(), session).await.unwrap().unwrap().is_live(NOW)
    }
}

fn file(text: &str) -> File {
    File::parse("x.yaml", text).unwrap()
}

const TEAM: &str = "
people:
  - { email: Daan@Example.com, name: Daan Visser, language: nl, phone: 06 12345678, staff: true, groups: [drivers] }
  - { email: mila@example.com, name: Mila, staff: true, roles: [sales] }
groups:
  - { name: drivers, roles: [driver] }
";

#[tokio::test]
async fn a_second_time_changes_nothing_and_appends_nothing() {
    let p = Provider::start(false).await;
    let lines = p.apply(TEAM).await;
    assert_eq!(
        lines,
        [
            "+ person Daan@Example.com (Daan Visser, staff)",
            "+ mail to Daan@Example.com with a link, good for one use, to choose a password",
            "+ person mila@example.com (Mila, staff)",
            "+ mail to mila@example.com with a link, good for one use, to choose a password",
            "+ group drivers",
            "+ member Daan@Example.com in drivers",
            "+ role sales to mila@example.com",
            "+ role driver to group drivers",
        ]
    );
    let daan = p.person("daan@example.com").await.0;
    assert_eq!((daan.language.as_str(), daan.phone.as_deref(), daan.active), ("nl", Some("+31612345678"), true));
    assert!(p.log().await.contains(&daan.entry()));
    let before = p.counts().await;
    // Two links are in the outbox, and stay the only ones.
    assert_eq!(before.last(), Some(&2));
    assert_eq!(p.apply(TEAM).await, [""; 0]);
    assert_eq!(p.counts().await, before);
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    let p = Provider::start(false).await;
    let before = p.counts().await;
    let dry = plan(&p.idp, &file(TEAM)).await.unwrap();
    assert_eq!(p.counts().await, before);
    assert_eq!(dry, apply(&p.idp, &file(TEAM)).await.unwrap());
    assert!(dry.to_string().ends_with("8 differences."), "{dry}");
    let changed = "people: [{ email: DAAN@example.com, name: Daan, staff: false }]";
    let dry = plan(&p.idp, &file(changed)).await.unwrap();
    assert_eq!(dry.lines[0].to_string(), "~ person Daan@Example.com: name Daan Visser -> Daan, staff yes -> no");
    assert_eq!(p.apply(changed).await.len(), 1);
}

#[tokio::test]
async fn a_list_is_the_whole_list_and_no_list_changes_nothing() {
    let p = Provider::start(false).await;
    p.apply(TEAM).await;
    assert_eq!(p.apply("people: [{ email: daan@example.com, name: Daan Visser }]\ngroups: [{ name: drivers }]").await.len(), 0);
    let lines = p.apply("groups: [{ name: drivers, members: [mila@example.com], roles: [] }]").await;
    assert_eq!(
        lines,
        ["+ member mila@example.com in drivers", "- member Daan@Example.com from drivers", "- role driver from group drivers",]
    );
    let lines = p.apply("roles: [{ name: sales, people: [daan@example.com], groups: [drivers] }]").await;
    assert_eq!(
        lines,
        ["+ role sales to Daan@Example.com", "- role sales from mila@example.com", "+ role sales to group drivers"]
    );
    let lines = p.apply("people: [{ email: mila@example.com, name: Mila, groups: [], phone: '' }]").await;
    assert_eq!(lines, ["- member mila@example.com from drivers"]);
    // What is said from both sides is one difference.
    let both = "people: [{ email: mila@example.com, name: Mila, groups: [drivers], roles: [a] }]
groups: [{ name: drivers, members: [mila@example.com] }]
roles: [{ name: a, people: [mila@example.com] }]";
    assert_eq!(p.apply(both).await, ["+ member mila@example.com in drivers", "+ role a to mila@example.com"]);
}

#[tokio::test]
async fn a_bad_file_says_where_and_writes_nothing() {
    let p = Provider::start(false).await;
    let good = "people:\n  - { email: good@example.com, name: Good }\n";
    for (bad, expected) in [
        ("  - { email: GOOD@example.com, name: Again }", "people[1].email: GOOD@example.com is there twice"),
        ("  - { email: a@b@c, name: A }", "people[1].email: \"a@b@c\" is not an e-mail address"),
        ("  - { email: a@example.com, name: ' ' }", "people[1].name: a name has"),
        ("  - { email: a@example.com, name: A, language: de }", "people[1].language: one of en, nl, pl, tr"),
        ("  - { email: a@example.com, name: A, phone: '12' }", "people[1].phone: not a phone number"),
        ("  - { email: a@example.com, name: A, groups: [nobodies] }", "people[1].groups: there is no group \"nobodies\""),
        (
            "  - { email: a@example.com, name: A, password_hash: $2b$10$abc }",
            "people[1].password_hash: it begins like a hash of bcrypt",
        ),
        ("groups: [{ name: g, members: [nobody@example.com] }]", "groups[0].members[0]: there is no person nobody@example.com"),
        (
            "groups: [{ name: g, members: [] }]\nroles: [{ name: r, groups: [] }, { name: r }]",
            "roles[1].name: the role \"r\" is there twice",
        ),
        (
            "  - { email: a@example.com, name: A, groups: [g] }\ngroups: [{ name: g, members: [] }]",
            "people[1].groups: names g, but the list at groups[0].members does not name a@example.com",
        ),
        ("applications: [{ client_id: record-store, client_name: X }]", "applications[0].client_id: record-store is"),
        (
            "applications: [{ client_id: x, client_name: X, redirect_uris: ['http://x.example/'] }]",
            "applications[0].redirect_uris",
        ),
        (
            "applications: [{ client_id: x, client_name: X, redirect_uris: ['https://x.example/'], client_secret: short }]",
            "applications[0].client_secret: 32 to",
        ),
        (
            "applications: [{ client_id: x, client_name: X, redirect_uris: ['https://x.example/'] }]",
            "applications[0].client_secret: it has no secret yet",
        ),
    ] {
        let said = p.refused(&format!("{good}{bad}\n")).await;
        assert!(said.contains(expected), "{bad}\n{said}");
    }
}

/// case 10
#[tokio::test]
async fn an_unknown_key_is_refused_with_its_line_and_path() {
    let p = Provider::start(false).await;
    let said = p.refused("people:\n  - email: a@example.com\n    nmae: A\n").await;
    assert!(said.starts_with("people[0]: unknown field `nmae`") && said.contains("line 3"), "{said}");
    let said = p.refused("applications:\n  - client_id: a\n    client_name: A\n    sub: admin\n").await;
    assert!(said.starts_with("applications[0]: unknown field `sub`") && said.contains("line"), "{said}");
    let said = p.refused("{\"people\": [],\n \"poeple\": []}").await;
    assert!(said.contains("unknown field `poeple`") && said.contains("line 2"), "{said}");
    assert!(p.refused("").await.contains("empty"));
    assert!(p.refused("people: [").await.contains("line"));
    assert!(p.refused("people: []\npeople: []\n").await.contains("duplicate"));
    let path = std::path::Path::new("/nonexistent/x.yaml");
    assert!(from_path(&p.idp, path, true).await.unwrap_err().to_string().starts_with("/nonexistent/x.yaml: "));
}

#[test]
fn json_is_read_as_json() {
    let text = r#"{"people": [{"email": "a@example.com", "name": "\ud83d\ude80"}]}"#;
    assert_eq!(File::parse("x", text).unwrap().people[0].name, "🚀");
    assert_eq!(File::parse("x", "{ people: [{ email: a@example.com, name: A }] }").unwrap().people.len(), 1);
}

/// case 27
#[tokio::test]
async fn no_error_and_no_line_repeats_a_secret() {
    let p = Provider::start(true).await;
    for bad in [
        r#"{"people": [{"email": "a@example.com", "name": "A", "password": 8675309123}]}"#,
        r#"{"applications": [{"client_id": "a", "client_name": "A", "client_secret": 8675309123}]}"#,
        "people: [{ email: a@example.com, name: A, password: [8675309123] }]",
    ] {
        let said = p.refused(bad).await;
        assert!(!said.contains("8675309") && said.contains("in quotes"), "{said}");
    }
    let file = file("people: [{ email: a@example.com, name: A, password: hunter2hunter2 }]");
    assert!(!format!("{file:?}").contains("hunter2"));
    assert!(!plan(&p.idp, &file).await.unwrap().to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_plain_password_is_for_capture_mode_only() {
    let text =
        "people: [{ email: a@example.com, name: A, password: correct horse, authenticator: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ }]";
    let said = Provider::start(false).await.refused(text).await;
    assert!(said.contains("people[0].password: a password in plain") && said.contains("give its hash"), "{said}");
    assert!(said.contains("people[0].authenticator"), "{said}");
    let p = Provider::start(true).await;
    assert_eq!(p.apply(text).await.len(), 3);
    let (person, stored) = p.person("a@example.com").await;
    assert!(p.idp.hasher.verify(stored.password, "correct horse".into()).await.unwrap());
    let sealed = stored.authenticator.unwrap();
    assert!(!sealed.contains("GEZDG"));
    let code = authenticator::code_at(b"12345678901234567890", NOW).into();
    assert!(authenticator::matching_step(&p.idp.env.root, &person.id, &sealed, &code, NOW).unwrap().is_some());
    let before = p.counts().await;
    // No link is mailed to someone who has a password, and nothing is hashed or sealed anew.
    assert_eq!(before.last(), Some(&0));
    assert_eq!(p.apply(text).await, [""; 0]);
    p.sign_in("a@example.com", "s1").await;
    p.given(offline("i1", &person.id)).await;
    assert_eq!(
        p.apply(&text.replace("horse", "donkey")).await,
        ["~ person a@example.com: password; every session ends, and offline access"]
    );
    assert!(!p.is_live("s1").await);
    assert!(p.log().await.contains(&Entry::IssueRevoked { issue: "i1".into() }));
    let other_seed = text.replace("horse", "donkey").replace("GEZDG", "GEZDH");
    assert_eq!(p.apply(&other_seed).await, ["~ person a@example.com: authenticator app; every session ends, and offline access"]);
    assert_eq!(p.person("a@example.com").await.0, person);
}

#[tokio::test]
async fn a_hash_is_taken_and_set_again_only_when_it_differs() {
    let p = Provider::start(false).await;
    let text = format!("people: [{{ email: a@example.com, name: A, password_hash: '{HASH}' }}]");
    assert_eq!(p.apply(&text).await, ["+ person a@example.com (A)", "~ person a@example.com: password"]);
    let stored = p.person("a@example.com").await.1.password.unwrap();
    let value = HASH.rsplit('$').next().unwrap();
    assert!(stored.starts_with("sealed1$argon2id,") && !stored.contains(value), "sealed until its person signs in: {stored}");
    assert_eq!(p.apply(&text).await, [""; 0]);
}

/// case 25: a hash of another cost, which takes longer or shorter to check than where there is no account, is made anew at
/// the first right password; the file that brought it brings nothing new after that.
#[tokio::test]
async fn a_hash_of_another_cost_is_replaced_at_the_first_right_password() {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let p = Provider::start(false).await;
    let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(128, 3, 1, Some(24)).unwrap());
    let imported = other.hash_password(b"correct horse").unwrap().to_string();
    let text = format!("people: [{{ email: a@example.com, name: A, password_hash: '{imported}' }}]");
    p.apply(&text).await;
    let context = Context { request_id: "r".into(), ip: [127, 0, 0, 1].into(), user_agent: String::new() };
    let sign_in = async |password: &str| {
        let token = signin::flow::begin(&p.idp, &context, signin::flow::Cause::default()).await.unwrap();
        let ready = signin::finish::Ready::of(&p.idp, &context, &token, signin::finish::Browser::default()).unwrap();
        let outcome = signin::flow::password(&p.idp, &context, ready, "a@example.com", password.into()).await.unwrap();
        match outcome {
            signin::flow::PasswordOutcome::Right(signin::finish::Taken::Next) => true,
            signin::flow::PasswordOutcome::Wrong => false,
            other => panic!("{other:?}"),
        }
    };
    let stored = async || p.person("a@example.com").await.1.password.unwrap();
    let taken = stored().await;
    assert!(!sign_in("wrong").await);
    assert_eq!(stored().await, taken);
    assert!(sign_in("correct horse").await);
    let anew = stored().await;
    assert!(anew != taken && !p.idp.hasher.is_outdated(&anew));
    assert_eq!(p.apply(&text).await, [""; 0], "the file says nothing new");
    assert!(sign_in("correct horse").await);
    assert_eq!(stored().await, anew, "once");
}

/// case 29
#[tokio::test]
async fn disabling_a_person_ends_every_session_at_once() {
    let p = Provider::start(false).await;
    p.apply(TEAM).await;
    p.sign_in("daan@example.com", "s1").await;
    p.sign_in("daan@example.com", "s2").await;
    p.sign_in("mila@example.com", "s3").await;
    let off = "people: [{ email: daan@example.com, name: Daan Visser, active: false }]";
    assert_eq!(p.apply(off).await, ["~ person Daan@Example.com: disabled; every session ends"]);
    assert!(!p.is_live("s1").await && !p.is_live("s2").await && p.is_live("s3").await);
    let (daan, _) = p.person("daan@example.com").await;
    let log = p.log().await;
    assert!(!daan.active && log.contains(&daan.entry()));
    for sid in ["s1", "s2"] {
        assert!(log.contains(&Entry::SessionEnded { sid: sid.into() }));
    }
    assert_eq!(p.apply(off).await, [""; 0]);
}

/// case 29
#[tokio::test]
async fn disabling_an_application_revokes_what_it_was_given_for_good() {
    let p = Provider::start(false).await;
    p.apply(TEAM).await;
    let on = "applications: [{ client_id: a, client_name: A, token_endpoint_auth_method: none, redirect_uris: ['https://a.example/cb'] }]";
    p.apply(on).await;
    p.sign_in("daan@example.com", "s1").await;
    let person = p.person("daan@example.com").await.0.id;
    p.given(Issue { client_id: "a".into(), offline: false, ..offline("i1", &person) }).await;
    let lines = p.apply(&on.replace("client_id: a,", "client_id: a, enabled: false,")).await;
    assert_eq!(lines, ["~ application a: disabled; everything that it was given ends"]);
    let log = p.log().await;
    assert!(log.contains(&Entry::Client { client_id: "a".into(), enabled: false }));
    assert!(log.contains(&Entry::IssueRevoked { issue: "i1".into() }));
    // The key is left out: it stays disabled.
    assert_eq!(p.apply(on).await, [""; 0]);
    // The person stays signed in: another application has nothing to do with it.
    assert!(p.is_live("s1").await);
}

#[tokio::test]
async fn of_a_client_secret_only_the_keyed_hash_is_kept() {
    let p = Provider::start(false).await;
    let secret = "0123456789abcdef0123456789abcdef";
    let text = format!(
        "applications: [{{ client_id: a, client_name: A, redirect_uris: ['https://a.example/cb'], client_secret: {secret} }}]"
    );
    assert_eq!(p.apply(&text).await, ["+ application a (A)"]);
    assert_eq!(p.apply(&text).await, [""; 0]);
    let mut snapshot = p.idp.db.snapshot().await.unwrap();
    let client = clients::store::by_id(&mut snapshot.tx(), "a").await.unwrap().unwrap();
    assert_eq!(client.secret_hash, Some(p.idp.env.root.token_hash("client-secret", secret).unwrap()));
    assert!(client.enabled && client.metadata.require_pkce);
    drop(snapshot);
    let without = text.replace(&format!(", client_secret: {secret}"), "").replace("A,", "B,");
    assert_eq!(p.apply(&without).await, ["~ application a: client_name"]);
    let other = text.replace("0123", "3210");
    assert_eq!(p.apply(&other).await, ["~ application a: client_name, client_secret"]);
}

#[tokio::test]
async fn a_large_file_is_made_in_several_transactions() {
    let p = Provider::start(false).await;
    let people = (0..700).map(|n| PersonForm {
        email: format!("p{n}@example.com"),
        name: format!("P {n}"),
        roles: Some(vec!["r".into()]),
        active: Some(false),
        ..PersonForm::default()
    });
    let file = File { people: people.collect(), ..File::default() };
    let plan = apply(&p.idp, &file).await.unwrap();
    assert_eq!((plan.lines.len(), plan.transactions), (1400, 3));
    assert!(apply(&p.idp, &file).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_example_of_the_documentation_applies() {
    let p = Provider::start(false).await;
    let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/apply/company.yaml"));
    let dry = from_path(&p.idp, path, true).await.unwrap();
    assert_eq!(from_path(&p.idp, path, false).await.unwrap(), dry);
    assert!(from_path(&p.idp, path, false).await.unwrap().is_empty());
    let page = include_str!("../../../docs/apply.md");
    assert!(page.contains(include_str!("../../../examples/apply/company.yaml").trim()), "docs/apply.md shows the example");
}
