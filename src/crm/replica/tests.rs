//! The replica beside a log that the test writes, with a clock that the test moves.

use std::sync::atomic::AtomicU32;

use super::*;
use crate::contract::GrantLevel;
use crate::contract::feed::{Entry, Holder, Positioned};
use crate::crm::testing::{House, START, people};

/// Runs a test on SQLite, and on PostgreSQL where `ZEGEL_TEST_POSTGRES` names a server on which databases can be made.
pub async fn on_engines<F: Future<Output = ()>>(test: impl Fn(House) -> F) {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    test(House::new().await).await;
    let server = std::env::var("ZEGEL_TEST_POSTGRES")
        .expect("ZEGEL_TEST_POSTGRES is a PostgreSQL server's address (scripts/test starts one), or `none` to leave it out");
    if server != "none" {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("zegel_house_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        let house = House::on(Some(url.as_str())).await;
        let db = house.crm.db.clone();
        test(house).await;
        db.close().await;
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    }
}

fn role(holder: Holder, role: &str, present: bool) -> Entry {
    Entry::Role { holder, role: role.into(), present }
}

fn mila() -> Holder {
    Holder::Person("mila".into())
}

fn member(group: &str, present: bool) -> Entry {
    Entry::Member { group: group.into(), sub: "mila".into(), present }
}

const fn at(position: i64) -> Place<'static> {
    Place { epoch: "e1", position }
}

async fn known(house: &House, sub: &str) -> Option<Facts> {
    let mut snapshot = house.crm.db.snapshot().await.unwrap();
    facts(&mut snapshot.tx(), Named { sub, sid: "s1", issue: "i1", client_id: "c1", kid: "" }).await.unwrap()
}

async fn roles(house: &House) -> Vec<String> {
    known(house, "mila").await.unwrap().roles
}

async fn poll(house: &House) {
    house.crm.replica.poll_now().await.unwrap();
}

#[tokio::test]
async fn roles_are_a_persons_own_and_those_of_his_groups() {
    on_engines(|house| async move {
        let group = || Holder::Group("g1".into());
        house.append([
            Entry::Group { group: "g1".into(), name: "Depot".into() },
            member("g1", true),
            role(group(), "driver", true),
            role(group(), "sales", true),
            role(Holder::Group("g2".into()), "admin", true),
        ]);
        poll(&house).await;
        assert_eq!(roles(&house).await, ["driver", "sales"]);
        assert_eq!(known(&house, "mila").await.unwrap().groups, ["g1"]);
        house.append([role(mila(), "sales", false), role(group(), "driver", false)]);
        poll(&house).await;
        assert_eq!(roles(&house).await, ["sales"]);
        house.append([member("g1", false)]);
        poll(&house).await;
        assert!(roles(&house).await.is_empty());
    })
    .await;
}

/// Z1: what an accepted invitation binds, and nothing else, makes a person a record; while the record is there.
#[tokio::test]
async fn a_person_is_the_records_that_he_accepted_to_be() {
    on_engines(|house| async move {
        poll(&house).await;
        let accepted =
            |invitation: &str, present| Entry::Invited { invitation: invitation.into(), sub: "patricia".into(), present };
        for (invitation, record, status) in [("n1", "r1", "active"), ("n2", "r2", "deleted"), ("n3", "r3", "active")] {
            house.bind(invitation, record, status).await;
        }
        house.append([accepted("n1", true), accepted("n2", true), accepted("unknown", true)]);
        poll(&house).await;
        let selves = known(&house, "patricia").await.unwrap().selves;
        let records: Vec<_> = selves.iter().map(|m| (m.portal.as_str(), m.module.as_str(), m.record.as_str())).collect();
        assert_eq!(records, [("customers", "contacts", "r1")]);
        house.append([accepted("n1", false)]);
        poll(&house).await;
        assert!(known(&house, "patricia").await.unwrap().selves.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_batch_taken_twice_does_no_harm_and_moves_no_cursor() {
    on_engines(|house| async move {
        poll(&house).await;
        let batch = |from| {
            let entries = people().into_iter().zip(1..);
            let entries = entries.map(|(entry, position)| Positioned { position, at: 0, entry }).collect();
            store::Batch { generation: 1, from, to: 3, chain: String::new(), entries, at: START }
        };
        assert!(!store::apply(&house.crm.db, batch(0)).await.unwrap());
        assert!(!store::apply(&house.crm.db, batch(1)).await.unwrap());
        // The entries themselves, once more from where the cursor is.
        assert!(store::apply(&house.crm.db, batch(3)).await.unwrap());
        assert_eq!(store::cursors(&house.crm.db).await.unwrap().current.unwrap().position, 3);
        assert_eq!(roles(&house).await, ["sales"]);
    })
    .await;
}

/// case 42
#[tokio::test]
async fn a_log_in_many_pages_is_applied_whole_before_it_counts_as_fresh() {
    let house = House::new().await;
    house.append((0..1200).map(|n| Entry::SessionEnded { sid: format!("old-{n}") }));
    house.stub().page = 1000;
    poll(&house).await;
    let status = Status { epoch: "e1".into(), position: 1203, sent_at: Some(START), refused: false };
    assert_eq!(house.crm.replica.status(), status);
    // To learn of the log, its two pages, and the question that says that they are applied.
    assert_eq!(house.asked("log"), 4);
    assert_eq!(house.stub().acknowledged, 1203);
}

/// case 42
#[tokio::test]
async fn another_log_is_taken_over_whole_and_until_then_nobody_is_answered() {
    on_engines(|house| async move {
        house.append([role(mila(), "manager", true)]);
        poll(&house).await;
        {
            let mut stub = house.stub();
            (stub.epoch, stub.page) = ("e2".into(), 1);
            // Not the role any more, and a hole, so that it can't be taken over yet.
            stub.entries.truncate(3);
            stub.hole = Some(2);
        }
        assert!(matches!(house.crm.replica.poll_now().await, Err(PollError::Gap(2))));
        assert_eq!(house.crm.replica.fresh(at(0), Kind::Staff).await, Err(Unfit::Behind(Stale)));
        assert!(known(&house, "mila").await.unwrap().refused, "what another node reads says so too");
        assert_eq!(roles(&house).await, ["manager", "sales"], "nothing of the next one is seen before it is whole");

        house.stub().hole = None;
        poll(&house).await;
        let facts = known(&house, "mila").await.unwrap();
        assert_eq!((facts.roles.as_slice(), facts.epoch.as_str(), facts.generation), (&["sales".to_owned()][..], "e2", 2));
        assert!(!facts.refused);
        assert_eq!(house.crm.replica.fresh(Place { epoch: "e2", position: 3 }, Kind::External).await, Ok(()));
        assert_eq!(house.crm.replica.fresh(at(1), Kind::Staff).await, Err(Unfit::Superseded));
    })
    .await;
}

/// case 42
#[tokio::test]
async fn a_rebuild_for_another_log_goes_on_where_a_crash_left_it() {
    on_engines(|house| async move {
        house.append((0..1100).map(|n| Entry::SessionEnded { sid: format!("old-{n}") }));
        poll(&house).await;
        {
            let mut stub = house.stub();
            (stub.epoch, stub.hole) = ("e2".into(), Some(1050));
        }
        assert!(house.crm.replica.poll_now().await.is_err());
        let left = store::cursors(&house.crm.db).await.unwrap().filling.unwrap();
        assert_eq!((left.position, left.generation), (1000, 2));
        house.stub().hole = None;
        let before = house.asked("log");
        // Another process on the same database.
        let other =
            Arc::new(Replica::open(house.crm.env.clone(), house.crm.db.clone(), Arc::clone(&house.crm.provider)).await.unwrap());
        assert!(other.status().refused);
        other.poll_now().await.unwrap();
        // The rest, and the question after it.
        assert_eq!(house.asked("log") - before, 2);
        assert_eq!(known(&house, "mila").await.unwrap().epoch, "e2");
    })
    .await;
}

/// case 42: the copy is shorter, or has gone on otherwise. Either way the provider begins an epoch when it is shown.
#[tokio::test]
async fn a_provider_that_was_put_back_is_noticed_and_the_replica_made_anew() {
    for other in [vec![], vec![role(mila(), "driver", true), role(mila(), "clerk", true)]] {
        let house = House::new().await;
        house.append([role(mila(), "manager", true)]);
        poll(&house).await;
        {
            let mut stub = house.stub();
            stub.entries.truncate(3);
            stub.entries.extend(other.clone());
        }
        poll(&house).await;
        let facts = known(&house, "mila").await.unwrap();
        assert_eq!(facts.epoch, "e1+");
        assert!(!facts.roles.contains(&"manager".to_owned()));
    }
}

/// case 42
#[tokio::test]
async fn a_log_with_a_hole_or_a_cut_end_is_refused_as_long_as_it_is_one() {
    let house = House::new().await;
    house.stub().hole = Some(2);
    assert!(matches!(house.crm.replica.poll_now().await, Err(PollError::Gap(2))));
    assert!(known(&house, "mila").await.is_none());

    let house = House::new().await;
    poll(&house).await;
    house.stub().begins_epochs = false;
    let last = house.stub().entries.pop().unwrap();
    assert!(matches!(house.crm.replica.poll_now().await, Err(PollError::Gap(4))));
    assert_eq!(house.crm.replica.fresh(at(0), Kind::Staff).await, Err(Unfit::Behind(Stale)));
    assert!(known(&house, "mila").await.unwrap().refused);
    // Another one of the same length.
    house.append([role(mila(), "administrator", true)]);
    assert!(house.crm.replica.poll_now().await.is_err());
    assert!(known(&house, "mila").await.unwrap().refused);
    // The very one that was read.
    {
        let mut stub = house.stub();
        stub.entries.pop();
        stub.entries.push(last);
    }
    poll(&house).await;
    assert!(!known(&house, "mila").await.unwrap().refused);
    assert_eq!(house.crm.replica.fresh(at(3), Kind::External).await, Ok(()));
}

/// A rebuild by command: the one in use serves and follows on, and is replaced only by one that is as far.
#[tokio::test]
async fn a_rebuild_by_command_replaces_the_replica_at_once_and_loses_nothing_meanwhile() {
    on_engines(|house| async move {
        let grant = |present| Entry::Grant {
            grant: "g".into(),
            holder: mila(),
            relation: "r".into(),
            level: GrantLevel::Reader,
            from: None,
            until: None,
            present,
        };
        house.append([grant(true)]);
        house.append((0..1200).map(|n| Entry::SessionEnded { sid: format!("old-{n}") }));
        poll(&house).await;
        let replica = &house.crm.replica;
        assert!(replica.ask_rebuild().await.unwrap());
        assert_eq!(replica.fresh(at(1204), Kind::External).await, Ok(()), "it goes on serving");
        // Taken away while it runs, and applied to the one in use.
        house.append([grant(false), role(mila(), "sales", false)]);
        poll(&house).await;
        house.stub().page = 100;
        assert_eq!(known(&house, "mila").await.unwrap().generation, 1);
        let acknowledged = house.stub().acknowledged;
        assert_eq!(replica.rebuild().await.unwrap(), Rebuild::Done);
        assert!(house.stub().acknowledged <= acknowledged, "what a rebuild reads is not yet had");
        let facts = known(&house, "mila").await.unwrap();
        assert_eq!((facts.generation, facts.position, facts.roles.len()), (2, 1206, 0));
        assert_eq!(rows(&house, 2).await, 1200);
        assert_eq!(replica.rebuild().await.unwrap(), Rebuild::None);
        poll(&house).await;
        assert_eq!(replica.fresh(at(1206), Kind::External).await, Ok(()));
    })
    .await;
}

async fn rows(house: &House, generation: i64) -> i64 {
    let q = house.crm.db.query(crate::sql!("SELECT COUNT(*) FROM replica_ended_sessions WHERE generation = $1"));
    q.bind(generation).one::<(i64,)>().await.unwrap().0
}

#[tokio::test]
async fn a_rebuild_never_takes_the_place_of_one_that_is_further() {
    on_engines(|house| async move {
        poll(&house).await;
        house.crm.replica.ask_rebuild().await.unwrap();
        let filling = store::cursors(&house.crm.db).await.unwrap().filling.unwrap();
        assert!(!store::switch(&house.crm.db, &filling, START).await.unwrap());
        assert_eq!(known(&house, "mila").await.unwrap().generation, 1);
    })
    .await;
}

/// What is replaced stays for those who began with it, and goes in parts.
#[tokio::test]
async fn generations_that_nobody_reads_are_removed_in_parts() {
    on_engines(|house| async move {
        house.append((0..1200).map(|n| Entry::SessionEnded { sid: format!("old-{n}") }));
        poll(&house).await;
        house.crm.replica.ask_rebuild().await.unwrap();
        house.crm.replica.rebuild().await.unwrap();
        house.crm.replica.tidy().await.unwrap();
        assert_eq!((rows(&house, 1).await, rows(&house, 2).await), (1200, 1200));
        house.advance(60);
        let mut left = Vec::new();
        for _ in 0..20 {
            house.crm.replica.tidy().await.unwrap();
            left.push(rows(&house, 1).await);
        }
        left.dedup();
        assert_eq!(left, [1200, 700, 200, 0]);
        assert!(store::cursors(&house.crm.db).await.unwrap().old.is_empty());
        assert_eq!((rows(&house, 2).await, roles(&house).await.len()), (1200, 1));
    })
    .await;
}

/// case 44
#[tokio::test]
async fn externals_need_a_poll_of_the_last_two_seconds_and_staff_do_not() {
    let house = House::new().await;
    let replica = &house.crm.replica;
    poll(&house).await;
    house.advance(2);
    assert!(replica.is_fresh(at(3), Kind::External));
    house.clock.advance(Duration::from_millis(1));
    assert!(!replica.is_fresh(at(3), Kind::External));
    assert!(replica.is_fresh(at(3), Kind::Staff));
    // In reach, asking is enough.
    assert_eq!(replica.fresh(at(3), Kind::External).await, Ok(()));
    // Frozen: the connection stands and says nothing.
    house.stub().frozen = true;
    house.advance(3);
    assert_eq!(replica.fresh(at(3), Kind::External).await, Err(Unfit::Behind(Stale)));
    assert_eq!(replica.fresh(at(3), Kind::Staff).await, Ok(()));
}

/// case 42: a process can't know whether its database is an earlier copy before it has asked.
#[tokio::test]
async fn a_process_that_has_not_polled_answers_nobody() {
    let house = House::new().await;
    poll(&house).await;
    let env = house.crm.env.clone();
    let other = Arc::new(Replica::open(env, house.crm.db.clone(), Arc::clone(&house.crm.provider)).await.unwrap());
    house.stub().frozen = true;
    assert_eq!(other.status().position, 3);
    assert_eq!(other.fresh(at(3), Kind::Staff).await, Err(Unfit::Behind(Stale)));
}

/// case 43
#[tokio::test]
async fn nobody_is_answered_before_the_position_of_his_token() {
    let house = House::new().await;
    poll(&house).await;
    house.append([member("g1", true)]);
    assert_eq!(house.crm.replica.fresh(at(4), Kind::Staff).await, Ok(()));
    assert_eq!(house.crm.replica.fresh(at(5), Kind::Staff).await, Err(Unfit::Behind(Stale)));
}

#[tokio::test]
async fn calls_at_the_same_time_share_polls() {
    let house = House::new().await;
    poll(&house).await;
    let before = house.asked("log");
    let calls = (0..50).map(|_| house.crm.replica.poll_now());
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    // The one under way when they came, and at most one that was sent after all of them had come.
    assert!(house.asked("log") - before <= 2, "{}", house.asked("log") - before);
    assert_eq!(house.asked("token"), 1);
}
