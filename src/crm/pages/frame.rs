//! What every page of records begins with: who reads, by which rules, from which moment, and the frame around the page.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::missing::MissingPage;
use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::auth::refusal::Refused;
use crate::crm::auth::{AccessError, Caller, Person, Visit};
use crate::crm::modules::model::Module;
use crate::crm::pending::PendingError;
use crate::crm::records::model::{ReadError, WriteError};
use crate::crm::records::query::QueryError;
use crate::crm::records::reader::Reader;
use crate::crm::visibility::model::Right;
use crate::crm::visibility::predicate::TreeError;
use crate::crm::visibility::sight::{Access, Viewer};
use crate::kernel::db::{DbError, Snapshot};
use crate::kernel::http::params::ParamError;
use crate::kernel::http::problem::chain;
use crate::kernel::pages::{NavItem, View, html};

/// A person at a page: all that it shows comes from one snapshot.
pub struct Desk<'s> {
    /// The record store.
    pub crm: &'s Arc<Crm>,
    /// The request's view, in his name.
    pub view: View,
    /// Who he is.
    pub caller: Caller,
    /// As the rules see him.
    pub viewer: Viewer,
    /// What he reads by.
    pub reader: Reader<'s>,
}

impl<'s> Desk<'s> {
    /// Sits down. `snapshot` and `caller` come from [`Crm::reading`], so that both are of one moment.
    pub async fn open(crm: &'s Arc<Crm>, visit: &Visit, caller: &Caller, snapshot: &'s mut Snapshot) -> Result<Self, DbError> {
        let viewer = crm.viewer(caller);
        let reader = crm.records.reader(snapshot, &viewer).await?;
        Ok(Self { crm, view: visit.view_for(caller), caller: caller.clone(), viewer, reader })
    }

    /// The sections, with the one that the page is in marked.
    pub fn nav(&self, current: &str) -> Vec<NavItem> {
        sections(&self.view, &self.reader.access, current)
    }

    /// The module of an address, if it exists for this person.
    pub fn module(&self, key: &str) -> Result<Arc<Module>, PageError> {
        let found = self.reader.access.modules().find(|m| m.key.as_str() == key);
        found.cloned().ok_or(PageError::NotFound)
    }

    /// Where a stronger sign-in leads back here from, in a portal that offers one where nothing is found; empty for none that would
    /// show more.
    pub fn stronger(&self, here: &str) -> String {
        let acr = self.caller.assurance();
        match self.reader.access.portals().filter_map(|(p, _)| p.stronger_than(acr)).min() {
            Some(least) => {
                let pairs = [("to".to_owned(), here.to_owned()), ("acr".to_owned(), least.acr().to_owned())];
                with(&format!("{}/auth/login", self.view.base), &pairs)
            }
            None => String::new(),
        }
    }

    /// What is said where there is nothing to see: with the offer of a portal, whatever was asked for.
    pub fn missing(&self, e: PageError) -> PageError {
        let stronger = self.stronger(&self.view.path);
        match e {
            PageError::NotFound if !stronger.is_empty() => PageError::Missing(stronger),
            e => e,
        }
    }

    /// Whether he may make records of a module.
    pub fn may_create(&self, module: &FieldKey) -> bool {
        self.reader.access.sight(module).is_some_and(|s| s.may_somewhere(Right::Create))
    }
}

impl Crm {
    /// The sections for a page that reads no records.
    pub async fn nav(&self, view: &View, caller: &Caller, current: &str) -> Result<Vec<NavItem>, DbError> {
        let access = Access::new(self.viewer(caller), self.records.catalogue().await?);
        Ok(sections(view, &access, current))
    }
}

/// The overview and the modules that the person may enter.
fn sections(view: &View, access: &Access, current: &str) -> Vec<NavItem> {
    let item = |key: &str, icon, href: String, label: String| NavItem { href, label, icon, current: key == current, count: None };
    let first = view.t(if view.external { "portal-title" } else { "crm-section-overview" });
    let mut nav = vec![item("", "overview", format!("{}/", view.base), first)];
    nav.extend(
        access.modules().map(|m| {
            item(m.key.as_str(), icon(m), format!("{}/m/{}", view.base, m.key), m.labels.get(view.lang.code()).to_owned())
        }),
    );
    nav
}

/// The drawing of a module. Modules name what they are; which drawing that is, is known here.
pub fn icon(module: &Module) -> &'static str {
    match module.icon.as_str() {
        "building" | "relation" => "relation",
        "person" | "contact" => "contact",
        "truck" | "delivery" => "delivery",
        "quote" => "quote",
        "activity" => "activity",
        "note" => "note",
        "phone" => "phone",
        "mail" => "mail",
        "key" => "key",
        "clock" => "clock",
        _ => "document",
    }
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Missing or not to be seen: the same page.
    #[error("nothing here to see")]
    NotFound,
    /// The same in a portal that offers a stronger sign-in; where that leads.
    #[error("nothing here to see as weakly signed in")]
    Missing(String),
    /// What was sent can't be understood.
    #[error("the request can't be understood: {0}")]
    Bad(String),
    /// More was sent than is taken.
    #[error("too much was sent")]
    TooLarge,
    /// The store of files is in trouble; what kind is for the log.
    #[error("files: {0}")]
    Files(String),
    /// Too much comes at once.
    #[error("too much comes at once")]
    Busy,
    /// Reading.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing, where the form can't show it.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The person.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<PendingError> for PageError {
    fn from(e: PendingError) -> Self {
        match e {
            PendingError::Db(e) => e.into(),
            PendingError::Read(e) => Self::Read(e),
            PendingError::Write(e) => Self::Write(e),
            PendingError::Access(e) => Self::Access(e),
            _ => Self::NotFound,
        }
    }
}
impl From<DbError> for PageError {
    fn from(e: DbError) -> Self {
        Self::Read(e.into())
    }
}
impl From<QueryError> for PageError {
    fn from(e: QueryError) -> Self {
        Self::Bad(e.to_string())
    }
}
impl From<ParamError> for PageError {
    fn from(e: ParamError) -> Self {
        if e == ParamError::TooLarge { Self::TooLarge } else { Self::Bad(e.to_string()) }
    }
}

impl PageError {
    /// The page that says so.
    pub fn page(self, crm: &Crm, visit: &Visit) -> Response {
        let (status, key) = match self {
            Self::Missing(stronger) => {
                let page = MissingPage { view: visit.view.clone(), request_id: visit.context.request_id.clone(), stronger };
                return html(StatusCode::NOT_FOUND, &page);
            }
            Self::NotFound | Self::Write(WriteError::NotFound) => (StatusCode::NOT_FOUND, "not-found"),
            Self::Bad(_) | Self::Write(WriteError::IdempotencyKey | WriteError::Invalid(_)) => {
                (StatusCode::BAD_REQUEST, "bad-request")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Busy => return visit.trouble(StatusCode::SERVICE_UNAVAILABLE, "overloaded", true),
            Self::Files(e) => return Refused::Broken(e).page(crm, visit),
            Self::Write(WriteError::Forbidden(_)) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Write(WriteError::Conflict { .. }) => (StatusCode::CONFLICT, "conflict"),
            Self::Access(e) => return Refused::from(e).page(crm, visit),
            Self::Read(ReadError::Db(e)) | Self::Write(WriteError::Db(e)) => {
                return Refused::from(AccessError::from(e)).page(crm, visit);
            }
            Self::Read(ReadError::Root(e)) => return Refused::Broken(chain(&e)).page(crm, visit),
            Self::Read(ReadError::Filter(TreeError::Masked(_))) => (StatusCode::BAD_REQUEST, "masked"),
            // A cursor of yesterday, a filter on a field that is gone: the address, not the person, is at fault.
            Self::Read(ReadError::Filter(_) | ReadError::Sort(_) | ReadError::Cursor) => (StatusCode::BAD_REQUEST, "bad-request"),
        };
        visit.trouble(status, key, false)
    }
}

/// A person's request for a page.
pub struct Turn {
    /// The record store.
    pub crm: Arc<Crm>,
    /// The request.
    pub visit: Visit,
    /// Who asks.
    pub caller: Caller,
}

impl FromRequestParts<Arc<Crm>> for Turn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, crm).await?;
        let Person(caller) = Person::from_request_parts(parts, crm).await?;
        Ok(Self { crm: Arc::clone(crm), visit, caller })
    }
}

impl Turn {
    /// The answer of a handler.
    pub fn answer(&self, result: Result<Response, PageError>) -> Response {
        result.unwrap_or_else(|e| e.page(&self.crm, &self.visit))
    }
}

/// An address with parameters.
pub fn with(path: &str, pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}
