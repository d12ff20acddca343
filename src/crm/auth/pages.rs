//! The pages of signing in and out, and the one that says who you are.

use askama::Template;

use super::caller::Caller;
use crate::contract::Assurance;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{NavItem, Page, View};

/// Who you are.
#[derive(Template)]
#[template(path = "crm/me.html")]
pub struct MePage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Subject identifier.
    pub sub: String,
    /// Display name.
    pub name: String,
    /// Roles by name.
    pub roles: Vec<String>,
    /// How he signed in, in words.
    pub strength: String,
    /// When he signed in.
    pub since: Option<Timestamp>,
    /// The position of the access log that the session's token was issued at.
    pub revision: i64,
}

impl MePage {
    /// The page for `caller`.
    pub fn new(view: View, nav: Vec<NavItem>, caller: &Caller) -> Self {
        Self {
            nav,
            sub: caller.sub().to_owned(),
            name: caller.name().to_owned(),
            roles: caller.roles().to_vec(),
            strength: strength(&view, caller.assurance()),
            since: caller.auth_time(),
            revision: caller.access_rev(),
            view,
        }
    }
}

fn strength(view: &View, assurance: Assurance) -> String {
    let key = match assurance {
        Assurance::OneFactor => "who-strength-password",
        Assurance::PasswordMail => "who-strength-mail",
        Assurance::PasswordSms => "who-strength-sms",
        Assurance::PasswordApp => "who-strength-authenticator",
        Assurance::Passkey => "who-strength-passkey",
    };
    if view.has(key) { view.t(key) } else { assurance.acr().to_owned() }
}

impl Page for MePage {
    fn samples(view: View) -> Vec<Self> {
        let page = |roles: &[&str], assurance| Self {
            nav: vec![NavItem {
                href: "/".to_owned(),
                label: view.t("crm-section-overview"),
                icon: "overview",
                current: false,
                count: None,
            }],
            sub: "019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90".to_owned(),
            name: "Mila de Boer".to_owned(),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            strength: strength(&view, assurance),
            since: Some(view.now),
            revision: 41,
            view: view.clone(),
        };
        vec![page(&["sales", "support"], Assurance::PasswordMail), page(&[], Assurance::PasswordApp)]
    }
}

/// You are signed out.
#[derive(Template)]
#[template(path = "crm/signed_out.html")]
pub struct SignedOutPage {
    /// The request's view.
    pub view: View,
}

impl Page for SignedOutPage {
    fn samples(view: View) -> Vec<Self> {
        vec![Self { view }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::pages::{Texts, problems, samples};

    /// S8
    #[test]
    fn the_pages_of_signing_in_have_no_problems_in_any_language() {
        let texts = Texts::load().unwrap();
        let mut all = samples::<MePage>(&texts).unwrap();
        all.extend(samples::<SignedOutPage>(&texts).unwrap());
        let found: Vec<String> = all.iter().flat_map(problems).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}
