//! Checking a file of receipts with nothing but published keys: no server, no database. What the command
//! `zegel receipts verify FILE` prints. Owns reading the file and putting the answers into words; the checks themselves are
//! those of `contract::receipt`, the same that every other place uses.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::checkpoint::{Export, Exported};
use crate::contract::receipt::{Checkpoint, Covered, Head, Receipt, RecordRef, Retirements, verify_chain, verify_checkpoints};
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{JoseError, KeySet, SdJwt};

/// The member of a published key that says when it was retired, in milliseconds.
pub const RETIRED: &str = "retired_at";

/// What a file is checked against.
#[derive(Clone, Debug, Default)]
pub struct Against<'a> {
    /// The issuer that its receipts must have.
    pub issuer: &'a str,
    /// The issuer's receipt keys, as published at `/oauth2/receipt-keys`.
    pub jwks: &'a str,
    /// The export of `/receipts/checkpoints`, whole: an answer, or a list of all its pages.
    pub checkpoints: Option<&'a str>,
    /// The end that the record's chain should have, where it is known from elsewhere. Without it, a chain that was cut at its
    /// end looks whole.
    pub expected: Option<Head>,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Holds,
    /// It doesn't.
    Fails,
    /// What was given can't tell.
    Open,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it holds.
    pub status: Status,
    /// What, in a sentence.
    pub text: String,
}

/// What was found out about a file. Displays as one line for each finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Everything that was looked at, in order.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether something was checked and nothing fails.
    pub fn holds(&self) -> bool {
        self.findings.iter().any(|f| f.status == Status::Holds) && self.findings.iter().all(|f| f.status != Status::Fails)
    }
    fn say(&mut self, status: Status, text: impl fmt::Display) {
        // Values come out of the file: a line of theirs must not pass for one of ours.
        let text = text.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.findings.push(Finding { status, text });
    }
    fn check<T, E: fmt::Display>(&mut self, what: &str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(e) => {
                self.say(Status::Fails, format!("{what}: {e}"));
                None
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let mark = match finding.status {
                Status::Holds => "holds",
                Status::Fails => "FAILS",
                Status::Open => "  ?  ",
            };
            writeln!(f, "{mark}  {}", finding.text)?;
        }
        writeln!(f, "{}", if self.holds() { "Genuine." } else { "Not to be relied on." })
    }
}

/// A file as JSON: what a record store or a customer exports.
#[derive(Deserialize)]
struct Bundle {
    receipts: Vec<String>,
    #[serde(default)]
    checkpoints: Vec<Exported>,
}

fn read(text: &str) -> Result<Bundle, String> {
    let text = text.trim().trim_start_matches('\u{feff}');
    match text.as_bytes().first() {
        None => Err("it is empty".into()),
        Some(b'{') => serde_json::from_str(text).map_err(|e| e.to_string()),
        Some(b'[') => {
            serde_json::from_str(text).map(|receipts| Bundle { receipts, checkpoints: vec![] }).map_err(|e| e.to_string())
        }
        Some(_) => Ok(Bundle { receipts: text.split_whitespace().map(str::to_owned).collect(), checkpoints: vec![] }),
    }
}

/// The issuer that a file claims to be from, to fetch keys at; nothing is checked yet.
pub fn claimed_issuer(text: &str) -> Option<String> {
    use base64::Engine;
    let first = read(text).ok()?.receipts.into_iter().next()?;
    let payload = first.split('.').nth(1)?;
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}

fn keys(jwks: &str) -> Result<(KeySet, Retirements), JoseError> {
    let value: Value = serde_json::from_str(jwks).map_err(|_| JoseError::Key("the set isn't JSON"))?;
    let set = KeySet::from_json(jwks.as_bytes())?;
    let mut retired = Retirements::new();
    for key in value.get("keys").and_then(Value::as_array).into_iter().flatten() {
        if let Some(at) = key.get(RETIRED) {
            let at = at.as_i64().ok_or(JoseError::Key("retired_at isn't a number of milliseconds"))?;
            let kid = key.get("kid").and_then(Value::as_str).ok_or(JoseError::Key("a retired key has no kid"))?;
            retired.insert(kid.to_owned(), Timestamp(at));
        }
    }
    Ok((set, retired))
}

/// Checks every receipt of a file, the chains that they make, and the checkpoints that came along.
pub fn verify_file(text: &str, against: &Against<'_>) -> Report {
    let mut report = Report::default();
    let Some(bundle) = report.check("the file can't be read", read(text)) else { return report };
    let Some((set, retired)) = report.check("the keys can't be read", keys(against.jwks)) else { return report };
    let exported = against.checkpoints.map_or(Ok(bundle.checkpoints), pages);
    let Some(exported) = report.check("the checkpoints can't be read", exported) else { return report };
    let covered = checkpoints(&mut report, &exported, against.issuer, &set, &retired);
    let mut records: BTreeMap<(RecordRef, String), Vec<Receipt>> = BTreeMap::new();
    for (n, receipt) in bundle.receipts.iter().enumerate() {
        let verified = SdJwt::parse(receipt).and_then(|sd| Receipt::verify(&sd, against.issuer, &set));
        let Some(receipt) = report.check(&format!("receipt {} of the file", n + 1), verified) else { continue };
        signed(&mut report, &receipt, &covered, &retired, !exported.is_empty());
        records.entry((receipt.claims().record.clone(), receipt.claims().instance.clone())).or_default().push(receipt);
    }
    if against.expected.is_some() && records.len() != 1 {
        report.say(Status::Fails, format!("the end of one record's chain was given, and the file has {} records", records.len()));
    }
    for receipts in records.values_mut() {
        receipts.sort_by_key(|r| r.claims().sequence);
        chained(&mut report, receipts, against.expected.as_ref());
    }
    if bundle.receipts.is_empty() {
        report.say(Status::Fails, "there is no receipt in the file");
    }
    report
}

/// The pages of an export, as one answer or as a list of them.
fn pages(text: &str) -> Result<Vec<Exported>, String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Pages {
        One(Export),
        All(Vec<Export>),
    }
    Ok(match serde_json::from_str(text).map_err(|e| e.to_string())? {
        Pages::One(export) => export.checkpoints,
        Pages::All(exports) => exports.into_iter().flat_map(|e| e.checkpoints).collect(),
    })
}

fn checkpoints(report: &mut Report, exported: &[Exported], issuer: &str, set: &KeySet, retired: &Retirements) -> Covered {
    let verify = |c: &Exported| Checkpoint::verify(&c.checkpoint, c.covers.clone(), issuer, set);
    let verified: Result<Vec<Checkpoint>, JoseError> = exported.iter().map(verify).collect();
    let verified = report.check("the checkpoints", verified).unwrap_or_default();
    match report.check("the checkpoints", verify_checkpoints(&verified, retired, 0)) {
        Some(covered) => {
            if !verified.is_empty() {
                report.say(Status::Holds, format!("{} checkpoints follow each other from the first on", verified.len()));
            }
            covered
        }
        None => Covered::nothing(retired),
    }
}

/// What one receipt says, and whether its key may be believed.
fn signed(report: &mut Report, receipt: &Receipt, covered: &Covered, retired: &Retirements, any: bool) {
    let claims = receipt.claims();
    let name = format!("receipt {} (number {} of {} {})", claims.jti, claims.sequence, claims.record.module, claims.record.id);
    if report.check(&name, covered.counts(receipt)).is_none() {
        return;
    }
    report.say(Status::Holds, format!("{name}: signed by {} with key {}", claims.iss, receipt.kid()));
    for (index, c) in claims.confirmed.iter().enumerate() {
        let to = receipt.recipient(index).unwrap_or("a recipient that is not disclosed");
        let rule = format!("rule {} version {}", c.rule.key, c.rule.version);
        report.say(Status::Holds, format!("  confirmed at {} by a code sent by {} to {to}, under {rule}", c.at, c.channel));
    }
    report.say(Status::Holds, format!("  applied at {}", claims.applied_at));
    for (field, from, to) in receipt.changes() {
        report.say(Status::Holds, format!("  {field}: {from} became {to}"));
    }
    if receipt.concealed() > 0 {
        report.say(Status::Open, format!("  values not disclosed in this copy, or erased: {}", receipt.concealed()));
    }
    match covered.covered_at(receipt) {
        Some(at) => report.say(Status::Holds, format!("  covered by a checkpoint of {at}")),
        None if any => report.say(Status::Open, "  no checkpoint that was given covers it yet"),
        None if !retired.is_empty() => report.say(Status::Open, "  no checkpoints were given"),
        None => {}
    }
}

/// Whether one record's receipts, in order, are its chain.
fn chained(report: &mut Report, receipts: &[Receipt], expected: Option<&Head>) {
    let Some(first) = receipts.first().map(Receipt::claims) else { return };
    let name = format!("the chain of {} {}", first.record.module, first.record.id);
    if let [only] = receipts
        && only.claims().sequence > 1
        && expected.is_none()
    {
        report.say(Status::Open, format!("{name}: the receipts before number {} are not in the file", only.claims().sequence));
        return;
    }
    if let Some(head) = report.check(&name, verify_chain(receipts, expected)) {
        report.say(Status::Holds, format!("{name}: receipts 1 to {}, none missing or replaced", head.sequence));
        if expected.is_none() {
            report.say(Status::Open, format!("{name}: whether there are receipts after number {} can't be told", head.sequence));
        }
    }
}
