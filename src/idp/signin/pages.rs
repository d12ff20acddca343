//! The pages of signing in and out.

use askama::Template;

use super::model::Method;
use crate::kernel::pages::{Page, Problem, View};

/// E-mail address and password.
#[derive(Template)]
#[template(path = "idp/signin_password.html")]
pub struct PasswordPage {
    /// The request's view.
    pub view: View,
    /// The application that is opened after it; empty for none.
    pub app: String,
    /// The address, as given before.
    pub email: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A code.
#[derive(Template)]
#[template(path = "idp/signin_code.html")]
pub struct CodePage {
    /// The request's view.
    pub view: View,
    /// The address that signs in.
    pub email: String,
    /// The same, masked: where a mail goes.
    pub masked: String,
    /// By which method.
    pub mail: bool,
    /// Another method, if there is one: its name in forms and what it is called.
    pub others: Vec<(String, String)>,
    /// From when on a mail can be asked for again.
    pub resend_at: crate::kernel::clock::Timestamp,
    /// Whether a mail was just asked for.
    pub resent: bool,
    /// Whether the field may submit itself.
    pub auto: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl CodePage {
    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

impl PasswordPage {
    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

/// Asking whether to sign out.
#[derive(Template)]
#[template(path = "idp/signout.html")]
pub struct SignoutPage {
    /// The request's view.
    pub view: View,
    /// Who is signed in.
    pub name: String,
    /// Where to go after it, sealed so that it can't be changed.
    pub to: String,
}

/// Signed out.
#[derive(Template)]
#[template(path = "idp/signedout.html")]
pub struct SignedOutPage {
    /// The request's view.
    pub view: View,
    /// Addresses of applications that hear of it in a frame that nobody sees.
    pub frames: Vec<String>,
    /// Where the application that asked is; empty for none.
    pub to: String,
}

/// What another way is called.
pub fn way_label(view: &View, method: Method, masked: &str) -> String {
    match method {
        Method::Mail => view.t1("code-way-mail", "to", masked),
        Method::Authenticator => view.t("code-way-authenticator"),
    }
}

impl Page for PasswordPage {
    fn samples(view: View) -> Vec<Self> {
        let problem = Problem { field: "username".into(), text: view.t("signin-wrong") };
        let page = |app: &str, problems| Self { view: view.clone(), app: app.into(), email: "daan@example.com".into(), problems };
        vec![page("Record store", vec![]), page("", vec![problem])]
    }
}

impl Page for CodePage {
    fn samples(view: View) -> Vec<Self> {
        let now = view.now;
        let page = |mail, problems: Vec<Problem>| Self {
            others: vec![("mail".into(), way_label(&view, Method::Mail, "d•••@example.com"))],
            view: view.clone(),
            email: "daan@example.com".into(),
            masked: "d•••@example.com".into(),
            mail,
            resend_at: now,
            resent: mail,
            auto: true,
            problems,
        };
        let wrong = Problem { field: "code".into(), text: view.t1("code-wrong", "count", 3) };
        vec![page(true, vec![]), page(false, vec![wrong])]
    }
}

impl Page for SignoutPage {
    fn samples(view: View) -> Vec<Self> {
        vec![Self { view, name: "Daan Visser".into(), to: String::new() }]
    }
}

impl Page for SignedOutPage {
    fn samples(view: View) -> Vec<Self> {
        let frames = vec!["https://accounting.example.com/out?iss=x&sid=y".to_owned()];
        let page = |frames, to: &str| Self { view: view.clone(), frames, to: to.to_owned() };
        vec![page(vec![], ""), page(frames.clone(), ""), page(frames, "https://accounting.example.com/bye?state=1")]
    }
}
