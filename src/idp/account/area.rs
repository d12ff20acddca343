//! Routes of someone's own account, but for how he signs in. What only takes away asks for no fresh sign-in.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::flow::{self, AccountError, Own, Which};
use super::frame::{Here, Section, broken, enter, fresh, not_found, tabs, unreadable};
use super::model::Profile;
use super::pages::{ActivityPage, ApplicationsPage, OverviewPage, ProfilePage, SessionsPage};
use super::{export, store};
use crate::idp::{Idp, people, sessions};
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{LANG_COOKIE, Problem, html};

/// Routes of the area.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/account", get(overview))
        .route("/account/profile", get(profile).post(save))
        .route("/account/sessions", get(open))
        .route("/account/sessions/end", post(end))
        .route("/account/applications", get(applications))
        .route("/account/applications/withdraw", post(withdraw))
        .route("/account/activity", get(activity))
        .route("/account/export", get(download))
}

type Answer = Result<Response, Response>;

/// A parameter of the query; one that is not as it should be is none.
fn asked(query: Option<String>, name: &str) -> Option<String> {
    Params::parse(query.unwrap_or_default().as_bytes(), &[]).ok()?.get(name).map(str::to_owned)
}

pub(super) fn bad(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here, e: &AccountError) -> Response {
    match e {
        AccountError::Db(e) => broken(idp, context, headers, e),
        AccountError::NotFound | AccountError::Invalid(_) => not_found(here.view.clone(), context),
        AccountError::Audit(e) => unreadable(idp, context, headers, e, e.is_overload()),
    }
}

async fn overview(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let here = enter(&idp, &context, &headers, Section::Overview.path()).await?;
    let read = async {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let (zone, since) = store::more_of(&mut tx, &here.person.id).await?;
        let groups = people::store::groups_of(&mut tx, &here.person.id).await?.into_iter().map(|(_, name)| name).collect();
        Ok((zone, since, groups))
    };
    let (zone, since, groups) = read.await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    let tabs = tabs(&here.view, Section::Overview);
    let saved = asked(query, "saved").is_some();
    Ok(html(StatusCode::OK, &OverviewPage { view: here.view, tabs, person: here.person, zone, since, groups, saved }))
}

async fn profile(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let here = enter(&idp, &context, &headers, "/account/profile").await?;
    let zone = async { people::store::zone_of(&mut idp.db.snapshot().await?.tx(), &here.person.id).await };
    let zone = zone.await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    let page = ProfilePage::new(here.view, here.person.name, &here.person.language, zone.as_deref(), vec![]);
    Ok(html(StatusCode::OK, &page))
}

async fn save(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let here = enter(&idp, &context, &headers, "/account/profile").await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let text = |name: &str| params.get(name).map(str::trim).unwrap_or_default().to_owned();
    let profile = Profile { name: text("name"), language: text("language"), zone: Some(text("zone")).filter(|z| !z.is_empty()) };
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    match flow::change_profile(&idp, own, profile.clone()).await {
        Ok(()) => {
            let mut answer = Redirect::to("/account?saved=1").into_response();
            let secure = if idp.env.settings.idp_url.is_https() { "; Secure" } else { "" };
            // Who says which language he reads sees it at once.
            let cookie = format!("{LANG_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", profile.language);
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        Err(AccountError::Invalid(wrong)) => {
            let words = |field: &str| match field {
                "name" if profile.name.is_empty() => here.view.t("form-required"),
                "name" => here.view.t1("form-too-long", "max", 200),
                _ => here.view.t("form-choice-invalid"),
            };
            let problems = wrong.into_iter().map(|w| Problem { text: words(&w.field), field: w.field }).collect();
            let page =
                ProfilePage::new(here.view.clone(), profile.name.clone(), &profile.language, profile.zone.as_deref(), problems);
            Err(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(e) => Err(bad(&idp, &context, &headers, &here, &e)),
    }
}

/// What a redirect after a deed says of it.
fn done(query: Option<String>) -> &'static str {
    match asked(query, "done").as_deref() {
        Some("one") => "account-session-ended",
        Some("others") => "account-session-ended-others",
        _ => "",
    }
}

async fn open(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let here = enter(&idp, &context, &headers, Section::Sessions.path()).await?;
    let now = idp.env.now();
    let read = async { store::sessions(&mut idp.db.snapshot().await?.tx(), &here.person.id, now).await };
    let all = read.await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &SessionsPage::new(here.view, all, &here.session.id, done(query))))
}

async fn end(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let here = enter(&idp, &context, &headers, Section::Sessions.path()).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let (which, said) = match (params.get("which"), params.get("session")) {
        (Some("all"), None) => (Which::All, "all"),
        (Some("others"), None) => (Which::Others(here.session.id.clone()), "others"),
        (None, Some(id)) if id == here.session.id => (Which::One(id.to_owned()), "all"),
        (None, Some(id)) => (Which::One(id.to_owned()), "one"),
        _ => return Err(not_found(here.view, &context)),
    };
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    flow::end_sessions(&idp, own, which).await.map_err(|e| bad(&idp, &context, &headers, &here, &e))?;
    if said != "all" {
        return Ok(Redirect::to(&format!("/account/sessions?done={said}")).into_response());
    }
    let mut answer = Redirect::to("/logout/done").into_response();
    answer.headers_mut().append(header::SET_COOKIE, sessions::flow::COOKIE.clear(&idp.env.settings.idp_url));
    Ok(answer)
}

async fn applications(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let here = enter(&idp, &context, &headers, Section::Applications.path()).await?;
    let now = idp.env.now();
    let read = async { flow::applications(&mut idp.db.snapshot().await?.tx(), &here.person.id, now).await };
    let all = read.await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &ApplicationsPage::new(here.view, all, asked(query, "done").is_some())))
}

async fn withdraw(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let here = enter(&idp, &context, &headers, Section::Applications.path()).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let Some(client) = params.get("client") else { return Err(not_found(here.view, &context)) };
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    flow::withdraw(&idp, own, client).await.map_err(|e| bad(&idp, &context, &headers, &here, &e))?;
    Ok(Redirect::to("/account/applications?done=1").into_response())
}

async fn activity(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let here = enter(&idp, &context, &headers, Section::Activity.path()).await?;
    let after = asked(query, "after");
    let events = flow::events(&idp, &here.person.id, after.as_deref()).await;
    let events = events.map_err(|e| bad(&idp, &context, &headers, &here, &e.into()))?;
    Ok(html(StatusCode::OK, &ActivityPage::new(here.view, events, after.is_none())))
}

/// Everything that this half has about oneself, as a file. Whoever finds a browser open does not get it without signing in.
async fn download(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let here = enter(&idp, &context, &headers, "/account/export").await?;
    fresh(&idp, &context, &headers, &here, "/account/export").await?;
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    let all = export::of(&idp, own).await.map_err(|e| bad(&idp, &context, &headers, &here, &e))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"account.json\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, serde_json::to_string_pretty(&all).unwrap_or_default()).into_response())
}
