//! The worked cases of portals (Z8) as preset files with sample records, each held against what its people are to see, by
//! every way there is: list, detail, count, filter, search, sort in both directions, and the API.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Request, header};
use serde_json::{Value as Json, json};

use crate::contract::feed::Entry;
use crate::contract::{Assurance, FieldKey};
use crate::crm::modules::flow::apply;
use crate::crm::modules::preset::Preset;
use crate::crm::modules::value::Raw;
use crate::crm::records::list::{Count, ListQuery, SortBy};
use crate::crm::records::model::{Cause, Change, Outcome, Via};
use crate::crm::replica::tests::on_engines;
use crate::crm::testing::{Answer, House};
use crate::crm::visibility::model::Tree;
use crate::crm::visibility::sight::{Me, Viewer};

const ELECTRONICS: (&str, &str) =
    (include_str!("../../../presets/cases/electronics.yaml"), include_str!("../../../presets/cases/electronics_records.yaml"));
const HOSPITAL: (&str, &str) =
    (include_str!("../../../presets/cases/hospital.yaml"), include_str!("../../../presets/cases/hospital_records.yaml"));

fn key(k: &str) -> FieldKey {
    k.try_into().unwrap()
}

/// Who makes the samples; masked fields are for those whose role reveals them.
fn maker_roles() -> Vec<String> {
    ["administrator", "insurance_desk"].map(str::to_owned).into()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    module: FieldKey,
    fields: BTreeMap<FieldKey, Json>,
}

/// A case in a record store, with its records by name and module.
struct Case {
    house: House,
    ids: BTreeMap<String, String>,
    names: BTreeMap<FieldKey, Vec<String>>,
}

/// One of its people, as rules see him and as the API knows him.
struct Who {
    viewer: Viewer,
    token: String,
}

impl Case {
    async fn open(house: House, (preset, records): (&str, &str)) -> Self {
        let crm = &house.crm;
        apply(&crm.db, Preset::read_whole(preset).unwrap(), crm.env.now()).await.unwrap();
        house.crm.replica.poll_now().await.unwrap();
        let today = jiff::civil::date(2026, 11, 22);
        let maker = Viewer::staff("mila".into(), maker_roles(), crm.env.now(), today);
        let samples: Vec<Sample> = serde_yaml_ng::from_str(records).unwrap();
        let (mut ids, mut names) = (BTreeMap::<String, String>::new(), BTreeMap::<FieldKey, Vec<String>>::new());
        for sample in samples {
            let value = |v: Json| match v.as_str().and_then(|t| t.strip_prefix('@')) {
                Some(name) => json!(ids[name]),
                None => v,
            };
            let fields = sample.fields.into_iter().map(|(k, v)| (k, Some(Raw::Json(value(v))))).collect();
            let change = Change::create(sample.module.clone(), fields, Cause::via(Via::Import));
            let Outcome::Written { id, .. } = crm.records.write(&maker, change).await.unwrap() else { panic!("{}", sample.name) };
            ids.insert(sample.name.clone(), id);
            names.entry(sample.module).or_default().push(sample.name);
        }
        Self { house, ids, names }
    }

    /// Somebody who has accepted an invitation to be this record in a portal.
    async fn person(&self, record: &str, portal: &str, module: &str, acr: Assurance) -> Who {
        let (sub, id) = (format!("{portal}-{record}-{}", acr.acr()), self.ids[record].clone());
        let row = (sub.clone(), portal.to_owned(), module.to_owned(), id.clone());
        let bound: Result<(), crate::kernel::db::DbError> = self
            .house
            .crm
            .db
            .write(row, |(sub, portal, module, id), mut tx| {
                Box::pin(async move {
                    tx.q(crate::sql!(
                        "INSERT INTO portal_bindings (invitation, portal, module, record_id, made_by, made_at)
                         VALUES ($1, $2, $3, $4, 'mila', 0)"
                    ))
                    .bind(sub.as_str())
                    .bind(portal.as_str())
                    .bind(module.as_str())
                    .bind(id.as_str())
                    .exec()
                    .await
                    .map(drop)
                })
            })
            .await;
        bound.unwrap();
        let person = Entry::Person { sub: sub.clone(), name: record.into(), language: "en".into(), staff: false, active: true };
        self.house.append([person, Entry::Invited { invitation: sub.clone(), sub: sub.clone(), present: true }]);
        self.house.crm.replica.poll_now().await.unwrap();
        let me = Me { portal: portal.into(), module: key(module), record: id };
        let today = jiff::civil::date(2026, 11, 22);
        let staff = Viewer::staff(sub.clone(), Vec::new(), self.house.crm.env.now(), today);
        let viewer = Viewer { staff: false, selves: vec![me], acr: Some(acr), ..staff };
        let token = self.house.stub().access(&json!({"sub": sub, "acr": acr.acr()}));
        Who { viewer, token }
    }

    async fn api(&self, who: &Who, path: &str) -> Answer {
        let request = Request::get(format!("/api/v1{path}")).header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        self.house.send(request.body(String::new()).unwrap()).await
    }

    /// That of all records of a module, somebody sees exactly these, whichever way he asks.
    async fn sees(&self, who: &Who, module: &str, wanted: &[&str]) {
        let records = &self.house.crm.records;
        let wanted: BTreeSet<&str> = wanted.iter().copied().collect();
        let title = records.catalogue().await.unwrap().module(&key(module)).unwrap().title.clone();
        let query = |sort, descending| ListQuery { sort, descending, ..ListQuery::of(key(module)) };
        let mut orders = Vec::new();
        for (sort, descending) in [(SortBy::Title, false), (SortBy::Title, true), (SortBy::Field(title.clone()), false)] {
            let page = records.list(&who.viewer, &query(sort, descending), None).await.unwrap();
            let titles: Vec<String> = page.records.iter().map(|r| r.title().unwrap().to_owned()).collect();
            // Each once, also where two rules show it.
            assert_eq!(titles.iter().map(String::as_str).collect::<BTreeSet<_>>(), wanted, "{module}");
            assert_eq!(titles.len(), wanted.len(), "{module}: {titles:?}");
            orders.push(titles);
        }
        orders[1].reverse();
        assert!(orders.iter().all(|o| *o == orders[0]), "{module}: {orders:?}");
        let count = records.count(&who.viewer, &query(SortBy::Updated, true)).await.unwrap();
        assert_eq!(count, Count::Exactly(wanted.len() as i64), "{module}");
        let listed = self.api(who, &format!("/records/{module}?count=true&sort={title}")).await.json();
        let titles = listed["records"].as_array().unwrap().iter().map(|r| r["title"].as_str().unwrap());
        assert_eq!(titles.collect::<Vec<_>>(), orders[0], "{module}");
        assert_eq!(listed["count"]["number"], json!(wanted.len()), "{module}");
        for name in &self.names[&key(module)] {
            let (id, seen) = (&self.ids[name], wanted.contains(name.as_str()));
            assert_eq!(records.get(&who.viewer, &key(module), id).await.unwrap().is_some(), seen, "{module} {name}");
            let filter = Some(Tree::is(title.clone(), name.as_str()));
            let found = records.list(&who.viewer, &ListQuery { filter, ..query(SortBy::Updated, true) }, None).await.unwrap();
            assert_eq!(found.records.iter().any(|r| r.id() == id), seen, "{module} {name} by filter");
            let hits = records.search(&who.viewer, name).await.unwrap();
            assert_eq!(hits.iter().any(|r| r.id() == id), seen, "{module} {name} by search");
            let status = self.api(who, &format!("/records/{module}/{id}")).await.status;
            assert_eq!(status, if seen { 200 } else { 404 }, "{module} {name}");
        }
    }

    async fn set(&self, module: &str, record: &str, field: &str, value: Json) {
        let crm = &self.house.crm;
        let today = jiff::civil::date(2026, 11, 22);
        let maker = Viewer::staff("mila".into(), maker_roles(), crm.env.now(), today);
        let id = &self.ids[record];
        let version = crm.records.get(&maker, &key(module), id).await.unwrap().unwrap().version();
        let fields = BTreeMap::from([(key(field), Some(Raw::Json(value)))]);
        let change = Change::edit(key(module), id, version, fields, Cause::via(Via::Page));
        assert!(matches!(crm.records.write(&maker, change).await.unwrap(), Outcome::Written { .. }));
    }
}

/// Z2, Z3, Z8: a shop for electronics; quotes, products by country, deals and agents of a customer.
#[tokio::test]
async fn a_customer_of_the_shop_sees_what_is_hers_and_what_is_sold_in_her_country() {
    on_engines(|house| async move {
        let case = Case::open(house, ELECTRONICS).await;
        let patricia = case.person("patricia", "customers", "clients", Assurance::PasswordMail).await;
        case.sees(&patricia, "offers", &["Q-1"]).await;
        case.sees(&patricia, "products", &["Kettle", "Server"]).await;
        case.sees(&patricia, "deals", &["First order"]).await;
        case.sees(&patricia, "agents", &["Anna", "Bert", "Cem"]).await;
        // Without an account there is no country and no city: neither side of a match may be absent.
        let nobody = case.person("nobody", "customers", "clients", Assurance::Passkey).await;
        for module in ["offers", "products", "deals", "agents"] {
            case.sees(&nobody, module, &[]).await;
        }
    })
    .await;
}

/// Z6, Z8: what is seen follows the data at the next request.
#[tokio::test]
async fn a_changed_stage_or_city_changes_what_is_seen_at_once() {
    on_engines(|house| async move {
        let case = Case::open(house, ELECTRONICS).await;
        let patricia = case.person("patricia", "customers", "clients", Assurance::PasswordMail).await;
        case.set("offers", "Q-2", "stage", json!("approved")).await;
        case.sees(&patricia, "offers", &["Q-1", "Q-2"]).await;
        case.set("offers", "Q-1", "stage", json!("negotiating")).await;
        case.sees(&patricia, "offers", &["Q-2"]).await;
        case.set("accounts", "kowalski", "billing_city", json!("Utrecht")).await;
        case.sees(&patricia, "agents", &["Anna", "Cem", "Dirk"]).await;
        case.set("accounts", "kowalski", "shipping_country", json!("tr")).await;
        case.sees(&patricia, "products", &["Rack", "Rack rails"]).await;
        // case 32: the margin is nobody's to see, name, sort or filter by.
        let answer = case.api(&patricia, &format!("/records/offers/{}", case.ids["Q-2"])).await;
        assert!(!answer.body.contains("margin"), "{}", answer.body);
        for query in ["sort=margin", "filter[margin][at_least]=1"] {
            assert_eq!(case.api(&patricia, &format!("/records/offers?{query}")).await.status, 400, "{query}");
        }
        // Z10: the version that was still being negotiated stays unseen.
        let history = case.api(&patricia, &format!("/records/offers/{}/history", case.ids["Q-2"])).await.json();
        let versions: Vec<_> = history["versions"].as_array().unwrap().iter().map(|v| v["version"].clone()).collect();
        assert_eq!(versions, [json!(2)], "{history}");
    })
    .await;
}

/// Z1, Z8: large customers, by a portal of their own; one person may be in both.
#[tokio::test]
async fn an_enterprise_customer_sees_enterprise_products_and_what_belongs_to_them() {
    on_engines(|house| async move {
        let case = Case::open(house, ELECTRONICS).await;
        let mut patricia = case.person("patricia", "enterprise", "clients", Assurance::PasswordMail).await;
        case.sees(&patricia, "products", &["Rack", "Rack rails", "Server"]).await;
        case.sees(&patricia, "invoices", &["I-1"]).await;
        case.sees(&patricia, "cases", &["Noise"]).await;
        case.sees(&patricia, "meetings", &["Review"]).await;
        case.sees(&patricia, "partners", &["Alfa"]).await;
        // What she has by the other portal comes beside it, each once.
        let sub = patricia.viewer.sub.clone();
        let other = case.person("patricia", "customers", "clients", Assurance::PasswordMail).await;
        case.house.append([Entry::Invited { invitation: other.viewer.sub.clone(), sub, present: true }]);
        case.house.crm.replica.poll_now().await.unwrap();
        patricia.token = case.house.stub().access(&json!({"sub": patricia.viewer.sub}));
        patricia.viewer.selves.extend(other.viewer.selves);
        case.sees(&patricia, "products", &["Kettle", "Rack", "Rack rails", "Server"]).await;
        case.sees(&patricia, "offers", &["Q-1"]).await;
    })
    .await;
}

/// X8, Z8: the hospital; lab results only after a passkey.
#[tokio::test]
async fn a_patient_sees_the_own_file_and_lab_results_only_after_a_passkey() {
    on_engines(|house| async move {
        let case = Case::open(house, HOSPITAL).await;
        let jadwiga = case.person("Jadwiga", "patients", "patients", Assurance::PasswordApp).await;
        case.sees(&jadwiga, "patients", &["Jadwiga"]).await;
        case.sees(&jadwiga, "prescriptions", &["Drops"]).await;
        case.sees(&jadwiga, "appointments", &["Check-up"]).await;
        case.sees(&jadwiga, "doctors", &["Dr Heart", "Dr Both"]).await;
        case.sees(&jadwiga, "medicines", &["Aspirin", "Insulin"]).await;
        case.sees(&jadwiga, "lab_results", &[]).await;
        let strong = case.person("Jadwiga", "patients", "patients", Assurance::Passkey).await;
        case.sees(&strong, "lab_results", &["Blood"]).await;
        let healthy = case.person("Healthy", "patients", "patients", Assurance::Passkey).await;
        case.sees(&healthy, "doctors", &[]).await;
        // O5, Z5: the own phone number is hers to change, the ward's remarks and the masked number aren't hers to see.
        let answer = case.api(&jadwiga, &format!("/records/patients/{}", case.ids["Jadwiga"])).await;
        assert!(!answer.body.contains("Anxious") && !answer.body.contains("PL-1"), "{}", answer.body);
    })
    .await;
}
