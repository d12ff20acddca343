//! Refusals of SCIM (RFC 7644, section 3.12). Owns status and `scimType` of each.

use serde_json::{Value, json};

use crate::idp::apply::ApplyError;
use crate::kernel::db::DbError;
use crate::kernel::root::RootError;

/// What answers carry that are refusals.
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Why a request was not carried out; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ScimError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// Making the change.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The filter can't be read, or compares what can't be compared.
    #[error("{0}")]
    Filter(String),
    /// The path can't be read, or names no attribute.
    #[error("{0}")]
    Path(String),
    /// The path leads to nothing that could be changed.
    #[error("{0}")]
    NoTarget(String),
    /// A value that an attribute can't have.
    #[error("{0}")]
    Value(String),
    /// The body is no request of this kind.
    #[error("{0}")]
    Syntax(String),
    /// Only this server sets it.
    #[error("{0} can't be set by a client")]
    Mutability(String),
    /// Someone or something else has it.
    #[error("{0}")]
    Uniqueness(&'static str),
    /// More than is looked through.
    #[error("this asks for more resources than are looked through at once; use a narrower filter")]
    TooMany,
    /// There is no such resource.
    #[error("there is no such resource")]
    NotFound,
    /// It is another version than the one that the client has.
    #[error("it was changed since it was read; read it again")]
    Version,
    /// It is about someone who administers, whom no directory decides about.
    #[error("who administers this server, and groups that make an administrator, are not changed by a directory")]
    Administers,
    /// The server has no such operation.
    #[error("{0}")]
    NotImplemented(&'static str),
    /// The token.
    #[error("a client's own access token with the scope scim is needed")]
    Unauthorized,
    /// The token's client may not.
    #[error("a client's own access token with the scope scim is needed")]
    Forbidden,
}

impl ScimError {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Filter(_) | Self::Path(_) | Self::NoTarget(_) | Self::Value(_) | Self::Syntax(_) => 400,
            Self::Mutability(_) | Self::TooMany => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::Administers => 403,
            Self::NotFound => 404,
            Self::Uniqueness(_) | Self::Apply(ApplyError::Meanwhile) => 409,
            Self::Version => 412,
            Self::NotImplemented(_) => 501,
            Self::Db(e) | Self::Apply(ApplyError::Db(e)) if e.is_overload() => 503,
            Self::Db(_) | Self::Root(_) | Self::Apply(_) => 500,
        }
    }

    /// The detail error keyword (table 9).
    pub fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Filter(_) => Some("invalidFilter"),
            Self::Path(_) => Some("invalidPath"),
            Self::NoTarget(_) => Some("noTarget"),
            Self::Value(_) => Some("invalidValue"),
            Self::Syntax(_) => Some("invalidSyntax"),
            Self::Mutability(_) => Some("mutability"),
            Self::Uniqueness(_) => Some("uniqueness"),
            Self::TooMany => Some("tooMany"),
            _ => None,
        }
    }

    /// The body of the answer. What broke here is for the log, not for the client.
    pub fn body(&self) -> Value {
        let status = self.status();
        let detail = match status {
            500 => "something broke on our side; the request id finds it in the log".to_owned(),
            503 => "too much work is waiting; Retry-After says when to come back".to_owned(),
            _ => self.to_string(),
        };
        let mut body = json!({ "schemas": [SCHEMA], "status": status.to_string(), "detail": detail });
        if let (Some(kind), Some(object)) = (self.kind(), body.as_object_mut()) {
            object.insert("scimType".into(), kind.into());
        }
        body
    }
}
