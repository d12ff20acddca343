//! `GET /`: the start page, or the way to sign in.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::contract::links::{Tile as Opens, TileKind};
use crate::idp::people::Person;
use crate::idp::tiles::{self, model};
use crate::idp::{Idp, grants, oidc, people, sessions, setup};
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Page, View, html};

/// From so many tiles on there is a field to search them.
const SEARCHED: usize = 3;
/// Characters of what is searched for at most.
const TYPED: usize = 100;

/// Routes of the account.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/", get(start))
}

/// Something that can be opened.
#[derive(Clone, Debug)]
pub struct Tile {
    /// `app:<client id>` or `link:<id>`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// What opens and as whom, in one line.
    pub line: String,
    /// Two letters in place of a logo.
    pub mark: String,
    /// Whether the person has put it first.
    pub favourite: bool,
    /// Whether what opens knows nothing of this sign-in.
    pub elsewhere: bool,
}

impl Tile {
    fn of(view: &View, person: &str, t: Opens) -> Self {
        let elsewhere = t.kind == TileKind::Link;
        let line = match (&t.description, elsewhere) {
            (Some(text), _) => view.t2("start-tile-described", "text", text.as_str(), "host", t.host.as_str()),
            (None, true) => view.t1("start-tile-at", "host", t.host.as_str()),
            (None, false) => view.t2("start-tile-app", "host", t.host.as_str(), "name", person),
        };
        let initials = t.title.split_whitespace().filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
        let mark = initials.take(2).flat_map(char::to_uppercase).collect();
        Self { id: t.id, href: t.address, line, mark, favourite: t.favourite, elsewhere, name: t.title }
    }
}

/// The start page.
#[derive(Template)]
#[template(path = "idp/start.html")]
pub struct StartPage {
    /// The request's view.
    pub view: View,
    /// Who.
    pub name: String,
    /// Address.
    pub email: String,
    /// What can be opened and was searched for.
    pub tiles: Vec<Tile>,
    /// What was searched for.
    pub q: String,
    /// Whether there is a field to search.
    pub search: bool,
    /// Whether he administers.
    pub admin: bool,
}

impl StartPage {
    fn greeting(&self) -> String {
        self.view.greeting(&self.name)
    }
}

impl Page for StartPage {
    fn samples(view: View) -> Vec<Self> {
        let tile = |id: &str, kind, title: &str, description: Option<&str>, favourite| {
            let opens = Opens {
                id: id.into(),
                kind,
                title: title.into(),
                description: description.map(str::to_owned),
                address: "https://app.example.com/".into(),
                host: "app.example.com".into(),
                favourite,
            };
            Tile::of(&view, "Daan Visser", opens)
        };
        let some = vec![
            tile("app:accounting", TileKind::Application, "Accounting", None, true),
            tile("app:record-store", TileKind::Application, "Van Dam Logistics", None, false),
            tile("link:1", TileKind::Link, "Timesheets", Some("Hours, until Friday noon"), false),
            tile("link:2", TileKind::Link, "Traffic", None, false),
        ];
        let page = |tiles, q: &str, search, admin| Self {
            view: view.clone(),
            name: "Daan Visser".into(),
            email: "daan@example.com".into(),
            tiles,
            q: q.into(),
            search,
            admin,
        };
        vec![
            page(some.clone(), "", true, true),
            page(some, "", false, false),
            page(vec![], "ledger", true, false),
            page(vec![], "", false, false),
        ]
    }
}

/// The person whose browser asks.
pub async fn signed_in(idp: &Idp, headers: &HeaderMap) -> Result<Option<Person>, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    person_of(idp, &mut snapshot.tx(), headers).await
}

async fn person_of(idp: &Idp, tx: &mut Tx<'_>, headers: &HeaderMap) -> Result<Option<Person>, DbError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    match sessions::flow::of_cookie(idp, tx, cookie.as_deref()).await? {
        Some(session) => people::store::by_id(tx, &session.person_id).await,
        None => Ok(None),
    }
}

/// The address of the start page with what is searched for.
pub fn start_at(q: Option<&str>) -> String {
    match q {
        None => "/".into(),
        Some(q) => format!("/?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish()),
    }
}

async fn start(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let q: String = params.get("q").unwrap_or_default().chars().take(TYPED).collect();
    // What opens applications is held back as they are themselves.
    if let Ok(Some(session)) = oidc::http::session_of(&idp, &headers).await
        && let Err(answer) = setup::http::hold(&idp, &context, &headers, &session, "/").await
    {
        return answer;
    }
    match read(&idp, &headers, q).await {
        Ok(Some(page)) => html(StatusCode::OK, &page),
        Ok(None) => Redirect::to("/signin").into_response(),
        Err(e) => {
            tracing::error!(error = %chain(&e), "the start page failed");
            html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(idp.env.view(&headers, "/"), "internal", &context.request_id))
        }
    }
}

async fn read(idp: &Idp, headers: &HeaderMap, q: String) -> Result<Option<StartPage>, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(person) = person_of(idp, &mut tx, headers).await? else { return Ok(None) };
    let path = start_at(Some(q.as_str()).filter(|q| !q.is_empty()));
    let view = View { user: Some(person.name.clone()), ..idp.env.view(headers, &path) };
    let all = tiles::flow::tiles(idp, &mut tx, &person, view.lang.code()).await?;
    let search = all.len() >= SEARCHED || !q.is_empty();
    let meant = all.into_iter().filter(|t| model::is_meant(t, &q));
    let tiles = meant.map(|t| Tile::of(&view, &person.name, t)).collect();
    let admin = grants::store::has_role(&mut tx, &person.id, &idp.env.settings.admin_role).await?;
    Ok(Some(StartPage { view, name: person.name, email: person.email, tiles, q, search, admin }))
}
