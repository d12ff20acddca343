//! Pending changes as people see them: their makers whole, who manages the record as far as he sees the record. Owns the
//! projection; what is not shown to a person is not in it.

use std::sync::Arc;
use std::time::Duration;

use super::confirm::{self, supervises};
use super::model::{PendingError, Reason, Standing};
use super::store::{self, Ask, Row};
use super::{apply, words};
use crate::contract::FieldKey;
use crate::contract::challenge::{ChallengeState, Channel, CodeSpec};
use crate::crm::Crm;
use crate::crm::auth::Caller;
use crate::crm::code_rules::store as rules;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::modules::value::{Value, to_json};
use crate::crm::replica::people;
use crate::crm::visibility::sight::Viewer;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::View;

/// How long a page waits for what the provider knows.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most entries of a list.
const LISTED: usize = 100;

/// A changed field or mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The field's key; of a mark its name.
    pub key: String,
    /// What it is called, in the page's language.
    pub label: String,
    /// As it is, in words.
    pub from: String,
    /// As it would be, in words.
    pub to: String,
    /// As it is, as the API gives it.
    pub from_json: serde_json::Value,
    /// As it would be, as the API gives it.
    pub to_json: serde_json::Value,
}

/// What one rule waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The rule's key.
    pub rule: String,
    /// Its version.
    pub version: i64,
    /// What people call it.
    pub label: String,
    /// Who has the contact point, where that is the person's to see.
    pub name: Option<String>,
    /// The contact point, masked.
    pub masked: String,
    /// How the code travels.
    pub channel: Channel,
    /// What it looks like.
    pub code: CodeSpec,
    /// How its challenge stood when the provider last said so; nothing before it is made.
    pub state: Option<ChallengeState>,
    /// Whether it is met.
    pub confirmed: bool,
}

/// A pending change.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its id.
    pub id: String,
    /// The module.
    pub module: Arc<Module>,
    /// The record; of a new one there is nothing yet under this id.
    pub record: String,
    /// Whether it makes the record.
    pub is_new: bool,
    /// What the record is known by, where that is shown.
    pub title: Option<String>,
    /// What changes; empty when it is over, and for who may not see it.
    pub changes: Vec<Shown>,
    /// What it waits for, or waited for.
    pub asks: Vec<Asked>,
    /// Where it stands.
    pub standing: Standing,
    /// Why it is void.
    pub reason: Option<Reason>,
    /// The record's version, once applied.
    pub version: Option<i64>,
    /// Whether it is the person's own.
    pub mine: bool,
    /// Who makes it.
    pub actor: String,
    /// His name.
    pub actor_name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

/// A pending change, for its maker or who manages its record. `fresh` asks the provider first how it stands, and applies
/// what turns out to be confirmed; when the provider is slow or away, what was last known is shown.
pub async fn read(crm: &Arc<Crm>, caller: &Caller, view: &View, id: &str, fresh: bool) -> Result<Pending, PendingError> {
    let Some((mut row, mut asks)) = store::load(&crm.db, id).await? else { return Err(PendingError::NotFound) };
    let mine = row.actor == caller.sub();
    if !mine && !supervises(crm, caller, &row).await? {
        return Err(PendingError::NotFound);
    }
    if fresh && matches!(row.standing(), Standing::Waiting | Standing::Confirmed) {
        let (crm2, id2) = (Arc::clone(crm), id.to_owned());
        let run = tokio::spawn(async move {
            confirm::refresh(&crm2, &id2).await?;
            apply::apply(&crm2, &id2).await
        });
        if let Ok(Ok(Err(error))) = tokio::time::timeout(PATIENCE, run).await {
            tracing::info!(%error, pending = id, "the state last known is shown");
        }
        (row, asks) = store::load(&crm.db, id).await?.ok_or(PendingError::NotFound)?;
    }
    show(crm, &crm.viewer(caller), view, mine, row, asks).await
}

async fn show(
    crm: &Arc<Crm>,
    viewer: &Viewer,
    view: &View,
    mine: bool,
    row: Row,
    asks: Vec<Ask>,
) -> Result<Pending, PendingError> {
    let catalogue = crm.records.catalogue().await?;
    let key = row.module()?;
    let module = catalogue.module(&key).ok_or(PendingError::NotFound)?.clone();
    let seen = crm.records.get(viewer, &key, &row.record_id).await?;
    let content = row.content.as_ref().map(|c| &c.0);
    let title = match &seen {
        Some(seen) => seen.title().map(str::to_owned),
        None => content.filter(|_| mine && row.is_new).map(|c| c.title.clone()),
    };
    let mut changes = Vec::new();
    for c in content.map_or(&[][..], |c| &c.changes.fields) {
        // Its maker knows what he wrote; of what is hidden from him there is nothing in his change. Others see their part.
        let readable = match &seen {
            Some(seen) => seen.fields().any(|(f, _)| f.key == c.field),
            // Of a new record, what he gave himself: the gate filled in more, some of it not for him to see.
            None => mine && row.is_new && content.is_some_and(|k| k.change.fields.contains_key(&c.field)),
        };
        if let Some(field) = module.field(&c.field).filter(|_| readable) {
            let json = |v: &Option<Value>| v.as_ref().map_or(serde_json::Value::Null, |v| to_json(field, v));
            let from = if row.is_new { String::new() } else { value(crm, viewer, view, field, c.from.as_ref()).await? };
            changes.push(Shown {
                key: c.field.to_string(),
                label: field.labels.get(view.lang.code()).to_owned(),
                from,
                to: value(crm, viewer, view, field, c.to.as_ref()).await?,
                from_json: json(&c.from),
                to_json: json(&c.to),
            });
        }
    }
    let mut asked = Vec::new();
    for ask in asks {
        asked.extend(one(crm, viewer, view, ask).await?);
    }
    let actor_name = {
        let mut snapshot = crm.db.snapshot().await?;
        people::name(&mut snapshot.tx(), &row.actor).await?.unwrap_or_default()
    };
    Ok(Pending {
        standing: row.standing(),
        reason: (row.standing() == Standing::Void).then(|| row.why()),
        version: row.applied_version,
        id: row.id,
        module,
        record: row.record_id,
        is_new: row.is_new,
        title,
        changes,
        asks: asked,
        mine,
        actor: row.actor,
        actor_name,
        created_at: Timestamp(row.created_at),
        expires_at: Timestamp(row.expires_at),
    })
}

/// A value in words; of a lookup the title of where it leads, where the person sees that, and the name of whom a field names.
async fn value(
    crm: &Arc<Crm>,
    viewer: &Viewer,
    view: &View,
    field: &crate::crm::modules::model::Field,
    value: Option<&Value>,
) -> Result<String, PendingError> {
    if let (FieldKind::Lookup { module }, Some(Value::Text(id))) = (&field.kind, value)
        && let Some(seen) = crm.records.get(viewer, module, id).await?
        && let Some(title) = seen.title()
    {
        return Ok(title.to_owned());
    }
    if let (FieldKind::Person, Some(Value::Text(sub))) = (&field.kind, value) {
        let mut snapshot = crm.db.snapshot().await?;
        if let Some(name) = people::name(&mut snapshot.tx(), sub).await? {
            return Ok(name);
        }
    }
    Ok(words::shown(view, field, value))
}

async fn one(crm: &Arc<Crm>, viewer: &Viewer, view: &View, ask: Ask) -> Result<Option<Asked>, PendingError> {
    let rule = {
        let mut snapshot = crm.db.snapshot().await?;
        rules::at(&mut snapshot.tx(), &ask.rule, ask.rule_version).await?
    };
    let Some(rule) = rule else { return Ok(None) };
    let holder = ask.recipient_module.as_deref().and_then(|m| FieldKey::try_from(m).ok()).zip(ask.recipient_id.as_deref());
    let name = match holder {
        Some((module, id)) => crm.records.get(viewer, &module, id).await?.and_then(|s| s.title().map(str::to_owned)),
        None => None,
    };
    Ok(Some(Asked {
        label: rule.rule.labels.get(view.lang.code()).to_owned(),
        rule: ask.rule,
        version: ask.rule_version,
        name,
        masked: ask.masked,
        channel: rule.rule.channel,
        code: rule.rule.code,
        confirmed: ask.confirmation.is_some(),
        state: ask.standing.map(|s| s.0),
    }))
}

/// The changes that wait: the person's own, and with `all` those of the records that he manages, latest first.
pub async fn waiting_of(crm: &Arc<Crm>, caller: &Caller, view: &View, all: bool) -> Result<Vec<Pending>, PendingError> {
    let ids = {
        let mut snapshot = crm.db.snapshot().await?;
        let whose = (!all).then_some(caller.sub());
        store::open(&mut snapshot.tx(), whose).await?
    };
    shown(crm, caller, view, ids).await
}

/// The changes of one record that wait, as far as the person may see them.
pub async fn waiting_on(crm: &Arc<Crm>, caller: &Caller, view: &View, record: &str) -> Result<Vec<Pending>, PendingError> {
    let ids = {
        let mut snapshot = crm.db.snapshot().await?;
        store::open_of_record(&mut snapshot.tx(), record).await?
    };
    shown(crm, caller, view, ids).await
}

async fn shown(crm: &Arc<Crm>, caller: &Caller, view: &View, ids: Vec<(String,)>) -> Result<Vec<Pending>, PendingError> {
    let mut found = Vec::new();
    for (id,) in ids {
        match read(crm, caller, view, &id, false).await {
            Ok(pending) => found.push(pending),
            Err(PendingError::NotFound) => {}
            Err(e) => return Err(e),
        }
        if found.len() == LISTED {
            break;
        }
    }
    Ok(found)
}
