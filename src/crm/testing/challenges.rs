//! The provider's side of challenges in a few lines: one code for all, counted and compared in memory, with receipts that
//! are signed and chained. It can be made to lose answers or to be away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State as Of};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::contract::challenge::*;
use crate::contract::receipt::{Concealed, Evidence, ReceiptClaims, SdAlg, conceal_recipient, issue};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::delivery::mask_address;
use crate::kernel::entropy::SeededEntropy;
use crate::kernel::jose::{Alg, SigningKey, digest};

/// The right code of every challenge.
pub const CODE: &str = "48151";

/// What was asked for and how it stands.
pub struct Made {
    pub request: CreateChallenge,
    pub state: ChallengeState,
}

pub struct Inner {
    issuer: String,
    clock: Arc<ManualClock>,
    pub key: SigningKey,
    /// Signs receipts instead, and is not published.
    pub forger: Option<SigningKey>,
    pub made: Vec<Made>,
    pub reports: Vec<(String, Report)>,
    pub receipts: BTreeMap<String, ReceiptAnswer>,
    attempts: BTreeMap<String, ConfirmAnswer>,
    /// Answers 503 to everything.
    pub away: bool,
    /// Does what is asked and answers 500.
    pub loses: bool,
    /// Makes no challenge and says to ask again after so many seconds.
    pub enough: Option<u64>,
    /// How often a challenge was asked for.
    pub asked: usize,
}

#[derive(Clone)]
pub struct Desk(Arc<Mutex<Inner>>);

impl Desk {
    pub fn new(issuer: &str, clock: Arc<ManualClock>) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            issuer: issuer.into(),
            clock,
            key: SigningKey::generate(Alg::Es256).unwrap(),
            forger: None,
            made: vec![],
            reports: vec![],
            receipts: BTreeMap::new(),
            attempts: BTreeMap::new(),
            away: false,
            loses: false,
            enough: None,
            asked: 0,
        })))
    }
    pub fn open(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Does `work`, and answers it unless answers are lost.
    fn answer(&self, work: impl FnOnce(&mut Inner) -> Response) -> Response {
        let mut inner = self.open();
        if inner.away {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let answer = work(&mut inner);
        if inner.loses { StatusCode::INTERNAL_SERVER_ERROR.into_response() } else { answer }
    }
}

impl Inner {
    fn at(&mut self, id: &str) -> &mut Made {
        let now = self.clock.now();
        let found = self.made.iter_mut().find(|m| m.state.id == id).unwrap();
        if found.state.state == State::Sent && now >= found.state.expires_at {
            found.state.state = State::Expired;
        }
        found
    }

    fn create(&mut self, request: CreateChallenge) -> Response {
        request.check().unwrap();
        self.asked += 1;
        if let Some(wait) = self.enough {
            let body = Json(json!({"code": "too_many"}));
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", wait.to_string())], body).into_response();
        }
        let same = self.made.iter().find(|m| m.request.pending == request.pending && m.request.rule.key == request.rule.key);
        if let Some(there) = same {
            assert_eq!(there.request, request);
            return Json(there.state.clone()).into_response();
        }
        let now = self.clock.now();
        let state = ChallengeState {
            id: format!("challenge-{}", self.made.len()),
            pending: request.pending.clone(),
            rule: request.rule.clone(),
            state: State::Sent,
            channel: request.recipient.channel,
            recipient: mask_address(&request.recipient.address),
            created_at: now,
            sent_at: Some(now),
            expires_at: Timestamp(now.0 + i64::from(request.code.validity_seconds) * 1000),
            attempts_left: request.limits.max_attempts,
            attempts_at: None,
            resends_left: request.limits.max_resends,
            resend_at: Some(Timestamp(now.0 + i64::from(request.limits.resend_pause_seconds) * 1000)),
            delivery: DeliveryState::Sent,
            confirmation: None,
            receipt: None,
            void_reason: None,
        };
        self.made.push(Made { request, state: state.clone() });
        (StatusCode::CREATED, Json(state)).into_response()
    }

    fn confirm(&mut self, id: &str, request: &ConfirmRequest) -> ConfirmAnswer {
        if let Some(before) = self.attempts.get(&request.attempt) {
            return before.clone();
        }
        let now = self.clock.now();
        let made = self.at(id);
        let s = &mut made.state;
        let outcome = match s.state {
            State::Void => Outcome::Void,
            State::Confirmed | State::Applied => Outcome::Used,
            State::Exhausted => Outcome::Exhausted,
            State::Expired => Outcome::Expired,
            State::Waiting | State::Sent if request.code.expose_secret() == CODE => Outcome::Confirmed,
            State::Waiting | State::Sent => Outcome::Wrong,
        };
        if outcome == Outcome::Wrong {
            s.attempts_left -= 1;
            s.state = if s.attempts_left == 0 { State::Exhausted } else { s.state };
        }
        if outcome == Outcome::Confirmed {
            s.state = State::Confirmed;
            let masked = conceal_recipient(&s.recipient, &SeededEntropy::new(3)).unwrap();
            s.confirmation = Some(Confirmation {
                rule: s.rule.clone(),
                challenge: s.id.clone(),
                channel: s.channel.as_str().into(),
                at: now,
                evidence: Evidence::CodeRelayed,
                recipient: Concealed::of([masked.digest()]),
            });
        }
        let confirmation = s.confirmation.clone().filter(|_| outcome == Outcome::Confirmed);
        let answer = ConfirmAnswer { outcome, attempts_left: s.attempts_left, confirmation };
        self.attempts.insert(request.attempt.clone(), answer.clone());
        answer
    }

    fn resend(&mut self, id: &str) -> Response {
        let now = self.clock.now();
        let made = self.at(id);
        let (limits, s) = (made.request.limits, &mut made.state);
        if s.resend_at.is_some_and(|at| now < at) {
            let wait = (s.resend_at.unwrap().0 - now.0) / 1000;
            let body = json!({"code": "too_many", "challenge": s});
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", wait.to_string())], Json(body)).into_response();
        }
        if s.resends_left == 0 {
            return (StatusCode::GONE, Json(json!({"code": "gone", "challenge": s}))).into_response();
        }
        s.resends_left -= 1;
        s.state = State::Sent;
        s.expires_at = Timestamp(now.0 + i64::from(made.request.code.validity_seconds) * 1000);
        s.resend_at = (s.resends_left > 0).then(|| Timestamp(now.0 + i64::from(limits.resend_pause_seconds) * 1000));
        (StatusCode::ACCEPTED, Json(s.clone())).into_response()
    }

    fn report(&mut self, pending: &str, report: Report) -> Response {
        self.reports.push((pending.into(), report.clone()));
        let all: Vec<usize> = (0..self.made.len()).filter(|n| self.made[*n].request.pending == pending).collect();
        let Some(first) = all.first() else { return StatusCode::NOT_FOUND.into_response() };
        match report {
            Report::Void { reason } => {
                for n in all {
                    assert_ne!(self.made[n].state.state, State::Applied);
                    self.made[n].state.state = State::Void;
                    self.made[n].state.void_reason = Some(reason);
                }
                Json(ReportAnswer { state: State::Void, receipt: None }).into_response()
            }
            Report::Applied { applied_at, digest: said } => {
                assert!(all.iter().all(|n| self.made[*n].state.confirmation.is_some()), "every challenge is confirmed");
                assert_eq!(self.made[*first].request.digest, said);
                if !self.receipts.contains_key(pending) {
                    let receipt = self.issue(&all, applied_at);
                    self.receipts.insert(pending.into(), receipt);
                }
                let receipt = self.receipts.get(pending).cloned();
                Json(ReportAnswer { state: State::Applied, receipt }).into_response()
            }
        }
    }

    fn issue(&mut self, all: &[usize], applied_at: Timestamp) -> ReceiptAnswer {
        let request = self.made[all[0]].request.clone();
        let id = format!("receipt-{}", self.receipts.len());
        let of_record = |m: &Made| m.request.record == request.record && m.state.state == State::Applied;
        let before: Vec<&ReceiptAnswer> =
            self.made.iter().filter(|m| of_record(m)).filter_map(|m| self.receipts.get(&m.request.pending)).collect();
        let last = before.iter().max_by_key(|r| r.sequence);
        let sequence = last.map_or(1, |r| r.sequence + 1);
        let confirmed: Vec<Confirmation> = all.iter().map(|n| self.made[*n].state.confirmation.clone().unwrap()).collect();
        let masked = conceal_recipient(&self.made[all[0]].state.recipient, &SeededEntropy::new(3)).unwrap();
        let claims = ReceiptClaims {
            iss: self.issuer.clone(),
            iat: applied_at.seconds(),
            jti: id.clone(),
            instance: "i".into(),
            record: request.record.clone(),
            sequence,
            previous: last.map(|r| r.hash.clone()),
            change: request.pending.clone(),
            changes: Concealed::of(request.changes.clone()),
            confirmed,
            applied_at,
            actor: "pairwise".into(),
            requester: "pairwise".into(),
            sd_alg: SdAlg::Sha256,
        };
        let signed = issue(self.forger.as_ref().unwrap_or(&self.key), &claims, vec![masked]).unwrap();
        let payload = URL_SAFE_NO_PAD.decode(signed.jwt.split('.').nth(1).unwrap()).unwrap();
        for n in all {
            self.made[*n].state.state = State::Applied;
            self.made[*n].state.receipt = Some(id.clone());
        }
        let url = format!("{}/receipts/{id}", self.issuer);
        ReceiptAnswer { id, sequence, hash: digest(&payload), receipt: signed.to_string(), issued_at: applied_at, url }
    }
}

pub fn routes(desk: Desk) -> Router {
    Router::new()
        .route(
            "/api/challenges",
            post(|Of(d): Of<Desk>, Json(r): Json<CreateChallenge>| async move { d.answer(|i| i.create(r)) }),
        )
        .route("/oauth2/receipt-keys", get(|Of(d): Of<Desk>| async move { Json(json!({"keys": [d.open().key.public_jwk()]})) }))
        .route(
            "/api/challenges/{id}/confirm",
            post(|Of(d): Of<Desk>, Path(id): Path<String>, Json(r): Json<ConfirmRequest>| async move {
                d.answer(|i| Json(i.confirm(&id, &r)).into_response())
            }),
        )
        .route(
            "/api/challenges/{id}/resend",
            post(|Of(d): Of<Desk>, Path(id): Path<String>| async move { d.answer(|i| i.resend(&id)) }),
        )
        .route(
            "/api/pending/{id}",
            get(|Of(d): Of<Desk>, Path(id): Path<String>| async move {
                d.answer(|i| {
                    let ids: Vec<String> =
                        i.made.iter().filter(|m| m.request.pending == id).map(|m| m.state.id.clone()).collect();
                    if ids.is_empty() {
                        return StatusCode::NOT_FOUND.into_response();
                    }
                    let challenges = ids.iter().map(|c| i.at(c).state.clone()).collect();
                    Json(PendingState { pending: id, challenges, receipt: None }).into_response()
                })
            }),
        )
        .route(
            "/api/pending/{id}/report",
            post(|Of(d): Of<Desk>, Path(id): Path<String>, Json(r): Json<Report>| async move { d.answer(|i| i.report(&id, r)) }),
        )
        .with_state(desk)
}
