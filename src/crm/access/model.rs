//! What is asked about access, and why it is refused. Pure.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::contract::{FieldKey, GrantLevel};
use crate::crm::auth::AccessError;
use crate::crm::records::model::ReadError;
use crate::kernel::db::DbError;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum GrantsError {
    /// There is no such thing for this person, here or at the provider.
    #[error("nothing here to see")]
    NotFound,
    /// The provider: this person may not decide about it.
    #[error("only who manages the relation, or an administrator, decides about access to it")]
    Forbidden,
    /// Values don't fit: each with its reason.
    #[error("something doesn't fit")]
    Invalid(serde_json::Map<String, serde_json::Value>),
    /// It contradicts what is there.
    #[error("it contradicts what is there")]
    Conflict,
    /// Too many; seconds until the next is possible.
    #[error("too many of these")]
    TooMany(u64),
    /// The session has no right to ask the provider, or none any more: the person signs in again.
    #[error("the session can't ask the provider; sign in again")]
    SignInAgain,
    /// The provider didn't answer, or not as it should: nobody knows what became of it.
    #[error("the provider: {0}")]
    Unreachable(String),
    /// The person.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Reading the records.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<DbError> for GrantsError {
    fn from(e: DbError) -> Self {
        Self::Read(e.into())
    }
}

impl GrantsError {
    /// One value that doesn't fit.
    pub fn invalid(field: &str, reason: &str) -> Self {
        Self::Invalid([(field.to_owned(), reason.into())].into_iter().collect())
    }
    /// Whether it is certain that nothing was done.
    pub const fn is_certain(&self) -> bool {
        !matches!(self, Self::Unreachable(_))
    }
}

/// A contact to be invited to a portal. The address and the name that are used are the record's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// The invitation's id, so that asking twice invites once; one is made where none is given.
    #[serde(default)]
    pub id: Option<String>,
    /// The module of the record that the person will be.
    #[schema(value_type = String)]
    pub module: FieldKey,
    /// That record; it must be of this relation.
    pub record: String,
    /// The portal; needed where the module has several.
    #[serde(default)]
    pub portal: Option<String>,
    /// How much of the relation accepting opens.
    pub level: GrantLevel,
    /// Until when (not included), milliseconds since 1970; for good without it.
    #[serde(default)]
    pub until: Option<i64>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}
