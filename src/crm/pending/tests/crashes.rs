//! case 45: what a crash or a lost answer leaves at each step is taken up; applied once with its receipt, or not at all.

use super::*;
use crate::contract::challenge::{ConfirmRequest, Confirmation, Report, VoidReason};
use crate::crm::auth::client::CLIENT_ID;
use crate::crm::pending::model::Standing;
use crate::crm::pending::{apply, confirm as confirming, sweep};
use crate::kernel::jose::{Alg, SigningKey};

/// Before the challenge was made: the job makes it.
#[tokio::test]
async fn a_challenge_that_could_not_be_made_is_made_later() {
    let s = Story::new().await;
    s.house.desk.open().away = true;
    let p = s.deliver("daan").await;
    assert!(s.read("daan", &p).await.unwrap().asks[0].state.is_none());
    s.house.desk.open().away = false;
    s.house.advance(5);
    s.work().await;
    assert_eq!(s.house.desk.open().made.len(), 1);
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
}

/// V16: a limit of the provider is asked again when it said, not every few seconds for a day.
#[tokio::test]
async fn a_challenge_beyond_a_limit_is_asked_for_again_when_the_provider_said() {
    let s = Story::new().await;
    s.house.desk.open().enough = Some(7200);
    s.deliver("daan").await;
    s.house.advance(5);
    s.work().await;
    let asked = s.house.desk.open().asked;
    for _ in 0..20 {
        s.house.advance(300);
        s.work().await;
    }
    assert_eq!((s.house.desk.open().asked, asked), (2, 2), "once while it was saved, once by the job");
    s.house.desk.open().enough = None;
    s.house.advance(1200);
    s.work().await;
    assert_eq!(s.house.desk.open().made.len(), 1);
}

/// After it was made, before its answer was stored: making it again is the same one.
#[tokio::test]
async fn a_challenge_whose_answer_was_lost_is_the_same_one() {
    let s = Story::new().await;
    s.house.desk.open().loses = true;
    let p = s.deliver("daan").await;
    s.house.desk.open().loses = false;
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
    assert_eq!(s.house.desk.open().made.len(), 1);
}

/// After the provider confirmed, before the record store knew: the sweeper asks, and applies it.
#[tokio::test]
async fn a_confirmation_whose_answer_was_lost_is_applied() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.desk.open().loses = true;
    let tried = s.enter("daan", &p, CODE).await;
    assert!(matches!(tried, Err(PendingError::Call(_))), "{tried:?}");
    assert_eq!(s.version(&s.delivery).await, 1);
    s.house.desk.open().loses = false;
    assert_eq!(sweep::sweep(s.crm()).await.unwrap(), 0);
    s.house.advance(41);
    assert_eq!(sweep::sweep(s.crm()).await.unwrap(), 1);
    assert_eq!(s.one(&s.delivery).await, (2, Some("delivered".into())));
    assert_eq!(s.count("SELECT COUNT(*) FROM receipts").await, 1);
    assert_eq!(sweep::sweep(s.crm()).await.unwrap(), 0);
}

/// The same, found by the agent who tries once more.
#[tokio::test]
async fn who_tries_again_after_a_lost_answer_finds_it_confirmed() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.desk.open().loses = true;
    s.enter("daan", &p, CODE).await.unwrap_err();
    s.house.desk.open().loses = false;
    assert_eq!(s.enter("daan", &p, "11111").await.unwrap(), s.applied(2));
}

/// A lost answer is found even when nobody looks until the change would have expired.
#[tokio::test]
async fn what_was_confirmed_is_not_expired_unread() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.desk.open().loses = true;
    s.enter("daan", &p, CODE).await.unwrap_err();
    s.house.advance(25 * 3600);
    // Out of reach: nothing is given up before the provider was asked.
    sweep::sweep(s.crm()).await.unwrap();
    assert_eq!(s.read("daan", &p).await.unwrap().standing, Standing::Waiting);
    s.house.desk.open().loses = false;
    s.house.advance(1);
    sweep::sweep(s.crm()).await.unwrap();
    assert_eq!(s.version(&s.delivery).await, 2);
}

/// case 45: what can't be helped now waits longer each time, and those behind it have their turn.
#[tokio::test]
async fn changes_that_can_not_be_taken_up_leave_the_others_their_turn() {
    let s = Story::new().await;
    s.deliver("daan").await;
    for sql in [
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
         INSERT INTO pending_changes (id, module, record_id, base_version, is_new, same, digest, actor, actor_client, actor_sid,
             actor_issue, actor_acr, state, created_at, expires_at)
         SELECT 'p' || i, module, record_id, base_version, is_new, 'p' || i, digest, actor, actor_client, actor_sid, actor_issue,
             actor_acr, state, created_at, expires_at FROM pending_changes, n",
        "INSERT INTO pending_challenges (pending_id, rule, rule_version, record_id, actor, masked, challenge_id, created_at)
         SELECT c.id, a.rule, a.rule_version, a.record_id, a.actor, a.masked, c.id, a.created_at
         FROM pending_changes c, pending_challenges a WHERE c.id <> a.pending_id",
    ] {
        let written = s.crm().db.write(sql, |sql, mut tx| Box::pin(async move { tx.q(Sql::literal(sql)).exec().await }));
        assert_eq!(written.await.unwrap(), 149);
    }
    s.house.advance(24 * 3600 + 1);
    s.house.desk.open().away = true;
    let round = async || (sweep::sweep(s.crm()).await.unwrap(), sweep::sweep(s.crm()).await.unwrap());
    assert_eq!((round().await, round().await), ((100, 50), (0, 0)));
    s.house.advance(1);
    assert_eq!((round().await, round().await), ((100, 50), (0, 0)));
    s.house.advance(1);
    assert_eq!(round().await, (0, 0), "the second wait is longer");
    s.house.advance(1);
    assert_eq!(round().await, (100, 50));
}

/// X1: a receipt is kept when a published key signed it, and asked for again otherwise; a new key is learnt.
#[tokio::test]
async fn a_receipt_of_an_unknown_key_is_not_kept() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.desk.open().forger = Some(SigningKey::generate(Alg::Es256).unwrap());
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
    let kept = async || s.count("SELECT COUNT(*) FROM receipts").await;
    assert_eq!(kept().await, 0);
    {
        let mut desk = s.house.desk.open();
        desk.forger = None;
        desk.receipts.clear();
    }
    s.house.advance(600);
    s.work().await;
    assert_eq!(kept().await, 1);
    s.house.desk.open().key = SigningKey::generate(Alg::Es256).unwrap();
    let second = s.another("D-2042").await;
    let Saved::Waiting(p) = s.edit("daan", "deliveries", &second, &[("status", "delivered")]).await.unwrap() else {
        panic!("it waits")
    };
    s.enter("daan", &p, CODE).await.unwrap();
    assert_eq!(kept().await, 2);
}

/// After the record store knew, before it applied: the job applies it.
#[tokio::test]
async fn a_confirmed_change_is_applied_by_the_job() {
    let s = Story::new().await;
    let p = s.confirmed().await;
    assert_eq!(s.version(&s.delivery).await, 1);
    s.house.advance(5);
    s.work().await;
    assert_eq!(s.one(&s.delivery).await, (2, Some("delivered".into())));
    assert_eq!(
        apply::apply(s.crm(), &p).await.unwrap(),
        apply::Ended::Applied { module: key("deliveries"), record: s.delivery.clone(), version: 2 }
    );
    assert_eq!(s.version(&s.delivery).await, 2);
}

/// case 36, case 29: nor is it made for someone who is gone by then: himself, his application, or what his token was issued for.
#[tokio::test]
async fn a_confirmed_change_of_who_is_gone_is_not_made() {
    let daan = Entry::Person { sub: "daan".into(), name: "daan here".into(), language: "en".into(), staff: true, active: false };
    let client = Entry::Client { client_id: CLIENT_ID.into(), enabled: false };
    for gone in [daan, client, Entry::IssueRevoked { issue: "i-daan".into() }] {
        let s = Story::new().await;
        let p = s.confirmed().await;
        s.house.append([gone.clone()]);
        s.crm().replica.poll_now().await.unwrap();
        assert_eq!(apply::apply(s.crm(), &p).await.unwrap(), apply::Ended::Void(Reason::Forbidden), "{gone:?}");
        assert_eq!(s.version(&s.delivery).await, 1);
    }
}

/// case 44: it waits as long as the log can't be read by which its maker is known.
#[tokio::test]
async fn a_confirmed_change_waits_for_a_log_that_is_refused() {
    let s = Story::new().await;
    let p = s.confirmed().await;
    s.house.stub().begins_epochs = false;
    let last = s.house.stub().entries.pop().unwrap();
    s.crm().replica.poll_now().await.unwrap_err();
    let tried = apply::apply(s.crm(), &p).await;
    assert!(matches!(tried, Err(PendingError::Access(_))), "{tried:?}");
    assert_eq!(s.version(&s.delivery).await, 1);
    s.house.append([last]);
    s.crm().replica.poll_now().await.unwrap();
    assert!(matches!(apply::apply(s.crm(), &p).await.unwrap(), apply::Ended::Applied { version: 2, .. }));
}

/// case 45, case 47: what the provider confirmed is this challenge of this version of the rule, or it is nothing.
#[tokio::test]
async fn a_confirmation_of_something_else_applies_nothing() {
    for wrong in [
        (|c: &mut Confirmation| c.challenge = "another".into()) as fn(&mut Confirmation),
        |c: &mut Confirmation| c.rule.key = "another".into(),
        |c: &mut Confirmation| c.rule.version += 1,
    ] {
        let s = Story::new().await;
        let p = s.deliver("daan").await;
        s.confirm_there().await;
        wrong(s.house.desk.open().made[0].state.confirmation.as_mut().unwrap());
        confirming::refresh(s.crm(), &p).await.unwrap();
        assert_eq!(apply::apply(s.crm(), &p).await.unwrap(), apply::Ended::Void(Reason::Rules));
        assert_eq!(s.version(&s.delivery).await, 1);
    }
}

/// It is tried for ten minutes and then void.
#[tokio::test]
async fn what_can_not_be_applied_for_ten_minutes_is_void() {
    let s = Story::new().await;
    let p = s.confirmed().await;
    s.house.advance(601);
    assert_eq!(sweep::sweep(s.crm()).await.unwrap(), 1);
    let shown = s.read("daan", &p).await.unwrap();
    assert_eq!((shown.standing, shown.reason), (Standing::Void, Some(Reason::Failed)));
    assert_eq!(s.house.desk.open().reports.last().unwrap().1, Report::Void { reason: VoidReason::Failed });
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// After it was applied, before the provider knew: the job reports, and the receipt comes.
#[tokio::test]
async fn an_applied_change_is_reported_by_the_job_and_gets_its_receipt() {
    let s = Story::new().await;
    let p = s.confirmed().await;
    s.house.desk.open().away = true;
    let ended = apply::apply(s.crm(), &p).await.unwrap();
    assert!(matches!(ended, apply::Ended::Applied { version: 2, .. }));
    assert_eq!(s.count("SELECT COUNT(*) FROM receipts").await, 0);
    s.house.desk.open().away = false;
    s.house.advance(5);
    s.work().await;
    assert_eq!(s.count("SELECT COUNT(*) FROM receipts").await, 1);
    assert_eq!(s.count("SELECT COUNT(*) FROM pending_changes WHERE reported_at IS NULL").await, 0);
}

/// Given up while its challenge was being made: the provider is told after all.
#[tokio::test]
async fn a_challenge_that_comes_too_late_is_given_up() {
    let s = Story::new().await;
    s.house.desk.open().loses = true;
    let p = s.deliver("daan").await;
    s.house.desk.open().away = true;
    confirming::cancel(s.crm(), &s.who("daan").await, &context(), &p).await.unwrap();
    {
        let mut desk = s.house.desk.open();
        (desk.away, desk.loses) = (false, false);
    }
    s.house.advance(5);
    s.work().await;
    let desk = s.house.desk.open();
    assert_eq!(desk.made[0].state.state, crate::contract::challenge::State::Void);
}

impl Story {
    /// Confirmed at the provider and known here, but not applied: as if the node had ended right then.
    async fn confirmed(&self) -> String {
        let p = self.deliver("daan").await;
        self.confirm_there().await;
        confirming::refresh(self.crm(), &p).await.unwrap();
        p
    }

    /// Confirms the first challenge at the provider.
    async fn confirm_there(&self) {
        let challenge = self.house.desk.open().made[0].state.id.clone();
        let request = ConfirmRequest { attempt: "elsewhere".into(), issue: "i-daan".into(), code: CODE.into() };
        self.crm().challenges.confirm(&challenge, &request).await.unwrap();
    }
}
