//! The pages of policies.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

use super::flow::{self, Named, Written};
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, POLICIES};
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::Fault;
use crate::idp::admin::parts::{Cell, Empty, Field, Form, FormPage, ListPage, Row};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::policy::model::{Rules, Scope};
use crate::idp::signin::factors::Factor;
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, View, html};

const LIST: &str = "/admin/policies";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/policies", get(list)).route("/admin/policies/{scope}", get(show).post(set))
}

/// `/admin/policies/<scope>`.
pub(crate) fn at(scope: &Scope) -> String {
    let key: String = url::form_urlencoded::byte_serialize(flow::key(scope).as_bytes()).collect();
    format!("{LIST}/{}", key.replace('+', "%20"))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let all = flow::list(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(POLICIES), &all)))
}

fn title(view: &View, n: &Named) -> String {
    match &n.scope {
        Scope::Group(_) => view.t1("admin-policy-group", "name", n.name.as_str()),
        Scope::Application(_) => view.t1("admin-policy-application", "name", n.name.as_str()),
        other => view.t(&format!("admin-policy-{}", other.columns().0)),
    }
}

fn factors(view: &View, rules: &Rules) -> String {
    let words = |set: crate::idp::signin::factors::FactorSet| {
        set.seconds().map(|f| view.t(&format!("admin-factor-{}", f.as_str()))).collect::<Vec<_>>().join(", ")
    };
    rules.factors.map_or_else(String::new, words)
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, all: &[Named]) -> ListPage {
    let number = |n: Option<u32>, key: &str| n.map_or_else(String::new, |n| view.t1(key, "count", n));
    let row = |n: &Named| Row {
        href: at(&n.scope),
        title: title(view, n),
        tags: vec![],
        cells: vec![
            Cell::text(if n.rules == Rules::default() { view.t("admin-policy-unset") } else { factors(view, &n.rules) }),
            Cell::text(n.rules.least.map_or_else(String::new, |a| view.t(&format!("admin-acr-{}", flow::level(a))))),
            Cell::text(number(n.rules.every, "admin-minutes")),
            Cell::text(match n.rules.remember {
                Some(0) => view.t("admin-never"),
                days => number(days, "admin-days"),
            }),
        ],
        acts: vec![],
    };
    let columns =
        ["admin-policy-for", "admin-policy-factors", "admin-policy-least", "admin-policy-every", "admin-policy-remember"];
    ListPage {
        frame,
        title: view.t("admin-nav-policies"),
        lead: view.t("admin-policies-lead"),
        buttons: vec![],
        here: LIST.into(),
        search: None,
        search_label: String::new(),
        filters: vec![],
        columns: columns.map(|k| view.t(k)).into(),
        rows: all.iter().map(row).collect(),
        first: String::new(),
        next: String::new(),
        empty: Empty::default(),
        view: view.clone(),
    }
}

fn written(rules: &Rules) -> Written {
    Written {
        factors: rules.factors.map(|set| set.seconds().map(|f| f.as_str().to_owned()).collect()).unwrap_or_default(),
        least: rules.least.map(|a| flow::level(a).to_owned()),
        every: rules.every.map(|n| n.to_string()),
        remember: rules.remember.map(|n| n.to_string()),
    }
}

/// A policy's form as a page; also for its samples.
pub(crate) fn form_page(view: &View, frame: Frame, n: &Named, w: &Written) -> FormPage {
    let ticks = Factor::SECONDS.map(|f| Choice {
        value: f.as_str().into(),
        label: view.t(&format!("admin-factor-{}", f.as_str())),
        current: w.factors.iter().any(|name| name == f.as_str()),
    });
    let levels = Assurance::ALL.map(|a| Choice {
        value: flow::level(a).into(),
        label: view.t(&format!("admin-acr-{}", flow::level(a))),
        current: w.least.as_deref() == Some(flow::level(a)),
    });
    let number = |id: &str, label: &str, value: &Option<String>, hint: &str| {
        Field::new("number", id, view.t(label), value.clone().unwrap_or_default()).optional().hint(view.t(hint))
    };
    let fields = vec![
        Field::ticks("factors", view.t("admin-policy-factors"), ticks.into()).hint(view.t("admin-policy-factors-hint")),
        Field::select("least", view.t("admin-policy-least"), levels.into()).optional().hint(view.t("admin-policy-least-hint")),
        number("sign_in_every", "admin-policy-every", &w.every, "admin-policy-every-hint"),
        number("remember_devices", "admin-policy-remember", &w.remember, "admin-policy-remember-hint"),
    ];
    FormPage {
        frame,
        crumb: (view.t("admin-nav-policies"), LIST.into()),
        title: title(view, n),
        lead: view.t("admin-policy-lead"),
        problems: vec![],
        form: Form { action: at(&n.scope), fields, submit: view.t("form-save"), cancel: LIST.into() },
        view: view.clone(),
    }
}

async fn show(Path(key): Path<String>, visit: Visit) -> Answer {
    let path = flow::scope(&key).map_or_else(|| LIST.to_owned(), |s| at(&s));
    let desk = visit.desk(&path).await?;
    let scope = flow::scope(&key).ok_or_else(|| desk.refuse(&AdminError::NotFound))?;
    desk.fresh(&path).await?;
    let n = flow::show(&desk.idp, scope).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &form_page(&desk.view, desk.frame(POLICIES), &n, &written(&n.rules))))
}

fn read(sent: &Params) -> Written {
    let text = |name: &str| sent.get(name).map(str::to_owned);
    Written {
        factors: sent.all("factors").to_vec(),
        least: text("least"),
        every: text("sign_in_every"),
        remember: text("remember_devices"),
    }
}

async fn set(Path(key): Path<String>, visit: Visit) -> Answer {
    let path = flow::scope(&key).map_or_else(|| LIST.to_owned(), |s| at(&s));
    let (desk, sent) = visit.form_with(&path, &["factors"]).await?;
    write(&desk, &key, &path, &read(&sent)).await
}

async fn write(desk: &Desk, key: &str, path: &str, w: &Written) -> Answer {
    let scope = flow::scope(key).ok_or_else(|| desk.refuse(&AdminError::NotFound))?;
    desk.fresh(path).await?;
    let rules = match flow::rules(w) {
        Ok(rules) => rules,
        Err(faults) => return again(desk, scope, w, &faults).await,
    };
    flow::set(&desk.idp, &desk.admin.asking, scope, rules).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "saved"))
}

async fn again(desk: &Desk, scope: Scope, w: &Written, faults: &[Fault]) -> Answer {
    let n = flow::show(&desk.idp, scope).await.map_err(|e| desk.refuse(&e))?;
    Ok(desk.wrong(form_page(&desk.view, desk.frame(POLICIES), &n, w), faults))
}
