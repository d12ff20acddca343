//! The pages of keys.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, KEYS};
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Button, Cell, Empty, Field, Form, FormPage, ListPage, Row, Tag};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::keyring::Use;
use crate::idp::keyring::flow::Listed;
use crate::idp::keyring::model::Stage;
use crate::kernel::jose::Alg;
use crate::kernel::pages::{Choice, View, html};

const LIST: &str = "/admin/keys";
const ROTATE: &str = "/admin/keys/rotate";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/keys", get(list))
        .route("/admin/keys/rotate", get(rotate_form).post(rotate))
        .route("/admin/keys/{kid}/withdraw", post(withdraw))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let all = flow::list(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(KEYS), &all)))
}

/// The keys as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, keys: &[Listed]) -> ListPage {
    let columns = ["admin-key-purpose", "admin-key-from", "admin-key-until", "admin-key-gone", "admin-id"];
    ListPage {
        frame,
        title: view.t("admin-nav-keys"),
        lead: view.t("admin-keys-lead"),
        buttons: vec![Button { label: view.t("admin-key-rotate"), href: ROTATE.into(), icon: "plus", main: true }],
        here: LIST.into(),
        search: None,
        search_label: String::new(),
        filters: vec![],
        columns: columns.map(|k| view.t(k)).into(),
        rows: keys.iter().map(|k| row(view, k)).collect(),
        first: String::new(),
        next: String::new(),
        empty: Empty::default(),
        view: view.clone(),
    }
}

fn row(view: &View, k: &Listed) -> Row {
    let kind = match k.stage {
        Stage::Next => "info",
        Stage::Signing => "good",
        Stage::Retired => "plain",
        Stage::Withdrawn => "bad",
    };
    let may_go = k.purpose == Use::Token && k.stage != Stage::Withdrawn;
    Row {
        href: String::new(),
        title: format!("{}, {}", view.t(&format!("admin-key-{}", k.purpose.as_str())), k.alg.name()),
        tags: vec![Tag::new(kind, view.t(&format!("admin-key-{}", k.stage.as_str())))],
        cells: vec![
            Cell::time(view, Some(k.life.active_at)),
            Cell::time(view, k.life.retired_at),
            Cell::time(view, k.gone_at),
            Cell::id(&k.kid),
        ],
        acts: if may_go { vec![withdrawing(view, k)] } else { vec![] },
    }
}

fn withdrawing(view: &View, k: &Listed) -> Act {
    Act {
        id: format!("withdraw-{}", k.kid),
        label: view.t("admin-key-withdraw"),
        to: k.kid.clone(),
        text: view.t("admin-key-withdraw-text"),
        confirm: view.t("admin-key-withdraw-confirm"),
        action: format!("{LIST}/{}/withdraw", k.kid),
        hidden: vec![],
        danger: true,
    }
}

/// The form that has next keys made; also for its samples.
pub(crate) fn rotate_page(view: &View, frame: Frame, purpose: &str, alg: &str, at_once: bool) -> FormPage {
    let purposes = Use::ALL.map(|u| Choice {
        value: u.as_str().into(),
        label: view.t(&format!("admin-key-{}", u.as_str())),
        current: u.as_str() == purpose,
    });
    let algs = Alg::ALL.map(|a| Choice { value: a.name().into(), label: a.name().into(), current: a.name() == alg });
    let fields = vec![
        Field::select("purpose", view.t("admin-key-purpose"), purposes.into()),
        Field::select("alg", view.t("admin-key-alg"), algs.into()).optional().hint(view.t("admin-key-alg-hint")),
        Field::tick("at_once", view.t("admin-key-at-once"), at_once).hint(view.t("admin-key-at-once-hint")),
    ];
    FormPage {
        frame,
        crumb: (view.t("admin-nav-keys"), LIST.into()),
        title: view.t("admin-key-rotate"),
        lead: view.t("admin-key-rotate-lead"),
        problems: vec![],
        form: Form { action: ROTATE.into(), fields, submit: view.t("admin-key-rotate-submit"), cancel: LIST.into() },
        view: view.clone(),
    }
}

async fn rotate_form(visit: Visit) -> Answer {
    let desk = visit.desk(ROTATE).await?;
    desk.fresh(ROTATE).await?;
    Ok(html(StatusCode::OK, &rotate_page(&desk.view, desk.frame(KEYS), "token", "", false)))
}

async fn rotate(visit: Visit) -> Answer {
    let (desk, sent) = visit.form(ROTATE).await?;
    desk.fresh(ROTATE).await?;
    let text = |name: &str| sent.get(name).unwrap_or_default();
    let at_once = sent.get("at_once") == Some("true");
    match flow::rotate(&desk.idp, &desk.admin.asking, text("purpose"), text("alg"), at_once).await {
        Ok(_) => Ok(done(LIST, if at_once { "keys-hastened" } else { "keys-made" })),
        Err(AdminError::Invalid(faults)) => {
            let page = rotate_page(&desk.view, desk.frame(KEYS), text("purpose"), text("alg"), at_once);
            Ok(desk.wrong(page, &faults))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn withdraw(Path(kid): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    // It can't be taken back, and whoever holds a token that the key signed signs in again.
    desk.fresh(LIST).await?;
    flow::withdraw(&desk.idp, &desk.admin.asking, &kid).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "key-withdrawn"))
}
