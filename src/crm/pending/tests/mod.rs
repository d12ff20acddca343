//! Sealing a change on SQLite, beside a provider in a few lines. With the real one it is tested from outside.

mod api;
mod crashes;
mod refusals;
mod story;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use serde_json::json;

use super::apply::Ended;
use super::confirm::{Tried, confirm};
use super::model::{PendingError, Reason};
use super::read::{self, Pending};
use super::{Saved, begin, save};
use crate::contract::FieldKey;
use crate::contract::feed::{Entry, Holder};
use crate::crm::Crm;
use crate::crm::auth::Caller;
use crate::crm::auth::token::VerifiedToken;
use crate::crm::modules::value::{Raw, Value};
use crate::crm::records::model::{Cause, Change, Via};
use crate::crm::testing::House;
use crate::crm::testing::challenges::CODE;
use crate::kernel::db::Sql;
use crate::kernel::http::Context;
use crate::kernel::outbox::Worker;

pub fn key(k: &str) -> FieldKey {
    k.try_into().unwrap()
}

fn values(of: &[(&str, &str)]) -> BTreeMap<FieldKey, Option<Raw>> {
    of.iter().map(|(k, v)| (key(k), Some(Raw::from(*v)))).collect()
}

pub fn context() -> Context {
    Context { request_id: "r1".into(), ip: IpAddr::V4(Ipv4Addr::LOCALHOST), user_agent: String::new() }
}

/// A house with people, a relation, its contact Patricia and a delivery to her that is on the road, all made by Mila long
/// ago.
pub struct Story {
    pub house: House,
    pub worker: Worker,
    pub relation: String,
    pub contact: String,
    pub delivery: String,
}

fn member(sub: &str, role: &str) -> [Entry; 2] {
    let person = Entry::Person { sub: sub.into(), name: format!("{sub} here"), language: "en".into(), staff: true, active: true };
    [person, role_of(sub, role, true)]
}

pub fn role_of(sub: &str, role: &str, present: bool) -> Entry {
    Entry::Role { holder: Holder::Person(sub.into()), role: role.into(), present }
}

impl Story {
    pub async fn new() -> Self {
        let house = House::new().await;
        house.append(member("daan", "driver").into_iter().chain(member("bram", "administrator")).chain(member("kees", "sales")));
        house.crm.replica.poll_now().await.unwrap();
        let worker = house.crm.worker();
        let mut story = Self { house, worker, relation: String::new(), contact: String::new(), delivery: String::new() };
        story.relation = story.make("relations", &[("name", "Bakkerij Smit")]).await;
        let patricia = [
            ("name", "Patricia Nowak"),
            ("relation", &story.relation.clone()),
            ("email", "patricia@example.com"),
            ("phone", "+48601234517"),
            ("language", "pl"),
        ];
        story.contact = story.make("contacts", &patricia).await;
        story.delivery = story.another("D-2041").await;
        story.house.advance(48 * 3600);
        story
    }

    pub fn crm(&self) -> &Arc<Crm> {
        &self.house.crm
    }

    /// A delivery to Patricia, on the road, made by Mila.
    pub async fn another(&self, number: &str) -> String {
        let of = [
            ("number", number),
            ("relation", self.relation.as_str()),
            ("contact", self.contact.as_str()),
            ("status", "on_the_road"),
        ];
        self.make("deliveries", &of).await
    }

    pub async fn who(&self, sub: &str) -> Caller {
        let token = {
            let stub = self.house.stub();
            stub.access(&json!({"sub": sub, "sid": format!("s-{sub}"), "issue": format!("i-{sub}")}))
        };
        self.crm().admit(VerifiedToken::verify(&self.crm().provider, &token).await.unwrap()).await.unwrap()
    }

    pub async fn make(&self, module: &str, of: &[(&str, &str)]) -> String {
        let change = Change::create(key(module), values(of), Cause::via(Via::Page));
        match save(self.crm(), &self.who("mila").await, &context(), change).await.unwrap() {
            Saved::Written { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    pub async fn edit(&self, sub: &str, module: &str, id: &str, of: &[(&str, &str)]) -> Result<Saved, PendingError> {
        let change = Change::edit(key(module), id, self.version(id).await, values(of), Cause::via(Via::Page));
        save(self.crm(), &self.who(sub).await, &context(), change).await
    }

    /// Sets the delivery to Delivered; the pending change.
    pub async fn deliver(&self, sub: &str) -> String {
        match self.edit(sub, "deliveries", &self.delivery, &[("status", "delivered")]).await.unwrap() {
            Saved::Waiting(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub async fn enter(&self, sub: &str, pending: &str, code: &str) -> Result<Tried, PendingError> {
        let attempt = self.crm().env.id();
        confirm(self.crm(), &self.who(sub).await, &context(), (pending, None), &attempt, code.into()).await
    }

    pub async fn read(&self, sub: &str, pending: &str) -> Result<Pending, PendingError> {
        let view = super::words::view(&self.crm().env, "en");
        read::read(self.crm(), &self.who(sub).await, &view, pending, false).await
    }

    pub async fn version(&self, id: &str) -> i64 {
        self.one(id).await.0
    }

    /// Version and status of a delivery, straight from the table.
    pub async fn one(&self, id: &str) -> (i64, Option<String>) {
        let row: (i64, String) =
            self.crm().db.query(Sql::literal("SELECT version, fields FROM records WHERE id = $1")).bind(id).one().await.unwrap();
        let fields: BTreeMap<FieldKey, Value> = serde_json::from_str(&row.1).unwrap();
        let status = fields.get(&key("status")).map(|v| match v {
            Value::Text(t) => t.clone(),
            other => panic!("{other:?}"),
        });
        (row.0, status)
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        self.crm().db.query(Sql::literal(sql)).one::<(i64,)>().await.unwrap().0
    }

    pub async fn audited(&self) -> Vec<(String, String)> {
        self.crm().db.query(Sql::literal("SELECT action, outcome FROM audit ORDER BY id")).all().await.unwrap()
    }

    /// Runs every job that is due, and what comes of it.
    pub async fn work(&self) {
        while self.worker.run_due(100).await.unwrap() > 0 {}
    }

    pub fn applied(&self, version: i64) -> Tried {
        Tried::Ended(Ended::Applied { module: key("deliveries"), record: self.delivery.clone(), version })
    }
}

pub fn void(reason: Reason) -> Tried {
    Tried::Ended(Ended::Void(reason))
}
