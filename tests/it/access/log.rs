//! The provider's side of the access log: who has it, what a restore does to it, and telling that it has moved.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use zegel::contract::feed::FeedPage;
use zegel::idp::feed::{self, watch};
use zegel::kernel::db::{Db, DbError};

use super::House;
use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// The desk, disabled.
const DISABLED: &str = r#"{"applications": [{"client_id": "desk", "client_name": "Desk", "enabled": false, "grant_types": ["client_credentials"]}]}"#;

/// A poll of the desk.
async fn poll(house: &House, token: &str, query: &str) -> (u16, Value) {
    house.call(token, "GET", &format!("/api/access-log?{query}"), None).await
}

fn page(answer: &Value) -> FeedPage {
    serde_json::from_value(answer.clone()).unwrap_or_else(|e| panic!("{e}: {answer}"))
}

/// The question that goes on from a page.
fn cursor(page: &FeedPage, position: i64) -> String {
    format!("after={position}&epoch={}&chain={}", page.epoch, page.chain)
}

/// Makes the log what an older copy of it would be.
async fn restore(db: &Db, position: i64) {
    db.write(position, |position, mut tx| {
        Box::pin(async move {
            tx.q(zegel::sql!("DELETE FROM access_log WHERE position > $1")).bind(*position).exec().await?;
            tx.q(zegel::sql!(
                "UPDATE access_log_head SET position = $1, chain = (SELECT chain FROM access_log WHERE position = $1)"
            ))
            .bind(*position)
            .exec()
            .await?;
            Ok::<_, DbError>(())
        })
    })
    .await
    .unwrap();
}

/// What taking the grant away is answered with. A busy machine may first be told of more who lag: it asks again, a few times.
async fn taken(house: &House, token: &str, grant: &str, wanted: &(u16, Value)) -> (u16, Value) {
    let mut answer = house.take(token, grant).await;
    for _ in 0..10 {
        if answer == *wanted {
            break;
        }
        answer = house.take(token, grant).await;
    }
    answer
}

/// Who has asked for the log since the clock last moved. A poll is answered before that is written.
async fn seen(house: &House) -> Vec<String> {
    let idp = house.world.idp();
    let all = feed::store::behind(&idp.db, i64::MAX, idp.env.now()).await.unwrap();
    all.into_iter().map(|replica| replica.client_id).collect()
}

on_both_engines! {
    /// case 43, P2: taking away is answered as done once every replica has acknowledged it, and else says who has not.
    async fn taking_away_waits_for_those_who_replicate_and_names_who_lags(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let daan = house.id_of("daan@example.com").await;
        let give = async || house.give(&mila, "r1", json!({"holder": {"person": daan}, "level": "reader"})).await.1["id"].as_str().unwrap().to_owned();
        let own = house.own("access-log:read").await;
        let grant = give().await;
        let mut head = page(&poll(&house, &own, "after=0").await.1).head;
        // Both follow: the answer comes when both have it.
        let following = async {
            loop {
                house.world.poll().await;
                head = page(&poll(&house, &own, &format!("after={head}")).await.1).head;
                tokio::task::yield_now().await;
            }
        };
        let done = (200, json!({"state": "done"}));
        let answer = tokio::select! {
            answer = taken(&house, &mila, &grant, &done) => answer,
            () = following => unreachable_follower(),
        };
        assert_eq!(answer, done);
        // The desk has stopped asking: it is named, and not waited for. The record store goes on.
        let grant = give().await;
        house.world.advance(30);
        while seen(&house).await != ["record-store"] {
            house.world.poll().await;
        }
        let following = async {
            loop {
                house.world.poll().await;
                tokio::task::yield_now().await;
            }
        };
        let pending = (200, json!({"state": "pending", "waiting_for": ["desk"]}));
        let answer = tokio::select! {
            answer = taken(&house, &mila, &grant, &pending) => answer,
            () = following => unreachable_follower(),
        };
        assert_eq!(answer, pending);
        // Asked again, it is the same question.
        assert_eq!(house.take(&mila, &grant).await.1["state"], "pending");
        // Who may not read the log any more is not waited for.
        let (position, idp) = (house.log().await.len() as i64, house.world.idp());
        let waiting = feed::settle(idp, position).await.unwrap().waiting_for;
        assert_eq!(waiting, ["desk"]);
        house.world.apply(DISABLED).await;
        assert_eq!(feed::settle(idp, position).await.unwrap().waiting_for, [""; 0]);
    }

    /// case 43, P2: the record store, woken by the stream, acknowledges by itself what was taken away.
    async fn a_running_record_store_acknowledges_what_was_taken_away(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let daan = house.id_of("daan@example.com").await;
        let stop = CancellationToken::new();
        let running = house.world.crm().spawn(stop.clone());
        let (_, given) = house.give(&mila, "r1", json!({"holder": {"person": daan}, "level": "reader"})).await;
        // A machine that is slow may be answered that it is pending; asked again, it comes to an end.
        while house.take(&mila, given["id"].as_str().unwrap()).await != (200, json!({"state": "done"})) {}
        assert!(house.world.crm().replica.status().position >= house.log().await.len() as i64);
        stop.cancel();
        running.await.unwrap();
    }

    /// An acknowledgement never goes back, and what no one has yet is acknowledged by no one.
    async fn asking_from_a_position_acknowledges_what_is_before_it_and_nothing_else(db: TestDb) {
        let house = House::new(db).await;
        let own = house.own("access-log:read").await;
        let idp = house.world.idp();
        let lags = async |position: i64| {
            // The write follows the answer; settling waits for it while the desk counts as alive.
            feed::settle(idp, position).await.unwrap().waiting_for.contains(&"desk".to_owned())
        };
        // A machine that is slow may take longer to write it than one answer waits.
        let acknowledged = async |position: i64| {
            for _ in 0..10 {
                if !lags(position).await {
                    return true;
                }
            }
            false
        };
        let head = page(&poll(&house, &own, "after=0").await.1).head;
        poll(&house, &own, &format!("after={}", head - 1)).await;
        assert!(acknowledged(head - 1).await);
        poll(&house, &own, "after=3").await;
        assert!(acknowledged(head - 1).await, "another node of it polls from further back");
        house.world.advance(30);
        assert!(lags(head).await);
        for bad in ["after=-1", "after=x", "after=1&after=2", "after=0&chain=%00", "after=0&epoch=e%20f"] {
            assert_eq!(poll(&house, &own, bad).await.0, 400, "{bad}");
        }
    }

    /// case 42: every entry is part of one chain, from whichever connection it came.
    async fn the_proof_of_each_page_is_the_digest_over_everything_before(db: TestDb) {
        let house = House::new(db).await;
        let files: Vec<_> = (0..20).map(|n| format!("people: [{{email: new{n}@example.com, name: New {n}, roles: [driver]}}]")).collect();
        futures_util::future::join_all(files.iter().map(|file| house.world.apply(file))).await;
        let own = house.own("access-log:read").await;
        let all = page(&poll(&house, &own, "after=0").await.1);
        let mut digest = String::new();
        for (n, entry) in all.entries.iter().enumerate() {
            assert_eq!(entry.position, n as i64 + 1);
            digest = entry.link(&digest).unwrap();
            let here = page(&poll(&house, &own, &format!("after={}", entry.position)).await.1);
            if here.entries.is_empty() {
                assert_eq!(here.chain, digest);
            }
        }
        assert_eq!(all.chain, digest);
        // Sent along, it changes nothing; the log goes on from it.
        house.world.apply("people: [{email: last@example.com, name: Last}]").await;
        let next = page(&poll(&house, &own, &cursor(&all, all.head)).await.1);
        assert_eq!((next.epoch.as_str(), next.entries.len()), (all.epoch.as_str(), 1));
    }

    /// case 42: a log that was restored from an older copy begins a new epoch as soon as a reader shows it, once, and what
    /// the copy brought back opens nothing.
    async fn a_restored_log_begins_one_new_epoch_and_signs_everybody_out(db: TestDb) {
        let house = House::new(db).await;
        let (own, mila) = (house.own("access-log:read").await, house.token("mila@example.com").await);
        let mut browser = house.world.member("daan@example.com").await;
        let before = page(&poll(&house, &own, "after=0").await.1);
        restore(&house.world.idp().db, before.head - 2).await;
        // The copy has grown past the old position meanwhile: only the proof shows that it is another log.
        house.world.apply("people: [{email: a@example.com, name: A}, {email: b@example.com, name: B}, {email: c@example.com, name: C}]").await;
        let query = cursor(&before, before.head);
        let polls = futures_util::future::join_all((0..8).map(|_| poll(&house, &own, &query))).await;
        let epochs: std::collections::BTreeSet<_> = polls.iter().map(|(_, answer)| page(answer).epoch).collect();
        assert_eq!(epochs.len(), 1, "all of them learn of the same one");
        let epoch = epochs.into_iter().next().unwrap();
        assert_ne!(epoch, before.epoch);
        assert!(polls.iter().all(|(status, answer)| *status == 200 && page(answer).entries.is_empty()));
        // Rebuilt from the beginning it is whole, and of the new epoch.
        let whole = page(&poll(&house, &own, "after=0").await.1);
        assert_eq!((whole.epoch.as_str(), whole.entries.len() as i64), (epoch.as_str(), whole.head));
        let query = cursor(&whole, whole.head);
        assert_eq!(page(&poll(&house, &own, &query).await.1).epoch, epoch);
        // Sessions and tokens of before are over.
        assert_eq!(house.access(&mila, "r1").await.0, 401);
        assert_eq!(browser.get(format!("{}/", house.world.idp_url)).await.unwrap().url.path(), "/signin");
        let token = house.token("mila@example.com").await;
        assert_eq!(crate::support::flow::claims(&token)["access_epoch"], epoch);
        let rows: Vec<(Option<String>, String)> = house.world.idp().db
            .query(zegel::sql!("SELECT client_id, detail FROM audit WHERE action = 'access-log.epoch'")).all().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(rows[0].0.as_deref() == Some("desk") && rows[0].1.contains("another log"), "{rows:?}");
    }

    /// case 42: a reader that is ahead shows a restore without a proof; one that goes on showing others is not believed.
    async fn a_reader_ahead_of_the_log_shows_a_restore_and_is_not_believed_for_ever(db: TestDb) {
        let house = House::new(db).await;
        let own = house.own("access-log:read").await;
        let first = page(&poll(&house, &own, "after=0").await.1);
        let mut known = first.epoch.clone();
        for _ in 0..3 {
            let query = format!("after={}&epoch={known}", first.head + 100);
            let answer = page(&poll(&house, &own, &query).await.1);
            assert_ne!(answer.epoch, known);
            known = answer.epoch;
        }
        let (status, _) = poll(&house, &own, &format!("after={}&epoch={known}", first.head + 100)).await;
        assert_eq!(status, 429);
        // A reader of an epoch before is only told of the present one.
        let (status, answer) = poll(&house, &own, &format!("after={}&epoch={}", first.head + 100, first.epoch)).await;
        assert_eq!((status, page(&answer).epoch), (200, known));
    }

    /// case 42: a person's token of the log before opens nothing, even where the copy brought back what it belongs to.
    async fn a_persons_token_of_the_log_before_opens_nothing(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        assert_eq!(house.access(&mila, "r1").await.0, 200);
        // Nothing else than the name of the log: session and issue stand.
        let renamed: Result<(), DbError> = house.world.idp().db
            .write_log((), |(), mut tx| Box::pin(async move { feed::store::set_epoch(&mut tx, "another").await }))
            .await;
        renamed.unwrap();
        assert_eq!(house.access(&mila, "r1").await.0, 401);
        let mila = house.token("mila@example.com").await;
        assert_eq!(house.access(&mila, "r1").await.0, 200);
    }

    /// An operator begins an epoch by command, as the audit log says.
    async fn an_operator_begins_an_epoch(db: TestDb) {
        let house = House::new(db).await;
        let own = house.own("access-log:read").await;
        let before = page(&poll(&house, &own, "after=0").await.1);
        let epoch = feed::epochs::begin(house.world.idp(), zegel::kernel::audit::Actor::command_line()).await.unwrap();
        let after = page(&poll(&house, &own, "after=0").await.1);
        assert_eq!((after.epoch.as_str(), after.entries.len()), (epoch.as_str(), before.entries.len()));
        let (client,): (Option<String>,) = house.world.idp().db
            .query(zegel::sql!("SELECT client_id FROM audit WHERE action = 'access-log.epoch'")).one().await.unwrap();
        assert!(client.is_some_and(|by| by.starts_with("command-line uid ")));
    }
}

fn unreachable_follower() -> ! {
    panic!("a follower never ends")
}

/// case 43: what is taken away on one node is acknowledged to another, and answered as soon as that is so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_takes_away_another_hears_acknowledged() {
    let house = House::new(TestDb::postgres().await).await;
    let other = house.world.second().await;
    let mila = house.token("mila@example.com").await;
    let daan = house.id_of("daan@example.com").await;
    let (_, given) = house.give(&mila, "r1", json!({"holder": {"person": daan}, "level": "reader"})).await;
    let own = house.own("access-log:read").await;
    let ask = |after: i64| {
        let request = other.http.get(format!("{}/api/access-log?after={after}", other.idp_url)).bearer_auth(&own);
        async move { request.send().await.unwrap().json::<FeedPage>().await.unwrap().head }
    };
    let mut head = ask(0).await;
    let following = async {
        loop {
            house.world.poll().await;
            head = ask(head).await;
            tokio::task::yield_now().await;
        }
    };
    let done = (200, json!({"state": "done"}));
    let answer = tokio::select! {
        answer = taken(&house, &mila, given["id"].as_str().unwrap(), &done) => answer,
        () = following => unreachable_follower(),
    };
    assert_eq!(answer, done);
}

/// A stream of the desk.
struct Stream {
    answer: reqwest::Response,
    left: String,
}

impl Stream {
    async fn open(world: &World, token: &str) -> Self {
        let answer = world.http.get(format!("{}/api/access-log/stream", world.idp_url)).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, left: String::new() }
    }

    /// The data of the next event `head`; none at the end.
    async fn head(&mut self) -> Option<Value> {
        loop {
            while let Some((event, rest)) = self.left.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.left = rest;
                if event.starts_with("event: head") {
                    let data = event.lines().find_map(|l| l.strip_prefix("data: ")).unwrap();
                    return Some(serde_json::from_str(data).unwrap());
                }
            }
            let more = self.answer.chunk().await.ok().flatten()?;
            self.left.push_str(std::str::from_utf8(&more).unwrap());
        }
    }
}

/// The stream tells of whatever any node writes, and of the new epoch; it says nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_tells_that_the_log_has_moved_whichever_node_wrote() {
    let house = House::new(TestDb::postgres().await).await;
    let other = house.world.second().await;
    let own = house.own("access-log:read").await;
    let mut stream = Stream::open(&house.world, &own).await;
    let first = stream.head().await.unwrap();
    let head = house.log().await.len() as i64;
    assert_eq!(first["position"], head);
    house.world.apply("people: [{email: a@example.com, name: A}]").await;
    assert_eq!(stream.head().await.unwrap(), json!({"epoch": first["epoch"], "position": head + 1}));
    other.apply("people: [{email: b@example.com, name: B}]").await;
    assert_eq!(stream.head().await.unwrap()["position"], head + 2);
    let epoch = feed::epochs::begin(other.idp(), zegel::kernel::audit::Actor::command_line()).await.unwrap();
    assert_eq!(stream.head().await.unwrap(), json!({"epoch": epoch, "position": head + 2}));
}

/// Streams have a number, an end with their token and with their application, and need the scope.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_token_or_application_and_there_are_only_so_many() {
    let house = House::new(TestDb::sqlite()).await;
    let own = house.own("access-log:read").await;
    let mut one = Stream::open(&house.world, &own).await;
    assert!(one.head().await.is_some());
    house.world.advance(301);
    assert_eq!(one.head().await, None, "its token has expired");

    let own = house.own("access-log:read").await;
    let mut two = Stream::open(&house.world, &own).await;
    assert!(two.head().await.is_some());
    let idp = Arc::clone(house.world.idp());
    let mut seats = Vec::new();
    while let Some(seat) = idp.log.listen().await.unwrap() {
        seats.push(seat);
    }
    assert!(seats.len() < watch::SEATS);
    let url = format!("{}/api/access-log/stream", house.world.idp_url);
    let full = house.world.http.get(&url).bearer_auth(&own).send().await.unwrap();
    assert_eq!((full.status().as_u16(), full.headers().contains_key("retry-after")), (503, true));
    drop(seats);
    let other = house.own("relations:write").await;
    assert_eq!(house.world.http.get(&url).bearer_auth(&other).send().await.unwrap().status().as_u16(), 403);
    house.world.apply(DISABLED).await;
    while two.head().await.is_some() {}
}
