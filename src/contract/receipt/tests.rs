//! Tests of receipts and their chains.

use serde_json::json;

use super::*;
use crate::kernel::entropy::SeededEntropy;

const ISS: &str = "https://id.example.com";

fn key() -> SigningKey {
    SigningKey::generate(Alg::EdDsa).unwrap()
}
fn sign(key: &SigningKey, record: &str, sequence: u64, previous: Option<&str>, id: &str) -> SdJwt {
    let e = SeededEntropy::new(sequence);
    let status = FieldKey::try_from("status").unwrap();
    let change = conceal_change(&status, &json!("planned"), &json!("delivered"), &e).unwrap();
    let recipient = conceal_recipient("b***@example.com", &e).unwrap();
    let claims = ReceiptClaims {
        iss: ISS.into(),
        iat: 1_800_000_000,
        jti: format!("receipt-{id}"),
        instance: "instance-1".into(),
        record: RecordRef { module: "deliveries".try_into().unwrap(), id: record.into() },
        sequence,
        previous: previous.map(str::to_owned),
        change: format!("change-{id}"),
        changes: Concealed::of([change.digest()]),
        confirmed: vec![Confirmation {
            rule: RuleRef { key: "delivered".into(), version: 3 },
            challenge: format!("challenge-{id}"),
            channel: "email".into(),
            at: Timestamp(1_800_000_000_000),
            evidence: Evidence::CodeRelayed,
            recipient: Concealed::of([recipient.digest()]),
        }],
        applied_at: Timestamp(1_800_000_000_500),
        actor: "pairwise-daan".into(),
        requester: "pairwise-daan".into(),
        sd_alg: SdAlg::Sha256,
    };
    issue(key, &claims, vec![change, recipient]).unwrap()
}
fn verified(receipt: &SdJwt, key: &SigningKey) -> Receipt {
    let parsed = SdJwt::parse(&receipt.to_string()).unwrap();
    Receipt::verify(&parsed, ISS, &key.key_set().unwrap()).unwrap()
}
fn chain(key: &SigningKey, record: &str, length: u64) -> Vec<Receipt> {
    let mut all: Vec<Receipt> = vec![];
    for sequence in 1..=length {
        let receipt = sign(key, record, sequence, all.last().map(Receipt::hash), &format!("{record}-{sequence}"));
        all.push(verified(&receipt, key));
    }
    all
}
fn hashes(receipts: &[Receipt]) -> Vec<String> {
    receipts.iter().map(|r| r.hash().to_owned()).collect()
}
fn why(receipts: &[Receipt], head: Option<&Head>) -> (usize, ChainProblem) {
    let fault = verify_chain(receipts, head).unwrap_err();
    (fault.position, fault.problem)
}

/// X1
#[test]
fn a_receipt_says_what_changed_and_who_confirmed_it() {
    let key = key();
    let receipt = verified(&sign(&key, "r", 1, None, "a"), &key);
    let changes: Vec<_> = receipt.changes().collect();
    assert_eq!(changes, [("status", &json!("planned"), &json!("delivered"))]);
    assert_eq!(receipt.recipient(0), Some("b***@example.com"));
    assert_eq!(receipt.concealed(), 0);
    assert_eq!(receipt.claims().confirmed[0].rule.version, 3);
}

/// X1: the provider signs no value.
#[test]
fn the_signed_part_holds_no_value() {
    let key = key();
    let receipt = verified(&sign(&key, "r", 1, None, "a"), &key);
    let payload = String::from_utf8(receipt.disclosed.signed().payload().to_vec()).unwrap();
    for value in ["planned", "delivered\"}", "status", "example.com\"]", "b***"] {
        assert!(!payload.contains(value), "{value} in {payload}");
    }
    assert!(payload.contains(r#""previous":null"#));
}

/// case 48
#[test]
fn an_erased_receipt_still_verifies_and_stays_in_its_chain() {
    let key = key();
    let mut receipts = vec![];
    let mut previous = None;
    for sequence in 1..=3 {
        let whole = sign(&key, "r", sequence, previous.as_deref(), &sequence.to_string());
        let erased = verified(&whole.present(|_| false), &key);
        assert_eq!((erased.concealed(), erased.changes().count(), erased.recipient(0)), (2, 0, None));
        assert_eq!(erased.hash(), verified(&whole, &key).hash());
        previous = Some(erased.hash().to_owned());
        receipts.push(erased);
    }
    assert_eq!(verify_chain(&receipts, None).unwrap().sequence, 3);
}

#[test]
fn a_receipt_of_another_issuer_type_or_key_is_refused() {
    let key = key();
    let receipt = sign(&key, "r", 1, None, "a");
    let keys = key.key_set().unwrap();
    assert!(Receipt::verify(&receipt, "https://other.example", &keys).is_err());
    assert!(Receipt::verify(&receipt, ISS, &self::key().key_set().unwrap()).is_err());
    let claims = verified(&receipt, &key).claims().clone();
    let other = SdJwt { jwt: key.sign_jwt("JWT", &claims).unwrap(), disclosures: vec![] };
    assert!(Receipt::verify(&other, ISS, &keys).is_err());
    // A first receipt says so; one that merely leaves `previous` out is refused.
    let mut claims = serde_json::to_value(claims).unwrap();
    claims.as_object_mut().unwrap().remove("previous");
    let silent = SdJwt { jwt: key.sign_jwt(RECEIPT_TYP, &claims).unwrap(), disclosures: vec![] };
    assert_eq!(Receipt::verify(&silent, ISS, &keys).unwrap_err(), JoseError::Form);
}

#[test]
fn a_whole_chain_verifies_and_tells_its_end() {
    let all = chain(&key(), "r", 4);
    let head = verify_chain(&all, None).unwrap();
    assert_eq!(head, Head { sequence: 4, hash: Some(all[3].hash().to_owned()) });
    assert_eq!(verify_chain(&all, Some(&head)).unwrap(), head);
    assert_eq!(verify_chain(&[], None).unwrap(), Head { sequence: 0, hash: None });
}

/// case 47
#[test]
fn a_swapped_missing_or_foreign_entry_is_named() {
    let key = key();
    let all = chain(&key, "r", 4);
    let mut swapped = all.clone();
    swapped.swap(1, 2);
    assert_eq!(why(&swapped, None), (1, ChainProblem::OutOfPlace { expected: 2, found: 3 }));
    let mut missing = all.clone();
    missing.remove(1);
    assert_eq!(why(&missing, None), (1, ChainProblem::OutOfPlace { expected: 2, found: 3 }));
    assert_eq!(why(&all[1..], None), (0, ChainProblem::OutOfPlace { expected: 1, found: 2 }));
    let mut foreign = all;
    foreign[2] = chain(&key, "other", 3)[2].clone();
    assert_eq!(why(&foreign, None), (2, ChainProblem::OtherRecord));
}

/// case 47
#[test]
fn a_replaced_entry_breaks_the_one_after_it() {
    let key = key();
    let mut all = chain(&key, "r", 4);
    // Signed properly, in the right place, naming the right one before it: another history all the same.
    all[1] = verified(&sign(&key, "r", 2, Some(all[0].hash()), "rewritten"), &key);
    assert_eq!(why(&all, None), (2, ChainProblem::OtherPrevious));
    let fault = verify_chain(&all, None).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "receipt 3 (receipt-r-3): it doesn't follow the receipt before it, one of the two was replaced"
    );
}

/// case 47
#[test]
fn a_fork_is_named() {
    let key = key();
    let mut all = chain(&key, "r", 3);
    all.insert(2, verified(&sign(&key, "r", 2, Some(all[0].hash()), "fork"), &key));
    assert_eq!(why(&all, None), (2, ChainProblem::Fork { sequence: 2 }));
    let first = chain(&key, "r", 1).remove(0);
    let again = verified(&sign(&key, "r", 2, Some(first.hash()), "r-1"), &key);
    assert_eq!(why(&[first, again], None), (1, ChainProblem::Repeated));
}

/// case 47
#[test]
fn a_cut_tail_is_seen_by_whoever_knows_the_end() {
    let key = key();
    let all = chain(&key, "r", 4);
    let head = verify_chain(&all, None).unwrap();
    assert_eq!(why(&all[..3], Some(&head)), (3, ChainProblem::CutOff { expected: 4, found: 3 }));
    assert_eq!(why(&[], Some(&head)), (0, ChainProblem::CutOff { expected: 4, found: 0 }));
    let short = Head { sequence: 3, hash: None };
    assert_eq!(why(&all, Some(&short)), (3, ChainProblem::BeyondHead));
    let mut other_end = all;
    other_end[3] = verified(&sign(&key, "r", 4, Some(other_end[2].hash()), "other"), &key);
    assert_eq!(why(&other_end, Some(&head)), (3, ChainProblem::OtherHead));
}

struct Log {
    all: Vec<Checkpoint>,
    keys: KeySet,
}

impl Log {
    fn of(keys: &[&SigningKey]) -> Self {
        Self { all: vec![], keys: KeySet::of(keys.iter().map(|k| k.public().clone())).unwrap() }
    }
    fn make(&self, key: &SigningKey, at: i64, receipts: &[Receipt]) -> Checkpoint {
        let covers = hashes(receipts);
        let claims = CheckpointClaims {
            iss: ISS.into(),
            instance: "instance-1".into(),
            number: self.all.len() as u64 + 1,
            at: Timestamp(at),
            count: covers.len() as u64,
            hash: hash_of(&covers),
            previous: self.all.last().map(|c| c.hash().to_owned()),
        };
        Checkpoint::verify(&claims.sign(key).unwrap(), covers, ISS, &self.keys).unwrap()
    }
    fn add(&mut self, key: &SigningKey, at: i64, receipts: &[Receipt]) {
        self.all.push(self.make(key, at, receipts));
    }
    fn why(&self, retired: &Retirements) -> (u64, CheckpointProblem) {
        let fault = verify_checkpoints(&self.all, retired, 0).unwrap_err();
        (fault.number, fault.problem)
    }
}

/// case 47
#[test]
fn what_a_retired_key_signs_afterwards_does_not_count() {
    let (old, new) = (key(), key());
    let (honest, late) = (chain(&old, "r", 2), chain(&new, "s", 1));
    let retired = Retirements::from([(old.kid().to_owned(), Timestamp(200))]);
    let mut log = Log::of(&[&old, &new]);
    log.add(&old, 100, &honest[..1]);
    log.add(&new, 200, &honest[1..]);
    log.add(&new, 300, &late);
    let covered = verify_checkpoints(&log.all, &retired, 3).unwrap();
    assert!(honest.iter().chain(&late).all(|r| covered.counts(r).is_ok()));
    assert_eq!(covered.covered_at(&honest[1]), Some(Timestamp(200)));

    // The thief continues the chain with the old key: soundly signed, soundly chained, any time he likes in it.
    let forged = verified(&sign(&old, "r", 3, Some(honest[1].hash()), "forged"), &old);
    let whole: Vec<_> = honest.iter().cloned().chain([forged.clone()]).collect();
    assert!(verify_chain(&whole, None).is_ok());
    let refused = covered.counts(&forged).unwrap_err();
    assert_eq!((refused.receipt.as_str(), refused.kid.as_str()), ("receipt-forged", old.kid()));
    assert!(refused.to_string().contains("retired key"));
    assert!(Covered::nothing(&retired).counts(&honest[0]).is_err());
    assert!(Covered::nothing(&retired).counts(&late[0]).is_ok());

    // Covered by a checkpoint in use, but after the retirement: not of its time.
    log.add(&new, 400, std::slice::from_ref(&forged));
    assert!(verify_checkpoints(&log.all, &retired, 4).unwrap().counts(&forged).is_err());
}

/// case 47
#[test]
fn a_retired_key_vouches_for_no_list_of_checkpoints() {
    let (old, new) = (key(), key());
    let honest = chain(&old, "r", 1);
    let forged = verified(&sign(&old, "r", 2, Some(honest[0].hash()), "forged"), &old);
    let retired = Retirements::from([(old.kid().to_owned(), Timestamp(200))]);
    // A list of his own, dated back.
    let mut log = Log::of(&[&old, &new]);
    log.add(&old, 100, &[honest[0].clone(), forged.clone()]);
    assert_eq!(log.why(&retired), (1, CheckpointProblem::NotVouchedFor));
    // His checkpoint slipped in before one of the new key, which names another.
    let mut log = Log::of(&[&old, &new]);
    log.add(&old, 100, &honest);
    log.add(&new, 200, &[]);
    log.all[0] = Log::of(&[&old, &new]).make(&old, 100, &[honest[0].clone(), forged]);
    assert_eq!(log.why(&retired), (2, CheckpointProblem::OtherPrevious));
}

#[test]
fn a_list_of_checkpoints_with_a_fault_is_refused_and_says_where() {
    let key = key();
    let all = chain(&key, "r", 3);
    let build = || {
        let mut log = Log::of(&[&key]);
        for (i, receipt) in all.iter().enumerate() {
            log.add(&key, 100 * (i as i64 + 1), std::slice::from_ref(receipt));
        }
        log
    };
    let none = Retirements::new();
    assert!(verify_checkpoints(&build().all, &none, 3).is_ok());
    let mut log = build();
    log.all.swap(1, 2);
    assert_eq!(log.why(&none), (3, CheckpointProblem::OutOfPlace));
    let mut log = build();
    log.all.remove(0);
    assert_eq!(log.why(&none), (2, CheckpointProblem::OutOfPlace));
    let mut log = build();
    log.add(&key, 250, &[]);
    assert_eq!(log.why(&none), (4, CheckpointProblem::OtherPrevious));
    let mut log = build();
    log.add(&key, 400, &all[..1]);
    assert_eq!(log.why(&none), (4, CheckpointProblem::Repeated));
    let log = build();
    assert_eq!(verify_checkpoints(&log.all[..2], &none, 3).unwrap_err().problem, CheckpointProblem::CutOff);
    // Other hashes exported with a checkpoint than it covers.
    let mut log = build();
    let token = log.all[2].claims().clone().sign(&key).unwrap();
    log.all[2] = Checkpoint::verify(&token, hashes(&all[..1]), ISS, &log.keys).unwrap();
    assert_eq!(log.why(&none), (3, CheckpointProblem::OtherReceipts));
    assert!(Checkpoint::verify(&token, vec![], "https://other.example", &log.keys).is_err());
}

#[test]
fn every_reason_reads_as_a_sentence_for_people() {
    let fault = CheckpointFault { number: 7, problem: CheckpointProblem::NotVouchedFor };
    assert!(fault.to_string().starts_with("checkpoint 7: the last checkpoint is signed by a retired key"));
    let fault = ChainFault { position: 3, receipt: None, problem: ChainProblem::CutOff { expected: 5, found: 3 } };
    assert_eq!(fault.to_string(), "receipt 4 (missing): the chain ends at 3 and should end at 5");
}
