//! One's own account by API, through an application that has the scope: what the pages of the account show and do. What widens
//! access asks for a factor of the last five minutes, or is refused with a step-up challenge (RFC 9470).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow::{self, AccountError, Own, Which};
use super::model::{Allowed, Device, Event, Open, Profile};
use super::{export, store};
use crate::contract::access::Taken;
use crate::idp::address::flow::{self as address, AddressError};
use crate::idp::challenges::http::read;
use crate::idp::oidc::issues::Standing;
use crate::idp::relations::http::invalid;
use crate::idp::relations::model::Wrong;
use crate::idp::{Idp, bearer, people};
use crate::kernel::audit::Actor;
use crate::kernel::http::{Code, Context, Params, Problem};

/// The scope of an application that may do this for a person.
pub const SCOPE: &str = "account";

/// Routes of the API.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/me", get(me).patch(change))
        .route("/api/me/profile", get(profile).put(set_profile))
        .route("/api/me/sessions", get(sessions).delete(end_all))
        .route("/api/me/sessions/{id}", axum::routing::delete(end))
        .route("/api/me/applications", get(applications))
        .route("/api/me/applications/{id}", axum::routing::delete(withdraw))
        .route("/api/me/activity", get(activity))
        .route("/api/me/export", get(copy))
        .route("/api/me/email", post(email))
}

impl From<AccountError> for Problem {
    fn from(e: AccountError) -> Self {
        match e {
            AccountError::Db(e) => e.into(),
            AccountError::Audit(e) if e.is_overload() => Self::new(Code::Overloaded).retry(1),
            AccountError::Audit(e) => Self::internal(&e),
            AccountError::NotFound => Self::new(Code::NotFound),
            AccountError::Invalid(wrong) => invalid(&wrong),
        }
    }
}

impl From<AddressError> for Problem {
    fn from(e: AddressError) -> Self {
        match e {
            AddressError::Db(e) => e.into(),
            AddressError::Invalid => invalid(&[Wrong::at("email", "an address such as daan@example.com")]),
            AddressError::Same => invalid(&[Wrong::at("email", "another address than the present one")]),
            AddressError::NotFound | AddressError::Void => Self::new(Code::NotFound),
            AddressError::TooMany(_) => Self::new(Code::TooMany).retry(3600),
            AddressError::Root(_) => Self::internal(&e),
        }
    }
}

/// The person behind a request, and as the audit log has him.
pub(crate) struct Me {
    standing: Standing,
    own: Own,
}

impl FromRequestParts<Arc<Idp>> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, idp: &Arc<Idp>) -> Result<Self, Problem> {
        let context = Context::from_request_parts(parts, idp).await?;
        let (standing, token) = bearer::person(idp, &parts.headers, SCOPE).await?;
        let actor = Actor::on(&context).person(&standing.person.id).client(&token.client_id);
        let own = Own::new(idp, &standing.person.id, actor);
        Ok(Self { standing, own })
    }
}

/// That a factor was shown in the last five minutes (security case 21).
fn fresh(idp: &Idp, standing: &Standing) -> Result<(), Problem> {
    if standing.session.is_fresh(idp.env.now()) {
        return Ok(());
    }
    let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=\"300\"";
    let stale = Problem::because(Code::Unauthorized, "a sign-in of the last five minutes is needed");
    Err(stale.header(header::WWW_AUTHENTICATE, challenge))
}

/// Who one is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeOut {
    /// Subject identifier.
    sub: String,
    /// The address that signs in.
    email: String,
    /// Whether it is proven.
    email_proven: bool,
    /// Display name.
    name: String,
    /// Language code.
    language: String,
    /// Time zone by its IANA name; none is the organisation's.
    zone: Option<String>,
    /// Phone number.
    phone: Option<String>,
    /// Whether one works here.
    staff: bool,
    /// Since when, in milliseconds since 1970.
    since: i64,
    /// Names of groups.
    groups: Vec<String>,
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MePatch {
    /// Display name.
    name: Option<String>,
    /// Language code.
    language: Option<String>,
    /// Time zone by its IANA name; empty is the organisation's.
    zone: Option<String>,
}

/// Somewhere one is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnSession {
    /// Its id.
    id: String,
    /// Whether it is the one of this request.
    here: bool,
    /// What the browser is called; empty where that is not known.
    browser: String,
    /// From where it was begun.
    ip: String,
    /// How strongly (`acr`).
    acr: String,
    /// When, in milliseconds since 1970.
    since: i64,
    /// When it was last used.
    last_used: i64,
    /// Until when it lasts.
    until: i64,
    /// Ids of the applications with something of it.
    applications: Vec<String>,
}

/// An application with access.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnApplication {
    /// Its client id.
    client_id: String,
    /// What it is called.
    name: String,
    /// What it may.
    scopes: Vec<String>,
    /// Whether also while one is signed out.
    offline: bool,
    /// Since when, in milliseconds since 1970.
    since: i64,
    /// When it was last used.
    last_used: i64,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnEvent {
    /// Its id.
    id: String,
    /// When, in milliseconds since 1970.
    at: i64,
    /// What, such as `signin.code`.
    action: String,
    /// `ok`, or why it was refused.
    outcome: String,
    /// Whether one did it oneself.
    own: bool,
    /// Through which application.
    client_id: Option<String>,
    /// From where, where one did it oneself.
    ip: Option<String>,
}

/// A part of what happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnEvents {
    /// The latest first.
    items: Vec<OwnEvent>,
    /// The value of `after` for the next part; none at the end.
    next: Option<String>,
}

/// Another address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEmail {
    /// The address.
    email: String,
}

impl OwnSession {
    fn of(open: Open, here: &str) -> Self {
        Self {
            here: open.id == here,
            browser: Device::of(&open.user_agent).name(),
            id: open.id,
            ip: open.ip,
            acr: open.acr,
            since: open.since.0,
            last_used: open.last.0,
            until: open.until.0,
            applications: open.applications.into_iter().map(|(id, _)| id).collect(),
        }
    }
}

impl From<Allowed> for OwnApplication {
    fn from(a: Allowed) -> Self {
        let (since, last_used) = (a.since.0, a.last.0);
        Self { client_id: a.client, name: a.name, scopes: a.scopes, offline: a.offline, since, last_used }
    }
}

impl From<Event> for OwnEvent {
    fn from(e: Event) -> Self {
        Self { id: e.id, at: e.at.0, action: e.action, outcome: e.outcome, own: e.own, client_id: e.client, ip: e.ip }
    }
}

/// Who one is.
#[utoipa::path(get, path = "/api/me", tag = "account", responses((status = 200, body = MeOut)))]
pub(crate) async fn me(State(idp): State<Arc<Idp>>, Me { standing, .. }: Me) -> Result<Json<MeOut>, Problem> {
    let p = standing.person.clone();
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let (zone, since) = store::more_of(&mut tx, &p.id).await?;
    let groups = people::store::groups_of(&mut tx, &p.id).await?.into_iter().map(|(_, name)| name).collect();
    Ok(Json(MeOut {
        sub: p.id,
        email: p.email,
        email_proven: p.email_proven,
        name: p.name,
        language: p.language,
        zone,
        phone: p.phone,
        staff: p.staff,
        since: since.0,
        groups,
    }))
}

/// Change name, language or time zone.
#[utoipa::path(patch, path = "/api/me", tag = "account", request_body = MePatch, responses((status = 204)))]
pub(crate) async fn change(State(idp): State<Arc<Idp>>, Me { standing, own }: Me, body: Bytes) -> Result<StatusCode, Problem> {
    let patch: MePatch = read(&body)?;
    let zone = match patch.zone {
        Some(zone) => Some(zone).filter(|z| !z.is_empty()),
        None => people::store::zone_of(&mut idp.db.snapshot().await?.tx(), &own.person).await?,
    };
    let name = patch.name.unwrap_or_else(|| standing.person.name.clone());
    let language = patch.language.unwrap_or_else(|| standing.person.language.clone());
    flow::change_profile(&idp, own, Profile { name, language, zone }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What applications are told of one beside name, address and phone, where one allows it.
#[utoipa::path(get, path = "/api/me/profile", tag = "account", responses((status = 200, body = people::Profile)))]
pub(crate) async fn profile(State(idp): State<Arc<Idp>>, Me { own, .. }: Me) -> Result<Json<people::Profile>, Problem> {
    Ok(Json(flow::details(&idp, &own.person).await?))
}

/// Say it anew, as a whole: what is left out is told to nobody.
#[utoipa::path(put, path = "/api/me/profile", tag = "account", request_body = people::Profile,
    responses((status = 204), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn set_profile(State(idp): State<Arc<Idp>>, Me { own, .. }: Me, body: Bytes) -> Result<StatusCode, Problem> {
    flow::set_details(&idp, own, read(&body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/me/sessions", tag = "account", responses((status = 200, body = Vec<OwnSession>)))]
pub(crate) async fn sessions(State(idp): State<Arc<Idp>>, Me { standing, own }: Me) -> Result<Json<Vec<OwnSession>>, Problem> {
    let all = store::sessions(&mut idp.db.snapshot().await?.tx(), &own.person, own.now).await?;
    Ok(Json(all.into_iter().map(|s| OwnSession::of(s, &standing.session.id)).collect()))
}

/// Sign out in one browser.
#[utoipa::path(delete, path = "/api/me/sessions/{id}", tag = "account", params(("id" = String, Path)),
    responses((status = 200, body = Taken)))]
pub(crate) async fn end(State(idp): State<Arc<Idp>>, Me { own, .. }: Me, Path(id): Path<String>) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::end_sessions(&idp, own, Which::One(id)).await?))
}

/// Sign out everywhere, here too, and end what applications may do meanwhile.
#[utoipa::path(delete, path = "/api/me/sessions", tag = "account", responses((status = 200, body = Taken)))]
pub(crate) async fn end_all(State(idp): State<Arc<Idp>>, Me { own, .. }: Me) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::end_sessions(&idp, own, Which::All).await?))
}

/// The applications with access.
#[utoipa::path(get, path = "/api/me/applications", tag = "account", responses((status = 200, body = Vec<OwnApplication>)))]
pub(crate) async fn applications(State(idp): State<Arc<Idp>>, Me { own, .. }: Me) -> Result<Json<Vec<OwnApplication>>, Problem> {
    let all = flow::applications(&mut idp.db.snapshot().await?.tx(), &own.person, own.now).await?;
    Ok(Json(all.into_iter().map(OwnApplication::from).collect()))
}

/// Take back all that an application was given.
#[utoipa::path(delete, path = "/api/me/applications/{id}", tag = "account", params(("id" = String, Path)),
    responses((status = 200, body = Taken)))]
pub(crate) async fn withdraw(
    State(idp): State<Arc<Idp>>,
    Me { own, .. }: Me,
    Path(id): Path<String>,
) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::withdraw(&idp, own, &id).await?))
}

/// What happened to one's account, the latest first.
#[utoipa::path(get, path = "/api/me/activity", tag = "account", params(("after" = Option<String>, Query)),
    responses((status = 200, body = OwnEvents)))]
pub(crate) async fn activity(
    State(idp): State<Arc<Idp>>,
    Me { own, .. }: Me,
    RawQuery(query): RawQuery,
) -> Result<Json<OwnEvents>, Problem> {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[])
        .map_err(|e| Problem::because(Code::BadRequest, e.to_string()))?;
    let found = flow::events(&idp, &own.person, params.get("after")).await.map_err(AccountError::from)?;
    Ok(Json(OwnEvents { items: found.events.into_iter().map(OwnEvent::from).collect(), next: found.next }))
}

/// Everything that is kept about one.
#[utoipa::path(get, path = "/api/me/export", tag = "account", responses((status = 200, body = serde_json::Value), (status = 401)))]
pub(crate) async fn copy(State(idp): State<Arc<Idp>>, Me { standing, own }: Me) -> Result<Json<serde_json::Value>, Problem> {
    fresh(&idp, &standing)?;
    Ok(Json(export::of(&idp, own).await?))
}

/// Ask for another address: a link goes to both.
#[utoipa::path(post, path = "/api/me/email", tag = "account", request_body = NewEmail, responses((status = 202), (status = 401)))]
pub(crate) async fn email(State(idp): State<Arc<Idp>>, Me { standing, own }: Me, body: Bytes) -> Result<StatusCode, Problem> {
    fresh(&idp, &standing)?;
    let new: NewEmail = read(&body)?;
    address::ask(&idp, own, &new.email, None).await?;
    Ok(StatusCode::ACCEPTED)
}
