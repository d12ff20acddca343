//! The form of a record in each of its states.

use super::{href, nav, ticks};
use crate::crm::pages::conflict::{Clash, Conflict};
use crate::crm::pages::form::{FormPage, Input};
use crate::kernel::pages::{Problem, View};

fn inputs(view: &View, bad: bool) -> Vec<Input> {
    let input = |kind, key: &str, label: &str, value: &str| Input {
        kind,
        id: format!("f-{key}"),
        key: key.to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        input: "text",
        ..Input::default()
    };
    let error = if bad { view.t("form-required") } else { String::new() };
    vec![
        Input { required: true, error, ..input("text", "number", "Number", "D-2041") },
        Input { choices: ticks(), required: true, ..input("select", "status", "Status", "") },
        Input {
            lookup: true,
            id: "t-relation".into(),
            hint: view.t("form-lookup-hint"),
            now: "019".into(),
            ..input("typed", "relation", "Relation", "Bakkerij Smit B.V.")
        },
        Input { lookup: true, choices: ticks(), ..input("select", "contact", "Contact", "") },
        Input { input: "date", ..input("text", "planned_on", "Planned on", "2026-11-22") },
        Input { mode: "decimal", hint: "EUR".into(), ..input("text", "value", "Value", "1234.50") },
        Input { choices: ticks(), shown: "many".into(), ..input("options", "kind", "Kind", "") },
        Input { shown: "no".into(), ..input("tick", "no_mailings", "No mailings", "yes") },
        Input { hint: view.t1("form-file-hint", "max", "25 MB"), ..input("file", "file", "File", "Framework agreement.pdf") },
        Input { now: "ab".into(), shown: "Scan 12.pdf".into(), ..input("file", "paper", "Paper", "") },
        input("area", "remarks", "Remarks", "Ring twice."),
    ]
}

/// A form: new, to change, with faults, and where somebody else was ahead.
pub fn forms(view: &View) -> Vec<FormPage> {
    let page = |id: &str, heading: String| FormPage {
        view: view.clone(),
        nav: nav(view, "deliveries"),
        list_href: href(),
        list_label: view.t("crm-section-deliveries"),
        heading,
        action: href(),
        cancel: href(),
        id: id.to_owned(),
        version: 3,
        key: "k".to_owned(),
        inputs: inputs(view, false),
        problems: Vec::new(),
        conflict: None,
    };
    let edit = || page("019ac2f0", view.t1("crm-edit-title", "name", "Delivery D-2041"));
    let problem =
        Problem { field: "f-number".to_owned(), text: format!("{}: {}", view.t("crm-number"), view.t("form-required")) };
    let whole = Problem { field: String::new(), text: view.t("crm-sent-before") };
    let conflict = Conflict {
        text: view.t2("crm-changed-meanwhile-text", "name", "Daan Visser", "at", view.date_time(view.now)),
        clashes: vec![Clash { label: view.t("crm-status"), theirs: "Delivered".into(), yours: "On the road".into() }],
    };
    vec![
        page("", view.t("crm-new-delivery")),
        edit(),
        FormPage { problems: vec![problem, whole], inputs: inputs(view, true), ..edit() },
        FormPage { conflict: Some(conflict), ..edit() },
    ]
}
