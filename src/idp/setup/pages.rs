//! The page of the next step, and what stands above the pages on which it is taken.

use askama::Template;

use super::model::{Began, Plan, Step};
use crate::idp::signin::factors::Factor;
use crate::kernel::pages::{Page, View};

/// A step as it is listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What it is called.
    pub label: String,
    /// Whether it is behind.
    pub done: bool,
    /// Whether it is the present one.
    pub current: bool,
}

/// Where someone is on the way.
#[derive(Clone, Debug)]
pub struct Guide {
    /// `Step 2 of 3`.
    pub title: String,
    /// All steps.
    pub steps: Vec<Listed>,
}

impl Guide {
    /// Of a plan. A page that belongs to a step which is done stands at the last one.
    pub fn of(view: &View, plan: &Plan) -> Self {
        let at = plan.next.and_then(|next| plan.steps.iter().position(|s| *s == next));
        let at = at.unwrap_or_else(|| plan.steps.len().saturating_sub(1));
        let list = |(n, step): (usize, &Step)| Listed {
            label: view.t(&format!("setup-step-{}", step.as_str())),
            done: n < at,
            current: n == at,
        };
        Self {
            title: view.t2("setup-step", "step", at.saturating_add(1), "of", plan.steps.len()),
            steps: plan.steps.iter().enumerate().map(list).collect(),
        }
    }

    /// For samples: the second step of three.
    pub fn sample(view: &View) -> Self {
        let steps = vec![Step::Password, Step::Factor, Step::Codes];
        Self::of(view, &Plan { steps, next: Some(Step::Factor), choices: vec![], asked: true })
    }
}

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Where it is set up.
    pub href: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// What it is called.
    pub label: String,
    /// What it is like.
    pub text: String,
}

impl Choice {
    fn of(view: &View, factor: Factor) -> Option<Self> {
        let (href, icon) = match factor {
            Factor::Passkey => ("/account/security/passkeys/new", "key"),
            Factor::Authenticator => ("/account/security/authenticator", "smartphone"),
            Factor::Sms => ("/account/security/phone", "phone"),
            Factor::Password | Factor::Federated | Factor::Mail | Factor::Recovery => return None,
        };
        let name = factor.as_str();
        Some(Self { href, icon, label: view.t(&format!("setup-{name}")), text: view.t(&format!("setup-{name}-text")) })
    }
}

/// The next step.
#[derive(Template)]
#[template(path = "idp/setup.html")]
pub struct SetupPage {
    /// The request's view.
    pub view: View,
    /// Where one is.
    pub guide: Guide,
    /// The step.
    pub step: Step,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Whether it is asked for, and by which application; empty for the organisation itself.
    pub asked: Option<String>,
    /// Whether someone has just chosen a password.
    pub fresh: bool,
}

impl SetupPage {
    /// The page of `step`; `app` is the application that waits.
    pub fn new(view: View, plan: &Plan, step: Step, began: Began, app: Option<String>) -> Self {
        Self {
            guide: Guide::of(&view, plan),
            choices: plan.choices.iter().filter_map(|f| Choice::of(&view, *f)).collect(),
            asked: plan.asked.then(|| app.unwrap_or_default()),
            fresh: began == Began::Password,
            step,
            view,
        }
    }

    fn lead(&self) -> String {
        match (&self.asked, self.fresh) {
            (Some(app), _) if !app.is_empty() => self.view.t1("setup-asked-app", "app", app.as_str()),
            (Some(_), _) => self.view.t1("setup-asked", "company", self.view.organisation.as_str()),
            (None, true) => self.view.t("setup-offered-fresh"),
            (None, false) => self.view.t("setup-offered"),
        }
    }
}

impl Page for SetupPage {
    fn samples(view: View) -> Vec<Self> {
        let steps = || vec![Step::Password, Step::Factor, Step::Codes];
        let all = vec![Factor::Passkey, Factor::Authenticator, Factor::Sms];
        let plan = |asked, choices, next| Plan { steps: steps(), next: Some(next), choices, asked };
        let page = |plan: &Plan, began, app: Option<&str>| {
            let step = plan.next.unwrap_or(Step::Codes);
            Self::new(view.clone(), plan, step, began, app.map(str::to_owned))
        };
        let shorter = Plan { steps: vec![Step::Factor, Step::Codes], ..plan(true, vec![Factor::Authenticator], Step::Factor) };
        vec![
            page(&plan(false, all.clone(), Step::Factor), Began::Password, None),
            page(&plan(true, all.clone(), Step::Factor), Began::Password, None),
            page(&shorter, Began::Signin, Some("Accounting")),
            page(&plan(true, vec![], Step::Factor), Began::Signin, None),
            page(&plan(false, vec![], Step::Codes), Began::Password, None),
        ]
    }
}
