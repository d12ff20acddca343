//! The machine under random walks: every factor, two tabs, two people, in whatever order and as often as one likes.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::factors::{Factor, FactorSet};
use super::finish::{Browser, Fact, Ready, Taken};
use super::flow::{self, Cause};
use crate::contract::Assurance;
use crate::idp::policy::{self, Rules, Scope};
use crate::idp::testing::Lab;
use crate::idp::{people, sessions, signin};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::http::Context;
use crate::sql;

/// What a page, a script or an attacker does next.
#[derive(Clone, Debug)]
enum Move {
    /// Brings a factor to a tab, in someone's name.
    Bring { tab: usize, who: usize, factor: Factor, verified: bool },
    /// Wishes another way.
    Way { tab: usize, factor: Factor },
    /// Begins again.
    Restart { tab: usize },
    /// Asks the session of a tab for another factor.
    StepUp { tab: usize, least: Option<Assurance> },
    /// Time goes by, in seconds.
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let factor = || prop::sample::select(Factor::ALL.to_vec());
    let level = || prop::sample::select(vec![None, Some(Assurance::PasswordApp), Some(Assurance::Passkey)]);
    let one = prop_oneof![
        8 => (0..2usize, 0..2usize, factor(), any::<bool>())
            .prop_map(|(tab, who, factor, verified)| Move::Bring { tab, who, factor, verified }),
        2 => (0..2usize, factor()).prop_map(|(tab, factor)| Move::Way { tab, factor }),
        1 => (0..2usize).prop_map(|tab| Move::Restart { tab }),
        1 => (0..2usize, level()).prop_map(|(tab, least)| Move::StepUp { tab, least }),
        1 => (1..2000u64).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..24)
}

/// A policy for everyone: which factors count, and how strong.
fn policies() -> impl Strategy<Value = Rules> {
    let counting = prop::collection::vec(prop::sample::select(Factor::SECONDS.to_vec()), 1..5);
    let least = prop::sample::select(Assurance::ALL.to_vec());
    (prop::option::of(counting), prop::option::of(least)).prop_map(|(factors, least)| Rules {
        factors: factors.map(|f| f.into_iter().collect()),
        least,
        ..Rules::default()
    })
}

/// What a tab has shown, as the walk knows it: without looking at any row.
#[derive(Clone, Debug, Default)]
struct Tab {
    cookie: String,
    who: Option<usize>,
    shown: Vec<(Factor, bool)>,
    /// The session that the sign-in is to make stronger.
    over: Option<String>,
    /// The session's cookie.
    session: Option<String>,
}

/// How strong factors are together, said once more and in other words than the program's.
fn strength(shown: &[(Factor, bool)], counts: impl Fn(Factor) -> bool) -> Option<usize> {
    let has = |f: Factor| shown.iter().any(|(s, _)| *s == f);
    let counted = |f: Factor| has(f) && counts(f);
    let knows = has(Factor::Password) || has(Factor::Federated);
    let verified = counts(Factor::Passkey) && shown.contains(&(Factor::Passkey, true));
    if verified {
        Some(4)
    } else if knows && (counted(Factor::Authenticator) || counted(Factor::Recovery) || counted(Factor::Passkey)) {
        Some(3)
    } else if knows && counted(Factor::Sms) {
        Some(2)
    } else if knows && counted(Factor::Mail) {
        Some(1)
    } else {
        knows.then_some(0)
    }
}

/// The most that someone with these factors can be asked for.
fn most(has: FactorSet) -> usize {
    let of = |f: Factor| match f {
        Factor::Passkey => 4,
        Factor::Authenticator | Factor::Recovery => 3,
        Factor::Sms => 2,
        Factor::Mail => 1,
        Factor::Password | Factor::Federated => 0,
    };
    Factor::SECONDS.into_iter().filter(|f| has.has(*f)).map(of).max().unwrap_or(0)
}

struct Walk {
    lab: Lab,
    people: [String; 2],
    context: Context,
    rules: Rules,
}

impl Walk {
    /// Two people: one has an app and a proven number, the other nothing but his address.
    async fn new(rules: Rules) -> Self {
        let lab = Lab::new().await;
        let people = [lab.signed_in("daan").await.0, lab.signed_in("mila").await.0];
        let input = (people[0].clone(), rules.clone(), lab.idp.env.now());
        let set = lab.idp.db.write(input, |(daan, rules, now), mut tx| {
            Box::pin(async move {
                let sql =
                    sql!("UPDATE people SET authenticator = 'sealed', phone = '+31612345601', phone_proven_at = 1 WHERE id = $1");
                tx.q(sql).bind(daan.as_str()).exec().await?;
                let by = policy::flow::By { actor: Actor::default(), audit_id: "policy".into(), now: *now };
                policy::flow::set(&mut tx, &Scope::Everyone, rules, &by).await?;
                Ok::<_, DbError>(())
            })
        });
        set.await.unwrap();
        let context = Context::of_program("walk".into());
        Self { lab, people, context, rules }
    }

    async fn begin(&self) -> Tab {
        Tab { cookie: flow::begin(&self.lab.idp, &self.context, Cause::default()).await.unwrap(), ..Tab::default() }
    }

    async fn has(&self, who: usize) -> FactorSet {
        let mut snapshot = self.lab.idp.db.snapshot().await.unwrap();
        signin::store::has(&mut snapshot.tx(), &self.people[who]).await.unwrap()
    }

    /// Shows a factor that is right.
    async fn bring(&self, tab: &Tab, who: usize, factor: Factor, whole: Option<Assurance>) -> Taken {
        let browser = Browser { session: tab.session.as_deref(), device: None };
        let ready = Ready::of(&self.lab.idp, &self.context, &tab.cookie, browser).unwrap();
        let written = self.lab.idp.db.write((ready, self.people[who].clone()), move |(ready, person), mut tx| {
            Box::pin(async move { signin::finish::take(&mut tx, ready, &Fact { person, factor, whole }).await })
        });
        written.await.unwrap()
    }

    /// What is asked of a sign-in of this person at least.
    async fn asked(&self, who: usize, least: Option<Assurance>) -> (usize, FactorSet) {
        let number = |a: Assurance| Assurance::ALL.into_iter().position(|x| x == a).unwrap();
        let least = self.rules.least.unwrap_or(Assurance::PasswordMail).max(least.unwrap_or(Assurance::OneFactor));
        let has = self.has(who).await;
        let counting = self.rules.factors.unwrap_or(FactorSet::ALL);
        let possible = has.and(counting);
        let nothing = possible.seconds().next().is_none();
        let (reach, counting) = if nothing { (most(has), counting.or(has)) } else { (most(possible), counting) };
        (number(least).min(reach), counting)
    }

    async fn session(&self, cookie: &str) -> Option<sessions::Session> {
        let mut snapshot = self.lab.idp.db.snapshot().await.unwrap();
        sessions::flow::of_cookie(&self.lab.idp, &mut snapshot.tx(), Some(cookie)).await.unwrap()
    }

    async fn step_up(&self, tab: &mut Tab, least: Option<Assurance>) {
        let Some(cookie) = tab.session.clone() else { return };
        let Some(session) = self.session(&cookie).await else { return };
        let Ok(begun) = flow::step_up(&self.lab.idp, &self.context, &session, ("/account/security", least)).await else { return };
        let who = self.people.iter().position(|p| *p == session.person_id);
        let mut snapshot = self.lab.idp.db.snapshot().await.unwrap();
        let results = sessions::store::results(&mut snapshot.tx(), &session.id).await.unwrap();
        let carried = results.iter().filter(|s| least.is_some() || s.factor.is_first());
        let shown = carried.map(|s| (s.factor, s.whole.is_some())).collect();
        *tab = Tab { cookie: begun, who, shown, over: Some(session.id), session: Some(cookie) };
    }
}

async fn walk(rules: Rules, moves: Vec<Move>) -> Result<(), TestCaseError> {
    let w = Walk::new(rules).await;
    let mut tabs = [w.begin().await, w.begin().await];
    let mut wanted = [None; 2];
    for step in moves {
        match step {
            Move::Wait(seconds) => w.lab.clock.advance(std::time::Duration::from_secs(seconds)),
            Move::Way { tab, factor } => drop(flow::way(&w.lab.idp, &tabs[tab].cookie, factor).await.unwrap()),
            Move::Restart { tab } => {
                let session = tabs[tab].session.clone();
                (tabs[tab], wanted[tab]) = (Tab { session, ..w.begin().await }, None);
            }
            Move::StepUp { tab, least } => {
                w.step_up(&mut tabs[tab], least).await;
                wanted[tab] = tabs[tab].over.as_ref().and(least.or(Some(Assurance::PasswordMail)));
            }
            Move::Bring { tab, who, factor, verified } => {
                let whole = (factor == Factor::Passkey && verified).then_some(Assurance::Passkey);
                match w.bring(&tabs[tab], who, factor, whole).await {
                    Taken::Gone => {}
                    Taken::Next => {
                        let t = &mut tabs[tab];
                        prop_assert!(t.who.is_none_or(|w| w == who), "two people in one sign-in");
                        t.who = Some(who);
                        t.shown.push((factor, whole.is_some()));
                    }
                    Taken::Done(done) => {
                        let t = &mut tabs[tab];
                        prop_assert!(t.who.is_none_or(|w| w == who), "two people in one sign-in");
                        t.shown.push((factor, whole.is_some()));
                        let (asked, counting) = w.asked(who, wanted[tab]).await;
                        let shown = strength(&t.shown, |f| counting.has(f));
                        prop_assert!(shown >= Some(asked), "{:?} is not {} of {:?}", t.shown, asked, w.rules);
                        prop_assert_eq!(&done.person_id, &w.people[who]);
                        if let Some(over) = &t.over {
                            prop_assert_eq!(&done.session_id, over, "a session that is made stronger stays itself");
                        }
                        let old = t.session.replace(done.cookie.clone());
                        prop_assert!(w.session(&done.cookie).await.is_some());
                        if let Some(old) = old.filter(|_| t.over.is_some()) {
                            prop_assert!(w.session(&old).await.is_none(), "the cookie of before opens nothing");
                        }
                        let session = t.session.clone();
                        (tabs[tab], wanted[tab]) = (Tab { session, ..w.begin().await }, None);
                    }
                }
            }
        }
    }
    Ok(())
}

/// case 16: whatever is brought in whatever order, over tabs, people, step-ups and policies, nobody is in without what the
/// policy asks and he has.
#[test]
fn random_walks_over_every_factor_never_sign_in_without_what_the_policy_asks() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = std::env::var("ZEGEL_TEST_WALKS").ok().and_then(|n| n.parse().ok()).unwrap_or(48);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&(policies(), moves()), |(rules, moves)| runtime.block_on(walk(rules, moves))).unwrap();
}

/// case 18: one count for a person's codes, over all sign-ins and whichever factor is tried.
#[tokio::test]
async fn changing_the_way_or_beginning_again_gives_no_more_tries() {
    let w = Walk::new(Rules::default()).await;
    let mut looked_at = 0;
    for n in 0..12 {
        let tab = w.begin().await;
        assert!(matches!(w.bring(&tab, 0, Factor::Password, None).await, Taken::Next));
        for k in 0..8 {
            let way = [Factor::Mail, Factor::Sms, Factor::Authenticator][k % 3];
            flow::way(&w.lab.idp, &tab.cookie, way).await.unwrap();
            let ready = Ready::of(&w.lab.idp, &w.context, &tab.cookie, Browser::default()).unwrap();
            let input = (ready, tab.cookie.clone(), w.people[0].clone());
            let left = w.lab.idp.db.write(input, |(ready, _, person), mut tx| {
                Box::pin(async move {
                    let s = flow::read(&mut tx, &ready.at).await?.unwrap();
                    signin::code::count(&mut tx, ready, &s.signin.id, person, 5).await
                })
            });
            looked_at += usize::from(left.await.unwrap().is_some());
        }
        assert!(looked_at <= (n + 1) * 5, "five a sign-in");
    }
    assert_eq!(looked_at, 20, "twenty a person");
}

/// S3: what someone has changes nothing that was asked of him: the person's row is read again at each step.
#[tokio::test]
async fn a_factor_that_is_taken_away_meanwhile_is_not_asked_and_not_taken() {
    let w = Walk::new(Rules::default()).await;
    let tab = w.begin().await;
    assert!(matches!(w.bring(&tab, 0, Factor::Password, None).await, Taken::Next));
    let forget = w.lab.idp.db.write(w.people[0].clone(), |id, mut tx| {
        Box::pin(async move { tx.q(sql!("UPDATE people SET authenticator = NULL WHERE id = $1")).bind(id.as_str()).exec().await })
    });
    forget.await.unwrap();
    assert!(matches!(w.bring(&tab, 0, Factor::Authenticator, None).await, Taken::Gone));
    assert!(matches!(w.bring(&tab, 0, Factor::Mail, None).await, Taken::Done(_)));
    let mut snapshot = w.lab.idp.db.snapshot().await.unwrap();
    assert!(people::store::by_id(&mut snapshot.tx(), &w.people[0]).await.unwrap().unwrap().email_proven);
}
