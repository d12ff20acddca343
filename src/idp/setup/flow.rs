//! Leading someone through what is to be set up, holding a session against what its owner's policies ask, and counting a factor that
//! was just set up as shown.

use super::model::{self, Began, Facts, Plan, Step};
use super::store::{self, Setup};
use crate::contract::Assurance;
use crate::idp::oidc::authorize::Request;
use crate::idp::people;
use crate::idp::policy::Asked;
use crate::idp::policy::model::Lack;
use crate::idp::sessions::{self, Session};
use crate::idp::signin::factors::{Factor, FactorSet, Results, Shown};
use crate::idp::signin::finish::{self, Fact, Ready, Taken};
use crate::idp::signin::flow::SigninError;
use crate::idp::signin::model::{self as dispatcher, Step as Next};
use crate::idp::{Idp, policy, signin};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Context;
use crate::kernel::root::RootError;

/// What a session lacks for what is asked of its person everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// Nothing.
    Nothing,
    /// It is to be begun anew.
    Anew,
    /// Something that its person can show; what was shown already.
    Stronger(Results),
    /// Something that its person does not have yet.
    SetUp,
}

/// Holds a session against the policies, as an application is held against them before something is issued (security case 17).
pub async fn lacks(idp: &Idp, session: &Session) -> Result<Lacks, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let asked = policy::flow::asked(&mut tx, &session.person_id, None).await?;
    let results = sessions::store::results(&mut tx, &session.id).await?;
    Ok(match asked.lack(&results, session.auth_at, idp.env.now(), false) {
        None => Lacks::Nothing,
        Some(Lack::Anew) => Lacks::Anew,
        Some(Lack::Stronger) => {
            let has = signin::store::has(&mut tx, &session.person_id).await?.and(signin::flow::able(idp));
            match dispatcher::next(&results, has, None, &asked.demand) {
                Next::Done(_) => Lacks::SetUp,
                Next::First | Next::Second { .. } => Lacks::Stronger(results),
            }
        }
    })
}

/// Whether a session is what the policies ask of its owner everywhere: asked again in the transaction in which he decides something.
pub async fn is_enough(tx: &mut Tx<'_>, session: &Session, now: Timestamp) -> Result<bool, DbError> {
    let asked = policy::flow::asked(tx, &session.person_id, None).await?;
    Ok(policy::flow::lack(tx, &asked, session, now, false).await?.is_none())
}

/// Where a session's setting up stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What was begun, if anything was.
    pub setup: Option<Setup>,
    /// What is next.
    pub plan: Plan,
}

/// Looks at it. Without one that was begun the plan is what the policies ask.
pub async fn look(idp: &Idp, session: &Session) -> Result<Standing, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    read(&mut snapshot.tx(), session, signin::flow::able(idp), idp.env.now()).await
}

async fn read(tx: &mut Tx<'_>, session: &Session, able: FactorSet, now: Timestamp) -> Result<Standing, DbError> {
    let setup = store::of(tx, &session.id, now).await?;
    let began = setup.as_ref().map_or(Began::Signin, |s| s.began);
    let put_off = setup.as_ref().map(|s| s.put_off.as_slice()).unwrap_or_default();
    let request = setup.as_ref().and_then(|s| s.request.as_ref());
    Ok(Standing { plan: plan(tx, session, able, (began, request, put_off)).await?, setup })
}

async fn plan(
    tx: &mut Tx<'_>,
    session: &Session,
    able: FactorSet,
    (began, request, put_off): (Began, Option<&Request>, &[Step]),
) -> Result<Plan, DbError> {
    let asked = asked(tx, session, request).await?;
    let has = signin::store::has(tx, &session.person_id).await?;
    let results = sessions::store::results(tx, &session.id).await?;
    let met = asked.demand.met(&results).is_some();
    Ok(Facts { began, has, able, demand: &asked.demand, met, put_off }.plan())
}

/// What the pages would offer next to someone who has just come, for applications that lead their people themselves.
pub async fn offered(idp: &Idp, session: &Session) -> Result<Plan, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    plan(&mut snapshot.tx(), session, signin::flow::able(idp), (Began::Password, None, &[])).await
}

/// What is asked of a session's person, and by the application that waits.
async fn asked(tx: &mut Tx<'_>, session: &Session, request: Option<&Request>) -> Result<Asked, DbError> {
    let asked = policy::flow::asked(tx, &session.person_id, request.map(|r| r.client_id.as_str())).await?;
    Ok(asked.and_one_of(request.map(|r| r.acr.as_slice()).unwrap_or_default()))
}

async fn begin(idp: &Idp, setup: Setup) -> Result<(), DbError> {
    let now = idp.env.now();
    idp.db
        .write((setup, now), |(setup, now), mut tx| {
            Box::pin(async move { store::begin(&mut tx, setup, *now, *now + model::LIFE).await })
        })
        .await
}

/// Begins one that leads back to `onward`, a path of this provider, unless there is one.
pub async fn for_page(idp: &Idp, session: &Session, onward: &str) -> Result<(), DbError> {
    let there = store::of(&mut idp.db.snapshot().await?.tx(), &session.id, idp.env.now()).await?.is_some();
    if there {
        return Ok(());
    }
    let onward = Some(onward.to_owned());
    begin(idp, Setup { session_id: session.id.clone(), began: Began::Signin, request: None, onward, put_off: vec![] }).await
}

/// Begins one that goes on with an application's request, which the session is too weak for.
pub async fn for_request(idp: &Idp, session: &str, request: &Request) -> Result<(), DbError> {
    let request = Some(request.clone());
    begin(idp, Setup { session_id: session.to_owned(), began: Began::Signin, request, onward: None, put_off: vec![] }).await
}

/// Begins, in the transaction in which someone chose a password by a mailed link, the sign-in that this is: the link has shown that
/// the mailbox is his. The dispatcher says what is missing, as in any other; where that is nothing he is led on to setting up, and
/// from there to `onward`. `id` is new.
pub async fn after_link(
    tx: &mut Tx<'_>,
    ready: &Ready,
    (id, person): (&str, &str),
    onward: Option<&str>,
) -> Result<Taken, SigninError> {
    let now = ready.at.now;
    let beginning = signin::store::Beginning {
        id: id.to_owned(),
        token_hash: ready.at.hash.clone(),
        goal: Some(model::PATH.to_owned()),
        ..signin::store::Beginning::default()
    };
    signin::store::insert(tx, &beginning, now, now + dispatcher::LIFE).await?;
    signin::store::record(tx, id, &Shown { factor: Factor::Mail, at: now, whole: None }).await?;
    people::store::email_proven(tx, person, now).await?;
    let taken = finish::take(tx, ready, &Fact { person, factor: Factor::Password, at: None, whole: None }).await?;
    if let Taken::Done(done) = &taken {
        let setup = Setup {
            session_id: done.session_id.clone(),
            began: Began::Password,
            request: None,
            onward: onward.map(str::to_owned),
            put_off: vec![],
        };
        store::begin(tx, &setup, now, now + model::LIFE).await?;
    }
    Ok(taken)
}

/// Puts a step off; what is asked stays.
pub async fn put_off(idp: &Idp, session: &Session, step: Step) -> Result<(), DbError> {
    let input = (session.clone(), step, signin::flow::able(idp), idp.env.now());
    idp.db
        .write(input, |(session, step, able, now), mut tx| {
            Box::pin(async move {
                let standing = read(&mut tx, session, *able, *now).await?;
                let Some(setup) = standing.setup.filter(|_| standing.plan.next == Some(*step)) else { return Ok(()) };
                let mut all = setup.put_off;
                all.push(*step);
                store::put_off(&mut tx, &session.id, &all).await
            })
        })
        .await
}

/// Ends one, for whoever leads on from it; nothing when there is none, or another tab went on with it.
pub async fn take(idp: &Idp, session: &Session) -> Result<Option<Setup>, DbError> {
    let input = (session.id.clone(), idp.env.now());
    idp.db
        .write(input, |(session, now), mut tx| {
            Box::pin(async move {
                let setup = store::of(&mut tx, session, *now).await?;
                Ok(if store::end(&mut tx, session).await? { setup } else { None })
            })
        })
        .await
}

/// Why a factor was not counted.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

struct Counting {
    session: Session,
    shown: Shown,
    place: sessions::store::Place,
    entry: audit::Entry,
}

/// Counts a factor as shown in the session in which its owner has just set it up on the way that he is led: he has proven with a
/// code or a key that he holds it. The value of the session's cookie from now on (security case 20); nothing where he is not led,
/// so that adding a factor at other times makes no session stronger.
pub async fn count(
    idp: &Idp,
    context: &Context,
    session: &Session,
    (factor, whole): (Factor, Option<Assurance>),
) -> Result<Option<String>, CountError> {
    let (cookie, now) = (idp.env.token(), idp.env.now());
    let entry = audit::Entry {
        id: idp.env.id(),
        at: now,
        actor: Actor::on(context).person(&session.person_id),
        action: "session.renewed",
        target: Some(session.id.clone()),
        outcome: "ok",
        detail: factor.as_str().to_owned(),
    };
    let place = sessions::store::Place {
        cookie_hash: sessions::flow::token_hash(idp, &cookie)?,
        ip: context.ip.to_string(),
        user_agent: context.user_agent.clone(),
    };
    let input = Counting { session: session.clone(), shown: Shown { factor, at: now, whole }, place, entry };
    let counted = idp.db.write(input, |c, mut tx| Box::pin(async move { counted(&mut tx, c).await })).await?;
    Ok(counted.then_some(cookie))
}

async fn counted(tx: &mut Tx<'_>, c: &Counting) -> Result<bool, DbError> {
    let now = c.entry.at;
    if store::of(tx, &c.session.id, now).await?.is_none() {
        return Ok(false);
    }
    let Some(present) = sessions::store::by_id(tx, &c.session.id).await?.filter(|s| s.is_live(now)) else { return Ok(false) };
    let before = sessions::store::results(tx, &present.id).await?;
    let with = before.clone().with(c.shown);
    // A second key that says less than the first, with which its owner came, takes nothing from him.
    let shown = if with.strength() < before.strength() { before } else { with };
    let Some(stronger) = Session::begun(present.id, present.person_id, &shown, present.expires_at) else { return Ok(false) };
    if !sessions::store::renew(tx, &stronger, &shown, &c.place, now).await? {
        return Ok(false);
    }
    audit::record(tx, &c.entry).await?;
    Ok(true)
}
