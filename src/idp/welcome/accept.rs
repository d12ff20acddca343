//! Accepting: one link, one person, in one transaction.

use secrecy::SecretString;

use super::model::{Welcome, Whom};
use super::{send, store};
use crate::contract::feed::{Entry, Holder};
use crate::idp::account::flow::Own;
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::people::{self, EmailKey, Person};
use crate::idp::signin::finish::{Ready, Taken};
use crate::idp::signin::flow::SigninError;
use crate::idp::{Idp, feed, setup};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::http::Context;
use crate::kernel::root::RootError;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// Used, taken back, expired or never made.
    #[error("the link is void")]
    Void,
    /// Somebody has the address by now.
    #[error("there is an account with this address")]
    Known,
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
}

/// A link that works.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it is.
    pub welcome: Welcome,
    /// Whom it is for.
    pub whom: Whom,
    /// The address in its canonical form.
    key: EmailKey,
}

/// Looks at a link.
pub async fn look(idp: &Idp, token: &str) -> Result<Seen, AcceptError> {
    let hash = send::hash(&idp.env.root, token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let welcome = read(&mut tx, &hash, idp.env.now()).await?;
    let whom = send::opened(&idp.env.root, &welcome.id, &welcome.sealed)?;
    let key = EmailKey::parse(&whom.email).ok_or(AcceptError::Void)?;
    if people::store::by_email(&mut tx, &key).await?.is_some() {
        return Err(AcceptError::Known);
    }
    Ok(Seen { welcome, whom, key })
}

async fn read(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Welcome, AcceptError> {
    store::by_hash(tx, hash).await?.filter(|w| w.is_open(now)).ok_or(AcceptError::Void)
}

struct Accepting {
    hash: String,
    seen: Seen,
    phc: String,
    person: Person,
    own: Own,
    ready: Ready,
    signin: String,
}

/// Makes the person, with the password that he chose, and begins his sign-in, whose id is new.
pub async fn accept(
    idp: &Idp,
    context: &Context,
    token: &str,
    password: SecretString,
    (ready, signin): (Ready, String),
) -> Result<Taken, AcceptError> {
    let seen = look(idp, token).await?;
    let person = Person {
        id: idp.env.id(),
        email: seen.whom.email.clone(),
        email_proven: true,
        name: seen.whom.name.clone(),
        language: seen.whom.language.clone(),
        phone: None,
        staff: seen.welcome.staff,
        active: true,
    };
    let own = Own::new(idp, &person.id, Actor::on(context).person(&person.id));
    let accepting = Accepting {
        hash: send::hash(&idp.env.root, token)?,
        phc: idp.hasher.choose(password, passwords::About::of(&seen.whom.email, &seen.whom.name)).await?,
        seen,
        person,
        own,
        ready,
        signin,
    };
    idp.db.write_log(accepting, |a, mut tx| Box::pin(async move { accepted(&mut tx, a).await })).await
}

async fn accepted(tx: &mut LogTx<'_>, a: &Accepting) -> Result<Taken, AcceptError> {
    let (own, person) = (&a.own, &a.person);
    let welcome = read(tx, &a.hash, own.now).await?;
    if !people::store::insert(tx, person, &a.seen.key, own.now).await? {
        return Err(AcceptError::Known);
    }
    if !store::accept(tx, &welcome.id, &person.id, own.now).await? {
        return Err(AcceptError::Void);
    }
    people::store::set_password(tx, &person.id, &a.phc, own.now).await?;
    feed::append(tx, own.now, &person.entry()).await?;
    own.note(tx, "-c", "person.created", &person.id, format!("by {}", welcome.kind.as_str())).await?;
    for (n, group) in welcome.groups.iter().enumerate() {
        // A group that is gone by now is no reason to refuse the person.
        if people::store::groups(tx).await?.iter().any(|(id, _)| id == group)
            && people::store::set_member(tx, group, &person.id, true).await?
        {
            let entry = Entry::Member { group: group.clone(), sub: person.id.clone(), present: true };
            feed::append(tx, own.now, &entry).await?;
            own.note(tx, &format!("-g{n}"), "member.added", &person.id, format!("group {group}")).await?;
        }
    }
    for (n, role) in welcome.roles.iter().enumerate() {
        let holder = Holder::Person(person.id.clone());
        if people::store::set_role(tx, &holder, role, true).await? {
            feed::append(tx, own.now, &Entry::Role { holder, role: role.clone(), present: true }).await?;
            own.note(tx, &format!("-r{n}"), "role.given", &person.id, role.clone()).await?;
        }
    }
    own.note(tx, "", "invitation.accepted", &welcome.id, person.id.clone()).await?;
    Ok(setup::flow::after_link(tx, &a.ready, (&a.signin, &person.id), None).await?)
}
