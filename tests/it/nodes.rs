//! Two Zegel nodes on one PostgreSQL: whatever one does, the other knows at its next request, and nothing happens twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use reqwest::Method;
use zegel::contract::feed::Positioned;
use zegel::idp::feed;

use crate::crash::clients::{Caller, Family, Told};
use crate::crash::process::{Node, Site};
use crate::support::flow::{answered, authorize, authorize_url, redeem, refresh, text, tokens, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{COMPANY, World};

async fn two() -> (Arc<World>, Arc<World>) {
    let one = World::start(TestDb::postgres().await).await;
    let two = one.second().await;
    (Arc::new(one), Arc::new(two))
}

/// A session that began on one node is one on the other, and ends on both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_of_one_node_is_known_on_the_other() {
    let (one, two) = two().await;
    let (mut browser, answer) = authorize(&one, "daan@example.com", &[]).await;
    let (status, first) = redeem(&one, &answered(&answer, "code").unwrap()).await;
    assert_eq!(status, 200);
    let answer = until_answer(&two, &mut browser, &authorize_url(&two, &[])).await;
    let code = answered(&answer, "code").unwrap_or_else(|| panic!("no sign-in is asked for: {}", answer.text));
    let (status, second) = redeem(&one, &code).await;
    assert_eq!(status, 200, "{second}");
    let hint = text(&first, "id_token");
    browser.get(format!("{}/logout?id_token_hint={hint}", two.idp_url)).await.unwrap();
    for world in [&one, &two] {
        assert_eq!(userinfo(world, text(&second, "access_token")).await.0, 401);
        let page = until_answer(world, &mut browser.clone(), &authorize_url(world, &[])).await;
        assert!(page.text.contains("id=\"username\""), "he is asked to sign in");
    }
}

/// case 11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_one_node_is_redeemed_on_either_once() {
    let (one, two) = two().await;
    let (_, answer) = authorize(&one, "daan@example.com", &[]).await;
    let (status, _) = redeem(&two, &answered(&answer, "code").unwrap()).await;
    assert_eq!(status, 200);

    let (_, answer) = authorize(&one, "mila@example.com", &[]).await;
    let code = answered(&answer, "code").unwrap();
    let tries: Vec<_> = (0..20)
        .map(|n| {
            let (world, code) = (if n % 2 == 0 { one.clone() } else { two.clone() }, code.clone());
            tokio::spawn(async move { redeem(&world, &code).await })
        })
        .collect();
    let mut won = Vec::new();
    for t in tries {
        let (status, body) = t.await.unwrap();
        if status == 200 {
            won.push(body);
        }
    }
    assert_eq!(won.len(), 1);
    assert_eq!(userinfo(&two, text(&won[0], "access_token")).await.0, 401, "the replays ended what the one gave");
}

/// case 11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshes_on_both_nodes_at_once_give_one_successor() {
    let (one, two) = two().await;
    let (_, first) = tokens(&one, "daan@example.com", &[]).await;
    let tries: Vec<_> = (0..60)
        .map(|n| {
            let world = if n % 2 == 0 { one.clone() } else { two.clone() };
            let token = text(&first, "refresh_token").to_owned();
            tokio::spawn(async move { refresh(&world, &token).await })
        })
        .collect();
    let mut successors = BTreeSet::new();
    for t in tries {
        match t.await.unwrap() {
            (200, body) => drop(successors.insert(text(&body, "refresh_token").to_owned())),
            (status, body) => assert_eq!(status, 503, "{body}"),
        }
    }
    assert_eq!(successors.len(), 1);
    assert_eq!(refresh(&two, &successors.pop_first().unwrap()).await.0, 200);
}

/// case 29
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_disabled_on_one_node_is_refused_on_the_other_at_the_next_request() {
    let (one, two) = two().await;
    let (_, held) = tokens(&two, "daan@example.com", &[]).await;
    let mut browser = one.member("daan@example.com").await;
    let me = format!("{}/me", two.crm_url);
    two.poll().await;
    assert!(browser.once(Method::GET, &me, None).await.unwrap().text.contains("Daan Visser"));
    assert_eq!(userinfo(&two, text(&held, "access_token")).await.0, 200);
    one.apply("people: [{email: daan@example.com, name: Daan Visser, active: false}]").await;
    assert_eq!(userinfo(&two, text(&held, "access_token")).await.0, 401);
    assert_eq!(refresh(&two, text(&held, "refresh_token")).await.0, 400);
    // The record store of the other node learns it from the log.
    two.poll().await;
    let page = browser.once(Method::GET, &me, None).await.unwrap();
    assert!(!page.status.is_success(), "{} {}", page.status, page.text);

    one.apply("applications: [{client_id: other, client_name: Another, enabled: false, redirect_uris: [\"http://127.0.0.1:9/other\"], grant_types: [client_credentials]}]").await;
    let refused = two.token(("other", crate::support::world::OTHER_SECRET), &[("grant_type", "client_credentials")]).await;
    assert_eq!(refused.1["error"], "invalid_client");
}

/// case 42: positions are given in commit order, whoever writes; a reader at the head never finds out later about an entry
/// before where it stood.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_at_the_head_miss_nothing_of_what_two_nodes_append() {
    const EACH: usize = 100;
    let (one, two) = two().await;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = [&one, &two].map(|w| tokio::spawn(read(Arc::clone(w), Arc::clone(&done)))).into();
    let writers: Vec<_> = [(&one, "a"), (&two, "b")]
        .map(|(world, name)| {
            let world = Arc::clone(world);
            tokio::spawn(async move {
                let tasks = (0..EACH).map(|n| {
                    let world = Arc::clone(&world);
                    tokio::spawn(async move {
                        world.apply(&format!("people: [{{email: {name}{n}@example.com, name: New {n}, roles: [driver]}}]")).await;
                    })
                });
                futures_util::stream::iter(tasks).buffer_unordered(8).for_each(|t| async { t.unwrap() }).await;
            })
        })
        .into();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::Release);
    let mut seen = Vec::new();
    for reader in readers {
        seen.push(reader.await.unwrap());
    }
    // What one reads afterwards, from the beginning, is what each saw going along.
    let after = feed::flow::page(&one.idp().db, 0).await.unwrap();
    assert_eq!(after.entries.len() as i64, after.head);
    for entries in &seen {
        assert_eq!(entries, &after.entries);
    }
    let new = after.names.values().filter(|name| name.starts_with("New ")).count();
    assert_eq!(new, 2 * EACH);
    // The record stores of both nodes follow one replica without a gap.
    let (a, b) = tokio::join!(one.crm().replica.poll_now(), two.crm().replica.poll_now());
    a.and(b).unwrap();
}

/// Everything in the order in which it appeared, without ever a step over a position.
async fn read(world: Arc<World>, done: Arc<AtomicBool>) -> Vec<Positioned> {
    let mut seen: Vec<Positioned> = Vec::new();
    loop {
        let last = done.load(Ordering::Acquire);
        let from = seen.len() as i64;
        let page = feed::flow::page(&world.idp().db, from).await.unwrap();
        for (n, entry) in page.entries.iter().enumerate() {
            assert_eq!(entry.position, from + 1 + n as i64, "a position was stepped over");
        }
        seen.extend(page.entries);
        assert!(seen.len() as i64 == page.head || seen.len() as i64 == from + feed::flow::PAGE);
        if last && seen.len() as i64 == page.head {
            return seen;
        }
        tokio::task::yield_now().await;
    }
}

/// Two processes that start at the same moment on empty databases make the tables and keys once, and are one provider.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_start_at_once_are_one_provider() {
    let site = Site::new(TestDb::empty_postgres().await);
    let other = Node::new();
    let (mut first, second) = tokio::join!(site.start(site.first, &["serve"]), site.start(other, &["serve"]));
    site.apply(COMPANY);
    let one = Caller::new(site.first.idp_url());
    let two = one.at(other.idp_url());
    let keys = one.document("/oauth2/keys").await;
    assert!(keys["keys"].as_array().is_some_and(|k| k.len() >= 3), "{keys}");
    assert_eq!(keys, two.document("/oauth2/keys").await);
    assert_eq!(one.document("/.well-known/openid-configuration").await, two.document("/.well-known/openid-configuration").await);

    let mut browser = one.sign_in("daan@example.com").await;
    let code = two.code(&mut browser).await;
    let Told::Answer(200, body) = one.redeem(&code).await else { panic!("a code of the other process is taken") };
    let family = Family::of(&body);
    assert_eq!(two.userinfo(&family.access).await, 200, "a token that the other process signed");
    let Told::Answer(200, body) = two.refresh(&family.refresh).await else { panic!("a refresh at the other process") };
    // One is killed; the other goes on with everything.
    first.kill();
    assert!(matches!(two.refresh(text(&body, "refresh_token")).await, Told::Answer(200, _)), "{}", second.said());
}

/// What was sealed with one root key can't be read with another, and a node that can't is no node.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_another_root_key_refuses_to_start() {
    for db in [TestDb::sqlite(), TestDb::postgres().await] {
        let site = Site::new(db);
        drop(site.start(site.first, &["serve"]).await);
        let stranger = site.with_another_root();
        for words in [&["serve"][..], &["serve", "--only", "idp"], &["serve", "--only", "crm"]] {
            let mut process = stranger.spawn(Node::new(), words);
            let status = process.end().await;
            let said = process.said();
            assert_eq!(status.code(), Some(1), "{words:?}: {said}");
            assert!(said.contains("made with another root key; give this node the same"), "{words:?}: {said}");
        }
    }
}
