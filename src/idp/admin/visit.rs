//! What a handler of the area is asked with, as one thing: the provider, the request, its address's parameters and its body. Who
//! asks is found out by what the handler calls first.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::flow::AdminError;
use super::gate::{self, Admin};
use super::http::{ApiError, Desk, refused};
use crate::idp::Idp;
use crate::idp::challenges::http::read;
use crate::kernel::http::{Context, Params};

/// A page, or what is answered in its place.
pub type Answer = Result<Response, Response>;

/// A request, read whole.
pub struct Visit {
    /// The provider.
    pub idp: Arc<Idp>,
    /// The request.
    pub context: Context,
    /// Its headers.
    pub headers: HeaderMap,
    /// What stands after the address's question mark.
    pub query: Option<String>,
    /// Its body.
    pub body: Bytes,
}

impl FromRequest<Arc<Idp>> for Visit {
    type Rejection = Response;

    async fn from_request(request: Request, idp: &Arc<Idp>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let context = Context::from_request_parts(&mut parts, idp).await.map_err(IntoResponse::into_response)?;
        let (headers, query) = (parts.headers.clone(), parts.uri.query().map(str::to_owned));
        let body = Bytes::from_request(Request::from_parts(parts, body), idp).await.map_err(IntoResponse::into_response)?;
        Ok(Self { idp: Arc::clone(idp), context, headers, query, body })
    }
}

impl Visit {
    /// An administrator's browser, at a page.
    pub async fn desk(self, path: &str) -> Result<Desk, Response> {
        Desk::open(&self.idp, self.context, self.headers, path, self.query).await
    }

    /// The same with the form that it sent.
    pub async fn form(self, path: &str) -> Result<(Desk, Params), Response> {
        Desk::posted(&self.idp, self.context, self.headers, path, &self.body, &[]).await
    }

    /// The same where a field may be there several times.
    pub async fn form_with(self, path: &str, repeated: &[&str]) -> Result<(Desk, Params), Response> {
        Desk::posted(&self.idp, self.context, self.headers, path, &self.body, repeated).await
    }

    /// An administrator's program.
    pub async fn admin(&self) -> Result<Admin, ApiError> {
        Ok(gate::api(&self.idp, &self.context, &self.headers).await?)
    }

    /// The same, for what widens access or can't be undone: whose sign-in is fresh.
    pub async fn fresh(&self) -> Result<Admin, ApiError> {
        let admin = self.admin().await?;
        gate::fresh_api(&self.idp, &admin)?;
        Ok(admin)
    }

    /// What its body says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        Ok(read(&self.body)?)
    }

    /// Why something was not done.
    pub fn refused(&self, e: AdminError) -> ApiError {
        refused(&self.idp, e)
    }
}
