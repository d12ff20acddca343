//! Who may enter the administration area: by a browser's session for pages, by a person's token with the scope for the API, by
//! the machine for commands. Owns also what a change that widens access needs: a sign-in that is fresh, by two factors.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::flow::AdminError;
use crate::contract::Assurance;
use crate::idp::oidc::store::Issue;
use crate::idp::people::Person;
use crate::idp::sessions::Session;
use crate::idp::sessions::model::FRESH;
use crate::idp::signin::flow::{self, Cause, SigninError};
use crate::idp::{Idp, bearer, grants, people, sessions, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::{Code, Context, Problem};
use crate::kernel::pages::{ErrorPage, View, html};

/// The scope of an application that an administrator works through.
pub const SCOPE: &str = "admin";

/// What someone asks with; asked again in the transaction that writes.
#[derive(Clone, Debug)]
pub enum By {
    /// A session of a browser.
    Session(String),
    /// A token of an issue, through a client.
    Issue {
        /// The issue.
        issue: Box<Issue>,
        /// The client.
        client: String,
    },
    /// The machine that the program runs on.
    Command,
}

/// Who asks for a change.
#[derive(Clone, Debug)]
pub struct Asking {
    /// As the audit log has it.
    pub actor: Actor,
    /// With what.
    pub by: By,
    /// The role that lets him.
    pub role: String,
    /// The provider.
    pub issuer: String,
}

impl Asking {
    fn new(idp: &Idp, actor: Actor, by: By) -> Self {
        Self { actor, by, role: idp.env.settings.admin_role.clone(), issuer: idp.issuer().to_owned() }
    }

    /// Whoever runs a command on this machine.
    pub fn command(idp: &Idp) -> Self {
        Self::new(idp, Actor::command_line(), By::Command)
    }
}

/// An administrator on a request.
#[derive(Clone, Debug)]
pub struct Admin {
    /// Who.
    pub person: Person,
    /// How he signed in.
    pub session: Session,
    /// What a change is asked for with.
    pub asking: Asking,
}

impl Admin {
    /// Whether he showed a factor a moment ago, of two at least.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.session.is_fresh(now) && self.session.assurance.is_two_factors()
    }
}

/// The administrator whose browser asks for a page; everyone else gets what is answered instead.
pub async fn page(idp: &Idp, context: &Context, headers: &HeaderMap, path: &str) -> Result<Admin, Response> {
    let broken = |e: &DbError| {
        let view = idp.env.view(headers, path);
        if e.is_overload() {
            return html(StatusCode::SERVICE_UNAVAILABLE, &ErrorPage::new(view, "overloaded", &context.request_id));
        }
        tracing::error!(error = %crate::kernel::http::problem::chain(e), "a page of the administration failed");
        html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
    };
    let found = of_cookie(idp, context, headers).await.map_err(|e| broken(&e))?;
    match found {
        Entered::Administrator(admin) => {
            setup::http::hold(idp, context, headers, &admin.session, path).await?;
            Ok(*admin)
        }
        Entered::Nobody => Err(sign_in(idp, context, headers, path).await),
        Entered::Other(person) => {
            let view = View { user: Some(person.name), ..idp.env.view(headers, "/") };
            Err(html(StatusCode::FORBIDDEN, &ErrorPage::new(view, "forbidden", &context.request_id)))
        }
    }
}

/// Leads to the sign-in, and from there back to `path`.
async fn sign_in(idp: &Idp, context: &Context, headers: &HeaderMap, path: &str) -> Response {
    let begun = flow::begin(idp, context, Cause { page: Some((path, None)), ..Cause::default() }).await;
    lead(idp, context, headers, begun)
}

fn lead(idp: &Idp, context: &Context, headers: &HeaderMap, begun: Result<String, SigninError>) -> Response {
    match begun {
        Ok(token) => {
            let mut answer = Redirect::to("/signin").into_response();
            answer.headers_mut().append(header::SET_COOKIE, flow::COOKIE.set(&idp.env.settings.idp_url, token));
            answer
        }
        Err(e) => signin::http::broken(idp, headers, context, &e),
    }
}

enum Entered {
    Administrator(Box<Admin>),
    Other(Person),
    Nobody,
}

async fn of_cookie(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<Entered, DbError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(session) = sessions::flow::of_cookie(idp, &mut tx, cookie.as_deref()).await? else { return Ok(Entered::Nobody) };
    let Some(person) = people::store::by_id(&mut tx, &session.person_id).await? else { return Ok(Entered::Nobody) };
    if !grants::store::has_role(&mut tx, &person.id, &idp.env.settings.admin_role).await? {
        return Ok(Entered::Other(person));
    }
    let by = By::Session(session.id.clone());
    let asking = Asking::new(idp, Actor::on(context).person(&person.id), by);
    Ok(Entered::Administrator(Box::new(Admin { person, session, asking })))
}

/// The administrator whose token asks the API.
pub async fn api(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<Admin, Problem> {
    let (standing, token) = bearer::person(idp, headers, SCOPE).await?;
    let mut snapshot = idp.db.snapshot().await?;
    if !grants::store::has_role(&mut snapshot.tx(), &standing.person.id, &idp.env.settings.admin_role).await? {
        return Err(Problem::because(Code::Forbidden, "only an administrator may do this"));
    }
    let actor = Actor::on(context).person(&standing.person.id).client(&token.client_id);
    let by = By::Issue { issue: Box::new(standing.issue.clone()), client: token.client_id.clone() };
    Ok(Admin { person: standing.person.clone(), session: standing.session.clone(), asking: Asking::new(idp, actor, by) })
}

/// What a page that widens access needs: a fresh sign-in, to which this leads, and from there back to `path`.
pub async fn fresh_page(idp: &Idp, context: &Context, headers: &HeaderMap, admin: &Admin, path: &str) -> Result<(), Response> {
    if admin.is_fresh(idp.env.now()) {
        return Ok(());
    }
    // Whoever came in by one factor has to show a second one; the others, any that counts, now.
    let least = (!admin.session.assurance.is_two_factors()).then_some(Assurance::PasswordMail);
    let begun = flow::step_up(idp, context, &admin.session, (path, least)).await;
    Err(lead(idp, context, headers, begun))
}

/// The same for the API: refused with what to ask for (RFC 9470, section 3).
pub fn fresh_api(idp: &Idp, admin: &Admin) -> Result<(), Stale> {
    if admin.is_fresh(idp.env.now()) { Ok(()) } else { Err(Stale) }
}

/// The sign-in behind a token is too old for what is asked.
#[derive(Clone, Copy, Debug)]
pub struct Stale;

impl IntoResponse for Stale {
    fn into_response(self) -> Response {
        let why = "this needs a sign-in of the last five minutes";
        let problem = Problem::because(Code::Unauthorized, why).with("max_age", FRESH.as_secs());
        let mut answer = problem.into_response();
        let challenge = format!(
            "Bearer error=\"insufficient_user_authentication\", error_description=\"{why}\", max_age=\"{}\"",
            FRESH.as_secs()
        );
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        answer
    }
}

impl From<AdminError> for Problem {
    fn from(e: AdminError) -> Self {
        match e {
            AdminError::Db(e) => e.into(),
            AdminError::Unauthorized => Self::new(Code::Unauthorized),
            AdminError::Forbidden => Self::because(Code::Forbidden, e.to_string()),
            AdminError::NotFound => Self::new(Code::NotFound),
            AdminError::Cursor(e) => Self::because(Code::BadRequest, e.to_string()),
            AdminError::Audit(e) if e.is_overload() => Self::new(Code::Overloaded).retry(1),
            AdminError::Audit(crate::kernel::audit::AuditError::Filter) => {
                Self::because(Code::BadRequest, "a filter can't be one")
            }
            // What is said about these two is in the files of texts: `Answer` in `http` says it in English.
            AdminError::Invalid(_)
            | AdminError::Refused(_)
            | AdminError::Root(_)
            | AdminError::Audit(_)
            | AdminError::Internal(_) => Self::internal(&e),
        }
    }
}
