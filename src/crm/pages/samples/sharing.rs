//! The pages about who sees a relation, and the portal's home.

use super::{head, href, tag, waiting};
use crate::contract::GrantLevel;
use crate::crm::pages::portal::{PortalPage, Row, Section, Tile};
use crate::crm::pages::record::Tab;
use crate::crm::pages::sharing::Said;
use crate::crm::pages::sharing::access::{AccessPage, HolderRow, InvitedRow};
use crate::crm::pages::sharing::links::{LinkForm, LinkRow, LinksPage};
use crate::crm::pages::sharing::why::{Line, RuleShown, SeerRow, Told, WhyPage};
use crate::crm::pages::shown::Shown;
use crate::kernel::pages::{Choice, NavItem, Problem, View};

fn choice(value: &str, label: String, current: bool) -> Choice {
    Choice { value: value.to_owned(), label, current }
}

fn levels(view: &View, current: GrantLevel) -> Vec<Choice> {
    let one = |l: GrantLevel| choice(l.as_str(), view.t(&format!("access-level-{}-text", l.as_str())), l == current);
    GrantLevel::ALL.map(one).into()
}

fn tabs(view: &View, at: &str) -> Vec<Tab> {
    let tab = |key: &str| Tab { label: view.t(key), href: href(), current: key == at };
    ["dossier-timeline", "crm-section-contacts", "crm-section-quotes", "access-tab", "links-tab"].map(tab).into()
}

fn holders(view: &View) -> Vec<HolderRow> {
    let row = |id: &str, name: &str, kind: &str, level: GrantLevel, until: &str| HolderRow {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: view.t(&format!("access-kind-{kind}")),
        tint: if kind == "external" { "info" } else { "plain" },
        level: view.t(&format!("access-level-{}", level.as_str())),
        levels: levels(view, level),
        term: if until.is_empty() { view.t("access-for-good") } else { view.date_short(view.now) },
        until: until.to_owned(),
        reason: if kind == "external" { "Accountant since the takeover".to_owned() } else { String::new() },
        given: view.t2("access-given-by", "name", "Bram Bakker", "at", view.date_short(view.now)),
    };
    vec![
        row("g1", "Mila de Boer", "staff", GrantLevel::Manager, ""),
        row("g2", "Drivers", "group", GrantLevel::Reader, ""),
        row("g3", "Patricia Nowak", "external", GrantLevel::Reader, "2027-03-31"),
    ]
}

/// Who has access: to one who may change it after something was done, to one who may not, without anybody, while the
/// taking-away is on its way, with a form that is wrong, and without the provider.
pub fn accesses(view: &View) -> Vec<AccessPage> {
    let invited = || InvitedRow {
        id: "i1".to_owned(),
        name: "Pieter Smit".to_owned(),
        text: view.t2("access-invited-text", "email", "pieter@smit.example", "until", view.date_time(view.now)),
    };
    let page = || AccessPage {
        view: view.clone(),
        nav: super::nav(view, "relations"),
        head: head("Bakkerij Smit B.V.", Vec::new()),
        tabs: tabs(view, "access-tab"),
        problems: Vec::new(),
        said: None,
        away: false,
        holders: holders(view),
        invited: vec![invited()],
        may_change: true,
        people: vec![choice("person:1", "Daan Visser".to_owned(), false), choice("group:2", "Sales".to_owned(), false)],
        levels: levels(view, GrantLevel::Reader),
        contacts: vec![choice("c1", "Pieter Smit, pieter@smit.example".to_owned(), false)],
        portals: vec![choice("customers", "Customers".to_owned(), true)],
        key: "k".to_owned(),
    };
    let said = |kind, title: &str, text: String| Some(Said { kind, title: view.t(title), text });
    let pending = view.t1("access-said-pending-text", "who", "record-store");
    let wrong = Problem { field: "until".to_owned(), text: view.t("access-refused-day") };
    vec![
        AccessPage { said: said("good", "access-said-given", String::new()), ..page() },
        AccessPage { may_change: false, invited: Vec::new(), ..page() },
        AccessPage { holders: Vec::new(), invited: Vec::new(), people: Vec::new(), contacts: Vec::new(), ..page() },
        AccessPage { said: said("caution", "access-said-pending-title", pending), ..page() },
        AccessPage { problems: vec![wrong], ..page() },
        AccessPage { away: true, ..page() },
    ]
}

/// Links: some, none with a form that is wrong, for one who may not change them, and without the provider.
pub fn link_pages(view: &View) -> Vec<LinksPage> {
    let link = |title: &str, address: &str, line: &str| LinkRow {
        id: title.to_owned(),
        title: title.to_owned(),
        address: address.to_owned(),
        line: line.to_owned(),
    };
    let page = || LinksPage {
        view: view.clone(),
        nav: super::nav(view, "relations"),
        head: head("Bakkerij Smit B.V.", Vec::new()),
        tabs: tabs(view, "links-tab"),
        problems: Vec::new(),
        said: None,
        away: false,
        links: vec![link("Bookkeeping", "https://books.example/smit", "Bookkeeping of Smit")],
        may_change: true,
        typed: LinkForm::default(),
        wrong: LinkForm::default(),
    };
    let bad = LinkForm { address: view.t("links-refused-address"), ..LinkForm::default() };
    let typed = LinkForm { title: "Shop".to_owned(), address: "shop".to_owned(), line: String::new() };
    let problems = vec![Problem { field: "address".to_owned(), text: bad.address.clone() }];
    vec![
        LinksPage { said: Some(Said { kind: "good", title: view.t("links-said-added"), text: String::new() }), ..page() },
        LinksPage { links: Vec::new(), wrong: bad, typed, problems, ..page() },
        LinksPage { may_change: false, ..page() },
        LinksPage { away: true, ..page() },
    ]
}

/// The parts of a portal's home, with and without anything in them.
fn parts(view: &View, full: bool) -> Vec<Section> {
    let row = |name: &str, about: &str, when: String, tags| Row {
        href: href(),
        name: name.into(),
        about: about.into(),
        when,
        tags,
        file: Shown::default(),
    };
    let file = Shown {
        kind: "file",
        text: "delivery-conditions.pdf".to_owned(),
        href: href(),
        note: view.t1("value-megabytes", "number", view.number("1.1")),
        ..Shown::default()
    };
    let section = |id: &str, title: String, icon, rows| Section { id: id.into(), title, icon, rows, all: href() };
    let of = |rows| if full { rows } else { Vec::new() };
    vec![
        section(
            "home-1",
            "Appointments".into(),
            "activity",
            of(vec![row("Visit to the warehouse", "Kowalski Transport", view.date_time(view.now), Vec::new())]),
        ),
        section(
            "home-2",
            "For you to do".into(),
            "activity",
            of(vec![row("Sign the delivery conditions", "", view.date_short(view.now), vec![tag("wait", "Open")])]),
        ),
        section(
            "home-3",
            "Documents".into(),
            "document",
            of(vec![Row { file, ..row("Delivery conditions", "Kowalski Transport", view.date_short(view.now), Vec::new()) }]),
        ),
        section(
            "home-4",
            "Quotes".into(),
            "quote",
            of(vec![row("Quote Q-312", "Pallet transport 2027", String::new(), vec![tag("good", "Approved")])]),
        ),
    ]
}

/// The home of a portal: full, empty, of nobody, and while the provider doesn't answer.
pub fn portals(view: &View) -> Vec<PortalPage> {
    let view = View { external: true, user: Some("Patricia Nowak".to_owned()), ..view.clone() };
    let item = |label: &str, current| NavItem { href: href(), label: label.to_owned(), icon: "overview", current, count: None };
    let tile = |name: &str, line: String, mark: &str, signed_in| Tile {
        name: name.into(),
        line,
        href: href(),
        mark: mark.into(),
        signed_in,
    };
    let tiles = || {
        vec![
            tile("Accounting", view.t("portal-tile-signed-in"), "A", true),
            tile("kowalski.example", view.t("portal-tile-site"), "K", false),
        ]
    };
    let page = |sections, tiles, waiting| PortalPage {
        nav: vec![
            item("Home", true),
            item("Quotes", false),
            item("Documents", false),
            item("Deliveries", false),
            item("Activities", false),
        ],
        hello: view.greeting("Patricia Nowak"),
        waiting,
        sections,
        tiles,
        stronger: String::new(),
        view: view.clone(),
    };
    let offered = PortalPage { stronger: href(), ..page(parts(&view, false), Some(Vec::new()), Vec::new()) };
    vec![
        page(parts(&view, true), Some(tiles()), waiting(&view)),
        offered,
        page(Vec::new(), Some(tiles()), Vec::new()),
        page(parts(&view, true), None, Vec::new()),
    ]
}

/// Why somebody sees a quote, why somebody doesn't, and before anybody was asked about.
pub fn whys(view: &View) -> Vec<WhyPage> {
    let line = |depth, holds, text: String, note: String| Line { depth, holds, text, note };
    let rule = |holds| RuleShown {
        title: view.t2("why-portal", "name", "customers", "number", "3"),
        holds,
        lines: vec![
            line(0, holds, view.t("why-and"), String::new()),
            line(
                1,
                true,
                view.t1("why-granted", "level", view.t("access-level-reader")),
                view.t2("why-grant", "level", view.t("access-level-reader"), "until", view.t("access-for-good")),
            ),
            line(
                1,
                holds,
                "Stage is approved".into(),
                view.t1("why-now", "value", if holds { "approved" } else { "negotiating" }),
            ),
        ],
    };
    let told = |sees| Told {
        sees,
        title: view.t1(if sees { "why-sees" } else { "why-sees-not" }, "name", "Patricia Nowak"),
        denials: if sees { Vec::new() } else { vec![view.t("why-denied-internal"), view.t("why-denied-restricted")] },
        rules: vec![rule(sees)],
    };
    let seer = |name: &str, key: &str, list: &str| SeerRow {
        name: name.to_owned(),
        because: view.t2(key, "name", list, "number", "1"),
        href: href(),
    };
    let page = |told, seers| WhyPage {
        view: view.clone(),
        nav: super::nav(view, "quotes"),
        head: head("Quote Q-312", vec![tag("good", "Approved")]),
        seers,
        more: true,
        people: vec![choice("p", "Patricia Nowak".to_owned(), true), choice("d", "Daan Visser".to_owned(), false)],
        told,
    };
    let seers = || vec![seer("Patricia Nowak", "why-portal", "customers"), seer("Mila de Boer", "why-role", "sales")];
    let none = Told { rules: Vec::new(), ..told(false) };
    vec![page(Some(told(true)), seers()), page(Some(told(false)), seers()), page(None, Vec::new()), page(Some(none), seers())]
}
