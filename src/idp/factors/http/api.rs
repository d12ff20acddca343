//! One's own factors by API, with a token that has the scope for one's own account. What adds or removes one asks for a sign-in of
//! the last minutes, as strong as what there is to protect; else the answer says so (RFC 9470).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::passkeys::refused_key;
use crate::contract::Assurance;
use crate::idp::bearer::{self, SCOPE_ACCOUNT};
use crate::idp::challenges::http::read;
use crate::idp::factors::flow::{self, FactorError, Who, authenticator, passkeys, phone, recovery};
use crate::idp::factors::model;
use crate::idp::sessions::Session;
use crate::idp::sessions::model::FRESH;
use crate::idp::setup::model::Step;
use crate::idp::{Idp, setup};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::http::{Code, Context, Problem};

/// Routes for applications.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/me/factors", get(list))
        .route("/api/me/passkeys/options", post(passkey_options))
        .route("/api/me/passkeys", post(add_passkey))
        .route("/api/me/passkeys/{id}", patch(rename_passkey).delete(remove_passkey))
        .route("/api/me/authenticator", post(begin_authenticator).delete(remove_authenticator))
        .route("/api/me/authenticator/confirm", post(confirm_authenticator))
        .route("/api/me/recovery-codes", post(make_recovery_codes))
        .route("/api/me/phone", post(begin_phone).delete(remove_phone))
        .route("/api/me/phone/confirm", post(confirm_phone))
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyOut {
    /// Its id here.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whether it signs in without a password; absent where the browser didn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discoverable: Option<bool>,
    /// Whether it moves between devices.
    pub synced: bool,
    /// When it was added, milliseconds since 1970.
    pub created_at: i64,
    /// When it was used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_at: Option<i64>,
    /// When it was switched off because there may be a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspect_at: Option<i64>,
}

impl From<model::Passkey> for PasskeyOut {
    fn from(p: model::Passkey) -> Self {
        Self {
            id: p.id,
            name: p.name,
            discoverable: p.discoverable,
            synced: p.synced,
            created_at: p.created_at.0,
            used_at: p.used_at.map(|t| t.0),
            suspect_at: p.suspect_at.map(|t| t.0),
        }
    }
}

/// All that one has set up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Factors {
    /// Passkeys, the oldest first.
    pub passkeys: Vec<PasskeyOut>,
    /// Whether an authenticator app is set up.
    pub authenticator: bool,
    /// The proven telephone that codes go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// Second factors that are not set up, would count by the policies and can be set up here, the best first: `passkey`,
    /// `authenticator`, `sms`.
    pub choices: Vec<&'static str>,
    /// What the guided pages would offer next: `factor` or `codes`; absent where that is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<&'static str>,
}

/// What `navigator.credentials` is to be asked on a page of an origin that may use these passkeys.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyOptions {
    /// Named again with the answer.
    pub id: String,
    /// The options; binary members are base64url.
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

/// A passkey that was made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// The id of the options.
    pub id: String,
    /// What it is to be called.
    pub name: String,
    /// The credential as the browser gives it (`toJSON`).
    #[schema(value_type = Object)]
    pub credential: serde_json::Value,
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// 1 to 60 characters.
    pub name: String,
}

/// An authenticator app that is being set up.
#[derive(Serialize, ToSchema)]
pub struct AuthenticatorSeed {
    /// The key, base32.
    pub key: String,
    /// The address that apps read from a picture.
    pub address: String,
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypedCode {
    /// As typed.
    pub code: String,
}

/// Recovery codes, this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Ten of them.
    pub codes: Vec<String>,
}

/// A telephone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// With its country code.
    pub number: String,
}

impl From<FactorError> for Problem {
    fn from(e: FactorError) -> Self {
        match e {
            FactorError::Db(e) => e.into(),
            FactorError::Root(_) => Self::internal(&e),
            FactorError::Refused(why) => Self::because(Code::InvalidField, format!("the passkey's answer is refused: {why}"))
                .with("reason", refused_key(why)),
            FactorError::Invalid(field, _) => Self::because(Code::InvalidField, format!("{field} has a value that doesn't fit"))
                .with("fields", serde_json::json!({ field: "invalid" })),
            FactorError::Wrong(left) => Self::because(Code::InvalidField, "the code is not right").with("attempts_left", left),
            FactorError::Gone => Self::new(Code::Gone),
            FactorError::NotFound => Self::new(Code::NotFound),
            FactorError::Full => Self::because(Code::Conflict, "there are as many passkeys as there can be"),
            FactorError::TooMany(_) => Self::new(Code::TooMany).retry(900),
        }
    }
}

/// Why a request was refused.
#[derive(Debug)]
pub enum Refusal {
    /// As the catalogue has it.
    Problem(Problem),
    /// The sign-in behind the token is too old, or not as strong as what there is to protect (RFC 9470, section 3).
    Stale(Option<Assurance>),
}

impl From<Problem> for Refusal {
    fn from(e: Problem) -> Self {
        Self::Problem(e)
    }
}
impl From<FactorError> for Refusal {
    fn from(e: FactorError) -> Self {
        Self::Problem(e.into())
    }
}
impl From<DbError> for Refusal {
    fn from(e: DbError) -> Self {
        Self::Problem(e.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let least = match self {
            Self::Problem(problem) => return problem.into_response(),
            Self::Stale(least) => least,
        };
        let why = "this needs a fresh sign-in";
        let age = FRESH.as_secs();
        let mut challenge =
            format!("Bearer error=\"insufficient_user_authentication\", error_description=\"{why}\", max_age=\"{age}\"");
        let mut problem = Problem::because(Code::Unauthorized, why).with("max_age", age);
        if let Some(least) = least {
            challenge.push_str(&format!(", acr_values=\"{}\"", least.acr()));
            problem = problem.with("acr_values", least.acr());
        }
        let mut answer = problem.into_response();
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        answer
    }
}

/// The person of a token for his own account, for what may be asked at any time.
pub struct Anytime(Who, Session);

/// The same, for what needs a sign-in that is fresh and strong enough (security case 21).
pub struct Fresh(Who);

async fn read_token(idp: &Idp, parts: &mut Parts) -> Result<(Who, Session), Refusal> {
    let context = Context::from_request_parts(parts, &()).await?;
    let (standing, token) = bearer::person(idp, &parts.headers, SCOPE_ACCOUNT).await?;
    let who = Who {
        owner: format!("issue/{}", standing.issue.id),
        actor: Actor::on(&context).person(&standing.person.id).client(&token.client_id),
        browser: context.user_agent,
        person: standing.person.clone(),
    };
    Ok((who, standing.session.clone()))
}

impl FromRequestParts<Arc<Idp>> for Anytime {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, idp: &Arc<Idp>) -> Result<Self, Refusal> {
        let (who, session) = read_token(idp, parts).await?;
        Ok(Self(who, session))
    }
}

impl FromRequestParts<Arc<Idp>> for Fresh {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, idp: &Arc<Idp>) -> Result<Self, Refusal> {
        let (who, session) = read_token(idp, parts).await?;
        match flow::stale(idp, &session).await? {
            None => Ok(Self(who)),
            Some(needed) => Err(Refusal::Stale(needed.least)),
        }
    }
}

/// What you have set up to sign in with
#[utoipa::path(get, path = "/api/me/factors", tag = "Own account", responses((status = 200, body = Factors)))]
pub async fn list(State(idp): State<Arc<Idp>>, Anytime(who, session): Anytime) -> Result<Json<Factors>, Refusal> {
    let has = flow::list(&idp, &who.person.id).await?;
    let plan = setup::flow::offered(&idp, &session).await?;
    Ok(Json(Factors {
        choices: plan.choices.iter().map(|f| f.as_str()).collect(),
        next: plan.next.map(Step::as_str),
        authenticator: has.authenticator.is_some(),
        phone: has.phone,
        recovery_codes: has.recovery_codes,
        passkeys: has.passkeys.into_iter().map(PasskeyOut::from).collect(),
    }))
}

/// What to ask the browser for a new passkey; after a fresh sign-in
#[utoipa::path(post, path = "/api/me/passkeys/options", tag = "Own account", responses((status = 200, body = PasskeyOptions)))]
pub async fn passkey_options(State(idp): State<Arc<Idp>>, Fresh(who): Fresh) -> Result<Json<PasskeyOptions>, Refusal> {
    let challenge = passkeys::begin(&idp, &who).await?;
    Ok(Json(PasskeyOptions { id: challenge.id, options: challenge.options }))
}

/// Add the passkey that the browser has made
#[utoipa::path(post, path = "/api/me/passkeys", tag = "Own account", request_body = NewPasskey, responses((status = 201, body = PasskeyOut)))]
pub async fn add_passkey(
    State(idp): State<Arc<Idp>>,
    Anytime(who, _): Anytime,
    body: Bytes,
) -> Result<(StatusCode, Json<PasskeyOut>), Refusal> {
    let new: NewPasskey = read(&body)?;
    let added = passkeys::add(&idp, &who, &new.id, &new.credential.to_string(), &new.name).await;
    idp.outbox.wake();
    Ok((StatusCode::CREATED, Json(added?.into())))
}

/// Call a passkey something else
#[utoipa::path(patch, path = "/api/me/passkeys/{id}", tag = "Own account", request_body = Name, responses((status = 204)))]
pub async fn rename_passkey(
    State(idp): State<Arc<Idp>>,
    Anytime(who, _): Anytime,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let name: Name = read(&body)?;
    passkeys::rename(&idp, &who, &id, &name.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a passkey; after a fresh sign-in
#[utoipa::path(delete, path = "/api/me/passkeys/{id}", tag = "Own account", responses((status = 204)))]
pub async fn remove_passkey(
    State(idp): State<Arc<Idp>>,
    Fresh(who): Fresh,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    passkeys::remove(&idp, &who, &id).await?;
    idp.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to set up an authenticator app; after a fresh sign-in
#[utoipa::path(post, path = "/api/me/authenticator", tag = "Own account", responses((status = 201, body = AuthenticatorSeed)))]
pub async fn begin_authenticator(
    State(idp): State<Arc<Idp>>,
    Fresh(who): Fresh,
) -> Result<(StatusCode, Json<AuthenticatorSeed>), Refusal> {
    let pending = authenticator::begin(&idp, &who).await?;
    let address = pending.address(&idp.env.settings.organisation, &who.person.email);
    Ok((StatusCode::CREATED, Json(AuthenticatorSeed { key: pending.key().replace(' ', ""), address })))
}

/// Confirm the app by a code of it
#[utoipa::path(post, path = "/api/me/authenticator/confirm", tag = "Own account", request_body = TypedCode, responses((status = 204)))]
pub async fn confirm_authenticator(
    State(idp): State<Arc<Idp>>,
    Anytime(who, _): Anytime,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let typed: TypedCode = read(&body)?;
    authenticator::confirm(&idp, &who, super::without_spaces(&typed.code)).await?;
    idp.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// Remove the authenticator app; after a fresh sign-in
#[utoipa::path(delete, path = "/api/me/authenticator", tag = "Own account", responses((status = 204)))]
pub async fn remove_authenticator(State(idp): State<Arc<Idp>>, Fresh(who): Fresh) -> Result<StatusCode, Refusal> {
    authenticator::remove(&idp, &who).await?;
    idp.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// Make recovery codes in the place of those there are; after a fresh sign-in
#[utoipa::path(post, path = "/api/me/recovery-codes", tag = "Own account", responses((status = 201, body = RecoveryCodes)))]
pub async fn make_recovery_codes(
    State(idp): State<Arc<Idp>>,
    Fresh(who): Fresh,
) -> Result<(StatusCode, Json<RecoveryCodes>), Refusal> {
    let made = recovery::make(&idp, &who).await?;
    idp.outbox.wake();
    let codes = made.iter().map(|c| c.expose_secret().to_owned()).collect();
    Ok((StatusCode::CREATED, Json(RecoveryCodes { codes })))
}

/// Have a code sent to a telephone; after a fresh sign-in
#[utoipa::path(post, path = "/api/me/phone", tag = "Own account", request_body = Phone, responses((status = 202)))]
pub async fn begin_phone(State(idp): State<Arc<Idp>>, Fresh(who): Fresh, body: Bytes) -> Result<StatusCode, Refusal> {
    let wanted: Phone = read(&body)?;
    phone::begin(&idp, &who, &wanted.number).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirm the telephone by the code that came to it
#[utoipa::path(post, path = "/api/me/phone/confirm", tag = "Own account", request_body = TypedCode, responses((status = 204)))]
pub async fn confirm_phone(State(idp): State<Arc<Idp>>, Anytime(who, _): Anytime, body: Bytes) -> Result<StatusCode, Refusal> {
    let typed: TypedCode = read(&body)?;
    phone::confirm(&idp, &who, super::without_spaces(&typed.code)).await?;
    idp.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// Have no more codes sent to the telephone; after a fresh sign-in
#[utoipa::path(delete, path = "/api/me/phone", tag = "Own account", responses((status = 204)))]
pub async fn remove_phone(State(idp): State<Arc<Idp>>, Fresh(who): Fresh) -> Result<StatusCode, Refusal> {
    phone::remove(&idp, &who).await?;
    idp.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}
