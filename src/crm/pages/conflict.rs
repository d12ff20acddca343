//! That somebody else changed a record while its form was open: who, and where the two differ.

use super::frame::{Desk, PageError};
use super::sent::Sent;
use super::shown::{label, of, shown};
use super::{lookups, store};
use crate::crm::modules::value::{Raw, Value, read};
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::Right;
use crate::kernel::clock::Timestamp;

/// A value that somebody else saved in the meantime.
pub struct Clash {
    /// The field.
    pub label: String,
    /// As it is saved now.
    pub theirs: String,
    /// As it stands in the form.
    pub yours: String,
}

/// Somebody was ahead.
pub struct Conflict {
    /// Who and when.
    pub text: String,
    /// Where the two differ.
    pub clashes: Vec<Clash>,
}

/// Who was ahead, and where the form and the record differ now.
pub(super) async fn load(desk: &mut Desk<'_>, seen: &Seen, sent: Option<&Sent>) -> Result<Conflict, PageError> {
    let names = store::names(&mut desk.reader.tx, std::iter::once(seen.updated_by())).await?;
    let view = desk.view.clone();
    // Who changed it is told to those who may read its history.
    let who = names.get(seen.updated_by()).cloned().filter(|_| seen.may(Right::History));
    let who = who.unwrap_or_else(|| view.t("crm-somebody"));
    let at = view.date_time(Timestamp(seen.updated_at().0));
    let mut clashes = Vec::new();
    let wanted = sent.map(Sent::fields).unwrap_or_default();
    for (key, raw) in &wanted {
        let Some(field) = seen.module().field(key).filter(|_| seen.writable(key)) else { continue };
        let none = Raw::Json(serde_json::Value::Null);
        let yours = read(field, raw.as_ref().unwrap_or(&none), &desk.crm.records.cx).ok().flatten();
        if yours.as_ref() == seen.value(key) {
            continue;
        }
        let target = match &yours {
            Some(Value::Text(id)) => lookups::called(&mut desk.reader, field, id).await?,
            _ => None,
        };
        let in_words = match target {
            Some(title) => title,
            None => shown(&view, field, yours.as_ref(), None).text,
        };
        let or_none = |t: String| if t.is_empty() { view.t("value-none") } else { t };
        clashes.push(Clash {
            label: label(&view, field),
            theirs: or_none(of(&view, seen, field).text),
            yours: or_none(in_words),
        });
    }
    Ok(Conflict { text: view.t2("crm-changed-meanwhile-text", "name", who, "at", at), clashes })
}
