//! Routes of the tab with a relation's links.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::Said;
use super::http::Turn;
use super::links::{self, Beside, LinkForm};
use crate::contract::links::{NewLink, Words};
use crate::crm::Crm;
use crate::crm::access::links as flow;
use crate::crm::access::model::GrantsError;
use crate::crm::auth::caller::Denied;
use crate::crm::auth::refusal::{see_other, step_up};
use crate::crm::auth::{AccessError, Person, Visit};
use crate::crm::pages::frame::{Desk, PageError, answer};
use crate::kernel::http::Params;
use crate::kernel::pages::{Problem, html};

/// All of them; whoever merges them puts the check for other sites before them.
pub(super) fn routes() -> Router<Arc<Crm>> {
    Router::new().route("/m/{module}/{id}/links", get(show).post(add)).route("/m/{module}/{id}/links/{link}/remove", post(remove))
}

impl Turn<'_> {
    async fn links_page(&self, status: StatusCode, beside: Beside) -> Result<Response, PageError> {
        let asked = flow::list(self.crm, self.asker(), self.place()).await;
        if let Err(GrantsError::Access(e)) = asked {
            return Err(e.into());
        }
        let (mut snapshot, caller) = self.crm.reading(self.caller).await?;
        let mut desk = Desk::open(self.crm, self.visit, &caller, &mut snapshot).await?;
        let seen = self.relation(&mut desk).await?;
        Ok(html(status, &links::load(&mut desk, &seen, asked, beside).await?))
    }

    async fn links_refused(&self, e: GrantsError, typed: LinkForm) -> Result<Response, PageError> {
        let text = |key: &str| self.visit.view.t(key);
        let mut beside = Beside { typed, ..Beside::default() };
        let (status, field, key) = match e {
            GrantsError::Invalid(fields) if fields.contains_key("title") => {
                beside.wrong.title = text("links-refused-name");
                (StatusCode::UNPROCESSABLE_ENTITY, "title", "links-refused-name")
            }
            GrantsError::Invalid(fields) if fields.contains_key("address") => {
                beside.wrong.address = text("links-refused-address");
                (StatusCode::UNPROCESSABLE_ENTITY, "address", "links-refused-address")
            }
            GrantsError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "", "access-refused-invalid"),
            GrantsError::Forbidden => (StatusCode::FORBIDDEN, "", "access-refused-forbidden"),
            GrantsError::NotFound | GrantsError::Conflict => (StatusCode::CONFLICT, "", "access-refused-gone"),
            GrantsError::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "", "error-too-many-text"),
            GrantsError::Access(AccessError::Denied(Denied::Short(want))) => {
                return Ok(step_up(&format!("/m/{}/{}/links", self.module, self.id), want));
            }
            GrantsError::Access(e) => return Err(e.into()),
            GrantsError::Read(e) => return Err(e.into()),
            GrantsError::SignInAgain | GrantsError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "", "access-away-text"),
        };
        beside.problems = vec![Problem { field: field.to_owned(), text: text(key) }];
        self.links_page(status, beside).await
    }

    fn links_done(&self, what: &str) -> Response {
        see_other(&format!("{}/m/{}/{}/links?done={what}", self.visit.view.base, self.module, self.id))
    }
}

async fn show(
    State(crm): State<Arc<Crm>>,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path(at): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, at)?;
        let params = Params::parse(raw.as_deref().unwrap_or_default().as_bytes(), &[])?;
        let key = match params.get("done") {
            Some("added") => Some("links-said-added"),
            Some("removed") => Some("links-said-removed"),
            _ => None,
        };
        let said = key.map(|k| Said { kind: "good", title: visit.view.t(k), text: String::new() });
        turn.links_page(StatusCode::OK, Beside { said, ..Beside::default() }).await
    };
    answer(&crm, &visit, result.await)
}

async fn add(
    State(crm): State<Arc<Crm>>,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path(at): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, at)?;
        let form = Params::parse(&body, &[])?;
        let text = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
        let typed = LinkForm { title: text("title"), address: text("address"), line: text("line") };
        let description = Some(typed.line.clone()).filter(|l| !l.is_empty()).map(Words::One);
        let new = NewLink { title: Words::One(typed.title.clone()), address: typed.address.clone(), description };
        match flow::add(&crm, turn.asker(), turn.place(), &new).await {
            Ok(_) => Ok(turn.links_done("added")),
            Err(e) => turn.links_refused(e, typed).await,
        }
    };
    answer(&crm, &visit, result.await)
}

async fn remove(
    State(crm): State<Arc<Crm>>,
    visit: Visit,
    Person(caller): Person,
    headers: HeaderMap,
    Path((module, id, link)): Path<(String, String, String)>,
) -> Response {
    let result = async {
        let turn = Turn::new(&crm, &visit, &caller, &headers, (module, id))?;
        match flow::remove(&crm, turn.asker(), turn.place(), &link).await {
            Ok(()) => Ok(turn.links_done("removed")),
            Err(e) => turn.links_refused(e, LinkForm::default()).await,
        }
    };
    answer(&crm, &visit, result.await)
}
