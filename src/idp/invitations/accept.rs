//! Accepting an invitation: one link, one person, in one transaction.

use secrecy::SecretString;

use super::model::{self, Invited, Step};
use super::{flow, send, store};
use crate::contract::feed::{Entry, Holder};
use crate::idp::credentials::passwords::About;
use crate::idp::grants::record::{self, Hand};
use crate::idp::links::flow::LinkError;
use crate::idp::people::{self, EmailKey, Person};
use crate::idp::signin::finish::{Ready, Taken};
use crate::idp::{Idp, federation, feed, grants, lifecycle, oidc, relations, sessions, setup};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::http::Context;

/// A link that works, and what is to be done with it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The invitation.
    pub invited: Invited,
    /// What is next.
    pub step: Step,
    /// The session of this browser: its id, and what its person is called.
    pub session: Option<(String, String)>,
}

/// What came of accepting.
#[derive(Debug)]
pub enum Outcome {
    /// Accepted.
    Accepted,
    /// Accepted with a password, and so the sign-in has begun.
    Begun(Taken),
    /// Something else is to be done first, or by now.
    Otherwise,
}

/// Looks at a link. `cookie` is the browser's session at the provider, if it has one.
pub async fn look(idp: &Idp, token: &str, cookie: Option<&str>) -> Result<Seen, LinkError> {
    let hash = send::hash(&idp.env.root, token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let session = sessions::flow::of_cookie(idp, &mut tx, cookie).await?;
    let (invited, account, signed_in) = read(&mut tx, &hash, session.as_ref().map(|s| s.id.as_str()), idp.env.now()).await?;
    let step = model::step(account.as_ref(), signed_in.as_ref().map(|p| p.id.as_str()));
    Ok(Seen { invited, step, session: session.map(|s| s.id).zip(signed_in.map(|p| p.name)) })
}

/// The invitation while its link works, the account of its address, and who is signed in.
async fn read(
    tx: &mut Tx<'_>,
    hash: &str,
    session: Option<&str>,
    now: Timestamp,
) -> Result<(Invited, Option<Person>, Option<Person>), LinkError> {
    let invited = store::by_token(tx, hash).await?.filter(|i| i.is_open(now)).ok_or(LinkError::Void)?;
    let relation = relations::store::by_id(tx, &invited.relation).await?;
    if !relation.is_some_and(|r| r.relation.active) {
        return Err(LinkError::Void);
    }
    let account = match EmailKey::parse(&invited.email_key) {
        Some(key) => people::store::by_email(tx, &key).await?,
        None => return Err(LinkError::Void),
    };
    let session = match session {
        Some(id) => sessions::store::by_id(tx, id).await?.filter(|s| s.is_live(now)),
        None => None,
    };
    let signed_in = match session {
        Some(s) => people::store::by_id(tx, &s.person_id).await?.filter(|p| p.active),
        None => None,
    };
    Ok((invited, account, signed_in))
}

/// Invites and accepts in one go, as the person would by the link, which is mailed to nobody: for sample people. An invitation
/// of this id that is there stays as it is.
pub async fn at_once(idp: &Idp, context: &Context, mut invited: Invited, password: SecretString) -> Result<(), LinkError> {
    let token = idp.env.token();
    invited.token_hash = send::hash(&idp.env.root, &token)?;
    let made = idp
        .db
        .write(invited, |invited, mut tx| {
            Box::pin(async move {
                if store::by_id(&mut tx, &invited.id).await?.is_some() {
                    return Ok::<_, DbError>(false);
                }
                store::insert(&mut tx, invited).await.map(|()| true)
            })
        })
        .await?;
    if made {
        let seen = look(idp, &token, None).await?;
        accept(idp, context, &token, &seen, Some(password), None).await?;
    }
    Ok(())
}

struct Accepting {
    hash: String,
    session: Option<String>,
    /// The hash of the chosen password; none where someone who is signed in confirms.
    phc: Option<String>,
    person_id: String,
    audit_id: String,
    hand: Hand,
    now: Timestamp,
    begins: Option<(Ready, String)>,
    onward: String,
}

/// Accepts, with a password where one is to be chosen; then the sign-in begins of whoever chose it, for which `begins` has what it
/// needs and a new id. What is to be done is decided again in the transaction.
pub async fn accept(
    idp: &Idp,
    context: &Context,
    token: &str,
    seen: &Seen,
    password: Option<SecretString>,
    begins: Option<(Ready, String)>,
) -> Result<Outcome, LinkError> {
    let now = idp.env.now();
    let phc = match password {
        None => None,
        Some(password) => {
            let about = About::of(&seen.invited.email, &seen.invited.name);
            Some(idp.hasher.choose(password, about).await?)
        }
    };
    let hand = Hand { actor: Actor::on(context), grant_id: idp.env.id(), audit_id: idp.env.id(), now };
    let input = Accepting {
        hash: send::hash(&idp.env.root, token)?,
        session: seen.session.as_ref().map(|(id, _)| id.clone()),
        phc,
        person_id: idp.env.id(),
        audit_id: idp.env.id(),
        hand,
        now,
        begins,
        onward: idp.env.settings.crm_url.at("/"),
    };
    idp.db.write_log(input, |input, mut tx| Box::pin(async move { accepted(&mut tx, input).await })).await
}

async fn accepted(tx: &mut LogTx<'_>, a: &Accepting) -> Result<Outcome, LinkError> {
    let (invited, account, signed_in) = read(tx, &a.hash, a.session.as_deref(), a.now).await?;
    let step = model::step(account.as_ref(), signed_in.as_ref().map(|p| p.id.as_str()));
    let person = match (step, &a.phc, account) {
        (Step::Choose, Some(phc), None) => create(tx, a, &invited, phc).await?,
        (Step::Choose, Some(phc), Some(person)) => take_over(tx, a, person, phc).await?,
        // The policies may have changed since the page was asked for: it leads to what is asked now.
        (Step::Confirm, None, Some(person)) if is_enough(tx, a).await? => person,
        _ => return Ok(Outcome::Otherwise),
    };
    if !store::accept(tx, &a.hash, &person.id, a.now).await? {
        return Err(LinkError::Void);
    }
    people::store::email_proven(tx, &person.id, a.now).await?;
    let actor = a.hand.actor.clone().person(&person.id);
    flow::note(tx, &a.audit_id, &actor, "invitation.accepted", &invited.id, person.id.clone(), a.now).await?;
    let entry = Entry::Invited { invitation: invited.id.clone(), sub: person.id.clone(), present: true };
    feed::append(tx, a.now, &entry).await?;
    let holder = Holder::Person(person.id.clone());
    let terms = match grants::store::of_holder(tx, &invited.relation, &holder).await? {
        Some(has) => has.terms.widened_by(&invited.terms),
        None => invited.terms.clone(),
    };
    // It is who invited that gives; who accepts only takes it.
    let hand = Hand { actor: a.hand.actor.clone().person(&invited.invited_by), ..a.hand.clone() };
    let written = record::give(tx, &invited.relation, &holder, &terms, Some(&invited.id), &hand).await?;
    store::set_grant(tx, &invited.id, &written.held.id).await?;
    match (step, &a.begins) {
        (Step::Choose, Some((ready, signin))) => {
            Ok(Outcome::Begun(setup::flow::after_link(tx, ready, (signin, &person.id), Some(&a.onward)).await?))
        }
        _ => Ok(Outcome::Accepted),
    }
}

/// Whether the session that confirms is what the policies ask of its owner (security case 17).
async fn is_enough(tx: &mut Tx<'_>, a: &Accepting) -> Result<bool, DbError> {
    let session = match &a.session {
        Some(id) => sessions::store::by_id(tx, id).await?,
        None => None,
    };
    match session {
        Some(session) => setup::flow::is_enough(tx, &session, a.now).await,
        None => Ok(false),
    }
}

/// A new person: an external, since nobody becomes staff by a link.
async fn create(tx: &mut LogTx<'_>, a: &Accepting, invited: &Invited, phc: &str) -> Result<Person, LinkError> {
    let person = Person {
        id: a.person_id.clone(),
        email: invited.email.clone(),
        email_proven: true,
        name: invited.name.clone(),
        language: invited.language.clone(),
        phone: None,
        staff: false,
        active: true,
    };
    let key = EmailKey::parse(&invited.email).ok_or(LinkError::Void)?;
    if !people::store::insert(tx, &person, &key, a.now).await? {
        return Err(LinkError::Void);
    }
    people::store::set_password(tx, &person.id, phc, a.now).await?;
    feed::append(tx, a.now, &person.entry()).await?;
    note_person(tx, a, "person.created", &person.id, "c").await?;
    Ok(person)
}

/// An account whose address nobody had proven becomes that of who proves it: everything set before ends (security case 23).
async fn take_over(tx: &mut LogTx<'_>, a: &Accepting, person: Person, phc: &str) -> Result<Person, LinkError> {
    people::store::replace_credentials(tx, &person.id, phc, a.now).await?;
    let actor = a.hand.actor.clone().person(&person.id);
    for (n, session) in sessions::store::live_of(tx, &person.id, a.now).await?.iter().enumerate() {
        sessions::flow::end(tx, &session.id, &actor, &format!("{}-s{n}", a.audit_id), a.now).await?;
    }
    for issue in oidc::store::offline_issues_of(tx, &person.id).await? {
        if oidc::store::revoke_issue(tx, &issue, a.now).await? {
            feed::append(tx, a.now, &Entry::IssueRevoked { issue }).await?;
        }
    }
    // Nor does anyone come in any more by another provider's word, or by what is on its way.
    federation::store::forget(tx, &person.id).await?;
    lifecycle::close::void(tx, &person.id, a.now).await?;
    note_person(tx, a, "password.chosen", &person.id, "p").await?;
    Ok(person)
}

async fn note_person(tx: &mut Tx<'_>, a: &Accepting, action: &'static str, person: &str, part: &str) -> Result<(), DbError> {
    let entry = audit::Entry {
        id: format!("{}-{part}", a.audit_id),
        at: a.now,
        actor: a.hand.actor.clone().person(person),
        action,
        target: Some(person.to_owned()),
        outcome: "ok",
        detail: "by invitation".into(),
    };
    audit::record(tx, &entry).await
}
