//! The pages of what applications ask someone.

use askama::Template;

use crate::idp::consent::Asks;
use crate::idp::consent::pages::{Line, lines};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Page, View};

/// A question in the list.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its page.
    pub href: String,
    /// Who asks.
    pub app: String,
    /// Since when.
    pub since: Timestamp,
}

/// What waits for someone.
#[derive(Template)]
#[template(path = "idp/approvals.html")]
pub struct ApprovalsPage {
    /// The request's view.
    pub view: View,
    /// The questions.
    pub waiting: Vec<Waiting>,
}

/// One question.
#[derive(Template)]
#[template(path = "idp/approve.html")]
pub struct ApprovePage {
    /// The request's view.
    pub view: View,
    /// Who asks.
    pub app: String,
    /// Who is signed in.
    pub email: String,
    /// What the application says; empty for nothing.
    pub message: String,
    /// Since when it waits.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What it asks for.
    pub lines: Vec<Line>,
    /// What it asks for once, in full.
    pub details: Vec<String>,
    /// Where the answer goes.
    pub action: String,
}

/// What became of it.
#[derive(Template)]
#[template(path = "idp/approved.html")]
pub struct ApprovedPage {
    /// The request's view.
    pub view: View,
    /// Who asked.
    pub app: String,
    /// `allowed`, `refused`, `gone` or `not-allowed`: the words are `approval-<outcome>-title` and `-text`.
    pub outcome: &'static str,
}

impl ApprovedPage {
    /// Nothing waits there, or not for whoever is here.
    pub fn gone(view: View) -> Self {
        Self { view, app: String::new(), outcome: "gone" }
    }
    fn title(&self) -> String {
        self.view.t1(&format!("approval-{}-title", self.outcome), "app", self.app.as_str())
    }
    fn text(&self) -> String {
        self.view.t1(&format!("approval-{}-text", self.outcome), "app", self.app.as_str())
    }
}

impl Page for ApprovalsPage {
    fn samples(view: View) -> Vec<Self> {
        let one = Waiting { href: "/account/approvals/x".into(), app: "Bank".into(), since: view.now };
        vec![Self { view: view.clone(), waiting: vec![] }, Self { view, waiting: vec![one.clone(), one] }]
    }
}

impl Page for ApprovePage {
    fn samples(view: View) -> Vec<Self> {
        let page = |full: bool| Self {
            app: "Bank".into(),
            email: "daan@example.com".into(),
            message: if full { "Payment 12-34".into() } else { String::new() },
            since: view.now,
            until: view.now,
            lines: lines(&view, &Asks::new("openid profile", "", ""), str::to_owned),
            details: if full { vec!["{ \"type\": \"payment\" }".into()] } else { vec![] },
            action: "/account/approvals/x".into(),
            view: view.clone(),
        };
        vec![page(false), page(true)]
    }
}

impl Page for ApprovedPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |outcome| Self { view: view.clone(), app: "Bank".into(), outcome };
        ["allowed", "refused", "gone", "not-allowed"].map(page).into()
    }
}
