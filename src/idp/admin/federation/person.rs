//! Who someone is elsewhere, on his page.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::post;

use super::flow;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Card, CardRow, Field, Form};
use crate::idp::admin::people::http::again;
use crate::idp::admin::people::pages::at;
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::federation::manage::Shown;
use crate::idp::federation::model::Upstream;
use crate::kernel::pages::{Choice, View};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/people/{id}/federation", post(set))
}

/// A person's accounts elsewhere, and the form that says of one; nothing where there is no other provider.
pub(crate) fn card(view: &View, person: (&str, &str), links: &[Shown], all: &[Upstream]) -> Option<Card> {
    if all.is_empty() {
        return None;
    }
    let (id, name) = person;
    let action = format!("{}/federation", at(id));
    let row = |l: &Shown| CardRow {
        href: super::http::at(&l.upstream),
        title: l.name.clone(),
        note: view.t2("admin-elsewhere-is", "subject", l.subject.as_str(), "date", view.date_time(l.linked_at)),
        acts: vec![Act {
            id: format!("unlink-{}", l.upstream),
            label: view.t("admin-remove"),
            to: l.name.clone(),
            text: view.t2("admin-elsewhere-remove-text", "name", name, "provider", l.name.as_str()),
            confirm: view.t("admin-remove"),
            action: action.clone(),
            hidden: vec![("upstream".into(), l.upstream.clone()), ("present".into(), "false".into())],
            danger: true,
        }],
        ..CardRow::default()
    };
    let left: Vec<Choice> = all
        .iter()
        .filter(|u| !links.iter().any(|l| l.upstream == u.id))
        .map(|u| Choice { value: u.id.clone(), label: u.terms.name.clone(), current: false })
        .collect();
    let form = (!left.is_empty()).then(|| Form {
        action: action.clone(),
        fields: vec![
            Field::select("upstream", view.t("admin-elsewhere-provider"), left),
            Field::text("subject", view.t("admin-elsewhere-subject"), "").hint(view.t("admin-elsewhere-subject-hint")),
            Field::hidden("present", "true"),
        ],
        submit: view.t("admin-elsewhere-add"),
        cancel: String::new(),
    });
    Some(Card {
        id: "elsewhere".into(),
        title: view.t("admin-elsewhere"),
        rows: links.iter().map(row).collect(),
        empty: view.t("admin-elsewhere-none"),
        form,
        ..Card::default()
    })
}

async fn set(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let text = |name: &str| sent.get(name).unwrap_or_default().trim();
    let asking = &desk.admin.asking;
    if sent.get("present") == Some("false") {
        flow::unlink(&desk.idp, asking, &id, text("upstream")).await.map_err(|e| desk.refuse(&e))?;
        return Ok(done(&at(&id), "saved"));
    }
    desk.fresh(&at(&id)).await?;
    match flow::link(&desk.idp, asking, &id, text("upstream"), text("subject")).await {
        Ok(()) => Ok(done(&at(&id), "saved")),
        Err(AdminError::Invalid(faults)) => again(&desk, &id, &faults).await,
        Err(e) => Err(desk.refuse(&e)),
    }
}
