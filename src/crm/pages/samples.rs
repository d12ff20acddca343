//! The pages of records in each of their states, as in the demo, for the test that renders all pages in every language.

mod forms;
mod sharing;

use super::dossier::{DossierPage, Kind, Middle};
use super::entries::{Entry, Moved};
use super::filter::{Adding, Chip};
use super::held::{Sealed, Waiting};
use super::list::{Column, Empty, ListPage, Row};
use super::overview::{Hit, Hits, OverviewPage, SearchPage};
use super::record::{Fact, Head, RecordPage, Related, Stage, Tab};
use super::shown::{Shown, Tag};
use super::work::{Item, Todo};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, NavItem, View};

pub use forms::forms;
pub use sharing::{accesses, link_pages, portals, whys};

/// The sections of a salesperson.
pub fn nav(view: &View, current: &str) -> Vec<NavItem> {
    let all = [
        ("overview", "overview"),
        ("relations", "relation"),
        ("contacts", "contact"),
        ("deliveries", "delivery"),
        ("quotes", "quote"),
        ("activities", "activity"),
        ("notes", "note"),
        ("documents", "document"),
    ];
    let item = |(key, icon): (&str, &'static str)| NavItem {
        href: "#".to_owned(),
        label: view.t(&format!("crm-section-{key}")),
        icon,
        current: key == current,
        count: None,
    };
    all.map(item).into()
}

fn tag(kind: &'static str, text: &str) -> Tag {
    Tag { kind, text: text.to_owned() }
}
fn tags(kind: &'static str, text: &str) -> Shown {
    Shown { kind: "tags", text: text.to_owned(), tags: vec![tag(kind, text)], ..Shown::default() }
}
fn link(text: &str) -> Shown {
    Shown { kind: "link", text: text.to_owned(), href: "#".to_owned(), ..Shown::default() }
}
fn number(text: String) -> Shown {
    Shown { kind: "number", text, ..Shown::default() }
}
fn href() -> String {
    "#".to_owned()
}

fn todos(view: &View) -> Vec<Todo> {
    let todo =
        |name: &str, about: &str, due: String, kind| Todo { href: href(), name: name.into(), about: about.into(), due, kind };
    vec![
        todo("Review the framework agreement", "Bakkerij Smit B.V. · Mila de Boer", view.t("crm-yesterday"), "bad"),
        todo("Call back about the price list", "Kowalski Transport · Mila de Boer", view.t("crm-today"), "wait"),
        todo("Send the letter of intent", "Yılmaz Gıda", view.date_short(view.now), "plain"),
    ]
}

fn waiting(view: &View) -> Vec<Waiting> {
    let about = view.t2("overview-pending-item", "name", "Daan Visser", "to", "+31 6 ••• 42");
    let one = |name: &str, until| Waiting {
        name: name.to_owned(),
        href: href(),
        from: "On the road".to_owned(),
        to: "Delivered".to_owned(),
        about: about.clone(),
        until,
    };
    vec![one("Delivery D-2041", Some(Timestamp(view.now.0 + 252_000))), one("Delivery D-2039", None)]
}

fn sealed(view: &View) -> Vec<Sealed> {
    let text = view.t2("seal-text", "to", "+31 6 ••• 42", "at", view.date_time(view.now));
    vec![Sealed { text, href: href() }]
}

fn items(view: &View) -> Vec<Item> {
    let about = view.t2("crm-version-by", "name", "Daan Visser", "at", view.date_time(view.now));
    let item = |name: &str, icon, tags| Item { href: href(), name: name.into(), icon, about: about.clone(), tags };
    vec![
        item("Delivery D-2038", "delivery", vec![tag("good", "Delivered")]),
        item("Quote Q-311", "quote", vec![tag("info", "Negotiating")]),
        item("Bakkerij Smit B.V.", "relation", Vec::new()),
    ]
}

/// The overview: full, empty, and for somebody without a role.
pub fn overviews(view: &View, hello: String) -> Vec<OverviewPage> {
    let page = |full: bool, nothing| OverviewPage {
        nav: nav(view, "overview"),
        hello: hello.clone(),
        todo: Some(if full { todos(view) } else { Vec::new() }),
        todo_href: href(),
        waiting: if full { waiting(view) } else { Vec::new() },
        today: if full { items(view) } else { Vec::new() },
        sealed: if full { sealed(view) } else { Vec::new() },
        recent: if full { items(view) } else { Vec::new() },
        nothing,
        view: view.clone(),
    };
    vec![page(true, false), page(false, false), page(false, true)]
}

/// Results, none, and nothing asked.
pub fn searches(view: &View) -> Vec<SearchPage> {
    let hit = |name: &str, tags| Hit { href: href(), name: name.into(), about: "Bakkerij Smit B.V.".into(), tags };
    let groups = || {
        vec![
            Hits {
                label: view.t("crm-section-relations"),
                icon: "relation",
                all: href(),
                hits: vec![Hit { about: String::new(), ..hit("Bakkerij Smit B.V.", Vec::new()) }],
            },
            Hits {
                label: view.t("crm-section-deliveries"),
                icon: "delivery",
                all: href(),
                hits: vec![hit("Delivery D-2041", vec![tag("info", "On the road")])],
            },
        ]
    };
    let page = |q: &str, groups| SearchPage { view: view.clone(), nav: nav(view, ""), q: q.to_owned(), groups };
    vec![page("smit", groups()), page("xyzzy", Vec::new()), page("", Vec::new())]
}

fn rows(view: &View, count: usize) -> Vec<Row> {
    let status = || view.t("crm-status");
    let made = (0..count).map(|n| Row {
        href: href(),
        edit: href(),
        title: format!("D-20{}", 41 - n),
        internal: n == 1,
        cells: vec![
            ("Relation".to_owned(), link("Bakkerij Smit B.V.")),
            (status(), if n % 2 == 0 { tags("info", "On the road") } else { tags("good", "Delivered") }),
            (view.t("crm-date"), if n == 2 { Shown::default() } else { Shown::text(view.date_short(view.now)) }),
            (view.t("crm-amount"), number(view.t2("value-money", "symbol", "€", "amount", view.number("1234.50")))),
        ],
    });
    made.collect()
}

fn columns(view: &View) -> Vec<Column> {
    let column = |label: String, sorted, end| Column { label, href: href(), sorted, end };
    vec![
        column(view.t("crm-number"), "ascending", false),
        Column { href: String::new(), ..column("Relation".to_owned(), "", false) },
        column(view.t("crm-status"), "", false),
        column(view.t("crm-date"), "", false),
        column(view.t("crm-amount"), "", true),
    ]
}

fn ticks() -> Vec<Choice> {
    let choice = |value: &str, label: &str, current| Choice { value: value.into(), label: label.into(), current };
    vec![choice("planned", "Planned", false), choice("on_the_road", "On the road", true), choice("delivered", "Delivered", false)]
}

fn adding(view: &View, kind: &'static str) -> Adding {
    let operators = ["any", "empty"].map(|o| Choice { value: o.into(), label: view.t(&format!("crm-op-{o}")), current: false });
    Adding { field: "status".into(), label: view.t("crm-status"), operators: operators.into(), kind, choices: ticks() }
}

/// A list: full with filters, a filter being made (of each kind), empty.
pub fn lists(view: &View) -> Vec<ListPage> {
    let chip =
        Chip { text: view.t2("crm-chip-any", "field", view.t("crm-status"), "value", "On the road, Planned"), href: href() };
    let empty = Empty {
        title: view.t("crm-empty-deliveries-title"),
        text: view.t("crm-empty-deliveries-text"),
        href: href(),
        action: view.t("crm-new-delivery"),
    };
    let page = || ListPage {
        view: view.clone(),
        nav: nav(view, "deliveries"),
        title: view.t("crm-section-deliveries"),
        icon: "delivery",
        here: href(),
        back: href(),
        new_href: href(),
        new_label: view.t("crm-new-delivery"),
        q: String::new(),
        carried: vec![("sort".to_owned(), "number".to_owned())],
        chips: Vec::new(),
        clear: String::new(),
        addable: vec![(view.t("crm-status"), href()), (view.t("crm-date"), href())],
        adding: None,
        columns: columns(view),
        rows: rows(view, 5),
        range: view.t2("pager-range-more", "from", "51", "to", "100"),
        first: href(),
        next: href(),
        empty: None,
        stronger: String::new(),
    };
    let filtered = ListPage { chips: vec![chip], clear: href(), q: "D-20".to_owned(), ..page() };
    let without = ListPage {
        rows: Vec::new(),
        empty: Some(empty),
        stronger: href(),
        range: String::new(),
        first: String::new(),
        next: String::new(),
        ..page()
    };
    let make = |kind| ListPage { adding: Some(adding(view, kind)), ..page() };
    vec![filtered, page(), without, make("ticks"), make("date"), make("select"), make("number"), make("none")]
}

fn head(name: &str, tags: Vec<Tag>) -> Head {
    Head {
        list_href: href(),
        list_label: "Deliveries".to_owned(),
        name: name.to_owned(),
        tags,
        internal: false,
        here: href(),
        edit: href(),
        delete: href(),
        why: href(),
        said: String::new(),
        waiting: Vec::new(),
    }
}

fn facts(view: &View) -> Vec<Fact> {
    let fact = |label: &str, shown| Fact { label: label.to_owned(), shown };
    vec![
        fact("Relation", link("Bakkerij Smit B.V.")),
        fact("Contact", link("Patricia Nowak")),
        fact("Planned on", Shown::text(view.date_short(view.now))),
        fact("Delivery address", Shown::text("Oudegracht 14, 3511 AP Utrecht")),
        fact("Goods", Shown { kind: "lines", text: "12 trays\n3 boxes of yeast".to_owned(), ..Shown::default() }),
        fact("Value", number(view.t2("value-money", "symbol", "€", "amount", view.number("1234.50")))),
        fact(
            "File",
            Shown {
                kind: "file",
                note: view.t1("value-kilobytes", "number", view.number("184.3")),
                ..link("Framework agreement.pdf")
            },
        ),
        fact("Website", Shown { kind: "out", text: "https://smit.example".into(), href: href(), ..Shown::default() }),
    ]
}

fn entries(view: &View, alone: bool) -> Vec<Entry> {
    let at = view.date_time(view.now);
    let entry = |icon, name: &str, stem: &str, moves, body: &str, internal| Entry {
        icon: if alone { "history" } else { icon },
        href: if alone { String::new() } else { href() },
        name: name.to_owned(),
        what: view.t2(stem, "name", "Daan Visser", "at", at.clone()),
        kind: if alone { String::new() } else { "Delivery".to_owned() },
        moves,
        body: body.to_owned(),
        internal,
    };
    let moved = |label: &str, from: &str, to: &str| Moved {
        label: label.into(),
        from: from.into(),
        to: to.into(),
        file: if label == "File" { "/m/documents/d1/files/file?version=2".into() } else { String::new() },
    };
    vec![
        entry("delivery", "Delivery D-2038", "dossier-changed-by", vec![moved("Status", "On the road", "Delivered")], "", false),
        entry(
            "note",
            "Conversation",
            "dossier-created-by",
            Vec::new(),
            "Wants the new line of ovens in spring.\nBudget in January.",
            true,
        ),
        entry(
            "relation",
            "Bakkerij Smit B.V.",
            "dossier-changed-by",
            vec![moved("City", "", "Utrecht"), moved("Phone", "+31301234567", &view.t("value-none"))],
            "",
            false,
        ),
    ]
}

fn tab(label: String, current: bool) -> Tab {
    Tab { label, href: href(), current }
}

/// A delivery: as it is, with a change that waits, its history, and as one who may only read it sees it.
pub fn records(view: &View) -> Vec<RecordPage> {
    let related = || Related {
        label: view.t("crm-section-activities"),
        icon: "activity",
        all: href(),
        new_href: href(),
        new_label: view.t("crm-new-activity"),
        columns: columns(view),
        rows: rows(view, 2),
    };
    let to = |value: &str| (value.to_lowercase(), view.t1("crm-set-to", "value", value));
    let page = |head: Head| RecordPage {
        view: view.clone(),
        nav: nav(view, "deliveries"),
        head,
        tabs: vec![tab(view.t("crm-details"), true), tab(view.t("crm-history"), false)],
        facts: facts(view),
        stages: vec![Stage {
            field: "status".into(),
            label: view.t("crm-status"),
            to: vec![to("Planned"), to("Delivered"), to("Refused")],
        }],
        version: 3,
        key: "k".to_owned(),
        related: vec![related(), Related { rows: Vec::new(), all: String::new(), ..related() }],
        changed: view.t2("crm-last-changed", "name", "Daan Visser", "at", view.date_time(view.now)),
        sealed: sealed(view),
        history: None,
        older: String::new(),
    };
    let road = || vec![tag("info", "On the road")];
    let saved = Head { said: view.t("crm-saved"), internal: true, ..head("Delivery D-2041", road()) };
    let waits = Head { waiting: waiting(view), ..head("Delivery D-2041", road()) };
    let reader = Head { edit: String::new(), delete: String::new(), why: String::new(), ..head("Delivery D-2041", road()) };
    let bare = RecordPage {
        stages: Vec::new(),
        tabs: Vec::new(),
        related: Vec::new(),
        changed: String::new(),
        sealed: Vec::new(),
        ..page(reader)
    };
    let past = RecordPage { history: Some(entries(view, true)), older: href(), ..page(head("Delivery D-2041", road())) };
    vec![page(head("Delivery D-2041", road())), page(saved), page(waits), bare, past]
}

/// A dossier: timeline, a tab of records, an empty one, history, and of a relation without anything.
pub fn dossiers(view: &View) -> Vec<DossierPage> {
    let kind = |key: &str, current| Kind { label: view.t(key), href: href(), current };
    let kinds = || vec![kind("dossier-all-kinds", true), kind("crm-section-deliveries", false), kind("crm-section-notes", false)];
    let person = |label: &str, current| Kind { label: label.to_owned(), href: href(), current };
    let people = || vec![kind("dossier-everyone", true), person("Daan Visser", false), person("Mila de Boer", false)];
    let records = |rows| Middle::Records {
        title: view.t("crm-section-deliveries"),
        icon: "delivery",
        text: view.t("crm-empty-deliveries-text"),
        new_href: href(),
        new_label: view.t("crm-new-delivery"),
        columns: columns(view),
        rows,
    };
    let page = |middle| DossierPage {
        view: view.clone(),
        nav: nav(view, "relations"),
        head: head("Bakkerij Smit B.V.", Vec::new()),
        tabs: vec![
            tab(view.t("dossier-timeline"), true),
            tab(view.t("crm-section-contacts"), false),
            tab(view.t("crm-section-deliveries"), false),
            tab(view.t("crm-section-quotes"), false),
            tab(view.t("crm-section-activities"), false),
            tab(view.t("crm-section-notes"), false),
            tab(view.t("crm-section-documents"), false),
            tab(view.t("crm-history"), false),
        ],
        middle,
        more: href(),
        facts: facts(view),
        todo: todos(view),
        add: vec![(view.t("crm-new-note"), href()), (view.t("crm-new-delivery"), href())],
        changed: view.t2("crm-last-changed", "name", "Mila de Boer", "at", view.date_time(view.now)),
    };
    let none = DossierPage {
        todo: Vec::new(),
        more: String::new(),
        add: Vec::new(),
        ..page(Middle::Timeline { kinds: kinds(), people: Vec::new(), entries: Vec::new() })
    };
    vec![
        page(Middle::Timeline { kinds: kinds(), people: people(), entries: entries(view, false) }),
        page(records(rows(view, 3))),
        page(records(Vec::new())),
        page(Middle::History(entries(view, true))),
        none,
    ]
}
