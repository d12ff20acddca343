//! The frame of the account area: its sections, who may enter, and the fresh sign-in that widening access asks for (security
//! case 21). Does not own what stands in a section.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::idp::credentials::passwords::RETRY;
use crate::idp::people::Person;
use crate::idp::sessions::Session;
use crate::idp::signin::flow::{Cause, SigninError};
use crate::idp::{Idp, people, sessions, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::http::Context;
use crate::kernel::http::problem::chain;
use crate::kernel::pages::{ErrorPage, View, html, overloaded};

/// A part of the account area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Who one is.
    Overview,
    /// How one signs in.
    Security,
    /// Where one is signed in.
    Sessions,
    /// What applications may do.
    Applications,
    /// What happened.
    Activity,
}

impl Section {
    const ALL: [Self; 5] = [Self::Overview, Self::Security, Self::Sessions, Self::Applications, Self::Activity];

    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/account",
            Self::Security => "/account/security",
            Self::Sessions => "/account/sessions",
            Self::Applications => "/account/applications",
            Self::Activity => "/account/activity",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Overview => "account-tab-overview",
            Self::Security => "account-tab-security",
            Self::Sessions => "account-tab-sessions",
            Self::Applications => "account-tab-applications",
            Self::Activity => "account-tab-activity",
        }
    }
}

/// An entry of the navigation.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub label: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// The navigation of a page in a section.
pub fn tabs(view: &View, current: Section) -> Vec<Tab> {
    Section::ALL.map(|s| Tab { href: s.path(), label: view.t(s.words()), current: s == current }).into()
}

/// Who has entered.
#[derive(Clone, Debug)]
pub struct Here {
    /// Who.
    pub person: Person,
    /// The session of this browser.
    pub session: Session,
    /// How the page is shown.
    pub view: View,
}

impl Here {
    /// As the audit log has it.
    pub fn actor(&self, context: &Context) -> Actor {
        Actor::on(context).person(&self.person.id)
    }
}

/// The signed-in person, for a page at `path`; otherwise the way to sign in, which leads back there. A session that is less than
/// the policies ask of its owner is held back until he has shown what is missing, or set it up (security case 17).
pub async fn enter(idp: &Idp, context: &Context, headers: &HeaderMap, path: &str) -> Result<Here, Response> {
    let here = known(idp, context, headers, path).await?;
    setup::http::hold(idp, context, headers, &here.session, path).await?;
    Ok(here)
}

/// The same for pages on which one sets up what is asked: whoever is signed in, however weakly.
pub async fn known(idp: &Idp, context: &Context, headers: &HeaderMap, path: &str) -> Result<Here, Response> {
    match read(idp, headers, path).await {
        Ok(Some(here)) => Ok(here),
        Ok(None) => Err(sign_in(idp, context, headers, path).await),
        Err(e) => Err(broken(idp, context, headers, &e)),
    }
}

async fn read(idp: &Idp, headers: &HeaderMap, path: &str) -> Result<Option<Here>, DbError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(session) = sessions::flow::of_cookie(idp, &mut tx, cookie.as_deref()).await? else { return Ok(None) };
    let Some(person) = people::store::by_id(&mut tx, &session.person_id).await? else { return Ok(None) };
    let zone = people::store::zone_of(&mut tx, &person.id).await?;
    let mut view = View { user: Some(person.name.clone()), ..idp.env.view(headers, path) };
    if let Some(zone) = zone.and_then(|z| jiff::tz::TimeZone::get(&z).ok()) {
        view.zone = zone;
    }
    Ok(Some(Here { person, session, view }))
}

/// Goes on where a factor was shown in the last five minutes; otherwise asks for another one, and leads back to `path`.
pub async fn fresh(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here, path: &str) -> Result<(), Response> {
    if here.session.is_fresh(idp.env.now()) {
        return Ok(());
    }
    let begun = signin::flow::step_up(idp, context, &here.session, (path, None)).await;
    Err(to_sign_in(idp, context, headers, begun))
}

async fn sign_in(idp: &Idp, context: &Context, headers: &HeaderMap, path: &str) -> Response {
    let cause = Cause { page: Some((path, None)), ..Cause::default() };
    let begun = signin::flow::begin(idp, context, cause).await;
    to_sign_in(idp, context, headers, begun)
}

/// Leads on to a sign-in that was begun.
pub fn to_sign_in(idp: &Idp, context: &Context, headers: &HeaderMap, begun: Result<String, SigninError>) -> Response {
    match begun {
        Ok(token) => {
            let mut answer = Redirect::to("/signin").into_response();
            answer.headers_mut().append(header::SET_COOKIE, signin::flow::COOKIE.set(&idp.env.settings.idp_url, token));
            answer
        }
        Err(e) => signin::http::broken(idp, headers, context, &e),
    }
}

/// The page for an error that is not the person's doing.
pub fn broken(idp: &Idp, context: &Context, headers: &HeaderMap, e: &DbError) -> Response {
    unreadable(idp, context, headers, e, e.is_overload())
}

/// The same for any error.
pub fn unreadable(idp: &Idp, context: &Context, headers: &HeaderMap, e: &dyn std::error::Error, overload: bool) -> Response {
    let view = idp.env.view(headers, "/account");
    if overload {
        return overloaded(view, &context.request_id, RETRY);
    }
    tracing::error!(error = %chain(e), "a page of the account failed");
    html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
}

/// The page for what is not there, or not this person's.
pub fn not_found(view: View, context: &Context) -> Response {
    html(StatusCode::NOT_FOUND, &ErrorPage::new(view, "not-found", &context.request_id))
}
