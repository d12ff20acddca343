//! The page on which administrators say what applications are told of someone beside name, address and phone.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

use super::flow;
use super::http::form_page;
use super::pages::at;
use crate::idp::Idp;
use crate::idp::account::details::parts;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::Fault;
use crate::idp::admin::parts::{Field, Form, FormPage};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::people::{Person, Profile, details};
use crate::kernel::pages::html;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/people/{id}/details", get(show).post(save))
}

fn page(desk: &Desk, person: &Person, profile: &Profile, faults: &[Fault]) -> FormPage {
    let mut fields = Vec::new();
    for part in parts(&desk.view, profile, &[]) {
        fields.push(Field::heading(part.title));
        fields.extend(
            part.lines.into_iter().map(|l| Field { optional: true, ..Field::text(l.name, l.label, l.value).hint(l.hint) }),
        );
    }
    let form =
        Form { action: format!("{}/details", at(&person.id)), fields, submit: desk.view.t("form-save"), cancel: at(&person.id) };
    form_page(desk, desk.view.t("details-title-of"), "details-lead-of", (person.name.clone(), at(&person.id)), form, faults)
}

async fn show(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&format!("{}/details", at(&id))).await?;
    let (person, profile) = flow::details(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page(&desk, &person, &profile, &[])))
}

async fn save(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&format!("{}/details", at(&id))).await?;
    let (person, before) = flow::details(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    let profile = details::read(&before, |name| sent.get(name));
    match flow::set_details(&desk.idp, &desk.admin.asking, &id, profile.clone()).await {
        Ok(()) => Ok(done(&at(&id), "saved")),
        Err(AdminError::Invalid(faults)) => Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&desk, &person, &profile, &faults))),
        Err(e) => Err(desk.refuse(&e)),
    }
}
