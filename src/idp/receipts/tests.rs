//! Receipts, their chain, their pages and the check of a file.

use std::time::Duration;

use serde_json::{Value, json};

use super::offline::{Against, Status, claimed_issuer, verify_file};
use super::{checkpoint, flow};
use crate::contract::challenge::*;
use crate::contract::receipt::{Head, Receipt, conceal_change, verify_chain};
use crate::idp::challenges::flow::ChallengeError;
use crate::idp::challenges::tests::{Story, on_engines};
use crate::idp::keyring::Use;
use crate::idp::own::RECORD_STORE;
use crate::idp::testing::ask;
use crate::kernel::audit::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::jose::{SdJwt, digest};
use crate::kernel::pages::{Texts, problems, samples};

impl Story {
    async fn confirmed(&self, body: &CreateChallenge) -> ChallengeState {
        let c = self.create(body).await;
        let answer = self.enter(&c.id, "a", &self.code(&c.id).await).await;
        assert_eq!(answer.outcome, Outcome::Confirmed);
        c
    }
    async fn report(&self, pending: &str, report: Report) -> Result<ReportAnswer, ChallengeError> {
        flow::report(&self.lab.idp, RECORD_STORE, pending, report, Actor::default()).await
    }
    fn applied(&self, pending: &str) -> Report {
        Report::Applied { applied_at: self.lab.clock.now(), digest: digest(pending.as_bytes()) }
    }
    async fn sealed(&self, pending: &str) -> ReceiptAnswer {
        self.confirmed(&self.ask(pending)).await;
        self.report(pending, self.applied(pending)).await.unwrap().receipt.unwrap()
    }
    fn verified(&self, answer: &ReceiptAnswer) -> Receipt {
        let keys = self.lab.idp.keyring.public(Use::Receipt).unwrap();
        Receipt::verify(&SdJwt::parse(&answer.receipt).unwrap(), self.lab.idp.issuer(), &keys).unwrap()
    }
    fn jwks(&self) -> String {
        self.lab.idp.keyring.public(Use::Receipt).unwrap().to_jwks().to_string()
    }
}

/// X1, case 45: one receipt for a change, whatever number of rules it needed and however often it is reported.
#[tokio::test]
async fn a_change_gets_one_receipt_that_lists_every_confirmation() {
    let s = Story::new().await;
    let (one, two) = (s.ask("p1"), CreateChallenge { rule: RuleRef { key: "second".into(), version: 2 }, ..s.ask("p1") });
    let first = s.confirmed(&one).await;
    let second = s.create(&two).await;
    assert!(matches!(s.report("p1", s.applied("p1")).await, Err(ChallengeError::Conflict(_))), "one is not confirmed");
    s.enter(&second.id, "a", &s.code(&second.id).await).await;
    let other = Report::Applied { applied_at: s.lab.clock.now(), digest: digest(b"other") };
    assert!(matches!(s.report("p1", other).await, Err(ChallengeError::Conflict(_))), "not what was confirmed");
    let answer = s.report("p1", s.applied("p1")).await.unwrap();
    s.lab.clock.advance(Duration::from_secs(5));
    assert_eq!(s.report("p1", s.applied("p1")).await.unwrap(), answer);
    assert!(s.report("p1", Report::Void { reason: VoidReason::Failed }).await.is_err());
    let receipt = answer.receipt.unwrap();
    assert_eq!(flow::receipt(&s.lab.idp, RECORD_STORE, &receipt.id).await.unwrap(), receipt);
    let verified = s.verified(&receipt);
    let claims = verified.claims();
    assert_eq!((claims.sequence, claims.previous.as_deref(), claims.confirmed.len()), (1, None, 2));
    assert_eq!((verified.recipient(0), verified.recipient(1)), (Some("p•••@example.com"), Some("p•••@example.com")));
    assert_ne!(claims.actor, s.actor, "persons are pairwise");
    let state = s.state(&first.id).await;
    assert_eq!((state.state, state.receipt), (State::Applied, Some(receipt.id)));
}

/// Contracts, "Sealing a change": void answers the same again, and is not undone.
#[tokio::test]
async fn a_pending_change_that_was_given_up_stays_so() {
    let s = Story::new().await;
    let c = s.confirmed(&s.ask("p1")).await;
    for _ in 0..2 {
        let answer = s.report("p1", Report::Void { reason: VoidReason::Changed }).await.unwrap();
        assert_eq!(answer, ReportAnswer { state: State::Void, receipt: None });
    }
    assert!(matches!(s.report("p1", s.applied("p1")).await, Err(ChallengeError::Conflict(_))));
    assert_eq!(s.state(&c.id).await.void_reason, Some(VoidReason::Changed));
}

/// case 47
#[tokio::test]
async fn reports_at_once_on_one_record_make_one_chain() {
    on_engines(|lab| async {
        let s = Story::of(lab).await;
        let pending: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
        for p in &pending {
            s.confirmed(&s.ask(p)).await;
        }
        let twice = pending.iter().chain(&pending).map(|p| s.report(p, s.applied(p)));
        let answers = futures_util::future::join_all(twice).await;
        let mut receipts: Vec<Receipt> =
            answers.iter().take(8).map(|a| s.verified(a.as_ref().unwrap().receipt.as_ref().unwrap())).collect();
        receipts.sort_by_key(|r| r.claims().sequence);
        assert_eq!(verify_chain(&receipts, None).unwrap().sequence, 8);
    })
    .await;
}

/// X1: the public pages say genuine or not, and why, and show values only to whoever brings them.
#[tokio::test]
async fn the_public_page_verifies_and_shows_only_what_it_is_shown() {
    let s = Story::new().await;
    let app = s.lab.app();
    let mut body = s.ask("p1");
    let status = "status".try_into().unwrap();
    let change = conceal_change(&status, &json!("On the road"), &json!("Delivered"), s.lab.idp.env.entropy.as_ref()).unwrap();
    body.changes = vec![change.digest()];
    s.confirmed(&body).await;
    let receipt = s.report("p1", s.applied("p1")).await.unwrap().receipt.unwrap();
    s.sealed("p2").await;
    let whole = format!("{}{}~", receipt.receipt, change.encoded());
    let paste = |text: &str| {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("receipt", text).finish();
        let app = app.clone();
        async move { ask(&app, "POST", "/receipts/verify", None, body).await }
    };
    let (_, _, page) = paste(&whole).await;
    for part in
        ["This receipt is genuine", "On the road", "Delivered", "p•••@example.com", "Number 1 of 2", "delivered, version 4"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    let (status, _, page) = ask(&app, "GET", &format!("/receipts/{}", receipt.id), None, String::new()).await;
    assert_eq!(status, 200);
    assert!(page.contains("This receipt is genuine") && !page.contains("p•••@") && !page.contains("On the road"));
    let (_, headers, file) = ask(&app, "GET", &format!("/receipts/{}/file", receipt.id), None, String::new()).await;
    assert_eq!(headers["content-type"], "application/sd-jwt");
    assert!(paste(&file).await.2.contains("This receipt is genuine"));
    let mut changed = whole.clone().into_bytes();
    changed[200] = if changed[200] == b'A' { b'B' } else { b'A' };
    let foreign = whole.replace(change.encoded(), "WyJzYWx0IiwieCIsMV0");
    for text in [String::from_utf8(changed).unwrap(), foreign, "nothing".into()] {
        assert!(paste(&text).await.2.contains("This receipt is not genuine"), "{text}");
    }
    assert_eq!(paste(" ").await.0, 422);
    assert_eq!(ask(&app, "GET", "/receipts/none", None, String::new()).await.0, 404);
    let keys: Value = serde_json::from_str(&ask(&app, "GET", "/oauth2/receipt-keys", None, String::new()).await.2).unwrap();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
}

/// A statement that the key signed but that was never issued is not genuine here.
#[tokio::test]
async fn a_signed_receipt_that_is_not_on_record_is_not_genuine() {
    let s = Story::new().await;
    let receipt = s.sealed("p1").await;
    let mut claims = s.verified(&receipt).claims().clone();
    claims.change = "another".into();
    let held = s.lab.idp.keyring.signing(Use::Receipt, crate::kernel::jose::Alg::EdDsa).unwrap();
    let forged = crate::contract::receipt::issue(&held.key, &claims, vec![]).unwrap().to_string();
    let found = super::public::check(&s.lab.idp, &forged).await.unwrap();
    assert_eq!(found.unwrap_err(), super::public::Why::Unknown);
}

/// X1, case 47: checkpoints cover every receipt once, and what they export verifies.
#[tokio::test]
async fn checkpoints_are_made_when_there_is_something_new_and_cover_all_of_it() {
    let s = Story::new().await;
    assert_eq!(checkpoint::run(&s.lab.idp).await.unwrap(), 0);
    let mut texts = vec![];
    for p in ["p1", "p2", "p3"] {
        texts.push(s.sealed(p).await.receipt);
    }
    assert_eq!(checkpoint::run(&s.lab.idp).await.unwrap(), 1);
    texts.push(s.sealed("p4").await.receipt);
    assert_eq!(checkpoint::run(&s.lab.idp).await.unwrap(), 0, "not due yet");
    s.lab.clock.advance(checkpoint::EVERY);
    assert_eq!(checkpoint::run(&s.lab.idp).await.unwrap(), 1);
    let (_, _, export) = ask(&s.lab.app(), "GET", "/receipts/checkpoints", None, String::new()).await;
    let jwks = s.jwks();
    let against = Against { issuer: s.lab.idp.issuer(), jwks: &jwks, checkpoints: Some(&export), expected: None };
    let report = verify_file(&texts.join("\n"), &against);
    assert!(report.holds(), "{report}");
    assert_eq!(report.findings.iter().filter(|f| f.text.contains("covered by a checkpoint")).count(), 4);
    assert!(report.to_string().contains("2 checkpoints follow each other"));
}

/// case 47: a cut tail, a missing and a replaced entry, another key: the file fails and says why.
#[tokio::test]
async fn a_file_is_verified_without_the_server() {
    let s = Story::new().await;
    let mut all = vec![];
    for p in ["p1", "p2", "p3"] {
        all.push(s.sealed(p).await);
    }
    let text = |which: &[usize]| which.iter().map(|i| all[*i].receipt.clone()).collect::<Vec<_>>().join("\n");
    let jwks = s.jwks();
    let against = Against { issuer: s.lab.idp.issuer(), jwks: &jwks, checkpoints: None, expected: None };
    let whole = verify_file(&text(&[2, 0, 1]), &against);
    assert!(whole.holds() && whole.to_string().contains("receipts 1 to 3, none missing or replaced"), "{whole}");
    assert_eq!(claimed_issuer(&text(&[0])).as_deref(), Some(s.lab.idp.issuer()));
    let single = verify_file(&text(&[1]), &against);
    assert!(single.holds() && single.findings.iter().any(|f| f.status == Status::Open), "{single}");
    let why = |text: &str, against: &Against<'_>, part: &str| {
        let report = verify_file(text, against);
        assert!(!report.holds() && report.to_string().contains(part), "{part} in {report}");
    };
    why(&text(&[0, 2]), &against, "number 2 should stand here");
    let end = Head { sequence: 3, hash: Some(all[2].hash.clone()) };
    why(&text(&[0, 1]), &Against { expected: Some(end.clone()), ..against.clone() }, "ends at 2 and should end at 3");
    assert!(verify_file(&text(&[0, 1, 2]), &Against { expected: Some(end), ..against.clone() }).holds());
    why(&text(&[0]), &Against { issuer: "https://other.example", ..against.clone() }, "iss");
    let stranger = crate::kernel::jose::SigningKey::generate(crate::kernel::jose::Alg::EdDsa).unwrap().key_set().unwrap();
    let strangers = stranger.to_jwks().to_string();
    why(&text(&[0]), &Against { jwks: &strangers, ..against.clone() }, "no single key fits");
    let kid = s.verified(&all[0]).kid().to_owned();
    let mut retired: Value = serde_json::from_str(&jwks).unwrap();
    retired["keys"][0]["retired_at"] = s.lab.clock.now().0.into();
    let retired = retired.to_string();
    why(&text(&[0]), &Against { jwks: &retired, ..against.clone() }, &format!("the retired key {kid}"));
    why("", &against, "empty");
    why("x~y", &against, "receipt 1 of the file");
    assert!(!verify_file("[]", &against).holds());
}

/// S8, S9
#[test]
fn the_pages_of_receipts_have_no_problems_in_any_language() {
    let texts = Texts::load().unwrap();
    let mut all = samples::<super::pages::ReceiptsPage>(&texts).unwrap();
    all.extend(samples::<super::pages::ReceiptPage>(&texts).unwrap());
    let found: Vec<String> = all.iter().flat_map(problems).collect();
    assert!(found.is_empty(), "{found:#?}");
    // For looking at them: each page goes to the folder that this names, when it is named.
    if let Ok(folder) = std::env::var("ZEGEL_PAGES_TO") {
        for sample in all {
            std::fs::write(format!("{folder}/{}.html", sample.name), sample.html).unwrap();
        }
    }
}
