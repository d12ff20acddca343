//! Routes that read. An access token opens them, never a cookie.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::input;
use super::problems::ApiError;
use super::wire::{HitsOut, ModuleOut, ModulesOut, RecordOut, RecordsOut, VersionsOut, shows_version};
use super::{why, write};
use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::auth::Bearer;
use crate::crm::modules::model::Module;
use crate::crm::records::history::Narrow;
use crate::crm::records::list::{ListQuery, MAX_PAGE, PAGE, SortBy};
use crate::crm::records::query;
use crate::crm::records::reader::Reader;
use crate::crm::records::seen::Seen;
use crate::kernel::http::Problem;

pub(super) type App = State<Arc<Crm>>;

/// All of them.
pub fn routes(crm: Arc<Crm>) -> Router {
    Router::new()
        .route("/api/v1/openapi.json", get(description))
        .route("/api/v1/modules", get(modules))
        .route("/api/v1/modules/{module}", get(module))
        .route("/api/v1/records/{module}", get(list).post(write::create))
        .route("/api/v1/records/{module}/{id}", get(record).patch(write::change).delete(write::delete))
        .route("/api/v1/records/{module}/{id}/history", get(history))
        .route("/api/v1/records/{module}/{id}/timeline", get(timeline))
        .route("/api/v1/records/{module}/{id}/related/{from}/{field}", get(related))
        .route("/api/v1/records/{module}/{id}/why", get(why::why))
        .route("/api/v1/records/{module}/{id}/seen-by", get(why::seen_by))
        .route("/api/v1/search", get(search))
        .with_state(crm)
}

/// The answer of a handler.
pub(super) fn answer(result: Result<Response, ApiError>) -> Response {
    result.unwrap_or_else(|e| Problem::from(e).into_response())
}

/// A record with its ETag, where its version is shown.
pub(super) fn with_tag(status: StatusCode, seen: &Seen) -> Response {
    let mut answer = (status, Json(RecordOut::from(seen))).into_response();
    if let Some(tag) = shows_version(seen).then(|| HeaderValue::try_from(format!("\"{}\"", seen.version())).ok()).flatten() {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// The module of an address, if it exists for the caller.
pub(super) fn entered(reader: &Reader<'_>, key: &str) -> Result<Arc<Module>, ApiError> {
    let found = reader.access.modules().find(|m| m.key.as_str() == key);
    found.cloned().ok_or(ApiError::NotFound)
}

/// Opens a reader for the caller and runs the work with it.
macro_rules! reading {
    ($crm:ident, $caller:ident, |$reader:ident| $work:expr) => {{
        let result = async {
            let (mut snapshot, caller) = $crm.reading(&$caller).await?;
            let mut reader = $crm.records.reader(&mut snapshot, &$crm.viewer(&caller)).await?;
            let $reader = &mut reader;
            $work
        };
        let result: Result<Response, ApiError> = result.await;
        answer(result)
    }};
}

async fn description() -> Response {
    Json(super::doc::openapi()).into_response()
}

/// The modules that the caller may enter.
#[utoipa::path(get, path = "/api/v1/modules", tag = "modules", responses((status = 200, body = ModulesOut)))]
pub(super) async fn modules(State(crm): App, Bearer(caller): Bearer) -> Response {
    reading!(crm, caller, |reader| {
        let access = &reader.access;
        let out = access.modules().filter_map(|m| Some(ModuleOut::new(m, &access.sight(&m.key)?)));
        Ok(Json(ModulesOut { modules: out.collect() }).into_response())
    })
}

/// One module with its fields, as far as the caller may enter it.
#[utoipa::path(get, path = "/api/v1/modules/{module}", tag = "modules",
    params(("module" = String, Path, description = "Key of the module")),
    responses((status = 200, body = ModuleOut), (status = 404, description = "No such module for this caller")))]
pub(super) async fn module(State(crm): App, Bearer(caller): Bearer, Path(key): Path<String>) -> Response {
    reading!(crm, caller, |reader| {
        let module = entered(reader, &key)?;
        let sight = reader.access.sight(&module.key).ok_or(ApiError::NotFound)?;
        Ok(Json(ModuleOut::new(&module, &sight)).into_response())
    })
}

/// Records of a module, fifty at once unless `limit` says otherwise, last changed first unless `sort` does.
///
/// A filter is written `filter[field][operator]=value`, with is, is_not, contains, starts, empty, not_empty, less, at_most,
/// more, at_least, any, all or none; several hold together. any, all and none take several values between commas; a date
/// takes `today`, `today+3`, `today-7` too, a person `me`. Only what the caller sees is compared.
#[utoipa::path(get, path = "/api/v1/records/{module}", tag = "records",
    params(
        ("module" = String, Path, description = "Key of the module"),
        ("filter" = Option<std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>>, Query, style = DeepObject, explode, description = "filter[field][operator]=value"),
        ("q" = Option<String>, Query, description = "Text in the title"),
        ("sort" = Option<String>, Query, description = "A field, created_at or updated_at; with a minus before it downwards"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200"),
        ("count" = Option<bool>, Query, description = "true: say how many there are, up to 1,000")),
    responses((status = 200, body = RecordsOut), (status = 400, description = "A filter, sort or cursor that can't be used"), (status = 404, description = "No such module for this caller")))]
pub(super) async fn list(State(crm): App, Bearer(caller): Bearer, Path(key): Path<String>, RawQuery(raw): RawQuery) -> Response {
    reading!(crm, caller, |reader| {
        let module = entered(reader, &key)?;
        let (params, conditions) = input::params(raw.as_deref(), &["q", "sort", "cursor", "limit", "count"], true)?;
        let (sort, descending) = params.get("sort").map_or(Ok((SortBy::Updated, true)), |s| query::sort(s, &module))?;
        let limit = match params.get("limit") {
            None => PAGE,
            Some(n) => n
                .parse()
                .ok()
                .filter(|n| (1..=MAX_PAGE).contains(n))
                .ok_or_else(|| ApiError::Bad("limit is 1 to 200".to_owned()))?,
        };
        let mut list = ListQuery { sort, descending, limit, ..ListQuery::of(module.key.clone()) };
        list.filter = query::tree(&conditions, &module)?;
        list.search = params.get("q").map(str::to_owned);
        let page = reader.list(&list, params.get("cursor")).await?;
        let count = match params.get("count") {
            None | Some("false") => None,
            Some("true") => Some(reader.count(&list).await?),
            Some(_) => return Err(ApiError::Bad("count is true or false".to_owned())),
        };
        Ok(Json(RecordsOut::new(page, count)).into_response())
    })
}

/// One record. The header ETag is there where its version is shown.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}", tag = "records",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record")),
    responses((status = 200, body = RecordOut), (status = 404, description = "Missing, of another module, or not to be seen")))]
pub(super) async fn record(State(crm): App, Bearer(caller): Bearer, Path((key, id)): Path<(String, String)>) -> Response {
    reading!(crm, caller, |reader| {
        let module = entered(reader, &key)?;
        let seen = reader.get(&module.key, &id).await?.ok_or(ApiError::NotFound)?;
        Ok(with_tag(StatusCode::OK, &seen))
    })
}

/// The versions of a record, the latest first.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/history", tag = "records",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = VersionsOut), (status = 404, description = "Not to be seen, or without the right to history")))]
pub(super) async fn history(
    State(crm): App,
    Bearer(caller): Bearer,
    Path((key, id)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    reading!(crm, caller, |reader| {
        let module = entered(reader, &key)?;
        let (params, _) = input::params(raw.as_deref(), &["cursor"], false)?;
        let page = reader.history(&module.key, &id, params.get("cursor")).await?.ok_or(ApiError::NotFound)?;
        Ok(Json(VersionsOut::from(page)).into_response())
    })
}

/// What happened in the dossier of a relation, the latest first; of some modules only, if `modules` names them, and what one person did, if
/// `by` does.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/timeline", tag = "records",
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation"),
        ("modules" = Option<String>, Query, description = "Keys of modules, between commas"),
        ("by" = Option<String>, Query, description = "Who did it, by subject (`actor`)"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = VersionsOut), (status = 404, description = "Not to be seen, or no relation")))]
pub(super) async fn timeline(
    State(crm): App,
    Bearer(caller): Bearer,
    Path((key, id)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    reading!(crm, caller, |reader| {
        let module = entered(reader, &key)?;
        let (params, _) = input::params(raw.as_deref(), &["cursor", "modules", "by"], false)?;
        // The id must be one of the module in the path.
        reader.get(&module.key, &id).await?.ok_or(ApiError::NotFound)?;
        let mut only = Vec::new();
        for name in params.get("modules").unwrap_or_default().split(',').filter(|n| !n.is_empty()) {
            only.push(entered(reader, name)?.key.clone());
        }
        let narrow = Narrow { modules: &only, by: params.get("by").filter(|by| !by.is_empty()) };
        let page = reader.timeline(&id, narrow, params.get("cursor")).await?.ok_or(ApiError::NotFound)?;
        Ok(Json(VersionsOut::from(page)).into_response())
    })
}

/// The records of module `from` whose lookup `field` leads to this record.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/related/{from}/{field}", tag = "records",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record"),
        ("from" = String, Path, description = "Key of the other module"), ("field" = String, Path, description = "Its lookup"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = RecordsOut), (status = 404, description = "The record is not to be seen, or there is no such lookup for this caller")))]
pub(super) async fn related(
    State(crm): App,
    Bearer(caller): Bearer,
    Path((key, id, from, field)): Path<(String, String, String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    reading!(crm, caller, |reader| {
        let module = entered(reader, &key)?;
        let (params, _) = input::params(raw.as_deref(), &["cursor"], false)?;
        reader.get(&module.key, &id).await?.ok_or(ApiError::NotFound)?;
        let field = FieldKey::try_from(field).map_err(|_| ApiError::NotFound)?;
        let from = entered(reader, &from)?.key.clone();
        let leads = reader.access.catalogue.lookups_to(&module.key).iter().any(|(m, f)| m.key == from && *f == field);
        let shown = reader.access.sight(&from).is_some_and(|s| s.revealed_somewhere(&field));
        if !leads || !shown {
            return Err(ApiError::NotFound);
        }
        let page = reader.related(&from, &field, &id, params.get("cursor")).await?;
        Ok(Json(RecordsOut::new(page, None)).into_response())
    })
}

/// Records of all modules with this text in their title, a few of each.
#[utoipa::path(get, path = "/api/v1/search", tag = "records",
    params(("q" = String, Query, description = "The text")), responses((status = 200, body = HitsOut)))]
pub(super) async fn search(State(crm): App, Bearer(caller): Bearer, RawQuery(raw): RawQuery) -> Response {
    reading!(crm, caller, |reader| {
        let (params, _) = input::params(raw.as_deref(), &["q"], false)?;
        let found = reader.search(params.get("q").unwrap_or_default()).await?;
        Ok(Json(HitsOut { records: found.iter().map(RecordOut::from).collect() }).into_response())
    })
}
