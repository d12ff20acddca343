//! The pages of the area in all their states, for the test that renders every page in every language.

mod more;

use super::audit::pages::Line;
use super::frame::{AUDIT, Frame, GROUPS, INVITATIONS, LINKS, OVERVIEW, PEOPLE, POLICIES, RECOVERIES, ROLES, SESSIONS};
use super::groups::store::GroupRow;
use super::invitations::store::InvitationRow;
use super::parts::{Card, DetailPage, FormPage, ListPage};
use super::people::pages::{Around, Filled, sample, yes_no_filter};
use super::people::store::{PersonRow, Standing};
use super::roles::store::RoleRow;
use super::sessions::store::SessionRow;
use super::{applications, audit, groups, invitations, links, people, policies, recoveries, roles, sessions};
use crate::contract::Assurance;
use crate::contract::links::{NewLink, Words};
use crate::idp::policy::model::{Rules, Scope};
use crate::idp::recovery::decide::Waiting;
use crate::idp::recovery::model::{Recovery, Scope as Lost};
use crate::idp::signin::factors::{Factor, FactorSet};
use crate::idp::tiles::model::{Audience, WebLink};
use crate::kernel::audit::Opened;
use crate::kernel::audit::chain;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Params;
use crate::kernel::pages::{Page, Problem, View};

fn person(id: &str, name: &str, staff: bool, active: bool) -> PersonRow {
    let text = name.to_lowercase();
    let email = format!("{}@example.com", text.split(' ').next().unwrap_or_default());
    PersonRow { id: id.into(), name: name.into(), email, staff, active, created_at: 1_790_000_000_000, text }
}

fn some_people() -> Vec<PersonRow> {
    vec![
        person("p1", "Bram Bakker", true, true),
        person("p2", "Daan Visser", true, true),
        person("p3", "Patricia Nowak", false, true),
        person("p4", "Yusuf Yılmaz", true, false),
    ]
}

fn group() -> GroupRow {
    GroupRow { id: "g1".into(), name: "Sales".into(), created_at: 1_790_000_000_000, members: 120 }
}

fn lines(view: &View) -> Vec<Line> {
    let line = |seq, action: &str, refused: Option<&str>, actor: &str, target: &str, detail: &str| Line {
        seq,
        at: view.date_time(view.now),
        what: audit::pages::action(view, action),
        refused: refused.map(str::to_owned),
        actor: actor.into(),
        target: target.into(),
        through: "record-store".into(),
        detail: detail.into(),
    };
    vec![
        line(1042, "role.given", None, "Bram Bakker", "Daan Visser", "driver"),
        line(1041, "signin.code", Some("wrong"), "Patricia Nowak", "Patricia Nowak", "mail"),
        line(1040, "client.changed", None, "command-line uid 1000", "accounting", "application accounting: redirect_uris"),
        line(1039, "something.else", None, "Bram Bakker", "", ""),
    ]
}

fn some_links(now: Timestamp) -> Vec<links::flow::Shown> {
    let link = |id: &str, audience, active, whom: &str| links::flow::Shown {
        link: WebLink {
            id: id.into(),
            says: NewLink {
                title: Words::One("Timesheets".into()),
                address: "https://hours.example.com/".into(),
                description: None,
            },
            audience,
            active,
            made_by: None,
            made_at: now,
        },
        whom: whom.into(),
    };
    vec![
        link("l1", Audience::Everyone, true, ""),
        link("l2", Audience::Group("g1".into()), false, "Sales"),
        link("l3", Audience::Person("p1".into()), true, "bram@example.com"),
        link("l4", Audience::Relation("r1".into()), true, "Kowalski Transport"),
    ]
}

fn some_policies() -> Vec<policies::flow::Named> {
    let one = |scope, name: &str, rules| policies::flow::Named { scope, name: name.into(), rules };
    let all = Rules {
        factors: Some(FactorSet::NONE.with(Factor::Passkey).with(Factor::Authenticator)),
        least: Some(Assurance::PasswordApp),
        every: Some(720),
        remember: Some(0),
    };
    vec![
        one(Scope::Everyone, "", Rules::default()),
        one(Scope::Staff, "", all.clone()),
        one(Scope::Externals, "", Rules { remember: Some(30), ..Rules::default() }),
        one(Scope::Group("g1".into()), "Sales", all.clone()),
        one(Scope::Application("app".into()), "Accounting", all),
    ]
}

fn pager(view: &View) -> (String, String) {
    (format!("{}/admin/people", view.base), "/admin/people?cursor=x".into())
}

fn none() -> (String, String) {
    (String::new(), String::new())
}

fn some_invitations(now: Timestamp) -> Vec<InvitationRow> {
    let invited = |id: &str, accepted_at, revoked_at, until: i64| InvitationRow {
        id: id.into(),
        name: "Patricia Nowak".into(),
        email: "patricia@example.com".into(),
        relation_id: "r1".into(),
        relation: "Kowalski Transport".into(),
        level: 2,
        made_at: now.0 - 1_000_000,
        expires_at: now.0 + until,
        accepted_at,
        revoked_at,
    };
    vec![
        invited("i1", None, None, 1),
        invited("i2", Some(1), None, 1),
        invited("i3", None, None, -1),
        invited("i4", None, Some(1), 1),
    ]
}

fn some_recoveries(now: Timestamp) -> Vec<Waiting> {
    let waits = |id: &str, scope, asked_by: Option<&str>| Waiting {
        person: ("Daan Visser".into(), "daan@example.com".into()),
        asked_by: asked_by.map(|_| "Ada Admin".into()),
        recovery: Recovery {
            id: id.into(),
            person: "p1".into(),
            scope,
            asked_by: asked_by.map(str::to_owned),
            reason: Some("My telephone fell into the canal.".into()),
            asked_at: Timestamp(now.0 - 60_000),
            expires_at: Timestamp(now.0 + 3_600_000),
            waits_at: Some(now),
            sends: 0,
            sent_at: None,
            tries: 0,
            proven_at: None,
            decided_at: None,
            refused: false,
            used_at: None,
        },
    };
    let scopes = [Lost::Password, Lost::Factors].map(|s| waits(s.as_str(), s, None));
    scopes.into_iter().chain([waits("mine", Lost::Password, Some("p9"))]).collect()
}

fn some_sessions(now: Timestamp) -> Vec<SessionRow> {
    let session = |id: &str, acr: &str| SessionRow {
        id: id.into(),
        person_id: "p1".into(),
        name: "Bram Bakker".into(),
        acr: acr.into(),
        auth_at: now.0 - 60_000,
        expires_at: now.0 + 3_600_000,
        ip: "2001:db8::7".into(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36".into(),
    };
    let levels = Assurance::ALL.map(|a| session(a.acr(), a.acr()));
    levels.into_iter().chain([session("s1", "urn:other")]).collect()
}

impl Page for ListPage {
    fn samples(view: View) -> Vec<Self> {
        let v = &view;
        let frame = |s, done| Frame::of(v, s, done);
        let rows = some_people().iter().map(|p| people::pages::row(v, p)).collect();
        let filters = || ["staff", "active"].map(|n| yes_no_filter(v, n, None)).into();
        let role = |name: &str, people, groups| RoleRow { role: name.into(), people, groups };
        let some_roles = [role("administrator", 1, 0), role("sales", 3, 1)];
        let query = Params::parse(b"action=signin.&outcome=refused&since=2026-11-01", &[]).unwrap_or_default();
        let invited = some_invitations(v.now);
        let mut all = vec![
            people::pages::list_page(v, frame(PEOPLE, None), rows, pager(v), (String::new(), filters())),
            people::pages::list_page(v, frame(PEOPLE, None), vec![], none(), ("nobody".into(), filters())),
            people::pages::list_page(v, frame(PEOPLE, None), vec![], none(), (String::new(), filters())),
            groups::http::list_page(v, frame(GROUPS, Some("group-deleted")), &[group()], none(), String::new()),
            groups::http::list_page(v, frame(GROUPS, None), &[], none(), String::new()),
            roles::http::list_page(v, frame(ROLES, None), &some_roles, none(), "administrator"),
            roles::http::list_page(v, frame(ROLES, None), &[], none(), "administrator"),
            sessions::http::list_page(v, frame(SESSIONS, Some("session-ended")), &some_sessions(v.now), none(), ("s1", true)),
            sessions::http::list_page(v, frame(SESSIONS, None), &[], none(), ("s1", false)),
            invitations::http::list_page(v, frame(INVITATIONS, Some("invitation-revoked")), &invited, none(), None),
            invitations::http::list_page(v, frame(INVITATIONS, None), &[], none(), None),
            recoveries::http::list_page(v, frame(RECOVERIES, Some("recovery-approved")), &some_recoveries(v.now), "p9"),
            recoveries::http::list_page(v, frame(RECOVERIES, Some("recovery-refused")), &[], "p9"),
            links::http::list_page(v, frame(LINKS, Some("link-removed")), &some_links(v.now), none()),
            links::http::list_page(v, frame(LINKS, None), &[], none()),
            policies::http::list_page(v, frame(POLICIES, None), &some_policies()),
            audit::http::list_page(v, frame(AUDIT, None), lines(v), none(), (&query, 1_042)),
            audit::http::list_page(v, frame(AUDIT, None), vec![], none(), (&Params::default(), 1)),
        ];
        all.extend(applications::samples::lists(v));
        all.extend(more::lists(v));
        all
    }
}

fn shown(active: bool) -> people::flow::Shown {
    people::flow::Shown {
        person: crate::idp::people::Person { active, email_proven: active, ..sample() },
        standing: Standing {
            has_password: active,
            created_at: 1_790_000_000_000,
            updated_at: 1_790_000_000_000,
            sessions: i64::from(active),
            erased_at: None,
        },
        factors: if active { FactorSet::ALL } else { FactorSet::NONE },
        groups: vec![("g1".into(), "Sales".into())],
        roles: if active { vec!["driver".into()] } else { vec![] },
        by_group: vec![("sales".into(), "Sales".into())],
    }
}

fn opened(erased: bool) -> Opened {
    let text = |t: &str| Some(t.to_owned());
    let line = chain::Line {
        seq: 1042,
        hash: "q2xhcGhhbnVtZXJpYyBkaWdlc3Qgb2YgNDMgY2hhcnM".into(),
        id: "01935d2e-7c00-7000-8000-00000000000a".into(),
        at: 1_795_352_580_000,
        actor: text("p1"),
        client_id: None,
        action: "role.given".into(),
        target: text("p2"),
        outcome: "ok".into(),
        ip: text("192.0.2.7"),
        ip_of: None,
        request_id: text("01935d2e-7c00-7000-8000-00000000000b"),
        detail: "driver".into(),
        detail_of: None,
    };
    Opened { line, erased }
}

impl Page for DetailPage {
    fn samples(view: View) -> Vec<Self> {
        let v = &view;
        let frame = |s, done| Frame::of(v, s, done);
        let (links, providers) = more::elsewhere(v);
        let around = || Around {
            own: false,
            elsewhere: links.clone(),
            providers: providers.clone(),
            groups: vec![("g1".into(), "Sales".into()), ("g2".into(), "Drivers".into())],
            roles: vec!["driver".into(), "sales".into()],
            activity: lines(v),
        };
        let empty =
            || Around { groups: vec![], roles: vec![], activity: vec![], own: true, elsewhere: vec![], providers: vec![] };
        let closed = || Around { own: false, providers: providers.clone(), ..empty() };
        let gone = people::flow::Shown {
            standing: Standing { erased_at: Some(1_790_000_000_000), ..shown(false).standing },
            ..shown(false)
        };
        let wrong = Problem { field: "role".into(), text: v.t("admin-wrong-role") };
        let mut refused = people::pages::page(v, frame(PEOPLE, None), &shown(true), around());
        refused.problems = vec![wrong];
        let held = roles::http::Held {
            people: some_people(),
            more: true,
            groups: vec![("g1".into(), "Sales".into())],
            all: vec![("g1".into(), "Sales".into()), ("g2".into(), "Drivers".into())],
        };
        let nobody = roles::http::Held { people: vec![], more: false, groups: vec![], all: vec![] };
        let line = lines(v).remove(0);
        let card = |id: &str| Card {
            id: id.to_owned(),
            title: v.t(&format!("admin-{id}-title")),
            lead: v.t(&format!("admin-{id}-lead")),
            rows: lines(v).into_iter().map(Line::card).collect(),
            empty: v.t("admin-nothing"),
            more: "/admin/audit".into(),
            more_label: v.t("admin-all"),
            form: None,
        };
        let overview = super::http::overview_page(v, frame(OVERVIEW, None), vec![card("latest"), card("refusals")]);
        let mut all = vec![
            overview,
            people::pages::page(v, frame(PEOPLE, Some("person-made")), &shown(true), around()),
            people::pages::page(v, frame(PEOPLE, Some("sessions-ended")), &shown(true), empty()),
            people::pages::page(v, frame(PEOPLE, Some("person-disabled")), &shown(false), closed()),
            people::pages::page(v, frame(PEOPLE, Some("handed-over")), &shown(false), empty()),
            people::pages::page(v, frame(PEOPLE, Some("recovery-asked")), &gone, empty()),
            refused,
            groups::http::page(v, frame(GROUPS, Some("group-made")), &group(), &["sales".into()], &some_people()),
            groups::http::page(v, frame(GROUPS, Some("saved")), &GroupRow { members: 0, ..group() }, &[], &[]),
            roles::http::page(v, frame(ROLES, None), "sales", held),
            roles::http::page(v, frame(ROLES, None), "nobody has it", nobody),
            audit::http::line_page(v, frame(AUDIT, None), &opened(false), &line),
            audit::http::line_page(v, frame(AUDIT, None), &opened(true), &line),
        ];
        all.extend(applications::samples::details(v));
        all.extend(more::details(v));
        all
    }
}

fn link_page(view: &View, frame: Frame, place: Option<(&str, &str)>, wrong: &[&str]) -> FormPage {
    let filled = [("for", "group"), ("group", "g1"), ("active", "true")].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    let mut page = links::http::form_page(view, frame, place, &filled, vec![("g1".into(), "Sales".into())]);
    let key = |field: &str| if field == "whom" { "admin-wrong-whom".to_owned() } else { format!("admin-wrong-link-{field}") };
    page.problems = wrong.iter().map(|f| Problem { field: (*f).into(), text: view.t(&key(f)) }).collect();
    page.form.say(&page.problems);
    page
}

fn policy_page(view: &View, frame: Frame, wrong: &[(&str, &str)]) -> FormPage {
    let named = some_policies().remove(3);
    let written =
        policies::flow::Written { factors: vec!["passkey".into()], least: Some("passkey".into()), ..Default::default() };
    let mut page = policies::http::form_page(view, frame, &named, &written);
    page.problems = wrong.iter().map(|(field, key)| Problem { field: (*field).into(), text: view.t(key) }).collect();
    page.form.say(&page.problems);
    page
}

impl Page for FormPage {
    fn samples(view: View) -> Vec<Self> {
        let v = &view;
        let frame = |s| Frame::of(v, s, Some("link-sent"));
        let new = Filled { email: Some(""), name: "", language: "nl", phone: "", staff: true };
        let old = Filled { email: None, name: "Daan Visser", language: "nl", phone: "+31612345642", staff: false };
        let page = |title: &str, lead: &str, filled: &Filled<'_>, keys: &[(&str, &str)]| {
            let mut form = people::pages::form(v, "/admin/people/new".into(), "/admin/people".into(), filled);
            let problems: Vec<Problem> =
                keys.iter().map(|(field, key)| Problem { field: (*field).into(), text: v.t(key) }).collect();
            form.say(&problems);
            let crumb = (v.t("admin-nav-people"), "/admin/people".into());
            let lead = if lead.is_empty() { String::new() } else { v.t(lead) };
            Self { view: v.clone(), frame: frame(PEOPLE), crumb, title: v.t(title), lead, problems, form }
        };
        let all = [
            ("email", "admin-wrong-email"),
            ("name", "admin-wrong-name"),
            ("language", "admin-wrong-language"),
            ("phone", "admin-wrong-phone"),
        ];
        let mut pages = vec![
            page("admin-people-new", "admin-people-new-lead", &new, &[]),
            page("admin-people-new", "admin-people-new-lead", &new, &all),
            page("admin-people-new", "admin-people-new-lead", &new, &[("email", "admin-wrong-email-taken")]),
            page("admin-edit", "", &old, &[]),
            policy_page(v, frame(POLICIES), &[]),
            policy_page(
                v,
                frame(POLICIES),
                &[
                    ("factors", "admin-wrong-factors"),
                    ("least", "admin-wrong-level"),
                    ("least", "admin-wrong-reach"),
                    ("sign_in_every", "admin-wrong-every"),
                    ("remember_devices", "admin-wrong-remember"),
                ],
            ),
            link_page(v, frame(LINKS), None, &[]),
            link_page(v, frame(LINKS), Some(("l1", "Timesheets")), &["title", "address", "description", "whom"]),
            groups::http::form_page(v, frame(GROUPS), None, ""),
            groups::http::form_page(v, frame(GROUPS), Some(("g1", "Sales")), "Sales"),
        ];
        pages.extend(applications::samples::forms(v));
        pages.extend(more::forms(v));
        pages
    }
}
