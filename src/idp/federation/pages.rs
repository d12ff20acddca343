//! The page on which someone connects accounts that he has elsewhere.

use askama::Template;

use crate::idp::account::frame::{Section, Tab, tabs};
use crate::kernel::pages::{Page, View};

/// An account elsewhere.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The provider's id, for forms.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Since when it is connected, and when it was used last, in words; none where it can be connected.
    pub connected: Option<(String, String)>,
}

/// Accounts elsewhere.
#[derive(Template)]
#[template(path = "idp/connections.html")]
pub struct ConnectionsPage {
    /// The request's view.
    pub view: View,
    /// The navigation of the account.
    pub tabs: Vec<Tab>,
    /// Which there are.
    pub all: Vec<Connection>,
    /// What was done just now, in words.
    pub done: String,
    /// Why something was not, in words.
    pub problem: String,
}

impl Page for ConnectionsPage {
    fn samples(view: View) -> Vec<Self> {
        let view = View { user: Some("Daan Visser".into()), ..view };
        let since = view.t1("connections-since", "date", view.date_time(view.now));
        let used = view.t1("connections-used", "date", view.date_time(view.now));
        let all = vec![
            Connection { id: "contoso".into(), name: "Contoso".into(), connected: Some((since, used)) },
            Connection { id: "fabrikam".into(), name: "Fabrikam".into(), connected: None },
        ];
        let page = |all, done: String, problem: String| {
            let tabs = tabs(&view, Section::Security);
            Self { view: view.clone(), tabs, all, done, problem }
        };
        vec![
            page(all.clone(), view.t("connections-done"), String::new()),
            page(all, String::new(), view.t("connections-last")),
            page(Vec::new(), String::new(), String::new()),
        ]
    }
}
