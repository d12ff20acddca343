//! Everything that the provider has about one person, as one JSON document (GDPR, articles 15 and 20): for himself, and for who
//! erases him. Secrets are not in it: neither hashes nor seeds, nor what opens anything.

use serde::Serialize;
use serde_json::{Value, json};

use super::flow::{self, AccountError, Own};
use super::store;
use crate::contract::feed::Holder;
use crate::idp::{Idp, grants, people};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// Events in the document at most; the latest.
const EVENTS: i64 = 5_000;

/// The document, and an entry in the audit log that it was made.
pub async fn of(idp: &Idp, own: Own) -> Result<Value, AccountError> {
    let mut all = {
        let mut snapshot = idp.db.snapshot().await?;
        read(&mut snapshot.tx(), &own.person, own.now).await?.ok_or(AccountError::NotFound)?
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
