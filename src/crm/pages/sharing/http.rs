//! Routes of the pages about who sees a relation. All stand behind the check for requests from other sites. What was done is
//! told on the page that the browser is led back to.

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, RawQuery};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::access::{self, Beside};
use super::{Said, begin_of, end_of, links_http, why_http};
use crate::contract::access::{GrantChange, NewGrant, Taken, TakenState};
use crate::contract::feed::Holder;
use crate::contract::{FieldKey, GrantLevel};
use crate::crm::Crm;
use crate::crm::access::flow::{self, Asker, Place};
use crate::crm::access::http::At;
use crate::crm::access::model::{GrantsError, Invite};
use crate::crm::auth::AccessError;
use crate::crm::auth::caller::Denied;
use crate::crm::auth::refusal::{see_other, step_up};
use crate::crm::auth::session::SESSION_COOKIE;
use crate::crm::modules::model::ModuleRole;
use crate::crm::pages::frame::{self, Desk, PageError};
use crate::crm::records::seen::Seen;
use crate::kernel::http::Params;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::pages::{Problem, View, html};

/// All of them.
pub fn routes(crm: Arc<Crm>) -> Router {
    let pages = Router::new()
        .route("/m/{module}/{id}/access", get(show).post(give))
        .route("/m/{module}/{id}/access/{grant}/change", post(change))
        .route("/m/{module}/{id}/access/{grant}/take", post(take))
        .route("/m/{module}/{id}/invitations", post(invite))
        .route("/m/{module}/{id}/invitations/{invitation}/revoke", post(revoke));
    same_site_only(pages.merge(links_http::routes()).merge(why_http::routes())).with_state(crm)
}

/// A request about a relation.
pub(super) struct Turn {
    turn: frame::Turn,
    cookie: String,
    pub(super) module: FieldKey,
    pub(super) id: String,
}

/// An address with one more thing of the relation.
pub(super) type Third = Path<(String, String, String)>;

impl FromRequestParts<Arc<Crm>> for Turn {
    type Rejection = Response;

    /// Who has access is the business of those who work here; for others there is no such page.
    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        let turn = frame::Turn::from_request_parts(parts, crm).await?;
        let Path(at) = Path::<At>::from_request_parts(parts, crm).await.map_err(IntoResponse::into_response)?;
        let cookie = SESSION_COOKIE.get(&crm.env.settings.crm_url, &parts.headers).filter(|_| turn.caller.staff());
        let (Some(cookie), Ok(module)) = (cookie, FieldKey::try_from(at.module)) else {
            return Err(turn.answer(Err(PageError::NotFound)));
        };
        Ok(Self { turn, cookie, module, id: at.id })
    }
}

impl Deref for Turn {
    type Target = frame::Turn;
    fn deref(&self) -> &frame::Turn {
        &self.turn
    }
}

/// How a refusal is told.
pub(super) enum Told {
    /// On the page that was asked for.
    Here(StatusCode, &'static str),
    /// By leading elsewhere.
    Elsewhere(Response),
}

impl Turn {
    pub(super) fn asker(&self) -> Asker<'_> {
        Asker { caller: &self.caller, cookie: &self.cookie, context: &self.visit.context }
    }
    pub(super) fn place(&self) -> Place<'_> {
        Place { module: &self.module, id: &self.id }
    }

    /// Back to the page, with a word on what was done.
    fn done(&self, what: &str, waiting_for: &[String]) -> Response {
        let mut pairs = vec![("done".to_owned(), what.to_owned())];
        pairs.extend((!waiting_for.is_empty()).then(|| ("waiting".to_owned(), waiting_for.join(","))));
        let here = format!("{}/m/{}/{}/access", self.visit.view.base, self.module, self.id);
        see_other(&crate::crm::pages::frame::with(&here, &pairs))
    }

    fn taken(&self, taken: &Taken) -> Response {
        match taken.state {
            TakenState::Done => self.done("taken", &[]),
            TakenState::Pending => self.done("pending", &taken.waiting_for),
        }
    }

    /// The relation that the page is about, as far as whoever asks sees it.
    pub(super) async fn relation(&self, desk: &mut Desk<'_>) -> Result<Seen, PageError> {
        let seen = desk.reader.get(&self.module, &self.id).await?.ok_or(PageError::NotFound)?;
        if seen.module().role != Some(ModuleRole::Relation) {
            return Err(PageError::NotFound);
        }
        Ok(seen)
    }

    async fn page(&self, status: StatusCode, beside: Beside) -> Result<Response, PageError> {
        // The provider is asked before the snapshot is taken, which is not held while something else is waited for.
        let asked = flow::list(&self.crm, self.asker(), self.place()).await;
        if let Err(GrantsError::Access(e)) = asked {
            return Err(e.into());
        }
        let (mut snapshot, caller) = self.crm.reading(&self.caller).await?;
        let mut desk = Desk::open(&self.crm, &self.visit, &caller, &mut snapshot).await?;
        let seen = self.relation(&mut desk).await?;
        Ok(html(status, &access::load(&mut desk, &seen, asked, beside).await?))
    }

    /// How a refusal is told that has no field to stand at. `page` is the one that was asked for.
    pub(super) fn told(&self, e: GrantsError, page: &str) -> Result<Told, PageError> {
        Ok(match e {
            GrantsError::NotFound | GrantsError::Conflict => Told::Here(StatusCode::CONFLICT, "access-refused-gone"),
            GrantsError::Forbidden => Told::Here(StatusCode::FORBIDDEN, "access-refused-forbidden"),
            GrantsError::Invalid(_) => Told::Here(StatusCode::UNPROCESSABLE_ENTITY, "access-refused-invalid"),
            GrantsError::TooMany(_) => Told::Here(StatusCode::TOO_MANY_REQUESTS, "error-too-many-text"),
            GrantsError::SignInAgain | GrantsError::Unreachable(_) => Told::Here(StatusCode::BAD_GATEWAY, "access-away-text"),
            // To a stronger or newer sign-in and back to this page, where it can be asked again.
            GrantsError::Access(AccessError::Denied(Denied::Short(want))) => {
                Told::Elsewhere(step_up(&format!("/m/{}/{}/{page}", self.module, self.id), want))
            }
            GrantsError::Access(e) => return Err(e.into()),
            GrantsError::Read(e) => return Err(e.into()),
        })
    }

    /// The page again, with what was wrong or why it was refused.
    async fn refused(&self, e: GrantsError) -> Result<Response, PageError> {
        if matches!(e, GrantsError::SignInAgain | GrantsError::Unreachable(_)) {
            let text = |key: &str| self.visit.view.t(key);
            let said = Said { kind: "caution", title: text("access-away-title"), text: text("access-away-text") };
            return self.page(StatusCode::BAD_GATEWAY, Beside { said: Some(said), ..Beside::default() }).await;
        }
        if matches!(&e, GrantsError::Invalid(fields) if fields.contains_key("until")) {
            return self.wrong("until", "access-refused-day").await;
        }
        match self.told(e, "access")? {
            Told::Here(status, key) => self.with_problem(status, "", key).await,
            Told::Elsewhere(answer) => Ok(answer),
        }
    }

    async fn wrong(&self, field: &str, key: &str) -> Result<Response, PageError> {
        self.with_problem(StatusCode::UNPROCESSABLE_ENTITY, field, key).await
    }

    async fn with_problem(&self, status: StatusCode, field: &str, key: &str) -> Result<Response, PageError> {
        let problems = vec![Problem { field: field.to_owned(), text: self.visit.view.t(key) }];
        self.page(status, Beside { problems, ..Beside::default() }).await
    }
}

fn form(body: &Bytes) -> Result<Params, PageError> {
    Ok(Params::parse(body, &[])?)
}

/// The end of the day that a form names; nothing for none.
fn until(view: &View, text: Option<&str>) -> Result<Option<i64>, ()> {
    match text.map(str::trim).filter(|t| !t.is_empty()) {
        None => Ok(None),
        Some(t) => t.parse().ok().and_then(|day| end_of(view, day)).map(|t| Some(t.0)).ok_or(()),
    }
}

/// The beginning of the day that a form names; nothing for none, or one that has begun.
fn from(view: &View, text: Option<&str>) -> Result<Option<i64>, ()> {
    match text.map(str::trim).filter(|t| !t.is_empty()) {
        None => Ok(None),
        Some(t) => {
            let begin = t.parse().ok().and_then(|day| begin_of(view, day)).ok_or(())?;
            Ok(Some(begin).filter(|t| *t > view.now).map(|t| t.0))
        }
    }
}

fn level(text: Option<&str>) -> Option<GrantLevel> {
    GrantLevel::ALL.into_iter().find(|l| Some(l.as_str()) == text)
}

fn holder(text: Option<&str>) -> Option<Holder> {
    let (kind, id) = text?.split_once(':')?;
    match kind {
        "person" => Some(Holder::Person(id.to_owned())),
        "group" => Some(Holder::Group(id.to_owned())),
        _ => None,
    }
}

/// What a redirect said that was done. Names of applications come from the address, so only what can be one is repeated.
fn said(view: &View, params: &Params) -> Option<Said> {
    let plain = |title: &str| Some(Said { kind: "good", title: view.t(title), text: String::new() });
    match params.get("done")? {
        "given" => plain("access-said-given"),
        "changed" => plain("access-said-changed"),
        "taken" => plain("access-said-taken"),
        "invited" => plain("access-said-invited"),
        "revoked" => plain("access-said-revoked"),
        "pending" => {
            let name =
                |n: &&str| (1..=64).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            let names = params.get("waiting").unwrap_or_default().split(',').filter(name).take(10).collect::<Vec<_>>();
            let text = view.t1("access-said-pending-text", "who", names.join(", "));
            Some(Said { kind: "caution", title: view.t("access-said-pending-title"), text })
        }
        _ => None,
    }
}

async fn show(turn: Turn, RawQuery(raw): RawQuery) -> Response {
    let result = async {
        let params = Params::parse(raw.as_deref().unwrap_or_default().as_bytes(), &[])?;
        let view = turn.visit.view_for(&turn.caller);
        turn.page(StatusCode::OK, Beside { said: said(&view, &params), ..Beside::default() }).await
    };
    turn.answer(result.await)
}

async fn give(turn: Turn, body: Bytes) -> Response {
    let result = async {
        let form = form(&body)?;
        let Some(holder) = holder(form.get("holder")) else { return turn.wrong("holder", "access-refused-who").await };
        let Some(level) = level(form.get("level")) else { return turn.wrong("level", "access-refused-level").await };
        let Ok(until) = until(&turn.visit.view, form.get("until")) else {
            return turn.wrong("until", "access-refused-day").await;
        };
        let reason = form.get("reason").map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned);
        let Ok(from) = from(&turn.visit.view, form.get("from")) else {
            return turn.wrong("from", "access-refused-first-day").await;
        };
        let new = NewGrant { holder, level, from, until, reason };
        match flow::give(&turn.crm, turn.asker(), turn.place(), &new).await {
            Ok(_) => Ok(turn.done("given", &[])),
            Err(e) => turn.refused(e).await,
        }
    };
    turn.answer(result.await)
}

async fn change(turn: Turn, Path((_, _, grant)): Third, body: Bytes) -> Response {
    let result = async {
        let form = form(&body)?;
        let named = |name: &str| form.get(&format!("{name}-{grant}"));
        let Some(level) = level(named("level")) else { return turn.wrong("", "access-refused-level").await };
        let Ok(until) = until(&turn.visit.view, named("until")) else { return turn.wrong("", "access-refused-day").await };
        let change = GrantChange { level: Some(level), until: Some(until), ..GrantChange::default() };
        match flow::change(&turn.crm, turn.asker(), turn.place(), &grant, &change).await {
            Ok(changed) => match changed.taken {
                Some(taken) if taken.state == TakenState::Pending => Ok(turn.taken(&taken)),
                _ => Ok(turn.done("changed", &[])),
            },
            Err(e) => turn.refused(e).await,
        }
    };
    turn.answer(result.await)
}

async fn take(turn: Turn, Path((_, _, grant)): Third) -> Response {
    let result = match flow::take(&turn.crm, turn.asker(), turn.place(), &grant).await {
        Ok(taken) => Ok(turn.taken(&taken)),
        Err(e) => turn.refused(e).await,
    };
    turn.answer(result)
}

async fn invite(turn: Turn, body: Bytes) -> Response {
    let result = async {
        let form = form(&body)?;
        let contact = form.get("contact").and_then(|c| c.split_once('/'));
        let contact = contact.and_then(|(m, id)| Some((FieldKey::try_from(m).ok()?, id.to_owned())));
        let Some((module, record)) = contact else { return turn.wrong("contact", "access-refused-who").await };
        let Some(level) = level(form.get("invite-level")) else {
            return turn.wrong("invite-level", "access-refused-level").await;
        };
        let Ok(until) = until(&turn.visit.view, form.get("invite-until")) else {
            return turn.wrong("invite-until", "access-refused-day").await;
        };
        let invite = Invite {
            id: form.get("idempotency_key").map(str::to_owned),
            module,
            record,
            portal: form.get("portal").filter(|p| !p.is_empty()).map(str::to_owned),
            level,
            until,
            reason: None,
        };
        match flow::invite(&turn.crm, turn.asker(), turn.place(), invite).await {
            Ok(_) => Ok(turn.done("invited", &[])),
            Err(e) => turn.refused(e).await,
        }
    };
    turn.answer(result.await)
}

async fn revoke(turn: Turn, Path((_, _, invitation)): Third) -> Response {
    let result = match flow::withdraw(&turn.crm, turn.asker(), turn.place(), &invitation).await {
        Ok(taken) if taken.state == TakenState::Pending => Ok(turn.taken(&taken)),
        Ok(_) => Ok(turn.done("revoked", &[])),
        Err(e) => turn.refused(e).await,
    };
    turn.answer(result)
}
