//! Routes of the pages of records. All stand behind the check for requests from other sites, since a cookie opens them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use super::change;
use super::delete::DeletePage;
use super::dossier;
use super::filter::Wanted;
use super::form::{self, Again, Subject};
use super::frame::{Desk, PageError, Turn};
use super::list;
use super::overview;
use super::portal;
use super::record::{self, Part};
use super::sent::Sent;
use super::upload::BEYOND;
use crate::crm::Crm;
use crate::crm::access::flow::Asker;
use crate::crm::access::links;
use crate::crm::auth::refusal::see_other;
use crate::crm::auth::session::SESSION_COOKIE;
use crate::crm::modules::model::ModuleRole;
use crate::crm::visibility::model::Right;
use crate::kernel::http::Params;
use crate::kernel::http::problem::chain;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::pages::html;

/// How long a page waits for what the provider says of tiles; it is shown without them.
const TILES: Duration = Duration::from_secs(2);

/// All of them.
pub fn routes(crm: Arc<Crm>) -> Router {
    let pages = Router::new()
        .route("/", get(show_overview))
        .route("/search", get(search))
        .route("/m/{module}", get(show_list))
        .route("/m/{module}/{id}", get(show_record))
        .route("/m/{module}/{id}/set", axum::routing::post(change::set))
        .route("/m/{module}/{id}/delete", get(show_delete).post(change::delete));
    // Forms that can bring files have a limit of their own.
    let most = usize::try_from(crm.files.max).unwrap_or(usize::MAX).saturating_add(BEYOND);
    let forms = Router::new()
        .route("/m/{module}/new", get(show_new).post(change::create))
        .route("/m/{module}/{id}/edit", get(show_edit).post(change::edit))
        .layer(DefaultBodyLimit::max(most));
    same_site_only(pages.merge(forms)).with_state(crm)
}

/// Opens the desk of a person and runs the page on it.
macro_rules! at_desk {
    ($turn:ident, |$desk:ident| $work:expr) => {{
        let result = async {
            let (mut snapshot, caller) = $turn.crm.reading(&$turn.caller).await?;
            let mut desk = Desk::open(&$turn.crm, &$turn.visit, &caller, &mut snapshot).await?;
            let worked: Result<Response, PageError> = async {
                let $desk = &mut desk;
                $work
            }
            .await;
            worked.map_err(|e| desk.missing(e))
        };
        let result: Result<Response, PageError> = result.await;
        $turn.answer(result)
    }};
}

async fn show_overview(turn: Turn, headers: HeaderMap) -> Response {
    if turn.caller.staff() {
        return at_desk!(turn, |desk| Ok(html(StatusCode::OK, &overview::load(desk, &turn.caller).await?)));
    }
    // Asked before the snapshot is taken, which is not held while something else is waited for.
    let tiles = tiles(&turn, &headers).await;
    at_desk!(turn, |desk| Ok(html(StatusCode::OK, &portal::load(desk, tiles).await?)))
}

/// What the person may open besides; nothing while the provider doesn't say.
async fn tiles(turn: &Turn, headers: &HeaderMap) -> Option<Vec<portal::Tile>> {
    let Turn { crm, visit, caller } = turn;
    let cookie = SESSION_COOKIE.get(&crm.env.settings.crm_url, headers)?;
    let asker = Asker { caller, cookie: &cookie, context: &visit.context };
    match tokio::time::timeout(TILES, links::tiles(crm, asker)).await {
        Ok(Ok(found)) => Some(portal::tiles(&visit.view, &crm.env.settings, found)),
        Ok(Err(error)) => {
            tracing::info!(error = chain(&error), "the tiles of the portal could not be asked for");
            None
        }
        Err(_) => None,
    }
}

async fn search(turn: Turn, RawQuery(raw): RawQuery) -> Response {
    at_desk!(turn, |desk| {
        let params = Params::parse(raw.as_deref().unwrap_or_default().as_bytes(), &[])?;
        let q: String = params.get("q").unwrap_or_default().trim().chars().take(200).collect();
        Ok(html(StatusCode::OK, &overview::search(desk, q).await?))
    })
}

async fn show_list(turn: Turn, Path(module): Path<String>, RawQuery(raw): RawQuery) -> Response {
    at_desk!(turn, |desk| {
        let wanted = Wanted::read(raw.as_deref().unwrap_or_default())?;
        let here = format!("{}/m/{}", desk.view.base, desk.module(&module)?.key);
        match wanted.settled(&here) {
            Some(to) => Ok(see_other(&to)),
            None => Ok(html(StatusCode::OK, &list::load(desk, &module, &wanted).await?)),
        }
    })
}

async fn show_new(turn: Turn, Path(module): Path<String>, RawQuery(raw): RawQuery) -> Response {
    at_desk!(turn, |desk| {
        let module = desk.module(&module)?;
        if !desk.may_create(&module.key) {
            return Err(PageError::NotFound);
        }
        // A link can fill in fields: "new delivery for this relation".
        let sent = Sent::read(raw.as_deref().unwrap_or_default().as_bytes(), &module)?;
        let again = Again { sent: Some(&sent), ..Again::default() };
        Ok(html(StatusCode::OK, &form::load(desk, &Subject::New(&module), again).await?))
    })
}

fn part(raw: Option<&str>) -> Result<Part, PageError> {
    let params = Params::parse(raw.unwrap_or_default().as_bytes(), &[])?;
    let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
    Ok(Part {
        tab: text("tab"),
        kind: text("kind"),
        by: text("by"),
        cursor: params.get("cursor").map(str::to_owned),
        said: text("done"),
    })
}

async fn show_record(turn: Turn, Path((module, id)): Path<(String, String)>, RawQuery(raw): RawQuery) -> Response {
    at_desk!(turn, |desk| {
        let module = desk.module(&module)?;
        let seen = desk.reader.get(&module.key, &id).await?.ok_or(PageError::NotFound)?;
        let part = part(raw.as_deref())?;
        if module.role == Some(ModuleRole::Relation) {
            return Ok(html(StatusCode::OK, &dossier::load(desk, &seen, &part).await?));
        }
        Ok(html(StatusCode::OK, &record::load(desk, &seen, &part).await?))
    })
}

async fn show_edit(turn: Turn, Path((module, id)): Path<(String, String)>) -> Response {
    at_desk!(turn, |desk| {
        let module = desk.module(&module)?;
        let seen = desk.reader.get(&module.key, &id).await?.ok_or(PageError::NotFound)?;
        if !seen.editable() {
            return Err(PageError::Write(crate::crm::records::model::WriteError::Forbidden("change-not-allowed")));
        }
        let again = Again { several: BTreeMap::new(), ..Again::default() };
        Ok(html(StatusCode::OK, &form::load(desk, &Subject::Record(&seen), again).await?))
    })
}

async fn show_delete(turn: Turn, Path((module, id)): Path<(String, String)>) -> Response {
    at_desk!(turn, |desk| {
        let module = desk.module(&module)?;
        let seen = desk.reader.get(&module.key, &id).await?.ok_or(PageError::NotFound)?;
        if !seen.may(Right::Delete) {
            return Err(PageError::Write(crate::crm::records::model::WriteError::Forbidden("delete-not-allowed")));
        }
        Ok(html(StatusCode::OK, &DeletePage::new(desk, &seen)))
    })
}
