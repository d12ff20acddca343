//! The API of people.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow::{self, Filter, New, PersonChange, Shown};
use super::store::PersonRow;
use super::{inviting, leaving};
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params, yes_no};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;
use crate::idp::people::Profile;
use crate::kernel::clock::Timestamp;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/people", get(list).post(create))
        .route("/api/admin/people/{id}", get(show).patch(change))
        .route("/api/admin/people/{id}/profile", get(profile).put(set_profile))
        .route("/api/admin/people/{id}/password-link", post(password_link))
        .route("/api/admin/people/{id}/sessions", delete(end_sessions))
        .merge(leaving::api::routes())
        .merge(inviting::api::routes())
}

/// Someone in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonItem {
    /// Subject identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Whether he works here.
    pub staff: bool,
    /// Whether he may sign in.
    pub active: bool,
    /// Since when he is known, in RFC 3339.
    pub created_at: String,
}

impl From<PersonRow> for PersonItem {
    fn from(p: PersonRow) -> Self {
        let created_at = Timestamp(p.created_at).rfc3339();
        Self { id: p.id, name: p.name, email: p.email, staff: p.staff, active: p.active, created_at }
    }
}

/// A group by id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupName {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A person. Credentials are never in it; only whether there are some.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonOut {
    /// Subject identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Whether a code or link that went to the address came back.
    pub email_proven: bool,
    /// Language code.
    pub language: String,
    /// Phone number in E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Whether he works here.
    pub staff: bool,
    /// Whether he may sign in.
    pub active: bool,
    /// Whether there is a password.
    pub has_password: bool,
    /// Second factors that he has: `passkey`, `authenticator`, `sms`, `mail`, `recovery`.
    pub factors: Vec<String>,
    /// Sessions that live.
    pub sessions: i64,
    /// Groups.
    pub groups: Vec<GroupName>,
    /// Roles that he has himself.
    pub roles: Vec<String>,
    /// Roles that he has by groups.
    pub roles_by_group: Vec<String>,
    /// Since when he is known, in RFC 3339.
    pub created_at: String,
    /// When he was changed last, in RFC 3339.
    pub updated_at: String,
}

impl From<Shown> for PersonOut {
    fn from(s: Shown) -> Self {
        let (created, updated) = flow::moments(&s.standing);
        let mut by_group: Vec<String> = s.by_group.into_iter().map(|(role, _)| role).collect();
        by_group.sort();
        by_group.dedup();
        Self {
            id: s.person.id,
            name: s.person.name,
            email: s.person.email,
            email_proven: s.person.email_proven,
            language: s.person.language,
            phone: s.person.phone,
            staff: s.person.staff,
            active: s.person.active,
            has_password: s.standing.has_password,
            factors: s.factors.seconds().map(|f| f.as_str().to_owned()).collect(),
            sessions: s.standing.sessions,
            groups: s.groups.into_iter().map(|(id, name)| GroupName { id, name }).collect(),
            roles: s.roles,
            roles_by_group: by_group,
            created_at: created.rfc3339(),
            updated_at: updated.rfc3339(),
        }
    }
}

/// Someone new. He gets a mail with a link to choose a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code: en, nl, pl or tr.
    pub language: String,
    /// Phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whether he works here.
    pub staff: bool,
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonPatch {
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// Language code: en, nl, pl or tr.
    #[serde(default)]
    pub language: Option<String>,
    /// Phone number; `null` takes it away.
    #[serde(default, with = "some")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// Whether he works here.
    #[serde(default)]
    pub staff: Option<bool>,
}

/// A member that is there with `null` is not one that is left out.
mod some {
    use serde::{Deserialize, Deserializer};

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(d).map(Some)
    }
}

/// People by name.
#[utoipa::path(get, path = "/api/admin/people", tag = "people",
    params(("q" = Option<String>, Query, description = "Text in name or address"), ("staff" = Option<bool>, Query), ("active" = Option<bool>, Query),
        ("group" = Option<String>, Query, description = "A group's id"), ("role" = Option<String>, Query),
        ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query, description = "1 to 200, 50 without")),
    responses((status = 200, body = Page<PersonItem>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<PersonItem>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["q", "staff", "active", "group", "role", "cursor", "limit"])?;
    let text = |name: &str| params.get(name).map(str::to_owned);
    let filter =
        Filter { staff: yes_no(&params, "staff")?, active: yes_no(&params, "active")?, group: text("group"), role: text("role") };
    let found = flow::list(&visit.idp, &admin.person.id, &filter, &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(PersonItem::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// Makes someone, who gets a mail with a link to choose a password.
#[utoipa::path(post, path = "/api/admin/people", tag = "people", request_body = NewPerson,
    responses((status = 201, body = PersonOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn create(visit: Visit) -> Result<(StatusCode, Json<PersonOut>), ApiError> {
    let admin = visit.fresh().await?;
    let new: NewPerson = visit.read()?;
    let new = New { email: new.email, name: new.name, language: new.language, phone: new.phone, staff: new.staff };
    let id = flow::create(&visit.idp, &admin.asking, &new).await.map_err(|e| visit.refused(e))?;
    let shown = flow::show(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    Ok((StatusCode::CREATED, Json(shown.into())))
}

/// A person.
#[utoipa::path(get, path = "/api/admin/people/{id}", tag = "people", params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = PersonOut), (status = 404, description = "There is no such person")))]
pub(crate) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Json<PersonOut>, ApiError> {
    visit.admin().await?;
    let shown = flow::show(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    Ok(Json(shown.into()))
}

/// Changes someone's properties.
#[utoipa::path(patch, path = "/api/admin/people/{id}", tag = "people", request_body = PersonPatch,
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = PersonOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person"), (status = 409, description = "Changed by someone else meanwhile"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn change(Path(id): Path<String>, visit: Visit) -> Result<Json<PersonOut>, ApiError> {
    let admin = visit.admin().await?;
    let patch: PersonPatch = visit.read()?;
    // Who works here sees what externals don't.
    if patch.staff.is_some() {
        visit.fresh().await?;
    }
    let change = PersonChange { name: patch.name, language: patch.language, phone: patch.phone, staff: patch.staff };
    flow::change(&visit.idp, &admin.asking, &id, &change).await.map_err(|e| visit.refused(e))?;
    let shown = flow::show(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    Ok(Json(shown.into()))
}

/// What applications are told of someone beside name, address and phone, where he allows it.
#[utoipa::path(get, path = "/api/admin/people/{id}/profile", tag = "people",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = Profile), (status = 404, description = "There is no such person")))]
pub(crate) async fn profile(Path(id): Path<String>, visit: Visit) -> Result<Json<Profile>, ApiError> {
    visit.admin().await?;
    let (_, profile) = flow::details(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    Ok(Json(profile))
}

/// Says it anew, as a whole: what is left out is told to nobody.
#[utoipa::path(put, path = "/api/admin/people/{id}/profile", tag = "people", request_body = Profile,
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 204, description = "It is so"), (status = 404, description = "There is no such person"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn set_profile(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.admin().await?;
    let profile: Profile = visit.read()?;
    flow::set_details(&visit.idp, &admin.asking, &id, profile).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails a link by which someone chooses a password; whatever he has stays until he uses it.
#[utoipa::path(post, path = "/api/admin/people/{id}/password-link", tag = "people",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 202, description = "A mail is on its way"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person"), (status = 409, description = "The account is disabled")))]
pub(crate) async fn password_link(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    flow::password_link(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::ACCEPTED)
}

/// Ends all sessions of someone.
#[utoipa::path(delete, path = "/api/admin/people/{id}/sessions", tag = "sessions",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such person")))]
pub(crate) async fn end_sessions(Path(id): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::end_sessions(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?))
}
