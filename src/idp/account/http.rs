//! `GET /`: the start page, or the way to sign in.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::idp::{Idp, people, sessions};
use crate::kernel::db::DbError;
use crate::kernel::http::Context;
use crate::kernel::http::problem::chain;
use crate::kernel::pages::{ErrorPage, Page, View, html};

/// Routes of the account.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/", get(start))
}

/// An application that can be opened.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// What opens.
    pub href: String,
    /// Two letters in place of a logo.
    pub mark: String,
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
    /// What can be opened.
    pub tiles: Vec<Tile>,
}

impl StartPage {
    /// The greeting for the time of day in the organisation's zone.
    fn greeting(&self) -> String {
        let hour = self.view.now.to_jiff().to_zoned(self.view.zone.clone()).hour();
        let key = match hour {
            5..12 => "start-morning",
            12..18 => "start-afternoon",
            _ => "start-evening",
        };
        self.view.t1(key, "name", self.name.split(' ').next().unwrap_or_default())
    }
}

impl Page for StartPage {
    fn samples(view: View) -> Vec<Self> {
        let tile = Tile { name: "Van Dam Logistics".into(), href: "http://localhost:8500".into(), mark: "VD".into() };
        let page = |tiles| Self { view: view.clone(), name: "Daan Visser".into(), email: "daan@example.com".into(), tiles };
        vec![page(vec![tile]), page(vec![])]
    }
}

async fn start(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Response {
    match read(&idp, &headers).await {
        Ok(Some(page)) => html(StatusCode::OK, &page),
        Ok(None) => Redirect::to("/signin").into_response(),
        Err(e) => {
            tracing::error!(error = %chain(&e), "the start page failed");
            html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(idp.env.view(&headers, "/"), "internal", &context.request_id))
        }
    }
}

async fn read(idp: &Idp, headers: &HeaderMap) -> Result<Option<StartPage>, DbError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(session) = sessions::flow::of_cookie(idp, &mut tx, cookie.as_deref()).await? else { return Ok(None) };
    let Some(person) = people::store::by_id(&mut tx, &session.person_id).await? else { return Ok(None) };
    let name = idp.env.settings.organisation.clone();
    let mark = name.split_whitespace().take(2).filter_map(|w| w.chars().next()).flat_map(char::to_uppercase).collect();
    let tiles = vec![Tile { name, href: idp.env.settings.crm_url.at("/"), mark }];
    let view = View { user: Some(person.name.clone()), ..idp.env.view(headers, "/") };
    Ok(Some(StartPage { view, name: person.name, email: person.email, tiles }))
}
