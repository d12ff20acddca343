//! The pages of signing in and out.

use askama::Template;

use super::factors::Factor;
use super::flow::Standing;
use super::model::Step;
use crate::idp::clients::Shown;
use crate::kernel::delivery::mask_address;
use crate::kernel::pages::{Page, Problem, View};

/// E-mail address and password.
#[derive(Template)]
#[template(path = "idp/signin_password.html")]
pub struct PasswordPage {
    /// The request's view.
    pub view: View,
    /// The application that is opened after it.
    pub shown: Shown,
    /// The address, as given before.
    pub email: String,
    /// Whether one can come in with a passkey alone.
    pub passkeys: bool,
    /// Other providers: id and name.
    pub upstreams: Vec<(String, String)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A code.
#[derive(Template)]
#[template(path = "idp/signin_code.html")]
pub struct CodePage {
    /// The request's view.
    pub view: View,
    /// Which factor, of whom, and what else would do.
    pub asked: Asked,
    /// From when on a code can be asked for again.
    pub resend_at: crate::kernel::clock::Timestamp,
    /// Whether a code was just asked for.
    pub resent: bool,
    /// Whether the message with the code could not be delivered.
    pub undelivered: bool,
    /// For how many days this device may be remembered.
    pub remember: Option<u64>,
    /// Whether the field may submit itself.
    pub auto: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// What a second step asks for, in words.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which factor.
    pub factor: Factor,
    /// What its page says of where the code is.
    pub lead: String,
    /// The same for a code that is sent: where to, masked.
    pub to: String,
    /// Other ways: their names in forms and what they are called.
    pub others: Vec<(String, String)>,
}

impl Asked {
    /// In the words of a sign-in's present step.
    pub fn of(view: &View, s: &Standing) -> Self {
        let email = s.person.as_ref().map(|p| p.email.clone()).unwrap_or_default();
        let phone = s.person.as_ref().and_then(|p| p.phone.clone()).unwrap_or_default();
        match &s.step {
            Step::Second { asked, others } => Self::new(view, *asked, others, (&email, &phone)),
            Step::First | Step::Done(_) => Self::new(view, Factor::Mail, &[], (&email, &phone)),
        }
    }

    fn new(view: &View, factor: Factor, others: &[Factor], (email, phone): (&str, &str)) -> Self {
        // The address was typed here and stands on the page; the number was not.
        let to = |f| if f == Factor::Sms { mask_address(phone) } else { email.to_owned() };
        let lead = match factor {
            Factor::Mail => view.t1("code-from-mail", "email", email),
            Factor::Sms => view.t2("code-from-sms", "to", to(factor), "email", email),
            Factor::Recovery => view.t1("code-from-recovery", "email", email),
            Factor::Passkey => view.t1("passkey-for", "email", email),
            _ => view.t1("code-from-authenticator", "email", email),
        };
        let others = others.iter().map(|f| (f.as_str().to_owned(), way_label(view, *f, &to(*f)))).collect();
        Self { factor, lead, to: to(factor), others }
    }

    fn is_sent(&self) -> bool {
        self.factor.is_sent()
    }

    fn title(&self, view: &View) -> String {
        view.t(if self.factor == Factor::Passkey { "passkey-title" } else { "code-title" })
    }
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

/// More is asked than this person can show: what to set up, and the way back.
#[derive(Template)]
#[template(path = "idp/signin_stronger.html")]
pub struct StrongerPage {
    /// The request's view.
    pub view: View,
    /// The application that asks; empty for this provider itself.
    pub app: String,
    /// Where it is told so.
    pub back: String,
    /// What is to be done once more is set up.
    pub then: Then,
}

/// How what was asked for goes on, once more is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// By itself.
    GoesOn,
    /// The mailed link leads back.
    Link,
    /// The code of the device is typed again.
    Device,
}

impl StrongerPage {
    /// Where no application asks.
    pub fn own(view: View) -> Self {
        Self { view, app: String::new(), back: "/".into(), then: Then::GoesOn }
    }

    fn how(&self) -> String {
        self.view.t(match self.then {
            Then::GoesOn => "stronger-how",
            Then::Link => "stronger-how-link",
            Then::Device => "stronger-how-device",
        })
    }
    const fn set_up(&self) -> &'static str {
        match self.then {
            Then::GoesOn => "/setup",
            Then::Link | Then::Device => "/account/security",
        }
    }
}

impl Page for StrongerPage {
    fn samples(view: View) -> Vec<Self> {
        let (app, back) = ("Accounting".into(), "https://accounting.example.com/".into());
        let own = [Then::GoesOn, Then::Link, Then::Device].map(|then| Self { then, ..Self::own(view.clone()) });
        own.into_iter().chain([Self { app, back, ..Self::own(view.clone()) }]).collect()
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
fn way_label(view: &View, factor: Factor, masked: &str) -> String {
    match factor {
        Factor::Mail => view.t1("code-way-mail", "to", masked),
        Factor::Sms => view.t1("code-way-sms", "to", masked),
        Factor::Passkey => view.t("code-way-passkey"),
        Factor::Recovery => view.t("code-way-recovery"),
        _ => view.t("code-way-authenticator"),
    }
}

impl Page for PasswordPage {
    fn samples(view: View) -> Vec<Self> {
        let problem = Problem { field: "username".into(), text: view.t("signin-wrong") };
        let page = |shown, upstreams, problems: Vec<Problem>| Self {
            view: view.clone(),
            shown,
            email: "daan@example.com".into(),
            passkeys: problems.is_empty(),
            upstreams,
            problems,
        };
        let others = vec![("contoso".into(), "Contoso".into()), ("fabrikam".into(), "Fabrikam".into())];
        let own = Shown { name: "Record store".into(), ..Shown::default() };
        let foreign = Shown {
            name: "Accounting".into(),
            logo: "/applications/accounting/logo?v=1".into(),
            policy: "https://accounting.example.com/policy".into(),
            terms: "https://accounting.example.com/terms".into(),
        };
        vec![page(own, others, vec![]), page(Shown::default(), vec![], vec![problem]), page(foreign, vec![], vec![])]
    }
}

impl Page for CodePage {
    fn samples(view: View) -> Vec<Self> {
        let now = view.now;
        let page = |factor: Factor, problems: Vec<Problem>| {
            let others: Vec<Factor> = Factor::SECONDS.into_iter().filter(|f| *f != factor).collect();
            let asked = Asked::new(&view, factor, &others, ("daan@example.com", "+31612345642"));
            Self {
                view: view.clone(),
                asked,
                resend_at: now,
                resent: factor.is_sent(),
                auto: true,
                undelivered: factor == Factor::Sms,
                remember: (factor == Factor::Sms).then_some(30),
                problems,
            }
        };
        let wrong = Problem { field: "code".into(), text: view.t1("code-wrong", "count", 3) };
        vec![
            page(Factor::Mail, vec![]),
            page(Factor::Authenticator, vec![wrong]),
            page(Factor::Sms, vec![]),
            page(Factor::Recovery, vec![]),
            page(Factor::Passkey, vec![]),
        ]
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
