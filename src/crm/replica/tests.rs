//! The replica beside a log that the test writes, with a clock that the test moves.

use super::*;
use crate::contract::feed::{Entry, Holder, Positioned};
use crate::crm::testing::{House, START};

fn role(holder: Holder, role: &str, present: bool) -> Entry {
    Entry::Role { holder, role: role.into(), present }
}

fn member(group: &str, present: bool) -> Entry {
    Entry::Member { group: group.into(), sub: "mila".into(), present }
}

async fn roles(house: &House) -> Vec<String> {
    let mut snapshot = house.crm.db.snapshot().await.unwrap();
    state(&mut snapshot.tx(), "mila", "s1", "i1", "c1").await.unwrap().unwrap().1
}

#[tokio::test]
async fn roles_are_a_persons_own_and_those_of_his_groups() {
    let house = House::new().await;
    let group = || Holder::Group("g1".into());
    house.append([
        Entry::Group { group: "g1".into(), name: "Depot".into() },
        member("g1", true),
        role(group(), "driver", true),
        role(group(), "sales", true),
        role(Holder::Group("g2".into()), "admin", true),
    ]);
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!(roles(&house).await, ["driver", "sales"]);
    house.append([role(Holder::Person("mila".into()), "sales", false), role(group(), "driver", false)]);
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!(roles(&house).await, ["sales"]);
    house.append([member("g1", false)]);
    house.crm.replica.poll_now().await.unwrap();
    assert!(roles(&house).await.is_empty());
}

#[tokio::test]
async fn a_batch_taken_twice_does_no_harm_and_moves_no_cursor() {
    let house = House::new().await;
    let batch = |from| {
        let entries = crate::crm::testing::people().into_iter().zip(1..);
        let entries = entries.map(|(entry, position)| Positioned { position, at: 0, entry }).collect();
        store::Batch { epoch: "e1".into(), from, to: 3, entries, at: START }
    };
    assert!(store::apply(&house.crm.db, batch(None)).await.unwrap());
    assert!(!store::apply(&house.crm.db, batch(None)).await.unwrap());
    assert!(!store::apply(&house.crm.db, batch(Some(1))).await.unwrap());
    // The entries themselves, once more from where the cursor is.
    assert!(store::apply(&house.crm.db, batch(Some(3))).await.unwrap());
    assert_eq!(store::cursor(&house.crm.db).await.unwrap().unwrap().position, 3);
    assert_eq!(roles(&house).await, ["sales"]);
}

/// case 42
#[tokio::test]
async fn a_log_in_many_pages_is_applied_whole_before_it_counts_as_fresh() {
    let house = House::new().await;
    house.append((0..1200).map(|n| Entry::SessionEnded { sid: format!("old-{n}") }));
    house.stub().page = 1000;
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!(house.crm.replica.status(), Status { position: 1203, sent_at: Some(START), refused: false });
    assert_eq!(house.asked("log"), 2);
}

/// case 42
#[tokio::test]
async fn another_log_is_refused_and_stays_refused() {
    let house = House::new().await;
    house.crm.replica.poll_now().await.unwrap();
    house.stub().epoch = "e2".into();
    assert!(matches!(house.crm.replica.poll_now().await, Err(PollError::Epoch { .. })));
    assert_eq!(house.crm.replica.fresh(0, Kind::Staff).await, Err(Stale));
    house.stub().epoch = "e1".into();
    assert!(house.crm.replica.poll_now().await.is_err());
    assert_eq!(house.crm.replica.fresh(0, Kind::Staff).await, Err(Stale));
}

/// case 42
#[tokio::test]
async fn a_log_with_a_hole_or_a_cut_end_is_refused() {
    let house = House::new().await;
    house.stub().hole = Some(2);
    assert!(matches!(house.crm.replica.poll_now().await, Err(PollError::Gap(2))));
    assert!(roles_are_absent(&house).await);

    let house = House::new().await;
    house.crm.replica.poll_now().await.unwrap();
    house.stub().entries.truncate(2);
    assert!(matches!(house.crm.replica.poll_now().await, Err(PollError::Gap(4))));
    assert_eq!(house.crm.replica.fresh(0, Kind::Staff).await, Err(Stale));
}

async fn roles_are_absent(house: &House) -> bool {
    store::cursor(&house.crm.db).await.unwrap().is_none()
}

/// case 44
#[tokio::test]
async fn externals_need_a_poll_of_the_last_two_seconds_and_staff_do_not() {
    let house = House::new().await;
    let replica = &house.crm.replica;
    replica.poll_now().await.unwrap();
    house.advance(2);
    assert!(replica.is_fresh(3, Kind::External));
    house.clock.advance(Duration::from_millis(1));
    assert!(!replica.is_fresh(3, Kind::External));
    assert!(replica.is_fresh(3, Kind::Staff));
    // In reach, asking is enough.
    assert_eq!(replica.fresh(3, Kind::External).await, Ok(()));
    // Frozen: the connection stands and says nothing.
    house.stub().frozen = true;
    house.advance(3);
    assert_eq!(replica.fresh(3, Kind::External).await, Err(Stale));
    assert_eq!(replica.fresh(3, Kind::Staff).await, Ok(()));
}

/// case 43
#[tokio::test]
async fn nobody_is_answered_before_the_position_of_his_token() {
    let house = House::new().await;
    house.crm.replica.poll_now().await.unwrap();
    house.append([member("g1", true)]);
    assert_eq!(house.crm.replica.fresh(4, Kind::Staff).await, Ok(()));
    assert_eq!(house.crm.replica.fresh(5, Kind::Staff).await, Err(Stale));
}

#[tokio::test]
async fn calls_at_the_same_time_share_polls() {
    let house = House::new().await;
    house.crm.replica.poll_now().await.unwrap();
    let before = house.asked("log");
    let calls = (0..50).map(|_| house.crm.replica.poll_now());
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    // The one under way when they came, and at most one that was sent after all of them had come.
    assert!(house.asked("log") - before <= 2, "{}", house.asked("log") - before);
    assert_eq!(house.asked("token"), 1);
}
