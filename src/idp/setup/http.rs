//! The page that leads from step to step, and what holds back the provider's own pages meanwhile.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::flow::{self, CountError, Lacks};
use super::model::{Began, PATH, Step};
use super::pages::{Guide, SetupPage};
use crate::contract::Assurance;
use crate::idp::account::frame::{self, Here};
use crate::idp::policy::model::Lack;
use crate::idp::sessions::Session;
use crate::idp::signin::factors::Factor;
use crate::idp::signin::flow::{COOKIE, Cause, SigninError, begin};
use crate::idp::signin::pages::{StrongerPage, Then};
use crate::idp::{Idp, invitations, oidc, policy, sessions, signin};
use crate::kernel::db::DbError;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{html, local};

/// Routes of the page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route(PATH, get(show).post(later))
}

type Answer = Result<Response, Response>;

/// Holds a page at `path` back from a session that is less than its owner's policies ask: the way to show what is missing, or to
/// set it up, from where both lead back.
pub(crate) async fn hold(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    session: &Session,
    path: &str,
) -> Result<(), Response> {
    let broken = |e| frame::broken(idp, context, headers, &e);
    let cause = Cause { page: Some((path, None)), ..Cause::default() };
    let begun = match flow::lacks(idp, session).await.map_err(broken)? {
        Lacks::Nothing => return Ok(()),
        Lacks::SetUp => {
            flow::for_page(idp, session, path).await.map_err(broken)?;
            return Err(Redirect::to(PATH).into_response());
        }
        Lacks::Anew => begin(idp, context, cause).await,
        Lacks::Stronger(shown) => begin(idp, context, Cause { over: Some((session, &shown)), ..cause }).await,
    };
    let token = begun.map_err(|e| signin::http::broken(idp, headers, context, &e))?;
    let mut answer = Redirect::to("/signin").into_response();
    answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
    Err(answer)
}

/// What an application asks of someone who is signed in, on a page of this provider.
pub(crate) struct Question<'a> {
    /// The application.
    pub client: &'a str,
    /// One of these strengths of sign-in is asked for; none is what the policies ask.
    pub strengths: &'a [Assurance],
    /// A path of this provider that leads back to it.
    pub path: &'a str,
    /// Whether he was led to what is to be shown before, so that what he can't show is said and not asked for again and again.
    pub asked: bool,
    /// How it goes on, where he has nothing that would do.
    pub then: Then,
}

/// Holds back an application's question until its person is signed in as is asked at that application: the way to what is to be
/// shown, and back.
pub(crate) async fn hold_question(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    session: &Session,
    question: &Question<'_>,
) -> Result<(), Response> {
    let read = async {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let asked = policy::flow::asked(&mut tx, &session.person_id, Some(question.client)).await?;
        let asked = asked.and_one_of(question.strengths);
        let lack = policy::flow::lack(&mut tx, &asked, session, idp.env.now(), false).await?;
        Ok::<_, DbError>((asked.demand.least, lack))
    };
    let (least, lack) = read.await.map_err(|e| frame::broken(idp, context, headers, &e))?;
    let page = (question.path, Some(least));
    let begun = match lack {
        None => return Ok(()),
        Some(Lack::Anew) => begin(idp, context, Cause { page: Some(page), ..Cause::default() }).await,
        Some(Lack::Stronger) if question.asked => Err(SigninError::OutOfReach),
        Some(Lack::Stronger) => signin::flow::step_up(idp, context, session, page).await,
    };
    if matches!(begun, Err(SigninError::OutOfReach)) {
        let page = StrongerPage { then: question.then, ..StrongerPage::own(idp.env.view(headers, "/")) };
        return Err(html(StatusCode::FORBIDDEN, &page));
    }
    Err(frame::to_sign_in(idp, context, headers, begun))
}

/// Lets a page on which something is set up pass, also where exactly that is missing; with where one is on the way, if one is led.
pub(crate) async fn on_the_way(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    here: &Here,
    path: &str,
) -> Result<Option<Guide>, Response> {
    let broken = |e| frame::broken(idp, context, headers, &e);
    match flow::lacks(idp, &here.session).await.map_err(broken)? {
        Lacks::Nothing => {}
        Lacks::SetUp => flow::for_page(idp, &here.session, "/").await.map_err(broken)?,
        Lacks::Anew | Lacks::Stronger(_) => hold(idp, context, headers, &here.session, path).await?,
    }
    let standing = flow::look(idp, &here.session).await.map_err(broken)?;
    Ok(standing.setup.map(|_| Guide::of(&here.view, &standing.plan)))
}

/// Leads on after a factor was set up on the way: it counts as shown.
pub(crate) async fn counted(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    here: &Here,
    shown: (Factor, Option<Assurance>),
) -> Response {
    let mut answer = Redirect::to(PATH).into_response();
    match flow::count(idp, context, &here.session, shown).await {
        Ok(Some(cookie)) => {
            answer.headers_mut().append(header::SET_COOKIE, sessions::flow::COOKIE.set(&idp.env.settings.idp_url, cookie));
            answer
        }
        // He can show it at the next page that asks.
        Ok(None) => answer,
        Err(CountError::Db(e)) => frame::broken(idp, context, headers, &e),
        Err(e) => frame::unreadable(idp, context, headers, &e, false),
    }
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let here = frame::known(&idp, &context, &headers, PATH).await?;
    let broken = |e| frame::broken(&idp, &context, &headers, &e);
    let standing = flow::look(&idp, &here.session).await.map_err(broken)?;
    match standing.plan.next {
        // Who is not led here is so for what is asked of him, and for nothing that is only offered.
        Some(step) if standing.setup.is_some() || standing.plan.asked => {
            flow::for_page(&idp, &here.session, "/").await.map_err(broken)?;
            let (began, app) = match standing.setup {
                Some(s) => (s.began, s.request.map(|r| r.client_name)),
                None => (Began::Signin, None),
            };
            Ok(html(StatusCode::OK, &SetupPage::new(here.view, &standing.plan, step, began, app)))
        }
        _ => on(&idp, &context, &headers, &here).await,
    }
}

/// Nothing is left to do: on to where one was going. Once; what is still missing there is asked there.
async fn on(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here) -> Answer {
    let taken = flow::take(idp, &here.session).await.map_err(|e| frame::broken(idp, context, headers, &e))?;
    let Some(setup) = taken else { return Ok(Redirect::to("/").into_response()) };
    match setup.request {
        Some(request) => Ok(oidc::http::resume(idp, context, headers, request, here.session.clone()).await),
        None => {
            let to = onward(idp, setup.onward.as_deref());
            let left = invitations::pages::left(idp, headers).filter(|_| to == "/");
            let mut answer = Redirect::to(left.as_deref().unwrap_or(&to)).into_response();
            if left.is_some() {
                invitations::pages::forget(idp, &mut answer);
            }
            Ok(answer)
        }
    }
}

/// A path of this provider, or the record store; nothing else is ever kept.
fn onward(idp: &Idp, kept: Option<&str>) -> String {
    let crm = idp.env.settings.crm_url.at("/");
    match kept {
        Some(to) if to == crm => crm,
        to => local(to.unwrap_or("/")).to_owned(),
    }
}

async fn later(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let here = frame::known(&idp, &context, &headers, PATH).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    if let Some(step) = params.get("later").and_then(Step::from_name) {
        flow::put_off(&idp, &here.session, step).await.map_err(|e| frame::broken(&idp, &context, &headers, &e))?;
    }
    Ok(Redirect::to(PATH).into_response())
}
