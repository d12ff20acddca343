//! Routes of the pages about who sees a relation. All stand behind the check for requests from other sites. What was done is
//! told on the page that the browser is led back to.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::access::{self, Beside};
use super::{Said, begin_of, end_of, links_http, why_http};
use crate::contract::access::{GrantChange, NewGrant, Taken, TakenState};
use crate::contract::feed::Holder;
use crate::contract::{FieldKey, GrantLevel};
use crate::crm::Crm;
use crate::crm::access::flow::{self, Asker, Place};
use crate::crm::access::model::{GrantsError, Invite};
use crate::crm::auth::caller::Denied;
use crate::crm::auth::refusal::{see_other, step_up};
use crate::crm::auth::session::SESSION_COOKIE;
use crate::crm::auth::{AccessError, Caller, Person, Visit};
use crate::crm::modules::model::ModuleRole;
use crate::crm::pages::frame::{Desk, PageError, answer};
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

type App = State<Arc<Crm>>;

/// A request about a relation.
pub(super) struct Turn<'a> {
    pub(super) crm: &'a Arc<Crm>,
    pub(super) visit: &'a Visit,
    pub(super) caller: &'a Caller,
    cookie: String,
    pub(super) module: FieldKey,
    pub(super) id: String,
}

impl<'a> Turn<'a> {
    /// Who has access is the business of those who work here; for others there is no such page.
    pub(super) fn new(
        crm: &'a Arc<Crm>,
        visit: &'a Visit,
        caller: &'a Caller,
        headers: &HeaderMap,
        (module, id): (String, String),
    ) -> Result<Self, PageError> {
        let cookie = SESSION_COOKIE.get(&crm.env.settings.crm_url, headers).filter(|_| caller.staff());
        let cookie = cookie.ok_or(PageError::NotFound)?;
        let module = FieldKey::try_from(module).map_err(|_| PageError::NotFound)?;
        Ok(Self { crm, visit, caller, cookie, module, id })
    }

    pub(super) fn asker(&self) -> Asker<'_> {
        Asker { caller: self.caller, cookie: &self.cookie, context: &self.visit.context }
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
        let asked = flow::list(self.crm, self.asker(), self.place()).await;
        if let Err(GrantsError::Access(e)) = asked {
            return Err(e.into());
        }
        let (mut snapshot, caller) = self.crm.reading(self.caller).await?;
        let mut desk = Desk::open(self.crm, self.visit, &caller, &mut snapshot).await?;
        let seen = self.relation(&mut desk).await?;
        Ok(html(status, &access::load(&mut desk, &seen, asked, beside).await?))
    }

    /// The page again, with what was wrong or why it was refused.
    async fn refused(&self, e: GrantsError) -> Result<Response, PageError> {
        let text = |key: &str| self.visit.view.t(key);
        let (status, field, key) = match e {
            GrantsError::NotFound => (StatusCode::CONFLICT, "", "access-refused-gone"),
            GrantsError::Forbidden => (StatusCode::FORBIDDEN, "", "access-refused-forbidden"),
            GrantsError::Conflict => (StatusCode::CONFLICT, "", "access-refused-gone"),
            GrantsError::Invalid(ref fields) if fields.contains_key("until") => {
                (StatusCode::UNPROCESSABLE_ENTITY, "until", "access-refused-day")
            }
            GrantsError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "", "access-refused-invalid"),
            // To a stronger or newer sign-in and back to this page, where it can be asked again.
            GrantsError::Access(AccessError::Denied(Denied::Short(want))) => {
                return Ok(step_up(&format!("/m/{}/{}/access", self.module, self.id), want));
            }
            GrantsError::Access(e) => return Err(e.into()),
            GrantsError::Read(e) => return Err(e.into()),
            GrantsError::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "", "error-too-many-text"),
            GrantsError::SignInAgain | GrantsError::Unreachable(_) => {
                let said = Said { kind: "caution", title: text("access-away-title"), text: text("access-away-text") };
                return self.page(StatusCode::BAD_GATEWAY, Beside { said: Some(said), ..Beside::default() }).await;
            }
        };
        let problems = vec![Problem { field: field.to_owned(), text: text(key) }];
        self.page(status, Beside { problems, ..Beside::default() }).await
    }

    async fn wrong(&self, field: &str, key: &str) -> Result<Response, PageError> {
        let problems = vec![Problem { field: field.to_owned(), text: self.visit.view.t(key) }];
        self.page(StatusCode::UNPROCESSABLE_ENTITY, Beside { problems, ..Beside::default() }).await
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

async fn show(
    State(crm): App,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path(at): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, at)?;
        let params = Params::parse(raw.as_deref().unwrap_or_default().as_bytes(), &[])?;
        let view = visit.view_for(&caller);
        turn.page(StatusCode::OK, Beside { said: said(&view, &params), ..Beside::default() }).await
    };
    answer(&crm, &visit, result.await)
}

async fn give(
    State(crm): App,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path(at): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, at)?;
        let form = form(&body)?;
        let Some(holder) = holder(form.get("holder")) else { return turn.wrong("holder", "access-refused-who").await };
        let Some(level) = level(form.get("level")) else { return turn.wrong("level", "access-refused-level").await };
        let Ok(until) = until(&visit.view, form.get("until")) else { return turn.wrong("until", "access-refused-day").await };
        let reason = form.get("reason").map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned);
        let Ok(from) = from(&visit.view, form.get("from")) else { return turn.wrong("from", "access-refused-first-day").await };
        let new = NewGrant { holder, level, from, until, reason };
        match flow::give(&crm, turn.asker(), turn.place(), &new).await {
            Ok(_) => Ok(turn.done("given", &[])),
            Err(e) => turn.refused(e).await,
        }
    };
    answer(&crm, &visit, result.await)
}

async fn change(
    State(crm): App,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path((module, id, grant)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, (module, id))?;
        let form = form(&body)?;
        let named = |name: &str| form.get(&format!("{name}-{grant}"));
        let Some(level) = level(named("level")) else { return turn.wrong("", "access-refused-level").await };
        let Ok(until) = until(&visit.view, named("until")) else { return turn.wrong("", "access-refused-day").await };
        let change = GrantChange { level: Some(level), until: Some(until), ..GrantChange::default() };
        match flow::change(&crm, turn.asker(), turn.place(), &grant, &change).await {
            Ok(changed) => match changed.taken {
                Some(taken) if taken.state == TakenState::Pending => Ok(turn.taken(&taken)),
                _ => Ok(turn.done("changed", &[])),
            },
            Err(e) => turn.refused(e).await,
        }
    };
    answer(&crm, &visit, result.await)
}

async fn take(
    State(crm): App,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path((module, id, grant)): Path<(String, String, String)>,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, (module, id))?;
        match flow::take(&crm, turn.asker(), turn.place(), &grant).await {
            Ok(taken) => Ok(turn.taken(&taken)),
            Err(e) => turn.refused(e).await,
        }
    };
    answer(&crm, &visit, result.await)
}

async fn invite(
    State(crm): App,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path(at): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, at)?;
        let form = form(&body)?;
        let contact = form.get("contact").and_then(|c| c.split_once('/'));
        let contact = contact.and_then(|(m, id)| Some((FieldKey::try_from(m).ok()?, id.to_owned())));
        let Some((module, record)) = contact else { return turn.wrong("contact", "access-refused-who").await };
        let Some(level) = level(form.get("invite-level")) else {
            return turn.wrong("invite-level", "access-refused-level").await;
        };
        let Ok(until) = until(&visit.view, form.get("invite-until")) else {
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
        match flow::invite(&crm, turn.asker(), turn.place(), invite).await {
            Ok(_) => Ok(turn.done("invited", &[])),
            Err(e) => turn.refused(e).await,
        }
    };
    answer(&crm, &visit, result.await)
}

async fn revoke(
    State(crm): App,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path((module, id, invitation)): Path<(String, String, String)>,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, (module, id))?;
        match flow::withdraw(&crm, turn.asker(), turn.place(), &invitation).await {
            Ok(taken) if taken.state == TakenState::Pending => Ok(turn.taken(&taken)),
            Ok(_) => Ok(turn.done("revoked", &[])),
            Err(e) => turn.refused(e).await,
        }
    };
    answer(&crm, &visit, result.await)
}
