//! Every table that has a person or a group in it, and what becomes of its rows when that one is erased; what a person's copy has of
//! them; and what of it "this wasn't me" takes back. A table that is in the schema and not here fails.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zegel::idp::admin::federation::flow as providers;
use zegel::idp::admin::gate::Asking;
use zegel::idp::admin::groups;
use zegel::idp::admin::people::leaving;
use zegel::idp::people::profile::Profile;
use zegel::idp::people::profile_store;
use zegel::kernel::clock::Clock;
use zegel::kernel::db::{DbError, Sql};
use zegel::kernel::root::Purpose;

use crate::access::House;
use crate::on_both_engines;
use crate::source::none;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// What becomes of a row about someone who is erased.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// There is none any more.
    Goes,
    /// It stays by the person's number, for this reason, with nothing in it that says who that was.
    Stays(&'static str),
}
use Fate::{Goes, Stays};

/// A table with a column that has a person's number: what becomes of its rows, how one is made for `$1` (where the program doesn't
/// make it below), and where his copy has it, or why not.
type Table = (&'static str, &'static str, Fate, &'static str, Result<&'static str, &'static str>);

const SECRET: &str = "it opens something, or proves that something does";
const PASSING: &str = "it is over within a day, and says nothing that is not said elsewhere";
const BEHIND: &str = "it stands in the copy by its effect";

/// The order is that in which rows are made: what refers to a row comes after it.
const TABLES: &[Table] = &[
    ("people_search", "person_id", Goes, "", Err(BEHIND)),
    (
        "group_members",
        "person_id",
        Goes,
        "INSERT INTO group_members (group_id, person_id) VALUES ('traces', $1)",
        Ok("/groups/0/name"),
    ),
    (
        "role_assignments",
        "holder_id",
        Goes,
        "INSERT INTO role_assignments (holder_kind, holder_id, role) VALUES ('person', $1, 'sales')",
        Ok("/roles/0"),
    ),
    (
        "signins",
        "person_id",
        Goes,
        "INSERT INTO signins (id, token_hash, request, person_id, generation, sends, tries, created_at, expires_at) VALUES ('t', 't', 'Vanishing', $1, 0, 0, 0, 1, 1)",
        Err(PASSING),
    ),
    (
        "sessions",
        "person_id",
        Stays("what was issued names it"),
        "INSERT INTO sessions (id, token_hash, person_id, acr, amr, auth_at, ip, user_agent, created_at, expires_at) VALUES ('t', 't', $1, 'x', '[]', 1, 'Vanishing', 'Vanishing', 1, 1)",
        Err("it is not signed in any more"),
    ),
    (
        "issues",
        "person_id",
        Stays("the access log names it"),
        "INSERT INTO issues (id, client_id, person_id, session_id, scope, resource, nonce, offline, created_at, details, claims) VALUES ('t', 'app', $1, 't', 'openid', '', 'Vanishing', TRUE, 1, 'Vanishing', 'Vanishing')",
        Ok("/applications/0/client_id"),
    ),
    (
        "backchannel_requests",
        "person_id",
        Goes,
        "INSERT INTO backchannel_requests (id, hash, client_id, person_id, scope, resource, acr, message, pause, created_at, expires_at) VALUES ('t', 't', 'app', $1, 'openid', '', '', 'Vanishing', 5, 1, 1)",
        Err(PASSING),
    ),
    (
        "links",
        "person_id",
        Goes,
        "INSERT INTO links (hash, kind, person_id, created_at, expires_at) VALUES ('t', 'password', $1, 1, 1)",
        Err(SECRET),
    ),
    ("challenges", "actor_id", Stays("a receipt is over it"), "", Err("it is about somebody else's record")),
    (
        "grants",
        "holder_id",
        Stays("who had what stays known by number"),
        "INSERT INTO grants (id, relation_id, holder_kind, holder_id, level, reason, granted_at) VALUES ('t', 'r1', 'person', $1, 2, 'Vanishing', 1)",
        Ok("/grants/0/reason"),
    ),
    ("grants", "granted_by", Stays("who gave it"), "", Err("it is about somebody else")),
    (
        "invitations",
        "person_id",
        Stays("a grant came of it"),
        "INSERT INTO invitations (id, client_id, relation_id, email, email_key, name, language, level, reason, invited_by, made_at, token_hash, expires_at, accepted_at, person_id) VALUES ('t', 'desk', 'r1', 'Vanishing', 'vanishing', 'Vanishing', 'en', 1, 'Vanishing', 'x', 1, 't', 1, 1, $1)",
        Ok("/invitations/0/name"),
    ),
    ("invitations", "invited_by", Stays("who invited"), "", Err("it is about somebody else")),
    (
        "application_access",
        "holder_id",
        Goes,
        "INSERT INTO application_access (client_id, holder_kind, holder_id) VALUES ('app', 'person', $1)",
        Err(BEHIND),
    ),
    (
        "web_links",
        "audience_id",
        Goes,
        "INSERT INTO web_links (id, title, address, audience_kind, audience_id, active, made_at, updated_at) VALUES ('t', '\"Vanishing\"', 'https://x.example/', 'person', $1, TRUE, 1, 1)",
        Ok("/links/0/title"),
    ),
    ("web_links", "made_by", Stays("who made it"), "", Err("it is for others")),
    (
        "favourites",
        "person_id",
        Goes,
        "INSERT INTO favourites (person_id, tile, made_at) VALUES ($1, 'app:app', 1)",
        Ok("/favourites/0"),
    ),
    (
        "remembered_devices",
        "person_id",
        Goes,
        "INSERT INTO remembered_devices (id, token_hash, person_id, factor, shown_at, used_at, expires_at, ip, user_agent) VALUES ('t', 't', $1, 'mail', 1, 1, 9000000000000, 'Vanishing', 'Vanishing')",
        Ok("/remembered_devices/0/browser"),
    ),
    (
        "passkeys",
        "person_id",
        Goes,
        "INSERT INTO passkeys (id, person_id, credential_hash, sealed, name, counter, synced, created_at) VALUES ('t', $1, 't', 't', 'Vanishing', 0, FALSE, 1)",
        Ok("/factors/passkeys/0/name"),
    ),
    (
        "ceremonies",
        "person_id",
        Goes,
        "INSERT INTO ceremonies (id, owner, person_id, purpose, sealed, created_at, expires_at) VALUES ('t', 't', $1, 't', 't', 1, 1)",
        Err(PASSING),
    ),
    ("ceremonies", "owner", Stays("a sign-in or session, never a person"), "", Err(PASSING)),
    (
        "recovery_codes",
        "person_id",
        Goes,
        "INSERT INTO recovery_codes (person_id, hash, created_at) VALUES ($1, 't', 1)",
        Ok("/factors/recovery_codes_left"),
    ),
    (
        "enrolments",
        "person_id",
        Goes,
        "INSERT INTO enrolments (person_id, kind, id, sealed, generation, tries, created_at, expires_at) VALUES ($1, 'phone', 't', 't', 0, 0, 1, 1)",
        Err(PASSING),
    ),
    (
        "devices",
        "person_id",
        Goes,
        "INSERT INTO devices (id, person_id, token_hash, browser, ip, first_at, last_at) VALUES ('t', $1, 't', 'Vanishing', 'Vanishing', 1, 1)",
        Ok("/devices/0/browser"),
    ),
    (
        "notices",
        "person_id",
        Goes,
        "INSERT INTO notices (id, hash, person_id, what, sealed, made_at, expires_at) VALUES ('t', 't', $1, 'new-device', 't', 1, 1)",
        Err("what was told is under activity"),
    ),
    (
        "address_changes",
        "person_id",
        Goes,
        "INSERT INTO address_changes (id, person_id, sealed, asked_at, expires_at, new_hash) VALUES ('t', $1, 't', 1, 1, 't')",
        Err(PASSING),
    ),
    ("address_changes", "asked_by", Stays("an administrator who asked for somebody"), "", Err(PASSING)),
    (
        "recoveries",
        "person_id",
        Goes,
        "INSERT INTO recoveries (id, person_id, scope, reason, asked_at, expires_at, sends, tries, refused) VALUES ('t', $1, 'password', 'Vanishing', 1, 1, 0, 0, FALSE)",
        Ok("/recoveries/0/reason"),
    ),
    ("recoveries", "asked_by", Stays("an administrator who asked for somebody"), "", Err("it is about somebody else")),
    ("recoveries", "decided_by", Stays("an administrator who decided"), "", Err("it is about somebody else")),
    (
        "welcomes",
        "person_id",
        Stays("that an invitation was used"),
        "INSERT INTO welcomes (id, kind, email_hash, sealed, staff, groups, roles, made_at, hash, expires_at, accepted_at, person_id) VALUES ('t', 'invitation', 'vanishing', 'Vanishing', FALSE, '[]', '[]', 1, 't', 1, 1, $1)",
        Err(BEHIND),
    ),
    ("welcomes", "invited_by", Stays("who invited"), "", Err("it is about somebody else")),
    ("audit", "actor", Stays("the log is a chain; the key to what is personal goes"), "", Ok("/activity/0/action")),
    ("audit", "target", Stays("the log is a chain; the key to what is personal goes"), "", Ok("/activity/0/action")),
    ("audit_keys", "owner", Stays("without the key: that there was one"), "", Err(SECRET)),
    ("scim_users", "person_id", Goes, "", Ok("/directory/document/nickName")),
    ("scim_names", "resource_id", Goes, "", Ok("/directory/identifiers/0/identifier")),
    ("upstream_links", "person_id", Goes, "", Ok("/connections/0/subject")),
    (
        "upstream_groups",
        "person_id",
        Goes,
        "INSERT INTO upstream_groups (upstream_id, person_id, group_id) VALUES ('partner', $1, 'traces')",
        Err(BEHIND),
    ),
    (
        "upstream_requests",
        "person_id",
        Goes,
        "INSERT INTO upstream_requests (state_hash, upstream_id, browser, person_id, created_at, expires_at) VALUES ('t', 'partner', 't', $1, 1, 1)",
        Err(PASSING),
    ),
    ("person_profiles", "person_id", Goes, "", Ok("/standard_claims/nickname")),
    (
        "consents",
        "person_id",
        Goes,
        "INSERT INTO consents (person_id, client_id, scope, claims, resource, given_at) VALUES ($1, 'app', 'openid', '', '', 1)",
        Ok("/consents/0/client_id"),
    ),
    ("registration_tokens", "made_by", Stays("an administrator who made it"), "", Err("it is for applications")),
];

/// Rows that are somebody's by way of another row.
const FURTHER: &[&str] = &[
    "INSERT INTO consent_requests (token_hash, session_id, request, created_at, expires_at) VALUES ('t', 't', 'Vanishing', 1, 1)",
    "INSERT INTO device_codes (id, device_hash, user_hash, client_id, scope, resource, ip, user_agent, pause, issue_id, created_at, expires_at) VALUES ('t', 't', 't', 'app', '', '', 'Vanishing', 'Vanishing', 1, 't', 1, 1)",
    "INSERT INTO invitations (id, client_id, relation_id, email, email_key, name, language, level, invited_by, made_at, token_hash, expires_at) VALUES ('open', 'desk', 'r1', 'Vanishing', 'vanishing@example.com', 'Vanishing', 'en', 1, 'x', 1, 'open', 9000000000000)",
];

/// Names of columns that have a person's number, beside those that refer to `people`.
const COLUMNS: &[&str] = &[
    "person_id",
    "holder_id",
    "audience_id",
    "resource_id",
    "actor_id",
    "made_by",
    "invited_by",
    "granted_by",
    "asked_by",
    "decided_by",
    "owner",
    "actor",
    "target",
    "sub",
    "subject_id",
];
/// Where what is found by these names is a group's, an application's or a text.
const NO_PERSON: &[(&str, &str)] = &[];

/// Where what is found isn't readable: the audit log is sealed line by line.
const CHAINS: &[&str] = &["audit"];

fn literal(text: String) -> Sql {
    Sql::literal(Box::leak(text.into_boxed_str()))
}

async fn schema(world: &World) -> Vec<(String, String)> {
    let db = &world.idp().db;
    let sql = match db.is_postgres() {
        true => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()
             AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')"
        }
        false => "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'",
    };
    let mut all: Vec<(String, String)> = db.query(Sql::literal(sql)).all().await.unwrap();
    all.retain(|(table, _)| !table.starts_with("sqlite_") && !table.starts_with("_sqlx"));
    all.sort();
    all
}

async fn count(world: &World, table: &str, column: &str, id: &str) -> i64 {
    let sql = literal(format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1"));
    world.idp().db.query(sql).bind(id).one::<(i64,)>().await.unwrap().0
}

async fn execute(world: &World, sql: &'static str, id: Option<&str>) {
    let done = world.idp().db.write((sql, id.map(str::to_owned)), |(sql, id), mut tx| {
        Box::pin(async move {
            let q = tx.q(Sql::literal(sql));
            let q = match id {
                Some(id) => q.bind(id.as_str()),
                None => q,
            };
            q.exec().await?;
            Ok::<_, DbError>(())
        })
    });
    done.await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// P15: a table or column that has somebody's number is in the list above.
#[tokio::test]
async fn every_table_that_has_a_person_in_it_is_known() {
    let world = World::start(TestDb::sqlite()).await;
    let refers =
        "SELECT m.name, f.\"from\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE f.\"table\" = 'people'";
    let refers: Vec<(String, String)> = world.idp().db.query(Sql::literal(refers)).all().await.unwrap();
    let schema = schema(&world).await;
    let named = schema.iter().filter(|(_, column)| COLUMNS.contains(&column.as_str())).cloned();
    let found: BTreeSet<(String, String)> = refers.into_iter().chain(named).collect();
    let known: BTreeSet<(String, String)> =
        TABLES.iter().map(|t| (t.0, t.1)).chain(NO_PERSON.iter().copied()).map(|(t, c)| (t.to_owned(), c.to_owned())).collect();
    assert!(found.len() > 30, "{found:?}");
    let missing =
        found.difference(&known).map(|(t, c)| format!("{t}.{c} has a person's number: say what becomes of it when he is erased"));
    let gone = known.difference(&found).map(|(t, c)| format!("{t}.{c} is not in the schema"));
    none(missing.chain(gone).collect());
}

/// Vanishing, whose account is closed, with a row in every table.
async fn everywhere(house: &House) -> String {
    let world = &house.world;
    let (idp, now) = (world.idp(), world.clock.now());
    world.apply("people: [{email: vanishing@example.com, name: Eva Vanishing, phone: \"+31655512345\", password: correct horse battery}]").await;
    let id = house.id_of("vanishing@example.com").await;
    let asking = Asking::command(idp);
    leaving::flow::disable(idp, &asking, &id).await.unwrap();
    execute(world, "INSERT INTO groups (id, name, created_at) VALUES ('traces', 'Traces', 1)", None).await;
    let terms = "INSERT INTO upstreams (id, issuer, terms, enabled, created_at, updated_at) VALUES ('partner', 'https://p.example', '{\"name\":\"Partner\"}', FALSE, 1, 1)";
    execute(world, terms, None).await;
    for (_, _, _, insert, _) in TABLES.iter().filter(|t| !t.3.is_empty()) {
        execute(world, insert, Some(&id)).await;
    }
    for insert in FURTHER {
        execute(world, insert, None).await;
    }
    providers::link(idp, &asking, &id, "partner", "vanishing-subject").await.unwrap();
    let (root, entropy) = (idp.env.root.clone(), idp.env.entropy.clone());
    let profile = Profile { nickname: Some("Vanishing".into()), ..Profile::default() };
    let sealed = profile_store::seal(&root, entropy.as_ref(), &id, &profile).unwrap();
    let name = root.seal(Purpose::Personal, &format!("scim_names/app/{id}"), b"vanishing-external", entropy.as_ref()).unwrap();
    let document =
        root.seal(Purpose::Personal, &format!("scim_users/{id}"), b"{\"nickName\":\"Vanishing\"}", entropy.as_ref()).unwrap();
    let input = (id.clone(), sealed, name, document);
    let done = idp.db.write(input, move |(id, sealed, name, document), mut tx| {
        Box::pin(async move {
            profile_store::put(&mut tx, id, sealed, now).await?;
            let scim = Sql::literal("INSERT INTO scim_users (person_id, document, changed_at) VALUES ($1, $2, 1)");
            tx.q(scim).bind(id.as_str()).bind(document.as_str()).exec().await?;
            let names =
                "INSERT INTO scim_names (client_id, kind, resource_id, name_key, sealed) VALUES ('app', 'User', $1, 't', $2)";
            tx.q(Sql::literal(names)).bind(id.as_str()).bind(name.as_str()).exec().await?;
            Ok::<_, DbError>(())
        })
    });
    done.await.unwrap();
    id
}

/// Tables and columns in which something of Vanishing can still be read.
async fn readable(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in schema(world).await {
        if CHAINS.contains(&table.as_str()) {
            continue;
        }
        let sql = format!(
            "SELECT COUNT(*) FROM {table} WHERE LOWER(CAST({column} AS TEXT)) LIKE '%vanishing%' OR CAST({column} AS TEXT) LIKE '%31655512345%'"
        );
        if world.idp().db.query(literal(sql)).one::<(i64,)>().await.unwrap().0 > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

fn is_there(copy: &Value, at: &str) -> bool {
    match copy.pointer(at) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Number(n)) => n.as_i64() != Some(0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}

on_both_engines! {
    /// P15, case 48: whatever a table has of someone is in his copy, or said why not, and gone when he is erased.
    async fn erasing_reaches_every_table_and_the_copy_has_them(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        let id = everywhere(&house).await;
        for (table, column, fate, insert, _) in TABLES {
            let made = !insert.is_empty() || *fate == Goes;
            assert!(!made || count(world, table, column, &id).await > 0, "{table}.{column} has a row to begin with");
        }
        let asking = Asking::command(world.idp());
        let copy = leaving::flow::copy(world.idp(), &asking, &id).await.unwrap();
        let missing = TABLES.iter().filter_map(|t| t.4.ok().map(|at| (t.0, at))).filter(|(_, at)| !is_there(&copy, at));
        let missing: Vec<_> = missing.map(|(table, at)| format!("{table}: no {at}")).collect();
        assert!(missing.is_empty(), "{missing:?} in {copy:#}");
        let refused = leaving::flow::forget(world.idp(), &asking, &id, Some("somebody@example.com")).await;
        assert!(refused.is_err(), "another address was typed");
        let last = leaving::flow::forget(world.idp(), &asking, &id, Some("Vanishing@Example.com")).await.unwrap();
        assert_eq!(last["person"], copy["person"]);
        let mut left = readable(world).await;
        for (table, column, fate, ..) in TABLES {
            if *fate == Goes && count(world, table, column, &id).await > 0 {
                left.push(format!("{table}.{column} has rows"));
            }
        }
        none(left);
        let open = "SELECT COUNT(*) FROM invitations WHERE id = 'open' AND revoked_at IS NULL";
        assert_eq!(world.idp().db.query(Sql::literal(open)).one::<(i64,)>().await.unwrap().0, 0, "nor does an open invitation wait for him");
    }

    /// case 23, case 30: whoever was in has given himself no way back: not by an application, nor by another provider, nor by a device.
    async fn this_was_not_me_takes_back_what_was_allowed_and_linked_since(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        let id = house.id_of("mila@example.com").await;
        execute(world, "INSERT INTO groups (id, name, created_at) VALUES ('traces', 'Traces', 1)", None).await;
        for (provider, client) in [("before", "app"), ("partner", "other")] {
            let upstream = format!("INSERT INTO upstreams (id, issuer, terms, enabled, created_at, updated_at) VALUES ('{provider}', 'https://{provider}.example', '{{\"name\":\"{provider}\"}}', TRUE, 1, 1)");
            execute(world, Box::leak(upstream.into_boxed_str()), None).await;
            providers::link(world.idp(), &Asking::command(world.idp()), &id, provider, "her-subject").await.unwrap();
            // Sent one by one, so that the newest mail is of the later one.
            world.send().await;
            let at = world.clock.now().0;
            let consent = format!("INSERT INTO consents (person_id, client_id, scope, claims, resource, given_at) VALUES ($1, '{client}', 'openid', '', '', {at})");
            execute(world, Box::leak(consent.into_boxed_str()), Some(&id)).await;
            // More than the hour that counts as one break-in.
            world.advance(3700);
        }
        for row in ["group_members", "upstream_groups", "upstream_requests", "remembered_devices"] {
            let (.., insert, _) = TABLES.iter().find(|t| t.0 == row).unwrap();
            execute(world, insert, Some(&id)).await;
        }
        let mail = world.newest("mila@example.com").await;
        assert!(mail.contains("partner"), "she is told which account was connected: {mail}");
        let stop = world.link_to("mila@example.com", "/not-me/").await;
        assert_eq!(world.browser().post(&stop, &[]).await.unwrap().status.as_u16(), 200);
        let left = async |sql: &'static str| {
            let rows = world.idp().db.query(Sql::literal(sql)).all::<(String,)>().await.unwrap();
            rows.into_iter().map(|(t,)| t).collect::<Vec<_>>()
        };
        assert_eq!(left("SELECT upstream_id FROM upstream_links").await, ["before"]);
        assert_eq!(left("SELECT client_id FROM consents").await, ["app"]);
        assert_eq!(left("SELECT id FROM remembered_devices WHERE ended_at IS NULL").await, [""; 0]);
        assert_eq!(left("SELECT upstream_id FROM upstream_groups").await, [""; 0]);
        assert_eq!(left("SELECT group_id FROM group_members WHERE group_id = 'traces'").await, [""; 0]);
        assert_eq!(left("SELECT state_hash FROM upstream_requests").await, [""; 0]);
        assert_eq!((world.noted("consent.withdrawn", &id).await, world.noted("federation.unlinked", &id).await), (1, 1));
    }

    /// S4: what someone allowed is in his list while an application has nothing by it, and goes when he takes it back.
    async fn what_was_allowed_is_taken_back_with_what_came_of_it(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        let id = house.id_of("daan@example.com").await;
        let mut daan = world.at_home("daan@example.com").await;
        execute(world, "INSERT INTO consents (person_id, client_id, scope, claims, resource, given_at) VALUES ($1, 'other', 'openid', '', '', 1)", Some(&id)).await;
        let page = daan.get(world.at("/account/applications")).await.unwrap();
        assert!(page.text.contains("Another"), "{}", page.text);
        let form = [("client", "other")];
        assert_eq!(daan.post(world.at("/account/applications/withdraw"), &form).await.unwrap().status, 200);
        assert_eq!(count(world, "consents", "person_id", &id).await, 0);
        assert_eq!(daan.post(world.at("/account/applications/withdraw"), &form).await.unwrap().status, 404);
        assert!(!daan.get(world.at("/account/applications")).await.unwrap().text.contains("Another"));
    }

    /// case 29: a file (or a directory, by the same change) that closes an account voids what would open it later, too.
    async fn whatever_closes_an_account_voids_what_was_on_its_way(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        let id = house.id_of("daan@example.com").await;
        for insert in [
            "INSERT INTO remembered_devices (id, token_hash, person_id, factor, shown_at, used_at, expires_at, ip, user_agent) VALUES ('t', 't', $1, 'mail', 1, 1, 9000000000000, '', '')",
            "INSERT INTO links (hash, kind, person_id, created_at, expires_at) VALUES ('t', 'password', $1, 1, 9000000000000)",
            "INSERT INTO recoveries (id, person_id, scope, asked_at, expires_at, sends, tries, refused) VALUES ('t', $1, 'password', 1, 9000000000000, 0, 0, FALSE)",
            "INSERT INTO address_changes (id, person_id, sealed, asked_at, expires_at, new_hash) VALUES ('t', $1, 't', 1, 9000000000000, 't')",
            "INSERT INTO devices (id, person_id, token_hash, browser, ip, first_at, last_at) VALUES ('t', $1, 't', '', '', 1, 1)",
        ] {
            execute(world, insert, Some(&id)).await;
        }
        for active in ["false", "true"] {
            world.apply(&format!("people: [{{email: daan@example.com, name: Daan Visser, active: {active}}}]")).await;
        }
        let open = "SELECT (SELECT COUNT(*) FROM remembered_devices WHERE ended_at IS NULL) + (SELECT COUNT(*) FROM links WHERE hash = 't' AND expires_at = 9000000000000)
             + (SELECT COUNT(*) FROM recoveries WHERE expires_at = 9000000000000) + (SELECT COUNT(*) FROM address_changes WHERE void_at IS NULL)
             + (SELECT COUNT(*) FROM devices WHERE id = 't')";
        assert_eq!(world.idp().db.query(Sql::literal(open)).one::<(i64,)>().await.unwrap().0, 0);
    }

    /// S5: nothing refers to a group that is gone.
    async fn deleting_a_group_reaches_every_table(db: TestDb) {
        let house = House::new(db).await;
        let world = &house.world;
        execute(world, "INSERT INTO upstreams (id, issuer, terms, enabled, created_at, updated_at) VALUES ('partner', 'https://p.example', '{}', TRUE, 1, 1)", None).await;
        execute(world, "INSERT INTO groups (id, name, created_at) VALUES ('traces', 'Traces', 1)", None).await;
        let id = house.id_of("mila@example.com").await;
        let rows: &[(&str, &str, &str)] = &[
            ("group_members", "group_id", "INSERT INTO group_members (group_id, person_id) VALUES ('traces', $1)"),
            ("role_assignments", "holder_id", "INSERT INTO role_assignments (holder_kind, holder_id, role) SELECT 'group', 'traces', CASE WHEN $1 = '' THEN '' ELSE 'sales' END"),
            ("application_access", "holder_id", "INSERT INTO application_access (client_id, holder_kind, holder_id) SELECT 'app', 'group', CASE WHEN $1 = '' THEN '' ELSE 'traces' END"),
            ("web_links", "audience_id", "INSERT INTO web_links (id, title, address, audience_kind, audience_id, active, made_by, made_at, updated_at) VALUES ('t', '\"T\"', 'https://x.example/', 'group', 'traces', FALSE, $1, 1, 1)"),
            ("policies", "scope_id", "INSERT INTO policies (scope_kind, scope_id, least, updated_at) SELECT 'group', 'traces', CASE WHEN $1 = '' THEN '' ELSE 'urn:zegel:acr:passkey' END, 1"),
            ("scim_names", "resource_id", "INSERT INTO scim_names (client_id, kind, resource_id, name_key, sealed) VALUES ('app', 'Group', 'traces', $1, 't')"),
            ("upstream_groups", "group_id", "INSERT INTO upstream_groups (upstream_id, person_id, group_id) VALUES ('partner', $1, 'traces')"),
        ];
        let names = ["group_id", "holder_id", "audience_id", "resource_id", "scope_id"];
        let known: BTreeSet<(&str, &str)> = rows.iter().map(|r| (r.0, r.1)).chain([("grants", "holder_id")]).collect();
        let schema = schema(world).await;
        let found = schema.iter().filter(|(_, c)| names.contains(&c.as_str())).map(|(t, c)| (t.as_str(), c.as_str())).collect::<BTreeSet<_>>();
        assert_eq!(found, known, "a table that has a group's number is known here");
        for (table, column, insert) in rows {
            execute(world, insert, Some(&id)).await;
            assert_eq!(count(world, table, column, "traces").await, 1, "{table}");
        }
        groups::flow::delete(world.idp(), &Asking::command(world.idp()), "traces").await.unwrap();
        let mut left = Vec::new();
        for (table, column, _) in rows {
            if count(world, table, column, "traces").await > 0 {
                left.push(format!("{table}.{column}"));
            }
        }
        none(left);
    }
}

/// The list says of each table something that can be checked.
#[test]
fn what_is_said_of_the_tables_is_whole() {
    let copied: BTreeSet<&str> = TABLES.iter().filter_map(|t| t.4.ok()).collect();
    assert!(copied.len() > 15, "{copied:?}");
    assert!(TABLES.iter().all(|t| t.2 != Stays("") && t.4 != Err("")), "each has a reason");
    assert!(!is_there(&json!({"a": []}), "/a/0") && is_there(&json!({"a": [1]}), "/a/0") && !is_there(&json!({"a": 0}), "/a"));
}
