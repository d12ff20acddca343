//! The worked cases of portals by criteria (presets/cases), each by list, order, detail, count, filter,
//! search and file, over HTTP.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::*;
use crate::contract::{Assurance, FieldKey, GrantLevel};
use crate::crm::modules::flow::apply;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::Module;
use crate::crm::modules::preset::Preset;
use crate::crm::replica::tests::on_engines;

#[derive(Deserialize)]
struct Sample {
    name: String,
    module: FieldKey,
    fields: BTreeMap<String, Value>,
}

/// An installation with the modules, roles, portals and sample records of a case.
pub struct Case {
    pub client: Client,
    pub ids: HashMap<String, String>,
    /// (module, id, title)
    records: Vec<(String, String, String)>,
    /// The field of a module that holds a file.
    files: HashMap<String, String>,
}

impl Case {
    /// Mila has the role `office`, which may everything.
    async fn new(house: House, preset: &str, samples: &str) -> Self {
        let preset = Preset::read(preset).unwrap();
        let titles: HashMap<String, String> = preset.modules.iter().map(|m| (m.key.to_string(), m.title.to_string())).collect();
        let holds = |m: &Module| m.fields.iter().find(|f| f.kind.is_file()).map(|f| (m.key.to_string(), f.key.to_string()));
        let files = preset.modules.iter().filter_map(holds).collect();
        apply(&house.crm.db, preset, house.crm.env.now()).await.unwrap();
        house.append([Entry::Role { holder: Holder::Person("mila".into()), role: "office".into(), present: true }]);
        house.crm.replica.poll_now().await.unwrap();
        let mut case = Self { client: Client { house }, ids: HashMap::new(), records: Vec::new(), files };
        let samples: Vec<Sample> = serde_yaml_ng::from_str(samples).unwrap();
        for sample in samples {
            let value = |v: &Value| match v.as_str().and_then(|t| t.strip_prefix('@')) {
                Some(name) => json!(case.ids[name]),
                None => v.clone(),
            };
            let mut fields: BTreeMap<_, _> = sample.fields.iter().map(|(k, v)| (k.clone(), value(v))).collect();
            if let Some(field) = case.files.get(sample.module.as_str()) {
                fields.insert(field.clone(), json!({"upload": case.upload(sample.module.as_str(), field, &sample.name).await}));
            }
            let id = case.client.make(sample.module.as_str(), json!(fields)).await;
            let title = sample.fields[&titles[sample.module.as_str()]].as_str().unwrap().to_owned();
            case.records.push((sample.module.to_string(), id.clone(), title));
            case.ids.insert(sample.name, id);
        }
        case
    }

    /// A file for a field, with its record's name in it.
    async fn upload(&self, module: &str, field: &str, name: &str) -> String {
        let request = Request::post(format!("/api/v1/files?module={module}&field={field}&name={name}.txt"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.client.house.token("mila")))
            .header(header::CONTENT_TYPE, "text/plain")
            .body(format!("what {name} says"));
        let answer = self.client.house.send(request.unwrap()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Makes Patricia this record in a portal: an invitation that was made for it, and that she accepted.
    async fn bind(&self, portal: &str, module: &str, name: &str) {
        let row = (portal.to_owned(), module.to_owned(), self.ids[name].clone());
        let done: Result<(), crate::kernel::db::DbError> = self
            .client
            .house
            .crm
            .db
            .write(row, |(portal, module, record), mut tx| {
                Box::pin(async move {
                    tx.q(crate::sql!(
                        "INSERT INTO portal_bindings (invitation, portal, module, record_id, made_by, made_at)
                         VALUES ('i1', $1, $2, $3, 'mila', 0)"
                    ))
                    .bind(portal.as_str())
                    .bind(module.as_str())
                    .bind(record.as_str())
                    .exec()
                    .await
                    .map(drop)
                })
            })
            .await;
        done.unwrap();
        let invited = Entry::Invited { invitation: "i1".into(), sub: "patricia".into(), present: true };
        self.client.house.append([invited]);
        self.client.house.crm.replica.poll_now().await.unwrap();
    }

    async fn get(&self, acr: Assurance, path: &str) -> Answer {
        let token = self.client.house.stub().access(&json!({"sub": "patricia", "acr": acr.acr()}));
        self.client.house.get(&format!("/api/v1{path}"), header::AUTHORIZATION, &format!("Bearer {token}")).await
    }

    async fn titles(&self, acr: Assurance, module: &str, query: &str) -> Vec<String> {
        let page = self.get(acr, &format!("/records/{module}?{query}")).await.json();
        page["records"].as_array().unwrap().iter().map(|r| r["title"].as_str().unwrap().to_owned()).collect()
    }

    /// Patricia sees exactly these records of a module, by every way.
    async fn sees(&self, acr: Assurance, module: &str, title: &str, want: &[&str]) {
        let mut sorted: Vec<String> = want.iter().map(|t| (*t).to_owned()).collect();
        sorted.sort_by_key(|t| fold(t));
        assert_eq!(self.titles(acr, module, &format!("sort={title}")).await, sorted, "{module}");
        let counted = self.get(acr, &format!("/records/{module}?count=true")).await.json();
        assert_eq!(counted["count"], json!({"number": want.len(), "exact": true}), "{module}");
        let mut backwards = self.titles(acr, module, &format!("sort=-{title}")).await;
        backwards.reverse();
        assert_eq!(backwards, sorted, "{module}");
        let found = self.get(acr, "/search?q=%20").await;
        assert_eq!(found.status, 200);
        for (_, id, name) in self.records.iter().filter(|(m, ..)| m == module) {
            let seen = want.contains(&name.as_str());
            let detail = self.get(acr, &format!("/records/{module}/{id}")).await;
            assert_eq!(detail.status, if seen { 200 } else { 404 }, "{module} {name}");
            if let Some(field) = self.files.get(module) {
                let file = self.get(acr, &format!("/records/{module}/{id}/files/{field}")).await;
                assert_eq!(
                    (file.status, file.body.starts_with("what ")),
                    (if seen { 200 } else { 404 }, seen),
                    "{module} {name}"
                );
            }
            let value: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
            let filtered = self.titles(acr, module, &format!("filter%5B{title}%5D%5Bis%5D={value}")).await;
            assert_eq!(filtered.len(), usize::from(seen), "{module} {name}");
            let hits = self.get(acr, &format!("/search?q={value}")).await.json();
            let hit = hits["records"].as_array().unwrap().iter().any(|r| r["id"] == json!(id));
            assert_eq!(hit, seen, "{module} {name}");
        }
    }

    /// A module of which she has no rule is as if it weren't.
    async fn knows_nothing_of(&self, modules: &[&str]) {
        for module in modules {
            assert_eq!(self.get(Assurance::Passkey, &format!("/records/{module}")).await.status, 404, "{module}");
        }
    }
}

const SHOP: &str = include_str!("../../../../presets/cases/electronics.yaml");
const SHOP_RECORDS: &str = include_str!("../../../../presets/cases/electronics_records.yaml");
const HOSPITAL: &str = include_str!("../../../../presets/cases/hospital.yaml");
const HOSPITAL_RECORDS: &str = include_str!("../../../../presets/cases/hospital_records.yaml");
const MAIL: Assurance = Assurance::PasswordMail;

/// Z2, Z3, Z4, Z8: products by available area = shipping country; the offer only when approved and not negotiating; deals of
/// type new business; agents linked by lookup or by service area = billing city, each once.
#[tokio::test]
async fn a_buyer_of_the_electronics_shop_sees_by_criteria() {
    on_engines(|house| async move {
        let case = Case::new(house, SHOP, SHOP_RECORDS).await;
        case.bind("shop", "buyers", "patricia").await;
        case.sees(MAIL, "buyers", "name", &["Patricia Nowak"]).await;
        case.sees(MAIL, "products", "name", &["Server", "Radio"]).await;
        case.sees(MAIL, "offers", "number", &["O-1"]).await;
        case.sees(MAIL, "deals", "name", &["Fifty servers"]).await;
        case.sees(MAIL, "agents", "name", &["Both", "By lookup", "By area"]).await;
        case.knows_nothing_of(&["accounts", "invoices", "cases", "meetings", "partners"]).await;
        // Z6: what changes in the record, or in her company's, shows at the next request.
        let c = &case.client;
        let change = |module: &'static str, name: &str, fields: Value| {
            let path = format!("/records/{module}/{}", case.ids[name]);
            async move { c.ask("mila", "PATCH", &path, &[], Some(json!({"base_version": 1, "fields": fields}))).await.status }
        };
        assert_eq!(change("offers", "o2", json!({"stage": "approved"})).await, 200);
        assert_eq!(change("accounts", "kowalski", json!({"shipping_country": "tr", "billing_city": "Ankara"})).await, 200);
        case.sees(MAIL, "offers", "number", &["O-1", "O-2"]).await;
        case.sees(MAIL, "products", "name", &["Rack", "Radio", "Switch"]).await;
        case.sees(MAIL, "agents", "name", &["Both", "By lookup", "Elsewhere"]).await;
        // Z10: of the offer that was negotiated she sees the version since it was approved, and nothing of the one before.
        let history = case.get(MAIL, &format!("/records/offers/{}/history", case.ids["o2"])).await.json();
        let versions = history["versions"].as_array().unwrap();
        assert_eq!((versions.len(), &versions[0]["version"], &versions[0]["changes"][0]["from"]), (1, &json!(2), &Value::Null));
    })
    .await;
}

/// Z2, Z8: enterprise products and what goes with them; invoices and meetings by a grant, cases that she reported, partners
/// that are public.
#[tokio::test]
async fn an_enterprise_customer_sees_products_and_what_belongs_to_her_company() {
    on_engines(|house| async move {
        let case = Case::new(house, SHOP, SHOP_RECORDS).await;
        case.bind("enterprise", "buyers", "patricia").await;
        case.sees(MAIL, "invoices", "number", &[]).await;
        let grant = |present| Entry::Grant {
            grant: "g1".into(),
            holder: Holder::Person("patricia".into()),
            relation: case.ids["kowalski"].clone(),
            level: GrantLevel::Reader,
            from: None,
            until: None,
            present,
        };
        case.client.house.append([grant(true)]);
        case.client.house.crm.replica.poll_now().await.unwrap();
        case.sees(MAIL, "products", "name", &["Server", "Switch", "Rack"]).await;
        case.sees(MAIL, "invoices", "number", &["I-1"]).await;
        case.sees(MAIL, "meetings", "subject", &["Yearly talk"]).await;
        case.sees(MAIL, "cases", "subject", &["Broken fan"]).await;
        case.sees(MAIL, "partners", "name", &["Van Dam Logistics"]).await;
        case.knows_nothing_of(&["accounts", "buyers", "offers", "deals", "agents"]).await;
        case.client.house.append([grant(false)]);
        case.client.house.crm.replica.poll_now().await.unwrap();
        case.sees(MAIL, "invoices", "number", &[]).await;
        case.sees(MAIL, "cases", "subject", &["Broken fan"]).await;
    })
    .await;
}

/// X8, O5, Z8: the hospital.
#[tokio::test]
async fn a_patient_of_the_hospital_sees_what_is_about_her_and_results_after_a_passkey() {
    on_engines(|house| async move {
        let case = Case::new(house, HOSPITAL, HOSPITAL_RECORDS).await;
        case.bind("patients", "patients", "patricia").await;
        case.sees(MAIL, "patients", "name", &["Patricia Nowak"]).await;
        case.sees(MAIL, "prescriptions", "number", &["R-1", "R-3"]).await;
        case.sees(MAIL, "appointments", "subject", &["Check"]).await;
        case.sees(MAIL, "doctors", "name", &["Dr. Hart", "Dr. Wszystko"]).await;
        case.sees(MAIL, "medicines", "name", &["Drops", "Pills"]).await;
        for weak in [MAIL, Assurance::PasswordApp] {
            case.sees(weak, "lab_results", "number", &[]).await;
        }
        case.sees(Assurance::Passkey, "lab_results", "number", &["L-1"]).await;
        // Her pages offer the sign-in that would show more, and lead back; a strong one is offered nothing.
        for (acr, offered) in [(MAIL, true), (Assurance::Passkey, false)] {
            let cookie = case.client.house.session_with(json!({"sub": "patricia", "acr": acr.acr()})).await;
            for (path, back) in [("/", "%2F"), ("/m/lab_results", "%2Fm%2Flab_results")] {
                let page = case.client.house.get(path, header::COOKIE, &cookie).await;
                let leads = format!("/auth/login?to={back}&#38;acr=urn%3Azegel%3Aacr%3Apasskey");
                assert_eq!((page.status, page.body.contains(&leads)), (200, offered), "{path} {}", page.body);
            }
            // Where there is nothing to see the same is offered and said, whether there is such a record or not.
            let missing = async |path: &str| {
                let page = case.client.house.get(path, header::COOKIE, &cookie).await;
                let leads = format!("to={}&#38;acr=urn%3Azegel%3Aacr%3Apasskey", path.replace('/', "%2F"));
                assert_eq!((page.status, page.body.contains(&leads)), (404, offered), "{path} {}", page.body);
                let ours = [path.to_owned(), path.replace('/', "%2F"), page.header("x-request-id").to_owned()];
                ours.iter().fold(page.body, |body, part| body.replace(part, ""))
            };
            let nowhere = missing("/m/lab_results/019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90").await;
            let others = missing(&format!("/m/lab_results/{}", case.ids["l2"])).await;
            assert_eq!(
                (missing(&format!("/m/prescriptions/{}", case.ids["r2"])).await, others),
                (nowhere.clone(), nowhere.clone())
            );
            if offered {
                assert_eq!(missing(&format!("/m/lab_results/{}", case.ids["l1"])).await, nowhere);
                assert_eq!(missing("/m/nothing").await, nowhere);
            }
            let page = case.client.house.get("/m/prescriptions", header::COOKIE, &cookie).await;
            assert!(page.status == 200 && !page.body.contains("id=\"stronger\""), "where something is found nothing is offered");
        }
        // A medicine that isn't public has no name on her prescription either.
        let trial = case.get(MAIL, &format!("/records/prescriptions/{}", case.ids["r3"])).await.json();
        assert_eq!((&trial["fields"]["medicine"], &trial["lookups"]["medicine"]), (&Value::Null, &Value::Null));
        // Her number is there, and masked.
        let own = case.get(MAIL, &format!("/records/patients/{}", case.ids["patricia"])).await.json();
        assert_eq!((&own["masked"], own["fields"].get("citizen_number")), (&json!(["citizen_number"]), None));
        for query in ["filter%5Bcitizen_number%5D=80020312345", "sort=citizen_number"] {
            let refused = case.get(MAIL, &format!("/records/patients?{query}")).await;
            assert_eq!((refused.status, &refused.json()["reason"]), (400, &json!("field-masked")));
        }
        let office = case.client.get("mila", &format!("/records/patients/{}", case.ids["patricia"])).await.json();
        assert_eq!(office["fields"]["citizen_number"], "80020312345");
    })
    .await;
}
