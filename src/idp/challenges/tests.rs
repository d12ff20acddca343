//! The provider's half of sealing a change; on both engines where storage decides.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::flow::{self, ChallengeError, Created, Resent};
use super::{confirm, model, store};
use crate::contract::challenge::*;
use crate::idp::own::RECORD_STORE;
use crate::idp::testing::{Lab, ask};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::db::DbError;
use crate::kernel::jose::digest;

/// A lab with someone at work.
pub(crate) struct Story {
    pub(crate) lab: Lab,
    pub(crate) actor: String,
    pub(crate) issue: String,
}

impl Story {
    pub(crate) async fn new() -> Self {
        Self::of(Lab::new().await).await
    }

    /// The same in a lab that is there.
    pub(crate) async fn of(lab: Lab) -> Self {
        let (actor, issue) = lab.signed_in("daan").await;
        Self { lab, actor, issue }
    }

    /// What the record store asks when Daan sets a delivery to Delivered.
    pub(crate) fn ask(&self, pending: &str) -> CreateChallenge {
        CreateChallenge {
            pending: pending.into(),
            rule: RuleRef { key: "delivered".into(), version: 4 },
            actor: self.actor.clone(),
            issue: self.issue.clone(),
            creates: false,
            record: RecordRef { module: "deliveries".try_into().unwrap(), id: "d-2038".into() },
            changes: vec![digest(format!("change {pending}").as_bytes())],
            digest: digest(pending.as_bytes()),
            recipient: Recipient { channel: Channel::Mail, address: "patricia@example.com".into() },
            language: "en".into(),
            message: MessageTexts {
                person: "Daan Visser".into(),
                record: "Delivery D-2038".into(),
                field: "Status".into(),
                value: "Delivered".into(),
            },
            code: CodeSpec { kind: CodeKind::Numeric, length: 5, validity_seconds: 300 },
            limits: Limits {
                max_attempts: 3,
                attempts_window_seconds: None,
                lifetime_attempts: 50,
                max_resends: 2,
                resends_window_seconds: None,
                resend_mode: ResendMode::New,
                resend_pause_seconds: 30,
            },
        }
    }

    pub(crate) async fn create(&self, body: &CreateChallenge) -> ChallengeState {
        match flow::create(&self.lab.idp, RECORD_STORE, body, Actor::default()).await.unwrap() {
            Created::New(state) => state,
            other => panic!("{other:?}"),
        }
    }

    /// The right code, as the provider derives it.
    pub(crate) async fn code(&self, id: &str) -> String {
        let mut snapshot = self.lab.idp.db.snapshot().await.unwrap();
        let c = store::by_id(&mut snapshot.tx(), id).await.unwrap().unwrap();
        model::code(&self.lab.idp.env.root, id, c.generation, c.terms.code).unwrap().expose_secret().to_owned()
    }

    pub(crate) async fn enter(&self, id: &str, attempt: &str, code: &str) -> ConfirmAnswer {
        self.try_enter(id, attempt, code).await.unwrap()
    }

    async fn try_enter(&self, id: &str, attempt: &str, code: &str) -> Result<ConfirmAnswer, ChallengeError> {
        let request = ConfirmRequest { attempt: attempt.into(), issue: self.issue.clone(), code: code.into() };
        confirm::confirm(&self.lab.idp, RECORD_STORE, id, request, Actor::default(), self.lab.clock.now()).await
    }

    pub(crate) async fn state(&self, id: &str) -> ChallengeState {
        flow::state(&self.lab.idp, RECORD_STORE, id).await.unwrap()
    }

    async fn resend(&self, id: &str) -> Resent {
        flow::resend(&self.lab.idp, RECORD_STORE, id, Actor::default()).await.unwrap()
    }

    async fn count(&self, sql: crate::kernel::db::Sql) -> i64 {
        self.lab.idp.db.query(sql).one::<(i64,)>().await.unwrap().0
    }

    async fn all_at_once(&self, id: &str, code: &str) -> Vec<ConfirmAnswer> {
        let attempts: Vec<String> = (0..200).map(|n| format!("attempt-{n}")).collect();
        futures_util::future::join_all(attempts.iter().map(|a| self.until_taken(id, a, code))).await
    }

    /// An attempt that is sent again, as its client would, while there is no room for it.
    async fn until_taken(&self, id: &str, attempt: &str, code: &str) -> ConfirmAnswer {
        loop {
            match self.try_enter(id, attempt, code).await {
                Err(ChallengeError::Db(DbError::Overloaded)) => {}
                other => return other.unwrap(),
            }
        }
    }
}

/// Runs a test on SQLite, and on PostgreSQL where `ZEGEL_TEST_POSTGRES` names a server on which databases can be made.
pub(crate) async fn on_engines<F: Future<Output = ()>>(test: impl Fn(Lab) -> F) {
    test(Lab::new().await).await;
    let server = std::env::var("ZEGEL_TEST_POSTGRES")
        .expect("ZEGEL_TEST_POSTGRES is a PostgreSQL server's address (scripts/test starts one), or `none` to leave it out");
    if server == "none" {
        return;
    }
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("zegel_idp_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    let lab = Lab::on(url.as_str()).await;
    let db = lab.idp.db.clone();
    test(lab).await;
    db.close().await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
}

/// Another code of the same length.
pub(crate) fn other_than(code: &str) -> String {
    code.chars().map(|c| if c == '7' { '3' } else { '7' }).collect()
}

fn outcomes(answers: &[ConfirmAnswer], outcome: Outcome) -> usize {
    answers.iter().filter(|a| a.outcome == outcome).count()
}

/// V7, V8: the customer gets the code and what it confirms; the same code confirms, however it is grouped.
#[tokio::test]
async fn the_code_that_was_mailed_confirms() {
    let s = Story::new().await;
    let c = s.create(&s.ask("p1")).await;
    assert_eq!((c.state, c.delivery, c.recipient.as_str()), (State::Waiting, DeliveryState::Queued, "p•••@example.com"));
    s.lab.work().await;
    let sent = s.state(&c.id).await;
    assert_eq!((sent.state, sent.delivery, sent.sent_at), (State::Sent, DeliveryState::Sent, Some(s.lab.clock.now())));
    let mail = s.lab.latest();
    for part in ["Van Dam Logistics", "Daan Visser", "Delivery D-2038", "Status: Delivered", "5 minutes"] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    let code = mail.text.lines().map(str::trim).find(|l| l.len() == 5 && l.bytes().all(|b| b.is_ascii_digit())).unwrap();
    assert!(!mail.subject.contains(code));
    let answer = s.enter(&c.id, "a1", &format!(" {} {}", &code[..2], &code[2..])).await;
    assert_eq!(answer.outcome, Outcome::Confirmed);
    let confirmation = answer.confirmation.unwrap();
    assert_eq!((confirmation.challenge.as_str(), confirmation.channel.as_str()), (c.id.as_str(), "mail"));
    assert_eq!(s.state(&c.id).await.state, State::Confirmed);
}

/// V11
#[tokio::test]
async fn of_two_hundred_right_codes_at_once_one_confirms() {
    on_engines(|lab| async {
        let s = Story::of(lab).await;
        let c = s.create(&s.ask("p1")).await;
        let answers = s.all_at_once(&c.id, &s.code(&c.id).await).await;
        assert_eq!((outcomes(&answers, Outcome::Confirmed), outcomes(&answers, Outcome::Used)), (1, 199));
    })
    .await;
}

/// V11, case 18
#[tokio::test]
async fn of_two_hundred_wrong_codes_at_once_the_maximum_is_compared_and_then_the_right_one_is_refused() {
    on_engines(|lab| async {
        let s = Story::of(lab).await;
        let c = s.create(&s.ask("p1")).await;
        let code = s.code(&c.id).await;
        let answers = s.all_at_once(&c.id, &other_than(&code)).await;
        assert_eq!((outcomes(&answers, Outcome::Wrong), outcomes(&answers, Outcome::Exhausted)), (3, 197));
        assert_eq!(s.enter(&c.id, "right", &code).await.outcome, Outcome::Exhausted);
        let state = s.state(&c.id).await;
        assert_eq!((state.state, state.attempts_left, state.resend_at), (State::Exhausted, 0, None));
    })
    .await;
}

/// case 46
#[tokio::test]
async fn the_same_attempt_is_counted_and_answered_once() {
    let s = Story::new().await;
    let c = s.create(&s.ask("p1")).await;
    let code = s.code(&c.id).await;
    let first = s.enter(&c.id, "a1", &other_than(&code)).await;
    assert_eq!((first.outcome, first.attempts_left), (Outcome::Wrong, 2));
    // Another code under the same id is not compared, even the right one.
    assert_eq!(s.enter(&c.id, "a1", &code).await, first);
    assert_eq!(s.state(&c.id).await.attempts_left, 2);
    let right = s.enter(&c.id, "a2", &code).await;
    assert_eq!(right.outcome, Outcome::Confirmed);
    assert_eq!(s.enter(&c.id, "a2", &other_than(&code)).await, right);
    assert_eq!(s.enter(&c.id, "a3", &code).await.outcome, Outcome::Used);
}

/// V2, case 46
#[tokio::test]
async fn a_code_counts_at_four_fifty_nine_and_has_expired_at_five_minutes() {
    let s = Story::new().await;
    let (early, late) = (s.create(&s.ask("p1")).await, s.create(&s.ask("p2")).await);
    s.lab.clock.advance(Duration::from_secs(299));
    assert_eq!(s.enter(&early.id, "a1", &s.code(&early.id).await).await.outcome, Outcome::Confirmed);
    s.lab.clock.advance(Duration::from_secs(1));
    let code = s.code(&late.id).await;
    let answer = s.enter(&late.id, "a1", &code).await;
    assert_eq!((answer.outcome, answer.attempts_left), (Outcome::Expired, 3));
    s.lab.clock.advance(Duration::from_secs(1));
    assert_eq!(s.enter(&late.id, "a2", &code).await.outcome, Outcome::Expired);
    assert_eq!(s.state(&late.id).await.state, State::Expired);
    // What expired before it could be sent is not sent at all.
    s.lab.work().await;
    assert_eq!((s.lab.capture.messages().count(), s.state(&late.id).await.delivery), (0, DeliveryState::Failed));
}

/// V3
#[tokio::test]
async fn a_resend_waits_for_its_pause_ends_at_its_maximum_and_kills_the_old_code() {
    let s = Story::new().await;
    let c = s.create(&s.ask("p1")).await;
    s.lab.work().await;
    let old = s.code(&c.id).await;
    s.lab.clock.advance(Duration::from_secs(10));
    let Resent::Later(at, _) = s.resend(&c.id).await else { panic!("too soon") };
    assert_eq!(at, c.created_at + Duration::from_secs(30));
    s.lab.work().await;
    assert_eq!(s.lab.capture.messages().count(), 1, "a refused resend sends nothing");
    s.lab.clock.advance(Duration::from_secs(20));
    let Resent::Done(again) = s.resend(&c.id).await else { panic!("now") };
    assert_eq!((again.resends_left, again.expires_at), (1, s.lab.clock.now() + Duration::from_secs(300)));
    s.lab.work().await;
    assert_eq!(s.lab.capture.messages().count(), 2);
    assert_ne!(s.code(&c.id).await, old);
    assert_eq!(s.enter(&c.id, "old", &old).await.outcome, Outcome::Wrong);
    s.lab.clock.advance(Duration::from_secs(30));
    assert!(matches!(s.resend(&c.id).await, Resent::Done(_)));
    s.lab.clock.advance(Duration::from_secs(30));
    assert!(matches!(s.resend(&c.id).await, Resent::Never(_)));
    assert_eq!(s.enter(&c.id, "new", &s.code(&c.id).await).await.outcome, Outcome::Confirmed);
    assert!(matches!(s.resend(&c.id).await, Resent::Closed(_)));
}

/// V3: the same code again does not live longer, and is not sent once it has expired.
#[tokio::test]
async fn the_same_code_sent_again_keeps_its_expiry() {
    let s = Story::new().await;
    let mut ask = s.ask("p1");
    ask.limits.resend_mode = ResendMode::Same;
    let c = s.create(&ask).await;
    let code = s.code(&c.id).await;
    s.lab.clock.advance(Duration::from_secs(60));
    let Resent::Done(again) = s.resend(&c.id).await else { panic!("now") };
    assert_eq!((again.expires_at, s.code(&c.id).await), (c.expires_at, code));
    s.lab.clock.advance(Duration::from_secs(240));
    assert!(matches!(s.resend(&c.id).await, Resent::Never(_)));
}

/// V3: windows give tries back, and nothing gives back those of a lifetime, which count over several challenges.
#[tokio::test]
async fn a_window_resets_tries_and_the_lifetime_cap_stays() {
    let s = Story::new().await;
    let mut first = s.ask("p1");
    first.code.validity_seconds = 3600;
    first.limits = Limits { max_attempts: 2, attempts_window_seconds: Some(60), lifetime_attempts: 3, ..first.limits };
    let c = s.create(&first).await;
    let wrong = other_than(&s.code(&c.id).await);
    let mut seen = vec![];
    for n in 0..3 {
        seen.push(s.enter(&c.id, &format!("a{n}"), &wrong).await.outcome);
    }
    assert_eq!(seen, [Outcome::Wrong, Outcome::Wrong, Outcome::Exhausted]);
    assert_eq!(s.state(&c.id).await.attempts_at, Some(c.created_at + Duration::from_secs(60)));
    s.lab.clock.advance(Duration::from_secs(60));
    assert_eq!(s.state(&c.id).await.attempts_left, 1);
    let second = s.create(&CreateChallenge { limits: first.limits, ..s.ask("p2") }).await;
    assert_eq!(second.attempts_left, 1);
    let code = s.code(&second.id).await;
    assert_eq!(s.enter(&second.id, "a1", &other_than(&code)).await.outcome, Outcome::Wrong);
    assert_eq!(s.enter(&second.id, "a2", &code).await.outcome, Outcome::Exhausted);
    s.lab.clock.advance(Duration::from_secs(120));
    assert_eq!(s.enter(&second.id, "a3", &code).await.outcome, Outcome::Exhausted);
    assert_eq!(s.state(&second.id).await.attempts_at, None);
}

/// V3: a record that the change makes has another id each time; what is counted is who asks whom by which rule.
#[tokio::test]
async fn the_lifetime_cap_holds_for_records_that_are_not_there_yet() {
    let s = Story::new().await;
    let ask = |n: usize, to: &str| {
        let mut ask = CreateChallenge { creates: true, ..s.ask(&format!("p{n}")) };
        ask.record.id = format!("new-{n}");
        ask.recipient.address = to.into();
        ask.limits = Limits { max_attempts: 2, lifetime_attempts: 3, ..ask.limits };
        ask
    };
    let mut seen = vec![];
    for n in 0..3 {
        let c = s.create(&ask(n, "patricia@example.com")).await;
        let wrong = other_than(&s.code(&c.id).await);
        for a in 0..2 {
            seen.push(s.enter(&c.id, &format!("a{a}"), &wrong).await.outcome);
        }
    }
    use Outcome::{Exhausted, Wrong};
    assert_eq!(seen, [Wrong, Wrong, Wrong, Exhausted, Exhausted, Exhausted]);
    let c = s.create(&ask(4, "Patricia@Example.com")).await;
    assert_eq!((c.attempts_left, s.enter(&c.id, "right", &s.code(&c.id).await).await.outcome), (0, Exhausted));
    let other = s.create(&ask(5, "someone@example.com")).await;
    assert_eq!(s.enter(&other.id, "right", &s.code(&other.id).await).await.outcome, Outcome::Confirmed);
}

/// V11: what is given up stays so.
#[tokio::test]
async fn a_voided_challenge_takes_no_code() {
    let s = Story::new().await;
    let c = s.create(&s.ask("p1")).await;
    let code = s.code(&c.id).await;
    for _ in 0..2 {
        let state = flow::void(&s.lab.idp, RECORD_STORE, &c.id, VoidReason::Changed, Actor::default()).await.unwrap();
        assert_eq!((state.state, state.void_reason), (State::Void, Some(VoidReason::Changed)));
    }
    assert_eq!(s.enter(&c.id, "a1", &code).await.outcome, Outcome::Void);
    s.lab.work().await;
    assert_eq!(s.lab.capture.messages().count(), 0);
    assert!(matches!(s.resend(&c.id).await, Resent::Closed(_)));
}

/// case 45: asking again after a crash makes nothing new; asking for something else under the same name is refused.
#[tokio::test]
async fn a_challenge_is_made_once_per_pending_change_and_rule() {
    let s = Story::new().await;
    let ask = s.ask("p1");
    let c = s.create(&ask).await;
    let again = async |body: CreateChallenge| flow::create(&s.lab.idp, RECORD_STORE, &body, Actor::default()).await.unwrap();
    assert!(matches!(again(ask.clone()).await, Created::Same(same) if same.id == c.id));
    let mut other = ask.clone();
    other.recipient.address = "someone@example.com".into();
    assert!(matches!(again(other).await, Created::Mismatch));
    // Another rule of the same pending change must be about the same change.
    let second = CreateChallenge { rule: RuleRef { key: "second".into(), version: 1 }, ..ask.clone() };
    assert!(matches!(again(CreateChallenge { digest: digest(b"other"), ..second.clone() }).await, Created::Mismatch));
    assert!(matches!(again(second).await, Created::New(_)));
}

/// case 42: in a new epoch no code counts that was sent in the one before, also where its message still waits in the outbox.
#[tokio::test]
async fn a_new_epoch_ends_every_code_that_was_sent_before() {
    on_engines(|lab| async {
        let s = Story::of(lab).await;
        let (sent, queued) = (s.create(&s.ask("p1")).await, s.create(&s.ask("p2")).await);
        let before = (s.code(&sent.id).await, s.code(&queued.id).await);
        crate::idp::feed::epochs::begin(&s.lab.idp, Actor::default()).await.unwrap();
        for (id, old) in [(&sent.id, &before.0), (&queued.id, &before.1)] {
            assert_ne!(&s.code(id).await, old);
            assert_eq!(s.state(id).await.state, State::Expired);
        }
        s.lab.work().await;
        assert_eq!(s.lab.capture.messages().count(), 0);
        s.lab.clock.advance(Duration::from_secs(30));
        assert!(matches!(s.resend(&sent.id).await, Resent::Done(_)), "another can be asked for");
        s.lab.work().await;
        assert!(!s.lab.latest().text.contains(&before.0));
    })
    .await;
}

/// V11: the actor is who the provider knows him to be, until the last moment.
#[tokio::test]
async fn an_actor_whose_sign_in_does_not_stand_gets_no_challenge_and_confirms_none() {
    let s = Story::new().await;
    let (mila, milas) = s.lab.signed_in("mila").await;
    for (actor, issue) in [(mila.as_str(), s.issue.as_str()), (s.actor.as_str(), milas.as_str()), (s.actor.as_str(), "none")] {
        let body = CreateChallenge { actor: actor.into(), issue: issue.into(), ..s.ask("p1") };
        assert!(matches!(flow::create(&s.lab.idp, RECORD_STORE, &body, Actor::default()).await.unwrap(), Created::Actor));
    }
    let c = s.create(&s.ask("p1")).await;
    let code = s.code(&c.id).await;
    crate::idp::oidc::issues::revoke(&s.lab.idp, &s.issue, Actor::default(), "test").await.unwrap();
    assert!(matches!(s.try_enter(&c.id, "a1", &code).await, Err(ChallengeError::Actor)));
    assert_eq!(s.state(&c.id).await.attempts_left, 3);
}

/// V16
#[tokio::test]
async fn one_recipient_gets_only_so_many_messages_in_a_day() {
    let s = Story::new().await;
    for n in 0..model::PER_RECIPIENT.most {
        s.create(&s.ask(&format!("p{n}"))).await;
    }
    let body = s.ask("more");
    let limited = flow::create(&s.lab.idp, RECORD_STORE, &body, Actor::default()).await.unwrap();
    let Created::Limited(until) = limited else { panic!("{limited:?}") };
    assert_eq!(until, s.lab.clock.now() + model::PER_RECIPIENT.window);
    s.lab.clock.advance(model::PER_RECIPIENT.window);
    let (actor, issue) = s.lab.signed_in("later").await;
    s.create(&CreateChallenge { actor, issue, ..body }).await;
}

/// V16: asking in vain, however often, uses up nothing of the actor's and nothing of the rule's.
#[tokio::test]
async fn a_recipient_who_got_enough_messages_costs_the_actor_nothing() {
    let s = Story::new().await;
    for n in 0..model::PER_RECIPIENT.most {
        s.create(&s.ask(&format!("p{n}"))).await;
    }
    for n in 0..model::PER_ACTOR.most {
        let body = s.ask(&format!("more{n}"));
        let limited = flow::create(&s.lab.idp, RECORD_STORE, &body, Actor::default()).await.unwrap();
        assert!(matches!(limited, Created::Limited(_)), "{limited:?}");
    }
    let counted = s.count(crate::sql!("SELECT COUNT(*) FROM attempts WHERE count > 30")).await;
    assert_eq!(counted, 0);
    let mut other = s.ask("other");
    other.recipient.address = "someone@example.com".into();
    s.create(&other).await;
}

/// V12, case 27: after everything that can happen to a code, no table has it, and no answer.
#[tokio::test]
async fn the_code_is_in_no_column_and_no_answer() {
    let s = Story::new().await;
    let app = s.lab.app();
    let token = s.lab.client_token(SCOPE).await;
    let mut ask_body = s.ask("p1");
    // Long enough that no other text has it by accident.
    ask_body.code = CodeSpec { kind: CodeKind::Alphanumeric, length: 12, validity_seconds: 300 };
    let body = serde_json::to_string(&ask_body).unwrap();
    let (status, _, created) = ask(&app, "POST", "/api/challenges", Some(&token), body).await;
    assert_eq!(status, 201, "{created}");
    let id = serde_json::from_str::<ChallengeState>(&created).unwrap().id;
    let code = s.code(&id).await;
    s.lab.work().await;
    assert!(s.lab.latest().text.contains(&code));
    let mut answers = vec![created];
    for (attempt, given) in [("a1", other_than(&code)), ("a2", code.clone()), ("a3", code.clone())] {
        let request = serde_json::json!({"attempt": attempt, "issue": s.issue, "code": given}).to_string();
        answers.push(ask(&app, "POST", &format!("/api/challenges/{id}/confirm"), Some(&token), request).await.2);
    }
    // What is wrong with a body is said without repeating it.
    let malformed = format!("{{\"attempt\":\"a4\",\"code\":\"{code}\",\"{code}\":\"{code}\"}}");
    let (status, _, answer) = ask(&app, "POST", &format!("/api/challenges/{id}/confirm"), Some(&token), malformed).await;
    assert_eq!(status, 400);
    answers.push(answer);
    answers.push(ask(&app, "GET", &format!("/api/challenges/{id}"), Some(&token), String::new()).await.2);
    for answer in &answers {
        assert!(!answer.contains(&code), "{answer}");
    }
    let dump = dump(&s).await;
    assert!(dump.contains(&id) && dump.contains("challenge.attempt"));
    assert!(!dump.contains(&code) && !dump.contains(&code.to_lowercase()));
    // The address is only there masked and sealed.
    assert!(!dump.contains("patricia@example.com") && dump.contains("p•••@example.com"));
}

/// Every value of every table, as text.
async fn dump(s: &Story) -> String {
    let path = s.lab.dir.path().join("idp.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let tables: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&pool).await.unwrap();
    let mut out = String::new();
    for (table,) in tables {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT * FROM \"{table}\""))).fetch_all(&pool).await.unwrap();
        for row in rows {
            use sqlx::Row;
            for i in 0..row.len() {
                let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(i).ok().flatten().unwrap_or_default();
                out.push_str(&String::from_utf8_lossy(&bytes));
                out.push('\n');
            }
        }
    }
    out
}

/// V13: what each caller gets over HTTP.
#[tokio::test]
async fn the_api_takes_only_the_clients_own_token_and_names_what_is_wrong() {
    let s = Story::new().await;
    let app = s.lab.app();
    let (token, other) = (s.lab.client_token(SCOPE).await, s.lab.client_token("openid").await);
    let body = serde_json::to_string(&s.ask("p1")).unwrap();
    assert_eq!(ask(&app, "POST", "/api/challenges", None, body.clone()).await.0, 401);
    assert_eq!(ask(&app, "POST", "/api/challenges", Some(&other), body.clone()).await.0, 403);
    let mut bad = s.ask("p1");
    bad.code.length = 3;
    bad.message.value = "a\nb".into();
    let (status, _, problem) = ask(&app, "POST", "/api/challenges", Some(&token), serde_json::to_string(&bad).unwrap()).await;
    assert_eq!(status, 422);
    assert!(problem.contains("code.length") && problem.contains("message.value"), "{problem}");
    let (status, _, created) = ask(&app, "POST", "/api/challenges", Some(&token), body.clone()).await;
    assert_eq!(status, 201);
    assert_eq!(ask(&app, "POST", "/api/challenges", Some(&token), body).await.0, 200);
    let id = serde_json::from_str::<ChallengeState>(&created).unwrap().id;
    let (status, headers, refused) =
        ask(&app, "POST", &format!("/api/challenges/{id}/resend"), Some(&token), String::new()).await;
    assert_eq!((status.as_u16(), headers["retry-after"].to_str().unwrap()), (429, "30"));
    assert!(refused.contains("\"challenge\""));
    assert_eq!(ask(&app, "GET", "/api/challenges/none", Some(&token), String::new()).await.0, 404);
    let (status, _, pending) = ask(&app, "GET", "/api/pending/p1", Some(&token), String::new()).await;
    let pending: PendingState = serde_json::from_str(&pending).unwrap();
    assert_eq!((status.as_u16(), pending.challenges.len()), (200, 1));
}

/// The message and the address go after their time; the challenge and its digests stay.
#[tokio::test]
async fn the_message_is_forgotten_after_its_time() {
    let s = Story::new().await;
    let c = s.create(&s.ask("p1")).await;
    s.lab.clock.advance(model::KEEP_MESSAGE + Duration::from_secs(1));
    assert_eq!(super::sweep(&s.lab.idp).await.unwrap(), 1);
    assert_eq!(s.count(crate::sql!("SELECT COUNT(*) FROM challenges WHERE message IS NULL")).await, 1);
    assert_eq!(s.state(&c.id).await.resend_at, None);
}
