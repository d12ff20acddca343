//! "Why can X see this?", "why not?", "who can see this?": for staff who manage the record.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::http::{App, answer, entered};
use super::input;
use super::problems::ApiError;
use crate::contract::Assurance;
use crate::crm::auth::Bearer;
use crate::crm::records::model::WriteError;
use crate::crm::records::reader::Reader;
use crate::crm::records::seen::Seen;
use crate::crm::records::why::{ArmWhy, GrantWhy, Seer, Seers, Step, Why};
use crate::crm::visibility::compile::Denial;
use crate::crm::visibility::model::{Right, Tree};
use crate::crm::visibility::path::strength;
use crate::crm::visibility::sight::Origin;

/// Why someone sees a record, or why not.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyOut {
    /// About whom (`sub`).
    pub sub: String,
    /// Whether he sees it: no denial hides it, and some rule with the right to see holds.
    pub sees: bool,
    /// What no rule widens.
    pub denials: Vec<DenialOut>,
    /// The rules of his roles or portals for the module.
    pub rules: Vec<RuleOut>,
}

/// A denial.
#[derive(Debug, Serialize, ToSchema)]
pub struct DenialOut {
    /// `deleted`, `internal` or `restricted`.
    pub denial: &'static str,
    /// Whether it hides the record from him.
    pub hides: bool,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOut {
    /// The role that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The portal that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// Its place there, from 1.
    pub number: usize,
    /// Whether it is true of the record.
    pub holds: bool,
    /// What it gives where it is true.
    #[schema(value_type = Vec<String>)]
    pub rights: Vec<Right>,
    /// Its tree, judged.
    pub tree: StepOut,
}

/// A node of a rule's tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepOut {
    /// The condition as rules are written; `and`, `or` and `not` have theirs in `of`.
    pub condition: Value,
    /// Whether it is true of the record.
    pub holds: bool,
    /// The value compared, if the caller reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The value of the person's own record, if the caller reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mine: Option<Value>,
    /// The person's grants on the relation, past and coming ones too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<GrantOut>,
    /// The nodes in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub of: Vec<StepOut>,
}

/// A grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantOut {
    /// Its id.
    pub id: String,
    /// `person:` or `group:` and an id.
    pub holder: String,
    /// participant, reader, contributor or manager.
    pub level: &'static str,
    /// From when, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when (not included), RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether it counts now.
    pub active: bool,
}

/// Who sees a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeersOut {
    /// Up to 200.
    pub people: Vec<SeerOut>,
    /// Whether that is everybody.
    pub complete: bool,
}

/// Someone who sees a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeerOut {
    /// Subject.
    pub sub: String,
    /// Display name.
    pub name: String,
    /// The rules by which he does, such as `role sales, rule 1`.
    pub because: Vec<String>,
}

impl From<&Step> for StepOut {
    fn from(s: &Step) -> Self {
        let condition = match &s.tree {
            Tree::And(_) => "and".into(),
            Tree::Or(_) => "or".into(),
            Tree::Not(_) => "not".into(),
            leaf => serde_json::to_value(leaf).unwrap_or_default(),
        };
        Self {
            condition,
            holds: s.holds,
            value: s.value.clone(),
            mine: s.mine.clone(),
            grants: s.grants.iter().map(GrantOut::from).collect(),
            of: s.of.iter().map(Self::from).collect(),
        }
    }
}

impl From<&GrantWhy> for GrantOut {
    fn from(g: &GrantWhy) -> Self {
        Self {
            id: g.id.clone(),
            holder: g.holder.clone(),
            level: g.level.as_str(),
            from: g.from.map(|t| t.rfc3339()),
            until: g.until.map(|t| t.rfc3339()),
            active: g.active,
        }
    }
}

impl From<&ArmWhy> for RuleOut {
    fn from(a: &ArmWhy) -> Self {
        let (role, portal) = match &a.origin {
            Origin::Role(name) => (Some(name.clone()), None),
            Origin::Portal(key) => (None, Some(key.clone())),
        };
        Self { role, portal, number: a.number + 1, holds: a.root.holds, rights: a.rights.clone(), tree: (&a.root).into() }
    }
}

impl From<&Why> for WhyOut {
    fn from(w: &Why) -> Self {
        let denial = |(d, hides): &(Denial, bool)| DenialOut { denial: d.as_str(), hides: *hides };
        Self {
            sub: w.sub.clone(),
            sees: w.sees,
            denials: w.denials.iter().map(denial).collect(),
            rules: w.arms.iter().map(RuleOut::from).collect(),
        }
    }
}

impl From<Seers> for SeersOut {
    fn from(s: Seers) -> Self {
        let one = |s: Seer| SeerOut {
            because: s.because.iter().map(|(origin, n)| format!("{origin}, rule {}", n + 1)).collect(),
            sub: s.sub,
            name: s.name,
        };
        Self { complete: s.complete, people: s.people.into_iter().map(one).collect() }
    }
}

/// The record, if the caller may ask who sees it.
async fn managed(reader: &mut Reader<'_>, key: &str, id: &str) -> Result<Seen, ApiError> {
    let module = entered(reader, key)?;
    let seen = reader.get(&module.key, id).await?.ok_or(ApiError::NotFound)?;
    if reader.may_explain(&seen) { Ok(seen) } else { Err(WriteError::Forbidden("why-not-allowed").into()) }
}

/// Why a person sees a record, or why not. For staff with the right to manage it; values are told as far as they read them.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/why", tag = "records",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record"),
        ("sub" = String, Query, description = "The person"),
        ("assurance" = Option<String>, Query, description = "As if signed in so: password_mail (unless said otherwise), password_sms, password_app, passkey")),
    responses((status = 200, body = WhyOut), (status = 403, description = "Seen, but not managed by the caller"), (status = 404, description = "No such record for the caller, or no such person")))]
pub(super) async fn why(
    State(crm): App,
    Bearer(caller): Bearer,
    Path((key, id)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    let result = async {
        let (params, _) = input::params(raw.as_deref(), &["sub", "assurance"], false)?;
        let sub = params.get("sub").ok_or_else(|| ApiError::Bad("sub says about whom".to_owned()))?;
        let acr = match params.get("assurance") {
            None => Assurance::PasswordMail,
            Some(name) => Assurance::TWO_FACTORS
                .into_iter()
                .find(|a| strength::name(*a) == name)
                .ok_or_else(|| ApiError::Bad("assurance is password_mail, password_sms, password_app or passkey".to_owned()))?,
        };
        let (mut snapshot, caller) = crm.reading(&caller).await?;
        let mut reader = crm.records.reader(&mut snapshot, &crm.viewer(&caller)).await?;
        let seen = managed(&mut reader, &key, &id).await?;
        let why = reader.why(&seen, sub, acr).await?.ok_or(ApiError::NotFound)?;
        Ok::<_, ApiError>(Json(WhyOut::from(&why)).into_response())
    };
    answer(result.await)
}

/// Who sees a record, and by which rules. For staff with the right to manage it.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/seen-by", tag = "records",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record")),
    responses((status = 200, body = SeersOut), (status = 403, description = "Seen, but not managed by the caller"), (status = 404, description = "No such record for the caller")))]
pub(super) async fn seen_by(State(crm): App, Bearer(caller): Bearer, Path((key, id)): Path<(String, String)>) -> Response {
    let result = async {
        let (mut snapshot, caller) = crm.reading(&caller).await?;
        let mut reader = crm.records.reader(&mut snapshot, &crm.viewer(&caller)).await?;
        let seen = managed(&mut reader, &key, &id).await?;
        let seers = reader.who_sees(&seen).await?;
        Ok::<_, ApiError>(Json(SeersOut::from(seers)).into_response())
    };
    answer(result.await)
}
