//! The demonstration's people and records: those of the story (ARCHITECTURE.md), made once and found again; and its second
//! application.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpListener;
use std::sync::Arc;

use jiff::ToSpan;
use serde::Deserialize;

use super::{App, AppError};
use crate::contract::{Assurance, FieldKey, GrantLevel};
use crate::crm::Crm;
use crate::crm::access::flow;
use crate::crm::access::push::push;
use crate::crm::files::flow::{Wish, receive};
use crate::crm::modules::value::Raw;
use crate::crm::records::list::ListQuery;
use crate::crm::records::model::{Cause, Change, Outcome, Via, WriteError};
use crate::crm::replica::{Named, facts};
use crate::crm::visibility::model::Tree;
use crate::crm::visibility::sight::Viewer;
use crate::demo::accounting::{self, Accounting};
use crate::demo::{self, PASSWORD};
use crate::idp::Idp;
use crate::idp::apply::{self, File};
use crate::idp::invitations::accept;
use crate::idp::invitations::model::{Invited, LIFE, terms_of};
use crate::idp::own::RECORD_STORE;
use crate::idp::people::{self, EmailKey};
use crate::kernel::http::Context;

/// Who works at the company, and a customer's contact.
const PEOPLE: &str = include_str!("../../presets/demo_people.yaml");
/// What they may open besides.
const ACCESS: &str = include_str!("../../presets/demo_access.yaml");
/// What they work with.
const RECORDS: &str = include_str!("../../presets/demo_records.yaml");

/// The invitation that Patricia accepted.
const INVITATION: &str = "sample-patricia";

/// A record of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    module: FieldKey,
    #[serde(default)]
    internal: bool,
    fields: BTreeMap<FieldKey, serde_json::Value>,
}

impl App {
    /// Makes the sample people and records, unless they are there.
    pub async fn sample_data(&self) -> Result<(), AppError> {
        let Some(idp) = &self.idp else { return Ok(()) };
        let file = File::parse("demo_people.yaml", &PEOPLE.replace("{password}", PASSWORD)).map_err(wrong)?;
        apply::apply(idp, &file).await.map_err(wrong)?;
        let Some(crm) = &self.crm else { return Ok(()) };
        let ids = records(idp, crm).await?;
        access(idp, crm, &ids).await?;
        // Now that Mila is linked to the relations: what is internal.
        crm.replica.poll_now().await.map_err(wrong)?;
        records(idp, crm).await?;
        invitation(idp, crm, &ids).await?;
        crm.replica.poll_now().await.map_err(wrong)
    }
}

fn id<'i>(ids: &'i HashMap<String, String>, name: &str) -> Result<&'i str, AppError> {
    ids.get(name).map(String::as_str).ok_or_else(|| wrong(format!("there is no record {name}")))
}

/// Makes what people may open, once the provider knows of the relations.
async fn access(idp: &Idp, crm: &Crm, ids: &HashMap<String, String>) -> Result<(), AppError> {
    for relation in ["kowalski", "smit", "yilmaz"] {
        push(crm, id(ids, relation)?).await.map_err(|e| wrong(format!("{relation}: {e:?}")))?;
    }
    let text = ACCESS
        .replace("{accounting}", &demo::accounting_url(&idp.env.settings))
        .replace("{accounting_secret}", accounting::SECRET);
    let file = File::parse("demo_access.yaml", &text).map_err(wrong)?;
    apply::apply(idp, &file).await.map_err(wrong).map(drop)
}

/// Patricia has accepted Mila's invitation to be the contact of that name.
async fn invitation(idp: &Idp, crm: &Crm, ids: &HashMap<String, String>) -> Result<(), AppError> {
    let (mila, contacts) = (person(idp, "mila@example.com").await?, FieldKey::try_from("contacts").map_err(wrong)?);
    flow::bind(crm, INVITATION, "customers", (&contacts, id(ids, "patricia")?), &mila).await.map_err(wrong)?;
    let email = "patricia@example.com";
    let invited = Invited {
        id: INVITATION.to_owned(),
        client: RECORD_STORE.to_owned(),
        relation: id(ids, "kowalski")?.to_owned(),
        email: email.to_owned(),
        email_key: EmailKey::parse(email).map(|k| k.as_str().to_owned()).unwrap_or_default(),
        name: "Patricia Nowak".to_owned(),
        language: "en".to_owned(),
        terms: terms_of(GrantLevel::Reader, None, None),
        invited_by: mila,
        made_at: idp.env.now(),
        token_hash: String::new(),
        expires_at: idp.env.now() + LIFE,
        accepted_at: None,
        person: None,
        grant: None,
        revoked_at: None,
    };
    accept::at_once(idp, &Context::of_program(idp.env.id()), invited, PASSWORD.into()).await.map_err(wrong)
}

impl App {
    /// Serves the second application of the story on `listener`, as a client of the provider in this process.
    pub fn second_application(&mut self, listener: TcpListener) -> Result<Arc<Accounting>, AppError> {
        let env = &self.idp.as_ref().ok_or_else(|| wrong("the provider is not in this process"))?.env;
        let port = listener.local_addr().map_err(wrong)?.port();
        let options = accounting::Options {
            issuer: env.settings.idp_url.as_str().to_owned(),
            client_id: accounting::CLIENT_ID.into(),
            client_secret: accounting::SECRET.into(),
            url: format!("http://localhost:{port}").parse().map_err(wrong)?,
        };
        let app = Accounting::new(options, env.http.clone(), Arc::clone(&env.clock), Arc::clone(&env.entropy));
        let (served, handle) = (Arc::clone(&app), self.handle.clone());
        self.tasks.push(tokio::spawn(async move {
            if let Err(e) = served.serve(listener, handle).await {
                tracing::error!(error = %e, "the second application's listener ended");
            }
        }));
        Ok(app)
    }
}

fn wrong(e: impl std::fmt::Display) -> AppError {
    AppError::Setting(e.to_string())
}

/// The subject of someone of the file of people.
async fn person(idp: &Idp, address: &str) -> Result<String, AppError> {
    let mut snapshot = idp.db.snapshot().await.map_err(wrong)?;
    let found = match EmailKey::parse(address) {
        Some(key) => people::store::by_email(&mut snapshot.tx(), &key).await.map_err(wrong)?,
        None => None,
    };
    found.map(|p| p.id).ok_or_else(|| wrong(format!("{address} is not there")))
}

/// Makes the records, as if Mila, of sales, had; their ids by the names of the file.
async fn records(idp: &Idp, crm: &Crm) -> Result<HashMap<String, String>, AppError> {
    // Records name people, and only the replica says who there is.
    crm.replica.poll_now().await.map_err(wrong)?;
    let maker = person(idp, "mila@example.com").await?;
    let today = crm.env.now().to_jiff().to_zoned(crm.env.settings.zone()).date();
    // With the rights of an administrator, since some of it is not hers to make.
    let viewer = {
        let mut snapshot = crm.db.snapshot().await.map_err(wrong)?;
        let named = Named { sub: &maker, sid: "", issue: "", client_id: "", kid: "" };
        let facts = facts(&mut snapshot.tx(), named).await.map_err(wrong)?.ok_or_else(|| wrong("mila is not in the replica"))?;
        let mila = facts.viewer(&maker, Some(Assurance::Passkey), crm.env.now(), today);
        Viewer { roles: vec!["administrator".into()], ..mila }
    };
    let samples: Vec<Sample> = serde_yaml_ng::from_str(RECORDS).map_err(wrong)?;
    let catalogue = crm.records.catalogue().await.map_err(wrong)?;
    let mut ids: HashMap<String, String> = HashMap::new();
    for sample in samples {
        let title = catalogue.module(&sample.module).map(|m| m.title.clone()).ok_or_else(|| wrong("no such module"))?;
        if let Some(id) = found(crm, &viewer, &sample, &title).await? {
            ids.insert(sample.name, id);
            continue;
        }
        let mut fields = BTreeMap::new();
        for (key, v) in sample.fields {
            let text = v.as_str().unwrap_or_default();
            if let Some(name) = text.strip_prefix("file:") {
                let id = upload(crm, &viewer.sub, (&sample.module, &key), name).await?;
                fields.insert(key, Some(Raw::Json(serde_json::json!({"upload": id}))));
                continue;
            }
            let value = match (text, text.strip_prefix("person:"), text.strip_prefix('@').and_then(|name| ids.get(name))) {
                ("today", ..) => today.to_string().into(),
                ("tomorrow", ..) => today.saturating_add(1.day()).to_string().into(),
                _ if text.starts_with("tomorrow ") => moment(crm, today.saturating_add(1.day()), text).into(),
                (_, Some(address), _) => person(idp, address).await?.into(),
                (_, _, Some(id)) => id.clone().into(),
                _ => v,
            };
            fields.insert(key, Some(Raw::Json(value)));
        }
        let cause = Cause { via: Via::Import, client: None, request: None, pending: None };
        let mut change = Change::create(sample.module, fields, cause);
        change.internal = sample.internal.then_some(true);
        match crm.records.write(&viewer, change).await {
            Ok(Outcome::Written { id, .. }) => drop(ids.insert(sample.name, id)),
            // What is internal is for those who are linked to the relation: it is made once its maker is.
            Err(WriteError::Forbidden(_)) if sample.internal => {}
            other => return Err(wrong(format!("sample {}: {other:?}", sample.name))),
        }
    }
    Ok(ids)
}

/// `tomorrow 10:00` as a moment in the organisation's zone.
fn moment(crm: &Crm, day: jiff::civil::Date, text: &str) -> String {
    let time = text.split(' ').nth(1).and_then(|t| t.parse().ok()).unwrap_or(jiff::civil::Time::midnight());
    let zoned = day.to_datetime(time).to_zoned(crm.env.settings.zone());
    zoned.map_or_else(|_| day.to_string(), |z| z.timestamp().to_string())
}

/// Stores a file of the demonstration as its maker; the id by which a record takes it.
async fn upload(crm: &Crm, sub: &str, (module, field): (&FieldKey, &FieldKey), name: &str) -> Result<String, AppError> {
    let bytes = super::papers::bytes(name).ok_or_else(|| wrong(format!("there is no sample file {name}")))?;
    let catalogue = crm.records.catalogue().await.map_err(wrong)?;
    let found = catalogue.module(module).and_then(|m| m.field(field)).ok_or_else(|| wrong("no such field"))?;
    let once = format!("sample/{name}");
    let wish = Wish { module, field: found, sub, name, once: Some(&once) };
    let chunks = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes.into())]);
    Ok(receive(crm, &wish, chunks).await.map_err(wrong)?.id)
}

/// The record of this sample, if it was made before.
async fn found(crm: &Crm, viewer: &Viewer, sample: &Sample, title: &FieldKey) -> Result<Option<String>, AppError> {
    let Some(value) = sample.fields.get(title) else { return Ok(None) };
    let same = ListQuery { filter: Some(Tree::is(title.clone(), value.clone())), ..ListQuery::of(sample.module.clone()) };
    let page = crm.records.list(viewer, &same, None).await.map_err(wrong)?;
    Ok(page.records.first().map(|r| r.id().to_owned()))
}
