//! Everything that the provider has about one person, as one JSON document (GDPR, articles 15 and 20): for himself, and for who
//! erases him. Secrets are not in it: neither hashes nor seeds, nor what opens anything.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::flow::{self, AccountError, Own};
use super::store;
use crate::contract::feed::Holder;
use crate::idp::policy::devices;
use crate::idp::{Idp, consent, factors, federation, grants, people, scim};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::RootKey;

/// Events in the document at most; the latest.
const EVENTS: i64 = 5_000;

/// The document, and an entry in the audit log that it was made.
pub async fn of(idp: &Idp, own: Own) -> Result<Value, AccountError> {
    let mut all = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let mut all = read(&mut tx, &own.person, own.now).await?.ok_or(AccountError::NotFound)?;
        if let Some(all) = all.as_object_mut() {
            all.extend(more(&mut tx, &idp.env.root, &own.person, own.now).await?);
        }
        all
    };
    let events = flow::happened(idp, &own.person, EVENTS).await?;
    let activity = list(events, |e| {
        json!({
            "at": time(e.at), "action": e.action, "outcome": e.outcome, "by_yourself": e.own, "through": e.client, "ip": e.ip,
        })
    });
    if let Some(all) = all.as_object_mut() {
        all.insert("activity".to_owned(), activity);
    }
    idp.db
        .write(own, |own, mut tx| {
            Box::pin(async move { own.note(&mut tx, "", "person.exported", &own.person, String::new()).await })
        })
        .await?;
    Ok(all)
}

fn time(at: Timestamp) -> String {
    at.rfc3339()
}

fn list<T>(all: Vec<T>, each: impl Fn(T) -> Value) -> Value {
    all.into_iter().map(each).collect()
}

async fn read(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Option<Value>, DbError> {
    let Some(p) = people::store::by_id(tx, person).await? else { return Ok(None) };
    let (zone, since) = store::more_of(tx, person).await?;
    let groups = people::store::groups_of(tx, person).await?;
    let roles = people::store::roles_of(tx, &Holder::Person(person.to_owned())).await?;
    let sessions = store::sessions(tx, person, now).await?;
    let given = store::given(tx, person, now).await?;
    let held = grants::store::held_by(tx, person).await?;
    Ok(Some(json!({
        "made_at": time(now),
        "person": Profile {
            sub: &p.id, email: &p.email, email_proven: p.email_proven, name: &p.name, language: &p.language,
            zone: zone.as_deref(), phone: p.phone.as_deref(), staff: p.staff, active: p.active, since: time(since),
        },
        "groups": list(groups, |(id, name)| json!({ "id": id, "name": name })),
        "roles": roles,
        "grants": list(held, |g| json!({
            "relation": g.relation, "level": g.terms.level.as_str(), "from": g.terms.from.map(time), "until": g.terms.until.map(time),
            "reason": g.terms.reason, "given_at": time(g.granted_at), "ended_at": g.ended_at.map(time),
        })),
        "devices": store::devices(tx, person).await?,
        "sessions": list(sessions, |s| json!({
            "id": s.id, "browser": s.user_agent, "ip": s.ip, "strength": s.acr, "since": time(s.since), "last_used": time(s.last),
            "until": time(s.until), "applications": list(s.applications, |(id, name)| json!({ "id": id, "name": name })),
        })),
        "applications": list(given, |g| json!({
            "client_id": g.client, "name": g.name, "scope": g.scope, "offline": g.offline, "since": time(g.at), "last_used": time(g.last),
        })),
        "favourites": store::favourites(tx, person).await?,
    })))
}

/// What he signs in with, what he allowed, and what others say of him.
async fn more(tx: &mut Tx<'_>, root: &RootKey, person: &str, now: Timestamp) -> Result<Map<String, Value>, DbError> {
    let factors = factors::store::list(tx, person).await?;
    let remembered = devices::list(tx, person, now).await?;
    let allowed = consent::store::all_of(tx, person).await?;
    let (profile, _) = people::profile_store::get(tx, root, person).await?;
    let elsewhere = federation::manage::links_of(tx, root, person).await.map_err(|e| unread("upstream_links", person, e))?;
    let (document, names) = scim::store::said_of(tx, root, person).await?;
    let recoveries = store::recoveries(tx, person).await?;
    let all = json!({
        "factors": {
            "passkeys": list(factors.passkeys, |p| json!({
                "name": p.name, "since": time(p.created_at), "last_used": p.used_at.map(time),
            })),
            "authenticator": factors.authenticator.is_some(), "authenticator_since": factors.authenticator.flatten().map(time),
            "proven_phone": factors.phone, "recovery_codes_left": factors.recovery_codes,
        },
        "remembered_devices": list(remembered, |d| json!({
            "browser": d.user_agent, "ip": d.ip, "factor": d.factor.as_str(), "since": time(d.shown_at), "last_used": time(d.used_at),
            "until": time(d.expires_at),
        })),
        "consents": list(allowed, |c| json!({
            "client_id": c.client_id, "scope": c.scope, "claims": c.claims, "resource": c.resource, "given_at": time(Timestamp(c.given_at)),
        })),
        "standard_claims": profile,
        "connections": list(elsewhere, |l| json!({
            "provider": l.upstream, "name": l.name, "subject": l.subject, "since": time(l.linked_at), "last_used": l.used_at.map(time),
        })),
        "directory": {
            "document": document,
            "identifiers": list(names, |(client, name)| json!({ "client_id": client, "identifier": name })),
        },
        "recoveries": list(recoveries, |(scope, reason, at)| json!({
            "lost": scope, "reason": reason, "asked_at": time(Timestamp(at)),
        })),
        "invitations": store::invitations(tx, person).await?,
        "links": store::own_links(tx, person).await?,
    });
    Ok(match all {
        Value::Object(all) => all,
        _ => Map::new(),
    })
}

fn unread(table: &'static str, person: &str, e: impl ToString) -> DbError {
    DbError::BadRow { table, column: "sealed", id: person.to_owned(), why: e.to_string() }
}

#[derive(Serialize)]
struct Profile<'a> {
    sub: &'a str,
    email: &'a str,
    email_proven: bool,
    name: &'a str,
    language: &'a str,
    zone: Option<&'a str>,
    phone: Option<&'a str>,
    staff: bool,
    active: bool,
    since: String,
}
