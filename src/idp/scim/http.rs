//! Routes of SCIM (RFC 7644, section 3.2). What the server can is told to everyone; all else needs a client's own token with
//! the scope `scim`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::error::ScimError;
use super::flow::{self, Directory, Edit, Editing, Resource};
use super::groups::Groups;
use super::listing::{Asked, Query};
use super::schema::{self, ResourceType};
use super::shape::{self, Object, Shown, names_version};
use super::users::Users;
use super::{SCOPE, patch};
use crate::idp::apply::ApplyError;
use crate::idp::{Idp, bearer};
use crate::kernel::audit::Actor;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Context, Params, Problem};

const KIND: HeaderValue = HeaderValue::from_static("application/scim+json");

/// Routes of SCIM.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/scim/v2/ServiceProviderConfig", get(config))
        .route("/scim/v2/ResourceTypes", get(resource_types))
        .route("/scim/v2/ResourceTypes/{id}", get(resource_type))
        .route("/scim/v2/Schemas", get(schemas))
        .route("/scim/v2/Schemas/{id}", get(one_schema))
        .route("/scim/v2/Users", get(list::<Users>).post(create::<Users>))
        .route("/scim/v2/Users/.search", post(search::<Users>))
        .route("/scim/v2/Users/{id}", get(one::<Users>).put(put::<Users>).patch(patch::<Users>).delete(delete::<Users>))
        .route("/scim/v2/Groups", get(list::<Groups>).post(create::<Groups>))
        .route("/scim/v2/Groups/.search", post(search::<Groups>))
        .route("/scim/v2/Groups/{id}", get(one::<Groups>).put(put::<Groups>).patch(patch::<Groups>).delete(delete::<Groups>))
        .route("/scim/v2/Me", get(not_here))
        .route("/scim/v2/Bulk", post(not_here))
        .route("/scim/v2/.search", post(not_here))
        .route("/scim/v2/{*rest}", get(unknown).post(unknown).put(unknown).patch(unknown).delete(unknown))
}

type Answer = Result<Response, ScimError>;

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status == 500 {
            tracing::error!(error = %chain(&self), "a request of a directory failed");
        }
        let mut answer = say(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &self.body());
        let mut put = |name: HeaderName, value: &'static str| {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        };
        match status {
            401 => put(header::WWW_AUTHENTICATE, "Bearer"),
            503 => put(header::RETRY_AFTER, "1"),
            _ => {}
        }
        answer
    }
}

fn say(status: StatusCode, body: &Value) -> Response {
    let mut answer = (status, body.to_string()).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, KIND);
    answer
}

/// A resource, with where it is and its version as headers.
fn resource(kind: &'static ResourceType, shown: &Shown, status: StatusCode, resource: Object) -> Response {
    let meta = |name: &str| resource.get("meta").and_then(|m| m.get(name)).and_then(Value::as_str).map(str::to_owned);
    let (version, location) = (meta("version"), meta("location"));
    let mut answer = say(status, &Value::Object(shown.of_resource(kind, resource)));
    for (name, value) in [(header::ETAG, version), (header::LOCATION, location)] {
        if let Some(value) = value.and_then(|v| HeaderValue::from_str(&v).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// A request of a directory, before it is known whose.
struct Call {
    idp: Arc<Idp>,
    context: Context,
    headers: HeaderMap,
    query: Option<String>,
}

impl FromRequestParts<Arc<Idp>> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, idp: &Arc<Idp>) -> Result<Self, Problem> {
        let context = Context::from_request_parts(parts, idp).await?;
        let query = parts.uri.query().map(str::to_owned);
        Ok(Self { idp: Arc::clone(idp), context, headers: parts.headers.clone(), query })
    }
}

impl Call {
    /// The directory behind it.
    async fn directory(&self) -> Result<Directory, ScimError> {
        let claims = bearer::client(&self.idp, &self.headers, SCOPE).await.map_err(|p| match p.code {
            Code::Unauthorized => ScimError::Unauthorized,
            Code::Forbidden => ScimError::Forbidden,
            _ => ScimError::Apply(ApplyError::Db(crate::kernel::db::DbError::Overloaded)),
        })?;
        Ok(Directory::new(&self.idp, &claims.client_id, Actor::on(&self.context).client(&claims.client_id)))
    }
}

fn json_of(body: &[u8]) -> Result<Value, ScimError> {
    serde_json::from_slice(body).map_err(|e| ScimError::Syntax(format!("the body is no JSON: {e}")))
}

fn params(query: Option<String>) -> Result<Params, ScimError> {
    Params::parse(query.unwrap_or_default().as_bytes(), &[]).map_err(|e| ScimError::Syntax(e.to_string()))
}

fn names(list: Option<&str>) -> Vec<String> {
    list.into_iter().flat_map(|l| l.split(',')).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect()
}

/// What is asked in an address.
fn asked(query: Option<String>) -> Result<Asked, ScimError> {
    let params = params(query)?;
    let number = |name: &str| match params.get(name).map(str::parse::<i64>) {
        None => Ok(None),
        Some(Ok(n)) => Ok(Some(n)),
        Some(Err(_)) => Err(ScimError::Value(format!("{name} must be a number"))),
    };
    let text = |name: &str| params.get(name).map(str::to_owned);
    Ok(Asked {
        filter: text("filter"),
        sort_by: text("sortBy"),
        sort_order: text("sortOrder"),
        start: number("startIndex")?,
        count: number("count")?,
        only: names(params.get("attributes")),
        without: names(params.get("excludedAttributes")),
    })
}

/// What is asked in a body (section 3.4.3).
fn searched(body: &[u8]) -> Result<Asked, ScimError> {
    let body = json_of(body)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |name: &str| match body.get(name) {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(all)) => names(Some(all)),
        _ => Vec::new(),
    };
    Ok(Asked {
        filter: text("filter"),
        sort_by: text("sortBy"),
        sort_order: text("sortOrder"),
        start: body.get("startIndex").and_then(Value::as_i64),
        count: body.get("count").and_then(Value::as_i64),
        only: list("attributes"),
        without: list("excludedAttributes"),
    })
}

fn shown(kind: &'static ResourceType, query: Option<String>) -> Result<Shown, ScimError> {
    let params = params(query)?;
    Shown::of(kind, &names(params.get("attributes")), &names(params.get("excludedAttributes")))
}

fn condition(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

/// The resource, or that the client has this version already.
fn unless_known(kind: &'static ResourceType, shown: &Shown, headers: &HeaderMap, found: Object) -> Response {
    let version = found.get("meta").and_then(|m| m.get("version")).and_then(Value::as_str).unwrap_or_default().to_owned();
    let known = condition(headers, header::IF_NONE_MATCH).is_some_and(|known| names_version(&known, &version));
    let mut answer = resource(kind, shown, StatusCode::OK, found);
    if known && !version.is_empty() {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        *answer.body_mut() = axum::body::Body::empty();
    }
    answer
}

async fn config(State(idp): State<Arc<Idp>>) -> Response {
    let url = &idp.env.settings.idp_url;
    say(StatusCode::OK, &schema::service_provider_config(&url.at("/scim/v2"), "https://www.rfc-editor.org/rfc/rfc7644"))
}

fn documents(all: Vec<Value>) -> Response {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"];
    let body = json!({
        "schemas": schemas, "totalResults": all.len(), "startIndex": 1, "itemsPerPage": all.len(), "Resources": all,
    });
    say(StatusCode::OK, &body)
}

fn document(all: Vec<Value>, id: &str) -> Answer {
    let found = all.into_iter().find(|d| d.get("id").and_then(Value::as_str) == Some(id));
    found.map(|d| say(StatusCode::OK, &d)).ok_or(ScimError::NotFound)
}

/// Filters would tell of what is not shown (section 4); there is nothing to filter.
fn unfiltered(query: Option<String>) -> Result<(), ScimError> {
    if params(query)?.get("filter").is_some() { Err(ScimError::Forbidden) } else { Ok(()) }
}

async fn resource_types(State(idp): State<Arc<Idp>>, RawQuery(query): RawQuery) -> Answer {
    unfiltered(query)?;
    Ok(documents(schema::resource_types(&idp.env.settings.idp_url.at("/scim/v2"))))
}

async fn resource_type(State(idp): State<Arc<Idp>>, Path(id): Path<String>) -> Answer {
    document(schema::resource_types(&idp.env.settings.idp_url.at("/scim/v2")), &id)
}

async fn schemas(State(idp): State<Arc<Idp>>, RawQuery(query): RawQuery) -> Answer {
    unfiltered(query)?;
    Ok(documents(schema::schemas(&idp.env.settings.idp_url.at("/scim/v2"))))
}

async fn one_schema(State(idp): State<Arc<Idp>>, Path(id): Path<String>) -> Answer {
    document(schema::schemas(&idp.env.settings.idp_url.at("/scim/v2")), &id)
}

async fn list<R: Resource>(call: Call) -> Answer {
    let who = call.directory().await?;
    let query = Query::of(R::TYPE, &asked(call.query)?)?;
    Ok(say(StatusCode::OK, &flow::list::<R>(&call.idp, &who, &query).await?))
}

async fn search<R: Resource>(call: Call, body: Bytes) -> Answer {
    let who = call.directory().await?;
    let query = Query::of(R::TYPE, &searched(&body)?)?;
    Ok(say(StatusCode::OK, &flow::list::<R>(&call.idp, &who, &query).await?))
}

async fn create<R: Resource>(call: Call, body: Bytes) -> Answer {
    let who = call.directory().await?;
    let shown = shown(R::TYPE, call.query)?;
    let wanted = shape::read(R::TYPE, json_of(&body)?)?;
    Ok(resource(R::TYPE, &shown, StatusCode::CREATED, flow::create::<R>(&call.idp, who, wanted).await?))
}

async fn one<R: Resource>(call: Call, Path(id): Path<String>) -> Answer {
    let who = call.directory().await?;
    let shown = shown(R::TYPE, call.query)?;
    let found = flow::get::<R>(&call.idp, &who, &id, shown.wants("members")).await?;
    Ok(unless_known(R::TYPE, &shown, &call.headers, found))
}

async fn put<R: Resource>(call: Call, Path(id): Path<String>, body: Bytes) -> Answer {
    edit::<R>(call, id, |json| Ok(Edit::Whole(shape::read(R::TYPE, json)?)), &body).await
}

async fn patch<R: Resource>(call: Call, Path(id): Path<String>, body: Bytes) -> Answer {
    edit::<R>(call, id, |json| Ok(Edit::Operations(patch::read(R::TYPE, json)?)), &body).await
}

async fn edit<R: Resource>(call: Call, id: String, read: fn(Value) -> Result<Edit, ScimError>, body: &[u8]) -> Answer {
    let who = call.directory().await?;
    let (shown, version) = (shown(R::TYPE, call.query)?, condition(&call.headers, header::IF_MATCH));
    let editing = Editing { who, id, version, edit: read(json_of(body)?)? };
    Ok(resource(R::TYPE, &shown, StatusCode::OK, flow::edit::<R>(&call.idp, editing).await?))
}

async fn delete<R: Resource>(call: Call, Path(id): Path<String>) -> Answer {
    let who = call.directory().await?;
    flow::delete::<R>(&call.idp, who, &id, condition(&call.headers, header::IF_MATCH)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What the standard has and this server has not.
async fn not_here(call: Call) -> Answer {
    call.directory().await?;
    Err(ScimError::NotImplemented("this server has no such operation; ServiceProviderConfig says what it can"))
}

async fn unknown(call: Call) -> Answer {
    call.directory().await?;
    Err(ScimError::NotFound)
}
