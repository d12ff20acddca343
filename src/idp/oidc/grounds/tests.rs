//! What issues rest on is counted where it changes, and used again only while it has not.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::idp::challenges::tests::on_engines;
use crate::idp::oidc::userinfo;
use crate::idp::own::RECORD_STORE;
use crate::idp::testing::Lab;
use crate::kernel::db::{Sql, counted};

/// A table whose changes are counted.
struct Counted {
    table: &'static str,
    /// Whether a new row is counted: not where nothing was read of it before.
    new: bool,
    /// Columns of which nothing is read.
    not: &'static [&'static str],
}

const fn counted(table: &'static str, new: bool, not: &'static [&'static str]) -> Counted {
    Counted { table, new, not }
}

/// Those that refer to others first.
const ALL: [Counted; 12] = [
    counted("issues", false, &[]),
    counted("session_results", false, &[]),
    counted("sessions", false, &["id", "token_hash", "ip", "user_agent", "created_at"]),
    counted("person_profiles", true, &[]),
    counted("group_members", true, &[]),
    counted("role_assignments", true, &[]),
    counted("application_access", true, &[]),
    counted("grants", true, &[]),
    counted("relations", false, &["id", "client_id", "name", "parent", "external_key", "created_at", "updated_at"]),
    counted("policies", true, &[]),
    counted(
        "people",
        false,
        &[
            "id",
            "email_key",
            "password",
            "password_origin",
            "password_scheme",
            "authenticator",
            "authenticator_step",
            "authenticator_at",
            "created_at",
        ],
    ),
    counted("clients", false, &[]),
];

const RELATION: &str = "INSERT INTO relations (id, client_id, name, active, created_at, updated_at) VALUES ('r', 'record-store', 'Bakery', TRUE, 0, 0)";
/// A row of each table that has none yet.
const ROWS: [(&str, &str); 8] = [
    ("groups", "INSERT INTO groups (id, name, created_at) VALUES ('g', 'Drivers', 0)"),
    ("group_members", "INSERT INTO group_members (group_id, person_id) SELECT 'g', id FROM people"),
    ("role_assignments", "INSERT INTO role_assignments (holder_kind, holder_id, role) VALUES ('group', 'g', 'driver')"),
    (
        "application_access",
        "INSERT INTO application_access (client_id, holder_kind, holder_id) SELECT id, 'group', 'g' FROM clients",
    ),
    ("relations", RELATION),
    (
        "grants",
        "INSERT INTO grants (id, relation_id, holder_kind, holder_id, level, granted_at) VALUES ('x', 'r', 'group', 'g', 1, 0)",
    ),
    ("policies", "INSERT INTO policies (scope_kind, scope_id, every_minutes, updated_at) VALUES ('everyone', '', 60, 0)"),
    ("person_profiles", "INSERT INTO person_profiles (person_id, sealed, updated_at) SELECT id, '', 0 FROM people"),
];

/// Runs a statement by itself; by how much the count of changes has grown.
async fn grown(lab: &Lab, text: impl Into<String>) -> i64 {
    let text: &'static str = Box::leak(text.into().into_boxed_str());
    let before = lab.idp.lookup.head().await.unwrap().grounds;
    let changed = lab.idp.db.write((), move |(), mut tx| Box::pin(async move { tx.q(Sql::literal(text)).exec().await }));
    assert!(changed.await.unwrap() > 0, "{text} finds something");
    lab.idp.lookup.head().await.unwrap().grounds - before
}

async fn columns(lab: &Lab, table: &str) -> Vec<String> {
    let text = if lab.idp.db.is_postgres() {
        format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'")
    } else {
        format!("SELECT name FROM pragma_table_info('{table}')")
    };
    let text: &'static str = Box::leak(text.into_boxed_str());
    let rows: Vec<(String,)> = lab.idp.db.query(Sql::literal(text)).all().await.unwrap();
    rows.into_iter().map(|(name,)| name).collect()
}

/// case 17, case 29, S11: a column that is added to one of these tables is counted or is said here not to matter.
#[tokio::test]
async fn every_change_of_what_an_issue_rests_on_is_counted() {
    on_engines(|lab| async move {
        lab.signed_in("daan").await;
        for (table, row) in ROWS {
            let new = ALL.iter().any(|c| c.table == table && c.new);
            assert_eq!(grown(&lab, row).await > 0, new, "{row}");
        }
        for Counted { table, not, .. } in ALL {
            let columns = columns(&lab, table).await;
            assert!(not.iter().all(|c| columns.iter().any(|n| n == c)), "{table} has {columns:?}");
            for column in columns {
                let n = grown(&lab, format!("UPDATE {table} SET {column} = {column}")).await;
                assert_eq!(n > 0, !not.contains(&column.as_str()), "{table}.{column}");
            }
        }
        for Counted { table, .. } in ALL {
            if table != "people" && table != "clients" && table != "relations" {
                assert!(grown(&lab, format!("DELETE FROM {table}")).await > 0, "{table}");
            }
        }
    })
    .await;
}

/// Tables that statements read, through views too.
async fn tables(lab: &Lab, statements: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left: Vec<String> = statements.to_vec();
    while let Some(text) = left.pop() {
        let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || "(),;".contains(c)).filter(|w| !w.is_empty()).collect();
        for pair in words.windows(2).filter(|w| w[0] == "FROM" || w[0] == "JOIN") {
            let name = pair[1].to_owned();
            let view = lab.idp.db.query(Sql::literal("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = $1"));
            match view.bind(name.as_str()).opt::<(String,)>().await.unwrap() {
                Some((text,)) => left.push(text),
                None => drop(found.insert(name)),
            }
        }
    }
    found
}

/// The list above is that of the tables that are read.
#[tokio::test]
async fn whatever_is_kept_was_read_from_tables_whose_changes_are_counted() {
    let lab = Lab::new().await;
    let (person, issue) = lab.signed_in("daan").await;
    grown(&lab, "UPDATE clients SET limited = TRUE").await;
    grown(
        &lab,
        "INSERT INTO application_access (client_id, holder_kind, holder_id) SELECT 'record-store', 'person', id FROM people",
    )
    .await;
    let head = lab.idp.lookup.head().await.unwrap();
    let before = counted::sent();
    now(&lab.idp, &head, &issue, RECORD_STORE).await.unwrap().unwrap();
    userinfo::about(&lab.idp, &head, &person).await.unwrap();
    lab.idp.lookup.at_head(RECORD_STORE).await.unwrap().unwrap();
    let mut read = tables(&lab, &counted::after(before)).await;
    assert!(read.remove("access_log_head") | read.remove("grounds"));
    assert_eq!(read, ALL.iter().map(|c| c.table.to_owned()).collect());
}

/// case 17, S11: what was read before saves reading, never asking; and time is asked each time.
#[tokio::test]
async fn what_was_read_is_used_while_nothing_changes_and_no_longer() {
    on_engines(|lab| async move {
        let (person, issue) = lab.signed_in("daan").await;
        let stands = async || {
            let head = lab.idp.lookup.head().await.unwrap();
            let before = counted::sent();
            let found = now(&lab.idp, &head, &issue, RECORD_STORE).await.unwrap();
            (found.map(|s| s.person.name.clone()), counted::sent() > before)
        };
        let daan = || Some("daan".to_owned());
        assert_eq!(stands().await, (daan(), true));
        assert_eq!(stands().await, (daan(), false));
        let head = lab.idp.lookup.head().await.unwrap();
        assert!(now(&lab.idp, &head, &issue, "another").await.unwrap().is_none(), "it is the record store's");
        grown(&lab, format!("UPDATE people SET name = 'Daan V.' WHERE id = '{person}'")).await;
        assert_eq!(stands().await, (Some("Daan V.".to_owned()), true));
        // Open to him until a day that comes by itself.
        grown(&lab, RELATION).await;
        let soon = lab.idp.env.now() + Duration::from_secs(60);
        let until = format!(
            "INSERT INTO grants (id, relation_id, holder_kind, holder_id, level, granted_at, ends_at)
             VALUES ('x', 'r', 'person', '{person}', 1, 0, {})",
            soon.0
        );
        grown(&lab, until).await;
        grown(
            &lab,
            "INSERT INTO application_access (client_id, holder_kind, holder_id) VALUES ('record-store', 'relation', 'r')",
        )
        .await;
        grown(&lab, "UPDATE clients SET limited = TRUE WHERE id = 'record-store'").await;
        assert!(stands().await.0.is_some());
        assert_eq!(stands().await, (Some("Daan V.".to_owned()), false));
        lab.clock.advance(Duration::from_secs(60));
        assert_eq!(stands().await, (None, true), "what no longer holds is read again before it is refused");
        grown(&lab, "UPDATE clients SET limited = FALSE WHERE id = 'record-store'").await;
        assert!(stands().await.0.is_some());
        lab.clock.advance(Duration::from_secs(36_000));
        assert_eq!(stands().await.0, None, "the session is over");
    })
    .await;
}

/// Finds the issue in a transaction that may change something first: whose it is, and how many statements that took.
async fn found(lab: &Lab, issue: &str, first: Option<String>) -> (Option<Standing>, usize) {
    let first = first.map(|text| &*Box::leak(text.into_boxed_str()));
    let input = (Arc::clone(&lab.idp.grounds), issue.to_owned(), lab.idp.issuer().to_owned(), lab.idp.env.now());
    let read = lab.idp.db.write(input, move |(known, issue, issuer, now), mut tx| {
        Box::pin(async move {
            if let Some(first) = first {
                tx.q(Sql::literal(first)).exec().await?;
            }
            let before = counted::sent();
            let head = feed::store::head(&mut tx).await?;
            let found = find(&mut tx, head, known, issue).await?.unwrap();
            let standing = found.stands(&mut tx, RECORD_STORE, issuer, *now).await?;
            Ok::<_, DbError>((standing, counted::sent() - before))
        })
    });
    read.await.unwrap()
}

/// case 17: a transaction that finds what was kept sees its own changes, and those that came before it.
#[tokio::test]
async fn a_transaction_uses_what_was_kept_while_it_sees_no_change() {
    on_engines(|lab| async move {
        let (person, issue) = lab.signed_in("daan").await;
        let (standing, all) = found(&lab, &issue, None).await;
        assert!(all > 5, "nothing is kept yet");
        keep(&lab.idp, &standing.unwrap());
        let (standing, few) = found(&lab, &issue, None).await;
        assert_eq!((standing.is_some(), few), (true, 1));
        let disabled = || Some(format!("UPDATE people SET active = FALSE WHERE id = '{person}'"));
        assert!(found(&lab, &issue, disabled()).await.0.is_none(), "its own change");
        assert!(found(&lab, &issue, None).await.0.is_none(), "that of one before it");
        let (standing, again) = found(&lab, &issue, disabled().map(|t| t.replace("FALSE", "TRUE"))).await;
        assert!(again > 5);
        keep(&lab.idp, &standing.unwrap());
        lab.clock.advance(Duration::from_secs(36_000));
        assert!(found(&lab, &issue, None).await.0.is_none(), "the session is over");
    })
    .await;
}
