//! Making, changing, trying and removing other providers, and saying who someone is there.

use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::Fault;
use crate::idp::admin::people::flow::find;
use crate::idp::apply::plan::Change;
use crate::idp::federation::discovery::Metadata;
use crate::idp::federation::manage::{self, Linked, Wrong};
use crate::idp::federation::model::{Form, Upstream};
use crate::idp::federation::store;
use crate::idp::notices::{About, Notice, What};
use crate::idp::people::Person;
use crate::idp::{Idp, clients, federation};

impl From<Wrong> for AdminError {
    fn from(wrong: Wrong) -> Self {
        Self::Invalid(vec![Fault::at(wrong.field, wrong.key())])
    }
}

/// Every provider.
pub async fn list(idp: &Idp) -> Result<Vec<Upstream>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(store::all(&mut snapshot.tx()).await?)
}

/// One, and how many people are linked to it.
pub async fn show(idp: &Idp, id: &str) -> Result<(Upstream, i64), AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let found = store::by_id(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    Ok((found, store::count(&mut tx, id).await?))
}

/// Makes a provider, or changes it; whether it is new.
pub async fn save(idp: &Idp, asking: &Asking, form: Form) -> Result<(bool, Taken), AdminError> {
    let form = manage::checked(&idp.env.settings, form)?;
    let secret = manage::sealed(idp, &form).await?;
    let input = (Hand::new(idp, asking), form, secret);
    act(idp, input, |(hand, form, secret), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let (before, after) = manage::planned(maker.tx, form, secret.as_deref()).await??;
            let new = before.is_none();
            if before.as_ref() != Some(&after) {
                maker.make(&Change::Upstream { before: before.map(Box::new), after: Box::new(after) }).await?;
            }
            Ok((new, end(maker, &hand.asking).await?))
        })
    })
    .await
}

/// Takes a provider into use, or out of it.
pub async fn set_enabled(idp: &Idp, asking: &Asking, id: &str, enabled: bool) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned(), enabled);
    let ((), taken) = act(idp, input, |(hand, id, enabled), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let before = store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            if before.enabled != *enabled {
                let after = Upstream { enabled: *enabled, ..before.clone() };
                maker.make(&Change::Upstream { before: Some(Box::new(before)), after: Box::new(after) }).await?;
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

/// Removes a provider, with everyone's links to it.
pub async fn remove(idp: &Idp, asking: &Asking, id: &str) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    let ((), taken) = act(idp, input, |(hand, id), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            if !manage::removed(&mut maker, id).await? {
                return Err(AdminError::NotFound);
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

/// What a provider answers when it is asked for its metadata and keys, now.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Its metadata, and how many keys it publishes; else why it can't be used.
    pub answer: Result<(Metadata, usize), String>,
}

/// Asks a provider for its metadata and keys, whatever is remembered of it.
pub async fn tried(idp: &Idp, id: &str) -> Result<Tried, AdminError> {
    let (upstream, _) = show(idp, id).await?;
    Ok(Tried { answer: asked(idp, &upstream.terms.issuer).await })
}

async fn asked(idp: &Idp, issuer: &str) -> Result<(Metadata, usize), String> {
    let metadata = federation::discovery::asked(&idp.fetch, issuer).await.map_err(|e| e.to_string())?;
    match clients::keys::fetched(&idp.fetch, &metadata.jwks_uri).await.map(|k| k.keys().len()) {
        None | Some(0) => Err(format!("{}: it publishes no key that can be used", metadata.jwks_uri)),
        Some(keys) => Ok((metadata, keys)),
    }
}

async fn person(idp: &Idp, who: &str) -> Result<Person, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    find(&mut snapshot.tx(), who).await?.ok_or(AdminError::NotFound)
}

/// Whom a person (an id or an address) is elsewhere.
pub async fn links(idp: &Idp, who: &str) -> Result<Vec<manage::Shown>, AdminError> {
    let person = person(idp, who).await?;
    Ok(manage::links(idp, &person.id).await?)
}

/// Links a person to a subject of a provider: who he is there, by whom the administrator knows it. He is told by mail.
pub async fn link(idp: &Idp, asking: &Asking, who: &str, upstream: &str, subject: &str) -> Result<(), AdminError> {
    if subject.is_empty() || subject.len() > 255 {
        return Err(AdminError::Invalid(vec![Fault::at("subject", "federation-wrong-subject")]));
    }
    let person = person(idp, who).await?;
    let (there, _) = show(idp, upstream).await?;
    let notice = Notice::new(idp, What::AccountLinked, &About::default().named(&there.terms.name))?;
    let hand = Hand::new(idp, asking);
    let link = manage::new_link(idp, &person.id, upstream, subject, hand.now)?;
    act(idp, (hand, link, notice), |(hand, link, notice), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            match manage::linked(&mut maker, link, notice).await? {
                Linked::Unknown => Err(AdminError::NotFound),
                Linked::Otherwise => Err(AdminError::Invalid(vec![Fault::at("subject", "federation-wrong-linked")])),
                Linked::Now | Linked::Before => Ok(((), end(maker, &hand.asking).await?)),
            }
        })
    })
    .await
    .map(drop)?;
    idp.outbox.wake();
    Ok(())
}

/// Takes a person's link away, and whatever began with that provider's word.
pub async fn unlink(idp: &Idp, asking: &Asking, who: &str, upstream: &str) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), who.to_owned(), upstream.to_owned());
    let ((), taken) = act(idp, input, |(hand, who, upstream), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let person = find(maker.tx, who).await?.ok_or(AdminError::NotFound)?;
            if !manage::unlinked(&mut maker, &person.id, upstream).await? {
                return Err(AdminError::NotFound);
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}
