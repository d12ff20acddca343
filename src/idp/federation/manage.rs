//! Other providers, as whoever administers decides about them: by file, command, interface and page. Taking one out of use
//! ends whatever began with its word, at once (security case 29).

use secrecy::ExposeSecret;

use super::flow::{FederationError, secret_place};
use super::model::{ClientAuth, Form, Upstream, is_id};
use super::store::{self, Link};
use crate::config::Settings;
use crate::idp::apply::ApplyError;
use crate::idp::apply::make::Maker;
use crate::idp::notices::Notice;
use crate::idp::oidc::backchannel::Told;
use crate::idp::{Idp, feed, people};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::reach::Reach;
use crate::kernel::root::{Purpose, RootError, RootKey};

/// Why something about a provider can't be so: the member, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The member.
    pub field: &'static str,
    /// What to do.
    pub why: String,
}

impl Wrong {
    /// The key of the text that says so on a page.
    pub fn key(&self) -> &'static str {
        match self.field {
            "id" => "federation-wrong-id",
            "name" => "federation-wrong-name",
            "issuer" => "federation-wrong-issuer",
            "client_id" => "federation-wrong-client-id",
            "client_secret" => "federation-wrong-client-secret",
            "scope" => "federation-wrong-scope",
            "domains" => "federation-wrong-domains",
            _ => "federation-wrong-trust",
        }
    }

    fn at(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }
}

/// Checks a form, without looking at what is there.
pub fn checked(settings: &Settings, form: Form) -> Result<Form, Wrong> {
    if !is_id(&form.id) {
        return Err(Wrong::at("id", "small letters, digits and dashes, at most 40"));
    }
    let terms = form.terms.checked(&Reach::of(settings)).map_err(|(field, why)| Wrong { field, why })?;
    if terms.issuer == settings.idp_url.as_str() {
        return Err(Wrong::at("issuer", "this is the issuer of this server itself"));
    }
    Ok(Form { terms, ..form })
}

/// What a form makes of what is there; nothing written. `secret` is the form's, sealed; none where it has none.
pub async fn planned(
    tx: &mut Tx<'_>,
    form: &Form,
    secret: Option<&str>,
) -> Result<Result<(Option<Upstream>, Upstream), Wrong>, DbError> {
    let all = store::all(tx).await?;
    let before = all.iter().find(|u| u.id == form.id).cloned();
    if before.as_ref().is_some_and(|b| b.terms.issuer != form.terms.issuer) {
        let why = "another issuer is another provider: make one of its own, and take this one out of use";
        return Ok(Err(Wrong::at("issuer", why)));
    }
    for other in all.iter().filter(|u| u.id != form.id) {
        if other.terms.issuer == form.terms.issuer {
            return Ok(Err(Wrong::at("issuer", format!("{} has this issuer", other.id))));
        }
        if let Some(domain) = form.terms.domains.iter().find(|d| other.terms.domains.contains(d)) {
            return Ok(Err(Wrong::at("domains", format!("{domain} leads to {} already", other.id))));
        }
    }
    let secret = secret.map(str::to_owned).or_else(|| before.as_ref().and_then(|b| b.secret.clone()));
    if form.terms.token_endpoint_auth_method != ClientAuth::None && secret.is_none() {
        return Ok(Err(Wrong::at("client_secret", "give the secret that the other provider gave this server")));
    }
    let enabled = form.enabled.unwrap_or_else(|| before.as_ref().is_none_or(|b| b.enabled));
    Ok(Ok((before, Upstream { id: form.id.clone(), enabled, secret, terms: form.terms.clone() })))
}

/// A form's secret, sealed. The same as before stays sealed as it was, so that saying it again is no change.
pub async fn sealed(idp: &Idp, form: &Form) -> Result<Option<String>, ApplyError> {
    let Some(secret) = &form.client_secret else { return Ok(None) };
    let known = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), &form.id).await?.and_then(|u| u.secret)
    };
    let (root, place, secret) = (&idp.env.root, secret_place(&form.id), secret.expose_secret().as_bytes());
    let same = |sealed: &String| root.open(Purpose::UpstreamSecret, &place, sealed).is_ok_and(|plain| plain.as_slice() == secret);
    match known.filter(same) {
        Some(known) => Ok(Some(known)),
        None => Ok(Some(root.seal(Purpose::UpstreamSecret, &place, secret, idp.env.entropy.as_ref())?)),
    }
}

/// What differs between two, by name.
pub fn differs(before: &Upstream, after: &Upstream) -> Vec<String> {
    let object = |u: &Upstream| serde_json::to_value(&u.terms).ok().and_then(|v| v.as_object().cloned()).unwrap_or_default();
    let (old, new) = (object(before), object(after));
    let mut names: Vec<String> = old.keys().chain(new.keys().filter(|k| !old.contains_key(*k))).cloned().collect();
    names.retain(|k| old.get(k) != new.get(k));
    if before.secret != after.secret {
        names.push("client_secret".into());
    }
    match (before.enabled, after.enabled) {
        (true, false) => names.push("disabled; whatever began with its word ends".into()),
        (false, true) => names.push("enabled".into()),
        _ => {}
    }
    names
}

/// Writes a provider in a transaction; the applications that are to be told of what ends.
pub(in crate::idp) async fn write(
    maker: &mut Maker<'_, '_>,
    before: Option<&Upstream>,
    after: &Upstream,
) -> Result<Vec<Told>, DbError> {
    store::save(maker.tx, after, maker.now).await?;
    match before {
        Some(before) if before.enabled && !after.enabled => {
            end(maker.tx, &after.id, None, (maker.actor, maker.run, maker.now)).await
        }
        _ => Ok(Vec::new()),
    }
}

/// Ends whatever began with a provider's word: sessions, what outlives them, sign-ins under way; of one person or everyone.
pub async fn end(
    tx: &mut LogTx<'_>,
    upstream: &str,
    person: Option<&str>,
    (actor, run, now): (&Actor, &str, Timestamp),
) -> Result<Vec<Told>, DbError> {
    let mut told = Vec::new();
    store::void_signins(tx, upstream, person, now).await?;
    for (n, session) in store::sessions_by(tx, upstream, person, now).await?.iter().enumerate() {
        let id = format!("{run}-session-{n:05}");
        told.extend(crate::idp::sessions::flow::end(tx, session, actor, &id, now).await?);
    }
    let issues = store::issues_by(tx, upstream, person).await?;
    told.extend(crate::idp::oidc::issues::revoke_all(tx, &issues, (actor, run, now), "provider taken out of use").await?);
    Ok(told)
}

/// A link of a person, with the subject in plain.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The provider's id.
    pub upstream: String,
    /// Its name.
    pub name: String,
    /// The subject there.
    pub subject: String,
    /// Since when.
    pub linked_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// Whom a person is elsewhere.
pub async fn links(idp: &Idp, person: &str) -> Result<Vec<Shown>, ApplyError> {
    let mut snapshot = idp.db.snapshot().await?;
    links_of(&mut snapshot.tx(), &idp.env.root, person).await
}

/// The same in a transaction.
pub async fn links_of(tx: &mut Tx<'_>, root: &RootKey, person: &str) -> Result<Vec<Shown>, ApplyError> {
    let names: std::collections::BTreeMap<String, String> =
        store::all(tx).await?.into_iter().map(|u| (u.id, u.terms.name)).collect();
    let mut out = Vec::new();
    for link in store::links_of(tx, person).await? {
        let place = format!("upstream_links/{}/{person}", link.upstream_id);
        let subject = root.open(Purpose::Personal, &place, &link.subject)?;
        out.push(Shown {
            name: names.get(&link.upstream_id).cloned().unwrap_or_default(),
            upstream: link.upstream_id,
            subject: String::from_utf8_lossy(&subject).into_owned(),
            linked_at: Timestamp(link.linked_at),
            used_at: link.used_at.map(Timestamp),
        });
    }
    Ok(out)
}

/// A link that is to be.
pub fn new_link(idp: &Idp, person: &str, upstream: &str, subject: &str, now: Timestamp) -> Result<Link, RootError> {
    let place = format!("upstream_links/{upstream}/{person}");
    Ok(Link {
        upstream_id: upstream.to_owned(),
        subject: idp.env.root.seal(Purpose::Personal, &place, subject.as_bytes(), idp.env.entropy.as_ref())?,
        subject_key: idp.env.root.token_hash("upstream-subject", subject)?,
        person_id: person.to_owned(),
        linked_at: now.0,
        used_at: None,
    })
}

/// What came of linking someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// He is linked from now on.
    Now,
    /// He was already.
    Before,
    /// The subject is another's, or he is another one there.
    Otherwise,
    /// There is no such provider.
    Unknown,
}

/// Links a person, who is told of it by `notice`.
pub(in crate::idp) async fn linked(maker: &mut Maker<'_, '_>, link: &Link, notice: &Notice) -> Result<Linked, ApplyError> {
    if store::by_id(maker.tx, &link.upstream_id).await?.is_none() {
        return Ok(Linked::Unknown);
    }
    if store::link(maker.tx, link).await? {
        maker.note("federation.linked", &link.person_id, "ok", format!("provider {}", link.upstream_id)).await?;
        notice.put(maker.tx, &link.person_id).await?;
        return Ok(Linked::Now);
    }
    let there = store::linked(maker.tx, &link.upstream_id, &link.subject_key).await?;
    Ok(if there.is_some_and(|l| l.person_id == link.person_id) { Linked::Before } else { Linked::Otherwise })
}

/// Whether a link is the only thing that a person signs in with.
pub async fn is_last(idp: &Idp, person: &str, upstream: &str) -> Result<bool, FederationError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let password = people::store::credentials_of(&mut tx, person).await?.is_some_and(|c| c.password.is_some());
    let others = store::links_of(&mut tx, person).await?.iter().any(|l| l.upstream_id != upstream);
    Ok(!password && !others)
}

/// Takes a link away, and with it whatever began with that provider's word; false when there was none.
pub(in crate::idp) async fn unlinked(maker: &mut Maker<'_, '_>, person: &str, upstream: &str) -> Result<bool, ApplyError> {
    let told = end(maker.tx, upstream, Some(person), (maker.actor, maker.run, maker.now)).await?;
    if !store::unlink(maker.tx, upstream, person).await? {
        return Ok(false);
    }
    maker.took(told);
    maker.note("federation.unlinked", person, "ok", format!("provider {upstream}")).await?;
    Ok(true)
}

/// Removes a provider with everyone's links to it; false when there is none.
pub(in crate::idp) async fn removed(maker: &mut Maker<'_, '_>, upstream: &str) -> Result<bool, ApplyError> {
    if store::by_id(maker.tx, upstream).await?.is_none() {
        return Ok(false);
    }
    let told = end(maker.tx, upstream, None, (maker.actor, maker.run, maker.now)).await?;
    store::delete(maker.tx, upstream).await?;
    maker.took(told);
    maker.note("federation.removed", upstream, "ok", String::new()).await?;
    Ok(true)
}

/// Someone disconnects his own account elsewhere.
pub async fn unlink(idp: &Idp, actor: Actor, person: &str, upstream: &str) -> Result<bool, FederationError> {
    let input = (person.to_owned(), upstream.to_owned(), actor, idp.env.id(), idp.env.now());
    let done = idp.db.write_log(input, |(person, upstream, actor, run, now), mut tx| {
        Box::pin(async move {
            let mut maker = Maker::new(&mut tx, run, *now, actor);
            let done = unlinked(&mut maker, person, upstream).await?;
            Ok::<_, FederationError>((done, maker.finish().await?))
        })
    });
    let (done, told) = done.await?;
    if done {
        idp.outbox.wake();
        let position = feed::store::head_now(&idp.db).await?.position;
        feed::settle(idp, feed::Gone { position, told }).await?;
    }
    Ok(done)
}
