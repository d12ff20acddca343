//! Its pages, in its own clothes and in English alone: it stands for a program of another maker.

use askama::Template;

/// An invoice of the sample.
pub struct Invoice {
    /// Its number.
    pub number: &'static str,
    /// Who is to pay it.
    pub customer: &'static str,
    /// The amount, as written.
    pub amount: &'static str,
    /// Until when.
    pub due: &'static str,
    /// Where it stands: `paid`, `open` or `late`.
    pub state: &'static str,
}

const CUSTOMER: &str = "Kowalski Transport";

/// The same for everyone: what matters here is who gets in.
pub const INVOICES: &[Invoice] = &[
    Invoice { number: "2026-0412", customer: CUSTOMER, amount: "€ 1,284.00", due: "1 December 2026", state: "open" },
    Invoice { number: "2026-0398", customer: CUSTOMER, amount: "€ 642.50", due: "20 November 2026", state: "late" },
    Invoice { number: "2026-0377", customer: CUSTOMER, amount: "€ 2,910.75", due: "3 November 2026", state: "paid" },
    Invoice { number: "2026-0341", customer: CUSTOMER, amount: "€ 318.20", due: "12 October 2026", state: "paid" },
];

/// The invoices of whoever is signed in.
#[derive(Template)]
#[template(path = "demo/accounting.html")]
pub struct InvoicesPage {
    /// Who.
    pub name: String,
    /// What there is.
    pub invoices: &'static [Invoice],
}

/// Something to read, and one way on.
#[derive(Template)]
#[template(path = "demo/accounting_words.html")]
pub struct WordsPage {
    /// What happened.
    pub title: &'static str,
    /// What it means.
    pub text: String,
    /// What the button says.
    pub action: &'static str,
    /// Where it leads.
    pub href: &'static str,
}
