//! What the API takes, read strictly: parameters and members that are not known are refused, and so is a body that names
//! another record than the path.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderName, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::problems::ApiError;
use crate::contract::FieldKey;
use crate::crm::modules::value::Raw;
use crate::crm::records::query::Condition;
use crate::kernel::http::Params;

/// The header that makes a request count once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A new record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateIn {
    /// Values by field; null is absent.
    #[serde(default)]
    pub fields: BTreeMap<String, Json>,
    /// For linked staff only.
    #[serde(default)]
    pub internal: Option<bool>,
    /// Of a relation: for those linked to it only.
    #[serde(default)]
    pub restricted: Option<bool>,
    /// The module; must be that of the path.
    #[serde(default)]
    pub module: Option<String>,
}

/// A change: what is named is set, null takes a value away, what isn't named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeIn {
    /// The version that the change is based on; or the header If-Match.
    #[serde(default)]
    pub base_version: Option<i64>,
    /// Values by field.
    #[serde(default)]
    pub fields: BTreeMap<String, Json>,
    /// Mark as internal, or release.
    #[serde(default)]
    pub internal: Option<bool>,
    /// Restrict a relation to those linked to it, or open it.
    #[serde(default)]
    pub restricted: Option<bool>,
    /// The record; must be that of the path.
    #[serde(default)]
    pub id: Option<String>,
    /// The module; must be that of the path.
    #[serde(default)]
    pub module: Option<String>,
}

/// Case 37: the path says which record it is.
pub fn agrees(path: &str, body: Option<&str>) -> Result<(), ApiError> {
    match body {
        Some(b) if b != path => Err(ApiError::Bad("path and body name different records or modules".to_owned())),
        _ => Ok(()),
    }
}

/// Values for the gate.
pub fn values(fields: BTreeMap<String, Json>) -> Result<BTreeMap<FieldKey, Option<Raw>>, ApiError> {
    let one = |(key, value): (String, Json)| {
        let key = FieldKey::try_from(key).map_err(|e| ApiError::Bad(e.to_owned()))?;
        Ok((key, (!value.is_null()).then_some(Raw::Json(value))))
    };
    fields.into_iter().map(one).collect()
}

/// Reads a JSON body; nothing else is taken for one.
pub fn body<T: DeserializeOwned>(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<T, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(kind.as_str(), "application/json" | "application/merge-patch+json") {
        return Err(ApiError::Bad("the body is sent as application/json".to_owned()));
    }
    let bytes = body.map_err(|_| ApiError::TooLarge)?;
    serde_json::from_slice(&bytes).map_err(|e| ApiError::Bad(format!("the body can't be read: {e}")))
}

/// A header that may come once.
fn once<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ApiError> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(v), None) => v.to_str().map(Some).map_err(|_| ApiError::Bad(format!("{name} can't be read"))),
        _ => Err(ApiError::Bad(format!("{name} is given more than once"))),
    }
}

/// The key by which a request counts once.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    Ok(once(headers, &IDEMPOTENCY_KEY)?.map(str::to_owned))
}

/// The version that a change is based on, from If-Match or the body; both must say the same.
pub fn base_version(headers: &HeaderMap, body: Option<i64>) -> Result<i64, ApiError> {
    let tag = once(headers, &header::IF_MATCH)?;
    let read = |t: &str| t.strip_prefix('"')?.strip_suffix('"')?.parse::<i64>().ok();
    let tag = tag.map(|t| read(t).ok_or_else(|| ApiError::Bad("If-Match is an ETag that a record was sent with".to_owned())));
    match (tag.transpose()?, body) {
        (Some(a), Some(b)) if a != b => Err(ApiError::Bad("If-Match and base_version differ".to_owned())),
        (Some(v), _) | (None, Some(v)) => Ok(v),
        (None, None) => Err(ApiError::Bad("If-Match or base_version says which version the change is based on".to_owned())),
    }
}

/// Parameters of an address, of which only these names are known; filters where `filters` says so.
pub fn params(raw: Option<&str>, known: &[&str], filters: bool) -> Result<(Params, Vec<Condition>), ApiError> {
    let params = Params::parse(raw.unwrap_or_default().as_bytes(), &[])?;
    let mut conditions = Vec::new();
    for (name, value) in params.iter() {
        if known.contains(&name) {
            continue;
        }
        match Condition::read(name, value)?.filter(|_| filters) {
            Some(c) => conditions.push(c),
            None => {
                return Err(ApiError::Bad(format!(
                    "the parameter {:?} is not known here",
                    name.chars().take(60).collect::<String>()
                )));
            }
        }
    }
    Ok((params, conditions))
}
