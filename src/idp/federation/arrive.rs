//! Someone comes back from another provider: whom he is here is decided, and recorded, in one transaction (security case 23).

use std::collections::BTreeSet;

use super::flow::FederationError;
use super::model::{Arrival, Said, Upstream, arrival};
use super::store::{self, Link};
use crate::idp::apply::make::Maker;
use crate::idp::apply::plan::Change;
use crate::idp::notices::{About, Notice, What};
use crate::idp::oidc::backchannel::Told;
use crate::idp::people::{self, Person};
use crate::idp::signin::factors::Factor;
use crate::idp::signin::finish::{self, Fact, Ready, Taken};
use crate::idp::{Idp, factors, feed, lifecycle, policy, signin};
use crate::kernel::Env;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::http::Context;
use crate::kernel::pages::Lang;
use crate::kernel::root::Purpose;

/// What came of it.
#[derive(Debug)]
pub enum Arrived {
    /// A fact of the sign-in, and what came of that.
    In(Taken),
    /// Signed in there longer ago than the policies let a sign-in be: he is to show it there again.
    TooOld,
    /// Linked to whoever is signed in here.
    Linked,
    /// Linked to someone else already, or he to another.
    Taken,
    /// Nobody is known by it here.
    Nobody,
}

/// Everything that the transaction needs: drawn before it.
#[derive(Clone)]
struct Arriving {
    env: Env,
    upstream: Upstream,
    said: Said,
    subject_key: String,
    actor: Actor,
    run: String,
    new_id: String,
    /// Tells the person that his account there is connected.
    notice: Notice,
    now: Timestamp,
}

impl Arriving {
    fn new(idp: &Idp, context: &Context, upstream: Upstream, said: Said) -> Result<Self, FederationError> {
        let (env, now) = (idp.env.clone(), idp.env.now());
        let subject_key = env.root.token_hash("upstream-subject", &said.subject)?;
        let (run, new_id) = (env.id(), env.id());
        let notice = Notice::new(idp, What::AccountLinked, &About::on(context).named(&upstream.terms.name))?;
        Ok(Self { env, upstream, said, subject_key, actor: Actor::on(context), run, new_id, notice, now })
    }

    /// The link of a person. Sealing draws a number of its own each time, also when a transaction runs again.
    fn link(&self, person: &str, used: bool) -> Result<Link, FederationError> {
        let place = format!("upstream_links/{}/{person}", self.upstream.id);
        let subject = self.env.root.seal(Purpose::Personal, &place, self.said.subject.as_bytes(), self.env.entropy.as_ref())?;
        Ok(Link {
            upstream_id: self.upstream.id.clone(),
            subject,
            subject_key: self.subject_key.clone(),
            person_id: person.to_owned(),
            linked_at: self.now.0,
            used_at: used.then_some(self.now.0),
        })
    }

    fn entry(&self, n: &str, action: &'static str, person: Option<&str>, outcome: &'static str) -> audit::Entry {
        audit::Entry {
            id: format!("{}-{n}", self.run),
            at: self.now,
            actor: Actor { sub: person.map(str::to_owned), ..self.actor.clone() },
            action,
            target: person.map(str::to_owned),
            outcome,
            detail: format!("provider {}", self.upstream.id),
        }
    }
}

/// Someone signs in.
pub async fn sign_in(
    idp: &Idp,
    context: &Context,
    upstream: Upstream,
    said: Said,
    ready: Ready,
) -> Result<Arrived, FederationError> {
    let arriving = Arriving::new(idp, context, upstream, said)?;
    let done =
        idp.db.write_log((arriving, ready), |(a, ready), mut tx| Box::pin(async move { signed_in(&mut tx, a, ready).await }));
    let (arrived, told) = done.await?;
    idp.outbox.wake();
    if !told.is_empty() {
        let position = feed::store::head_now(&idp.db).await?.position;
        feed::settle(idp, feed::Gone { position, told }).await?;
    }
    Ok(arrived)
}

async fn signed_in(tx: &mut LogTx<'_>, a: &Arriving, ready: &Ready) -> Result<(Arrived, Vec<Told>), FederationError> {
    // Changed or taken out of use meanwhile: its word was taken by terms that are no longer so.
    let now = store::by_id(tx, &a.upstream.id).await?;
    if now.is_none_or(|u| !u.enabled || u.terms != a.upstream.terms) {
        return Err(FederationError::Gone);
    }
    let Some((person, mut told)) = whom(tx, a).await? else {
        audit::record(tx, &a.entry("nobody", "signin.federated", None, "unknown")).await?;
        return Ok((Arrived::Nobody, Vec::new()));
    };
    told.extend(follow(tx, a, &person).await?);
    if is_too_old(tx, a, ready, &person).await? {
        return Ok((Arrived::TooOld, told));
    }
    store::used(tx, &a.upstream.id, &a.subject_key, a.now).await?;
    let fact = Fact { person: &person.id, factor: Factor::Federated, at: a.said.signed_in_at, whole: a.said.whole };
    let taken = finish::take(tx, ready, &fact).await?;
    Ok((Arrived::In(taken), told))
}

/// Whether a session that began with this word would be too old for what the sign-in is for as soon as it begins.
async fn is_too_old(tx: &mut Tx<'_>, a: &Arriving, ready: &Ready, person: &Person) -> Result<bool, DbError> {
    let Some(at) = a.said.signed_in_at else { return Ok(false) };
    let request = signin::store::by_token(tx, &ready.at.hash).await?.and_then(|s| s.request);
    let asked = policy::flow::asked(tx, &person.id, request.as_ref().map(|r| r.client_id.as_str())).await?;
    Ok(asked.is_over(at, a.now))
}

/// Who it is here; made or linked if that is to be.
async fn whom(tx: &mut LogTx<'_>, a: &Arriving) -> Result<Option<(Person, Vec<Told>)>, FederationError> {
    let linked = match store::linked(tx, &a.upstream.id, &a.subject_key).await? {
        Some(link) => people::store::by_id(tx, &link.person_id).await?,
        None => None,
    };
    let address = a.said.address(&a.upstream.terms).cloned();
    let same = match &address {
        Some((_, key)) => people::store::by_email(tx, key).await?,
        None => None,
    };
    let mut told = Vec::new();
    match (arrival(&a.upstream.terms, &a.said, linked.as_ref(), same.as_ref()), linked, same, address) {
        (Arrival::Known, Some(person), ..) => Ok(Some((person, told))),
        (Arrival::Linked { anew }, _, Some(person), _) => {
            if anew {
                told = begin_anew(tx, a, &person).await?;
            }
            if !store::link(tx, &a.link(&person.id, true)?).await? {
                return Ok(None);
            }
            people::store::email_proven(tx, &person.id, a.now).await?;
            audit::record(tx, &a.entry("link", "federation.linked", Some(&person.id), "by address")).await?;
            a.notice.put(tx, &person.id).await?;
            Ok(Some((person, told)))
        }
        (Arrival::New, _, _, Some((email, key))) => {
            let person = Person {
                id: a.new_id.clone(),
                name: a.said.name.clone().unwrap_or_else(|| email.clone()),
                email,
                email_proven: false,
                language: language(a).unwrap_or_default().code().to_owned(),
                phone: None,
                staff: a.upstream.terms.staff,
                active: true,
            };
            let change = Change::NewPerson { person: person.clone(), key };
            Maker::new(tx, &a.run, a.now, &a.actor).make(&change).await?;
            people::store::email_proven(tx, &person.id, a.now).await?;
            if !store::link(tx, &a.link(&person.id, true)?).await? {
                return Err(FederationError::Gone);
            }
            audit::record(tx, &a.entry("link", "federation.linked", Some(&person.id), "made")).await?;
            Ok(Some((person, told)))
        }
        _ => Ok(None),
    }
}

/// Whatever was set for an address before it was proven goes, and whoever is in by it is out: it may have been set by someone
/// who only waited for its owner to come.
async fn begin_anew(tx: &mut LogTx<'_>, a: &Arriving, person: &Person) -> Result<Vec<Told>, FederationError> {
    people::store::forget_credentials(tx, &person.id, a.now).await?;
    factors::store::forget_all(tx, &person.id, a.now).await?;
    store::forget(tx, &person.id).await?;
    lifecycle::close::void(tx, &person.id, a.now).await?;
    let mut maker = Maker::new(tx, &a.run, a.now, &a.actor);
    maker.note("credentials.dropped", &person.id, "address was not proven", String::new()).await?;
    maker.end_sessions(&person.id).await?;
    maker.revoke_offline(&person.id, "address was not proven").await?;
    Ok(maker.finish().await?)
}

fn language(a: &Arriving) -> Option<Lang> {
    a.said.language.as_deref().and_then(Lang::from_code)
}

/// Name, language and groups follow the provider.
async fn follow(tx: &mut LogTx<'_>, a: &Arriving, person: &Person) -> Result<Vec<Told>, FederationError> {
    let mut changes = Vec::new();
    let terms = &a.upstream.terms;
    let after = Person {
        name: a.said.name.clone().unwrap_or_else(|| person.name.clone()),
        language: language(a).map_or_else(|| person.language.clone(), |l| l.code().to_owned()),
        ..person.clone()
    };
    if terms.update && after != *person {
        changes.push(Change::Person { before: person.clone(), after });
    }
    if let Some(wanted) = a.said.groups_here(terms) {
        changes.extend(regroup(tx, a, person, &wanted).await?);
    }
    // Ids of entries of their own: making someone new has used the first ones.
    let run = format!("{}-f", a.run);
    let mut maker = Maker::new(tx, &run, a.now, &a.actor);
    for change in &changes {
        maker.make(change).await?;
    }
    Ok(maker.finish().await?)
}

/// Puts the person into the groups that the provider's word means, and out of those that it meant before. Groups that he is in
/// for another reason stay.
async fn regroup(
    tx: &mut Tx<'_>,
    a: &Arriving,
    person: &Person,
    wanted: &BTreeSet<String>,
) -> Result<Vec<Change>, FederationError> {
    let who = (person.id.clone(), person.email.clone());
    let all = people::store::groups(tx).await?;
    let own: BTreeSet<String> = people::store::groups_of(tx, &person.id).await?.into_iter().map(|(id, _)| id).collect();
    let before = store::groups_by(tx, &a.upstream.id, &person.id).await?;
    let mut changes = Vec::new();
    for (id, name) in all {
        let (is_wanted, was_given) = (wanted.contains(&name), before.contains(&id));
        if is_wanted && !own.contains(&id) {
            store::set_group(tx, &a.upstream.id, &person.id, &id, true).await?;
            changes.push(Change::Member { group: (id, name), person: who.clone(), present: true });
        } else if !is_wanted && was_given {
            store::set_group(tx, &a.upstream.id, &person.id, &id, false).await?;
            changes.push(Change::Member { group: (id, name), person: who.clone(), present: false });
        }
    }
    Ok(changes)
}

/// Someone who is signed in here links himself.
pub async fn link(
    idp: &Idp,
    context: &Context,
    upstream: Upstream,
    said: Said,
    person: String,
) -> Result<Arrived, FederationError> {
    let arriving = Arriving::new(idp, context, upstream, said)?;
    let done = idp.db.write((arriving, person), |(a, person), mut tx| {
        Box::pin(async move {
            let stands = people::store::by_id(&mut tx, person).await?.is_some_and(|p| p.active);
            if !stands || store::by_id(&mut tx, &a.upstream.id).await?.is_none_or(|u| !u.enabled) {
                return Err(FederationError::Gone);
            }
            let made = store::link(&mut tx, &a.link(person, false)?).await?;
            let there = store::linked(&mut tx, &a.upstream.id, &a.subject_key).await?;
            let his = there.is_some_and(|l| l.person_id == *person);
            let outcome = if his { "by himself" } else { "taken" };
            if made || !his {
                audit::record(&mut tx, &a.entry("link", "federation.linked", Some(person), outcome)).await?;
            }
            if made {
                a.notice.put(&mut tx, person).await?;
            }
            Ok(if his { Arrived::Linked } else { Arrived::Taken })
        })
    });
    let arrived = done.await?;
    idp.outbox.wake();
    Ok(arrived)
}
