//! The pages that verify a receipt, for people who need not know what a signature is.

use askama::Template;
use serde_json::Value;

use super::public::{Genuine, Why};
use crate::kernel::clock::Timestamp;
use crate::kernel::delivery::Channel;
use crate::kernel::pages::{Page, Problem, View};

/// Where a receipt is pasted.
#[derive(Template)]
#[template(path = "idp/receipts.html")]
pub struct ReceiptsPage {
    /// The request's view.
    pub view: View,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl ReceiptsPage {
    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

/// What was found out about a receipt.
#[derive(Template)]
#[template(path = "idp/receipt.html")]
pub struct ReceiptPage {
    /// The request's view.
    pub view: View,
    /// The receipt, if it is genuine.
    pub shown: Option<Shown>,
    /// Why it isn't.
    pub why: String,
    /// Whether it was opened by its id, and not brought by someone who has it already.
    pub by_id: bool,
    /// What the times' zone is called.
    pub zone: String,
    /// Where the keys are published.
    pub keys: String,
}

/// A genuine receipt in words.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// The record.
    pub record: String,
    /// What was disclosed of the change.
    pub changes: Vec<Change>,
    /// The confirmations.
    pub confirmed: Vec<Confirmed>,
    /// When it was carried out.
    pub applied_at: Timestamp,
    /// Its place in the record's chain.
    pub chain: String,
    /// Whether some values were not disclosed.
    pub hidden: bool,
    /// The key.
    pub kid: String,
    /// The checkpoint that covers it; empty for none yet.
    pub covered: String,
    /// The hash of its payload.
    pub hash: String,
    /// The hash of the payload before it; empty for the first.
    pub previous: String,
}

/// A disclosed change.
#[derive(Clone, Debug)]
pub struct Change {
    /// The field.
    pub field: String,
    /// What it was.
    pub from: String,
    /// What it became.
    pub to: String,
}

/// A confirmation.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// When the code came.
    pub at: Timestamp,
    /// By what.
    pub by: String,
    /// The rule with its version.
    pub rule: String,
}

impl ReceiptPage {
    /// The page for what was found.
    pub fn new(view: View, found: Result<&Genuine, Why>, by_id: bool, keys: String) -> Self {
        let zone = view.zone.iana_name().unwrap_or("UTC").rsplit('/').next().unwrap_or_default().replace('_', " ");
        let (shown, why) = match found {
            Ok(genuine) => (Some(shown(&view, genuine)), String::new()),
            Err(why) => (None, view.t(why.key())),
        };
        Self { view, shown, why, by_id, zone, keys }
    }
}

fn shown(view: &View, genuine: &Genuine) -> Shown {
    let (receipt, claims) = (&genuine.receipt, genuine.receipt.claims());
    let change = |(field, from, to): (&str, &Value, &Value)| Change { field: field.to_owned(), from: plain(from), to: plain(to) };
    let confirmed = claims.confirmed.iter().enumerate().map(|(i, c)| Confirmed {
        at: c.at,
        by: by(view, &c.channel, receipt.recipient(i)),
        rule: view.t2("receipt-rule-version", "name", c.rule.key.as_str(), "version", c.rule.version.to_string()),
    });
    let number = claims.sequence.to_string();
    let chain = match genuine.of {
        Some(of) => view.t2("receipt-chain-of", "number", number, "count", of.to_string()),
        None => view.t1("receipt-chain-number", "number", number),
    };
    let covered = genuine.checkpoint.map(|n| view.t1("receipt-covered", "number", n.to_string())).unwrap_or_default();
    Shown {
        id: claims.jti.clone(),
        record: format!("{} {}", claims.record.module, claims.record.id),
        changes: receipt.changes().map(change).collect(),
        confirmed: confirmed.collect(),
        applied_at: claims.applied_at,
        chain,
        hidden: receipt.concealed() > 0,
        kid: receipt.kid().to_owned(),
        covered,
        hash: receipt.hash().to_owned(),
        previous: claims.previous.clone().unwrap_or_default(),
    }
}

fn by(view: &View, channel: &str, to: Option<&str>) -> String {
    let sms = channel == Channel::Sms.as_str();
    match to {
        Some(to) => view.t1(if sms { "receipt-by-sms" } else { "receipt-by-mail" }, "to", to),
        None => view.t(if sms { "receipt-by-sms-hidden" } else { "receipt-by-mail-hidden" }),
    }
}

/// A value as people read it. Absent is nothing at all.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

impl Page for ReceiptsPage {
    fn samples(view: View) -> Vec<Self> {
        let missing = Problem { field: "receipt".into(), text: view.t("receipt-missing") };
        vec![Self { view: view.clone(), problems: vec![] }, Self { view, problems: vec![missing] }]
    }
}

impl Page for ReceiptPage {
    fn samples(view: View) -> Vec<Self> {
        let keys = "https://id.example.com/oauth2/receipt-keys".to_owned();
        let sample = |hidden: bool| {
            let to = |masked| (!hidden).then_some(masked);
            let change = Change { field: "status".into(), from: "On the road".into(), to: "Delivered".into() };
            let name = view.t2("receipt-rule-version", "name", "delivery_confirmed", "version", "4");
            let one = |channel, masked| Confirmed { at: view.now, by: by(&view, channel, to(masked)), rule: name.clone() };
            Shown {
                id: "019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90".into(),
                record: "deliveries 019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e91".into(),
                changes: if hidden { vec![] } else { vec![change] },
                confirmed: vec![one("sms", "+31 6 ••• 42"), one("mail", "p•••@example.com")],
                applied_at: view.now,
                chain: if hidden {
                    view.t1("receipt-chain-number", "number", "3")
                } else {
                    view.t2("receipt-chain-of", "number", "3", "count", "3")
                },
                hidden,
                kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into(),
                covered: view.t1("receipt-covered", "number", "1204"),
                hash: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".into(),
                previous: if hidden { String::new() } else { "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".into() },
            }
        };
        let page = |shown, why: &str| Self {
            shown,
            why: if why.is_empty() { String::new() } else { view.t(why) },
            by_id: why.is_empty(),
            zone: "Amsterdam".into(),
            keys: keys.clone(),
            view: view.clone(),
        };
        let genuine = [page(Some(sample(false)), ""), page(Some(sample(true)), "")];
        genuine.into_iter().chain(Why::ALL.map(|w| page(None, w.key()))).collect()
    }
}
