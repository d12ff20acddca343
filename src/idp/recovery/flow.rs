//! Asking for a way back, and choosing a password by it.

use secrecy::SecretString;

use super::model::{self, Recovery, Scope, Step, Way};
use super::send::{self, BEGIN};
use super::store;
use crate::idp::account::flow::{Own, revoke};
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::factors::flow::FactorError;
use crate::idp::feed::Gone;
use crate::idp::notices::{About, Notice, What};
use crate::idp::people::{EmailKey, Person};
use crate::idp::signin::finish::{Ready, Taken};
use crate::idp::signin::flow::SigninError;
use crate::idp::{Idp, address, factors, feed, links, oidc, people, sessions, setup};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{Purpose, RootError};

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// Used, expired or never made.
    #[error("the link is void")]
    Void,
    /// Not this far, or decided otherwise.
    #[error("something else is to be done first, or by now")]
    Otherwise,
    /// Who decides is the person himself, who asked for it, or no administrator.
    #[error("another administrator must decide")]
    Forbidden,
    /// The password was not taken.
    #[error(transparent)]
    Password(#[from] Unfit),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The sign-in that it begins.
    #[error(transparent)]
    Signin(#[from] SigninError),
    /// A passkey could not be asked for or checked.
    #[error(transparent)]
    Passkey(#[from] FactorError),
}

/// Asks for a link. Some time when that was too often; nothing else tells whether anybody has the address (security case 25): the
/// worker finds out.
pub async fn ask(idp: &Idp, context: &Context, email: &str) -> Result<Option<Timestamp>, RecoveryError> {
    let (root, now, id) = (&idp.env.root, idp.env.now(), idp.env.id());
    let typed: String = email.trim().chars().take(254).collect();
    let name = EmailKey::parse(&typed).map_or_else(|| typed.to_lowercase(), |k| k.as_str().to_owned());
    let buckets: [(String, Limit); 2] = [
        (root.token_hash("recovery-network", &context.network())?, model::PER_NETWORK),
        (root.token_hash("recovery-address", &name)?, model::PER_ADDRESS),
    ];
    let place = format!("recovery/{id}");
    let sealed = root.seal(Purpose::Personal, &place, typed.as_bytes(), idp.env.entropy.as_ref())?;
    let payload =
        serde_json::json!(send::Begin { address: sealed, ip: context.ip.to_string(), request: context.request_id.clone() });
    let job = NewJob { id, kind: BEGIN, cause: "recovery".into(), payload, due_at: now, now };
    let input = (buckets, job, now);
    let limited = idp
        .db
        .write(input, |(buckets, job, now), mut tx| {
            Box::pin(async move {
                let until = limits::take_each(&mut tx, buckets, *now).await?;
                if until.is_none() {
                    outbox::put(&mut tx, job.clone()).await?;
                }
                Ok::<_, DbError>(until)
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(limited)
}

/// A link that works.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The way back.
    pub recovery: Recovery,
    /// Whose.
    pub person: Person,
    /// How far it is.
    pub step: Step,
    /// What can be shown.
    pub ways: Vec<Way>,
    /// The number that codes go to.
    pub phone: Option<String>,
}

/// Looks at a link.
pub async fn look(idp: &Idp, token: &str) -> Result<Seen, RecoveryError> {
    let hash = send::hash(&idp.env.root, token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut seen = read(&mut snapshot.tx(), &hash, idp.env.now()).await?;
    // At an address without a name no passkey can be asked for.
    seen.ways.retain(|way| *way != Way::Passkey || idp.passkeys.offered());
    Ok(seen)
}

pub(super) async fn read(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Seen, RecoveryError> {
    let recovery = store::by_hash(tx, hash).await?.filter(|r| r.is_open(now)).ok_or(RecoveryError::Void)?;
    let person = people::store::by_id(tx, &recovery.person).await?.filter(|p| p.active).ok_or(RecoveryError::Void)?;
    let (ways, phone) = ways(tx, &person).await?;
    let step = recovery.step();
    Ok(Seen { recovery, person, step, ways, phone })
}

/// What someone could show beside the mailed link: whatever does not go through the same mailbox.
async fn ways(tx: &mut Tx<'_>, person: &Person) -> Result<(Vec<Way>, Option<String>), DbError> {
    let held = factors::store::held(tx, &person.id).await?;
    let all = [
        (held.passkeys > 0, Way::Passkey),
        (held.authenticator, Way::Authenticator),
        (held.recovery_codes > 0, Way::Code),
        (held.phone, Way::Sms),
    ];
    let ways = all.into_iter().filter_map(|(has, way)| has.then_some(way)).collect();
    Ok((ways, person.phone.clone().filter(|_| held.phone)))
}

struct Choosing {
    hash: String,
    phc: String,
    own: Own,
    notices: [Notice; 2],
    ready: Ready,
    signin: String,
}

/// Chooses a password: once, and only after a proof or an approval. Every session and all offline access end; a sign-in begins,
/// whose id is new.
pub async fn choose(
    idp: &Idp,
    context: &Context,
    token: &str,
    password: SecretString,
    (ready, signin): (Ready, String),
) -> Result<Taken, RecoveryError> {
    let seen = look(idp, token).await?;
    if seen.step != Step::Choose {
        return Err(RecoveryError::Otherwise);
    }
    let about = About::on(context);
    let choosing = Choosing {
        hash: send::hash(&idp.env.root, token)?,
        phc: idp.hasher.choose(password, passwords::About::of(&seen.person.email, &seen.person.name)).await?,
        own: Own::new(idp, &seen.person.id, Actor::on(context).person(&seen.person.id)),
        notices: [Notice::new(idp, What::PasswordReset, &about)?, Notice::new(idp, What::FactorsReset, &about)?],
        ready,
        signin,
    };
    let (gone, taken) = idp.db.write_log(choosing, |c, mut tx| Box::pin(async move { chosen(&mut tx, c).await })).await?;
    idp.outbox.wake();
    feed::settle(idp, gone).await?;
    Ok(taken)
}

async fn chosen(tx: &mut LogTx<'_>, c: &Choosing) -> Result<(Gone, Taken), RecoveryError> {
    let own = &c.own;
    let seen = read(tx, &c.hash, own.now).await?;
    if seen.step != Step::Choose {
        return Err(RecoveryError::Otherwise);
    }
    if !store::take(tx, &seen.recovery.id, &own.person, own.now).await? {
        return Err(RecoveryError::Void);
    }
    let [reset, factors] = &c.notices;
    match seen.recovery.scope {
        Scope::Password => people::store::set_password(tx, &own.person, &c.phc, own.now).await?,
        Scope::Factors => {
            people::store::replace_credentials(tx, &own.person, &c.phc, own.now).await?;
            factors::store::forget_all(tx, &own.person, own.now).await?;
            own.note(tx, "-f", "factors.reset", &own.person, String::new()).await?;
            factors.put(tx, &own.person).await?;
        }
    }
    links::store::void_of(tx, &own.person, own.now).await?;
    address::store::void_of(tx, &own.person, own.now).await?;
    let mut told = Vec::new();
    for session in sessions::store::live_of(tx, &own.person, own.now).await? {
        let id = format!("{}-{}", own.audit_id, session.id);
        told.extend(sessions::flow::end(tx, &session.id, &own.actor, &id, own.now).await?);
    }
    let offline = oidc::store::offline_issues_of(tx, &own.person).await?;
    told.extend(revoke(tx, own, &offline, "password chosen anew").await?);
    own.note(tx, "", "password.chosen", &own.person, "by recovery".into()).await?;
    reset.put(tx, &own.person).await?;
    let gone = Gone { position: feed::store::head(tx).await?.position, told };
    Ok((gone, setup::flow::after_link(tx, &c.ready, (&c.signin, &own.person), None).await?))
}
