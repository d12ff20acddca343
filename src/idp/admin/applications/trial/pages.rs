//! The pages of a trial, as data.

use askama::Template;
use serde_json::Value;

use super::model::{Step, Wanted};
use crate::contract::Assurance;
use crate::idp::admin::applications::pages::at;
use crate::idp::admin::frame::{APPLICATIONS, Frame};
use crate::idp::admin::parts::{Field, Form, FormPage, Tag};
use crate::idp::clients::Client;
use crate::kernel::pages::{Choice, Problem, View};

/// Where a trial of an application begins.
pub fn try_at(id: &str) -> String {
    format!("{}/try", at(id))
}

/// What an application asks for where nothing else is said: what it may have, but for what outlives the session.
pub fn usual(client: &Client) -> Wanted {
    let may = client.metadata.scope.as_deref().unwrap_or("openid profile email");
    let scope = may.split(' ').filter(|s| !s.is_empty() && *s != "offline_access").collect::<Vec<_>>().join(" ");
    Wanted { scope, ..Wanted::default() }
}

/// The form.
pub fn form(view: &View, frame: Frame, client: &Client, wanted: &Wanted, problems: Vec<Problem>) -> FormPage {
    let choice = |value: &str, label: String, now: &str| Choice { value: value.to_owned(), label, current: value == now };
    let prompts = ["login", "consent"].map(|p| choice(p, view.t(&format!("trial-prompt-{p}")), &wanted.prompt));
    let resources = client.metadata.resources.iter().map(|r| choice(r, r.clone(), &wanted.resource)).collect::<Vec<_>>();
    let levels = Assurance::ALL.map(|a| choice(a.acr(), a.acr().to_owned(), &wanted.acr_values));
    let mut fields = vec![Field::text("scope", view.t("trial-scope"), &*wanted.scope).hint(view.t("trial-scope-hint"))];
    if !resources.is_empty() {
        fields
            .push(Field::select("resource", view.t("trial-resource"), resources).hint(view.t("trial-resource-hint")).optional());
    }
    fields.extend([
        Field::select("prompt", view.t("trial-prompt"), prompts.into()).hint(view.t("trial-prompt-hint")).optional(),
        Field::select("acr_values", view.t("trial-acr"), levels.into()).hint(view.t("trial-acr-hint")).optional(),
        Field::new("number", "max_age", view.t("trial-max-age"), &*wanted.max_age).optional(),
    ]);
    let here = at(&client.id);
    let mut form = Form { action: try_at(&client.id), fields, submit: view.t("trial-begin"), cancel: here.clone() };
    form.say(&problems);
    FormPage {
        frame,
        crumb: (client.metadata.client_name.clone(), here),
        title: view.t1("trial-title", "name", client.metadata.client_name.as_str()),
        lead: view.t("trial-lead"),
        problems,
        form,
        view: view.clone(),
    }
}

/// A step as it is read.
#[derive(Clone, Debug)]
pub struct Shown {
    /// For the page: unique on it.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What it is for, in a sentence.
    pub lead: String,
    /// How it went.
    pub tag: Option<Tag>,
    /// What goes over the wire.
    pub line: String,
    /// Names and values.
    pub pairs: Vec<(String, String)>,
    /// What it is, and JSON.
    pub json: Vec<(String, String)>,
    /// Whether it is right, and what was looked at.
    pub checks: Vec<(bool, String)>,
    /// What else is to be known.
    pub notes: Vec<String>,
    /// Whether what was sent stands open.
    pub open: bool,
}

fn shown(view: &View, step: &Step) -> Shown {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let tag = match (step.checks.is_empty(), step.is_right()) {
        (true, _) => None,
        (_, true) => Some(Tag::new("good", view.t("trial-good"))),
        (_, false) => Some(Tag::new("bad", view.t("trial-bad"))),
    };
    Shown {
        id: step.key.to_owned(),
        title: view.t(&format!("trial-step-{}", step.key)),
        lead: view.t(&format!("trial-step-{}-lead", step.key)),
        tag,
        line: step.line.clone(),
        pairs: step.pairs.clone(),
        json: step.json.iter().map(|(key, value)| (view.t(&format!("trial-json-{key}")), pretty(value))).collect(),
        checks: step.checks.iter().map(|c| (c.right, view.t(&format!("trial-check-{}", c.key)))).collect(),
        open: !step.is_right() || matches!(step.key, "id-token" | "access-token" | "userinfo"),
        notes: step.notes.iter().map(|key| view.t(&format!("trial-note-{key}"))).collect(),
    }
}

/// How a trial went.
#[derive(Template)]
#[template(path = "idp/admin/trial.html")]
pub struct TrialPage {
    /// The request's view.
    pub view: View,
    /// Around it.
    pub frame: Frame,
    /// Where it is from: name and address.
    pub crumb: (String, String),
    /// What was tried.
    pub title: String,
    /// Whether all of it is right.
    pub right: bool,
    /// Where another one begins.
    pub again: String,
    /// Where the session is ended as this application would.
    pub leave: String,
    /// The steps.
    pub steps: Vec<Shown>,
}

/// How a trial went.
pub fn result(view: &View, client: &Client, steps: &[Step]) -> TrialPage {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &client.id);
    // A trial that ended early never came to signing out.
    let whole = steps.iter().any(|s| s.key == "logout");
    TrialPage {
        frame: Frame::of(view, APPLICATIONS, None),
        crumb: (client.metadata.client_name.clone(), at(&client.id)),
        title: view.t1("trial-title", "name", client.metadata.client_name.as_str()),
        right: steps.iter().all(Step::is_right),
        again: try_at(&client.id),
        leave: if whole { format!("/logout?{}", query.finish()) } else { String::new() },
        steps: steps.iter().map(|s| shown(view, s)).collect(),
        view: view.clone(),
    }
}
