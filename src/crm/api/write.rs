//! Routes that write. Each makes a change for the gate; the path names the record, the version says what it is based on.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::http::{App, answer, entered, with_tag};
use super::input::{self, ChangeIn, CreateIn};
use super::problems::ApiError;
use super::wire::RecordOut;
use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::auth::{Bearer, Caller};
use crate::crm::pending::api::held_response;
use crate::crm::pending::wire::PendingOut;
use crate::crm::pending::{self, Saved};
use crate::crm::records::model::{Cause, Change, Via};
use crate::kernel::http::Context;

type Body = Result<Bytes, BytesRejection>;

/// A request that writes.
struct Turn<'a> {
    crm: &'a Arc<Crm>,
    caller: &'a Caller,
    context: &'a Context,
    headers: &'a HeaderMap,
}

/// Makes a record. The header Idempotency-Key makes the same request count once.
#[utoipa::path(post, path = "/api/v1/records/{module}", tag = "records", request_body = CreateIn,
    params(("module" = String, Path, description = "Key of the module"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request gets the same answer")),
    responses((status = 201, body = RecordOut), (status = 202, body = PendingOut, description = "A code is needed first; nothing was written"),
        (status = 403, description = "Not allowed; `reason` says which right"), (status = 404, description = "No such module for this caller"),
        (status = 422, description = "Fields have values that don't fit; `fields` lists them")))]
pub(super) async fn create(
    State(crm): App,
    Bearer(caller): Bearer,
    context: Context,
    Path(key): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let turn = Turn { crm: &crm, caller: &caller, context: &context, headers: &headers };
    answer(turn.create(&key, raw.as_deref(), body).await)
}

/// Changes a record: what is named is set, null takes a value away, what isn't named stays.
#[utoipa::path(patch, path = "/api/v1/records/{module}/{id}", tag = "records", request_body = ChangeIn,
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record"),
        ("If-Match" = Option<String>, Header, description = "The record's ETag; or base_version in the body"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request gets the same answer")),
    responses((status = 200, body = RecordOut), (status = 202, body = PendingOut, description = "A code is needed first; nothing was written"),
        (status = 403, description = "Not allowed; `reason` says which right"), (status = 404, description = "Not to be seen"),
        (status = 409, description = "The record is at another version, `current_version`"),
        (status = 422, description = "Fields have values that don't fit; `fields` lists them")))]
pub(super) async fn change(
    State(crm): App,
    Bearer(caller): Bearer,
    context: Context,
    Path((key, id)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let turn = Turn { crm: &crm, caller: &caller, context: &context, headers: &headers };
    answer(turn.change(&key, &id, raw.as_deref(), body).await)
}

/// Puts a record away; an administrator can bring it back.
#[utoipa::path(delete, path = "/api/v1/records/{module}/{id}", tag = "records",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record"),
        ("If-Match" = String, Header, description = "The record's ETag")),
    responses((status = 204, description = "Done"), (status = 202, body = PendingOut, description = "A code is needed first; nothing was written"),
        (status = 403, description = "Not allowed"), (status = 404, description = "Not to be seen"),
        (status = 409, description = "The record is at another version, `current_version`")))]
pub(super) async fn delete(
    State(crm): App,
    Bearer(caller): Bearer,
    context: Context,
    Path((key, id)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let turn = Turn { crm: &crm, caller: &caller, context: &context, headers: &headers };
    answer(turn.delete(&key, &id, raw.as_deref()).await)
}

/// The key of a module in the path. Whether there is one for the caller is the gate's to say.
fn module(key: &str) -> Result<FieldKey, ApiError> {
    FieldKey::try_from(key).map_err(|_| ApiError::NotFound)
}

impl Turn<'_> {
    fn cause(&self) -> Cause {
        let client = Some(self.caller.client_id().to_owned());
        Cause { client, request: Some(self.context.request_id.clone()), ..Cause::via(Via::Api) }
    }

    async fn create(&self, key: &str, raw: Option<&str>, body: Body) -> Result<Response, ApiError> {
        input::params(raw, &[], false)?;
        let new: CreateIn = input::body(self.headers, body)?;
        input::agrees(key, new.module.as_deref())?;
        let mut change = Change::create(module(key)?, input::values(new.fields)?, self.cause());
        (change.internal, change.restricted) = (new.internal, new.restricted);
        self.write(change).await
    }

    async fn change(&self, key: &str, id: &str, raw: Option<&str>, body: Body) -> Result<Response, ApiError> {
        input::params(raw, &[], false)?;
        let wish: ChangeIn = input::body(self.headers, body)?;
        input::agrees(key, wish.module.as_deref())?;
        input::agrees(id, wish.id.as_deref())?;
        let base = input::base_version(self.headers, wish.base_version)?;
        let mut change = Change::edit(module(key)?, id, base, input::values(wish.fields)?, self.cause());
        (change.internal, change.restricted) = (wish.internal, wish.restricted);
        self.write(change).await
    }

    async fn delete(&self, key: &str, id: &str, raw: Option<&str>) -> Result<Response, ApiError> {
        input::params(raw, &[], false)?;
        let base = input::base_version(self.headers, None)?;
        self.write(Change::remove(module(key)?, id, base, self.cause())).await
    }

    async fn write(&self, mut change: Change) -> Result<Response, ApiError> {
        change.idempotency_key = input::idempotency_key(self.headers)?;
        let (id, status) = match pending::save(self.crm, self.caller, self.context, change.clone()).await? {
            Saved::Written { id, version: 1 } => (id, StatusCode::CREATED),
            Saved::Written { id, .. } | Saved::Unchanged { id, .. } => (id, StatusCode::OK),
            Saved::Waiting(id) => return self.waits(&id).await,
        };
        if change.delete {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        self.written(&change, &id, status).await
    }

    /// The answer to a change that waits for codes (V13).
    async fn waits(&self, id: &str) -> Result<Response, ApiError> {
        Ok(held_response(self.crm, &self.crm.env.view(self.headers, "/"), self.caller, id).await?)
    }

    /// The record as the caller sees it now.
    async fn written(&self, change: &Change, id: &str, status: StatusCode) -> Result<Response, ApiError> {
        use crate::crm::records::model::Target;
        let (Target::New { module } | Target::Existing { module, .. }) = &change.record;
        let (mut snapshot, caller) = self.crm.reading(self.caller).await?;
        let mut reader = self.crm.records.reader(&mut snapshot, &self.crm.viewer(&caller)).await?;
        let mut answer = match entered(&reader, module.as_str()) {
            Ok(_) => match reader.get(module, id).await? {
                Some(seen) => with_tag(status, &seen),
                // Taken out of his sight between the two transactions: it was written all the same.
                None => (status, Json(json!({"id": id, "module": module}))).into_response(),
            },
            Err(_) => (status, Json(json!({"id": id, "module": module}))).into_response(),
        };
        if status == StatusCode::CREATED {
            let place = self.crm.env.settings.crm_url.at(&format!("/api/v1/records/{module}/{id}"));
            answer.headers_mut().extend(HeaderValue::try_from(place).ok().map(|v| (header::LOCATION, v)));
        }
        Ok(answer)
    }
}
