//! The pages of a change that waits for a code, and of a receipt. Owns what they say in each state.

use askama::Template;

use super::model::{PendingError, Reason, Refusal, Standing};
use super::read::{Asked, Pending, Shown};
use crate::contract::challenge::{ChallengeState, CodeKind, DeliveryState, State};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{NavItem, Problem, View};

/// A rule in the list of those that must be met.
pub struct Met {
    /// What people call it.
    pub label: String,
    /// Whether it is met.
    pub done: bool,
}

/// What the code's form needs.
pub struct Form {
    /// The rule that the code is for.
    pub rule: String,
    /// Names the next press of the button.
    pub attempt: String,
    /// The field's label.
    pub label: String,
    /// Characters of a code.
    pub length: usize,
    /// Whether it has letters.
    pub letters: bool,
    /// Whether the field may submit itself.
    pub auto: bool,
    /// Whether a code can be entered now.
    pub open: bool,
    /// Until when the code counts; nothing before it is made.
    pub until: Option<Timestamp>,
    /// Seconds that a code counts.
    pub seconds: u32,
    /// Seconds left of them.
    pub left: u64,
    /// Tries left.
    pub tries: u16,
    /// From when on it can be sent again.
    pub resend_at: Option<Timestamp>,
    /// Which rule asks.
    pub asked_by: String,
}

/// A notice: its kind, title and text.
pub type Notice = (&'static str, String, String);

/// A change that waits, or waited.
#[derive(Template)]
#[template(path = "crm/pending.html")]
pub struct PendingPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The pending change.
    pub id: String,
    /// Where its forms lead.
    pub action: String,
    /// The list that the record is in.
    pub list_href: String,
    /// What that is called.
    pub list_label: String,
    /// The record; empty while there is none.
    pub record_href: String,
    /// What it is called.
    pub record_label: String,
    /// What the page says first.
    pub heading: String,
    /// And below it.
    pub lead: String,
    /// What is wrong with what was entered.
    pub problems: Vec<Problem>,
    /// What else there is to say.
    pub notice: Option<Notice>,
    /// From what to what.
    pub changes: Vec<Shown>,
    /// The rules.
    pub asks: Vec<Met>,
    /// For its maker, while it waits.
    pub form: Option<Form>,
    /// For a supervisor, while it waits.
    pub may_cancel: bool,
}

impl PendingPage {
    fn error(&self) -> &str {
        self.problems.iter().find(|p| p.field == "code").map_or("", |p| p.text.as_str())
    }

    /// The page for a pending change. `attempt` is drawn for the next press of the button.
    pub fn new(view: View, nav: Vec<NavItem>, pending: Pending, attempt: String, problems: Vec<Problem>) -> Self {
        let lang = view.lang.code();
        let list_href = format!("{}/m/{}", view.base, pending.module.key);
        let there = !pending.is_new || pending.standing == Standing::Applied;
        let name = pending.module.singular.get(lang);
        let record_label = pending.title.as_ref().map_or_else(|| name.to_owned(), |t| format!("{name} {t}"));
        let waiting = matches!(pending.standing, Standing::Waiting | Standing::Confirmed);
        let next = pending.asks.iter().find(|a| !a.confirmed).filter(|_| waiting);
        let (heading, lead) = said(&view, &pending, next, &record_label);
        let notice = next.and_then(|a| notice(&view, a));
        let form = next.filter(|_| pending.mine).map(|a| form(&view, a, attempt));
        Self {
            action: format!("{}/pending/{}", view.base, pending.id),
            record_href: if there { format!("{list_href}/{}", pending.record) } else { String::new() },
            list_label: pending.module.labels.get(lang).to_owned(),
            may_cancel: waiting && !pending.mine,
            asks: pending.asks.iter().map(|a| Met { label: a.label.clone(), done: a.confirmed }).collect(),
            id: pending.id,
            changes: pending.changes,
            list_href,
            record_label,
            heading,
            lead,
            problems,
            notice,
            form,
            nav,
            view,
        }
    }
}

/// Title and first sentence.
fn said(view: &View, pending: &Pending, next: Option<&Asked>, record: &str) -> (String, String) {
    if let Some(reason) = pending.reason {
        return gone(view, reason);
    }
    match next {
        None => (view.t("ask-done"), String::new()),
        Some(_) if !pending.mine => {
            let who = view.t1("pending-by", "name", pending.actor_name.as_str());
            (view.t1("ask-waiting-title", "name", record), format!("{who} {}", view.t("ask-waiting-text")))
        }
        Some(ask) => {
            let to = ask.masked.as_str();
            let lead = match &ask.name {
                Some(name) => view.t2("ask-text", "name", name.as_str(), "to", to),
                None => view.t1("ask-text-unnamed", "to", to),
            };
            (view.t("ask-title"), lead)
        }
    }
}

fn gone(view: &View, reason: Reason) -> (String, String) {
    let why = match reason {
        Reason::Cancelled => return (view.t("ask-cancelled-title"), view.t("ask-cancelled-text")),
        Reason::Exhausted => return (view.t("ask-exhausted-title"), view.t("ask-exhausted-text")),
        Reason::Changed => "ask-void-record-changed",
        Reason::Forbidden => "ask-void-rights",
        Reason::Rules => "ask-void-rule-changed",
        Reason::Recipient => "ask-void-recipient",
        Reason::Expired => "pending-void-expired",
        Reason::Failed => "ask-void-time",
    };
    (view.t("ask-void-title"), format!("{} {}", view.t(why), view.t("ask-void-text")))
}

fn notice(view: &View, ask: &Asked) -> Option<Notice> {
    let Some(s) = &ask.state else { return Some(("info", view.t("ask-sending"), String::new())) };
    if is_expired(view, s) {
        return Some(("caution", view.t("ask-expired-title"), view.t1("ask-expired-left", "count", s.resends_left)));
    }
    if s.state == State::Exhausted {
        let text = match s.attempts_at {
            Some(at) => view.t1("pending-tries-again", "time", view.time(at)),
            None => view.t("ask-exhausted-text"),
        };
        return Some(("bad", view.t("ask-exhausted-title"), text));
    }
    match s.delivery {
        DeliveryState::Failed => Some(("bad", view.t("ask-send-failed-title"), view.t("ask-send-failed-text"))),
        DeliveryState::Queued => Some(("info", view.t("ask-sending"), String::new())),
        DeliveryState::Sent => None,
    }
}

fn is_expired(view: &View, s: &ChallengeState) -> bool {
    s.state == State::Expired || (s.state != State::Exhausted && view.now >= s.expires_at)
}

fn form(view: &View, ask: &Asked, attempt: String) -> Form {
    let state = ask.state.as_ref();
    let letters = ask.code.kind != CodeKind::Numeric;
    let label = if letters { "code-label-characters" } else { "code-label-digits" };
    let tries = state.map_or(0, |s| s.attempts_left);
    Form {
        rule: ask.rule.clone(),
        attempt,
        label: view.t1(label, "count", u32::from(ask.code.length)),
        length: usize::from(ask.code.length),
        letters,
        auto: tries > 1,
        open: state.is_none_or(|s| s.state != State::Exhausted && !is_expired(view, s)),
        until: state.map(|s| s.expires_at),
        seconds: ask.code.validity_seconds,
        left: state.map_or(0, |s| view.now.until(s.expires_at).as_secs()),
        tries,
        resend_at: state.and_then(|s| s.resend_at),
        asked_by: view.t1("ask-rule", "by", ask.label.as_str()),
    }
}

/// Title and text for a change that could not begin to wait.
pub fn refusal(view: &View, why: Refusal) -> (String, String) {
    match why {
        Refusal::Limit => (view.t("ask-limit-title"), view.t("ask-limit-text")),
        Refusal::RecipientMissing => (view.t("pending-recipient-missing-title"), view.t("pending-recipient-missing-text")),
        Refusal::RecipientHeld => (view.t("pending-recipient-held-title"), view.t("pending-recipient-held-text")),
    }
}

/// The sentence for a code or resend that failed, at the field.
pub fn failure(view: &View, e: &PendingError) -> Option<String> {
    match e {
        PendingError::Malformed => Some(view.t("code-missing")),
        PendingError::Call(c) if c.is_temporary() && c.status() != Some(429) => Some(view.t("ask-busy")),
        _ => None,
    }
}

/// A receipt.
#[derive(Template)]
#[template(path = "crm/receipt.html")]
pub struct ReceiptPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The receipt.
    pub id: String,
    /// What the seal says.
    pub seal: String,
    /// From what to what, as far as the person may read it.
    pub changes: Vec<(String, String, String)>,
    /// Whether something isn't shown to him.
    pub hidden: bool,
    /// The record.
    pub record_href: String,
    /// What it is called.
    pub record_label: String,
    /// Who confirmed it, masked.
    pub confirmed_by: String,
    /// When.
    pub confirmed_at: Timestamp,
    /// Its place in the record's chain.
    pub sequence: i64,
    /// The provider's page.
    pub public_href: String,
    /// The file.
    pub download_href: String,
}

mod samples;
