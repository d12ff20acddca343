//! Reads and writes that failed, as problem details. `reason` is a stable code beside the general one.

use serde_json::json;

use crate::crm::auth::AccessError;
use crate::crm::pending::PendingError;
use crate::crm::records::model::{ReadError, WriteError};
use crate::crm::records::query::QueryError;
use crate::kernel::http::params::ParamError;
use crate::kernel::http::{Code, Problem};

/// Why a request of the API failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Missing, of another module, or not to be seen: the same.
    #[error("nothing here to see")]
    NotFound,
    /// It can't be understood; the text is safe to show.
    #[error("{0}")]
    Bad(String),
    /// The body is larger than this address takes.
    #[error("too large")]
    TooLarge,
    /// The store of files is in trouble; what kind is for the log.
    #[error("files: {0}")]
    Files(String),
    /// Too much comes at once.
    #[error("too much comes at once")]
    Busy,
    /// Reading.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The person.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A change that needs a code.
    #[error(transparent)]
    Pending(PendingError),
}

impl From<PendingError> for ApiError {
    fn from(e: PendingError) -> Self {
        match e {
            PendingError::Write(e) => Self::Write(e),
            e => Self::Pending(e),
        }
    }
}

impl From<crate::kernel::db::DbError> for ApiError {
    fn from(e: crate::kernel::db::DbError) -> Self {
        Self::Read(e.into())
    }
}
impl From<QueryError> for ApiError {
    fn from(e: QueryError) -> Self {
        Self::Bad(e.to_string())
    }
}
impl From<ParamError> for ApiError {
    fn from(e: ParamError) -> Self {
        if e == ParamError::TooLarge { Self::TooLarge } else { Self::Bad(e.to_string()) }
    }
}

impl From<ApiError> for Problem {
    fn from(e: ApiError) -> Self {
        match e {
            ApiError::NotFound => Self::new(Code::NotFound),
            ApiError::Bad(why) => Self::because(Code::BadRequest, why),
            ApiError::TooLarge => Self::new(Code::TooLarge),
            ApiError::Busy => Self::new(Code::Overloaded).retry(5),
            ApiError::Files(error) => {
                tracing::error!(error, "files can't be read or written");
                Self::new(Code::Internal)
            }
            ApiError::Access(e) => e.into(),
            ApiError::Pending(e) => e.into(),
            ApiError::Read(e) => read(e),
            ApiError::Write(e) => write(e),
        }
    }
}

fn read(e: ReadError) -> Problem {
    let reason = e.code();
    match e {
        ReadError::Db(e) => e.into(),
        ReadError::Root(e) => Problem::internal(&e),
        e => Problem::because(Code::BadRequest, e.to_string()).with("reason", reason),
    }
}

fn write(e: WriteError) -> Problem {
    match e {
        WriteError::Db(e) => e.into(),
        WriteError::NotFound => Problem::new(Code::NotFound),
        WriteError::Forbidden(reason) => Problem::new(Code::Forbidden).with("reason", reason),
        WriteError::Invalid(wrong) => {
            let field = |f: &crate::crm::modules::value::FieldError| match f.limit {
                Some(limit) => json!({"field": f.field, "code": f.code, "limit": limit}),
                None => json!({"field": f.field, "code": f.code}),
            };
            let fields: Vec<_> = wrong.iter().map(field).collect();
            Problem::new(Code::InvalidField).with("fields", fields)
        }
        // Only who may change the record gets here, and he sees its version anyway.
        WriteError::Conflict { current } => Problem::new(Code::Conflict).with("current_version", current),
        WriteError::IdempotencyKey => Problem::new(Code::IdempotencyMismatch),
    }
}
