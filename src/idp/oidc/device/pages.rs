//! The pages of a device that waits.

use askama::Template;

use crate::idp::consent::Asks;
use crate::idp::consent::pages::{Line, lines};
use crate::kernel::clock::Timestamp;

use crate::kernel::pages::{Page, Problem, View};

/// Where someone types the code that a device shows.
#[derive(Template)]
#[template(path = "idp/device.html")]
pub struct DevicePage {
    /// The request's view.
    pub view: View,
    /// What was typed, or came with the link.
    pub code: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl DevicePage {
    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

/// What a device asks for, and whether it may.
#[derive(Template)]
#[template(path = "idp/device_confirm.html")]
pub struct ConfirmPage {
    /// The request's view.
    pub view: View,
    /// The application's name.
    pub app: String,
    /// Who is signed in.
    pub email: String,
    /// The code, to be compared with the one that the device shows.
    pub code: String,
    /// The address that it asks from.
    pub ip: String,
    /// What it says of itself; empty for nothing.
    pub agent: String,
    /// Since when it waits.
    pub since: Timestamp,
    /// Whether it asks from another network than this browser.
    pub elsewhere: bool,
    /// What it asks for.
    pub lines: Vec<Line>,
    /// What it asks for once, in full.
    pub details: Vec<String>,
    /// Which device, sealed for this session.
    pub device: String,
}

/// What became of it.
#[derive(Template)]
#[template(path = "idp/device_done.html")]
pub struct DonePage {
    /// The request's view.
    pub view: View,
    /// The application's name.
    pub app: String,
    /// `allowed`, `refused`, `gone` or `not-allowed`: the words are `device-<outcome>-title` and `-text`.
    pub outcome: &'static str,
}

impl DonePage {
    fn title(&self) -> String {
        self.view.t1(&format!("device-{}-title", self.outcome), "app", self.app.as_str())
    }
    fn text(&self) -> String {
        self.view.t1(&format!("device-{}-text", self.outcome), "app", self.app.as_str())
    }
}

impl Page for DevicePage {
    fn samples(view: View) -> Vec<Self> {
        let wrong = |key: &str| vec![Problem { field: "user_code".into(), text: view.t(key) }];
        let page = |code: &str, problems| Self { view: view.clone(), code: code.into(), problems };
        vec![
            page("", vec![]),
            page("BCDF-GHJK", vec![]),
            page("BCDF-GHJZ", wrong("device-code-wrong")),
            page("", wrong("device-code-too-many")),
        ]
    }
}

impl Page for ConfirmPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |elsewhere: bool| Self {
            app: "Warehouse screen".into(),
            email: "daan@example.com".into(),
            code: "BCDF-GHJK".into(),
            ip: "203.0.113.9".into(),
            agent: if elsewhere { String::new() } else { "Warehouse/1.0".into() },
            since: view.now,
            elsewhere,
            lines: lines(&view, &Asks::new("openid profile", "", ""), |r| r.to_owned()),
            details: if elsewhere { vec!["{ \"type\": \"payment\" }".into()] } else { vec![] },
            device: "x".into(),
            view: view.clone(),
        };
        vec![page(false), page(true)]
    }
}

impl Page for DonePage {
    fn samples(view: View) -> Vec<Self> {
        let page = |outcome| Self { view: view.clone(), app: "Warehouse screen".into(), outcome };
        ["allowed", "refused", "gone", "not-allowed"].map(page).into()
    }
}
