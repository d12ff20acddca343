//! Changing one's own password: after a fresh sign-in, which has just shown the one before.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use secrecy::SecretString;

use super::flow::Own;
use super::frame::{Here, Section, Tab, broken, enter, fresh, tabs};
use crate::idp::credentials::guesses::{Account, passwords_of};
use crate::idp::credentials::limits;
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::notices::{About, Notice, What};
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::{Idp, links, people, sessions, signin};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Page, Problem, View, html, overloaded};
use crate::kernel::root::RootError;

const PASSWORD_PAGE: &str = "/account/password";

/// Routes of the page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route(PASSWORD_PAGE, get(form).post(change))
}

/// Changing one's own password.
#[derive(Template)]
#[template(path = "idp/account_password.html")]
pub struct PasswordPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// Whose.
    pub email: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Whether it is done.
    pub done: bool,
}

impl PasswordPage {
    fn new(here: &Here, problems: Vec<Problem>, done: bool) -> Self {
        let (view, email) = (here.view.clone(), here.person.email.clone());
        Self { tabs: tabs(&view, Section::Security), view, email, problems, done }
    }
    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

impl Page for PasswordPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |problems, done| Self {
            tabs: tabs(&view, Section::Security),
            view: view.clone(),
            email: "daan@example.com".into(),
            problems,
            done,
        };
        let short = Problem { field: "password".into(), text: view.t1("setpw-too-short", "count", passwords::MIN as u64) };
        vec![page(vec![], false), page(vec![short], false), page(vec![], true)]
    }
}

#[derive(Debug, thiserror::Error)]
enum ChangeError {
    #[error(transparent)]
    Password(#[from] Unfit),
    #[error("too many guesses at the present one")]
    Locked(Timestamp),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Root(#[from] RootError),
}

async fn form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Result<Response, Response> {
    let here = enter(&idp, &context, &headers, PASSWORD_PAGE).await?;
    fresh(&idp, &context, &headers, &here, PASSWORD_PAGE).await?;
    Ok(html(StatusCode::OK, &PasswordPage::new(&here, vec![], false)))
}

async fn change(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Result<Response, Response> {
    let here = enter(&idp, &context, &headers, PASSWORD_PAGE).await?;
    fresh(&idp, &context, &headers, &here, PASSWORD_PAGE).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let again = |problem| html(StatusCode::UNPROCESSABLE_ENTITY, &PasswordPage::new(&here, vec![problem], false));
    let password = passwords::typed(&params, &here.view).map_err(again)?;
    match save(&idp, &context, &here, password).await {
        Ok(cookie) => {
            let mut answer = html(StatusCode::OK, &PasswordPage::new(&here, vec![], true));
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(answer)
        }
        Err(ChangeError::Password(Unfit::Refused(refused))) => Err(again(refused.problem(&here.view))),
        Err(ChangeError::Locked(until)) => {
            let text = here.view.t1("signin-locked", "time", here.view.time(until));
            let problems = vec![Problem { field: "password".into(), text }];
            Err(html(StatusCode::TOO_MANY_REQUESTS, &PasswordPage::new(&here, problems, false)))
        }
        Err(ChangeError::Db(e)) => Err(broken(&idp, &context, &headers, &e)),
        Err(ChangeError::Password(e)) if e.is_overload() => Err(overloaded(here.view, &context.request_id, passwords::RETRY)),
        Err(e) => {
            tracing::error!(error = %chain(&e), "changing a password failed");
            Err(html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(here.view, "internal", &context.request_id)))
        }
    }
}

struct Input {
    own: Own,
    session: String,
    phc: String,
    cookie_hash: String,
    notice: Notice,
}

/// Changes it; the cookie of this browser's session, which goes on under another one (security case 20).
async fn save(idp: &Idp, context: &Context, here: &Here, password: SecretString) -> Result<HeaderValue, ChangeError> {
    let phc = idp.hasher.choose(password.clone(), passwords::About::of(&here.person.email, &here.person.name)).await?;
    let stored = {
        let mut snapshot = idp.db.snapshot().await?;
        people::store::credentials_of(&mut snapshot.tx(), &here.person.id).await?.and_then(|c| c.password)
    };
    if stored.is_some() {
        guess(idp, &here.person.id).await?;
        if idp.hasher.verify(stored, password).await.map_err(Unfit::from)? {
            return Err(Unfit::Refused(passwords::Refused("setpw-same-as-old", 0)).into());
        }
    }
    let cookie = idp.env.token();
    let input = Input {
        own: Own::new(idp, &here.person.id, here.actor(context)),
        session: here.session.id.clone(),
        phc,
        cookie_hash: sessions::flow::token_hash(idp, &cookie)?,
        notice: Notice::new(idp, What::PasswordChanged, &About::on(context))?,
    };
    let told = idp.db.write_log(input, |input, mut tx| Box::pin(async move { changed(&mut tx, input).await })).await?;
    idp.outbox.wake();
    backchannel::settle(idp, &told).await;
    Ok(sessions::flow::COOKIE.set(&idp.env.settings.idp_url, cookie))
}

/// Takes one of the guesses that there may be at a password, by whichever route (security case 18): that the new one is the present
/// one tells as much as signing in by it.
async fn guess(idp: &Idp, person: &str) -> Result<(), ChangeError> {
    let bucket = passwords_of(&idp.env.root, Account::Person(person))?;
    let input = (bucket, signin::model::passwords_per_account(idp.env.settings.password_tries), idp.env.now());
    let taken = idp
        .db
        .write(input, |(bucket, limit, now), mut tx| Box::pin(async move { limits::take(&mut tx, bucket, *limit, *now).await }));
    taken.await?.map_or(Ok(()), |until| Err(ChangeError::Locked(until)))
}

/// Every other session ends, and every link to choose a password that was mailed before.
async fn changed(tx: &mut LogTx<'_>, i: &Input) -> Result<Vec<Told>, DbError> {
    let own = &i.own;
    people::store::set_password(tx, &own.person, &i.phc, own.now).await?;
    links::store::void_of(tx, &own.person, own.now).await?;
    let mut told = Vec::new();
    for session in sessions::store::live_of(tx, &own.person, own.now).await?.iter().filter(|s| s.id != i.session) {
        let id = format!("{}-{}", own.audit_id, session.id);
        told.extend(sessions::flow::end(tx, &session.id, &own.actor, &id, own.now).await?);
    }
    sessions::store::set_token(tx, &i.session, &i.cookie_hash).await?;
    own.note(tx, "", "password.changed", &own.person, String::new()).await?;
    i.notice.put(tx, &own.person).await?;
    Ok(told)
}
