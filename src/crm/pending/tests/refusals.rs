//! What voids a change, and who may not begin or confirm one.

use super::*;
use crate::contract::challenge::{Report, VoidReason};
use crate::crm::code_rules::model::CodeRule;
use crate::crm::code_rules::store as rules;
use crate::crm::pending::model::{Refusal, Standing};
use crate::crm::pending::{confirm as confirming, sweep};
use crate::crm::records::model::Target;

impl Story {
    /// Changes a rule, which makes a new version of it.
    pub async fn rule(&self, name: &str, change: impl FnOnce(&mut CodeRule)) {
        let mut rule = {
            let mut snapshot = self.crm().db.snapshot().await.unwrap();
            rules::current(&mut snapshot.tx(), name).await.unwrap().unwrap().rule
        };
        change(&mut rule);
        let data = (rule, self.crm().env.now());
        let done = self
            .crm()
            .db
            .write(data, |(rule, now), mut tx| Box::pin(async move { rules::put(&mut tx, rule, "a test", *now).await }));
        assert!(done.await.unwrap());
    }

    async fn refused(&self, sub: &str) -> Refusal {
        match self.edit(sub, "deliveries", &self.delivery, &[("status", "delivered")]).await {
            Err(PendingError::Refused(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn last_report(&self) -> Report {
        self.house.desk.open().reports.last().unwrap().1.clone()
    }
}

/// V3, V11
#[tokio::test]
async fn after_the_last_wrong_code_the_right_one_is_refused_too() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    for left in [4, 3, 2, 1] {
        assert_eq!(s.enter("daan", &p, "00000").await.unwrap(), Tried::Wrong(left));
    }
    assert_eq!(s.enter("daan", &p, "00000").await.unwrap(), void(Reason::Exhausted));
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Exhausted));
    assert_eq!(s.version(&s.delivery).await, 1);
    assert_eq!(s.last_report(), Report::Void { reason: VoidReason::Failed });
}

/// case 36: a change that waited is made with the rights that its maker has then, whatever he had when he began.
#[tokio::test]
async fn a_waiting_change_of_who_lost_the_right_is_not_made() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.append([role_of("daan", "driver", false)]);
    s.house.crm.replica.poll_now().await.unwrap();
    let out = s.enter("daan", &p, CODE).await;
    assert!(matches!(&out, Ok(Tried::Ended(Ended::Void(_))) | Err(_)), "{out:?}");
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// case 46: the same attempt counts once and has one answer.
#[tokio::test]
async fn the_same_attempt_sent_twice_counts_once() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    let daan = s.who("daan").await;
    for _ in 0..2 {
        let tried = confirm(s.crm(), &daan, &context(), (&p, None), "same", "00000".into()).await.unwrap();
        assert_eq!(tried, Tried::Wrong(4));
    }
}

/// V11, case 47: a change on the record in the meantime makes it void.
#[tokio::test]
async fn another_change_of_the_record_makes_it_void() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.edit("mila", "deliveries", &s.delivery, &[("goods", "Bread")]).await.unwrap();
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Changed));
    assert_eq!(s.one(&s.delivery).await, (2, Some("on_the_road".into())));
    assert_eq!(s.last_report(), Report::Void { reason: VoidReason::Changed });
    assert_eq!(s.count("SELECT COUNT(*) FROM receipts").await, 0);
}

/// case 47: two agents confirm changes of one record; one applies.
#[tokio::test]
async fn of_two_confirmed_changes_of_one_record_one_applies() {
    let s = Story::new().await;
    let (a, b) = (s.deliver("daan").await, s.deliver("kees").await);
    let (first, second) = tokio::join!(s.enter("daan", &a, CODE), s.enter("kees", &b, CODE));
    let mut ended = [first.unwrap(), second.unwrap()];
    ended.sort_by_key(|t| *t != s.applied(2));
    assert_eq!(ended, [s.applied(2), void(Reason::Changed)]);
    assert_eq!(s.version(&s.delivery).await, 2);
}

/// V11: a new version of the rule makes it void.
#[tokio::test]
async fn a_changed_rule_makes_it_void() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.rule("delivered", |r| r.description = "Another word.".into()).await;
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Rules));
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// V11, case 41: rules that vanish for a minute let nothing through that was confirmed for something else.
#[tokio::test]
async fn a_rule_that_is_switched_off_meanwhile_makes_it_void() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.rule("delivered", |r| r.active = false).await;
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Rules));
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// V11, case 41: so does one of two that is switched off: what both were asked about is another question than that of one.
#[tokio::test]
async fn one_rule_of_two_that_is_switched_off_meanwhile_makes_it_void() {
    let s = Story::new().await;
    s.rule("delivered_sms", |r| r.active = true).await;
    let p = s.deliver("daan").await;
    s.rule("delivered_sms", |r| r.active = false).await;
    let caller = s.who("daan").await;
    let first = confirm(s.crm(), &caller, &context(), (&p, Some("delivered_sms")), "a1", CODE.into()).await;
    assert_eq!(first.unwrap(), Tried::Next);
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Rules));
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// case 47: who loses to a colleague is told so, also where the colleague's change ended his right to the record.
#[tokio::test]
async fn a_change_that_ended_the_right_is_the_reason() {
    let s = Story::new().await;
    let (late, first) = (s.deliver("daan").await, s.deliver("kees").await);
    assert_eq!(s.enter("kees", &first, CODE).await.unwrap(), s.applied(2));
    assert_eq!(s.enter("daan", &late, CODE).await.unwrap(), void(Reason::Changed));
}

#[tokio::test]
async fn a_role_that_was_lost_makes_it_void() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.append([role_of("daan", "driver", false)]);
    s.crm().replica.poll_now().await.unwrap();
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Forbidden));
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// V6, V11: the code went to another address than the contact has now.
#[tokio::test]
async fn a_contact_point_that_changed_makes_it_void() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.edit("mila", "contacts", &s.contact, &[("email", "other@example.com")]).await.unwrap();
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Recipient));
    assert_eq!(s.version(&s.delivery).await, 1);
}

/// V6, case 41: who changed the contact point has no code sent there, and a supervisor can see it; a colleague has.
#[tokio::test]
async fn who_changed_the_contact_point_can_not_have_it_confirmed() {
    let s = Story::new().await;
    s.edit("kees", "contacts", &s.contact, &[("email", "kees.at.home@example.com")]).await.unwrap();
    assert_eq!(s.refused("kees").await, Refusal::RecipientHeld);
    assert!(s.house.desk.open().made.is_empty());
    assert!(s.audited().await.contains(&("pending.refused".into(), "recipient-held".into())));
    s.deliver("daan").await;
    s.house.advance(24 * 3600);
    s.deliver("kees").await;
}

/// V6, case 41: the same of the telephone number, where the code goes there.
#[tokio::test]
async fn who_changed_the_telephone_number_can_not_have_it_confirmed() {
    let s = Story::new().await;
    s.rule("delivered", |r| r.active = false).await;
    s.rule("delivered_sms", |r| r.active = true).await;
    s.edit("kees", "contacts", &s.contact, &[("phone", "+31612345642")]).await.unwrap();
    assert_eq!(s.refused("kees").await, Refusal::RecipientHeld);
    s.deliver("daan").await;
    assert_eq!(s.house.desk.open().made[0].request.recipient.address, "+31612345642");
}

/// case 41: putting a version back that had the protected state is a change into it like any other.
#[tokio::test]
async fn restoring_the_protected_state_needs_a_code_too() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), s.applied(2));
    s.edit("kees", "deliveries", &s.delivery, &[("status", "on_the_road")]).await.unwrap();
    let record = Target::Existing { module: key("deliveries"), id: s.delivery.clone(), base_version: 3 };
    let kees = s.who("kees").await;
    let viewer = s.crm().viewer(&kees);
    let change = s.crm().records.restoring(&viewer, record, 2, Cause::via(Via::Restore)).await.unwrap().unwrap();
    let saved = save(s.crm(), &kees, &context(), change).await.unwrap();
    let Saved::Waiting(p) = saved else { panic!("{saved:?}") };
    assert_eq!(s.one(&s.delivery).await, (3, Some("on_the_road".into())));
    assert_eq!(s.enter("kees", &p, CODE).await.unwrap(), s.applied(4));
}

/// V6: making the contact, or leading the record to another one, counts as changing it.
#[tokio::test]
async fn who_made_or_linked_the_contact_can_not_have_it_confirmed() {
    let s = Story::new().await;
    let friend = [("name", "A friend"), ("relation", s.relation.as_str()), ("email", "friend@example.com")];
    let change = Change::create(key("contacts"), values(&friend), Cause::via(Via::Page));
    let Saved::Written { id: friend, .. } = save(s.crm(), &s.who("kees").await, &context(), change).await.unwrap() else {
        panic!("written")
    };
    // Mila leads the delivery to the contact that Kees made.
    s.edit("mila", "deliveries", &s.delivery, &[("contact", &friend)]).await.unwrap();
    assert_eq!(s.refused("kees").await, Refusal::RecipientHeld);
    assert_eq!(s.refused("mila").await, Refusal::RecipientHeld);
    // In the same change as well.
    let both = [("status", "delivered"), ("contact", s.contact.as_str())];
    let tried = s.edit("bram", "deliveries", &s.delivery, &both).await;
    assert!(matches!(tried, Err(PendingError::Refused(Refusal::RecipientHeld))), "{tried:?}");
    assert_eq!(s.one(&s.delivery).await.1.as_deref(), Some("on_the_road"));
}

#[tokio::test]
async fn without_a_contact_point_nothing_begins() {
    let s = Story::new().await;
    s.edit("mila", "contacts", &s.contact, &[("email", "")]).await.unwrap();
    assert_eq!(s.refused("daan").await, Refusal::RecipientMissing);
    assert_eq!(s.count("SELECT COUNT(*) FROM pending_changes").await, 0);
}

/// V3: the cap that no window resets counts over all changes of a record by one person.
#[tokio::test]
async fn there_is_a_cap_for_record_rule_and_person() {
    let s = Story::new().await;
    s.rule("delivered", |r| r.lifetime_challenges = 2).await;
    for _ in 0..2 {
        let p = s.deliver("daan").await;
        confirming::cancel(s.crm(), &s.who("daan").await, &context(), &p).await.unwrap();
    }
    assert_eq!(s.refused("daan").await, Refusal::Limit);
    s.deliver("kees").await;
}

/// V3: the same for records that are yet to be made: who asks, whom, by which rule; what was confirmed doesn't count.
#[tokio::test]
async fn the_cap_holds_for_records_that_the_change_makes() {
    let s = Story::new().await;
    s.rule("delivered", |r| r.lifetime_challenges = 2).await;
    let numbers = std::sync::atomic::AtomicUsize::new(1);
    let make = async |sub: &str| {
        let number = format!("N-{}", numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let of = [
            ("number", number.as_str()),
            ("relation", s.relation.as_str()),
            ("contact", s.contact.as_str()),
            ("status", "delivered"),
        ];
        save(s.crm(), &s.who(sub).await, &context(), Change::create(key("deliveries"), values(&of), Cause::via(Via::Page))).await
    };
    for _ in 0..3 {
        let Saved::Waiting(p) = make("kees").await.unwrap() else { panic!("it waits") };
        assert!(matches!(s.enter("kees", &p, CODE).await.unwrap(), Tried::Ended(Ended::Applied { .. })));
    }
    for _ in 0..2 {
        let Saved::Waiting(p) = make("kees").await.unwrap() else { panic!("it waits") };
        confirming::cancel(s.crm(), &s.who("kees").await, &context(), &p).await.unwrap();
    }
    let third = make("kees").await;
    assert!(matches!(third, Err(PendingError::Refused(Refusal::Limit))), "{third:?}");
    assert!(s.house.desk.open().made.iter().all(|m| m.request.creates));
    assert!(matches!(make("bram").await.unwrap(), Saved::Waiting(_)), "another person");
}

/// V11: only who made the change confirms it; V13: who manages the record sees and cancels it.
#[tokio::test]
async fn another_person_can_not_confirm_it() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    assert!(matches!(s.enter("kees", &p, CODE).await, Err(PendingError::NotFound)));
    assert!(matches!(s.read("kees", &p).await, Err(PendingError::NotFound)));
    assert!(matches!(s.enter("bram", &p, CODE).await, Err(PendingError::NotYours)));
    assert!(!s.read("bram", &p).await.unwrap().mine);
    let view = crate::crm::pending::words::view(&s.crm().env, "nl");
    let listed = |who: Caller, all| {
        let (s, view) = (&s, view.clone());
        async move { read::waiting_of(s.crm(), &who, &view, all).await.unwrap().len() }
    };
    assert_eq!(listed(s.who("daan").await, false).await, 1);
    assert_eq!((listed(s.who("bram").await, false).await, listed(s.who("bram").await, true).await), (0, 1));
    assert_eq!(listed(s.who("kees").await, true).await, 0);
    confirming::cancel(s.crm(), &s.who("bram").await, &context(), &p).await.unwrap();
    assert_eq!(s.enter("daan", &p, CODE).await.unwrap(), void(Reason::Cancelled));
    assert_eq!(s.last_report(), Report::Void { reason: VoidReason::Cancelled });
}

/// V13
#[tokio::test]
async fn a_change_that_nobody_confirms_expires() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.house.advance(24 * 3600 + 1);
    assert_eq!(sweep::sweep(s.crm()).await.unwrap(), 1);
    let shown = s.read("daan", &p).await.unwrap();
    assert_eq!((shown.standing, shown.reason), (Standing::Void, Some(Reason::Expired)));
    assert_eq!(s.last_report(), Report::Void { reason: VoidReason::Expired });
    assert_eq!(sweep::sweep(s.crm()).await.unwrap(), 0);
}
