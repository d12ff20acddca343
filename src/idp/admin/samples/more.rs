//! More of them: people's coming and going, other providers, keys.

use super::super::federation::flow::Tried;
use super::super::federation::form::{Filled, form_page};
use super::super::frame::{FEDERATION, Frame, KEYS, PEOPLE};
use super::super::parts::{DetailPage, FormPage, ListPage};
use super::super::people::inviting::flow::Invited;
use super::super::people::{inviting, leaving};
use super::super::{federation, keys, recoveries};
use super::shown;
use crate::idp::federation::discovery::Metadata;
use crate::idp::federation::manage::Shown as Elsewhere;
use crate::idp::federation::model::{For, Terms, Trust, Upstream};
use crate::idp::keyring::flow::Listed;
use crate::idp::keyring::model::{Life, Stage, Use};
use crate::idp::welcome::model::{Kind, NewWelcome, Welcome, Whom};
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::Alg;
use crate::kernel::pages::{Problem, View};

fn invited(view: &View) -> Vec<Invited> {
    let one = |id: &str, name: &str, staff, groups: &[&str], roles: &[&str]| Invited {
        welcome: Welcome {
            id: id.into(),
            kind: Kind::Invitation,
            email_hash: String::new(),
            sealed: String::new(),
            staff,
            groups: vec![],
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            invited_by: None,
            made_at: view.now,
            hash: String::new(),
            expires_at: view.now,
            accepted_at: None,
            revoked_at: None,
        },
        whom: Whom { email: "eva@example.com".into(), name: name.into(), language: "nl".into() },
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
    };
    vec![one("w1", "Eva Jansen", true, &["Drivers"], &["driver", "sales"]), one("w2", "Patricia Nowak", false, &[], &[])]
}

fn upstreams() -> [Upstream; 2] {
    let terms = Terms {
        name: "Contoso".into(),
        issuer: "https://id.contoso.example".into(),
        client_id: "zegel".into(),
        acr_values: Some("mfa".into()),
        domains: vec!["contoso.example".into()],
        link: For::Domains,
        groups: [("CN=sales,DC=contoso".to_owned(), "Sales".to_owned())].into(),
        trust: vec![Trust { acr: None, amr: vec!["mfa".into()], counts_as: "urn:zegel:acr:password-app".into() }],
        ..Terms::default()
    };
    let other = Terms { name: "Fabrikam".into(), issuer: "https://login.fabrikam.example".into(), ..Terms::default() };
    [
        Upstream { id: "contoso".into(), enabled: true, secret: Some(String::new()), terms },
        Upstream { id: "fabrikam".into(), enabled: false, secret: None, terms: other },
    ]
}

/// Who someone is elsewhere, and where he could be.
pub(super) fn elsewhere(view: &View) -> (Vec<Elsewhere>, Vec<Upstream>) {
    let link = Elsewhere {
        upstream: "contoso".into(),
        name: "Contoso".into(),
        subject: "248289761001".into(),
        linked_at: view.now,
        used_at: None,
    };
    (vec![link], upstreams().into())
}

fn keys_of(now: Timestamp) -> Vec<Listed> {
    let key = |purpose, alg, stage, retired_at| Listed {
        kid: format!("q2xhcGhhbnVtZXJpYyBrZXkgaWQgb2YgNDMgY2hhcnM{}", Stage::as_str(stage)),
        purpose,
        alg,
        stage,
        life: Life { created_at: Timestamp(1_790_000_000_000), active_at: now, retired_at, withdrawn_at: None },
        gone_at: retired_at,
    };
    vec![
        key(Use::Token, Alg::Es256, Stage::Retired, Some(now)),
        key(Use::Token, Alg::Es256, Stage::Signing, None),
        key(Use::Token, Alg::Es256, Stage::Next, None),
        key(Use::Token, Alg::Rs256, Stage::Withdrawn, Some(now)),
        key(Use::Receipt, Alg::EdDsa, Stage::Signing, None),
    ]
}

/// Lists.
pub(super) fn lists(v: &View) -> Vec<ListPage> {
    let frame = |s, done| Frame::of(v, s, done);
    vec![
        inviting::http::list_page(v, frame(PEOPLE, Some("person-invited")), &invited(v)),
        inviting::http::list_page(v, frame(PEOPLE, None), &[]),
        federation::http::list_page(v, frame(FEDERATION, Some("federation-removed")), &upstreams()),
        federation::http::list_page(v, frame(FEDERATION, None), &[]),
        keys::http::list_page(v, frame(KEYS, Some("keys-made")), &keys_of(v.now)),
        keys::http::list_page(v, frame(KEYS, Some("keys-hastened")), &[]),
        keys::http::list_page(v, frame(KEYS, Some("key-withdrawn")), &[]),
    ]
}

/// Details.
pub(super) fn details(v: &View) -> Vec<DetailPage> {
    let frame = || Frame::of(v, FEDERATION, None);
    let at = |path: &str| format!("https://id.contoso.example/{path}");
    let metadata = Metadata {
        issuer: "https://id.contoso.example".into(),
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        userinfo_endpoint: None,
        jwks_uri: at("keys"),
        authorization_response_iss_parameter_supported: true,
    };
    let [one, other] = upstreams();
    let works = Tried { answer: Ok((metadata, 2)) };
    let fails = Tried { answer: Err("the other provider can't be asked: the address does not answer".into()) };
    let redirect = "https://id.example.com/federation/contoso/callback";
    vec![
        federation::http::page(v, frame(), &one, (12, redirect), None),
        federation::http::page(v, frame(), &one, (1, redirect), Some(&works)),
        federation::http::page(v, frame(), &other, (0, redirect), Some(&fails)),
    ]
}

fn with(view: &View, mut page: FormPage, wrong: &[(&str, &str)]) -> FormPage {
    page.problems = wrong.iter().map(|(field, key)| Problem { field: (*field).into(), text: view.t(key) }).collect();
    page.form.say(&page.problems);
    page
}

fn providers(v: &View) -> Vec<FormPage> {
    let frame = || Frame::of(v, FEDERATION, None);
    let [one, _] = upstreams();
    let all = ["id", "issuer", "name", "client_id", "client_secret", "scope", "domains", "groups", "trust"];
    let wrong = all.map(|field| (field, format!("federation-wrong-{}", field.replace('_', "-"))));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(field, key)| (*field, key.as_str())).collect();
    vec![
        form_page(v, frame(), None, &Filled::of("", &Terms::default())),
        with(v, form_page(v, frame(), None, &Filled::of("", &Terms::default())), &wrong),
        form_page(v, frame(), Some("contoso"), &Filled::of("contoso", &one.terms)),
    ]
}

/// Forms.
pub(super) fn forms(v: &View) -> Vec<FormPage> {
    let frame = |s| Frame::of(v, s, None);
    let s = shown(true);
    let new = NewWelcome {
        email: "eva@example.com".into(),
        name: "Eva Jansen".into(),
        language: "nl".into(),
        staff: true,
        groups: vec!["Sales".into()],
        roles: vec!["driver".into()],
    };
    let groups = [("g1".to_owned(), "Sales".to_owned()), ("g2".to_owned(), "Drivers".to_owned())];
    let wrong_invite = ["email", "name", "language", "groups", "roles"].map(|f| (f, format!("admin-wrong-{f}")));
    let wrong_invite: Vec<(&str, &str)> = wrong_invite.iter().map(|(f, key)| (*f, key.as_str())).collect();
    let hand = |to: &str| leaving::http::hand_over_page(v, frame(PEOPLE), &s, to, true);
    let erase = |typed: &str| leaving::http::erase_page(v, frame(PEOPLE), &s, typed);
    let ask = |reason: &str| recoveries::http::ask_page(v, frame(PEOPLE), &s, "factors", reason);
    let rotate = || keys::http::rotate_page(v, frame(KEYS), "token", "ES256", true);
    let mut all = vec![
        hand(""),
        with(v, hand("nobody@example.com"), &[("to", "admin-wrong-person")]),
        with(v, hand("daan@example.com"), &[("to", "admin-wrong-successor-self")]),
        with(v, hand("patricia@example.com"), &[("to", "admin-wrong-successor-staff")]),
        erase(""),
        with(v, erase("somebody@example.com"), &[("address", "admin-wrong-confirm")]),
        ask(""),
        with(v, ask(""), &[("scope", "admin-wrong-scope"), ("reason", "admin-wrong-reason")]),
        inviting::http::form_page(v, frame(PEOPLE), &new, &groups),
        with(v, inviting::http::form_page(v, frame(PEOPLE), &new, &groups), &wrong_invite),
        inviting::http::form_page(v, frame(PEOPLE), &new, &[]),
        rotate(),
        with(v, rotate(), &[("purpose", "admin-wrong-purpose"), ("alg", "admin-wrong-alg")]),
    ];
    all.extend(providers(v));
    all
}
