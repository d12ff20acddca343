//! The page that asks, and the one that carries an answer on by itself.

use askama::Template;

use super::model::Asks;
use crate::idp::oidc::claims::{SCOPES, scope_of};
use crate::kernel::pages::{Page, View};

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub struct Line {
    /// Icon beside it.
    pub icon: &'static str,
    /// In words.
    pub text: String,
}

/// What an application asks, and whether it may.
#[derive(Template)]
#[template(path = "idp/consent.html")]
pub struct ConsentPage {
    /// The request's view.
    pub view: View,
    /// The application's name.
    pub app: String,
    /// Where its logo is, here; empty for none.
    pub logo: String,
    /// Who is signed in.
    pub email: String,
    /// The machine that the answer goes to.
    pub host: String,
    /// Whether it registered itself.
    pub unchecked: bool,
    /// What it asks for.
    pub lines: Vec<Line>,
    /// Single acts, in full.
    pub details: Vec<String>,
    /// How it handles data; empty for none.
    pub policy: String,
    /// Its terms; empty for none.
    pub terms: String,
    /// To post the answer back with.
    pub token: String,
}

/// An answer that the browser posts to the application.
#[derive(Template)]
#[template(path = "idp/form_post.html")]
pub struct FormPostPage {
    /// The request's view.
    pub view: View,
    /// The application's address.
    pub to: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

const ICONS: [(&str, &str); 8] = [
    ("profile", "user"),
    ("email", "mail"),
    ("address", "contact"),
    ("phone", "phone"),
    ("offline_access", "clock"),
    ("records:read", "document"),
    ("records:write", "pencil"),
    ("grants", "key"),
];

fn icon(scope: &str) -> &'static str {
    ICONS.iter().find(|(name, _)| *name == scope).map_or("shield", |(_, icon)| icon)
}

/// What is asked for, in words; `named` says what a resource server is called.
pub fn lines(view: &View, asks: &Asks, named: impl Fn(&str) -> String) -> Vec<Line> {
    let mut out = Vec::new();
    // In the order of the standard, what is nobody's but ours behind it.
    let place = |s: &&String| SCOPES.iter().position(|(name, _)| name == s).unwrap_or(SCOPES.len());
    let mut scopes: Vec<&String> = asks.scopes.iter().filter(|s| *s != "openid").collect();
    scopes.sort_by_key(place);
    for scope in scopes {
        let key = format!("consent-scope-{}", scope.replace(':', "-"));
        let text = if view.has(&key) { view.t(&key) } else { view.t1("consent-scope-other", "name", scope.as_str()) };
        out.push(Line { icon: icon(scope), text });
    }
    for claim in asks.claims.iter().filter(|c| scope_of(c).is_none_or(|s| !asks.scopes.contains(s))) {
        let icon = icon(scope_of(claim).unwrap_or_default());
        out.push(Line { icon, text: view.t(&format!("consent-claim-{claim}")) });
    }
    for resource in &asks.resources {
        out.push(Line { icon: "external-link", text: view.t1("consent-resource", "name", named(resource)) });
    }
    if out.is_empty() {
        out.push(Line { icon: "user", text: view.t("consent-nothing") });
    }
    out
}

impl Page for ConsentPage {
    fn samples(view: View) -> Vec<Self> {
        let claims: Vec<&str> = SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied()).collect();
        let scopes = "openid profile email address phone offline_access records:read records:write grants account admin ledger";
        let page = |asks: &Asks, unchecked: bool| Self {
            app: "Accounting".into(),
            logo: if unchecked { "/applications/accounting/logo".into() } else { String::new() },
            email: "daan@example.com".into(),
            host: "accounting.example.com".into(),
            unchecked,
            lines: lines(&view, asks, |r| r.to_owned()),
            details: if unchecked { vec!["{ \"type\": \"payment\" }".into()] } else { vec![] },
            policy: if unchecked { "https://accounting.example.com/policy".into() } else { String::new() },
            terms: if unchecked { "https://accounting.example.com/terms".into() } else { String::new() },
            token: "x".into(),
            view: view.clone(),
        };
        vec![
            page(&Asks::new(scopes, "", "https://ledger.example.com"), true),
            page(&Asks::new("openid", &claims.join(" "), ""), false),
            page(&Asks::new("openid", "", ""), false),
        ]
    }
}

impl Page for FormPostPage {
    fn samples(view: View) -> Vec<Self> {
        let fields = vec![("code".into(), "x".into()), ("state".into(), "<s>\"".into())];
        vec![Self { view, to: "https://accounting.example.com/callback".into(), fields }]
    }
}
