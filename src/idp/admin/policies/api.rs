//! The API of policies.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow::{self, Named, Written};
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::http::ApiError;
use crate::idp::admin::visit::Visit;
use crate::idp::policy::model::Rules;
use crate::kernel::http::{Code, Problem};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/admin/policies", get(list)).route("/api/admin/policies/{scope}", get(show).put(set).delete(clear))
}

/// What a policy asks. What is left out, others may say; of all that apply the strictest wins.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyRules {
    /// Which second factors count: `passkey`, `authenticator`, `sms`, `mail`, `recovery`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factors: Option<Vec<String>>,
    /// How strong a sign-in must be: `one-factor`, `password-mail`, `password-sms`, `password-app`, `passkey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<String>,
    /// After how many minutes someone signs in anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_every: Option<u32>,
    /// For how many days a device may be remembered; 0 is never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember_devices: Option<u32>,
}

impl From<&Rules> for PolicyRules {
    fn from(r: &Rules) -> Self {
        Self {
            factors: r.factors.map(|set| set.seconds().map(|f| f.as_str().to_owned()).collect()),
            least: r.least.map(|a| flow::level(a).to_owned()),
            sign_in_every: r.every,
            remember_devices: r.remember,
        }
    }
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyOut {
    /// Whom or what it is for: `everyone`, `staff`, `externals`, `group:<id>` or `application:<client id>`.
    pub scope: String,
    /// What the group or application is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it asks.
    pub rules: PolicyRules,
}

impl From<Named> for PolicyOut {
    fn from(n: Named) -> Self {
        Self { scope: flow::key(&n.scope), name: n.name, rules: (&n.rules).into() }
    }
}

/// All policies.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoliciesOut {
    /// Those for everyone, staff and externals first.
    pub items: Vec<PolicyOut>,
}

fn scope_of(text: &str) -> Result<crate::idp::policy::model::Scope, ApiError> {
    flow::scope(text).ok_or_else(|| Problem::new(Code::NotFound).into())
}

/// All policies.
#[utoipa::path(get, path = "/api/admin/policies", tag = "policies", responses((status = 200, body = PoliciesOut)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<PoliciesOut>, ApiError> {
    visit.admin().await?;
    let all = flow::list(&visit.idp).await.map_err(|e| visit.refused(e))?;
    Ok(Json(PoliciesOut { items: all.into_iter().map(PolicyOut::from).collect() }))
}

/// The policy of a scope; without rules where there is none.
#[utoipa::path(get, path = "/api/admin/policies/{scope}", tag = "policies",
    params(("scope" = String, Path, description = "everyone, staff, externals, group:<id> or application:<client id>")),
    responses((status = 200, body = PolicyOut), (status = 404, description = "There is no such group or application")))]
pub(crate) async fn show(Path(scope): Path<String>, visit: Visit) -> Result<Json<PolicyOut>, ApiError> {
    visit.admin().await?;
    let found = flow::show(&visit.idp, scope_of(&scope)?).await.map_err(|e| visit.refused(e))?;
    Ok(Json(found.into()))
}

/// Sets the policy of a scope, as a whole.
#[utoipa::path(put, path = "/api/admin/policies/{scope}", tag = "policies", request_body = PolicyRules,
    params(("scope" = String, Path, description = "everyone, staff, externals, group:<id> or application:<client id>")),
    responses((status = 200, body = PolicyOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such group or application"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn set(Path(scope): Path<String>, visit: Visit) -> Result<Json<PolicyOut>, ApiError> {
    let admin = visit.fresh().await?;
    let scope = scope_of(&scope)?;
    let wanted: PolicyRules = visit.read()?;
    // An empty list is not "all": it would let nobody in.
    let faults = |faults| visit.refused(AdminError::Invalid(faults));
    if wanted.factors.as_ref().is_some_and(Vec::is_empty) {
        return Err(faults(vec![crate::idp::admin::model::Fault::at("factors", "admin-wrong-factors")]));
    }
    let written = Written {
        factors: wanted.factors.unwrap_or_default(),
        least: wanted.least,
        every: wanted.sign_in_every.map(|n| n.to_string()),
        remember: wanted.remember_devices.map(|n| n.to_string()),
    };
    let rules = flow::rules(&written).map_err(faults)?;
    flow::set(&visit.idp, &admin.asking, scope.clone(), rules).await.map_err(|e| visit.refused(e))?;
    let found = flow::show(&visit.idp, scope).await.map_err(|e| visit.refused(e))?;
    Ok(Json(found.into()))
}

/// Takes the policy of a scope away.
#[utoipa::path(delete, path = "/api/admin/policies/{scope}", tag = "policies",
    params(("scope" = String, Path, description = "everyone, staff, externals, group:<id> or application:<client id>")),
    responses((status = 200, body = Taken), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such group or application")))]
pub(crate) async fn clear(Path(scope): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    // Without a policy less is asked: that widens access.
    let admin = visit.fresh().await?;
    let taken = flow::set(&visit.idp, &admin.asking, scope_of(&scope)?, Rules::default()).await.map_err(|e| visit.refused(e))?;
    Ok(Json(taken))
}
