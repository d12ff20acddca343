//! What pages and API of the area share: reading a request, and answering what went wrong. Also the routes of all of it, and the
//! first page.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::flow::AdminError;
use super::frame::{Frame, OVERVIEW, Section};
use super::gate::{self, Admin, Stale};
use super::model::{Asked, Fault, Listed};
use super::parts::{Card, DetailPage, FormPage};
use super::visit::{Answer, Visit};
use super::{applications, audit, federation, groups, invitations, keys, links, people, policies, recoveries, roles, sessions};
use crate::idp::Idp;
use crate::kernel::audit::Filter;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Context, Params, Problem};
use crate::kernel::pages::{self, ErrorPage, Lang, View, html};

/// Pages.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin", get(overview))
        .merge(people::http::routes())
        .merge(groups::http::routes())
        .merge(roles::http::routes())
        .merge(applications::http::routes())
        .merge(applications::trial::http::routes())
        .merge(sessions::http::routes())
        .merge(invitations::http::routes())
        .merge(recoveries::http::routes())
        .merge(links::http::routes())
        .merge(policies::http::routes())
        .merge(federation::http::routes())
        .merge(federation::person::routes())
        .merge(keys::http::routes())
        .merge(audit::http::routes())
}

/// For programs.
pub fn api() -> Router<Arc<Idp>> {
    Router::new()
        .merge(people::api::routes())
        .merge(groups::api::routes())
        .merge(roles::api::routes())
        .merge(applications::api::routes())
        .merge(sessions::api::routes())
        .merge(invitations::api::routes())
        .merge(recoveries::api::routes())
        .merge(links::api::routes())
        .merge(policies::api::routes())
        .merge(federation::api::routes())
        .merge(keys::api::routes())
        .merge(audit::api::routes())
}

/// A page of the area that was asked for by an administrator.
pub struct Desk {
    /// The provider.
    pub idp: Arc<Idp>,
    /// The request.
    pub context: Context,
    /// Its headers.
    pub headers: HeaderMap,
    /// Who asks.
    pub admin: Admin,
    /// How he sees it.
    pub view: View,
    /// The address's parameters.
    pub query: Params,
}

impl Desk {
    /// Sits down at `path`.
    pub async fn open(
        idp: &Arc<Idp>,
        context: Context,
        headers: HeaderMap,
        path: &str,
        query: Option<String>,
    ) -> Result<Self, Response> {
        let admin = gate::page(idp, &context, &headers, path).await?;
        let query = query.unwrap_or_default();
        let here = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let view = View { user: Some(admin.person.name.clone()), ..idp.env.view(&headers, &here) };
        let Ok(query) = Params::parse(query.as_bytes(), &[]) else {
            return Err(html(StatusCode::BAD_REQUEST, &ErrorPage::new(view, "bad-request", &context.request_id)));
        };
        Ok(Self { idp: Arc::clone(idp), context, headers, admin, view, query })
    }

    /// The same for a form that was sent: with its parameters, `repeated` ones among them, and without an address to come back to.
    pub async fn posted(
        idp: &Arc<Idp>,
        context: Context,
        headers: HeaderMap,
        path: &str,
        body: &Bytes,
        repeated: &[&str],
    ) -> Result<(Self, Params), Response> {
        let desk = Self::open(idp, context, headers, path, None).await?;
        match Params::parse(body, repeated) {
            Ok(form) => Ok((desk, form)),
            Err(_) => Err(desk.error(StatusCode::BAD_REQUEST, "bad-request")),
        }
    }

    /// That the sign-in is fresh enough for what widens access; leads to one otherwise, and back to `path`.
    pub async fn fresh(&self, path: &str) -> Result<(), Response> {
        gate::fresh_page(&self.idp, &self.context, &self.headers, &self.admin, path).await
    }

    /// What stands around a page of a section.
    pub fn frame(&self, section: Section) -> Frame {
        Frame::of(&self.view, section, self.query.get("done"))
    }

    /// What a list is asked for with.
    pub fn asked(&self) -> Asked {
        let q = self.query.get("q").unwrap_or_default().chars().take(super::model::MAX_SEARCH).collect();
        Asked { q, cursor: self.query.get("cursor").map(str::to_owned), limit: None }
    }

    /// The addresses of a list's first and next page: the same filter, another place.
    pub fn pager(&self, path: &str, next: Option<&str>) -> (String, String) {
        let with = |cursor: Option<&str>| {
            let mut out = url::form_urlencoded::Serializer::new(String::new());
            out.extend_pairs(self.query.iter().filter(|(k, v)| !matches!(*k, "cursor" | "done") && !v.is_empty()));
            out.extend_pairs(cursor.map(|c| ("cursor", c)));
            let query = out.finish();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        let first = if self.query.get("cursor").is_some() { with(None) } else { String::new() };
        (first, next.map(|c| with(Some(c))).unwrap_or_default())
    }

    fn error(&self, status: StatusCode, key: &str) -> Response {
        html(status, &ErrorPage::new(self.view.clone(), key, &self.context.request_id))
    }

    /// The page for what could not be done.
    pub fn refuse(&self, e: &AdminError) -> Response {
        match e {
            AdminError::Db(d) if d.is_overload() => self.error(StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            AdminError::Unauthorized => Redirect::to("/signin").into_response(),
            AdminError::Forbidden => self.error(StatusCode::FORBIDDEN, "forbidden"),
            AdminError::NotFound => self.error(StatusCode::NOT_FOUND, "not-found"),
            AdminError::Cursor(_) | AdminError::Audit(crate::kernel::audit::AuditError::Filter) => {
                self.error(StatusCode::BAD_REQUEST, "bad-request")
            }
            AdminError::Refused(key) => {
                let page =
                    ErrorPage { title: self.view.t("admin-refused-title"), text: self.view.t(key), ..self.plain("forbidden") };
                html(StatusCode::CONFLICT, &page)
            }
            AdminError::Invalid(_) => self.error(StatusCode::UNPROCESSABLE_ENTITY, "bad-request"),
            AdminError::Root(_) | AdminError::Audit(_) | AdminError::Internal(_) | AdminError::Db(_) => {
                tracing::error!(error = %chain(e), "a page of the administration failed");
                self.error(StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        }
    }

    fn plain(&self, key: &str) -> ErrorPage {
        ErrorPage { href: "/admin".into(), action: self.view.t("admin-back"), ..ErrorPage::new(self.view.clone(), key, "") }
    }

    /// A form again, with what doesn't fit at its fields.
    pub fn wrong(&self, mut page: FormPage, faults: &[Fault]) -> Response {
        page.problems = self.problems(faults);
        page.form.say(&page.problems);
        html(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }

    /// What doesn't fit, at its fields, in the page's language.
    pub fn problems(&self, faults: &[Fault]) -> Vec<pages::Problem> {
        faults.iter().map(|f| pages::Problem { field: f.field.to_owned(), text: self.view.t(f.key) }).collect()
    }
}

/// Leads to a page that says what was done.
pub fn done(path: &str, key: &str) -> Response {
    let join = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{join}done={key}")).into_response()
}

/// Why the API doesn't do something.
pub enum ApiError {
    /// As problem details.
    Problem(Problem),
    /// The sign-in is too old.
    Stale,
}

impl From<Problem> for ApiError {
    fn from(p: Problem) -> Self {
        Self::Problem(p)
    }
}

impl From<Stale> for ApiError {
    fn from(_: Stale) -> Self {
        Self::Stale
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(p) => p.into_response(),
            Self::Stale => Stale.into_response(),
        }
    }
}

/// What could not be done, for a program: the words are the English ones of the pages.
pub fn refused(idp: &Idp, e: AdminError) -> ApiError {
    let text = |key: &str| idp.env.texts.get(Lang::En, key, &[]);
    match e {
        AdminError::Refused(key) => Problem::because(Code::Conflict, text(key)).into(),
        AdminError::Invalid(faults) => {
            let fields: serde_json::Map<_, _> = faults.iter().map(|f| (f.field.to_owned(), text(f.key).into())).collect();
            Problem::new(Code::InvalidField).with("fields", fields).into()
        }
        other => Problem::from(other).into(),
    }
}

/// A page of a list on the wire.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it as `cursor` for the rows after these; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: ToSchema> From<Listed<T>> for Page<T> {
    fn from(l: Listed<T>) -> Self {
        Self { items: l.items, next: l.next }
    }
}

/// The parameters of an address, read strictly.
pub fn params(query: Option<String>, known: &[&str]) -> Result<Params, Problem> {
    let read = Params::parse(query.unwrap_or_default().as_bytes(), &[]);
    let read = read.map_err(|e| Problem::because(Code::BadRequest, e.to_string()))?;
    let unknown = read.iter().map(|(name, _)| name).find(|name| !known.contains(name)).map(str::to_owned);
    match unknown {
        Some(name) => Err(Problem::because(Code::BadRequest, format!("there is no parameter {name:?}"))),
        None => Ok(read),
    }
}

/// What a list is asked for with, from an address of the API.
pub fn asked(params: &Params) -> Result<Asked, Problem> {
    let limit =
        params.get("limit").map(|t| t.parse::<i64>().map_err(|_| Problem::because(Code::BadRequest, "limit is a number")));
    let q = params.get("q").unwrap_or_default().chars().take(super::model::MAX_SEARCH).collect();
    Ok(Asked { q, cursor: params.get("cursor").map(str::to_owned), limit: limit.transpose()? })
}

/// `true` or `false` of an address.
pub fn yes_no(params: &Params, name: &str) -> Result<Option<bool>, Problem> {
    match params.get(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Problem::because(Code::BadRequest, format!("{name} is true or false"))),
    }
}

async fn overview(visit: Visit) -> Answer {
    let desk = visit.desk("/admin").await?;
    let page = first_page(&desk).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page))
}

/// What was refused and what was changed lately.
async fn first_page(desk: &Desk) -> Result<DetailPage, AdminError> {
    let view = &desk.view;
    let card = async |id: &str, filter: Filter, more: String| {
        let lines = desk.idp.audit.page(&filter, None, 8).await?;
        let rows = audit::pages::rows(&desk.idp, view, lines).await?;
        Ok::<_, AdminError>(Card {
            id: id.to_owned(),
            title: view.t(&format!("admin-{id}-title")),
            lead: view.t(&format!("admin-{id}-lead")),
            rows: rows.into_iter().map(audit::pages::Line::card).collect(),
            empty: view.t("admin-nothing"),
            more,
            more_label: view.t("admin-all"),
            form: None,
        })
    };
    let refused = Filter { refused: Some(true), ..Filter::default() };
    let mut cards = vec![
        card("latest", Filter::default(), "/admin/audit".into()).await?,
        card("refusals", refused, "/admin/audit?outcome=refused".into()).await?,
    ];
    cards.splice(0..0, recoveries::http::card(view, &recoveries::flow::waiting(&desk.idp).await?));
    Ok(overview_page(view, desk.frame(OVERVIEW), cards))
}

/// The first page; also for its samples.
pub(crate) fn overview_page(view: &View, frame: Frame, cards: Vec<Card>) -> DetailPage {
    DetailPage {
        frame,
        crumb: Default::default(),
        title: view.t("admin-nav-overview"),
        tags: vec![],
        buttons: vec![],
        acts: vec![],
        problems: vec![],
        facts: vec![],
        cards,
        view: view.clone(),
    }
}
