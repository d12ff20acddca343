//! The machine under random walks: every factor, two browsers, two people, policies that change, remembered devices, other
//! providers' word, mailed links and what is set up after them, in whatever order and as often as one likes.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::factors::{Factor, FactorSet};
use super::finish::{Browser, Fact, Ready, SignedIn, Taken};
use super::flow::{self, Cause};
use crate::contract::Assurance;
use crate::idp::policy::{self, Rules, Scope};
use crate::idp::testing::Lab;
use crate::idp::{people, sessions, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::Context;
use crate::sql;

/// What a page, a script or an attacker does next.
#[derive(Clone, Debug)]
enum Move {
    /// Brings a factor to a browser, in someone's name; it may be more than one by itself, and wish to be remembered.
    Bring { tab: usize, who: usize, factor: Factor, whole: bool, remember: bool },
    /// Opens a mailed link and chooses a password by it.
    Link { tab: usize, who: usize },
    /// Sets a factor up in the session of a browser, which then counts for whoever is led there.
    SetUp { tab: usize, factor: Factor },
    /// The policy for everyone changes.
    Policy(Rules),
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
        12 => (0..2usize, 0..2usize, factor(), any::<bool>(), any::<bool>())
            .prop_map(|(tab, who, factor, whole, remember)| Move::Bring { tab, who, factor, whole, remember }),
        2 => (0..2usize, 0..2usize).prop_map(|(tab, who)| Move::Link { tab, who }),
        1 => (0..2usize, factor()).prop_map(|(tab, factor)| Move::SetUp { tab, factor }),
        1 => policies().prop_map(Move::Policy),
        2 => (0..2usize, factor()).prop_map(|(tab, factor)| Move::Way { tab, factor }),
        1 => (0..2usize).prop_map(|tab| Move::Restart { tab }),
        1 => (0..2usize, level()).prop_map(|(tab, least)| Move::StepUp { tab, least }),
        1 => prop_oneof![1..2000u64, 80_000..200_000u64].prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..32)
}

/// A policy for everyone: which factors count, and how strong.
fn policies() -> impl Strategy<Value = Rules> {
    let counting = prop::collection::vec(prop::sample::select(Factor::SECONDS.to_vec()), 1..5);
    let least = prop::sample::select(Assurance::ALL.to_vec());
    let days = prop::sample::select(vec![None, Some(0), Some(1), Some(30)]);
    (prop::option::of(counting), prop::option::of(least), days).prop_map(|(factors, least, remember)| Rules {
        factors: factors.map(|f| f.into_iter().collect()),
        least,
        remember,
        ..Rules::default()
    })
}

/// A factor that was shown, and how strong it is by itself where it is more than one.
type Proof = (Factor, Option<usize>);

/// A device that was remembered: its cookie, whose it is, for which factor, since when, for how many days.
type Device = (String, usize, Factor, Timestamp, u32);

/// What a browser has shown, as the walk knows it: without looking at any row.
#[derive(Clone, Debug, Default)]
struct Tab {
    cookie: String,
    who: Option<usize>,
    shown: Vec<Proof>,
    /// What is remembered in it.
    device: Option<Device>,
    /// Whether its session is led to set something up.
    led: bool,
    /// The session that the sign-in is to make stronger.
    over: Option<String>,
    /// The session's cookie.
    session: Option<String>,
}

/// How strong factors are together, said once more and in other words than the program's.
fn strength(shown: &[Proof], counts: impl Fn(Factor) -> bool) -> Option<usize> {
    let has = |f: Factor| shown.iter().any(|(s, _)| *s == f);
    let counted = |f: Factor| has(f) && counts(f);
    let knows = has(Factor::Password) || has(Factor::Federated);
    let alone = shown.iter().filter(|(f, _)| *f == Factor::Federated || counts(*f)).filter_map(|(_, whole)| *whole).max();
    let together = if knows && (counted(Factor::Authenticator) || counted(Factor::Recovery) || counted(Factor::Passkey)) {
        Some(3)
    } else if knows && counted(Factor::Sms) {
        Some(2)
    } else if knows && counted(Factor::Mail) {
        Some(1)
    } else {
        knows.then_some(0)
    };
    together.max(alone)
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

fn number(level: Assurance) -> usize {
    Assurance::ALL.into_iter().position(|x| x == level).unwrap()
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

    /// Another sign-in in the browser of `before`.
    async fn again(&self, before: &Tab) -> Tab {
        let (session, device, led) = (before.session.clone(), before.device.clone(), before.led);
        Tab { session, device, led, ..self.begin().await }
    }

    async fn begin(&self) -> Tab {
        Tab { cookie: flow::begin(&self.lab.idp, &self.context, Cause::default()).await.unwrap(), ..Tab::default() }
    }

    async fn has(&self, who: usize) -> FactorSet {
        let mut snapshot = self.lab.idp.db.snapshot().await.unwrap();
        signin::store::has(&mut snapshot.tx(), &self.people[who]).await.unwrap()
    }

    fn ready(&self, tab: &Tab, cookie: &str) -> Ready {
        let device = tab.device.as_ref().map(|(cookie, ..)| cookie.as_str());
        Ready::of(&self.lab.idp, &self.context, cookie, Browser { session: tab.session.as_deref(), device }).unwrap()
    }

    /// Shows a factor that is right.
    async fn bring(&self, tab: &Tab, who: usize, factor: Factor, (whole, remember): (Option<Assurance>, bool)) -> Taken {
        let ready = self.ready(tab, &tab.cookie).remembering(remember);
        let written = self.lab.idp.db.write((ready, self.people[who].clone()), move |(ready, person), mut tx| {
            Box::pin(async move { signin::finish::take(&mut tx, ready, &Fact { person, factor, at: None, whole }).await })
        });
        written.await.unwrap()
    }

    /// Chooses a password by a link that was mailed.
    async fn link(&self, tab: &mut Tab, who: usize) -> Taken {
        tab.cookie = self.lab.idp.env.token();
        let input = (self.ready(tab, &tab.cookie), self.lab.idp.env.id(), self.people[who].clone());
        let written = self.lab.idp.db.write(input, |(ready, id, person), mut tx| {
            Box::pin(async move { setup::flow::after_link(&mut tx, ready, (id, person), None).await })
        });
        let taken = written.await.unwrap();
        (tab.who, tab.over) = (Some(who), None);
        tab.shown = vec![(Factor::Mail, None), (Factor::Password, None)];
        taken
    }

    async fn set_policy(&mut self, rules: Rules) {
        let input = (rules.clone(), self.lab.idp.env.id(), self.lab.idp.env.now());
        let set = self.lab.idp.db.write(input, |(rules, id, now), mut tx| {
            Box::pin(async move {
                let by = policy::flow::By { actor: Actor::default(), audit_id: id.clone(), now: *now };
                policy::flow::set(&mut tx, &Scope::Everyone, rules, &by).await
            })
        });
        set.await.unwrap();
        self.rules = rules;
    }

    /// What stands in a browser for a factor, by the policies of now: the device is his and is remembered still.
    fn stands(&self, tab: &Tab, who: usize) -> Option<Proof> {
        let (_, whose, factor, since, days) = tab.device.as_ref()?;
        let days = self.rules.remember.filter(|d| *d > 0)?.min(*days);
        let until = *since + std::time::Duration::from_secs(u64::from(days) * 86_400);
        (*whose == who && tab.over.is_none() && self.lab.idp.env.now() < until).then_some((*factor, None))
    }

    /// What is asked of a sign-in of this person at least.
    async fn asked(&self, who: usize, least: Option<Assurance>) -> (usize, FactorSet) {
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
        // For something fresh it says only who he is.
        let shown = carried.map(|s| (s.factor, s.whole.filter(|_| least.is_some()).map(number))).collect();
        let (device, led) = (tab.device.clone(), tab.led);
        *tab = Tab { cookie: begun, who, shown, over: Some(session.id), session: Some(cookie), device, led };
    }
}

/// One came in: with all that was asked, as himself, and in a session of his own.
async fn came_in(w: &Walk, t: &mut Tab, who: usize, wanted: Option<Assurance>, done: SignedIn) -> Result<(), TestCaseError> {
    let (asked, counting) = w.asked(who, wanted).await;
    let shown = strength(&t.shown, |f| counting.has(f));
    prop_assert!(shown >= Some(asked), "{:?} is not {} of {:?}", t.shown, asked, w.rules);
    prop_assert_eq!(&done.person_id, &w.people[who]);
    if let Some(over) = &t.over {
        prop_assert_eq!(&done.session_id, over, "a session that is made stronger stays itself");
    }
    if let Some((cookie, life)) = done.device {
        let factor = t.shown.last().map(|(f, _)| *f).unwrap();
        prop_assert!(!factor.is_first() && factor != Factor::Recovery && t.over.is_none(), "{factor:?} is not remembered");
        let days = u32::try_from(life.as_secs() / 86_400).unwrap();
        t.device = Some((cookie, who, factor, w.lab.idp.env.now(), days));
    }
    let old = t.session.replace(done.cookie.clone());
    let session = w.session(&done.cookie).await;
    prop_assert!(session.is_some_and(|s| s.person_id == w.people[who]));
    if let Some(old) = old.filter(|_| t.over.is_some()) {
        prop_assert!(w.session(&old).await.is_none(), "the cookie of before opens nothing");
    }
    Ok(())
}

/// Sets a factor up: it makes the session stronger for whoever is led there and for nobody else, under another cookie.
async fn set_up(w: &Walk, t: &mut Tab, factor: Factor) -> Result<(), TestCaseError> {
    let Some(before) = t.session.clone() else { return Ok(()) };
    let Some(session) = w.session(&before).await else { return Ok(()) };
    let led = setup::flow::look(&w.lab.idp, &session).await.unwrap().setup.is_some();
    prop_assert!(!led || t.led, "nobody is led who did not come by a link");
    match setup::flow::count(&w.lab.idp, &w.context, &session, (factor, None)).await.unwrap() {
        None => prop_assert!(!led),
        Some(cookie) => {
            prop_assert!(led && w.session(&before).await.is_none(), "the cookie of before opens nothing");
            let stronger = w.session(&cookie).await.unwrap();
            prop_assert_eq!((&stronger.id, &stronger.person_id), (&session.id, &session.person_id));
            prop_assert!(stronger.assurance >= session.assurance);
            t.session = Some(cookie);
        }
    }
    Ok(())
}

async fn walk(rules: Rules, moves: Vec<Move>) -> Result<(), TestCaseError> {
    let mut w = Walk::new(rules).await;
    let mut tabs = [w.begin().await, w.begin().await];
    let mut wanted = [None; 2];
    for step in moves {
        // No two things are of one moment.
        w.lab.clock.advance(std::time::Duration::from_millis(1));
        let (tab, who, taken) = match step {
            Move::Wait(seconds) => {
                w.lab.clock.advance(std::time::Duration::from_secs(seconds));
                continue;
            }
            Move::Policy(rules) => {
                w.set_policy(rules).await;
                continue;
            }
            Move::Way { tab, factor } => {
                flow::way(&w.lab.idp, &tabs[tab].cookie, factor).await.unwrap();
                continue;
            }
            Move::Restart { tab } => {
                (tabs[tab], wanted[tab]) = (w.again(&tabs[tab]).await, None);
                continue;
            }
            Move::StepUp { tab, least } => {
                w.step_up(&mut tabs[tab], least).await;
                wanted[tab] = tabs[tab].over.as_ref().and(least.or(Some(Assurance::PasswordMail)));
                continue;
            }
            Move::SetUp { tab, factor } => {
                set_up(&w, &mut tabs[tab], factor).await?;
                continue;
            }
            Move::Link { tab, who } => {
                wanted[tab] = None;
                let taken = w.link(&mut tabs[tab], who).await;
                prop_assert!(!matches!(taken, Taken::Gone), "a link begins a sign-in");
                tabs[tab].led |= matches!(taken, Taken::Done(_));
                (tab, who, taken)
            }
            Move::Bring { tab, who, factor, whole, remember } => {
                let whole = match factor {
                    Factor::Passkey => whole.then_some(Assurance::Passkey),
                    Factor::Federated => whole.then_some(Assurance::PasswordApp),
                    _ => None,
                };
                let remembered = w.stands(&tabs[tab], who).filter(|_| factor.is_first());
                let taken = w.bring(&tabs[tab], who, factor, (whole, remember)).await;
                let t = &mut tabs[tab];
                if !matches!(taken, Taken::Gone) {
                    prop_assert!(t.who.is_none_or(|w| w == who), "two people in one sign-in");
                    t.who = Some(who);
                    t.shown.extend(remembered);
                    t.shown.push((factor, whole.map(number)));
                }
                (tab, who, taken)
            }
        };
        if let Taken::Done(done) = taken {
            came_in(&w, &mut tabs[tab], who, wanted[tab], *done).await?;
            (tabs[tab], wanted[tab]) = (w.again(&tabs[tab]).await, None);
        }
    }
    Ok(())
}

/// case 16, case 17, S3: whatever is brought in whatever order, over browsers, people, step-ups, changing policies, remembered
/// devices, other providers and mailed links, nobody is in without what the policy asks and he has.
#[test]
fn random_walks_over_every_factor_never_sign_in_without_what_the_policy_asks() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = std::env::var("ZEGEL_TEST_WALKS").ok().and_then(|n| n.parse().ok()).unwrap_or(48);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&(policies(), moves()), |(rules, moves)| runtime.block_on(walk(rules, moves))).unwrap();
}

/// S3: what is set up on the way makes no session weaker, though it stands in the place of something stronger of its kind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_of_a_kind_takes_nothing_from_the_first() {
    for factor in [Factor::Federated, Factor::Passkey] {
        let come = Move::Bring { tab: 0, who: 0, factor, whole: true, remember: false };
        let moves = vec![Move::Link { tab: 0, who: 0 }, come, Move::SetUp { tab: 0, factor }];
        walk(Rules::default(), moves).await.unwrap();
    }
}

/// case 21: another provider's word that counts for more than one factor is not what is shown now: something else is asked, and
/// leaves the session as strong as that word made it.
#[tokio::test]
async fn a_word_that_counts_for_two_factors_stands_for_nothing_fresh() {
    let w = Walk::new(Rules::default()).await;
    let mut tab = w.begin().await;
    let whole = Some(Assurance::PasswordApp);
    let Taken::Done(done) = w.bring(&tab, 1, Factor::Federated, (whole, false)).await else { panic!("it is all that is asked") };
    tab.session = Some(done.cookie);
    w.lab.clock.advance(std::time::Duration::from_secs(600));
    w.step_up(&mut tab, None).await;
    assert!(tab.over.is_some(), "there is something to ask");
    let Taken::Done(done) = w.bring(&tab, 1, Factor::Mail, (None, false)).await else { panic!("a code is enough") };
    let session = w.session(&done.cookie).await.unwrap();
    assert_eq!((Some(session.assurance), session.is_fresh(w.lab.idp.env.now())), (whole, true));
}

/// case 18: one count for a person's codes, over all sign-ins and whichever factor is tried.
#[tokio::test]
async fn changing_the_way_or_beginning_again_gives_no_more_tries() {
    let w = Walk::new(Rules::default()).await;
    let mut looked_at = 0;
    for n in 0..12 {
        let tab = w.begin().await;
        assert!(matches!(w.bring(&tab, 0, Factor::Password, (None, false)).await, Taken::Next));
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
    assert!(matches!(w.bring(&tab, 0, Factor::Password, (None, false)).await, Taken::Next));
    let forget = w.lab.idp.db.write(w.people[0].clone(), |id, mut tx| {
        Box::pin(async move { tx.q(sql!("UPDATE people SET authenticator = NULL WHERE id = $1")).bind(id.as_str()).exec().await })
    });
    forget.await.unwrap();
    assert!(matches!(w.bring(&tab, 0, Factor::Authenticator, (None, false)).await, Taken::Gone));
    assert!(matches!(w.bring(&tab, 0, Factor::Mail, (None, false)).await, Taken::Done(_)));
    let mut snapshot = w.lab.idp.db.snapshot().await.unwrap();
    assert!(people::store::by_id(&mut snapshot.tx(), &w.people[0]).await.unwrap().unwrap().email_proven);
}

/// case 16, case 21: a factor that is set up counts as shown for whoever is led to it, and whatever a page believes for nobody else.
#[tokio::test]
async fn a_factor_that_is_set_up_at_another_time_counts_for_nothing() {
    let lab = Lab::new().await;
    let (person, _) = lab.signed_in("daan").await;
    let now = lab.idp.env.now();
    let session = sessions::store::live_of(&mut lab.idp.db.snapshot().await.unwrap().tx(), &person, now).await.unwrap().remove(0);
    let context = Context::of_program("setup".into());
    for is_led in [false, true] {
        if is_led {
            setup::flow::for_page(&lab.idp, &session, "/").await.unwrap();
        }
        let counted = setup::flow::count(&lab.idp, &context, &session, (Factor::Authenticator, None)).await.unwrap();
        assert_eq!(counted.is_some(), is_led);
    }
}
