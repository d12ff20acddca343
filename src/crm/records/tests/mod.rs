//! The record store against both engines: SQLite always, PostgreSQL where `ZEGEL_TEST_POSTGRES` names a server on which
//! databases can be made.

mod differential;
mod gate;
mod people;
mod portals;
mod reads;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::flow::Records;
use super::model::{Cause, Change, CodeRules, Outcome, RuleMatch, State, Via, WriteError};
use crate::contract::{FieldKey, GrantLevel};
use crate::crm::modules::catalogue::Catalogues;
use crate::crm::modules::flow::apply;
use crate::crm::modules::model::Module;
use crate::crm::modules::preset::{CRM, Preset};
use crate::crm::modules::value::{Context, Raw, Value};
use crate::crm::visibility::sight::{Me, Viewer};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::db::{Db, DbError, Half, Tx};
use crate::kernel::entropy::SeededEntropy;
use crate::kernel::root::RootKey;

/// Runs a test on every engine there is.
pub async fn on_engines<F: Future<Output = ()>>(test: impl Fn(Db) -> F) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", dir.path().join("crm.db").display()), Half::Crm).await.unwrap();
    test(db.clone()).await;
    db.close().await;
    let server = std::env::var("ZEGEL_TEST_POSTGRES")
        .expect("ZEGEL_TEST_POSTGRES is a PostgreSQL server's address (scripts/test starts one), or `none` to leave it out");
    if server != "none" {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("zegel_records_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        let db = Db::open(url.as_str(), Half::Crm).await.unwrap();
        test(db.clone()).await;
        db.close().await;
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await.unwrap();
    }
}

/// A code rule on setting a delivery to delivered.
pub struct DeliveredNeedsCode;

impl CodeRules for DeliveredNeedsCode {
    fn matching<'c>(
        &'c self,
        _: &'c mut Tx<'_>,
        _: &'c Viewer,
        module: &'c Module,
        before: Option<&'c State>,
        after: &'c State,
    ) -> BoxFuture<'c, Result<Vec<RuleMatch>, DbError>> {
        let status = |s: &State| s.fields.get(&key("status")).cloned();
        let delivered = Some(Value::Text("delivered".into()));
        let hit = module.key == key("deliveries") && status(after) == delivered && before.and_then(status) != delivered;
        let matches = hit.then(|| RuleMatch { rule_id: "delivered".into(), rule_version: 1 }).into_iter().collect();
        Box::pin(async move { Ok(matches) })
    }
}

pub fn key(k: &str) -> FieldKey {
    k.try_into().unwrap()
}

/// The record store with the modules and roles of a new installation, and its people.
pub struct World {
    pub records: Records,
    pub clock: Arc<ManualClock>,
}

impl World {
    pub async fn new(db: Db) -> Self {
        let entropy = Arc::new(SeededEntropy::new(38));
        let clock = Arc::new(ManualClock::at(Timestamp(1_795_000_000_000)));
        apply(&db, Preset::read_whole(CRM).unwrap(), clock.now()).await.unwrap();
        people::hire(&db).await;
        let records = Records {
            db,
            clock: clock.clone(),
            root: Arc::new(RootKey::random(&*entropy)),
            entropy,
            rules: Arc::new(DeliveredNeedsCode),
            catalogues: Arc::new(Catalogues::default()),
            cx: Context { region: "NL".into(), zone: jiff::tz::TimeZone::UTC },
        };
        Self { records, clock }
    }

    fn tick(&self) {
        self.clock.advance(std::time::Duration::from_millis(7));
    }

    pub async fn change(&self, who: &Viewer, change: Change) -> Result<Outcome, WriteError> {
        self.tick();
        self.records.write(who, change).await
    }

    /// Makes a record and gives its id.
    pub async fn make(&self, who: &Viewer, module: &str, values: &[(&str, &str)]) -> String {
        match self.create(who, module, values).await.unwrap() {
            Outcome::Written { id, version: 1 } => id,
            other => panic!("{other:?}"),
        }
    }

    pub async fn create(&self, who: &Viewer, module: &str, values: &[(&str, &str)]) -> Result<Outcome, WriteError> {
        self.change(who, Change::create(key(module), raws(values), Cause::via(Via::Page))).await
    }

    pub async fn edit(
        &self,
        who: &Viewer,
        module: &str,
        (id, base): (&str, i64),
        values: &[(&str, &str)],
    ) -> Result<Outcome, WriteError> {
        self.change(who, Change::edit(key(module), id, base, raws(values), Cause::via(Via::Page))).await
    }
}

impl World {
    /// Gives a grant, as the replica would have it.
    pub async fn grant(&self, holder: &str, relation: &str, level: GrantLevel) -> String {
        self.grant_between(holder, relation, level, 0, i64::MAX).await
    }

    /// Gives a grant for a time.
    pub async fn grant_between(&self, holder: &str, relation: &str, level: GrantLevel, from: i64, until: i64) -> String {
        let id = self.records.entropy.id(self.records.clock.now());
        let row = (id.clone(), holder.to_owned(), relation.to_owned(), level.rank(), from, until);
        self.records
            .db
            .write(row, |(id, holder, relation, level, from, until), mut tx| {
                Box::pin(async move {
                    tx.q(crate::sql!(
                        "INSERT INTO replica_grants (generation, id, holder, relation, level, starts_at, ends_at)
                         VALUES (1, $1, $2, $3, $4, $5, $6)"
                    ))
                    .bind(id.as_str())
                    .bind(holder.as_str())
                    .bind(relation.as_str())
                    .bind(*level)
                    .bind(*from)
                    .bind(*until)
                    .exec()
                    .await?;
                    Ok::<_, DbError>(())
                })
            })
            .await
            .unwrap();
        id
    }

    /// Takes a grant away.
    pub async fn take(&self, id: &str) {
        self.records
            .db
            .write(id.to_owned(), |id, mut tx| {
                Box::pin(async move {
                    let q = tx.q(crate::sql!("DELETE FROM replica_grants WHERE id = $1")).bind(id.as_str());
                    q.exec().await.map(drop)
                })
            })
            .await
            .unwrap();
    }

    /// Applies definitions over those that there are.
    pub async fn define(&self, text: &str) {
        apply(&self.records.db, Preset::read(text).unwrap(), self.clock.now()).await.unwrap();
    }
}

/// A person who doesn't work here, and is this record in a portal.
pub fn external(sub: &str, portal: &str, module: &str, record: &str) -> Viewer {
    let me = Me { portal: portal.into(), module: key(module), record: record.into() };
    Viewer { staff: false, roles: Vec::new(), selves: vec![me], ..person(sub, "") }
}

/// Values by name; empty text takes one away.
pub fn raws(values: &[(&str, &str)]) -> BTreeMap<FieldKey, Option<Raw>> {
    values.iter().map(|(k, v)| (key(k), Some(Raw::from(*v)))).collect()
}

pub fn person(sub: &str, role: &str) -> Viewer {
    let today = jiff::civil::date(2026, 11, 22);
    Viewer::staff(sub.into(), vec![role.into()], Timestamp(1_795_000_000_000), today)
}
pub fn mila() -> Viewer {
    person("mila", "sales")
}
pub fn daan() -> Viewer {
    person("daan", "driver")
}
pub fn bram() -> Viewer {
    person("bram", "administrator")
}

/// The codes of wrong fields, as `field:code`.
pub fn wrong(result: Result<Outcome, WriteError>) -> Vec<String> {
    match result {
        Err(WriteError::Invalid(fields)) => fields.iter().map(|f| format!("{}:{}", f.field, f.code)).collect(),
        other => panic!("{other:?}"),
    }
}
