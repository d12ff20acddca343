//! What someone says of himself beside name, language and zone: the standard claims that applications are told where he allows it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::Value;

use super::flow::{self, Own};
use super::frame::{Section, Tab, broken, enter, tabs};
use crate::idp::Idp;
use crate::idp::people::profile::Unfit;
use crate::idp::people::{Profile, details};
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{Page, Problem, View, html};

const DETAILS_PAGE: &str = "/account/details";

/// Routes of the page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route(DETAILS_PAGE, get(form).post(save))
}

/// A line of the form.
#[derive(Clone, Debug)]
pub struct Line {
    /// The claim's name.
    pub name: &'static str,
    /// What it is.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What a browser may fill in.
    pub autocomplete: &'static str,
    /// How it is written.
    pub hint: String,
    /// What is wrong with it.
    pub error: String,
}

/// Lines under a heading.
#[derive(Clone, Debug)]
pub struct Part {
    /// The heading.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// The lines of a form about someone, with what is wrong in it.
pub fn parts(view: &View, profile: &Profile, problems: &[Problem]) -> Vec<Part> {
    let values = details::values(profile);
    let line = |l: &details::Line| Line {
        name: l.name,
        label: view.t(&key(l.name)),
        value: values.get(l.name).and_then(Value::as_str).unwrap_or_default().to_owned(),
        autocomplete: l.autocomplete,
        hint: if l.name == "birthdate" { view.t("details-birthdate-hint") } else { String::new() },
        error: problems.iter().find(|p| p.field == l.name).map(|p| p.text.clone()).unwrap_or_default(),
    };
    let part = |title: &str, lines: &[details::Line]| Part { title: view.t(title), lines: lines.iter().map(line).collect() };
    vec![
        part("details-person", &details::PERSON),
        part("details-pages", &details::PAGES),
        part("details-address", &details::ADDRESS),
    ]
}

/// The key of what a line is called.
fn key(name: &str) -> String {
    format!("details-{}", name.replace('_', "-"))
}

/// What is wrong, on the page.
pub fn problem(view: &View, unfit: Unfit) -> Problem {
    let (field, text) = details::wrong(unfit);
    Problem { field: field.into(), text: view.t(text) }
}

/// The page.
#[derive(Template)]
#[template(path = "idp/account_details.html")]
pub struct DetailsPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// The form.
    pub form: Vec<Part>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl DetailsPage {
    fn new(view: View, profile: &Profile, problems: Vec<Problem>) -> Self {
        Self { tabs: tabs(&view, Section::Overview), form: parts(&view, profile, &problems), problems, view }
    }
}

impl Page for DetailsPage {
    fn samples(view: View) -> Vec<Self> {
        let text = |t: &str| Some(t.to_owned());
        let eva = Profile { given_name: text("Eva"), family_name: text("Jansen"), website: text("eva"), ..Profile::default() };
        let bad = vec![Problem { field: "website".into(), text: view.t("details-wrong-web") }];
        vec![Self::new(view.clone(), &Profile::default(), vec![]), Self::new(view, &eva, bad)]
    }
}

async fn form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Result<Response, Response> {
    let here = enter(&idp, &context, &headers, DETAILS_PAGE).await?;
    let profile = flow::details(&idp, &here.person.id).await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &DetailsPage::new(here.view, &profile, vec![])))
}

async fn save(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Result<Response, Response> {
    let here = enter(&idp, &context, &headers, DETAILS_PAGE).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let before = flow::details(&idp, &here.person.id).await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    let profile = details::read(&before, |name| params.get(name));
    if let Err(unfit) = profile.check() {
        let problems = vec![problem(&here.view, unfit)];
        return Err(html(StatusCode::UNPROCESSABLE_ENTITY, &DetailsPage::new(here.view, &profile, problems)));
    }
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    let saved = flow::set_details(&idp, own, profile).await;
    saved.map_err(|e| super::area::bad(&idp, &context, &headers, &here, &e))?;
    Ok(Redirect::to("/account?saved=1").into_response())
}
