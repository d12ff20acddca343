//! Routes that change records by pages: make, edit, set one choice, delete. The path names the record; each form brings the
//! version that it showed and a key by which it counts once.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;

use super::delete::RefusedPage;
use super::form::{self, Again, Subject};
use super::frame::{Desk, PageError, Turn};
use super::lookups::{self, Typed};
use super::sent::Sent;
use super::upload::{self, Form, Kind, Place};
use super::wrong;
use crate::contract::FieldKey;
use crate::crm::auth::refusal::see_other;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::modules::value::{FieldError, Raw};
use crate::crm::pending::http::{page_of, trouble};
use crate::crm::pending::{self, PendingError, Saved};
use crate::crm::records::model::{Cause, Change, Via, WriteError};
use crate::crm::records::seen::Seen;
use crate::kernel::pages::{Choice, html};

/// The form, once what it typed is found.
struct Read {
    module: Arc<Module>,
    sent: Sent,
    wrong: Vec<FieldError>,
    several: BTreeMap<FieldKey, Vec<Choice>>,
}

/// Makes a record.
pub async fn create(turn: Turn, Path(module): Path<String>, request: Request) -> Response {
    turn.answer(turn.create(&module, request).await)
}

/// Saves a record.
pub async fn edit(turn: Turn, Path((module, id)): Path<(String, String)>, request: Request) -> Response {
    turn.answer(turn.edit(&module, &id, request).await)
}

/// Sets one choice.
pub async fn set(turn: Turn, Path((module, id)): Path<(String, String)>, request: Request) -> Response {
    turn.answer(turn.set(&module, &id, request).await)
}

/// Puts a record away.
pub async fn delete(turn: Turn, Path((module, id)): Path<(String, String)>, request: Request) -> Response {
    turn.answer(turn.delete(&module, &id, request).await)
}

impl Turn {
    fn cause(&self) -> Cause {
        Cause { request: Some(self.visit.context.request_id.clone()), ..Cause::via(Via::Page) }
    }

    /// Takes in the form. Of one with files it is asked first whether the person may put files there at all; meanwhile nothing
    /// of the database is held.
    async fn form(&self, module: &str, id: Option<&str>, request: Request) -> Result<Form, PageError> {
        if upload::kind(&request)? == Kind::Plain {
            return upload::plain(request).await;
        }
        let (module, fields) = {
            let (mut snapshot, caller) = self.crm.reading(&self.caller).await?;
            let mut desk = Desk::open(&self.crm, &self.visit, &caller, &mut snapshot).await?;
            let module = desk.module(module)?;
            let seen = match id {
                Some(id) => Some(desk.reader.get(&module.key, id).await?.ok_or(PageError::NotFound)?),
                None => None,
            };
            let subject = seen.as_ref().map_or(Subject::New(&module), Subject::Record);
            let sight = desk.reader.access.sight(&module.key).ok_or(PageError::NotFound)?;
            let takes = module.fields.iter().filter(|f| f.kind.is_file() && subject.offers(&sight, f));
            (Arc::clone(&module), takes.map(|f| (f.key.clone(), f.clone())).collect())
        };
        upload::parts(&self.crm, &Place { module: &module.key, fields, sub: self.caller.sub() }, request).await
    }

    /// Reads the form and finds the records whose titles were typed. A record must be seen before its form is read at all.
    async fn read(&self, module: &str, id: Option<&str>, request: Request) -> Result<Read, PageError> {
        let form = self.form(module, id, request).await?;
        let (mut snapshot, caller) = self.crm.reading(&self.caller).await?;
        let mut desk = Desk::open(&self.crm, &self.visit, &caller, &mut snapshot).await?;
        let module = desk.module(module)?;
        if let Some(id) = id {
            desk.reader.get(&module.key, id).await?.ok_or(PageError::NotFound)?;
        }
        let mut sent = Sent::collect(form.pairs, &module)?;
        let (mut wrong, mut several, mut found) = (form.wrong, BTreeMap::new(), Vec::new());
        for (key, title) in sent.typed() {
            let Some(field) = module.field(key) else { continue };
            let none = match &field.kind {
                FieldKind::Lookup { .. } => "field-not-a-record",
                FieldKind::Person => "field-not-a-person",
                _ => continue,
            };
            if title.is_empty() {
                found.push((key.clone(), String::new()));
                continue;
            }
            let now = sent.text(key).unwrap_or_default();
            if lookups::called(&mut desk.reader, field, now).await?.is_some_and(|t| t == title) {
                continue;
            }
            let error = |code| FieldError { field: key.clone(), code, limit: None };
            match lookups::typed(&mut desk.reader, field, title).await? {
                Typed::One(id) => found.push((key.clone(), id)),
                Typed::None => wrong.push(error(none)),
                Typed::Several(choices) => {
                    wrong.push(error("field-several"));
                    several.insert(key.clone(), choices);
                }
            }
        }
        for (key, id) in found {
            sent.settle(&key, id);
        }
        Ok(Read { module, sent, wrong, several })
    }

    async fn create(&self, module: &str, request: Request) -> Result<Response, PageError> {
        let read = self.read(module, None, request).await?;
        let change = Change::create(read.module.key.clone(), read.sent.fields(), self.cause());
        self.send(read, None, change).await
    }

    async fn edit(&self, module: &str, id: &str, request: Request) -> Result<Response, PageError> {
        let read = self.read(module, Some(id), request).await?;
        read.sent.agrees(id)?;
        let change = Change::edit(read.module.key.clone(), id, read.sent.version()?, read.sent.fields(), self.cause());
        self.send(read, Some(id), change).await
    }

    async fn set(&self, module: &str, id: &str, request: Request) -> Result<Response, PageError> {
        let read = self.read(module, Some(id), request).await?;
        read.sent.agrees(id)?;
        let bad = || PageError::Bad("field and value are needed".to_owned());
        let field = read.sent.own("field").and_then(|f| FieldKey::try_from(f).ok()).ok_or_else(bad)?;
        let value = read.sent.own("value").ok_or_else(bad)?.to_owned();
        let fields = BTreeMap::from([(field, Some(Raw::Form(vec![value])))]);
        let change = Change::edit(read.module.key.clone(), id, read.sent.version()?, fields, self.cause());
        self.press(read, id, change).await
    }

    async fn delete(&self, module: &str, id: &str, request: Request) -> Result<Response, PageError> {
        let read = self.read(module, Some(id), request).await?;
        read.sent.agrees(id)?;
        let change = Change::remove(read.module.key.clone(), id, read.sent.version()?, self.cause());
        self.press(read, id, change).await
    }

    async fn write(&self, sent: &Sent, mut change: Change) -> Result<(Saved, Change), PendingError> {
        change.idempotency_key = sent.own("idempotency_key").map(str::to_owned);
        Ok((pending::save(&self.crm, &self.caller, &self.visit.context, change.clone()).await?, change))
    }

    /// A form with fields: what is wrong is shown in it.
    async fn send(&self, read: Read, id: Option<&str>, change: Change) -> Result<Response, PageError> {
        if !read.wrong.is_empty() {
            let wrong = read.wrong.clone();
            return self.again(&read, id, Again { wrong, ..Again::default() }, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        let (again, status) = match self.write(&read.sent, change).await {
            Ok((outcome, change)) => return self.done(&read.module, outcome, &change).await,
            Err(PendingError::Write(WriteError::Invalid(wrong))) => {
                (Again { wrong, ..Again::default() }, StatusCode::UNPROCESSABLE_ENTITY)
            }
            Err(PendingError::Write(WriteError::Conflict { .. })) => {
                (Again { conflict: true, ..Again::default() }, StatusCode::CONFLICT)
            }
            Err(PendingError::Write(WriteError::IdempotencyKey)) => (self.whole("crm-sent-before"), StatusCode::CONFLICT),
            Err(PendingError::Write(WriteError::Forbidden(code))) => {
                let text = wrong::refused(&self.visit.view, code);
                (Again { whole: vec![text], ..Again::default() }, StatusCode::FORBIDDEN)
            }
            Err(e) => return self.trouble(e),
        };
        self.again(&read, id, again, status).await
    }

    fn whole(&self, key: &str) -> Again<'static> {
        Again { whole: vec![self.visit.view.t(key)], ..Again::default() }
    }

    /// Shows the form again. A record that is gone by now, or not his any more, is not found.
    async fn again(&self, read: &Read, id: Option<&str>, again: Again<'_>, status: StatusCode) -> Result<Response, PageError> {
        let (mut snapshot, caller) = self.crm.reading(&self.caller).await?;
        let mut desk = Desk::open(&self.crm, &self.visit, &caller, &mut snapshot).await?;
        let seen: Option<Seen> = match id {
            None => None,
            Some(id) => Some(desk.reader.get(&read.module.key, id).await?.ok_or(PageError::NotFound)?),
        };
        let subject = seen.as_ref().map_or(Subject::New(&read.module), Subject::Record);
        let again = Again { sent: Some(&read.sent), several: read.several.clone(), ..again };
        Ok(html(status, &form::load(&mut desk, &subject, again).await?))
    }

    /// A single button: what is wrong is a page.
    async fn press(&self, read: Read, id: &str, change: Change) -> Result<Response, PageError> {
        let view = &self.visit.view;
        let back = super::shown::address(view, read.module.key.as_str(), id);
        let (status, title, text) = match self.write(&read.sent, change).await {
            Ok((outcome, change)) => return self.done(&read.module, outcome, &change).await,
            Err(PendingError::Write(WriteError::Conflict { .. } | WriteError::IdempotencyKey)) => {
                (StatusCode::CONFLICT, view.t("error-conflict-title"), view.t("error-conflict-text"))
            }
            Err(PendingError::Write(WriteError::Forbidden(code))) => {
                (StatusCode::FORBIDDEN, view.t("error-forbidden-title"), wrong::refused(view, code))
            }
            Err(PendingError::Write(WriteError::Invalid(errors))) => {
                let words: Vec<String> = errors.iter().map(|e| wrong::words(view, e)).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, view.t1("form-problems-title", "count", errors.len()), words.join(" "))
            }
            Err(e) => return self.trouble(e),
        };
        self.refused(&read.module, status, title, text, back).await
    }

    async fn refused(
        &self,
        module: &Module,
        status: StatusCode,
        title: String,
        text: String,
        back: String,
    ) -> Result<Response, PageError> {
        let view = self.visit.view_for(&self.caller);
        let nav = self.crm.nav(&view, &self.caller, module.key.as_str()).await?;
        Ok(html(status, &RefusedPage { view, nav, title, text, back }))
    }

    /// Where a change leads that was made, or that waits for a code.
    async fn done(&self, module: &Module, saved: Saved, change: &Change) -> Result<Response, PageError> {
        let view = &self.visit.view;
        let (id, said) = match saved {
            Saved::Written { id, .. } => (id, "saved"),
            Saved::Unchanged { id, .. } => (id, "same"),
            Saved::Waiting(id) => return Ok(see_other(&page_of(view, &id))),
        };
        if change.delete {
            return Ok(see_other(&format!("{}/m/{}", view.base, module.key)));
        }
        Ok(see_other(&format!("{}?done={said}", super::shown::address(view, module.key.as_str(), &id))))
    }

    /// What the form can't show: the page of a missing record, or why no code can be asked for.
    fn trouble(&self, e: PendingError) -> Result<Response, PageError> {
        match e {
            PendingError::Write(e) => Err(e.into()),
            PendingError::Db(e) => Err(e.into()),
            e => Ok(trouble(&self.crm, &self.visit, e)),
        }
    }
}
