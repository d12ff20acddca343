//! Samples of the pages in all their states, for the test of all pages.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{PendingPage, ReceiptPage};
use crate::contract::challenge::{ChallengeState, Channel, CodeKind, CodeSpec, DeliveryState, RuleRef, State};
use crate::crm::modules::model::Module;
use crate::crm::modules::preset::{CRM, Preset};
use crate::crm::pending::model::{Reason, Standing};
use crate::crm::pending::read::{Asked, Pending, Shown};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Page, Problem, View};

fn deliveries() -> Option<Arc<Module>> {
    let preset = Preset::read(CRM).ok()?;
    preset.modules.into_iter().find(|m| m.key.as_str() == "deliveries").map(Arc::new)
}

fn asked(now: Timestamp, state: State, delivery: DeliveryState) -> Asked {
    let state = ChallengeState {
        id: "c1".into(),
        pending: "p1".into(),
        rule: RuleRef { key: "delivered".into(), version: 1 },
        state,
        channel: Channel::Sms,
        recipient: "+48 6 ••• 17".into(),
        created_at: now,
        sent_at: Some(now),
        expires_at: Timestamp(now.0 + 252_000),
        attempts_left: 3,
        attempts_at: (state == State::Exhausted).then_some(Timestamp(now.0 + 600_000)),
        resends_left: 2,
        resend_at: (delivery != DeliveryState::Failed).then_some(Timestamp(now.0 + 24_000)),
        delivery,
        confirmation: None,
        receipt: None,
        void_reason: None,
    };
    Asked {
        rule: "delivered".into(),
        version: 1,
        label: "Delivered, code by text message".into(),
        name: Some("Patricia Nowak".into()),
        masked: "+48 6 ••• 17".into(),
        channel: Channel::Sms,
        code: CodeSpec { kind: CodeKind::Numeric, length: 5, validity_seconds: 300 },
        state: Some(state),
        confirmed: false,
    }
}

fn pending(module: Arc<Module>, now: Timestamp, asks: Vec<Asked>) -> Pending {
    let change = Shown {
        key: "status".into(),
        label: "Status".into(),
        from: "On the road".into(),
        to: "Delivered".into(),
        from_json: Json::Null,
        to_json: Json::Null,
    };
    Pending {
        id: "p1".into(),
        module,
        record: "d1".into(),
        is_new: false,
        title: Some("D-2041".into()),
        changes: vec![change],
        asks,
        standing: Standing::Waiting,
        reason: None,
        version: None,
        mine: true,
        actor: "daan".into(),
        actor_name: "Daan Visser".into(),
        created_at: now,
        expires_at: now,
    }
}

impl Page for PendingPage {
    fn samples(view: View) -> Vec<Self> {
        let Some(module) = deliveries() else { return Vec::new() };
        let now = view.now;
        let page = |p: Pending, problems| Self::new(view.clone(), Vec::new(), p, "a1".into(), problems);
        let one = |state, delivery| pending(module.clone(), now, vec![asked(now, state, delivery)]);
        let wrong = Problem { field: "code".into(), text: view.t1("code-wrong", "count", 3) };
        let none = Asked { state: None, name: None, ..asked(now, State::Sent, DeliveryState::Sent) };
        let met = Asked { confirmed: true, ..none.clone() };
        let mut all = vec![
            page(one(State::Sent, DeliveryState::Sent), vec![]),
            page(one(State::Sent, DeliveryState::Sent), vec![wrong]),
            page(one(State::Waiting, DeliveryState::Queued), vec![]),
            page(one(State::Expired, DeliveryState::Sent), vec![]),
            page(one(State::Exhausted, DeliveryState::Sent), vec![]),
            page(one(State::Sent, DeliveryState::Failed), vec![]),
            page(pending(module.clone(), now, vec![met, none]), vec![]),
            page(Pending { mine: false, ..one(State::Sent, DeliveryState::Sent) }, vec![]),
        ];
        all.extend(Reason::ALL.map(|reason| {
            let over = pending(module.clone(), now, vec![]);
            page(Pending { standing: Standing::Void, reason: Some(reason), changes: vec![], is_new: true, ..over }, vec![])
        }));
        all
    }
}

impl Page for ReceiptPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |hidden: bool| Self {
            nav: Vec::new(),
            id: "019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90".into(),
            seal: view.t2("seal-text", "to", "+31 6 ••• 42", "at", view.date_time(view.now)),
            changes: if hidden { vec![] } else { vec![("Status".into(), "On the road".into(), "Delivered".into())] },
            hidden,
            record_href: "/m/deliveries/d1".into(),
            record_label: "Delivery D-2041".into(),
            confirmed_by: "+31 6 ••• 42".into(),
            confirmed_at: view.now,
            sequence: 3,
            public_href: "http://localhost:8400/receipts/x".into(),
            download_href: "/receipts/x/file".into(),
            view: view.clone(),
        };
        vec![page(false), page(true)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::pages::{Texts, problems, samples};

    /// S8
    #[test]
    fn the_pages_of_waiting_have_no_problems_in_any_language() {
        let texts = Texts::load().unwrap();
        let mut all = samples::<PendingPage>(&texts).unwrap();
        all.extend(samples::<ReceiptPage>(&texts).unwrap());
        assert!(all.len() > 60);
        let found: Vec<String> = all.iter().flat_map(problems).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}
